"""Files that git ignores, determined by git without running programs that a repository names."""

from __future__ import annotations

import os
import shutil
import subprocess  # nosec B404 - runs git
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.processes.command import inherited, kill_group
from python_expert.text.paths import ancestors

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DEADLINE_S = 5.0

IGNORED = "it is ignored by git"
UNKNOWN = "git could not say whether it is ignored"

_SOMETHING_IGNORED, _NOTHING_IGNORED = 0, 1

_OPTIONS = (
    "--no-pager",
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "protocol.allow=never"),
)
"""Overrides of the repository's configuration.

The configuration must not name programs to run, or hosts to fetch missing objects from.
"""

_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}

_KEPT = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")
"""Variables that locate the user's own configuration, which names the user's ignore file."""


def ignored_by_git(paths: Iterable[Path]) -> dict[Path, str]:
    """Return why files must not leave the machine according to git.

    Without a repository, no file is ignored. If git fails or is not installed, every file is
    ignored.

    Args:
        paths: Absolute paths with no link above the last part.
    """
    git = shutil.which("git")
    repositories: dict[Path, list[Path]] = {}
    for path in paths:
        top = next((each for each in ancestors(path.parent) if _is_top(each)), None)
        if top is not None:
            repositories.setdefault(top, []).append(path)
    found: dict[Path, str] = {}
    for top, inside in repositories.items():
        found |= _ask(git, top, inside) if git else dict.fromkeys(inside, UNKNOWN)
    return found


def _is_top(folder: Path) -> bool:
    """Return whether a folder is the top of a working tree; ``.git`` may also be a file."""
    return os.path.lexists(folder / ".git")


def _ask(git: str, top: Path, paths: Sequence[Path]) -> dict[Path, str]:
    argv = [git, "-C", str(top), *_OPTIONS, "check-ignore", "-z", "--stdin"]
    environment = {
        name: value
        for name, value in inherited().items()
        if not name.startswith("GIT_") or name in _KEPT
    }
    try:
        process = subprocess.Popen(  # noqa: S603  # nosec B603 - a fixed command without a shell
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment | _ENVIRONMENT,
            start_new_session=True,
        )
    except OSError as error:
        return dict.fromkeys(paths, f"{UNKNOWN}: {error.strerror or error}")
    with process:
        try:
            out, err = process.communicate(b"\0".join(map(os.fsencode, paths)), DEADLINE_S)
        except subprocess.TimeoutExpired:
            kill_group(process.pid)
            return dict.fromkeys(paths, f"{UNKNOWN}: it did not answer within {DEADLINE_S:g} s")
    if process.returncode == _SOMETHING_IGNORED:
        return dict.fromkeys((Path(os.fsdecode(name)) for name in out.split(b"\0")[:-1]), IGNORED)
    if process.returncode == _NOTHING_IGNORED:
        return {}
    complaint = err.decode("utf-8", "replace").strip().partition("\n")[0]
    return dict.fromkeys(paths, f"{UNKNOWN}: {complaint or f'status {process.returncode}'}")
