"""Finds the configuration file of a tool that applies to a file, and detects changes."""

from __future__ import annotations

import logging
import os
import re
from configparser import ConfigParser
from configparser import Error as IniError
from functools import cache
from typing import TYPE_CHECKING

from python_expert.config.toml_files import read_toml
from python_expert.text.paths import ancestors, exists, home, is_file, is_safe

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from python_expert.config.tool_spec import ToolSpec

log = logging.getLogger(__name__)

SHARED_INI = ("setup.cfg", "tox.ini")
"""INI files that several tools share; each tool has its own section."""


def watched(tools: Iterable[ToolSpec]) -> tuple[str, ...]:
    """Return the names of all files in which tools keep their configuration."""
    return tuple(
        sorted({"pyproject.toml", *(name for tool in tools for name in tool.config.names)})
    )


class ConfigFiles:
    """The configuration files that can matter to a project's documents.

    Args:
        root: The project's folder.
        tools: The tools.

    Attributes:
        changes: For each tool, the number of changes of its files that were noticed.
    """

    def __init__(self, root: Path, tools: Iterable[ToolSpec]) -> None:
        self._root = root
        self._tools: dict[str, ToolSpec] = {tool.name: tool for tool in tools}
        self._watched = watched(self._tools.values())
        self.changes: dict[str, int] = dict.fromkeys(self._tools, 0)
        self._stamps: dict[Path, object] = {}
        self._found: dict[tuple[str, Path], Path | None] = {}
        self.watch(root)

    @property
    def tools(self) -> tuple[ToolSpec, ...]:
        """The tools."""
        return tuple(self._tools.values())

    def watch(self, folder: Path) -> None:
        """Watch the configuration files that affect documents in a folder."""
        for above in ancestors(folder):
            if above / self._watched[0] in self._stamps:
                return  # the folders above it are watched as well
            for name in self._watched:
                self._stamps[above / name] = stamp(above / name)

    def poll(self) -> bool:
        """Check the files again; return whether any has changed since the last check."""
        changed = set()
        for path, old in self._stamps.items():
            new = stamp(path)
            if new != old:
                self._stamps[path] = new
                changed.add(path.name)
        for name, tool in self._tools.items():
            self.changes[name] += not changed.isdisjoint(tool.config.names)
        if changed:
            self._found.clear()
        return bool(changed)

    def find(self, name: str, folder: Path) -> Path | None:
        """Return the configuration file of a tool for files in a folder, or None; cached.

        The result is None for an unknown tool, which another tool may ask about.
        """
        if (name, folder) not in self._found:
            tool = self._tools.get(name)
            self._found[name, folder] = find_config(tool, folder, self._root) if tool else None
        return self._found[name, folder]


def find_config(tool: ToolSpec, folder: Path, root: Path) -> Path | None:
    """Return the configuration file of a tool that applies to files in a folder, or None.

    The nearest file applies, as the tools themselves search: upwards to the root of the disk or of
    the repository. A file that cannot be read counts as configuration, so that the tool reports the
    error. A file that can name code to run does not count if another user could have put it above
    the project.
    """
    search = tool.config
    for above in ancestors(folder):
        for candidate in search.names:
            path = above / candidate
            if is_file(path) and _configures(path, tool.name):
                if not search.names_code or is_safe(path, root):
                    return path
                _warn(path)
        if search.in_repository and any(exists(above / mark) for mark in (".git", ".hg")):
            break
    config = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    users = (home(path.replace("{config}", config)) for path in search.user)
    return next((path for path in users if is_file(path)), None)


@cache
def _warn(path: Path) -> None:
    """Log once that a file is ignored."""
    log.warning(
        "%s is ignored: it is above the project, and another user could have written it; "
        "to use it, make sure that only you can write to it and to its folder",
        path,
    )


def _configures(path: Path, name: str) -> bool:
    if path.name not in ("pyproject.toml", *SHARED_INI):
        return True
    try:
        if path.name in SHARED_INI:
            parser = ConfigParser(interpolation=None, strict=False)
            parser.read_string(path.read_text(encoding="utf-8"))
            return parser.has_section(ini_section(name, path))
        tables = read_toml(path).get("tool", {})
    except (OSError, ValueError, IniError):
        return re.search(rf"^\[(tool\.)?{name}\b", read(path), re.MULTILINE) is not None
    return isinstance(tables, dict) and name in tables


def ini_section(name: str, path: Path) -> str:
    """Return the section of a tool in an INI file; pytest's has another name in setup.cfg."""
    return "tool:pytest" if (name, path.name) == ("pytest", "setup.cfg") else name


def read(path: Path) -> str:
    """Return a file's text; empty if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def stamp(path: Path) -> object:
    """Return a value that differs between two states of a file; None if there is no file."""
    try:
        status = os.stat(path)  # noqa: PTH116 - several times faster than Path.stat
    except OSError as error:
        return None if isinstance(error, FileNotFoundError | NotADirectoryError) else error.errno
    return status.st_ino, status.st_mtime_ns, status.st_size
