"""Which definitions a model is asked about again after the gate has refused its proposals."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import pytest

from python_expert.actions.base import Options
from python_expert.pipeline.faults import RefusalError
from python_expert.pipeline.refine import Attempt
from python_expert.text.document import Document

if TYPE_CHECKING:
    from python_expert.pipeline.client import Worker
    from python_expert.pipeline.request import Request


@pytest.mark.parametrize(
    ("keys", "named", "again"),
    [
        (["f", "g"], "g", {"g"}),
        (["f"], "", {"f"}),
        (["f", "g"], "", set()),
        (["f", "g"], "h", set()),
    ],
)
def test_only_a_definition_that_is_named_or_alone_is_asked_about_again(
    monkeypatch: pytest.MonkeyPatch, keys: list[str], named: str, again: set[str]
) -> None:
    async def refuse(*, may_ask: bool) -> None:
        raise RefusalError(f"no {may_ask}", named, repairable=True)

    document = Document.of("file:///a.py", 1, "")
    facts: dict[str, object] = dict.fromkeys(keys)
    attempt = Attempt(cast("Worker", None), cast("Request", None), document, facts, Options())
    monkeypatch.setattr(attempt, "_run", refuse)
    asyncio.run(attempt.run(may_ask=False))
    assert attempt.refusal
    assert attempt.out.faults.keys() == again
