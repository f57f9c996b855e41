"""Dangers of a converted program other than a missing await."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.replacements import SLEEP
from python_expert.analysis.call_graph import How, Program
from python_expert.analysis.function_bodies import is_generator, own_nodes
from python_expert.analysis.library import BY_NAME, EAGER
from python_expert.analysis.nodes import TRIES, caught, last_name
from python_expert.analysis.scopes import FUNCTIONS, Function
from python_expert.analysis.signs import is_negative, is_unknown
from python_expert.analysis.source import all_nodes
from python_expert.analysis.thread_origins import CALLERS
from python_expert.analysis.threads import (
    advances,
    raises_stop,
    reached,
    steps,
    stoppers,
    stops_here,
    uses_at,
)

if TYPE_CHECKING:
    from python_expert.actions.convert_to_async.proof.report import ProofReport
    from python_expert.analysis.names import Names
    from python_expert.analysis.scopes import Scope

_CTRL_C = "builtins.KeyboardInterrupt"
_ALL = "builtins.BaseException"
_VALUE_ERROR = "builtins.ValueError"


def readers(report: ProofReport) -> None:
    """Check that loops that now read by line read files, and that no line is used afterwards."""
    names = report.program.names
    for loop in report.pairs.readers:
        target, owner = loop.target, names.function_of(loop)
        inside = {each for part in loop.body for each in ast.walk(part)} | {target}
        if names.kind(loop.iter) != "builtins.open" or owner is None:
            report.refuse(loop, f"{ast.unparse(loop.iter)} cannot be shown to be a file")
        elif getattr(target, "id", "") in names.inner[owner].elsewhere:
            report.refuse(loop, f"{ast.unparse(target)} belongs to another function")
        elif any(
            isinstance(each, ast.Name)
            and not isinstance(each.ctx, ast.Load)
            and each.id == getattr(loop.iter, "id", "")
            for each in inside
        ):
            report.refuse(loop, f"{ast.unparse(loop.iter)} is rebound within the loop")
        elif any(
            isinstance(each, ast.Name)
            and each.id == getattr(target, "id", "")
            and each not in inside
            for each in ast.walk(owner)
        ):
            report.refuse(loop, f"{ast.unparse(target)} is used after the loop")
        elif _is_rebound(names, loop.iter, owner):
            report.refuse(loop, f"other functions may bind {ast.unparse(loop.iter)} meanwhile")
        elif _is_kept(names, target, owner):
            report.refuse(loop, f"{ast.unparse(target)} may be used after the loop")


def _is_rebound(names: Names, file: ast.expr, owner: Function) -> bool:
    """Return whether a function other than `owner` may bind the variable of a file."""
    if not isinstance(file, ast.Name):
        return len(names.stored.get(getattr(file, "attr", ""), [])) != 1
    bindings = [each for each in names.bindings(file) if not isinstance(each, ast.arg)]
    return any(names.function_of(each) not in {owner, None} for each in bindings)


def _is_kept(names: Names, target: ast.expr, owner: Function) -> bool:
    """Return whether an inner function, or a lookup by name, may use a variable after the loop."""
    for node in ast.walk(owner):
        if not isinstance(node, ast.Name):
            continue
        if names.dotted(node) in BY_NAME:
            return True
        if node.id == getattr(target, "id", "") and names.slot(node) == names.slot(target):
            scope: Scope | None = names.scopes[node]
            while scope is not None and scope.node is not owner:
                later = isinstance(scope.node, ast.GeneratorExp) and not _is_eager(
                    names, scope.node
                )
                if later or isinstance(scope.node, (*FUNCTIONS, ast.Lambda)):
                    return True
                scope = scope.outer
    return False


def _is_eager(names: Names, node: ast.GeneratorExp) -> bool:
    """Return whether a generator expression is consumed immediately."""
    call = names.parents[node]
    if not isinstance(call, ast.Call):
        return False
    return names.dotted(call.func) in EAGER or last_name(call.func) == "join"


def stops(report: ProofReport, function: Function) -> None:
    """Check code that raises ``StopIteration``, which cannot leave a coroutine."""
    names, pairs, name = report.program.names, report.pairs, report.program.name(function)
    generator = is_generator(function)
    for node in own_nodes(function):
        if generator:
            raised = node.exc if isinstance(node, ast.Raise) else None
            raised = raised.func if isinstance(raised, ast.Call) else raised
            if raised and names.dotted(raised) == "builtins.StopAsyncIteration":
                report.refuse(node, f"{name}: StopAsyncIteration cannot leave what is async")
            continue
        if isinstance(node, ast.Raise) and raises_stop(names, node):
            counterpart = pairs.counterpart.get(node)
            if not isinstance(counterpart, ast.Raise) or raises_stop(pairs.new, counterpart):
                report.refuse(node, f"{name}: StopIteration cannot leave a coroutine")
        elif node in steps(names) or (
            isinstance(node, ast.Call) and (advances(names, node) or _sends(report, node))
        ):
            text = "if this raises StopIteration, a coroutine turns it into RuntimeError"
            report.ask(node, f"{name}: {text}")
    _helpers(report, function)


def _helpers(report: ProofReport, function: Function) -> None:
    """Ask about sync functions whose ``StopIteration`` may reach a coroutine."""
    program, name = report.program, report.program.name(function)
    raising = stoppers(program.names) - {*report.coroutines}
    callers = [function] if raising and not is_generator(function) else []
    for caller in callers:
        for callee in program.callees(caller):
            if callee in (*callers, *report.coroutines) or callee in _generators(program):
                continue
            if not _passes(report, caller, callee):
                continue
            callers.append(callee)
            if callee in raising:
                other = program.name(callee)
                report.ask(callee, f"{name}: StopIteration of {other} becomes RuntimeError")


@lru_cache(maxsize=2)
def _generators(program: Program) -> frozenset[Function]:
    return frozenset(each for each in program.definitions if is_generator(each))


def _passes(report: ProofReport, caller: Function, callee: Function) -> bool:
    """Return whether a function may receive and pass on a ``StopIteration`` from another one."""
    names = report.program.names
    return any(
        names.function_of(use.node) is caller and not stops_here(names, use.node)
        for use in report.program.uses[callee]
        if callee.name != "__next__" or use.how is How.CALL
    )


def _sends(report: ProofReport, call: ast.Call) -> bool:
    """Return whether a call may send a value to a generator of the text that uses it."""
    names, func = report.program.names, call.func
    if not isinstance(func, ast.Attribute) or func.attr not in {"send", "throw"}:
        return False
    return (names.kind(func.value) or names.dotted(func.value)) is None and any(
        isinstance(node, ast.Yield | ast.YieldFrom)
        and not isinstance(names.parents[node], ast.Expr)
        for node in all_nodes(names.tree)
    )


def interrupts(report: ProofReport) -> None:
    """Ask about handlers of KeyboardInterrupt.

    Ctrl-C no longer raises this exception during waits.
    """
    names = report.program.names
    waiting = [each for each in report.coroutines if not report.waits.isdisjoint(own_nodes(each))]
    for node in all_nodes(names.tree) if waiting else ():
        if isinstance(node, ast.ExceptHandler):
            found = _catches_all(report, node)
        else:
            full = names.dotted(node) if isinstance(node, ast.Name | ast.Attribute) else ""
            suppressed = full == _ALL and isinstance(names.parents[node], ast.Call)
            found = suppressed or (full == _CTRL_C and not _is_outside(report, node))
        if found:
            owner = names.function_of(node)
            name = report.program.name(owner if owner in waiting else waiting[0])
            text = f"Ctrl-C arrives as asyncio.CancelledError where {name} waits"
            report.ask(node, f"{text}, and no longer as KeyboardInterrupt")
            return


def _catches_all(report: ProofReport, handler: ast.ExceptHandler) -> bool:
    """Return whether a handler around a wait catches everything and does not reraise it."""
    names, around = report.program.names, report.program.names.parents[handler]
    every = any(each is None or names.dotted(each) == _ALL for each in caught(handler))
    inside = {each for part in getattr(around, "body", ()) for each in ast.walk(part)}
    again = isinstance(handler.body[-1], ast.Raise) and not handler.body[-1].exc
    return every and not again and not report.waits.isdisjoint(inside)


def _is_outside(report: ProofReport, node: ast.AST) -> bool:
    """Return whether a handler is around the start of the event loop."""
    names = report.program.names
    for outer in names.around(node):
        if isinstance(outer, TRIES):
            inside = {each for part in outer.body for each in ast.walk(part)}
            return names.function_of(outer) is None or not inside.isdisjoint(report.pairs.ran)
    return False


def callers(report: ProofReport) -> None:
    """Ask about functions that inspect their callers, because asyncio is now among the callers."""
    program, names = report.program, report.program.names
    outermost = {use.function for e in report.pairs.ran for use in uses_at(program, e.func)}
    for function in dict.fromkeys([*outermost, *reached(program, report.coroutines)]):
        name = program.name(function)
        for node in own_nodes(function):
            if not isinstance(node, ast.Call):
                continue
            if function in outermost and (
                names.dotted(node.func) in CALLERS
                or any(e.arg == "stacklevel" and not _is_one(e.value) for e in node.keywords)
            ):
                report.ask(node, f"{name} inspects its caller, which is now asyncio")
            elif names.dotted(node.func) in CALLERS:
                report.ask(node, f"{name} inspects its callers, and asyncio is now one of them")


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1


def waits(report: ProofReport) -> None:
    """Ask about negative waiting times, and about facts that only mypy's types show."""
    for function in report.coroutines:
        for node in report.program.others.get(function, ()):
            other, name = report.program.typed.methods.get(node), report.program.name(function)
            text = ast.unparse(node)
            contradicted = f"{text} is not {name}: mypy says it is {other}"
            taken = f"{text} is assumed to be a built-in method: nothing awaits {name} there"
            report.ask(node, contradicted if other else taken)
    for call, how in report.pairs.replaced.items():
        if known := report.program.typed.movable.get(call):
            text = ast.unparse(call.func)
            # The table of calls lists a file's methods under the function that opens the file.
            method = known.removeprefix("builtins.open.")
            what = known if method == known else f"the {method} of a file"
            report.ask(call, f"{text} runs in another thread: mypy says it is {what}")
        length = call.args[0] if how == SLEEP else None
        if length is None:
            continue
        text = f"{ast.unparse(call)} fails where {ast.unparse(length)} is negative"
        if is_negative(report.program, length):
            report.ask(call, f"{text}, asyncio.sleep does not")
        elif is_unknown(report.program, length) and _is_error_caught(report, call):
            report.ask(call, f"{text}, which is caught; asyncio.sleep does not fail")


def _is_error_caught(report: ProofReport, call: ast.Call) -> bool:
    """Return whether a statement around a call, or around its callers, handles a ValueError."""
    program, names = report.program, report.program.names
    waiting: list[ast.AST] = [call]
    seen: set[Function] = set()
    for node in waiting:
        inner = node
        for outer in names.around(node):
            if _is_for_errors(names, outer, inner):
                return True
            inner = outer
        function = names.function_of(node)
        if function is not None and function not in seen:
            seen.add(function)
            waiting += [use.node for use in program.uses.get(function, ())]
    return False


def _is_for_errors(names: Names, node: ast.AST, inner: ast.AST) -> bool:
    """Return whether a statement catches the ValueErrors of a node directly in it."""
    if isinstance(node, TRIES) and inner in node.body:
        found = (each for handler in node.handlers for each in caught(handler))
        return any(each is not None and names.dotted(each) == _VALUE_ERROR for each in found)
    if not isinstance(node, ast.With | ast.AsyncWith) or inner not in node.body:
        return False
    entered = (each.context_expr for each in node.items)
    suppressed = (each for each in entered if isinstance(each, ast.Call))
    return any(
        names.dotted(each.func) == "contextlib.suppress"
        and any(names.dotted(error) == _VALUE_ERROR for error in each.args)
        for each in suppressed
    )
