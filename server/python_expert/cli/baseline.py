"""The command ``baseline``: manages the known findings of old code, which are not shown."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from python_expert.baseline.file import BaselineError, total
from python_expert.cli import output, rules
from python_expert.cli.check_options import CheckOptions
from python_expert.cli.checking import CLEAN, FAILED, FOUND
from python_expert.cli.options import PlainCommand, PlainGroup, Quiet
from python_expert.processes.command import ToolError
from python_expert.project.baseline_files import find, save
from python_expert.project.files import FileChecker, root_of
from python_expert.project.known_findings import KnownFindings
from python_expert.tools import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from python_expert.baseline.identity import Identity
    from python_expert.diagnostics.finding import Finding
    from python_expert.project.known_findings import BaselineRun

Paths = Annotated[
    list[Path] | None, typer.Argument(help="Files and folders to check.", show_default=".")
]

app = typer.Typer(
    cls=PlainGroup,
    no_args_is_help=True,
    help="Keep the findings of old code in a file; `check` and editors then show new ones only.",
)

_EVERYTHING = rules.read(rules.ALL, "", "")

SHOWN_GONE = 20
"""The maximum number of obsolete entries that are listed."""


class Survey(NamedTuple):
    """The result of a check of files.

    Attributes:
        runs: The baselines of the files, each with the findings.
        new: The findings that are not in a baseline.
    """

    runs: Sequence[BaselineRun]
    new: Sequence[tuple[Path, Finding]]


@app.command(cls=PlainCommand)
def write(
    paths: Paths = None,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a file that exists; it may grow.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Write all findings of today into .python-expert-baseline.json."""
    paths = paths or [Path()]

    def refuse(file: Path) -> None:
        if not force and os.path.lexists(file):
            _end(
                f"{output.shown(file)} exists; `python-expert baseline update` removes what is "
                "gone, `python-expert baseline write --force` replaces it"
            )

    for path in paths:  # before the tools run
        refuse(find(_root(path)))

    def make(run: BaselineRun) -> None:
        refuse(run.path)
        if run.error and not run.is_about(paths):
            _end(
                f"{_name(run)} is not replaced, because its entries of other files would be lost; "
                f"correct it, or name the folder {run.path.parent} to write it for all files"
            )
        before = "" if run.entries is None else f"; there were {run.total:,}"
        entries = run.kept(paths, with_new=True)
        save(run.path, entries)
        files = output.count(len(entries), "file")
        _tell(f"{_name(run)}: {output.count(total(entries), 'finding')} in {files}{before}.")

    _exit(paths, make, quiet=quiet, repairs=force)


@app.command(cls=PlainCommand)
def update(
    paths: Paths = None,
    *,
    add: Annotated[bool, typer.Option("--add", help="Also add the new findings.")] = False,
    quiet: Quiet = False,
) -> None:
    """Remove the known findings that are gone; the file grows with --add only."""
    paths = paths or [Path()]

    def make(run: BaselineRun) -> None:
        gone, new = run.left(paths).total(), sum(add or _is_listed(each) for each in run.found)
        entries = run.kept(paths, with_new=add)
        if entries != run.entries:
            save(run.path, entries)
        parts = [f"{gone:,} removed", f"{total(entries):,} known findings left"]
        if new:
            parts.insert(1, f"{new:,} added" if add else f"{new:,} new not added (--add adds them)")
        _tell(f"{_name(run)}: {', '.join(parts)}.")

    _exit(paths, make, quiet=quiet, must_exist=True)


@app.command(cls=PlainCommand)
def check(paths: Paths = None, *, quiet: Quiet = False) -> None:
    """Exit with 1 if there are new findings, or entries without a finding."""
    paths = paths or [Path()]
    status = CLEAN

    def judge(run: BaselineRun) -> None:
        nonlocal status
        gone = run.left(paths)
        for line in _lines(gone):
            typer.echo(line)
        status = FOUND if gone else status
        if gone or run.known:
            for line in output.known(run.path, run.known.total(), gone.total()):
                _tell(line)

    survey = _exit(paths, judge, quiet=quiet, must_exist=True, ends=False)
    new = [each for each in survey.new if _is_listed(each[1])]
    for path, finding in sorted(new, key=output.place):
        typer.echo(output.text_line(path, finding))
    if new:
        _tell(f"{output.count(len(new), 'finding')} not in the baseline.")
    raise typer.Exit(FOUND if new else status)


def _is_listed(finding: Finding) -> bool:
    """Return whether ``check`` lists a finding; other findings are only counted."""
    return not CheckOptions(_EVERYTHING).only_counts(finding)


def _lines(gone: Counter[Identity]) -> list[str]:
    """Return a line for each known finding that is gone, up to a limit."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for each, number in gone.items():
        counts[each.file, each.rule or each.tool, each.scope] += number
    lines = [
        f"{file}: gone: {rule}"
        + (f" in {scope}" if scope else "")
        + (f" ({number} times)" if number > 1 else "")
        for (file, rule, scope), number in sorted(counts.items())
    ]
    more = len(lines) - SHOWN_GONE
    lines = [output.printable(line) for line in lines]
    return [*lines[:SHOWN_GONE], f"and {more:,} more"] if more > 1 else lines


def _exit(
    paths: Sequence[Path],
    work: Callable[[BaselineRun], None],
    *,
    quiet: bool,
    repairs: bool = False,
    must_exist: bool = False,
    ends: bool = True,
) -> Survey:
    """Check the files and process each baseline; exit if that fails, or if `ends`.

    Args:
        paths: The files and folders.
        work: Called with each baseline.
        quiet: Whether to show no progress.
        repairs: Whether to replace a file that cannot be read.
        must_exist: Whether there must be a baseline already.
        ends: Whether to exit afterwards.
    """
    try:
        survey = asyncio.run(_survey(paths, quiet=quiet))
        if must_exist and (broken := _unparsed(survey)) is not None:
            _end(
                f"{broken} has a syntax error, which hides other findings, also in other files; "
                "correct it first"
            )
        for run in survey.runs:
            if run.error and not repairs:
                raise typer.Exit(FAILED)
            if must_exist and run.entries is None and not run.error:
                _end(f"there is no {_name(run)}; `python-expert baseline write` creates it")
            try:
                work(run)
            except BaselineError as error:
                _end(f"{_name(run)}: {error.message}")
    except ToolError as error:
        _end(str(error))
    if ends:
        raise typer.Exit(CLEAN)
    return survey


def _unparsed(survey: Survey) -> Path | None:
    """Return a file with a syntax error that is not in a baseline, or None."""
    return next((path for path, finding in survey.new if finding.code in rules.SYNTAX), None)


async def _survey(paths: Sequence[Path], *, quiet: bool) -> Survey:
    """Check files with all tools.

    Raises:
        ToolError: A path cannot be searched, or a tool could not run.
    """
    errors = output.terminal(sys.stderr)

    def warn(message: str) -> None:
        output.warn(errors, message)

    known = KnownFindings(rules.MERGING, warn, always=True)
    checker = FileChecker(registry.TOOLS, _EVERYTHING.tools, warn, known=known)
    new: list[tuple[Path, Finding]] = []
    try:
        files = await checker.files(paths)
        for path in paths:  # also where nothing is found
            known.run(_root(path))
        shown_on = None if quiet else errors
        with output.tool_progress(shown_on, _EVERYTHING.tools, len(files)) as advance:
            async for batch in checker.check(files):
                if batch.error:
                    raise ToolError(f"{batch.tool} could not run: {batch.error}")
                new += [(output.shown(path), finding) for path, finding in batch.found]
                advance(batch.tool, batch.files)
    finally:
        await checker.stop()
    return Survey(known.runs, new)


def _root(path: Path) -> Path:
    """Return the root of the project of a file or folder."""
    path = path.absolute()
    return root_of(path / "x.py" if path.is_dir() else path)


def _name(run: BaselineRun) -> str:
    return str(output.shown(run.path))


def _tell(message: str) -> None:
    output.tell(output.terminal(sys.stderr), message)


def _end(message: str) -> None:
    output.warn(output.terminal(sys.stderr), message)
    raise typer.Exit(FAILED)
