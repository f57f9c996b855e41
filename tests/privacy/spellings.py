"""The corpus of spellings, and what a request about a function named ``target`` would contain."""

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
"""The corpora: each was held out until the rules had been measured with it; the last still is."""


class Case(NamedTuple):
    """A module with a function named ``target``.

    Attributes:
        id: Its name.
        code: The module.
        words: Of secrets what none of may be sent, of innocent text what is to stay.
    """

    id: str
    code: str
    words: tuple[str, ...]


def cases(corpus: str, kind: str) -> list[Case]:
    """The cases of a file of a corpus.

    Args:
        corpus: One of `CORPORA`.
        kind: ``secrets`` or ``innocent``.
    """
    path = FOLDER / corpus / f"{kind}.toml"
    found = tomllib.loads(path.read_text("utf-8"))["case"]
    words = {"secrets": "secret", "innocent": "keep"}[kind]
    return [Case(each["id"], each["code"].lstrip("\n"), tuple(each[words])) for each in found]


def leaked(case: Case) -> tuple[str, ...]:
    """The secrets of a case that would be sent, whatever is asked about it.

    Raises:
        ValueError: Nothing is ever asked about it, so that it shows nothing.
    """
    texts = [_sent(case.code, action) for action in ACTIONS]
    if not any(texts):
        raise ValueError(case.id)
    return tuple(word for word in case.words if any(word in text for text in texts))


def lost(case: Case) -> tuple[str, ...]:
    """The words of a case that would be sent without the filter, and are not with it."""
    return tuple(
        word
        for action in ACTIONS
        for word in case.words
        if word in _sent(case.code, action, redact=False) and word not in _sent(case.code, action)
    )


def _sent(code: str, action: Action, *, redact: bool = True) -> str:
    """All that a model would read that is asked about ``target``; empty where it is not asked."""
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
