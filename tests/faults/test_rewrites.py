"""Whatever the endpoint and the user do, a rewrite changes the text completely or not at all.

The editor here applies an edit only if the edit is for its current version. The user may act at
each step of a rewrite. Afterwards the text is the user's own, except for complete definitions with
exactly the model's hints, all from one edit.
"""

from __future__ import annotations

import itertools
import json
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.client import Client, ResponseError, apply_edits, codes, shows, uri
from tests.conftest import RUFF_ALONE, write
from tests.faults.conftest import selected
from tests.messages import (
    MessagesServer,
    cut,
    error,
    error_in_stream,
    hang,
    malformed,
    page,
    redirect,
    refusal,
    reply,
    reset,
)
from tests.model import asked_for, knows, says
from tests.scale import LONG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.faults.conftest import Tally
    from tests.messages import Behaviour, Wire

pytestmark = pytest.mark.one_python

TEXT = '''\
"""A shop."""

import os

RATE = 2


def total(prices):
    return sum(prices) * RATE


def label(name, width=10):
    return name.ljust(width)
'''
HINTS: dict[str, dict[str, Any]] = {
    "total": {"types": ["prices: list[int]", "return: int"]},
    "label": {"types": ["name: str", "width: int", "return: str"]},
}
HEADS = {
    "total": ("def total(prices):", "def total(prices: list[int]) -> int:"),
    "label": ("def label(name, width=10):", "def label(name: str, width: int = 10) -> str:"),
}
"""The header of each definition as the user wrote it, and with the model's hints."""

LAST_REPORT = {"command": "pythonExpert.lastReport", "arguments": []}
RESULTS = {"changed", "unchanged", "refused", "cancelled"}


class Desk(Client):
    """An editor with one document that applies the server's edits.

    Attributes:
        text: The document's text, or empty while it is closed.
        own: The text with only the user's own edits.
        version: The document's version, which only increases.
        made: The texts before and after each applied edit.
        before_edit: Called when an edit has arrived, before the editor applies it.
        after_edit: Called when the editor has applied the edit, before it answers the server.
    """

    def __init__(self, folder: Path, model: MessagesServer) -> None:
        super().__init__([*RUFF_ALONE, "server"], cwd=folder, env=dict(model.variables))
        self.path = folder / "shop.py"
        self.text = self.own = ""
        self.version = 0
        self.made: list[tuple[str, str]] = []
        self.before_edit: Callable[[], None] | None = None
        self.after_edit: Callable[[], None] | None = None

    def show(self, text: str = TEXT) -> None:
        """Open the document."""
        self.version += 1
        self.text = self.own = text
        self.open(self.path, text, self.version)

    def hide(self) -> None:
        """Close the document without saving."""
        if self.text:
            self.text = self.own = ""
            self.close(self.path)

    def reopen(self, text: str) -> None:
        """Close the document, and open it with a text."""
        self.hide()
        self.show(text)

    def replace(self, old: str, new: str) -> None:
        """Replace a part of the text. It must not be a part that the rewrite changes."""
        with self._changed:
            if old in self.text:
                self.own = self.own.replace(old, new, 1)
                self._set(self.text.replace(old, new, 1))

    def undo(self) -> None:
        """Undo the last edit of a rewrite, unless the text has changed since."""
        with self._changed:
            if self.made and self.text == self.made[-1][1]:
                self._set(self.made[-1][0])

    def ask(self, provider: str = "anthropic") -> int:
        """Request the type hints rewrite; return the request's id."""
        arguments = {"action": "add-type-hints", "uri": uri(self.path), "version": self.version}
        params = {**arguments, "range": None, "provider": provider}
        return self.send_request(
            "workspace/executeCommand",
            {"command": "pythonExpert.rewrite", "arguments": [params | {"wait": True}]},
        )

    def configure(self, values: dict[str, Any]) -> None:
        """Change the settings. The server handles earlier messages first."""
        self.configuration["pythonExpert"] = values
        self.notify("workspace/didChangeConfiguration", {"settings": None})

    def settle(self, values: dict[str, Any]) -> None:
        """Change the settings, and wait until they are in effect."""
        asked = sum(method == "workspace/configuration" for method, _ in self.requests)
        self.configure(values)
        self.wait(
            lambda: sum(method == "workspace/configuration" for method, _ in self.requests) > asked,
            "a question for the settings",
        )
        # The server answers this request after it has applied the settings.
        self.request("workspace/executeCommand", LAST_REPORT)

    def _set(self, text: str) -> None:
        self.version += 1
        matcher = SequenceMatcher(None, self.text, text, autojunk=False)
        # From the end to the start, so that each position is valid in the old text.
        changes = [
            (place(self.text, start), place(self.text, end), text[new_start:new_end])
            for what, start, end, new_start, new_end in reversed(matcher.get_opcodes())
            if what != "equal"
        ]
        self.text = text
        self.change(self.path, self.version, changes)

    def _answer(self, method: str, params: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON is untyped
        if method != "workspace/applyEdit":
            return super()._answer(method, params)
        self.applied.append(params)
        if self.before_edit is not None:
            step, self.before_edit = self.before_edit, None
            step()
        (change,) = params["edit"]["documentChanges"]
        if not self.text or change["textDocument"]["version"] != self.version:
            return {"result": {"applied": False, "failureReason": "it has changed"}}
        before = self.text
        self._set(apply_edits(before, params["edit"]))
        self.made.append((before, self.text))
        if self.after_edit is not None:
            step, self.after_edit = self.after_edit, None
            step()
        return {"result": {"applied": True}}


def place(text: str, offset: int) -> tuple[int, int]:
    """Return an offset as line and column. The texts are ASCII."""
    return text.count("\n", 0, offset), offset - (text.rfind("\n", 0, offset) + 1)


def plain(text: str) -> str:
    """Return a text without the model's hints."""
    for lines_without_hints, hinted in HEADS.values():
        text = text.replace(hinted, lines_without_hints)
    return text


def hinted(text: str) -> set[str]:
    """Return the definitions that have all hints."""
    return {key for key, (_, with_hints) in HEADS.items() if with_hints in text}


def check_text(desk: Desk) -> None:
    """Check that the text is the user's own, and that each edit was complete."""
    assert plain(desk.text) == plain(desk.own)
    for before, after in desk.made:
        assert plain(before) == plain(after)
        assert hinted(before) < hinted(after), "an edit that changed nothing, or took back"


def check_works(desk: Desk, model: MessagesServer) -> None:
    """Check that findings are correct, and that the next rewrite succeeds."""
    model.answer = knows(HINTS)
    desk.settle({})
    desk.hide()
    desk.show()
    desk.wait_diagnostics(desk.path, shows("F401"), version=desk.version)
    made = len(desk.made)
    answer = desk.result_of(desk.ask(), what="a rewrite after all")
    assert answer["result"] == "changed", answer
    assert len(desk.made) == made + 1
    assert hinted(desk.text) == set(HEADS)
    assert plain(desk.text) == TEXT
    desk.wait_diagnostics(desk.path, lambda items: codes(items) == ["F401"], version=desk.version)


@pytest.fixture(scope="module")
def model() -> Iterator[MessagesServer]:
    """The model's endpoint, shared by all tests."""
    with MessagesServer() as server:
        yield server


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, model: MessagesServer) -> Iterator[Desk]:
    """One editor for all faults of the endpoint: each is followed by a rewrite that succeeds."""
    folder = write(tmp_path_factory.mktemp("rewrites") / "project", {"pyproject.toml": ""})
    with Desk(folder, model) as desk:
        desk.initialize([folder])
        yield desk


@pytest.fixture
def desk(shared: Desk) -> Desk:
    """The shared editor with its initial document."""
    shared.settle({})
    shared.hide()
    shared.made.clear()
    shared.applied.clear()
    shared.before_edit = shared.after_edit = None
    shared.show()
    return shared


# Responses of an endpoint


def endless(text: str) -> Behaviour:
    """Return a response that starts with the text and never ends."""

    async def act(wire: Wire) -> None:
        await wire.stream()
        usage = {"input_tokens": 10, "output_tokens": 1}
        message: dict[str, Any] = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "content": [],
        }
        message |= {"model": "m", "stop_reason": None, "stop_sequence": None, "usage": usage}
        await wire.event({"type": "message_start", "message": message})
        block = {"type": "text", "text": ""}
        await wire.event({"type": "content_block_start", "index": 0, "content_block": block})
        for part in itertools.chain([text], itertools.repeat(" " * 65536)):
            delta = {"type": "text_delta", "text": part}
            await wire.event({"type": "content_block_delta", "index": 0, "delta": delta})

    return act


def correct_answer(key: str) -> str:
    """Return the correct answer for a function."""
    return says(key, **HINTS.get(key, {}))


def answer_for_other(key: str) -> str:
    """Return the answer for the other function."""
    return correct_answer({"total": "label", "label": "total"}.get(key, key))


ANSWERS: dict[str, Callable[[str], Behaviour]] = {
    "cut off": lambda _key: cut(),
    "cut off before it began": lambda _key: cut(started=False),
    "reset": lambda _key: reset(),
    "an error in the middle": lambda _key: error_in_stream("overloaded_error", "Overloaded"),
    "overloaded": lambda _key: error(529, "overloaded_error", "Overloaded", {"retry-after": "0"}),
    "a wrong key": lambda _key: error(401, "authentication_error", "no"),
    "events that are none": lambda _key: malformed(),
    "a web page": lambda _key: page(),
    "a redirection": lambda _key: redirect("http://127.0.0.1:1/"),
    "a refusal": lambda _key: refusal(),
    "endless": lambda key: endless(correct_answer(key)),
    "endless chat": lambda _key: endless("Of course! Here is"),
    "never answering": lambda _key: hang(),
    "stopping in the middle": lambda _key: hang(started=True),
    "cut at the limit": lambda key: reply(correct_answer(key)[:-9], stop_reason="max_tokens"),
    "half of it": lambda key: reply(correct_answer(key)[: len(correct_answer(key)) // 2]),
    "twice": lambda key: reply([correct_answer(key), correct_answer(key)]),
    "no JSON": lambda _key: reply("{types: all of them}"),
    "another shape": lambda key: reply(json.dumps([correct_answer(key)])),
    "null": lambda _key: reply("null"),
    "nested too deep": lambda _key: reply("[" * 100_000),
    "a lone surrogate": lambda key: reply(says(key, types=["prices: \ud800", "name: \ud800"])),
    "chat": lambda _key: reply("Of course! I would add `list[int]` here. Anything else?"),
    "code": lambda _key: reply("def total(prices: list[int]) -> int:\n    return 0\n"),
    "code in an answer": lambda key: reply(says(key, types=["return: int:\n    evil()\n#"])),
    "lies": lambda key: reply(says(key, types=["prices: bytes", "name: Nowhere", "return: 1 +"])),
    "another function": lambda key: reply(answer_for_other(key)),
    "a function that is not there": lambda _key: reply(says("Evil.run", types=["return: int"])),
    "another model": lambda key: reply(correct_answer(key).replace("int", "float")),
}
ALWAYS_ANSWERS = ("cut off", "chat", "code", "another function", "endless", "lies")
"""The responses in every run."""


@pytest.mark.parametrize("name", selected(ANSWERS, ALWAYS_ANSWERS, 4))
def test_no_answer_of_an_endpoint_leaves_the_text_half_rewritten(
    desk: Desk, model: MessagesServer, tally: Tally, name: str
) -> None:
    desk.settle({"llm": {"timeoutS": 2, "retries": 1}})
    model.answer = lambda request: ANSWERS[name](asked_for(request))
    fault = f"an endpoint: {name}"
    with tally.survives(fault):
        answer = desk.result_of(desk.ask())
        assert answer["result"] in RESULTS
        for before, after in desk.made:  # wrong hints are harmless
            assert len(desk.made) == 1
            assert lines_without_hints(after) == lines_without_hints(before)
        if not desk.made:
            assert desk.text == TEXT
        check_works(desk, model)
    tally.right(fault)


def test_an_endless_answer_is_rejected_long_before_the_timeout(
    desk: Desk, model: MessagesServer, tally: Tally
) -> None:
    model.answer = lambda request: endless(correct_answer(asked_for(request)))
    with tally.survives("an endpoint: endless, with time to spare"):
        answer = desk.result_of(desk.ask())
        assert answer["result"] == "refused"
        assert desk.text == TEXT
        arguments = desk.request("workspace/executeCommand", LAST_REPORT)
        assert "is too long" in arguments
        check_works(desk, model)
    tally.right("an endpoint: endless, with time to spare")


def lines_without_hints(text: str) -> list[str]:
    """Return the lines of a text that cannot contain a hint."""
    return [line for line in text.splitlines() if not line.startswith(("def ", "from ", "import "))]


# Actions of the user at each step

USER_ACTIONS: dict[str, Callable[[Desk], None]] = {
    "types elsewhere": lambda desk: desk.replace("RATE = 2", "RATE = 3\nMORE = 4"),
    "types in the target": lambda desk: desk.replace("sum(prices)", "max(prices)"),
    "types in the head": lambda desk: desk.replace("width=", "size="),
    "deletes the target": lambda desk: desk.replace(HEADS["total"][0], "def other(prices):"),
    "breaks the syntax": lambda desk: desk.replace("RATE = 2", "RATE = (2"),
    "undoes": lambda desk: desk.undo(),
    "closes": lambda desk: desk.hide(),
    "closes and opens": lambda desk: desk.reopen(TEXT),
    "opens another text": lambda desk: desk.reopen(f"# Other\n{TEXT}"),
    "switches the network off": lambda desk: desk.configure({"privacy": {"network": False}}),
    "chooses offline": lambda desk: desk.configure({"llm": {"provider": "offline"}}),
    "chooses another model": lambda desk: desk.configure({"llm": {"model": "another"}}),
    "trusts no more": lambda desk: desk.configure({"trusted": False}),
    "ignores the file": lambda desk: desk.configure({"privacy": {"ignore": ["*.py"]}}),
}
STEPS = ("before the answer", "between answer and edit", "when the edit is made")
ACTIONS_AT_STEPS = [f"{each}, {step}" for each in (*USER_ACTIONS, "cancels") for step in STEPS]
ALWAYS_ACTIONS = ("undoes, when the edit is made", "cancels, before the answer")


@pytest.mark.parametrize("what", selected(ACTIONS_AT_STEPS, ALWAYS_ACTIONS, 12))
def test_no_user_action_leaves_the_text_half_rewritten(
    desk: Desk, model: MessagesServer, tally: Tally, what: str
) -> None:
    name, _, step = what.partition(", ")
    number = 0

    def user_action() -> None:
        desk.cancel(number) if name == "cancels" else USER_ACTIONS[name](desk)

    gate = model.gate()
    model.answer = knows(HINTS, gate=gate)
    asked = len(model.requests)
    fault = f"the user {what}"
    with tally.survives(fault):
        number = desk.ask()
        assert model.wait_requests(asked + 2)
        if step == STEPS[0]:
            user_action()
        elif step == STEPS[1]:
            desk.before_edit = user_action
        else:
            desk.after_edit = user_action
        gate.open()
        result = outcome(desk, number)
        check_text(desk)
        if not what.startswith(("cancels", "closes", "opens")):
            assert len(desk.made) == (result == "changed")
        if name == "undoes" and step == STEPS[2]:
            assert desk.text == TEXT, "an edit that the user has taken back was made again"
        check_works(desk, model)
    tally.right(fault)


FORBIDDING: dict[str, dict[str, Any]] = {
    "switches the network off": {"privacy": {"network": False}},
    "trusts no more": {"trusted": False},
    "ignores the file": {"privacy": {"ignore": ["shop.py"]}},
    "chooses offline": {"llm": {"provider": "offline", "concurrency": 1}},
    "chooses another endpoint": {"llm": {"baseUrl": "http://127.0.0.1:1", "concurrency": 1}},
}


@pytest.mark.parametrize("what", FORBIDDING)
def test_a_setting_changed_during_a_request_stops_further_ones(
    desk: Desk, model: MessagesServer, tally: Tally, what: str
) -> None:
    desk.settle({"llm": {"concurrency": 1}})
    gate, asked = model.gate(), len(model.requests)
    model.answer = knows(HINTS, gate=gate)
    fault = f"the user {what}, between two questions"
    with tally.survives(fault):
        number = desk.ask()
        assert model.wait_requests(asked + 1)
        desk.settle(FORBIDDING[what])
        gate.open()
        desk.result_of(number)
        assert len(model.requests) == asked + 1
        check_text(desk)
        check_works(desk, model)
    tally.right(fault)


def outcome(desk: Desk, number: int) -> str:
    """Return the result of a rewrite."""
    try:
        result: str = desk.result_of(number)["result"]
    except ResponseError as error:
        assert error.code == -32800  # noqa: PT017 - it was cancelled
        return "cancelled"
    assert result in RESULTS
    return result


# Rewrites, responses and user actions in random order


class DisturbedRewrites(RuleBasedStateMachine):
    """Rewrites and their disturbances in random order."""

    desk: Desk
    model: MessagesServer

    def __init__(self) -> None:
        super().__init__()
        self.under_way: list[int] = []
        self.desk.settle({})
        self.desk.hide()
        self.desk.made.clear()
        self.desk.before_edit = self.desk.after_edit = None
        self.desk.show()
        self.gate = self.model.gate()
        self.model.answer = knows(HINTS, gate=self.gate)

    @precondition(lambda self: len(self.under_way) < 3)
    @rule()
    def asks(self) -> None:
        """Start a rewrite."""
        self.under_way.append(self.desk.ask())

    @rule(name=st.sampled_from(sorted(USER_ACTIONS)))
    def does(self, name: str) -> None:
        """Perform a user action immediately."""
        USER_ACTIONS[name](self.desk)

    @rule(name=st.sampled_from(sorted(USER_ACTIONS)), late=st.booleans())
    def will_do(self, name: str, *, late: bool) -> None:
        """Plan a user action for when the next edit arrives, or is applied."""
        step = "after_edit" if late else "before_edit"
        setattr(self.desk, step, lambda: USER_ACTIONS[name](self.desk))

    @rule(name=st.sampled_from(sorted(set(ANSWERS) - {"another model", "lies", "twice"})))
    def misbehaves(self, name: str) -> None:
        """Replace the next response by another one."""
        self.model.script(lambda wire: ANSWERS[name](asked_for(wire.request))(wire))

    @precondition(lambda self: self.under_way)
    @rule()
    def cancels(self) -> None:
        """Cancel the oldest rewrite."""
        self.desk.cancel(self.under_way[0])

    @rule()
    def answers(self) -> None:
        """Release all responses that are held back."""
        self.gate.open()
        self.gate = self.model.gate()
        self.model.answer = knows(HINTS, gate=self.gate)

    @invariant()
    def is_whole(self) -> None:
        """Check that the text is the user's own, except for complete edits."""
        with self.desk._changed:
            check_text(self.desk)

    def teardown(self) -> None:
        """End all rewrites, and check that the server still works."""
        self.desk.configure({"llm": {"timeoutS": 2, "retries": 0}})
        self.model.answer = knows(HINTS)
        self.gate.open()
        for number in self.under_way:
            self.desk.cancel(number)
            outcome(self.desk, number)
        self.model._scripted.clear()
        check_text(self.desk)
        self.desk.before_edit = self.desk.after_edit = None
        check_works(self.desk, self.model)


def test_disturbed_rewrites_in_any_order_leave_the_text_intact(
    shared: Desk, model: MessagesServer, tally: Tally
) -> None:
    DisturbedRewrites.desk, DisturbedRewrites.model = shared, model
    examples, steps = (60, 40) if LONG else (3, 12)
    fewer_examples = settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    with tally.survives("rewrites in any order", examples):
        run_state_machine_as_test(DisturbedRewrites, settings=fewer_examples)
    tally.right("rewrites in any order", examples)
