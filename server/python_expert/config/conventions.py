"""Which formatters other than ruff a project uses, according to its files."""

from __future__ import annotations

import re
from configparser import Error as IniError
from configparser import RawConfigParser
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from python_expert.config.toml_files import read_table, table
from python_expert.text.paths import ancestors, exists, is_file

if TYPE_CHECKING:
    from pathlib import Path

FORMATTERS: Final = frozenset({"autopep8", "black", "isort", "yapf"})

_OWN_FILES: Final = {".isort.cfg": "isort", ".style.yapf": "yapf"}
_INI: Final = ("setup.cfg", "tox.ini")
_HOOK: Final = re.compile(r"^\s*-\s*id:\s*['\"]?([\w-]+)", re.MULTILINE)
_ENDS: Final = ("pyproject.toml", "setup.cfg", "setup.py", ".git", ".hg")


def formatters(folder: Path) -> frozenset[str]:
    """The formatters and import sorters that the files of a folder's project mention.

    Args:
        folder: A folder of the project; the nearest parent with project files is used.
    """
    found: set[str] = set()
    for above in ancestors(folder):
        found |= FORMATTERS & table(read_table(above / "pyproject.toml"), "tool").keys()
        found |= {name for file, name in _OWN_FILES.items() if is_file(above / file)}
        found |= {section.removeprefix("tool:") for file in _INI for section in _ini(above / file)}
        with suppress(OSError):
            hooks = (above / ".pre-commit-config.yaml").read_text("utf-8", "replace")
            found |= {*_HOOK.findall(hooks)}
        if any(exists(above / each) for each in _ENDS):
            break
    return FORMATTERS & found


def _ini(path: Path) -> list[str]:
    """The sections of an INI file."""
    parser = RawConfigParser(strict=False)
    with suppress(IniError, OSError, ValueError):
        parser.read(path, encoding="utf-8")
    return parser.sections()
