"""The gate uses a tool that is switched off; nothing else uses it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.config.layers import Layer
from python_expert.config.settings import schema
from python_expert.config.sources import merge
from python_expert.gate.judgement import Baseline, Judge
from python_expert.processes.command import ToolError
from python_expert.project.events import Events, State
from python_expert.project.project import OUR_ERROR, Project
from python_expert.text.document import Document
from python_expert.tools.ruff.tool import Ruff
from tests.toy_tool import TOY, Toy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from python_expert.diagnostics.finding import Report
    from python_expert.gate.judgement import Judgement
    from python_expert.tools.base import ToolEvents
    from python_expert.tools.context import ToolContext

pytestmark = pytest.mark.one_python

BEFORE, AFTER = "x = 1\n", "x = 1  # TODO\n"


class Watched(Toy):
    """A toy tool that records how it is used."""

    made = 0
    code = "TOY1"
    broken = ""
    events: ToolEvents

    def __init__(self, launch: object) -> None:
        super().__init__(launch)
        type(self).made += 1
        self.calls: list[str] = []

    @classmethod
    def make(cls, context: ToolContext, events: ToolEvents) -> Watched:
        """Create the tool, or fail if it is broken."""
        if cls.broken == "make":
            raise RuntimeError
        made = super().make(context, events)
        assert isinstance(made, cls)
        made.events = events
        return made

    async def what_if(
        self, documents: Sequence[Document], document: Document, text: str
    ) -> list[Report]:
        """Look for the word, and also send a report that was not requested."""
        if self.broken == "what_if":
            raise ToolError("it is broken")
        (report,) = await super().what_if(documents, document, text)
        self.events.reports([report])
        found = tuple(each._replace(code=self.code) for each in report.findings)
        return [report._replace(findings=found)]

    def forget(self, uri: str) -> None:
        """Record a closed document."""
        self.calls.append(uri)

    def disk_changed(self) -> None:
        """Record a change on disk."""
        self.calls.append("disk")

    async def stop(self) -> None:
        """Record the end."""
        self.calls.append("stop")


def kind(**changes: Any) -> type[Watched]:  # noqa: ANN401 - attributes of the class
    """Return a new class of toy tools."""
    return type("Kind", (Watched,), {"made": 0, **changes})


class Case:
    """A project in which the toy tool is switched off.

    Attributes:
        published: The tools whose findings were published.
    """

    def __init__(self, folder: Path, toy: type[Watched], **settings: object) -> None:
        self.published: list[str] = []
        events = Events(
            lambda reports: self.published.extend(each.tool for each in reports),
            lambda _problem: None,
        )
        off = {"ruff": {"enabled": False}, TOY: {"enabled": False}}
        merged, _ = merge([Layer("test", {"tools": off} | settings)], schema((Ruff.spec, toy.spec)))
        self.settings = merged
        self.project = Project(folder, merged, events, (Ruff, toy))
        self.document = Document.of((folder / "a.py").as_uri(), 1, BEFORE)
        self.waiting: list[tuple[str, ...]] = []

    async def judge(self) -> Judgement:
        """Return the gate's judgement on a candidate that contains the word."""
        baseline = Baseline(BEFORE, ())

        async def same() -> Baseline:
            return baseline

        def wait(tools: Sequence[str]) -> None:
            self.waiting.append(tuple(tools))

        return await Judge(self.project, self.document, [], wait).judge(AFTER, baseline, same)


def judged(case: Case) -> Judgement:
    """Return the gate's judgement, and stop the project."""

    async def scenario() -> Judgement:
        try:
            return await case.judge()
        finally:
            await case.project.stop()

    return asyncio.run(scenario())


def test_the_gate_reports_which_tools_have_not_answered_yet(tmp_path: Path) -> None:
    case = Case(tmp_path, kind())
    judged(case)
    assert set(case.waiting[0]) == {"ruff", TOY}
    assert list(map(len, case.waiting)) == [2, 1]


def test_a_blocking_finding_is_used_and_not_published(tmp_path: Path) -> None:
    case = Case(tmp_path, kind())
    judgement = judged(case)
    assert [each.finding.code for each in judgement.blocking] == ["TOY1"]
    assert (judgement.before, judgement.after, judgement.failed_tools) == ({}, {}, {})
    assert (case.published, case.project.tools) == ([], {})
    assert case.project.status[TOY].state is State.OFF


def test_a_finding_that_does_not_block_is_not_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("python_expert.gate.judgement.is_blocking", lambda _finding: False)
    judgement = judged(Case(tmp_path, kind()))
    assert (judgement.blocking, judgement.noted) == ((), ())


@pytest.mark.parametrize("broken", ["make", "what_if"])
def test_a_tool_that_cannot_check_is_reported(tmp_path: Path, broken: str) -> None:
    judgement = judged(Case(tmp_path, kind(broken=broken)))
    assert judgement.failed_tools == {TOY: "it is broken" if broken == "what_if" else OUR_ERROR}


@pytest.mark.parametrize("trusted", [True, False])
def test_a_tool_that_needs_trust_is_not_used_without_it(tmp_path: Path, trusted: bool) -> None:  # noqa: FBT001 - a parameter of the test
    toy = kind(spec=replace(Toy.spec, needs_trust=True))
    judgement = judged(Case(tmp_path, toy, trusted=trusted))
    assert (len(judgement.blocking), toy.made) == (trusted, trusted)


def test_the_tool_starts_with_the_gate_s_first_check_and_ends_with_the_project(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        toy = kind()
        case = Case(tmp_path, toy)
        project = case.project
        project.changed(case.document)
        assert toy.made == 0
        await case.judge()
        await case.judge()
        made = project.gate_tools()[TOY]
        assert (isinstance(made, toy), toy.made) == (True, 1)
        project.disk_changed()
        project.closed(case.document.uri)
        assert made.calls == ["disk", case.document.uri]  # type: ignore[union-attr]
        await project.configure(replace(case.settings, trusted=False))
        assert made.calls[2:] == ["stop"]  # type: ignore[union-attr]
        again = project.gate_tools()[TOY]
        await project.stop()
        assert (toy.made, again.calls) == (2, ["stop"])  # type: ignore[union-attr]

    asyncio.run(scenario())


def test_a_running_tool_is_used_directly(tmp_path: Path) -> None:
    case = Case(tmp_path, kind(), tools={"ruff": {"enabled": False}})
    assert case.project.gate_tools()[TOY] is case.project.tools[TOY]
    assert judged(case).after == {TOY: 1}
