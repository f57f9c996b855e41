"""What other modules of a file's package bind, as their files on disk say."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.actions.add_type_hints.proof.source_invariants import is_never_run
from python_expert.analysis.bindings import Bindings, When
from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.nodes import is_checking, is_star_import, origin
from python_expert.analysis.source import Source
from python_expert.text.decoding import readable
from python_expert.text.paths import package_root

if TYPE_CHECKING:
    from collections.abc import Iterator

_BY_NAME = frozenset({"import_module", "__import__"})
"""Functions that import modules by names which the text need not show."""


class Defined(NamedTuple):
    """What binds a name in another module.

    Attributes:
        path: The module's file.
        node: The statement.
        names: The bindings of that module.
    """

    path: Path
    node: ast.AST
    names: Bindings


class _Module(NamedTuple):
    source: Source
    names: Bindings


class ProjectModules:
    """Looks names up in the other modules of the package that a file is in.

    Args:
        path: The file, or empty. Where it is in no package, nothing is known.
    """

    def __init__(self, path: str) -> None:
        self._file = Path(path).resolve() if path else Path()
        self._home = package_root(self._file) if path else Path()
        inside = self._file.relative_to(self._home).parts if path else ()
        self._package = inside[0] if len(inside) > 1 else ""
        self._modules: dict[Path, _Module | None] = {}
        self._circular: dict[Path, bool] = {}

    def has(self, module: str, name: str) -> bool:
        """Whether a name of the file that stands for a module certainly has a name by then.

        That takes that the module does not import the file in turn, directly or by way of others,
        at the top or within a function: then it has run to its end.

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
        """What certainly binds a name in a module at its end; see `has` for the arguments."""
        path = self._find(self._file, module)
        read = self._module(path) if path else None
        if path is None or read is None:
            return None
        found = read.names.at_top(name)
        if found is None or found.node is None or found.when is not When.BOUND or found.ambiguous:
            return None
        return Defined(path, found.node, read.names)

    def _find(self, importer: Path, module: str) -> Path | None:
        """The file of a module of the package, as another of its files would import it."""
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
        """Whether the name of a module stands for it in its package, and for nothing else."""
        folder = path.parent.parent if path.name == "__init__.py" else path.parent
        above = folder / "__init__.py"
        name = path.parent.name if path.name == "__init__.py" else path.stem
        if not above.is_relative_to(self._home / self._package):
            return True  # it is the outermost package
        read = self._module(above)
        if read is None or any(is_star_import(each) for each in read.source.nodes):
            return False
        bound = read.names.module.bound.get(name, [])
        return all(self._find(above, origin(each, name) or ".") == path for each in bound)

    def _is_circular(self, path: Path) -> bool:
        """Whether a module imports the file in turn, or may do so for all that can be seen."""
        if path not in self._circular:
            seen, rest = {path}, [path]
            while rest and self._file not in seen:
                for each in self._imported(rest.pop()):
                    if each not in seen:
                        seen.add(each)
                        rest.append(each)
            self._circular[path] = self._file in seen
        return self._circular[path]

    def _imported(self, path: Path) -> Iterator[Path]:
        """The package's files that a module imports; the file itself if that cannot be seen."""
        read = self._module(path)
        if read is None or read.source.words & _BY_NAME:
            yield self._file
            return
        for node in _running(read.source.tree, read):
            if isinstance(node, ast.Import):
                modules = [each.name for each in node.names]
            elif isinstance(node, ast.ImportFrom):
                module = "." * node.level + (node.module or "")
                modules = [module, *(origin(node, each.asname or each.name) for each in node.names)]
            else:
                continue
            for number, module in enumerate(modules):
                own = module.startswith(".") or module.partition(".")[0] == self._package
                found = self._find(path, module) if own else None
                # The packages that a module lies in are being imported already.
                if found and not (
                    found.name == "__init__.py" and path.is_relative_to(found.parent)
                ):
                    yield found
                elif own and not found and (number == 0 or isinstance(node, ast.Import)):
                    yield self._file

    def _module(self, path: Path) -> _Module | None:
        if path not in self._modules:
            try:
                source = Source.of(readable(path.read_bytes()))
                self._modules[path] = _Module(source, Bindings(source))
            except (OSError, BrokenError):
                self._modules[path] = None
        return self._modules[path]


def _running(node: ast.AST, read: _Module) -> Iterator[ast.AST]:
    """All nodes, but for those that only type checkers see."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and _is_unseen(child, read):
            for each in child.orelse:
                yield each
                yield from _running(each, read)
        else:
            yield child
            yield from _running(child, read)


def _is_unseen(node: ast.If, read: _Module) -> bool:
    return is_checking(node.test) and is_never_run(node, read.source, read.names)
