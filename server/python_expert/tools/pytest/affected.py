"""Which tests an edit can affect, by what each ran when it last ran."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.analysis.error_recovery import BrokenError
from python_expert.tools.pytest.outline import Outline

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence


NOTHING: Mapping[str, Any] = {"lines": {}, "loaded": []}
"""What a worker says that does not come to say what ran."""


class _Ran(NamedTuple):
    """What a test ran when it last ran.

    Attributes:
        lines: The lines of each file, 0-based.
        texts: The files that had been imported in that run, with the texts that they had.
        files: The files whose code it ran in that run or an earlier one.
    """

    lines: Mapping[Path, set[int]]
    texts: Mapping[Path, str]
    files: frozenset[Path] = frozenset()


class _Changes(NamedTuple):
    """What separates a text from those that tests ran.

    Attributes:
        text: The text.
        lines: By the text that a test ran, its lines that have changed; None for all.
    """

    text: str
    lines: Mapping[str, frozenset[int] | None]


class Affected:
    """Knows what tests ran, and so which of them an edit can affect.

    A test is affected if a function that it ran has changed, or anything outside of functions in a
    file that it imported. Without coverage.py, whatever changes in such a file counts. Each test
    has the texts of its own last run: others may have run with others.
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
        """Take what the worker says of a run.

        Args:
            wanted: What was to run. A test of these that did not run, because its file or what that
                imports cannot be imported, is affected by each change of an open file.
            ran: The tests that ran.
            params: What the worker says: the lines by test and file, and the files imported;
                `NOTHING` if it was ended or died before.
            texts: The texts that ran; of other files those on disk did.
            unreadable: The files that could not be collected.
        """
        lines: defaultdict[str, defaultdict[Path, set[int]]] = defaultdict(lambda: defaultdict(set))
        files = _Paths()
        for test, measured in params["lines"].items():
            for file, numbers in measured.items():
                lines[without_parameters(test)][files[file]].update(numbers)
        imported = {file: self._text(file, texts) for file in map(Path, params["loaded"])}
        seen = dict.fromkeys(map(without_parameters, ran))
        done = seen if imported else {}
        left = [test for test in self._ran if _is_wanted(test, wanted)]
        named = [each for each in wanted if "::" in each]
        for file in {test.partition("::")[0] for test in seen}:
            self._ran.pop(file, None)  # it can be collected again
        for test in dict.fromkeys((*seen, *left, *named, *map(str, unreadable))):
            before = self._ran.get(test, _Ran({}, {}))
            if test in done:
                self._ran[test] = _Ran(lines[test], imported, before.files.union(lines[test]))
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
        """Whether a test is known to have imported a file."""
        return any(file in texts for texts in self._runs)

    def knows(self, test: str) -> bool:
        """Whether it is known what a test ran."""
        return without_parameters(test) in self._ran

    def ran_in(self, tests: Iterable[str], file: Path) -> bool:
        """Whether any of some tests has ever run code of a file, or may have.

        A test that fails runs less than it did before.
        """
        ran = (self._ran.get(without_parameters(test)) for test in tests)
        return any(
            file in each.files or (not each.lines and file in each.texts)
            for each in ran
            if each is not None
        )

    def by(self, file: Path, text: str, tests: Sequence[str]) -> list[str] | None:
        """The tests that a text in a file's place can affect, and those that have never run.

        Args:
            file: The file.
            text: Its text.
            tests: The tests that the text has.

        Returns:
            The tests, without parameters, and files that could not be collected; None if the text
            does not parse, so that nothing can be said yet.
        """
        new = [test for test in tests if test not in self._ran]
        try:
            changes = self._compare(file, text)
        except BrokenError:
            return None
        if not changes.lines:
            return new
        gone = {test for test in self._ran if test.startswith(f"{file}::")}.difference(tests)
        affected = [test for test, ran in [*self._ran.items()] if _is_affected(ran, file, changes)]
        return [*new, *(test for test in affected if test not in gone)]

    def tests_of_functions(self, file: Path, outline: Outline) -> dict[str, list[str]]:
        """The tests that ran each function of a text, by the functions' names."""
        names: dict[str, Mapping[int, str]] = {}
        found: defaultdict[str, list[str]] = defaultdict(list)
        for test, ran in [*self._ran.items()]:
            before, lines = ran.texts.get(file), ran.lines.get(file)
            if before is None or not lines:
                continue
            if before not in names:
                names[before] = self._function_by_line(before)
            for name in {names[before][line] for line in lines if line in names[before]}:
                if name in outline.functions:
                    found[name].append(test)
        return found

    def _function_by_line(self, text: str) -> dict[int, str]:
        try:
            functions = self._outline(text).functions.values()
        except BrokenError:
            return {}
        return {line: each.name for each in functions for line in each.body}

    def may_differ(self, test: str, texts: Mapping[Path, str]) -> bool:
        """Whether a test may end in another way than it did, with texts in the place of files.

        Only what `by` has looked at is known to be without effect. This is for each key stroke.
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
            if changes is None or not known or _is_affected(ran, file, changes):
                return True
        return False

    def may_any_differ(self, tests: Iterable[str], texts: Mapping[Path, str]) -> bool:
        """Whether any of many tests may end in another way than it did; see `may_differ`."""
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
        """What separates a text from each that tests ran, where that is another.

        Raises:
            BrokenError: The text does not parse.
        """
        others = {each[file] for each in self._runs if file in each}.difference({text})
        lines: dict[str, frozenset[int] | None] = {}
        if others:
            after = Outline.of(text)
            for before in others:
                try:
                    lines[before] = self._outline(before).changed_lines(after)
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
        """The text that ran of a file; of those on disk one copy is kept."""
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


class _Paths(dict[str, Path]):
    """One path for each name of a file: the same few are named by all tests."""

    def __missing__(self, name: str) -> Path:
        path = self[name] = Path(name)
        return path


def file_of_test(test: str) -> Path:
    """The file of a test."""
    return Path(test.partition("::")[0])


def _is_wanted(test: str, wanted: Sequence[str]) -> bool:
    """Whether a test is one of those that files and folders stand for."""
    return any(test.startswith((f"{each}::", f"{each}/")) for each in wanted if "::" not in each)


def without_parameters(test: str) -> str:
    """A test's id without its parameters, which may hold any text."""
    file, mark, inner = test.partition("::")
    return file + mark + inner.partition("[")[0]


def _is_affected(ran: _Ran, file: Path, changes: _Changes) -> bool:
    before = ran.texts.get(file)
    if before is None or before not in changes.lines:
        return False
    changed = changes.lines[before]
    if changed is None or not ran.lines:
        return True
    return not changed.isdisjoint(ran.lines.get(file, ()))
