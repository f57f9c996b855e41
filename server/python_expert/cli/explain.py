"""The command ``explain``: prints the tools' explanations of rules."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from python_expert.cli.output import ReportFormat, terminal, warn
from python_expert.config import interpreters, sources
from python_expert.config.settings import schema
from python_expert.config.tool_files import ConfigFiles
from python_expert.processes.command import ToolError
from python_expert.project.files import root_of
from python_expert.project.gate_tools import NO_EVENTS
from python_expert.tools import registry
from python_expert.tools.context import ToolContext
from python_expert.tools.explanations import similar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from python_expert.diagnostics.finding import ToolName
    from python_expert.tools.base import Tool


class Explanation(NamedTuple):
    """A rule's explanation.

    Attributes:
        tool: The tool that has the rule.
        code: The rule's code or name.
        text: The explanation, as Markdown.
    """

    tool: ToolName
    code: str
    text: str


def explain(
    codes: Annotated[
        list[str],
        typer.Argument(metavar="CODE", help="Codes or names of any tool's rules: F401, arg-type."),
    ],
    *,
    output_format: Annotated[
        ReportFormat, typer.Option(help="The output format.")
    ] = ReportFormat.TEXT,
) -> None:
    """Explain rules, with a bad and a good sample; exits with 2 if there is no such rule."""
    wanted = [code for given in codes for code in given.split(",") if code]
    if not wanted:
        raise typer.BadParameter("there is no code", param_hint="CODE")
    found = asyncio.run(_explanations(root_of(Path("x.py").absolute())))
    asked = [each for code in wanted for each in _of(code, found)]
    if output_format is ReportFormat.JSON:
        items = [{"source": tool.title, "code": code, "text": text} for tool, code, text in asked]
        typer.echo(json.dumps(items, indent=2))
    else:
        typer.echo("\n".join(each.text for each in asked), nl=False)


async def _explanations(root: Path) -> Mapping[ToolName, Mapping[str, str]]:
    """Return all explanations of a project's tools by code, including disabled tools."""
    specs = tuple(kind.spec for kind in registry.TOOLS)
    settings, _ = sources.load(root, [], schema(specs))
    environment = interpreters.resolve(root, settings, specs)
    context = ToolContext(root, settings, environment, ConfigFiles(root, specs))
    tools = [kind.make(context, NO_EVENTS) for kind in registry.TOOLS]
    texts = await asyncio.gather(*map(_texts, tools))
    return dict(zip((tool.name for tool in tools), texts, strict=True))


async def _texts(tool: Tool) -> Mapping[str, str]:
    try:
        return await tool.explanations()
    except ToolError as error:
        warn(terminal(sys.stderr), f"{tool.name} cannot explain its rules: {error}")
        return {}


def _of(code: str, found: Mapping[ToolName, Mapping[str, str]]) -> Sequence[Explanation]:
    """Return the explanations of a code, by all tools that have it.

    Raises:
        BadParameter: No tool has it.
    """
    same = [
        Explanation(tool, known, text)
        for tool, texts in found.items()
        for known, text in texts.items()
        if known.casefold() == code.casefold()
    ] or [
        Explanation(tool, known, text)
        for tool, texts in found.items()
        for known, text in texts.items()
        if text.startswith(f"# {code.casefold()} ({known})\n")  # the rule's name
    ]
    if not same:
        near = similar(code, (known for texts in found.values() for known in texts))
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise typer.BadParameter(f"no tool has a rule {code!r}{hint}", param_hint="CODE")
    return same
