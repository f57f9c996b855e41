"""The baseline for hints: the new text with ``Any`` in the places of the added hints.

With this baseline, a correct hint is not refused because of an error that it only reveals.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.add_type_hints.proof.added_hints import (
    AddedHint,
    Comparison,
    DifferentError,
    compared,
)
from python_expert.analysis.source import apply_edits
from python_expert.text.document import Edit, Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.source import Source


def with_any(before: Source, after: Source) -> str:
    """Replace each added hint in the new code by ``Any``, and remove each added import.

    Every line keeps its number. If the edit changed anything besides hints, the result is the old
    code.
    """
    try:
        added = compared(before, after)
    except DifferentError:
        return before.code
    alias = "_t"
    while alias in after.words:
        alias += "_"
    edits = [*_hints(after, added, alias), *_imports(after, added, alias)]
    code = apply_edits(after.code, edits)
    gap = "" if code.endswith(("\n", "\r")) else "\n"
    return f"{code}{gap}import typing as {alias}\n"


def _hints(after: Source, added: Comparison, alias: str) -> Iterator[Edit]:
    for hint in added.hints:
        # The return type of __init__ is always None.
        anything = "None" if _is_result_of_init(hint) else f"{alias}.Any"
        where = after.range(hint.annotation)
        yield Edit(where, anything + "\n" * (where.end.line - where.start.line))


def _imports(after: Source, added: Comparison, alias: str) -> Iterator[Edit]:
    whole = [Range(span.start, span.end) for span in added.spans if span.statement]
    for where in whole:
        yield Edit(where, "\n" * (where.end.line - where.start.line))
    for number, each in enumerate(added.imports):
        where = after.range(each.alias)
        if not any(statement.start <= where.start < statement.end for statement in whole):
            yield Edit(where, f"Any as {alias}{number}")


def _is_result_of_init(hint: AddedHint) -> bool:
    at = hint.at
    return (
        isinstance(at, ast.FunctionDef) and at.name == "__init__" and at.returns is hint.annotation
    )
