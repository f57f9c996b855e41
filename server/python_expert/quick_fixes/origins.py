"""Modules that a name can be imported from: the project, the standard library, installed packages.

Files are searched for the name; nothing is imported, and no index is kept.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from python_expert.config.environments import site_packages
from python_expert.quick_fixes.imports_found import Origin, imports_of, of_module
from python_expert.quick_fixes.standard_library import of_standard_library
from python_expert.text.paths import is_file, package_root, source_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.actions.base import Options

MOST_FILES: Final = 3_000
"""The maximum number of files searched, in a project and in installed packages."""

LARGEST_BYTES: Final = 1 << 20

_SKIPPED: Final = frozenset({"site-packages", "build", "dist"})
_TEST: Final = re.compile(r"(?:^|\.)(?:tests?|test_\w+|\w+_test|conftest)(?:\.|$)")


def origins(name: str, options: Options) -> list[Origin]:
    """Return all modules that a name can be imported from, the most likely first.

    Imports found elsewhere in the project come first; then the project's own definitions, the
    standard library by how often its stubs import the name from there, and installed packages.
    """
    defined, imported = _of_project(name, options)
    library, uses = of_standard_library(name, options.python or sys.version_info[:2])
    installed = _of_packages(name, Path(options.interpreter)) if options.interpreter else ()
    rank: dict[Origin, int] = {}
    for order, found in enumerate((defined, library, installed)):
        for origin in found:
            rank.setdefault(origin, order)
    for origin in imported:  # a name that other files import can also be imported from elsewhere
        rank.setdefault(origin, len(rank))
    return sorted(
        rank,
        key=lambda each: (
            -imported[each],
            bool(_TEST.search(each.module)),
            any(part.startswith("_") for part in each.module.split(".")),
            rank[each],
            -uses[each],
            each.module.count("."),
            each.module,
        ),
    )


# The project


def _of_project(name: str, options: Options) -> tuple[set[Origin], Counter[Origin]]:
    """Return the project's definitions of a name, and the number of its imports for each origin."""
    defined: set[Origin] = set()
    imported: Counter[Origin] = Counter()
    definition, word = _definition(name), re.compile(rf"\b{re.escape(name)}\b")
    own = Path(options.path) if options.path else None
    for path in islice(_files(Path(options.root)), MOST_FILES):
        if path == own:
            continue
        module = _module(path, Path(options.root), own)
        if module and module.rpartition(".")[2] == name:
            defined.add(of_module(module))
        text = _read(path)
        if name not in text or not word.search(text):
            continue
        if module and (definition.search(text) or _hands_on(path, text, module, name)):
            defined.add(Origin(module, name))
        imported.update(imports_of(name, text))
    return defined, imported


def _module(path: Path, root: Path, own: Path | None) -> str:
    """Return the name under which a file of the project is imported, or ""."""
    base = package_root(path)
    known = {root, root / "src"}
    if own is not None:
        known.add(package_root(own))
    if base not in known:  # a package without __init__.py
        source = root / "src"
        base = source if path.is_relative_to(source) else root
    parts = [*path.relative_to(base).with_suffix("").parts]
    if parts[-1] == "__init__":
        parts.pop()
    usable = parts and all(part.isidentifier() and not part.startswith("__") for part in parts)
    return ".".join(parts) if usable else ""


def _files(root: Path) -> Iterator[Path]:
    """Yield the Python files of a project, except in hidden folders and environments."""
    for place, names in source_folders(root, _SKIPPED):
        yield from (place / each for each in sorted(names) if each.endswith(".py"))


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _definition(name: str) -> re.Pattern[str]:
    """Return a pattern for a definition at the top level of a module."""
    quoted = re.escape(name)
    return re.compile(
        rf"^(?:(?:async[ \t]+)?def|class|type)[ \t]+{quoted}\b|^{quoted}[ \t]*(?::[^=\n]*)?=(?!=)",
        re.MULTILINE,
    )


# Installed packages


@lru_cache(maxsize=64)
def _of_packages(name: str, interpreter: Path) -> frozenset[Origin]:
    """Return the origins of a name in the packages that an interpreter has installed."""
    definition, word = _definition(name), re.compile(rf"\b{re.escape(name)}\b")
    found = set()
    for module, path in islice(_installed(interpreter), MOST_FILES):
        if module == name:
            found.add(Origin(module))
        text = _read(path)
        if name not in text or not word.search(text):
            continue
        if definition.search(text) or _hands_on(path, text, module, name):
            found.add(Origin(module, name))
    return frozenset(found)


def _hands_on(path: Path, text: str, package: str, name: str) -> bool:
    """Return whether a package's ``__init__.py`` exports a name from one of its own modules."""
    if path.stem != "__init__":
        return False
    quoted = re.escape(name)
    listed = rf"^__all__\b[^\]]*[\"']{quoted}[\"']"
    imported = (
        rf"^from[ \t]+(?:\.[\w.]*|{re.escape(package)}\.[\w.]+)[ \t]+import[ \t]*"
        rf"(?:\([^)]*\b{quoted}\b|[^(\n]*\b{quoted}\b)"
    )
    return re.search(f"{listed}|{imported}", text, re.MULTILINE) is not None


def _installed(interpreter: Path) -> Iterator[tuple[str, Path]]:
    """Yield the installed top-level modules, each with the file that defines its content."""
    for folder in site_packages(interpreter.parent.parent):
        for each in sorted(folder.iterdir()):
            files = (each, each / "__init__.pyi", each / "__init__.py")
            path = next((file for file in files if is_file(file)), None)
            if path is None or path.suffix not in {".py", ".pyi"}:
                continue
            if each.stem.isidentifier() and not each.stem.startswith("_"):
                yield each.stem, path
