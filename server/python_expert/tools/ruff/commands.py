"""Ruff as a command: one process for each text, and one for each batch of files on disk."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from python_expert.diagnostics.finding import Finding, Report
from python_expert.processes.command import ToolError, run
from python_expert.text.decoding import decode
from python_expert.text.document import Document
from python_expert.text.paths import to_path, to_uri
from python_expert.tools import answers
from python_expert.tools.ruff import invocation, reports
from python_expert.tools.ruff.config_errors import config_error
from python_expert.tools.ruff.rules import read_rules
from python_expert.tools.ruff.spec import RUFF

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Container, Iterator, Sequence

    from python_expert.processes.command import Command
    from python_expert.tools.ruff.invocation import RuffLaunch
    from python_expert.tools.ruff.profile import ExpertProfile
    from python_expert.tools.ruff.rules import RuffRule

    ProfileOf = Callable[[Path | None], ExpertProfile | None]

BATCH_DEADLINE_S = 600.0
FILES_PER_RUN = 400

_FIXED = re.compile(rb"^Fixed (\d+) error", re.MULTILINE)


class RuffCommands:
    """Runs of ruff for one project.

    Args:
        launch: The parameters of ruff.
        profile_of: Finds the expert profile for a file, if it applies.
    """

    def __init__(self, launch: RuffLaunch, profile_of: ProfileOf) -> None:
        self._launch = launch
        self._profile_of = profile_of
        self._rules: Sequence[RuffRule] = ()

    async def check(self, document: Document, text: str) -> Report:
        """Check a candidate text of a document.

        Raises:
            ToolError: Ruff cannot do its work.
        """
        command = invocation.check_command(
            *self._place, *self._options(document), *self._launch.args, files="-"
        )
        return await self._found(document, command, text)

    async def floor(self, document: Document, text: str, python: tuple[int, int] | None) -> Report:
        """Check a text with the gate's own rules, without the project's configuration.

        Raises:
            ToolError: Ruff cannot do its work.
        """
        name = _name(document)
        command = invocation.floor_command(*self._place, *name, python=python)
        try:
            return await self._found(document, command, text)
        except ToolError:
            if python is None:
                raise
            # A ruff that is older than this Python does not accept its version name.
            return await self.floor(document, text, None)

    async def _found(self, document: Document, command: Command, text: str) -> Report:
        """Return the findings of a run of ``ruff check`` with a text on its standard input."""
        out = await self._run(command, text)
        with answers.reading("ruff check", out):
            items = orjson.loads(out)
            parsed = not any(item["code"] in (None, reports.SYNTAX) for item in items)
            findings = tuple(map(reports.from_cli, items))
        return Report(RUFF, document.uri, document.version, findings, parsed=parsed)

    async def format(self, document: Document, text: str) -> str:
        """Format a text of a document as the project is configured.

        Raises:
            ToolError: The text does not parse, or ruff cannot do its work.
        """
        options = self._options(document)
        command = invocation.command(*self._place, "format", *options, "--quiet", "-")
        out = await self._run(command, text)
        with answers.reading("ruff format", out):
            return out.decode()

    async def fix(self, document: Document, text: str, rules: Sequence[str]) -> str:
        """Apply ruff's safe fixes for some rules to a text of a document.

        Fixes that are only safe according to the project's configuration are not applied.

        Raises:
            ToolError: Ruff cannot do its work.
        """
        command = invocation.fix_command(*self._place, *self._options(document), rules=rules)
        out = await self._run(command, text)
        with answers.reading("ruff check --fix-only", out):
            return out.decode()

    async def check_files(
        self, paths: Sequence[Path], named: Container[Path] = ()
    ) -> AsyncIterator[list[Report]]:
        """Check files on disk.

        Args:
            paths: The files.
            named: Files that are checked even if the project excludes them.
        """
        for options, files in self._batches(paths, named):
            reports = await self._batch(options, files)
            yield [await self._decoded(report) for report in reports]

    async def fix_files(self, paths: Sequence[Path], named: Container[Path] = ()) -> int:
        """Write ruff's safe fixes into files; return the number of fixed findings.

        Args:
            paths: The files.
            named: Files that are fixed even if the project excludes them.

        Raises:
            ToolError: Ruff cannot do its work.
        """
        count = 0
        for options, files in self._batches(paths, named):
            command = invocation.fix_files_command(*self._place, *options, files=map(str, files))
            out = await self._run(command, deadline_s=BATCH_DEADLINE_S)
            if match := _FIXED.search(out):
                count += int(match[1])
        return count

    def _batches(
        self, paths: Sequence[Path], named: Container[Path]
    ) -> Iterator[tuple[list[str], Sequence[Path]]]:
        """Yield batches of files with the options of their run."""
        chosen: dict[tuple[ExpertProfile | None, bool], list[Path]] = {}
        for path in paths:
            chosen.setdefault((self._profile_of(path), path in named), []).append(path)
        for (profile, forced), files in chosen.items():
            options = [
                *invocation.arguments(profile),
                "--no-force-exclude" if forced else "--force-exclude",
                *self._launch.args,
            ]
            for start in range(0, len(files), FILES_PER_RUN):
                yield options, files[start : start + FILES_PER_RUN]

    async def rules(self) -> Sequence[RuffRule]:
        """Return all rules of this ruff."""
        if not self._rules:
            command = invocation.command(*self._place, "rule", "--all", "--output-format", "json")
            out = await self._run(command)
            with answers.reading("ruff rule", out):
                self._rules = await asyncio.to_thread(read_rules, out)
        return self._rules

    @property
    def _place(self) -> tuple[Path, Path]:
        """The executable and the working directory of a run."""
        return self._launch.executable, self._launch.root

    def _options(self, document: Document) -> tuple[str, ...]:
        """Return the options for a document: its rules and its file name."""
        profile = self._profile_of(to_path(document.uri))
        return (*invocation.arguments(profile), *_name(document))

    async def _run(
        self, command: Command, text: str = "", deadline_s: float | None = None
    ) -> bytes:
        """Return the output of a run of ruff with a text on its standard input.

        Raises:
            ToolError: The run fails.
        """
        data = text.encode("utf-8", "replace")
        status, out, err = await run(
            command, stdin=data, deadline_s=deadline_s or invocation.DEADLINE_S
        )
        if status != 0:
            words = err.decode("utf-8", "replace").strip()
            error = config_error(words, self._launch.root)
            raise error or ToolError(f"ruff {command.argv[1]} failed: {words}")
        return out

    async def _decoded(self, report: Report) -> Report:
        """Return a file's report; if ruff cannot decode the file, check it as text.

        Ruff reads UTF-8 only; Python uses the encoding that a file declares (PEP 263).
        """
        path = to_path(report.uri)
        if path is None or all(each.code != reports.UNREADABLE for each in report.findings):
            return report
        try:
            text = decode(await asyncio.to_thread(path.read_bytes))
        except (OSError, ValueError):  # Python cannot read the file either
            return report
        document = Document.of(report.uri, report.version, text)
        return await self.check(document, text)

    async def _batch(self, options: Sequence[str], paths: Sequence[Path]) -> list[Report]:
        # Without this rule, files that cannot be read would count as clean.
        more = ("--extend-select", reports.UNREADABLE)
        files = [str(path) for path in paths]
        command = invocation.check_command(*self._place, *options, *more, files=files)
        out = await self._run(command, deadline_s=BATCH_DEADLINE_S)
        found: dict[str, list[Finding]] = {to_uri(path): [] for path in paths}
        with answers.reading("ruff check", out):
            for item in orjson.loads(out):
                uri = to_uri(Path(item["filename"]))
                found.setdefault(uri, []).append(reports.from_cli(item))
        return [Report(RUFF, uri, 0, tuple(every)) for uri, every in found.items()]


def _name(document: Document) -> tuple[str, ...]:
    """Return the option with a document's file name, for a text on the standard input."""
    path = to_path(document.uri)
    return ("--stdin-filename", str(path)) if path else ()
