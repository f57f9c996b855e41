"""The identity of a finding, which stays the same while the finding moves."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from python_expert.diagnostics.finding import Finding
    from python_expert.text.document import Document

AROUND = 1
"""The number of lines before and after a finding's first line that are part of its identity."""


class Identity(NamedTuple):
    """The properties that make findings the same in two versions of a document or in two runs.

    Edits elsewhere in the file do not change it, nor does indentation. Findings of one rule with
    the same surrounding lines have equal identities, so count them.

    Attributes:
        tool: The tool's name.
        rule: The rule's code, or empty.
        file: The document's URI.
        code: A hash, in hexadecimal digits, of the finding's first line and the lines next to it,
            each without leading and trailing spaces.
    """

    tool: str
    rule: str
    file: str
    code: str


def identity(finding: Finding, document: Document) -> Identity:
    """The identity of a finding whose range refers to a document."""
    first = finding.range.start.line
    lines = document.lines[max(0, first - AROUND) : first + AROUND + 1]
    text = "\n".join([line.strip() for line in lines])
    code = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return Identity(finding.tool, finding.code, document.uri, code)
