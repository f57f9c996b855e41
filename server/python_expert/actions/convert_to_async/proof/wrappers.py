"""Checks of decorators of functions that became async; they must await the function."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.replacements import is_plain_decorator
from python_expert.analysis.wrappers import waiting_decorators, wrapped

if TYPE_CHECKING:
    from python_expert.actions.convert_to_async.proof.report import ProofReport
    from python_expert.analysis.scopes import Function


def decorated(report: ProofReport, function: Function) -> set[ast.AST]:
    """Check that a function's decorators await it, and that it awaits what it wraps.

    Returns:
        The calls of the functions that it wraps.
    """
    program, pairs = report.program, report.pairs
    waiting = waiting_decorators(program)
    for decorator in function.decorator_list:
        waits = waiting.get(decorator) in pairs.functions
        if not waits and not is_plain_decorator(program.names, decorator):
            text = f"{ast.unparse(getattr(decorator, 'func', decorator))} takes a plain function"
            report.refuse(function, f"{program.name(function)}: {text}")
    allowed = set[ast.AST]()
    for each in wrapped(program):
        made, wrapper, calls = each.wrapping
        if wrapper is not function:
            continue
        allowed |= {*calls}
        for one in each.functions:
            if one not in pairs.functions:
                report.refuse(one, f"{wrapper.name} waits for {one.name}, which is not async")
        for call in calls:
            if call not in pairs.awaited:
                report.refuse(call, f"`{ast.unparse(call)}` is not awaited")
        if not made.name.startswith("_"):
            report.ask(made, f"functions that other files decorate with {made.name} must be async")
    return allowed
