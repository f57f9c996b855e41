"""Decorators of the text whose wrapper returns the result of the decorated function."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.function_bodies import is_generator, obstacle, own_nodes
from python_expert.analysis.nodes import TRIES, last_name

if TYPE_CHECKING:
    from python_expert.analysis.names import Names

_NAMESPACES = frozenset(f"builtins.{name}" for name in ("locals", "vars", "eval", "exec"))
_NAMED = frozenset({"__name__", "__qualname__", "__module__", "__doc__"})
_TAKES = frozenset({"acquire", "__enter__", "enter_context", "flock", "lockf"})


def passes_on(names: Names, decorator: ast.expr) -> bool:
    """Return whether a wrapper calls the function once, as its last step, and returns its result.

    Such a decorator also works if the result must be awaited.

    Args:
        names: The names of the text.
        decorator: The decorator, or a call that makes it.
    """
    if isinstance(decorator, ast.Call):
        maker = _function(names, decorator.func)
        made = _returned(names, maker) if maker else None
    else:
        made = _function(names, decorator)
    return made is not None and not made.decorator_list and _wraps(names, made)


class Wrapping(NamedTuple):
    """A decorator defined in the text, and its wrapper function.

    Attributes:
        decorator: The function that receives the decorated function.
        wrapper: The function that the decorator returns.
        calls: The calls of the decorated function in the wrapper, which may use its result.
    """

    decorator: ast.FunctionDef
    wrapper: ast.FunctionDef
    calls: tuple[ast.Call, ...]


def wrapping(names: Names, decorator: ast.expr) -> Wrapping | None:
    """Return the wrapper of a decorator, if the wrapper could await the function itself.

    Args:
        names: The names of the text.
        decorator: The decorator.
    """
    made = _function(names, decorator)
    wrapper = _returned(names, made) if made else None
    if made is None or wrapper is None or _is_known(names, made, wrapper):
        return None
    uses = _uses_of_only(names, made)
    calls = []
    for use in uses:
        around = names.parents[use]
        if isinstance(around, ast.Call) and around.func is use:
            calls.append(around)
        elif not _is_named(around) and not _is_wraps(names, around, uses):
            return None
    inside = all(names.function_of(e) is wrapper and not obstacle(names, e) for e in calls)
    plain = all(_is_wraps(names, each, uses) for each in wrapper.decorator_list)
    if not (calls and inside and plain) or is_generator(wrapper):
        return None
    return Wrapping(made, wrapper, tuple(calls))


def _uses_of_only(names: Names, decorator: ast.FunctionDef) -> list[ast.Name]:
    """Return the uses of a decorator's parameter; none if it has several or rebinds it."""
    given = decorator.args
    places = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    if len(places) != 1 or given.vararg or given.kwarg:
        return []
    nodes = (node for node in ast.walk(decorator) if isinstance(node, ast.Name))
    uses = [node for node in nodes if node.id == places[0].arg]
    return [] if any(names.bindings(node) != places for node in uses) else uses


def _is_named(node: ast.AST) -> bool:
    """Return whether a function is only used for its name or its ``repr``."""
    return (
        isinstance(node, ast.Attribute) and node.attr in _NAMED and isinstance(node.ctx, ast.Load)
    )


def _function(names: Names, node: ast.expr) -> ast.FunctionDef | None:
    """Return the only plain function of the text that a name refers to."""
    found = names.bindings(node) if isinstance(node, ast.Name) else []
    one = found[0] if len(found) == 1 else None
    return one if isinstance(one, ast.FunctionDef) else None


def _returned(names: Names, function: ast.FunctionDef) -> ast.FunctionDef | None:
    """Return the function that a function defines and returns, at its end only."""
    nodes = list(own_nodes(function))
    ways = [each for each in nodes if isinstance(each, ast.Return | ast.Yield | ast.YieldFrom)]
    last = function.body[-1]
    if function.decorator_list or ways != [last] or not isinstance(last, ast.Return):
        return None
    inner = _function(names, last.value) if last.value else None
    return inner if inner in function.body else None


def _wraps(names: Names, decorator: ast.FunctionDef) -> bool:
    """Return whether a function returns a wrapper of its argument."""
    wrapper, uses = _returned(names, decorator), _uses_of_only(names, decorator)
    if wrapper is None or not uses or _is_known(names, decorator, wrapper):
        return False
    returns = [each for each in own_nodes(wrapper) if isinstance(each, ast.Return)]
    calls = {call: each for each in returns if (call := _call_before(names, each)) is not None}
    used = [names.parents[node] for node in uses]
    named = [call for call in wrapper.decorator_list if _is_wraps(names, call, uses)]
    return (
        named == wrapper.decorator_list
        and wrapper.body[-1] in calls.values()
        and len(calls) == len(returns)
        and {id(each) for each in used} == {id(each) for each in (*calls, *named)}
        and all(call.func in uses for call in calls)
        and not any(isinstance(each, ast.Yield | ast.YieldFrom) for each in own_nodes(wrapper))
        and not any(_is_guarded(names, call, wrapper) for call in calls)
        and not _takes_lock(names, wrapper, [wrapper])
    )


def _takes_lock(names: Names, function: ast.FunctionDef, known: list[ast.FunctionDef]) -> bool:
    """Return whether a function acquires something that it holds during the calls it makes."""
    for node in own_nodes(function):
        if isinstance(node, ast.Call):
            if last_name(node.func) in _TAKES:
                return True
            for inner in _called(names, node.func):
                if inner not in known:
                    known.append(inner)
                    if _takes_lock(names, inner, known):
                        return True
    return False


def _called(names: Names, node: ast.expr) -> list[ast.FunctionDef]:
    """Return the functions of the text that a call may run, methods of unknown objects included."""
    if not isinstance(node, ast.Attribute):
        one = _function(names, node)
        return [one] if one is not None else []
    kind = names.kind(node.value)
    owners = [kind] if isinstance(kind, ast.ClassDef) else []
    if kind is None and names.dotted(node.value) is None:
        owners = [each for each in names.inner if isinstance(each, ast.ClassDef)]
    found = [names.method(each, node.attr) for each in owners]
    return [each for each in found if isinstance(each, ast.FunctionDef)]


def _is_known(names: Names, decorator: ast.FunctionDef, wrapper: ast.FunctionDef) -> bool:
    """Return whether other code can reach a wrapper, except by the decorated function."""
    for node in ast.walk(decorator):
        if isinstance(node, ast.Name) and node.id == wrapper.name:
            around = names.parents[node]
            is_set = isinstance(around, ast.Attribute) and isinstance(around.ctx, ast.Store)
            if not is_set and around is not decorator.body[-1]:
                return True
        elif isinstance(node, ast.Name) and names.dotted(node) in _NAMESPACES:
            return True
    return False


def _is_wraps(names: Names, decorator: ast.AST, uses: list[ast.Name]) -> bool:
    """Return whether a decorator is ``functools.wraps`` of the wrapped function."""
    return (
        isinstance(decorator, ast.Call)
        and names.dotted(decorator.func) == "functools.wraps"
        and not decorator.keywords
        and len(decorator.args) == 1
        and decorator.args[0] in uses
    )


def _call_before(names: Names, node: ast.Return) -> ast.Call | None:
    """Return the call whose result a statement returns, made there or by the statement before."""
    value = node.value
    if isinstance(value, ast.Name):
        around = names.parents[node]
        blocks = (getattr(around, each, None) for each in ("body", "orelse"))
        block = next((each for each in blocks if isinstance(each, list) and node in each), [node])
        before = block[block.index(node) - 1] if block.index(node) else None
        if not isinstance(before, ast.Assign) or len(before.targets) != 1:
            return None
        target = before.targets[0]
        own = (names.function_of(node), value.id)
        if not isinstance(target, ast.Name) or not names.slot(target) == names.slot(value) == own:
            return None
        value = before.value
    return value if isinstance(value, ast.Call) else None


def _is_guarded(names: Names, call: ast.Call, wrapper: ast.FunctionDef) -> bool:
    """Return whether code runs when a call returns or fails."""
    for outer in names.around(call):
        if outer is wrapper:
            return False
        if isinstance(outer, (*TRIES, ast.With, ast.AsyncWith)):
            return True
    return True
