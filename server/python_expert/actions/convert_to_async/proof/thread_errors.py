"""Exceptions that asyncio changes on their way from a thread to the task."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.analysis.nodes import caught
from python_expert.analysis.thread_calls import called_in_thread
from python_expert.analysis.threads import reached, used_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.actions.convert_to_async.proof.report import ProofReport
    from python_expert.analysis.names import Names

_COPIED = "its cause and attributes are lost"
_REWRITTEN = {
    "builtins.TimeoutError": _COPIED,
    "asyncio.TimeoutError": _COPIED,
    "socket.timeout": _COPIED,
    "concurrent.futures.TimeoutError": _COPIED,
    "concurrent.futures.CancelledError": "asyncio.CancelledError, not an Exception, arrives",
    "concurrent.futures.InvalidStateError": "asyncio.InvalidStateError arrives",
}

_CANCELLED = "concurrent.futures.CancelledError"
_WIDE = frozenset({"", "builtins.Exception", "builtins.BaseException", "builtins.OSError"})
"""Classes that include ``TimeoutError``, and the empty name of an unknown class."""


def rewritten(report: ProofReport) -> None:
    """Ask about exceptions that do not leave a thread as they were raised."""
    if not report.mentions([*_REWRITTEN, "timeout", "futures"]):
        return
    names, named = report.program.names, report.mentions({"TimeoutError", "settimeout"})
    for node in _run(report):
        if isinstance(node, ast.Raise):
            found = [*_raised(names, node)]
            for full in found:
                if full in _REWRITTEN:
                    text = f"{ast.unparse(node)} leaves a thread as another error"
                    report.ask(node, f"{text}: {_REWRITTEN[full]}")
            if named and _WIDE & {*found}:
                text = f"{ast.unparse(node)} may leave a thread as another error: if it raises"
                report.ask(node, f"{text} TimeoutError, {_COPIED}")
        elif isinstance(node, ast.Call) and _is_result(report, node):
            text = f"if {ast.unparse(node.func.value)} is cancelled"  # type: ignore[attr-defined]  # a method
            report.ask(node, f"{text}, {_REWRITTEN[_CANCELLED]}")


def _is_result(report: ProofReport, call: ast.Call) -> bool:
    """Return whether a call gets the result of a thread's future that may be cancelled."""
    named = isinstance(call.func, ast.Attribute) and call.func.attr == "result"
    return named and report.mentions({"futures"}) and report.mentions({"cancel"})


def _run(report: ProofReport) -> Iterator[ast.AST]:
    """Yield the nodes of the text that threads now run."""
    program = report.program
    for call in report.pairs.threaded:
        found = called_in_thread(program, call)
        for function in reached(program, found) if not isinstance(found, str) else ():
            yield from ast.walk(function)
    for block in report.pairs.blocks:
        inside = {*ast.walk(block)}
        yield from inside
        for function in reached(program, used_in(program, inside)):
            yield from ast.walk(function)


def _raised(names: Names, node: ast.Raise) -> Iterator[str]:
    """Yield the full names of the exceptions that a statement may raise."""
    if node.exc is None:
        outer = (each for each in names.around(node) if isinstance(each, ast.ExceptHandler))
        yield from _caught(names, next(outer, None))
        return
    error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    if full := _named(names, error):
        yield full
        return
    for each in names.bindings(error) if isinstance(error, ast.Name) else [error]:
        if isinstance(each, ast.ExceptHandler):
            yield from _caught(names, each)
        else:
            value = names.value(each)
            yield (isinstance(value, ast.Call) and names.dotted(value.func)) or ""


def _caught(names: Names, handler: ast.AST | None) -> Iterator[str]:
    """Yield the full names of the exceptions that a handler catches."""
    if isinstance(handler, ast.ExceptHandler):
        yield from (_named(names, each) for each in caught(handler))


def _named(names: Names, error: ast.expr | None) -> str:
    """Return the full name of an exception class, its name in the text, or an empty string."""
    if error is None:
        return "builtins.BaseException"
    return names.dotted(error) or (ast.unparse(error) if names.class_named(error) else "")
