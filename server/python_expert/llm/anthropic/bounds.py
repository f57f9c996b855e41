"""A limit for the size of responses; importing this module takes as long as importing the SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from python_expert.llm.anthropic.credentials import quote
from python_expert.llm.anthropic.faults import EndpointError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LONGEST_BYTES = 4 << 20
"""The most bytes of a response.

This is several times the size of the longest answer that may be requested, with one event for each
token.
"""

TOO_LONG = (
    f"the endpoint's answer is too long: it was stopped after {LONGEST_BYTES >> 20} MiB; try "
    "again, and if that does not help check ANTHROPIC_BASE_URL or llm.base-url"
)

UNCOMPRESSED = {"accept-encoding": "identity"}
"""The header that asks for uncompressed answers, whose size is that of the received data."""

COMPRESSED = (
    "the endpoint compresses its answer ({}) though it was asked not to, so that its length cannot "
    "be bounded; check ANTHROPIC_BASE_URL or llm.base-url, and what stands before it"
)


async def bound(response: httpx2.Response) -> None:
    """Make reading a response fail if the response is too long; used as an HTTP client's hook.

    Raises:
        EndpointError: The response is compressed, so it might be a thousand times longer than the
            data.
    """
    encoding = response.headers.get("content-encoding", "identity")
    if encoding.strip().lower() != "identity":
        raise EndpointError(COMPRESSED.format(quote(encoding)), final=True)
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Bounded(response.stream)


class _Bounded(httpx2.AsyncByteStream):
    """A stream that raises EndpointError if it is too long."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for chunk in self._stream:
            read += len(chunk)
            if read > LONGEST_BYTES:
                raise EndpointError(TOO_LONG)
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
