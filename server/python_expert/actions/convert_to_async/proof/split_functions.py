"""Checks cached functions with a new name, and the coroutines that run them in a thread.

``@cache def load(): ...`` may have become ``@cache def _load_cached(): ...`` and ``async def
load(): return await asyncio.to_thread(_load_cached)``.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.proof.report import several
from python_expert.actions.convert_to_async.proof.statement_patterns import skip_name
from python_expert.actions.convert_to_async.proof.thread_calls import catches_interrupt
from python_expert.actions.convert_to_async.replacements import THREAD
from python_expert.analysis.cached_functions import (
    cache_uses,
    cached_name,
    call_of,
    docstring_of,
    why_not_split,
)
from python_expert.analysis.library import CACHE_METHODS
from python_expert.analysis.nodes import type_parameters
from python_expert.analysis.shared_state import shared_state
from python_expert.analysis.thread_calls import unknown_calls
from python_expert.analysis.threads import reached
from python_expert.text.parsing import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.actions.convert_to_async.proof.ast_match import Pairs
    from python_expert.actions.convert_to_async.proof.report import ProofReport


def is_split(old: ast.stmt, new: Sequence[ast.stmt], at: int) -> bool:
    """Return whether two statements are a renamed function and a coroutine with its old name."""
    inner, outer = new[at], new[at + 1] if at + 1 < len(new) else None
    return (
        isinstance(old, ast.FunctionDef)
        and isinstance(inner, ast.FunctionDef)
        and isinstance(outer, ast.AsyncFunctionDef)
        and inner.name != old.name == outer.name
    )


def match(pairs: Pairs, old: ast.stmt, inner: ast.stmt, outer: ast.stmt) -> None:
    """Match a function with the two functions that it became."""
    if (
        not isinstance(old, ast.FunctionDef)
        or not isinstance(inner, ast.FunctionDef)
        or not isinstance(outer, ast.AsyncFunctionDef)
        or inner.name != cached_name(old)
    ):
        pairs.differ(old, inner)
    pairs.counterpart[old] = inner
    skip_name(pairs, old, inner)
    moved = _moved(pairs, old, outer)
    pairs.fields(old, inner, "name", *(["body"] if moved else []))
    if moved:
        pairs.statements(old.body[1:], inner.body)
        pairs.skipped.append(pairs.before.range(old.body[0]))
    if type_parameters(old) or outer.decorator_list or type_parameters(outer):
        pairs.differ(old, outer)
    thread = ast.unparse(_thread(pairs, outer))
    wanted = syntax_tree(
        f"async def {old.name}(): return await {thread}({call_of(pairs.old, old)})"
    )
    [copy] = wanted.body
    assert isinstance(copy, ast.AsyncFunctionDef)  # noqa: S101  # nosec B101 - matched above
    copy.args, copy.returns = old.args, old.returns
    copy.body[:0] = old.body[:1] if moved else []
    if ast.dump(copy) != ast.dump(outer):
        pairs.differ(old, outer)
    pairs.split[old] = inner.name
    pairs.written.append(pairs.after.range(outer))


def _moved(pairs: Pairs, old: ast.FunctionDef, outer: ast.AsyncFunctionDef) -> bool:
    """Return whether the docstring of a function moved to the coroutine."""
    one, other = docstring_of(old), docstring_of(outer)
    if other is None:
        return False
    if one is None or ast.dump(one) != ast.dump(other):
        pairs.fail(outer, f"{outer.name} has another docstring")
    return True


def _thread(pairs: Pairs, outer: ast.AsyncFunctionDef) -> ast.expr:
    """Return the expression by which a coroutine names ``asyncio.to_thread``."""
    [only, *more] = outer.body[docstring_of(outer) is not None :]
    awaited = only.value if isinstance(only, ast.Return) else None
    call = awaited.value if isinstance(awaited, ast.Await) else None
    if more or not isinstance(call, ast.Call) or pairs.new.dotted(call.func) != THREAD:
        pairs.fail(outer, f"{outer.name} does not run the old function in a thread")
    return call.func


def named(pairs: Pairs, old: ast.Attribute, new: ast.Attribute) -> None:
    """Match an attribute; ``f.cache_clear`` may name the function by its new name."""
    one, other = old.value, new.value
    if old.attr in CACHE_METHODS and new.attr == old.attr:
        for kind, field in ((ast.Name, "id"), (ast.Attribute, "attr")):
            if isinstance(one, kind) and isinstance(other, kind):
                before, after = getattr(one, field), getattr(other, field)
                if before != after:
                    pairs.fields(one, other, field)
                    _skip(pairs, one, before, other, after)
                    pairs.cache_names[one] = after
                    return
    pairs.fields(old, new)


def _skip(pairs: Pairs, old: ast.expr, was: str, new: ast.expr, now: str) -> None:
    for source, node, name, spans in (
        (pairs.before, old, was, pairs.skipped),
        (pairs.after, new, now, pairs.written),
    ):
        _, end = source.range(node)
        spans.append((end._replace(column=end.column - len(name)), end))


def check(report: ProofReport) -> None:
    """Check that only cached functions that are safe in a thread are split, and all uses follow."""
    pairs, program = report.pairs, report.program
    for function, name in pairs.split.items():
        text = program.name(function)
        if why := why_not_split(program, function):
            report.refuse(function, f"{text} cannot be run by a thread for a coroutine: {why}")
        if name in pairs.before.words:
            report.refuse(function, f"{name} is already used in this text")
        for use in cache_uses(program, function) or ():
            holder = program.names.parents[use]
            if isinstance(holder, ast.Attribute) and holder.attr == "cache_clear":
                question = (
                    f"{text} keeps its result also if its cache is cleared while a thread runs it"
                )
                report.ask(use, question)
            if pairs.cache_names.pop(use, "") != name:
                report.refuse(use, f"{ast.unparse(use)} no longer has a cache")
        _ask(report, function)
    for node, name in pairs.cache_names.items():
        report.refuse(node, f"{ast.unparse(node)} is not {name}")


def _ask(report: ProofReport, function: ast.FunctionDef) -> None:
    program, text = report.program, report.program.name(function)
    for each in reached(program, [function]):
        if each in report.coroutines and each is not function:
            report.refuse(function, f"a thread would call {program.name(each)}, which is async")
        if any(catches_interrupt(program.names, node) for node in ast.walk(each)):
            report.ask(function, f"Ctrl-C does not reach threads: {program.name(each)} catches it")
    if others := unknown_calls(program, [function]):
        report.ask(function, f"{several(others)} called in another thread")
    used = [each.text for each in shared_state(program).used_by(function) if each.changes]
    shared = f", nor use {', '.join(dict.fromkeys(used))}," if used else ""
    report.ask(
        function,
        f"{text} runs in another thread: other tasks must not change what it uses{shared}"
        " meanwhile; two tasks that call it at once may both run it, before the result is cached",
    )
