"""Finds how a function uses a parameter: whether it calls, passes on or ignores the parameter."""

from __future__ import annotations

import ast
import builtins
import functools
import itertools
import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from python_expert.actions.add_docstrings.offline.steady import CONTAINER_METHODS
from python_expert.analysis.nodes import TRIES, arguments, defaults
from python_expert.analysis.signatures import decorators, is_empty_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.analysis.scopes import Function
    from python_expert.analysis.source import Source

NOT_USED = "Not used."
WITHOUT_ARGUMENTS = "Called without arguments."

_PLUMBING = {"collections", "copy", "functools", "itertools", "operator", "types", "typing"}
"""Modules whose functions only pass arguments through intermediate steps."""

_STEPS = {*dir(functools), *dir(itertools), *dir(builtins)}

_RUNNERS = re.compile(r"(^|_)(apply|call|executor|run|spawn|submit|sync|thread)(_|$)")
"""Names of functions that pass arguments on to a function argument."""


def is_name(node: ast.expr, name: str) -> bool:
    """Return whether an expression is the given name."""
    return isinstance(node, ast.Name) and node.id == name


def names_it(node: ast.AST, name: str) -> bool:
    """Return whether a node contains the given name."""
    return any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(node))


def is_private(text: str) -> bool:
    """Return whether code contains private names."""
    return bool(re.search(r"\b_{1,2}[A-Za-z]\w*(?<!__)\b", text))


def calls(node: Function) -> Iterator[ast.Call]:
    """Yield the calls in a function."""
    return (each for each in ast.walk(node) if isinstance(each, ast.Call))


def called(node: Function, arg: ast.arg) -> str:
    """Return how a parameter is called, if all calls are the same and no hint shows it."""
    name = arg.arg
    if arg.annotation and ast.unparse(arg.annotation).rpartition(".")[2] != "Callable":
        return ""
    ways = {ast.unparse(call): call for call in calls(node) if is_name(call.func, name)}
    if len(ways) != 1 or any(names_it(each, name) for call in _asked(node) for each in call.args):
        return ""  # a condition tests the parameter, so it is not always called
    ((text, call),) = ways.items()
    given = [*call.args, *(each.value for each in call.keywords)]
    are_plain = all(isinstance(each, ast.Name | ast.Attribute | ast.Constant) for each in given)
    if not are_plain or len(text) > 60 or any(len(ast.unparse(each)) < 2 for each in given):  # noqa: PLR2004 - too long or too short to read
        return ""
    known = {"self", "cls", *(each.arg for each in arguments(node))}
    roots = {each.id for value in given for each in ast.walk(value) if isinstance(each, ast.Name)}
    if not roots <= known:
        return ""  # a reader does not know the function's variables
    return f"Called as ``{text}``." if given else WITHOUT_ARGUMENTS


def _asked(node: Function) -> Iterator[ast.Call]:
    """Yield the calls in conditions."""
    for each in ast.walk(node):
        test = getattr(each, "test", None)
        if isinstance(test, ast.expr):
            yield from (call for call in ast.walk(test) if isinstance(call, ast.Call))


def is_bound_early(node: Function, name: str) -> bool:
    """Return whether a parameter only binds an outside function locally, as in ``len=len``."""
    value = defaults(node).get(name)
    if isinstance(value, ast.Name | ast.Attribute) and any(
        is_name(call.func, name) for call in calls(node)
    ):
        return True
    return isinstance(value, ast.Name) and value.id == name


def forwarded(source: Source, node: Function, arg: ast.arg) -> str:
    """Describe the call that extra arguments are passed to, if it always gets all arguments.

    Args:
        source: The text.
        node: The function.
        arg: The parameter with the stars.
    """
    given = [each.arg for each in (node.args.vararg, node.args.kwarg) if each]
    named = Counter(each.id for each in ast.walk(node) if isinstance(each, ast.Name))
    if arg.arg not in named:
        return unused(node, arg)
    for call in _always_made(node.body):
        passed = [value.value for value in call.args if isinstance(value, ast.Starred)]
        passed += [value.value for value in call.keywords if value.arg is None]
        names = [each.id for each in passed if isinstance(each, ast.Name)]
        if set(given) <= set(names):
            is_all = all(named[name] == 1 for name in given) and not _runs_another(call)
            is_said = is_all and _is_target(source, node, call.func)
            return f"Passed to ``{ast.unparse(call.func)}``." if is_said else ""
    return ""


def _always_made(body: Sequence[ast.stmt]) -> Iterator[ast.Call]:
    """Yield the calls that are whole statements and always run, unless an exception is raised."""
    for statement in body:
        values: list[ast.expr | None] = []
        match statement:
            case ast.With(items=items) | ast.AsyncWith(items=items):
                values = [each.context_expr for each in items]
            case ast.Return(value=value) | ast.Expr(value=value):
                values = [value]
            case ast.Assign(value=value, targets=[ast.Name() | ast.Attribute()]):
                values = [value]
            case _:
                pass
        for value in values:
            made = (
                value.value if isinstance(value, ast.Await | ast.Yield | ast.YieldFrom) else value
            )
            if isinstance(made, ast.Call):
                yield made
        if isinstance(statement, (ast.With, ast.AsyncWith, *TRIES)):
            yield from _always_made(statement.body)
        if any(isinstance(each, ast.Return) for each in ast.walk(statement)):
            return


def _runs_another(call: ast.Call) -> bool:
    name = ast.unparse(call.func).rpartition(".")[2]
    is_given = bool(call.args) and not isinstance(call.args[0], ast.Starred)
    return is_given and bool(_RUNNERS.search(name))


def _is_target(source: Source, node: Function, func: ast.expr) -> bool:
    """Return whether a reader knows what a called function does with its arguments."""
    code = ast.unparse(func)
    parts = code.split(".")
    if not all(part.isidentifier() for part in parts) or is_private(code) or code.endswith("__"):
        return False
    stored = {
        each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    inner = {
        alias.asname or alias.name
        for each in ast.walk(node)
        if isinstance(each, ast.Import | ast.ImportFrom)
        for alias in each.names
    }
    if parts[0] in stored | inner | _plumbing(source):
        return False
    if len(parts) == 1:
        return code not in {node.name, *_STEPS}
    return parts[-1] not in CONTAINER_METHODS and code != f"self.{node.name}"


@lru_cache(maxsize=4)
def _plumbing(source: Source) -> frozenset[str]:
    """Return a text's names for modules that handle values, and for functions from them."""
    found: set[str] = set()
    for each in source.tree.body:
        match each:
            case ast.Import(names=names):
                found |= {one.asname or one.name for one in names if one.name in _PLUMBING}
            case ast.ImportFrom(module=module, names=names) if module in _PLUMBING:
                found |= {one.asname or one.name for one in names}
            case _:
                pass
    return frozenset(found)


def unused(node: Function, arg: ast.arg) -> str:
    """Return a sentence that a parameter has no effect, or an empty string."""
    name = arg.arg
    is_plain = not (any(decorators(node)) or is_empty_body(node) or name.startswith("_"))
    if not is_plain or node.name.startswith("__") or len(node.body) == 1:
        return ""
    reads_all = {"locals", "vars", "eval", "exec", "super"}
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id in {name, *reads_all}:
            return ""
    return NOT_USED
