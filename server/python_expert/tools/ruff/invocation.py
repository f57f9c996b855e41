"""The command lines of ruff: the executable, the working directory and the rules."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from python_expert.config.settings import Profile
from python_expert.processes.command import Command
from python_expert.text.columns import Encoding
from python_expert.tools.ruff.profile import expert_profile
from python_expert.tools.ruff.spec import RUFF

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from python_expert.tools.context import ToolContext
    from python_expert.tools.ruff.profile import ExpertProfile

log = logging.getLogger(__name__)

DEADLINE_S = 20.0
"""The deadline for one document in seconds."""

FLOOR = ("F811", "F821", "F822", "F823", "ASYNC")
"""Rules that always apply in the gate, even if a project does not select, ignores or excludes them
or suppresses them with ``noqa``: undefined names, and calls that block the event loop."""

NOT_IN_FLOOR = ("ASYNC109", "ASYNC110")
"""Rules with advice on timeouts and waiting loops, which the floor omits."""

NEUTRAL = {
    "fix": "--no-fix",
    "fix-only": "--no-fix-only",
    "unsafe-fixes": "--no-unsafe-fixes",
    "show-fixes": "--no-show-fixes",
    "output-format": "--output-format=json",
    "cache-dir": "--no-cache",
}
"""Options of a configuration that change the output of ``ruff check`` or the files that it writes,
and the arguments that override them. Options that change the findings (``preview``, ``exclude``)
keep the project's values."""

VARIABLES: dict[str, str | None] = {
    **dict.fromkeys(("RUFF_OUTPUT_FORMAT", "RUFF_OUTPUT_FILE", "RUFF_NO_CACHE", "RUFF_CACHE_DIR")),
    **dict.fromkeys(("FORCE_COLOR", "CLICOLOR_FORCE")),
    "NO_COLOR": "1",
}
"""Environment variables that change ruff's output, with their replacements; None removes one."""

_NEUTRAL_SERVER = {"unsafe-fixes": False}
"""Settings of ``ruff server`` that are overridden: it applies all fixes at once, so only safe ones.
"""


@dataclass(frozen=True)
class RuffLaunch:
    """The parameters of a project's ruff.

    Attributes:
        executable: The ruff to run.
        root: The project's folder.
        args: Further arguments for ``ruff check``. Rule selections, the line length and
            ``--preview`` apply in the editor as well.
        encoding: The position encoding of the editor, which ruff uses too.
        trusted: False if no program of the project may be run (ruff can format through uv).
        changes: The number of changes of its configuration files; each one restarts ruff.
        profile: The rules that apply; a change restarts ruff.
        expert: The expert profile at the project's root, if it applies there.
    """

    executable: Path
    root: Path
    args: tuple[str, ...] = ()
    encoding: Encoding = Encoding.UTF32
    trusted: bool = True
    changes: int = 0
    profile: Profile = Profile.AUTO
    expert: ExpertProfile | None = None


def launch_for(context: ToolContext) -> RuffLaunch:
    """Return the parameters of ruff for a project."""
    settings = context.settings
    return RuffLaunch(
        context.program(RUFF),
        context.root,
        context.args(RUFF),
        context.encoding,
        settings.trusted,
        context.changes(RUFF),
        settings.profile,
        expert_profile(context, None),
    )


def command(executable: Path, cwd: Path, *args: str) -> Command:
    """Return the command for a run of ruff whose output no environment variable affects."""
    return Command((str(executable), *args), cwd, VARIABLES)


def check_command(executable: Path, cwd: Path, *args: str, files: Iterable[str]) -> Command:
    """Return the command of ``ruff check`` that always prints JSON and writes no file.

    Args:
        executable: The ruff to run.
        cwd: The folder to run it in.
        args: Further arguments; `NEUTRAL` overrides them.
        files: The files to check.
    """
    neutral = (*NEUTRAL.values(), "--exit-zero", "--quiet")
    return command(executable, cwd, "check", *args, *neutral, "--", *files)


def floor_command(
    executable: Path, cwd: Path, *args: str, python: tuple[int, int] | None
) -> Command:
    """Return the command of ``ruff check`` on standard input with the rules of the floor only.

    Args:
        executable: The ruff to run.
        cwd: The folder to run it in.
        args: Further arguments.
        python: The oldest Python that the code must run on, if it is known.
    """
    target = (f"--target-version=py{python[0]}{python[1]}",) if python else ()
    rules = ("--select", ",".join(FLOOR), "--ignore", ",".join(NOT_IN_FLOOR), "--ignore-noqa")
    return check_command(executable, cwd, "--isolated", *rules, *target, *args, files="-")


def fix_command(executable: Path, cwd: Path, *args: str, rules: Iterable[str]) -> Command:
    """Return the command that applies ruff's safe fixes for some rules to its standard input."""
    own = ("--select", ",".join(rules), "--config", "lint.extend-safe-fixes=[]")
    neutral = ("--fix-only", "--no-unsafe-fixes", "--no-cache", "--exit-zero", "--quiet")
    return command(executable, cwd, "check", *args, *own, *neutral, "-")


def fix_files_command(executable: Path, cwd: Path, *args: str, files: Iterable[str]) -> Command:
    """Return the command that writes ruff's safe fixes into files and prints their number."""
    neutral = ("--fix-only", "--no-unsafe-fixes", "--no-show-fixes", "--no-cache", "--exit-zero")
    return command(executable, cwd, "check", *args, *neutral, "--", *files)


def arguments(profile: ExpertProfile | None) -> list[str]:
    """Return the command-line arguments for the expert profile, if it applies."""
    if profile is None:
        return []
    # Ruff treats each argument as a separate layer, and a layer that selects rules overrides the
    # others.
    options = [f"{key}={_toml(value)}" for key, value in profile.configuration.items()]
    return [part for option in options for part in ("--config", option)]


def server_settings(args: Sequence[str], profile: ExpertProfile | None) -> dict[str, Any]:
    """Return ruff's own settings, from the expert profile and the user's arguments."""
    lint: dict[str, Any] = {}
    configuration: dict[str, Any] = dict(_NEUTRAL_SERVER)
    settings: dict[str, Any] = {"logLevel": "warn", "lint": lint, "configuration": configuration}
    if profile:
        configuration |= profile.configuration
    rest = iter(args)
    for arg in rest:
        name, equals, value = arg.partition("=")
        if name == "--preview":
            lint["preview"] = True
        elif name in ("--select", "--ignore", "--extend-select", "--line-length"):
            value = value if equals else next(rest, "")
            if name == "--line-length":
                settings["lineLength"] = int(value) if value.isdigit() else None
            else:
                key = "extendSelect" if name == "--extend-select" else name[2:]
                lint[key] = [*lint.get(key, []), *value.split(",")]
        else:
            log.warning("tools.ruff.args: %s has no meaning in the editor", arg)
    return settings


def _toml(value: object) -> str:
    """Format strings, lists and tables of strings as inline TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    return json.dumps(value)
