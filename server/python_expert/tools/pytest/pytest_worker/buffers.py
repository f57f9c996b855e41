"""Imports what the editor has not saved, in place of the file.

One finder stands before all others. If they find a module in a file that the editor has a text of,
the module is loaded from the text, with its assertions rewritten as pytest would. No bytecode of it
is written.
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
    """Finds modules whose file has another text in the editor.

    Args:
        texts: The texts by their files' real paths.
        config: Pytest's configuration, which assertions are rewritten by.
    """

    def __init__(self, texts: Mapping[str, str], config: Any) -> None:  # noqa: ANN401 - as pytest's hooks
        self._texts = texts
        self._config = config

    def install(self) -> None:
        """Stand before all other finders, and show tracebacks the lines of the texts."""
        for file, text in self._texts.items():
            # Without a time of change linecache does not look at the file.
            linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        sys.meta_path.insert(0, self)

    def find_spec(
        self,
        fullname: str,
        path: Any = None,  # noqa: ANN401
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Find a module as the other finders do; see `MetaPathFinder`."""
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
        text: What takes the file's place.
        config: Pytest's configuration if assertions are to be rewritten.
    """

    def __init__(self, fullname: str, path: str, text: str, config: Any) -> None:  # noqa: ANN401
        super().__init__(fullname, path)
        self._text = text
        self._config = config

    def get_data(self, path: str) -> bytes:
        """The text in the file's place."""
        del path
        return self._text.encode("utf-8", "surrogatepass")

    def path_stats(self, path: str) -> Any:  # noqa: ANN401 - as its base class
        """Raise, so that bytecode is neither read nor written."""
        raise OSError(path)

    def get_source(self, fullname: str) -> str:
        """The text; it may declare an encoding that it is not stored in."""
        del fullname
        return self._text

    def source_to_code(self, data: Any, path: Any, **_: Any) -> CodeType:  # type: ignore[override]  # noqa: ANN401 - it has had another parameter in each Python
        """Compile the text."""
        tree = ast.parse(self._text, filename=path)
        if self._config is not None:
            rewrite.rewrite_asserts(tree, data, path, self._config)
        code: CodeType = compile(tree, path, "exec", dont_inherit=True)
        return code
