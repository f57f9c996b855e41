"""Importing a module from its text after the edit."""
# ruff: noqa: ANN401 - a module of any kind

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from python_expert.gate.doctest_worker.limits import Guard

SHOWN = 300
"""The most characters of an output, or of an error, that are reported."""


class TextLoader(importlib.machinery.SourceFileLoader):
    """Loads a module from the text after the edit; nothing is cached.

    Args:
        name: The module's name.
        path: The module's file.
        text: The module's text.
    """

    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self._text = text

    def get_code(self, fullname: str) -> Any:
        """Return the compiled text."""
        del fullname
        return compile(self._text, self.path, "exec", dont_inherit=True)

    def get_source(self, fullname: str) -> str:
        """Return the text."""
        del fullname
        return self._text


class TextFinder(importlib.abc.MetaPathFinder):
    """Finds the module that is loaded from the edited text."""

    def __init__(self, loader: TextLoader) -> None:
        self._loader = loader

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the module's spec for the module's name, or None for other names."""
        del path, target
        if fullname != self._loader.name:
            return None
        file = self._loader.path
        return importlib.util.spec_from_file_location(fullname, file, loader=self._loader)


def imported(request: dict[str, Any], guard: Guard) -> Any:
    """Import the module from the edited text.

    Raises:
        ImportError: The module cannot be imported, or its import has effects outside the process.
    """
    name = request["name"]
    if name in sys.modules:
        raise ImportError(f"Python itself has a module {name}")
    sys.path[:0] = request["folders"]
    sys.meta_path.insert(0, TextFinder(TextLoader(name, request["path"], request["after"])))
    try:
        with guard.during("importing"):
            module = importlib.import_module(name)
    except BaseException as error:
        raise ImportError(guard.why or f"importing {name} raises {error_line(error)}") from error
    if guard.refused:
        raise ImportError(guard.why)
    return module


def error_line(error: BaseException) -> str:
    """Return an exception's message on one line.

    For other exceptions than our own, the line starts with the exception's name.
    """
    text = " ".join(str(error).split())
    if isinstance(error, ImportError) and error.name is None:
        return shortened(text)
    return shortened(f"{type(error).__name__}: {text}".rstrip(": "))


def shortened(text: str) -> str:
    """Return a text, cut to a length that can be shown."""
    text = text.rstrip("\n")
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
