"""Finds the environments that uv keeps for scripts with their own dependencies (PEP 723).

uv names them by a digest of the script's path that depends on uv's build, so uv is asked. That
takes some 20 ms and may run interpreters that the folder's files name: use it in trusted folders
only, and not on the event loop.
"""

from __future__ import annotations

import re
import shutil
import subprocess  # nosec B404 - runs uv
from pathlib import Path

from python_expert.config import environments
from python_expert.config.environments import EXE, FoundPython
from python_expert.processes.command import inherited
from python_expert.text.paths import home, is_file

_METADATA = re.compile(r"^# /// script\s*$", re.MULTILINE)
"""The first line of a script's metadata."""

_HEAD = 8192
"""The number of bytes at the start of a file in which that line is searched."""

_DEADLINE_S = 5.0

_CACHE = "environments-"
"""The start of the name of the folder with the environments in uv's cache; a version follows."""

_PLACES = ("~/.local/bin", "~/.cargo/bin")
"""The folders in which uv's installer puts uv: an editor that was started from a desktop may have
another PATH."""


def is_script(text: str) -> bool:
    """Return whether a text has a script's metadata."""
    return _METADATA.search(text) is not None


def find(path: Path) -> FoundPython | None:
    """Return the Python of a script's own environment.

    None if the file is not such a script, if it has no environment, or if uv cannot be asked.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD).decode("latin-1")
    except OSError:
        return None
    uv = _uv() if is_script(head) else None
    if uv is None:
        return None
    argv = [uv, "python", "find", "--offline", "--no-python-downloads", "--script", str(path)]
    try:
        done = subprocess.run(  # noqa: S603 - uv, and a file of a trusted folder  # nosec B603
            argv,
            cwd=path.parent,
            env=inherited(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=_DEADLINE_S,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    python = Path(done.stdout.decode("utf-8", "surrogateescape").strip())
    prefix = environments.prefix_of(python)
    # Without an environment, uv returns the Python from which it would create one.
    if prefix is None or not prefix.parent.name.startswith(_CACHE) or not is_file(python):
        return None
    return FoundPython(python, "the script's own environment")


def _uv() -> str | None:
    """Return the path of uv, if it is installed."""
    beside = (str(home(place) / f"uv{EXE}") for place in _PLACES)
    return shutil.which("uv") or next(filter(None, map(shutil.which, beside)), None)
