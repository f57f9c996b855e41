"""The tests of a whole project, found by the syntax of its test files: nothing is imported."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.error_recovery import BrokenError, parse
from python_expert.text.decoding import decode
from python_expert.text.paths import module_name, package_root
from python_expert.tools.pytest.index import ids_in
from python_expert.tools.pytest.test_files import test_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from python_expert.tools.pytest.conventions import Conventions


class IndexedFile(NamedTuple):
    """A test file.

    Attributes:
        stamp: Its modification time and size when it was read.
        tests: The ids of its tests within the file.
        imports: The dotted names of its imports, including each enclosing package.
    """

    stamp: tuple[int, int]
    tests: tuple[str, ...]
    imports: frozenset[str]


class ProjectIndex:
    """The test files of a project. Its methods read files: do not call them on the event loop.

    Args:
        root: The project's folder.
        conventions: The project's naming conventions for tests.
    """

    def __init__(self, root: Path, conventions: Conventions) -> None:
        self._root = root
        self._conventions = conventions
        self._files: dict[Path, IndexedFile] = {}

    @property
    def tests(self) -> list[str]:
        """All tests, in the form of `RunsTests.run_tests`."""
        return [f"{path}::{test}" for path, each in self._files.items() for test in each.tests]

    def refresh(self) -> None:
        """Read the test files that have changed."""
        files: dict[Path, IndexedFile] = {}
        for path in test_files(self._root, self._conventions):
            try:
                status = path.stat()
                stamp = (status.st_mtime_ns, status.st_size)
                known = self._files.get(path)
                same = known if known is not None and known.stamp == stamp else None
                files[path] = same or self._read(path, stamp)
            except OSError:
                continue
        self._files = files

    def importing(self, file: Path) -> list[str]:
        """Return the tests in files whose current text imports a file directly."""
        self.refresh()
        names = {module_name(file, package_root(file)), module_name(file, self._root)}
        return [
            f"{path}::{test}"
            for path, each in self._files.items()
            if not each.imports.isdisjoint(names)
            for test in each.tests
        ]

    def _read(self, path: Path, stamp: tuple[int, int]) -> IndexedFile:
        try:
            tree = parse(decode(path.read_bytes()))
        except (BrokenError, ValueError):
            return IndexedFile(stamp, (), frozenset())
        return IndexedFile(
            stamp, tuple(ids_in(tree, self._conventions)), frozenset(_imports(tree, path))
        )


def _imports(tree: ast.Module, path: Path) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield from _prefixes(alias.name)
            case ast.ImportFrom(module=module, names=names, level=level):
                package = module_name(path, package_root(path)).split(".")[:-level] if level else []
                base = ".".join([*package, *([module] if module else [])])
                yield from _prefixes(base)
                yield from (f"{base}.{alias.name}" for alias in names)


def _prefixes(name: str) -> Iterator[str]:
    parts = name.split(".")
    yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1))
