"""Finds docstrings of the program's functions, classes and modules, and of its imports.

mypy keeps no docstrings, and stubs have none. They are read from the source, which is searched next
to the stub and in this interpreter's search path. Nothing is imported.
"""

from __future__ import annotations

import ast
import inspect
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from mypy.util import module_prefix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .program import MypyProgram

Definition = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


class Docstrings:
    """Finds docstrings.

    Args:
        program: mypy's build.
    """

    def __init__(self, program: MypyProgram) -> None:
        self._program = program
        self._path, self._bytes = "", b""
        self._tree: ast.Module | None = None

    def find(self, fullname: str) -> str:
        """Return the first paragraph of a definition's docstring, or an empty string.

        Args:
            fullname: The definition's full name in mypy.
        """
        graph = self._program.fg.graph
        module = fullname if fullname in graph else module_prefix(graph, fullname)
        state = graph.get(module or "")
        if not module or state is None:
            return ""
        names = fullname[len(module) + 1 :].split(".") if fullname != module else []
        found = _loaded(module, names) if state.xpath.endswith(".pyi") else ""
        for path in () if found else self._sources(module, state.xpath):
            tree = self._parsed(path)
            if tree is None:
                continue
            found = _docstring(tree, names)
            break
        return found.partition("\n\n")[0].strip()

    def _sources(self, module: str, path: str) -> Iterator[str]:
        """Yield the possible sources of a module."""
        if path.endswith(".py"):
            yield path
            return
        yield path[:-1]
        search = self._program.fg.manager.search_paths
        relative = module.replace(".", "/")
        for folder in (sysconfig.get_paths()["stdlib"], *search.package_path):
            yield f"{folder}/{relative}.py"
            yield f"{folder}/{relative}/__init__.py"

    def _parsed(self, path: str) -> ast.Module | None:
        """Return the tree of a file, or of its open document; the last tree is cached."""
        overlay = self._program.overlay
        try:
            text = overlay.texts.get(path) or Path(path).read_bytes()
        except OSError:
            return None
        if (path, text) != (self._path, self._bytes):
            try:
                self._tree = ast.parse(text)
            except (SyntaxError, ValueError):
                self._tree = None
            self._path, self._bytes = path, text
        return self._tree


def _docstring(tree: ast.Module, names: Sequence[str]) -> str:
    """Return the docstring of the definition with a nested name; the last definition counts."""
    found: list[Definition] = [tree]
    for name in names:
        found = [inner for each in found for inner in _definitions(each) if inner.name == name]
    texts = [text for each in found if (text := ast.get_docstring(each))]
    return texts[-1] if texts else ""


def _definitions(node: ast.AST) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the functions and classes that a scope defines, including conditional definitions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
        elif isinstance(child, ast.stmt | ast.excepthandler):
            yield from _definitions(child)


def _loaded(module: str, names: Sequence[str]) -> str:
    """Return the docstring of an object written in C, if this interpreter has loaded its module."""
    found: object = sys.modules.get(module)
    if found is None or getattr(found, "__file__", "").endswith(".py"):
        return ""
    for name in names:
        found = inspect.getattr_static(found, name, None)
    text = getattr(found, "__doc__", None)
    return inspect.cleandoc(text) if isinstance(text, str) else ""
