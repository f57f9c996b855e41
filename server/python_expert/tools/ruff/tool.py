"""Ruff as a child process `ruff server` with pull requests, so that each check has one answer."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, ClassVar

from python_expert.processes.command import ToolError
from python_expert.text.paths import to_path
from python_expert.tools.base import Tool
from python_expert.tools.ruff import invocation, reports
from python_expert.tools.ruff.commands import RuffCommands
from python_expert.tools.ruff.docstrings import docstring_demands
from python_expert.tools.ruff.files import RuffFiles
from python_expert.tools.ruff.profile import expert_profile
from python_expert.tools.ruff.server import RuffServer
from python_expert.tools.ruff.spec import SPEC

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Container, Mapping, Sequence
    from pathlib import Path

    from python_expert.diagnostics.finding import Report
    from python_expert.processes.command import Command
    from python_expert.text.document import Document, Range
    from python_expert.tools.base import ToolEvents
    from python_expert.tools.context import ToolContext
    from python_expert.tools.ruff.commands import ProfileOf
    from python_expert.tools.ruff.invocation import RuffLaunch
    from python_expert.tools.ruff.profile import ExpertProfile

_SILENCER = re.compile(r"noqa|ruff\s*:", re.IGNORECASE)
"""Comments that suppress rules of ruff: ``# noqa``, ``# ruff: ignore[F821]``."""

_NAME = re.compile(rf"(?!{reports.SYNTAX}$)[a-z]")


class Ruff(Tool):
    """Ruff for one project.

    Editor settings given to ``ruff server`` are merged into a project's own configuration, so
    files under the expert profile and files under the project's rules have separate children.

    Args:
        launch: The parameters of ruff.
        profile_of: Finds the expert profile for a file, if it applies.
        on_message: Called with ruff's messages for the user (about a broken configuration).
    """

    spec = SPEC
    files = RuffFiles()
    fixes: ClassVar = {
        "quickfix": "",
        "source.fixAll": "Ruff: Fix all auto-fixable problems",
        "source.organizeImports": "Ruff: Organize imports",
    }
    methods: ClassVar = (
        "textDocument/formatting",
        "textDocument/rangeFormatting",
        "textDocument/hover",
    )
    launch: RuffLaunch

    def __init__(
        self,
        launch: RuffLaunch,
        profile_of: ProfileOf,
        on_message: Callable[[str], None] = lambda _message: None,
    ) -> None:
        self.launch = launch
        self._on_message = on_message
        self._profile_of = profile_of
        self._commands = RuffCommands(launch, profile_of)
        self._servers: dict[ExpertProfile | None, RuffServer] = {}
        self._codes: Mapping[str, str] = {}
        self._faults: dict[str, ToolError | None] = {}

    @classmethod
    def make(cls, context: ToolContext, events: ToolEvents) -> Ruff:
        """Create the tool for a project; see `Tool.make`."""
        known: dict[Path | None, ExpertProfile | None] = {}

        def profile_of(path: Path | None) -> ExpertProfile | None:
            folder = path and path.parent
            if folder not in known:
                known[folder] = expert_profile(context, path)
            return known[folder]

        return cls(invocation.launch_for(context), profile_of, events.show_message)

    @classmethod
    def version_command(cls, program: Path, root: Path) -> Command:
        """Return the command that prints the version; see `Tool.version_command`."""
        return invocation.command(program, root, "--version")

    async def check(self, documents: Sequence[Document]) -> list[Report]:
        """Check one document; see `Tool.check`."""
        (document,) = documents
        server = self._server(document)
        items = await server.diagnostics(document)
        if server.user_messages:
            await self._complain(server, document)
        if items is None:
            return []
        with server.child.reading():
            codes = await self._rule_codes(items)
            return [reports.from_lsp(document, items, self.launch.encoding, codes)]

    async def ask(self, document: Document, method: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON is untyped
        """Send ruff an LSP request about this version of a document."""
        server = self._server(document)
        answer = await server.ask(document, method, params)
        if server.user_messages:
            await self._complain(server, document)
        return answer

    async def code_actions(
        self, document: Document, where: Range, only: Sequence[str]
    ) -> list[dict[str, Any]]:
        """Return ruff's code actions for a range of this version of the document.

        The fixes come from ruff's own diagnostics for this version, never from diagnostics that an
        editor sends back.

        Args:
            document: The document.
            where: The range; diagnostics that touch it are included.
            only: The requested kinds, among those in `fixes`.

        Returns:
            Ruff's LSP code actions, with their kinds replaced.
        """
        server = self._server(document)
        kinds = {reports.KINDS[kind]: kind for kind in only}
        wanted = [kind for kind in kinds if kind != "quickfix"]
        items: list[dict[str, Any]] = []
        if len(wanted) < len(only):
            items = await server.diagnostics(document) or []
            with server.child.reading():
                items = [
                    item
                    for item in items
                    if reports.touches(document, item, where, self.launch.encoding)
                ]
            if items:
                wanted.append("quickfix")
        if not wanted:
            return []
        params = {
            "range": document.wire_range(where, self.launch.encoding),
            "context": {"diagnostics": items, "only": wanted},
        }
        actions = await self.ask(document, "textDocument/codeAction", params)
        with server.child.reading():
            found = [each for each in actions or [] if "edit" in each]
            actions = [reports.action(each, wanted) for each in found]
            return [each | {"kind": kinds[each["kind"]]} for each in actions]

    async def what_if(
        self,
        documents: Sequence[Document],
        document: Document,
        text: str,
    ) -> list[Report]:
        """Check a candidate text of a document with ``ruff check -``; see `Tool.what_if`.

        Args:
            documents: Not needed.
            document: The document.
            text: The candidate text.
        """
        del documents
        return [await self._commands.check(document, text)]

    @staticmethod
    def docstring_demands(config: Path, path: Path) -> frozenset[str]:
        """Return the elements of docstrings that the rules selected for a file require."""
        return docstring_demands(config, path)

    def is_lowered(self, document: Document, text: str) -> bool:
        """Return whether rules of the gate are disabled; the expert profile enables all of them."""
        is_expert = self._profile_of(to_path(document.uri)) and not self.launch.args
        return not is_expert or _SILENCER.search(text) is not None

    async def floor(self, document: Document, text: str, python: tuple[int, int] | None) -> Report:
        """Check a text with the gate's own rules; see `RuffCommands.floor`."""
        return await self._commands.floor(document, text, python)

    async def formatted(self, document: Document, text: str) -> str:
        """Format a text of a document; see `RuffCommands.format`."""
        return await self._commands.format(document, text)

    async def fixed(self, document: Document, text: str, rules: Sequence[str]) -> str:
        """Apply ruff's safe fixes for some rules; see `RuffCommands.fix`."""
        return await self._commands.fix(document, text, rules)

    async def explanations(self) -> Mapping[str, str]:
        """Return the explanations of its rules, by code and by name; see `Tool.explanations`."""
        rules = await self._commands.rules()
        texts = {key: rule.explanation for rule in rules for key in (rule.name, rule.code)}
        return {**await super().explanations(), **texts}  # first, codes that are no rules

    def check_files(
        self, paths: Sequence[Path], named: Container[Path] = ()
    ) -> AsyncIterator[list[Report]]:
        """Check files on disk with ``ruff check``; see `Tool.check_files`."""
        return self._commands.check_files(paths, named)

    async def fix_files(self, paths: Sequence[Path], named: Container[Path] = ()) -> int:
        """Write ruff's safe fixes into files; see `FixesFiles`."""
        return await self._commands.fix_files(paths, named)

    def forget(self, uri: str) -> None:
        """Close a document."""
        self._faults.pop(uri, None)
        for server in self._servers.values():
            server.close(uri)

    async def stop(self) -> None:
        """Stop the child processes."""
        await asyncio.gather(*(server.child.stop() for server in self._servers.values()))

    async def _complain(self, server: RuffServer, document: Document) -> None:
        """Check whether a message of ruff is about a document; publish it if not.

        Raises:
            ToolError: Ruff cannot check the document with the project's rules for it.
        """
        if document.uri not in self._faults:
            try:
                await self.what_if([], document, document.text)
                self._faults[document.uri] = None
            except ToolError as error:
                self._faults[document.uri] = error
        if fault := self._faults[document.uri]:
            raise ToolError(fault.cause, place=fault.place)
        for message in server.user_messages:
            self._on_message(message)

    async def _rule_codes(self, items: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
        """Return the codes of rules by name; in preview mode ruff reports names."""
        found = {item.get("code") or "" for item in items}
        if not self._codes and any(map(_NAME.match, found)):
            self._codes = {rule.name: rule.code for rule in await self._commands.rules()}
        return self._codes

    def _server(self, document: Document) -> RuffServer:
        profile = self._profile_of(to_path(document.uri))
        if profile not in self._servers:
            self._servers[profile] = RuffServer(self.launch, profile, self._started)
        return self._servers[profile]

    def _started(self, version: str) -> None:
        self.version = version
