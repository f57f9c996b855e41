"""The command line: a thin shell interface of the core."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from python_expert import __version__
from python_expert.cli import baseline, check, doctor, explain, gate, rewrites
from python_expert.cli.options import PlainCommand, PlainGroup
from python_expert.cli.output import ReportFormat
from python_expert.config import scripts
from python_expert.processes import logs
from python_expert.project.files import root_of

app = typer.Typer(
    cls=PlainGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Check Python with ruff, mypy and bandit; make proven rewrites.",
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - Typer's signature
    if wanted:
        typer.echo(f"python-expert {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    *,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    logs.set_up()


@app.command(
    cls=PlainCommand,
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
def server(context: typer.Context) -> None:
    """Run the language server on stdin and stdout, or with --tcp."""
    from python_expert.cli.server import main  # noqa: PLC0415 - not needed by other commands

    raise typer.Exit(main(context.args))


app.command(cls=PlainCommand)(check.check)
app.add_typer(baseline.app, name="baseline")


app.command(cls=PlainCommand)(explain.explain)


@app.command(name="doctor", cls=PlainCommand)
def doctor_(
    path: Annotated[Path, typer.Argument(help="A file or folder of the project.")] = Path(),
    *,
    output_format: Annotated[
        ReportFormat, typer.Option(help="The output format.")
    ] = ReportFormat.TEXT,
) -> None:
    """Show which tools, versions, interpreter and settings are used here, and why.

    The exit status is 1 if a tool cannot do its work, or a file or setting is wrong.
    """
    if not path.exists():
        raise typer.BadParameter(f"{path} does not exist", param_hint="PATH")
    path = path.resolve()
    root = root_of(path / "x.py" if path.is_dir() else path)
    report = asyncio.run(doctor.examine(root, scripts.find(path)))
    if output_format is ReportFormat.JSON:
        typer.echo(json.dumps(report, indent=2))
    else:
        typer.echo(doctor.describe(report))
    if not doctor.is_well(report):
        raise typer.Exit(1)


app.command(cls=PlainCommand)(rewrites.rewrite)
app.command(cls=PlainCommand)(gate.gate)
