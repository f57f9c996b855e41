"""The tools' configuration files: which one holds for a file, and whether any has changed."""

from __future__ import annotations

import logging
import os
import re
from configparser import ConfigParser
from configparser import Error as IniError
from functools import cache
from typing import TYPE_CHECKING

from python_expert.config.interpreters import home
from python_expert.config.toml_files import read_toml
from python_expert.diagnostics.finding import ToolName
from python_expert.text.paths import ancestors, exists, is_file, is_safe

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

CONFIG_NAMES = {
    ToolName.RUFF: ("ruff.toml", ".ruff.toml", "pyproject.toml"),
    ToolName.MYPY: ("mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg"),
    ToolName.BANDIT: (".bandit", "bandit.yaml", "bandit.yml", "pyproject.toml"),
}
"""Where each tool keeps its configuration, in its own order of preference."""

WATCHED = tuple(sorted({name for names in CONFIG_NAMES.values() for name in names}))


class ConfigFiles:
    """The configuration files that can matter to a project's documents.

    Attributes:
        changes: For each tool, how often a change of its files was noticed.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.changes = dict.fromkeys(ToolName, 0)
        self._stamps: dict[Path, object] = {}
        self._found: dict[tuple[ToolName, Path], Path | None] = {}
        self.watch(root)

    def watch(self, folder: Path) -> None:
        """Keep an eye on the files that count for documents in a folder."""
        for above in ancestors(folder):
            if above / WATCHED[0] in self._stamps:
                return  # and so are the folders above it
            for name in WATCHED:
                self._stamps[above / name] = _stamp(above / name)

    def poll(self) -> bool:
        """Look at the files again; returns whether any has changed since the last look."""
        changed = set()
        for path, old in self._stamps.items():
            new = _stamp(path)
            if new != old:
                self._stamps[path] = new
                changed.add(path.name)
        for name, candidates in CONFIG_NAMES.items():
            self.changes[name] += not changed.isdisjoint(candidates)
        if changed:
            self._found.clear()
        return bool(changed)

    def find(self, name: ToolName, folder: Path) -> Path | None:
        """The configuration file of a tool for files in a folder, or None; cached."""
        if (name, folder) not in self._found:
            self._found[name, folder] = find_config(name, folder, self._root)
        return self._found[name, folder]


def find_config(name: ToolName, folder: Path, root: Path) -> Path | None:
    """The configuration file of a tool that holds for files in a folder of a project, or None.

    The nearest file counts, as the tools themselves search: ruff and bandit upward to the
    root of the disk, mypy up to the root of the repository. A file that cannot be read counts
    as configuration, so that its fault is the tool's to report. Mypy's, which can name code to
    run, does not count if another user could have put it above the project.
    """
    for above in ancestors(folder):
        for candidate in CONFIG_NAMES[name]:
            path = above / candidate
            if is_file(path) and _configures(path, name):
                if name is not ToolName.MYPY or is_safe(path, root):
                    return path
                _warn(path)
        if name is ToolName.MYPY and any(exists(above / mark) for mark in (".git", ".hg")):
            break
    return next((path for path in _user_configs(name) if is_file(path)), None)


@cache
def _warn(path: Path) -> None:
    """Say, once, that a file does not count."""
    log.warning(
        "%s does not count: it is above the project, and another user could have written it; "
        "to have it count, see that it and its folder are yours alone",
        path,
    )


def _configures(path: Path, name: ToolName) -> bool:
    if path.name not in ("pyproject.toml", "setup.cfg"):
        return True
    try:
        if path.name == "setup.cfg":
            parser = ConfigParser(interpolation=None, strict=False)
            parser.read_string(path.read_text(encoding="utf-8"))
            return parser.has_section(name)
        tables = read_toml(path).get("tool", {})
    except (OSError, ValueError, IniError):
        return re.search(rf"^\[(tool\.)?{name}\b", read(path), re.MULTILINE) is not None
    return isinstance(tables, dict) and name in tables


def read(path: Path) -> str:
    """A file's text; of one that cannot be read there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _user_configs(name: ToolName) -> list[Path]:
    config = home(os.environ.get("XDG_CONFIG_HOME") or "~/.config")
    match name:
        case ToolName.RUFF:
            return [config / "ruff" / candidate for candidate in CONFIG_NAMES[name]]
        case ToolName.MYPY:
            return [config / "mypy" / "config", home("~/.mypy.ini")]
        case ToolName.BANDIT:
            return []


def _stamp(path: Path) -> object:
    """What differs between two states of a file; None if there is no file."""
    try:
        stat = os.stat(path)  # noqa: PTH116 - several times as fast as Path.stat
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
