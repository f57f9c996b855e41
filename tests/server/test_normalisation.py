"""A rewrite's output has the project's format, and nothing else is changed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from python_expert.actions.base import Options
from python_expert.cli.app import app
from python_expert.gate.verdict import Status, Verdict
from python_expert.pipeline.client import Worker
from python_expert.pipeline.normalisation import Normaliser
from python_expert.pipeline.written import Written
from python_expert.text.document import Document
from tests.conftest import write

pytestmark = pytest.mark.one_python

CONFIG = """\
[project]
name = "x"
version = "1"
requires-python = ">=3.11"
[tool.ruff.lint]
select = {select}
{more}
[tool.mypy]
[tool.python-expert.tools.bandit]
enabled = false
"""
SUMS = """\
def check_sum(n):
    if n < 0:
        raise ValueError(n)
"""
DOCUMENTED = '''\


def half(n):
    """Halve it.

    Args:
        n: The number.
    """
    return n // 2
'''


def rewritten(folder: Path, action: str, text: str, select: list[str], more: str = "") -> str:
    """Return a file after a rewrite with the offline engine."""
    write(folder, {"pyproject.toml": CONFIG.format(select=select, more=more), "sums.py": text})
    path = folder / "sums.py"
    words = ["rewrite", action, str(path), "--provider", "offline", "--write"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    return path.read_text()


def found(folder: Path) -> str:
    """Return ruff's findings in the file."""
    ruff = Path(sys.executable).with_name("ruff")
    done = subprocess.run(
        [ruff, "check", "--no-cache", "--output-format", "concise", "sums.py"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout


class Formatter:
    """A formatter that records its calls."""

    def __init__(self) -> None:
        self.requested: list[str] = []

    async def formatted(self, document: Document, text: str) -> str:
        """Return the text in lower case."""
        del document
        self.requested.append(text)
        return text.lower()


def test_an_unformatted_text_is_detected_with_one_call() -> None:
    formatter, document = Formatter(), Document.of("file:///a.py", 1, "A = 1\n")
    request: Any = SimpleNamespace(project=SimpleNamespace(tools={"formatter": formatter}))
    normaliser = Normaliser(Worker(), request, document)
    written = Written((), document.text, "A = 2\n", (), Verdict(Status.ACCEPTED))
    for _ in range(2):
        assert asyncio.run(normaliser.formatted(written, Options())) is written
    assert sorted(formatter.requested) == ["A = 1\n", "A = 2\n"]


def test_a_docstring_has_the_blank_line_that_the_project_requires(tmp_path: Path) -> None:
    pair = "    first, last = n.split()\n    return first, last\n"
    text = rewritten(tmp_path, "add-docstrings", SUMS + pair, ["D413"])
    assert '\n\n    """\n' in text
    assert "All checks passed" in found(tmp_path)


def test_an_existing_docstring_keeps_its_format(tmp_path: Path) -> None:
    text = rewritten(tmp_path, "add-docstrings", SUMS + DOCUMENTED, ["D413"])
    assert text.endswith(DOCUMENTED)
    assert text.count('"""') == 4


def test_an_import_is_at_the_project_s_sorted_position(tmp_path: Path) -> None:
    head = "import abc\nimport zlib\n\nprint(abc, zlib)\n\n\n"
    body = "def count(size=3):\n    number = 0\n    while number < size:\n        yield number\n"
    more = "[tool.ruff.lint.isort]\nforce-sort-within-sections = true\n"
    text = rewritten(tmp_path, "add-type-hints", head + body, ["I"], more)
    assert "size: int = 3" in text
    assert "All checks passed" in found(tmp_path)


@pytest.mark.parametrize("safe", ["", 'extend-safe-fixes = ["D400"]'])
def test_unsafe_fixes_of_ruff_are_not_applied(tmp_path: Path, safe: str) -> None:
    before = SUMS.replace("    if", "    # What.\n    if")
    text = rewritten(tmp_path, "add-docstrings", before, ["D", "COM"], safe)
    assert "    # What.\n    if" in text
