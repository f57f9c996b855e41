"""The identity of a finding: it stays the same while the finding moves."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from python_expert.diagnostics.finding import Finding
    from python_expert.text.document import Document

AROUND = 1
"""How many lines before and after a finding's first line count."""


class Identity(NamedTuple):
    """What makes two findings the same, in two versions of a document or in two runs.

    Edits elsewhere in the file do not change it, nor does the indentation of the code. Findings
    of one rule in equal surroundings have equal identities: count them.

    Attributes:
        tool: The tool's name.
        rule: The rule's code, or empty.
        file: The document's URI.
        code: A hash, in hexadecimal digits, of the first line of the finding and of those next to
            it, each without the spaces at its ends.
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
