"""Adds ``-> None`` if mypy reports that a function returns nothing."""

from __future__ import annotations

import ast
import tokenize
from typing import TYPE_CHECKING

from python_expert.quick_fixes.base import FixContext, QuickFix
from python_expert.text.document import Edit, Position, Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.source import Source
    from python_expert.diagnostics.finding import Finding

_ADVICE = 'Use "-> None"'


def return_none(context: FixContext, finding: Finding) -> Iterator[QuickFix]:
    """Add the hint that the function at a finding returns nothing."""
    advised = any(note.message.startswith(_ADVICE) for note in finding.notes)
    if finding.code != "no-untyped-def" or not advised or context.source is None:
        return
    line = finding.range.start.line
    for node in context.source.nodes:
        if (
            isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            and node.lineno == line + 1
            and node.returns is None
            and (colon := _colon(context.source, node)) is not None
        ):
            edit = Edit(Range(colon, colon), " -> None")
            title = f"Mypy: Add `-> None` to `{node.name}`"
            yield QuickFix(title, (edit,), (finding,), preferred=True)


def _colon(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Position | None:
    """Return the position of the colon of a definition's header."""
    depth = 0
    for token in source.tokens_from(source.position(node.lineno, node.col_offset)):
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and not depth:
                return Position(token.start[0] - 1, token.start[1])
    return None
