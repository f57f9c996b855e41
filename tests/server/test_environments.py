"""A project is checked with the packages of its environment, which a manager has made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.client import DEADLINE
from tests.conftest import write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import ProjectFactory


@pytest.fixture(autouse=True)
def _inactive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No environment is active, and no manager has one."""
    monkeypatch.setenv("POETRY_VIRTUALENVS_PATH", str(tmp_path / "poetry"))
    monkeypatch.setenv("HATCH_DATA_DIR", str(tmp_path / "hatch"))
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))


VERSION = f"python{sys.version_info[0]}.{sys.version_info[1]}"


MEMBER = {"pyproject.toml": '[project]\nname = "one"\nversion = "1"\n', "x.py": "import shared\n"}


def checked(folder: Path, path: str, **variables: str) -> list[str]:
    """What mypy finds in a file, as the command says it."""
    done = subprocess.run(
        [sys.executable, "-m", "python_expert", "check", path, "--tools", "mypy",
         "--output-format", "json"],
        cwd=folder, env={**os.environ, **variables}, capture_output=True, check=False,
        timeout=DEADLINE,
    )  # fmt: skip
    return [item["message"] for item in json.loads(done.stdout)]


def test_a_package_of_the_shared_environment_can_be_imported_by_a_member(
    project: ProjectFactory,
) -> None:
    root = project({"pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n'})
    write(root / "packages/one", MEMBER)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / ".venv"], check=True)
    (missing,) = checked(root, "packages/one/x.py")
    assert f"{root}/.venv/bin/python (.venv in {root})" in missing, "it says what was searched"
    assert "set pythonExpert.interpreter" in missing, "and what to do"
    package = root / ".venv/lib" / VERSION / "site-packages/shared"
    write(package, {"__init__.py": "", "py.typed": ""})
    assert checked(root, "packages/one/x.py") == []


def test_a_script_with_its_own_dependencies_is_told_how_to_have_them(
    project: ProjectFactory,
) -> None:
    header = '# /// script\n# dependencies = ["shared"]\n# ///\n'
    root = project({"pyproject.toml": "", "x.py": f"{header}import shared\n"})
    (missing,) = checked(root, "x.py")
    assert "'uv sync --script' installs them" in missing
