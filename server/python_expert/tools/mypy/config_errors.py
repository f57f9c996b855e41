"""Turns mypy's messages about its configuration into one line that names the place."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from python_expert.config.config_faults import config_fault
from python_expert.processes.command import ToolError

if TYPE_CHECKING:
    from python_expert.tools.mypy.launch import MypyLaunch

_OPTION = "mypy: error: "
"""The start of mypy's messages about options, on the command line or in a file."""

_ARGUMENT = f"{_OPTION}argument -"
"""The start of mypy's messages about its command line."""

_EXCLUDE = "is an invalid regular expression"
"""mypy's message about an invalid option ``exclude``."""


def is_about_options(words: str, launch: MypyLaunch) -> bool:
    """Return whether mypy failed because of its configuration or an option."""
    if _OPTION in words or _EXCLUDE in words:
        return True
    return bool(launch.config and str(launch.config) in words)


def config_error(words: str, launch: MypyLaunch) -> ToolError:
    """Return the error that a message of mypy describes.

    Args:
        words: The message, as mypy writes it.
        launch: How mypy was started.
    """
    if launch.config is not None and _ARGUMENT not in words:
        fault = config_fault(_plain(words), launch.config, launch.root)
        if fault.line is not None or "error code" not in words:
            return fault.error
    why = words.rpartition(_OPTION)[2].strip()
    return ToolError(f"mypy cannot use its options: {why}; correct --select or tools.mypy.args")


def config_warnings(words: str, launch: MypyLaunch) -> list[str]:
    """Return mypy's warnings about options that it ignores."""
    if launch.config is None:
        return words.splitlines()
    faults = (config_fault(line, launch.config, launch.root) for line in words.splitlines())
    return [fault.message for fault in faults]


def _plain(words: str) -> str:
    """Return the message of an error that mypy wrote as JSON."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        item = orjson.loads(words.strip().splitlines()[-1])
        return f"{Path(item['file'])}: {item['message']} (at line {item['line']})"
    return words
