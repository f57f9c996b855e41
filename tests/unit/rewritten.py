"""Texts after the rewrites without a model, and the gate's verdicts on them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from python_expert.actions.add_docstrings import AddDocstrings
from python_expert.actions.add_docstrings.offline import propose as propose_docstrings
from python_expert.actions.add_docstrings.proof import prove as prove_docstrings
from python_expert.actions.add_type_hints import AddTypeHints
from python_expert.actions.add_type_hints.offline.guesses import facts_of
from python_expert.actions.add_type_hints.offline.rules import Rules
from python_expert.actions.add_type_hints.proof import prove as prove_hints
from python_expert.actions.base import Options
from python_expert.actions.convert_to_async import ConvertToAsync
from python_expert.actions.convert_to_async.offline import propose as propose_conversions
from python_expert.actions.convert_to_async.proof import prove as prove_conversion
from python_expert.analysis.elsewhere import Converted
from python_expert.analysis.source import Source
from python_expert.gate.verdict import Status
from tests.actions import DEMANDED

if TYPE_CHECKING:
    from python_expert.actions.base import Facts
    from python_expert.gate.verdict import Verdict

OPTIONS = Options(python=(3, 12))
"""A Python version that evaluates annotations immediately, whichever version runs the tests."""

CALLER = Options(
    path="/project/x.py", root="/project", converted=(Converted("/project/store.py", "load"),)
)
"""A file next to one in which a function has become async."""


def converted(text: str) -> tuple[str, Verdict]:
    """Return a text after all blocking code in it was converted to async."""
    source, rewrite = Source.of(text), ConvertToAsync()
    targets, _ = rewrite.targets(source, None, OPTIONS)
    facts = dict(propose_conversions(source, [each.key for each in targets], OPTIONS))
    after = source.with_edits(rewrite.write(source, facts, OPTIONS).edits)
    return after.text, prove_conversion(source, after, OPTIONS)


def hinted(text: str, facts: Facts, options: Options = OPTIONS) -> tuple[str, Verdict]:
    """Return a text with proposed type hints; none may be skipped."""
    source = Source.of(text)
    candidate = AddTypeHints().write(source, facts, options)
    assert not candidate.left
    after = source.with_edits(candidate.edits)
    return after.text, prove_hints(source, after, options)


def inferred(text: str) -> Facts:
    """Return the type hints that the rules alone propose for a text."""
    rules = Rules(Source.of(text))
    guesses = rules.certain
    return facts_of({**rules.returned(guesses), **guesses})


def documented(text: str) -> tuple[str, Verdict]:
    """Return a text with docstrings for all definitions that have none."""
    source, rewrite, options = Source.of(text), AddDocstrings(), replace(OPTIONS, demanded=DEMANDED)
    targets, _ = rewrite.targets(source, None, options)
    facts = dict(propose_docstrings(source, [each.key for each in targets], options))
    after = source.with_edits(rewrite.write(source, facts, options).edits)
    return after.text, prove_docstrings(source, after, options)


def skip_reasons(text: str, facts: Facts) -> list[str]:
    """Return the reasons why proposed type hints are not written."""
    return [each.reason for each in AddTypeHints().write(Source.of(text), facts, OPTIONS).left]


def judged_hints(before: str, after: str) -> Verdict:
    """Return the gate's verdict on an edit that claims to add type hints."""
    return prove_hints(Source.of(before), Source.of(after), OPTIONS)


def judged_conversion(before: str, after: str) -> Verdict:
    """Return the gate's verdict on an edit that claims to convert to async."""
    return prove_conversion(Source.of(before), Source.of(after), OPTIONS)


def returned(text: str, key: str = "f") -> Any:  # noqa: ANN401 - JSON
    """Return the type that the rules propose for the result of a function."""
    return inferred(text).get(key, {}).get("returns")


def calling(text: str) -> str:
    """Return a text converted because it calls a function that another file has converted."""
    source, rewrite = Source.of(text), ConvertToAsync()
    facts = rewrite.callers.uses(source, CALLER).facts
    after = source.with_edits(rewrite.write(source, facts, CALLER).edits)
    assert prove_conversion(source, after, CALLER).status is Status.ACCEPTED
    return after.text
