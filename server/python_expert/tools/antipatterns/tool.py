"""Our own rules as a tool; they run in this process, but not on its event loop."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_expert import __version__
from python_expert.config.settings import Profile
from python_expert.processes.command import Command, ToolError
from python_expert.text.decoding import decode
from python_expert.text.document import Document
from python_expert.text.paths import to_path, to_uri
from python_expert.tools.antipatterns.spec import ANTIPATTERNS, SPEC
from python_expert.tools.base import Tool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Sequence
    from pathlib import Path

    from python_expert.diagnostics.finding import Report
    from python_expert.tools.base import ToolEvents
    from python_expert.tools.context import ToolContext


@dataclass(frozen=True)
class AntipatternsLaunch:
    """What the rules are started with.

    Attributes:
        root: The project's folder.
        profile: Whose rules apply.
        changes: How often ruff's configuration files have changed, which decide about style.
    """

    root: Path
    profile: Profile = Profile.AUTO
    changes: int = 0


class Antipatterns(Tool):
    """Our own rules for one project.

    Args:
        launch: What to start.
        has_style: Whether rules that are a matter of style apply to a file.
    """

    spec = SPEC
    version = __version__
    launch: AntipatternsLaunch

    def __init__(
        self,
        launch: AntipatternsLaunch,
        has_style: Callable[[Path | None], bool] = lambda _path: True,
    ) -> None:
        self.launch = launch
        self._has_style = has_style

    @classmethod
    def make(cls, context: ToolContext, events: ToolEvents) -> Antipatterns:
        """Create the tool for a project; see `Tool.make`."""
        del events
        # A project that configures ruff has decided on matters of style.
        ruff = SPEC.merging.preferred
        launch = AntipatternsLaunch(context.root, context.settings.profile, context.changes(ruff))
        return cls(launch, lambda path: context.is_expert(ruff, path))

    @classmethod
    def version_command(cls, program: Path, root: Path) -> Command:
        """The command that prints the version: that of Python Expert."""
        return Command((str(program), "-c", f"print({f'{ANTIPATTERNS} {__version__}'!r})"), root)

    async def check(self, documents: Sequence[Document]) -> list[Report]:
        """Check documents separately; see `Tool.check`."""
        return [await self._check(document) for document in documents]

    async def what_if(
        self, documents: Sequence[Document], document: Document, text: str
    ) -> list[Report]:
        """Check another text of a document; see `Tool.what_if`."""
        del documents
        return [await self._check(Document.of(document.uri, document.version, text))]

    async def check_files(
        self, paths: Sequence[Path], named: Collection[Path] = ()
    ) -> AsyncIterator[list[Report]]:
        """Check files as they are on disk, one report at a time; see `Tool.check_files`.

        Args:
            paths: The files.
            named: Not needed.

        Raises:
            ToolError: Raised at the end; some files could not be read.
        """
        del named
        failures = []
        for path in paths:
            try:
                text = decode(await asyncio.to_thread(path.read_bytes))
            except OSError as error:
                failures.append(f"{path} cannot be read: {error.strerror or error}")
            except ValueError as error:
                failures.append(f"{path} cannot be decoded: {error}")
            else:
                yield [await self._check(Document.of(to_uri(path), 0, text))]
        if failures:
            raise ToolError("\n".join(failures))

    async def _check(self, document: Document) -> Report:
        return await asyncio.to_thread(self._found, document)

    def _found(self, document: Document) -> Report:
        # The rules are not needed for the server's start.
        from python_expert.diagnostics.finding import Report  # noqa: PLC0415
        from python_expert.tools.antipatterns.checking import check  # noqa: PLC0415

        if self.launch.profile is Profile.PROJECT:
            return Report(ANTIPATTERNS, document.uri, document.version, ())
        return check(document, style=self._has_style(to_path(document.uri)))
