"""How a project runs the examples (``>>>``) in docstrings, and with which options."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.text.paths import source_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.gate.verdict import Circumstances

CONFIGURATION = (
    "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "pyproject.toml", "tox.ini",
    "setup.cfg", "setup.py", "conftest.py", "noxfile.py", "tasks.py", "Makefile", "makefile",
    "justfile", "docs/conf.py", "docs/Makefile", "doc/conf.py",
)  # fmt: skip
WORKFLOWS = ".github/workflows/*.y*ml"
SKIPPED = frozenset({"site-packages"})

MOST_FILES = 5_000
"""The most Python files that are searched.

In a larger project, examples count as run.
"""

LONGEST = 1_000_000
"""The most bytes of a file that are searched."""

_NAMED = re.compile(rb"doctest|--xdoc|sybil", re.IGNORECASE)
_IMPORTED = re.compile(rb"^\s*(?:import|from)\s[^#\n]*\b(?:doctest|xdoctest|sybil)\b", re.MULTILINE)
_SPHINX = re.compile(rb"sphinx\.ext\.doctest|(?:-b|-M|--builder)[ =]?doctest")
_FLAGS = re.compile(rb"doctest_optionflags\s*=\s*(\[[^\]]*\]|[^\n]*(?:\n[ \t]+[^\n]*)*)")
_FLAG = re.compile(r"\b[A-Z][A-Z0-9_]+\b")


def runner_of_doctests(options: Circumstances) -> str:
    """Return what runs examples in a file's project, as a clause; empty if nothing does.

    Reads files. The result names an option of pytest (``--doctest-modules``,
    ``doctest_optionflags``), a command of tox, nox, make or a workflow, Sphinx's extension, or a
    module that imports ``doctest``.

    Args:
        options: The circumstances of the text.
    """
    if not options.root:
        return "the project's tests may run them"
    root = Path(options.root)
    for path in _runners(options):
        if _NAMED.search(_read(path)):
            return f"{path.relative_to(root).as_posix()} runs doctests"
    modules = list(islice(_files(root, (".py",)), MOST_FILES + 1))
    if len(modules) > MOST_FILES:
        return f"the tests of a project of more than {MOST_FILES:,} files may run them"
    for path in modules:
        if _IMPORTED.search(_read(path)):
            return f"{path.relative_to(root).as_posix()} imports doctest"
    return ""


def is_prepared_by_sphinx(options: Circumstances) -> bool:
    """Return whether Sphinx runs examples after set-up code in its pages or settings.

    Reads files.
    """
    root = Path(options.root)
    configuration = [_read(each) for each in _runners(options)]
    pages = islice(_files(root, (".rst", ".md", ".txt")), MOST_FILES)
    return any(_SPHINX.search(each) for each in configuration) and (
        any(b"doctest_global_setup" in each for each in configuration)
        or any(b"testsetup" in _read(each) for each in pages)
    )


def option_flags(options: Circumstances) -> list[str]:
    """Return the names of doctest's option flags that pytest is configured with. Reads files."""
    found: dict[str, None] = {}
    for path in _configuration(options):
        for match in _FLAGS.finditer(_read(path)):
            found |= dict.fromkeys(_FLAG.findall(match[1].decode("ascii", "replace")))
    return list(found)


def _configuration(options: Circumstances) -> list[Path]:
    """Return the possible configuration files of a file's project, the nearest first."""
    root = Path(options.root)
    folder = Path(options.path).parent if options.path else root
    folders = [each for each in (folder, *folder.parents) if each.is_relative_to(root)] or [root]
    return [each / name for each in folders for name in CONFIGURATION]


def _runners(options: Circumstances) -> list[Path]:
    """Return the files that may configure a run of examples."""
    return [*_configuration(options), *Path(options.root).glob(WORKFLOWS)]


def _files(root: Path, endings: tuple[str, ...]) -> Iterator[Path]:
    for place, files in source_folders(root, SKIPPED):
        yield from (place / each for each in files if each.endswith(endings))


def _read(path: Path) -> bytes:
    """Return the beginning of a file; empty if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(LONGEST)
    except OSError:
        return b""
