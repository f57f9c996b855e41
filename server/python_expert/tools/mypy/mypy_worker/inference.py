"""Which hints a module's functions could have, by the types that mypy has found in it."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from mypy.argmap import map_actuals_to_formals
from mypy.expandtype import expand_type_by_instance
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    Decorator,
    FuncDef,
    MemberExpr,
    NameExpr,
    Var,
)
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    NoneType,
    TypeOfAny,
    get_proper_type,
    has_type_vars,
)
from mypy.typevars import fill_typevars

from .attributes import filled
from .flow import assigned, functions, instance_of, statements
from .likeness import Likeness
from .results import UNKNOWN, ResultFinder
from .spelling import CannotSpellError, Spelled, Spelling, union_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mypy.build import State
    from mypy.nodes import Argument, Expression, SymbolTableNode
    from mypy.types import Type

    from python_expert.processes.wire import Json

RETURN: Final = "return"

FREE: Final = frozenset({"__init__", "__new__", "__init_subclass__", "__post_init__"})
"""Methods that need not agree with those of a base class."""


class EmptySlot(NamedTuple):
    """A parameter of a function, or what it returns."""

    function: FuncDef
    name: str


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
        self._open: dict[Var, EmptySlot] = {}
        self._optional: set[EmptySlot] = set()
        for function in self._functions:
            for argument in _open_arguments(function):
                place = EmptySlot(function, argument.variable.name)
                self._open[argument.variable] = place
                if _is_none(argument.initializer):
                    self._optional.add(place)
            for statement in statements(function.body.body):
                for variable in assigned(statement):  # what is used afterwards is another value
                    self._open.pop(variable, None)
        self._found: dict[FuncDef, list[Json]] = defaultdict(list)

    def hints(self) -> list[Json]:
        """For each function with empty places, by its line from 0, what these could have.

        The same for attributes of classes. Each hint is {name, why, type, imports}; there may be
        several of one name.
        """
        for function in self._functions:
            self._result(function)
            self._inherited(function)
            for argument in _open_arguments(function):
                self._default(function, argument)
            for statement in statements(function.body.body):
                if isinstance(statement, AssignmentStmt):
                    self._stored(statement)
        self._calls()
        self._uses()
        told = [
            {"line": function.line - 1, "name": function.name, "hints": hints}
            for function, hints in self._found.items()
        ]
        return [*told, *self._attributes()]

    def _attributes(self) -> Iterator[Json]:
        """The same for attributes of the module's classes, each with a dot before its name."""
        for info, name, type_ in filled(self._functions, self._types):
            with suppress(CannotSpellError):
                spelled = self._spelling.spell(type_, info)
                hint = {"name": f".{name}", "why": "filled", **_written(spelled)}
                if info.module_name == self._module:
                    yield {"line": info.defn.line - 1, "name": info.name, "hints": [hint]}

    def _result(self, function: FuncDef) -> None:
        if _has_open_result(function):
            with suppress(CannotSpellError):
                self._add(EmptySlot(function, RETURN), "body", self._results.of(function))

    def _inherited(self, function: FuncDef) -> None:
        """What the nearest base class says of a method, and of parameters of the same names."""
        instance = fill_typevars(function.info) if function.info else None
        if not isinstance(instance, Instance) or function.name in FREE:
            return
        for base in function.info.mro[1:]:
            declared = _declared_in(base.names.get(function.name))
            if declared is None:
                continue
            owner = map_instance_to_supertype(instance, base)
            if not _is_open(declared.ret_type) and _has_open_result(function):
                type_ = expand_type_by_instance(declared.ret_type, owner)
                self._note(EmptySlot(function, RETURN), "inherited", [type_])
            for argument in _open_arguments(function):
                name = argument.variable.name
                at = declared.arg_names.index(name) if name in declared.arg_names else None
                if at is not None and not _is_open(declared.arg_types[at]):
                    type_ = expand_type_by_instance(declared.arg_types[at], owner)
                    self._note(EmptySlot(function, name), "inherited", [type_])
            return

    def _default(self, function: FuncDef, argument: Argument) -> None:
        default = argument.initializer
        type_ = get_proper_type(self._types.get(default)) if default else None
        if isinstance(type_, Instance):
            # Of other classes there are objects that only stand for nothing given.
            is_plain = type_.type.module_name == "builtins" or type_.type.is_enum
            why = "default" if is_plain else "default-object"
            self._note(EmptySlot(function, argument.variable.name), why, [type_])

    def _stored(self, statement: AssignmentStmt) -> None:
        """A parameter that is stored as it is where a type was declared."""
        if place := self._parameter(statement.rvalue):
            for target in statement.lvalues:
                if type_ := self._declared(target):
                    self._note(place, "attribute", [type_])

    def _declared(self, target: Expression) -> Type | None:
        """The type that was declared for what is assigned to."""
        node = target.node if isinstance(target, NameExpr | MemberExpr) else None
        if isinstance(target, MemberExpr) and node is None:
            owner = instance_of(self._types.get(target.expr))
            symbol = owner.type.get(target.name) if owner else None
            node = symbol.node if symbol else None
        if not isinstance(node, Var) or node.is_inferred or node.type is None:
            return None
        return None if has_type_vars(node.type) or _is_open(node.type) else node.type

    def _calls(self) -> None:
        """What calls give to parameters, and to what parameters are passed on."""
        given: dict[EmptySlot, list[Type]] = defaultdict(list)
        passed: dict[EmptySlot, list[Type]] = defaultdict(list)
        for call in [each for each in self._types if isinstance(each, CallExpr)]:
            callee = get_proper_type(self._types.get(call.callee))
            for name, type_, value in _mapped(call, callee, self._types):
                definition = callee.definition if isinstance(callee, CallableType) else None
                if isinstance(definition, Decorator):
                    definition = definition.func
                if _is_open(type_) and isinstance(definition, FuncDef) and name:
                    actual = self._types.get(value) if value else UNKNOWN
                    given[EmptySlot(definition, name)] += [actual] if actual else []
                elif value and _is_telling(type_) and (place := self._parameter(value)):
                    passed[place].append(type_)
        for place in given.keys() & set(self._open.values()):
            self._given(place, given[place])
        for place, types in passed.items():
            if all(each == types[0] for each in types):
                self._note(place, "passed", types[:1])

    def _uses(self) -> None:
        """What is used of parameters."""
        used: dict[EmptySlot, set[str]] = defaultdict(set)
        for node in [each for each in self._types if isinstance(each, MemberExpr)]:
            if slot := self._parameter(node.expr):
                used[slot].add(node.name)
        for slot, names in used.items():
            if found := self._likeness.find(slot.name, names):
                self._note(slot, found[0], [found[1]])

    def _given(self, place: EmptySlot, types: Sequence[Type]) -> None:
        known = [each for each in types if not isinstance(get_proper_type(each), AnyType)]
        if all(isinstance(get_proper_type(each), NoneType) for each in known):
            return
        why = "call" if len(types) == 1 else "calls"
        self._note(place, why if len(known) == len(types) else "some-calls", known)

    def _parameter(self, node: Expression) -> EmptySlot | None:
        """The parameter without a hint that a name stands for, if nothing is known of it there."""
        if not isinstance(node, NameExpr) or not isinstance(node.node, Var):
            return None
        known = get_proper_type(self._types.get(node))
        return self._open.get(node.node) if isinstance(known, AnyType) else None

    def _note(self, place: EmptySlot, why: str, types: Sequence[Type]) -> None:
        """Note a parameter's type, if it can be written."""
        if place in self._optional:
            types = [*types, NoneType()]
        with suppress(CannotSpellError):
            owner = place.function.info or None
            self._add(place, why, self._spelling.spell(union_of(types), owner))

    def _add(self, place: EmptySlot, why: str, spelled: Spelled) -> None:
        if spelled.text not in {"Any", "object"}:
            hint = {"name": place.name, "why": why, **_written(spelled)}
            self._found[place.function].append(hint)


def _written(spelled: Spelled) -> Json:
    return {"type": spelled.text, "imports": spelled.imports}


def _open_arguments(function: FuncDef) -> list[Argument]:
    """The parameters that have no hint, but for ``self`` and ``cls``."""
    return [
        each
        for each in function.arguments
        if each.type_annotation is None and not (each.variable.is_self or each.variable.is_cls)
    ]


def _has_open_result(function: FuncDef) -> bool:
    declared = get_proper_type(function.type)
    return not isinstance(declared, CallableType) or _is_open(declared.ret_type)


def _mapped(
    call: CallExpr, callee: Type | None, types: Mapping[Expression, Type]
) -> Iterator[tuple[str | None, Type, Expression | None]]:
    """The parameters that a call fills, by name and type, with what they get; None if unknown."""
    if not isinstance(callee, CallableType):
        return
    formals = map_actuals_to_formals(
        call.arg_kinds,
        call.arg_names,
        callee.arg_kinds,
        callee.arg_names,
        lambda at: types.get(call.args[at]) or UNKNOWN,
    )
    for name, type_, actuals in zip(callee.arg_names, callee.arg_types, formals, strict=True):
        for at in actuals:
            yield name, type_, None if call.arg_kinds[at].is_star() else call.args[at]


def _declared_in(symbol: SymbolTableNode | None) -> CallableType | None:
    """The type of a method, if it is one without overloads."""
    node = symbol.node if symbol else None
    node = node.func if isinstance(node, Decorator) else node
    declared = get_proper_type(node.type) if isinstance(node, FuncDef) else None
    return declared if isinstance(declared, CallableType) else None


def _is_none(node: Expression | None) -> bool:
    return isinstance(node, NameExpr) and node.fullname == "builtins.None"


def _is_open(type_: Type) -> bool:
    type_ = get_proper_type(type_)
    return isinstance(type_, AnyType) and type_.type_of_any is not TypeOfAny.explicit


def _is_telling(type_: Type) -> bool:
    """Whether a parameter's type tells what is meant to be given to it."""
    plain = get_proper_type(type_)
    if isinstance(plain, AnyType) or has_type_vars(type_):
        return False
    return not isinstance(plain, Instance) or not (
        plain.type.is_protocol or plain.type.fullname == "builtins.object"
    )
