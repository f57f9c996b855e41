"""The programs, one per file, in folders named after the first Python that can parse them.

A Python version parses the programs of its own folder and of the older ones. Programs that are
newer than the Python that runs the tests are left out, because the rewrites use that Python's
parser, which does not know their syntax.

Each program prints the same at every run and has a function ``describe`` without hints or docstring
that returns a string. Most programs call something that blocks.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from python_expert.text.decoding import decode
from tests.conftest import write

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parent / "programs"
PYTHONS = ((3, 11), (3, 12), (3, 13), (3, 14))

CONFIGURATION = f"""\
[project]
requires-python = ">={sys.version_info[0]}.{sys.version_info[1]}"

[tool.ruff.lint]
select = ["E9", "F", "ASYNC"]

[tool.mypy]
strict = true

[tool.bandit]
"""
"""A configuration with rules for correctness and bandit's tests, but without rules for layout."""

ENVIRONMENT = {"VIRTUAL_ENV": sys.prefix}
"""Makes the tests' interpreter the project's interpreter, so that its syntax is allowed."""


class Program(NamedTuple):
    """One program of the corpus.

    Attributes:
        name: The file's name.
        data: The file's content.
        since: The first Python that can parse it.
    """

    name: str
    data: bytes
    since: tuple[int, int]

    @property
    def text(self) -> str:
        """The program's text with its own line ends."""
        return decode(self.data)


def _programs() -> list[Program]:
    return [
        Program(path.name, path.read_bytes(), since)
        for since in PYTHONS
        for path in sorted((FOLDER / f"py{since[0]}{since[1]}").glob("*.py"))
    ]


ALL = _programs()
PROGRAMS = [each for each in ALL if sys.version_info >= each.since]
"""The programs that the running Python can parse."""

each_program = pytest.mark.parametrize("program", PROGRAMS, ids=lambda each: each.name)


def lay_out(folder: Path, programs: Iterable[Program] = PROGRAMS) -> list[Path]:
    """Write programs into a project folder."""
    write(folder, {"pyproject.toml": CONFIGURATION})
    paths = []
    for program in programs:
        path = folder / program.name
        path.write_bytes(program.data)
        paths.append(path)
    return paths


RUNNER = """
import contextlib, io, json, runpy, sys, traceback
results = []
for path in sys.argv[1:]:
    out = io.StringIO()
    sys.argv = [path]
    with contextlib.redirect_stdout(out):
        try:
            runpy.run_path(path, run_name="__main__")
        except SystemExit as end:
            print("exit", end.code)
        except BaseException:
            print(traceback.format_exc())
    results.append(out.getvalue())
json.dump(results, sys.stdout)
"""
"""Runs several programs one after another in one process, and prints each one's output."""
