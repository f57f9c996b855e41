"""The tools that there are, made for a project."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from python_expert.config import interpreters
from python_expert.config.tool_files import read
from python_expert.diagnostics.finding import ToolName
from python_expert.tools.bandit.tool import Bandit, BanditLaunch
from python_expert.tools.mypy.tool import Mypy, MypyLaunch
from python_expert.tools.ruff.invocation import RuffLaunch
from python_expert.tools.ruff.tool import Ruff

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from python_expert.diagnostics.finding import Report
    from python_expert.tools.base import Tool
    from python_expert.tools.context import ToolContext


def make(
    name: ToolName,
    place: ToolContext,
    *,
    reports: Callable[[Sequence[Report]], None],
    reading: Callable[[str | None], None],
    tell: Callable[[str], None],
) -> Tool:
    """Make a tool; nothing is started before it is asked to check something.

    Args:
        name: Which one.
        place: The project that it is to work for.
        reports: Called with what it finds without having been asked.
        reading: Called with its state of reading the project; None when it is done.
        tell: Called with what it has to say to the user.
    """
    root, settings = place.root, place.settings
    program = place.environment.tools[name].path
    args = settings.tools.of(name).args if settings.trusted else ()
    changes = place.config_files.changes[name]
    match name:
        case ToolName.RUFF:
            ruff = RuffLaunch(
                program, root, args, place.encoding, settings.trusted, changes, settings.profile
            )
            return Ruff(ruff, lambda path: place.is_expert(name, path), tell)
        case ToolName.MYPY:
            args = (*_mypy_args(place), *args)
            mypy = MypyLaunch(program, root, args, settings.trusted, changes)
            return Mypy(mypy, reports, reading, tell)
        case ToolName.BANDIT:
            config, expert = place.config(name, None), place.is_expert(name, None)
            return Bandit(BanditLaunch(program, root, config, args, expert, changes))


def _mypy_args(place: ToolContext) -> tuple[str, ...]:
    """Mypy's arguments: whose configuration, how strict, and which interpreter's packages."""
    config = place.config(ToolName.MYPY, None)
    args = ["--config-file", str(config) if config else ""]
    if place.is_expert(ToolName.MYPY, None):
        args.append("--strict")
    if not place.settings.trusted:
        # A configuration may name an interpreter, and mypy would run it.
        return (*args, "--python-executable", sys.executable, "--no-site-packages")
    interpreter = place.environment.interpreter
    said = read(config) if config else ""
    if interpreter and (place.settings.interpreter or "python_executable" not in said):
        args += ["--python-executable", str(interpreter.path)]
        newer = interpreters.version(interpreter.path)
        # Mypy checks for the Python that it runs on, be the interpreter's syntax newer or not.
        if newer and newer > sys.version_info[:2] and "python_version" not in said:
            args += ["--python-version", ".".join(map(str, newer))]
    return tuple(args)
