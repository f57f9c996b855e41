"""The style configuration of a project: its formatters other than ruff, and flake8's options."""

from __future__ import annotations

import re
from configparser import Error as IniError
from configparser import RawConfigParser
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from python_expert.config.toml_files import read_table, table
from python_expert.text.paths import ancestors, exists, is_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FORMATTERS: Final = frozenset({"autopep8", "black", "isort", "yapf"})

_OWN_FILES: Final = {".isort.cfg": "isort", ".style.yapf": "yapf"}
_INI: Final = ("setup.cfg", "tox.ini")
_HOOK: Final = re.compile(r"^\s*-\s*id:\s*['\"]?([\w-]+)", re.MULTILINE)
_ENDS: Final = ("pyproject.toml", "setup.cfg", "setup.py", ".git", ".hg")

_STYLE_GUIDES: Final = ("flake8", "pycodestyle")
_SEPARATORS: Final = re.compile(r"[\s,]+")


class StyleGuide(NamedTuple):
    """The style options of flake8 or pycodestyle.

    Attributes:
        line_length: The maximum line length, or 0 if it is not configured.
        ignored: The prefixes of codes that are not reported.
    """

    line_length: int = 0
    ignored: tuple[str, ...] = ()


def style_guide(folder: Path) -> StyleGuide:
    """Return the style options of flake8 or pycodestyle in the project of a folder.

    Args:
        folder: A folder of the project; the nearest parent with project files is used.
    """
    for above in _folders(folder):
        for file in (".flake8", *_INI):
            parser = _ini(above / file)
            for name in filter(parser.has_section, _STYLE_GUIDES):
                return _style_guide_in(dict(parser[name]))
    return StyleGuide()


def _style_guide_in(values: Mapping[str, str]) -> StyleGuide:
    options = {key.replace("_", "-"): value for key, value in values.items()}
    length = options.get("max-line-length", "").strip()
    ignored = f"{options.get('ignore', '')},{options.get('extend-ignore', '')}"
    codes = tuple(filter(None, _SEPARATORS.split(ignored)))
    return StyleGuide(int(length) if length.isdecimal() else 0, codes)


def formatters(folder: Path) -> frozenset[str]:
    """Return the formatters and import sorters that the files of a folder's project mention.

    Args:
        folder: A folder of the project; the nearest parent with project files is used.
    """
    found: set[str] = set()
    for above in _folders(folder):
        found |= FORMATTERS & table(read_table(above / "pyproject.toml"), "tool").keys()
        found |= {name for file, name in _OWN_FILES.items() if is_file(above / file)}
        sections = [section for file in _INI for section in _ini(above / file).sections()]
        found |= {section.removeprefix("tool:") for section in sections}
        with suppress(OSError):
            hooks = (above / ".pre-commit-config.yaml").read_text("utf-8", "replace")
            found |= {*_HOOK.findall(hooks)}
    return FORMATTERS & found


def _folders(folder: Path) -> Iterator[Path]:
    """Yield a folder and its parents, up to the first one with files of a project."""
    for above in ancestors(folder):
        yield above
        if any(exists(above / each) for each in _ENDS):
            return


def _ini(path: Path) -> RawConfigParser:
    """Return the parsed content of an INI file; empty if it cannot be read."""
    parser = RawConfigParser(strict=False)
    with suppress(IniError, OSError, ValueError):
        parser.read(path, encoding="utf-8")
    return parser
