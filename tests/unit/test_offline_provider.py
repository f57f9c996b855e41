"""How the engine without a model gets to know types, and what is said where it does not."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from python_expert.actions.registry import action_of
from python_expert.pipeline.offline import types_of
from python_expert.pipeline.result import Outcome
from python_expert.processes.command import ToolError
from python_expert.text.document import Document

if TYPE_CHECKING:
    from collections.abc import Sequence

DOCUMENT = Document.of("file:///a.py", 1, "def f(): ...\n")


class Checker:
    """A tool that knows types, or not."""

    def __init__(self, answer: list[dict[str, Any]] | ToolError | None) -> None:
        self._answer = answer

    async def types(
        self, documents: Sequence[Document], document: Document, text: str
    ) -> list[dict[str, Any]] | None:
        assert list(documents) == [document]
        assert text == "the text"
        if isinstance(self._answer, ToolError):
            raise self._answer
        return self._answer


def asked(*tools: object) -> tuple[list[dict[str, Any]] | None, str]:
    """What is known of types with some tools, and what the outcome says."""
    outcome = Outcome(action_of("add-type-hints"), DOCUMENT.uri, "a.py", "offline")
    project = SimpleNamespace(gate_tools=lambda: dict(enumerate(tools)))
    request: Any = SimpleNamespace(project=project, others=lambda: [DOCUMENT])
    return asyncio.run(types_of(request, outcome, DOCUMENT, "the text")), outcome.reason


def test_a_tool_that_knows_types_is_asked() -> None:
    assert asked(object(), Checker([])) == ([], "")


def test_where_none_can_tell_the_outcome_says_so() -> None:
    for tools, why in (
        ((), "it is not in use"),
        ([Checker(None)], "it cannot be asked about unsaved text"),
        ([Checker(ToolError("no configuration"))], "no configuration"),
    ):
        known, said = asked(*tools)
        assert known is None
        assert said == f"hints by rule only, as no type checker was asked: {why}"
