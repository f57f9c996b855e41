"""An editor session over programs in the syntax of every Python, all on one server."""

from __future__ import annotations

import ast
import asyncio
import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.project.files import FileChecker
from python_expert.text.document import split_lines
from tests.client import Client
from tests.conftest import SERVER
from tests.syntax.corpus import PROGRAMS, Program, each_program, lay_out
from tests.tools import NAMES, TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

HERE = "refactor.rewrite.pythonExpert."
TROUBLE = ("Traceback", "ERROR", "could not be compared")
"""What a server must not write to its log."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of all programs."""
    folder = tmp_path_factory.mktemp("project")
    lay_out(folder)
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Client]:
    """A server with all programs open."""
    with Client(SERVER) as client:
        client.initialize([folder])
        for program in PROGRAMS:
            client.open(folder / program.name, program.text)
        yield client
        assert not any(each in client.stderr for each in TROUBLE), client.stderr
        assert [each for each in client.messages if each["type"] == 1] == []


@pytest.fixture(scope="module")
def expected(folder: Path) -> Mapping[str, Counter[str]]:
    """What the shell finds in each program."""

    async def check() -> dict[str, Counter[str]]:
        found: dict[str, Counter[str]] = {each.name: Counter() for each in PROGRAMS}
        checker = FileChecker(TOOLS, NAMES, lambda _message: None)
        try:
            async for batch in checker.check([folder / each.name for each in PROGRAMS]):
                for path, each in batch.found:
                    found[path.name][f"{each.tool.title} {each.code} {each.range.start.line}"] += 1
        finally:
            await checker.stop()
        return found

    return asyncio.run(check())


def shown(diagnostics: list[dict[str, Any]]) -> Counter[str]:
    """Diagnostics, as ``expected`` tells findings."""
    return Counter(
        f"{each['source']} {each.get('code', '')} {each['range']['start']['line']}"
        for each in diagnostics
    )


@each_program
def test_the_editor_shows_what_the_shell_finds(
    server: Client, folder: Path, expected: Mapping[str, Counter[str]], program: Program
) -> None:
    want = expected[program.name]
    server.wait_diagnostics(folder / program.name, lambda found: shown(found) == want, version=1)


@each_program
def test_the_menu_opens_at_every_definition(server: Client, folder: Path, program: Program) -> None:
    offered = {
        name: {each["kind"].removeprefix(HERE) for each in menu(server, folder / program.name, at)}
        for name, at in places(program.text).items()
    }
    assert offered["describe"] >= {"addDocstrings", "addTypeHints"}
    assert sum("addDocstrings" in kinds for kinds in offered.values()) >= len(offered) / 2, offered


def places(text: str) -> dict[str, tuple[int, int]]:
    """Where the name of each function and class stands, in the units of UTF-16."""
    lines = split_lines(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            before = lines[node.lineno - 1].encode()[: node.col_offset].decode()
            found[node.name] = (node.lineno - 1, len(before.encode("utf-16-le")) // 2)
    return found


def menu(server: Client, document: Path, at: tuple[int, int]) -> list[dict[str, Any]]:
    """The rewrites that are offered at a place."""
    here = {"line": at[0], "character": at[1]}
    params = {
        "textDocument": {"uri": document.as_uri()},
        "range": {"start": here, "end": here},
        "context": {"diagnostics": [], "triggerKind": 1},
    }
    found: list[dict[str, Any]] = server.request("textDocument/codeAction", params)
    return [each for each in found if each["kind"].startswith(HERE)]
