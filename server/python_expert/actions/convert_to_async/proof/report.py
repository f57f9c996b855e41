"""The report of a proof: what it refuses, and what it cannot prove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.gate.verdict import Reason

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Sequence

    from python_expert.actions.convert_to_async.proof.ast_match import Pairs
    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.scopes import Function

_NAMED = 5
"""The most names in one sentence."""


class ProofReport:
    """The findings of one proof.

    Attributes:
        program: The old text.
        pairs: The two trees.
        coroutines: The functions whose calls must be awaited.
        refused: The reasons why the edit is wrong.
        confirm: What cannot be proven and must be confirmed.
    """

    def __init__(self, program: Program, pairs: Pairs) -> None:
        self.program = program
        self.pairs = pairs
        self.coroutines: list[Function] = []
        self.refused: list[Reason] = []
        self.confirm: list[Reason] = []

    @property
    def waits(self) -> set[ast.AST]:
        """The nodes where a task now waits."""
        pairs = self.pairs
        found = {*pairs.awaited, *pairs.replaced, *pairs.items, *pairs.loops, *pairs.blocks}
        return found | {*pairs.readers, *pairs.consumed}

    def mentions(self, names: Iterable[str]) -> bool:
        """Return whether the text has the last part of a name.

        This is faster than resolving names.
        """
        text = self.program.source.text
        return any(each.rpartition(".")[2] in text for each in names)

    def refuse(self, node: ast.AST | None, message: str) -> None:
        """Report an error at a node of the old text."""
        reason = self._reason(node, message)
        if reason not in self.refused:
            self.refused.append(reason)

    def ask(self, node: ast.AST | None, message: str) -> None:
        """Report what cannot be proven at a node of the old text."""
        reason = self._reason(node, message)
        if reason not in self.confirm:
            self.confirm.append(reason)

    def is_context(self, function: Function) -> bool:
        """Return whether a function is decorated with ``contextlib.contextmanager``."""
        names = self.program.names
        return any(
            names.dotted(each) == "contextlib.contextmanager" for each in function.decorator_list
        )

    def _reason(self, node: ast.AST | None, message: str) -> Reason:
        if node is None:
            return Reason(message)
        definitions = self.program.definitions
        around = [each for each in (node, *self.program.names.around(node)) if each in definitions]
        key = definitions[around[0]].key if around else ""
        return Reason(message, getattr(self.pairs.later(node), "lineno", 1) - 1, key)


def several(names: Sequence[str]) -> str:
    """Return names with "is" or "are"; long lists are cut and end with a count."""
    more = len(names) - _NAMED
    shown = ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"{shown} {'is' if len(names) == 1 else 'are'}"
