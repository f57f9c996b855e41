"""The loopback Messages endpoint as a program, for tests in other languages.

    python -m tests.messages_main

prints one line of JSON, ``{"url": …, "key": …}``, for ANTHROPIC_BASE_URL and ANTHROPIC_API_KEY, and
then answers each line of JSON on standard input with one on standard output. It ends when the input
ends. These lines are understood:

``{"do": "answers", "answers": {definition: {…}}}``: from now on the model knows these answers, and
    of any other definition nothing. A definition is named as in the code, ``greet`` or
    ``Shop.total``. What an answer may have depends on the rewrite:
    docstrings ``{"summary": "Greet somebody.", "args": ["name: Whom to greet."],
    "returns": "The letters."}`` (further details, yields, and the lists raises and attributes);
    type hints ``{"types": ["name: str", "return: int"], "imports": ["from typing import Any"]}``;
    to async ``{"convert": true, "calls": ["1: asyncio.to_thread"]}``, for each blocking call by its
    number in the question the replacement that is chosen.
``{"do": "models", "models": {id: name}}``: the models that it lists.
``{"do": "script", "behaviour": "error", "status": 529, "kind": "overloaded_error",
    "message": "Overloaded", "times": 5}``: so many of the next requests fail in this way.
``{"do": "script", "behaviour": "hang", "times": 1}``: they are never answered.
``{"do": "requests"}``: answers ``{"count": …, "definitions": […]}``, how many requests have come,
    and what the questions among them were about, in the order of their arrival.
``{"do": "wait_requests", "count": n}``: answers once so many requests have come in all.
``{"do": "wait_closed", "count": 1}``: answers once clients have closed so many connections before
    their answer was complete.

The answer is ``{"ok": true}`` where nothing else is said; ``{"ok": false}`` where what was waited
for did not happen in time; ``{"error": …}`` where the line cannot be understood.
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
        _say({"url": server.url, "key": KEY})
        for line in sys.stdin:
            try:
                said = _obey(server, json.loads(line))
            except (KeyError, TypeError, ValueError) as fault:
                said = {"error": repr(fault)}
            _say(said)


def _obey(server: MessagesServer, command: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out a command; returns what is answered."""
    done = True
    match command["do"]:
        case "answers":
            server.answer = knows(dict(command["answers"]))
        case "models":
            server.models = dict(command["models"])
        case "script":
            server.script(*[_behaviour(command)] * command.get("times", 1))
        case "requests":
            asked = [asked_for(each) for each in server.requests if each.method == "POST"]
            return {"count": len(server.requests), "definitions": asked}
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


def _say(message: Mapping[str, Any]) -> None:
    print(json.dumps(message), flush=True)  # noqa: T201 - the command's output


if __name__ == "__main__":
    main()
