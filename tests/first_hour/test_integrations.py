"""Test the hooks for pre-commit and the GitHub action, installed and run as users do.

Both install this package's current state, and its dependencies from the package index.
"""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import write

pytestmark = [
    pytest.mark.one_python,
    pytest.mark.skipif(sys.platform == "win32", reason="the action's steps are for bash"),
]

ROOT = Path(__file__).parents[2]
PACKAGE = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml", "action.yml")
DEADLINE_S = 600.0

FAULTY = '"""Waits."""\n\nimport os\n\n\ndef wait(seconds: int) -> str:\n    return seconds\n'
FIXED = FAULTY.replace("import os\n", "")
RIGHT = FIXED.replace("-> str", "-> int")

GIT = ("git", "-c", "user.name=x", "-c", "user.email=x@example.org")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the files of a release."""
    folder = tmp_path_factory.mktemp("package")
    shutil.copytree(
        ROOT / "server", folder / "server", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in PACKAGE:
        shutil.copy(ROOT / name, folder)
    commit(folder)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A user's repository with one finding that ruff fixes and one that it does not."""
    folder = write(tmp_path / "project", {"wait.py": FAULTY, "notes.txt": "import os\n"})
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    """Make a folder a repository with one commit."""
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*GIT, *words], cwd=folder, check=True)


def variables() -> dict[str, str]:
    """Return a user's environment, without the development environment of this package."""
    own = Path(sysconfig.get_path("scripts"))
    folders = os.environ["PATH"].split(os.pathsep)
    path = os.pathsep.join(each for each in folders if Path(each) != own)
    kept = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    return {**kept, "PATH": path, "PIP_NO_COMPILE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def test_the_hooks_stop_a_commit_with_findings_and_apply_safe_fixes(
    package: Path, project: Path, tmp_path: Path
) -> None:
    program = Path(sysconfig.get_path("scripts")) / "pre-commit"

    def tried(hook: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, "run", hook, "--all-files"],
            cwd=project, env={**variables(), "PRE_COMMIT_HOME": str(tmp_path / "hooks")},
            capture_output=True, text=True, check=False, timeout=DEADLINE_S,
        )  # fmt: skip

    head = [*GIT, "rev-parse", "HEAD"]
    revision = subprocess.run(head, cwd=package, capture_output=True, text=True, check=True).stdout
    hooks = "".join(f"  - id: {hook}\n" for hook in ("python-expert", "python-expert-fix"))
    config = f"repos:\n- repo: {package}\n  rev: {revision.strip()}\n  hooks:\n{hooks}"
    write(project, {".pre-commit-config.yaml": config})

    done = tried("python-expert")
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(r"^wait\.py:3:8: warning: F401 ", done.stdout, re.MULTILINE), done.stdout
    assert re.search(r"^wait\.py:7:12: error: return-value ", done.stdout, re.MULTILINE)
    assert "notes.txt" not in done.stdout
    assert (project / "wait.py").read_text(encoding="utf-8") == FAULTY

    done = tried("python-expert-fix")
    assert done.returncode == 1
    assert "F401" not in done.stdout
    assert "return-value" in done.stdout
    assert (project / "wait.py").read_text(encoding="utf-8") == FIXED

    write(project, {"wait.py": RIGHT})
    done = tried("python-expert")
    assert done.returncode == 0, done.stdout


def test_the_action_annotates_the_lines_of_faults_and_fails(
    package: Path, project: Path, tmp_path: Path
) -> None:
    action = importlib.import_module("yaml").safe_load((package / "action.yml").read_text("utf-8"))
    inputs = {name: each["default"] for name, each in action["inputs"].items()}
    values = {f"inputs.{name}": value for name, value in inputs.items()}

    (python,) = (each for each in action["runs"]["steps"] if "uses" in each)
    assert filled(python["with"]["python-version"], values) == inputs["python-version"]
    values[f"steps.{python['id']}.outputs.python-path"] = sys.executable

    (step,) = (each for each in action["runs"]["steps"] if "run" in each)
    given = {name: filled(value, values) for name, value in step["env"].items()}
    script = tmp_path / "step.sh"
    script.write_text(step["run"], encoding="utf-8")
    # This is how GitHub starts a step with `shell: bash`.
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
        cwd=project,
        env={
            **variables(),
            **given,
            "GITHUB_ACTION_PATH": str(package),
            "RUNNER_TEMP": str(tmp_path),
        },
        capture_output=True, text=True, check=False, timeout=DEADLINE_S,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert any(re.match(r"::warning .*file=wait\.py,line=3,.*F401", line) for line in lines), lines
    assert any(re.match(r"::error .*file=wait\.py,line=7,.*return-value", line) for line in lines)


def filled(text: str, values: dict[str, Any]) -> str:
    """Return a text with the values of its ``${{ expressions }}``; each must have a value."""
    return re.sub(r"\$\{\{ (.*?) \}\}", lambda match: str(values[match[1]]), text)
