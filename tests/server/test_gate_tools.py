"""A tool that is switched off is asked by the gate all the same, and by nothing else."""

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

BEFORE, AFTER = "x = 1\n", "x = 1  # TODO\n"


class Watched(Toy):
    """A toy that notes what becomes of it."""

    made = 0
    code = "TOY1"
    broken = ""
    events: ToolEvents

    def __init__(self, launch: object) -> None:
        super().__init__(launch)
        type(self).made += 1
        self.told: list[str] = []

    @classmethod
    def make(cls, context: ToolContext, events: ToolEvents) -> Watched:
        """Make it, if it can be made."""
        if cls.broken == "make":
            raise RuntimeError
        made = super().make(context, events)
        assert isinstance(made, cls)
        made.events = events
        return made

    async def what_if(
        self, documents: Sequence[Document], document: Document, text: str
    ) -> list[Report]:
        """Look for the word, and tell what nobody asked for."""
        if self.broken == "what_if":
            raise ToolError("it is broken")
        (report,) = await super().what_if(documents, document, text)
        self.events.reports([report])
        found = tuple(each._replace(code=self.code) for each in report.findings)
        return [report._replace(findings=found)]

    def forget(self, uri: str) -> None:
        """Note a document that was closed."""
        self.told.append(uri)

    def disk_changed(self) -> None:
        """Note a change on disk."""
        self.told.append("disk")

    async def stop(self) -> None:
        """Note the end."""
        self.told.append("stop")


def kind(**changes: Any) -> type[Watched]:  # noqa: ANN401 - attributes of the class
    """A kind of toy of its own."""
    return type("Kind", (Watched,), {"made": 0, **changes})


class Case:
    """A project in which the toy is switched off.

    Attributes:
        heard: The tools of which findings were published.
    """

    def __init__(self, folder: Path, toy: type[Watched], **settings: object) -> None:
        self.heard: list[str] = []
        events = Events(
            lambda reports: self.heard.extend(each.tool for each in reports), lambda _problem: None
        )
        off = {"ruff": {"enabled": False}, TOY: {"enabled": False}}
        merged, _ = merge([Layer("test", {"tools": off} | settings)], schema((Ruff.spec, toy.spec)))
        self.settings = merged
        self.project = Project(folder, merged, events, (Ruff, toy))
        self.document = Document.of((folder / "a.py").as_uri(), 1, BEFORE)
        self.waiting: list[tuple[str, ...]] = []

    async def judge(self) -> Judgement:
        """What the gate says of a candidate with the word in it."""
        baseline = Baseline(BEFORE, ())

        async def same() -> Baseline:
            return baseline

        def wait(tools: Sequence[str]) -> None:
            self.waiting.append(tuple(tools))

        return await Judge(self.project, self.document, [], wait).judge(AFTER, baseline, same)


def judged(case: Case) -> Judgement:
    """The same, and the project is stopped."""

    async def scenario() -> Judgement:
        try:
            return await case.judge()
        finally:
            await case.project.stop()

    return asyncio.run(scenario())


def test_it_is_told_which_tools_have_not_answered_yet(tmp_path: Path) -> None:
    case = Case(tmp_path, kind())
    judged(case)
    assert set(case.waiting[0]) == {"ruff", TOY}
    assert list(map(len, case.waiting)) == [2, 1]


def test_what_stops_an_edit_is_found_and_nothing_is_shown(tmp_path: Path) -> None:
    case = Case(tmp_path, kind())
    judgement = judged(case)
    assert [each.finding.code for each in judgement.blocking] == ["TOY1"]
    assert (judgement.before, judgement.after, judgement.failed_tools) == ({}, {}, {})
    assert (case.heard, case.project.tools) == ([], {})
    assert case.project.status[TOY].state is State.OFF


def test_what_stops_no_edit_is_not_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("python_expert.gate.judgement.is_blocking", lambda _finding: False)
    judgement = judged(Case(tmp_path, kind()))
    assert (judgement.blocking, judgement.noted) == ((), ())


@pytest.mark.parametrize("broken", ["make", "what_if"])
def test_one_that_cannot_be_asked_is_told_of(tmp_path: Path, broken: str) -> None:
    judgement = judged(Case(tmp_path, kind(broken=broken)))
    assert judgement.failed_tools == {TOY: "it is broken" if broken == "what_if" else OUR_ERROR}


@pytest.mark.parametrize("trusted", [True, False])
def test_one_that_needs_trust_is_not_asked_without_it(tmp_path: Path, trusted: bool) -> None:  # noqa: FBT001 - a parameter of the test
    toy = kind(spec=replace(Toy.spec, needs_trust=True))
    judgement = judged(Case(tmp_path, toy, trusted=trusted))
    assert (len(judgement.blocking), toy.made) == (trusted, trusted)


def test_it_is_made_when_the_gate_asks_and_ends_with_the_project(tmp_path: Path) -> None:
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
        assert made.told == ["disk", case.document.uri]  # type: ignore[union-attr]
        await project.configure(replace(case.settings, trusted=False))
        assert made.told[2:] == ["stop"]  # type: ignore[union-attr]
        again = project.gate_tools()[TOY]
        await project.stop()
        assert (toy.made, again.told) == (2, ["stop"])  # type: ignore[union-attr]

    asyncio.run(scenario())


def test_one_that_runs_is_asked_itself(tmp_path: Path) -> None:
    case = Case(tmp_path, kind(), tools={"ruff": {"enabled": False}})
    assert case.project.gate_tools()[TOY] is case.project.tools[TOY]
    assert judged(case).after == {TOY: 1}
