"""How the engine without a model gets types, and what it reports where it does not."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from python_expert.actions.base import Options, Skipped
from python_expert.actions.registry import action_of
from python_expert.pipeline.client import Worker
from python_expert.pipeline.known_types import with_types
from python_expert.pipeline.offline import Offline
from python_expert.processes.command import ToolError
from python_expert.text.document import Document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.tools.types import About

DOCUMENT = Document.of("file:///a.py", 1, "def f(): ...\n")


class Checker:
    """A stand-in type checker; it gives each answer once, and repeats the last one."""

    def __init__(self, *answers: list[dict[str, Any]] | ToolError | None) -> None:
        self._answers = list(answers)

    async def types(
        self, documents: Sequence[Document], document: Document, text: str, about: str
    ) -> list[dict[str, Any]] | None:
        assert about == "functions"
        assert document in documents
        assert text == "the text"
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, ToolError):
            raise answer
        return answer


class FakeAction:
    """An action that requests the types of texts, with its steps and skip reasons."""

    def __init__(self, *tools: object, rounds: int = 1) -> None:
        self.left: list[Skipped] = []
        self.steps: list[tuple[str, int, int]] = []
        self._request: Any = SimpleNamespace(
            project=SimpleNamespace(gate_tools=lambda: dict(enumerate(tools))),
            others=lambda: [DOCUMENT],
            action=action_of("add-type-hints"),
            progress=lambda *step: self.steps.append(step),
        )
        self._rounds = rounds

    def about(self, about: About) -> tuple[dict[str, Any], ...]:
        """Return the types that the options contain in the end."""

        async def types_wanted(_action: object, text: str, options: Options) -> str | None:
            return None if len(options.types) == self._rounds else text

        worker: Any = SimpleNamespace(types_wanted=types_wanted)
        document = Document.of("file:///a.py", 1, "the text")
        telling = with_types(
            worker, self._request, about, document, options=Options(), left=self.left, total=2
        )
        return tuple(map(dict, asyncio.run(telling).types))


def test_each_request_to_a_type_checker_is_a_step() -> None:
    fake = FakeAction(object(), Checker([]), rounds=2)
    assert fake.about("functions") == ({"text": "the text", "functions": []},) * 2
    assert fake.left == []
    assert fake.steps == [("inferring types, step 1", 0, 2), ("inferring types, step 2", 0, 2)]


def test_only_the_types_that_the_action_needs_are_requested() -> None:
    fake = FakeAction(Checker([]))
    assert fake.about("calls") == ()
    assert (fake.left, fake.steps) == ([], [])


def test_the_outcome_says_why_no_type_checker_was_asked() -> None:
    for tools, why in (
        ((), "it is not in use"),
        ([Checker(None)], "it cannot be asked about unsaved text"),
        ([Checker(ToolError("no configuration"))], "no configuration"),
    ):
        fake = FakeAction(*tools)
        assert fake.about("functions") == ()
        expected = f"hints by rules only, because no type checker was asked: {why}"
        assert [each.reason for each in fake.left] == [expected]


def test_the_outcome_says_that_the_type_checker_stopped_answering() -> None:
    fake = FakeAction(Checker([], ToolError("it ended")), rounds=2)
    assert len(fake.about("functions")) == 1
    assert [each.reason for each in fake.left] == [
        "hints from a part of the types only, because the type checker stopped answering: it ended"
    ]


def test_a_provider_that_was_not_asked_keeps_the_facts() -> None:
    facts = {"f": {"params": {}, "returns": "int"}}
    assert asyncio.run(Offline(Worker()).revise(facts, [("f", "x")])) is facts
