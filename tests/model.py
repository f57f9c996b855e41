"""A fake model for tests, with an answer written by hand for each definition."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.messages import reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.messages import Behaviour, Gate, Request


def asked_for(request: Request) -> str:
    """Return the definition that a request is about."""
    first = next(turn for turn in request.body["messages"] if turn["role"] == "user")
    found = re.search(r"^(?:Function|Class): `([^`]+)`", first["content"], re.MULTILINE)
    assert found, first["content"]
    return found[1]


def says(key: str, **answer: object) -> str:
    """Return an answer about a definition, as JSON."""
    return json.dumps({"function": key, **answer})


def knows(
    answers: Mapping[str, Mapping[str, Any]], *, before: float = 0.0, gate: Gate | None = None
) -> Callable[[Request], Behaviour]:
    """Return the behaviour of a model that has these answers, and an empty one for the rest.

    Args:
        answers: The answer to each definition.
        before: Seconds before each answer.
        gate: Holds back all answers.
    """

    def answer(request: Request) -> Behaviour:
        key = asked_for(request)
        return reply(says(key, **answers.get(key, {})), before=before, gate=gate)

    return answer
