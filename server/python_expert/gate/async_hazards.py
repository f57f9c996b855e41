"""What may go wrong in a program that was converted to async, apart from what is awaited."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from python_expert.gate.verdict import Reason
from python_expert.rewrites.to_async.program import obstacle, own_nodes
from python_expert.snapshot import split_lines

if TYPE_CHECKING:
    from python_expert.gate.async_report import Report
    from python_expert.rewrites.to_async.scopes import Function

_BY_NAME = frozenset({"getattr", "hasattr", "setattr", "methodcaller", "attrgetter", "delattr"})


def loops(report: Report, function: Function) -> None:
    """Ask about loops over what may be an object that no longer can be looped over."""
    names = report.program.names
    for node in ast.walk(names.tree):
        if isinstance(node, ast.For | ast.comprehension) and node not in report.pairs.loops:
            plain = isinstance(node.iter, ast.Name | ast.Attribute)
            if plain and names.kind(node.iter) is None:
                text = ast.unparse(node.iter)
                report.ask(node.iter, f"{text} may have {report.program.name(function)}")


def leaving(report: Report, function: Function) -> None:
    """Ask where a loop may leave a generator that has to clean up."""
    names = report.program.names
    guarded = any(
        isinstance(node, ast.Yield | ast.YieldFrom)
        and any(isinstance(each, ast.Try | ast.With) for each in names.around(node))
        for node in own_nodes(function)
    )
    if not guarded or report.is_context(function):
        return
    for use in report.program.uses[function]:
        loop = names.parents[names.parents[use.node]]
        if isinstance(loop, ast.For) and any(
            isinstance(each, ast.Break | ast.Return) for each in ast.walk(loop)
        ):
            text = f"a loop over {report.program.name(function)} may end early; what the"
            report.ask(loop, f"{text} generator does at its end may then happen later")


def runs(report: Report) -> None:
    """``asyncio.run`` stands only where no event loop can be running."""
    names = report.program.names
    for call in report.pairs.ran:
        owner, why = names.function_of(call), obstacle(names, call)
        if why:
            report.refuse(call, f"asyncio.run stands in {why}")
        if owner is None:
            continue
        callers, name = [owner], report.program.name(owner)
        for one in callers:
            if one in report.coroutines or isinstance(one, ast.AsyncFunctionDef):
                report.refuse(call, f"{name} calls asyncio.run, but may run in an event loop")
                break
            for use in report.program.uses[one]:
                caller = names.function_of(use.node)
                if caller is not None and caller not in callers:
                    callers.append(caller)
        else:
            report.ask(call, f"{name} starts an event loop of its own")


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
                if isinstance(kind, str) and kind.startswith("threading."):
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


def words(report: Report) -> None:
    """Functions may be looked up by their names, and names bound anew."""
    names = report.program.names
    known = {each.name for each in report.coroutines}
    for line in report.pairs.before.masked:
        text = split_lines(report.pairs.before.text)[line]
        for name in sorted(known & set(re.findall(r"\w+", text))):
            report.confirm.append(Reason(f"{name} stands in what does not parse", line))
    for node in ast.walk(names.tree):
        if isinstance(node, ast.ImportFrom) and known and node.names[0].name == "*":
            report.ask(node, f"any name may come from {node.module}")
        elif isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            if node.attr in known and not isinstance(names.kind(node.value), str):
                report.refuse(node, f"{ast.unparse(node)} is bound anew")
        else:
            for word in _looked_up(node):
                if isinstance(word, ast.Constant) and word.value in known:
                    report.refuse(node, f"{word.value} is looked up by its name, not awaited")


def _looked_up(node: ast.AST) -> list[ast.expr]:
    """The expressions by which a node looks something up."""
    if isinstance(node, ast.Call):
        func = node.func
        called = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        return node.args if called in _BY_NAME else []
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Call):
        return [node.slice]
    return []


def readers(report: Report) -> None:
    """Loops that read line by line read files, and forget the last line."""
    names = report.program.names
    for loop in report.pairs.readers:
        target, owner = loop.target, names.function_of(loop)
        inside = {each for part in loop.body for each in ast.walk(part)} | {target}
        if names.kind(loop.iter) != "builtins.open" or owner is None:
            report.refuse(loop, f"{ast.unparse(loop.iter)} cannot be shown to be a file")
        elif any(
            isinstance(each, ast.Name)
            and each.id == getattr(target, "id", "")
            and each not in inside
            for each in ast.walk(owner)
        ):
            report.refuse(loop, f"{ast.unparse(target)} is used after the loop")
