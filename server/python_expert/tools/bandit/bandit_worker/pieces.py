"""The pieces of a text: its statements with the lines up to the next ones."""

# ruff: noqa: ANN401 - bandit is not typed
from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Piece(NamedTuple):
    """The lines from a statement to the next one in its block that starts on another line.

    Attributes:
        line: The 0-based number of the first line.
        end: The 0-based number of the line after it.
        statements: The statements.
        is_last: Whether no more follow in the block.
    """

    line: int
    end: int
    statements: list[ast.stmt]
    is_last: bool


def pieces_of(lines: list[str], parent: Any, end: int) -> Iterator[Piece]:
    """Yield the pieces of a block; sets the attributes on its nodes that bandit's visitor sets."""
    body: list[Any] = parent.body
    if not body:
        return
    starts: list[tuple[int, int]] = []
    for number, node in enumerate(body):
        node._bandit_parent = parent  # noqa: SLF001 - bandit's own attribute
        node._bandit_sibling = body[number + 1] if number + 1 < len(body) else None  # noqa: SLF001 - bandit's own attribute
        line = first_line(node)
        if not starts or (starts_line(lines, node) and line > starts[-1][0]):
            starts.append((line, number))
    ends = [*starts[1:], (end, len(body))]
    for (line, first), (until, last) in zip(starts, ends, strict=True):
        yield Piece(line, until, body[first:last], last == len(body))


def first_line(node: ast.stmt) -> int:
    """Return the 0-based number of a statement's first line."""
    line, decorators = node.lineno, getattr(node, "decorator_list", None)
    return (min(line, *(each.lineno for each in decorators)) if decorators else line) - 1


def starts_line(lines: list[str], node: ast.stmt) -> bool:
    """Return whether a statement is the first on its line, which continues no other line."""
    line = first_line(node)
    if line > 0 and lines[line - 1].endswith("\\"):
        return False
    if getattr(node, "decorator_list", ()):
        return lines[line].lstrip().startswith("@")
    return not lines[line][: node.col_offset].strip()


def same_around(before: Sequence[Sequence[str]], lines: Sequence[str]) -> tuple[int, int, int, int]:
    """Find the pieces of a text that another text has at its start and at its end.

    Args:
        before: The lines of each piece.
        lines: The lines of the other text.

    Returns:
        The number of pieces at the start, never including the text's last piece, and the number of
        their lines; the number of pieces at the end, and the number of the line where they begin.
    """
    head = tail = start = 0
    end = len(lines)
    while head < len(before) - 1 and lines[start : start + len(before[head])] == before[head]:
        start += len(before[head])
        head += 1
    while head + tail < len(before):
        piece = before[-1 - tail]
        if end - len(piece) < start or lines[end - len(piece) : end] != piece:
            break
        end -= len(piece)
        tail += 1
    return head, start, tail, end


def parse_between(lines: Sequence[str], start: int, end: int) -> ast.Module | None:
    """Parse some lines of a text, between statements that are known.

    Returns:
        The tree, with a ``pass`` in place of the statement at ``end``, if there is one; None if the
        lines do not form complete statements.
    """
    more = end < len(lines)
    if end > start and lines[end - 1].endswith("\\"):
        return None
    try:
        tree = ast.parse("\n" * start + "\n".join([*lines[start:end], *(["pass"] * more)]))
    except (SyntaxError, ValueError):
        return None
    if not tree.body:
        return None
    last = tree.body[-1]
    if more and not (isinstance(last, ast.Pass) and (last.lineno, last.col_offset) == (end + 1, 0)):
        return None
    # Comments above the first statement belong to the one before, whose lines are known.
    return tree if not start or first_line(tree.body[0]) == start else None
