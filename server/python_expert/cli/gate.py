"""The command ``gate``."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
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
from python_expert.pipeline.summary import count
from python_expert.processes.command import ToolError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.actions.base import Action
    from python_expert.cli.judged import Judged

_WORDS = {Status.ACCEPTED: "accepted", Status.CONFIRM: "to confirm", Status.REFUSED: "refused"}


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
    verbose: Annotated[
        bool, typer.Option("--verbose", help="List the notes: what was found and blocks nothing.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Judge an edit; exits with 0 if everything is accepted, 1 if not, 2 if it could not run."""
    # If any finding makes the command fail, the notes are printed to show the reason.
    telling = _Telling(output_format, with_notes=verbose or fail_on is FailOn.ANY)
    coroutine = _judge(action_of(action), before, after, telling, quiet=quiet)
    answers = asyncio.run(coroutine)
    if answers is None:
        raise typer.Exit(FAILED)
    found = fail_on is FailOn.ANY and any(each.findings for each in answers)
    accepted = all(each.status is Status.ACCEPTED for each in answers)
    raise typer.Exit(DONE if accepted and not found else REFUSED)


class _Telling:
    """Prints the results: accepted files immediately, then the others, then a summary.

    Args:
        output_format: The format.
        with_notes: Whether to list findings that block nothing as well.
    """

    def __init__(self, output_format: ReportFormat, *, with_notes: bool) -> None:
        self.errors = Console(stderr=True)
        self._format = output_format
        self._with_notes = with_notes
        self._open: list[Judged] = []

    def take(self, judged: Judged) -> None:
        """Print the result of an accepted file; store that of another file."""
        if judged.status is not Status.ACCEPTED:
            self._open.append(judged)
        elif self._format is ReportFormat.TEXT:
            self._print(judged)

    def conclude(self, answers: Sequence[Judged]) -> None:
        """Print the remaining results."""
        if self._format is ReportFormat.JSON:
            typer.echo(json.dumps([_as_json(judged) for judged in answers], indent=2))
            return
        for judged in self._open:
            self._print(judged)
        notes = 0 if self._with_notes else sum(len(_notes(each)) for each in answers)
        if len(answers) > 1 or notes:
            counts = Counter(each.status for each in answers)
            parts = ", ".join(
                f"{counts[each]} {word}" for each, word in _WORDS.items() if counts[each]
            )
            more = f"; {count(notes, 'note')} (--verbose lists them)" if notes else ""
            output.tell(self.errors, f"Judged {count(len(answers), 'file')}: {parts}{more}")

    def _print(self, judged: Judged) -> None:
        notes = _notes(judged) if self._with_notes else []
        for line in [*notes, *_described(judged)]:
            typer.echo(output.printable(line))


async def _judge(
    action: Action, before: Path, after: Path, telling: _Telling, *, quiet: bool
) -> list[Judged] | None:
    """Judge the files and print the answers; return None if the gate could not run."""
    bar = output.progress_bar(telling.errors, quiet=quiet)
    files = bar.add_task("files")
    judging = FileGate(
        action,
        lambda message: output.warn(telling.errors, message),
        lambda done, total: bar.update(files, completed=done, total=total),
    )
    answers: list[Judged] = []
    try:
        with bar:
            async for judged in judging.judge(before, after):
                answers.append(judged)
                telling.take(judged)
    except ToolError as error:
        output.warn(telling.errors, str(error))
        return None
    finally:
        await judging.stop()
    telling.conclude(answers)
    return answers


def _described(judged: Judged) -> list[str]:
    lines = [
        f"{judged.path}:{each.line + 1}: {judged.status}: {each.message}" for each in judged.reasons
    ]
    return lines or [f"{judged.path}: {judged.status}"]


def _notes(judged: Judged) -> list[str]:
    """Return the findings that block nothing, and the evidence."""
    notes = [
        f"{path}:{finding.range.start.line + 1}: note: "
        f"{sentence(finding.tool, finding.code, finding.message)}"
        for path, finding in judged.findings
        if not is_blocking(finding)
    ]
    return [*notes, *(f"{judged.path}: note: {each.message}" for each in judged.evidence)]


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
