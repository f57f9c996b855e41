"""The interface of a quality tool, and the optional protocols."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, runtime_checkable

from python_expert.processes.command import Command

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Container, Mapping, Sequence

    from python_expert.config.tool_spec import ToolSpec
    from python_expert.diagnostics.finding import Report, ToolName
    from python_expert.text.document import Document, Range
    from python_expert.tools.context import ToolContext
    from python_expert.tools.files import FileFinder


class ToolEvents(NamedTuple):
    """Who hears of what a tool says without having been asked.

    Attributes:
        reports: Called with what it finds.
        reading: Called with its state of reading the project; None when it is done.
        tell: Called with its messages for the user.
    """

    reports: Callable[[Sequence[Report]], None]
    reading: Callable[[str | None], None]
    tell: Callable[[str], None]


class Tool(ABC):
    """A quality tool for one project.

    What only some tools can do is a protocol of its own, below: ask with ``isinstance`` whether
    a tool has it.

    Attributes:
        spec: Which tool it is.
        whole_project: True where one check takes all open documents together (mypy), False
            where each document is checked by itself.
        variants: Its ways of working and what they are, if there are several.
        files: How it finds the files of a project, if it does; it then knows by itself which of
            them the project excludes.
        docstring_demands: What its configuration demands of the docstrings in a file, if it does;
            see `config.docstring_demands`.
        version: The tool's version, once it is known.
        variant: Which of several ways of working is in use, if there are several.
        launch: What it is started with; tools that are launched alike do the same.
    """

    spec: ClassVar[ToolSpec]
    whole_project: ClassVar[bool] = False
    variants: ClassVar[Mapping[str, str]] = {}
    files: ClassVar[FileFinder | None] = None
    docstring_demands: Callable[[Path, Path], frozenset[str]] | None = None
    version: str = ""
    variant: str = ""
    launch: object

    @classmethod
    @abstractmethod
    def make(cls, context: ToolContext, events: ToolEvents) -> Tool:
        """Make the tool for a project; nothing is started before it is asked to check something.

        Args:
            context: The project.
            events: Who hears of what it says without having been asked.
        """

    @classmethod
    def version_command(cls, program: Path, root: Path) -> Command:
        """A run of the tool that prints its version.

        Args:
            program: The tool's executable, or the Python that has it.
            root: The folder to run it in.
        """
        if not cls.spec.module:
            return Command((str(program), "--version"), root)
        # A module of the project must not be run instead of the tool of the same name.
        safe = environment(root, trusted=False)
        return Command((str(program), "-m", cls.spec.name, "--version"), root, safe)

    @property
    def name(self) -> ToolName:
        """The tool's name."""
        return self.spec.name

    @abstractmethod
    async def check(self, documents: Sequence[Document]) -> list[Report]:
        """Check open documents as they stand in the editor.

        Args:
            documents: All open documents of the project for a tool that takes them together;
                else the one to check.

        Raises:
            ToolError: The tool cannot do its work.
            ToolCrashError: Its process died or hung; asking again restarts it.
        """

    @abstractmethod
    async def what_if(
        self,
        documents: Sequence[Document],
        document: Document,
        text: str,
    ) -> list[Report]:
        """What would be found if one document had the text `text`; nothing is published.

        Args:
            documents: All open documents of the project.
            document: The one of them whose text is replaced.
            text: That text; the ranges of what is found in it are its own.

        Returns:
            At least a report on that document; those on others a tool takes together with it.

        Raises:
            ToolError: The tool cannot do its work.
            ToolCrashError: Its process died or hung; asking again restarts it.
        """

    @abstractmethod
    def check_files(
        self, paths: Sequence[Path], named: Container[Path] = ()
    ) -> AsyncIterator[list[Report]]:
        """Check files as they are on disk, yielding reports as they become known.

        Args:
            paths: The files.
            named: Those of them that are checked though the project excludes them.

        Raises:
            ToolError: The tool cannot do its work.
        """

    def forget(self, uri: str) -> None:  # noqa: B027 - most tools keep nothing
        """Drop what is known of a closed document."""

    async def stop(self) -> None:  # noqa: B027 - not every tool has a process
        """End the tool's processes."""


@runtime_checkable
class OffersFixes(Protocol):
    """A tool that offers code actions.

    Attributes:
        fixes: LSP's kinds of code actions that it offers; for those that are offered for the
            whole file, with their title.
    """

    fixes: ClassVar[Mapping[str, str]]

    @property
    def name(self) -> ToolName:
        """The tool's name."""

    async def code_actions(
        self, document: Document, where: Range, only: Sequence[str]
    ) -> list[dict[str, Any]]:
        """The code actions for a range of this version of a document.

        Args:
            document: The document.
            where: The range at hand; a finding that touches it counts.
            only: The kinds that are asked for, of those that it offers.

        Returns:
            LSP code actions of those kinds, with their edits.
        """


@runtime_checkable
class AnswersRequests(Protocol):
    """A tool that answers requests of LSP itself: formatting, hovers.

    Attributes:
        methods: Those that it answers.
    """

    methods: ClassVar[Collection[str]]

    async def ask(self, document: Document, method: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON is untyped
        """Answer a request about a document, as it stands in this version."""


@runtime_checkable
class Formats(Protocol):
    """A tool that formats code."""

    async def formatted(self, document: Document, text: str) -> str:
        """A text as the project formats it, in a document's place.

        Raises:
            ToolError: The text does not parse, or the tool cannot do its work.
        """


@runtime_checkable
class HasFloor(Protocol):
    """A tool of which some rules hold for the gate, whatever a project configures."""

    def is_lowered(self, document: Document, text: str) -> bool:
        """Whether a check of a text, in a document's place, may find less than those rules."""

    async def floor(self, document: Document, text: str, python: tuple[int, int] | None) -> Report:
        """What those rules find in a text, in a document's place.

        Args:
            document: The document.
            text: The text in its place.
            python: The oldest Python that the text must run on, if the project's files say so.

        Raises:
            ToolError: The tool cannot do its work.
        """


@runtime_checkable
class FixesText(Protocol):
    """A tool that can fix what it finds."""

    async def fixed(self, document: Document, text: str, rules: Sequence[str]) -> str:
        """A text with the tool's safe fixes for some rules, in a document's place.

        Args:
            document: The document.
            text: The text in its place.
            rules: The rules.

        Raises:
            ToolError: The tool cannot do its work.
        """


@runtime_checkable
class WatchesDisk(Protocol):
    """A tool whose findings depend on files that are not open."""

    def disk_changed(self) -> None:
        """Some files have changed on disk; a check follows."""


@runtime_checkable
class WatchesEdits(Protocol):
    """A tool whose findings an edit makes stale, without a check that follows."""

    def edited(self, document: Document) -> None:
        """A document was opened or changed."""


@runtime_checkable
class WatchesSaves(Protocol):
    """A tool that does something of its own accord when a document is saved."""

    def saved(self) -> None:
        """A document was saved."""


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
