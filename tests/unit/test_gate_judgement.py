"""How the gate checks a candidate with the tools, and how it uses their findings."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from python_expert.config.layers import Layer
from python_expert.config.settings import schema
from python_expert.config.sources import merge
from python_expert.diagnostics.finding import Finding, Report, Severity
from python_expert.gate.judgement import ATTEMPTS, Baseline, Judge, Judgement
from python_expert.gate.verdict import Reason
from python_expert.processes.command import ToolCrashError, ToolError
from python_expert.processes.jsonrpc import RpcError
from python_expert.project.events import Events
from python_expert.project.project import Project
from python_expert.text.document import Document, Position, Range
from python_expert.tools.ruff.tool import Ruff
from tests.tools import MYPY, RUFF
from tests.toy_tool import Toy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from python_expert.tools.base import ToolEvents
    from python_expert.tools.context import ToolContext

BEFORE, AFTER = "x = 1\n", "x = 2\n"


def finding(code: str, line: int = 0, column: int = 0) -> Finding:
    """Return a finding of ruff, whose rules the gate uses."""
    where = Range(Position(line, column), Position(line, column + 1))
    return Finding(RUFF, where, code, f"about {code}", Severity.ERROR)


Answer = tuple[Finding, ...] | Exception
"""A tool's findings in a text, or its error."""


class Scripted(Toy):
    """A tool in ruff's place that answers by the text, and records the calls.

    Attributes:
        answers: Its findings in each text; the last answer to a text is repeated.
        elsewhere: Its findings in other documents.
        asked: The texts that it has checked, each with the texts of all documents.
    """

    spec = replace(Toy.spec, name=RUFF)
    files = Ruff.files
    answers: dict[str, list[Answer]]
    elsewhere: tuple[Report, ...]
    asked: list[tuple[str, list[str]]]

    @classmethod
    def make(cls, context: ToolContext, events: ToolEvents) -> Scripted:
        """Create the tool."""
        del events
        return cls(context)

    async def what_if(
        self, documents: Sequence[Document], document: Document, text: str
    ) -> list[Report]:
        """Answer by the text."""
        self.asked.append((text, [each.text for each in documents]))
        answers = self.answers.get(text, [()])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return [Report(RUFF, document.uri, document.version, answer), *self.elsewhere]


class Floored(Scripted):
    """A tool with a minimum of its own.

    Attributes:
        lowered: Whether the project or the text requests less than the minimum.
        floored: Its findings with the minimum alone.
        low: The texts that were checked with the minimum.
    """

    lowered = True
    floored: tuple[Finding, ...] = ()
    low: list[str]

    def is_lowered(self, document: Document, text: str) -> bool:
        """Return whether less than the minimum is requested."""
        del document, text
        return self.lowered

    async def floor(self, document: Document, text: str, python: tuple[int, int] | None) -> Report:
        """Check with the minimum."""
        del python
        self.low.append(text)
        return Report(RUFF, document.uri, document.version, self.floored)


class Case:
    """A project with one scripted tool, and a document in it.

    Args:
        folder: The project's folder.
        found: The tool's findings in each text.
        elsewhere: Its findings in other documents.
        kind: The class of the tool.
        enabled: Whether it is switched on.
        attributes: Other attributes of the tool.
    """

    def __init__(
        self,
        folder: Path,
        found: dict[str, list[Answer]],
        elsewhere: Sequence[Report] = (),
        kind: type[Scripted] = Scripted,
        *,
        enabled: bool = True,
        **attributes: object,
    ) -> None:
        values = {"answers": found, "elsewhere": tuple(elsewhere), "asked": [], "low": []}
        self.tool: type[Floored] = type("Tool", (kind,), values | attributes)
        off = Layer("test", {"tools": {RUFF: {"enabled": enabled}}})
        settings, _ = merge([off], schema((self.tool.spec,)))
        events = Events(lambda _reports: None, lambda _problem: None)
        self.project = Project(folder, settings, events, (self.tool,))
        self.document = Document.of((folder / "a.py").as_uri(), 1, BEFORE)
        self.others = [
            Document.of((folder / f"{name}.py").as_uri(), 1, f"import {name}\n") for name in "bc"
        ]

    def judge(
        self,
        baseline: str = BEFORE,
        reasons: Sequence[Reason] = (),
        later: Sequence[Document] = (),
        after: str = AFTER,
        text: str = BEFORE,
    ) -> Judgement:
        """Return the judgement of the gate's tools on the candidate."""
        judge = Judge(self.project, self.document, self.others, later=later)

        async def base() -> Baseline:
            return Baseline(baseline, ())

        async def run() -> Judgement:
            return await judge.judge(after, Baseline(text, ()), base, reasons)

        return asyncio.run(run())


def codes(judgement: Judgement) -> tuple[list[str], list[str]]:
    """Return the codes of the findings that stop the edit, and of those that do not."""
    return (
        [each.finding.code for each in judgement.blocking],
        [each.finding.code for each in judgement.noted],
    )


def test_new_findings_stop_the_edit_or_are_noted(tmp_path: Path) -> None:
    now = (finding("F841"), finding("F821"), finding("D100"), finding("D200"))
    case = Case(tmp_path, {BEFORE: [(finding("F841"), finding("D200"))], AFTER: [now]})
    judgement = case.judge()
    assert codes(judgement) == (["F821"], ["D100"])
    assert (judgement.before, judgement.after, judgement.failed_tools) == ({RUFF: 2}, {RUFF: 4}, {})


def test_a_finding_that_is_also_in_the_baseline_does_not_stop_the_edit(tmp_path: Path) -> None:
    found: dict[str, list[Answer]] = {
        "any": [(finding("F821"),)],
        AFTER: [(finding("F821"), finding("F841"))],
    }
    assert codes(Case(tmp_path, found).judge("any")) == (["F841"], [])


def test_a_baseline_that_cannot_be_checked_is_ignored(tmp_path: Path) -> None:
    found: dict[str, list[Answer]] = {"any": [ToolError("broken")], AFTER: [(finding("F821"),)]}
    assert codes(Case(tmp_path, found).judge("any")) == (["F821"], [])


def test_no_baseline_is_checked_without_a_finding_that_stops_the_edit(tmp_path: Path) -> None:
    case = Case(tmp_path, {AFTER: [(finding("D100"),)]})
    assert codes(case.judge("any")) == ([], ["D100"])
    assert [text for text, _ in case.tool.asked] == [BEFORE, AFTER]


def test_a_call_that_the_proof_lists_is_not_reported_twice(tmp_path: Path) -> None:
    found: dict[str, list[Answer]] = {
        AFTER: [(finding("ASYNC251", 2, 4), finding("ASYNC251", 3, 4), finding("F821", 2, 4))]
    }
    case = Case(tmp_path, found)
    judgement = case.judge(reasons=[Reason("it blocks", 2, listed_at=4)])
    assert [(each.finding.code, each.finding.range.start.line) for each in judgement.blocking] == [
        ("ASYNC251", 3),
        ("F821", 2),
    ]


def test_a_listed_call_does_not_excuse_findings_in_other_documents(tmp_path: Path) -> None:
    where = (tmp_path / "b.py").as_uri()
    case = Case(tmp_path, {}, [Report(RUFF, where, 1, (finding("ASYNC251", 2, 4),))])
    case.tool.answers = {BEFORE: [ToolError("broken")]}
    judgement = case.judge(reasons=[Reason("it blocks", 2, listed_at=4)])
    assert [each.uri for each in judgement.blocking] == [where]


def test_findings_in_other_documents_stop_the_edit_and_are_not_counted(tmp_path: Path) -> None:
    where = (tmp_path / "b.py").as_uri()
    case = Case(tmp_path, {}, [Report(RUFF, where, 1, (finding("F821"),))])
    case.tool.answers = {BEFORE: [ToolError("broken")], "any": [ToolError("broken")]}
    judgement = case.judge("any")
    assert [each.uri for each in judgement.blocking] == [where]
    assert judgement.after == {RUFF: 0}


def test_documents_changed_together_are_judged_separately(
    tmp_path: Path,
) -> None:
    where = (tmp_path / "b.py").as_uri()
    case = Case(tmp_path, {}, [Report(RUFF, where, 2, (finding("F821"),))])
    case.tool.answers = {BEFORE: [ToolError("broken")], "any": [ToolError("broken")]}
    later = Document.of(where, 2, "import a as b\n")
    assert codes(case.judge("any", later=[later])) == ([], [])
    checked = dict(case.tool.asked)
    assert checked[BEFORE] == ["import b\n", "import c\n", BEFORE]
    assert checked[AFTER] == ["import a as b\n", "import c\n", BEFORE]


def test_the_tools_see_all_documents_that_change_together(tmp_path: Path) -> None:
    case = Case(tmp_path, {})
    later = [Document.of(each.uri, 2, f"{each.text}# new\n") for each in case.others]
    case.judge(later=later, after=BEFORE)  # the document itself may be unchanged
    assert [texts for _, texts in case.tool.asked] == [
        ["import b\n", "import c\n", BEFORE],
        ["import b\n# new\n", "import c\n# new\n", BEFORE],
    ]


def test_the_document_itself_is_judged_even_if_it_is_among_those_changed_together(
    tmp_path: Path,
) -> None:
    case = Case(tmp_path, {AFTER: [(finding("F821"),)]})
    case.others.append(Document.of(case.document.uri, 0, "x = 0\n"))
    assert codes(case.judge(later=[case.document])) == (["F821"], [])
    assert [texts for _, texts in case.tool.asked] == [["import b\n", "import c\n", BEFORE]] * 2


def test_a_finding_of_one_tool_does_not_excuse_one_of_another(tmp_path: Path) -> None:
    case = Case(tmp_path, {AFTER: [(finding("F821"),)]})
    other: type[Scripted] = type(
        "Other", (case.tool,), {"spec": replace(Toy.spec, name=MYPY), "answers": {}}
    )
    settings, _ = merge([], schema((case.tool.spec, other.spec)))
    events = Events(lambda _reports: None, lambda _problem: None)
    case.project = Project(tmp_path, settings, events, (case.tool, other))
    assert case.judge().after == {RUFF: 1, MYPY: 0}


@pytest.mark.parametrize("error", [ToolError("no answer"), RpcError(1, "no answer")], ids=repr)
def test_a_tool_that_fails_leaves_the_edit_to_the_user(tmp_path: Path, error: Exception) -> None:
    case = Case(tmp_path, {AFTER: [error]})
    judgement = case.judge()
    assert codes(judgement) == ([], [])
    assert [each.message for each in judgement.unchecked] == ["ruff could not check it: no answer"]
    assert [text for text, _ in case.tool.asked].count(AFTER) == 1
    assert (judgement.before, judgement.after) == ({RUFF: 0}, {})


@pytest.mark.parametrize("crashes", [ATTEMPTS - 1, ATTEMPTS])
def test_a_check_is_repeated_if_the_tool_s_process_dies(tmp_path: Path, crashes: int) -> None:
    failed_tools = crashes == ATTEMPTS
    answers: list[Answer] = [*[ToolCrashError("it died")] * crashes, (finding("F821"),)]
    case = Case(tmp_path, {AFTER: answers})
    judgement = case.judge()
    assert (judgement.failed_tools == {RUFF: "it died"}) is failed_tools
    assert codes(judgement)[0] == ([] if failed_tools else ["F821"])
    assert [text for text, _ in case.tool.asked].count(AFTER) == ATTEMPTS


def test_each_text_is_checked_once(tmp_path: Path) -> None:
    case = Case(tmp_path, {AFTER: [(finding("F821"),)]})
    case.judge()
    assert [text for text, _ in case.tool.asked] == [BEFORE, AFTER]  # the first is the baseline


def test_comments_for_a_whole_file_do_not_silence_a_tool(tmp_path: Path) -> None:
    case = Case(tmp_path, {})
    case.judge(after="# ruff: noqa\nx = 2\n")
    assert case.tool.asked[-1][0] == "#-----------\nx = 2\n"


def test_the_minimum_is_checked_as_well_if_less_is_requested(tmp_path: Path) -> None:
    noqa = "# ruff: noqa\nx = 2\n"
    found: dict[str, list[Answer]] = {noqa: [(finding("W291"), finding("F841"))]}
    low = (finding("F821"), finding("F841"))
    case = Case(tmp_path, found, kind=Floored, floored=low)
    judgement = case.judge(after=noqa)
    # A finding of the minimum that is also in the text before is not new.
    assert codes(judgement) == ([], ["W291"])
    assert noqa in [text for text, _ in case.tool.asked]
    assert "#-----------\nx = 2\n" in case.tool.low
    case = Case(tmp_path, {noqa: [(finding("W291"),)]}, kind=Floored, lowered=False, floored=low)
    case.judge(after=noqa)
    assert case.tool.low == []


def test_a_disabled_tool_counts_only_with_its_minimum(tmp_path: Path) -> None:
    case = Case(tmp_path, {AFTER: [(finding("F841"),)]}, kind=Floored, enabled=False)
    judgement = case.judge()
    assert (codes(judgement), judgement.after, case.tool.asked) == (([], []), {}, [])
    assert sorted(case.tool.low) == [BEFORE, AFTER]


def test_every_tool_that_could_not_check_is_named() -> None:
    failed_tools = {RUFF: "it died", MYPY: "no memory"}
    assert [each.message for each in Judgement((), (), {}, {}, failed_tools).unchecked] == [
        "ruff could not check it: it died",
        "mypy could not check it: no memory",
    ]


@pytest.mark.parametrize("whole", [True, False])
def test_known_findings_of_the_document_are_reused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, whole: bool
) -> None:
    case = Case(tmp_path, {AFTER: [(finding("D100"), finding("D200"))]}, whole_project=whole)
    documents = [*case.others, case.document]
    known = {each.uri: Report(RUFF, each.uri, 1, (finding("D100"),)) for each in documents}
    monkeypatch.setattr(case.project, "latest", lambda _tool, each: known.get(each.uri))

    def asked() -> list[str]:
        case.tool.asked.clear()
        assert codes(case.judge()) == ([], ["D200"] if case.document.uri in known else both)
        return [text for text, _ in case.tool.asked]

    both = ["D100", "D200"]
    assert asked() == [AFTER]
    del known[case.others[1].uri]
    if whole:
        case.tool.answers[BEFORE] = [(finding("D100"),)]
    assert asked() == ([BEFORE, AFTER] if whole else [AFTER])
    del known[case.document.uri]
    case.tool.answers.pop(BEFORE, None)
    assert asked() == [BEFORE, AFTER]


def test_known_findings_are_not_used_if_a_comment_silences_the_tool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(tmp_path, {})
    text = "# ruff: noqa\nx = 1\n"
    case.document = Document.of(case.document.uri, 2, text)
    known = Report(RUFF, case.document.uri, 2, ())
    monkeypatch.setattr(case.project, "latest", lambda *_: known)
    case.judge(text=text)
    assert [each for each, _ in case.tool.asked] == ["#-----------\nx = 1\n", AFTER]
