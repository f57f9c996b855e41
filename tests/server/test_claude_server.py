"""A model behind the rewrites in an editor, served by a loopback endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.client import Client, apply_edits
from tests.conftest import RUFF_ALONE
from tests.messages import KEY, MessagesServer, error, hang, refusal
from tests.model import knows
from tests.server.test_rewrites_server import argument, begin, menu, report, run, span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import ClientFactory, ProjectFactory
    from tests.messages import Behaviour

pytestmark = pytest.mark.one_python

SHOP = '''\
"""A shop."""


def total(prices):
    return sum(prices)


def label(name, width=10):
    return name.ljust(width)
'''
HINTS = {
    "total": {"types": ["prices: list[int]", "return: int"]},
    "label": {"types": ["name: str", "width: int", "return: str"]},
}
STATUS = {"experimental": {"pythonExpertStatus": True}}


@pytest.fixture
def model() -> Iterator[MessagesServer]:
    """An endpoint whose model has type hints for the shop."""
    with MessagesServer() as server:
        server.answer = knows(HINTS)
        yield server


@pytest.fixture
def editor_with_key(
    client: ClientFactory, project: ProjectFactory, model: MessagesServer
) -> Client:
    """An editor whose server has a key for the loopback endpoint."""
    folder = project({"pyproject.toml": ""})
    editor = client([*RUFF_ALONE, "server"], cwd=folder, env=model.variables)
    editor.initialize([folder], capabilities=STATUS)
    return editor


def opened(editor_with_key: Client, tmp_path: Path, text: str = SHOP, name: str = "shop.py") -> str:
    """Open a document of the project, and return its URI."""
    return editor_with_key.open(tmp_path / "project" / name, text)


def hints(document: str, where: dict[str, Any] | None = None, **more: str) -> dict[str, Any]:
    """Return the argument of the command for type hints."""
    return argument(document, where, "add-type-hints") | more


def payload(editor_with_key: Client, told: dict[str, Any]) -> str:
    """Return the preview of what would be sent."""
    params = {"command": "pythonExpert.showPayload", "arguments": [told]}
    text: str = editor_with_key.request("workspace/executeCommand", params)
    return text


def test_the_menu_names_the_model_and_listing_sends_nothing(
    editor_with_key: Client, tmp_path: Path, model: MessagesServer
) -> None:
    document = opened(editor_with_key, tmp_path)
    docstrings, types = menu(editor_with_key, document, span(4), ["refactor.rewrite.pythonExpert"])
    assert docstrings["title"] == "Add docstrings to `total` (claude-sonnet-5-5)"
    assert types["tags"] == [1]
    editor_with_key.request("codeAction/resolve", types)
    assert model.connections == 0


@pytest.mark.parametrize(
    "settings",
    [
        {"llm": {"showActions": False}},
        {"llm": {"provider": "offline"}},
        {"privacy": {"network": False}},
        {"privacy": {"ignore": ["shop.py"]}},
        {"trusted": False},
    ],
)
def test_model_actions_are_hidden_if_unwanted_or_forbidden(
    client: ClientFactory, project: ProjectFactory, model: MessagesServer, settings: dict[str, Any]
) -> None:
    folder = project({"pyproject.toml": ""})
    editor = client([*RUFF_ALONE, "server"], cwd=folder, env=model.variables)
    editor.initialize([folder], configuration={"pythonExpert": settings})
    document = editor.open(folder / "shop.py", SHOP)
    (action,) = menu(editor, document, span(8), ["refactor.rewrite.pythonExpert.addTypeHints"])
    assert action["title"] == "Add type hints to `label` (offline)"
    assert "tags" not in action
    (command_argument,) = action["command"]["arguments"]
    assert run(editor, command_argument)["result"] == "changed"
    assert model.connections == 0


def test_the_answers_are_written_in_one_edit_with_progress_for_each(
    editor_with_key: Client, tmp_path: Path, model: MessagesServer
) -> None:
    gate = model.gate()
    model.answer = lambda request: knows(HINTS, gate=gate if request.number > 1 else None)(request)
    document = opened(editor_with_key, tmp_path)
    request = begin(editor_with_key, hints(document))

    def progress() -> list[str]:
        return [each["value"].get("message") for each in editor_with_key.progress]

    editor_with_key.wait(lambda: "1 of 2 definitions" in progress(), "the first answer")
    gate.open()
    assert editor_with_key.result_of(request)["result"] == "changed"
    (applied,) = editor_with_key.applied
    (change,) = applied["edit"]["documentChanges"]
    text = apply_edits(SHOP, change["edits"], editor_with_key.encoding)
    assert "def total(prices: list[int]) -> int:" in text
    assert "def label(name: str, width: int = 10) -> str:" in text


def test_the_report_has_model_tokens_cost_and_attempts(
    editor_with_key: Client, tmp_path: Path, model: MessagesServer
) -> None:
    model.script(error(529, "overloaded_error", "Overloaded"))
    document = opened(editor_with_key, tmp_path)
    run(editor_with_key, hints(document))
    text = report(editor_with_key)
    assert "Proposed by: anthropic" in text
    assert "Model: claude-sonnet-5-5: 3 requests, " in text
    assert "tokens in" in text
    assert "about $0." in text
    assert KEY not in text


def test_the_status_keeps_provider_model_and_tokens(
    editor_with_key: Client, tmp_path: Path
) -> None:
    document = opened(editor_with_key, tmp_path)
    run(editor_with_key, hints(document))

    def status_has_tokens() -> bool:
        return any(
            method == "pythonExpert/status"
            and (each["provider"], each["model"]) == ("anthropic", "claude-sonnet-5-5")
            and each["tokens"] > 100
            for method, each in editor_with_key.notifications
        )

    editor_with_key.wait(status_has_tokens, "the tokens")


def test_the_preview_is_shown_byte_for_byte_and_not_sent(
    editor_with_key: Client, tmp_path: Path, model: MessagesServer
) -> None:
    document = opened(editor_with_key, tmp_path)
    text = payload(editor_with_key, hints(document))
    assert model.connections == 0
    assert KEY not in text
    run(editor_with_key, hints(document))
    assert len(model.requests) == 2
    for request in model.requests:
        assert request.raw.decode() in text


def test_the_offline_engine_would_send_nothing(editor_with_key: Client, tmp_path: Path) -> None:
    document = opened(editor_with_key, tmp_path)
    assert "Nothing would leave" in payload(editor_with_key, hints(document, provider="offline"))
    ignored = opened(editor_with_key, tmp_path, name="secrets.py")
    assert "nothing of this file is sent" in payload(
        editor_with_key, hints(ignored, provider="anthropic")
    )


def test_a_cancel_stops_the_request_at_the_endpoint(
    editor_with_key: Client, tmp_path: Path, model: MessagesServer
) -> None:
    model.answer = lambda _request: hang(started=True)
    document = opened(editor_with_key, tmp_path)
    request = begin(editor_with_key, hints(document))
    assert model.wait_requests(2)
    editor_with_key.wait(lambda: editor_with_key.progress, "progress")
    editor_with_key.notify(
        "window/workDoneProgress/cancel", {"token": editor_with_key.progress[0]["token"]}
    )
    assert editor_with_key.result_of(request)["result"] == "cancelled"
    assert model.wait_closed(count=2)
    model.answer = knows(HINTS)
    assert run(editor_with_key, hints(document))["result"] == "changed"


def test_a_cancelled_command_stops_the_request_at_the_endpoint(
    editor_with_key: Client, tmp_path: Path, model: MessagesServer
) -> None:
    model.answer = lambda _request: hang()
    document = opened(editor_with_key, tmp_path)
    request = begin(editor_with_key, hints(document))
    assert model.wait_requests(2)
    editor_with_key.cancel(request)
    assert model.wait_closed(count=2)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (error(401, "authentication_error", f"invalid x-api-key {KEY}"), "accept the key"),
        (refusal(), "declined to answer"),
    ],
)
def test_an_error_is_reported_and_the_offline_rewrite_is_offered(
    editor_with_key: Client, tmp_path: Path, model: MessagesServer, said: Behaviour, words: str
) -> None:
    model.answer = lambda _request: said
    editor_with_key.choice = "Do It Offline"
    document = opened(editor_with_key, tmp_path)
    answer = run(editor_with_key, hints(document, span(7)))
    assert answer["result"] == "refused"
    assert words in answer["message"]
    editor_with_key.wait(lambda: editor_with_key.applied, "the offline rewrite")
    (question,) = [each for each in editor_with_key.messages if each.get("actions")]
    assert words in question["message"]
    (change,) = editor_with_key.applied[0]["edit"]["documentChanges"]
    assert "width: int = 10" in apply_edits(SHOP, change["edits"], editor_with_key.encoding)
    everything = (
        f"{editor_with_key.messages} {editor_with_key.logs} "
        f"{editor_with_key.stderr} {report(editor_with_key)}"
    )
    assert KEY not in everything


def test_a_model_by_name_is_refused_for_an_ignored_file(
    editor_with_key: Client, tmp_path: Path, model: MessagesServer
) -> None:
    document = opened(editor_with_key, tmp_path, name="credentials.py")
    answer = run(editor_with_key, hints(document, provider="anthropic"))
    assert answer["result"] == "refused"
    assert "nothing of this file is sent" in answer["message"]
    assert model.connections == 0


def test_typing_elsewhere_meanwhile_moves_the_answer_with_its_function(
    editor_with_key: Client, tmp_path: Path, model: MessagesServer
) -> None:
    gate = model.gate()
    model.answer = knows(HINTS, gate=gate)
    document = opened(editor_with_key, tmp_path)
    request = begin(editor_with_key, hints(document, span(7)))
    assert model.wait_requests(1)
    editor_with_key.change(document, 2, [((0, 0), (0, 0), "# above\n")])
    gate.open()
    assert editor_with_key.result_of(request)["result"] == "changed"
    (change,) = editor_with_key.applied[0]["edit"]["documentChanges"]
    assert change["textDocument"]["version"] == 2
    text = apply_edits("# above\n" + SHOP, change["edits"], editor_with_key.encoding)
    assert "def label(name: str, width: int = 10) -> str:" in text


def test_a_function_changed_meanwhile_is_not_rewritten(
    editor_with_key: Client, tmp_path: Path, model: MessagesServer
) -> None:
    gate = model.gate()
    model.answer = knows(HINTS, gate=gate)
    document = opened(editor_with_key, tmp_path)
    request = begin(editor_with_key, hints(document, span(7)))
    assert model.wait_requests(1)
    editor_with_key.change(document, 2, [((8, 4), (8, 4), "# mine\n    ")])
    gate.open()
    answer = editor_with_key.result_of(request)
    assert answer["result"] == "refused"
    assert "changed while" in answer["message"]
    assert editor_with_key.applied == []


def test_a_choice_of_a_replacement_follows_its_function(
    editor_with_key: Client, tmp_path: Path, model: MessagesServer
) -> None:
    text = "import time\n\n\ndef wait(n):\n    time.sleep(n)\n"
    gate = model.gate()
    answers = {"wait": {"convert": True, "calls": ["1: asyncio.to_thread"]}}
    model.answer = knows(answers, gate=gate)
    editor_with_key.choice = "Apply"
    document = opened(editor_with_key, tmp_path, text, "wait.py")
    request = begin(editor_with_key, argument(document, span(4), "convert-to-async"))
    assert model.wait_requests(1)
    editor_with_key.change(document, 2, [((0, 0), (0, 0), "# above\n")])
    gate.open()
    assert editor_with_key.result_of(request)["result"] == "changed"
    (change,) = editor_with_key.applied[0]["edit"]["documentChanges"]
    after = apply_edits("# above\n" + text, change["edits"], editor_with_key.encoding)
    assert "    await asyncio.to_thread(time.sleep, n)\n" in after


def test_a_network_switched_off_meanwhile_sends_no_further_request(
    client: ClientFactory, project: ProjectFactory, model: MessagesServer
) -> None:
    folder = project({"pyproject.toml": ""})
    editor = client([*RUFF_ALONE, "server"], cwd=folder, env=model.variables)
    editor.initialize([folder], configuration={"pythonExpert": {"llm": {"concurrency": 1}}})
    gate = model.gate()
    model.answer = knows(HINTS, gate=gate)
    document = editor.open(folder / "shop.py", SHOP)
    request = begin(editor, hints(document))
    assert model.wait_requests(1)
    editor.configuration["pythonExpert"] = {"privacy": {"network": False}}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    # The menu shows when the server has the new setting.
    editor.wait(lambda: "(offline)" in _title(editor, document), "the new settings")
    gate.open()
    editor.result_of(request)
    assert "the network is off" in report(editor)
    assert len(model.requests) == 1


def _title(editor: Client, document: str) -> str:
    (action,) = menu(editor, document, span(8), ["refactor.rewrite.pythonExpert.addTypeHints"])
    title: str = action["title"]
    return title


def test_the_server_can_be_shut_down_while_a_model_is_asked(
    editor_with_key: Client, tmp_path: Path, model: MessagesServer
) -> None:
    model.answer = lambda _request: hang(started=True)
    begin(editor_with_key, hints(opened(editor_with_key, tmp_path)))
    assert model.wait_requests(2)
    assert editor_with_key.shutdown() == 0
    assert model.wait_closed(count=2)
    assert "Traceback" not in editor_with_key.stderr
