"""Type hints without a model: by rule, and by what a type checker knows of the text.

For each place the most trusted source wins. What is found is written into the text, and the checker
is asked again of that, as one hint lets it know more of others. In the first rounds only the
most trusted hints are written. How often each source is right is measured by
``tests/bench/offline_hints.py``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from python_expert.actions.add_type_hints.action import write
from python_expert.actions.add_type_hints.offline.guesses import Guesses, best, facts_of
from python_expert.actions.add_type_hints.offline.rules import Rules
from python_expert.actions.add_type_hints.offline.types import guesses_of
from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.actions.base import Options

LEVELS: Final = (86, 80, 65, 65)
"""How far a guess must be trusted to be kept, for each time that the checker is asked. The first
times take more, as what it says later rests on these guesses."""

LEAST: Final = LEVELS[-1]
"""How far a guess must be trusted to be proposed, in percent."""


class _Progress(NamedTuple):
    """What is known after some answers.

    Attributes:
        known: The guesses that are written into the text which is asked about next.
        rest: All that the last answer told.
        is_done: Whether nothing more is to be asked.
    """

    known: Guesses
    rest: Guesses
    is_done: bool


def propose(
    source: Source, keys: Sequence[str], options: Options
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Propose types for functions of a text, by rule and by inference.

    Args:
        source: The text.
        keys: The definitions that are wanted.
        options: What is known beside the text; `types` has the checker's answers, if there are any.

    Yields:
        A key and its facts, as `TypeHints` has them.
    """
    facts = facts_of(guess_all(source, options))
    for key in keys:
        if key in facts:
            yield key, facts[key]


def inquire(source: Source, options: Options) -> str | None:
    """The text whose types the checker should tell next; None if it has told enough.

    Args:
        source: The text.
        options: What is known beside the text, with what the checker has told.
    """
    progress = _follow(source, options)
    if progress.is_done:
        return None
    written = write(source, facts_of(progress.known), options)
    try:
        text = source.with_edits(written.edits).code
    except (BrokenError, ValueError):
        return None
    return text if all(text != asked["text"] for asked in options.types) else None


def guess_all(source: Source, options: Options) -> Guesses:
    """All guesses for a text, each place by the best source that knows it."""
    rules, progress = _rules(source), _follow(source, options)
    found = {**rules.given, **progress.rest, **progress.known}
    if not options.types:  # a checker that says nothing of a body has its reasons
        found = {**rules.returned(found), **found}
    found = {**rules.likely(), **found}
    return {place: guess for place, guess in found.items() if guess.trust >= LEAST}


@lru_cache(maxsize=1)
def _rules(source: Source) -> Rules:
    return Rules(source)


_asked = lru_cache(maxsize=len(LEVELS))(Source.of)
"""The texts that the checker was asked about; each is looked at again with every answer."""


def _follow(source: Source, options: Options) -> _Progress:
    """Take what the checker has told, answer by answer."""
    rules = _rules(source)
    known, found = rules.certain, Guesses()
    levels = iter(LEVELS)
    for answer in options.types:
        told = guesses_of(_asked(answer["text"]), answer["functions"])
        found = best(told, rules.used, rules.given)
        for least in levels:
            kept = {place: guess for place, guess in found.items() if guess.trust >= least}
            if kept.keys() - known.keys():
                known = {**kept, **known}
                break
    return _Progress(known, found, is_done=next(levels, None) is None)
