"""Previews of requests that the SDK would send; nothing is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.llm.anthropic.credentials import HIDDEN, hide, is_credential

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx2
    from anthropic import AsyncAnthropic


class Preview(NamedTuple):
    """A request.

    Attributes:
        method: The HTTP method.
        url: The address.
        headers: Names and values; credentials are hidden.
        content: The body, byte for byte.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes


async def preview(client: AsyncAnthropic, body: Mapping[str, Any]) -> Preview:
    """Create the request that a client would send.

    Args:
        client: The client with the settings; it needs no key.
        body: The arguments of a request to the Messages API.
    """
    import httpx2  # noqa: PLC0415 - slow to import, and already imported with the client

    caught: list[httpx2.Request] = []

    class Catcher(httpx2.AsyncClient):
        """Intercepts requests before the SDK fetches a credential for them."""

        async def send(self, request: httpx2.Request, **_: object) -> httpx2.Response:
            caught.append(request)
            return httpx2.Response(200, request=request)

    async with Catcher(transport=httpx2.AsyncBaseTransport()) as catcher:
        catching = client.copy(http_client=catcher)
        try:
            await _make(catching, body)
        except TypeError:
            # The SDK raises this if there is no key.
            catching.api_key = HIDDEN
            await _make(catching, body)
    (request,) = caught
    headers = tuple((name, _shown(name, value)) for name, value in request.headers.multi_items())
    return Preview(request.method, hide(str(request.url)), headers, request.content)


async def _make(client: AsyncAnthropic, body: Mapping[str, Any]) -> None:
    async with client.messages.stream(**body):
        pass


def _shown(name: str, value: str) -> str:
    """Return a header's value, with credentials hidden."""
    return HIDDEN if is_credential(name) else hide(value)
