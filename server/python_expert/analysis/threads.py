"""Code that may run in a thread other than the event loop's."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from python_expert.analysis.function_bodies import is_generator
from python_expert.analysis.library import OF_ONE_THREAD
from python_expert.analysis.nodes import TRIES, caught, last_name
from python_expert.analysis.scopes import FUNCTIONS, Function
from python_expert.analysis.source import all_nodes
from python_expert.analysis.thread_origins import FRAMES, origins, tie

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from python_expert.analysis.call_graph import Program, Use
    from python_expert.analysis.names import Names

IMMUTABLE: Final = frozenset(
    f"builtins.{name}" for name in ("str", "bytes", "int", "float", "bool", "NoneType", "complex")
) | {"pathlib.Path", "builtins.open"}
"""Kinds of objects that other tasks do not change, and files, which belong to their block."""

_STOP = "builtins.StopIteration"
_WARNING = 2
"""The number of arguments of ``warnings.warn`` that do not refer to callers."""
_NEXT = "builtins.next"
_SPECIAL_NEXT = "__next__"
_CATCH_STOP = frozenset({_STOP, "builtins.Exception", "builtins.BaseException"})
_LOGS = frozenset({"warn", "debug", "info", "warning", "error", "critical", "exception", "log"})
_ERRORS = frozenset(
    {"sys.exc_info", "sys.exception", "traceback.print_exc", "traceback.format_exc"}
)

WALKED: Final = frozenset({"json.dump", "pickle.dump"})
"""Functions that iterate over their first argument."""


@lru_cache(maxsize=2)
def _used(program: Program) -> dict[ast.expr, list[Use]]:
    found: dict[ast.expr, list[Use]] = {}
    for uses in program.uses.values():
        for use in uses:
            found.setdefault(use.node, []).append(use)
    return found


def uses_at(program: Program, node: ast.expr) -> list[Use]:
    """Return the uses of functions of the text at a node."""
    return _used(program).get(node, [])


def thread_obstacle(names: Names, nodes: Iterable[ast.AST]) -> str | None:
    """Return why code cannot run in another thread, according to its own nodes, or None."""
    inside = {*nodes}
    for node in inside:
        why = tie(names, node)
        if isinstance(node, ast.Raise) and raises_stop(names, node):
            why = "StopIteration cannot leave a thread"
        elif node in steps(names) or (isinstance(node, ast.Call) and advances(names, node)):
            why = "a StopIteration of next() cannot leave a thread"
        elif isinstance(node, ast.Call) and _looks_at_callers(names, node):
            why = "it inspects its callers"
        elif not why and _looks_at_error(names, node) and not _is_handled(names, node, inside):
            why = "it inspects an exception that another thread handles"
        if why:
            return why
    return None


def _looks_at_callers(names: Names, call: ast.Call) -> bool:
    """Return whether a call issues a warning or log record on behalf of a caller, or may do so."""
    given = {each.arg for each in call.keywords}
    if given & FRAMES or (None in given and last_name(call.func) in _LOGS):
        return True
    return len(call.args) > _WARNING and names.dotted(call.func) == "warnings.warn"


def _looks_at_error(names: Names, node: ast.AST) -> bool:
    """Return whether a node uses the exception that is being handled."""
    if isinstance(node, ast.Raise):
        return node.exc is None
    if isinstance(node, ast.Call):
        given = [each.value for each in node.keywords if each.arg == "exc_info"]
        given = [each for each in given if not isinstance(each, ast.Constant) or each.value]
        return bool(given)
    if isinstance(node, ast.Attribute) and node.attr in {"exception", "__context__"}:
        owner = names.kind(node.value)
        return not (isinstance(owner, ast.ClassDef) and names.method(owner, node.attr))
    return isinstance(node, ast.Name | ast.Attribute) and names.dotted(node) in _ERRORS


def _is_handled(names: Names, node: ast.AST, inside: set[ast.AST]) -> bool:
    """Return whether the exception at a node is handled by the same code."""
    for outer in names.around(node):
        if isinstance(outer, (*FUNCTIONS, ast.Lambda)):
            return False
        if isinstance(outer, ast.ExceptHandler) and outer in inside:
            return getattr(node, "attr", "") != "__context__"
    return False


def raises_stop(names: Names, node: ast.Raise) -> bool:
    """Return whether a statement raises ``StopIteration`` or a subclass of the text."""
    return node.exc is not None and _is_stop(names, node.exc, set())


def _is_stop(names: Names, node: ast.AST, seen: set[ast.AST]) -> bool:
    """Return whether an expression is ``StopIteration``, or an instance of it."""
    node = node.func if isinstance(node, ast.Call) else node
    if node in seen:
        return False
    seen.add(node)
    if isinstance(node, ast.Tuple):
        return any(_is_stop(names, each, seen) for each in node.elts)
    if names.dotted(node) == _STOP:
        return True
    made = names.class_named(node)
    if made is not None:
        return any(base == _STOP for each in names.mro(made) for base in names.bases(each))
    handlers = [
        each.type
        for each in (names.bindings(node) if isinstance(node, ast.Name) else [])
        if isinstance(each, ast.ExceptHandler) and each.type is not None
    ]
    slot = names.slot(node)
    return any(
        _is_stop(names, each, seen) for each in [*handlers, *(origins(names, slot) if slot else [])]
    )


def advances(names: Names, call: ast.Call) -> bool:
    """Return whether a call may raise ``StopIteration`` that no handler around it catches."""
    found = _is_next(names, call) or _is_step(names, call.func)
    return found and not stops_here(names, call)


def _is_next(names: Names, call: ast.Call) -> bool:
    """Return whether a call is ``next(x)`` or ``x.__next__()``."""
    plain = names.dotted(call.func) == _NEXT and len(call.args) == 1
    return plain or getattr(call.func, "attr", "") == _SPECIAL_NEXT


def stops_here(names: Names, node: ast.AST) -> bool:
    """Return whether a ``StopIteration`` that a node raises is caught in the function around it."""
    inner: ast.AST = node
    for outer in names.around(node):
        if isinstance(outer, (*FUNCTIONS, ast.Lambda)):
            break
        if isinstance(outer, TRIES) and inner in outer.body:
            first = next((each for each in outer.handlers if _catches(names, each)), None)
            if first is not None:
                return not any(
                    isinstance(each, ast.Raise) and not each.cause and not _is_other(names, each)
                    for each in ast.walk(first)
                )
        inner = outer
    return False


@lru_cache(maxsize=2)
def steps(names: Names) -> frozenset[ast.AST]:
    """Return the places where ``next`` or ``__next__`` is used as a value or in a lambda."""
    found = set[ast.AST]()
    for node in all_nodes(names.tree):
        if isinstance(node, ast.Name | ast.Attribute):
            parent = names.parents[node]
            called = isinstance(parent, ast.Call) and parent.func is node
            if not called and (
                getattr(node, "attr", "") == _SPECIAL_NEXT or names.dotted(node) == _NEXT
            ):
                found.add(node)
        elif isinstance(node, ast.Lambda):
            calls = (each for each in ast.walk(node.body) if isinstance(each, ast.Call))
            found |= {node for each in calls if _is_next(names, each)}
    return frozenset(found)


@lru_cache(maxsize=2)
def stoppers(names: Names) -> frozenset[Function]:
    """Return the functions that may raise ``StopIteration`` themselves, except generators."""
    found = {
        names.function_of(node)
        for node in all_nodes(names.tree)
        if (isinstance(node, ast.Raise) and raises_stop(names, node))
        or (isinstance(node, ast.Call) and advances(names, node))
    }
    return frozenset(each for each in found if each is not None and not is_generator(each))


def _is_step(names: Names, called: ast.expr) -> bool:
    """Return whether a called object may be ``next`` or ``__next__`` under another name."""
    found = steps(names)
    for part in ast.walk(called) if found else ():
        slot = names.slot(part) if isinstance(part, ast.Name | ast.Attribute) else None
        for value in origins(names, slot) if slot else ():
            if isinstance(value, ast.arg) or not found.isdisjoint(ast.walk(value)):
                return True
    return False


def _catches(names: Names, handler: ast.ExceptHandler) -> bool:
    """Return whether a handler catches ``StopIteration``."""
    return any(each is None or names.dotted(each) in _CATCH_STOP for each in caught(handler))


def _is_other(names: Names, node: ast.Raise) -> bool:
    """Return whether a statement certainly raises a new exception other than ``StopIteration``."""
    return isinstance(node.exc, ast.Call) and not raises_stop(names, node)


def reached(program: Program, functions: Iterable[Function]) -> list[Function]:
    """Return functions with all functions of the text that they use, transitively.

    Functions that replace them, such as wrappers, are included.
    """
    found = list(functions)
    known = set(found)
    for one in found:
        for callee in (*program.callees(one), *_decorators(program, one)):
            for each in (callee, *program.family(callee)):
                if each not in known:
                    known.add(each)
                    found.append(each)
    return found


def _decorators(program: Program, function: Function) -> Iterator[Function]:
    """Yield the functions of the text that decorate a function; a call may run their wrapper."""
    for each in function.decorator_list:
        made = each.func if isinstance(each, ast.Call) else each
        yield from (use.function for use in uses_at(program, made))


def used_in(program: Program, inside: AbstractSet[ast.AST]) -> list[Function]:
    """Return the functions of the text that some nodes use."""
    return [f for f, uses in program.uses.items() if any(use.node in inside for use in uses)]


def bound_to_thread(program: Program, functions: Iterable[Function]) -> str | None:
    """Return why a thread cannot run functions or the functions of the text that they use, or None.

    The ``StopIteration`` of a ``__next__`` that only loops call ends the loop, so it is allowed.
    """
    given = [*functions]
    for each in reached(program, given):
        if is_async(each):
            return f"{program.name(each)} is async"
        nodes = [*ast.walk(each)]
        if each.name == _SPECIAL_NEXT and each not in given:
            nodes = [node for node in nodes if not _ends_loop(program.names, node)]
        why = thread_obstacle(program.names, nodes) or staying(program, nodes)
        if why:
            return f"{program.name(each)}: {why}"
    return None


def _ends_loop(names: Names, node: ast.AST) -> bool:
    return isinstance(node, ast.Raise) and raises_stop(names, node)


def is_async(function: Function) -> bool:
    """Return whether a function is async: a call only creates a coroutine, in any thread."""
    return isinstance(function, ast.AsyncFunctionDef)


def staying(program: Program, nodes: Iterable[ast.AST]) -> str | None:
    """Return why code cannot run in another thread according to a type checker, or None."""
    reasons = program.typed.staying
    found = (reasons.get(each) for each in nodes if isinstance(each, ast.Call))
    return next((why for why in found if why in OF_ONE_THREAD), None)


def is_shared(names: Names, node: ast.Name | ast.Attribute) -> bool:
    """Return whether other code may hold the object that an expression names, and change it."""
    if names.kind(node) in IMMUTABLE:
        return False
    slot = names.slot(node)
    local = slot is not None and isinstance(slot[0], FUNCTIONS)
    return not local or any(isinstance(each, ast.arg) for each in names.bindings(node))  # type: ignore[arg-type]  # only a name's slot is a function's
