"""Whether a proof may rely on the resolver's view of a text's names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.analysis.crosscheck import disagreements
from python_expert.gate.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from python_expert.analysis.scopes import Scopes


def doubts(scopes: Scopes, code: str, lines: AbstractSet[int]) -> list[Reason]:
    """Why a proof cannot rely on the scopes of a text: Python's own table says something else.

    Args:
        scopes: What the resolver says.
        code: The text. One that Python does not compile runs nowhere, and raises no doubt.
        lines: The lines, 0-based, on which an edit touches it.
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
