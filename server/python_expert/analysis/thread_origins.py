"""Objects that are tied to the thread or event loop that created them or uses them."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from python_expert.analysis.function_bodies import own_nodes
from python_expert.analysis.library import PROCESS_WIDE, THREAD_BOUND
from python_expert.analysis.nodes import FORS, last_name, origin
from python_expert.analysis.scopes import FUNCTIONS
from python_expert.analysis.source import all_nodes
from python_expert.analysis.thread_bound import thread_bound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.names import Kind, Names, Slot

CALLERS: Final = frozenset(
    {"sys._getframe", "sys._current_frames"}
    | {f"inspect.{name}" for name in ("currentframe", "stack", "getouterframes")}
    | {f"traceback.{name}_stack" for name in ("print", "format", "extract", "walk")}
)
"""Functions with which code inspects its callers."""

_MODULES = (
    *("sqlite3", "tkinter", "turtle", "curses", "trio", "anyio", "uvloop"),
    *("gevent", "greenlet", "eventlet", "playwright"),
)
_NOT_IN_THREADS: Final[dict[str, str]] = {
    "asyncio": "it uses asyncio, which belongs to the thread of the event loop",
    "signal": "signal handlers belong to the main thread",
    "multiprocessing": "a process that is forked while other threads run may hang",
    "concurrent.futures.ProcessPoolExecutor": "its processes are forked while other threads run",
    "contextvars": "context variables that it sets are lost when the thread ends",
    "decimal.getcontext": "the context of decimal belongs to the thread",
    "decimal.setcontext": "the context of decimal belongs to the thread",
    "decimal.localcontext": "the context of decimal belongs to the thread",
    "threading.get_native_id": "it depends on the thread that runs it",
    "threading.enumerate": "it lists the running threads",
    "threading.active_count": "it lists the running threads",
    "_thread": "it depends on the thread that runs it",
    "time.thread_time": "it measures the time of the thread that runs it",
    "time.thread_time_ns": "it measures the time of the thread that runs it",
    "sys.settrace": "it changes a setting of its thread",
    "sys.setprofile": "it changes a setting of its thread",
    **dict.fromkeys(CALLERS, "it inspects its callers"),
    **dict.fromkeys(PROCESS_WIDE, "it changes what other tasks use as well"),
    **{each: f"what {each} makes belongs to the thread that made it" for each in _MODULES},
}
"""For a module or name: why code that uses it must stay in its thread."""

FRAMES: Final = frozenset({"stacklevel", "stack_info"})
"""Arguments that make a called function inspect its callers."""
_FILLS = frozenset({"append", "add", "extend", "insert", "update", "setdefault", "appendleft"})
_RESULTS: Final = frozenset(
    f"asyncio.{name}" for name in ("run", "to_thread", "gather", "wait_for", "shield")
)
"""Functions of asyncio that return the results of what they run."""


def tie(names: Names, node: ast.AST) -> str | None:
    """Return why an object, or the use of a name, must stay in its thread, or None."""
    why = thread_bound(names, node)
    if why is None and isinstance(node, ast.Name | ast.Attribute):
        full, kind = names.dotted(node) or "", names.kind(node)
        why = THREAD_BOUND.get(full) or _table(full)
        why = why or _of_kind(names, kind)
        if why is None and (slot := names.slot(node)):
            why = _of_variable(names, slot)
    return why


def parts(names: Names, node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of an expression, except asyncio calls that only pass results on."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        made = one.value if isinstance(one, ast.Await) else one
        if isinstance(made, ast.Call) and names.dotted(made.func) in _RESULTS:
            continue
        yield one
        waiting += ast.iter_child_nodes(one)


def origins(names: Names, slot: Slot) -> Iterator[ast.AST]:
    """Yield the assignments, annotations and parameters that determine a variable's value."""
    for value in names.values(slot):
        if isinstance(value, (*FORS, ast.comprehension)):
            yield value.iter
        elif isinstance(value, ast.withitem):
            yield value.context_expr
        elif value is not None:
            yield value


def _table(full: str) -> str | None:
    return _NOT_IN_THREADS.get(full) or _NOT_IN_THREADS.get(full.partition(".")[0])


def _of_kind(names: Names, kind: Kind) -> str | None:
    """Return why objects of a class are tied to a thread, or None.

    The name of the class or of a base class decides.
    """
    if isinstance(kind, ast.ClassDef):
        bases = (base for each in names.mro(kind) for base in names.bases(each))
        found = (_table(base) for base in bases if isinstance(base, str))
        return next((why for why in found if why), None)
    return _table(kind) if kind else None


def _annotated(names: Names, node: ast.Constant) -> str | None:
    """Return why an object is tied to a thread according to an annotation in a string, or None."""
    if not isinstance(node.value, str):
        return None
    if not any(getattr(each, "annotation", None) for each in names.around(node)):
        return None
    for word in re.findall(r"[\w.]+", node.value):
        root, _, rest = word.partition(".")
        bound = names.module.bound.get(root, [])
        full = next((found for each in bound if (found := origin(each, root))), "")
        if why := _table(f"{full}.{rest}".rstrip(".")):
            return why
    return None


@lru_cache(maxsize=2)
def _known(names: Names) -> dict[Slot, str | None]:  # noqa: ARG001 - part of the cache key
    return {}


def _of_variable(names: Names, slot: Slot) -> str | None:
    """Return why a variable's object is tied to a thread, by the values assigned to it, or None."""
    known = _known(names)
    if slot not in known:
        known[slot] = _search(names, slot)
    return known[slot]


@lru_cache(maxsize=2)
def _filled(names: Names) -> dict[Slot | str, list[ast.AST]]:
    """For each variable or attribute: the values put into its object or set by name."""
    found: dict[Slot | str, list[ast.AST]] = {}
    for node in all_nodes(names.tree):
        values: list[ast.expr] = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in _FILLS:
                values = [*node.args, *(each.value for each in node.keywords)]
        elif isinstance(node, ast.Call):
            if last_name(node.func) == "setattr":
                for key in node.args[1:2]:
                    name = str(key.value) if isinstance(key, ast.Constant) else ""
                    found.setdefault(f".{name}", []).extend(node.args[2:])
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            values = _assigned(names, node)
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            values = _assigned(names, node) if names.value(node) is None else []
        root = _root(node) if values else None
        slot = names.slot(root) if isinstance(root, ast.Name | ast.Attribute) else None
        if slot is not None:
            found.setdefault(slot, []).extend(values)
    return found


def _assigned(names: Names, target: ast.AST) -> list[ast.expr]:
    """Return the expressions whose values are assigned to a target."""
    parent = names.parents[target]
    while isinstance(parent, ast.Tuple | ast.List | ast.Starred):
        parent = names.parents[parent]
    found = (getattr(parent, name, None) for name in ("value", "iter", "context_expr"))
    return [each for each in found if isinstance(each, ast.expr)]


def _root(node: ast.AST) -> ast.AST:
    """Return the variable whose object is changed, as a whole or in part."""
    while isinstance(node, ast.Subscript | ast.Call):
        outer: ast.AST = node.func if isinstance(node, ast.Call) else node
        node = outer.value if isinstance(outer, ast.Subscript | ast.Attribute) else outer
    return node


def _held(names: Names, slot: Slot) -> list[ast.AST]:
    """Return the values that a variable has, or that its object contains."""
    filled = _filled(names)
    return [*origins(names, slot), *filled.get(slot, []), *filled.get(slot[1], [])]


def _search(names: Names, slot: Slot) -> str | None:
    """Follow a variable to where its object is created, also through functions of the text."""
    waiting = _held(names, slot)
    seen = {*waiting}
    for node in (part for value in waiting for part in parts(names, value)):
        more: list[ast.AST] = []
        if isinstance(node, ast.Name | ast.Attribute):
            full, kind = names.dotted(node) or "", names.kind(node)
            why = THREAD_BOUND.get(full) or _table(full) or _of_kind(names, kind)
            if why:
                return why
            inner = names.slot(node)
            more += _held(names, inner) if inner else ()
        elif isinstance(node, ast.Call):
            if {each.arg for each in node.keywords} & FRAMES:
                return "it inspects its callers"
            more += _returned(names, node)
        elif isinstance(node, ast.Constant) and (why := _annotated(names, node)):
            return why
        waiting += [each for each in more if each not in seen]
        seen.update(more)
    return None


def _returned(names: Names, call: ast.Call) -> Iterator[ast.AST]:
    """Yield the values that a function of the text returns or yields to a call."""
    functions: list[ast.AST | None] = []
    if isinstance(call.func, ast.Name):
        functions += names.bindings(call.func)
    elif isinstance(call.func, ast.Attribute):
        owner = names.kind(call.func.value)
        functions += (
            [names.method(owner, call.func.attr)] if isinstance(owner, ast.ClassDef) else []
        )
    for function in functions:
        for node in own_nodes(function) if isinstance(function, FUNCTIONS) else ():
            if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom) and node.value is not None:
                yield node.value
