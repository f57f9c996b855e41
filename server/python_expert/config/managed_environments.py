"""Finds environments that Poetry and Hatch keep for a project in the user's own folders.

Both put eight characters of the project folder's digest into the environment's path, so the
environment can be found without running them, which would take a second. Checked with Poetry 2.5
(``EnvManager.generate_env_name``) and Hatch 1.18 (``VirtualEnvironment``).
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.text.paths import home

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def prefixes(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield the managed environments of a project's folder with their managers, the best first."""
    for prefix in _of_poetry(root):
        yield prefix, "Poetry's environment"
    # Hatch's default environment has the project's name, like the folder of all its environments.
    for prefix in sorted((_hatch() / "env/virtual").glob(f"*/{_digest(str(root))}/*")):
        if prefix.name == prefix.parent.parent.name:
            yield prefix, "Hatch's default environment"


def _poetry() -> Path:
    """Return the folder of Poetry's environments."""
    if named := os.environ.get("POETRY_VIRTUALENVS_PATH"):
        return home(named)
    usual = {"win32": "~/AppData/Local/pypoetry/Cache", "darwin": "~/Library/Caches/pypoetry"}
    return _folder("POETRY_CACHE_DIR", usual, "XDG_CACHE_HOME", "~/.cache/pypoetry") / "virtualenvs"


def _hatch() -> Path:
    """Return the folder of Hatch's data."""
    usual = {"win32": "~/AppData/Local/hatch", "darwin": "~/Library/Application Support/hatch"}
    return _folder("HATCH_DATA_DIR", usual, "XDG_DATA_HOME", "~/.local/share/hatch")


def _folder(variable: str, usual: Mapping[str, str], xdg: str, elsewhere: str) -> Path:
    """Return the folder that a variable names, or the platform's default."""
    if named := os.environ.get(variable) or usual.get(sys.platform):
        return home(named)
    base = os.environ.get(xdg)
    return Path(base, Path(elsewhere).name) if base else home(elsewhere)


def _of_poetry(root: Path) -> list[Path]:
    """Return Poetry's environments, one for each Python; the one in use comes first."""
    folder = _poetry()
    digest = _digest(os.path.normcase(os.path.realpath(root)))
    found = sorted(folder.glob(f"*-{digest}-py3.*"), key=_minor, reverse=True)
    used = _used(folder, digest) if found else ""
    return sorted(found, key=lambda each: not each.name.endswith(f"-py{used}"))


def _used(folder: Path, digest: str) -> str:
    """Return the version set by ``poetry env use`` for a project, as ``3.12``, or empty."""
    try:
        text = (folder / "envs.toml").read_text("utf-8", "replace")
    except OSError:
        return ""
    section = re.search(rf'^\["?[^\]\n]*-{re.escape(digest)}"?\]\n([^\[]*)', text, re.MULTILINE)
    minor = re.search(r'^minor = "(3\.\d+)"', section[1], re.MULTILINE) if section else None
    return minor[1] if minor else ""


def _minor(prefix: Path) -> int:
    digits = prefix.name.rpartition("-py3.")[2]
    return int(digits) if digits.isdecimal() else 0


def _digest(path: str) -> str:
    data = hashlib.sha256(path.encode("utf-8", "surrogateescape")).digest()
    return base64.urlsafe_b64encode(data).decode()[:8]
