"""The process in which texts are parsed, rewritten and judged, outside of the event loop.

Started with our own interpreter; speaks JSON-RPC 2.0 in LSP's framing on its standard streams.
It keeps nothing between two requests. These are understood; texts are whole documents, ranges and
edits are nested lists of 0-based numbers in code points:

``targets`` {action, text, where, options}: answers {targets: [[key, range]], left: [[key, why]]}.
``types_wanted`` {action, text, options}: answers {text}, whose types a type checker is asked for
    before ``propose``, or null; its answer goes into the options.
``propose`` {action, text, keys, options, request}: sends a notification ``item`` {request, key,
    value} for each definition as its facts are known, and answers {} at the end.
``questions`` {action, text, keys, options, request}: sends such notifications with what to ask a
    model, {text, calls, secrets} or {reason}; the first, with an empty key, is about the file.
``apply`` {action, text, facts, options}: answers {edits, changed, places, left, confirm, whole,
    code, after, steps, verdict}; places are those of the definitions changed, code and after are
    texts for the tools to check, before and after, and steps lead from one to the other.
``prove`` {action, before, after, options}: answers {edits, code, after, steps, verdict}.
``baseline`` {action, before, after}: answers {baseline, steps}, the text whose findings those of
    the one after are compared with, and how the one becomes the other.
``reduce`` {action, after, facts, faults, left}: answers {facts, causes, contradicted}; causes are,
    by key, the indexes of the faults for which a definition's facts are fewer or weaker.
``redact`` {texts, secrets, options}: answers {texts, secrets}.
``same`` {before, after, keys}: answers {keys}, those whose definitions are the same in both.
``warm`` {action, text, keys, options}: answers {} once what ``apply`` needs is worked out.
``elsewhere`` {action, text, keys, options}: answers {reasons}: what the definitions changed break
    in other files.
``converted`` {action, before, after, options}: answers {converted: [[path, name, why]]}: what an
    edit asks of other files.
``uses`` {action, text, options}: answers {facts, total, doubts}: how a text uses what the options
    say other files have converted, and what is to be written so that it does so rightly.
``called_functions`` {action, text, options}: answers {called_functions: [[path, name, why]]},
    the functions and classes whose calls in other files are needed.
``given`` {action, text, options}: answers {given: [[function, positional, named]], reexported}:
    the arguments that another text passes to these, which the options have as converted.
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
"""The nice value of rewrites, so that ruff and the editor go first on few cores."""

PAUSE_S = 0.05
"""Seconds without a request after which the modules of actions are imported."""

OBJECTS = 50_000
"""How many new objects there are before Python looks for garbage: trees have that many, and none of
it is garbage."""


def main() -> None:
    """Serve until the input ends."""
    connection = Connection(orjson.loads, partial(dumps, default=tuple))
    lower_priority(NICE)
    gc.set_threshold(OBJECTS)
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
    """A handler that sends each item as soon as it is available."""

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
