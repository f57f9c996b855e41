"""The rewrites in the editor: the commands, their progress, what the user is told, the report."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from lsprotocol import types

from python_expert.actions.menu import Offer
from python_expert.actions.registry import action_of
from python_expert.config.settings import ProviderName
from python_expert.lsp.features.delivery import Delivery, ask
from python_expert.lsp.features.rewrite_menu import RewriteMenu
from python_expert.lsp.progress import Progress
from python_expert.pipeline.request import Request
from python_expert.pipeline.result import Result
from python_expert.pipeline.run import Rewriter
from python_expert.processes.command import ToolError
from python_expert.text.document import Position, Range
from python_expert.text.rebase import rebase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pygls.lsp.server import LanguageServer

    from python_expert.llm.provider import Provider
    from python_expert.lsp.client import Client
    from python_expert.lsp.documents import Documents
    from python_expert.lsp.projects import Projects
    from python_expert.pipeline.providers import Providers
    from python_expert.pipeline.result import Outcome
    from python_expert.text.document import Document

log = logging.getLogger(__name__)

SHOW_PAYLOAD = "pythonExpert.showPayload"
LAST_REPORT = "pythonExpert.lastReport"

ARGUMENT = "{action, uri, version, range}, and if you like {provider, complete}"
"""The argument of the commands that rewrite."""

OFFLINE = "Do it offline"


class _Wish(NamedTuple):
    """What a command asks for.

    Attributes:
        offer: The rewrite.
        document: The document as it was then.
        where: The place in it; None for the whole document.
        provider: Who is to propose.
    """

    offer: Offer
    document: Document
    where: Range | None
    provider: ProviderName


class _WrongError(Exception):
    """A command cannot be carried out; the text says why."""


class Rewrites:
    """Carries out rewrites for one editor.

    Args:
        server: The way to the client.
        documents: The open documents.
        projects: Where each document's tools are.
        client: What the client can do.
        ready: Set once the settings are known; before, nobody can say what may be run.
        providers: Who proposes.

    Attributes:
        menu: What the editor's menu offers.
        last_report: The report of the last rewrite, as Markdown.
    """

    def __init__(
        self,
        server: LanguageServer,
        documents: Documents,
        projects: Projects,
        client: Client,
        *,
        ready: asyncio.Event,
        providers: Providers,
    ) -> None:
        self._server = server
        self._documents = documents
        self._projects = projects
        self._client = client
        self._ready = ready
        self._providers = providers
        self._rewriter = Rewriter(providers.worker)
        self._tasks: set[asyncio.Task[Any]] = set()
        self.menu = RewriteMenu(documents, projects, providers, client)
        self.last_report = ""

    async def run(self, argument: object) -> dict[str, Any]:
        """Carry out the command ``pythonExpert.rewrite``.

        Args:
            argument: {action, uri, version, range or null, provider?, complete?}.

        Returns:
            {result: changed, unchanged, refused or cancelled; message}.
        """
        try:
            wish = await self._read(argument)
        except _WrongError as error:
            self._tell(str(error), types.MessageType.Warning)
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
        except (_WrongError, ToolError) as error:
            self._tell(str(error), types.MessageType.Warning)
            return f"{error}\n"

    async def stop(self) -> None:
        """End what is under way, and those who work at it."""
        for task in tuple(self._tasks):
            task.cancel()
        await self._providers.stop()

    async def _read(self, argument: object) -> _Wish:
        """What a command's argument asks for.

        Raises:
            _WrongError: It makes no sense, or not any more.
        """
        if not isinstance(argument, dict):
            raise _WrongError(f"this command needs an object as its argument: {ARGUMENT}")
        with _understood("argument"):
            offer = Offer(action_of(argument["action"]), complete=bool(argument.get("complete")))
            provider = ProviderName(argument.get("provider") or ProviderName.AUTO)
            uri, version = str(argument["uri"]), int(argument["version"])
        await self._ready.wait()
        document = self._documents.get(uri)
        if document is None:
            raise _WrongError("the document is not open, or is no Python document")
        where = None
        if argument.get("range") is not None:
            with _understood("range"):
                where = self._place(document, version, argument["range"])
            if where is None:
                raise _WrongError("the place was changed meanwhile; choose the action again")
        return _Wish(offer, document, where, provider)

    async def _watch(self, wish: _Wish) -> dict[str, Any]:
        """Carry out a rewrite, with progress by which the user can stop it."""
        title = wish.offer.title
        task: asyncio.Task[Outcome] | None = None
        progress = Progress(
            self._server,
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
        if outcome.failed:
            offer = asyncio.create_task(self._offer_offline(wish, outcome))
            self._tasks.add(offer)
            offer.add_done_callback(self._tasks.discard)
        elif outcome.result is not Result.CHANGED or outcome.left or outcome.unanswered:
            refused = outcome.result is Result.REFUSED
            kind = types.MessageType.Warning if refused else types.MessageType.Info
            self._tell(outcome.summary, kind)
        return {"result": outcome.result, "message": outcome.summary}

    async def _carry_out(self, wish: _Wish, progress: Progress) -> Outcome:
        delivery = Delivery(self._server, self._documents, self._client)
        request = self._request(wish, await self._provider(wish), delivery, progress)
        outcome = await self._rewriter.rewrite(request)
        progress.end(outcome.summary)
        self.last_report = outcome.report()
        log.info("%s", outcome.summary)
        return outcome

    async def _provider(self, wish: _Wish) -> Provider:
        uri = wish.document.uri
        return await self._providers.make(self._projects.of(uri), uri, wish.provider)

    def _request(
        self,
        wish: _Wish,
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
        )
        if delivery is None or progress is None:
            return request

        def show(message: str, done: int, total: int) -> None:
            progress.update(message, 100 * done // max(total, 1))

        async def consent(risks: Sequence[str]) -> bool:
            return await delivery.consent(f"{wish.offer.title}, also these", risks)

        return replace(request, progress=show, consent=consent, deliver=delivery.deliver)

    async def _offer_offline(self, wish: _Wish, outcome: Outcome) -> None:
        """Say what went wrong with a model, and do without it if the user likes."""
        kind = types.MessageType.Warning
        if await ask(self._server, outcome.summary, kind, OFFLINE) != OFFLINE:
            return
        latest = self._documents.get(wish.document.uri)
        steps = latest.edits_since(wish.document.version) if latest else None
        where = rebase(wish.where, steps) if wish.where and steps is not None else None
        if latest is None or (wish.where and where is None):
            self._tell("the place was changed meanwhile", kind)
            return
        await self._watch(_Wish(wish.offer, latest, where, ProviderName.OFFLINE))

    def _place(self, document: Document, version: int, wire: Mapping[str, Any]) -> Range | None:
        """A place that the client gave for a version, in the document as it is now."""
        if version == document.version:
            return document.range(wire, self._client.encoding)
        # The line of then, in which the units could be counted, is gone; a unit more or less
        # does not change in which function the cursor is.
        start, end = (
            Position(each["line"], each["character"]) for each in (wire["start"], wire["end"])
        )
        steps = document.edits_since(version)
        return None if steps is None else rebase(Range(start, end), steps)

    def _tell(self, message: str, kind: types.MessageType) -> None:
        self._server.window_show_message(types.ShowMessageParams(kind, f"Python Expert: {message}"))


@contextlib.contextmanager
def _understood(what: str) -> Iterator[None]:
    """Refuse what a client has sent in another form than it should have."""
    try:
        yield
    except KeyError as error:
        raise _WrongError(f"this command's {what} is wrong: it has no {error}") from error
    except (AttributeError, OverflowError, TypeError, ValueError) as error:
        raise _WrongError(f"this command's {what} is wrong: {error}") from error
