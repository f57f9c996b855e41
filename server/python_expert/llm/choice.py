"""The choice of the provider: a model if one may be used, otherwise the offline engine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from python_expert.config.settings import ProviderName
from python_expert.llm.provider import OfflineReason
from python_expert.privacy.files import withheld

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.config.settings import Settings

KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
"""The environment variables from which the SDK reads a key."""

NO_KEY = f"there is no key: set {KEYS[0]} in the environment of your editor or shell"


class Choice(NamedTuple):
    """The provider for a file.

    Attributes:
        provider: `anthropic` or `offline`.
        reason: The reason, as a message.
        obstacle: Why nothing may be sent although the user wants a model, or empty.
        unasked: Why no model is used, for clients; None if a model is used.
    """

    provider: ProviderName
    reason: str
    obstacle: str = ""
    unasked: OfflineReason | None = None


class OfflineCause(NamedTuple):
    """Why no model is used, as a value for clients and as a message."""

    reason: OfflineReason
    words: str


def choose(
    settings: Settings,
    path: Path | None,
    root: Path,
    wanted: ProviderName = ProviderName.AUTO,
) -> Choice:
    """Choose the provider for a file.

    Reads files and runs git, so do not call it on the event loop.

    Args:
        settings: The project's settings.
        path: The file, or None if it was never saved.
        root: The project's folder.
        wanted: The provider that the user has just requested; `auto` uses the settings.
    """
    name = settings.llm.provider if wanted is ProviderName.AUTO else wanted
    if name is ProviderName.OFFLINE:
        return Choice(name, "it is what you chose", unasked=OfflineReason.CHOSEN)
    why = _obstacle(settings, path, root)
    if name is ProviderName.ANTHROPIC:
        chosen = Choice(name, "it is what you chose")
        return chosen._replace(obstacle=why.words, unasked=why.reason) if why else chosen
    why = why or _keyless()
    if why:
        return Choice(ProviderName.OFFLINE, why.words, unasked=why.reason)
    return Choice(ProviderName.ANTHROPIC, f"there is a key in {key_variable()}")


def key_variable() -> str:
    """Return the environment variable that holds the key, or ""."""
    return next((name for name in KEYS if os.environ.get(name)), "")


def forbidden(settings: Settings) -> OfflineCause | None:
    """Return why nothing of a project may be sent, or None."""
    if not settings.privacy.network:
        words = (
            "the network is off: privacy.network is false in your settings or in the project, "
            "or one of these is not valid"
        )
        return OfflineCause(OfflineReason.NETWORK, words)
    if not settings.trusted:
        words = "the folder is not trusted, so nothing of it is sent; trust it in your editor first"
        return OfflineCause(OfflineReason.UNTRUSTED, words)
    return None


def why_not_listed(settings: Settings) -> OfflineCause | None:
    """Return why the endpoint may not even be asked for its models, or None."""
    if why := forbidden(settings):
        return why
    provider = settings.llm.provider
    if provider is ProviderName.OFFLINE:
        words = "no model is asked because llm.provider is 'offline'; set it to 'auto' first"
        return OfflineCause(OfflineReason.CHOSEN, words)
    return _keyless() if provider is ProviderName.AUTO else None


def _keyless() -> OfflineCause | None:
    return None if key_variable() else OfflineCause(OfflineReason.NO_KEY, NO_KEY)


def _obstacle(settings: Settings, path: Path | None, root: Path) -> OfflineCause | None:
    """Return why nothing of a file may be sent, or None."""
    if why := forbidden(settings):
        return why
    words = withheld(path, root, settings.privacy.ignore)
    return (
        OfflineCause(OfflineReason.WITHHELD, f"nothing of this file is sent: {words}")
        if words
        else None
    )
