"""Add type hints: what was proposed is spelt, imported and inserted; nothing else changes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, ClassVar

from python_expert.actions.add_type_hints.attribution import without_blamed
from python_expert.actions.add_type_hints.imports import import_edits
from python_expert.actions.add_type_hints.plan import Planner
from python_expert.actions.add_type_hints.schema import TypeHints
from python_expert.actions.add_type_hints.slots import Slot, SlotError, slots_of
from python_expert.actions.base import Action, Candidate, Rewrite, Skipped, Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

    from python_expert.actions.base import Facts, Fault, Options
    from python_expert.analysis.source import Source
    from python_expert.text.document import Range


class AddTypeHints(Rewrite):
    """Fills empty places for type hints; hints that are there are kept."""

    action: ClassVar[Action] = Action.ADD_TYPE_HINTS
    schema: ClassVar[type[BaseModel]] = TypeHints

    def targets(
        self, source: Source, where: Range | None, options: Options
    ) -> tuple[list[Target], list[Skipped]]:
        """The functions with empty places, and the classes with attributes in need of a type."""
        del options
        targets, left = [], []
        definitions = source.at_hand(where)
        for definition in definitions:
            if source.is_masked(definition.range):
                left.append(Skipped(definition.key, "it does not parse"))
                continue
            try:
                slots = slots_of(source, definition)
            except SlotError as error:
                left.append(Skipped(definition.key, str(error)))
                continue
            if isinstance(definition.node, ast.ClassDef):
                if any(needs_type(slot) for slot in slots.values()):
                    targets.append(Target(definition.key, definition.range))
            elif slots:
                targets.append(Target(definition.key, definition.range))
            elif where is not None:
                left.append(Skipped(definition.key, "it has all its type hints"))
        if not definitions:
            left.append(Skipped("", "there is no function or class here"))
        return targets, left

    def apply(self, source: Source, facts: Facts, options: Options) -> Candidate:
        """Write the proposed types that are types and whose names can be had."""
        planner = Planner(source, options)
        plan = planner.plan(facts)
        edits = [edit for slot, hint in plan.written for edit in slot.edits(hint.text)]
        edits += import_edits(source, planner.speller.names, plan.needed.values())
        return Candidate(
            tuple(sorted(edits)), tuple(plan.changed), tuple(plan.left), tuple(plan.confirm)
        )

    def reduce(self, after: Source, facts: Facts, faults: Sequence[Fault]) -> Facts:
        """Repair or drop the hints that new findings point at."""
        return without_blamed(after, facts, faults)


def needs_type(slot: Slot) -> bool:
    """Whether a checker cannot tell the type of an attribute from what is assigned to it."""
    if not isinstance(slot.at, ast.Assign):
        return False
    match slot.at.value:
        case ast.List(elts=[]) | ast.Dict(keys=[]) | ast.Constant(value=None):
            return True
        case ast.Call(func=ast.Name(id="set" | "list" | "dict"), args=[], keywords=[]):
            return True
        case _:
            return False
