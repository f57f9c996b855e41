"""Finds the interpreter, the tools and the configuration files of a project."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.config import environments
from python_expert.config.environments import EXE, SCRIPTS, site_packages
from python_expert.config.settings import ImportStrategy
from python_expert.text.paths import home, is_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from python_expert.config.environments import FoundPython
    from python_expert.config.settings import Settings
    from python_expert.config.tool_spec import ToolSpec


class FoundProgram(NamedTuple):
    """A program, and how it was found.

    Attributes:
        path: The executable; for a tool that is a module, the Python that it is installed in.
        why: The reason for the choice, for the user.
        warning: A warning about the choice, or empty.
    """

    path: Path
    why: str
    warning: str = ""


@dataclass(frozen=True)
class Environment:
    """The interpreter and the tools for a project's files.

    Attributes:
        interpreter: The project's Python; None in an untrusted folder or if there is none.
        tools: The program of each tool.
    """

    interpreter: FoundProgram | None
    tools: Mapping[str, FoundProgram]

    @property
    def warnings(self) -> list[str]:
        """Warnings about the choices, for the user."""
        found = (*self.tools.values(), *([self.interpreter] if self.interpreter else []))
        return [each.warning for each in found if each.warning]


def resolve(
    root: Path, settings: Settings, tools: Iterable[ToolSpec], own: FoundPython | None = None
) -> Environment:
    """Find the interpreter and the tools of a project.

    Args:
        root: The project's folder.
        settings: Its settings.
        tools: The tools.
        own: The Python of the script's own environment, if the project is such a script. It is
            used instead of the one that `find_interpreter` finds.
    """
    interpreter = None
    if settings.trusted:
        interpreter = FoundProgram(*own) if own else find_interpreter(root, settings)
    venv = environments.prefix_of(interpreter.path) if interpreter else None
    if settings.import_strategy is ImportStrategy.USE_BUNDLED:
        venv = None
    return Environment(
        interpreter,
        {tool.name: _find_tool(tool, root, settings, venv, interpreter) for tool in tools},
    )


def find_interpreter(root: Path, settings: Settings) -> FoundProgram | None:
    """Return the project's Python: the setting, or the result of `environments.find`."""
    warning = ""
    if settings.interpreter:
        path = expand(settings.interpreter, root)
        if os.access(path, os.X_OK) and is_file(path):
            return FoundProgram(path, "the setting 'interpreter'")
        warning = (
            f"the interpreter {path} does not exist or cannot be run; "
            "correct the setting 'interpreter'"
        )
    found = environments.find(root)
    return FoundProgram(*found, warning) if found else None


def expand(path: str, root: Path) -> Path:
    """Expand a path of the settings; supports ``~`` and ``${workspaceFolder}``."""
    return root / home(path.replace("${workspaceFolder}", str(root)))


def _find_tool(
    tool: ToolSpec,
    root: Path,
    settings: Settings,
    venv: Path | None,
    interpreter: FoundProgram | None,
) -> FoundProgram:
    warning, name = "", tool.name
    configured = settings.tools.of(name).path
    if configured and settings.trusted:
        path = expand(configured, root)
        program = _sibling_python(path) if tool.module else path
        if is_file(program) and os.access(program, os.X_OK):
            return FoundProgram(program, f"the setting 'tools.{name}.path'")
        warning = (
            f"{path} does not exist or cannot be run; the bundled {name} is used. "
            f"Correct the setting 'tools.{name}.path'"
        )
    elif interpreter is not None and not tool.bundled:
        return interpreter
    elif venv is not None and tool.versions is not None:
        version = _installed_version(venv, name)
        low, high = tool.versions
        if version and low <= version < high:
            program = venv / SCRIPTS / f"{'python' if tool.module else name}{EXE}"
            if is_file(program):
                return FoundProgram(program, f"the environment {venv}")
        elif version:
            warning = (
                f"the project's {name} {'.'.join(map(str, version))} cannot check live "
                f"({'.'.join(map(str, low))} or later and below {'.'.join(map(str, high))} can); "
                f"the bundled {name} is used"
            )
    why = "bundled" if settings.trusted else "bundled, because the folder is not trusted"
    return FoundProgram(Path(sys.executable) if tool.module else bundled(name), why, warning)


def bundled(name: str) -> Path:
    """Return the executable installed with this server, or its expected path if it is missing."""
    beside = Path(sysconfig.get_path("scripts")) / f"{name}{EXE}"
    if is_file(beside):
        return beside
    try:  # packages with executables can report their location
        find = getattr(importlib.import_module(name), f"find_{name}_bin")
    except (ImportError, AttributeError):
        return beside
    return Path(find())


def _sibling_python(path: Path) -> Path:
    """Return the Python of an installed tool: the file itself if it is one, or its neighbour."""
    if path.name.startswith("python"):
        return path
    for name in (f"python{EXE}", f"python3{EXE}"):
        if is_file(path.parent / name):
            return path.parent / name
    return path


def _installed_version(venv: Path, name: str) -> tuple[int, ...] | None:
    """Return the version of a distribution, read from its metadata folder; nothing is run."""
    # Imported late, because it is not needed when the server starts.
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415 - slow to import, and rarely needed

    start = name.replace("-", "_") + "-"
    for folder in site_packages(venv):
        for info in folder.glob(f"{start}*.dist-info"):
            with contextlib.suppress(InvalidVersion):
                return Version(info.stem.removeprefix(start)).release
    return None
