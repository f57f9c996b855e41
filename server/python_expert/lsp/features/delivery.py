"""Sends a rewrite's edits to the editor, with the user's consent where it is needed."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any, TypeVar

from python_expert.lsp.features.showing import difference
from python_expert.lsp.window import MessageType, ask
from python_expert.pipeline.result import Result
from python_expert.pipeline.summary import count
from python_expert.processes.jsonrpc import RpcError
from python_expert.text.changes import DocumentEdit, NewDocument

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence

    from python_expert.lsp.client import Client
    from python_expert.lsp.documents import Documents
    from python_expert.lsp.features.showing import Showing
    from python_expert.lsp.protocol import Protocol
    from python_expert.pipeline.result import Outcome
    from python_expert.text.changes import DocumentChange
    from python_expert.text.document import Document

T = TypeVar("T")

log = logging.getLogger(__name__)

APPLY, DISCARD = "Apply", "Discard"

ATTEMPTS = 5
"""The number of times that an outdated edit is sent again."""

APPLIED_S = 0.5
"""Seconds in which an editor reports a change that it has made."""

ANSWERED_S = 1.0
"""Seconds in which an editor answers that it has made an edit, if it does not ask the user."""

_ANNOTATION = "rewrite"

DISCARDED = "discarded"
"""The reason that an editor returns if the user has rejected the edit."""


class Delivery:
    """Sends the edits of one rewrite to the editor.

    Args:
        protocol: The connection to the client.
        documents: The open documents.
        client: The client's capabilities.
        showing: Shows the diff of an edit if the editor itself does not.
    """

    def __init__(
        self, protocol: Protocol, documents: Documents, client: Client, showing: Showing
    ) -> None:
        self._protocol = protocol
        self._documents = documents
        self._client = client
        self._showing = showing
        self._agreed: set[str] = set()

    async def consent(self, what: str, risks: Sequence[str]) -> bool:
        """Ask the user for consent; the same question is not asked twice."""
        if await self._ask(f"{what}?", risks) != APPLY:
            return False
        self._agreed.update(risks)
        return True

    async def deliver(self, outcome: Outcome) -> bool:
        """Have the editor apply the edits, with the user's consent if needed.

        The edits are sent for the current version. If the editor has a newer one, it refuses them,
        and they are rebased over the new input and sent again.

        Args:
            outcome: The result of the rewrite; its edits passed the gate.

        Returns:
            False if the text has changed in the places of the edits.
        """
        why = [*outcome.notices, *(each.message for each in outcome.unproven)]
        annotated = bool(why) and self._client.annotations
        if outcome.created and not self._client.creates:
            outcome.refuse("this makes a new file, which your editor cannot do in an edit")
        elif not annotated:
            await self._ask_before(outcome, why)
        if outcome.result is Result.REFUSED:
            return True
        for _ in range(ATTEMPTS):
            edit = self._current_edit(outcome, why if annotated else [])
            if edit is None:
                return False
            if await _even_if_cancelled(self._send(outcome, edit)):
                return True
        return False

    async def _send(self, outcome: Outcome, edit: dict[str, Any]) -> bool:
        """Have the editor apply an edit; return whether it is final, and notes the result."""
        try:
            params = {"label": f"Python Expert: {outcome.action.title}", "edit": edit}
            answer = await self._protocol.request("workspace/applyEdit", params)
        except RpcError as error:
            outcome.refuse(f"the editor did not apply the edit: {error}")
            return True
        applied, reason = _read(answer)
        if applied:
            return not await self._was_ignored(outcome)
        return self._is_final(reason, outcome)

    async def _ask_before(self, outcome: Outcome, why: Sequence[str]) -> None:
        """Ask for consent that is still missing, with a diff if the editor can show one."""
        new = [each for each in why if not any(each in known for known in self._agreed)]
        if not new:
            return
        title = outcome.action.title
        shown = self._showing.is_possible and await self._showing.show(
            f"{outcome.action.name}.diff",
            f"{title}:\n{_listed(new)}\n\n{difference(outcome)}",
            focus=False,
        )
        # Editors truncate long messages, which are also hard to read: the rest is above the diff.
        more = len(new) - 1
        rest = f" (and {count(more, 'more point')} above the diff)" if shown and more else ""
        answer = await self._ask(f"{title}?", new[:1] if shown else new, rest)
        if answer == APPLY:
            self._agreed.update(why)
        elif answer == DISCARD:
            outcome.decline("you discarded it")
        else:
            outcome.refuse("you declined it")

    def _is_final(self, reason: str, outcome: Outcome) -> bool:
        """Return whether an edit that was not applied must not be sent again; notes the result."""
        if reason == DISCARDED:
            outcome.decline("you discarded it")
            return True
        if outcome.document is self._documents.get(outcome.uri):
            said = f": {reason}" if reason else ""
            outcome.refuse(f"the editor did not apply the edit{said}")
            return True
        return False  # the edit was outdated; it is sent again for the current version

    async def _was_ignored(self, outcome: Outcome) -> bool:
        """Return whether the editor has ignored an edit although it reported success.

        Neovim reports success when it ignores an edit as outdated because the user has just typed.
        """
        if not self._client.document_changes:  # it cannot detect outdated edits
            return False
        end = time.monotonic() + APPLIED_S
        while (latest := self._documents.get(outcome.uri)) is outcome.document:
            if time.monotonic() > end:
                return False
            await asyncio.sleep(APPLIED_S / 50)
        # An edit that was applied and undone at once counts as applied.
        return latest is not None and outcome.is_untouched(latest)

    def _current_edit(self, outcome: Outcome, why: Sequence[str]) -> dict[str, Any] | None:
        """Return the edit for the current version, or None if it no longer applies."""
        latest = self._documents.get(outcome.uri)
        if latest is None or not outcome.follow(latest):
            return None
        documents = {latest.uri: latest}
        for each in outcome.callers:
            documents[each.document.uri] = each.document
            if self._documents.get(each.document.uri) is not (
                each.document if each.is_open else None
            ):
                return None
        return self._workspace_edit(documents, outcome.changes, outcome.action.title, why)

    def _workspace_edit(
        self,
        documents: Mapping[str, Document],
        changes: Sequence[DocumentChange],
        label: str,
        why: Sequence[str],
    ) -> dict[str, Any]:
        if not self._client.document_changes:  # then there are no new documents
            by_uri = {change.uri: self._edits(documents, change) for change in changes}
            return {"changes": by_uri}
        marked = {"annotationId": _ANNOTATION} if why else {}
        operations: list[dict[str, Any]] = []
        for change in changes:
            version = None
            if isinstance(change, DocumentEdit):
                version = change.version
            else:
                options = {"overwrite": False, "ignoreIfExists": False}
                operations.append(
                    {"kind": "create", "uri": change.uri, "options": options, **marked}
                )
            edits = [each | marked for each in self._edits(documents, change)]
            identifier = {"uri": change.uri, "version": version}
            operations.append({"textDocument": identifier, "edits": edits})
        edit: dict[str, Any] = {"documentChanges": operations}
        if why:
            description = "\n".join(why)
            annotation = {"label": label, "needsConfirmation": True, "description": description}
            edit["changeAnnotations"] = {_ANNOTATION: annotation}
        return edit

    def _edits(
        self, documents: Mapping[str, Document], change: DocumentChange
    ) -> list[dict[str, Any]]:
        """Return the text edits of a change; for a new document, its whole text."""
        if isinstance(change, NewDocument):
            start = {"line": 0, "character": 0}
            return [{"range": {"start": start, "end": start}, "newText": change.text}]
        document = documents[change.uri]
        return [
            {"range": document.wire_range(where, self._client.encoding), "newText": text}
            for where, text in change.edits
        ]

    async def _ask(self, what: str, why: Sequence[str], rest: str = "") -> str | None:
        """Ask the user and wait without a limit; None if the client cannot ask."""
        text = f"{what} {why[0]}{rest}" if len(why) == 1 else f"{what}\n{_listed(why)}"
        return await ask(self._protocol, text, MessageType.INFO, APPLY, DISCARD)


async def _even_if_cancelled(sending: Coroutine[Any, Any, T]) -> T:
    """Wait for the answer to an edit.

    A cancellation that arrives after the edit was sent comes too late if the editor answers soon.
    An editor that asks the user first does not answer soon, and the work is cancelled.
    """
    task = asyncio.create_task(sending)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=ANSWERED_S)
        current = asyncio.current_task()
        if not task.done() or current is None:
            task.cancel()
            raise
        current.uncancel()
        return task.result()


def _read(answer: object) -> tuple[bool, str]:
    """Return whether the editor has applied an edit, and the reason if not.

    Eglot before version 1.12 answers null on success, and with an error otherwise.
    """
    if answer is None:
        return True, ""
    if not isinstance(answer, dict):
        return False, ""
    return bool(answer.get("applied")), str(answer.get("failureReason") or "")


def _listed(why: Sequence[str]) -> str:
    return "\n".join(f"- {each}" for each in why)
