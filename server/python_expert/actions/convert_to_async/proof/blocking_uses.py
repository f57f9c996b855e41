"""Code that may block without a visible call: functions as values, and special methods."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.call_graph import How
from python_expert.analysis.function_bodies import own_nodes
from python_expert.analysis.library import AT_MAKING, BLOCKING
from python_expert.analysis.nodes import FORS, is_special
from python_expert.analysis.scopes import FUNCTIONS, Function
from python_expert.analysis.threads import uses_at
from python_expert.analysis.wrappers import waiting_decorators

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from python_expert.actions.convert_to_async.proof.report import ProofReport

_CLASSES = frozenset({"subprocess.Popen"})
_ELSEWHERE = frozenset({"submit", "run_in_executor", "to_thread", "run_sync", "Thread", "Timer"})
"""Functions, by their last name, that run a function argument in another thread."""
_ALSO = frozenset({"select.select", "os.read", "os.write", "threading.Barrier.wait"})
_WRAPS = frozenset({"functools.partial", "builtins.staticmethod", "functools.partialmethod"})
_ENTERED = frozenset(
    {"threading.Lock", "threading.RLock", "threading.Semaphore", "threading.BoundedSemaphore"}
    | {"threading.Condition", "concurrent.futures.ThreadPoolExecutor"}
    | {"concurrent.futures.ProcessPoolExecutor"}
)
_STORES = frozenset({"setter", "deleter"})
_OF_ATTRIBUTES = frozenset({"__getattr__", "__getattribute__", "__setattr__", "__delattr__"})


class Blocking(NamedTuple):
    """A use that may block.

    Attributes:
        node: The node of the use.
        doing: What the code does with the node, or empty.
        sure: Whether the use certainly blocks where it runs.
    """

    node: ast.AST
    doing: str = ""
    sure: bool = True


def uses(
    report: ProofReport,
    function: Function,
    blockers: AbstractSet[Function],
    listed: AbstractSet[ast.AST],
) -> Iterator[Blocking]:
    """Find uses that may block in a function, except calls that are known to block.

    Args:
        report: The findings.
        function: The function.
        blockers: The functions of the text that block and stay sync.
        listed: The nodes that are already in the report.
    """
    names, args = report.program.names, function.args
    defaults = [each for each in (*args.defaults, *args.kw_defaults) if each is not None]
    nodes = [*own_nodes(function), *(node for each in defaults for node in ast.walk(each))]
    nodes = [each for each in nodes if not _is_settled(report, each, listed)]
    for node in nodes:
        if isinstance(node, ast.withitem) and names.kind(node.context_expr) in _ENTERED:
            if node not in report.pairs.items:
                yield Blocking(node.context_expr, "with ")
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            if any(each.name == node.attr and _is_setter(each) for each in blockers):
                yield Blocking(node, "setting ", sure=False)
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield from _named(report, node, blockers)
    yield from _wrappers(report, function, blockers)
    yield from _special(report, nodes, blockers)


def _wrappers(
    report: ProofReport, function: Function, blockers: AbstractSet[Function]
) -> Iterator[Blocking]:
    """Yield decorators whose functions block, unless they now await the function."""
    names, waiting = report.program.names, waiting_decorators(report.program)
    for decorator in function.decorator_list:
        named = decorator.func if isinstance(decorator, ast.Call) else decorator
        for maker in names.bindings(named) if isinstance(named, ast.Name) else ():
            blocks = any(isinstance(e, FUNCTIONS) and e in blockers for e in ast.walk(maker))
            if blocks and waiting.get(decorator) not in report.pairs.functions:
                yield Blocking(decorator)


def _named(
    report: ProofReport, node: ast.Name | ast.Attribute, blockers: AbstractSet[Function]
) -> Iterator[Blocking]:
    """Yield uses of a name whose value may block, except calls."""
    names, parent = report.program.names, report.program.names.parents[node]
    called = isinstance(parent, ast.Call) and parent.func is node
    full = names.dotted(node) or ""
    whole = parent if called else node
    if called and getattr(node, "attr", "") == "result" and report.mentions({"futures"}):
        yield Blocking(whole, sure=False)
    if full in _ALSO or (full in BLOCKING - _CLASSES and not called):
        yield Blocking(whole)
    elif (slot := names.slot(node)) and any(
        _holds(report, each, blockers) for each in names.values(slot) if each is not None
    ):
        yield Blocking(whole, sure=called)
    elif not called or not report.program.blocks(parent):  # type: ignore[arg-type]  # a call
        for use in uses_at(report.program, node):
            plain = use.how is How.CALL or isinstance(parent, ast.Attribute)
            if use.function in blockers and not (use.sure and plain):
                yield Blocking(whole, sure=False)
                return


def _is_settled(report: ProofReport, node: ast.AST, listed: AbstractSet[ast.AST]) -> bool:
    """Return whether a thread runs a node, or a call around it is already in the report."""
    names, pairs = report.program.names, report.pairs
    inner = node
    for outer in (node, *names.around(node)):
        if isinstance(outer, FUNCTIONS):
            return False
        if isinstance(outer, ast.Call):
            last = getattr(outer.func, "attr", getattr(outer.func, "id", ""))
            changed = outer in pairs.replaced or outer in pairs.awaited
            if outer in listed or (changed if outer.func is inner else last in _ELSEWHERE):
                return True
            if outer in pairs.replaced:
                return True
        if outer in pairs.blocks:
            return True
        inner = outer
    return False


def _holds(report: ProofReport, value: ast.AST, blockers: AbstractSet[Function]) -> bool:
    """Return whether a value, or a part of it, blocks when it is called."""
    names, program = report.program.names, report.program
    if isinstance(value, ast.Lambda):
        calls = [each for each in ast.walk(value.body) if isinstance(each, ast.Call)]
        return any(_holds(report, each.func, blockers) for each in calls)
    if isinstance(value, ast.Name | ast.Attribute):
        made = names.class_named(value)
        makers = {made and names.method(made, name) for name in AT_MAKING}
        used = {use.function for use in uses_at(program, value) if use.sure}
        return names.dotted(value) in BLOCKING - _CLASSES or not blockers.isdisjoint(used | makers)
    parts: list[ast.expr | None] = []
    if isinstance(value, ast.Dict):
        parts += value.values
    elif isinstance(value, ast.List | ast.Tuple | ast.Set):
        parts += value.elts
    elif isinstance(value, (*FORS, ast.comprehension)):
        parts.append(value.iter)
    elif isinstance(value, ast.Call) and names.dotted(value.func) in _WRAPS:
        parts += value.args[:1]
    return any(each is not None and _holds(report, each, blockers) for each in parts)


def _is_setter(function: Function) -> bool:
    return any(getattr(each, "attr", "") in _STORES for each in function.decorator_list)


def _special(
    report: ProofReport, nodes: list[ast.AST], blockers: AbstractSet[Function]
) -> Iterator[Blocking]:
    """Yield objects of classes whose special methods block.

    Python may call these methods.
    """
    program, names = report.program, report.program.names
    special = [each for each in blockers if is_special(each.name) and each.name not in AT_MAKING]
    for method in special:
        owner = names.class_of(method)
        known = [use.node for use in program.uses[method] if use.sure]
        if owner is None or any(each in nodes for each in known):
            continue
        for node in nodes:
            kinds = [
                names.kind(node),
                *(names.bases(node) if isinstance(node, ast.ClassDef) else []),
            ]
            around = names.parents[node]
            base = isinstance(around, ast.Attribute) and around.value is node
            named = names.class_named(node) is not None
            if named or base != (method.name in _OF_ATTRIBUTES):
                continue
            if any(kind in program.relatives(owner) for kind in kinds):
                yield Blocking(node, f"{program.name(method)} of ", sure=False)
                break
