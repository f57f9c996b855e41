"""Checks that calls of functions that became async in other files are awaited."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.analysis.nodes import FORS
from python_expert.analysis.scopes import FUNCTIONS

if TYPE_CHECKING:
    from python_expert.actions.convert_to_async.proof.report import ProofReport

_REPEATS = (*FORS, ast.While, ast.comprehension, *FUNCTIONS)


def check(report: ProofReport) -> set[ast.AST]:
    """Check that each call is awaited; refuse uses that may be such calls.

    Returns:
        The calls.
    """
    cross_file, pairs, names = report.program.cross_file, report.pairs, report.program.names
    for node, why in cross_file.doubts:
        report.refuse(node, why)
    for call, converted in cross_file.calls.items():
        text = f"`{ast.unparse(call)[:60]}`"
        if isinstance(names.parents[call], ast.Await):
            report.refuse(call, f"{text} is awaited already")
        elif call not in pairs.awaited and call not in pairs.ran:
            report.refuse(call, f"{text} is used here, but nothing awaits {converted.name}")
    ran = [call for call in pairs.ran if call in cross_file.calls]
    again = len(pairs.ran) > 1 or any(
        isinstance(each, _REPEATS) for call in ran for each in names.around(call)
    )
    for call in ran if again else ():
        name = cross_file.calls[call].name
        report.ask(call, f"several event loops run {name}, and share what its module keeps")
    return {*cross_file.calls}
