"""Type hints without a model: by rules, and by what a type checker infers from the text.

For each place the most trusted source wins. The hints are written into the text, and the checker
infers again from the new text, because each hint allows it to infer more. In the first rounds, only
the most trusted hints are written. ``tests/bench/offline_hints.py`` measures how often each source
is right.

If the tools contradict hints, the answers about texts with these hints are discarded. The checker
then infers again from texts without these hints.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from python_expert.actions.add_type_hints.action import write
from python_expert.actions.add_type_hints.offline.examples import without_contradicted
from python_expert.actions.add_type_hints.offline.fitting import DECLARED, Fitting
from python_expert.actions.add_type_hints.offline.guesses import (
    Guesses,
    best,
    facts_of,
    still_held,
)
from python_expert.actions.add_type_hints.offline.rules import Rules
from python_expert.actions.add_type_hints.offline.types import guesses_of, unhinted_bases
from python_expert.actions.add_type_hints.offline.value_uses import ValueUses
from python_expert.actions.add_type_hints.slots import filled
from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.source import Source

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterator, Sequence

    from python_expert.actions.base import Options
    from python_expert.analysis.call_arguments import CallArguments

LEVELS: Final = (86, 80, 65, 65)
"""The least trust of a guess that is kept, for each time that the checker is asked.

The first values are higher because later answers depend on these guesses.
"""

LEAST: Final = LEVELS[-1]
"""The least trust of a guess that is proposed, in percent."""


class _Progress(NamedTuple):
    """The state after some of the checker's answers.

    Attributes:
        known: The guesses that are written into the next text for the checker.
        rest: All guesses from the last answer.
        is_done: Whether the checker has been asked often enough.
    """

    known: Guesses
    rest: Guesses
    is_done: bool


def propose(
    source: Source, keys: Sequence[str], options: Options
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Propose types for the functions of a text by rules and inference.

    Args:
        source: The text.
        keys: The requested definitions.
        options: The circumstances; `types` has the checker's answers, if any.

    Yields:
        A key and its facts, in the form of `TypeHints`.
    """
    guesses = guess_all(source, options)
    facts = facts_of(guesses) if options.kept is None else still_held(options.kept, guesses)
    for key in keys:
        if key in facts:
            yield key, facts[key]


def types_wanted(source: Source, options: Options) -> str | None:
    """Return the next text for the checker, or None if it was asked often enough.

    Args:
        source: The text.
        options: The context of the rewrite, with the type checker's answers.
    """
    progress = _follow(source, options)
    kept = options.kept
    if progress.is_done or (kept and still_held(kept, _guesses(source, options, progress)) == kept):
        return None
    written = write(source, facts_of(progress.known), options)
    try:
        text = source.with_edits(written.edits).code
    except (BrokenError, ValueError):
        return None
    return text if all(text != asked["text"] for asked in options.types) else None


def guess_all(source: Source, options: Options) -> Guesses:
    """Return all guesses for a text; for each place, the guess of the most trusted source."""
    return _guesses(source, options, _follow(source, options))


def _guesses(source: Source, options: Options, progress: _Progress) -> Guesses:
    rules = _rules(source)
    given = _fitting(source, options.given).fitted(_defaults(source, options))
    found = {**given, **progress.rest, **progress.known}
    if not options.types:  # where a checker infers nothing, these rules are likely wrong
        found = {**rules.returned(found), **found}
    found = {**_fitting(source, options.given).fitted(rules.likely()), **found}
    found = _above(LEAST, without_contradicted(source, found), _contradicted(options))
    return _as_in_bases(found, options)


def _as_in_bases(found: Guesses, options: Options) -> Guesses:
    """Return the guesses without parameters of methods that override a more general parameter.

    A base class's parameter without a hint is assumed to accept anything. The uses in one
    overriding method do not show the arguments of the base method's callers.
    """
    if not options.types:
        return found
    answer = options.types[0]  # later texts have some of these hints
    bases = unhinted_bases(_asked(answer["text"]), answer["functions"])
    kept = dict(found)
    while True:
        wrong = [
            place
            for place, base in bases.items()
            if (guess := kept.get(place)) is not None
            and guess.trust < DECLARED
            and ((above := kept.get(base) if base else None) is None or above.text != guess.text)
        ]
        if not wrong:
            return kept
        for place in wrong:  # overriding methods now have a base without a hint
            del kept[place]


@lru_cache(maxsize=1)
def _rules(source: Source) -> Rules:
    return Rules(source)


@lru_cache(maxsize=1)
def _fitting(source: Source, given: tuple[CallArguments, ...]) -> Fitting:
    return Fitting(source, given)


@lru_cache(maxsize=1)
def _uses(source: Source, given: tuple[CallArguments, ...]) -> ValueUses:
    return ValueUses(source, _fitting(source, given).distinguishes)


def _defaults(source: Source, options: Options) -> Guesses:
    """Return the types of literal defaults, as far as uses confirm them."""
    uses = _uses(source, options.given)
    return {
        place: guess._replace(text=text)
        for place, guess in _rules(source).given.items()
        if (text := uses.shown(place, "default", guess.text))
    }


_asked = lru_cache(maxsize=2 * len(LEVELS))(Source.of)
"""The parsed texts for the checker; each is used again for every later answer."""


def _contradicted(options: Options) -> set[tuple[str, str]]:
    """Return the places for which no hint must be proposed."""
    names = {(key, f".{name}") for key, name in options.contradicted}
    return names.union(options.contradicted)


def _above(least: int, guesses: Guesses, without: Container[tuple[str, str]]) -> Guesses:
    """Return the guesses with enough trust, except guesses for some places."""
    return {
        place: guess
        for place, guess in guesses.items()
        if guess.trust >= least and place not in without
    }


def _rests_on(text: str, places: Collection[tuple[str, str]]) -> bool:
    """Return whether a text for the checker has a hint at one of some places."""
    if not places:
        return False
    source = _asked(text)
    found = ((key, source.definition(key)) for key in {key for key, _ in places})
    return any((key, name) in places for key, each in found if each for name, _ in filled(each))


def _follow(source: Source, options: Options) -> _Progress:
    """Process the checker's answers in order."""
    rules, fitting = _rules(source), _fitting(source, options.given)
    uses, defaults = _uses(source, options.given), _defaults(source, options)
    without = _contradicted(options)
    known, found = _above(0, rules.certain, without), Guesses()
    levels = iter(LEVELS)
    for answer in options.types:
        if _rests_on(answer["text"], without):
            continue
        inferred = guesses_of(_asked(answer["text"]), answer["functions"], uses)
        found = best(fitting.demanded, inferred, rules.used, defaults)
        found = without_contradicted(source, fitting.fitted(found))
        for least in levels:
            kept = _above(least, found, without)
            if kept.keys() - known.keys():
                known = {**kept, **known}
                break
    return _Progress(known, found, is_done=next(levels, None) is None)
