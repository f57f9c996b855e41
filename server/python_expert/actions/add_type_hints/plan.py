"""Decides which proposed hints are written, at which places, and which are left out."""

from __future__ import annotations

import ast
import keyword
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from python_expert.actions.add_type_hints.proof.readers import Fields, Risks
from python_expert.actions.add_type_hints.proof.source_invariants import too_old
from python_expert.actions.add_type_hints.rendering import Hint, Renderer
from python_expert.actions.add_type_hints.rerendering import Needed
from python_expert.actions.add_type_hints.schema import ImportedName, TypeHints
from python_expert.actions.add_type_hints.slots import RETURN, Slot, SlotError, receiver, slots_of
from python_expert.actions.base import Skipped
from python_expert.analysis.types.grammar import NotATypeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from python_expert.actions.base import Facts, Options
    from python_expert.analysis.source import Definition, Source


EXTENSIONS = (
    "note: typing_extensions is imported for type checkers only, so you need not install it"
)


@dataclass
class Plan:
    """The hints to write.

    Attributes:
        written: Every slot to fill, with its hint.
        changed: The keys of the definitions with such slots.
        needed: The missing imports, by the name they bind.
        left: What is left out, with the reason.
        confirm: What the user must agree to.
    """

    written: list[tuple[Slot, Hint]] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    needed: dict[str, Needed] = field(default_factory=dict)
    left: list[Skipped] = field(default_factory=list)
    confirm: list[str] = field(default_factory=list)


class Planner:
    """Plans the hints of one text."""

    def __init__(self, source: Source, options: Options) -> None:
        self._source = source
        self._options = options
        self.renderer = Renderer(source, options)
        self._risks = Risks(source, self.renderer.names)

    def plan(self, facts: Facts) -> Plan:
        """Plan the proposed hints."""
        plan = Plan()
        definitions = {each.key: each for each in self._source.definitions}
        for key, fact in facts.items():
            if key not in definitions:
                plan.left.append(Skipped(key, "there is no such function or class"))
                continue
            try:
                hints = TypeHints.model_validate(fact)
            except ValidationError:
                plan.left.append(Skipped(key, "what was proposed does not have the form asked for"))
                continue
            self._definition(plan, definitions[key], hints)
        plan.confirm = list(dict.fromkeys(plan.confirm))
        return plan

    def _definition(self, plan: Plan, definition: Definition, hints: TypeHints) -> None:
        variable = isinstance(definition.node, ast.ClassDef)
        masked = self._source.is_masked(definition.range)
        why = "it does not parse" if masked else too_old(self._options, variable=variable)
        if why:
            plan.left.append(Skipped(definition.key, why))
            return
        try:
            slots = slots_of(self._source, definition)
        except SlotError as error:
            plan.left.append(Skipped(definition.key, str(error)))
            return
        imports = []
        for each in hints.imports:
            needed = _needed(each)
            if needed is None:
                plan.left.append(Skipped(definition.key, "a proposed import is not an import"))
            else:
                imports.append(needed)
        before = len(plan.written)
        for name, text in self._proposed(plan, definition, hints, slots).items():
            slot = slots[name]
            where = "the return type" if name == RETURN else f"the type of {name}"
            risk = self._risk(definition, slot)
            if risk and not self._options.confirmed:
                reason = f"{where}: {risk}; not written unless you agree"
                plan.left.append(Skipped(definition.key, reason, agree=True))
                continue
            plan.confirm += [risk] if risk else []
            try:
                hint = self.renderer.render(text, slot, imports, read=risk is not None)
                _agree(plan.needed, hint)
            except NotATypeError as error:
                plan.left.append(Skipped(definition.key, f"{where}: {error}"))
                continue
            plan.written.append((slot, hint))
        new = [hint for _, hint in plan.written[before:]]
        if new:
            plan.changed.append(definition.key)
        for_checkers = [each for hint in new for each in hint.needed if each.checking]
        if any(each.module == "typing_extensions" for each in for_checkers):
            plan.left.append(Skipped(definition.key, EXTENSIONS, extra=True, notable=True))

    @staticmethod
    def _proposed(
        plan: Plan, definition: Definition, hints: TypeHints, slots: Mapping[str, Slot]
    ) -> dict[str, str]:
        """Return the proposed types by slot, without slots that are filled or do not exist."""
        node = definition.node
        proposed = dict(hints.attributes if isinstance(node, ast.ClassDef) else hints.params)
        proposed.pop(receiver(definition) or "", None)
        if hints.returns is not None and not isinstance(node, ast.ClassDef):
            proposed[RETURN] = hints.returns
        others = proposed.keys() - slots.keys()
        for name in others - (_names(node) if others else set()):
            plan.left.append(
                Skipped(definition.key, "a type was proposed for a name it does not have")
            )
            del proposed[name]
        return {name: text for name, text in proposed.items() if name in slots}

    def _risk(self, definition: Definition, slot: Slot) -> str | None:
        """Return why a slot is filled only with the user's agreement, or None."""
        node = definition.node
        if isinstance(node, ast.ClassDef):
            fields, risk = self._risks.of_attribute(node) if slot.evaluated else (Fields.NO, "")
            reason = risk if fields is not Fields.NO else None
        else:
            reason = self._risks.of_function(node)
        return None if self._options.is_stub else reason


def _names(node: ast.AST) -> set[str]:
    """Return the names in a definition, and `RETURN`."""
    nodes = list(ast.walk(node))
    names = {each.arg for each in nodes if isinstance(each, ast.arg)} | {RETURN}
    names |= {each.attr for each in nodes if isinstance(each, ast.Attribute)}
    return names | {each.id for each in nodes if isinstance(each, ast.Name)}


def _needed(each: ImportedName) -> Needed | None:
    """Return the import for a proposed name, or None if it is invalid."""
    alias = each.alias or each.name or each.module
    parts = each.module.lstrip(".").split(".") if each.module.strip(".") else []
    names = [*parts, *([each.name] if each.name else []), *alias.split(".")]
    if not each.module or not all(_is_name(name) for name in names):
        return None
    return Needed(each.module, each.name, alias, checking=True)


def _is_name(name: str) -> bool:
    return name.isidentifier() and name.isascii() and not keyword.iskeyword(name)


def _agree(needed: dict[str, Needed], hint: Hint) -> None:
    """Combine a hint's imports with those of other hints.

    If one hint needs an import at run time, the import is made at run time for all hints.

    Raises:
        NotATypeError: Another hint needs the same name for something else.
    """
    for each in hint.needed:
        known = needed.get(each.alias, each)
        if known[:3] != each[:3]:
            raise NotATypeError(f"{each.alias} is needed for something else in this file")
    for each in hint.needed:
        checking = each.checking and needed.get(each.alias, each).checking
        needed[each.alias] = each._replace(checking=checking)
