"""Thread locks that are held during a wait.

A second task that takes such a lock blocks the event loop.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.proof.races import has_tasks
from python_expert.analysis.function_bodies import is_generator, own_nodes
from python_expert.analysis.library import IN_MEMORY, MADE_BY
from python_expert.analysis.nodes import FORS
from python_expert.analysis.scopes import FUNCTIONS, Function
from python_expert.analysis.source import all_nodes
from python_expert.analysis.thread_calls import is_standard
from python_expert.analysis.threads import uses_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from python_expert.actions.convert_to_async.proof.ast_match import Pairs
    from python_expert.actions.convert_to_async.proof.report import ProofReport
    from python_expert.analysis.call_graph import Use
    from python_expert.analysis.names import Names

_FILE_LOCKS = frozenset({"fcntl.flock", "fcntl.lockf", "msvcrt.locking"})
_OPEN = "builtins.open"
_LOCKS = ("threading.", "multiprocessing.")
_TAKES = frozenset({"acquire", "__enter__"})
_YIELDS = (ast.Yield, ast.YieldFrom)


def locks(report: ProofReport) -> None:
    """Check that no thread lock is held while a task waits."""
    pairs, new = report.pairs, report.waits
    for node in all_nodes(report.program.names.tree):
        if isinstance(node, (ast.With, ast.AsyncWith, *FORS)):
            if not new & _inside(node.body):
                continue
            if isinstance(node, FORS):
                _held(report, node.iter, itself=False)
                continue
            for item in node.items:
                _held(report, item.context_expr, itself=_is_plain(pairs, node, item))
        elif isinstance(node, ast.Call) and node not in pairs.awaited:
            _acquired(report, node)
            _emptied(report, node)
        elif isinstance(node, ast.Attribute) and node.attr in _TAKES and new:
            _named(report, node)


def _emptied(report: ProofReport, call: ast.Call) -> None:
    """Ask about calls that wait for a queue which only a waiting task may fill."""
    names, func, queues = report.program.names, call.func, ("queue.", "multiprocessing.")
    if isinstance(func, ast.Attribute) and func.attr in {"get", "join"}:
        owner = names.function_of(call)
        kept = call not in report.pairs.replaced and str(names.kind(func.value)).startswith(queues)
        if kept and has_tasks(report) and _callers(report, owner) & {*report.coroutines}:
            text = f"{ast.unparse(call)} may wait forever for a task that is waiting"
            report.ask(call, f"{text}, because the event loop is blocked")


def _named(report: ProofReport, node: ast.Attribute) -> None:
    """Ask about a method that takes a lock if the method is used as a value."""
    names = report.program.names
    kind, parent = names.kind(node.value), names.parents[node]
    called = isinstance(parent, ast.Call) and parent.func is node
    if not called and (str(kind).startswith(_LOCKS) or _is_unknown(names, node.value)):
        text = f"{ast.unparse(node)} may be called by another name"
        report.ask(node, f"{text}: a lock may be held while a task waits")


def _is_plain(pairs: Pairs, node: ast.With | ast.AsyncWith, item: ast.withitem) -> bool:
    """Return whether an item is entered without ``await``, as thread locks are."""
    return isinstance(node, ast.With) and item not in pairs.items


def _inside(body: Iterable[ast.stmt]) -> set[ast.AST]:
    return {each for part in body for each in ast.walk(part)}


def _held(report: ProofReport, node: ast.expr, *, itself: bool) -> None:
    """Report the locks that are held while an expression is entered or looped over."""
    for text, sure in _taken(report, node, set(), itself=itself):
        if sure:
            report.refuse(node, f"{text} is held while a task waits")
        else:
            report.ask(node, f"{text} may be a lock of threads")


def _taken(
    report: ProofReport, node: ast.expr, known: set[Function], *, itself: bool = True
) -> Iterator[tuple[str, bool]]:
    """Find the locks held within an expression's block, and whether each certainly is a lock.

    Args:
        report: The findings, with the two trees.
        node: The expression that is entered or looped over.
        known: The functions that were already examined, for recursion.
        itself: Whether the object itself may be a lock, or only takes other locks.
    """
    if isinstance(node, ast.BoolOp | ast.IfExp | ast.NamedExpr | ast.Await):
        for each in _alternatives(node):
            found = _taken(report, each, known, itself=itself)
            yield from ((text, certain and isinstance(node, ast.Await)) for text, certain in found)
        return
    names = report.program.names
    kind, uses = names.kind(node), _uses(report, node)
    sure = all(use.sure for use in uses)
    if itself and isinstance(kind, str) and kind.startswith(_LOCKS):
        yield ast.unparse(node), True
    elif itself and _is_unknown(names, node) and not (uses and sure):
        yield ast.unparse(node), False
    entered = _enter(names, kind) if isinstance(kind, ast.ClassDef) else []
    for function in [*(use.function for use in uses), *entered]:
        if isinstance(function, bool):
            yield ast.unparse(node), function
        elif function not in known:
            known.add(function)
            if is_generator(function) or function in entered:
                found = _taken_in(report, function, known)
            else:
                found = _returned(report, function, known, itself=itself)
            for text, certain in found:
                yield text, certain and sure


def _enter(names: Names, kind: ast.ClassDef) -> list[Function | bool]:
    """Return the functions that run when an object is entered.

    Without such a function, the list says whether a lock is taken.
    """
    for each in names.mro(kind):
        for bound in names.inner[each].bound.get("__enter__", []):
            value = names.value(bound)
            named = names.bindings(value) if isinstance(value, ast.Name) else [bound]
            found = [one for one in named if isinstance(one, FUNCTIONS)]
            return [*found] if len(found) == len(named) else [False]
    bases = [base for each in names.mro(kind) for base in names.bases(each)]
    if any(str(each).startswith(_LOCKS) for each in bases):
        return [True]
    return [False] if any(each is None or _is_called_lock(str(each)) for each in bases) else []


def _returned(
    report: ProofReport, function: Function, known: set[Function], *, itself: bool
) -> Iterator[tuple[str, bool]]:
    """Yield the locks that a function returns, or that its return value takes."""
    returned = [each.value for each in own_nodes(function) if isinstance(each, ast.Return)]
    for value in returned:
        for text, certain in _taken(report, value, known, itself=itself) if value else ():
            yield text, certain and len(returned) == 1


def _alternatives(node: ast.expr) -> list[ast.expr]:
    """Return the expressions among which is the value of an expression."""
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    return node.values if isinstance(node, ast.BoolOp) else [getattr(node, "value", node)]


def _uses(report: ProofReport, node: ast.expr) -> list[Use]:
    return uses_at(report.program, node.func) if isinstance(node, ast.Call) else []


def _taken_in(
    report: ProofReport, function: Function, known: set[Function]
) -> Iterator[tuple[str, bool]]:
    """Yield the locks that a function holds when it yields, or still holds when it ends."""
    names = report.program.names
    for node in own_nodes(function):
        if isinstance(node, ast.With | ast.AsyncWith):
            if any(isinstance(each, _YIELDS) for each in _inside(node.body)):
                for item in node.items:
                    itself = _is_plain(report.pairs, node, item)
                    yield from _taken(report, item.context_expr, known, itself=itself)
        elif isinstance(node, ast.Call) and node not in report.pairs.awaited:
            taken = _receiver(node)
            if taken is not None:
                yield ast.unparse(taken), str(names.kind(taken)).startswith(_LOCKS)


def _receiver(call: ast.Call) -> ast.expr | None:
    """Return the object whose lock a call takes, or None."""
    func = call.func
    return func.value if isinstance(func, ast.Attribute) and func.attr in _TAKES else None


def _is_unknown(names: Names, node: ast.expr) -> bool:
    """Return whether an object that is entered may be a lock, because its class is unknown."""
    kind, full = names.kind(node), names.dotted(node)
    if kind is not None and (kind != full or str(full).startswith("builtins.")):
        return _is_called_lock(str(kind))
    if kind is None and _is_file(names, node):
        return False
    named = isinstance(node, ast.Name | ast.Attribute | ast.Subscript)
    made = isinstance(node, ast.Call) and names.dotted(node.func) is None
    return named or made or "lock" in ast.unparse(node).lower()


def _is_called_lock(kind: str) -> bool:
    """Return whether a class of another package is a lock, judged by its name."""
    return "lock" in kind.lower() and not is_standard(kind)


def _is_file(names: Names, node: ast.expr) -> bool:
    """Return whether all values of a local variable are files, on disk or in memory."""
    slot = names.slot(node) if isinstance(node, ast.Name) else None
    if slot is None or not isinstance(slot[0], FUNCTIONS):
        return False
    made = [each.func if isinstance(each, ast.Call) else None for each in names.values(slot)]
    full = [(names.dotted(each) or "") if each else "" for each in made]
    return bool(full) and all(MADE_BY.get(e, e) in {_OPEN, *IN_MEMORY} for e in full)


def _acquired(report: ProofReport, node: ast.Call) -> None:
    """Check a call that takes a lock in a function that waits or that a waiting function calls."""
    names, text = report.program.names, ast.unparse(node)
    if not _may_take(names, node):
        return
    owner = names.function_of(node)
    waiting = {names.function_of(each) for each in report.waits}
    if owner not in report.coroutines or owner not in waiting:
        taken = _receiver(node) is not None and owner is not None and not _releases(owner)
        if taken and _callers(report, owner) & waiting:
            report.ask(node, f"{text}: a lock may be held while a task waits")
        return
    full = names.dotted(node.func) or ""
    entered = isinstance(node.func, ast.Attribute) and node.func.attr == "enter_context"
    given = node.args[:1] if entered else []
    found = [each for one in given for each in _taken(report, one, set(), itself=False)]
    if any(sure for _, sure in found) or (full.startswith("threading.") and not entered):
        report.refuse(node, f"{text}: a lock of threads is held")
    elif found or not entered or _is_given_lock(names, node):
        report.ask(node, f"{text}: a lock may be held while a task waits")


def _may_take(names: Names, call: ast.Call) -> bool:
    """Return whether a call may take a thread lock, a file lock, or a lock that is passed to it."""
    taken = _receiver(call)
    attr = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if taken is not None:
        kind = names.kind(taken)
        own = isinstance(kind, ast.ClassDef)
        return not own and (_is_unknown(names, taken) or str(kind).startswith(_LOCKS))
    return (
        attr == "enter_context"
        or names.dotted(call.func) in _FILE_LOCKS
        or _is_given_lock(names, call)
    )


def _is_given_lock(names: Names, call: ast.Call) -> bool:
    kinds = [names.kind(e) for e in call.args if isinstance(e, ast.Name | ast.Attribute)]
    given = any(isinstance(each, str) and each.startswith("threading.") for each in kinds)
    entered = isinstance(call.func, ast.Attribute) and call.func.attr == "enter_context"
    return given or (entered and any(_is_unknown(names, each) for each in call.args))


def _releases(function: Function) -> bool:
    return any(isinstance(e, ast.Attribute) and e.attr == "release" for e in own_nodes(function))


def _callers(report: ProofReport, function: Function | None) -> set[Function | None]:
    """Return a function and all functions that call it, directly or through others."""
    found: list[Function | None] = [function]
    for one in found:
        for use in report.program.uses[one] if one is not None else ():
            caller = report.program.names.function_of(use.node)
            if caller not in found:
                found.append(caller)
    return {*found}
