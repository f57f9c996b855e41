"""Checks of code that is bound to one event loop, one context or one thread."""

from __future__ import annotations

import ast
from pathlib import PurePath
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.objects import maker_target
from python_expert.actions.convert_to_async.replacements import THREAD
from python_expert.analysis.function_bodies import obstacle
from python_expert.analysis.nodes import FORS
from python_expert.analysis.scopes import FUNCTIONS, Function
from python_expert.analysis.source import all_nodes
from python_expert.analysis.threads import reached, used_in

if TYPE_CHECKING:
    from python_expert.actions.convert_to_async.objects import Exchange
    from python_expert.actions.convert_to_async.proof.report import ProofReport
    from python_expert.analysis.names import Names

_RUNNERS = frozenset({"asyncio.run", "anyio.run", "trio.run"})
_RUNNING = frozenset({"run_until_complete", "run_forever"})
_CONTEXT = frozenset({"contextvars.ContextVar", "decimal.getcontext", "decimal.setcontext"})
_CURRENT = frozenset(
    {"asyncio.get_event_loop", "asyncio.set_event_loop", "asyncio.get_event_loop_policy"}
)
_OF_LOOP = frozenset({"asyncio.Future", "asyncio.gather", "asyncio.ensure_future"})
"""Functions that use the current event loop if none is running."""
_LATE = frozenset({"threading.Thread", "threading.Timer", "atexit.register"})
_SIGNALS = frozenset({"signal.signal", "signal.alarm", "signal.setitimer"})
_REPEATS = (*FORS, ast.While, ast.comprehension, *FUNCTIONS)


def runs(report: ProofReport) -> None:
    """Check that ``asyncio.run`` is called only where no event loop can be running."""
    names = report.program.names
    for call in report.pairs.ran:
        owner, why = names.function_of(call), obstacle(names, call)
        if why:
            report.refuse(call, f"asyncio.run is in {why}")
        if owner is not None and not _in_loop(report, call, owner):
            report.ask(call, f"{report.program.name(owner)} starts an event loop of its own")
    for node in all_nodes(names.tree) if report.mentions(_RUNNERS | _RUNNING) else ():
        if isinstance(node, ast.Call) and (
            names.dotted(node.func) in _RUNNERS
            or (isinstance(node.func, ast.Attribute) and node.func.attr in _RUNNING)
        ):
            owner = names.function_of(node)
            if owner is not None:
                _in_loop(report, node, owner)


def imported(report: ProofReport, path: str) -> None:
    """Ask about calls of ``asyncio.run`` that run when the module is imported.

    Args:
        report: The findings.
        path: The file, or empty. A ``__main__.py`` is run, not imported.
    """
    names = report.program.names
    for call in report.pairs.ran if PurePath(path).name != "__main__.py" else ():
        if names.function_of(call) is None and not _is_guarded(names, call):
            text = "if this module is imported while an event loop runs, asyncio.run fails"
            report.ask(call, text)


def _is_guarded(names: Names, call: ast.Call) -> bool:
    """Return whether a call is inside ``if __name__ == "__main__"``."""
    inner: ast.AST = call
    for outer in names.around(call):
        if isinstance(outer, ast.If) and inner in outer.body:
            match outer.test:
                case ast.BoolOp(op=ast.And(), values=tests):
                    pass
                case test:
                    tests = [test]
            if any(map(_is_main, tests)):
                return True
        inner = outer
    return False


def _is_main(node: ast.expr) -> bool:
    """Return whether a condition compares ``__name__`` with ``"__main__"``."""
    words = {str(getattr(each, "id", getattr(each, "value", ""))) for each in ast.walk(node)}
    equal = isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq)
    return equal and {"__name__", "__main__"} <= words


def _in_loop(report: ProofReport, call: ast.Call, owner: Function) -> bool:
    """Refuse a call that starts an event loop where one may run; return whether it did."""
    names, callers, name = report.program.names, [owner], report.program.name(owner)
    for one in callers:
        made = call in report.pairs.ran and isinstance(one, ast.AsyncFunctionDef)
        if one in report.coroutines or made:
            text = ast.unparse(call.func) if call not in report.pairs.ran else "asyncio.run"
            report.refuse(call, f"{name} calls {text}, but may run in an event loop")
            return True
        for use in report.program.uses[one]:
            caller = names.function_of(use.node)
            if caller is not None and caller not in callers:
                callers.append(caller)
    return False


def late(report: ProofReport) -> None:
    """Ask about code that runs at the end of the program and now waits for threads."""
    names, program = report.program.names, report.program
    if THREAD not in report.pairs.replaced.values() and not report.pairs.blocks:
        return
    for node in all_nodes(names.tree) if report.mentions({*_LATE, "__del__"}) else ():
        if isinstance(node, ast.Call) and names.dotted(node.func) in _LATE:
            given = [*node.args, *(each.value for each in node.keywords)]
            inside = {each for one in given for each in ast.walk(one)}
            functions = used_in(program, inside)
        elif isinstance(node, FUNCTIONS) and node.name == "__del__":
            inside, functions = {node}, [node]
        else:
            continue
        run = {each for f in reached(program, functions) for each in ast.walk(f)} | inside
        starts = any(
            isinstance(each, ast.Name | ast.Attribute) and names.dotted(each) in _RUNNERS
            for each in run
        )
        if starts or not run.isdisjoint(report.pairs.ran):
            text = "after the main thread has ended, no thread can be started: the"
            report.ask(
                node, f"{text} event loop that this runs may fail, or keep the program from ending"
            )


def contexts(report: ProofReport) -> None:
    """Ask about code that an event loop affects although it awaits nothing."""
    names, pairs = report.program.names, report.pairs
    known = _CONTEXT | _CURRENT | _OF_LOOP | _SIGNALS
    for node in all_nodes(names.tree) if report.coroutines and report.mentions(known) else ():
        if not isinstance(node, ast.Name | ast.Attribute):
            continue
        full = names.dotted(node)
        if full in _CONTEXT and pairs.ran:
            report.ask(node, "context variables that are set within asyncio.run are lost after it")
        elif pairs.ran and (
            full in _CURRENT or (full in _OF_LOOP and names.function_of(node) is None)
        ):
            report.ask(node, "after asyncio.run there is no longer a current event loop")
        elif full in _SIGNALS:
            text = "a signal's handler that raises or waits does so in the event loop"
            report.ask(node, f"{text}, no longer in the function that waits")


def shared(report: ProofReport, maker: ast.Call, name: str) -> None:
    """Ask about an object that several event loops may use."""
    names, ran = report.program.names, report.pairs.ran
    target = maker_target(names, maker)
    slot = names.slot(target) if target is not None else None
    local = slot is None or isinstance(slot[0], FUNCTIONS)
    again = len(ran) > 1 or any(
        isinstance(each, _REPEATS) for call in ran for each in names.around(call)
    )
    if again and not local:
        report.ask(maker, f"several event loops share the object made by {name}")


def plain_uses(report: ProofReport, wanted: Exchange) -> None:
    """Ask about uses of an asyncio object in threads and signal handlers."""
    names = report.program.names
    for use in wanted.plain:
        call, text = names.parents[use], ast.unparse(use)
        owner = names.function_of(use)
        waits = owner in report.coroutines or isinstance(owner, ast.AsyncFunctionDef)
        if not (isinstance(call, ast.Call) and call.func is use):
            report.refuse(use, f"{text} is passed on: asyncio's may not be used by other threads")
        elif not waits or obstacle(names, use):
            report.ask(use, f"{text} of asyncio may not be used by other threads or by signals")
