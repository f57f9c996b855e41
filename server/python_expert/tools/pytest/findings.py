"""Failed tests as findings, at the place where the editor shows them."""

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
    """A frame of an error's traceback.

    Attributes:
        file: The file.
        line: The line, 0-based.
        function: The function.
    """

    file: Path
    line: int
    function: str


class Failure(NamedTuple):
    """A failed test, or a file that could not be collected.

    Attributes:
        file: The file of the test, or the one that could not be collected.
        id: The test's id within the file, with its parameters; empty for a file.
        outcome: Whether the test or its setup failed.
        line: The test's line, 0-based.
        message: The failure message.
        frames: The frames of the traceback, outermost first.
        ran: The text of the file that ran if the file was open, else None.
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
        """Read a notification of the worker.

        Args:
            item: The notification.
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
        """The line of the failure in the test's file: that of the innermost frame there."""
        lines = [frame.line for frame in self.frames if frame.file == self.file]
        return lines[-1] if lines else self.line

    @property
    def own_frames(self) -> list[FailureFrame]:
        """The frames in other files that do not belong to libraries, outermost first."""
        others = (each for each in self.frames if each.file != self.file)
        return [each for each in others if not is_library(each.file)]


def report(
    document: Document, failures: Iterable[Failure], stale: Container[str], root: Path
) -> Report:
    """Report the failures of a document's tests, at their current places.

    Tests that fail in the same line for the same reason, such as a parametrized test, result in one
    finding. A failure in a line that no longer exists is omitted.

    Args:
        document: The document.
        failures: The failures, in this text or in earlier ones.
        stale: The ids of the tests that edits since then may affect.
        root: The project's folder; frames outside of it are omitted.
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
    """Maps lines of texts that ran to the current lines of a document.

    Args:
        document: The document.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._edits: dict[str, list[Edit]] = {}

    def place(self, failure: Failure) -> Range | None:
        """Return the place at which to show a failure; None if its line no longer exists."""
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
    """Return the range of a line without its indentation."""
    line = max(0, min(line, len(lines) - 1))
    shown = lines[line]
    indent = len(shown) - len(shown.lstrip())
    length = line_length(shown)
    return Range(Position(line, min(indent, length)), Position(line, length))


def file_of(document: Document) -> Path | None:
    """Return the real path of a document's file, in the worker's spelling."""
    path = to_path(document.uri)
    return path and real_path(path)


def real_path(path: Path) -> Path:
    """Return a path with its links resolved; circular links are kept."""
    return Path(os.path.realpath(path))
