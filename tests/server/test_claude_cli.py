"""A model behind the rewrites on the command line, served by a loopback endpoint."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import RUFF_ALONE, RUFF_ONLY, write
from tests.messages import KEY, MessagesServer, error, hang, refusal, reply
from tests.model import asked_for, knows, says

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.conftest import ProjectFactory
    from tests.messages import Behaviour

pytestmark = (
    pytest.mark.one_python
)  # tests the endpoint's side; test_claude_server.py runs on each system

SHOP = '''\
"""A shop."""


def total(prices):
    return sum(prices)


def label(name, width=10):
    return name.ljust(width)
'''
HINTS = {
    "total": {
        "types": ["prices: Iterable[int]", "return: int"],
        "imports": ["from collections.abc import Iterable"],
    },
    "label": {"types": ["name: str", "width: int", "return: str"]},
}
TABLE = "[tool.python-expert]\n"
WITH_MYPY = RUFF_ONLY.replace("mypy.enabled = false", "")


@pytest.fixture
def model() -> Iterator[MessagesServer]:
    """An endpoint whose model has type hints for the shop."""
    with MessagesServer() as server:
        server.answer = knows(HINTS)
        yield server


@pytest.fixture
def shop(project: ProjectFactory) -> Path:
    """A project with a file that has no type hints."""
    return project({"pyproject.toml": "", "shop.py": SHOP})


def shell(
    model: MessagesServer, *words: str, cwd: Path, env: Mapping[str, str] | None = None
) -> tuple[int, str, str]:
    """Run ``rewrite`` with the endpoint in the environment; return status, output and errors."""
    with_mypy = (cwd / "pyproject.toml").read_text() == WITH_MYPY
    program = [sys.executable, "-m", "python_expert"] if with_mypy else RUFF_ALONE
    done = subprocess.run(
        [*program, "rewrite", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**model.environment, **(env or {})},
    )
    assert KEY not in done.stdout + done.stderr
    return done.returncode, done.stdout, done.stderr


def hints(
    model: MessagesServer, cwd: Path, *more: str, env: Mapping[str, str] | None = None
) -> tuple[int, str, str]:
    """Add type hints to the shop with the model."""
    words = ("add-type-hints", "shop.py", "--provider", "anthropic", *more)
    return shell(model, *words, cwd=cwd, env=env)


def test_a_model_is_asked_once_per_definition(model: MessagesServer, shop: Path) -> None:
    status, _, err = hints(model, shop, "--write")
    assert status == 0, err
    text = (shop / "shop.py").read_text()
    assert "def total(prices: Iterable[int]) -> int:" in text
    assert "def label(name: str, width: int = 10) -> str:" in text
    assert {asked_for(each) for each in model.requests} == {"total", "label"}
    assert "claude-sonnet-5-5: 2 requests" in err
    assert "tokens in" in err
    assert "about $0." in err


def test_auto_uses_the_model_if_there_is_a_key(model: MessagesServer, shop: Path) -> None:
    status, out, _ = shell(model, "add-type-hints", "shop.py", cwd=shop)
    assert status == 0
    assert "Iterable[int]" in out
    assert len(model.requests) == 2


@pytest.mark.parametrize(
    ("words", "settings", "env"),
    [
        (["--provider", "offline"], "", {}),
        ([], 'llm.provider = "offline"\n', {}),
        ([], "privacy.network = false\n", {}),
        ([], 'privacy.ignore = ["shop.*"]\n', {}),
        ([], "", {"ANTHROPIC_API_KEY": ""}),
    ],
)
def test_offline_or_without_network_no_connection_is_opened(
    model: MessagesServer, shop: Path, words: list[str], settings: str, env: dict[str, str]
) -> None:
    write(shop, {"pyproject.toml": TABLE + settings})
    status, out, err = shell(model, "add-type-hints", "shop.py", *words, cwd=shop, env=env)
    assert (status, model.connections) == (0, 0), err
    assert "+def label" in out


def test_nothing_is_sent_of_a_file_that_the_settings_exclude(
    model: MessagesServer, shop: Path
) -> None:
    use = "from ledger import secret_balance\n\n\ndef show(a):\n    return secret_balance(a, 2)\n"
    ledger = "def secret_balance(account, hidden_limit=7):\n    return account\n"
    write(shop, {"use.py": use, "ledger.py": ledger})
    words = ("add-type-hints", "use.py", "--provider", "anthropic", "--show-payload")
    assert "hidden_limit" in shell(model, *words, cwd=shop)[1]
    write(shop, {"pyproject.toml": f'{TABLE}privacy.ignore = ["ledger.py"]\n'})
    status, out, err = shell(model, *words, cwd=shop)
    assert (status, "def show" in out) == (0, True), err
    assert "hidden_limit" not in out


def test_a_file_that_git_ignores_is_not_sent_and_the_reason_is_stated(
    model: MessagesServer, shop: Path
) -> None:
    subprocess.run(["git", "init", "-q"], cwd=shop, check=True)
    write(shop, {".gitignore": "shop.py\n"})
    status, _, err = hints(model, shop)
    assert status == 1
    assert "git" in err
    assert "--provider offline" in err
    assert model.connections == 0


def test_a_cloned_repository_cannot_choose_endpoint_or_provider(
    model: MessagesServer, shop: Path
) -> None:
    with MessagesServer() as evil:
        table = f'llm.base-url = "{evil.url}"\nllm.provider = "anthropic"\nprivacy.redact = false\n'
        write(shop, {"pyproject.toml": TABLE + table})
        status, _, err = shell(model, "add-type-hints", "shop.py", cwd=shop)
        assert status == 0
        assert evil.connections == 0
    assert "base-url" in err
    assert "'llm.provider'" in err


def test_the_preview_equals_the_request_byte_for_byte(model: MessagesServer, shop: Path) -> None:
    status, out, err = hints(model, shop, "--show-payload")
    assert (status, model.connections) == (0, 0), err
    assert "authorization: (hidden)" in out
    hints(model, shop)
    for request in model.requests:
        assert request.raw.decode() in out


def test_findings_are_sent_to_the_model_for_a_correction(
    project: ProjectFactory, model: MessagesServer
) -> None:
    folder = project({"pyproject.toml": WITH_MYPY, "shop.py": SHOP})
    wrong = says("label", types=["name: int", "width: int", "return: str"])
    model.answer = lambda request: (
        reply(wrong)
        if asked_for(request) == "label" and len(request.body["messages"]) == 1
        else knows(HINTS)(request)
    )
    status, out, err = hints(model, folder)
    assert status == 0, err
    assert "+def label(name: str, width: int = 10) -> str:" in out
    assert len(model.requests) == 3
    question, answer, correction = model.requests[-1].body["messages"]
    assert (question["role"], answer["role"], correction["role"]) == ("user", "assistant", "user")
    assert answer["content"] == wrong
    assert '"int" has no attribute "ljust"' in correction["content"]


def test_a_model_is_corrected_twice_and_correct_answers_are_kept(
    project: ProjectFactory, model: MessagesServer
) -> None:
    folder = project({"pyproject.toml": WITH_MYPY, "shop.py": SHOP})
    wrong = {**HINTS, "label": {"types": ["name: int", "width: int", "return: str"]}}
    model.answer = knows(wrong)
    status, out, err = hints(model, folder)
    assert status == 1
    assert len(model.requests) == 2 + 2
    assert "+def total(prices: Iterable[int]) -> int:" in out
    assert "name: int" not in out
    assert '"int" has no attribute "ljust"' in err


def test_only_an_invalid_answer_is_sent_back_not_its_layout(
    model: MessagesServer, shop: Path
) -> None:
    ruff = '\n[tool.ruff]\nline-length = 20\nlint.select = ["E501", "D", "ANN", "COM"]\n'
    write(shop, {"pyproject.toml": (shop / "pyproject.toml").read_text() + ruff})
    prose = reply("I would say that it is an int.")
    model.answer = lambda request: (
        prose
        if asked_for(request) == "label" and len(request.body["messages"]) == 1
        else knows(HINTS)(request)
    )
    status, out, err = hints(model, shop)
    assert status == 0, err
    assert "name: str" in out
    assert len(model.requests) == 2 + 1
    (correction,) = (each for each in model.requests if len(each.body["messages"]) > 1)
    assert "in prose" in correction.question


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (reply("I would say that it is an int."), "in prose"),
        (reply(says("other", types=["name: str"])), "for another function"),
        (reply(says("label", types=["name: str"]) * 2), "two answers"),
        (reply([says("label", types=["name: str"])] * 2), "two answers"),
        (reply(says("label", types=["name: str"])[:20], stop_reason="max_tokens"), "cut off"),
        (refusal("It looks harmful."), "declined to answer: It looks harmful"),
        (
            reply(says("label", types=["name: str"]), stop_reason="model_context_window_exceeded"),
            "too long",
        ),
    ],
)
def test_an_invalid_answer_is_reported_and_not_written(
    model: MessagesServer, shop: Path, behaviour: Behaviour, reason: str
) -> None:
    model.answer = lambda request: (
        behaviour if asked_for(request) == "label" else knows(HINTS)(request)
    )
    status, out, err = hints(model, shop)
    assert status == 1
    assert "+def total(prices: Iterable[int]) -> int:" in out
    assert "+def label" not in out
    assert "label: " in err
    assert reason in err
    assert "--provider offline" in err


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (error(401, "authentication_error", "invalid x-api-key"), "does not accept the key"),
        (error(400, "invalid_request_error", "Your credit balance is too low"), "credit"),
        (error(404, "not_found_error", "model: claude-sonnet-5-5"), "llm.model"),
        (
            error(429, "rate_limit_error", "slow down", {"retry-after": "900"}),
            "try again in 900 s",
        ),
    ],
)
def test_an_error_for_all_requests_ends_the_run_and_says_what_to_do(
    model: MessagesServer, shop: Path, behaviour: Behaviour, words: str
) -> None:
    model.answer = lambda _request: behaviour
    write(shop, {"also.py": SHOP})
    before = (shop / "shop.py").read_text()
    status, out, err = shell(
        model, "add-type-hints", ".", "--provider", "anthropic", "--write", cwd=shop
    )
    assert (status, out) == (2, "")
    assert words in err
    assert "the other file was not processed" in err
    assert "--provider offline" in err
    assert (shop / "shop.py").read_text() == before


def test_the_run_ends_when_the_budget_is_spent(model: MessagesServer, shop: Path) -> None:
    write(shop, {"pyproject.toml": TABLE + "llm.session-token-budget = 100\n"})
    status, _, err = hints(model, shop)
    assert status == 2
    assert "budget of 100 tokens" in err
    assert model.connections == 0


def test_a_request_without_an_answer_times_out(model: MessagesServer, shop: Path) -> None:
    model.answer = lambda _request: hang(started=True)
    write(shop, {"pyproject.toml": TABLE + "llm.timeout-s = 2\nllm.retries = 0\n"})
    status, _, err = hints(model, shop)
    assert status == 1
    assert "within 2 s" in err
    assert model.wait_closed(count=2)


def test_effort_model_and_concurrency_are_settings(model: MessagesServer, shop: Path) -> None:
    table = 'llm = { model = "claude-opus-5-5", effort = "auto", concurrency = 1 }\n'
    write(shop, {"pyproject.toml": TABLE + table})
    status, _, err = hints(model, shop)
    assert status == 0, err
    assert model.most == 1
    body = model.requests[0].body
    assert body["model"] == "claude-opus-5-5"
    assert "effort" not in body["output_config"]


def test_docstrings_have_the_model_s_text_and_the_code_s_layout(
    model: MessagesServer, shop: Path
) -> None:
    model.answer = knows(
        {
            "total": {
                "summary": "Add up what is in the basket.",
                "args": ["prices: In cents."],
                "returns": "The sum, in cents.",
            },
            "label": {"summary": "Pad a name.", "args": ["name: It.", "width: Characters."]},
        }
    )
    status, out, err = shell(
        model, "add-docstrings", "shop.py", "--provider", "anthropic", cwd=shop
    )
    assert status == 0, err
    assert '+    """Add up what is in the basket.\n' in out
    assert "+        prices: In cents.\n" in out


def test_the_model_chooses_the_async_replacement(model: MessagesServer, shop: Path) -> None:
    write(shop, {"wait.py": "import time\n\n\ndef wait(n):\n    time.sleep(n)\n"})
    model.answer = knows({"wait": {"convert": True, "calls": ["1: asyncio.to_thread"]}})
    status, out, err = shell(
        model, "convert-to-async", "wait.py", "--provider", "anthropic", cwd=shop
    )
    assert status == 0, err
    assert "+    await asyncio.to_thread(time.sleep, n)\n" in out
    model.answer = knows({"wait": {"convert": False}})
    _, out, _ = shell(model, "convert-to-async", "wait.py", "--provider", "anthropic", cwd=shop)
    assert out == ""


def test_secrets_are_not_sent(model: MessagesServer, shop: Path) -> None:
    secret = "AKIA" + "Q3EGRZTCBJ7XW2LM"
    text = SHOP.replace("    return sum", f'    key = "{secret}"\n    return sum')
    write(shop, {"shop.py": text})
    status, _, err = hints(model, shop, "--write")
    assert status == 0, err
    assert all(secret.encode() not in each.raw for each in model.requests)
    assert secret in (shop / "shop.py").read_text()


def test_the_json_lists_definitions_without_a_valid_answer(
    model: MessagesServer, shop: Path
) -> None:
    model.script(refusal(), refusal())
    status, out, _ = hints(model, shop, "--output-format", "json")
    assert status == 1
    rows = json.loads(out)
    assert {row["status"] for row in rows} == {"refused"}
    assert all("declined" in row["reason"] for row in rows)


def test_findings_in_other_files_are_not_sent_to_the_model(
    project: ProjectFactory, model: MessagesServer
) -> None:
    caller = "from shop import total\n\n\nclass AcmeDeal:\n    pass\n\n\ntotal(AcmeDeal())\n"
    folder = project({"pyproject.toml": WITH_MYPY, "shop.py": SHOP, "credentials.py": caller})
    words = ("add-type-hints", ".", "--provider", "anthropic")
    status, _, err = shell(model, *words, cwd=folder)
    assert status == 1
    assert "AcmeDeal" in err  # the report names it
    corrections = [each for each in model.requests if len(each.body["messages"]) > 1]
    assert "in another file [arg-type]" in corrections[0].question
    assert all(b"AcmeDeal" not in each.raw for each in model.requests)


def test_a_worse_second_answer_does_not_replace_a_better_first_one(
    project: ProjectFactory, model: MessagesServer
) -> None:
    folder = project({"pyproject.toml": WITH_MYPY, "shop.py": SHOP})
    good = ["width: int", "return: str"]
    first = says("label", types=["name: int", *good])
    later = says("label", types=["name: int", "width: bytes", "return: bytes"])
    model.answer = lambda request: (
        (reply(first) if len(request.body["messages"]) == 1 else reply(later))
        if asked_for(request) == "label"
        else knows(HINTS)(request)
    )
    status, out, _ = hints(model, folder)
    assert status == 1
    assert "width: int = 10) -> str:" in out
    assert "bytes" not in out
