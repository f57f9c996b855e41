"""What of a text may run in another thread than that of the event loop."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from python_expert.analysis.call_graph import How, thread_bound
from python_expert.analysis.function_bodies import is_generator
from python_expert.analysis.library import HARMLESS_BASES, THREAD_BOUND
from python_expert.analysis.nodes import TRIES
from python_expert.analysis.scopes import FUNCTIONS, Function

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.analysis.call_graph import Program, Use
    from python_expert.analysis.names import Names

PLAIN_DECORATORS: Final = frozenset(
    {"builtins.staticmethod", "builtins.classmethod", "abc.abstractmethod", "typing.override"}
    | {"typing.final", "typing_extensions.override", "typing_extensions.final"}
    | {"functools.cache", "functools.lru_cache"}
)
"""Decorators after which a call still runs the function, and returns what it returns."""

_NOT_IN_THREADS: Final = {
    "asyncio": "it uses asyncio, which belongs to the thread of the event loop",
    "signal": "signal handlers belong to the main thread",
    "multiprocessing": "a process that is forked beside other threads may wait for ever",
    "concurrent.futures.ProcessPoolExecutor": "its processes are forked beside other threads",
    "contextvars": "what it sets in a context is gone when the thread ends",
    "decimal.getcontext": "the context of decimal belongs to the thread",
    "decimal.setcontext": "the context of decimal belongs to the thread",
    "decimal.localcontext": "the context of decimal belongs to the thread",
    "sys._getframe": "it looks at its callers",
    "sys.settrace": "it sets what belongs to its thread",
    "sys.setprofile": "it sets what belongs to its thread",
    "inspect.currentframe": "it looks at its callers",
    "inspect.stack": "it looks at its callers",
    "traceback.print_stack": "it looks at its callers",
    "traceback.format_stack": "it looks at its callers",
    "traceback.extract_stack": "it looks at its callers",
}
"""By module or name: why what uses it stays in its thread."""

IMMUTABLE: Final = frozenset(
    f"builtins.{name}" for name in ("str", "bytes", "int", "float", "bool", "NoneType", "complex")
) | {"pathlib.Path", "builtins.open"}
"""Kinds of objects that other tasks do not change, and files, which belong to their block."""

WALKED: Final = frozenset({"json.dump", "pickle.dump"})
"""Functions that walk through the object that they are given first."""


def uses_at(program: Program, node: ast.AST) -> list[Use]:
    """The uses of functions of the text that a node is."""
    return [use for uses in program.uses.values() for use in uses if use.node is node]


def hindrance(names: Names, nodes: Iterable[ast.AST]) -> str | None:
    """Why code cannot run in another thread, as far as its own nodes tell."""
    for node in nodes:
        why = thread_bound(names, node)
        if why is None and isinstance(node, ast.Name | ast.Attribute):
            full = names.dotted(node) or ""
            kind = names.kind(node)
            why = _NOT_IN_THREADS.get(full) or _NOT_IN_THREADS.get(full.partition(".")[0])
            if why is None and isinstance(kind, str):
                why = _NOT_IN_THREADS.get(kind.partition(".")[0])
            why = why or _made_in_thread(names, node)
        elif isinstance(node, ast.Raise) and raises_stop(names, node):
            why = "StopIteration cannot leave a thread"
        elif isinstance(node, ast.Call) and advances(names, node):
            why = "a StopIteration of next() cannot leave a thread"
        if why:
            return why
    return None


def _made_in_thread(names: Names, node: ast.Name | ast.Attribute) -> str | None:
    """Why the object of a variable belongs to the thread that made it, if it does."""
    slot = names.slot(node)
    made = [each.func for each in names.values(slot) if isinstance(each, ast.Call)] if slot else []
    return next((why for e in made if (why := THREAD_BOUND.get(names.dotted(e) or ""))), None)


def raises_stop(names: Names, node: ast.Raise) -> bool:
    """Whether a statement raises ``StopIteration``."""
    error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return error is not None and names.dotted(error) == "builtins.StopIteration"


def advances(names: Names, call: ast.Call) -> bool:
    """Whether a call may raise ``StopIteration`` that nothing around it catches."""
    plain = names.dotted(call.func) == "builtins.next" and len(call.args) == 1
    special = isinstance(call.func, ast.Attribute) and call.func.attr == "__next__"
    inner: ast.AST = call
    for outer in names.around(call):
        if isinstance(outer, TRIES) and outer.handlers and inner in outer.body:
            return False
        inner = outer
    return plain or special


def reached(program: Program, functions: Iterable[Function]) -> list[Function]:
    """Functions, and those of the text that they use, themselves or through others."""
    found = list(functions)
    known = set(found)
    for one in found:
        for callee in program.callees(one):
            for each in (callee, *program.family(callee)):
                if each not in known:
                    known.add(each)
                    found.append(each)
    return found


def called_in_thread(program: Program, call: ast.Call) -> list[Function] | str:
    """The functions of the text that a call runs, or why a thread cannot make the call.

    A class that is called runs its constructor.
    """
    uses, text = uses_at(program, call.func), ast.unparse(call.func)
    if not uses or not all(use.sure for use in uses):
        return f"{text} may be something else than a function of this file"
    made = program.names.class_named(call.func)
    why = _constructor(program.names, made) if made is not None else None
    if why or (made is None and any(use.how is not How.CALL for use in uses)):
        return f"{text}: {why or 'it is not called here'}"
    own = [each for use in uses for each in (use.function, *program.family(use.function))]
    own = list(dict.fromkeys(own))
    why = next((f"{program.name(e)} {kind}" for e in own if (kind := _kind(program, e))), None)
    return why or bound_to_thread(program, own) or own


def bound_to_thread(program: Program, functions: Iterable[Function]) -> str | None:
    """Why a thread cannot run functions, or what they use of the text."""
    for each in reached(program, functions):
        if isinstance(each, ast.AsyncFunctionDef):
            return f"{program.name(each)} is async"
        why = hindrance(program.names, ast.walk(each))
        if why:
            return f"{program.name(each)}: {why}"
    return None


def _kind(program: Program, function: Function) -> str | None:
    """Why the result of a function's call is not simply what it returns."""
    if isinstance(function, ast.AsyncFunctionDef):
        return "is async"
    if is_generator(function):
        return "is a generator: it runs where it is looped over"
    for decorator in function.decorator_list:
        plain = decorator.func if isinstance(decorator, ast.Call) else decorator
        if program.names.dotted(plain) not in PLAIN_DECORATORS:
            return f"is decorated with {ast.unparse(decorator)}"
    return None


def _constructor(names: Names, made: ast.ClassDef) -> str | None:
    """Why a thread cannot make an object of a class."""
    for each in names.lineage(made):
        if each.keywords or each.decorator_list:
            return "its decorator or metaclass may do something else"
        for base in names.bases(each):
            if not isinstance(base, ast.ClassDef) and base not in HARMLESS_BASES:
                return "the constructor of its base class is not known"
    return None


def is_shared(names: Names, node: ast.Name | ast.Attribute) -> bool:
    """Whether others may have the object that an expression names, and change it."""
    if names.kind(node) in IMMUTABLE:
        return False
    slot = names.slot(node)
    local = slot is not None and isinstance(slot[0], FUNCTIONS)
    return not local or any(isinstance(each, ast.arg) for each in names.bindings(node))  # type: ignore[arg-type]  # only a name's slot is a function's
