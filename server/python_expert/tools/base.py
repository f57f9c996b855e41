"""The interface of a quality tool, and the optional protocols."""

from __future__ import annotations

import asyncio
import os
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, runtime_checkable

from python_expert.processes.command import Command
from python_expert.tools.explanations import read_pages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence

    from python_expert.config.tool_spec import ToolSpec
    from python_expert.diagnostics.finding import Report, ToolName
    from python_expert.text.document import Document, Range
    from python_expert.tools.context import ToolContext
    from python_expert.tools.files import FileFinder


class ToolEvents(NamedTuple):
    """Callbacks for what a tool reports without a request.

    Attributes:
        reports: Called with reports.
        reading: Called with the tool's progress in reading the project; with None at the end.
        show_message: Called with messages for the user.
    """

    reports: Callable[[Sequence[Report]], None]
    reading: Callable[[str | None], None]
    show_message: Callable[[str], None]


class Tool(ABC):
    """A quality tool for one project.

    Optional abilities are the protocols below: check with ``isinstance`` whether a tool has one.

    Attributes:
        spec: The description of the tool.
        whole_project: True if one check takes all open documents together (mypy), False if each
            document is checked separately.
        variants: Its modes of operation with their descriptions, if there are several.
        files: Finds the files of a project, if the tool can; it then also knows which files are
            excluded.
        docstring_demands: Returns the configured requirements for the docstrings in a file, if any;
            see `config.docstring_demands`.
        version: The tool's version, once it is known.
        variant: The mode of operation in use, if there are several.
        launch: The parameters of its start; tools with equal launches give equal results.
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
        """Create the tool for a project; no process is started before the first check.

        Args:
            context: The project.
            events: Callbacks for what it reports without a request.
        """

    @classmethod
    def version_command(cls, program: Path, root: Path) -> Command:
        """Return the command that prints the tool's version.

        Args:
            program: The tool's executable, or the Python that has it.
            root: The folder to run it in.
        """
        if not cls.spec.module:
            return Command((str(program), "--version"), root)
        # A module of the project must not be run instead of the tool with the same name.
        safe = environment(root, trusted=False)
        return Command((str(program), "-m", cls.spec.name, "--version"), root, safe)

    @property
    def name(self) -> ToolName:
        """The tool's name."""
        return self.spec.name

    @abstractmethod
    async def check(self, documents: Sequence[Document]) -> list[Report]:
        """Check open documents with their text in the editor.

        Args:
            documents: All open documents of the project for a tool that checks them together;
                otherwise the one to check.

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
        """Return the findings if one document had another text; publish nothing.

        Args:
            documents: All open documents of the project.
            document: The document whose text is replaced.
            text: The replacement text; the ranges of findings refer to it.

        Returns:
            At least a report on that document; for a tool that checks documents together, reports
            on the others as well.

        Raises:
            ToolError: The tool cannot do its work.
            ToolCrashError: Its process died or hung; asking again restarts it.
        """

    @abstractmethod
    def check_files(
        self, paths: Sequence[Path], named: Collection[Path] = ()
    ) -> AsyncIterator[list[Report]]:
        """Check files on disk, yielding reports as they become available.

        Args:
            paths: The files.
            named: The files and folders that the user has named. These files are checked even if
                the project excludes them.

        Raises:
            ToolError: The tool cannot do its work.
        """

    async def explanations(self) -> Mapping[str, str]:
        """Return the explanations of its rules, as Markdown by code: the files in ``rules``.

        Raises:
            ToolError: The tool cannot do its work.
        """
        return await asyncio.to_thread(read_pages, type(self))

    def forget(self, uri: str) -> None:  # noqa: B027 - optional to override
        """Drop all data about a closed document."""

    async def stop(self) -> None:  # noqa: B027 - optional to override
        """Stop the tool's processes."""


@runtime_checkable
class OffersFixes(Protocol):
    """A tool that offers code actions.

    Attributes:
        fixes: The LSP kinds of its code actions; kinds for the whole file have a title.
    """

    fixes: ClassVar[Mapping[str, str]]

    @property
    def name(self) -> ToolName:
        """The tool's name."""

    async def code_actions(
        self, document: Document, where: Range, only: Sequence[str]
    ) -> list[dict[str, Any]]:
        """Return the code actions for a range of this version of a document.

        Args:
            document: The document.
            where: The range; findings that touch it are included.
            only: The requested kinds, among those that it offers.

        Returns:
            LSP code actions of those kinds, with their edits.
        """


@runtime_checkable
class AnswersRequests(Protocol):
    """A tool that answers LSP requests itself: formatting, hovers.

    Attributes:
        methods: The LSP methods that it answers.
    """

    methods: ClassVar[Collection[str]]

    async def ask(self, document: Document, method: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON is untyped
        """Answer a request about this version of a document."""


@runtime_checkable
class Formats(Protocol):
    """A tool that formats code."""

    async def formatted(self, document: Document, text: str) -> str:
        """Format a text of a document as the project is configured.

        Raises:
            ToolError: The text does not parse, or the tool cannot do its work.
        """


@runtime_checkable
class HasFloor(Protocol):
    """A tool with rules that always apply in the gate, whatever the project configures."""

    def is_lowered(self, document: Document, text: str) -> bool:
        """Return whether a check of a document with this text may find less than those rules."""

    async def floor(self, document: Document, text: str, python: tuple[int, int] | None) -> Report:
        """Return the findings of those rules in a document with this text.

        Args:
            document: The document.
            text: The text.
            python: The oldest Python that the text must run on, if it is configured.

        Raises:
            ToolError: The tool cannot do its work.
        """


@runtime_checkable
class FixesText(Protocol):
    """A tool that can fix its own findings."""

    async def fixed(self, document: Document, text: str, rules: Sequence[str]) -> str:
        """Apply the tool's safe fixes for some rules to a document with this text.

        Args:
            document: The document.
            text: The replacement text.
            rules: The rules.

        Raises:
            ToolError: The tool cannot do its work.
        """


@runtime_checkable
class WatchesDisk(Protocol):
    """A tool whose findings depend on files that are not open."""

    def disk_changed(self) -> None:
        """Handle changed files on disk; a check follows."""


@runtime_checkable
class WatchesEdits(Protocol):
    """A tool whose findings become outdated by an edit without a new check."""

    def edited(self, document: Document) -> None:
        """Handle an opened or changed document."""


@runtime_checkable
class WatchesSaves(Protocol):
    """A tool that reacts to saved documents."""

    def saved(self) -> None:
        """Handle a saved document."""


def environment(root: Path, *, trusted: bool) -> dict[str, str]:
    """Return the environment variables for a tool that is written in Python and runs in a project.

    mypy treats files on PYTHONPATH as installed and reports nothing about them, so PYTHONPATH must
    not contain the project's own files. In an untrusted project, it must not contain any folder of
    the project: Python would import files there instead of the tool's own modules.

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
