"""The format of a baseline: one entry per line, sorted, so that version control can merge it.

No line depends on another: there are no totals, and the list ends with ``null``, so that each entry
is followed by a comma. If a merge kept both versions of an entry, the larger number counts.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from python_expert.baseline.identity import Identity

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = ".python-expert-baseline.json"

VERSION = 1

Entries: TypeAlias = "Mapping[str, Mapping[Identity, int]]"
"""The known findings of each file, with the number of each."""

_HEAD = [b"{", f'"version": {VERSION},'.encode(), b'"findings": [']
_TAIL = [b"null", b"]", b"}"]
_CONFLICT = re.compile(rb"^(?:<{7}|={7}|>{7}|\|{7})(?: |\r?$)", re.MULTILINE)
_PLAIN = rb"[ !#-\[\]-~]*+"
_TEXT = rb'"%b(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})%b)*+"' % (_PLAIN, _PLAIN)
_ENTRY = re.compile(
    rb"(?P<fields>\[(?P<file>%b), %b, %b, %b, %b)(?:, (?P<number>[1-9][0-9]{0,17}))?\]"
    % ((_TEXT,) * 5)
)
"""An entry in the form that `write` produces."""

CONFLICT = "the file has conflict markers; resolve the conflict"
ENDS_EARLY = "the file is not JSON: it ends early"
NOT_AN_ENTRY = "this is not an entry; each is [file, tool, rule, definition, hash] and a number"


class BaselineError(Exception):
    """A baseline cannot be read or written.

    Args:
        message: The problem.
        line: The 0-based line.
    """

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def write(entries: Entries) -> str:
    """Return the text of a baseline with these entries."""
    lines = [_line(*each) for each in sorted(_items(entries))]
    return "\n".join([*(line.decode() for line in _HEAD), *lines, "null", "]", "}", ""])


def total(entries: Entries) -> int:
    """Return the number of known findings."""
    return sum(sum(counts.values()) for counts in entries.values())


class StoredEntries(Mapping[str, Mapping[Identity, int]]):
    """The entries of a baseline. The entries of a source file are created when they are requested.

    A million entries would take the garbage collector a second, during which all threads wait.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, dict[bytes, int]] = {}
        self._made: dict[str, dict[Identity, int]] = {}

    def add(self, file: str, fields: bytes, number: int) -> None:
        """Add an entry; of two equal entries, the larger number counts.

        Args:
            file: The file.
            fields: The start of the entry's line, up to the number.
            number: The number of findings with this identity.
        """
        numbers = self._numbers.setdefault(file, {})
        numbers[fields] = max(number, numbers.get(fields, 0))

    @property
    def total(self) -> int:
        """The number of known findings."""
        return sum(sum(numbers.values()) for numbers in self._numbers.values())

    def __getitem__(self, file: str) -> Mapping[Identity, int]:
        """Return the known findings of a file, with the number of each."""
        if file not in self._made:
            numbers = self._numbers[file].items()
            self._made[file] = {_identity(fields): number for fields, number in numbers}
        return self._made[file]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the files."""
        return iter(self._numbers)

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self._numbers)


def read(data: bytes) -> StoredEntries:
    """Read a baseline.

    Raises:
        BaselineError: The file is not a baseline, or has another version.
    """
    try:
        return _lines(data)
    except BaselineError as error:
        if error.message in (CONFLICT, ENDS_EARLY):
            raise
        if conflict := _CONFLICT.search(data):
            raise BaselineError(CONFLICT, data.count(b"\n", 0, conflict.start())) from None
        try:
            return _reformatted(data)  # each entry may be on several lines
        except BaselineError as other:
            raise (error if error.message == NOT_AN_ENTRY else other) from None


def _items(entries: Entries) -> Iterator[tuple[Identity, int]]:
    for counts in entries.values():
        yield from ((entry, number) for entry, number in counts.items() if number > 0)


def _line(entry: Identity, number: int) -> str:
    fields = [*entry, number] if number > 1 else [*entry]
    return json.dumps(fields) + ","


def _lines(data: bytes) -> StoredEntries:
    """Read a baseline in `write`'s format by line, so that other threads can run in between."""
    entries = StoredEntries()
    names: dict[bytes, str] = {}
    lines = io.BytesIO(data.removeprefix(b"\xef\xbb\xbf"))
    if [next(lines, b"").strip() for _ in _HEAD] != _HEAD:
        raise BaselineError("the file is not a baseline")
    number = len(_HEAD) - 1
    for number, each in enumerate(lines, len(_HEAD)):
        line = each.strip().removesuffix(b",")
        if match := _ENTRY.fullmatch(line):
            name = match["file"]
            file = names.get(name) or names.setdefault(name, json.loads(name))
            entries.add(file, match["fields"], int(match["number"] or 1))
        elif line == _TAIL[0]:
            if lines.read().split() != _TAIL[1:]:
                raise BaselineError("the file is not a baseline")
            return entries
        elif _CONFLICT.match(each):
            raise BaselineError(CONFLICT, number)
        elif line and each.endswith(b"\n"):
            _add(entries, _parsed(line), number)
    raise BaselineError(ENDS_EARLY, number)


def _parsed(line: bytes) -> Any:  # noqa: ANN401 - JSON is untyped
    """Return the parsed content of a line; None if it is not JSON."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _add(entries: StoredEntries, fields: Any, line: int) -> None:  # noqa: ANN401 - JSON is untyped
    """Add an entry.

    Raises:
        BaselineError: It is not an entry.
    """
    match fields:
        case [str(file), str(), str(), str(), str()]:
            number = 1
        case [str(file), str(), str(), str(), str(), int(number)] if number > 0:
            pass
        case _:
            raise BaselineError(NOT_AN_ENTRY, line)
    start = _line(Identity(*fields[:5]), 1).encode().removesuffix(b"],")
    entries.add(file, start, number)


def _identity(fields: bytes) -> Identity:
    *names, code = json.loads(fields + b"]")
    # Most files repeat few names many times.
    file, tool, rule, scope = map(sys.intern, names)
    return Identity(file, tool, rule, scope, code)


def _reformatted(data: bytes) -> StoredEntries:
    """Read a baseline in another layout."""
    try:
        text = data.decode("utf-8-sig")
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise BaselineError(f"the file is not JSON: {error.msg}", error.lineno - 1) from None
    except (UnicodeDecodeError, RecursionError) as error:
        raise BaselineError(f"the file is not JSON: {error}") from None
    version = content.get("version") if isinstance(content, dict) else None
    if version != VERSION:
        found = re.search(r'"version"', text)
        line = text.count("\n", 0, found.start()) if found else 0
        if isinstance(version, int) and version > VERSION:
            raise BaselineError(
                f"the file has version {version}, which a later Python Expert has written; this "
                f"one reads version {VERSION}",
                line,
            )
        raise BaselineError("the file is not a baseline: it has no known version", line)
    findings = content.get("findings")
    if not isinstance(findings, list):
        raise BaselineError('the file has no list of "findings"')
    entries = StoredEntries()
    for each in findings:
        if each is not None:
            _add(entries, each, 0)
    return entries
