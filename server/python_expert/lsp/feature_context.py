"""The context that all features of an editor's session share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import asyncio

    from python_expert.lsp.client import Client
    from python_expert.lsp.documents import Documents
    from python_expert.lsp.projects import Projects
    from python_expert.lsp.protocol import Protocol


class FeatureContext(NamedTuple):
    """The context that all features of an editor's session share.

    Attributes:
        protocol: The connection to the client.
        documents: The open documents.
        projects: The folders, with their settings and tools.
        client: The client's capabilities.
        ready: Set once the settings are known. Until then nothing may be run or sent.
    """

    protocol: Protocol
    documents: Documents
    projects: Projects
    client: Client
    ready: asyncio.Event
