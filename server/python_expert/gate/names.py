"""Whether a proof may rely on the resolver's view of a text's names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.analysis.crosscheck import disagreements
from python_expert.gate.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from python_expert.analysis.scopes import Scopes


def doubts(scopes: Scopes, code: str, lines: AbstractSet[int]) -> list[Reason]:
    """Return differences between a text's scopes and Python's symbol table, as reasons.

    Args:
        scopes: The resolver's scopes.
        code: The text. If Python cannot compile the text, there are no doubts, because the text
            cannot run.
        lines: The 0-based lines that an edit touches.
    """
    try:
        found = disagreements(scopes, code, lines)
    except (SyntaxError, ValueError):
        return []
    except RecursionError:
        return [Reason("it is nested too deeply to check what its names stand for")]
    return [
        Reason(f"Python binds {each.name} in another scope than this proof assumes", each.line)
        for each in found[:1]
    ]
