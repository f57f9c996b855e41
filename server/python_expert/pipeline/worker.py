"""The process in which texts are parsed, rewritten and judged, outside of the event loop.

The process runs our own interpreter and uses JSON-RPC 2.0 in LSP's framing on its standard streams.
It keeps no state between two requests. The requests are listed below. Texts are whole documents.
Ranges and edits are nested lists of 0-based numbers in code points.

``targets`` {action, text, where, options}: answers {targets: [[key, range]], left: [[key, why]]}.
``types_wanted`` {action, text, options}: answers {text}, or null. A type checker infers the types
    of this text before ``propose``, and the options then contain the types.
``propose`` {action, text, keys, options, request}: sends a notification ``item`` {request, key,
    value} for each definition as soon as its facts are known, and answers {} at the end.
``questions`` {action, text, keys, options, request}: sends ``item`` notifications with a question
    for a model, {text, calls, secrets}, or {reason}. The first has an empty key and is about the
    file.
``apply`` {action, text, facts, options}: answers {edits, changed, places, left, confirm, whole,
    code, after, steps, verdict}. ``places`` are the ranges of the changed definitions. ``code`` and
    ``after`` are texts for the tools to check, before and after the edits. ``steps`` are the edits
    from ``code`` to ``after``.
``prove`` {action, before, after, options}: answers {edits, code, after, steps, verdict}.
``baseline`` {action, before, after}: answers {baseline, steps}. ``baseline`` is the text whose
    findings are compared with the findings in ``after``. ``steps`` are the edits from ``baseline``
    to ``after``.
``reduce`` {action, after, facts, faults, left}: answers {facts, causes, contradicted}. ``causes``
    has, by key, the indexes of the faults that removed or weakened a definition's facts.
``redact`` {texts, secrets, options}: answers {texts, secrets}.
``same`` {before, after, keys}: answers {keys} of the definitions that are equal in both texts.
``warm`` {action, text, keys, options}: answers {} when the data for ``apply`` is prepared.
``elsewhere`` {action, text, keys, options}: answers {reasons}: what the changed definitions
    break in other files.
``converted`` {action, before, after, options}: answers {converted: [[path, name, why]]}, the
    definitions that an edit converts and that other files may use.
``uses`` {action, text, options}: answers {facts, total, doubts}: how a text uses the converted
    definitions of other files in the options, and the facts that adapt these uses.
``called_functions`` {action, text, options}: answers {called_functions: [[path, name, why]]},
    the functions and classes whose calls in other files are needed.
``given`` {action, text, options}: answers {given: [[function, positional, named]], reexported}:
    the arguments that another text passes to these functions and classes, which are in the option
    ``converted``.
"""

from __future__ import annotations

import contextlib
import gc
import traceback
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import orjson

from python_expert.actions.base import Options
from python_expert.actions.registry import ACTIONS
from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.source import Source
from python_expert.pipeline import service, service_callers
from python_expert.pipeline.serialization import BROKEN
from python_expert.processes.jsonrpc import dumps
from python_expert.processes.wire import (
    INTERNAL_ERROR,
    TREE_OBJECTS,
    Connection,
    RequestError,
    lower_priority,
    on_deep_stack,
    serve,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from python_expert.actions.base import Action

NICE = 10
"""The nice value of the process, so that ruff and the editor have priority on few cores."""

PAUSE_S = 0.05
"""Seconds without a request after which the modules of actions are imported."""


def main() -> None:
    """Serve until the input ends."""
    connection = Connection(orjson.loads, partial(dumps, default=tuple))
    lower_priority(NICE)
    gc.set_threshold(TREE_OBJECTS)
    methods = {**service.METHODS, **service_callers.METHODS}
    handlers = {name: _whole(method) for name, method in methods.items()}
    handlers |= {name: _streamed(each, connection) for name, each in service.STREAMS.items()}
    pauses = [(PAUSE_S, partial(_load, action)) for action in ACTIONS]
    on_deep_stack(lambda: serve(connection, handlers, _explain, pauses=pauses))


@cache
def _load(action: Action) -> None:
    """Import the modules that an action needs by running it on an empty text."""
    empty = Source.of("")
    with contextlib.suppress(Exception):  # it is notified about work
        action.write(empty, {}, Options())
        action.prove(empty, empty, Options())
        action.attribute(empty, {}, (), 1)
        if action.offline:
            list(action.offline(empty, (), Options()))
        _ = action.schema


def _whole(method: Callable[[dict[str, Any]], Any]) -> Callable[..., Any]:
    return lambda **params: method(params)


def _streamed(
    method: Callable[[dict[str, Any]], Iterable[tuple[str, Any]]], connection: Connection
) -> Callable[..., Any]:
    """Return a handler that sends each item as soon as it is available."""

    def answer(**params: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON is untyped
        for key, value in method(params):
            item = {"request": params["request"], "key": key, "value": value}
            connection.notify("item", item)
        return {}

    return answer


def _explain(error: BaseException) -> RequestError:
    if isinstance(error, BrokenError):
        return RequestError(str(error), code=BROKEN)
    if isinstance(error, RecursionError | MemoryError):
        return RequestError("the code is nested too deeply to be rewritten", code=BROKEN)
    traceback.print_exception(error)
    return RequestError(repr(error), code=INTERNAL_ERROR)


if __name__ == "__main__":
    main()
