"""A finding, whichever tool it comes from."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Self

    from python_expert.text.document import Range


class ToolName(str):
    """The name of a quality tool, as settings and commands spell it.

    Args:
        name: That name.
        title: The name that users see, also a diagnostic's ``source``.
    """

    __slots__ = ("_title",)
    _title: str

    def __new__(cls, name: str, title: str) -> Self:
        """Make a name: a string that knows its title."""
        made = super().__new__(cls, name)
        made._title = title
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]  # as __new__ takes two
        """What a copy, or a name read from a pickle, is made with."""
        return str(self), self._title

    @property
    def title(self) -> str:  # type: ignore[override]
        """The name that users see."""
        return self._title


class Severity(IntEnum):
    """How bad a finding is; the numbers are LSP's."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    HINT = 4


class Tag(IntEnum):
    """What an editor may fade or strike through; the numbers are LSP's."""

    UNNECESSARY = 1
    DEPRECATED = 2


class Note(NamedTuple):
    """A remark that belongs to a finding: LSP's related information.

    Attributes:
        uri: The document the remark is about.
        range: Where, 0-based, in code points.
        message: What it says.
    """

    uri: str
    range: Range
    message: str


class Finding(NamedTuple):
    """What a tool has to say about a place in a document.

    Attributes:
        tool: The tool that says it.
        range: Where, 0-based, in code points of the version it was computed for.
        code: The rule (``F401``, ``name-defined``, ``B602``), or empty.
        message: What is wrong.
        severity: How bad it is.
        url: The rule's page, or empty.
        tags: Whether the code is unused or deprecated.
        notes: Remarks that belong to it.
    """

    tool: ToolName
    range: Range
    code: str
    message: str
    severity: Severity
    url: str = ""
    tags: tuple[Tag, ...] = ()
    notes: tuple[Note, ...] = ()


class Report(NamedTuple):
    """All that one tool found in one version of one document.

    Attributes:
        tool: The tool.
        uri: The document.
        version: The version that the findings' ranges refer to.
        findings: What it found.
        parsed: False where the text has a syntax error, so that the tool saw no more than that.
        silenced: Findings that a comment of the tool's own (``# nosec``) keeps quiet; their
            duplicates from other tools are kept quiet with them.
        fixable: How many of the findings the tool itself can fix safely, where it says so.
    """

    tool: ToolName
    uri: str
    version: int
    findings: tuple[Finding, ...]
    parsed: bool = True
    silenced: tuple[Finding, ...] = ()
    fixable: int = 0
