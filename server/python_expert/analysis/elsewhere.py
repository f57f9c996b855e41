"""What was converted in other files of a text's project, as plain data."""

from __future__ import annotations

from typing import NamedTuple


class ProjectFile(NamedTuple):
    """A file of a project.

    Attributes:
        path: The file's path, or empty for a text that was never saved.
        root: The project's folder, or empty.
    """

    path: str = ""
    root: str = ""


class Converted(NamedTuple):
    """A definition in another file that must be used differently from now on.

    Attributes:
        path: The file.
        name: The definition's qualified name in that file.
        why: Why uses in other files cannot be converted; empty if awaiting each call suffices.
    """

    path: str
    name: str
    why: str = ""

    @property
    def last(self) -> str:
        """The last part of the definition's name."""
        return self.name.rpartition(".")[2]


class Elsewhere(NamedTuple):
    """The definitions that other files of a text's project have converted.

    Attributes:
        file: The text's own file.
        converted: The converted definitions.
    """

    file: ProjectFile = ProjectFile()
    converted: tuple[Converted, ...] = ()


NOWHERE = Elsewhere()
"""The value for a text without a project."""
