"""Matches the statements and expressions that a conversion writes in another form."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.replacements import THREAD

if TYPE_CHECKING:
    from python_expert.actions.convert_to_async.proof.ast_match import Pairs
    from python_expert.analysis.scopes import Function


def skip_name(pairs: Pairs, old: Function, new: Function) -> None:
    """Exclude the name of a renamed function from the comparison of tokens."""
    for source, node, spans in (
        (pairs.before, old, pairs.skipped),
        (pairs.after, new, pairs.written),
    ):
        start = source.position(node.lineno, node.col_offset)
        end = source.range(node.body[0]).start
        words = (
            (token.start, token.end)
            for token in source.tokens
            if token.string == node.name and (token.start[0] - 1, token.start[1]) >= start
        )
        _, last = next(words)
        spans.append((start, end._replace(line=last[0] - 1, column=last[1])))


def block(pairs: Pairs, old: ast.With, new: ast.AsyncWith) -> None:
    """Match a ``with`` that became ``async with``."""
    pairs.items += old.items
    pairs.fields(old, new)


def loop(pairs: Pairs, old: ast.For, new: ast.AsyncFor) -> None:
    """Match a ``for`` that became ``async for``."""
    pairs.loops.append(old)
    pairs.fields(old, new)


def comprehension(pairs: Pairs, old: ast.comprehension, new: ast.comprehension) -> None:
    """Match a part of a comprehension that may have become asynchronous."""
    if new.is_async and not old.is_async:
        pairs.loops.append(old)
    elif old.is_async != new.is_async:
        pairs.differ(old.iter, new.iter)
    pairs.fields(old, new, "is_async")


def annotation(pairs: Pairs, old: ast.AnnAssign, new: ast.AnnAssign) -> None:
    """Match an annotation, which must name the class of the new object if that was exchanged."""
    pairs.fields(old, new, "annotation")
    one, other = old.annotation, new.annotation
    if isinstance(one, ast.Subscript) and isinstance(other, ast.Subscript):
        pairs.pair(one.slice, other.slice)
        one, other = one.value, other.value
    swap = pairs.makers.get(old.value) if isinstance(old.value, ast.Call) else None
    if swap and isinstance(old.value, ast.Call):
        made = pairs.old.dotted(old.value.func)
        if pairs.old.dotted(one) == made and pairs.new.dotted(other) == swap.constructor:
            pairs.rewrote(one, other)
            return
    pairs.pair(one, other)


def raising(pairs: Pairs, old: ast.Raise, new: ast.Raise) -> None:
    """Match ``raise StopIteration`` in ``__next__`` with ``raise StopAsyncIteration``."""
    one = old.exc.func if isinstance(old.exc, ast.Call) else old.exc
    other = new.exc.func if isinstance(new.exc, ast.Call) else new.exc
    function = pairs.old.function_of(old)
    if (
        one is not None
        and other is not None
        and type(old.exc) is type(new.exc)
        and function is not None
        and function in pairs.renamed
        and function.name == "__next__"
        and pairs.old.dotted(one) == "builtins.StopIteration"
        and pairs.new.dotted(other) == "builtins.StopAsyncIteration"
    ):
        pairs.rewrote(one, other)
        if isinstance(old.exc, ast.Call) and isinstance(new.exc, ast.Call):
            pairs.fields(old.exc, new.exc, "func")
        pairs.fields(old, new, "exc")
    else:
        pairs.fields(old, new)


def delegation(pairs: Pairs, old: ast.Expr, new: ast.For | ast.AsyncFor) -> None:
    """Match ``yield from x`` with ``for item in x: yield item``."""
    [first, *more] = new.body
    value = first.value if not more and isinstance(first, ast.Expr) else None
    if not (
        isinstance(old.value, ast.YieldFrom)
        and pairs.old.function_of(old) in pairs.functions
        and isinstance(new.target, ast.Name)
        and new.target.id not in pairs.before.words
        and isinstance(value, ast.Yield)
        and isinstance(value.value, ast.Name)
        and value.value.id == new.target.id
        and not new.orelse
    ):
        pairs.differ(old, new)
    if isinstance(new, ast.AsyncFor):
        pairs.consumed.append(old.value.value)
    pairs.counterpart[old.value] = new
    pairs.moved(old, old.value.value, new, new.iter)


def reader(pairs: Pairs, old: ast.For, new: ast.While) -> None:
    """Match ``for line in file`` with ``while line := await to_thread(file.readline)``."""
    test = new.test
    call = (
        test.value.value
        if isinstance(test, ast.NamedExpr) and isinstance(test.value, ast.Await)
        else None
    )
    if not (
        isinstance(test, ast.NamedExpr)
        and isinstance(call, ast.Call)
        and isinstance(old.target, ast.Name)
        and test.target.id == old.target.id
        and pairs.new.dotted(call.func) == THREAD
        and len(call.args) == 1
        and not call.keywords
        and isinstance(call.args[0], ast.Attribute)
        and call.args[0].attr == "readline"
        and isinstance(old.iter, ast.Name)
    ):
        pairs.differ(old, new)
    pairs.readers.append(old)
    for source, node, spans in (
        (pairs.before, old, pairs.skipped),
        (pairs.after, new, pairs.written),
    ):
        head = source.range(old.iter if node is old else call)
        spans.append((source.range(node).start, head.end))
    pairs.pair(old.iter, call.args[0].value)
    pairs.statements(old.body, new.body)
    pairs.statements(old.orelse, new.orelse)


def f_string(pairs: Pairs, old: ast.JoinedStr, new: ast.JoinedStr) -> None:
    """Match an f-string.

    It is one token before Python 3.12, so a changed f-string counts as rewritten.
    """
    counts = len(pairs.skipped), len(pairs.written)
    known = len(pairs.awaited) + len(pairs.ran) + len(pairs.replaced) + len(pairs.makers)
    pairs.fields(old, new)
    if known != len(pairs.awaited) + len(pairs.ran) + len(pairs.replaced) + len(pairs.makers):
        del pairs.skipped[counts[0] :], pairs.written[counts[1] :]
        pairs.rewrote(old, new)


def listing(pairs: Pairs, old: ast.Call, new: ast.ListComp) -> None:
    """Match ``list(x)`` with ``[item async for item in x]``."""
    loop = new.generators[0]
    if not (
        len(old.args) == 1
        and not old.keywords
        and len(new.generators) == 1
        and loop.is_async
        and not loop.ifs
        and isinstance(loop.target, ast.Name)
        and isinstance(new.elt, ast.Name)
        and new.elt.id == loop.target.id
        and loop.target.id not in pairs.before.words
    ):
        pairs.differ(old, new)
    pairs.consumed.append(old.args[0])
    pairs.moved(old, old.args[0], new, loop.iter)
