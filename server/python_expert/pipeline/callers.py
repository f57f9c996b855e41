"""Changes callers in other files of the project together with what they call."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.error_recovery import UnreadableError
from python_expert.config.entry_points import entry_points, module_of
from python_expert.gate.blocking import is_allowable
from python_expert.gate.comparison import sentence
from python_expert.gate.judgement import Judge
from python_expert.gate.verdict import Reason, Status
from python_expert.pipeline.candidates import Candidates
from python_expert.pipeline.context import options_for
from python_expert.pipeline.faults import RefusalError
from python_expert.pipeline.known_types import with_types
from python_expert.pipeline.normalisation import Normaliser
from python_expert.pipeline.project_texts import any_of, on_disk, texts_with
from python_expert.processes.command import ToolError
from python_expert.text.changes import DocumentEdit
from python_expert.text.paths import to_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from python_expert.actions.base import Options
    from python_expert.analysis.elsewhere import Converted
    from python_expert.pipeline.client import Worker
    from python_expert.pipeline.request import Request
    from python_expert.pipeline.written import Written
    from python_expert.text.document import Document

MOST = 100
"""The most files that may contain a changed name; with more, nothing is changed."""


class Caller(NamedTuple):
    """Another file and how it is changed.

    Attributes:
        document: The file before the change.
        name: The file's path in the project.
        written: The change.
        options: The context of the rewrite for this file.
        is_open: Whether the file is open in the editor.
    """

    document: Document
    name: str
    written: Written
    options: Options
    is_open: bool

    @property
    def after(self) -> Document:
        """The file after the change, as a document."""
        return self.document.with_text(self.written.after)

    @property
    def edit(self) -> DocumentEdit:
        """The edit of this file."""
        version = self.document.version if self.is_open else None
        return DocumentEdit(self.document.uri, version, self.written.edits)


class Callers:
    """The callers, in other files, of the definitions that a rewrite changes.

    Args:
        worker: The process that rewrites and judges texts.
        request: The user's request.
        document: The document that is rewritten.
    """

    def __init__(self, worker: Worker, request: Request, document: Document) -> None:
        self._worker = worker
        self._request = request
        self._document = document
        self._known: dict[str, Options] = {}
        self._reexported: dict[Converted, None] = {}

    async def written(self, written: Written, options: Options) -> tuple[Caller, ...]:
        """Return the changes of the other files.

        Args:
            written: The change of the document.
            options: The context of the rewrite.

        Raises:
            RefusalError: A use of a changed definition cannot be changed, or may not be a use of
                it.
        """
        action = self._request.action
        if written.code != self._document.text:
            raise RefusalError("a part of the file does not parse, so its callers are not changed")
        converted = await self._worker.converted(
            action, self._document.text, written.after, options
        )
        while True:
            root = self._request.project.root
            if called := await asyncio.to_thread(entry_points, root, converted):
                raise RefusalError(called[0].why)
            callers = [
                caller
                for document in await self._naming(converted)
                if (caller := await self._caller(document, converted))
            ]
            more: dict[Converted, None] = {}
            for each in callers:
                text, after = each.document.text, each.written.after
                found = await self._worker.converted(action, text, after, each.options)
                more |= dict.fromkeys(found)
            more = {each: None for each in more if each not in converted}
            again = [each for each in self._reexported if each not in converted]
            if not more and not again:
                return tuple(callers)
            own = (*(each for each in converted if each not in self._reexported), *more)
            converted = (*converted, *more, *again)
            uses = await self._worker.uses(
                action, self._document.text, replace(options, converted=own)
            )
            if uses.total or uses.doubts:
                names = ", ".join(sorted(each.name for each in more))
                raise RefusalError(
                    f"it would use what its callers make async as well ({names}):"
                    " files that use each other are not changed together"
                )

    async def judged(
        self, written: Written, callers: Sequence[Caller], *, allow: bool
    ) -> tuple[Caller, ...]:
        """Have the tools check all changes together; returns the other files that pass.

        Args:
            written: The change of the document.
            callers: How the other files are changed.
            allow: Whether the user allows findings.

        Raises:
            RefusalError: The tools have new findings.
        """
        document, request = self._document, self._request
        own = document.with_text(written.after)
        later = [own, *(each.after for each in callers)]
        found = []
        for each in callers:
            judge = Judge(request.project, each.document, self.beside(callers), later=later)
            normaliser = Normaliser(self._worker, request, each.document)
            candidates = Candidates(self._worker, request.action, judge, normaliser)
            form = await normaliser.formatted(each.written, each.options)
            form, judgement = await candidates.judged(form, each.options)
            for tool, why in judgement.failed_tools.items():
                raise RefusalError(f"{each.name}: {tool} cannot check the result: {why}")
            for one in judgement.blocking:
                if not (allow and is_allowable(one.finding)):
                    finding = one.finding
                    said = sentence(finding.tool, finding.code, finding.message)
                    raise RefusalError(f"{each.name}:{finding.range.start.line + 1}: {said}")
            found.append(each._replace(written=form))
        return tuple(found)

    def beside(self, callers: Iterable[Caller]) -> list[Document]:
        """Return the current documents that are open or changed."""
        known = {each.uri: each for each in self._request.others()}
        known |= {each.document.uri: each.document for each in callers}
        return list((known | {self._document.uri: self._document}).values())

    async def _naming(self, converted: Iterable[Converted]) -> list[Document]:
        """Return the other files of the project that contain the name of a converted definition.

        Raises:
            RefusalError: The project cannot be searched, there are too many files, or a file
                without such a name re-exports a module with one.
        """
        names = sorted({each.last for each in converted})
        if not names:
            return []
        modules = {module_of(each.path) for each in converted}
        try:
            given = self._request, self._document
            documents = await texts_with(*given, [any_of(names)])
            importing = await texts_with(*given, [any_of(modules)])
        except ToolError as error:
            raise RefusalError(f"its callers cannot be looked for: {error}") from error
        if len(documents) > MOST:
            raise RefusalError(
                f"{len(documents)} files name {' or '.join(names[:3])}, and at most {MOST} are"
                " examined"
            )
        for each in importing:
            if each not in documents:
                await self._check_passed(each, tuple(converted))
        return documents

    async def _check_passed(self, document: Document, converted: tuple[Converted, ...]) -> None:
        """Check that a file re-exports no module through which others may use converted code."""
        project, action = self._request.project, self._request.action
        options = await asyncio.to_thread(options_for, project, document, callers=True)
        with suppress(UnreadableError):
            options = replace(options, converted=converted)
            for each in (await self._worker.uses(action, document.text, options)).doubts:
                name = self._name(document.uri)
                raise RefusalError(f"{name}:{each.line + 1}: {each.message}")

    async def _caller(self, document: Document, converted: tuple[Converted, ...]) -> Caller | None:
        """Return how another file is changed; None if it uses no converted definition.

        Raises:
            RefusalError: Its uses are unclear or cannot be changed.
        """
        action, name = self._request.action, self._name(document.uri)
        options = replace(await self._options(document), converted=converted)
        try:
            uses = await self._worker.uses(action, document.text, options)
        except UnreadableError as error:
            raise RefusalError(f"{name} cannot be read: {error}") from error
        self._reexported |= dict.fromkeys(uses.reexported)
        for each in uses.doubts:
            raise RefusalError(f"{name}:{each.line + 1}: {each.message}")
        if not uses.total:
            return None
        written = await self._worker.apply(action, document.text, uses.facts, options)
        if not written.edits:
            why = written.left[0].text if written.left else "its calls cannot be changed"
            raise RefusalError(f"{name}: {why}")
        if written.verdict.status is Status.REFUSED:
            reason = written.verdict.reasons[0]
            raise RefusalError(f"{name}:{reason.line + 1}: the gate refuses it: {reason.message}")
        is_open = any(each is document for each in self._request.others())
        return Caller(document, name, written, options, is_open)

    async def _options(self, document: Document) -> Options:
        if document.uri not in self._known:
            self._request.progress(f"checking {self._name(document.uri)}", 0, 0)
            project = self._request.project
            options = await asyncio.to_thread(options_for, project, document, callers=True)
            self._known[document.uri] = await with_types(
                self._worker, self._request, "calls", document, options=options, left=[]
            )
        return self._known[document.uri]

    def _name(self, uri: str) -> str:
        path, root = to_path(uri), self._request.project.root
        if path is None:
            return uri
        return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def reasons(callers: Iterable[Caller], elsewhere: Iterable[Reason]) -> tuple[Reason, ...]:
    """Return what cannot be proven about other files.

    Args:
        callers: The files that are changed.
        elsewhere: What the change breaks in other files, including these files before their change.
    """
    changed = tuple(f"{each.name}:" for each in callers)
    found = [each for each in elsewhere if not each.message.startswith(changed)]
    found += [
        Reason(f"{each.name}:{reason.line + 1}: {reason.message}")
        for each in callers
        for reason in each.written.verdict.reasons
    ]
    return tuple(found)


def notices(callers: Sequence[Caller], broken: Sequence[Reason], advice: str) -> tuple[str, ...]:
    """Return what the user must know about the other files before they are changed.

    Args:
        callers: The files that are changed.
        broken: What the change breaks in other files.
        advice: How the user can also change these files; or empty.
    """
    if not callers:
        return (f"{advice}.",) if broken and advice else ()
    names = ", ".join(each.name for each in callers)
    found = [f"The calls in other files are awaited: {names}."]
    for each in callers:
        found += [f"{each.name}: {text}" for text in each.written.confirm]
    return tuple(found)


async def are_current(callers: Sequence[Caller], others: Sequence[Document]) -> bool:
    """Return whether no file has changed since the rewrite, neither on disk nor in an editor."""
    known = {each.uri: each for each in others}
    for each in callers:
        latest = known.get(each.document.uri)
        if latest is not each.document and (latest or each.is_open):
            return False
        if latest is None:
            now = await asyncio.to_thread(on_disk, each.document.uri)
            if now.text != each.document.text:
                return False
    return True
