"""The required form of a message's parameters, for each method.

Only values that the server reads are checked; other values are ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

Shape: TypeAlias = "dict[str, Shape] | list[Shape] | Callable[[object], bool]"
"""An object with these keys (``?`` marks optional ones), a list of such elements, or a test of a
value."""

Shapes: TypeAlias = "dict[str, Shape]"

LARGEST = 2**31 - 1
"""The largest integer in LSP."""


class MisfitError(Exception):
    """Parameters have the wrong form; the message describes the error and its place."""


def check(value: object, shape: Shape, where: str = "params") -> None:
    """Check a value.

    Raises:
        MisfitError: It has the wrong form.
    """
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            raise MisfitError(f"'{where}' must be an object")
        for key, inner in shape.items():
            name = key.removesuffix("?")
            if value.get(name) is not None:
                check(value[name], inner, f"{where}.{name}")
            elif name == key:
                raise MisfitError(f"'{where}' has no '{name}'")
    elif isinstance(shape, list):
        if not isinstance(value, list):
            raise MisfitError(f"'{where}' must be a list")
        for number, each in enumerate(value):
            check(each, shape[0], f"{where}[{number}]")
    elif not shape(value):
        raise MisfitError(f"'{where}' must be {shape.__name__.replace('_', ' ')}")


def a_text(value: object) -> bool:
    """Return whether a value is a string."""
    return isinstance(value, str)


def a_truth_value(value: object) -> bool:
    """Return whether a value is a boolean."""
    return isinstance(value, bool)


def an_integer(value: object) -> bool:
    """Return whether a value is an integer."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST


def a_process(value: object) -> bool:
    """Return whether a value can be a process id; some systems have large ones."""
    return isinstance(value, int) and not isinstance(value, bool)


def a_count(value: object) -> bool:
    """Return whether a value is an integer that is not negative."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST


def anything(_value: object) -> bool:
    """Return whether a value is present."""
    return True


_DOCUMENT: Shapes = {"textDocument": {"uri": a_text}}
_POSITION: Shapes = {"line": a_count, "character": a_count}
_RANGE: Shapes = {"start": _POSITION, "end": _POSITION}
_FOLDERS: Shape = [{"uri": a_text, "name": a_text}]
_OPTIONS: Shapes = {"options": {"tabSize": a_count, "insertSpaces": a_truth_value}}
_CONTEXT: Shapes = {
    "diagnostics": [{"range": _RANGE, "message": a_text}],
    "only?": [a_text],
    "triggerKind?": an_integer,
}

_NOTEBOOK: Shapes = {"notebookDocument": {"uri": a_text}}
_CELLS: Shape = [{"kind": an_integer, "document": a_text}]
_TEXT: Shapes = {"uri": a_text, "languageId": a_text, "version": an_integer, "text": a_text}

SHAPES: Shapes = {
    "initialize": {
        "capabilities": {"general?": {"positionEncodings?": [anything]}, "textDocument?": {}},
        "processId?": a_process,
        "rootUri?": a_text,
        "workspaceFolders?": _FOLDERS,
    },
    "textDocument/didOpen": {"textDocument": _TEXT},
    "textDocument/didSave": _DOCUMENT,
    "textDocument/didClose": _DOCUMENT,
    "notebookDocument/didOpen": {
        "notebookDocument": {"uri": a_text, "cells": _CELLS},
        "cellTextDocuments": [_TEXT],
    },
    "notebookDocument/didChange": {
        **_NOTEBOOK,
        "change": {
            "cells?": {
                "structure?": {
                    "array": {"start": a_count, "deleteCount": a_count, "cells?": _CELLS},
                    "didOpen?": [_TEXT],
                    "didClose?": [{"uri": a_text}],
                },
                "data?": _CELLS,
                "textContent?": [
                    {
                        "document": {"uri": a_text, "version": an_integer},
                        "changes": [{"text": a_text, "range?": _RANGE}],
                    }
                ],
            }
        },
    },
    "notebookDocument/didSave": _NOTEBOOK,
    "notebookDocument/didClose": _NOTEBOOK,
    "workspace/didChangeConfiguration": {},
    "workspace/didChangeWatchedFiles": {"changes": [{"uri": a_text, "type": an_integer}]},
    "workspace/didChangeWorkspaceFolders": {"event": {"added": _FOLDERS, "removed": _FOLDERS}},
    "window/workDoneProgress/cancel": {"token": anything},
    "$/cancelRequest": {"id": anything},
    "textDocument/diagnostic": {**_DOCUMENT, "previousResultId?": a_text},
    "textDocument/codeAction": {**_DOCUMENT, "range": _RANGE, "context": _CONTEXT},
    "textDocument/codeLens": _DOCUMENT,
    "codeAction/resolve": {"title": a_text, "kind?": a_text},
    "textDocument/formatting": {**_DOCUMENT, **_OPTIONS},
    "textDocument/rangeFormatting": {**_DOCUMENT, **_OPTIONS, "range": _RANGE},
    "textDocument/hover": {**_DOCUMENT, "position": _POSITION},
    "workspace/executeCommand": {"command": a_text, "arguments?": [anything]},
}
"""The shapes of the parameters of all methods that have any. ``textDocument/didChange``, which is
the most frequent, is checked where it is applied."""


def check_params(method: str, params: Any) -> None:  # noqa: ANN401 - JSON is untyped
    """Check a message's parameters.

    Raises:
        MisfitError: They have the wrong form for this method.
    """
    if (shape := SHAPES.get(method)) is not None:
        check(params, shape)
