"""A complete tool, as a contributor would add it. docs/architecture.md shows this code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.config.settings import SlowToolSettings
from python_expert.config.tool_spec import ConfigSearch, ToolSpec
from python_expert.diagnostics.finding import Finding, Report, Severity, ToolName
from python_expert.processes.command import Command
from python_expert.text.document import Document, Position, Range
from python_expert.text.paths import to_uri
from python_expert.tools import registry
from python_expert.tools.base import Tool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Container, Sequence

    from python_expert.tools.base import ToolEvents
    from python_expert.tools.context import ToolContext

TOY = ToolName("toy-lint", "Toy Lint")
WORD = "TODO"


class Toy(Tool):
    """Reports the word TODO.

    Attributes:
        checked: How many documents it has checked.
    """

    spec = ToolSpec(
        TOY,
        home="https://toy.example/",
        rule_page="https://toy.example/rules/{}",
        module=True,
        config=ConfigSearch(("toy.toml", "pyproject.toml")),
        settings=SlowToolSettings,
    )

    def __init__(self, launch: object) -> None:
        self.launch = launch
        self.checked = 0

    @classmethod
    def make(cls, context: ToolContext, events: ToolEvents) -> Toy:
        """Create the tool for a project."""
        del events
        return cls((context.root, context.program(TOY), context.changes(TOY)))

    @classmethod
    def version_command(cls, program: Path, root: Path) -> Command:
        """The command that prints the version."""
        return Command((str(program), "-c", "print('toy 7.8.9')"), root)

    async def check(self, documents: Sequence[Document]) -> list[Report]:
        """Check open documents."""
        self.version = "7.8.9"
        self.checked += len(documents)
        return [_report(document, document.text) for document in documents]

    async def what_if(
        self,
        documents: Sequence[Document],
        document: Document,
        text: str,
    ) -> list[Report]:
        """Check another text of a document, for the gate."""
        del documents
        return [_report(document, text)]

    async def check_files(
        self, paths: Sequence[Path], named: Container[Path] = ()
    ) -> AsyncIterator[list[Report]]:
        """Check files on disk."""
        del named
        for path in paths:
            text = path.read_text(encoding="utf-8")
            yield [_report(Document.of(to_uri(path), 0, text), text)]


def _report(document: Document, text: str) -> Report:
    findings = tuple(
        finding("TOY1", number, f"{WORD} is not done", line.index(WORD))
        for number, line in enumerate(text.splitlines())
        if WORD in line
    )
    return Report(TOY, document.uri, document.version, findings)


def finding(code: str, line: int, message: str = "", column: int = 0) -> Finding:
    """Create a finding."""
    where = Range(Position(line, column), Position(line, column + len(WORD)))
    page = Toy.spec.rule_page.format(code)
    return Finding(TOY, where, code, message, Severity.WARNING, page)


def register() -> None:
    """Add the tool, as a line in the registry does."""
    registry.TOOLS = (*registry.TOOLS, Toy)


SCRIPT = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from tests.toy_tool import register
register()
"""
"""Code that registers the tool before the program's `main` runs."""
