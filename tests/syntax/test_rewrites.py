"""Test the three offline rewrites of programs in the syntax of every Python."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import subprocess
import sys
import warnings
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from python_expert.actions.registry import ACTIONS
from python_expert.cli.rewrite_files import FileRewriter
from python_expert.config.settings import ProviderName
from python_expert.pipeline.result import Result
from python_expert.text.decoding import encoding_of
from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC
from tests.conftest import write
from tests.syntax.corpus import CONFIGURATION, PROGRAMS, RUNNER, Program, lay_out

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from python_expert.actions.base import Action
    from python_expert.cli.rewritten import Rewritten


class Rewriting:
    """The results of one rewrite for all programs.

    Attributes:
        results: The result by the program's name.
        messages: The other messages to the user.
    """

    def __init__(self, action: Action, folder: Path) -> None:
        self.results: dict[str, Rewritten] = {}
        self.messages: list[str] = []
        paths = lay_out(folder)
        if action is ADD_DOCSTRINGS:
            # Without these rules most programs get no docstring.
            demanding = CONFIGURATION.replace('"ASYNC"', '"ASYNC", "D1"')
            write(folder, {"pyproject.toml": demanding})
        asyncio.run(self._run(action, paths))

    async def _run(self, action: Action, paths: Sequence[Path]) -> None:
        rewriter = FileRewriter(
            action,
            key="",
            line=None,
            complete=False,
            confirmed=True,
            provider=ProviderName.OFFLINE,
            warn=self.messages.append,
            progress=lambda *_news: None,
        )
        try:
            for path in paths:  # one at a time: other open files cost mypy time
                async for rewritten in rewriter.rewrite([path]):
                    self.results[path.name] = rewritten
        finally:
            await rewriter.stop()

    def after(self, program: Program) -> bytes:
        """Return a program after the rewrite."""
        return self.results[program.name].after.encode(encoding_of(program.data))


@pytest.fixture(scope="module")
def rewritings(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Action, Rewriting]:
    """The results of each rewrite, which runs once."""
    return {action: Rewriting(action, tmp_path_factory.mktemp(action.name)) for action in ACTIONS}


@pytest.mark.parametrize("action", ACTIONS, ids=str)
def test_no_rewrite_has_an_internal_error(
    rewritings: Mapping[Action, Rewriting], action: Action
) -> None:
    rewriting = rewritings[action]
    assert rewriting.messages == []
    assert rewriting.results.keys() == {each.name for each in PROGRAMS}
    outcomes = {name: each.outcome for name, each in rewriting.results.items()}
    reasons = [f"{name}: {left.text}" for name, each in outcomes.items() for left in each.left]
    assert [each for each in reasons if "Python Expert itself" in each] == []
    assert [each for each in reasons if "not parse" in each] == []
    assert {name: each.failed_tools for name, each in outcomes.items() if each.failed_tools} == {}


@pytest.mark.parametrize(
    ("action", "share"),
    [(ADD_DOCSTRINGS, 1), (ADD_TYPE_HINTS, 0.9), (CONVERT_TO_ASYNC, 0.4)],
)
def test_a_rewrite_finds_something_to_do(
    rewritings: Mapping[Action, Rewriting], action: Action, share: float
) -> None:
    counts = Counter(each.outcome.result for each in rewritings[action].results.values())
    assert counts[Result.CHANGED] >= share * len(PROGRAMS), counts


def test_no_docstring_is_refused(rewritings: Mapping[Action, Rewriting]) -> None:
    results = rewritings[ADD_DOCSTRINGS].results
    outcomes = {name: each.outcome for name, each in results.items()}
    assert {name: each.lacking for name, each in outcomes.items() if each.lacking} == {}


@pytest.mark.parametrize("action", ACTIONS, ids=str)
def test_rewritten_programs_compile(rewritings: Mapping[Action, Rewriting], action: Action) -> None:
    for program in PROGRAMS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some programs return in `finally`
            compile(rewritings[action].after(program), program.name, "exec", dont_inherit=True)


@pytest.mark.parametrize("action", [ADD_DOCSTRINGS, ADD_TYPE_HINTS])
def test_a_program_is_the_same_without_the_additions(
    rewritings: Mapping[Action, Rewriting], action: Action
) -> None:
    without_added = {ADD_DOCSTRINGS: without_docstrings, ADD_TYPE_HINTS: without_hints}[action]
    different = [
        program.name
        for program in PROGRAMS
        if without_added(program.data) != without_added(rewritings[action].after(program))
    ]
    assert different == []


@pytest.mark.parametrize("action", ACTIONS, ids=str)
def test_a_rewritten_program_does_the_same(
    rewritings: Mapping[Action, Rewriting], action: Action, tmp_path: Path
) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    new = [each._replace(data=rewritings[action].after(each)) for each in PROGRAMS]
    printed = run(lay_out(before)), run(lay_out(after, new))
    differ = {
        program.name: (was, now)
        for program, was, now in zip(PROGRAMS, *printed, strict=True)
        if was.replace(str(before), "") != now.replace(str(after), "")
    }
    assert differ == {}
    assert [text for text in printed[0] if "Traceback" in text or not text] == []


def run(paths: Sequence[Path]) -> list[str]:
    """Return the output of each program."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-X", "utf8", "-c", RUNNER, *map(str, paths)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"},
    )
    results: list[str] = json.loads(done.stdout)
    return results


def _tree(data: bytes) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(data)


def without_docstrings(data: bytes) -> str:
    """Return the dump of a program's tree without the docstrings of functions and classes."""
    tree = _tree(data)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            del node.body[: ast.get_docstring(node) is not None]
    return ast.dump(tree)


class _HintRemover(ast.NodeTransformer):
    """Removes annotations, and all imports, because the rewrite may add some."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        self.generic_visit(node)
        return ast.Assign([node.target], node.value) if node.value and node.simple else node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        node.returns = None
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AsyncFunctionDef:
        self.generic_visit(node)
        node.returns = None
        return node

    def visit_Import(self, _node: ast.Import) -> None: ...

    def visit_ImportFrom(self, _node: ast.ImportFrom) -> None: ...

    def visit_If(self, node: ast.If) -> ast.If | None:
        self.generic_visit(node)
        checks = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        return None if checks and not node.orelse else node


def without_hints(data: bytes) -> str:
    """Return the dump of a program's tree without annotations and imports."""
    return ast.dump(_HintRemover().visit(_tree(data)))
