"""What blocks as it did before, in functions that are async now: the user is told of each."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.analysis.call_graph import How
from python_expert.analysis.nodes import first_line
from python_expert.gate.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.actions.convert_to_async.proof.report import ProofReport
    from python_expert.analysis.call_graph import Use
    from python_expert.analysis.scopes import Function

_PROPERTIES = frozenset({"builtins.property", "functools.cached_property"})


def listed(report: ProofReport) -> None:
    """List every call that blocks in a function that became async."""
    became = dict.fromkeys(report.pairs.functions)
    for function in became:
        for node in _blocking(report, function):
            _list(report, node)
    for function, uses in report.program.uses.items() if became else ():
        if function in report.program.blocking and function not in report.coroutines:
            for use in uses:
                if report.program.names.function_of(use.node) in became and _runs(report, use):
                    around = report.program.names.parents[use.node]
                    called = isinstance(around, ast.Call) and around.func is use.node
                    _list(report, around if called else use.node)


def _blocking(report: ProofReport, function: Function) -> Iterator[ast.Call]:
    pairs = report.pairs
    changed = {*pairs.awaited, *pairs.replaced, *pairs.makers}
    inside = {each for block in pairs.blocks for each in ast.walk(block)}
    for node in report.program.calls.get(function, ()):
        if node not in changed and node not in inside and report.program.blocks(node):
            yield node


def _runs(report: ProofReport, use: Use) -> bool:
    """Whether a use runs the function there and then, on the event loop."""
    pairs, names = report.pairs, report.program.names
    around = names.parents[use.node]
    inside = any(around in ast.walk(block) for block in pairs.blocks)
    if not use.sure or around in pairs.replaced or inside:
        return False
    if use.how is not How.VALUE:
        return not isinstance(use.function, ast.AsyncFunctionDef)
    special = use.function.name.startswith("__") and use.function.name.endswith("__")
    return special or any(names.dotted(e) in _PROPERTIES for e in use.function.decorator_list)


def _list(report: ProofReport, node: ast.AST) -> None:
    text = first_line(node)
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    later = report.pairs.later(node)
    where = report.pairs.after.range(later).start if isinstance(later, ast.expr) else None
    line = where.line if where else getattr(later, "lineno", 1) - 1
    column = where.column if where else -1
    reason = Reason(f"`{shown}` still blocks the event loop", line, blocks_at=column)
    if reason not in report.confirm:
        report.confirm.append(reason)


_LONGEST = 60
