"""Collects the parts of a string that a loop builds with ``+=``, and joins them after the loop."""

from __future__ import annotations

import ast
from itertools import count
from typing import TYPE_CHECKING

from python_expert.analysis.source import words
from python_expert.quick_fixes.base import FixContext, QuickFix
from python_expert.text.document import Edit, Position, Range, line_length
from python_expert.tools.antipatterns.rules.string_concatenation import additions, concatenations
from python_expert.tools.antipatterns.strings import is_string
from python_expert.tools.antipatterns.syntax import Syntax, nodes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.source import Source
    from python_expert.diagnostics.finding import Finding
    from python_expert.tools.antipatterns.rules.string_concatenation import Concatenation


def collect_and_join(context: FixContext, finding: Finding) -> Iterator[QuickFix]:
    """Collect the parts, if all are certainly strings and no code can see a partial string."""
    source = context.source
    if finding.code != "PE001" or source is None or source.masked:
        return
    syntax = Syntax.of(source.tree, source.text)
    line = finding.range.start.line + 1
    for each in concatenations(syntax):
        if each.steps[0].lineno == line and _is_safe(syntax, each):
            parts = _parts_name(source, syntax, each)
            edits = tuple(sorted(_edits(source, syntax, each, parts), key=lambda edit: edit.range))
            title = f"Collect the parts of `{each.name}` and join them after the loop"
            yield QuickFix(title, edits, (finding,), preferred=True)


def _parts_name(source: Source, syntax: Syntax, found: Concatenation) -> str:
    """Return the name of the list, which does not occur anywhere in the function."""
    function = syntax.function(found.loop)
    lines = source.lines[function.lineno - 1 : function.end_lineno] if function else source.lines
    taken = words("".join(lines))
    names = (f"{found.name}_parts" + (f"_{number}" if number > 1 else "") for number in count(1))
    return next(name for name in names if name not in taken)


def _is_safe(syntax: Syntax, found: Concatenation) -> bool:
    """Return whether the result is the same, and no code can observe a difference."""
    function = syntax.function(found.loop)
    if not found.is_local or function is None:
        return False
    # If an exception is caught, the partial string could be used.
    around = [*syntax.around(found.loop), *nodes_of([found.loop])]
    if any(isinstance(node, (ast.Try, ast.TryStar, ast.With, ast.AsyncWith)) for node in around):
        return False
    # Patterns, handlers and imports bind names without a separate node.
    if any(
        found.name in (getattr(node, "name", ""), getattr(node, "asname", ""))
        for node in nodes_of([found.loop])
    ):
        return False
    # `locals()` and evaluated code see every variable.
    if any(
        isinstance(node, ast.Name) and node.id in ("locals", "vars", "eval", "exec", "dir")
        for node in nodes_of([function])
    ):
        return False
    before = syntax.before(found.loop)
    added = additions(before[before.index(found.start) :], found.name)
    return not found.loop.orelse and all(
        is_string(syntax, function, each.value) for each in (*added, *found.steps)
    )


def _edits(source: Source, syntax: Syntax, found: Concatenation, parts: str) -> Iterator[Edit]:
    yield from _begun(source, syntax, found, parts)
    for step in found.steps:
        where = source.range(step)
        target = source.range(step.target)
        value = _after_operator(source, target.end)
        yield Edit(Range(where.start, value), f"{parts}.append(")
        yield Edit(Range(where.end, where.end), ")")
    block = syntax.block(found.loop)
    match block[block.index(found.loop) + 1 :]:
        case [ast.Return(value=ast.Name(id=name) as result), *_] if name == found.name:
            yield Edit(source.range(result), f'"".join({parts})')
            return
    end = source.range(found.loop).end
    at = Position(end.line, line_length(source.lines[end.line]))
    indent = source.lines[found.loop.lineno - 1][: found.loop.col_offset]
    yield Edit(Range(at, at), f'{source.newline}{indent}{found.name} = "".join({parts})')


def _begun(source: Source, syntax: Syntax, found: Concatenation, parts: str) -> Iterator[Edit]:
    """Yield the list's definition, in place of the string's if no code before the loop uses it."""
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
    """Return the start of the value after a target's ``+=``, including its parentheses."""
    for token in source.tokens_from(place):
        if token.string == "+=":
            line, column = token.end
            text = source.lines[line - 1]
            return Position(line - 1, column + len(text[column:]) - len(text[column:].lstrip(" ")))
    raise AssertionError("a statement with += has the operator")
