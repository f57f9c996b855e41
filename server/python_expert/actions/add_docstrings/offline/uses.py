"""What a function does with a parameter: it calls it, passes it on, or does nothing with it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from python_expert.analysis.signatures import decorators, is_empty_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.actions.add_docstrings.offline.exits import Quotes
    from python_expert.analysis.scopes import Function

NOT_USED = "Not used."
WITHOUT_ARGUMENTS = "Called without arguments."


def is_name(node: ast.expr, name: str) -> bool:
    """Whether an expression is a name."""
    return isinstance(node, ast.Name) and node.id == name


def names_it(node: ast.AST, name: str) -> bool:
    """Whether a name occurs."""
    return any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(node))


def is_private(text: str) -> bool:
    """Whether code has private names."""
    return bool(re.search(r"\b_[A-Za-z]", text))


def calls(node: Function) -> Iterator[ast.Call]:
    """The calls in a function."""
    return (each for each in ast.walk(node) if isinstance(each, ast.Call))


def called(node: Function, arg: ast.arg) -> str:
    """How a parameter is called, if it is called in one way only, and its hint does not say."""
    name = arg.arg
    if arg.annotation and ast.unparse(arg.annotation).rpartition(".")[2] != "Callable":
        return ""
    ways = {ast.unparse(call): call for call in calls(node) if is_name(call.func, name)}
    if len(ways) != 1 or any(names_it(each, name) for call in _asked(node) for each in call.args):
        return ""  # where it is asked what it is, it is not always called
    ((text, call),) = ways.items()
    given = [*call.args, *(each.value for each in call.keywords)]
    are_plain = all(isinstance(each, ast.Name | ast.Attribute | ast.Constant) for each in given)
    if not are_plain or len(text) > 60 or any(len(ast.unparse(each)) < 2 for each in given):  # noqa: PLR2004
        return ""
    return f"Called as ``{text}``." if given else WITHOUT_ARGUMENTS


def _asked(node: Function) -> Iterator[ast.Call]:
    """The calls in conditions."""
    for each in ast.walk(node):
        test = getattr(each, "test", None)
        if isinstance(test, ast.expr):
            yield from (call for call in ast.walk(test) if isinstance(call, ast.Call))


def forwarded(node: Function, arg: ast.arg, quotes: Quotes) -> str:
    """Which call further arguments are passed on to."""
    to: dict[str, None] = {}
    uses = 0
    for each in ast.walk(node):
        uses += isinstance(each, ast.Name) and each.id == arg.arg
        if isinstance(each, ast.Call):
            passed = [value.value for value in each.args if isinstance(value, ast.Starred)]
            passed += [value.value for value in each.keywords if value.arg is None]
            if any(is_name(value, arg.arg) for value in passed):
                to[quotes.quote(each.func)] = None
                uses -= 1
    if uses or len(to) != 1 or "" in to:
        return "" if uses or to else unused(node, arg)
    (code,) = to
    return "" if is_private(code) else f"Passed to {code}."


def unused(node: Function, arg: ast.arg) -> str:
    """That a parameter has no effect."""
    name = arg.arg
    is_plain = not (any(decorators(node)) or is_empty_body(node) or name.startswith("_"))
    if not is_plain or node.name.startswith("__") or len(node.body) == 1:
        return ""
    reads_all = {"locals", "vars", "eval", "exec", "super"}
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id in {name, *reads_all}:
            return ""
    return NOT_USED
