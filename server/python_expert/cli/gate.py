"""The command ``gate``."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path  # noqa: TC003 - Typer reads annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from python_expert.actions.registry import action_of
from python_expert.cli import output
from python_expert.cli.gate_files import FileGate
from python_expert.cli.options import Quiet  # noqa: TC001 - Typer reads annotations
from python_expert.cli.output import ReportFormat
from python_expert.cli.rewrites import DONE, FAILED, REFUSED, ActionName
from python_expert.gate.blocking import FailOn, is_blocking
from python_expert.gate.comparison import sentence
from python_expert.gate.verdict import Status
from python_expert.processes.command import ToolError

if TYPE_CHECKING:
    from python_expert.actions.base import Action
    from python_expert.cli.judged import Judged


def gate(
    before: Annotated[Path, typer.Argument(help="The file or folder before the edit.")],
    after: Annotated[Path, typer.Argument(help="The file or folder after the edit.")],
    *,
    action: Annotated[ActionName, typer.Option(help="The kind of edit.")],
    output_format: Annotated[
        ReportFormat, typer.Option(help="The output format.")
    ] = ReportFormat.TEXT,
    fail_on: Annotated[
        FailOn, typer.Option(help="Which new findings fail: only those that block an edit, or any.")
    ] = FailOn.BLOCKING,
    quiet: Quiet = False,
) -> None:
    """Judge an edit; exits with 0 if everything is accepted, 1 if not, 2 if it could not run."""
    coroutine = _judge(action_of(action), before, after, output_format, fail_on, quiet=quiet)
    raise typer.Exit(asyncio.run(coroutine))


async def _judge(
    action: Action,
    before: Path,
    after: Path,
    output_format: ReportFormat,
    fail_on: FailOn,
    *,
    quiet: bool,
) -> int:
    errors = Console(stderr=True)
    bar = output.progress_bar(errors, quiet=quiet)
    files = bar.add_task("files")
    judging = FileGate(
        action,
        lambda message: output.warn(errors, message),
        lambda done, total: bar.update(files, completed=done, total=total),
    )
    answers: list[Judged] = []
    try:
        with bar:
            async for judged in judging.judge(before, after):
                answers.append(judged)
                if output_format is ReportFormat.TEXT:
                    for line in _described(judged):
                        typer.echo(output.printable(line))
    except ToolError as error:
        output.warn(errors, str(error))
        return FAILED
    finally:
        await judging.stop()
    if output_format is ReportFormat.JSON:
        typer.echo(json.dumps([_as_json(judged) for judged in answers], indent=2))
    found = fail_on is FailOn.ANY and any(each.findings for each in answers)
    accepted = all(each.status is Status.ACCEPTED for each in answers)
    return DONE if accepted and not found else REFUSED


def _described(judged: Judged) -> list[str]:
    lines = [
        f"{judged.path}:{each.line + 1}: {judged.status}: {each.message}" for each in judged.reasons
    ]
    notes = [
        f"{path}:{finding.range.start.line + 1}: note: "
        f"{sentence(finding.tool, finding.code, finding.message)}"
        for path, finding in judged.findings
        if not is_blocking(finding)
    ]
    notes += [f"{judged.path}: note: {each.message}" for each in judged.evidence]
    return [*(lines or [f"{judged.path}: {judged.status}"]), *notes]


def _as_json(judged: Judged) -> dict[str, Any]:
    return {
        "path": str(judged.path),
        "status": judged.status,
        "meaning": judged.meaning,
        "findings": [
            {
                "path": str(path),
                "line": finding.range.start.line + 1,
                "tool": finding.tool,
                "code": finding.code,
                "message": finding.message,
                "blocking": is_blocking(finding),
            }
            for path, finding in judged.findings
        ],
        "evidence": [{**each._asdict(), "message": each.message} for each in judged.evidence],
        "reasons": [{"line": each.line + 1, "message": each.message} for each in judged.reasons],
    }
