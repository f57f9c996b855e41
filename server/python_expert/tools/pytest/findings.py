"""Failed tests as findings, where the editor shows them."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.diagnostics.finding import Finding, Note, Report, Severity
from python_expert.text.document import Position, Range, line_length
from python_expert.text.paths import is_library, to_path, to_uri
from python_expert.tools.answers import number, text
from python_expert.tools.pytest.spec import PYTEST
from python_expert.tools.tests import TestOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from python_expert.text.document import Document

STALE = "the code has changed since"
"""What is said of results after an edit."""


class FailureFrame(NamedTuple):
    """Where an error has passed.

    Attributes:
        file: The file.
        line: The line, 0-based.
        function: The function.
    """

    file: Path
    line: int
    function: str


class Failure(NamedTuple):
    """What failed.

    Attributes:
        file: The file of the test, or the one that could not be collected.
        id: The test's id within the file, with its parameters; empty for a file.
        outcome: Whether the test or its surroundings failed.
        line: The test's line, 0-based.
        message: What failed.
        frames: Where the error has passed, outermost first.
    """

    file: Path
    id: str
    outcome: TestOutcome
    line: int
    message: str
    frames: tuple[FailureFrame, ...]

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> Failure:
        """Read what the worker has sent."""
        frames = tuple(
            FailureFrame(Path(text(file)), number(line), text(function))
            for file, line, function in item["frames"]
        )
        outcome = TestOutcome(item.get("outcome", TestOutcome.ERROR))
        id_, message = text(item.get("id", "")), text(item["message"])
        return cls(Path(text(item["file"])), id_, outcome, number(item["line"]), message, frames)

    @property
    def place(self) -> int:
        """The line in the test's file where it failed: the innermost frame there."""
        lines = [frame.line for frame in self.frames if frame.file == self.file]
        return lines[-1] if lines else self.line

    @property
    def own_frames(self) -> list[FailureFrame]:
        """The frames in other files that are no library's, outermost first."""
        others = (each for each in self.frames if each.file != self.file)
        return [each for each in others if not is_library(each.file)]


def report(document: Document, failures: Iterable[Failure], *, stale: bool, root: Path) -> Report:
    """What failed in a document's tests.

    Tests that fail in the same line for the same reason, such as one with many parameters, are told
    once.

    Args:
        document: The document, in the version that ran.
        failures: What failed.
        stale: Whether something has been edited since.
        root: The project; of what lies outside nothing is noted.
    """
    alike: dict[tuple[int, str, str], list[Failure]] = defaultdict(list)
    for each in failures:
        alike[each.place, each.id.partition("[")[0], each.message].append(each)
    findings = tuple(_finding(document, group, stale=stale, root=root) for group in alike.values())
    return Report(PYTEST, document.uri, document.version, findings)


def _finding(document: Document, group: Sequence[Failure], *, stale: bool, root: Path) -> Finding:
    first, *others = group
    name = first.id.rpartition("::")[2] or "the file cannot be collected"
    sets = "set" if len(others) == 1 else "sets"
    more = f" (and with {len(others)} more {sets} of parameters)" if others else ""
    more += f" ({STALE})" if stale else ""
    notes = tuple(
        Note(to_uri(frame.file), _line_range(None, frame.line), f"in {frame.function or 'module'}")
        for frame in first.own_frames
        if frame.file.is_relative_to(root)
    )
    return Finding(
        PYTEST,
        _line_range(document, first.place),
        first.outcome,
        f"{name}{more}: {first.message}",
        Severity.INFORMATION if stale else Severity.ERROR,
        notes=notes,
    )


def _line_range(document: Document | None, line: int) -> Range:
    """What a line has but its indent; of a document that is not open its begin."""
    if document is None:
        return Range(Position(line, 0), Position(line, 0))
    line = max(0, min(line, len(document.lines) - 1))
    shown = document.lines[line]
    indent = len(shown) - len(shown.lstrip())
    length = line_length(shown)
    return Range(Position(line, min(indent, length)), Position(line, length))


def file_of(document: Document) -> Path | None:
    """The real path of a document's file, as the worker names it."""
    path = to_path(document.uri)
    return path and real_path(path)


def real_path(path: Path) -> Path:
    """A path without links; links that lead in a circle are left."""
    return Path(os.path.realpath(path))
