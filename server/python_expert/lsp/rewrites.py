"""The rewrites in the editor: the menu, the command, the confirmation, the edit, the report."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from python_expert.edits import carry
from python_expert.lsp.actions import within
from python_expert.lsp.progress import Progress
from python_expert.outcome import Result
from python_expert.paths import to_path
from python_expert.project import is_checked
from python_expert.providers.base import ProviderName
from python_expert.providers.offline.provider import Offline
from python_expert.rewriter import Request, Rewriter
from python_expert.rewrites.base import Action
from python_expert.rewrites.menu import Offer, offers
from python_expert.rewrites.registry import load
from python_expert.rewrites.worker import Worker
from python_expert.snapshot import Position, Range

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pygls.lsp.server import LanguageServer

    from python_expert.lsp.client import Client
    from python_expert.lsp.documents import Documents
    from python_expert.lsp.projects import Projects
    from python_expert.outcome import Outcome
    from python_expert.snapshot import Snapshot

log = logging.getLogger(__name__)

REWRITE = "pythonExpert.rewrite"
LAST_REPORT = "pythonExpert.lastReport"

HERE_KINDS = {
    Action.ADD_DOCSTRINGS: "refactor.rewrite.pythonExpert.addDocstrings",
    Action.ADD_TYPE_HINTS: "refactor.rewrite.pythonExpert.addTypeHints",
    Action.CONVERT_TO_ASYNC: "refactor.rewrite.pythonExpert.convertToAsync",
}
WHOLE_KINDS = {
    Action.ADD_DOCSTRINGS: "source.addDocstrings.pythonExpert",
    Action.ADD_TYPE_HINTS: "source.addTypeHints.pythonExpert",
}
KINDS = (*HERE_KINDS.values(), *WHOLE_KINDS.values())

APPLY, CANCEL = "Apply", "Cancel"

ATTEMPTS = 5
"""How often an edit is sent again that came too late."""

_AUTOMATIC = 2
_ANNOTATION = "rewrite"


class Rewrites:
    """Carries out rewrites for one editor.

    Args:
        server: The way to the client.
        documents: The open documents.
        projects: Where each document's tools are.
        client: What the client can do.
        ready: Set once the settings are known; before, nobody can say what may be run.
    """

    def __init__(
        self,
        server: LanguageServer,
        documents: Documents,
        projects: Projects,
        client: Client,
        ready: asyncio.Event,
    ) -> None:
        self._server = server
        self._documents = documents
        self._projects = projects
        self._client = client
        self._ready = ready
        self._worker = Worker()
        self._rewriter = Rewriter(self._worker)
        self._loaded = False
        self.last_report = ""

    async def code_actions(self, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rewrites for ``textDocument/codeAction``: commands without edits.

        Those for the whole document are offered only to who asks for them by name.
        """
        snapshot = self._documents.get(params["textDocument"]["uri"])
        context = params["context"]
        only = context.get("only")
        if snapshot is None or not is_checked(snapshot.uri):
            return []
        here = [
            kind
            for kind in HERE_KINDS.values()
            if only is None or any(within(kind, each) for each in only)
        ]
        found = []
        if here:
            if not self._loaded:
                await asyncio.to_thread(load)
                self._loaded = True
            where = snapshot.range(params["range"], self._client.encoding)
            path = str(to_path(snapshot.uri) or "")
            found += [
                _offered(offer, kind, snapshot, params["range"])
                for offer in offers(snapshot.lines, where, path)
                if (kind := HERE_KINDS[offer.action]) in here
            ]
        if context.get("triggerKind") != _AUTOMATIC:
            for action, kind in WHOLE_KINDS.items():
                if kind in (only or ()):
                    found.append(_offered(Offer(action), kind, snapshot, None))
        return found

    async def run(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out the command ``pythonExpert.rewrite``.

        Args:
            arguments: {action, uri, version, range or null, provider?, complete?}.

        Returns:
            {result: changed, unchanged, refused or cancelled; message}.
        """
        try:
            action = Action(arguments["action"])
            ProviderName(arguments.get("provider") or ProviderName.AUTO)
            uri, version = str(arguments["uri"]), int(arguments["version"])
        except (KeyError, TypeError, ValueError) as error:
            return self._refused(f"this command's arguments are wrong: {error!r}")
        await self._ready.wait()
        snapshot = self._documents.get(uri)
        if snapshot is None:
            return self._refused("the document is not open, or is no Python document")
        where = None
        if arguments.get("range") is not None:
            try:
                where = self._place(snapshot, version, arguments["range"])
            except (KeyError, TypeError) as error:
                return self._refused(f"this command's range is wrong: {error!r}")
            if where is None:
                return self._refused("the place was changed meanwhile; choose the action again")
        offer = Offer(action, complete=bool(arguments.get("complete")))
        return await self._watch(offer, snapshot, where)

    async def stop(self) -> None:
        """End the worker."""
        await self._worker.stop()

    async def _watch(self, offer: Offer, snapshot: Snapshot, where: Range | None) -> dict[str, Any]:
        """Carry out a rewrite, with progress by which the user can stop it."""
        task: asyncio.Task[Outcome] | None = None
        progress = Progress(
            self._server,
            f"Python Expert: {offer.title}",
            enabled=self._client.progress,
            on_cancel=lambda: task and task.cancel(),
        )
        task = asyncio.create_task(self._carry_out(offer, snapshot, where, progress))
        try:
            outcome = await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.cancelled():  # the request was cancelled, and so is the work
                task.cancel()
                raise
            return {"result": "cancelled", "message": f"{offer.title}: cancelled"}
        finally:
            progress.update(None)
        return {"result": outcome.result, "message": outcome.summary}

    async def _carry_out(
        self, offer: Offer, snapshot: Snapshot, where: Range | None, progress: Progress
    ) -> Outcome:
        project = self._projects.of(snapshot.uri)
        agreed: set[str] = set()

        async def consent(risks: Sequence[str]) -> bool:
            if not await self._agreed(f"{offer.title}, also these", risks):
                return False
            agreed.update(risks)
            return True

        request = Request(
            offer.action,
            project,
            lambda: self._documents.get(snapshot.uri),
            where,
            Offline(self._worker),
            others=lambda: project.documents,
            complete=offer.complete,
            progress=lambda message, done, total: progress.update(
                message, 100 * done // max(total, 1)
            ),
            consent=consent,
            deliver=lambda outcome: self._deliver(outcome, agreed),
        )
        outcome = await self._rewriter.rewrite(request)
        self.last_report = outcome.report()
        log.info("%s", outcome.summary)
        if outcome.result is not Result.CHANGED or outcome.left:
            kind = types.MessageType.Info
            if outcome.result is Result.REFUSED:
                kind = types.MessageType.Warning
            self._tell(outcome.summary, kind)
        return outcome

    async def _deliver(self, outcome: Outcome, agreed: set[str]) -> bool:
        """Have the editor make the edits, if need be with the user's consent.

        The edits go out for the text as it is at that moment; an editor that has a later one
        refuses them, and they are carried over what was typed meanwhile.

        Args:
            outcome: What passed the gate.
            agreed: What the user has agreed to so far.

        Returns:
            False if the text has changed where the edits are.
        """
        why = [*outcome.notices, *(each.message for each in outcome.unproven)]
        annotated = bool(why) and self._client.annotations
        new = [each for each in why if not any(each in known for known in agreed)]
        if new and not annotated:
            if not await self._agreed(outcome.action.title, new):
                outcome.refuse("you did not agree to it")
                return True
            agreed.update(why)
        for _ in range(ATTEMPTS):
            edit = self._current_edit(outcome, why if annotated else [])
            if edit is None:
                return False
            try:
                answer = await self._server.workspace_apply_edit_async(
                    types.ApplyWorkspaceEditParams(edit, f"Python Expert: {outcome.action.title}")
                )
            except JsonRpcException as error:
                outcome.refuse(f"the editor did not make the edit: {error}")
                return True
            if answer.applied:
                return True
            if outcome.snapshot is self._documents.get(outcome.uri):
                said = f": {answer.failure_reason}" if answer.failure_reason else ""
                outcome.refuse(f"the editor did not make the edit{said}")
                return True
        return False

    def _current_edit(self, outcome: Outcome, why: Sequence[str]) -> types.WorkspaceEdit | None:
        """The edit for the text as it is now, or None where it no longer has a meaning."""
        latest = self._documents.get(outcome.uri)
        if latest is None or not outcome.follow(latest):
            return None
        wire = [
            {
                "range": latest.wire_range(edit.range, self._client.encoding),
                "newText": edit.text,
            }
            for edit in outcome.edits
        ]
        return self._workspace_edit(latest, wire, outcome.action.title, why)

    def _workspace_edit(
        self, snapshot: Snapshot, edits: list[dict[str, Any]], label: str, why: Sequence[str]
    ) -> types.WorkspaceEdit:
        structure = self._server.protocol._converter.structure  # noqa: SLF001 - no other way
        if not self._client.document_changes:
            return structure({"changes": {snapshot.uri: edits}}, types.WorkspaceEdit)
        change: dict[str, Any] = {
            "textDocument": {"uri": snapshot.uri, "version": snapshot.version},
            "edits": [edit | ({"annotationId": _ANNOTATION} if why else {}) for edit in edits],
        }
        edit: dict[str, Any] = {"documentChanges": [change]}
        if why:
            annotation = {"label": label, "needsConfirmation": True, "description": "; ".join(why)}
            edit["changeAnnotations"] = {_ANNOTATION: annotation}
        return structure(edit, types.WorkspaceEdit)

    async def _agreed(self, what: str, why: Sequence[str]) -> bool:
        """Ask the user, who may take his time; a client that cannot ask has not agreed."""
        try:
            answer = await self._server.window_show_message_request_async(
                types.ShowMessageRequestParams(
                    types.MessageType.Info,
                    f"Python Expert: {what}? " + "; ".join(each.rstrip(".") for each in why),
                    [types.MessageActionItem(APPLY), types.MessageActionItem(CANCEL)],
                )
            )
        except Exception as error:  # noqa: BLE001 - whatever the client does, it is no consent
            log.warning("the editor did not ask for consent: %r", error)
            return False
        return answer is not None and answer.title == APPLY

    def _place(self, snapshot: Snapshot, version: int, wire: Mapping[str, Any]) -> Range | None:
        """A place that the client gave for a version, in the document as it is now."""
        if version == snapshot.version:
            return snapshot.range(wire, self._client.encoding)
        # The line of then, in which the units could be counted, is gone; a unit more or less
        # does not change in which function the cursor is.
        start, end = (
            Position(each["line"], each["character"]) for each in (wire["start"], wire["end"])
        )
        steps = snapshot.edits_since(version)
        return None if steps is None else carry(Range(start, end), steps)

    def _refused(self, reason: str) -> dict[str, Any]:
        self._tell(reason, types.MessageType.Warning)
        return {"result": Result.REFUSED, "message": reason}

    def _tell(self, message: str, kind: types.MessageType) -> None:
        self._server.window_show_message(types.ShowMessageParams(kind, f"Python Expert: {message}"))


def _offered(offer: Offer, kind: str, snapshot: Snapshot, where: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON is untyped
    """A code action that carries a command; there is nothing to resolve."""
    whole = " to the whole file" if where is None else ""
    title = f"{offer.title}{whole} (offline)"
    document = {"uri": snapshot.uri, "version": snapshot.version}
    arguments = {"action": offer.action, **document, "range": where}
    if offer.complete:
        arguments["complete"] = True
    command = {"title": title, "command": REWRITE, "arguments": [arguments]}
    return {"title": title, "kind": kind, "command": command}
