"""The functions and classes that a text imports from the project's other files."""

from __future__ import annotations

import ast
import sys
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.source import Source
from python_expert.text.decoding import readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.actions.base import Options
    from python_expert.analysis.source import DefinitionNode

LONGEST_SEARCH = 1.0
"""The time limit of the search for one text, in seconds."""

LARGEST = 1_000_000
"""The largest size of a file that is read, in bytes."""

_PARTS = 2
_INSTALLED = {"site-packages", "dist-packages"}


class Neighbours:
    """Resolves what a text imports from its own project, without running code.

    Args:
        source: The text.
        options: The context, with the paths of the file and its project. Without the paths, nothing
            is found.
    """

    def __init__(self, source: Source, options: Options) -> None:
        self._tree_nodes = source.nodes
        self._options = options
        self._left = LONGEST_SEARCH
        self._found: dict[str, DefinitionNode | None] = {}
        self._files: dict[Path, Source | None] = {}
        self._jedi: tuple[Any, Any] | None = None

    def find(self, name: str) -> DefinitionNode | None:
        """Return another file's function or class that the first two parts of a name refer to.

        Files whose content must not leave the machine are skipped.
        """
        name = ".".join(name.split(".")[:_PARTS])
        if name not in self._found:
            self._found[name] = None
            statement = self._imports.get(name.partition(".")[0])
            if statement is not None and self._left > 0:
                start = time.monotonic()
                self._found[name] = self._search(statement, name)
                self._left -= time.monotonic() - start
        return self._found[name]

    @cached_property
    def packages(self) -> tuple[str, ...]:
        """The third-party packages that the text imports."""
        tops = {
            module.partition(".")[0]
            for node in self._tree_nodes
            if isinstance(node, ast.Import | ast.ImportFrom)
            for module in _modules(node)
        }
        return tuple(
            sorted(
                top for top in tops if top not in sys.stdlib_module_names and not self._is_own(top)
            )
        )

    @cached_property
    def _imports(self) -> dict[str, str]:
        """The import of each name from the project, as a separate statement."""
        found = {}
        for node in self._tree_nodes if self._folders else ():
            if isinstance(node, ast.ImportFrom):
                module = "." * node.level + (node.module or "")
                if node.level or self._is_own(module.partition(".")[0]):
                    for each in node.names:
                        bound = each.asname or each.name
                        found[bound] = f"from {module} import {each.name} as {bound}"
            elif isinstance(node, ast.Import):
                for each in node.names:
                    if self._is_own(each.name.partition(".")[0]):
                        bound = each.asname or each.name.partition(".")[0]
                        found[bound] = ast.unparse(ast.Import([each]))
        return found

    @cached_property
    def _folders(self) -> tuple[Path, ...]:
        """The folders that are searched for the project's modules."""
        if not (self._options.path and self._options.root):
            return ()
        root, path = Path(self._options.root), Path(self._options.path)
        above = (each for each in path.parents if each.is_relative_to(root))
        return tuple(dict.fromkeys([root, root / "src", *above]))

    def _is_own(self, top: str) -> bool:
        return top not in sys.stdlib_module_names and any(
            (folder / top).is_dir() or (folder / f"{top}.py").is_file() for folder in self._folders
        )

    def _search(self, statement: str, name: str) -> DefinitionNode | None:
        import jedi  # noqa: PLC0415 - slow to import, and rarely needed

        if self._jedi is None:
            self._jedi = jedi.Project(self._options.root), jedi.InterpreterEnvironment()
        project, environment = self._jedi
        text, path = f"{statement}\n{name}", self._options.path
        try:
            script = jedi.Script(text, path=path, project=project, environment=environment)
            found = script.goto(2, len(name), follow_imports=True)
        except Exception:  # noqa: BLE001 - jedi raises anything; the answer is optional
            return None
        for each in found:
            if each.module_path is not None and each.line is not None:
                for definition in self._definitions(Path(each.module_path)):
                    if definition.lineno == each.line:
                        return definition
        return None

    def _definitions(self, path: Path) -> Iterator[DefinitionNode]:
        """Yield the functions and classes of another file, if they may be shown."""
        if path not in self._files:
            self._files[path] = self._read(path)
        source = self._files[path]
        return (each.node for each in source.definitions) if source else iter(())

    def _read(self, path: Path) -> Source | None:
        from python_expert.privacy.files import withheld_among  # noqa: PLC0415 - only needed for files

        root = Path(self._options.root)
        try:
            real = path.resolve()
            is_own = real.is_relative_to(root.resolve()) and _INSTALLED.isdisjoint(real.parts)
            if not is_own or withheld_among([path], root, self._options.ignore):
                return None
            if real.stat().st_size > LARGEST:
                return None
            return Source.of(readable(real.read_bytes()))
        except (OSError, BrokenError):
            return None


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    return [node.module] if node.module and not node.level else []
