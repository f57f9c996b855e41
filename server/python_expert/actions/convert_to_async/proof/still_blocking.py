"""Lists the calls that still block, in functions that are async now, for the user."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.proof.blocking_uses import uses
from python_expert.actions.convert_to_async.replacements import THREAD
from python_expert.analysis.call_graph import How
from python_expert.analysis.function_bodies import own_nodes
from python_expert.analysis.library import AT_MAKING, STAYS
from python_expert.analysis.nodes import first_line, is_special
from python_expert.analysis.threads import uses_at
from python_expert.gate.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from python_expert.actions.convert_to_async.proof.report import ProofReport
    from python_expert.analysis.call_graph import Use
    from python_expert.analysis.scopes import Function

_PARTIALS = frozenset({"functools.partial"})
_OPENERS = frozenset({"builtins.open", "io.open", "codecs.open", "pathlib.Path.open"})
_APPLY = frozenset(
    {f"builtins.{name}" for name in ("map", "filter", "sorted", "min", "max")}
    | {"functools.reduce", "itertools.starmap", "itertools.accumulate", "re.sub"}
)
_PIPES = frozenset({"stdin", "stdout", "stderr"})
_PROPERTIES = frozenset({"builtins.property", "functools.cached_property"})


def listed(report: ProofReport) -> None:
    """List every call that blocks in a function that became async."""
    became = dict.fromkeys(report.pairs.functions)
    blockers = _blockers(report) if became else set()
    known = set[ast.AST]()
    for function in became:
        calls = [*_blocking(report, function, blockers)]
        known.update(calls)
        for node in calls:
            _list(report, node)
        for each in own_nodes(function):
            _list_used(report, each)
    for function in (each for each in report.program.uses if each in blockers):
        for use in report.program.uses[function]:
            if report.program.names.function_of(use.node) in became and _runs(report, use):
                around = report.program.names.parents[use.node]
                called = isinstance(around, ast.Call) and around.func is use.node
                run = _applied(report, use) or (around if called else use.node)
                known.add(run)
                _list(report, run)
    for function in became:
        for each, doing, sure in uses(report, function, blockers, known):
            _list(report, each, doing, sure=sure)
    _list_taken(report, became, blockers)


def _list_taken(
    report: ProofReport, became: Container[Function], blockers: Container[Function]
) -> None:
    """List the methods that are assumed to belong to built-in objects, but may block."""
    program = report.program
    for function, nodes in program.others.items():
        for node in nodes if function in blockers else ():
            inside = program.names.function_of(node) in became
            if inside and node not in program.typed.methods:
                _list(report, program.names.parents[node], sure=False)


def _list_used(report: ProofReport, node: ast.AST) -> None:
    """List blocking uses of a file or process on the event loop that are not calls."""
    if isinstance(node, ast.withitem):
        if _writes(report, node.context_expr):
            _list(report, node.context_expr, "closing ")
        elif _is_process(report, node.context_expr):
            _list(report, node.context_expr, "leaving ")
    elif (
        isinstance(node, ast.Attribute) and node.attr in _PIPES and _is_process(report, node.value)
    ):
        _list(report, node, "the use of ")


def _blockers(report: ProofReport) -> set[Function]:
    """Return the functions that block and stay sync."""
    program = report.program
    found = {*program.blocking} | {
        function
        for function in program.definitions
        if any(_stays(report, call) for call in program.calls.get(function, ()))
    }
    found -= {*report.coroutines}
    while True:
        more = {
            each
            for each in program.definitions
            if each not in found and each not in report.coroutines and _calls(report, each, found)
        }
        if not more:
            return found
        found |= more


def _calls(report: ProofReport, function: Function, known: set[Function]) -> bool:
    """Return whether a function calls one of the known functions."""
    program = report.program
    others = {each for each in program.callees(function) if isinstance(each, ast.FunctionDef)}
    named = (each for call in program.calls.get(function, ()) for each in _named(report, call))
    return bool(known & (others | {*named}))


def _stays(report: ProofReport, call: ast.Call) -> bool:
    """Return whether a call blocks and is never converted."""
    program = report.program
    return call in program.typed.staying or (program.names.dotted(call.func) or "") in STAYS


def _named(report: ProofReport, call: ast.Call) -> list[Function]:
    """Return the functions that a call runs through a variable or through the class in ``cls``."""
    names, func = report.program.names, call.func
    found: list[Function] = []
    if not isinstance(func, ast.Name) or names.class_named(func) is not None:
        return found
    kind = names.kind(func)
    if isinstance(kind, ast.ClassDef) and any(isinstance(e, ast.arg) for e in names.bindings(func)):
        made = (names.method(kind, name) for name in AT_MAKING)
        found += [each for each in made if each is not None]
    slot = names.slot(func)
    for value in names.values(slot) if slot else ():
        partial = isinstance(value, ast.Call) and names.dotted(value.func) in _PARTIALS
        aim = value.args[0] if isinstance(value, ast.Call) and partial and value.args else value
        if isinstance(aim, ast.Name | ast.Attribute):
            found += [use.function for use in uses_at(report.program, aim) if use.sure]
    return found


def _blocking(
    report: ProofReport, function: Function, blockers: set[Function]
) -> Iterator[ast.Call]:
    pairs = report.pairs
    changed = {*pairs.awaited, *pairs.replaced, *pairs.makers}
    inside = {each for block in pairs.blocks for each in ast.walk(block)}
    for node in report.program.calls.get(function, ()):
        if node in changed or node in inside:
            continue
        if (
            report.program.blocks(node)
            or _stays(report, node)
            or any(each in blockers for each in _named(report, node))
        ):
            yield node


def _writes(report: ProofReport, made: ast.expr) -> bool:
    """Return whether the event loop closes a file that a thread opened for writing."""
    if report.pairs.replaced.get(made) != THREAD or not isinstance(made, ast.Call):  # type: ignore[call-overload]  # any node may be asked for
        return False
    names = report.program.names
    modes = [*made.args[1:2], *(each.value for each in made.keywords if each.arg == "mode")]
    reads = [isinstance(each, ast.Constant) and {*str(each.value)} <= {*"rbtU"} for each in modes]
    return names.dotted(made.func) in _OPENERS and not all(reads)


def _is_process(report: ProofReport, node: ast.expr) -> bool:
    """Return whether a node is a ``subprocess`` process that the event loop uses itself."""
    names, blocks = report.program.names, report.pairs.blocks
    started = names.kind(node) == "subprocess.Popen"
    return started and not any(each in blocks for each in names.around(node))


def _applied(report: ProofReport, use: Use) -> ast.Call | None:
    """Return the call that runs a function argument on the event loop, or None."""
    parents = report.program.names.parents
    around = parents[use.node]
    call = parents[around] if isinstance(around, ast.keyword) else around
    if not isinstance(call, ast.Call) or call.func is use.node:
        return None
    sorts = isinstance(call.func, ast.Attribute) and call.func.attr == "sort"
    return call if sorts or report.program.names.dotted(call.func) in _APPLY else None


def _runs(report: ProofReport, use: Use) -> bool:
    """Return whether a use runs the function immediately, on the event loop."""
    pairs, names = report.pairs, report.program.names
    around = names.parents[use.node]
    inside = any(around in ast.walk(block) for block in pairs.blocks)
    if not use.sure or around in pairs.replaced or inside:
        return False
    if _applied(report, use) is not None:
        return True
    if use.how is not How.VALUE:
        return not isinstance(use.function, ast.AsyncFunctionDef)
    return is_special(use.function.name) or any(
        names.dotted(e) in _PROPERTIES for e in use.function.decorator_list
    )


def _list(report: ProofReport, node: ast.AST, doing: str = "", *, sure: bool = True) -> None:
    text = first_line(node)
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    later = report.pairs.later(node)
    where = report.pairs.after.range(later).start if isinstance(later, ast.expr) else None
    line = where.line if where else getattr(later, "lineno", 1) - 1
    column = where.column if where else -1
    how = "still blocks" if sure else "may block"
    reason = Reason(f"{doing}`{shown}` {how} the event loop", line, listed_at=column)
    same = [each for each in report.confirm if each.listed_at >= 0 and each.line == line]
    if reason not in report.confirm and (sure or column not in {e.listed_at for e in same}):
        report.confirm.append(reason)


_LONGEST = 60
