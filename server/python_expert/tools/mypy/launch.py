"""The parameters with which a project's mypy is started."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.config import environments
from python_expert.config.python_versions import tool_table
from python_expert.config.settings import Profile
from python_expert.tools.mypy.spec import MYPY

if TYPE_CHECKING:
    from python_expert.config.interpreters import FoundProgram
    from python_expert.tools.context import ToolContext

EXPERT_ARGS = (
    "--strict",
    "--enable-error-code=possibly-undefined",
    "--enable-error-code=truthy-iterable",
    "--enable-error-code=unused-awaitable",
)
"""The arguments of the expert profile, for a project that does not configure mypy."""

OLDEST = (3, 10)
"""The oldest version of Python that mypy 2 can check for, ``mypy.defaults.PYTHON3_VERSION_MIN``."""


@dataclass(frozen=True)
class MypyLaunch:
    """The interpreter, folder and arguments of a project's mypy.

    Attributes:
        python: The interpreter in which mypy is installed.
        root: The project's folder, where mypy runs.
        args: mypy's command-line arguments.
        plugins: Whether the plugins that the configuration names may be imported.
        changes: The number of changes of its configuration files; each one restarts mypy.
        searched: The interpreter whose packages mypy searches, and why, for messages; empty if a
            configuration names the interpreter, or if none is used.
        lenient: Whether missing type hints are reported as information, because the project did
            not ask for strictness.
    """

    python: Path
    root: Path
    args: tuple[str, ...] = ()
    plugins: bool = True
    changes: int = 0
    searched: str = ""
    lenient: bool = False

    @property
    def config(self) -> Path | None:
        """The configuration file, if there is one."""
        name = dict(zip(self.args[:1], self.args[1:2], strict=False)).get("--config-file")
        return Path(name) if name else None


def launch_for(context: ToolContext) -> MypyLaunch:
    """Return the parameters of mypy for a project."""
    settings = context.settings
    args = (*_arguments(context), *context.args(MYPY))
    program, changes = context.program(MYPY), context.changes(MYPY)
    found = context.environment.interpreter
    searched = f"{found.path} ({found.why})" if found and str(found.path) in args else ""
    lenient = settings.profile is Profile.AUTO and context.is_expert(MYPY, None)
    return MypyLaunch(program, context.root, args, settings.trusted, changes, searched, lenient)


def _arguments(context: ToolContext) -> tuple[str, ...]:
    """Return mypy's arguments: the configuration, strictness, and the interpreter for packages."""
    config = context.config(MYPY, None)
    args = ["--config-file", str(config) if config else ""]
    if context.is_expert(MYPY, None):
        args += EXPERT_ARGS
    if not context.settings.trusted:
        # A configuration may name an interpreter, which mypy would run.
        return (*args, "--python-executable", sys.executable, "--no-site-packages")
    interpreter = context.environment.interpreter
    said = tool_table(MYPY, config) if config else {}
    if interpreter and (context.settings.interpreter or "python_executable" not in said):
        args += ["--python-executable", str(interpreter.path)]
        is_named = any(each.startswith("--python-executable") for each in context.args(MYPY))
        if not is_named and "python_version" not in said:
            args += _target_version(interpreter, context.program(MYPY))
    return tuple(args)


def _target_version(interpreter: FoundProgram, program: Path) -> list[str]:
    """Return the argument for the version of the project's Python, if it is needed and known.

    mypy assumes the version of the Python that it runs on, not that of the project.

    Args:
        interpreter: The project's Python, or one that only has packages.
        program: The Python that runs mypy.
    """
    version = environments.version(interpreter.path)
    if version is None or interpreter.path == program:
        return []
    if version < sys.version_info[:2] and interpreter.why in environments.FALLBACKS:
        return []  # the project may need a newer one
    return ["--python-version", ".".join(map(str, max(version, OLDEST)))]
