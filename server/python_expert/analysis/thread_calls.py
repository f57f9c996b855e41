"""Which functions of a text a thread may call, and which other code runs there as a result."""

from __future__ import annotations

import ast
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from python_expert.analysis.call_graph import How
from python_expert.analysis.decorators import Wrapping, wrapping
from python_expert.analysis.external_bases import external_base
from python_expert.analysis.function_bodies import is_generator
from python_expert.analysis.library import AT_MAKING, DUCK_TYPED, HARMLESS_BASES, IN_ANY_THREAD
from python_expert.analysis.nodes import is_special
from python_expert.analysis.source import all_nodes
from python_expert.analysis.threads import (
    bound_to_thread,
    is_async,
    reached,
    staying,
    thread_obstacle,
    used_in,
    uses_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.analysis.call_graph import Program, Use
    from python_expert.analysis.names import Names
    from python_expert.analysis.scopes import Function

PLAIN_DECORATORS: Final = frozenset(
    {"builtins.staticmethod", "builtins.classmethod", "abc.abstractmethod", "typing.override"}
    | {"typing.final", "typing_extensions.override", "typing_extensions.final"}
    | {"functools.cache", "functools.lru_cache"}
)
"""Decorators with which a call still runs the function and returns its result."""
_OF_TEXTS = frozenset(name for kind in (str, bytes) for name in dir(kind) if name[:1] != "_")
"""Methods of strings and bytes, which never change; the ``replace`` of a path has one argument."""
_TYPE = "builtins.type"
_KEYS = {"builtins.getattr": 2, "operator.methodcaller": 1, "operator.attrgetter": 1}
_BY_NAME = frozenset(f"builtins.{name}" for name in ("globals", "vars", "eval", "exec")) | {
    "sys.modules"
}
_ANYTHING = frozenset({"builtins.eval", "builtins.exec", "builtins.__import__"})


def called_in_thread(program: Program, call: ast.Call) -> list[Function] | str:
    """Return the functions of the text that a call runs, or why a thread cannot make the call.

    Calling a class runs its constructor.
    """
    uses, text = uses_at(program, call.func), ast.unparse(call.func)
    if not uses or not all(use.sure for use in uses):
        return f"{text} may be something other than a function of this file"
    made = program.names.class_named(call.func)
    why = _constructor(program.names, made) if made is not None else None
    if why or (made is None and any(use.how is not How.CALL for use in uses)):
        return f"{text}: {why or 'it is not called here'}"
    own = [each for use in uses for each in (use.function, *program.family(use.function))]
    own = list(dict.fromkeys(own))
    why = next((f"{program.name(e)} {kind}" for e in own if (kind := _kind(program, e))), None)
    bound = bound_to_thread(program, own) or anywhere(program) or by_name(program, own, unused=True)
    return why or bound or own


def bodies_bound(program: Program, nodes: Iterable[ast.AST]) -> str | None:
    """Return why a thread cannot run some code and the functions it uses, or None."""
    inside = {*nodes}
    used = used_in(program, inside)
    return (
        thread_obstacle(program.names, inside)
        or staying(program, inside)
        or bound_to_thread(program, used)
    )


def by_name(program: Program, functions: Iterable[Function], *, unused: bool = False) -> str | None:
    """Return why a thread cannot run functions that may be looked up by name at run time, or None.

    Args:
        program: The text.
        functions: The functions that may look up other functions.
        unused: Whether only functions count that the text never names.
    """
    looking = _looking(program.names)
    if not looking or looking.isdisjoint(reached(program, functions)):
        return None
    return _found(program, unused=unused)


@lru_cache(maxsize=4)
def _found(program: Program, *, unused: bool) -> str | None:
    """Return why a thread cannot run every function that may be looked up, or None."""
    for function in program.definitions:
        if not (unused and program.uses[function]) and not is_async(function):
            why = bound_to_thread(program, [function])
            if why:
                return f"it may find {why}"
    return None


@lru_cache(maxsize=2)
def _looking(names: Names) -> frozenset[ast.AST]:
    """Return the functions that may look something up by a name that the text does not contain."""
    found = (node for node in all_nodes(names.tree) if _looks_up(names, node))
    return frozenset(outer for node in found for outer in names.around(node))


def _looks_up(names: Names, node: ast.AST) -> bool:
    """Return whether a node may look up functions by names that the text does not contain."""
    if isinstance(node, ast.Call) and (first := _KEYS.get(names.dotted(node.func) or "")):
        return not all(isinstance(each, ast.Constant) for each in node.args[first - 1 :][:1])
    if isinstance(node, ast.Attribute) and node.attr == "__dict__":
        return True
    return isinstance(node, ast.Name | ast.Attribute) and names.dotted(node) in _BY_NAME


@lru_cache(maxsize=4)
def anywhere(program: Program, *, duck_typed: bool = False) -> str | None:
    """Return why a thread cannot run code that may be called without being named, or None.

    Such code consists of functions used as values, special methods, properties, lambdas, and
    methods that a base class from another file may call.

    Args:
        program: The text.
        duck_typed: Whether methods count that libraries call on any object they receive.
    """
    if duck_typed and (found := anywhere(program)):
        return found
    for function in program.definitions:
        duck = function.name in DUCK_TYPED and program.names.class_of(function) is not None
        if not is_async(function) and (duck if duck_typed else _is_loose(program, function)):
            stops = function.name == "__next__" or is_generator(function)
            why = bound_to_thread(program, [function])
            if why and not (stops and "StopIteration" in why):
                return f"it may run {why}"
    for node in all_nodes(program.names.tree) if not duck_typed else ():
        if isinstance(node, ast.Lambda):
            why = bodies_bound(program, ast.walk(node.body))
            if why:
                return f"it may run a lambda (line {node.lineno}): {why}"
    return None


def _is_loose(program: Program, function: Function) -> bool:
    """Return whether a function may be called without being named."""
    special = is_special(function.name)
    names, owner = program.names, program.names.class_of(function)
    known = {use.node for each in _wrappings(program) for use in program.uses[each.decorator]}
    known |= {node for each in _wrappings(program) for node in each.wrapper.decorator_list}
    decorators = [each for each in function.decorator_list if each not in known]
    if special and owner is not None:
        making = function.name in AT_MAKING
        return not making or any(_is_value(program, each) for each in program.relatives(owner))
    return (
        any(
            names.dotted(getattr(each, "func", each)) not in PLAIN_DECORATORS for each in decorators
        )
        or any(
            use.how is How.VALUE and use.node not in known and not _is_wrapper(program, use)
            for use in program.uses[function]
        )
        or external_base(program, function) is not None
    )


@lru_cache(maxsize=2)
def _wrappings(program: Program) -> tuple[Wrapping, ...]:
    """Return the decorators of a text that only replace functions with a wrapper."""
    decorators = {node for each in program.definitions for node in each.decorator_list}
    known = (wrapping(program.names, each) for each in decorators if isinstance(each, ast.Name))
    found = {each.decorator: each for each in known if each is not None}
    return tuple(
        each
        for decorator, each in found.items()
        if all(use.node in decorators for use in program.uses[decorator])
    )


def _is_wrapper(program: Program, use: Use) -> bool:
    """Return whether a use is the ``return wrapper`` of a decorator of the text."""
    if not isinstance(program.names.parents[use.node], ast.Return):
        return False
    around = program.names.function_of(use.node)
    return any(
        (use.function, around) == (each.wrapper, each.decorator) for each in _wrappings(program)
    )


def _is_value(program: Program, made: ast.ClassDef) -> bool:
    """Return whether a class may be instantiated without being named."""
    names = program.names
    for node in all_nodes(names.tree):
        if isinstance(node, ast.Name) and names.class_named(node) is made:
            parent = names.parents[node]
            called = isinstance(parent, ast.Call) and parent.func is node
            if not called and not _is_type(names, node):
                return True
        elif isinstance(node, ast.Call) and names.class_named(node.func) is None:
            kind = names.kind(node.func) if isinstance(node.func, ast.Name) else None
            own = isinstance(node.func, ast.Call) and names.dotted(node.func.func) == _TYPE
            if kind is made or own or getattr(node.func, "attr", "") == "__class__":
                return True
    return False


def _is_type(names: Names, name: ast.Name) -> bool:
    """Return whether a name uses a class as a base, type or attribute's object, or in a test."""
    inner: ast.AST = name
    for outer in names.around(name):
        if isinstance(outer, ast.Subscript | ast.BinOp | ast.Tuple | ast.List):
            inner = outer
            continue
        if isinstance(outer, ast.Call):
            return names.dotted(outer.func) in {"builtins.isinstance", "builtins.issubclass"}
        typed = [getattr(outer, each, None) for each in ("annotation", "returns", "type")]
        return isinstance(outer, ast.ClassDef | ast.Attribute) or inner in typed
    return False


def unknown_calls(program: Program, functions: Iterable[Function]) -> list[str]:
    """Return the calls that may run code which depends on the thread.

    Calls in the functions and in all functions that they use are searched.
    """
    found = dict[str, None]()
    for function in reached(program, functions):
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and not (_is_known(program, node) or _is_text(node)):
                found[ast.unparse(node.func)[:60]] = None
    return list(found)


def _is_text(call: ast.Call) -> bool:
    """Return whether a call is of a method that only strings are assumed to have."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return name in _OF_TEXTS and (name != "replace" or len(call.args) > 1)


def _is_known(program: Program, call: ast.Call) -> bool:
    """Return whether a call runs code of the text or of the standard library."""
    names, func = program.names, call.func
    made, uses = names.class_named(func), uses_at(program, func)
    if made is not None:
        bases = [base for each in names.mro(made) for base in names.bases(each)]
        return all(isinstance(each, ast.ClassDef) or is_standard(each) for each in bases)
    full = names.dotted(func)
    if uses or full in _ANYTHING:
        return bool(uses) and all(use.sure for use in uses)
    return is_standard(full) or is_standard(program.typed.methods.get(func))


def is_standard(full: str | None) -> bool:
    """Return whether a full name is of the standard library or of another known package."""
    root = (full or "").partition(".")[0]
    return root == "builtins" or root in sys.stdlib_module_names or full in IN_ANY_THREAD


def _kind(program: Program, function: Function) -> str | None:
    """Return why the result of a function's call differs from its ``return`` value, or None."""
    if is_async(function):
        return "is async"
    if is_generator(function):
        return "is a generator: it runs where it is iterated"
    for decorator in function.decorator_list:
        plain = decorator.func if isinstance(decorator, ast.Call) else decorator
        if program.names.dotted(plain) not in PLAIN_DECORATORS:
            return f"is decorated with {ast.unparse(decorator)}"
    return None


def _constructor(names: Names, made: ast.ClassDef) -> str | None:
    """Return why a thread cannot create an object of a class, or None."""
    for each in names.mro(made):
        if each.keywords or each.decorator_list:
            return "its decorator or metaclass may do something else"
        for base in names.bases(each):
            if not isinstance(base, ast.ClassDef) and base not in HARMLESS_BASES:
                return "the constructor of its base class is not known"
    return None
