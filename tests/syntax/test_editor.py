"""Test an editor session with programs in the syntax of every Python."""

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

KIND_PREFIX = "refactor.rewrite.pythonExpert."
LOG_ERRORS = ("Traceback", "ERROR", "could not be compared")
"""Texts that must not be in the server's log."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with all programs."""
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
        assert not any(each in client.stderr for each in LOG_ERRORS), client.stderr
        assert [each for each in client.messages if each["type"] == 1] == []


@pytest.fixture(scope="module")
def expected(folder: Path) -> Mapping[str, Counter[str]]:
    """The findings of the shell in each program."""

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


def as_counts(diagnostics: list[dict[str, Any]]) -> Counter[str]:
    """Return diagnostics in the form of ``expected``."""
    return Counter(
        f"{each['source']} {each.get('code', '')} {each['range']['start']['line']}"
        for each in diagnostics
    )


@each_program
def test_the_editor_shows_what_the_shell_finds(
    server: Client, folder: Path, expected: Mapping[str, Counter[str]], program: Program
) -> None:
    wanted = expected[program.name]
    server.wait_diagnostics(
        folder / program.name, lambda found: as_counts(found) == wanted, version=1
    )


@each_program
def test_the_menu_opens_at_every_definition(server: Client, folder: Path, program: Program) -> None:
    offered = {
        name: {
            each["kind"].removeprefix(KIND_PREFIX)
            for each in menu(server, folder / program.name, at)
        }
        for name, at in places(program.text).items()
    }
    assert offered["describe"] >= {"addDocstrings", "addTypeHints"}
    assert sum("addDocstrings" in kinds for kinds in offered.values()) >= len(offered) / 2, offered


def places(text: str) -> dict[str, tuple[int, int]]:
    """Return the position of each function and class, in UTF-16 code units."""
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
    """Return the rewrites that the server offers at a position."""
    here = {"line": at[0], "character": at[1]}
    params = {
        "textDocument": {"uri": document.as_uri()},
        "range": {"start": here, "end": here},
        "context": {"diagnostics": [], "triggerKind": 1},
    }
    found: list[dict[str, Any]] = server.request("textDocument/codeAction", params)
    return [each for each in found if each["kind"].startswith(KIND_PREFIX)]
