"""Edits across a file of a real package, each with an error that every type checker finds."""

from __future__ import annotations

import ast
import random
from typing import TYPE_CHECKING

from tests.bench.workload import FIRST_NUMBER, copy_package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.client import Change

FILES = ("rich/text.py", "typer/core.py", "_pytest/python.py")
"""Files of packages that Python Expert or its tests depend on."""

_APPENDED = """

def probe(level: int) -> object:
    return level.probe_{number}
"""


def package_file(folder: Path, name: str) -> Path:
    """Copy a file's package into a folder, and return the file's path there."""
    copy_package(name.partition("/")[0], folder)
    return folder / name


def probes(text: str, count: int, seed: int = 3) -> Iterator[tuple[int, Change, Change]]:
    """Yield edits that add an unknown attribute in a random function, every fourth one at the end.

    Yields:
        The number in the message, the edit, and the edit that undoes it.
    """
    chance = random.Random(seed)  # noqa: S311 - not used for secrets
    bodies = _bodies(text)
    for step in range(count):
        number = FIRST_NUMBER + 1 + step
        if step % 4 == 3:
            line, new = text.count("\n"), _APPENDED.format(number=number)
        else:
            line, indentation = chance.choice(bodies)
            new = f'{indentation}"".probe_{number}\n'
        yield number, ((line, 0), (line, 0), new), ((line, 0), (line + new.count("\n"), 0), "")


def _bodies(text: str) -> list[tuple[int, str]]:
    """Return where functions' bodies start, after a docstring, and their indentation."""
    lines = text.split("\n")
    found = []
    for function in _functions(ast.parse(text).body):
        first = function.body[0]
        indentation = lines[first.lineno - 1][: first.col_offset]
        if indentation.strip():  # on one line with the function's header
            continue
        if ast.get_docstring(function, clean=False) is None:
            decorators: list[ast.expr] = getattr(first, "decorator_list", [])
            line = min([first.lineno, *(node.lineno for node in decorators)]) - 1
        else:
            assert first.end_lineno is not None
            line = first.end_lineno
        found.append((line, indentation))
    return found


def _functions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the functions of a module, and the methods of its classes."""
    for node in body:
        members = node.body if isinstance(node, ast.ClassDef) else [node]
        for member in members:
            if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef):
                yield member
