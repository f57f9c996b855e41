"""Removes an unused ``# type: ignore`` that mypy reports."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from python_expert.quick_fixes.base import FixContext, QuickFix
from python_expert.quick_fixes.suppress import ignore_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.diagnostics.finding import Finding
    from python_expert.quick_fixes.comments import Comments
    from python_expert.text.document import Edit

_UNUSED: Final = re.compile(r'Unused "type: ignore(?:\[(?P<codes>[^\]]*)\])?" comment')


def unused_ignore(context: FixContext, finding: Finding) -> Iterator[QuickFix]:
    """Remove unused codes, or the whole comment if it needs none."""
    note = _UNUSED.match(finding.message)
    if finding.code != "unused-ignore" or context.comments is None or note is None:
        return
    line = finding.range.start.line
    if edit := _edit(context.comments, line, _split(note["codes"])):
        title = "Mypy: Remove the unused `type: ignore`"
        yield QuickFix(title, (edit,), (finding,), preferred=True)


def _edit(comments: Comments, line: int, unused: list[str]) -> Edit | None:
    comment = comments.on(line)
    match = ignore_in(comment)
    if match is None:
        return None
    kept = [code for code in _split(match["codes"]) if code not in unused]
    if unused and kept:
        return comments.replace(line, *match.span("codes"), ", ".join(kept))
    rest = comment[match.end() :].lstrip()
    if match.start() == 0 and not rest:
        return comments.remove(line)
    start = len(comment[: match.start()].rstrip())
    return comments.replace(
        line, start, len(comment), f"  {rest}".rstrip() if start else rest.rstrip()
    )


def _split(codes: str | None) -> list[str]:
    return [code.strip() for code in (codes or "").split(",") if code.strip()]
