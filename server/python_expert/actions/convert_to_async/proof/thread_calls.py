"""Checks of calls that a thread now makes of the text's functions, which stay sync."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.objects import loads, made_by, maker_target
from python_expert.actions.convert_to_async.proof import thread_hooks
from python_expert.actions.convert_to_async.proof.races import has_tasks
from python_expert.actions.convert_to_async.proof.report import several
from python_expert.actions.convert_to_async.proof.thread_errors import rewritten
from python_expert.actions.convert_to_async.replacements import THREAD
from python_expert.analysis.callees import is_shared_file
from python_expert.analysis.lazy_reads import is_loop, unlistable
from python_expert.analysis.library import CONSUMERS, FILE_ATTRIBUTES
from python_expert.analysis.live_objects import given_to, live_arguments
from python_expert.analysis.nodes import FORS, TRIES, caught
from python_expert.analysis.shared_state import shared_state
from python_expert.analysis.thread_arguments import given, instead
from python_expert.analysis.thread_calls import called_in_thread, unknown_calls
from python_expert.analysis.threads import bound_to_thread, reached

if TYPE_CHECKING:
    from python_expert.actions.convert_to_async.proof.report import ProofReport
    from python_expert.analysis.names import Names

_FOR_ONE = frozenset(
    {"builtins.open", "socket.socket", "http.client.HTTPConnection", "requests.Session"}
    | {"urllib.request.urlopen", "subprocess.Popen"}
)
"""Calls that create objects which two threads must not use at the same time."""

_OPENED = frozenset(
    {"os.popen", "os.scandir", "urllib.request.urlopen", "socket.create_connection"}
    | {"http.client.HTTPConnection.getresponse"}
)
"""Calls that open something other than a file and that read later or step by step."""
_READING = frozenset(
    {"read", "readline", "readlines", "read1", "readinto", "makefile", "recv", "recv_into", "raw"}
    | {"content", "text", "json", "iter_content", "iter_lines"}
)
"""Attributes that read from an opened object."""


def check(report: ProofReport) -> None:
    """Check everything that threads now run."""
    _called(report)
    _given(report)
    _opened(report)
    _listed(report)
    rewritten(report)
    thread_hooks.check(report)


def _called(report: ProofReport) -> None:
    """Check that functions in threads block, are in this file, and are bound to no thread."""
    program, names, tasks = report.program, report.program.names, has_tasks(report)
    for call in report.pairs.threaded:
        found = called_in_thread(program, call)
        if isinstance(found, str):
            report.refuse(call, f"`{ast.unparse(call.func)}` runs in a thread: {found}")
            continue
        text = ast.unparse(call.func)
        if not any(each in program.blocking for each in found):
            report.refuse(call, f"{text} does not block, and needs no thread")
        everything = reached(program, found)
        for each in everything:
            if each in report.coroutines:
                report.refuse(call, f"{text} runs in a thread, and {program.name(each)} is async")
            if any(catches_interrupt(names, node) for node in ast.walk(each)):
                report.ask(call, f"Ctrl-C does not reach threads: {program.name(each)} catches it")
        if others := unknown_calls(program, found):
            report.ask(call, f"{several(others)} called in another thread")
        own = f"{text} runs in another thread: other tasks must not change what it uses"
        changed = [each.text for each in shared_state(program).used_by(found[0]) if each.changes]
        nor = f", nor use {', '.join(dict.fromkeys(changed))}," if changed and tasks else ""
        report.ask(call, f"{own}{nor} meanwhile")


def _given(report: ProofReport) -> None:
    """Check that threads are passed no functions that are bound to another thread."""
    program = report.program
    for call, how in report.pairs.replaced.items():
        if how != THREAD:
            continue
        for each in given(program, call):
            if each.why:
                report.refuse(each.node, f"{each.text}: {each.why}")
            else:
                report.ask(each.node, each.text)
        for function in instead(program, call) if call not in report.pairs.threaded else ():
            text = f"{program.name(function)} may run in another thread"
            why = bound_to_thread(program, [function])
            if why:
                report.refuse(call, f"{text}: {why}")
            else:
                report.ask(call, text)


def _opened(report: ProofReport) -> None:
    """Ask about objects that a thread opens or uses and other tasks use as well."""
    replaced, tasks = report.pairs.replaced, has_tasks(report)
    for call, how in replaced.items():
        if how != THREAD:
            continue
        for each in live_arguments(report.program, call, tasks=tasks):
            text = ast.unparse(each)
            report.ask(call, f"other tasks must not change {text} while a thread uses it")
        _check_shared_object(report, call, tasks=tasks)
        _read_later(report, call)


def _read_later(report: ProofReport, call: ast.Call) -> None:
    """Ask about code on the event loop that reads what a thread opened."""
    names, full = report.program.names, report.program.names.dotted(call.func) or ""
    is_file = made_by(names, call) == "builtins.open"
    streams = full.startswith("requests.") and any(
        each.arg == "stream" and getattr(each.value, "value", True) for each in call.keywords
    )
    if not (is_file or streams or full in _OPENED):
        return
    target = maker_target(names, call)
    slot = names.slot(target) if target is not None else None
    for node in loads(names, slot) if slot else [call]:
        apart = (
            _is_apart(report, node) if is_file and node is not call else not _reads(report, node)
        )
        if not apart:
            text = ast.unparse(names.parents[node])[:60].partition("\n")[0]
            report.ask(node, f"`{text}` may read on the event loop what a thread opened")


def _reads(report: ProofReport, node: ast.expr) -> bool:
    """Return whether a use reads, outside of threads, what a thread opened."""
    names, parent = report.program.names, report.program.names.parents[node]
    if any(each in report.pairs.blocks for each in names.around(node)):
        return False
    if isinstance(parent, ast.Attribute):
        return parent.attr in _READING and names.parents[parent] not in report.pairs.replaced
    loop = isinstance(parent, (*FORS, ast.comprehension)) and parent.iter is node
    given = isinstance(parent, ast.Call) and names.dotted(parent.func) in CONSUMERS
    return (loop and parent not in report.pairs.readers) or given


def _check_shared_object(report: ProofReport, call: ast.Call, *, tasks: bool) -> None:
    """Ask about a file or connection that a thread uses and other code may use meanwhile."""
    names, resolved = report.program.names, report.program.typed.movable.get(call, "")
    if not isinstance(call.func, ast.Attribute):
        return
    made = (resolved or names.dotted(call.func) or "").rpartition(".")[0]
    text = f"others may use {ast.unparse(call.func.value)} while a thread uses it"
    if is_shared_file(names, call, resolved):
        report.ask(call, f"{text}: what they write may be reordered")
    elif tasks and made in _FOR_ONE and shared_state(report.program).roots(call.func.value):
        report.ask(call, text)


def _listed(report: ProofReport) -> None:
    """Check that lazy results are read completely only where that makes no difference."""
    for call in report.pairs.listed:
        text = ast.unparse(call)
        if why := unlistable(report.program, call):
            report.refuse(call, f"{text} is read as a whole: {why}")
        elif is_loop(report.program, call):
            report.ask(call, f"{text} is read as a whole in a thread before the loop starts")


def catches_interrupt(names: Names, node: ast.AST) -> bool:
    """Return whether a statement catches exceptions that Ctrl-C raises in the main thread only."""
    if not isinstance(node, TRIES):
        return False
    found = [
        names.dotted(each) if each else "builtins.BaseException"
        for handler in node.handlers
        for each in caught(handler)
    ]
    return bool({"builtins.KeyboardInterrupt", "builtins.BaseException"} & {*found})


def _is_apart(report: ProofReport, node: ast.expr) -> bool:
    """Return whether a use of a file passes it to a thread or does not read it."""
    names, pairs = report.program.names, report.pairs
    parent = names.parents[node]
    if any(each in pairs.blocks for each in names.around(node)):
        return True
    if isinstance(parent, ast.Attribute):
        return names.parents[parent] in pairs.replaced or parent.attr in FILE_ATTRIBUTES
    if isinstance(parent, ast.withitem) or (
        isinstance(parent, ast.For) and parent in pairs.readers
    ):
        return True
    return all(each in pairs.replaced for each in given_to(names, node))
