"""Converts expressions of a function to code that a reader of its docstring understands."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from typing import TYPE_CHECKING

from python_expert.actions.add_docstrings.offline.steady import is_harmless
from python_expert.analysis.nodes import known

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.analysis.scopes import Function

LONGEST = 60
"""The most columns of an expression that a sentence quotes."""

_UNQUOTABLE = (
    ast.Await, ast.Yield, ast.YieldFrom, ast.Lambda, ast.JoinedStr, *known("TemplateStr"),
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.IfExp,
)  # fmt: skip

_CONTAINERS = {
    "list", "dict", "set", "bytearray", "deque", "defaultdict", "OrderedDict", "Counter",
}  # fmt: skip


class Quotes:
    """Quotes a function's code for its docstring.

    Quoted code contains parameters, attributes and names from outside the function. A local
    variable that is set only once is replaced by its value.

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
        """Return whether the function never sets a name."""
        return name not in self._local

    def quote(self, node: ast.expr, visible: str = "") -> str:
        """Quote an expression as code; empty if it would be too long or unclear.

        Args:
            node: The expression.
            visible: A local variable that the reader knows.
        """
        if self._runs_twice(node):
            return ""
        whole = _Filled(self._values).visit(copy.deepcopy(node))
        for each in ast.walk(whole):
            is_local = isinstance(each, ast.Name) and each.id in self._local - {visible}
            is_changed = isinstance(each, ast.Attribute) and each.attr in self._changed
            if isinstance(each, _UNQUOTABLE) or is_local or is_changed:
                return ""
        text = ast.unparse(whole)
        return "" if len(text) > LONGEST or set(text) & set("\\`\n") else f"``{text}``"

    def condition(self, tests: Sequence[ast.expr]) -> str:
        """Return conditions in words or as code; empty if they cannot be quoted."""
        if not tests:
            return ""
        test = tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), list(tests))
        if any(_is_negated_group(each) for each in ast.walk(test)):
            return ""  # too difficult to read
        if isinstance(test, ast.Name | ast.Attribute) and not self._is_filled(test):
            code = self.quote(test)
            return f"{code} is true" if code else ""
        return self.quote(test)

    def _is_filled(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self._values

    def _runs_twice(self, node: ast.expr) -> bool:
        """Return whether the quote would repeat a call that the function makes once."""
        used = Counter(each.id for each in ast.walk(node) if isinstance(each, ast.Name))
        return any(
            used[name] > 1
            and any(
                isinstance(each, ast.Call) and not is_harmless(each) for each in ast.walk(value)
            )
            for name, value in self._values.items()
        )


def _is_negated_group(node: ast.AST) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.BoolOp)


def _changed_attributes(node: Function) -> Iterator[str]:
    """Yield attributes that a function sets, or whose methods it calls as statements."""
    for each in ast.walk(node):
        match each:
            case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Subscript(value=ast.Attribute(attr=name), ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Attribute(attr=name)))):
                yield name


def _changed_variables(node: Function) -> Iterator[str]:
    """Yield variables whose values are changed after they are set."""
    for each in ast.walk(node):
        match each:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if not is_harmless(each):
                yield name
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                yield name


def _is_container(node: ast.expr) -> bool:
    """Return whether a value is a new container that is likely to be filled later."""
    is_call = (
        isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in _CONTAINERS
    )
    return is_call or isinstance(node, ast.List | ast.Dict | ast.Set)


class _Filled(ast.NodeTransformer):
    """Replaces names by their values, one level deep, and removes casts."""

    def __init__(self, values: dict[str, ast.expr]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return the value of a name if it is known, else the name."""
        return copy.deepcopy(self._values.get(node.id, node))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Return a call; for ``cast``, the value that it returns."""
        self.generic_visit(node)
        is_cast = ast.unparse(node.func).rpartition(".")[2] == "cast" and len(node.args) == 2  # noqa: PLR2004 - a type and a value
        return node.args[1] if is_cast else node


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
