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
"""Characters of an output, or of an error, that are reported."""


class TextLoader(importlib.machinery.SourceFileLoader):
    """Loads a module from the text after the edit; nothing is cached.

    Args:
        name: The module's name.
        path: Its file.
        text: Its text.
    """

    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self._text = text

    def get_code(self, fullname: str) -> Any:
        """The text, compiled."""
        del fullname
        return compile(self._text, self.path, "exec", dont_inherit=True)

    def get_source(self, fullname: str) -> str:
        """The text."""
        del fullname
        return self._text


class TextFinder(importlib.abc.MetaPathFinder):
    """Finds the module that is loaded from the edited text."""

    def __init__(self, loader: TextLoader) -> None:
        self._loader = loader

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's spec, if the name is its name."""
        del path, target
        if fullname != self._loader.name:
            return None
        file = self._loader.path
        return importlib.util.spec_from_file_location(fullname, file, loader=self._loader)


def imported(request: dict[str, Any], guard: Guard) -> Any:
    """Import the module from the edited text.

    Raises:
        ImportError: It cannot be imported, or its import has effects outside the process.
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
    """An exception's message in one line; our own exceptions without their name."""
    text = " ".join(str(error).split())
    if isinstance(error, ImportError) and error.name is None:
        return shortened(text)
    return shortened(f"{type(error).__name__}: {text}".rstrip(": "))


def shortened(text: str) -> str:
    """A text, cut to a length that can be shown."""
    text = text.rstrip("\n")
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
