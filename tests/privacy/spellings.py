"""The corpora of spellings, and the content of a request about a function named ``target``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from python_expert.actions.base import Action, Options
from python_expert.actions.registry import ACTIONS
from python_expert.pipeline import service
from python_expert.pipeline.serialization import pack_options

FOLDER = Path(__file__).parent
CORPORA = ("tuned", "second", "third", "fourth", "fifth", "sixth", "seventh", "held_out")
"""The corpora. Each was held out until the rules were measured with it; the last still is."""


class Case(NamedTuple):
    """A module with a function named ``target``.

    Attributes:
        id: The case's name.
        code: The module.
        words: The secrets, which must not be sent, or the innocent words, which must stay.
    """

    id: str
    code: str
    words: tuple[str, ...]


def cases(corpus: str, kind: str) -> list[Case]:
    """Return the cases of a file of a corpus.

    Args:
        corpus: One of `CORPORA`.
        kind: ``secrets`` or ``innocent``.
    """
    path = FOLDER / corpus / f"{kind}.toml"
    found = tomllib.loads(path.read_text("utf-8"))["case"]
    words = {"secrets": "secret", "innocent": "keep"}[kind]
    return [Case(each["id"], each["code"].lstrip("\n"), tuple(each[words])) for each in found]


def leaked(case: Case) -> tuple[str, ...]:
    """Return the secrets of a case that any request about it would send.

    Raises:
        ValueError: No request is ever made about the case, so it cannot show anything.
    """
    texts = [_sent(case.code, action) for action in ACTIONS]
    if not any(texts):
        raise ValueError(case.id)
    return tuple(word for word in case.words if any(word in text for text in texts))


def lost(case: Case) -> tuple[str, ...]:
    """Return the words of a case that would be sent without the filter but are not sent with it."""
    return tuple(
        word
        for action in ACTIONS
        for word in case.words
        if word in _sent(case.code, action, redact=False) and word not in _sent(case.code, action)
    )


def _sent(code: str, action: Action, *, redact: bool = True) -> str:
    """Return all text of a request about ``target``, or an empty string if there is no request."""
    options = pack_options(Options(redact=redact))
    params: dict[str, Any] = {
        "action": action.name,
        "text": code,
        "where": None,
        "names": [],
        "options": options,
    }
    keys = [key for key, _ in service.targets(params)["targets"]]
    params["keys"] = [key for key in keys if key.rpartition(".")[2] == "target"]
    answers = {key: each["text"] for key, each in service.questions(params) if "text" in each}
    return "\n\n".join(answers.values()) if answers.keys() - {""} else ""
