"""What may go wrong in a program that was converted to async, apart from what is awaited."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.rewrites.to_async.program import is_generator, own_nodes

if TYPE_CHECKING:
    from python_expert.gate.async_report import Report
    from python_expert.rewrites.to_async.names import Names
    from python_expert.rewrites.to_async.scopes import Function


def locks(report: Report) -> None:
    """No thread waits for a lock that is held while a task waits."""
    names, pairs = report.program.names, report.pairs
    new = {*pairs.awaited, *pairs.replaced, *pairs.items, *pairs.loops}
    for node in ast.walk(names.tree):
        if isinstance(node, ast.With):
            inside = {each for part in node.body for each in ast.walk(part)}
            if not new & inside:
                continue
            for item in node.items:
                if item in pairs.items:
                    continue
                kind, text = names.kind(item.context_expr), ast.unparse(item.context_expr)
                if isinstance(kind, str) and kind.startswith(("threading.", "multiprocessing.")):
                    report.refuse(item.context_expr, f"{text} is held while a task waits")
                elif kind is None and "lock" in text.lower():
                    report.ask(item.context_expr, f"{text} may be a lock of threads")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            full = names.dotted(node.func) or ""
            owner = names.function_of(node)
            held = full.startswith("threading.") and full.endswith(".acquire")
            waits = any(names.function_of(each) is owner for each in new)
            if held and owner in report.coroutines and waits and node not in pairs.awaited:
                report.refuse(node, f"{ast.unparse(node)}: a lock of threads is held")


def readers(report: Report) -> None:
    """Loops that read line by line read files, and forget the last line."""
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
            report.refuse(loop, f"{ast.unparse(loop.iter)} is bound anew within the loop")
        elif any(
            isinstance(each, ast.Name)
            and each.id == getattr(target, "id", "")
            and each not in inside
            for each in ast.walk(owner)
        ):
            report.refuse(loop, f"{ast.unparse(target)} is used after the loop")


def stops(report: Report, function: Function) -> None:
    """``StopIteration`` and ``KeyboardInterrupt`` do not pass through a coroutine as they were."""
    names, pairs, name = report.program.names, report.pairs, report.program.name(function)
    for node in own_nodes(function):
        if isinstance(node, ast.Name) and names.dotted(node) == "builtins.KeyboardInterrupt":
            if not isinstance(names.parents[node], ast.Raise | ast.Call):
                text = "Ctrl-C arrives as asyncio.CancelledError where"
                report.ask(node, f"{text} {name} catches KeyboardInterrupt")
        elif is_generator(function):
            continue
        elif isinstance(node, ast.Raise) and _raises(names, node):
            twin = pairs.twin.get(node)
            if not isinstance(twin, ast.Raise) or _raises(pairs.new, twin):
                report.refuse(node, f"{name}: StopIteration cannot leave a coroutine")
        elif isinstance(node, ast.Call) and _advances(names, node):
            report.ask(
                node,
                f"{name}: if this raises StopIteration, a coroutine turns it into RuntimeError",
            )


def _raises(names: Names, node: ast.Raise) -> bool:
    error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return error is not None and names.dotted(error) == "builtins.StopIteration"


def _advances(names: Names, call: ast.Call) -> bool:
    """Whether a call may raise ``StopIteration`` that nothing around it catches."""
    plain = names.dotted(call.func) == "builtins.next" and len(call.args) == 1
    special = isinstance(call.func, ast.Attribute) and call.func.attr == "__next__"
    inner: ast.AST = call
    for outer in names.around(call):
        if isinstance(outer, ast.Try) and outer.handlers and inner in outer.body:
            return False
        inner = outer
    return plain or special
