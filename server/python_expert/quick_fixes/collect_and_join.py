"""Collects the parts of a string that a loop builds with ``+=``, and joins them after the loop."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.quick_fixes.base import FixContext, QuickFix
from python_expert.text.document import Edit, Position, Range, line_length
from python_expert.tools.antipatterns.rules.string_concatenation import concatenations
from python_expert.tools.antipatterns.strings import is_string
from python_expert.tools.antipatterns.syntax import Syntax, nodes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.source import Source
    from python_expert.diagnostics.finding import Finding
    from python_expert.tools.antipatterns.rules.string_concatenation import Concatenation


def collect_and_join(context: FixContext, finding: Finding) -> Iterator[QuickFix]:
    """Collect the parts, if all are certainly strings and nothing could see a half-built one."""
    source = context.source
    if finding.code != "PE001" or source is None or source.masked:
        return
    syntax = Syntax.of(source.tree, source.text)
    line = finding.range.start.line + 1
    for each in concatenations(syntax):
        parts = f"{each.name}_parts"
        if each.steps[0].lineno == line and parts not in source.words and _is_safe(syntax, each):
            edits = tuple(sorted(_edits(source, syntax, each, parts), key=lambda edit: edit.range))
            title = f"Collect the parts of `{each.name}` and join them after the loop"
            yield QuickFix(title, edits, (finding,), preferred=True)


def _is_safe(syntax: Syntax, found: Concatenation) -> bool:
    """Whether the result is the same, and no code can see the difference before."""
    if not found.is_local:
        return False
    # Where an exception is caught, the string up to there could be used.
    around = [*syntax.around(found.loop), *nodes_of([found.loop])]
    if any(isinstance(node, (ast.Try, ast.TryStar, ast.With, ast.AsyncWith)) for node in around):
        return False
    # Patterns, handlers and imports bind names without a node for each.
    if any(
        found.name in (getattr(node, "name", ""), getattr(node, "asname", ""))
        for node in nodes_of([found.loop])
    ):
        return False
    # `locals()` and what is evaluated see every variable.
    if any(
        isinstance(node, ast.Name) and node.id in ("locals", "vars", "eval", "exec", "dir")
        for node in nodes_of([found.loop])
    ):
        return False
    return not found.loop.orelse and all(
        is_string(syntax, syntax.function(found.loop), each.value) for each in found.steps
    )


def _edits(source: Source, syntax: Syntax, found: Concatenation, parts: str) -> Iterator[Edit]:
    yield from _begun(source, syntax, found, parts)
    for step in found.steps:
        where = source.range(step)
        target = source.range(step.target)
        value = _after_operator(source, target.end)
        yield Edit(Range(where.start, value), f"{parts}.append(")
        yield Edit(Range(where.end, where.end), ")")
    end = source.range(found.loop).end
    at = Position(end.line, line_length(source.lines[end.line]))
    indent = source.lines[found.loop.lineno - 1][: found.loop.col_offset]
    yield Edit(Range(at, at), f'{source.newline}{indent}{found.name} = "".join({parts})')


def _begun(source: Source, syntax: Syntax, found: Concatenation, parts: str) -> Iterator[Edit]:
    """The list, in place of the string if nothing uses that before the loop."""
    loop = source.range(found.loop).start
    is_next = syntax.before(found.loop)[-1:] == [found.start]
    value = found.start.value
    if is_next and isinstance(found.start, ast.Assign) and value is not None:
        is_empty = isinstance(value, ast.Constant) and not value.value
        where = source.range(found.start)
        if is_empty:
            yield Edit(where, f"{parts}: list[str] = []")
        else:
            yield Edit(where, f"{parts} = [{source.slice(source.range(value))}]")
    else:
        indent = source.lines[loop.line][: loop.column]
        yield Edit(Range(loop, loop), f"{parts} = [{found.name}]{source.newline}{indent}")


def _after_operator(source: Source, place: Position) -> Position:
    """Where the value begins after the ``+=`` that follows a target, with its parentheses."""
    for token in source.tokens_from(place):
        if token.string == "+=":
            line, column = token.end
            text = source.lines[line - 1]
            return Position(line - 1, column + len(text[column:]) - len(text[column:].lstrip(" ")))
    raise AssertionError("a statement with += has the operator")
