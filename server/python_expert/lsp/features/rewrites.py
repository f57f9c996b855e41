"""The rewrites in the editor: the commands, their progress, what the user is told, the report."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from python_expert.actions.menu import Offer
from python_expert.actions.registry import action_of
from python_expert.config.settings import ProviderName
from python_expert.lsp.features.delivery import Delivery
from python_expert.lsp.features.models import Models
from python_expert.lsp.features.rewrite_menu import RewriteMenu
from python_expert.lsp.features.rewrite_wishes import Wish, WrongError, place, understood
from python_expert.lsp.progress import Progress
from python_expert.lsp.window import MessageType, ask, tell
from python_expert.pipeline.providers import Providers
from python_expert.pipeline.report import report
from python_expert.pipeline.request import Request
from python_expert.pipeline.result import Result
from python_expert.pipeline.run import Rewriter
from python_expert.processes.command import ToolError
from python_expert.text.paths import to_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.llm.provider import Provider
    from python_expert.llm.usage import Meter
    from python_expert.lsp.client import Client
    from python_expert.lsp.documents import Documents
    from python_expert.lsp.projects import Projects
    from python_expert.lsp.protocol import Protocol
    from python_expert.pipeline.result import Outcome

log = logging.getLogger(__name__)

ARGUMENT = "{action, uri, version, range}, and if you like {provider, complete, callers}"
"""The argument of the commands that rewrite."""

OFFLINE = "Do it offline"
ANYWAY = "Make it anyway"
REPORT = "Show report"


class Rewrites:
    """Carries out rewrites for one editor.

    Args:
        protocol: The way to the client.
        documents: The open documents.
        projects: Where each document's tools are.
        client: What the client can do.
        ready: Set once the settings are known; before, nobody can say what may be run.
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
        self._tasks: set[asyncio.Task[Any]] = set()
        self.menu = RewriteMenu(documents, projects, providers, client, ready)
        self.models = Models(projects, providers, ready)
        self.last_report = ""

    async def run(self, argument: object) -> dict[str, Any]:
        """Carry out the command ``pythonExpert.rewrite``.

        Args:
            argument: {action, uri, version, range or null, provider?, complete?, callers?}.

        Returns:
            {result: changed, unchanged, refused or cancelled; message}.
        """
        try:
            wish = await self._read(argument)
        except WrongError as error:
            self._tell(str(error), MessageType.WARNING)
            return {"result": Result.REFUSED, "message": str(error)}
        return await self._watch(wish)

    async def payload(self, argument: object) -> str:
        """Carry out the command ``pythonExpert.showPayload``: sends nothing.

        Args:
            argument: That of ``pythonExpert.rewrite``.

        Returns:
            What a rewrite would send, byte for byte, as Markdown; or why it would send nothing.
        """
        try:
            wish = await self._read(argument)
            request = self._request(wish, await self._provider(wish))
            return await self._rewriter.payload(request)
        except (WrongError, ToolError) as error:
            self._tell(str(error), MessageType.WARNING)
            return f"{error}\n"

    async def stop(self) -> None:
        """End what is under way, and those who work at it."""
        for task in tuple(self._tasks):
            task.cancel()
        await self._providers.stop()

    async def _read(self, argument: object) -> Wish:
        """What a command's argument asks for.

        Raises:
            WrongError: It makes no sense, or not any more.
        """
        if not isinstance(argument, dict):
            raise WrongError(f"this command needs an object as its argument: {ARGUMENT}")
        with understood("argument"):
            offer = Offer(
                action_of(argument["action"]),
                complete=bool(argument.get("complete")),
                callers=bool(argument.get("callers")),
            )
            provider = ProviderName(argument.get("provider") or ProviderName.AUTO)
            uri, version = str(argument["uri"]), int(argument["version"])
        await self._ready.wait()
        document = self._documents.get(uri)
        if document is None:
            raise WrongError("the document is not open, or is no Python document")
        where = None
        if argument.get("range") is not None:
            with understood("range"):
                where = place(document, version, argument["range"], self._client.encoding)
            if where is None:
                raise WrongError("the place was changed meanwhile; choose the action again")
        return Wish(offer, document, where, provider)

    async def _watch(self, wish: Wish) -> dict[str, Any]:
        """Carry out a rewrite, with progress by which the user can stop it."""
        title = wish.offer.title
        task: asyncio.Task[Outcome] | None = None
        progress = Progress(
            self._protocol,
            f"Python Expert: {title}",
            enabled=self._client.progress,
            on_cancel=lambda: task and task.cancel(),
        )
        task = asyncio.create_task(self._carry_out(wish, progress))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            outcome = await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.cancelled():  # the request was cancelled, and so is the work
                task.cancel()
                raise
            return {"result": "cancelled", "message": f"{title}: cancelled"}
        finally:
            progress.update(None)
        self._tell_result(wish, outcome)
        return {"result": outcome.result, "message": outcome.summary}

    async def _carry_out(self, wish: Wish, progress: Progress) -> Outcome:
        delivery = Delivery(self._protocol, self._documents, self._client)
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

    def _tell_result(self, wish: Wish, outcome: Outcome) -> None:
        """Tell the result unless all was done, with what can be done about it."""
        is_refused = outcome.result is Result.REFUSED
        whole = not (outcome.left or outcome.unanswered or outcome.allowed)
        if outcome.result is Result.CHANGED and whole:
            return
        kind = MessageType.WARNING if is_refused or outcome.failed else MessageType.INFO
        # What a tool contradicts of the offline engine's guesses is not worth a question.
        is_worth_it = is_refused or outcome.provider != ProviderName.OFFLINE
        answers = [ANYWAY] if outcome.withheld and is_worth_it else []
        answers += [OFFLINE] if outcome.failed else []
        answers += [REPORT] if self._client.report else []
        if not answers:
            self._tell(outcome.summary, kind)
            return
        offer = asyncio.create_task(self._offer(wish, outcome, kind, answers))
        self._tasks.add(offer)
        offer.add_done_callback(self._tasks.discard)

    async def _offer(
        self, wish: Wish, outcome: Outcome, kind: MessageType, answers: Sequence[str]
    ) -> None:
        """Tell the result, and do what the user chooses."""
        chosen = await ask(self._protocol, outcome.summary, kind, *answers)
        if chosen == REPORT:
            self._protocol.send("pythonExpert/showReport", {})
        elif chosen == ANYWAY:
            await self._watch(wish._replace(where=None, proposed=outcome.withheld))
        elif chosen == OFFLINE:
            latest = self._documents.get(wish.document.uri)
            where = wish.there(latest) if latest else None
            if latest is None or (wish.where and where is None):
                self._tell("the place was changed meanwhile", kind)
                return
            await self._watch(Wish(wish.offer, latest, where, ProviderName.OFFLINE))

    def _tell(self, message: str, kind: MessageType) -> None:
        tell(self._protocol, message, kind)
