"""What modules of the project have once they are imported, as their files say."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from python_expert.analysis.bindings import When, bindings_of
from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.nodes import is_checking
from python_expert.analysis.source import Source
from python_expert.text.decoding import readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.bindings import Bindings
    from python_expert.gate.verdict import Circumstances


class Defined(NamedTuple):
    """What binds a name of another module.

    Attributes:
        path: The module's file.
        node: The statement.
        names: The names of that module.
    """

    path: Path
    node: ast.AST
    names: Bindings


_MOST_FILES: Final = 500
"""How many modules are followed to find out whether one imports the file in question."""


class ProjectModules:
    """Looks names up in the project's other modules.

    A name counts if a module binds it in any case, and if that module does not import the file in
    question, directly or by way of others: then it has run to its end before the file goes on.
    Imports within functions are not followed.

    Args:
        options: The file, and the project's folder.
    """

    def __init__(self, options: Circumstances) -> None:
        self._file = Path(options.path)
        self._root = Path(options.root)
        self._is_known = bool(options.path and options.root)
        self._sources: dict[Path, Source | None] = {}

    def has(self, imported: str, names: list[str]) -> bool:
        """Whether what the file imports certainly has a name by the time the file goes on.

        Args:
            imported: The full name of a module that is imported, or of what is imported from one;
                with a dot for each relative level (``.nodes``, ``.nodes.Node``).
            names: The name, and one of its own for each dot more.
        """
        found = self.definition(imported, names)
        return found is not None and not self._imports(found.path, self._file)

    def definition(self, imported: str, names: list[str]) -> Defined | None:
        """What certainly defines something that the file imports; see `has` for the arguments."""
        if not self._is_known:
            return None
        level = len(imported) - len(imported.lstrip("."))
        parts = imported[level:].split(".")
        path = self._find(self._file, level, parts)
        if path is None and len(parts) > 1 - bool(level):
            names = [parts.pop(), *names]
            path = self._find(self._file, level, parts)
        return self._defined(path, names) if path and names else None

    def _defined(self, path: Path, names: list[str]) -> Defined | None:
        source = self._source(path)
        if source is None:
            return None
        bindings = bindings_of(source)
        first, *rest = names
        found = bindings.at_top(first)
        if found is None or found.when is not When.BOUND or found.ambiguous:
            return None
        node = found.node
        for name in rest:
            inner = node.body if isinstance(node, ast.ClassDef) else []
            node = next((each for each in inner if _class_name(each) == name), None)
        return Defined(path, node, bindings) if node is not None else None

    def _imports(self, path: Path, wanted: Path) -> bool:
        """Whether a module imports another one, however many are between; or too many are."""
        seen, rest = {path}, [path]
        while rest:
            current = rest.pop()
            for each in self._imported(current):
                if each == wanted or len(seen) > _MOST_FILES:
                    return True
                if each not in seen:
                    seen.add(each)
                    rest.append(each)
        return False

    def _imported(self, path: Path) -> Iterator[Path]:
        """The project's files that a module imports when it is imported."""
        source = self._source(path)
        for node in _statements(source.tree.body) if source else ():
            if isinstance(node, ast.Import):
                modules = [(0, each.name.split(".")) for each in node.names]
            elif isinstance(node, ast.ImportFrom):
                module = node.module.split(".") if node.module else []
                modules = [(node.level, [*module, each.name]) for each in node.names]
            else:
                continue
            for level, parts in modules:
                for length in range(1, len(parts) + 1):
                    found = self._find(path, level, parts[:length])
                    # A package that the module lies in is being imported already.
                    if found and not (
                        found.name == "__init__.py" and path.is_relative_to(found.parent)
                    ):
                        yield found

    def _find(self, path: Path, level: int, parts: list[str]) -> Path | None:
        """The file of a module, as another file would import it."""
        if level:
            folders = [path.parents[level - 1]] if level <= len(path.parents) else []
        else:
            folders = [self._root, self._root / "src"]
        for folder in folders:
            if not folder.is_relative_to(self._root):
                continue
            base = folder.joinpath(*parts)
            for each in (base / "__init__.py", base.with_name(f"{base.name}.py")):
                if each.is_file():
                    return each
        return None

    def _source(self, path: Path) -> Source | None:
        if path not in self._sources:
            try:
                self._sources[path] = Source.of(readable(path.read_bytes()))
            except (OSError, BrokenError):
                self._sources[path] = None
        return self._sources[path]


def _class_name(node: ast.stmt) -> str:
    return node.name if isinstance(node, ast.ClassDef) else ""


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that may run when a module is imported."""
    for node in body:
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for field in ("body", "orelse", "finalbody"):
            if field != "body" or not (isinstance(node, ast.If) and is_checking(node.test)):
                yield from _statements(getattr(node, field, []))
        for handler in getattr(node, "handlers", []):
            yield from _statements(handler.body)
        for case in getattr(node, "cases", []):
            yield from _statements(case.body)
