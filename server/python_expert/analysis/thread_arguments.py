"""The code and objects that a call passes to a thread."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.function_bodies import is_generator, own_nodes
from python_expert.analysis.library import EAGER
from python_expert.analysis.live_objects import walks
from python_expert.analysis.nodes import FORS
from python_expert.analysis.scopes import FUNCTIONS, Function
from python_expert.analysis.thread_calls import anywhere, bodies_bound, is_standard
from python_expert.analysis.thread_origins import parts, tie
from python_expert.analysis.threads import (
    IMMUTABLE,
    bound_to_thread,
    is_async,
    staying,
    uses_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.names import Kind

_LONGEST = 60
"""The most characters of code in a message."""

_CALLBACKS = (
    frozenset(
        ["copy_function", "opener", "default", "object_hook", "object_pairs_hook", "parse_float"]
    )
    | frozenset(
        ["parse_int", "parse_constant", "cls", "onerror", "onexc", "ignore", "filter", "reporthook"]
    )
    | {"hooks", "preexec_fn", "buffer_callback"}
)
"""Parameters of the standard library and of requests that receive callbacks."""
_TAKES_CALLBACKS = frozenset(
    {"shutil.copytree", "shutil.move", "shutil.rmtree", "urllib.request.urlretrieve"}
)


class Handed(NamedTuple):
    """Something that is passed to a thread.

    Attributes:
        node: The expression that is passed.
        text: What the thread does with the expression, for a message.
        why: Why the thread must not do this, or None.
    """

    node: ast.expr
    text: str
    why: str | None


def given(program: Program, call: ast.Call) -> list[Handed]:
    """Return code and thread-bound objects that a call's arguments pass to a thread."""
    every = [*call.args, *(each.value for each in call.keywords)]
    found = [one for each in every for one in _given(program, each)]
    if not uses_at(program, call.func):
        found += [one for each in every for one in _object(program, each)]
        found += _unknown(program, call)
    return found


def not_in_thread(program: Program, call: ast.Call) -> str | None:
    """Return why a thread cannot make a library call, or None.

    The reasons concern the call's arguments or the methods of the text.
    """
    bound = bound_to_thread(program, instead(program, call))
    return bound or next((each.why for each in given(program, call) if each.why), None)


def instead(program: Program, call: ast.Call) -> list[Function]:
    """Return the methods of the text that may override the method that a call names.

    The type of the call's object determines the candidates.
    """
    if not isinstance(call.func, ast.Attribute):
        return []
    names, found = program.names, [use.function for use in uses_at(program, call.func)]
    for function in program.definitions:
        owner = names.class_of(function)
        if owner is not None and function.name == call.func.attr:
            bases = [base for each in names.mro(owner) for base in names.bases(each)]
            kind = names.kind(call.func.value)
            if any(_may_be(base, kind) for base in bases):
                found.append(function)
    return list(dict.fromkeys(found))


def _may_be(base: Kind, kind: Kind) -> bool:
    """Return whether an object of a kind may be an instance of a subclass of a base class."""
    if isinstance(base, str) and isinstance(kind, str):
        return base.rpartition(".")[2] == kind.rpartition(".")[2]
    return not isinstance(base, ast.ClassDef)


def _given(program: Program, argument: ast.expr) -> Iterator[Handed]:
    names = program.names
    waiting: list[tuple[ast.expr, bool]] = [(argument, False)]
    seen = {*waiting}
    eager = {
        part
        for each in parts(names, argument)
        if isinstance(each, ast.Call) and names.dotted(each.func) in EAGER
        for argument in each.args
        for part in ast.walk(argument)
    }
    for value, is_element in waiting:
        made = _yielded(program, value) if is_element else None
        more = made or []
        nodes = parts(names, value)
        if made is not None and isinstance(value, ast.Call):
            given = [*value.args, *(each.value for each in value.keywords)]
            nodes = (node for each in given for node in parts(names, each))
        for node in nodes:
            if node in eager or not isinstance(node, ast.expr):
                continue
            yield from _one(program, argument, node)
            slot = names.slot(node) if isinstance(node, ast.Name | ast.Attribute) else None
            for each in names.values(slot) if slot else ():
                is_loop = isinstance(each, (*FORS, ast.comprehension))
                source = getattr(each, "iter" if is_loop else "context_expr", each)
                if isinstance(source, ast.expr):
                    more.append((source, is_loop or (is_element and node is value)))
        waiting += [each for each in dict.fromkeys(more) if each not in seen]
        seen.update(more)


def _yielded(program: Program, value: ast.expr) -> list[tuple[ast.expr, bool]] | None:
    """Return the expressions that generators of the text yield to a loop over a call, or None.

    The flag of an expression says whether its elements are yielded rather than its value. The
    generators themselves run where the loop runs, never in the thread.
    """
    functions = _functions(program, value.func) if isinstance(value, ast.Call) else []
    if not functions or not all(is_generator(e) and not program.is_context(e) for e in functions):
        return None
    return [
        (node.value, isinstance(node, ast.YieldFrom))
        for each in functions
        for node in own_nodes(each)
        if isinstance(node, ast.Yield | ast.YieldFrom) and node.value is not None
    ]


def _one(program: Program, argument: ast.expr, node: ast.expr) -> Iterator[Handed]:
    """Yield what a thread runs or uses of one node of an argument.

    The node may also belong to the value of a variable in the argument.
    """
    names, parent, text = program.names, program.names.parents.get(node), _shown(node)
    called = isinstance(parent, ast.Call) and parent.func is node
    why = tie(names, node) or staying(program, [node])
    if why:
        yield Handed(argument, f"{text} would be used in another thread", why)
    if isinstance(node, ast.GeneratorExp):
        lazy = "it runs where it is iterated" if node is argument else None
        why = bodies_bound(program, ast.walk(node)) or lazy
        yield Handed(argument, f"`{text}` would run in another thread", why)
    elif isinstance(node, ast.Lambda):
        why = bodies_bound(program, ast.walk(node.body))
        yield Handed(argument, f"{text} would run in another thread", why)
    for function in _functions(program, node):
        if not called or (is_generator(function) and not program.is_context(function)):
            why = bound_to_thread(program, [function])
            yield Handed(argument, f"{text} would run in another thread", why)


def _object(program: Program, argument: ast.expr) -> Iterator[Handed]:
    """Yield what a library may run of the methods of an object or class of the text."""
    names = program.names
    for node in parts(names, argument):
        kind, parent = names.kind(node), names.parents.get(node)
        if not isinstance(kind, ast.ClassDef) or not isinstance(node, ast.expr):
            continue
        if isinstance(parent, ast.Attribute) or (
            isinstance(parent, ast.Call) and parent.func is node
        ):
            continue
        family = program.relatives(kind)
        own = [
            each
            for each in program.definitions
            if names.class_of(each) in family and not is_async(each)
        ]
        why = next((why for each in own if (why := bound_to_thread(program, [each]))), None)
        yield Handed(argument, f"{_shown(node)} would run in another thread", why)


def _unknown(program: Program, call: ast.Call) -> Iterator[Handed]:
    """Yield the arguments of unknown kind that a library may call."""
    names, full = program.names, program.names.dotted(call.func) or ""
    run = [each.value for each in call.keywords if each.arg in _CALLBACKS]
    run += call.args[2:] if full in _TAKES_CALLBACKS else []
    for value in run:
        made = value.func if isinstance(value, ast.Call) else value
        known = is_standard(names.dotted(made)) or _functions(program, value)
        if not known and not isinstance(value, ast.Constant | ast.Lambda):
            text = f"{_shown(value)} would run in another thread"
            yield Handed(value, text, anywhere(program))
    for value in call.args[:1] if walks(names, call) else ():
        why = None if names.kind(value) in IMMUTABLE else anywhere(program)
        if why and isinstance(value, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
            yield Handed(value, f"{_shown(value)} goes to another thread: {why}", None)


def _functions(program: Program, node: ast.expr) -> list[Function]:
    """Return the functions of the text that an expression names."""
    names = program.names
    found = [use.function for use in uses_at(program, node)]
    if isinstance(node, ast.Name):
        found += [each for each in names.bindings(node) if isinstance(each, FUNCTIONS)]
    return list(dict.fromkeys(found))


def _shown(node: ast.AST) -> str:
    """Return code for a message, truncated if it is long."""
    text = ast.unparse(node)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
