"""Which environment's packages are used to check a project."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from python_expert.config import environments
from python_expert.config.environments import EXE, SCRIPTS
from tests.conftest import write

if TYPE_CHECKING:
    from tests.conftest import ProjectFactory


@pytest.fixture(autouse=True)
def _inactive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Make sure that no environment is active, and that no manager has one."""
    monkeypatch.setenv("POETRY_VIRTUALENVS_PATH", str(tmp_path / "poetry"))
    monkeypatch.setenv("HATCH_DATA_DIR", str(tmp_path / "hatch"))
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))


def environment(folder: Path) -> Path:
    """Create the interpreter of an environment, and return its path."""
    python = folder / SCRIPTS / f"python{EXE}"
    python.parent.mkdir(parents=True)
    python.touch()
    python.chmod(0o755)
    return python


@pytest.mark.parametrize("name", [".venv", "venv", "env", ".env", ".pixi/envs/default"])
def test_an_environment_in_the_project_is_found(project: ProjectFactory, name: str) -> None:
    folder = project({"pyproject.toml": ""})
    python = environment(folder / name)
    assert environments.find(folder) == (python, f"{name} in the project")


def test_the_members_of_a_workspace_share_the_environment_at_its_root(
    project: ProjectFactory,
) -> None:
    root = project({"pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n'})
    member = write(root / "packages/one", {"pyproject.toml": ""})
    python = environment(root / ".venv")
    assert environments.find(member) == (python, f".venv in {root}")
    own = environment(member / ".venv")
    assert environments.find(member) == (own, ".venv in the project")


def test_an_environment_outside_the_repository_is_not_the_projects(
    project: ProjectFactory, tmp_path: Path
) -> None:
    environment(tmp_path / ".venv")
    folder = project({".git/HEAD": "", "pyproject.toml": ""})
    found = environments.find(folder)
    assert found is None or found.why == "python on PATH"


@pytest.mark.skipif(os.name == "nt", reason="the digests are those of POSIX paths")
def test_the_environments_that_poetry_and_hatch_keep_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names of the folders are those that Poetry 2.5.1 and Hatch 1.18.2 created."""
    monkeypatch.setattr(os.path, "realpath", lambda path, **_: path)
    folder = Path("/srv/shop")
    hatch = environment(tmp_path / "hatch/env/virtual/my-ha-app/58fqC6Q1/my-ha-app")
    environment(tmp_path / "hatch/env/virtual/my-ha-app/58fqC6Q1/docs")
    found = environments.find(folder)
    assert found == (hatch, "Hatch's default environment")
    older = environment(tmp_path / "poetry/my-po_app-58fqC6Q1-py3.9")
    newer = environment(tmp_path / "poetry/my-po_app-58fqC6Q1-py3.11")
    environment(tmp_path / "poetry/other-aaaaaaaa-py3.12")
    assert environments.find(folder) == (newer, "Poetry's environment")
    noted = '[other-aaaaaaaa]\nminor = "3.12"\n\n[my-po_app-58fqC6Q1]\nminor = "3.9"\n'
    write(tmp_path / "poetry", {"envs.toml": noted})
    assert environments.find(folder) == (older, "Poetry's environment")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has no modes of this kind")
def test_a_world_writable_environment_is_not_used(
    project: ProjectFactory,
) -> None:
    root = project({"pyproject.toml": ""})
    member = write(root / "one", {"pyproject.toml": ""})
    environment(root / ".venv")
    (root / ".venv").chmod(0o777)
    found = environments.find(member)
    assert found is None or found.why == "python on PATH"


def test_an_active_environment_has_precedence(
    project: ProjectFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project({"pyproject.toml": ""})
    own = environment(folder / ".venv")
    conda, active = environment(tmp_path / "conda"), environment(tmp_path / "active")
    monkeypatch.setenv("CONDA_PREFIX", str(tmp_path / "conda"))
    monkeypatch.setenv("CONDA_DEFAULT_ENV", "base")
    assert environments.find(folder) == (own, ".venv in the project"), "base is always active"
    monkeypatch.setenv("CONDA_DEFAULT_ENV", "science")
    assert environments.find(folder) == (conda, "CONDA_PREFIX")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    assert environments.find(folder) == (active, "VIRTUAL_ENV")


def test_condas_base_environment_has_precedence_over_path(
    project: ProjectFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = environment(tmp_path / "conda")
    monkeypatch.setenv("CONDA_PREFIX", str(tmp_path / "conda"))
    monkeypatch.setenv("CONDA_DEFAULT_ENV", "base")
    found = environments.find(project({"pyproject.toml": ""}))
    assert found == (python, "CONDA_PREFIX, conda's base environment")


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("3.12\n", "3.12.10"),
        ("3.12.4\n", "3.12.4"),
        ("# ours\nsystem\nscience\n", "science"),
        ("3.99\n", None),
        ("../../elsewhere\n", None),
        ("\udce9\0\n", None),
    ],
)
def test_an_installed_version_of_pyenv_is_found(
    project: ProjectFactory, tmp_path: Path, text: str, chosen: str | None
) -> None:
    for version in ("3.12.4", "3.12.10", "3.13.0", "science"):
        environment(tmp_path / "pyenv/versions" / version)
    folder = project({"pyproject.toml": ""})
    (folder / ".python-version").write_bytes(text.encode("utf-8", "surrogateescape"))
    found = environments.find(folder)
    if chosen is None:
        assert found is None or found.why == "python on PATH"
    else:
        assert found is not None
        assert found.path.parent.parent.name == chosen
        assert ".python-version" in found.why


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"pyvenv.cfg": "home = /usr\nversion = 3.12.1\n"}, (3, 12)),
        ({"pyvenv.cfg": "version_info = 3.13.0.final.0\n"}, (3, 13)),
        ({"conda-meta/python-3.12.7-hc5c86c4_0_cpython.json": "{}"}, (3, 12)),
        ({"notes.txt": "version = 3.12.1\n"}, None),
    ],
)
def test_the_version_of_an_environment_is_read(
    tmp_path: Path, files: dict[str, str], expected: tuple[int, int] | None
) -> None:
    python = environment(tmp_path / "some")
    write(tmp_path / "some", files)
    assert environments.version(python) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("3.12.4", (3, 12)), ("3.14t-dev", (3, 14)), ("pypy3.10-7.3", None)]
)
def test_the_version_of_an_interpreter_of_pyenv_is_that_of_its_folder(
    tmp_path: Path, name: str, expected: tuple[int, int] | None
) -> None:
    python = environment(tmp_path / "versions" / name)
    assert environments.version(python) == expected
