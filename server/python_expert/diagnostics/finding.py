"""Findings, independent of the tool."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Self

    from python_expert.text.document import Range


class ToolName(str):
    """The name of a quality tool, as settings and commands spell it.

    Args:
        name: The name.
        title: The name that users see, also a diagnostic's ``source``.
    """

    __slots__ = ("_title",)
    _title: str

    def __new__(cls, name: str, title: str) -> Self:
        """Create a name: a string with a title."""
        made = super().__new__(cls, name)
        made._title = title
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]  # as __new__ takes two
        """Return the arguments for copies and unpickling."""
        return str(self), self._title

    @property
    def title(self) -> str:  # type: ignore[override]  # str.title is a method
        """The name that users see."""
        return self._title


class Severity(IntEnum):
    """The severity of a finding, with LSP's numbers."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    HINT = 4


class Tag(IntEnum):
    """Tags for which editors fade or strike through code, with LSP's numbers."""

    UNNECESSARY = 1
    DEPRECATED = 2


class Note(NamedTuple):
    """Additional information about a finding: LSP's related information.

    Attributes:
        uri: The document that it refers to.
        range: The range, 0-based, in code points.
        message: The text.
    """

    uri: str
    range: Range
    message: str


class Finding(NamedTuple):
    """A problem that a tool reports at a place in a document.

    Attributes:
        tool: The tool.
        range: The range, 0-based, in code points of the version it was computed for.
        code: The rule (``F401``, ``name-defined``, ``B602``), or empty.
        message: The problem.
        severity: Its severity.
        url: The rule's page, or empty.
        tags: Whether the code is unused or deprecated.
        notes: Additional information.
        cell: The number of the notebook's code cell that has the range, from 1 on; else 0.
        searched: The Python in whose packages an import was not found, and how it was chosen, or
            empty. The message does not have it: only editors have a setting to advise, and the
            shell says it once.
        fixable: Whether the tool itself can fix it safely, as far as it says so.
    """

    tool: ToolName
    range: Range
    code: str
    message: str
    severity: Severity
    url: str = ""
    tags: tuple[Tag, ...] = ()
    notes: tuple[Note, ...] = ()
    cell: int = 0
    searched: str = ""
    fixable: bool = False


ON_DISK = -1
"""The version of a file that is not open."""


class Report(NamedTuple):
    """All findings of one tool in one version of a document.

    Attributes:
        tool: The tool.
        uri: The document.
        version: The version that the findings' ranges refer to; `ON_DISK` if the file is not open.
        findings: The findings.
        parsed: False if the text has a syntax error, so the tool reports only that.
        silenced: Findings that a comment of the tool's own (``# nosec``) suppresses; their
            duplicates from other tools are suppressed with them.
    """

    tool: ToolName
    uri: str
    version: int
    findings: tuple[Finding, ...]
    parsed: bool = True
    silenced: tuple[Finding, ...] = ()
