"""The command ``rewrite``."""

from __future__ import annotations

import asyncio
import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from python_expert.actions.registry import ACTIONS, action_of
from python_expert.cli import output
from python_expert.cli.options import Quiet  # noqa: TC001 - Typer reads annotations
from python_expert.cli.output import ReportFormat
from python_expert.cli.rewrite_files import FileRewriter
from python_expert.cli.rewrite_results import Results
from python_expert.cli.saving import save
from python_expert.config.settings import ProviderName
from python_expert.llm.usage import Bill
from python_expert.pipeline.result import Result
from python_expert.processes.command import ToolError
from python_expert.text.diff import unified_diff
from python_expert.text.paths import to_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from python_expert.actions.base import Action
    from python_expert.cli.rewritten import Rewritten

    ActionName = str
else:
    # Typer requires an enum for choices.
    ActionName = StrEnum("ActionName", {each.name: each.name for each in ACTIONS})

DONE, REFUSED, FAILED = 0, 1, 2

_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def rewrite(
    action: Annotated[ActionName, typer.Argument(help="What to do.")],
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
    *,
    function: Annotated[
        str, typer.Option(help="Only the function or class with this qualified name.")
    ] = "",
    line: Annotated[
        int | None, typer.Option(help="Only the function or class at this line, from 1.", min=1)
    ] = None,
    complete: Annotated[
        bool, typer.Option("--complete", help="Add sections that existing docstrings lack.")
    ] = False,
    callers: Annotated[
        bool,
        typer.Option("--callers", help="Convert callers in other files of the project, too."),
    ] = False,
    yes: Annotated[
        bool,
        typer.Option("--yes", help="Also write what you would be asked about."),
    ] = False,
    allow_findings: Annotated[
        bool,
        typer.Option(
            "--allow-findings",
            help="Also write rewrites that cause new findings, and list these. "
            "The meaning is still proven.",
        ),
    ] = False,
    provider: Annotated[
        ProviderName,
        typer.Option(help="Who proposes: a model, or the offline engine, which needs no key."),
    ] = ProviderName.AUTO,
    show_payload: Annotated[
        bool, typer.Option("--show-payload", help="Print what would be sent, and send nothing.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print the diff (the default).")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write the files.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="List the result of each definition, with the reason.")
    ] = False,
    output_format: Annotated[
        ReportFormat,
        typer.Option(help="With json, print what would change, and why the rest would not."),
    ] = ReportFormat.TEXT,
    quiet: Quiet = False,
) -> None:
    """Rewrite files; exits with 0 if done, 1 if something was refused, 2 if it could not run."""
    if function and line:
        raise typer.BadParameter("choose one of --function and --line")
    if write and diff:
        raise typer.BadParameter("choose one of --diff and --write")
    chosen = action_of(action)
    rewriting = _Rewriting(
        chosen,
        write=write,
        as_json=output_format == ReportFormat.JSON,
        agreed=yes,
        verbose=verbose,
        quiet=quiet,
    )
    rewriter = FileRewriter(
        chosen,
        key=function,
        line=line,
        complete=complete,
        callers=callers,
        confirmed=yes,
        allow_findings=allow_findings,
        proven_only=write and not yes and not rewriting.can_ask,
        provider=provider,
        warn=rewriting.warn,
        progress=rewriting.show_progress,
    )
    work = rewriting.show_payloads if show_payload else rewriting.run
    raise typer.Exit(asyncio.run(work(rewriter, paths)))


class _Rewriting:
    """One run of ``rewrite``: its output, its progress bar and its exit status."""

    def __init__(
        self,
        action: Action,
        *,
        write: bool,
        as_json: bool,
        agreed: bool,
        verbose: bool,
        quiet: bool,
    ) -> None:
        self._errors = Console(stderr=True)
        self._console = Console(highlight=False, soft_wrap=True)
        self._write = write
        self._as_json = as_json
        self._agreed_before = agreed
        self._done: list[Rewritten] = []
        self._results = Results(self._errors, action, is_written=write, verbose=verbose)
        self._progress = output.progress_bar(self._errors, quiet=quiet)
        self._files = self._progress.add_task("files")
        self._definitions = self._progress.add_task("definitions")

    @property
    def can_ask(self) -> bool:
        """Whether the user can be asked."""
        return self._errors.is_terminal

    async def run(self, rewriter: FileRewriter, paths: Sequence[Path]) -> int:
        """Rewrite, save the files, and return the exit status."""
        try:
            files = await rewriter.files(paths)
            if not files:
                self.warn("there are no Python files to rewrite")
            self._progress.update(self._files, total=len(files))
            with self._progress:
                async for rewritten in rewriter.rewrite(files):
                    self._take(rewritten, alone=len(files) == 1)
                    self._progress.advance(self._files)
                    if rewritten.outcome.fails_for_all:
                        self._tell_not_tried(len(files) - len(self._done))
                        break
        except ToolError as error:
            self.warn(str(error))
            return FAILED
        finally:
            await rewriter.stop()
        self._tell_costs()
        if self._as_json:
            rows = [row for each in self._done for row in _rows(each)]
            typer.echo(json.dumps(rows, indent=2))
        elif self._done:
            self._results.conclude(self._done, await rewriter.advice(files[0]))
        if any(each.outcome.fails_for_all for each in self._done):
            return FAILED
        return DONE if all(each.outcome.counts.is_complete for each in self._done) else REFUSED

    async def show_payloads(self, rewriter: FileRewriter, paths: Sequence[Path]) -> int:
        """Print the requests that would be sent, and return the exit status."""
        try:
            async for text in rewriter.payloads(await rewriter.files(paths)):
                for line in text.removesuffix("\n").split("\n"):
                    typer.echo(output.printable(line))
        except ToolError as error:
            self.warn(str(error))
            return FAILED
        finally:
            await rewriter.stop()
        return DONE

    def _tell_not_tried(self, count: int) -> None:
        if count:
            self.warn(
                f"the other {count} files were not processed"
                if count > 1
                else "the other file was not processed"
            )

    def _tell_costs(self) -> None:
        """Print the usage of a model, and how to continue without it if it failed."""
        bills = [bill for each in self._done if (bill := each.outcome.bill) and bill.usage.total]
        for model in dict.fromkeys(bill.model for bill in bills):
            mine = [bill for bill in bills if bill.model == model]
            output.tell(self._errors, f"python-expert: {Bill.total(mine).summary}")
        if any(each.outcome.failed for each in self._done):
            self.warn("use --provider offline for what was not answered")

    def _take(self, rewritten: Rewritten, *, alone: bool) -> None:
        outcome = rewritten.outcome
        if self._write and outcome.result is Result.CHANGED and not self._agreed(rewritten):
            asked = self.can_ask
            outcome.refuse("you declined it" if asked else "it is to be confirmed; --yes writes it")
        if self._write and outcome.result is Result.CHANGED and (why := save(rewritten)):
            outcome.refuse(why)
        self._done.append(rewritten)
        if not self._as_json and not self._write and outcome.result is Result.CHANGED:
            self._print_diff(_diffs(rewritten))
        if not self._as_json:
            self._results.tell(rewritten, alone=alone)

    def _agreed(self, rewritten: Rewritten) -> bool:
        """Ask about unproven edits; if the user cannot be asked, only proven ones are written."""
        unproven = [each.message for each in rewritten.outcome.unproven]
        if self._agreed_before or not self.can_ask:
            return self._agreed_before or not unproven
        reasons = "; ".join([*rewritten.outcome.notices, *unproven])
        if not reasons:
            return True
        with_progress = self._progress.live.is_started
        self._progress.stop()
        agreed = typer.confirm(f"{rewritten.path}: {reasons}. Write it?", err=True)
        if with_progress:
            self._progress.start()
        return agreed

    def _print_diff(self, lines: Iterable[str]) -> None:
        for line in lines:
            text = line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
            if self._console.is_terminal:
                self._console.print(Text(text, _STYLES.get(line[0], "")), end="")
            else:
                typer.echo(text, nl=False)

    def show_progress(self, path: Path, message: str, done: int, total: int) -> None:
        """Show the progress of a file's rewrite."""
        self._progress.update(
            self._definitions, description=f"{path.name}: {message}", completed=done, total=total
        )

    def warn(self, message: str) -> None:
        """Show the user a message."""
        output.warn(self._errors, message)


def _diffs(rewritten: Rewritten) -> Iterator[str]:
    """Yield the diffs of a file and of new files."""
    for change in rewritten.outcome.created:
        path = _in_diff(to_path(change.uri) or Path(change.uri))
        yield from unified_diff("/dev/null", f"b/{path}", "", change.text)
    for each in rewritten.replaced:
        path = _in_diff(each.path)
        yield from unified_diff(f"a/{path}", f"b/{path}", each.before, each.after)


def _in_diff(path: Path) -> Path:
    """Return a path as in ``git diff --no-index``: without the root if it is absolute."""
    shown = output.shown(path)
    return shown.relative_to(shown.anchor)


def _rows(rewritten: Rewritten) -> list[dict[str, Any]]:
    """Return the result of each definition, or of the whole file."""
    outcome, path = rewritten.outcome, str(output.shown(rewritten.path))
    rows: dict[str, tuple[Result, str]] = {}
    for key in outcome.asked:
        rows[key] = (Result.UNCHANGED, "")
    for left in outcome.left:
        _, known = rows.get(left.key, (None, ""))
        reason = f"{known}; {left.reason}" if known else left.reason
        rows[left.key] = (outcome.result_of(left), reason)
    if outcome.result is Result.CHANGED:
        for key in outcome.changed:
            rows[key] = (Result.CHANGED, rows.get(key, (Result.CHANGED, ""))[1])
    found = [(path, key, status, reason) for key, (status, reason) in rows.items()]
    for caller in outcome.callers:
        shown = str(output.shown(to_path(caller.document.uri) or Path(caller.name)))
        keys = caller.written.changed or ("",)
        found += [(shown, key, Result.CHANGED, "it calls what has changed") for key in keys]
    for new in outcome.created:
        made = str(output.shown(to_path(new.uri) or Path(new.uri)))
        found.append((made, "", Result.CHANGED, "a new file"))
    return [
        {"path": path, "function": key or None, "status": status, "reason": reason or None}
        for path, key, status, reason in found
    ]
