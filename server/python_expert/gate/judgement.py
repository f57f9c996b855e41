"""Collection of the tools' findings in a candidate."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from python_expert.gate.blocking import is_blocking, is_listed
from python_expert.gate.comparison import Found, new_findings
from python_expert.gate.floor import unsilenced, with_floor
from python_expert.gate.verdict import Reason
from python_expert.processes.command import ToolCrashError, ToolError
from python_expert.processes.jsonrpc import RpcError
from python_expert.project.project import OUR_ERROR
from python_expert.text.paths import to_path
from python_expert.tools.base import HasFloor
from python_expert.tools.candidates import ChecksCandidates

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from python_expert.diagnostics.finding import Report, ToolName
    from python_expert.project.project import Project
    from python_expert.text.document import Document, Edit
    from python_expert.tools.base import Tool

ATTEMPTS = 3
"""The most attempts of a check whose process dies."""


class Baseline(NamedTuple):
    """A text with which a candidate is compared.

    Attributes:
        code: The text.
        steps: The edits from the text to the candidate, each for the result of the one before.
    """

    code: str
    steps: tuple[Edit, ...]


class Judgement(NamedTuple):
    """The tools' judgement of a candidate.

    Attributes:
        blocking: New findings that stop the edit.
        noted: New findings that do not stop the edit; see `gate.blocking`.
        before: The number of findings of each tool before the edits.
        after: The number of findings of each tool after the edits.
        failed_tools: Why a tool could not check the candidate.
        revealed: Findings that would stop the edit but that the edit did not cause. The tool finds
            them because it did not check that code before.

    Of a tool that is switched off, only findings that stop the edit are listed.
    """

    blocking: tuple[Found, ...]
    noted: tuple[Found, ...]
    before: Mapping[ToolName, int]
    after: Mapping[ToolName, int]
    failed_tools: Mapping[ToolName, str]
    revealed: tuple[Found, ...] = ()

    @property
    def unchecked(self) -> tuple[Reason, ...]:
        """The tools that could not check the candidate, as reasons why it is unproven."""
        return tuple(
            Reason(f"{name} could not check it: {why}") for name, why in self.failed_tools.items()
        )


class Judge:
    """Judges candidates for one document with the tools of its project.

    Args:
        project: The project.
        document: The document.
        others: The project's other open documents.
        waiting: Called with the tools that have not finished with a candidate.
        later: Other documents that are changed together with this one, after the change. Findings
            in them are judged separately.
    """

    def __init__(
        self,
        project: Project,
        document: Document,
        others: Sequence[Document],
        waiting: Callable[[Sequence[ToolName]], None] = lambda _tools: None,
        later: Sequence[Document] = (),
    ) -> None:
        self._project = project
        self._document = document
        self._documents = (*(each for each in others if each.uri != document.uri), document)
        self._waiting = waiting
        self._changed = {each.uri: each for each in later if each.uri != document.uri}
        now = {each.uri: each for each in self._documents} | self._changed
        self._later = (*(each for each in now.values() if each is not document), document)
        self._off: set[Tool] = set()
        self._known: dict[tuple[ToolName, str, bool], list[Report] | str] = {}

    async def judge(
        self,
        after: str,
        before: Baseline,
        baseline: Callable[[], Awaitable[Baseline]],
        reasons: Iterable[Reason] = (),
    ) -> Judgement:
        """Compare the findings in a candidate with those before.

        Known reports on the current document are used first. Only if a new finding would stop the
        edit, the baseline is checked as well.

        Args:
            after: The candidate.
            before: The document's text, with parts that do not parse blanked.
            baseline: Creates the text that decides whether a finding is new.
            reasons: The proof's reasons for confirmation; calls in them are not reported again.
        """
        asked = self._project.gate_tools()
        tools = tuple(tool for tool in asked.values() if tool)  # the settings may change meanwhile
        self._off = {tool for tool in tools if self._project.tools.get(tool.name) is not tool}
        found_before, found_now = await asyncio.gather(
            asyncio.gather(*(self._before(tool, before.code) for tool in tools)),
            # The candidate is checked last, so that the tool's state matches the next document.
            self._ask_all(tools, after),
        )
        blocking: list[Found] = []
        noted: list[Found] = []
        failed_tools = {name: OUR_ERROR for name, tool in asked.items() if tool is None}
        revealed: list[Found] = []
        base: Baseline | None = None
        for tool, then, now in zip(tools, found_before, found_now, strict=True):
            if isinstance(now, str):
                failed_tools[tool.name] = now
                continue
            old = [] if isinstance(then, str) else then
            found = new_findings(old, now, self._document.uri, before.steps)
            found = self._unlisted(found, reasons)
            if tool not in self._off:
                noted += (each for each in found if not is_blocking(each.finding))
            if at_first := [each for each in found if is_blocking(each.finding)]:
                base = base or await baseline()
                answer = await self._ask(tool, base.code)
                old = [] if isinstance(answer, str) else answer
                found = new_findings(old, now, self._document.uri, base.steps)
                found = self._unlisted(found, reasons)
                new = [each for each in found if is_blocking(each.finding)]
                blocking += new
                if tool not in self._off:
                    revealed += (each for each in at_first if each not in new)
        names = [tool.name for tool in tools]
        shown = {tool.name for tool in tools if tool not in self._off} | failed_tools.keys()
        before_counts, after_counts = (
            {name: n for name, n in self._count(names, each).items() if name in shown}
            for each in (found_before, found_now)
        )
        return Judgement(
            tuple(blocking),
            tuple(noted),
            before_counts,
            after_counts,
            failed_tools,
            tuple(revealed),
        )

    def _unlisted(self, found: Iterable[Found], reasons: Iterable[Reason]) -> list[Found]:
        """Return the findings that neither the proof lists nor other changed documents contain."""
        here = self._document.uri
        return [
            each
            for each in found
            if each.uri not in self._changed
            and (each.uri != here or not is_listed(each.finding, reasons))
        ]

    def _count(
        self, names: Sequence[ToolName], reports: Sequence[list[Report] | str]
    ) -> dict[ToolName, int]:
        return {
            name: sum(len(r.findings) for r in each if r.uri == self._document.uri)
            for name, each in zip(names, reports, strict=True)
            if not isinstance(each, str)
        }

    async def _before(self, tool: Tool, code: str) -> list[Report] | str:
        """Return known reports on the current document; otherwise let the tool check it."""
        if code == self._document.text == unsilenced(code) and not self._changed:
            known = [self._project.latest(tool.name, each) for each in self._documents]
            mine = self._project.latest(tool.name, self._document)
            if mine is not None and (all(known) or not tool.whole_project):
                return [each for each in known if each] if tool.whole_project else [mine]
        return await self._ask(tool, code)

    async def _ask_all(self, tools: Sequence[Tool], text: str) -> list[list[Report] | str]:
        """Return the reports of several tools on a candidate."""
        waiting = [tool.name for tool in tools]

        async def ask(tool: Tool) -> list[Report] | str:
            answer = await self._ask(tool, text, later=True)
            waiting.remove(tool.name)
            if waiting:
                self._waiting(waiting)
            return answer

        self._waiting(waiting)
        return await asyncio.gather(*map(ask, tools))

    async def _ask(self, tool: Tool, text: str, *, later: bool = False) -> list[Report] | str:
        """Return a tool's reports on a text of the document, or why there are none.

        Args:
            tool: The tool.
            text: The text.
            later: Whether the other documents are used as changed.
        """
        key = (tool.name, text, later)
        if key not in self._known:
            self._known[key] = await self._try(
                tool, text, self._later if later else self._documents
            )
        return self._known[key]

    async def _try(
        self, tool: Tool, text: str, documents: Sequence[Document]
    ) -> list[Report] | str:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._what_if(tool, text, documents)
            except ToolCrashError as error:
                if attempt == ATTEMPTS:
                    return str(error)
            except (ToolError, RpcError) as error:
                return str(error)
        raise AssertionError

    async def _what_if(self, tool: Tool, text: str, documents: Sequence[Document]) -> list[Report]:
        plain = unsilenced(text)
        if self._changed and isinstance(tool, ChecksCandidates):
            return await tool.what_if_all(documents, self._document, plain)
        if not isinstance(tool, HasFloor):
            return await tool.what_if(documents, self._document, plain)
        if tool in self._off:
            return [await self._floor(tool, plain)]
        if not tool.is_lowered(self._document, plain):
            return await tool.what_if(documents, self._document, plain)
        reports, floor = await asyncio.gather(
            tool.what_if(documents, self._document, text),
            self._floor(tool, plain),
        )
        return with_floor(reports, floor)

    async def _floor(self, tool: HasFloor, text: str) -> Report:
        path = to_path(self._document.uri)
        python = await asyncio.to_thread(self._project.oldest_python, path)
        return await tool.floor(self._document, text, python)
