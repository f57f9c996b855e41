"""The possible hints of a module's functions, from mypy's types."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

from mypy.nodes import AssignmentStmt, MemberExpr, NameExpr, Var
from mypy.subtypes import is_proper_subtype
from mypy.types import AnyType, Instance, NoneType, get_proper_type, has_type_vars

from .attributes import filled
from .fallbacks import stand_ins
from .flow import assigned, demonstrations, functions, instance_of, statements
from .inheritance import inherited, overridden, unhinted
from .likeness import Likeness
from .passing import (
    arguments,
    is_float,
    is_telling,
    may_be_marker,
    narrowest,
    without_conversions,
    without_none,
)
from .places import (
    RETURN,
    UNKNOWN,
    EmptySlot,
    has_open_result,
    is_none,
    is_open,
    open_arguments,
)
from .results import ResultFinder
from .spelling import CannotSpellError, Spelled, Spelling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mypy.build import State
    from mypy.nodes import Argument, Expression, FuncDef
    from mypy.types import Type

    from python_expert.processes.wire import Json


class Inference:
    """Finds the hints of one module.

    Args:
        state: The module, just checked, with the types of its expressions.
    """

    def __init__(self, state: State) -> None:
        assert state.tree is not None  # noqa: S101  # nosec B101 - it was checked
        self._module = state.id
        self._types: Mapping[Expression, Type] = state.type_map()
        self._spelling = Spelling(state.tree, state.manager.modules)
        self._likeness = Likeness(state.tree)
        self._results = ResultFinder(state, self._spelling)
        self._functions = list(functions(state.tree.defs))
        self._demonstrations = list(demonstrations(state.tree.defs))
        self._parameters: dict[Var, EmptySlot] = {}
        self._optional: set[EmptySlot] = set()
        self._spread: set[EmptySlot] = set()
        self._defaults: dict[EmptySlot, Instance] = {}
        reassigned: set[Var] = set()
        for function in self._functions:
            for argument in open_arguments(function):
                place = EmptySlot(function, argument.variable.name)
                self._parameters[argument.variable] = place
                if is_none(argument.initializer):
                    self._optional.add(place)
                if argument.kind.is_star():
                    self._spread.add(place)
            for statement in statements(function.body.body):
                reassigned.update(assigned(statement))
        # After an assignment, uses of a parameter refer to another value.
        self._open = {
            variable: place
            for variable, place in self._parameters.items()
            if variable not in reassigned
        }
        self._found: dict[FuncDef, list[Json]] = defaultdict(list)

    def hints(self) -> list[Json]:
        """Return the possible hints of functions with missing hints, by 0-based line.

        Attributes of classes are included. Each hint is {name, why, type, imports}; a name may have
        several. ``unhinted`` has the parameters that the method of a base class also has without a
        hint: the 0-based line of that method, or -1 if it is in another module.
        """
        unhinted_bases: dict[FuncDef, Json] = {}
        for function in self._functions:
            self._result(function)
            unhinted_bases[function] = {
                name: known.line - 1 if self._is_here(known) else -1
                for name, known in unhinted(function)
            }
            for place, types in inherited(function):
                why = "inherited-result" if place.name == RETURN else "inherited"
                self._note(place, why, types)
            for argument in open_arguments(function):
                self._default(function, argument)
            for statement in statements(function.body.body):
                if isinstance(statement, AssignmentStmt):
                    self._stored(statement)
        for place, types in overridden(self._functions, self._types):
            self._note(place, "overridden", types)
        self._calls()
        self._uses()
        self._fallbacks()
        hinted = [
            {
                "line": function.line - 1,
                "name": function.name,
                "hints": self._found[function],
                "unhinted": unhinted_bases[function],
            }
            for function in self._functions
            if function in self._found or unhinted_bases[function]
        ]
        return [*hinted, *self._attributes()]

    def _attributes(self) -> Iterator[Json]:
        """Yield the hints of attributes of the module's classes, with a dot before each name."""
        for info, name, type_ in filled(self._functions, self._types):
            with suppress(CannotSpellError):
                spelled = self._spelling.spell(type_, info)
                hint = {"name": f".{name}", "why": "filled", **_written(spelled)}
                if info.module_name == self._module:
                    yield {"line": info.defn.line - 1, "name": info.name, "hints": [hint]}

    def _is_here(self, function: FuncDef) -> bool:
        """Return whether this module defines a method."""
        return bool(function.info) and function.info.module_name == self._module

    def _result(self, function: FuncDef) -> None:
        if has_open_result(function):
            with suppress(CannotSpellError):
                self._add(EmptySlot(function, RETURN), "body", self._results.of(function))

    def _default(self, function: FuncDef, argument: Argument) -> None:
        default = argument.initializer
        type_ = get_proper_type(self._types.get(default)) if default else None
        if isinstance(type_, Instance):
            place = EmptySlot(function, argument.variable.name)
            self._defaults[place] = type_
            self._note(place, "default-object" if may_be_marker(type_) else "default", [type_])

    def _stored(self, statement: AssignmentStmt) -> None:
        """Process a parameter that is stored unchanged in a place with a declared type."""
        if place := self._parameter(statement.rvalue):
            for target in statement.lvalues:
                if type_ := self._declared(target):
                    self._note(place, "attribute", [type_])

    def _declared(self, target: Expression) -> Type | None:
        """Return the declared type of an assignment's target."""
        node = target.node if isinstance(target, NameExpr | MemberExpr) else None
        if isinstance(target, MemberExpr) and node is None:
            owner = instance_of(self._types.get(target.expr))
            symbol = owner.type.get(target.name) if owner else None
            node = symbol.node if symbol else None
        if not isinstance(node, Var) or node.is_inferred or node.type is None:
            return None
        return None if has_type_vars(node.type) or is_open(node.type) else node.type

    def _calls(self) -> None:
        """Process the arguments of calls, and the parameters that arguments are passed on to."""
        given: dict[EmptySlot, list[Type]] = defaultdict(list)
        passed: dict[EmptySlot, list[Type]] = defaultdict(list)
        through: dict[EmptySlot, list[Type]] = defaultdict(list)
        for function, name, type_, value in arguments(self._types, self._demonstrations):
            if is_open(type_) and function and name:
                actual = self._types.get(value) if value else UNKNOWN
                given[EmptySlot(function, name)] += [actual] if actual else []
            elif value and (place := self._parameter(value)):
                is_foreign = function is None or not self._spelling.is_ours(function.fullname)
                meant = without_conversions(type_) if is_foreign else type_
                if is_telling(meant, is_foreign=is_foreign):
                    passed[place].append(meant if place in self._optional else without_none(meant))
                    if (name == place.name and not is_foreign) or is_float(meant):
                        through[place].append(meant)
        for place in given.keys() & set(self._open.values()):
            self._given(place, given[place])
        self._passed(passed, through)

    def _passed(
        self,
        passed: Mapping[EmptySlot, Sequence[Type]],
        through: Mapping[EmptySlot, Sequence[Type]],
    ) -> None:
        """Add hints from parameters of other functions that receive the parameters as arguments."""
        for place, types in passed.items():
            if narrow := narrowest(types):
                self._note(place, "passed", [narrow])
        for place, types in through.items():
            default, wide = self._defaults.get(place), narrowest(types)
            if default and wide and is_proper_subtype(default, wide):
                self._note(place, "default-passed", [wide])

    def _uses(self) -> None:
        """Add hints from the attributes that are used of parameters."""
        used: dict[EmptySlot, set[str]] = defaultdict(set)
        for node in [each for each in self._types if isinstance(each, MemberExpr)]:
            if slot := self._parameter(node.expr):
                used[slot].add(node.name)
        for slot, names in used.items():
            if found := self._likeness.find(slot.name, names):
                self._note(slot, found[0], [found[1]])

    def _fallbacks(self) -> None:
        """Add hints from the values that replace parameters that are None."""
        found: dict[EmptySlot, list[Type]] = defaultdict(list)
        for variable, value in stand_ins(self._functions, list(self._types)):
            place = self._parameters.get(variable)
            if place in self._optional and place:
                found[place].append(self._types.get(value) or UNKNOWN)
        for place, types in found.items():
            if not any(isinstance(get_proper_type(each), AnyType | NoneType) for each in types):
                self._note(place, "fallback", types)

    def _given(self, place: EmptySlot, types: Sequence[Type]) -> None:
        known = [each for each in types if not isinstance(get_proper_type(each), AnyType)]
        if all(isinstance(get_proper_type(each), NoneType) for each in known):
            return
        why = "call" if len(types) == 1 else "calls"
        if default := self._defaults.get(place):
            known.append(default)
            why = "default-calls"
        if len(known) < len(types):
            why = "some-calls"
        if why != "some-calls" or place not in self._spread:  # other values may have any type there
            self._note(place, why, known)

    def _parameter(self, node: Expression) -> EmptySlot | None:
        """Return the parameter that a name refers to, if it has no hint and no known type there."""
        if not isinstance(node, NameExpr) or not isinstance(node.node, Var):
            return None
        known = get_proper_type(self._types.get(node))
        return self._open.get(node.node) if isinstance(known, AnyType) else None

    def _note(self, place: EmptySlot, why: str, types: Sequence[Type]) -> None:
        """Add a hint for a parameter, if its type can be written."""
        if place in self._optional:
            types = [*types, NoneType()]
        with suppress(CannotSpellError):
            self._add(place, why, self._spelling.spell_union(types, place.function))

    def _add(self, place: EmptySlot, why: str, spelled: Spelled) -> None:
        if spelled.text not in {"Any", "object"}:
            hint = {"name": place.name, "why": why, **_written(spelled)}
            self._found[place.function].append(hint)


def _written(spelled: Spelled) -> Json:
    return {"type": spelled.text, "imports": spelled.imports}
