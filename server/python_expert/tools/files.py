"""Optional protocols of tools for files on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from pathlib import Path


class FoundFiles(NamedTuple):
    """The result of a search in a folder.

    Attributes:
        python: The Python files.
        notebooks: The notebooks, which are JSON.
    """

    python: list[Path]
    notebooks: list[Path]


class FileFinder(Protocol):
    """Finds the files of a project."""

    async def search(self, program: Path, folder: Path) -> FoundFiles:
        """Return the files in a folder that the project does not exclude.

        Raises:
            ToolError: The folder cannot be searched.
        """

    async def excludes(self, program: Path, root: Path, path: Path) -> bool:
        """Return whether a project excludes an existing file.

        Raises:
            ToolError: The tool cannot be asked.
        """


@runtime_checkable
class FixesFiles(Protocol):
    """A tool that can fix its own findings in files on disk."""

    async def fix_files(self, paths: Sequence[Path], named: Container[Path] = ()) -> int:
        """Write the safe fixes into files; return the number of fixed findings.

        Args:
            paths: The files.
            named: The files among them that are fixed even if the project excludes them.

        Raises:
            ToolError: The tool cannot do its work.
        """
