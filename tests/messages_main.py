"""The loopback Messages endpoint as a program, for tests in other languages.

    python -m tests.messages_main

prints one line of JSON, ``{"url": …, "key": …}``, for ANTHROPIC_BASE_URL and ANTHROPIC_API_KEY, and
then answers each line of JSON on standard input with one on standard output. It ends when the input
ends. These lines are understood:

``{"do": "answers", "answers": {definition: {…}}}``: from now on the model gives these answers, and
    an empty one for any other definition. A definition is named as in the code, ``greet`` or
    ``Shop.total``. The keys of an answer depend on the rewrite:
    docstrings ``{"summary": "Greet somebody.", "args": ["name: Whom to greet."],
    "returns": "The letters."}`` (further details, yields, and the lists raises and attributes);
    type hints ``{"types": ["name: str", "return: int"], "imports": ["from typing import Any"]}``;
    to async ``{"convert": true, "calls": ["1: asyncio.to_thread"]}``, for each blocking call by its
    number in the question the replacement that is chosen.
``{"do": "models", "models": {id: name}}``: the models that it lists.
``{"do": "script", "behaviour": "error", "status": 529, "kind": "overloaded_error",
    "message": "Overloaded", "times": 5}``: this number of the next requests fail in this way.
``{"do": "script", "behaviour": "hang", "times": 1}``: they are never answered.
``{"do": "requests"}``: answers ``{"count": …, "definitions": […]}``, the number of requests so far,
    and the definitions that the questions among them were about, in the order of their arrival.
``{"do": "wait_requests", "count": n}``: answers once this number of requests have arrived in all.
``{"do": "wait_closed", "count": 1}``: answers once clients have closed this number of connections
    before their answer was complete.

All other commands answer ``{"ok": true}``. The answer is ``{"ok": false}`` if a wait timed out, and
``{"error": …}`` if the line is not a valid command.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from tests.messages import KEY, MessagesServer, error, hang
from tests.model import asked_for, knows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.messages import Behaviour


def main() -> None:
    """Serve until standard input ends."""
    with MessagesServer() as server:
        _print_line({"url": server.url, "key": KEY})
        for line in sys.stdin:
            try:
                result = _execute(server, json.loads(line))
            except (KeyError, TypeError, ValueError) as fault:
                result = {"error": repr(fault)}
            _print_line(result)


def _execute(server: MessagesServer, command: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out a command, and return the answer."""
    done = True
    match command["do"]:
        case "answers":
            server.answer = knows(dict(command["answers"]))
        case "models":
            server.models = dict(command["models"])
        case "script":
            server.script(*[_behaviour(command)] * command.get("times", 1))
        case "requests":
            definitions = [asked_for(each) for each in server.requests if each.method == "POST"]
            return {"count": len(server.requests), "definitions": definitions}
        case "wait_requests":
            done = server.wait_requests(command["count"])
        case "wait_closed":
            done = server.wait_closed(count=command.get("count", 1))
        case unknown:
            raise ValueError(f"there is no command {unknown!r}")
    return {"ok": done}


def _behaviour(command: Mapping[str, Any]) -> Behaviour:
    match command["behaviour"]:
        case "error":
            return error(command["status"], command["kind"], command["message"])
        case "hang":
            return hang()
        case unknown:
            raise ValueError(f"there is no behaviour {unknown!r}")


def _print_line(message: Mapping[str, Any]) -> None:
    print(json.dumps(message), flush=True)  # noqa: T201 - the command's output


if __name__ == "__main__":
    main()
