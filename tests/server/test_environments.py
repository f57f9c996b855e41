"""A project is checked with the packages of its environment, which a manager has created."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.client import DEADLINE, codes
from tests.conftest import write

if TYPE_CHECKING:
    from tests.conftest import ClientFactory, ProjectFactory

pytestmark = pytest.mark.one_python


@pytest.fixture(autouse=True)
def _inactive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Make sure that no environment is active, and that no manager has one."""
    monkeypatch.setenv("POETRY_VIRTUALENVS_PATH", str(tmp_path / "poetry"))
    monkeypatch.setenv("HATCH_DATA_DIR", str(tmp_path / "hatch"))
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))


VERSION = f"python{sys.version_info[0]}.{sys.version_info[1]}"


MEMBER = {"pyproject.toml": '[project]\nname = "one"\nversion = "1"\n', "x.py": "import shared\n"}


def check(folder: Path, path: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command ``check`` with mypy."""
    return subprocess.run(
        [sys.executable, "-m", "python_expert", "check", path, "--tools", "mypy",
         "--output-format", "json"],
        cwd=folder, env={**os.environ, **variables}, capture_output=True, text=True, check=False,
        timeout=DEADLINE,
    )  # fmt: skip


def checked(folder: Path, path: str, **variables: str) -> list[str]:
    """Return mypy's findings in a file, as the command prints them."""
    return [item["message"] for item in json.loads(check(folder, path, **variables).stdout)]


def test_a_member_can_import_from_the_shared_environment(
    project: ProjectFactory,
) -> None:
    root = project({"pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n'})
    write(root / "packages/one", MEMBER)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / ".venv"], check=True)
    write(root / "packages/one", {"y.py": "import shared\n"})
    errors = check(root, "packages/one").stderr
    assert errors.count(f"packages of {root}/.venv/bin/python (.venv in {root})") == 1, errors
    assert "activate the environment that has them" in errors, "it says what to do, once"
    assert "pythonExpert" not in errors, "there is no such setting in a shell"
    package = root / ".venv/lib" / VERSION / "site-packages/shared"
    write(package, {"__init__.py": "", "py.typed": ""})
    assert checked(root, "packages/one/x.py") == []


SCRIPT = '# /// script\n# dependencies = ["shared"]\n# ///\nimport shared\n'
"""A script whose dependency is a package that no index has."""

SCRIPT_ADVICE = "run 'uv sync --script' to install them"


@pytest.fixture
def uv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The real uv, on PATH, with its own cache."""
    program = Path(sysconfig.get_path("scripts")) / "uv"
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return program


def sync(uv: Path, script: Path) -> None:
    """Let uv create a script's environment, and add its dependency there."""
    text = script.read_text("utf-8")
    script.write_text(text.replace('"shared"', ""), "utf-8")
    python = ["--offline", "--no-python-downloads", "--python", sys.executable]
    subprocess.run([uv, "sync", "-q", *python, "--script", script], check=True)
    script.write_text(text, "utf-8")
    (packages,) = Path(os.environ["UV_CACHE_DIR"]).glob(
        f"environments-*/{script.stem}-*/lib/{VERSION}/site-packages"
    )
    write(packages / "shared", {"__init__.py": "", "py.typed": ""})


def test_a_script_is_checked_with_its_own_environment_if_it_has_one(
    project: ProjectFactory, uv: Path
) -> None:
    root = project({"pyproject.toml": "", "installed.py": SCRIPT, "without.py": SCRIPT})
    sync(uv, root / "installed.py")
    write(root, {"module.py": "import shared\n"})
    found = checked(root, ".")
    assert len(found) == 2, "the script that has an environment imports its package"
    assert sum(SCRIPT_ADVICE in each for each in found) == 1, "the other is told what to do"
    doctor = subprocess.run(
        [sys.executable, "-m", "python_expert", "doctor", "installed.py"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "the script's own environment" in doctor.stdout


def test_an_editor_uses_a_scripts_environment_when_it_exists(
    project: ProjectFactory, client: ClientFactory, uv: Path
) -> None:
    root = project({"pyproject.toml": "", "tool.py": SCRIPT, "module.py": "import shared\n"})
    editor = client()
    editor.initialize([root])
    for name in ("tool.py", "module.py"):
        editor.open(root / name, (root / name).read_text("utf-8"))
        editor.wait_diagnostics(root / name, lambda found: "import-not-found" in codes(found))
    assert any(SCRIPT_ADVICE in each["message"] for each in editor.diagnostics(root / "tool.py"))
    messages = " ".join(each["message"] for each in editor.diagnostics(root / "module.py"))
    assert "or set pythonExpert.interpreter" in messages
    sync(uv, root / "tool.py")
    editor.save(root / "tool.py")
    editor.wait_diagnostics(root / "tool.py", lambda found: "import-not-found" not in codes(found))
    edited = SCRIPT + 'NUMBER: int = "one"\n'
    editor.change(root / "tool.py", 2, edited)
    editor.wait_diagnostics(root / "tool.py", lambda found: "assignment" in codes(found))
    assert "import-not-found" not in codes(editor.diagnostics(root / "tool.py"))
    assert "import-not-found" in codes(editor.diagnostics(root / "module.py")), "others do not"


def test_uv_is_not_asked_about_a_script_in_a_folder_that_is_not_trusted(
    project: ProjectFactory, client: ClientFactory, tmp_path: Path
) -> None:
    call_log = tmp_path / "asked"
    fake = write(tmp_path / "bin", {"uv": f"#!/bin/sh\necho yes > {call_log}\n"}) / "uv"
    fake.chmod(0o755)
    path = f"{fake.parent}{os.pathsep}{os.environ['PATH']}"
    for trusted in (False, True):
        root = project({"pyproject.toml": "", "tool.py": SCRIPT}, name=f"trusted_{trusted}")
        editor = client(env={"PATH": path})
        editor.initialize([root], options={"trusted": trusted})
        editor.open(root / "tool.py", SCRIPT)
        editor.save(root / "tool.py")
        editor.wait_diagnostics(root / "tool.py", lambda found: "import-not-found" in codes(found))
        assert call_log.exists() is trusted
