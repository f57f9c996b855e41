"""Runs: adjacent strings or consecutive comments, read as one text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from python_expert.privacy.literals import Literal
    from python_expert.privacy.spans import Span

_JOINT = re.compile(r"[\s\\+()]*")
_LINES_BETWEEN = re.compile(r"[ \t\r]*\n?[ \t]*")
FIELD = "{}"
"""The text of a replacement field in a run."""
_ESCAPED = re.compile(r"\\[nrt]")


class Run(NamedTuple):
    """Strings, or comments, that are read as one.

    Attributes:
        text: The combined text, with `FIELD` in place of each replacement field.
        pieces: For each part: the start in the text, the start in the code, and the length.
    """

    text: str
    pieces: tuple[tuple[int, int, int], ...]

    def places(self, span: Span) -> Iterator[Span]:
        """Yield the spans in the code that correspond to a span of the text."""
        for here, there, length in self.pieces:
            start, end = max(span[0] - here, 0), min(span[1] - here, length)
            if start < end:
                yield there + start, there + end


def groups(code: str, found: Sequence[Literal]) -> Iterator[list[Literal]]:
    """Yield adjacent strings, and comments on successive lines, grouped."""
    group: list[Literal] = []
    for each in found:
        joint = _LINES_BETWEEN if each.is_comment else _JOINT
        last = group[-1] if group else None
        if (
            last
            and last.is_comment is each.is_comment
            and last.end <= each.start
            and joint.fullmatch(code, last.end, each.start)
        ):
            group.append(each)
            continue
        if group:
            yield group
        group = [each]
    if group:
        yield group


def run_of(code: str, group: Iterable[Literal]) -> Run:
    """Return the text of a group of strings or comments."""
    texts: list[str] = []
    pieces: list[tuple[int, int, int]] = []
    length = 0
    for each in group:
        if each.is_comment and texts:
            texts.append("\n")
            length += 1
        for number, (start, end) in enumerate(each.parts):
            if number:
                texts.append(FIELD)
                length += len(FIELD)
            texts.append(_ESCAPED.sub(_unescaped, code[start:end]))
            pieces.append((length, start, end - start))
            length += end - start
    return Run("".join(texts), tuple(pieces))


def _unescaped(match: re.Match[str]) -> str:
    """Return an escape as whitespace of the same length."""
    return "\n " if match[0] == r"\n" else "  "
