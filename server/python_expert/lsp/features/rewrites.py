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
from python_expert.lsp.features.rewrite_commands import RewriteCommand, WrongError, read_command
from python_expert.lsp.features.rewrite_menu import RewriteMenu
from python_expert.lsp.features.showing import Showing, difference
from python_expert.lsp.progress import Progress, result_of
from python_expert.lsp.window import MessageType, ask, show_message
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
    from python_expert.lsp.feature_context import FeatureContext
    from python_expert.pipeline.result import Outcome

log = logging.getLogger(__name__)

SLOW_S = 1.0
"""Seconds after which an editor without progress reports shows a message about the running rewrite.
"""


class Rewrites:
    """Runs rewrites for one editor.

    Args:
        context: The shared context of the session's features.
        meter: Counts the tokens and the cost of models.

    Attributes:
        menu: The rewrites in the editor's menu.
        models: The models that the user can choose from.
        last_report: The report of the last rewrite, as Markdown.
    """

    def __init__(self, context: FeatureContext, meter: Meter) -> None:
        self._protocol, self._documents, self._projects, self._client, self._ready = context
        self._providers = providers = Providers(meter)
        self._rewriter = Rewriter(providers.worker)
        self._showing = Showing(self._protocol, self._client)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._running: set[asyncio.Task[Outcome]] = set()
        self.menu = RewriteMenu(context, providers)
        self.models = Models(self._projects, providers, self._ready)
        self.last_report = ""

    async def run(self, argument: object) -> dict[str, Any]:
        """Run the command ``pythonExpert.rewrite``.

        Args:
            argument: {action, uri, version, range or null, provider?, complete?, callers?, wait?}.

        Returns:
            {result: started; message} immediately. With ``wait``, at the end of the rewrite:
            {result: changed, unchanged, refused or cancelled; message}.
        """
        try:
            await self._ready.wait()
            command = read_command(argument, self._documents, self._client.encoding)
        except WrongError as error:
            self._notify(str(error), MessageType.WARNING)
            return {"result": Result.REFUSED, "message": str(error)}
        if isinstance(argument, dict) and argument.get("wait") is True:
            return await self._watch(command)
        self._begin(self._watch(command), command.offer.title)
        return {"result": "started", "message": f"{command.offer.title}: started"}

    def cancel(self) -> None:
        """Cancel all running rewrites."""
        for task in self._running:
            task.cancel()

    async def prepare_model(self, uri: str, busy: Busy) -> bool:
        """Prepare for model requests about a document; see `Providers.prepare_model`."""
        return await self._providers.prepare_model(self._projects.of(uri), uri, busy)

    async def payload(self, argument: object) -> str:
        """Run the command ``pythonExpert.showPayload``, which sends nothing.

        Args:
            argument: As for ``pythonExpert.rewrite``.

        Returns:
            The exact text that a rewrite would send, as Markdown, or the reason why it would send
            nothing.
        """
        try:
            await self._ready.wait()
            command = read_command(argument, self._documents, self._client.encoding)
            request = self._request(command, await self._provider(command))
            return await self._rewriter.payload(request)
        except (WrongError, ToolError) as error:
            self._notify(str(error), MessageType.WARNING)
            return f"{error}\n"

    async def stop(self) -> None:
        """Stop all rewrites and their worker processes."""
        for task in tuple(self._tasks):
            task.cancel()
        self._showing.stop()
        await self._providers.stop()

    def _begin(self, work: Coroutine[Any, Any, object], title: str) -> None:
        """Run a coroutine in the background; an internal error is shown to the user."""

        def ended(task: asyncio.Task[object]) -> None:
            self._tasks.discard(task)
            if not task.cancelled() and (error := task.exception()):
                log.error("%s failed", title, exc_info=error)
                why = f"failed because of an error in Python Expert ({error!r})"
                text = f"{title} {why}; the server's log has the details"
                self._notify(text, MessageType.WARNING)

        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(ended)

    async def _watch(self, command: RewriteCommand) -> dict[str, Any]:
        """Run a rewrite with a progress report that the user can cancel."""
        title = command.offer.title
        task: asyncio.Task[Outcome] | None = None
        progress = Progress(
            self._protocol,
            f"Python Expert: {title}",
            enabled=self._client.progress,
            on_cancel=lambda: task and task.cancel(),
        )
        task = asyncio.create_task(self._carry_out(command, progress))
        for tasks in (self._tasks, self._running):
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        slow: asyncio.TimerHandle | None = None
        loop = asyncio.get_running_loop()
        if not self._client.progress:
            text = f"{title}: in progress"
            slow = loop.call_later(SLOW_S, self._notify, text, MessageType.INFO)
        try:
            outcome = await result_of(task)
        finally:
            progress.update(None)
            if slow:
                slow.cancel()
        if outcome is None:
            return {"result": "cancelled", "message": f"{title}: cancelled"}
        was_told = slow is not None and slow.when() <= loop.time()
        self._report_result(command, outcome, always=was_told)
        return {"result": outcome.result, "message": outcome.summary}

    async def _carry_out(self, command: RewriteCommand, progress: Progress) -> Outcome:
        delivery = Delivery(self._protocol, self._documents, self._client, self._showing)
        request = self._request(command, await self._provider(command), delivery, progress)
        outcome = await self._rewriter.rewrite(request)
        progress.end(outcome.summary)
        self.last_report = report(outcome)
        log.info("%s", outcome.summary)
        return outcome

    async def _provider(self, command: RewriteCommand) -> Provider:
        uri = command.document.uri
        return await self._providers.make(self._projects.of(uri), uri, command.provider)

    def _request(
        self,
        command: RewriteCommand,
        provider: Provider,
        delivery: Delivery | None = None,
        progress: Progress | None = None,
    ) -> Request:
        project, uri = self._projects.of(command.document.uri), command.document.uri
        request = Request(
            command.offer.action,
            project,
            lambda: self._documents.get(uri),
            command.where,
            provider,
            others=lambda: project.documents,
            complete=command.offer.complete,
            callers=command.offer.callers,
            with_callers=f'"{command.offer.action.with_callers}"' if to_path(uri) else "",
            allow_findings=command.proposed is not None,
            proposed=command.proposed,
        )
        if delivery is None or progress is None:
            return request

        def show(message: str, done: int, total: int) -> None:
            progress.update(message, 100 * done // max(total, 1))

        async def consent(risks: Sequence[str]) -> bool:
            return await delivery.consent(f"{command.offer.title}, also these", risks)

        return replace(request, progress=show, consent=consent, deliver=delivery.deliver)

    def _report_result(self, command: RewriteCommand, outcome: Outcome, *, always: bool) -> None:
        """Report the parts that were not done as requested, with the possible next steps."""
        if outcome.declined and not always:
            return
        whole = not (outcome.left or outcome.unanswered or outcome.allowed)
        if outcome.result is Result.CHANGED and whole and not always:
            return
        is_bad = outcome.failed or (outcome.result is Result.REFUSED and not outcome.declined)
        kind = MessageType.WARNING if is_bad else MessageType.INFO
        offered = answers(outcome, self._client)
        if offered:
            self._begin(self._offer(command, outcome, kind, offered), command.offer.title)
        else:
            self._notify(outcome.summary, kind)

    async def _offer(
        self, command: RewriteCommand, outcome: Outcome, kind: MessageType, offered: Sequence[str]
    ) -> None:
        """Report the result and carry out the user's choice. After *Show*, ask again."""
        chosen = await ask(self._protocol, outcome.summary, kind, *offered)
        anyway = command._replace(where=None, proposed=outcome.withheld)
        left = [each for each in offered if each != chosen]
        if chosen == REPORT:
            await self._show_report()
        elif chosen == DIFF:
            await self._show_difference(anyway)
        if chosen in (REPORT, DIFF):
            if left and left != [REPORT]:
                await self._offer(command, outcome, kind, left)
        elif chosen == ANYWAY:
            await self._watch(anyway)
        elif chosen == OFFLINE:
            latest = self._documents.get(command.document.uri)
            where = command.there(latest) if latest else None
            if latest is None or (command.where and where is None):
                self._notify("the code was changed in the meantime", kind)
                return
            await self._watch(RewriteCommand(command.offer, latest, where, ProviderName.OFFLINE))

    async def _show_report(self) -> None:
        if self._client.report:
            self._protocol.send("pythonExpert/showReport", {})
        else:
            await self._showing.show("report.md", self.last_report, focus=True)

    async def _show_difference(self, command: RewriteCommand) -> None:
        """Show the diff of the edit that *Apply Anyway* would make; change nothing."""

        async def consent(_risks: Sequence[str]) -> bool:
            return True

        request = replace(self._request(command, await self._provider(command)), consent=consent)
        outcome = await self._rewriter.rewrite(request)
        text = difference(outcome) or f"{outcome.summary}\n"
        await self._showing.show(f"{command.offer.action.name}.diff", text, focus=True)

    def _notify(self, message: str, kind: MessageType) -> None:
        show_message(self._protocol, message, kind)
