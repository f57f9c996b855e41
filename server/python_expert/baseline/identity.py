"""The identity of a finding, which does not change when the finding moves."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from python_expert.text.document import Document, Position, Range

if TYPE_CHECKING:
    from python_expert.diagnostics.finding import Finding

_LINES = 16384
"""The number of lines whose hashes are remembered."""

_DEFINITION = re.compile(r"(?:async\s+)?(?:def|class)\s+(\w+)")
_QUOTES = re.compile(r"\"\"\"|'''")
_TOP = Range(Position(0, 0), Position(0, 0))

_KNOWN: WeakKeyDictionary[Document, list[str]] = WeakKeyDictionary()
"""The definitions around each line of a version of a document, as long as the version is in use."""


class Identity(NamedTuple):
    """The properties that identify a finding in two versions of a document or in two runs.

    Edits of other lines do not change the identity, nor does whitespace in the finding's own line.
    Findings of one rule on equal lines of one definition have equal identities, so count them.

    Attributes:
        file: The document's URI; in a baseline, its path from the folder of the baseline.
        tool: The tool's name.
        rule: The rule's code, or empty.
        scope: The qualified name of the definition around the finding, or empty.
        code: A hexadecimal hash of the finding's first line without its whitespace; for a finding
            about the whole file, the hash of an empty text.
    """

    file: str
    tool: str
    rule: str
    scope: str
    code: str

    @property
    def anywhere(self) -> Identity:
        """The identity without the definition, for code that has moved to another definition."""
        return self._replace(scope="")


def identity(finding: Finding, document: Document, file: str = "") -> Identity:
    """Return the identity of a finding whose range refers to a document.

    Args:
        finding: The finding.
        document: The document.
        file: The name of the document; by default its URI.
    """
    scope, code = "", _hash("")
    if finding.range != _TOP:
        line = min(finding.range.start.line, len(document.lines) - 1)
        scope, code = _scopes_of(document)[line], _hash(document.lines[line])
    return Identity(file or document.uri, str(finding.tool), finding.code, scope, code)


@lru_cache(_LINES)
def _hash(line: str) -> str:
    text = "".join(line.split()).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def _scopes_of(document: Document) -> list[str]:
    scopes = _KNOWN.get(document)
    if scopes is None:
        scopes = _KNOWN[document] = _scopes(document)
    return scopes


def _scopes(document: Document) -> list[str]:
    """Return the qualified name of the innermost definition around each line, or an empty string.

    Definitions are found by indentation, because a text that is being edited can seldom be parsed.
    If a name is wrong, for example after a string with quotes in it, the finding counts as moved.
    """
    scopes: list[str] = []
    opened: list[tuple[int, str]] = []  # increasing indents, names
    quotes = ""
    scope = ""
    for line in document.lines:
        text = line.lstrip()
        if text and not quotes and text[0] not in "#)]}":
            indent = len(line) - len(text)
            while opened and opened[-1][0] >= indent:
                opened.pop()
                scope = opened[-1][1] if opened else ""
            if text[0] in "acd" and (match := _DEFINITION.match(text)):
                scope = f"{scope}.{match[1]}" if scope else match[1]
                opened.append((indent, scope))
        scopes.append(scope)
        if '"""' in text or "'''" in text:
            for mark in _QUOTES.findall(text):
                quotes = "" if quotes == mark else quotes or mark
    return scopes
