"""What a quality tool is."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from python_expert.diagnostics.finding import Report, ToolName
    from python_expert.text.document import Document


class Tool(ABC):
    """A quality tool at work for one project.

    Attributes:
        name: Which tool it is.
        whole_project: True where one check takes all open documents together (mypy), False
            where each document is checked by itself.
        version: The tool's version, once it is known.
        variant: Which of several ways of working is in use, if there are several.
        launch: What it is started with; tools that are launched alike do the same.
    """

    name: ClassVar[ToolName]
    whole_project: ClassVar[bool] = False
    version: str = ""
    variant: str = ""
    launch: object

    @abstractmethod
    async def check(self, documents: Sequence[Document]) -> list[Report]:
        """Check open documents as they stand in the editor.

        Args:
            documents: All open documents of the project for a tool that takes them together;
                else the one to check.

        Raises:
            ToolError: The tool cannot do its work.
            ToolCrashError: Its process died or hung; asking again starts it anew.
        """

    @abstractmethod
    async def what_if(
        self,
        documents: Sequence[Document],
        document: Document,
        text: str,
        rules: Sequence[str] = (),
    ) -> list[Report]:
        """What would be found, were `text` that of one document; nothing changes by it.

        Args:
            documents: All open documents of the project.
            document: The one of them that is thought of with another text.
            text: That text; the ranges of what is found in it are its own.
            rules: Rules that hold beside those that the project selects, for a tool that can
                select them.

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


def environment(root: Path, *, trusted: bool) -> dict[str, str]:
    """The environment variables for a tool that is written in Python and runs in a project.

    What lies on PYTHONPATH mypy takes for installed, and is silent about; so the project's own
    files must not be found there. Nor may any of its folders be, if it is not trusted: what is in
    them would be imported in the place of the tool's own modules.

    Args:
        root: The project's folder, where the tool runs.
        trusted: Whether code of the project may be run.
    """
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    kept = [entry for entry in entries if entry and not root.is_relative_to(root / entry)]
    if not trusted:
        inside = os.path.realpath(root)
        kept = [
            entry
            for entry in kept
            if Path(entry).is_absolute()
            and not Path(os.path.realpath(entry)).is_relative_to(inside)
        ]
    return {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(kept)}
