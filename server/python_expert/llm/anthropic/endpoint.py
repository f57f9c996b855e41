"""One endpoint that supports the Messages API: requests and retries."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from random import SystemRandom
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from python_expert.llm.anthropic.credentials import HIDDEN, key_name, quote
from python_expert.llm.anthropic.faults import BAD_KEY, CUT, EndpointError, explain
from python_expert.llm.anthropic.models import list_models
from python_expert.llm.anthropic.network import unusable
from python_expert.llm.anthropic.preview import Preview, preview
from python_expert.llm.anthropic.sdk import Import
from python_expert.llm.provider import OfflineReason
from python_expert.llm.usage import Tally, Usage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    import httpx2
    from anthropic import AsyncAnthropic
    from anthropic.lib.streaming import AsyncMessageStream, AsyncMessageStreamManager

    from python_expert.llm.anthropic.models import Model
    from python_expert.llm.anthropic.sdk import Busy

T = TypeVar("T")

CONNECT_S = 10.0
"""The time limit for a connection in seconds."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 8.0
"""First and longest pause in seconds; pauses double, less a random part of up to a quarter."""

_RANDOM = SystemRandom()


class Reply(NamedTuple):
    """The answer of an endpoint.

    Attributes:
        text: All text of the answer.
        stop_reason: The reason for its end, as the Messages API spells it: ``end_turn`` if the
            model was done, ``max_tokens``, ``refusal``, …
        usage: The tokens of all attempts.
        model: The model that answered.
        attempts: The number of times that the request was sent.
        blocks: The number of blocks of the text.
        refusal: The endpoint's explanation of a refusal, or empty.
    """

    text: str
    stop_reason: str
    usage: Usage
    model: str
    attempts: int
    blocks: int
    refusal: str = ""


class Endpoint:
    """The connection to an endpoint; it is opened at the first request and kept.

    The keys are read from the environment by the SDK.
    """

    def __init__(self, base_url: str | None, timeout_s: float, retries: int) -> None:
        """Create the endpoint without connecting.

        Args:
            base_url: The endpoint's address; None for ANTHROPIC_BASE_URL, or else the service's.
            timeout_s: Seconds that one question may take, all attempts and pauses included.
            retries: The number of times that a failed request is repeated.
        """
        self._base_url = base_url
        self._timeout_s = timeout_s
        self._retries = retries
        self._opening: asyncio.Task[AsyncAnthropic] | None = None
        self._import = Import()

    async def ask(self, body: Mapping[str, Any], tally: Tally | None = None) -> Reply:
        """Send a question and wait for the whole answer.

        Args:
            body: The arguments of a request to the Messages API.
            tally: Counts the usage, even if there is no answer or the answer comes too late.

        Raises:
            EndpointError: There is no answer. The error contains the usage.
        """
        counted = tally or Tally()
        return await self._persist(
            lambda client: _receive(client.messages.stream(**body), counted),
            counted,
            model=str(body.get("model", "")),
            late="try again, choose a smaller part, or set llm.timeout-s higher",
        )

    async def models(self) -> tuple[Model, ...]:
        """Request the list of models; see `list_models`.

        Raises:
            EndpointError: There is no answer, or the endpoint does not list its models.
        """
        late = "try again, or set llm.timeout-s higher"
        return await self._persist(list_models, Tally(), model="", late=late)

    async def preview(self, body: Mapping[str, Any]) -> Preview:
        """Create the request that `ask` would send, without sending it.

        Raises:
            EndpointError: The endpoint's address is invalid.
        """
        try:
            client = await self._client()
        except EndpointError:
            # Invalid credentials would be hidden anyway.
            client = await asyncio.to_thread(self._make, HIDDEN)
        return await preview(client, body)

    def prepare(self, busy: Busy | None = None) -> None:
        """Create the SDK's client in a thread before it is needed; errors are not reported yet.

        Args:
            busy: Returns whether the import should pause; None if a user is waiting for the client.
        """
        if busy is None:
            self._import.wanted.set()
        if self._opening is None:
            self._open_in_thread(busy)

    async def stop(self) -> None:
        """Close all connections."""
        self._import.stop()
        opening, self._opening = self._opening, None
        if opening is not None:
            with contextlib.suppress(EndpointError, InterruptedError):
                client = await opening
                await client.close()

    async def _client(self) -> AsyncAnthropic:
        """Return the SDK's client, created once, even for concurrent requests."""
        self._import.wanted.set()
        opening = self._opening
        if opening is None or (opening.done() and opening.exception()):
            opening = self._open_in_thread(None)
        # Cancelling one request must not cancel the client's creation for the others.
        return await asyncio.shield(opening)

    def _open_in_thread(self, busy: Busy | None) -> asyncio.Task[AsyncAnthropic]:
        """Start to create the client: import the SDK for seconds, and read certificates."""
        self._opening = asyncio.create_task(asyncio.to_thread(self._open, busy))
        self._opening.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._opening

    def _open(self, busy: Busy | None) -> AsyncAnthropic:
        self._import.run(busy)
        client = self._make(None)
        key = client.api_key or client.auth_token or ""
        if key != key.strip() or not (key.isascii() and key.isprintable()):
            # The error is reported here, because a later error quotes the key.
            raise EndpointError(
                BAD_KEY.format(key_name()), final=True, reason=OfflineReason.WRONG_KEY
            )
        client.messages  # noqa: B018 - the attribute is imported on first use
        return client

    def _make(self, api_key: str | None) -> AsyncAnthropic:
        import anthropic  # noqa: PLC0415 - slow to import
        import httpx2  # noqa: PLC0415 - slow to import

        from python_expert.llm.anthropic.bounds import UNCOMPRESSED, bound  # noqa: PLC0415 - slow to import

        # Output of the SDK goes to the log only, or nowhere without a log.
        logging.getLogger("anthropic").addHandler(logging.NullHandler())
        timeout = httpx2.Timeout(self._timeout_s, connect=CONNECT_S)
        try:
            http_client = anthropic.DefaultAsyncHttpxClient(
                timeout=timeout,
                follow_redirects=False,  # a redirect could send the user's code anywhere
                event_hooks={"response": [bound]},
            )
        except (ImportError, OSError, ValueError, httpx2.InvalidURL) as error:
            raise EndpointError(unusable(error), final=True) from None
        try:
            return anthropic.AsyncAnthropic(
                api_key=api_key,
                base_url=self._base_url,
                timeout=timeout,
                max_retries=0,
                default_headers=UNCOMPRESSED,
                http_client=http_client,
            )
        except (anthropic.AnthropicError, httpx2.InvalidURL) as error:
            url = self._base_url or os.environ.get("ANTHROPIC_BASE_URL", "")
            raise explain(error, "", url) from None

    async def _persist(
        self, send: Callable[[AsyncAnthropic], Awaitable[T]], tally: Tally, *, model: str, late: str
    ) -> T:
        """Send a request until there is an answer, retrying is pointless, or the time is up.

        Args:
            send: Sends the request once.
            tally: Counts the attempts.
            model: The model that the request is for.
            late: Advice for the user if the time is too short.

        Raises:
            EndpointError: There is no answer.
        """
        client = await self._client()  # not part of the endpoint's time limit
        fault = EndpointError(f"there was no complete answer within {self._timeout_s:g} s; {late}")
        try:
            async with asyncio.timeout(self._timeout_s) as deadline:
                while True:
                    tally.attempts += 1
                    try:
                        return await send(client)
                    except Exception as error:  # noqa: BLE001 - endpoints send anything, and the
                        # SDK passes the resulting exceptions on.
                        said = explain(error, model, str(client.base_url))
                    await self._pause(said, tally.attempts, deadline.when() or 0.0)
        except TimeoutError:
            pass
        except EndpointError as error:
            fault = error
        fault.attempts, fault.usage = tally.attempts, tally.usage
        # Exceptions of the SDK may contain a key, so tracebacks must not include these exceptions.
        raise fault from None

    async def _pause(self, fault: EndpointError, attempts: int, deadline: float) -> None:
        """Wait until a retry makes sense; raise the error if it never does."""
        if not fault.passing or attempts > self._retries:
            raise fault
        longest = min(FIRST_PAUSE_S * 2 ** (attempts - 1), LONGEST_PAUSE_S)
        pause = fault.retry_after or longest * _RANDOM.uniform(0.75, 1.0)
        if asyncio.get_running_loop().time() + pause >= deadline:
            # Other requests need not be sent before that time either.
            fault.final = fault.final or fault.retry_after is not None
            raise fault
        await asyncio.sleep(pause)


async def _receive(request: AsyncMessageStreamManager[None], tally: Tally) -> Reply:
    """Read an answer to its end.

    Raises:
        EndpointError: The answer is not a stream of events, or it ends too early.
        Exception: Any exception of the SDK.
    """
    before, complete = tally.usage, False
    async with request as stream:
        _check_kind(stream.response)
        async for event in stream:
            if event.type in {"message_start", "message_delta"}:
                tally.usage = before.plus(_usage(stream))
            complete = complete or event.type == "message_stop"
    if not complete:
        raise EndpointError(CUT, passing=True)
    message = stream.current_message_snapshot
    texts = [block.text for block in message.content if block.type == "text"]
    details = message.stop_details
    return Reply(
        text="".join(texts),
        stop_reason=message.stop_reason or "",
        usage=tally.usage,
        model=message.model,
        attempts=tally.attempts,
        blocks=len(texts),
        refusal=quote((details.explanation or details.category or "") if details else ""),
    )


def _check_kind(response: httpx2.Response) -> None:
    """Reject a response that is not a stream of events, such as a web page."""
    kind = response.headers.get("content-type", "text/event-stream").partition(";")[0]
    if kind.strip().lower() != "text/event-stream":
        raise EndpointError(
            f"{quote(str(response.url))} answers with {quote(kind)} where the Messages API streams "
            "events; check ANTHROPIC_BASE_URL or llm.base-url, and whether a sign-in page stands "
            "before it",
            final=True,
        )


def _usage(stream: AsyncMessageStream[None]) -> Usage:
    """Return the tokens that an answer has used so far."""
    usage = stream.current_message_snapshot.usage
    return Usage(
        input=usage.input_tokens or 0,
        output=usage.output_tokens or 0,
        cache_read=usage.cache_read_input_tokens or 0,
        cache_write=usage.cache_creation_input_tokens or 0,
    )
