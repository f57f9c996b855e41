"""The text of a baseline: one entry a line, sorted, so that version control merges it.

No line depends on another: there are no totals, and the list ends with ``null``, so that each entry
has a comma. If a merge kept both versions of an entry, the larger number counts.
"""

from __future__ import annotations

import json
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from python_expert.baseline.identity import Identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NAME = ".python-expert-baseline.json"

VERSION = 1

Entries: TypeAlias = "dict[str, dict[Identity, int]]"
"""For each file, its known findings, and how many there are of each."""

_HEAD = [b"{", f'"version": {VERSION},'.encode(), b'"findings": [']
_TAIL = [b"null", b"]", b"}"]
_CONFLICT = re.compile(rb"^(?:<{7}|={7}|>{7}|\|{7})(?: |\r?$)", re.MULTILINE)

NOT_AN_ENTRY = "this is not an entry; each is [file, tool, rule, definition, hash] and a number"


class BaselineError(Exception):
    """A baseline cannot be read or written.

    Args:
        message: What is wrong with it.
        line: The 0-based line.
    """

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def write(entries: Mapping[str, Mapping[Identity, int]]) -> str:
    """The text of a file with these entries."""
    lines = [_line(*each) for each in sorted(_items(entries))]
    return "\n".join([*(line.decode() for line in _HEAD), *lines, "null", "]", "}", ""])


def total(entries: Mapping[str, Mapping[Identity, int]]) -> int:
    """The number of known findings."""
    return sum(sum(counts.values()) for counts in entries.values())


def read(data: bytes) -> Entries:
    """Read a file.

    Raises:
        BaselineError: It is no baseline, or that of another version.
    """
    if conflict := _CONFLICT.search(data):
        line = data.count(b"\n", 0, conflict.start())
        raise BaselineError("the file has conflict markers; resolve the conflict", line)
    lines = [line.strip() for line in data.removeprefix(b"\xef\xbb\xbf").rstrip().split(b"\n")]
    if lines[:3] != _HEAD or lines[-3:] != _TAIL:
        return _collect(_reformatted(data))
    try:
        return _collect(_parsed(lines))
    except BaselineError as error:
        with suppress(BaselineError):  # each entry may be on several lines
            return _collect(_reformatted(data))
        raise error from None


def _items(entries: Mapping[str, Mapping[Identity, int]]) -> Iterator[tuple[Identity, int]]:
    for counts in entries.values():
        yield from ((entry, number) for entry, number in counts.items() if number > 0)


def _line(entry: Identity, number: int) -> str:
    fields = [*entry, number] if number > 1 else [*entry]
    return json.dumps(fields) + ","


def _parsed(lines: list[bytes]) -> Iterator[tuple[int, Any]]:
    """The entries of a file as `write` makes it, line by line: other threads can run in between."""
    for number in range(len(_HEAD), len(lines) - len(_TAIL)):
        if not (line := lines[number]):
            continue
        line = line.removesuffix(b",")
        try:
            yield number, orjson.loads(line)
        except ValueError:
            yield number, _with_surrogates(line)


def _with_surrogates(line: bytes) -> Any:  # noqa: ANN401 - JSON is untyped
    """An entry that only the standard library reads; None if it is none.

    The bytes of a file name that are not UTF-8 are unpaired surrogates.
    """
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _reformatted(data: bytes) -> Iterator[tuple[int, Any]]:
    """The entries of a file in another layout."""
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
    return ((0, each) for each in findings if each is not None)


def _collect(fields: Iterable[tuple[int, Any]]) -> Entries:
    entries: Entries = {}
    for line, each in fields:
        match each:
            case [str(file), str(tool), str(rule), str(scope), str(code)]:
                number = 1
            case [str(file), str(tool), str(rule), str(scope), str(code), int(number)]:
                pass
            case _:
                raise BaselineError(NOT_AN_ENTRY, line)
        if number < 1:
            raise BaselineError(NOT_AN_ENTRY, line)
        # Most files repeat few names many times.
        names = (sys.intern(tool), sys.intern(rule), sys.intern(scope))
        entry = Identity(sys.intern(file), *names, code)
        counts = entries.setdefault(file, {})
        counts[entry] = max(number, counts.get(entry, 0))
    return entries
