"""Failed tests as findings, where the editor shows them."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.diagnostics.finding import Finding, Note, Report, Severity
from python_expert.text.differences import differences
from python_expert.text.document import Position, Range, line_length, split_lines
from python_expert.text.paths import is_library, to_path, to_uri
from python_expert.text.rebase import rebase
from python_expert.tools.answers import number, text
from python_expert.tools.pytest.spec import PAGES, PYTEST
from python_expert.tools.tests import STALE, TestOutcome

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence
    from typing import Any

    from python_expert.text.document import Document, Edit


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
        ran: The text of the file that ran if it was open, else None.
    """

    file: Path
    id: str
    outcome: TestOutcome
    line: int
    message: str
    frames: tuple[FailureFrame, ...]
    ran: str | None = None

    @classmethod
    def of(cls, item: Mapping[str, Any], texts: Mapping[Path, str]) -> Failure:
        """Read what the worker has sent.

        Args:
            item: What it has sent.
            texts: The texts of the open files that ran.
        """
        frames = tuple(
            FailureFrame(Path(text(file)), number(line), text(function))
            for file, line, function in item["frames"]
        )
        outcome = TestOutcome(item.get("outcome", TestOutcome.ERROR))
        file, id_ = Path(text(item["file"])), text(item.get("id", ""))
        line, message = number(item["line"]), text(item["message"])
        return cls(file, id_, outcome, line, message, frames, texts.get(file))

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


def report(
    document: Document, failures: Iterable[Failure], stale: Container[str], root: Path
) -> Report:
    """What failed in a document's tests, where it stands now.

    Tests that fail in the same line for the same reason, such as one with many parameters, make one
    finding. What has failed in a line that is no longer there is left out.

    Args:
        document: The document.
        failures: What failed, in this text or in others before it.
        stale: The ids of the tests that what has been edited since may affect.
        root: The project; of what lies outside nothing is noted.
    """
    moves = _Moves(document)
    alike: dict[tuple[Range, str, str], list[Failure]] = defaultdict(list)
    for each in failures:
        if (where := moves.place(each)) is not None:
            alike[where, each.id.partition("[")[0], each.message].append(each)
    findings = tuple(
        _finding(where, group, stale=group[0].id in stale, root=root)
        for (where, _, _), group in alike.items()
    )
    return Report(PYTEST, document.uri, document.version, findings)


class _Moves:
    """Where the lines of texts that ran are in a document now.

    Args:
        document: The document.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._edits: dict[str, list[Edit]] = {}

    def place(self, failure: Failure) -> Range | None:
        """Where a failure is to be shown; None if its line is no longer there."""
        ran, now = failure.ran, self._document
        if ran is None or ran == now.text:
            return _line_range(now.lines, failure.place)
        if ran not in self._edits:
            self._edits[ran] = [*differences(ran, now.text)][::-1]
        return rebase(_line_range(split_lines(ran), failure.place), self._edits[ran])


def _finding(where: Range, group: Sequence[Failure], *, stale: bool, root: Path) -> Finding:
    first, *others = group
    name = first.id.rpartition("::")[2] or "the file cannot be collected"
    sets = "set" if len(others) == 1 else "sets"
    more = f" (and with {len(others)} more {sets} of parameters)" if others else ""
    more += f" ({STALE})" if stale else ""
    notes = tuple(
        Note(to_uri(frame.file), _line_begin(frame.line), f"in {frame.function or 'module'}")
        for frame in first.own_frames
        if frame.file.is_relative_to(root)
    )
    return Finding(
        PYTEST,
        where,
        first.outcome,
        f"{name}{more}: {first.message}",
        Severity.INFORMATION if stale else Severity.ERROR,
        PAGES.get(first.outcome, ""),
        notes=notes,
    )


def _line_begin(line: int) -> Range:
    return Range(Position(line, 0), Position(line, 0))


def _line_range(lines: Sequence[str], line: int) -> Range:
    """What a line has but its indent."""
    line = max(0, min(line, len(lines) - 1))
    shown = lines[line]
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
