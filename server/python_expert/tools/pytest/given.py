"""The arguments of a run over files: mostly folders, so that pytest applies its own settings."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

from python_expert.text.decoding import decode
from python_expert.text.document import Document
from python_expert.text.paths import to_uri
from python_expert.tools.pytest.findings import real_path
from python_expert.tools.pytest.test_files import projects_within

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from python_expert.tools.pytest.conventions import Conventions
    from python_expert.tools.tests import TestSummary


class GivenPaths(NamedTuple):
    """The arguments of a run over files.

    Attributes:
        wanted: The requested folders and files.
        arguments: pytest's arguments for them. For the whole project there is no path, so that
            pytest uses ``testpaths``. Projects within the folders have separate runs.
    """

    wanted: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()


def given(
    paths: Sequence[Path], named: Collection[Path], root: Path, conventions: Conventions
) -> GivenPaths:
    """Return pytest's arguments for a run over files. Reads folders.

    Args:
        paths: The Python files, of one project.
        named: The files and folders that the user has named; the files may be in these folders.
        root: The project's folder.
        conventions: The project's naming conventions for tests.

    Returns:
        The arguments; empty if no file can have tests.
    """
    files = [
        real_path(path) for path in paths if conventions.doctests or conventions.is_test_file(path)
    ]
    if not files:
        return GivenPaths()
    top = real_path(root)
    folders = [real_path(each) for each in named if each.is_dir()]
    if any(top.is_relative_to(each) for each in folders):
        return GivenPaths((str(top),), _ignoring(top))
    inside = [each for each in dict.fromkeys(folders) if each.is_relative_to(top)]
    alone = [each for each in files if not any(each.is_relative_to(folder) for folder in inside)]
    wanted = (*map(str, inside), *map(str, alone))
    return GivenPaths(wanted, (*(option for each in inside for option in _ignoring(each)), *wanted))


def _ignoring(folder: Path) -> tuple[str, ...]:
    return tuple(f"--ignore={each}" for each in projects_within(folder))


def documents(paths: Sequence[Path], summary: TestSummary) -> list[Document]:
    """Return the documents of a run's reports: its test files and all Python files. Reads them.

    Args:
        paths: The Python files; the documents have these paths.
        summary: The result of the run.
    """
    tested = (*(each.file for each in summary.results), *summary.unreadable)
    files = {each: each for each in tested} | {real_path(path): path for path in paths}
    found = []
    for file, path in files.items():
        with contextlib.suppress(OSError, ValueError):
            found.append(Document.of(to_uri(path), 0, decode(file.read_bytes())))
    return found
