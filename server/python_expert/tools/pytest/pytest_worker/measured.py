"""Reads coverage.py's data of a run from the database tables that it documents.

coverage.py's own methods return data for one file and line at a time, which takes longer than the
tests.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sqlite3
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINES = """
select context.context, file.path, numbits from line_bits
join context on context.id = context_id join file on file.id = file_id
"""
_STEPS = """
select context.context, file.path, fromno, tono from arc
join context on context.id = context_id join file on file.id = file_id
"""


def lines_by_test(data_file: str) -> dict[str, dict[str, list[int]]]:
    """Return the 0-based lines that each test ran, by file; omit code that ran outside of tests."""
    lines: dict[str, dict[str, set[int]]] = {}
    numbers = importlib.import_module("coverage.numbits").numbits_to_nums
    for test, file, bits in _rows(data_file, _LINES):
        if test:
            lines.setdefault(test, {}).setdefault(file, set()).update(numbers(bits))
    for test, file, *ends in _rows(data_file, _STEPS):
        if test:
            lines.setdefault(test, {}).setdefault(file, set()).update(ends)
    return {
        test: {
            file: sorted(each - 1 for each in found if each > 0) for file, found in files.items()
        }
        for test, files in lines.items()
    }


def steps_by_test(data_file: str) -> tuple[dict[str, list[list[int]]], dict[str, dict[str, str]]]:
    """Return the steps from line to line in each file, and the steps that each test executed."""
    numbers: dict[str, dict[tuple[int, int], int]] = {}
    bits: dict[str, dict[str, int]] = {}
    for test, file, start, end in _rows(data_file, _STEPS):
        known = numbers.setdefault(file, {})
        at = known.setdefault((start, end), len(known))
        files = bits.setdefault(test, {})
        files[file] = files.get(file, 0) | 1 << at
    steps = {file: [*map(list, known)] for file, known in numbers.items()}
    ran = {
        test: {file: f"{each:x}" for file, each in files.items()} for test, files in bits.items()
    }
    return steps, ran


def _rows(data_file: str, query: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query, with the files' real paths."""
    real: dict[str, str] = {}
    with contextlib.closing(sqlite3.connect(data_file)) as database:
        for test, path, *rest in database.execute(query):
            file = real.get(path) or real.setdefault(path, os.path.realpath(path))
            yield (test, file, *rest)
