"""Functions that a project's packaging files declare as entry points."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.text.parsing import syntax_tree
from python_expert.text.paths import package_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from python_expert.analysis.elsewhere import Converted

FILES = ("pyproject.toml", "setup.cfg", "setup.py")
"""The files that declare entry points."""

SOURCES = "src"
"""The folder, relative to these files, that may contain the packages."""

_TARGET = re.compile(r"(?P<module>[\w.]+)\s*:\s*(?P<name>[A-Za-z_][\w.]*)")
_HOPS = 5
"""The maximum number of modules through which a name is followed."""


class EntryPoint(NamedTuple):
    """A function that a packaging file refers to.

    Attributes:
        function: The function.
        why: The reason why it must not become async, for the user.
    """

    function: Converted
    why: str


def entry_points(root: Path, converted: Iterable[Converted]) -> list[EntryPoint]:
    """Return the entry points among some functions, including re-exports by a package.

    Reads files, so do not call it on the event loop.

    Args:
        root: The project's folder.
        converted: The functions.
    """
    known = {(module_of(each.path), each.name): each for each in converted}
    found: dict[Converted, EntryPoint] = {}
    for folder in sorted({one for each in known.values() for one in _folders(root, each.path)}):
        for name in FILES:
            for target in _TARGET.finditer(_text(folder / name)):
                for module, function in _followed(folder, target["module"], target["name"]):
                    each = known.get((module.rpartition(".")[2], function))
                    if each is not None:
                        text = f"{name} names {target[0]} as an entry point, which is not awaited"
                        found.setdefault(each, EntryPoint(each, text))
    return [*found.values()]


def module_of(path: str) -> str:
    """Return the last part of the module name of a file."""
    file = Path(path)
    return file.parent.name if file.stem == "__init__" else file.stem


def _folders(root: Path, path: str) -> Iterator[Path]:
    """Yield the folders whose packaging files may refer to a file's definitions."""
    top = package_root(Path(path)) if path else root
    for folder in (root, top):
        yield folder
        if folder.name == SOURCES:
            yield folder.parent


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _followed(folder: Path, module: str, name: str) -> Iterator[tuple[str, str]]:
    """Resolve a name of a module through the imports of modules in a folder."""
    waiting, seen = [(module, name)], set[tuple[str, str]]()
    while waiting and len(seen) <= _HOPS:
        place = waiting.pop(0)
        if place not in seen:
            seen.add(place)
            yield place
            waiting += _imported(folder, *place)


def _imported(folder: Path, module: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield the modules and names from which a module imports a name."""
    inner = Path(*module.split("."))
    places = [folder / inner, folder / SOURCES / inner]
    files = [file for each in places for file in (each.with_suffix(".py"), each / "__init__.py")]
    file = next((each for each in files if each.is_file()), None)
    first, _, rest = name.partition(".")
    for node in ast.walk(_tree(file)) if file else ():
        if isinstance(node, ast.Import) and rest:
            yield from ((each.name, rest) for each in node.names if each.asname == first)
        elif isinstance(node, ast.ImportFrom):
            source = _source(node, module, is_package=file is not None and file.stem == "__init__")
            for alias in node.names:
                if alias.name == "*":
                    yield source, name
                elif (alias.asname or alias.name) == first:
                    yield source, f"{alias.name}.{rest}" if rest else alias.name
                    if rest:  # ``from . import cli``, and ``cli.main``
                        yield f"{source}.{alias.name}", rest


def _source(node: ast.ImportFrom, module: str, *, is_package: bool) -> str:
    """Return the absolute name of the module that another module imports from."""
    above = node.level - is_package
    parts = module.split(".")[: -above or None] if node.level else []
    return ".".join([*parts, *([node.module] if node.module else [])])


def _tree(file: Path) -> ast.AST:
    try:
        return syntax_tree(_text(file))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])
