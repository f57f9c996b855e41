"""The interface of quick fixes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.source import Source
from python_expert.quick_fixes.comments import Comments

if TYPE_CHECKING:
    from python_expert.actions.base import Options
    from python_expert.diagnostics.finding import Finding
    from python_expert.text.document import Document, Edit


class QuickFix(NamedTuple):
    """An edit that resolves a finding.

    Attributes:
        title: The title in the menu.
        edits: Edits of the document, ascending and without overlaps.
        findings: The findings that it resolves.
        preferred: Whether most users would choose it.
    """

    title: str
    edits: tuple[Edit, ...]
    findings: tuple[Finding, ...]
    preferred: bool = False


@dataclass(frozen=True)
class FixContext:
    """The document to fix, and its project.

    Attributes:
        document: The document, as it is in the editor.
        options: The options of its project.
    """

    document: Document
    options: Options

    @cached_property
    def comments(self) -> Comments | None:
        """The document's comments; None if it cannot be split into tokens."""
        return Comments.of(self.document.lines)

    @cached_property
    def source(self) -> Source | None:
        """The document's source; None if it cannot be parsed."""
        try:
            return Source.of(self.document.text)
        except (BrokenError, RecursionError):
            return None
