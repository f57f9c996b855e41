"""What tasks share and may change while one of them waits, where the text has tasks."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.analysis.function_bodies import own_nodes
from python_expert.analysis.nodes import ASSIGNMENTS, known, targets
from python_expert.analysis.scopes import FUNCTIONS, Function
from python_expert.analysis.source import all_nodes
from python_expert.analysis.threads import uses_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from python_expert.actions.convert_to_async.proof.report import ProofReport
    from python_expert.analysis.names import Names

_CANCELS = frozenset(
    {"asyncio.wait_for", "asyncio.timeout", "asyncio.timeout_at", "anyio.fail_after"}
    | {"anyio.move_on_after"}
)
_TASKS = _CANCELS | {
    f"asyncio.{name}"
    for name in ("gather", "create_task", "ensure_future", "wait", "as_completed", "TaskGroup")
}
_PROCESS = frozenset(
    {"contextlib.redirect_stdout", "contextlib.redirect_stderr", "contextlib.chdir"}
    | {"warnings.catch_warnings", "os.chdir", "os.fchdir", "os.umask", "os.chroot"}
    | {"os.putenv", "os.unsetenv", "locale.setlocale", "socket.setdefaulttimeout"}
)
_PATCHES = ("unittest.mock.patch", "mock.patch")
_ORDERED = (
    ast.BinOp,
    ast.Compare,
    ast.Call,
    ast.Tuple,
    ast.List,
    ast.Dict,
    ast.JoinedStr,
    *known("TemplateStr"),
)
_CACHES = frozenset({"functools.cache", "functools.lru_cache"})
_MUTATORS = frozenset(
    {"append", "add", "clear", "discard", "extend", "insert", "pop", "popitem", "popleft"}
    | {"remove", "setdefault", "update", "appendleft"}
)
_MEANWHILE = "other tasks may change it meanwhile"


def check(report: ProofReport) -> None:
    """Find races around new waits, and tasks that are cancelled at them."""
    if report.waits:
        _races(report)
        _cancelled(report)


def _races(report: ProofReport) -> None:
    """What several tasks share may change between being read and being written."""
    names, waits = report.program.names, report.waits
    if not has_tasks(report):
        return
    for node in all_nodes(names.tree):
        _assigned(report, node, waits)
        if isinstance(node, _ORDERED) and node not in waits:
            _operands(report, node, waits)
    for owner in {names.function_of(each) for each in waits}:
        if owner is not None:
            own = [each for each in own_nodes(owner) if each in waits]
            _tested(report, owner, own)
            _process_wide(report, owner, own)
    for function in report.coroutines:
        _wrapped(report, function)
    _cached(report)


def _cached(report: ProofReport) -> None:
    """Functions whose result is kept, so that they ran once for many calls."""
    names = report.program.names
    for call in report.pairs.threaded:
        for use in uses_at(report.program, call.func):
            if _CACHES & {*_decorators(names, use.function)}:
                text = f"tasks that call {report.program.name(use.function)} at the same time"
                report.ask(call, f"{text} each run it in a thread: its cache holds none back")


def _cancelled(report: ProofReport) -> None:
    """Ask where a task is cancelled that could not be interrupted before."""
    names = report.program.names
    if not report.mentions({"asyncio", "anyio"}):
        return
    for node in all_nodes(names.tree):
        if isinstance(node, ast.Call):
            full = names.dotted(node.func) or ""
            unknown = isinstance(node.func, ast.Attribute) and node.func.attr == "cancel"
            if full in _CANCELS or (unknown and not full.startswith(("threading.", "sched."))):
                text = f"{ast.unparse(node.func)} may end a task where it waits now"
                report.ask(node, f"{text}, while what a thread runs for it goes on")


def has_tasks(report: ProofReport) -> bool:
    """Whether the text makes tasks."""
    names = report.program.names
    return report.mentions(_TASKS) and any(
        isinstance(node, ast.Name | ast.Attribute)
        and (names.dotted(node) in _TASKS or getattr(node, "attr", "") == "create_task")
        for node in all_nodes(names.tree)
    )


def _assigned(report: ProofReport, node: ast.AST, waits: set[ast.AST]) -> None:
    """An assignment whose value waits, and contains what it is assigned to."""
    value = node.value if isinstance(node, ASSIGNMENTS) else None
    inside = {*ast.walk(value)} if value is not None else set()
    for target in targets(node) if waits & inside else ():
        if isinstance(node, ast.AugAssign) or _reads(report.program.names, target, inside):
            text = f"{ast.unparse(target)} is read before the wait and written after it"
            report.ask(node, f"{text}: {_MEANWHILE}")


def _reads(names: Names, target: ast.expr, inside: Iterable[ast.AST]) -> bool:
    """Whether an assigned value contains the variable that it is assigned to."""
    name = ast.unparse(target)
    return not _is_own(names, target) and any(
        isinstance(each, ast.expr) and ast.unparse(each) == name for each in inside
    )


def _is_own(names: Names, node: ast.expr) -> bool:
    """Whether an expression is a local variable, which belongs to one task."""
    slot = names.slot(node)
    return bool(slot and slot[0] is names.function_of(node))


def _operands(report: ProofReport, node: ast.AST, waits: set[ast.AST]) -> None:
    """What is read for an expression before another part of it waits."""
    if isinstance(node, ast.Call) and node in waits:
        return
    parts = [
        each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr | ast.keyword)
    ]
    parts = parts[1:] if isinstance(node, ast.Call) else parts
    waiting = [n for n, each in enumerate(parts) if waits & {*ast.walk(each)}]
    for part in parts[: waiting[-1]] if waiting else ():
        for each in ast.walk(part):
            if isinstance(each, ast.Name | ast.Attribute) and _changes(report.program.names, each):
                text = f"{ast.unparse(each)} is read before the wait and used after it"
                report.ask(each, f"{text}: {_MEANWHILE}")


def _changes(names: Names, node: ast.Name | ast.Attribute) -> bool:
    """Whether a function of the text changes what a variable is, other than at its making."""
    if not isinstance(node.ctx, ast.Load) or _is_own(names, node):
        return False
    if isinstance(node, ast.Attribute):
        stores = [names.function_of(each) for each in names.stored.get(node.attr, [])]
        return any(each is not None and each.name != "__init__" for each in stores)
    bindings = [each for each in names.bindings(node) if isinstance(each, ast.Name)]
    return any(names.function_of(each) is not None for each in bindings)


def _tested(report: ProofReport, owner: Function, waits: list[ast.AST]) -> None:
    """What is tested before a wait, and written behind it."""
    names = report.program.names
    tests = [
        part
        for node in own_nodes(owner)
        if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert)
        for part in ast.walk(node.test)
        if isinstance(part, ast.Name | ast.Attribute | ast.Subscript) and not _is_own(names, part)
    ]
    written = [
        (node, value)
        for node in own_nodes(owner)
        for each in _written(node)
        for value in _wholes(each)
        if not _is_own(names, value)
    ]
    asked = set[str]()
    for test in tests:
        text = ast.unparse(test)
        if text in asked:
            continue
        between = [each for each in waits if _place(each) > _place(test)]
        if any(
            ast.unparse(value) == text and _end(store) >= _place(each)
            for store, value in written
            for each in between
        ):
            asked.add(text)
            message = f"{text} is tested before the wait and written after it"
            report.ask(test, f"{message}: {_MEANWHILE}")


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _end(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "end_lineno", None) or 0, getattr(node, "end_col_offset", None) or 0


def _written(node: ast.AST) -> Iterator[ast.expr]:
    """What a statement or call changes."""
    if isinstance(node, ast.Delete):
        yield from node.targets
    called = node.func if isinstance(node, ast.Call) else None
    if isinstance(called, ast.Attribute) and called.attr in _MUTATORS:
        yield called.value
    for target in targets(node):
        yield from target.elts if isinstance(target, ast.Tuple | ast.List) else [target]


def _wholes(target: ast.expr) -> Iterator[ast.expr]:
    """What changes when something is assigned to a target."""
    yield target
    if isinstance(target, ast.Subscript):
        yield target.value


def _process_wide(report: ProofReport, owner: Function, waits: list[ast.AST]) -> None:
    """What is set for the whole process while a task waits."""
    names = report.program.names
    for node in own_nodes(owner) if waits else ():
        if isinstance(node, ast.With | ast.AsyncWith):
            inside = {each for part in node.body for each in ast.walk(part)}
            made: list[ast.expr | None] = [
                each.context_expr for each in node.items if not inside.isdisjoint(waits)
            ]
        else:
            made = [node.value] if isinstance(node, (ast.Expr, *ASSIGNMENTS)) else []
        for each in made:
            if isinstance(each, ast.Call) and _is_process_wide(names.dotted(each.func) or ""):
                text = f"{ast.unparse(each.func)} is for the whole process"
                report.ask(each, f"{text}: other tasks meet it while {owner.name} waits")


def _is_process_wide(full: str) -> bool:
    return full in _PROCESS or full.startswith(_PATCHES)


def _decorators(names: Names, function: Function) -> Iterator[str]:
    for each in function.decorator_list:
        yield names.dotted(each.func if isinstance(each, ast.Call) else each) or ""


def _wrapped(report: ProofReport, function: Function) -> None:
    """What a decorator of the text changes before the function waits."""
    names = report.program.names
    for decorator in function.decorator_list:
        named = decorator.func if isinstance(decorator, ast.Call) else decorator
        makers = names.bindings(named) if isinstance(named, ast.Name) else []
        for wrapper in (e for m in makers for e in ast.walk(m) if isinstance(e, FUNCTIONS)):
            changed = [
                ast.unparse(each)
                for node in own_nodes(wrapper)
                for each in _written(node)
                if not _is_own(names, each) and wrapper not in makers
            ]
            if changed:
                text = f"{ast.unparse(named)} changes {changed[0]} before {function.name} waits"
                report.ask(decorator, f"{text}: {_MEANWHILE}")
