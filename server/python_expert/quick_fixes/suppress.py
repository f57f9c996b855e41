"""Comments that disable a rule for a line, for mypy, bandit and our rules; ruff offers its own."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from python_expert.diagnostics.noqa import noqa_in
from python_expert.quick_fixes.base import FixContext, QuickFix
from python_expert.tools.antipatterns.spec import ANTIPATTERNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from python_expert.analysis.source import Source
    from python_expert.diagnostics.finding import Finding
    from python_expert.quick_fixes.comments import Comments
    from python_expert.text.document import Edit

_TYPE_IGNORE: Final = re.compile(
    r"#[ \t]*type:[ \t]*ignore(?![^\W_]|[^\x00-\x7f])(?:\s*\[(?P<codes>[^\]#]*)\])?"
)
"""A comment for mypy; it must be at a certain place, see `ignore_in`."""

_TYPE: Final = re.compile(r"#[ \t]*type:")
_NOSEC: Final = re.compile(r"#\s*nosec:?\s*(?P<tests>[^#]+)?#?")
_UNSUPPRESSED: Final = frozenset({"", "syntax", "unused-ignore"})


def suppress(context: FixContext, finding: Finding) -> Iterator[QuickFix]:
    """Yield the comment that disables the rule of a finding for its line, if one can be added."""
    write = _WRITERS.get(finding.tool)
    if write is None or context.comments is None or finding.code in _UNSUPPRESSED:
        return
    if edit := write(context.comments, _lines(context, finding), finding.code):
        title = f"{finding.tool.title} ({finding.code}): Disable for this line"
        yield QuickFix(title, (edit,), (finding,))


def _lines(context: FixContext, finding: Finding) -> Sequence[int]:
    """Return the lines on which a comment has an effect, the best first.

    This is the first line of the code. For a multi-line expression, and for bandit's findings and
    our own, other lines work as well.
    """
    first, last = finding.range.start.line, finding.range.end.line
    if finding.tool not in ("bandit", ANTIPATTERNS) and not (
        context.source and _is_expression(context.source, finding)
    ):
        last = first
    return range(first, last + 1)


def _is_expression(source: Source, finding: Finding) -> bool:
    return any(
        isinstance(node, ast.expr)
        and node.lineno == finding.range.start.line + 1
        and source.range(node) == finding.range
        for node in source.nodes
    )


def _type_ignore(comments: Comments, lines: Sequence[int], code: str) -> Edit | None:
    """Add ``# type: ignore[code]``, which must precede other comments and follow a type comment."""
    for line in lines:
        if (match := ignore_in(comments.on(line))) and comments.follows_code(line):
            if match["codes"] is None:
                return None  # it already disables everything on these lines
            return _extended(comments, line, match, code)
    for line in lines:
        comment = f"# type: ignore[{code}]"
        if line in comments.open:
            return comments.append(line, comment)
        if comments.follows_code(line):
            start = _ignore_start(comments.on(line))
            if start < 0:
                return comments.append(line, comment)
            return comments.insert(line, start, f"{comment}  ")
    return None


def ignore_in(comment: str) -> re.Match[str] | None:
    """Return the ``# type: ignore`` in a comment, if it is where mypy reads it."""
    start = _ignore_start(comment)
    return _TYPE_IGNORE.match(comment, start) if start >= 0 else None


def _ignore_start(comment: str) -> int:
    """Return where mypy reads a ``# type: ignore``: first in a comment, or after a type comment.

    -1 stands for the comment's end.
    """
    is_type = _TYPE.match(comment) and not _TYPE_IGNORE.match(comment)
    return comment.find("#", 1) if is_type else 0


def _extended(comments: Comments, line: int, match: re.Match[str], code: str) -> Edit | None:
    codes = match["codes"]
    if code in re.split(r"[,\s]+", codes):
        return None
    end = match.start("codes") + len(codes.rstrip(" \t,"))
    return comments.replace(line, end, match.end("codes"), f", {code}" if codes.strip() else code)


def _nosec(comments: Comments, lines: Sequence[int], code: str) -> Edit | None:
    """Add ``# nosec B602``; bandit only reads the first one on the lines of a statement."""
    for line in lines:
        if match := _NOSEC.search(comments.on(line)):
            if match["tests"] is None or code in match["tests"]:
                return None
            return comments.insert(line, match.start("tests"), f"{code}, ")
    for line in lines:
        if line in comments.open or comments.follows_code(line):
            return comments.append(line, f"# nosec {code}")
    return None


def _noqa(comments: Comments, lines: Sequence[int], code: str) -> Edit | None:
    """Add ``# noqa: PE001``, which is read on the first and the last line of a finding."""
    ends = dict.fromkeys((lines[0], lines[-1]))
    for line in ends:
        if match := noqa_in(comments.on(line)):
            if match["codes"] is None or code in match["codes"]:
                return None
            return comments.insert(line, match.end("codes"), f", {code}")
    for line in ends:
        if line in comments.open or comments.follows_code(line):
            return comments.append(line, f"# noqa: {code}")
    return None


_WRITERS: Final[dict[str, Callable[[Comments, Sequence[int], str], Edit | None]]] = {
    "mypy": _type_ignore,
    "bandit": _nosec,
    ANTIPATTERNS: _noqa,
}
