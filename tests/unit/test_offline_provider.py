"""How the engine without a model gets to know types, and what is said where it does not."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from python_expert.actions.registry import action_of
from python_expert.pipeline.offline import TypeQuestions
from python_expert.pipeline.result import Outcome
from python_expert.processes.command import ToolError
from python_expert.text.document import Document

if TYPE_CHECKING:
    from collections.abc import Sequence

DOCUMENT = Document.of("file:///a.py", 1, "def f(): ...\n")


class Checker:
    """A tool that knows types, or not; each answer is given once, the last one always."""

    def __init__(self, *answers: list[dict[str, Any]] | ToolError | None) -> None:
        self._answers = list(answers)

    async def types(
        self, documents: Sequence[Document], document: Document, text: str
    ) -> list[dict[str, Any]] | None:
        assert list(documents) == [document]
        assert text == "the text"
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, ToolError):
            raise answer
        return answer


class Asked:
    """Questions about one document to some tools, and what is said meanwhile."""

    def __init__(self, *tools: object) -> None:
        self.outcome = Outcome(action_of("add-type-hints"), DOCUMENT.uri, "a.py", "offline")
        self.outcome.asked = ("f", "g")
        self.steps: list[tuple[str, int, int]] = []
        request: Any = SimpleNamespace(
            project=SimpleNamespace(gate_tools=lambda: dict(enumerate(tools))),
            others=lambda: [DOCUMENT],
            progress=lambda *step: self.steps.append(step),
        )
        self._ask = TypeQuestions(request, self.outcome, DOCUMENT)

    def once(self) -> list[dict[str, Any]] | None:
        """Ask once."""
        return asyncio.run(self._ask("the text"))


def test_a_tool_that_knows_types_is_asked_and_each_time_is_a_step() -> None:
    asked = Asked(object(), Checker([]))
    assert [asked.once(), asked.once()] == [[], []]
    assert asked.outcome.reason == ""
    assert asked.steps == [("inferring types, step 1", 0, 2), ("inferring types, step 2", 0, 2)]


def test_where_none_can_tell_the_outcome_says_so() -> None:
    for tools, why in (
        ((), "it is not in use"),
        ([Checker(None)], "it cannot be asked about unsaved text"),
        ([Checker(ToolError("no configuration"))], "no configuration"),
    ):
        asked = Asked(*tools)
        assert asked.once() is None
        assert asked.outcome.reason == (f"hints by rule only, as no type checker was asked: {why}")


def test_where_only_some_answers_come_the_outcome_says_that() -> None:
    asked = Asked(Checker([], ToolError("it ended")))
    assert [asked.once(), asked.once()] == [[], None]
    assert asked.outcome.reason == (
        "hints from a part of the types only, as the type checker stopped answering: it ended"
    )
