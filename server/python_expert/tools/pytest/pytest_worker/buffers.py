"""Imports the editor's unsaved texts in place of the files.

A finder is inserted before all others. If the others find a module in a file for which the editor
has a text, the module is loaded from the text, with its assertions rewritten as pytest would
rewrite them. No bytecode of it is written.
"""

from __future__ import annotations

import ast
import linecache
import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from typing import TYPE_CHECKING, Any

from _pytest.assertion import rewrite

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType, ModuleType


class BufferFinder(MetaPathFinder):
    """Finds modules whose file has a different text in the editor.

    Args:
        texts: The texts by their files' real paths.
        config: Pytest's configuration, for rewriting assertions.
    """

    def __init__(self, texts: Mapping[str, str], config: Any) -> None:  # noqa: ANN401 - like pytest's hooks
        self._texts = texts
        self._config = config

    def install(self) -> None:
        """Insert this finder before all others, and show lines of the texts in tracebacks."""
        for file, text in self._texts.items():
            # Without a modification time, linecache does not look at the file.
            linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        sys.meta_path.insert(0, self)

    def find_spec(
        self,
        fullname: str,
        path: Any = None,  # noqa: ANN401
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Find a module like the other finders do; see `MetaPathFinder`."""
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            if finder is self or find is None:
                continue
            spec: ModuleSpec | None = find(fullname, path, target)
            if spec is not None:
                return self._from_buffer(spec)
        return None

    def _from_buffer(self, spec: ModuleSpec) -> ModuleSpec | None:
        text = self._texts.get(os.path.realpath(spec.origin)) if spec.origin else None
        if text is None or spec.origin is None:
            return spec
        hook = spec.loader
        config = self._config if isinstance(hook, rewrite.AssertionRewritingHook) else None
        spec.loader = _BufferLoader(spec.name, spec.origin, text, config)
        return spec


class _BufferLoader(SourceFileLoader):
    """Loads a module from a text.

    Args:
        fullname: The module.
        path: Its file.
        text: The text that replaces the file.
        config: Pytest's configuration if assertions are to be rewritten.
    """

    def __init__(self, fullname: str, path: str, text: str, config: Any) -> None:  # noqa: ANN401
        super().__init__(fullname, path)
        self._text = text
        self._config = config

    def get_data(self, path: str) -> bytes:
        """Return the text that replaces the file."""
        del path
        return self._text.encode("utf-8", "surrogatepass")

    def path_stats(self, path: str) -> Any:  # noqa: ANN401 - like its base class
        """Raise, so that bytecode is neither read nor written."""
        raise OSError(path)

    def get_source(self, fullname: str) -> str:
        """Return the text; a declared encoding is ignored, because the text is already decoded."""
        del fullname
        return self._text

    def source_to_code(self, data: Any, path: Any, **_: Any) -> CodeType:  # type: ignore[override]  # noqa: ANN401 - its parameters differ between Python versions
        """Compile the text."""
        tree = ast.parse(self._text, filename=path)
        if self._config is not None:
            rewrite.rewrite_asserts(tree, data, path, self._config)
        code: CodeType = compile(tree, path, "exec", dont_inherit=True)
        return code
