"""Decides which functions stay sync because of new findings.

If a function became async, a finding in it, or a finding about a caller that does not await it,
makes the function stay sync. The rest of the file is converted without this function.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from python_expert.actions.attribution import Attribution
from python_expert.analysis.error_recovery import UnreadableError
from python_expert.analysis.scopes import FUNCTIONS
from python_expert.analysis.source import Source
from python_expert.analysis.threads import is_async
from python_expert.gate.comparison import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from python_expert.actions.attribution import Fault
    from python_expert.actions.base import Facts
    from python_expert.analysis.source import Definition
    from python_expert.text.document import Range

WITHOUT = "without"
"""The key in each fact for the functions that stay sync, with the reason."""

_WORD = re.compile(r"[^\W\d]\w*")


def attribute(after: Source, facts: Facts, faults: Sequence[Fault]) -> Attribution:
    """Leave out the functions that findings are about; see `Action.attribute`.

    If no finding shows which function it is about, the facts are unchanged.
    """
    became = [
        each
        for each in after.definitions
        if isinstance(each.node, FUNCTIONS) and is_async(each.node)
    ]
    causes: dict[str, list[int]] = {}
    why: dict[str, str] = {}
    for number, fault in enumerate(faults):
        for each in _about(after, became, fault):
            causes.setdefault(each.key, []).append(number)
            why.setdefault(each.key, _why(fault))
    if not causes:
        return Attribution(facts, {})
    kept = {key: _without(fact, why) for key, fact in facts.items() if key not in causes}
    return Attribution(kept, {key: tuple(all_) for key, all_ in causes.items()})


def _without(fact: Mapping[str, Any], why: Mapping[str, str]) -> dict[str, Any]:
    return {**fact, WITHOUT: {**fact.get(WITHOUT, {}), **why}}


def _why(fault: Fault) -> str:
    if fault.range is None:
        return "another file uses it and does not await it"
    return sentence(fault.tool, fault.code, fault.message)


def _about(after: Source, became: Iterable[Definition], fault: Fault) -> list[Definition]:
    """Return the functions that a finding is about: its enclosing function, or those it names."""
    if fault.range is not None:
        around = [each for each in became if _has(each.range, fault.range)]
        return around[-1:] or _named(became, _lines(after.lines, fault.range))
    if fault.at is None:
        return []
    try:
        other = Source.of(fault.text)
    except UnreadableError:
        return _named(became, fault.text)
    holders = [each.range for each in other.definitions if _has(each.range, fault.at)]
    for where in (fault.at, *reversed(holders)):
        if found := _named(became, _lines(other.lines, where)):
            return found
    return _named(became, fault.text)


def _has(outer: Range, inner: Range) -> bool:
    return outer.start.line <= inner.start.line <= outer.end.line


def _lines(lines: Sequence[str], where: Range) -> str:
    return "\n".join(lines[where.start.line : where.end.line + 1])


def _named(became: Iterable[Definition], text: str) -> list[Definition]:
    """Return the functions whose names are in a text."""
    words = {*_WORD.findall(text)}
    return [each for each in became if each.node.name in words]
