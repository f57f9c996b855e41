"""Where a function returns and raises, and under which conditions."""

from __future__ import annotations

import ast
import builtins
import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from python_expert.analysis.nodes import known

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.analysis.scopes import Function

LONGEST = 60
"""Columns of an expression that a sentence quotes."""

_OPPOSITE = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
"""Operators and what their negation is for all operands."""

_UNQUOTABLE = (
    ast.Await, ast.Yield, ast.YieldFrom, ast.Lambda, ast.JoinedStr, *known("TemplateStr"),
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.IfExp,
)  # fmt: skip


_CONTAINERS = {
    "list", "dict", "set", "bytearray", "deque", "defaultdict", "OrderedDict", "Counter",
}  # fmt: skip


@dataclass(frozen=True)
class Exit:
    """One way out of a function.

    Attributes:
        node: The statement.
        tests: What is true there; empty if it is reached without a condition.
        is_exact: Whether it is always reached where the tests are true.
        is_caught: Whether a ``try`` around it may catch what it raises.
        tried: The only statement of the ``try`` in whose handler it stands, if there is only one.
        handler: The innermost handler around it.
    """

    node: ast.Return | ast.Raise
    tests: tuple[ast.expr, ...] = ()
    is_exact: bool = True
    is_caught: bool = False
    tried: ast.stmt | None = None
    handler: ast.ExceptHandler | None = None


def exits(node: Function) -> list[Exit]:
    """The statements with which a function's own body ends, in order."""
    start = Exit(ast.Return())
    return list(_walk(node.body, start))


def _walk(body: Sequence[ast.stmt], at: Exit) -> Iterator[Exit]:
    for statement in body:
        match statement:
            case ast.Return() | ast.Raise():
                caught = at.is_caught and isinstance(statement, ast.Raise)
                yield replace(at, node=statement, is_caught=caught)
            case ast.If():
                yield from _walk(statement.body, _under(at, statement.test))
                yield from _walk(statement.orelse, _under(at, negated(statement.test)))
                at = _after(statement, at)
            case ast.Try() | ast.TryStar():
                yield from _walk_try(statement, at)
                at = _past(at, statement)
            case ast.With() | ast.AsyncWith():
                silent = any("suppress" in ast.unparse(item) for item in statement.items)
                inner = replace(at, is_caught=at.is_caught or silent)
                yield from _walk(statement.body, inner)
                at = _past(at, statement)
            case ast.For() | ast.AsyncFor() | ast.While() | ast.Match():
                inner = replace(at, is_exact=False)
                for block in _blocks(statement):
                    yield from _walk(block, inner)
                at = _past(at, statement)
            case _:
                pass


def _walk_try(statement: ast.Try | ast.TryStar, at: Exit) -> Iterator[Exit]:
    caught = at.is_caught or bool(statement.handlers)
    yield from _walk(statement.body, replace(at, is_caught=caught))
    tried = statement.body[0] if len(statement.body) == 1 and not statement.orelse else None
    for handler in statement.handlers:
        inner = replace(at, is_exact=False, tried=tried, handler=handler)
        yield from _walk(handler.body, inner)
    yield from _walk(statement.orelse, replace(at, is_exact=False))
    yield from _walk(statement.finalbody, at)


def _blocks(node: ast.For | ast.AsyncFor | ast.While | ast.Match) -> Iterator[list[ast.stmt]]:
    if isinstance(node, ast.Match):
        yield from (case.body for case in node.cases)
    else:
        yield from (node.body, node.orelse)


def _under(at: Exit, test: ast.expr) -> Exit:
    return replace(at, tests=(*at.tests, test))


def _past(at: Exit, *statements: ast.stmt) -> Exit:
    """What holds below statements: others may have left by then."""
    return replace(at, is_exact=at.is_exact and not _leaves(*statements))


def _after(statement: ast.If, at: Exit) -> Exit:
    """What holds below a condition: its negation, if what it guards always returns."""
    body, other = statement.body, statement.orelse
    if _always_leaves(body):
        at = _past(at, *other)
        if not _leaves(*body):
            return at  # it raises, which another entry says
        return _under(at, negated(statement.test))
    if other and _always_leaves(other):
        at = _past(at, *body)
        return _under(at, statement.test) if _leaves(*other) else at
    return _past(at, statement)


def runs_out(body: Sequence[ast.stmt]) -> bool:
    """Whether a block may run past its end, for all that can be seen."""
    match body[-1] if body else None:
        case ast.Return() | ast.Raise():
            return False
        case ast.If(body=one, orelse=other):
            return runs_out(one) or runs_out(other)
        case ast.With(body=inner) | ast.AsyncWith(body=inner):
            return runs_out(inner)
        case _:
            return True


def _always_leaves(body: Sequence[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def _leaves(*statements: ast.stmt) -> bool:
    """Whether there is a way out in statements that is no exception."""
    found = (ast.Return, ast.Continue, ast.Break)
    return any(isinstance(each, found) for node in statements for each in ast.walk(node))


def negated(test: ast.expr) -> ast.expr:
    """The opposite of a condition."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    if isinstance(test, ast.Compare) and type(test.ops[0]) in _OPPOSITE and len(test.ops) == 1:
        return ast.Compare(test.left, [_OPPOSITE[type(test.ops[0])]()], test.comparators)
    return ast.UnaryOp(ast.Not(), test)


class Quotes:
    """Turns expressions of a function into code that a reader of its docstring understands.

    Such code has parameters, attributes and names from outside the function. A local variable
    that is set only once stands for what it is set to.

    Args:
        node: The function.
    """

    def __init__(self, node: Function) -> None:
        stored = [
            each
            for each in ast.walk(node)
            if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)
        ]
        inner = [
            each for each in ast.walk(node) if isinstance(each, ast.ExceptHandler) and each.name
        ]
        names = [each.id for each in stored] + [str(each.name) for each in inner]
        self._local = {*names, *_matched(node), *_defined(node), "__debug__"}
        self._changed = set(_changed_attributes(node))
        args = {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
        changed = set(_changed_variables(node))
        self._values = {
            each.targets[0].id: each.value
            for each in node.body
            if isinstance(each, ast.Assign)
            and isinstance(each.targets[0], ast.Name)
            and names.count(each.targets[0].id) == 1
            and each.targets[0].id not in args | changed
            and not _is_container(each.value)
        }

    def is_unset(self, name: str) -> bool:
        """Whether a name is never set in the function."""
        return name not in self._local

    def quote(self, node: ast.expr, told: str = "") -> str:
        """An expression as code, or an empty text if it cannot be told in a few words.

        Args:
            node: The expression.
            told: A local variable that the reader knows of.
        """
        whole = _Filled(self._values).visit(copy.deepcopy(node))
        for each in ast.walk(whole):
            is_local = isinstance(each, ast.Name) and each.id in self._local - {told}
            is_changed = isinstance(each, ast.Attribute) and each.attr in self._changed
            if isinstance(each, _UNQUOTABLE) or is_local or is_changed:
                return ""
        text = ast.unparse(whole)
        return "" if len(text) > LONGEST or set(text) & set("\\`\n") else f"``{text}``"

    def condition(self, tests: Sequence[ast.expr]) -> str:
        """Conditions as code, or an empty text."""
        if not tests:
            return ""
        return self.quote(tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), list(tests)))


def _changed_attributes(node: Function) -> Iterator[str]:
    """Attributes that a function sets, or whose values it has do something."""
    for each in ast.walk(node):
        match each:
            case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Subscript(value=ast.Attribute(attr=name), ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Attribute(attr=name)))):
                yield name


def _changed_variables(node: Function) -> Iterator[str]:
    """Variables whose values are changed after they are set."""
    for each in ast.walk(node):
        match each:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
                yield name
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                yield name


def _is_container(node: ast.expr) -> bool:
    """Whether a value is a new one that is likely to be filled."""
    is_call = (
        isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in _CONTAINERS
    )
    return is_call or isinstance(node, ast.List | ast.Dict | ast.Set)


class _Filled(ast.NodeTransformer):
    """Puts values in the place of names, one step deep."""

    def __init__(self, values: dict[str, ast.expr]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """The value of a name, if it is known."""
        return copy.deepcopy(self._values.get(node.id, node))


def _matched(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.MatchAs | ast.MatchStar) and each.name:
            yield each.name
        elif isinstance(each, ast.MatchMapping) and each.rest:
            yield each.rest


def _defined(node: Function) -> Iterator[str]:
    for each in ast.walk(node):
        if each is not node and isinstance(
            each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ):
            yield each.name
        elif isinstance(each, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in each.names)


def exception_called(name: str) -> type[BaseException] | None:
    """The built-in exception of a name."""
    found = getattr(builtins, name, None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None
