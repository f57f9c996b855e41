"""What the sources of the offline engine guess, and how far each is trusted."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.actions.add_type_hints.slots import RETURN

if TYPE_CHECKING:
    from python_expert.actions.base import Facts


class Guess(NamedTuple):
    """A type that a source has for a place.

    Attributes:
        text: The type expression.
        trust: How often guesses of the source are right, in percent.
        imports: What it needs, as pairs of a module and a name.
    """

    text: str
    trust: int
    imports: tuple[tuple[str, str], ...] = ()


Guesses = dict[tuple[str, str], Guess]
"""By the key of a definition, and the parameter, ``return``, or attribute with a dot before it."""


def best(*sources: Guesses) -> Guesses:
    """For each place the most trusted guess; of several, that of the first source."""
    found: Guesses = {}
    for source in sources:
        for place, guess in source.items():
            if place not in found or found[place].trust < guess.trust:
                found[place] = guess
    return found


def facts_of(guesses: Guesses) -> dict[str, dict[str, Any]]:
    """Guesses as the rewrite's schema has them."""
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
    """Facts with what is guessed now: what is no longer guessed goes, and nothing is added.

    Args:
        facts: They have passed the tools, which may have added ``None``.
        guesses: What is guessed now.
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
    return {key: fact for key, fact in held.items() if _says_something(fact)}


def _held(before: str | None, now: str | None) -> str | None:
    """The type that is proposed for a place that had one before."""
    is_kept = before is None or before == f"{now} | None"
    return before if is_kept else now


def _says_something(fact: dict[str, Any]) -> bool:
    return bool(fact["params"] or fact["attributes"] or fact["returns"])
