"""The provider that uses Claude, or any model behind an endpoint with the Messages API."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from python_expert.actions.base import Unanswered
from python_expert.actions.questions.forms import AnswerError, Call, Question
from python_expert.actions.questions.prompts import correction
from python_expert.actions.questions.tokens import tokens
from python_expert.analysis.error_recovery import UnreadableError
from python_expert.config.settings import ProviderName
from python_expert.llm.anthropic.answers import facts_of
from python_expert.llm.anthropic.credentials import hide
from python_expert.llm.anthropic.faults import EndpointError
from python_expert.llm.anthropic.payload import describe_payload
from python_expert.llm.anthropic.prices import cache_minimum, cost_of, describe
from python_expert.llm.anthropic.screening import credential_in, placeholder_in
from python_expert.llm.provider import Provider, ProviderError
from python_expert.llm.usage import Bill, Tally
from python_expert.processes.command import ToolError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from python_expert.actions.base import Action, Options
    from python_expert.config.settings import LlmSettings
    from python_expert.llm.anthropic.endpoint import Endpoint, Reply
    from python_expert.llm.anthropic.preview import Preview
    from python_expert.llm.provider import Ask, Preparation
    from python_expert.llm.usage import Meter

LONGEST_ANSWER = 8_192
"""The maximum number of tokens of one answer, including the model's thinking."""


@dataclass
class _Conversation:
    """The conversation about one definition.

    Attributes:
        question: The first question.
        turns: The question's text, then alternately answers and corrections.
    """

    question: Question
    turns: list[dict[str, str]] = field(default_factory=list)

    def add(self, role: str, text: str) -> None:
        """Add a turn."""
        self.turns.append({"role": role, "content": text})


class Claude(Provider):
    """Asks a model for facts, one request for each definition, for one rewrite.

    Args:
        preparation: Makes the questions.
        endpoint: The endpoint that answers.
        meter: Counts the session's tokens.
        settings: Model, budget and so on.
        obstacle: Returns why nothing may be sent, or an empty string. It is called before each
            request.
    """

    name = ProviderName.ANTHROPIC

    def __init__(
        self,
        preparation: Preparation,
        endpoint: Endpoint,
        meter: Meter,
        settings: LlmSettings,
        obstacle: Callable[[], str],
    ) -> None:
        self.repair_attempts = settings.repair_attempts
        self.bill: Bill = Bill(settings.model, prices=describe(settings.model, settings.prices))
        self._preparation = preparation
        self._endpoint = endpoint
        self._meter = meter
        self._settings = settings
        self._obstacle = obstacle
        self._brief = ""
        self._conversations: dict[str, _Conversation] = {}
        self._secrets: dict[str, str] = {}
        self._over: EndpointError | None = None

    async def propose(self, ask: Ask) -> AsyncIterator[tuple[str, Any]]:
        """Propose facts; see `Provider.propose`."""
        if obstacle := self._obstacle():
            raise ProviderError(obstacle)
        emitted: asyncio.Queue[tuple[str, Any] | None] = asyncio.Queue()
        work = asyncio.create_task(self._ask_all(ask, emitted.put_nowait))
        work.add_done_callback(lambda _work: emitted.put_nowait(None))
        try:
            while (item := await emitted.get()) is not None:
                yield item
            await work
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    async def payload(self, ask: Ask) -> str:
        """Return the data that would be sent, byte for byte; see `Provider.payload`."""
        if obstacle := self._obstacle():
            raise ProviderError(f"nothing would be sent: {obstacle}")
        previews: list[tuple[str, Preview]] = []
        unasked: dict[str, Unanswered] = {}
        async for conversation in self._questions(ask, lambda item: unasked.update([item])):
            preview = await self._endpoint.preview(self._body(ask.action, conversation))
            previews.append((conversation.question.key, preview))
        text = describe_payload(
            previews, repair_attempts=self.repair_attempts, redacted=len(self._secrets)
        )
        return text + "".join(f"\nNot asked: `{key}`: {why}\n" for key, (why,) in unasked.items())

    async def _ask_all(self, ask: Ask, emit: Callable[[tuple[str, Any]], None]) -> None:
        """Ask about each definition, several at a time, until no more answers can arrive."""
        conversations = self._corrections(ask) if ask.faults else self._questions(ask, emit)
        free = asyncio.Semaphore(self._settings.concurrency)
        tasks: list[asyncio.Task[None]] = []

        async def answer(conversation: _Conversation) -> None:
            try:
                emit((conversation.question.key, await self._answer(ask.action, conversation)))
            except EndpointError as error:
                if error.final:
                    self._over = error
                else:
                    emit((conversation.question.key, Unanswered(str(error))))
            finally:
                free.release()

        try:
            async for conversation in conversations:
                await free.acquire()
                if self._over:
                    break
                tasks.append(asyncio.create_task(answer(conversation)))
            if tasks and not ask.faults:
                tasks.append(asyncio.create_task(self._warm(ask)))
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if self._over:
            raise self._over

    async def _warm(self, ask: Ask) -> None:
        """Prepare while waiting for an answer; errors are reported when the result is needed."""
        with contextlib.suppress(ToolError, UnreadableError):
            await self._preparation.warm(ask.action, ask.text, ask.keys, ask.options)

    async def _questions(
        self, ask: Ask, emit: Callable[[tuple[str, Any]], None]
    ) -> AsyncIterator[_Conversation]:
        """Yield the first questions; report the definitions without a question."""
        questions = self._preparation.questions(ask.action, ask.text, ask.keys, ask.options)
        async for key, question in questions:
            if reason := question.get("reason"):
                emit((key, Unanswered(reason)))
                continue
            self._hide(question["secrets"])
            if not key:
                self._brief = question["text"]
                continue
            calls = tuple(Call(line, at, tuple(offers)) for line, at, offers in question["calls"])
            asked = Question(key, question["text"], calls, is_class=question["is_class"])
            conversation = self._conversations[key] = _Conversation(asked)
            conversation.add("user", asked.text)
            yield conversation

    async def _corrections(self, ask: Ask) -> AsyncIterator[_Conversation]:
        """Yield the corrections for answers in which the checks found problems."""
        known = {key: said for key, said in ask.faults.items() if key in self._conversations}
        texts = await self._redacted([correction(said) for said in known.values()], ask.options)
        for key, text in zip(known, texts, strict=True):
            conversation = self._conversations[key]
            if conversation.turns[-1]["role"] == "assistant":
                conversation.add("user", text)
                yield conversation

    async def _redacted(self, texts: list[str], options: Options) -> list[str]:
        found, secrets = await self._preparation.redact(texts, self._secrets, options)
        self._hide(secrets)
        return found

    def _hide(self, secrets: Mapping[str, str]) -> None:
        self._secrets.update(secrets)
        self.bill.redacted = len(self._secrets)

    async def _answer(self, action: Action, conversation: _Conversation) -> Any:  # noqa: ANN401 - facts are JSON
        """Return the facts about one definition, or the reason why there are none."""
        said = ""
        for _ in range(2 if self.repair_attempts else 1):
            if said:
                conversation.add("user", correction([said]))
            reply = await self._send(self._body(action, conversation), self._size(conversation))
            if why := _unusable(reply, self._settings.model):
                return Unanswered(why)
            facts = None
            try:
                facts = facts_of(action, conversation.question, reply.text, reply.blocks)
            except AnswerError as error:
                said = hide(str(error))
            # A credential must not even be sent back with a correction.
            shown = conversation.question.text if action.quotes else ""
            if why := credential_in([facts, reply.text], shown):
                return Unanswered(why)
            if facts is None and not reply.text.strip():
                break  # there is nothing to correct
            conversation.add("assistant", reply.text)
            if facts is not None:
                said = placeholder_in(facts, conversation.question.text, self._secrets)
                if not said:
                    return facts
        return Unanswered(said)

    async def _send(self, body: Mapping[str, Any], size: int) -> Reply:
        """Send a request to the endpoint, within the session's budget.

        Raises:
            EndpointError: The endpoint does not answer or may no longer be used, or the budget is
                spent.
        """
        if obstacle := self._obstacle():
            raise EndpointError(obstacle, final=True)
        budget, reserved = self._settings.session_token_budget, size + LONGEST_ANSWER
        if not self._meter.fits(reserved, budget):
            raise EndpointError(
                f"the budget of {budget:,} tokens for this session is spent: {self._meter.spent:,} "
                f"are used, and an answer may take {LONGEST_ANSWER:,}; raise "
                "llm.session-token-budget, or restart the server",
                final=True,
            )
        self._meter.reserve(reserved)
        tally = Tally()
        try:
            return await self._endpoint.ask(body, tally)
        finally:
            self._meter.settle(reserved, tally.usage, self._settings.model)
            self.bill.requests += tally.attempts
            self.bill.usage = self.bill.usage.plus(tally.usage)
            self.bill.cost = cost_of(self.bill.model, self.bill.usage, self._settings.prices)

    def _size(self, conversation: _Conversation) -> int:
        """Return the estimated number of tokens of a request."""
        return tokens(self._brief) + sum(tokens(turn["content"]) for turn in conversation.turns)

    def _body(self, action: Action, conversation: _Conversation) -> dict[str, Any]:
        """Return a request; the part that all definitions of a file share comes first."""
        system: dict[str, Any] = {"type": "text", "text": self._brief}
        if tokens(self._brief) >= cache_minimum(self._settings.model):
            system["cache_control"] = {"type": "ephemeral"}
        output: dict[str, Any] = {"format": {"type": "json_schema", "schema": action.form}}
        if self._settings.effort != "auto":
            output["effort"] = self._settings.effort
        return {
            "model": self._settings.model,
            "max_tokens": LONGEST_ANSWER,
            "system": [system],
            "messages": list(conversation.turns),
            "output_config": output,
        }


def _unusable(reply: Reply, model: str) -> str:
    """Return why a reply is unusable, or an empty string."""
    match reply.stop_reason:
        case "max_tokens":
            return f"the answer was cut off after {reply.usage.output:,} tokens; try a smaller part"
        case "model_context_window_exceeded":
            return f"the code is too long for {model}; try a smaller part"
        case "refusal":
            why = f": {reply.refusal}" if reply.refusal else ""
            return f"{model} declined to answer{why}"
        case _:
            return ""
