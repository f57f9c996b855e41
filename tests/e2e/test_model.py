"""Test rewrites with a model in Neovim. The model is a loopback endpoint."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.test_rewrites import APPLY, CLIENT, DIFF, HERE, greeting, wait_for
from tests.messages import KEY, error, hang, refusal
from tests.model import knows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import ProjectFactory
    from tests.e2e.neovim import Neovim
    from tests.messages import MessagesServer

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are watched through /proc"),
]

DOCSTRINGS: dict[str, dict[str, Any]] = {
    "greet": {
        "summary": "Greet somebody politely.",
        "args": ["name: Whom to greet.", "times: How often."],
        "returns": "The letters of the name.",
    },
    "main": {"summary": "Greet you."},
}
HINTS = {
    "greet": {"types": ["name: str", "times: int", "return: int"]},
    "main": {"types": ["return: None"]},
}
ASYNC: dict[str, dict[str, Any]] = {
    "greet": {"convert": True, "calls": ["1: asyncio.to_thread"]},
    "main": {"convert": True},
}
REPORTED = """
local client = vim.lsp.get_clients({name = 'python_expert'})[1]
local params = {command = 'pythonExpert.lastReport', arguments = {}}
local answer = client:request_sync('workspace/executeCommand', params)
return answer and answer.result ~= ''
"""


@pytest.fixture
def editor(tmp_path: Path, project: ProjectFactory, messages: MessagesServer) -> Iterator[Neovim]:
    """A Neovim with greet.py open, whose server has a key for the loopback endpoint."""
    del messages  # it sets the environment
    with greeting(tmp_path, project) as neovim:
        yield neovim


def test_a_function_gets_the_model_s_words(editor: Neovim, messages: MessagesServer) -> None:
    messages.answer = knows(DOCSTRINGS)
    editor.type("/twice<CR>")
    editor.lua(APPLY, HERE + "addDocstrings")
    wait_for(editor, '    """Greet somebody politely.')
    assert "        times: How often.\n" in editor.text
    assert "    # twice is polite\n" in editor.text
    editor.type("u")
    editor.wait_text(CLIENT)


def test_the_buffer_gets_the_model_s_types_while_the_user_types_on(
    editor: Neovim, messages: MessagesServer
) -> None:
    gate = messages.gate()
    messages.answer = knows(HINTS, gate=gate)
    editor.command("PythonExpert add-type-hints")
    assert messages.wait_requests(2)
    editor.type("ggO# typed<Esc>GA  # meanwhile<Esc>")
    gate.open()
    wait_for(editor, "def greet(name: str, times: int = 1) -> int:")
    assert "def main() -> None:" in editor.text
    assert editor.text.startswith("# typed\nimport time\n")
    assert editor.text.endswith("    main()  # meanwhile\n")


def test_a_function_becomes_async_as_the_model_chose(
    editor: Neovim, messages: MessagesServer
) -> None:
    messages.answer = knows(ASYNC)
    editor.type("/twice<CR>")
    editor.command("PythonExpert convert-to-async")
    editor.wait("the diff", DIFF)
    assert "+        await asyncio.to_thread(time.sleep, 0)\n" in editor.text
    editor.type("a")
    wait_for(editor, "await asyncio.to_thread(time.sleep, 0)\n")
    assert '    await greet("you", times=2)\n' in editor.text


def test_a_cancel_closes_the_connection_and_changes_nothing(
    editor: Neovim, messages: MessagesServer
) -> None:
    messages.answer = lambda _request: hang(started=True)
    editor.command("PythonExpert add-type-hints")
    assert messages.wait_requests(2)
    editor.command("PythonExpert cancel")
    assert messages.wait_closed(count=2)
    assert editor.text == CLIENT


def test_a_refusal_is_shown_and_the_offline_rewrite_can_be_chosen(
    editor: Neovim, messages: MessagesServer
) -> None:
    messages.answer = lambda _request: refusal("It looks harmful.")
    editor.type("/twice<CR>")
    editor.lua(APPLY, HERE + "addTypeHints")
    # CHOOSE takes the offered item, which is the offline rewrite.
    wait_for(editor, "-> int:")
    assert "declined to answer: It looks harmful" in editor.lua("return _G.asked")


def test_a_wrong_key_is_reported_without_the_key(editor: Neovim, messages: MessagesServer) -> None:
    messages.answer = lambda _request: error(401, "authentication_error", f"invalid key {KEY}")
    editor.lua(
        "vim.ui.select = function(_, options, choose) _G.asked = options.prompt choose() end"
    )
    editor.command("PythonExpert add-type-hints")
    editor.wait("the reason", "return _G.asked ~= nil")
    asked = editor.lua("return _G.asked")
    assert "does not accept the key in ANTHROPIC_API_KEY" in asked
    assert KEY not in asked
    assert editor.text == CLIENT


def test_the_payload_is_shown_before_it_is_sent(editor: Neovim, messages: MessagesServer) -> None:
    editor.command("PythonExpert payload add-type-hints")
    editor.wait("the view", "return vim.bo.filetype == 'markdown'")
    assert messages.connections == 0
    shown = editor.text
    editor.command("quit")
    messages.answer = knows(HINTS)
    editor.command("PythonExpert add-type-hints")
    wait_for(editor, "def main() -> None:")
    assert len(messages.requests) == 2
    for request in messages.requests:
        assert request.raw.decode() in shown


def test_the_report_has_the_cost(editor: Neovim, messages: MessagesServer) -> None:
    messages.answer = knows(HINTS)
    editor.command("PythonExpert add-type-hints")
    wait_for(editor, "def main() -> None:")
    editor.wait("the report", REPORTED)  # which comes after the edit
    editor.command("PythonExpert report")
    editor.wait("the view", "return vim.bo.filetype == 'markdown'")
    assert "- Model: claude-sonnet-5-5: 2 requests, " in editor.text
    assert "about $0." in editor.text
