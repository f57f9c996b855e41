"""The package's layers: lower layers do not depend on higher ones."""

from __future__ import annotations

import ast
import logging.config
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import grimp
from importlinter.cli import lint_imports

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "server" / "python_expert"

MOST_LINES = 300
"""A longer module has a second responsibility, which belongs in another module."""

ONE_FOR_EACH_ACTION = {"Plan", "Planner"}
"""Class names with one meaning, of which each action has its own class."""


def test_the_contracts_on_imports_hold(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("sys.path", list(sys.path))
    # The linter's configuration of logging disables loggers that other tests read.
    monkeypatch.setattr(logging.config, "dictConfig", lambda _: None)
    status = lint_imports(no_cache=True)
    assert status == 0, capsys.readouterr().out


def test_the_contract_on_tools_lists_every_tool() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    (contract,) = [each for each in linter["contracts"] if each["type"] == "independence"]
    folders = [path.parent.name for path in (PACKAGE / "tools").glob("*/__init__.py")]
    assert contract["modules"] == [f"python_expert.tools.{name}" for name in sorted(folders)]


def test_the_package_has_few_modules_at_its_root() -> None:
    names = {path.stem for path in PACKAGE.glob("*.py")}
    assert names == {"__init__", "__main__", "isolation"}


def test_code_for_a_projects_interpreter_has_few_imports() -> None:
    shared = {"python_expert.processes.wire", "python_expert.processes.cache_folders"}
    workers = (
        "python_expert.tools.mypy.mypy_worker",
        "python_expert.tools.bandit.bandit_worker",
        "python_expert.gate.doctest_worker",
    )
    graph = grimp.build_graph("python_expert", cache_dir=None)
    for each in shared:
        assert graph.find_modules_directly_imported_by(each) == set()
    for worker in workers:
        for module in {worker, *graph.find_descendants(worker)}:
            for imported in graph.find_modules_directly_imported_by(module):
                assert imported in shared or imported.startswith(worker), module


def test_modules_are_short() -> None:
    lengths = {
        path.relative_to(PACKAGE).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
    }
    assert not {name for name, length in lengths.items() if length > MOST_LINES}


def test_no_two_packages_have_a_class_of_the_same_name() -> None:
    packages: dict[str, set[str]] = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                packages[node.name].add(path.parent.relative_to(PACKAGE).as_posix())
    shared = {name: where for name, where in packages.items() if len(where) > 1}
    assert shared.keys() == ONE_FOR_EACH_ACTION, shared
    assert all(each.startswith("actions/") for where in shared.values() for each in where)
