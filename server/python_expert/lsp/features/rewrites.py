"""The rewrites in the editor: commands, progress, messages and the report."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from python_expert.config.settings import ProviderName
from python_expert.lsp.features.delivery import Delivery
from python_expert.lsp.features.models import Models
from python_expert.lsp.features.rewrite_answers import ANYWAY, DIFF, OFFLINE, REPORT, answers
from python_expert.lsp.features.rewrite_menu import RewriteMenu
from python_expert.lsp.features.rewrite_wishes import Wish, WrongError, read_wish
from python_expert.lsp.features.showing import Showing, difference
from python_expert.lsp.progress import Progress
from python_expert.lsp.window import MessageType, ask, tell
from python_expert.lsp.work import result_of
from python_expert.pipeline.providers import Providers
from python_expert.pipeline.report import report
from python_expert.pipeline.request import Request
from python_expert.pipeline.result import Result
from python_expert.pipeline.run import Rewriter
from python_expert.processes.command import ToolError
from python_expert.text.paths import to_path

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from python_expert.llm.anthropic.sdk import Busy
    from python_expert.llm.provider import Provider
    from python_expert.llm.usage import Meter
    from python_expert.lsp.client import Client
    from python_expert.lsp.documents import Documents
    from python_expert.lsp.projects import Projects
    from python_expert.lsp.protocol import Protocol
    from python_expert.pipeline.result import Outcome

log = logging.getLogger(__name__)

PATIENCE_S = 1.0
"""Seconds after which the user of an editor without progress is told what is running."""


class Rewrites:
    """Carries out rewrites for one editor.

    Args:
        protocol: The connection to the client.
        documents: The open documents.
        projects: Where each document's tools are.
        client: What the client can do.
        ready: Set once the settings are known; before that it is not known what may be run.
        meter: Counts what models use.

    Attributes:
        menu: What the editor's menu offers.
        models: The models that a user can choose from.
        last_report: The report of the last rewrite, as Markdown.
    """

    def __init__(
        self,
        protocol: Protocol,
        documents: Documents,
        projects: Projects,
        client: Client,
        *,
        ready: asyncio.Event,
        meter: Meter,
    ) -> None:
        self._protocol = protocol
        self._documents = documents
        self._projects = projects
        self._client = client
        self._ready = ready
        self._providers = providers = Providers(meter)
        self._rewriter = Rewriter(providers.worker)
        self._showing = Showing(protocol, client)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._running: set[asyncio.Task[Outcome]] = set()
        self.menu = RewriteMenu(documents, projects, providers, client, ready)
        self.models = Models(projects, providers, ready)
        self.last_report = ""

    async def run(self, argument: object) -> dict[str, Any]:
        """Carry out the command ``pythonExpert.rewrite``.

        Args:
            argument: {action, uri, version, range or null, provider?, complete?, callers?, wait?}.

        Returns:
            {result: started; message} at once; or, if the argument says ``wait``, at the end,
            {result: changed, unchanged, refused or cancelled; message}.
        """
        try:
            await self._ready.wait()
            wish = read_wish(argument, self._documents, self._client.encoding)
        except WrongError as error:
            self._tell(str(error), MessageType.WARNING)
            return {"result": Result.REFUSED, "message": str(error)}
        if isinstance(argument, dict) and argument.get("wait") is True:
            return await self._watch(wish)
        self._begin(self._watch(wish), wish.offer.title)
        return {"result": "started", "message": f"{wish.offer.title}: started"}

    def cancel(self) -> None:
        """Stop all rewrites that are under way."""
        for task in self._running:
            task.cancel()

    async def make_ready(self, uri: str, busy: Busy) -> bool:
        """Make ready what asks a model about a document; see `Providers.make_ready`."""
        return await self._providers.make_ready(self._projects.of(uri), uri, busy)

    async def payload(self, argument: object) -> str:
        """Carry out the command ``pythonExpert.showPayload``: sends nothing.

        Args:
            argument: That of ``pythonExpert.rewrite``.

        Returns:
            What a rewrite would send, byte for byte, as Markdown; or why it would send nothing.
        """
        try:
            await self._ready.wait()
            wish = read_wish(argument, self._documents, self._client.encoding)
            request = self._request(wish, await self._provider(wish))
            return await self._rewriter.payload(request)
        except (WrongError, ToolError) as error:
            self._tell(str(error), MessageType.WARNING)
            return f"{error}\n"

    async def stop(self) -> None:
        """End what is under way, and those who work at it."""
        for task in tuple(self._tasks):
            task.cancel()
        self._showing.stop()
        await self._providers.stop()

    def _begin(self, work: Coroutine[Any, Any, object], title: str) -> None:
        """Run something that no request waits for; an internal error is shown to the user."""

        def ended(task: asyncio.Task[object]) -> None:
            self._tasks.discard(task)
            if not task.cancelled() and (error := task.exception()):
                log.error("%s failed", title, exc_info=error)
                why = f"failed because of an error in Python Expert ({error!r})"
                text = f"{title} {why}; the server's log has the details"
                self._tell(text, MessageType.WARNING)

        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(ended)

    async def _watch(self, wish: Wish) -> dict[str, Any]:
        """Run a rewrite, with progress that lets the user stop it."""
        title = wish.offer.title
        task: asyncio.Task[Outcome] | None = None
        progress = Progress(
            self._protocol,
            f"Python Expert: {title}",
            enabled=self._client.progress,
            on_cancel=lambda: task and task.cancel(),
        )
        task = asyncio.create_task(self._carry_out(wish, progress))
        for tasks in (self._tasks, self._running):
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        slow: asyncio.TimerHandle | None = None
        loop = asyncio.get_running_loop()
        if not self._client.progress:
            text = f"{title}: in progress"
            slow = loop.call_later(PATIENCE_S, self._tell, text, MessageType.INFO)
        try:
            outcome = await result_of(task)
        finally:
            progress.update(None)
            if slow:
                slow.cancel()
        if outcome is None:
            return {"result": "cancelled", "message": f"{title}: cancelled"}
        was_told = slow is not None and slow.when() <= loop.time()
        self._tell_result(wish, outcome, always=was_told)
        return {"result": outcome.result, "message": outcome.summary}

    async def _carry_out(self, wish: Wish, progress: Progress) -> Outcome:
        delivery = Delivery(self._protocol, self._documents, self._client, self._showing)
        request = self._request(wish, await self._provider(wish), delivery, progress)
        outcome = await self._rewriter.rewrite(request)
        progress.end(outcome.summary)
        self.last_report = report(outcome)
        log.info("%s", outcome.summary)
        return outcome

    async def _provider(self, wish: Wish) -> Provider:
        uri = wish.document.uri
        return await self._providers.make(self._projects.of(uri), uri, wish.provider)

    def _request(
        self,
        wish: Wish,
        provider: Provider,
        delivery: Delivery | None = None,
        progress: Progress | None = None,
    ) -> Request:
        project, uri = self._projects.of(wish.document.uri), wish.document.uri
        request = Request(
            wish.offer.action,
            project,
            lambda: self._documents.get(uri),
            wish.where,
            provider,
            others=lambda: project.documents,
            complete=wish.offer.complete,
            callers=wish.offer.callers,
            with_callers=f'"{wish.offer.action.with_callers}"' if to_path(uri) else "",
            allow_findings=wish.proposed is not None,
            proposed=wish.proposed,
        )
        if delivery is None or progress is None:
            return request

        def show(message: str, done: int, total: int) -> None:
            progress.update(message, 100 * done // max(total, 1))

        async def consent(risks: Sequence[str]) -> bool:
            return await delivery.consent(f"{wish.offer.title}, also these", risks)

        return replace(request, progress=show, consent=consent, deliver=delivery.deliver)

    def _tell_result(self, wish: Wish, outcome: Outcome, *, always: bool) -> None:
        """Tell what is not as the user wished it, with what can be done about it."""
        if outcome.declined and not always:
            return
        whole = not (outcome.left or outcome.unanswered or outcome.allowed)
        if outcome.result is Result.CHANGED and whole and not always:
            return
        is_bad = outcome.failed or (outcome.result is Result.REFUSED and not outcome.declined)
        kind = MessageType.WARNING if is_bad else MessageType.INFO
        offered = answers(outcome, self._client)
        if offered:
            self._begin(self._offer(wish, outcome, kind, offered), wish.offer.title)
        else:
            self._tell(outcome.summary, kind)

    async def _offer(
        self, wish: Wish, outcome: Outcome, kind: MessageType, offered: Sequence[str]
    ) -> None:
        """Report the result, and do what the user chooses; after *Show* ask again."""
        chosen = await ask(self._protocol, outcome.summary, kind, *offered)
        anyway = wish._replace(where=None, proposed=outcome.withheld)
        left = [each for each in offered if each != chosen]
        if chosen == REPORT:
            await self._show_report()
        elif chosen == DIFF:
            await self._show_difference(anyway)
        if chosen in (REPORT, DIFF):
            if left and left != [REPORT]:
                await self._offer(wish, outcome, kind, left)
        elif chosen == ANYWAY:
            await self._watch(anyway)
        elif chosen == OFFLINE:
            latest = self._documents.get(wish.document.uri)
            where = wish.there(latest) if latest else None
            if latest is None or (wish.where and where is None):
                self._tell("the code was changed in the meantime", kind)
                return
            await self._watch(Wish(wish.offer, latest, where, ProviderName.OFFLINE))

    async def _show_report(self) -> None:
        if self._client.report:
            self._protocol.send("pythonExpert/showReport", {})
        else:
            await self._showing.show("report.md", self.last_report, focus=True)

    async def _show_difference(self, wish: Wish) -> None:
        """Show what would be made anyway; nothing is asked and nothing is made."""

        async def consent(_risks: Sequence[str]) -> bool:
            return True

        request = replace(self._request(wish, await self._provider(wish)), consent=consent)
        outcome = await self._rewriter.rewrite(request)
        text = difference(outcome) or f"{outcome.summary}\n"
        await self._showing.show(f"{wish.offer.action.name}.diff", text, focus=True)

    def _tell(self, message: str, kind: MessageType) -> None:
        tell(self._protocol, message, kind)
