"""The client of the worker process in which texts are rewritten and judged."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_expert.actions.attribution import Attribution
from python_expert.actions.base import Skipped, Target
from python_expert.actions.callers import UsesElsewhere
from python_expert.analysis.elsewhere import Converted
from python_expert.analysis.error_recovery import UnreadableError
from python_expert.gate.judgement import Baseline
from python_expert.gate.verdict import Reason
from python_expert.pipeline.serialization import (
    BROKEN,
    pack_options,
    read_arguments,
    read_edits,
    read_range,
)
from python_expert.pipeline.written import Written, read_written
from python_expert.processes.child import Child
from python_expert.processes.command import Command, ToolCrashError, ToolError
from python_expert.processes.jsonrpc import RpcError
from python_expert.tools.newer_syntax import Unreadable, unreadable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from python_expert.actions.attribution import Fault
    from python_expert.actions.base import Action, Options
    from python_expert.analysis.call_arguments import CallArguments
    from python_expert.text.document import Range

DEADLINE_S = 300.0
"""Seconds for one request; the inference for a whole buffer of 10,000 lines is the longest."""

PROGRAM: tuple[str, ...] = (sys.executable, "-m", "python_expert.pipeline.worker")
"""The command that starts the process; programs with more actions set another command."""


class Worker:
    """The worker process for rewrites, started when it is first needed."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._inboxes: dict[int, asyncio.Queue[tuple[str, Any] | None]] = {}
        self._stopping: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._child = self._make()

    async def targets(
        self,
        action: Action,
        text: str,
        where: Range | None,
        options: Options,
        names: Sequence[str] = (),
    ) -> tuple[list[Target], list[Skipped]]:
        """Return the definitions that can be changed, by place or by name; see `Action.targets`."""
        params = {"action": action.name, "text": text, "where": where, "names": list(names)}
        answer = await self._ask("targets", params | {"options": pack_options(options)})
        targets = [Target(key, read_range(where)) for key, where in answer["targets"]]
        return targets, [Skipped(*each) for each in answer["left"]]

    async def like(self, text: str, name: str) -> list[str]:
        """Return definitions that an unknown name may mean; see `pipeline.named`."""
        return list((await self._ask("like", {"text": text, "name": name}))["names"])

    async def fault(self, text: str) -> Unreadable | None:
        """Return why a text, or a part of it, does not parse; None if all of it does."""
        try:
            answer = await self._ask("broken", {"text": text})
        except UnreadableError as error:
            return Unreadable(0, str(error), is_error=True)
        if not answer:
            return None
        line, message = answer["line"], answer["message"]
        broken = Unreadable(line, f"the code does not parse: {message}", is_error=True)
        return await unreadable(text, line, message) or broken

    async def types_wanted(self, action: Action, text: str, options: Options) -> str | None:
        """Return the text whose types a type checker should report before facts are proposed."""
        if action.types_wanted is None:
            return None
        params = {"action": action.name, "text": text, "options": pack_options(options)}
        wanted: str | None = (await self._ask("types_wanted", params))["text"]
        return wanted

    def propose(
        self, action: Action, text: str, keys: Sequence[str], options: Options
    ) -> AsyncIterator[tuple[str, Any]]:
        """Yield the facts that the offline engine proposes."""
        return self._stream("propose", action, text, keys, options)

    def questions(
        self, action: Action, text: str, keys: Sequence[str], options: Options
    ) -> AsyncIterator[tuple[str, Any]]:
        """Yield the question about each definition; first, with an empty key, about the file.

        Secrets are replaced, unless the options disable that.

        Yields:
            A key with {text, calls, secrets} or {reason}; see `questions` in `pipeline.service`.
        """
        return self._stream("questions", action, text, keys, options)

    async def redact(
        self, texts: Sequence[str], secrets: Mapping[str, str], options: Options
    ) -> tuple[list[str], dict[str, str]]:
        """Replace secrets in more texts.

        Args:
            texts: The texts that will be sent.
            secrets: Earlier replacements: each secret by its placeholder.
            options: The context of the rewrite.

        Returns:
            The texts without secrets, and all replacements.
        """
        params = {"texts": list(texts), "secrets": secrets, "options": pack_options(options)}
        answer = await self._ask("redact", params)
        return answer["texts"], answer["secrets"]

    async def apply(
        self, action: Action, text: str, facts: Mapping[str, Any], options: Options
    ) -> Written:
        """Write facts into the text and judge the structure of the result."""
        params = {"action": action.name, "text": text, "facts": facts}
        return read_written(await self._ask("apply", params | {"options": pack_options(options)}))

    async def prove(self, action: Action, before: str, after: str, options: Options) -> Written:
        """Judge the structure of an edit from any source."""
        params = {"action": action.name, "before": before, "after": after}
        return read_written(await self._ask("prove", params | {"options": pack_options(options)}))

    async def baseline(self, action: Action, written: Written) -> Baseline:
        """Return the text whose findings a candidate's findings are compared with."""
        params = {"action": action.name, "before": written.code, "after": written.after}
        answer = await self._ask("baseline", params)
        return Baseline(answer["baseline"], read_edits(answer["steps"]))

    async def reduce(
        self,
        action: Action,
        after: str,
        facts: Mapping[str, Any],
        faults: Sequence[Fault],
        left: int,
    ) -> Attribution:
        """Remove the facts that have caused new findings; see `Action.attribute`."""
        texts = list(dict.fromkeys(each.text for each in faults))  # each text is sent once
        params = {
            "action": action.name,
            "after": after,
            "facts": facts,
            "faults": [(*each[:4], texts.index(each.text), each.at) for each in faults],
            "texts": texts,
            "left": left,
        }
        answer = await self._ask("reduce", params)
        causes = {key: tuple(each) for key, each in answer["causes"].items()}
        places = tuple((key, what) for key, what in answer["contradicted"])
        return Attribution(answer["facts"], causes, places)

    async def same(self, before: str, after: str, keys: Sequence[str]) -> set[str]:
        """Return the keys of the definitions that are equal in two texts."""
        params = {"before": before, "after": after, "keys": list(keys)}
        return set((await self._ask("same", params))["keys"])

    async def elsewhere(
        self, action: Action, text: str, keys: Sequence[str], options: Options
    ) -> tuple[Reason, ...]:
        """Return what the change breaks in other files; see `Action.elsewhere`."""
        if action.elsewhere is None:
            return ()
        params = {"action": action.name, "text": text, "keys": list(keys)}
        answer = await self._ask("elsewhere", params | {"options": pack_options(options)})
        return tuple(Reason(*each) for each in answer["reasons"])

    async def converted(
        self, action: Action, before: str, after: str, options: Options
    ) -> tuple[Converted, ...]:
        """Return the definitions that an edit converts; see `CallersElsewhere.converted`."""
        params = {"action": action.name, "before": before, "after": after}
        answer = await self._ask("converted", params | {"options": pack_options(options)})
        return tuple(Converted(*each) for each in answer["converted"])

    async def uses(self, action: Action, text: str, options: Options) -> UsesElsewhere:
        """Return how a text uses converted definitions of others; see `CallersElsewhere.uses`."""
        params = {"action": action.name, "text": text, "options": pack_options(options)}
        answer = await self._ask("uses", params)
        doubts = tuple(Reason(*each) for each in answer["doubts"])
        reexported = tuple(Converted(*each) for each in answer["reexported"])
        return UsesElsewhere(answer["facts"], answer["total"], doubts, reexported)

    async def called_functions(
        self, action: Action, text: str, options: Options
    ) -> list[Converted]:
        """Return definitions whose calls in other files are needed; see `ArgumentsElsewhere`."""
        if action.arguments is None:
            return []
        params = {"action": action.name, "text": text, "options": pack_options(options)}
        return [
            Converted(*each)
            for each in (await self._ask("called_functions", params))["called_functions"]
        ]

    async def given(
        self, action: Action, text: str, options: Options
    ) -> tuple[list[CallArguments], list[Converted]]:
        """Return a text's arguments for calls, and its re-exports; see `ArgumentsElsewhere`."""
        params = {"action": action.name, "text": text, "options": pack_options(options)}
        answer = await self._ask("given", params)
        reexported = [Converted(*each) for each in answer["reexported"]]
        return [read_arguments(each) for each in answer["given"]], reexported

    async def warm(self, action: Action, text: str, keys: Sequence[str], options: Options) -> None:
        """Let the process prepare for facts about some definitions while a model works on them."""
        params = {"action": action.name, "text": text, "keys": list(keys)}
        await self._ask("warm", params | {"options": pack_options(options)})

    async def stop(self) -> None:
        """Stop the process."""
        await asyncio.gather(self._child.stop(), *self._stopping)

    async def _stream(
        self, method: str, action: Action, text: str, keys: Sequence[str], options: Options
    ) -> AsyncIterator[tuple[str, Any]]:
        """Yield the process's result for each definition."""
        number = next(self._numbers)
        inbox = self._inboxes[number] = asyncio.Queue()
        params = {
            "action": action.name,
            "text": text,
            "keys": list(keys),
            "options": pack_options(options),
            "request": number,
        }
        asking = asyncio.create_task(self._ask(method, params))
        asking.add_done_callback(lambda _task: inbox.put_nowait(None))
        try:
            while (item := await inbox.get()) is not None:
                yield item
            await asking
        finally:
            del self._inboxes[number]
            if not asking.done():
                asking.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await asking

    async def _ask(self, method: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """Send a request; if the caller is cancelled, stop the process.

        Raises:
            UnreadableError: The text does not parse.
            ToolError: The process died, did not answer in time, or had an internal error.
        """
        child = self._child
        self._waiting += 1
        try:
            answer = await child.request(method, params)
            with child.reading():
                return dict(answer)
        except asyncio.CancelledError:
            if self._child is child and self._waiting == 1:  # no other request is waiting
                self._child = self._make()
                task = asyncio.create_task(child.stop())
                self._stopping.add(task)
                task.add_done_callback(self._stopping.discard)
            raise
        except ToolCrashError as error:
            raise ToolCrashError(f"the rewrites' process failed: {error}") from error
        except RpcError as error:
            if error.code == BROKEN:
                raise UnreadableError(str(error)) from error
            raise ToolError(f"an internal error of Python Expert: {error}") from error
        finally:
            self._waiting -= 1

    def _make(self) -> Child:
        return Child(
            "rewrites",
            Command(PROGRAM, Path(__file__).parent, {"PYTHONSAFEPATH": "1"}),
            deadline_s=DEADLINE_S,
            on_notification=self._notified,
        )

    def _notified(self, method: str, params: Any) -> None:  # noqa: ANN401 - JSON is untyped
        inbox = self._inboxes.get(params["request"]) if method == "item" else None
        if inbox is not None:
            inbox.put_nowait((params["key"], params["value"]))
