"""Decides which hints new findings remove or weaken: the least trusted hints first.

The place of a finding in the tree shows which hints may have caused it; the words of its message
are not used. Of several hints, the one from the least reliable source is removed first, and the
tools judge the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from copy import deepcopy
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from python_expert.actions.add_type_hints.schema import TRUST
from python_expert.actions.add_type_hints.slots import RETURN
from python_expert.actions.add_type_hints.suspects import Suspect, Suspects
from python_expert.actions.attribution import Attribution

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from python_expert.actions.attribution import Fault
    from python_expert.actions.base import Facts
    from python_expert.analysis.source import Source

_FEW_ATTEMPTS: Final = 3
"""The number of remaining verdicts below which the most likely group is removed at once."""

_NONE: Final = re.compile(r"\b(?:None|Optional|Any|object)\b")


def attribute(after: Source, facts: Facts, faults: Sequence[Fault], left: int) -> Attribution:
    """Remove hints that could have caused findings from the facts; see `Action.attribute`."""
    return _Attributer(after, facts, faults).attribute(left)


class _Attributer:
    def __init__(self, after: Source, facts: Facts, faults: Sequence[Fault]) -> None:
        self._rest: dict[str, Any] = {
            key: deepcopy(fact) for key, fact in facts.items() if isinstance(fact, dict)
        }
        self._trust = dict(self._all())
        self._suspects = Suspects(after, self._rest)
        self._faults = faults
        self._causes: dict[str, list[int]] = {}
        self._done: set[Suspect] = set()
        self._dropped: list[Suspect] = []

    def attribute(self, left: int) -> Attribution:
        groups = [
            [
                list(dict.fromkeys(place for place in group if place in self._trust))
                for group in self._suspects.of(fault)
            ]
            for fault in self._faults
        ]
        likely = [next(filter(None, each), []) for each in groups]
        counts = Counter(chain.from_iterable(likely))
        for number, (fault, first, every) in enumerate(
            zip(self._faults, likely, groups, strict=True)
        ):
            if known := [place for place in first if place in self._done]:
                self._note_cause(known, number)
            elif left < _FEW_ATTEMPTS:
                gone = first if left > 1 else list(chain.from_iterable(every))
                self._drop(gone, number)
            elif first:
                order = {place: at for at, place in enumerate(first)}
                worst = min(first, key=lambda p: (self._trust[p], -counts[p], order[p]))
                if not (self._suspects.may_be_none(fault) and self._widen(worst, number)):
                    self._drop([worst], number)
        if not self._done and self._trust and len(self._rest) == 1:  # no other hints are left
            least = min(self._trust.values())
            self._drop([place for place, trust in self._trust.items() if trust == least], 0)
        kept = {key: fact for key, fact in self._rest.items() if _has_hints(fact)}
        causes = {key: tuple(each) for key, each in self._causes.items()}
        return Attribution(kept, causes, tuple(self._dropped))

    def _all(self) -> Iterator[tuple[Suspect, int]]:
        """Yield all proposed hints with their trust, except hints that cause no finding.

        The text that findings are compared with also has ``-> None`` of ``__init__``.
        """
        for key, fact in self._rest.items():
            trust: Mapping[str, Any] = fact.get("trust") or {}
            is_init = key.rpartition(".")[2].partition("#")[0] == "__init__"
            for slot in _hints(fact):
                if is_init and slot == RETURN and fact["returns"] == "None":
                    continue
                yield Suspect(key, slot), trust.get(slot, TRUST)

    def _widen(self, place: Suspect, number: int) -> bool:
        """Add ``None`` to a hint that does not allow it; return whether it was added."""
        fact = self._rest[place.key]
        holder = _holder(fact, place.slot)
        slot = "returns" if place.slot == RETURN else place.slot
        hint = holder[slot]
        if not isinstance(hint, str) or _NONE.search(hint):
            return False
        quoted = hint[:1] in {"'", '"'}
        holder[slot] = f"{hint.strip(hint[0]) if quoted else hint} | None"
        self._done.add(place)
        self._note_cause([place], number)
        return True

    def _drop(self, places: Sequence[Suspect], number: int) -> None:
        for place in places:
            if place in self._done:
                continue
            self._done.add(place)
            self._dropped.append(place)
            holder = _holder(self._rest[place.key], place.slot)
            if place.slot == RETURN:
                holder["returns"] = None
            else:
                del holder[place.slot]
        self._note_cause(places, number)

    def _note_cause(self, places: Sequence[Suspect], number: int) -> None:
        for key in dict.fromkeys(place.key for place in places):
            causes = self._causes.setdefault(key, [])
            if number not in causes:
                causes.append(number)


def _hints(fact: Mapping[str, Any]) -> Iterator[str]:
    """Yield the slots for which a fact has hints."""
    for field in ("params", "attributes"):
        values = fact.get(field)
        if isinstance(values, dict):
            yield from values
    if fact.get("returns") is not None:
        yield RETURN


def _has_hints(fact: Mapping[str, Any]) -> bool:
    return any(True for _ in _hints(fact))


def _holder(fact: dict[str, Any], slot: str) -> dict[str, Any]:
    """Return the dictionary in a fact that contains the hint of a slot."""
    if slot == RETURN:
        return fact
    params = fact.get("params")
    return params if isinstance(params, dict) and slot in params else fact["attributes"]
