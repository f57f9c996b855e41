"""Finds the tests that an edit can affect, by the code that each test ran in its last run."""

from __future__ import annotations

import contextlib
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.analysis.error_recovery import BrokenError
from python_expert.tools.pytest.outline import Outline

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence


NOTHING: Mapping[str, Any] = {"lines": {}, "loaded": []}
"""The notification of a worker that ended before it could report executed lines."""


class _Ran(NamedTuple):
    """The code that a test ran in its last run.

    There may be many instances. Files are strings and lines are the bits of integers, so they are
    compared quickly and do not slow down garbage collection.

    Attributes:
        lines: The executed lines of each file; bit 0 is the first line.
        texts: The files that had been imported in that run, with their texts at the time.
        files: The files whose code the test ran in that run or an earlier one.
    """

    lines: Mapping[str, int]
    texts: Mapping[Path, str]
    files: tuple[str, ...] = ()


class _Changes(NamedTuple):
    """The differences between a text and the texts that tests ran.

    Attributes:
        text: The text.
        lines: For each text that a test ran, the changed lines in it, as in `_Ran`; None for all.
    """

    text: str
    lines: Mapping[str, int | None]


class Affected:
    """Records the code that tests ran, and finds the tests that an edit can affect.

    An edit affects a test if it changes a function that the test ran, or any code outside of
    functions in a file that the test imported. Without coverage.py, every change in such a file
    counts. Each test has the texts of its own last run, because other tests may have run with other
    texts.
    """

    def __init__(self) -> None:
        self._ran: dict[str, _Ran] = {}
        self._runs: list[Mapping[Path, str]] = []
        self._changes: dict[Path, _Changes] = {}
        self._outlines: dict[str, Outline] = {}
        self._on_disk: dict[Path, tuple[int, int, str]] = {}

    def learn(
        self,
        wanted: Sequence[str],
        ran: Collection[str],
        params: Mapping[str, Any],
        texts: Mapping[Path, str],
        unreadable: Iterable[Path] = (),
    ) -> None:
        """Record a run from the worker's notification.

        Args:
            wanted: The requested tests. A requested test that did not run, because its file or a
                module that the file imports cannot be imported, is affected by each change of an
                open file.
            ran: The tests that ran.
            params: The notification: the lines by test and file, and the files imported; `NOTHING`
                if the worker was ended or died before it sent one.
            texts: The texts of the open files; for other files the text on disk ran.
            unreadable: The files that could not be collected.
        """
        lines: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for test, measured in params["lines"].items():
            known_lines = lines[without_parameters(test)]
            for file, numbers in measured.items():
                name = sys.intern(file)  # many tests name the same few files
                known_lines[name] = known_lines.get(name, 0) | _bits(numbers)
        imported = {file: self._text(file, texts) for file in map(Path, params["loaded"])}
        seen = dict.fromkeys(map(without_parameters, ran))
        done = seen if imported else {}
        left = [test for test in self._ran if _is_wanted(test, wanted)]
        named = [each for each in wanted if "::" in each]
        for file in {test.partition("::")[0] for test in seen}:
            self._ran.pop(file, None)  # it was collected this time
        for test in dict.fromkeys((*seen, *left, *named, *map(str, unreadable))):
            before = self._ran.get(test, _Ran({}, {}))
            if test in done:
                files = tuple(dict.fromkeys((*before.files, *lines[test])))
                self._ran[test] = _Ran(lines[test], imported, files)
            else:
                files_then = {*before.texts, *imported, *texts, file_of_test(test)}
                known = {file: self._text(file, texts) for file in files_then}
                self._ran[test] = _Ran({}, known, before.files)
        self._runs = [*{id(each.texts): each.texts for each in self._ran.values()}.values()]
        self._forget_outlines()
        for text in texts.values():
            with contextlib.suppress(BrokenError):
                self._outline(text)  # an edit is likely to be in one of these

    def knows_file(self, file: Path) -> bool:
        """Return whether a test is known to have imported a file."""
        return any(file in texts for texts in self._runs)

    def knows(self, test: str) -> bool:
        """Return whether the code that a test ran is known."""
        return without_parameters(test) in self._ran

    def ran_in(self, tests: Iterable[str], file: Path) -> bool:
        """Return whether any of some tests has ever run code of a file, or may have.

        A failing test runs less code than it did before.
        """
        ran = (self._ran.get(without_parameters(test)) for test in tests)
        return any(
            str(file) in each.files or (not each.lines and file in each.texts)
            for each in ran
            if each is not None
        )

    def by(self, file: Path, text: str, tests: Sequence[str]) -> list[str] | None:
        """Return the tests that a replacement text of a file can affect, and those that never ran.

        Args:
            file: The file.
            text: The replacement text.
            tests: The tests in the text.

        Returns:
            The tests, without parameters, and files that could not be collected; None if the text
            does not parse, so that the tests are unknown.
        """
        new = [test for test in tests if test not in self._ran]
        try:
            changes = self._compare(file, text)
        except BrokenError:
            return None
        if not changes.lines:
            return new
        name, own, there = str(file), f"{file}::", set(tests)
        changed = {
            id(each): changes.lines[each[file]]
            for each in self._runs
            if each.get(file) in changes.lines
        }
        affected = (
            test
            for test, ran in [*self._ran.items()]
            if id(ran.texts) in changed and _is_affected(ran, name, changed[id(ran.texts)])
        )
        return [*new, *(each for each in affected if each in there or not each.startswith(own))]

    def tests_of_functions(self, file: Path, outline: Outline) -> dict[str, list[str]]:
        """Return the tests that ran each function of a text, by the functions' names."""
        bodies: dict[str, Mapping[str, int]] = {}
        found: defaultdict[str, list[str]] = defaultdict(list)
        for test, ran in [*self._ran.items()]:
            lines = ran.lines.get(str(file))
            before = ran.texts.get(file) if lines else None
            if not lines or before is None:
                continue
            if before not in bodies:
                bodies[before] = self._bodies(before)
            for name, body in bodies[before].items():
                if body & lines and name in outline.functions:
                    found[name].append(test)
        return found

    def _bodies(self, text: str) -> dict[str, int]:
        """Return the lines of each function's body in a text, as in `_Ran`."""
        try:
            functions = self._outline(text).functions
        except BrokenError:
            return {}
        return {name: _bits(each.body) for name, each in functions.items()}

    def may_differ(self, test: str, texts: Mapping[Path, str]) -> bool:
        """Return whether a test's result may change, with texts that replace the content of files.

        Only a change that `by` has examined can count as having no effect. Called at each
        keystroke.
        """
        ran = self._ran.get(test)
        if ran is None:
            return False
        for file, text in texts.items():
            before = ran.texts.get(file)
            if before is None or before == text:
                continue
            changes = self._changes.get(file)
            known = changes is not None and changes.text == text and before in changes.lines
            if changes is None or not known:
                return True
            if _is_affected(ran, str(file), changes.lines[before]):
                return True
        return False

    def may_any_differ(self, tests: Iterable[str], texts: Mapping[Path, str]) -> bool:
        """Return whether any of many tests' results may change; see `may_differ`."""
        ran = {test: self._ran[test] for test in tests if test in self._ran}
        together = {id(each.texts): each.texts for each in ran.values()}
        others = {
            key
            for key, known in together.items()
            if any(known.get(file, text) != text for file, text in texts.items())
        }
        return bool(others) and any(
            self.may_differ(test, texts) for test, each in ran.items() if id(each.texts) in others
        )

    def _compare(self, file: Path, text: str) -> _Changes:
        """Compare a text with each different text of the file that tests ran.

        Raises:
            BrokenError: The text does not parse.
        """
        others = {each[file] for each in self._runs if file in each}.difference({text})
        lines: dict[str, int | None] = {}
        if others:
            after = Outline.of(text)
            for before in others:
                try:
                    changed = self._outline(before).changed_lines(after)
                    lines[before] = None if changed is None else _bits(changed)
                except BrokenError:
                    lines[before] = None
        self._changes[file] = changes = _Changes(text, lines)
        return changes

    def _outline(self, text: str) -> Outline:
        if text not in self._outlines:
            self._outlines[text] = Outline.of(text)
        return self._outlines[text]

    def _forget_outlines(self) -> None:
        """Drop the outlines of texts that no test ran."""
        kept = {text for texts in self._runs for text in texts.values()}
        self._outlines = {text: known for text, known in self._outlines.items() if text in kept}

    def _text(self, file: Path, texts: Mapping[Path, str]) -> str:
        """Return the text of a file that ran; texts from disk are stored once."""
        if file in texts:
            return texts[file]
        try:
            status = file.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            known = self._on_disk.get(file)
            if known is None or known[:2] != stamp:
                text = file.read_text(encoding="utf-8", errors="replace")
                known = self._on_disk[file] = (*stamp, text)
        except OSError:
            return ""
        return known[2]


def _bits(lines: Iterable[int]) -> int:
    """Return line numbers as the bits of an integer."""
    bits = bytearray()
    for line in lines:
        byte = line // 8
        if byte >= len(bits):
            bits.extend(bytes(byte + 1 - len(bits)))
        bits[byte] |= 1 << line % 8
    return int.from_bytes(bits, "little")


def file_of_test(test: str) -> Path:
    """Return the file of a test."""
    return Path(test.partition("::")[0])


def _is_wanted(test: str, wanted: Sequence[str]) -> bool:
    """Return whether a test is one of the requested tests, or in a requested file or folder."""
    return any(test.startswith((f"{each}::", f"{each}/")) for each in wanted if "::" not in each)


def without_parameters(test: str) -> str:
    """Return a test's id without its parameters, which may contain any characters."""
    file, mark, inner = test.partition("::")
    return file + mark + inner.partition("[")[0]


def _is_affected(ran: _Ran, file: str, changed: int | None) -> bool:
    """Return whether a test is affected by changes of these lines of a file since its last run."""
    return changed is None or not ran.lines or bool(changed & ran.lines.get(file, 0))
