"""Proves that an edit added docstrings and nothing else.

The added docstrings are removed from the new text; the result must equal the old text, byte for
byte. This compares comments, line ends, other strings, encoding cookies and broken statements
without a rule for each of them. The trees must be equal as well.
"""

from __future__ import annotations

import ast
import tokenize
from typing import TYPE_CHECKING

from python_expert.actions.add_docstrings.proof.literals import (
    added_faults,
    completion_faults,
    has_new_examples,
)
from python_expert.actions.add_docstrings.proof.readers import readers
from python_expert.actions.add_docstrings.proof.undo import cut, is_placeholder, restored
from python_expert.analysis.characters import line_ends
from python_expert.analysis.nodes import ASSIGNMENTS
from python_expert.analysis.signatures import docstring_node
from python_expert.analysis.source import apply_edits
from python_expert.gate.doctests import runner_of_doctests
from python_expert.gate.verdict import Reason, Verdict

if TYPE_CHECKING:
    from python_expert.analysis.source import Definition, Source
    from python_expert.gate.verdict import Circumstances
    from python_expert.text.document import Edit

__all__ = ["prove"]


def prove(before: Source, after: Source, options: Circumstances) -> Verdict:
    """Judge an edit that claims to add or complete docstrings.

    Args:
        before: The old text.
        after: The new text, from any author.
        options: The context of the rewrite.

    Returns:
        Accepted if only docstrings were added that the program does not visibly read; to be
        confirmed if it may read one; refused if anything else differs.
    """
    if before.text == after.text:
        return Verdict.of([], [])
    try:
        refused, added = _compare(before, after)
    except (tokenize.TokenError, SyntaxError, RecursionError):
        return Verdict.of([Reason("the text cannot be tokenized, so nothing can be proven")], [])
    if refused:
        return Verdict.of(refused, [])
    return Verdict.of([], [*readers(before, added), *_examples(before, added, options)])


def _examples(before: Source, added: list[Definition], options: Circumstances) -> list[Reason]:
    """Return why new examples are not proven: a test run of the project would run them."""
    found = []
    for definition in added:
        now, was = docstring_node(definition.node), before.definition(definition.key)
        if now and has_new_examples(now, docstring_node(was.node) if was else None):
            found.append((now, definition.key))
    runner = runner_of_doctests(options) if found else ""
    why = f"the docstring has new examples (>>>), and {runner}"
    return [Reason(why, node.lineno - 1, key, examples=True) for node, key in found if runner]


def _compare(before: Source, after: Source) -> tuple[list[Reason], list[Definition]]:
    """Return the differences outside docstrings, and the definitions whose docstring differs."""
    old, new = before.definitions, after.definitions
    if [(each.key, type(each.node)) for each in old] != [
        (each.key, type(each.node)) for each in new
    ]:
        return [Reason("functions or classes were added, removed, renamed or moved")], []
    refused: list[Reason] = []
    edits: list[Edit] = []
    changed: list[Definition] = []
    usual = line_ends(before.lines)
    for earlier, later in zip(old, new, strict=True):
        was, now = docstring_node(earlier.node), docstring_node(later.node)
        written = before.slice(before.range(was)) if was else None
        if now is None or after.slice(after.range(now)) == written:
            continue
        line = now.lineno - 1
        if was is None or written is None:
            faults, edit = added_faults(after, now, usual), cut(before, after, earlier, later)
        else:
            faults = completion_faults(after, now, was, old=written, usual=usual)
            edit = restored(after, now, written)
        if was is None and _has_slot(later.node):
            faults.append("the class has a slot for __doc__, which a docstring replaces")
        if edit is None:
            faults = [*faults, "the docstring is not on its own lines"]
        else:
            edits.append(edit)
        changed.append(later)
        refused += [Reason(fault, line, later.key) for fault in faults]
    if refused:
        return refused, changed
    return _remainder(before, after, edits), changed


def _remainder(before: Source, after: Source, edits: list[Edit]) -> list[Reason]:
    """Return the differences that remain after the docstrings are removed again."""
    touched = {line for edit in edits for line in range(edit.range.start.line, edit.range.end.line)}
    if touched & set(after.masked):
        return [Reason("a docstring is in a part that does not parse")]
    for old, new in ((before.text, after.text), (before.code, after.code)):
        undone = apply_edits(new, edits)
        if undone != old:
            line = _first_difference(old, undone)
            return [Reason("something other than docstrings changed", _line_with(line, edits))]
    was, now = before.pieces.differing(after.pieces)
    if not _same(
        before.tree.body[before.pieces.statements(was)],
        after.tree.body[after.pieces.statements(now)],
    ):
        return [Reason("the code no longer means the same")]
    return []


def _has_slot(node: ast.AST) -> bool:
    """Return whether a class has ``__doc__`` in its slots; Python then refuses a docstring."""
    return isinstance(node, ast.ClassDef) and any(
        isinstance(each, ast.Constant) and each.value == "__doc__"
        for statement in ast.walk(node)
        if isinstance(statement, ASSIGNMENTS)
        for each in ast.walk(statement)
    )


def _first_difference(old: str, new: str) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    at = next((index for index, (a, b) in pairs if a != b), min(len(old), len(new)))
    return old.count("\n", 0, at)


def _line_with(line: int, edits: list[Edit]) -> int:
    """Return the line in the new text of a line in the text without the added docstrings."""
    for edit in sorted(edits):
        first, last = edit.range.start.line, edit.range.end.line
        if first <= line:
            line += last - first - edit.text.count("\n")
    return line


def _same(old: object, new: object) -> bool:
    """Return whether two trees are equal except for the docstrings of functions and classes."""
    if type(old) is not type(new):
        return False
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_same, old, new))
    if not isinstance(old, ast.AST):
        return old == new
    return all(_same(_field(old, name), _field(new, name)) for name in old._fields)


def _field(node: object, name: str) -> object:
    """Return a field of a node; for a body, without docstring and placeholder statements."""
    if name == "body" and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        body = node.body[1:] if docstring_node(node) else node.body
        return [] if is_placeholder(body) else body
    return getattr(node, name, None)
