"""Checks of answers for credentials and placeholders of secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from python_expert.llm.anthropic.credentials import in_environment
from python_expert.privacy.formats import UNMISTAKABLE, key_blocks
from python_expert.privacy.shapes import looks_generated

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

OWN = "the model's answer has a credential of your environment in it; nothing of it was used"
NOT_IN_CODE = (
    "the model's answer has a secret in it that your code does not have there; nothing of it was "
    "used"
)
STANDS_FOR = (
    "the model's answer names a secret that was replaced before sending, by the word that stands "
    "for it ({}); secrets are not written into docstrings or types"
)

_PLACEHOLDER = re.compile(r"REDACTED_\d+_VALUE")
_SHORTEST = 12
_SPACE = re.compile(r"\s+")


def credential_in(facts: object, question: str) -> str:
    """Return why facts cannot be used because of a credential in them, or an empty string.

    Args:
        facts: Plain JSON, with the placeholders that were shown to the model.
        question: The question; the facts may repeat text from it, but only from code.
    """
    texts = list(_texts(facts))
    # Words are wrapped and indented before they are written, so spaces are ignored.
    texts += [_SPACE.sub("", text) for text in texts]
    keys = [key for key in set(in_environment()) if _is_secret(key)]
    if any(key in text for key in keys for text in texts):
        return OWN
    found = [match[0] for text in texts for match in UNMISTAKABLE.finditer(text)]
    found += [text[slice(*span)] for text in texts for span in key_blocks(text)]
    return NOT_IN_CODE if any(each not in question for each in found) else ""


def placeholder_in(facts: object, question: str, secrets: Collection[str]) -> str:
    """Return why facts cannot be used because they contain a secret's placeholder, or "".

    Args:
        facts: Plain JSON, with the placeholders that were shown to the model.
        question: The question.
        secrets: The placeholders of secrets.
    """
    for text in _texts(facts):
        for match in _PLACEHOLDER.finditer(text):
            if match[0] in secrets or match[0] not in question:
                return STANDS_FOR.format(match[0])
    return ""


def _is_secret(key: str) -> bool:
    """Return whether a key is a real one; users may set any word if an endpoint needs none."""
    return len(key) >= _SHORTEST and (looks_generated(key) or len(set(key)) >= _SHORTEST)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from (str(key), *_texts(each))
