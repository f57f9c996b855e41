"""Determines what other modules of a file's package bind, by reading their files."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.actions.add_type_hints.proof.load_time import LoadPart, LoadTime
from python_expert.actions.add_type_hints.proof.source_invariants import is_never_run
from python_expert.analysis.bindings import Bindings, When
from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.nodes import is_checking, is_star_import, origin
from python_expert.analysis.source import Source
from python_expert.text.decoding import readable
from python_expert.text.paths import package_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_BY_NAME = frozenset({"import_module", "__import__"})
"""Functions that import modules by names that the text may not contain."""


class Defined(NamedTuple):
    """The binding of a name in another module.

    Attributes:
        path: The module's file.
        node: The statement that binds the name.
        names: The bindings of that module.
    """

    path: Path
    node: ast.AST
    names: Bindings


@dataclass
class _Module:
    source: Source
    names: Bindings
    package: str

    @cached_property
    def parts(self) -> list[LoadPart]:
        unseen = frozenset(
            node
            for node in self.source.nodes
            if isinstance(node, ast.If)
            and is_checking(node.test)
            and is_never_run(node, self.source, self.names)
        )
        return LoadTime(self.source.tree, unseen, self.package).parts


class ProjectModules:
    """Looks up names in the other modules of a file's package.

    Args:
        path: The file, or empty. If the file is in no package, nothing is known.
    """

    def __init__(self, path: str) -> None:
        self._file = Path(path).resolve() if path else Path()
        self._home = package_root(self._file) if path else Path()
        inside = self._file.relative_to(self._home).parts if path else ()
        self._package = inside[0] if len(inside) > 1 else ""
        self._modules: dict[Path, _Module | None] = {}
        self._circular: dict[Path, bool] = {}

    def has(self, module: str, name: str) -> bool:
        """Return whether a module that the file imports certainly has a name when the file uses it.

        This is certain only if importing the module does not import the file in turn, directly or
        indirectly. Only then has the module run completely.

        Args:
            module: The module's name, with a dot for each relative level.
            name: The name.
        """
        found = self.definition(module, name)
        return (
            found is not None
            and self._is_submodule(found.path)
            and not self._is_circular(found.path)
        )

    def definition(self, module: str, name: str) -> Defined | None:
        """Return the certain binding of a name at a module's end, or None; see `has`."""
        path = self._find(self._file, module)
        read = self._module(path) if path else None
        if path is None or read is None:
            return None
        found = read.names.at_top(name)
        if found is None or found.node is None or found.when is not When.BOUND or found.ambiguous:
            return None
        return Defined(path, found.node, read.names)

    def _find(self, importer: Path, module: str) -> Path | None:
        """Return the file of a module of the package, as another file of the package imports it."""
        level = len(module) - len(module.lstrip("."))
        parts = [each for each in module.split(".") if each]
        if not self._package or (not level and parts[0] != self._package):
            return None
        folder = importer.parents[level - 1] if 0 < level <= len(importer.parents) else self._home
        base = folder.joinpath(*parts)
        if not base.is_relative_to(self._home / self._package):
            return None
        choices = (base / "__init__.py", base.with_name(f"{base.name}.py"))
        return next((each for each in choices if each.is_file()), None)

    def _is_submodule(self, path: Path) -> bool:
        """Return whether a module's name in its package refers only to the module."""
        folder = path.parent.parent if path.name == "__init__.py" else path.parent
        above = folder / "__init__.py"
        name = path.parent.name if path.name == "__init__.py" else path.stem
        if not above.is_relative_to(self._home / self._package):
            return True  # this is the outermost package
        read = self._module(above)
        if read is None or any(is_star_import(each) for each in read.source.nodes):
            return False
        bound = read.names.module.bound.get(name, [])
        return all(self._find(above, origin(each, name) or ".") == path for each in bound)

    def _is_circular(self, path: Path) -> bool:
        """Return whether importing a module may import the file in turn."""
        if path not in self._circular:
            self._circular[path] = self._is_reached(path) and self._comes_back(path)
        return self._circular[path]

    def _is_reached(self, path: Path) -> bool:
        """Return whether a module imports the file in turn if all functions run."""
        seen, rest = {path}, [path]
        while rest:
            each = rest.pop()
            read = self._module(each)
            if each == self._file or read is None or read.source.words & _BY_NAME:
                return True
            nodes = (node for part in read.parts for node in part.nodes)
            new = {*self._imported(each, nodes)} - seen
            seen |= new
            rest += new
        return False

    def _comes_back(self, path: Path) -> bool:
        """Return whether a module imports the file in turn if only callable functions run."""
        mentioned = {""}
        seen, new = {path}, {path}
        waiting: list[tuple[Path, LoadPart]] = []
        while True:
            for each in new:
                read = self._module(each)
                if each == self._file or read is None:
                    return True
                waiting += [(each, part) for part in read.parts]
            running = [each for each in waiting if each[1].trigger in mentioned]
            if not running:
                return False
            waiting = [each for each in waiting if each[1].trigger not in mentioned]
            new = set()
            for place, part in running:
                if not part.is_clear:
                    return True
                new |= {*self._imported(place, part.nodes)} - seen
                mentioned |= part.mentions
            seen |= new

    def _imported(self, path: Path, nodes: Iterable[ast.AST]) -> Iterator[Path]:
        """Yield the package's files that a module imports; the file itself if they are unknown."""
        for node in nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    parts = alias.name.split(".")
                    for number in range(len(parts) if parts[0] == self._package else 0):
                        yield self._find(path, ".".join(parts[: number + 1])) or self._file
            elif isinstance(node, ast.ImportFrom):
                module = "." * node.level + (node.module or "")
                if node.level or module.partition(".")[0] == self._package:
                    yield from self._loaded(module, path)
                    for alias in node.names:
                        full = origin(node, alias.asname or alias.name)
                        if self._find(path, full):
                            yield from self._loaded(full, path)
                        elif not self._is_constant(module, alias.name, path):
                            yield self._find(path, module) or self._file

    def _loaded(self, module: str, importer: Path) -> Iterator[Path]:
        """Yield a module and its packages, without those that are already being imported."""
        path = self._find(importer, module)
        if path is None:
            yield self._file
            return
        if path.name != "__init__.py":
            yield path
        for folder in path.parents:
            if importer.is_relative_to(folder):
                break
            yield folder / "__init__.py"

    def _is_constant(self, module: str, name: str, importer: Path) -> bool:
        """Return whether a module's name is a constant.

        Importing a constant makes no function reachable.
        """
        path = self._find(importer, module)
        read = self._module(path) if path else None
        found = read.names.at_top(name) if read else None
        if found is None or found.ambiguous:
            return False
        return isinstance(getattr(found.node, "value", None), ast.Constant)

    def _module(self, path: Path) -> _Module | None:
        if path not in self._modules:
            try:
                source = Source.of(readable(path.read_bytes()))
                self._modules[path] = _Module(source, Bindings(source), self._package)
            except (OSError, BrokenError):
                self._modules[path] = None
        return self._modules[path]
