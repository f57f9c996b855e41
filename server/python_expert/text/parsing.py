"""Parses and compiles Python source in a process with several threads.

Before Python 3.13, two threads that build syntax trees at the same time disturb each other: they
share one counter of the recursion depth, and one of them gets a ``SystemError``
(https://github.com/python/cpython/issues/106905). ``warnings.catch_warnings`` changes the filters
of all threads, by default also in Python 3.14. Therefore only one thread at a time parses. This
costs little, because the parser holds the interpreter's lock anyway.
"""

from __future__ import annotations

import ast
import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, overload

if TYPE_CHECKING:
    from collections.abc import Iterator

_one_thread = threading.RLock()


@contextmanager
def no_warnings(action: Literal["ignore", "error"] = "ignore") -> Iterator[None]:
    """Hold the lock for compiling, without warnings; ruff reports invalid escapes.

    Args:
        action: Whether warnings are ignored or raised.
    """
    with _one_thread, warnings.catch_warnings(action=action):
        yield


@overload
def syntax_tree(source: str | bytes) -> ast.Module: ...
@overload
def syntax_tree(source: str | bytes, mode: Literal["eval"]) -> ast.Expression: ...
def syntax_tree(
    source: str | bytes, mode: Literal["exec", "eval"] = "exec"
) -> ast.Module | ast.Expression:
    """Parse a text, without warnings.

    Raises:
        SyntaxError: It is not valid Python.
        ValueError: It has a NUL character or an unpaired surrogate.
        RecursionError: It is nested too deeply.
        MemoryError: It is nested too deeply.
    """
    with no_warnings():
        if mode == "eval":
            return ast.parse(source, mode="eval")  # noqa: TID251 - under the lock
        return ast.parse(source)  # noqa: TID251 - under the lock
