"""What a quality tool is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from python_expert.findings import Report, ToolName
    from python_expert.snapshot import Snapshot


class Tool(ABC):
    """A quality tool at work for one project.

    Attributes:
        name: Which tool it is.
        whole_project: True where one check takes all open documents together (mypy), False
            where each document is checked by itself.
        version: The tool's version, once it is known.
        variant: Which of several ways of working is in use, if there are several.
        spec: What it is started with; tools of equal specs do the same.
    """

    name: ClassVar[ToolName]
    whole_project: ClassVar[bool] = False
    version: str = ""
    variant: str = ""
    spec: object

    @abstractmethod
    async def check(self, snapshots: Sequence[Snapshot]) -> list[Report]:
        """Check open documents as they stand in the editor.

        Args:
            snapshots: All open documents of the project for a tool that takes them together;
                else the one to check.

        Raises:
            ToolError: The tool cannot do its work.
            ToolCrashError: Its process died or hung; asking again starts it anew.
        """

    @abstractmethod
    async def what_if(
        self, snapshots: Sequence[Snapshot], snapshot: Snapshot, text: str
    ) -> list[Report]:
        """What would be found, were `text` that of one document; nothing changes by it.

        Args:
            snapshots: All open documents of the project.
            snapshot: The one of them that is thought of with another text.
            text: That text; the ranges of what is found in it are its own.

        Returns:
            At least a report on that document; those on others a tool takes together with it.

        Raises:
            ToolError: The tool cannot do its work.
            ToolCrashError: Its process died or hung; asking again starts it anew.
        """

    @abstractmethod
    def check_files(self, paths: Sequence[Path]) -> AsyncIterator[list[Report]]:
        """Check files as they are on disk, yielding reports as they become known.

        Raises:
            ToolError: The tool cannot do its work.
        """

    def forget(self, uri: str) -> None:  # noqa: B027 - most tools keep nothing
        """Drop what is known of a closed document."""

    async def stop(self) -> None:  # noqa: B027 - not every tool has a process
        """End the tool's processes."""
