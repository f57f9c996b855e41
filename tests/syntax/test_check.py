"""All tools read programs in the syntax of every Python, without syntax errors."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest

from python_expert.project.files import FileChecker
from python_expert.tools.antipatterns.spec import ANTIPATTERNS
from tests.syntax.corpus import ALL, PROGRAMS, lay_out
from tests.tools import NAMES, TOOLS

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.diagnostics.finding import Finding

SYNTAX = {"invalid-syntax", "syntax", "syntax-error", "E999", "E901", "E902"}
"""The tools' codes for a file that they cannot parse."""


def check_files(paths: list[Path]) -> tuple[list[tuple[Path, Finding]], list[str], dict[str, int]]:
    """Return the findings, the tools' errors, and how many files each tool checked."""

    async def run() -> tuple[list[tuple[Path, Finding]], list[str], dict[str, int]]:
        errors: list[str] = []
        found: list[tuple[Path, Finding]] = []
        files = dict.fromkeys(map(str, NAMES), 0)
        checker = FileChecker(TOOLS, NAMES, errors.append)
        try:
            async for batch in checker.check(paths):
                found += batch.found
                files[batch.tool] += batch.files
                errors += [f"{batch.tool}: {batch.error}"] if batch.error else []
        finally:
            await checker.stop()
        return found, errors, files

    return asyncio.run(run())


def test_the_corpus_is_large_enough() -> None:
    assert len(ALL) >= 64
    assert len({each.name for each in ALL}) == len(ALL)
    assert sum(each.since == (3, 11) for each in ALL) >= 40
    for each in ALL:
        assert "\ndef describe(" in each.text.replace("\r", "\n"), each.name


def test_no_program_has_syntax_errors(tmp_path: Path) -> None:
    paths = lay_out(tmp_path / "project")
    found, errors, files = check_files(paths)
    assert errors == []
    assert files == dict.fromkeys(map(str, NAMES), len(PROGRAMS))
    broken = [
        f"{path.name}:{each.range.start.line + 1}: {each.tool}: {each.message} [{each.code}]"
        for path, each in found
        if each.code in SYNTAX
    ]
    assert broken == []
    # Each tool has findings, so each one read the programs. They have no anti-patterns.
    assert {each.tool for _, each in found} == set(NAMES) - {ANTIPATTERNS}
    assert {path for path, each in found if each.code == "no-untyped-def"} == set(paths)


@pytest.mark.parametrize("tool", NAMES)
def test_each_tool_reads_programs_without_a_configuration(tmp_path: Path, tool: str) -> None:
    paths = lay_out(tmp_path, PROGRAMS[-4:])
    (tmp_path / "pyproject.toml").write_text("")
    found, errors, _ = check_files(paths)
    assert errors == []
    assert [each for _, each in found if each.tool is tool and each.code in SYNTAX] == []


def test_every_program_compiles(recwarn: pytest.WarningsRecorder) -> None:
    """Only the program that returns in ``finally`` makes Python 3.14 warn."""
    for program in PROGRAMS:
        compile(program.data, program.name, "exec", dont_inherit=True)
    warned = {str(each.filename) for each in recwarn if each.category is SyntaxWarning}
    expected = {"finally_returns.py"} if sys.version_info >= (3, 14) else set()
    assert warned - {"control_flow.py", "numeric_literals.py", "soft_keywords.py"} == expected
