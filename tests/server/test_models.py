"""Choosing a model: the requests to an endpoint, and the reasons if it may not be asked."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.llm.anthropic.endpoint import Endpoint
from python_expert.llm.anthropic.faults import EndpointError
from tests.conftest import RUFF_ONLY
from tests.messages import KEY, MODEL, MessagesServer, error, hang, page, reset

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from python_expert.llm.anthropic.models import Model
    from tests.client import Client, Json
    from tests.conftest import ClientFactory, ProjectFactory
    from tests.messages import Behaviour

pytestmark = pytest.mark.one_python

NAMES = {"claude-opus-5-5": "Claude Opus 5.5", MODEL: "Claude Sonnet 5.5", "tiny": ""}
LISTED = [
    {"id": "claude-opus-5-5", "name": "Claude Opus 5.5"},
    {"id": MODEL, "name": "Claude Sonnet 5.5"},
    {"id": "tiny", "name": "tiny"},
]


def listed(retries: int = 0, timeout_s: float = 20.0) -> tuple[Model, ...]:
    async def scenario() -> tuple[Model, ...]:
        endpoint = Endpoint(None, timeout_s, retries)
        try:
            return await endpoint.models()
        finally:
            await endpoint.stop()

    return asyncio.run(scenario())


def listing_error(retries: int = 0, timeout_s: float = 20.0) -> str:
    """Return why the models cannot be listed."""
    with pytest.raises(EndpointError) as caught:
        listed(retries, timeout_s)
    return str(caught.value)


def test_models_are_listed_in_the_endpoint_s_order(messages: MessagesServer) -> None:
    messages.models = NAMES
    assert [each._asdict() for each in listed()] == LISTED


def test_all_pages_are_read(messages: MessagesServer) -> None:
    messages.models = {f"claude-{number}": f"Claude {number}" for number in range(250)}
    assert [each.id for each in listed()] == list(messages.models)
    assert [each.query.get("after_id") for each in messages.requests] == [
        None,
        "claude-99",
        "claude-199",
    ]


def test_an_endpoint_that_repeats_a_page_is_asked_twice(
    messages: MessagesServer,
) -> None:
    one = {"data": [{"id": "a"}, {"id": "b"}], "has_more": True, "last_id": "b"}
    body = json.dumps(one)
    messages.script(*[page(body, kind="application/json")] * 5)
    assert [each.id for each in listed()] == ["a", "b"]
    assert len(messages.requests) == 2


@pytest.mark.parametrize(
    "body",
    [
        {"object": "list", "data": [{"id": "llama", "object": "model", "owned_by": "me"}]},
        {"data": [None, 7, {}, {"id": ""}, {"id": 3}, {"id": "a\nb"}, {"id": "llama"}]},
    ],
)
def test_a_gateway_s_own_list_of_models_is_understood(
    messages: MessagesServer, body: dict[str, Any]
) -> None:
    messages.script(page(json.dumps(body), kind="application/json"))
    assert [tuple(each) for each in listed()] == [("llama", "llama")]


@pytest.mark.parametrize(
    "behaviour",
    [
        error(404, "not_found_error", "Not Found"),
        error(404, "not_found_error", "no model here"),
        error(405, "invalid_request_error", "Method Not Allowed"),
        page("404 page not found", status=404, kind="text/plain"),
        page(),
        page("[]", kind="application/json"),
        page('{"data": []}', kind="application/json"),
        page('{"data": null}', kind="application/json"),
    ],
)
def test_an_endpoint_without_a_list_is_reported_with_a_remedy(
    messages: MessagesServer, behaviour: Behaviour
) -> None:
    messages.script(behaviour)
    reason_text = listing_error(retries=2)
    assert reason_text.startswith(
        f"127.0.0.1:{messages.port} does not list its models; set llm.model"
    )
    assert len(messages.requests) == 1


def test_a_temporary_error_is_retried(messages: MessagesServer) -> None:
    messages.script(error(529, "overloaded_error", "Overloaded"))
    assert [each.id for each in listed(retries=1)] == [MODEL]
    messages.script(error(529, "overloaded_error", "Overloaded"))
    assert "is overloaded; try again" in listing_error()


def test_an_answer_that_is_cut_off_is_reported(messages: MessagesServer) -> None:
    messages.script(reset(), page("{", kind="application/json"))
    assert "was lost before the answer was complete" in listing_error()
    assert "cannot be read" in listing_error()


def test_a_request_without_an_answer_times_out(messages: MessagesServer) -> None:
    listed()  # imports the SDK before time is measured
    messages.script(hang())
    reason_text = listing_error(timeout_s=1.0)
    assert reason_text.startswith("there was no complete answer within 1 s; try again")
    assert "smaller part" not in reason_text
    assert messages.wait_closed()


# In an editor


@pytest.fixture
def model() -> Iterator[MessagesServer]:
    with MessagesServer() as server:
        server.models = NAMES
        yield server


def editor_with_key(
    client: ClientFactory,
    folders: Sequence[Path],
    model: MessagesServer,
    settings: dict[str, Any] | None = None,
    env: dict[str, str | None] | None = None,
) -> Client:
    """Start an editor whose server has a key for the loopback endpoint."""
    editor = client(env={**model.variables, **(env or {})})
    editor.initialize(folders, configuration={"pythonExpert": settings or {}})
    return editor


def begin(editor: Client, *arguments: Json) -> int:
    params = {"command": "pythonExpert.models", "arguments": list(arguments)}
    return editor.send_request("workspace/executeCommand", params)


def ask(editor: Client, *arguments: Json) -> dict[str, Any]:
    answer: dict[str, Any] = editor.result_of(begin(editor, *arguments))
    return answer


@pytest.mark.parametrize("arguments", [[], [{}], [{"uri": None}], ["nonsense"], [{"uri": 7}]])
def test_an_editor_gets_the_models_without_a_document(
    client: ClientFactory, project: ProjectFactory, model: MessagesServer, arguments: list[Any]
) -> None:
    editor = editor_with_key(client, [project({"pyproject.toml": RUFF_ONLY})], model)
    assert ask(editor, *arguments) == {"models": LISTED, "message": "", "reason": None}


def test_an_editor_gets_the_models_without_a_folder(
    client: ClientFactory, model: MessagesServer
) -> None:
    assert ask(editor_with_key(client, [], model))["models"] == LISTED


def test_the_settings_of_the_document_s_or_the_folder_s_project_apply(
    client: ClientFactory, project: ProjectFactory, model: MessagesServer
) -> None:
    shut = '[tool.python-expert]\nprivacy.network = false\nllm.provider = "offline"\n'
    one = project({"pyproject.toml": RUFF_ONLY, "sub/pyproject.toml": shut}, "one")
    other = project({"pyproject.toml": shut}, "other")
    editor = editor_with_key(client, [one, other], model)
    assert ask(editor)["models"] == LISTED
    assert ask(editor, {"uri": (one / "x.py").as_uri()})["models"] == LISTED
    for closed in (one / "sub" / "x.py", other / "x.py", other):
        answer = ask(editor, {"uri": closed.as_uri()})
        assert answer["models"] == []
        assert "the network is off" in answer["message"]


NO_KEY: dict[str, str | None] = {
    "ANTHROPIC_API_KEY": None,
    "ANTHROPIC_CONFIG_DIR": None,
    "HOME": "/nowhere",  # the SDK looks for a profile there
}


@pytest.mark.parametrize(
    ("settings", "env", "reason", "reason_text"),
    [
        ({"privacy": {"network": False}}, {}, "network", "the network is off: privacy.network is"),
        ({"trusted": False}, {}, "untrusted", "the folder is not trusted"),
        (
            {"llm": {"provider": "offline"}},
            {},
            "chosen",
            "llm.provider is 'offline'; set it to 'auto'",
        ),
        ({}, NO_KEY, "noKey", "there is no key: set ANTHROPIC_API_KEY"),
        ({"llm": {"provider": "anthropic"}}, NO_KEY, "noKey", "there is no key for the endpoint"),
    ],
)
def test_without_network_the_reason_is_returned_instead_of_models(
    client: ClientFactory,
    project: ProjectFactory,
    model: MessagesServer,
    settings: dict[str, Any],
    env: dict[str, str | None],
    reason: str,
    reason_text: str,
) -> None:
    editor = editor_with_key(client, [project({"pyproject.toml": RUFF_ONLY})], model, settings, env)
    answer = ask(editor)
    assert (answer["models"], answer["reason"]) == ([], reason)
    assert reason_text in answer["message"]
    assert model.connections == 0


def test_a_wrong_key_is_reported_and_not_shown(
    client: ClientFactory, project: ProjectFactory, model: MessagesServer
) -> None:
    editor = editor_with_key(client, [project({"pyproject.toml": RUFF_ONLY})], model)
    model.script(error(401, "authentication_error", f"invalid x-api-key {KEY}"))
    answer = ask(editor)
    assert (answer["models"], answer["reason"]) == ([], "wrongKey")
    assert "does not accept the key in ANTHROPIC_API_KEY" in answer["message"]
    assert KEY not in f"{answer} {editor.messages} {editor.logs} {editor.stderr}"
    assert ask(editor)["models"] == LISTED


def test_a_cancelled_request_closes_the_connection(
    client: ClientFactory, project: ProjectFactory, model: MessagesServer
) -> None:
    editor = editor_with_key(client, [project({"pyproject.toml": RUFF_ONLY})], model)
    model.script(hang())
    request = begin(editor)
    assert model.wait_requests(1)
    editor.cancel(request)
    assert model.wait_closed()
    assert ask(editor)["models"] == LISTED
