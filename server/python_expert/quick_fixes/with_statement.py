"""Writes ``with`` in place of ``try`` and a ``finally`` clause that closes a resource."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.quick_fixes.base import FixContext, QuickFix
from python_expert.text.document import Edit, Position, Range, line_length
from python_expert.tools.antipatterns.rules.closed_in_finally import closed_in_finally
from python_expert.tools.antipatterns.syntax import Syntax, nodes_of, stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.source import Source
    from python_expert.diagnostics.finding import Finding
    from python_expert.tools.antipatterns.rules.closed_in_finally import ClosedInFinally

_CODES = ("PE002", "SIM115")
"""Our rule and ruff's, which reports files only."""


def with_statement(context: FixContext, finding: Finding) -> Iterator[QuickFix]:
    """Write ``with``, if no comment would be lost."""
    source = context.source
    if finding.code not in _CODES or source is None or source.masked:
        return
    for each in closed_in_finally(Syntax.of(source.tree, source.text)):
        where = source.range(each.opening)
        if (
            where.start <= finding.range.start < where.end
            and _is_safe(each)
            and (edits := _edits(context, source, each))
        ):
            title = f"Use a `with` statement for `{each.resource}`"
            yield QuickFix(title, edits, (finding,), preferred=True)


def _is_safe(found: ClosedInFinally) -> bool:
    """Return whether the body does not assign to the resource, or to an object that contains it."""
    parts, body = found.resource.split("."), list(nodes_of(found.attempt.body))
    return not any(stored(body, ".".join(parts[:length])) for length in range(1, len(parts) + 1))


def _edits(context: FixContext, source: Source, found: ClosedInFinally) -> tuple[Edit, ...]:
    """Return the edits; empty if comments or statements prevent them."""
    comments, attempt = context.comments, found.attempt
    opening, body = source.range(found.opening), attempt.body
    start, last = source.range(attempt), source.range(body[-1])
    colon = Position(start.start.line, start.start.column + len("try:"))
    header = _header(source, found)
    in_the_way = {
        *range(opening.end.line + 1, start.start.line + 1),
        *range(last.end.line + 1, start.end.line + 1),
    }
    if (
        not header
        or comments is None
        or in_the_way & comments.columns.keys()
        or source.lines[colon.line][colon.column - 4 :].strip() != "try:"
        or not _is_alone(source, opening)
        or source.lines[last.end.line][last.end.column :].lstrip()[:1] not in ("", "#")
        or not _is_alone(source, start)
        or body[0].lineno == attempt.lineno
    ):
        return ()
    rest = _line_end(source, opening.end.line)
    return (
        Edit(opening, header),
        Edit(Range(rest, _line_end(source, colon.line)), ""),
        Edit(Range(_line_end(source, last.end.line), start.end), ""),
    )


def _header(source: Source, found: ClosedInFinally) -> str:
    word = "async with" if found.is_async else "with"
    match found.opening:
        case ast.Expr():
            return f"{word} {found.resource}:"
        case ast.Assign(value=value):
            made = source.range(value)
            is_plain = source.range(found.opening).end == made.end  # without parentheses
            return f"{word} {source.slice(made)} as {found.resource}:" if is_plain else ""
    return ""


def _is_alone(source: Source, where: Range) -> bool:
    """Return whether a statement shares its first and last line with no other."""
    before = source.lines[where.start.line][: where.start.column]
    after = source.lines[where.end.line][where.end.column :].lstrip()
    return not before.strip() and after[:1] in ("", "#")


def _line_end(source: Source, line: int) -> Position:
    return Position(line, line_length(source.lines[line]))
