"""Reads a ``coverage.xml``, as written by coverage.py and other tools."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError, ParserCreate

from python_expert.processes.command import ToolError
from python_expert.tools.pytest.coverage_report import NEVER, FileCoverage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LONGEST = 50_000_000
"""The maximum size of a report that is read, in bytes."""

_TAKEN = re.compile(r"\((\d+)/(\d+)\)")


def read_xml(path: Path, root: Path) -> dict[Path, FileCoverage]:
    """Read a report in Cobertura's format: the coverage of its Python files by their real paths.

    Their texts are empty, as the report does not contain them.

    Raises:
        ToolError: It cannot be read, or is not such a report.
    """
    try:
        if path.stat().st_size > LONGEST:
            raise ToolError(f"{path} is too large to be read")
        reader = _XmlReader()
        reader.parser.Parse(path.read_bytes(), True)  # noqa: FBT003 - it takes no keyword
    except (OSError, ExpatError, ValueError) as error:
        raise ToolError(f"{path} cannot be read: {error}") from error
    if not reader.is_report:
        raise ToolError(f"{path} is not a report in coverage.py's format")
    folders = [root, *(root / each for each in reader.sources)]
    found = {}
    for name, lines in reader.files.items():
        file = next((each / name for each in folders if (each / name).is_file()), None)
        if file is not None and file.suffix == ".py":
            found[file.resolve()] = _coverage(lines)
    return found


class _XmlReader:
    """Collects the content of a report."""

    def __init__(self) -> None:
        self.is_report = False
        self.sources: list[str] = []
        self.files: dict[str, list[Mapping[str, str]]] = {}
        self._file = self._source = ""
        self._in_source = False
        self.parser = parser = ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = self._refuse

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "coverage" and "line-rate" in attributes:
            self.is_report = True
        elif name == "source":
            self._in_source, self._source = True, ""
        elif name == "class":
            self._file = attributes.get("filename", "")
        elif name == "line" and self._file:
            self.files.setdefault(self._file, []).append(attributes)

    def _end(self, name: str) -> None:
        if name == "source":
            self._in_source = False
            self.sources.append(self._source.strip())
        elif name == "class":
            self._file = ""

    def _text(self, text: str) -> None:
        if self._in_source:
            self._source += text

    @staticmethod
    def _refuse(*_: object) -> None:
        """Refuse to expand entities: a coverage report defines none."""
        raise ValueError("it declares entities")


def _coverage(lines: list[Mapping[str, str]]) -> FileCoverage:
    """Return the data of a file's elements ``line``; the elements inside methods are duplicates."""
    numbered = {int(each["number"]): each for each in lines if each.get("number", "").isdigit()}
    missing: list[int] = []
    executed: list[int] = []
    jumps: list[tuple[int, int]] = []
    branches = taken = 0
    for number, each in sorted(numbered.items()):
        (executed if each.get("hits", "0") != "0" else missing).append(number - 1)
        if counts := _TAKEN.search(each.get("condition-coverage", "")):
            taken += int(counts[1])
            branches += int(counts[2])
        targets = filter(None, each.get("missing-branches", "").split(","))
        jumps += ((number - 1, int(to) - 1 if to.isdigit() else NEVER) for to in targets)
    return FileCoverage(
        "", tuple(missing), tuple(executed), tuple(jumps), len(numbered), branches, branches - taken
    )
