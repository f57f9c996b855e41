"""The guesses of the offline engine's sources, and the trust in each source."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.actions.add_type_hints.slots import RETURN

if TYPE_CHECKING:
    from python_expert.actions.base import Facts


class Guess(NamedTuple):
    """A source's type for a place.

    Attributes:
        text: The type expression.
        trust: How often guesses of the source are right, in percent.
        imports: The imports that the type needs, as pairs of a module and a name.
    """

    text: str
    trust: int
    imports: tuple[tuple[str, str], ...] = ()


Guesses = dict[tuple[str, str], Guess]
"""Guesses by place.

A place is a pair: a definition's key, and a parameter, ``return``, or an attribute after a dot.
"""


def best(*sources: Guesses) -> Guesses:
    """Return the most trusted guess for each place; with equal trust, the first source wins."""
    found: Guesses = {}
    for source in sources:
        for place, guess in source.items():
            if place not in found or found[place].trust < guess.trust:
                found[place] = guess
    return found


def facts_of(guesses: Guesses) -> dict[str, dict[str, Any]]:
    """Return guesses in the form of the action's schema."""
    facts: dict[str, dict[str, Any]] = {}
    for (key, name), guess in guesses.items():
        empty: dict[str, Any] = {
            "params": {},
            "returns": None,
            "attributes": {},
            "imports": [],
            "trust": {},
        }
        fact = facts.setdefault(key, empty)
        fact["trust"][name.removeprefix(".")] = guess.trust
        if name == RETURN:
            fact["returns"] = guess.text
        elif name.startswith("."):
            fact["attributes"][name[1:]] = guess.text
        else:
            fact["params"][name] = guess.text
        for module, imported in guess.imports:
            needed = {"module": module, "name": imported}
            if needed not in fact["imports"]:
                fact["imports"].append(needed)
    return facts


def still_held(facts: Facts, guesses: Guesses) -> dict[str, dict[str, Any]]:
    """Update facts to the current guesses: remove facts without a guess, and add none.

    Args:
        facts: The facts that passed the tools, which may have added ``None``.
        guesses: The current guesses.
    """
    held: dict[str, dict[str, Any]] = deepcopy(dict(facts))
    now = facts_of(guesses)
    for key, fact in held.items():
        new = now.get(key, {"params": {}, "attributes": {}, "returns": None})
        for field in ("params", "attributes"):
            types = {name: _held(text, new[field].get(name)) for name, text in fact[field].items()}
            fact[field] = {name: text for name, text in types.items() if text is not None}
        fact["returns"] = _held(fact["returns"], new["returns"])
        if fact != facts[key]:
            fact["imports"], fact["trust"] = new.get("imports", []), new.get("trust", {})
    return {key: fact for key, fact in held.items() if _has_content(fact)}


def _held(before: str | None, now: str | None) -> str | None:
    """Return the new type for a place with an earlier type; a ``None`` that was added is kept."""
    is_kept = before is None or before == f"{now} | None"
    return before if is_kept else now


def _has_content(fact: dict[str, Any]) -> bool:
    return bool(fact["params"] or fact["attributes"] or fact["returns"])
