"""Errors that a thread raises, and that asyncio makes others of on their way to the task."""

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
    "concurrent.futures.CancelledError": "asyncio.CancelledError arrives, which is no Exception",
    "concurrent.futures.InvalidStateError": "asyncio.InvalidStateError arrives",
}


def rewritten(report: ProofReport) -> None:
    """Ask about errors that do not leave a thread as they were raised."""
    if report.mentions([*_REWRITTEN, "timeout"]):
        for node in _run(report):
            if isinstance(node, ast.Raise):
                for full in _raised(report.program.names, node):
                    if full in _REWRITTEN:
                        text = f"{ast.unparse(node)} leaves a thread as another error"
                        report.ask(node, f"{text}: {_REWRITTEN[full]}")


def _run(report: ProofReport) -> Iterator[ast.AST]:
    """The nodes of the text that threads run now."""
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
    """The full names of what a statement may raise."""
    if node.exc is None:
        outer = (each for each in names.around(node) if isinstance(each, ast.ExceptHandler))
        yield from _caught(names, next(outer, None))
        return
    error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    yield names.dotted(error) or ""
    slot = names.slot(error)
    for value in names.values(slot) if slot else ():
        if isinstance(value, ast.Call):
            yield names.dotted(value.func) or ""
    for each in names.bindings(error) if isinstance(error, ast.Name) else ():
        yield from _caught(names, each)


def _caught(names: Names, handler: ast.AST | None) -> Iterator[str]:
    """The full names of what a handler catches."""
    if isinstance(handler, ast.ExceptHandler):
        yield from (names.dotted(each) or "" for each in caught(handler) if each)
