"""The findings in the pieces of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    Json = dict[str, Any]
    Aliases = tuple[tuple[str, str], ...]

    from .visitor import Comments


class StatementFindings(NamedTuple):
    """Bandit's findings in a part of a text.

    Attributes:
        findings: The findings; their lines count from the part's first line.
        silenced: Findings that a ``# nosec`` suppresses.
        comments: These comments; their lines count in the same way.
        imports: The modules that the part imports.
        aliases: The names that it binds to imports.
    """

    findings: tuple[Json, ...]
    silenced: tuple[Json, ...]
    comments: Comments
    imports: frozenset[str]
    aliases: Aliases


class PieceKey(NamedTuple):
    """Everything that affects bandit's findings in a piece or the head of a class."""

    text: str
    state: int
    namespace: str
    is_last: bool


class CheckedPiece(NamedTuple):
    """A checked piece of the top level, or the lines above the first one, with its findings.

    Attributes:
        lines: Its lines.
        state: Identifies all imports above it.
        after: Identifies the imports above it and in it.
        parts: The findings in it and in the parts of a class, each with its first line, relative to
            the piece's.
        kept: The findings by the state that affects them.
    """

    lines: list[str]
    state: int
    after: int
    parts: list[tuple[int, StatementFindings]]
    kept: dict[PieceKey, StatementFindings]
