"""Who proposes: a model where it may be asked, else the offline engine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from python_expert.privacy import withheld
from python_expert.providers.base import ProviderName

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.config import Settings

KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
"""The variables that the SDK reads a key from."""

NO_KEY = f"there is no key: set {KEYS[0]} in the environment that your editor starts from"


class Choice(NamedTuple):
    """Who is asked about a file.

    Attributes:
        provider: `anthropic` or `offline`.
        reason: Why, for people.
        hindrance: Why nothing may be sent although a model is wanted, or empty.
    """

    provider: ProviderName
    reason: str
    hindrance: str = ""


def choose(
    settings: Settings,
    path: Path | None,
    root: Path,
    wanted: ProviderName = ProviderName.AUTO,
) -> Choice:
    """Choose who is asked about a file. Reads files and runs git: not for the loop.

    Args:
        settings: The project's.
        path: The file, or None if it was never saved.
        root: The project's folder.
        wanted: Whom the user has named just now; `auto` leaves it to the settings.
    """
    name = settings.llm.provider if wanted is ProviderName.AUTO else wanted
    if name is ProviderName.OFFLINE:
        return Choice(name, "it is what you chose")
    hindrance = _hindrance(settings, path, root)
    if name is ProviderName.ANTHROPIC:
        return Choice(name, "it is what you chose", hindrance)
    hindrance = hindrance or ("" if key_variable() else NO_KEY)
    if hindrance:
        return Choice(ProviderName.OFFLINE, hindrance)
    return Choice(ProviderName.ANTHROPIC, f"there is a key in {key_variable()}")


def key_variable() -> str:
    """The variable that holds the key, or an empty string."""
    return next((name for name in KEYS if os.environ.get(name)), "")


def forbidden(settings: Settings) -> str:
    """Why nothing of a project may be sent, or an empty string."""
    if not settings.privacy.network:
        return "the network is off: privacy.network is false in your settings or in the project"
    if not settings.trusted:
        return "the folder is not trusted, so nothing of it is sent; trust it in your editor first"
    return ""


def unlisted(settings: Settings) -> str:
    """Why the endpoint is not even to be asked for its models, or an empty string."""
    if why := forbidden(settings):
        return why
    provider = settings.llm.provider
    if provider is ProviderName.OFFLINE:
        return "no model is asked, as llm.provider is 'offline'; set it to 'auto' first"
    return NO_KEY if provider is ProviderName.AUTO and not key_variable() else ""


def _hindrance(settings: Settings, path: Path | None, root: Path) -> str:
    """Why nothing of a file may be sent, or an empty string."""
    if why := forbidden(settings):
        return why
    why = withheld(path, root, settings.privacy.ignore)
    return f"nothing of this file is sent: {why}" if why else ""
