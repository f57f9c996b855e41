"""Test every command of the README and of docs/command-line.md."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.client import DEADLINE
from tests.conftest import write

pytestmark = [
    pytest.mark.one_python,
    pytest.mark.skipif(sys.platform == "win32", reason="the pages show a POSIX shell"),
]

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^(?:.* && )?(?:\.venv/bin/)?(python-expert .*?)(?: +# .*)?$", re.MULTILINE)

MODULE = '''\
"""A module."""

import time


def main(seconds: float) -> float:
    {}time.sleep(seconds)
    return seconds
'''
FILES = {
    # The folders of an edit have the same modules.
    "pyproject.toml": '[tool.ruff]\nextend-exclude = ["old", "new", "before.py", "after.py"]\n',
    "a.py": MODULE.format(""),
    "src/shop.py": MODULE.format(""),
    "tests/test_shop.py": MODULE.format(""),
    "tests/test_wait.py": "def test_wait() -> None:\n    pass\n",
    "before.py": MODULE.format(""),
    "after.py": MODULE.format('"""Wait."""\n    '),
    "old/one.py": MODULE.format(""),
    "new/one.py": MODULE.format(""),
}


def commands(page: str) -> list[str]:
    """Return the commands in a page's blocks."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [found for block in _BLOCK.findall(text) for found in _COMMAND.findall(block)]


COMMANDS = [*commands("README.md"), *commands("docs/command-line.md")]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with the project, shared by all commands so that caches fill only once."""
    home = tmp_path_factory.mktemp("home")
    write(home / "project", FILES)
    shutil.copytree(ROOT / "tests/examples", home / "project/tests/examples")
    return home


def test_the_commands_are_found() -> None:
    assert len(COMMANDS) == len(set(COMMANDS)) + 1, "only `gate` is on both pages"
    assert {command.split()[1] for command in COMMANDS} >= {
        "check",
        "rewrite",
        "gate",
        "doctor",
        "server",
    }


@pytest.mark.parametrize("command", dict.fromkeys(COMMANDS))
def test_a_command_of_the_documentation_works(command: str, home: Path) -> None:
    # These commands run until they are stopped, so the test only checks their options.
    endless = "--watch" in command or " server" in command
    environment = os.environ | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "SHELL": "/bin/bash",
    }
    done = subprocess.run(
        ["bash", "-c", command + " --help" * endless],
        cwd=home / "project",
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE,
    )
    assert done.returncode in (0, 1), done.stderr
    assert "Usage:" not in done.stderr
    assert "Traceback" not in done.stderr
