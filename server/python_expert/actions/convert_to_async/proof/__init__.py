"""The proof for conversions to async."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.proof.ast_match import DifferenceError, Pairs
from python_expert.actions.convert_to_async.proof.tokens import compare
from python_expert.actions.convert_to_async.proof.uses import ConversionCheck
from python_expert.analysis.call_graph import program_of
from python_expert.gate.names import doubts
from python_expert.gate.verdict import Reason, Verdict
from python_expert.text.parsing import no_warnings

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from python_expert.analysis.source import Source
    from python_expert.gate.verdict import Circumstances


def prove(before: Source, after: Source, options: Circumstances) -> Verdict:
    """Prove that an edit converted a text to async, and that nothing else changed.

    The new tree must equal the old one except for ``async``, ``await``, replacements from the
    fixed table, and blocks that run in a thread. Every call of a function that became async must be
    awaited. Comments and all other tokens must be the same.

    Args:
        before: The old text.
        after: The new text, from any author.
        options: The circumstances, such as the packages that the text may use.
    """
    broken = _broken(before, after)
    if broken:
        return Verdict.of([broken], [])
    program = program_of(before, options.types, options.elsewhere)
    try:
        pairs = Pairs(program, after)
    except DifferenceError as error:
        return Verdict.of([Reason(str(error), error.line)], [])
    word = compare(pairs)
    if word:
        return Verdict.of([Reason(f"`{word.text.strip()}` differs", word.line)], [])
    uses = ConversionCheck(program, pairs, options)
    uses.check()
    if not uses.refused:
        touched: list[ast.AST] = [*pairs.functions, *pairs.awaited, *pairs.ran, *pairs.replaced]
        touched += [*pairs.makers, *pairs.blocks]
        later = [pairs.counterpart.get(each, each) for each in touched]
        uses.confirm += doubts(pairs.old, before.code, _lines(touched))
        uses.confirm += doubts(pairs.new, after.code, _lines(later))
    return Verdict.of(uses.refused, uses.confirm)


def _lines(nodes: Iterable[ast.AST]) -> set[int]:
    return {getattr(each, "lineno", 1) - 1 for each in nodes}


def _broken(before: Source, after: Source) -> Reason | None:
    """Return why the new text is invalid, or which unparsable lines differ, or None."""
    if [text for _, text in before.masked_lines] != [text for _, text in after.masked_lines]:
        return Reason("lines that do not parse differ", next(iter(after.masked), 0))
    try:
        with no_warnings():
            compile(after.tree, "<after>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as error:
        line = (getattr(error, "lineno", None) or 1) - 1
        return Reason(f"the result does not compile: {error}", line)
    return None
