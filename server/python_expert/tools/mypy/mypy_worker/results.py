"""The results of functions, from mypy's types in their bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mypy.checker import DeferredNode
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import (
    NOT_ABSTRACT,
    Decorator,
    ExpressionStmt,
    MemberExpr,
    NameExpr,
    RaiseStmt,
    RefExpr,
    ReturnStmt,
    TypeInfo,
    Var,
    YieldFromExpr,
)
from mypy.semanal import is_trivial_body
from mypy.traverser import all_name_and_member_expressions, all_yield_expressions
from mypy.typeops import callable_type
from mypy.types import (
    CallableType,
    Instance,
    NoneType,
    TupleType,
    UninhabitedType,
    get_proper_type,
)

from .contradictions import Contradictions
from .flow import definitions, instance_of, runs_out, statements
from .own import Own
from .passing import DISPLAYS, is_half_known, joined_items
from .places import UNKNOWN, is_none
from .spelling import CannotSpellError, Spelled, Spelling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy.build import State
    from mypy.nodes import Expression, FuncDef
    from mypy.types import Type

MANAGERS: Final = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})


class ResultFinder:
    """Finds the results of a file's functions.

    Args:
        state: The file, just checked.
        spelling: Writes types for the file.
    """

    def __init__(self, state: State, spelling: Spelling) -> None:
        self._state, self._spelling = state, spelling
        self._types = state.type_map()  # unreachable code has none
        self._displays = [each for each in self._types if isinstance(each, DISPLAYS)]
        spelling.joins.update(joined_items(self._displays, self._types))
        self._contradictions = Contradictions(state)
        self._managers = _managers(state)
        self._iterable = state.manager.modules["typing"].names["Iterable"].node

    def of(self, function: FuncDef) -> Spelled:
        """Return the type of a function's result.

        Raises:
            CannotSpellError: It is unknown, or the body is no evidence for it.
        """
        if is_trivial_body(function.body) or function.abstract_status != NOT_ABSTRACT:
            raise CannotSpellError("there is no body")
        find = self._generator if function.is_generator else self._plain
        try:
            return find(function)
        except CannotSpellError:
            self._check_again(function)
            lines = range(function.line, (function.end_line or function.line) + 1)
            nodes = [each for each in self._displays if each.line in lines]
            self._spelling.joins.update(joined_items(nodes, self._types))
            return find(function)

    def _plain(self, function: FuncDef) -> Spelled:
        returned = self._returned(function)
        if not returned and _is_hook(function):
            raise CannotSpellError("others may write a method that returns something")
        if _says_none(function):
            raise CannotSpellError("what is written out is meant to be seen")
        return self._spell(returned or [UninhabitedType()], function)

    def _check_again(self, function: FuncDef) -> None:
        """Check a function as if it could return any object.

        For mypy, a function without a hint returns Any, so generic calls and lists in a ``return``
        have the type Any as well.
        """
        known, checker = function.type, self._state.type_checker()
        anything: Type = checker.named_type("builtins.object")
        if function.is_async_generator:
            anything = checker.named_generic_type("typing.AsyncGenerator", [anything, UNKNOWN])
        elif function.is_generator:
            anything = checker.named_generic_type("typing.Generator", [anything, UNKNOWN, anything])
        elif function.is_coroutine:
            anything = checker.named_generic_type("typing.Coroutine", [UNKNOWN, UNKNOWN, anything])
        if isinstance(known, CallableType):
            function.type = known.copy_modified(ret_type=anything)
        else:
            fallback = checker.named_type("builtins.function")
            function.type = callable_type(function, fallback, anything)
        try:
            self._state.type_check_second_pass([DeferredNode(function, function.info or None)])
        finally:
            function.type = known

    def _spell(self, found: Sequence[Type | None], function: FuncDef) -> Spelled:
        """Write a union of types; None in it stands for ``Self``."""
        types = [each for each in found if each is not None]
        if len(types) == len(found) or any(_is_of(each, function) for each in types):
            return self._spelling.spell_union(types, function)
        rest = self._spelling.spell_union(types, function) if types else None
        imports = (("typing", "Self"), *(rest.imports if rest else ()))
        return Spelled(f"Self | {rest.text}" if rest else "Self", imports)

    def _returned(self, function: FuncDef) -> list[Type | None]:
        """Return the types of a function's results; None stands for ``Self``."""
        found: list[Type | None] = []
        own = Own(function)
        for statement in statements(function.body.body):
            value = statement.expr if isinstance(statement, ReturnStmt) else None
            if isinstance(value, NameExpr) and value.fullname == "builtins.NotImplemented":
                continue
            if value is not None and own.has(value):
                found.append(None)
            elif value is not None and value in self._types:
                found.append(self._type(value))
            elif isinstance(statement, ReturnStmt) and value is None:
                found.append(NoneType())
        if runs_out(function.body.body, self._types):
            found.append(NoneType())
        return found

    def _type(self, value: Expression) -> Type:
        """Return the type of an expression, if it is certain."""
        is_doubtful = (
            self._starts_as_none(value)
            or is_half_known(value, self._types)
            or self._contradictions.doubts(value)
        )
        type_ = UNKNOWN if is_doubtful else self._types[value]
        return UNKNOWN if _holds_nothing(type_) else type_

    def _starts_as_none(self, value: Expression) -> bool:
        """Return whether an attribute only has the type of its initial None, to be replaced."""
        if not isinstance(value, MemberExpr):
            return False
        owner = instance_of(self._types.get(value.expr))
        symbol = owner.type.get(value.name) if owner else None
        node = symbol.node if symbol else None
        return isinstance(node, Var) and node.is_inferred and isinstance(node.type, NoneType)

    def _generator(self, function: FuncDef) -> Spelled:
        yielded: list[Type | None] = []
        own = Own(function)
        for node, is_used in all_yield_expressions(function):
            if is_used:
                raise CannotSpellError("something is sent to it")
            if node.expr is None:
                yielded.append(NoneType())
            elif own.has(node.expr):
                yielded.append(None)
            elif node.expr in self._types:
                yielded.append(self._type(node.expr))
        yielded += [
            self._item(self._types.get(each.expr.expr))
            for each in statements(function.body.body)
            if isinstance(each, ExpressionStmt) and isinstance(each.expr, YieldFromExpr)
        ]
        if not yielded:
            raise CannotSpellError("it is not known what it yields")
        item = self._spell(yielded, function)
        returned = self._returned(function)
        if any(not isinstance(get_proper_type(each), NoneType) for each in returned):
            rest = self._spell(returned, function)
            imports = (*item.imports, *rest.imports, ("collections.abc", "Generator"))
            return Spelled(f"Generator[{item.text}, None, {rest.text}]", imports)
        kind, more = "Iterator", ""
        if function in self._managers:  # a hint as an iterator is deprecated for these
            kind, more = "Generator", ", None" if function.is_async_generator else ", None, None"
        kind = f"Async{kind}" if function.is_async_generator else kind
        return Spelled(f"{kind}[{item.text}{more}]", (*item.imports, ("collections.abc", kind)))

    def _item(self, iterable: Type | None) -> Type:
        """Return the type of the elements of an iterable.

        Raises:
            CannotSpellError: It is unknown.
        """
        iterable = get_proper_type(iterable)
        known = self._iterable
        if not isinstance(iterable, Instance) or not isinstance(known, TypeInfo):
            raise CannotSpellError("it is not known what it yields")
        if not iterable.type.has_base(known.fullname):
            raise CannotSpellError("it is not known what it yields")
        return map_instance_to_supertype(iterable, known).args[0]


def _managers(state: State) -> set[FuncDef]:
    """Return the functions of a file that are decorated as context managers."""
    assert state.tree is not None  # noqa: S101  # nosec B101 - for the type checker
    return {
        each.func
        for each in definitions(state.tree.defs)
        if isinstance(each, Decorator)
        and any(isinstance(at, RefExpr) and at.fullname in MANAGERS for at in each.decorators)
    }


def _is_of(type_: Type, function: FuncDef) -> bool:
    """Return whether a type is the class of a method or one of its bases."""
    plain = get_proper_type(type_)
    return isinstance(plain, Instance) and bool(function.info) and plain.type in function.info.mro


def _holds_nothing(type_: Type) -> bool:
    """Return whether a type is a list or dictionary of initial None values, to be replaced.

    A tuple with one counts, too.
    """
    plain = get_proper_type(type_)
    if isinstance(plain, TupleType):
        return any(map(_holds_nothing, plain.items))
    return (
        isinstance(plain, Instance)
        and plain.type.fullname in {"builtins.list", "builtins.dict"}
        and isinstance(get_proper_type(plain.args[-1]), NoneType)
    )


def _says_none(function: FuncDef) -> bool:
    """Return whether a function returns only explicit None; callers may expect other results."""
    values = [each.expr for each in statements(function.body.body) if isinstance(each, ReturnStmt)]
    return bool(values) and all(map(is_none, values))


def _is_hook(function: FuncDef) -> bool:
    """Return whether a method that always raises may be meant to be overridden."""
    if not function.info or function.is_final or function.info.is_final:
        return False
    if not _is_private(function.name) or any(
        function.name in base.names for base in function.info.mro[1:]
    ):
        return True
    given = {each.variable for each in function.arguments if not each.variable.is_self}
    raised = [each for each in statements(function.body.body) if isinstance(each, RaiseStmt)]
    return not any(_names(each.expr) & given for each in raised if each.expr)


def _is_private(name: str) -> bool:
    """Return whether a name is not for other modules to use."""
    return name.startswith("_") and not name.endswith("__")


def _names(node: Expression) -> set[Var]:
    names, _ = all_name_and_member_expressions(node)
    return {each.node for each in names if isinstance(each.node, Var)}
