"""Checks whether functions can be async, regardless of their callers."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.objects import RefusedError
from python_expert.actions.convert_to_async.replacements import (
    ASYNC_COUNTERPARTS,
    OFFERS,
    SPECIAL_NAMES,
    THREAD,
    is_for_runner,
    is_plain_decorator,
)
from python_expert.analysis.callees import is_shared_file
from python_expert.analysis.external_bases import external_base
from python_expert.analysis.function_bodies import is_generator, own_nodes
from python_expert.analysis.nodes import is_special, known
from python_expert.analysis.thread_bound import thread_bound
from python_expert.analysis.wrappers import waiting_decorators

if TYPE_CHECKING:
    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.scopes import Function

_STRINGS: tuple[type[ast.AST], ...] = (ast.JoinedStr, *known("TemplateStr"))


def check(program: Program, function: Function) -> None:
    """Refuse a function that cannot be async.

    Raises:
        RefusedError: The function cannot be replaced by a coroutine.
    """
    names, name = program.names, program.name(function)
    if program.source.is_masked(program.definitions[function].range):
        raise RefusedError(f"{name} does not parse")
    for decorator in function.decorator_list:
        if not is_plain_decorator(names, decorator) and decorator not in waiting_decorators(
            program
        ):
            # The call's arguments, such as the help texts of a command, may fill a page.
            text = ast.unparse(getattr(decorator, "func", decorator))
            raise RefusedError(f"{name} is decorated with {text}, which takes a plain function")
    if is_special(function.name) and (
        function.name not in ASYNC_COUNTERPARTS or not names.class_of(function)
    ):
        who = "Python itself" if function.name in SPECIAL_NAMES else "a library by its special name"
        raise RefusedError(f"{name} is called by {who}, which does not await it")
    base = external_base(program, function)
    if base:
        raise RefusedError(f"{name} may be a method that {base} calls and does not await")
    if is_for_runner(function.name):
        raise RefusedError(f"{name} is called by a test runner, which does not await it")
    yields = is_generator(function) and not program.is_context(function)
    for node in own_nodes(function):
        why = thread_bound(names, node)
        if why:
            raise RefusedError(f"{name}, line {getattr(node, 'lineno', 0)}: {why}")
        if yields:
            _check_generator(program, name, node)


def _check_generator(program: Program, name: str, node: ast.AST) -> None:
    if isinstance(node, ast.Return) and node.value is not None:
        raise RefusedError(f"{name} is a generator that returns a value (line {node.lineno})")
    used = not isinstance(program.names.parents[node], ast.Expr)
    if isinstance(node, ast.Yield | ast.YieldFrom) and used:
        raise RefusedError(f"{name} uses what is sent to it (line {node.lineno})")


def is_editable(program: Program, call: ast.Call) -> bool:
    """Return whether the place of a call is known; in f-strings, this requires Python 3.12."""
    around = program.names.around(call)
    return sys.version_info >= (3, 12) or not any(isinstance(e, _STRINGS) for e in around)


def offers(program: Program, call: ast.Call) -> tuple[str, ...]:
    """Return the possible replacements of a call, the best first; empty if it does not block."""
    if not is_editable(program, call):
        return ()
    if call in program.typed.movable or call in program.typed.lazy:
        return (THREAD,)
    full = program.names.dotted(call.func) or ""
    found = OFFERS.get(full, ())
    entered = isinstance(program.names.parents[call], ast.withitem)
    if is_shared_file(program.names, call) or (entered and full == "subprocess.Popen"):
        return tuple(each for each in found if each != THREAD)
    return found
