"""The steps that each test ran in its last run; the coverage of files is computed from them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.text.differences import blocks
from python_expert.text.document import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from python_expert.tools.pytest.coverage_report import Step

OUTSIDE = ""
"""The name for code that runs outside of tests, when modules are imported."""


class _Part(NamedTuple):
    """The steps of a file that a test has run: those whose bit is set."""

    steps: Sequence[Step | None]
    bits: int


class CoveredSteps:
    """The steps of each file that each test ran in its last run.

    The steps that a test ran before an edit stay valid as long as the edit does not affect the
    test: the lines around them have only moved.
    """

    def __init__(self) -> None:
        self._parts: defaultdict[Path, dict[str, _Part]] = defaultdict(dict)
        self._texts: dict[Path, str] = {}

    def learn(self, params: Mapping[str, Any], texts: Mapping[Path, str]) -> None:
        """Record a run from the worker's notification.

        Args:
            params: See ``covered`` in the worker.
            texts: The texts of the files in that run.
        """
        for file, text in texts.items():
            self.move(file, text)
        steps = {
            file: [(start, end) for start, end in each] for file, each in params["arcs"].items()
        }
        for test in params["ran"]:
            if test != OUTSIDE:
                for known in self._parts.values():
                    known.pop(test, None)
        for test, files in params["ran"].items():
            for file, bits in files.items():
                self._parts[Path(file)][test] = _Part(steps[file], int(bits, 16))

    def drop(self, tests: Iterable[str]) -> None:
        """Forget tests that no longer exist."""
        for test in tests:
            for known in self._parts.values():
                known.pop(test, None)

    def tests(self) -> set[str]:
        """Return the tests with known steps."""
        return {test for known in self._parts.values() for test in known} - {OUTSIDE}

    def text(self, file: Path) -> str | None:
        """Return the text to which a file's steps belong."""
        return self._texts.get(file)

    def move(self, file: Path, text: str) -> None:
        """Move the steps of a file to the lines of a new text."""
        before = self._texts.get(file)
        self._texts[file] = text
        if before is None or before == text or file not in self._parts:
            return
        moved = moved_lines(before, text)
        tables: dict[int, Sequence[Step | None]] = {}
        for test, part in self._parts[file].items():
            key = id(part.steps)
            if key not in tables:
                tables[key] = [each and _moved(each, moved) for each in part.steps]
            self._parts[file][test] = part._replace(steps=tables[key])

    def of(self, file: Path) -> frozenset[Step]:
        """Return the steps that any test has run in a file."""
        tables: dict[int, Sequence[Step | None]] = {}
        together: dict[int, int] = {}
        for steps, bits in self._parts.get(file, {}).values():
            tables[id(steps)] = steps
            together[id(steps)] = together.get(id(steps), 0) | bits
        return frozenset(
            step
            for key, steps in tables.items()
            for at, step in enumerate(steps)
            if step is not None and together[key] >> at & 1
        )


def moved_lines(before: str, after: str) -> dict[int, int]:
    """Map the 0-based lines of a text to those of another text; omit changed lines."""
    old, new = split_lines(before), split_lines(after)
    moved: dict[int, int] = {}
    at = shift = 0
    for part in blocks(old, new):
        moved |= {line: line + shift for line in range(at, part.old[0])}
        at, shift = part.old[1], part.new[1] - part.old[1]
    return moved | {line: line + shift for line in range(at, len(old))}


def _moved(step: Step, moved: Mapping[int, int]) -> Step | None:
    """Return a step with moved lines; the sign marks the start or end of code."""
    ends = []
    for line in step:
        to = moved.get(abs(line) - 1)
        if to is None:
            return None
        ends.append(to + 1 if line > 0 else -to - 1)
    return ends[0], ends[1]
