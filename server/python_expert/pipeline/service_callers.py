"""The requests of the rewrites' worker about callers in other files; see `service`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from python_expert.actions.callers import UsesElsewhere
from python_expert.actions.registry import action_of
from python_expert.analysis.source import Source
from python_expert.gate.verdict import Reason
from python_expert.pipeline.serialization import read_options
from python_expert.pipeline.service import generated, source_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Json = dict[str, Any]


def converted(params: _Json) -> _Json:
    """Return the definitions that an edit converts, for other files."""
    callers, options = action_of(params["action"]).callers, read_options(params["options"])
    before, after = source_of(params["before"]), source_of(params["after"])
    return {"converted": callers.converted(before, after, options) if callers else []}


def uses(params: _Json) -> _Json:
    """Return how a text uses definitions that other files have converted."""
    callers, options = action_of(params["action"]).callers, read_options(params["options"])
    source = source_of(params["text"])
    found = callers.uses(source, options) if callers else UsesElsewhere({}, 0)
    if found.total and (why := generated(source)):
        found = found._replace(doubts=(Reason(why), *found.doubts))
    return found._asdict()


def called_functions(params: _Json) -> _Json:
    """Return the definitions of a text whose calls in other files are needed."""
    arguments, options = action_of(params["action"]).arguments, read_options(params["options"])
    source = source_of(params["text"])
    return {"called_functions": arguments.called_functions(source, options) if arguments else []}


def given(params: _Json) -> _Json:
    """Return the arguments that calls in another text pass."""
    arguments, options = action_of(params["action"]).arguments, read_options(params["options"])
    source = Source.of(params["text"])  # keep the current texts in the cache
    found, reexported = arguments.given(source, options) if arguments else ([], [])
    return {"given": found, "reexported": reexported}


METHODS: Mapping[str, Callable[[_Json], _Json]] = {
    "converted": converted,
    "uses": uses,
    "called_functions": called_functions,
    "given": given,
}
