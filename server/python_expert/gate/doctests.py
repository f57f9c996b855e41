"""Whether a project runs the examples (``>>>``) in docstrings."""

from __future__ import annotations

import os
import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.gate.verdict import Circumstances

CONFIGURATION = (
    "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "pyproject.toml", "tox.ini",
    "setup.cfg", "setup.py", "conftest.py", "noxfile.py", "tasks.py", "Makefile", "makefile",
    "justfile", "docs/conf.py", "docs/Makefile", "doc/conf.py",
)  # fmt: skip
WORKFLOWS = ".github/workflows/*.y*ml"
SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages"})

MOST_FILES = 5_000
"""Python files that are searched; in a bigger project examples are taken to be run."""

LONGEST = 1_000_000
"""Bytes of a file that are searched."""

_NAMED = re.compile(rb"doctest|--xdoc|sybil", re.IGNORECASE)
_IMPORTED = re.compile(rb"^\s*(?:import|from)\s[^#\n]*\b(?:doctest|xdoctest|sybil)\b", re.MULTILINE)


def runs_doctests(options: Circumstances) -> bool:
    """Whether something in a file's project speaks of doctests. Reads files.

    That is an option of pytest's (``--doctest-modules``, ``doctest_optionflags``), a command of
    tox, nox, make or a workflow, Sphinx's extension, or a module that imports ``doctest``.

    Args:
        options: What is known beside the texts. Where no project is known, the answer is yes.
    """
    if not options.root:
        return True
    root = Path(options.root)
    folder = Path(options.path).parent if options.path else root
    folders = [each for each in (folder, *folder.parents) if each.is_relative_to(root)] or [root]
    named = (each / name for each in folders for name in CONFIGURATION)
    if any(map(_names_doctest, named)) or any(map(_names_doctest, root.glob(WORKFLOWS))):
        return True
    modules = list(islice(_modules(root), MOST_FILES + 1))
    return len(modules) > MOST_FILES or any(map(_imports_doctest, modules))


def _modules(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        place = Path(folder)
        folders[:] = [
            each
            for each in folders
            if each not in SKIPPED
            and not each.startswith(".")
            and not (place / each / "pyvenv.cfg").exists()
        ]
        yield from (place / each for each in files if each.endswith(".py"))


def _names_doctest(path: Path) -> bool:
    return _NAMED.search(_read(path)) is not None


def _imports_doctest(path: Path) -> bool:
    return _IMPORTED.search(_read(path)) is not None


def _read(path: Path) -> bytes:
    """The beginning of a file; empty if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(LONGEST)
    except OSError:
        return b""
