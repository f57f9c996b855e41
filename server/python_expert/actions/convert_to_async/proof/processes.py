"""The differences between asyncio's processes and those of ``subprocess``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.analysis.process_input import left_open

if TYPE_CHECKING:
    from python_expert.actions.convert_to_async.objects import Exchange
    from python_expert.actions.convert_to_async.proof.report import ProofReport

_CLOSES_INPUT = (3, 12)


def check(report: ProofReport, maker: ast.Call, wanted: Exchange, python: tuple[int, int]) -> None:
    """Check the uses of a process that is exchanged.

    Args:
        report: The findings.
        maker: The call that starts the process.
        wanted: The uses of the process.
        python: The oldest Python version that the text must support.
    """
    if not wanted.awaits:
        report.refuse(maker, "nothing waits for the process: it would end with the event loop")
    first = min((each.lineno for each in wanted.awaits), default=0)
    for use in wanted.plain:
        text = ast.unparse(use)
        if use.attr in {"kill", "terminate", "send_signal"}:
            report.ask(use, f"{text} fails where the process has ended already")
        elif use.attr == "returncode" and use.lineno < first:
            report.ask(use, f"{text} may be set before the process is waited for")
    left = left_open(report.program.names, wanted.makers, wanted.awaits)
    for call, _ in left if python < _CLOSES_INPUT else ():
        text = f"{ast.unparse(call)} closes the input of the process only if it is given bytes"
        report.ask(call, f"{text}: before Python 3.12 both may wait forever")
