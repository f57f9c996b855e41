"""What a project's linters demand of docstrings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from python_expert.config.docstring_demands import ALL_ARGS, ALL_SECTIONS, SECTIONS, of_pydoclint
from python_expert.tools.ruff.docstrings import docstring_demands
from tests.conftest import write

if TYPE_CHECKING:
    from pathlib import Path

EACH = {"class", "function", "magic method", "method", "nested class"}


@pytest.mark.parametrize(
    ("config", "demanded"),
    [
        ("", set()),
        ('lint.select = ["E", "F"]', set()),
        ('lint.select = ["D"]', {*EACH, ALL_ARGS}),
        ('lint.select = ["ALL"]', {*EACH, ALL_ARGS}),
        ('select = ["D1"]', EACH),
        ('lint.extend-select = ["D103"]', {"function"}),
        ('lint.select = ["D1"]\nlint.ignore = ["D10"]', set()),
        ('lint.select = ["D103"]\nlint.ignore = ["D1"]', {"function"}),
        ('lint.select = ["D"]\nlint.pydocstyle.convention = "google"', {*EACH, ALL_ARGS}),
        ('lint.select = ["D"]\nlint.pydocstyle.convention = "numpy"', EACH),
        ('lint.select = ["D417"]\nlint.pydocstyle.convention = "numpy"', {ALL_ARGS}),
        ('lint.select = ["DOC"]', set()),
        ('preview = true\nlint.select = ["DOC"]', {"returns", "yields", "raises"}),
        ('lint.select = ["D103"]\nlint.per-file-ignores."src/*" = ["D"]', set()),
        ('lint.select = ["D103"]\nlint.per-file-ignores."tests/*" = ["D"]', {"function"}),
        ('lint.select = ["D103"]\nlint.per-file-ignores."!src/*" = ["D"]', {"function"}),
        ('extend = "base.toml"', {"method"}),
        ('extend = "base.toml"\nlint.extend-select = ["D103"]', {"method", "function"}),
        ('extend = "base.toml"\nlint.select = ["D103"]', {"function"}),
        ('lint.select = "D"\nlint.ignore = 3\nlint.per-file-ignores = []', set()),
    ],
)
def test_demands_of_ruff(tmp_path: Path, config: str, demanded: set[str]) -> None:
    write(tmp_path, {"ruff.toml": config, "base.toml": 'lint.select = ["D102"]\n'})
    assert docstring_demands(tmp_path / "ruff.toml", tmp_path / "src" / "a.py") == demanded


@pytest.mark.parametrize(
    ("config", "demanded"),
    [
        ("", set()),
        ("[tool.pydoclint]\nstyle = 'google'\n", {ALL_SECTIONS}),
        ("[tool.pydoclint]\nskip-checking-short-docstrings = false\n", SECTIONS),
        ("[tool]\npydoclint = 3\n", set()),
    ],
)
def test_demands_of_pydoclint(tmp_path: Path, config: str, demanded: set[str]) -> None:
    write(tmp_path, {"pyproject.toml": config})
    assert of_pydoclint(tmp_path) == demanded
