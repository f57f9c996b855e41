"""The command ``check``. It imports only what it needs: small files are checked often."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from python_expert.cli import rules
from python_expert.cli.check_options import CheckOptions, OutputFormat
from python_expert.cli.checking import Checking
from python_expert.config.settings import Level  # noqa: TC001 - typer reads it


def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files and folders to check; - for standard input.", show_default="."),
    ] = None,
    *,
    stdin_filename: Annotated[
        Path | None, typer.Option(help="The file name of standard input.")
    ] = None,
    tools: Annotated[str, typer.Option(help="The tools to run, separated by commas.")] = rules.ALL,
    select: Annotated[
        str,
        typer.Option(
            help="Report only these rules, of any tool: F401,S,arg-type,B602.", show_default=False
        ),
    ] = "",
    ignore: Annotated[
        str, typer.Option(help="Do not report these rules, of any tool.", show_default=False)
    ] = "",
    severity: Annotated[
        Level | None,
        typer.Option(
            help="Report findings of this severity and above. Without it, missing type hints in a "
            "project that has not configured mypy, and uncovered lines, are counted, not listed.",
            show_default=False,
        ),
    ] = None,
    baseline: Annotated[
        bool,
        typer.Option(" /--no-baseline", help="Also report the findings in the baseline."),
    ] = True,
    fix: Annotated[bool, typer.Option("--fix", help="Apply ruff's safe fixes first.")] = False,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Count findings by rule instead of listing them.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again whenever a file changes.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print findings only, no summary.")
    ] = False,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit with 0 even if something was found.")
    ] = False,
    output_format: Annotated[
        OutputFormat, typer.Option(help="The output format.")
    ] = OutputFormat.TEXT,
) -> None:
    """Check files; exits with 0 if clean, 1 with findings, 2 if a tool could not run."""
    paths = paths or [Path()]
    found = rules.read(tools, select, ignore)
    least = severity.severity if severity else None
    options = CheckOptions(found, output_format, fix, statistics, quiet, exit_zero, least, baseline)
    if stdin_filename and Path("-") not in paths:
        raise typer.BadParameter(
            "it names the text on standard input; add - to check that",
            param_hint="--stdin-filename",
        )
    if Path("-") in paths and (fix or watch):
        raise typer.BadParameter("standard input cannot be fixed or watched", param_hint="-")
    if watch:
        if gone := next((path for path in paths if not path.exists()), None):
            raise typer.BadParameter(f"{gone} does not exist", param_hint="PATH")
        from python_expert.cli.watching import watch as keep_watching  # noqa: PLC0415 - only needed with --watch

        timed = output_format is OutputFormat.TEXT and not quiet
        keep_watching(paths, lambda: asyncio.run(Checking(options).run(paths, None)), timed=timed)
    raise typer.Exit(asyncio.run(Checking(options).run(paths, stdin_filename)))
