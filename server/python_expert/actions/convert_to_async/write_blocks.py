"""Writes functions that a thread runs in place of a ``with`` block."""

from __future__ import annotations

import ast
import tokenize
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.objects import RefusedError
from python_expert.actions.convert_to_async.replacements import THREAD
from python_expert.text.document import Position

if TYPE_CHECKING:
    from python_expert.actions.convert_to_async.edits import Editor
    from python_expert.actions.convert_to_async.imports import Imports
    from python_expert.actions.convert_to_async.with_blocks import ThreadBlock
    from python_expert.analysis.call_graph import Program

_STARTS = {getattr(tokenize, f"{kind}STRING_START", -1) for kind in "FT"}
_ENDS = {getattr(tokenize, f"{kind}STRING_END", -1) for kind in "FT"}
"""The tokens around f-strings and t-strings; an f-string is one token before Python 3.12."""


def write_block(program: Program, block: ThreadBlock, editor: Editor, imports: Imports) -> None:
    """Put a function around a block, and add the statement that runs it in a thread."""
    source = program.source
    where = source.range(block.node)
    line = source.lines[where.start.line]
    indent = line[: where.start.column]
    if indent.strip() or source.lines[where.end.line][where.end.column :].lstrip()[:1] == ";":
        raise RefusedError(f"line {block.node.lineno}: the with statement is not alone on its line")
    step = "\t" if "\t" in indent else "    "
    verb = _verb(program, block.node)
    names = (verb, f"{verb}_file", f"{verb}_in_thread")
    name = editor.take(next((each for each in names if editor.is_free(each)), names[-1]))
    newline, given = source.newline, ", ".join(block.given)
    head = f"{indent}def {name}({given}){_returns(program, block)}:{newline}"
    if not _is_first(program, block.node) and source.lines[where.start.line - 1].strip():
        head = newline + head
    if block.outer:
        head += f"{indent}{step}nonlocal {', '.join(block.outer)}{newline}"
    inside = _lines_of_strings(program)
    for number in range(where.start.line, where.end.line + 1):
        filled = bool(source.lines[number].strip())
        added = step if filled and number not in inside else ""
        editor.insert(Position(number, 0), (head if number == where.start.line else "") + added)
    returned = ", ".join(block.returned)
    tail = f"{indent}{step}return {returned}{newline}" if returned else ""
    call = f"await {imports.name_for(THREAD)}({', '.join([name, *block.given])})"
    call = f"return {call}" if block.leaves else f"{returned} = {call}" if returned else call
    tail += f"{newline}{indent}{call}"
    end = Position(where.end.line + 1, 0)
    if end.line < len(source.lines):
        editor.insert_first(end, tail + newline)
    else:
        editor.insert_first(
            Position(where.end.line, len(source.lines[where.end.line])), newline + tail
        )


def _verb(program: Program, node: ast.With) -> str:
    """Return a verb for what a block does with the first file that it opens, from the mode."""
    call = node.items[0].context_expr
    if not isinstance(call, ast.Call):
        return "run"
    full = program.names.dotted(call.func) or ast.unparse(call.func)
    if full.rpartition(".")[2] not in {"open", "ZipFile"}:
        return "run"
    place = 0 if full.startswith("pathlib.") else 1
    given = [*call.args[place : place + 1], *(e.value for e in call.keywords if e.arg == "mode")]
    modes = [str(each.value) for each in given if isinstance(each, ast.Constant)]
    return "write" if any(mode[:1] in set("wax") for mode in modes) else "read"


def _returns(program: Program, block: ThreadBlock) -> str:
    """Return the annotation of the function's result, if the function around it has one."""
    around = block.owner.returns
    if around is None or block.returned:
        return ""
    if not block.leaves:
        return " -> None"
    names = program.names
    scopes = [
        names.inner[block.owner].find(node.id)
        for node in ast.walk(around)
        if isinstance(node, ast.Name)
    ]
    text = program.source.slice(program.source.range(around))
    plain = all(each is None or each is names.module for each in scopes)
    return f" -> {text}" if plain and "\n" not in text and "\r" not in text else ""


def _is_first(program: Program, node: ast.With) -> bool:
    """Return whether a statement is the first of its block."""
    parent = program.names.parents[node]
    return any(
        isinstance(value, list) and value and value[0] is node
        for _, value in ast.iter_fields(parent)
    )


def _lines_of_strings(program: Program) -> set[int]:
    """Return the 0-based numbers of lines that begin within a string."""
    found: set[int] = set()
    begun: list[int] = []
    for token in program.source.tokens:
        if token.type in _STARTS:
            begun.append(token.start[0])
        elif token.type in _ENDS:
            found.update(range(begun.pop(), token.end[0]))
        elif token.type == tokenize.STRING:
            found.update(range(token.start[0], token.end[0]))
    return found
