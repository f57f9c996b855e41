"""Which calls block by the types that a type checker has told, where imports do not show it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, TypeAlias

from python_expert.analysis.library import (
    BLOCKING,
    DEFINED_AS,
    IN_ANY_THREAD,
    IN_MEMORY,
    SHARED_FILE,
    STAYS,
)
from python_expert.analysis.scopes import FUNCTIONS
from python_expert.text.document import Position, Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from python_expert.analysis.names import Names
    from python_expert.analysis.source import Source

Callees: TypeAlias = tuple[tuple[Range, str], ...]
"""Where calls are that block, and the names by which the tables know what they run."""


_STANDARD_STREAMS = ("sys.stdout.", "sys.stderr.", "sys.__stdout__.", "sys.__stderr__.")
"""Writing to them is not taken to block, no more than ``print``."""


def callees_of(types: Iterable[Mapping[str, Any]], text: str) -> Callees:
    """The calls of a text that block.

    Args:
        types: What was told of texts, each {text, calls}, and each call {range, names}.
        text: The text.
    """
    calls = [call for told in types if told["text"] == text for call in told.get("calls", ())]
    found = []
    for call in calls:
        start, end = (Position(*each) for each in call["range"])
        if name := _known(call["names"]):
            found.append((Range(start, end), name))
    return tuple(found)


class ToldCalls:
    """The calls of a text that block, and that its imports do not show.

    Args:
        source: The text.
        names: Its names.
        calls: Its calls, those of each function by themselves.
        callees: What was told.

    Attributes:
        movable: Those that may run in a thread, and what they run.
        staying: Those that may not, and why.
    """

    def __init__(
        self,
        source: Source,
        names: Names,
        calls: Iterable[Iterable[ast.Call]],
        callees: Callees,
    ) -> None:
        self.movable: dict[ast.Call, str] = {}
        self.staying: dict[ast.Call, str] = {}
        told = dict(callees)
        for call in [each for some in calls for each in some] if told else ():
            full = names.dotted(call.func) or ""
            if full in BLOCKING or full.startswith(_STANDARD_STREAMS):
                continue
            known = told.get(source.range(call), full)
            if known in IN_ANY_THREAD and not _is_shared_file(names, call, known):
                self.movable[call] = known
            elif known in IN_ANY_THREAD or known in STAYS:
                self.staying[call] = STAYS.get(known, SHARED_FILE)


def _is_shared_file(names: Names, call: ast.Call, known: str) -> bool:
    """Whether a call is of a file that other functions may use, too."""
    if not known.startswith("builtins.open.") or not isinstance(call.func, ast.Attribute):
        return False
    slot = names.slot(call.func.value)
    local = slot is not None and isinstance(slot[0], FUNCTIONS)
    return isinstance(call.func.value, ast.Attribute | ast.Subscript | ast.Name) and not local


def _known(names: Sequence[str]) -> str | None:
    """The name by which the tables know the first of some that they know."""
    parts = [each.rpartition(".") for each in names]
    if any(owner in IN_MEMORY for owner, _, _ in parts):
        return None
    known = (f"{DEFINED_AS.get(owner, owner)}.{name}" for owner, _, name in parts)
    return next((each for each in known if each in IN_ANY_THREAD or each in STAYS), None)
