"""Keeps credentials out of messages and logs."""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from python_expert.privacy.formats import UNMISTAKABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

HIDDEN = "(hidden)"
"""The replacement for a credential."""

LONGEST = 200
"""The most characters that are shown of a text from an external source."""

_NAME = re.compile(r"auth|key|token|secret|cookie|password|credential", re.IGNORECASE)
_VALUE = re.compile(
    r"sk-ant-[\w-]+|(?<=://)[^/@\s]+(?=@)|\b(?:Bearer|Basic)\s+[^\s'\",]+", re.IGNORECASE
)

_RANDOM = re.compile(r"(?=.*\d)(?=.*[a-z])[\w.+/=-]{20,}", re.IGNORECASE)


def is_credential(name: str) -> bool:
    """Return whether a header or environment variable holds a credential, by its name."""
    return _NAME.search(name) is not None


def hide(text: str) -> str:
    """Return a text with `HIDDEN` in place of credentials.

    These are the environment's credentials and texts that look like a credential.
    """
    for secret in sorted(in_environment(), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return UNMISTAKABLE.sub(HIDDEN, _VALUE.sub(HIDDEN, text))


def quote(text: str) -> str:
    """Return a text as a short line for display, without credentials or control characters."""
    text = "".join(each if each.isprintable() else " " for each in hide(text))
    text = " ".join(text.split()).rstrip(".")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def key_name() -> str:
    """Return the name of the environment variable with the key that the SDK uses."""
    names = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
    return next((name for name in names if os.environ.get(name)), "your profile")


def in_environment() -> Iterator[str]:
    """Yield the credentials for endpoints and proxies in the environment."""
    for name, value in os.environ.items():
        if name == "ANTHROPIC_CUSTOM_HEADERS":
            pairs = [line.partition(":") for line in value.splitlines()]
            found = [
                text
                for header, _, text in pairs
                if is_credential(header) or _RANDOM.fullmatch(text.strip())
            ]
        elif name.startswith("ANTHROPIC_") and is_credential(name):
            found = [value, *value.split()]
        elif name.lower().endswith("_proxy") or name == "ANTHROPIC_BASE_URL":
            found = [_password(value)]
        else:
            continue
        yield from (text.strip() for text in found if text.strip())


def _password(url: str) -> str:
    with contextlib.suppress(ValueError):
        return urlsplit(url).password or ""
    return ""
