"""The command ``check``. It imports only what it needs: small files are checked often."""

from __future__ import annotations

import asyncio
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from python_expert.cli import output
from python_expert.processes import logs
from python_expert.processes.command import ToolError
from python_expert.project.files import FileChecker, NewFindings
from python_expert.text.decoding import readable
from python_expert.tools import registry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from python_expert.diagnostics.finding import Finding, ToolName

CLEAN, FOUND, FAILED = 0, 1, 2

ALL = ",".join(kind.spec.name for kind in registry.TOOLS)


class OutputFormat(StrEnum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


def check(
    paths: Annotated[
        list[Path], typer.Argument(help="Files and folders to check; - for standard input.")
    ],
    *,
    stdin_filename: Annotated[
        Path | None, typer.Option(help="The file that standard input stands for.")
    ] = None,
    tools: Annotated[str, typer.Option(help="The tools to run, separated by commas.")] = ALL,
    output_format: Annotated[
        OutputFormat, typer.Option(help="How findings are written.")
    ] = OutputFormat.TEXT,
) -> None:
    """Check files; exits with 0 if clean, 1 with findings, 2 if a tool could not run."""
    names = _tool_names(tools)
    checking = _Checking(names, output_format)
    raise typer.Exit(asyncio.run(checking.run(paths, stdin_filename)))


def main(arguments: Sequence[str]) -> NoReturn:
    """Run the command without those that are not asked for; exits with its status.

    Args:
        arguments: Those behind ``check``.
    """
    logs.set_up()
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(check)
    app(arguments, prog_name="python-expert check")
    raise AssertionError("typer exits")


def _tool_names(text: str) -> list[ToolName]:
    names: dict[ToolName, None] = {}
    known = {str(kind.spec.name): kind.spec.name for kind in registry.TOOLS}
    for word in text.split(","):
        name = known.get(word.strip().lower())
        if name is None:
            raise typer.BadParameter(
                f"there is no tool {word.strip()!r}; choose from {', '.join(known)}",
                param_hint="--tools",
            )
        names[name] = None
    return list(names)


class _Checking:
    """One run of ``check``: its output, its progress bar and its exit status."""

    def __init__(self, names: Sequence[ToolName], output_format: OutputFormat) -> None:
        self._names = names
        self._format = output_format
        self._errors = Console(stderr=True)
        self._checker = FileChecker(registry.TOOLS, names, self._warn)
        self._found: list[tuple[Path, Finding]] = []
        self._failures: list[tuple[ToolName, str]] = []

    async def run(self, paths: Sequence[Path], stdin_filename: Path | None) -> int:
        """Check, write, and return the exit status."""
        try:
            if Path("-") in paths:
                path = Path.cwd() / stdin_filename if stdin_filename else None
                text = readable(sys.stdin.buffer.read())
                await self._consume(self._checker.check_text(path, text), 1)
            else:
                files = await self._checker.files(paths)
                if not files:
                    self._warn("there are no Python files to check")
                await self._consume(self._checker.check(files), len(files))
            await self._finish()
        except ToolError as error:
            self._warn(str(error))
            return FAILED
        finally:
            await self._checker.stop()
        if self._failures:
            return FAILED
        return FOUND if self._found else CLEAN

    async def _consume(self, batches: AsyncIterator[NewFindings], files: int) -> None:
        progress = output.progress_bar(self._errors)
        with progress:
            tasks = {name: progress.add_task(name, total=files) for name in self._names}
            async for batch in batches:
                found = [(output.shown(path), finding) for path, finding in batch.found]
                self._found += found
                if batch.error:
                    self._failures.append((batch.tool, batch.error))
                    for line in filter(str.strip, batch.error.splitlines()):
                        self._warn(f"{batch.tool} could not run: {line}")
                for path, finding in found:
                    self._write(path, finding)
                progress.advance(tasks[batch.tool], batch.files)

    def _write(self, path: Path, finding: Finding) -> None:
        if self._format is OutputFormat.TEXT:
            typer.echo(output.text_line(path, finding, color=Console().is_terminal))
        elif self._format is OutputFormat.GITHUB:
            typer.echo(output.github_line(path, finding))

    async def _finish(self) -> None:
        ordered = sorted(self._found, key=lambda each: (str(each[0]), each[1].range, each[1].tool))
        if self._format is OutputFormat.JSON:
            typer.echo(output.json_array(ordered))
        elif self._format is OutputFormat.SARIF:
            from python_expert.cli.doctor import version_of  # noqa: PLC0415 - only for this

            versions = dict.fromkeys(self._names, "")
            for name in self._names:
                for project in self._checker.projects[:1]:
                    try:
                        versions[name] = await version_of(project, name)
                    except ToolError:
                        continue
            log = output.sarif_log(
                ordered,
                versions,
                self._failures,
                specs=[kind.spec for kind in registry.TOOLS],
            )
            typer.echo(json.dumps(log, indent=2))

    def _warn(self, message: str) -> None:
        output.warn(self._errors, message)
