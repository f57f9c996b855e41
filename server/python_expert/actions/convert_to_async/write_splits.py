"""Writes coroutines that run a cached function in a thread, and renames that function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.objects import RefusedError
from python_expert.actions.convert_to_async.replacements import THREAD
from python_expert.analysis.cached_functions import cache_uses, cached_name, call_of, docstring_of
from python_expert.text.document import Position, Range

if TYPE_CHECKING:
    from python_expert.actions.convert_to_async.edits import Editor
    from python_expert.actions.convert_to_async.imports import Imports
    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.scopes import Function

_OPEN = frozenset("([{")
_CLOSE = frozenset(")]}")


def write_split(program: Program, function: Function, editor: Editor, imports: Imports) -> None:
    """Rename a cached function, and write a coroutine with its name and docstring after it.

    Raises:
        RefusedError: The function cannot be edited safely.
    """
    source, name = program.source, cached_name(function)
    start = source.position(function.lineno, function.col_offset)
    end = source.range(function).end
    indent = source.lines[start.line][: start.column]
    shared = source.lines[end.line][end.column :].lstrip()[:1] == ";"
    if indent.strip() or shared or not editor.is_free(name):
        raise RefusedError(
            f"line {function.lineno}: {function.name} is not alone on its lines, or {name} is taken"
        )
    editor.take(name)
    editor.replace(editor.token(function.name, start), name)
    for use in cache_uses(program, function) or ():
        last = source.range(use).end
        first = last._replace(column=last.column - len(function.name))
        editor.replace(Range(first, last), name)
    head = _head(program, function, start)
    step = "\t" if "\t" in indent else "    "
    newline = source.newline
    gap = newline * (1 if indent else 2)
    thread = imports.name_for(THREAD)
    call = f"return await {thread}({call_of(program.names, function)})"
    documentation = _taken_out(program, function, editor)
    inner = f"{newline}{indent}{step}{documentation}" if documentation else ""
    text = f"{gap}{newline}{indent}async {head}{inner}{newline}{indent}{step}{call}"
    place = Position(end.line, len(source.lines[end.line].rstrip("\r\n")))
    editor.insert(place, text)


def _taken_out(program: Program, function: Function, editor: Editor) -> str:
    """Remove and return the docstring of a function; return "" if the docstring stays."""
    source, found = program.source, docstring_of(function)
    if found is None:
        return ""
    where = source.range(found)
    before = source.lines[where.start.line][: where.start.column]
    rest = source.lines[where.end.line][where.end.column :]
    if before.strip() or rest.strip():
        return ""
    behind = where.end.line + 1
    while behind < len(source.lines) and not source.lines[behind].strip():
        behind += 1
    editor.delete(Range(Position(where.start.line, 0), Position(behind, 0)))
    return source.slice(where)


def _head(program: Program, function: Function, start: Position) -> str:
    """Return the header of a function, from ``def`` to the colon.

    Raises:
        RefusedError: The header contains a comment.
    """
    depth = 0
    for token in program.source.tokens_from(start):
        depth += (token.string in _OPEN) - (token.string in _CLOSE)
        if token.string == ":" and not depth:
            end = Position(token.end[0] - 1, token.end[1])
            head = program.source.slice(Range(start, end))
            if "#" in head:
                break
            return head
    raise RefusedError(f"line {function.lineno}: the header of {function.name} contains a comment")
