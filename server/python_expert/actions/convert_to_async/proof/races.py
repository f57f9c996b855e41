"""State that tasks share and that may change while one task waits."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.proof.interleaving import changed_meanwhile, helpers
from python_expert.actions.convert_to_async.replacements import THREAD
from python_expert.analysis.function_bodies import own_nodes
from python_expert.analysis.scopes import FUNCTIONS, Function
from python_expert.analysis.shared_state import process_wide, shared_state
from python_expert.analysis.source import all_nodes
from python_expert.analysis.threads import uses_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.actions.convert_to_async.proof.report import ProofReport
    from python_expert.analysis.names import Names

_METHODS = frozenset(
    {"create_task", "ensure_future", "start_soon", "run_coroutine_threadsafe", "call_soon"}
    | {"call_soon_threadsafe", "call_later", "call_at", "start_server", "start_unix_server"}
    | {"create_server", "create_unix_server"}
)
"""Methods of event loops, task groups and asyncio that create tasks."""
_CANCELS = frozenset(
    {"asyncio.wait_for", "asyncio.timeout", "asyncio.timeout_at", "anyio.fail_after"}
    | {"anyio.move_on_after"}
)
_TASKS = _CANCELS | {
    *(f"asyncio.{name}" for name in (*_METHODS, "gather", "wait", "as_completed", "TaskGroup")),
    *("anyio.create_task_group", "trio.open_nursery"),
}
_ASYNC = frozenset({"async def", "asyncio", "anyio", "trio"})
"""A text that uses tasks contains one of these words."""
_CACHES = frozenset({"functools.cache", "functools.lru_cache"})


def check(report: ProofReport) -> None:
    """Find races around new waits, and tasks that may be cancelled at them."""
    if report.waits:
        _cancelled(report)
        if has_tasks(report):
            _races(report)


def _races(report: ProofReport) -> None:
    """Ask about shared state that may change between two uses of it."""
    names, program = report.program.names, report.program
    for owner in dict.fromkeys(_owners(report)):
        if found := changed_meanwhile(report, owner):
            others = ", ".join(dict.fromkeys(found))
            report.ask(owner, f"while {program.name(owner)} waits, other tasks may change {others}")
        run = (node for each in helpers(report, owner) for node in own_nodes(each))
        wide = process_wide(names, run)
        if wide:
            text = f"{', '.join(wide)} {'affect' if len(wide) > 1 else 'affects'} the whole process"
            report.ask(owner, f"{text}: other tasks notice it while {owner.name} waits")
    for function in report.coroutines:
        _wrapped(report, function)
    for call in report.pairs.threaded:
        for use in uses_at(program, call.func):
            if _CACHES & {*_decorators(names, use.function)}:
                text = f"tasks that call {program.name(use.function)} at the same time"
                report.ask(call, f"{text} may each run it in a thread, before its result is cached")


def _owners(report: ProofReport) -> list[Function]:
    """Return the functions that now wait, in the order of the text."""
    names = report.program.names
    found = {names.function_of(each) for each in report.waits}
    return [each for each in report.program.definitions if each in found]


def _cancelled(report: ProofReport) -> None:
    """Ask about tasks that may be cancelled at places where nothing could interrupt them before."""
    names = report.program.names
    if not report.mentions(_ASYNC):
        return
    makers = [each for each in all_nodes(names.tree) if _cancels(names, each)]
    first, *more = [report.program.name(each) for each in _owners(report)] or [""]
    if makers and first:
        waiting = f"{first} waits" if not more else f"{first} and {len(more)} more wait"
        text = f"a task that is cancelled, or that nothing waits for, may end where {waiting}"
        thread = bool(report.pairs.blocks) or THREAD in report.pairs.replaced.values()
        goes_on = ", while what a thread runs for it goes on" if thread else ""
        report.ask(makers[0], f"{text} now{goes_on}")


def _cancels(names: Names, node: ast.AST) -> bool:
    """Return whether a node creates or cancels a task."""
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "cancel":
        return not (names.dotted(node.func) or "").startswith(("threading.", "sched."))
    return _makes_tasks(names, node)


def _makes_tasks(names: Names, node: ast.AST) -> bool:
    named = isinstance(node, ast.Name | ast.Attribute)
    return named and (names.dotted(node) in _TASKS or getattr(node, "attr", "") in _METHODS)


def has_tasks(report: ProofReport) -> bool:
    """Return whether the text creates tasks."""
    names = report.program.names
    if not report.mentions(_ASYNC) or not report.mentions(_TASKS):
        return False
    return any(_makes_tasks(names, each) for each in all_nodes(names.tree))


def _decorators(names: Names, function: Function) -> Iterator[str]:
    for each in function.decorator_list:
        yield names.dotted(each.func if isinstance(each, ast.Call) else each) or ""


def _wrapped(report: ProofReport, function: Function) -> None:
    """Ask about state that a decorator of the text changes before the function waits."""
    names, state = report.program.names, shared_state(report.program)
    for decorator in function.decorator_list:
        named = decorator.func if isinstance(decorator, ast.Call) else decorator
        makers = names.bindings(named) if isinstance(named, ast.Name) else []
        for wrapper in (e for m in makers for e in ast.walk(m) if isinstance(e, FUNCTIONS)):
            changed = [e.text for e in state.own(wrapper) if e.changes and wrapper not in makers]
            if changed:
                text = f"{ast.unparse(named)} changes {changed[0]} before {function.name} waits"
                report.ask(decorator, f"{text}: other tasks may change it meanwhile")
