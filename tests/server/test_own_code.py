"""Python Expert's own code has no findings and is formatted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _run(*argv: str) -> subprocess.CompletedProcess[str]:
    # Uses the packages of the environment that runs the tests.
    environment = {**os.environ, "VIRTUAL_ENV": sys.prefix}
    command = [sys.executable, "-m", *argv]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


CLEAN = "All checks passed.\n"


@pytest.mark.one_python
def test_our_own_code_has_no_findings() -> None:
    result = _run("python_expert", "check", "server")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", CLEAN)
    result = _run("python_expert", "check", "tests", "--tools", "ruff,mypy")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", CLEAN)


def test_our_own_code_is_formatted() -> None:
    result = _run("ruff", "format", "--check", ".")
    assert result.returncode == 0, result.stdout
