"""Run the commands of docs/first-hour.md in copies of the projects."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.client import DEADLINE

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[2] / "docs/first-hour.md"
SHAPES = Path(__file__).parent / "shapes"

_BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)


class Step(NamedTuple):
    """A command of the page with its output.

    Attributes:
        command: The command line.
        expected: The output on the page.
        printed: The current output.
    """

    command: str
    expected: str
    printed: str


def prepare(home: Path) -> None:
    """Copy the projects into a folder as repositories, and create the workspace's environment."""
    shutil.copytree(SHAPES, home, dirs_exist_ok=True)
    workspace = home / "workspace"
    venv.create(workspace / ".venv", symlinks=True)
    (library,) = workspace.glob(".venv/lib/python3*/site-packages")
    (library / "core.pth").write_text(f"{workspace / 'packages/core'}\n", encoding="utf-8")
    for project in (path for path in sorted(home.iterdir()) if path.is_dir()):
        git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
        (project / ".gitignore").write_text(".venv/\n", encoding="utf-8")
        for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
            subprocess.run([*git, *words], cwd=project, check=True)


def run(page: str, home: Path) -> Iterator[tuple[str, list[Step]]]:
    """Run the page's blocks in order; yield each with its steps."""
    folder = home
    for block in _BLOCK.findall(page):
        steps = []
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, expected = part.partition("\n")
            printed = ""
            if command.startswith("cd ~/"):
                folder = home / command.removeprefix("cd ~/")
            else:
                printed = output_of(command, folder, home)
            steps.append(Step(command, expected, printed))
        yield block, steps


def rewritten(page: str, home: Path) -> str:
    """Return the page with the current outputs of the commands."""
    for block, steps in run(page, home):
        now = "".join(f"$ {step.command}\n{step.printed}" for step in steps)
        page = page.replace(block, now, 1)
    return page


def output_of(command: str, folder: Path, home: Path) -> str:
    """Return the output of a command in a folder, without a key for a model."""
    environment = os.environ | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(home),
        "COLUMNS": "100",
        "GIT_PAGER": "cat",
    }
    for name in ("VIRTUAL_ENV", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "XDG_CACHE_HOME"):
        environment.pop(name, None)
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=DEADLINE,
    )
    printed = re.sub(r"^index [0-9a-f]+\.\.[0-9a-f]+", "index", done.stdout, flags=re.MULTILINE)
    return printed.replace(str(home), "~")
