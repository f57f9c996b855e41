"""Finds targets, and writes proposed types and their imports; nothing else changes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.add_type_hints.imports import import_edits
from python_expert.actions.add_type_hints.plan import Planner
from python_expert.actions.add_type_hints.proof.source_invariants import too_old
from python_expert.actions.add_type_hints.slots import Slot, SlotError, slots_of
from python_expert.actions.add_type_hints.wrapping import USUAL_LENGTH, wrapped
from python_expert.actions.base import Candidate, Skipped, Target

if TYPE_CHECKING:
    from python_expert.actions.base import Facts, Options
    from python_expert.analysis.source import Source
    from python_expert.text.document import Edit, Range


def targets(
    source: Source, where: Range | None, options: Options
) -> tuple[list[Target], list[Skipped]]:
    """Return the functions with missing hints, and the classes with attributes that need a type."""
    found, left = [], []
    definitions = source.selected(where)
    if definitions and (old := too_old(options, variable=False)):
        return [], [Skipped(each.key, old, notable=True) for each in definitions]
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
                found.append(Target(definition.key, definition.range))
        elif slots:
            found.append(Target(definition.key, definition.range))
        elif where is not None:
            left.append(Skipped(definition.key, "it has all its type hints"))
    if not definitions:
        left.append(Skipped("", "there is no function or class here"))
    return found, left


def write(source: Source, facts: Facts, options: Options) -> Candidate:
    """Write the proposed types that are valid and whose names can be imported."""
    planner = Planner(source, options)
    plan = planner.plan(facts)
    edits: list[Edit] = []
    headers: dict[ast.stmt, list[Edit]] = {}
    for slot, hint in plan.written:
        is_header = isinstance(slot.at, ast.FunctionDef | ast.AsyncFunctionDef)
        part = headers.setdefault(slot.at, []) if is_header else edits
        part += slot.edits(hint.text)
    length = options.line_length or USUAL_LENGTH
    for node, part in headers.items():
        start = source.position(node.lineno, node.col_offset)
        edits += wrapped(source, start, part, length)
    edits += import_edits(source, planner.renderer.names, set(plan.needed.values()), length)
    return Candidate(
        tuple(sorted(edits)), tuple(plan.changed), tuple(plan.left), tuple(plan.confirm)
    )


def needs_type(slot: Slot) -> bool:
    """Return whether a checker cannot infer the type of an attribute from the assigned value."""
    if not isinstance(slot.at, ast.Assign):
        return False
    match slot.at.value:
        case ast.List(elts=[]) | ast.Dict(keys=[]) | ast.Constant(value=None):
            return True
        case ast.Call(func=ast.Name(id="set" | "list" | "dict"), args=[], keywords=[]):
            return True
        case _:
            return False
