"""Converts a tool's message about an invalid configuration file to one line with the place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

from python_expert.config.tool_files import read
from python_expert.processes.command import ToolError
from python_expert.text.paths import is_file

_LINE: Final = re.compile(r"\(?\b(?:at )?line:? (\d+)(?:, column \d+)?\)?")
_DETAIL: Final = re.compile(r"""in ["<]|while |file: |usage: |For more information|\[-|'""")
"""The start of lines that only repeat the place, or that describe the usage of a command."""

_PREFIX: Final = re.compile(r"(?:(?:\w+: )?error: |bandit's configuration .+? is broken: )")
_TABLE: Final = re.compile(r"\[(?P<table>[^\]\n]+)\]: ?")
_OWN_CODE: Final = re.compile(r"  \[[a-z-]+\]$")
"""mypy's error code at the end of a message."""
_OUTDATED: Final = re.compile(
    r"(?<!--python-version: )Python (\S+) is not supported \(must be (\S+) or higher\)$"
)
"""mypy's message about a ``python_version`` that is too old; mypy then checks for its oldest one.

It does not match if mypy also gives advice (for a number without quotes), nor on the command line,
where an old version is an error.
"""
_OUTDATED_SAID: Final = " is not supported by mypy; it checks for Python "
_UNKNOWN: Final = re.compile(r"Unrecognized option: (?P<key>[\w-]+)")
_NAMED: Final = re.compile(
    r"(?P<key>[a-z_]+)(?:: | must be )|The (?P<of>[a-z_]+) .+ is an invalid"
    r"|.*(?:code\(s\)|plugin)\W+(?P<word>[\w.-]+)"
)


class ConfigFault(NamedTuple):
    """The fault that a tool's message reports in a configuration file.

    Attributes:
        path: The file.
        line: The 0-based line, or None if it is unknown.
        message: The message for the user, in one line.
    """

    path: Path
    line: int | None
    message: str

    @property
    def error(self) -> ToolError:
        """The fault as an error of the tool."""
        return ToolError(self.message, place=(self.path, self.line or 0))


def config_fault(words: str, config: Path, root: Path) -> ConfigFault:
    """Return the fault that a tool's message reports in a configuration file.

    Args:
        words: The lines of the tool's message.
        config: The file.
        root: The project's folder; the file is shown relative to it.
    """
    numbered = re.compile(rf"^{re.escape(str(config))}:(\d+): (.*)$", re.MULTILINE)
    text = numbered.sub(r"\2 (at line \1)", words.replace(f"{config}: ", "")).strip()
    lines = read(config).splitlines()
    sentences = [line.strip() for line in text.splitlines()]
    useful = [line for line in sentences if line and not _DETAIL.match(line)] or sentences[-1:]
    why = _PREFIX.sub("", useful[-1] if useful else "").strip()
    numbers = _LINE.findall(text)
    line = min(int(numbers[-1]), len(lines)) - 1 if numbers and lines else None
    table = _TABLE.match(why)
    name = table["table"] if table else ""
    why = _OWN_CODE.sub("", _LINE.sub("", _TABLE.sub("", why, count=1)).strip(" :"))
    word = _UNKNOWN.match(why) or _NAMED.match(why)
    if line is None:
        line = _line_of(next(filter(None, word.groups())) if word else name, lines)
    in_toml = config.suffix == ".toml"
    if in_toml and name:
        name = f"tool.mypy.overrides, {name}" if "=" in name else f"tool.{name}"
    where = f"[{name}] " if name else ""
    if outdated := _OUTDATED.search(why):
        why = f"{why[: outdated.start()]}Python {outdated[1]}{_OUTDATED_SAID}{outdated[2]}"
    elif unknown := _UNKNOWN.match(why):
        why = f"{where}has no option `{unknown['key']}`"
    elif not word:
        why = f"{where}{why}"
    return fault_at(config, line, why, root)


def fault_at(path: Path, line: int | None, why: str, root: Path) -> ConfigFault:
    """Return a fault at a known place of a configuration file.

    Args:
        path: The file.
        line: The 0-based line, or None if it is unknown.
        why: The fault.
        root: The project's folder; the file is shown relative to it.
    """
    shown = path.relative_to(root) if path.is_relative_to(root) else path
    at = "" if line is None else f":{line + 1}"
    return ConfigFault(path, line, f"{shown}{at}: {why}")


def is_outdated(message: str) -> bool:
    """Return whether a fault is only that a newer tool no longer supports an old Python version.

    Many projects configure an old version, and cannot change it while they support that version.
    """
    return _OUTDATED_SAID in message


def from_here(message: str, root: Path) -> str:
    """Return a message that starts with a file, with its path from the working directory."""
    name, colon, rest = message.partition(":")
    if not colon or "\0" in name or not is_file(root / name):
        return message
    path, here = root / name, Path.cwd()
    return f"{path.relative_to(here) if path.is_relative_to(here) else path}:{rest}"


def _line_of(word: str, lines: list[str]) -> int | None:
    """Return the first line that contains a word; None for an empty one."""
    if not word:
        return None
    wanted = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
    return next((number for number, line in enumerate(lines) if wanted.search(line)), None)
