"""Finds the Python in which a project's packages are installed.

The search order is that of other Python tools: the active environment, environments in the project
or above it in its repository, environments of Poetry or Hatch, the version that the project names,
and PATH. Nothing is run.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.config import managed_environments
from python_expert.text.paths import home, is_file, is_safe
from python_expert.text.repository import enclosing

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPTS = "Scripts" if os.name == "nt" else "bin"
EXE = ".exe" if os.name == "nt" else ""

FOLDERS = (".venv", "venv", "env", ".env", ".pixi/envs/default")
"""The folders that may contain a project's environment; the last one is pixi's default."""

ON_PATH = "python on PATH"
"""The reason shown for a Python that belongs to no environment."""

CONDA_BASE = "CONDA_PREFIX, conda's base environment"
"""The reason shown for an environment that is active in every shell of many users."""

FALLBACKS = frozenset({ON_PATH, CONDA_BASE})
"""The reasons for an interpreter that may have nothing to do with the project."""

_VERSION_FILE = ".python-version"
_VERSION = re.compile(r"[\w.@+-]+")
_PYENV = re.compile(r"/versions/3\.(\d+)[^/]*/(?:bin/)?[^/]+$")
"""The place of an interpreter that pyenv has installed."""

_LONGEST_VERSION_FILE = 4096
"""The maximum number of bytes of a .python-version that are read."""


class FoundPython(NamedTuple):
    """An interpreter, and how it was found.

    Attributes:
        path: The executable.
        why: The reason for the choice, for the user.
    """

    path: Path
    why: str


def find(root: Path) -> FoundPython | None:
    """Return the Python of a project, or None if there is none on this machine.

    Args:
        root: The project's folder. The virtual environment may be in a parent folder of the
            repository, as in a workspace whose members share one.
    """
    return next(_places(root), None)


def missing() -> str:
    """Return why the active environment is not used, if it has no interpreter; otherwise empty."""
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if (active := _prefix(variable)) and not _python(active):
            return f"{variable} names {active}, where there is no Python"
    return ""


def _places(root: Path) -> Iterator[FoundPython]:
    conda = _prefix("CONDA_PREFIX")
    base = os.environ.get("CONDA_DEFAULT_ENV") == "base"
    if (active := _prefix("VIRTUAL_ENV")) and (python := _python(active)):
        yield FoundPython(python, "VIRTUAL_ENV")
    if conda and not base and (python := _python(conda)):
        yield FoundPython(python, "CONDA_PREFIX")
    yield from _of_project(root)
    if conda and (python := _python(conda)):
        yield FoundPython(python, CONDA_BASE)
    if on_path := shutil.which("python3") or shutil.which("python"):
        yield FoundPython(Path(on_path), ON_PATH)


def _of_project(root: Path) -> Iterator[FoundPython]:
    """Yield candidates: environments in or above the project, managed ones, .python-version."""
    folders = enclosing(root)
    for folder in folders:
        for name in FOLDERS:
            python = _python(folder / name)
            if python and is_safe(folder / name, root):
                yield FoundPython(
                    python, f"{name} in {'the project' if folder == root else folder}"
                )
    for prefix, why in managed_environments.prefixes(root):
        if python := _python(prefix):
            yield FoundPython(python, why)
    for folder in folders:
        if is_safe(folder / _VERSION_FILE, root) and (found := _of_version_file(folder)):
            yield found


def _prefix(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value) if value else None


def _python(prefix: Path) -> Path | None:
    """Return the interpreter of an environment; conda's on Windows is in the folder itself."""
    places = (prefix / SCRIPTS / f"python{EXE}", prefix / f"python{EXE}")
    return next(filter(is_file, places if os.name == "nt" else places[:1]), None)


def _of_version_file(folder: Path) -> FoundPython | None:
    """Return the Python that pyenv would select by a folder's .python-version."""
    try:
        with (folder / _VERSION_FILE).open("rb") as file:
            text = file.read(_LONGEST_VERSION_FILE).decode("utf-8", "replace")
    except OSError:
        return None
    versions = home(os.environ.get("PYENV_ROOT") or "~/.pyenv") / "versions"
    for line in text.splitlines():
        word = line.strip()
        if not _VERSION.fullmatch(word):
            continue
        if python := _python(versions / word) or _newest(versions, word):
            return FoundPython(python, f"{word} in {folder / _VERSION_FILE}")
    return None


def _newest(versions: Path, prefix: str) -> Path | None:
    """Return the newest patch of a version such as 3.12, as pyenv understands it."""
    found = [
        (tuple(map(int, match[1].split("."))), each)
        for each in versions.glob(f"{prefix}.*")
        if (match := re.fullmatch(r"(\d+(?:\.\d+)+)", each.name))
    ]
    return _python(max(found)[1]) if found else None


def version(interpreter: Path) -> tuple[int, int] | None:
    """Return an interpreter's version, told by its environment's files or by pyenv's folder."""
    prefix = prefix_of(interpreter)
    if prefix is None:
        installed = _PYENV.search(interpreter.as_posix())
        return (3, int(installed[1])) if installed else None
    try:
        text = (prefix / "pyvenv.cfg").read_text("utf-8", "replace")
    except OSError:
        text = "\n".join(f"version = {each.name[7:]}" for each in _conda_python(prefix))
    match = re.search(r"^version(?:_info)?\s*=\s*3\.(\d+)", text, re.MULTILINE)
    return (3, int(match[1])) if match else None


def prefix_of(interpreter: Path) -> Path | None:
    """Return the virtual or conda environment of an interpreter, if it has one."""
    for folder in (interpreter.parent.parent, interpreter.parent):
        if is_file(folder / "pyvenv.cfg") or _conda_python(folder):
            return folder
    return None


def _conda_python(prefix: Path) -> list[Path]:
    """Return conda's record of the installed Python, named ``python-3.12.1-….json``."""
    return list(prefix.glob("conda-meta/python-3.*.json"))


def site_packages(prefix: Path) -> list[Path]:
    """Return the folders in which an environment's packages are installed."""
    place = "Lib/site-packages" if os.name == "nt" else "lib/python3*/site-packages"
    return list(prefix.glob(place))
