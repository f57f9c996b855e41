"""An action outside the package, registered only in the registry's tuple, works everywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.actions.registry import ACTIONS
from tests.client import uri
from tests.conftest import RUFF_ONLY, write
from tests.messages import MessagesServer
from tests.model import knows
from tests.server.test_rewrites_server import HERE, argument, menu, report, run, span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.client import Client
    from tests.conftest import ClientFactory

pytestmark = pytest.mark.one_python

PROGRAM = [sys.executable, str(Path(__file__).parents[1] / "toy_action" / "__main__.py")]
SHOP = '''\
"""A shop."""


def total(prices: list[int]) -> int:
    """Add."""
    return sum(prices)
'''
READ = SHOP.replace("def total", "# Read by a machine.\ndef total")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project with one file."""
    return write(tmp_path, {"pyproject.toml": RUFF_ONLY, "shop.py": SHOP})


@pytest.fixture
def model() -> Iterator[MessagesServer]:
    """An endpoint whose model can answer for the shop."""
    with MessagesServer() as server:
        server.answer = knows({"total": {"by": "a model"}})
        yield server


def shell(*words: str, cwd: Path, env: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Run the command; return its exit status, standard output and standard error."""
    done = subprocess.run(
        [*PROGRAM, *words], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def start_editor(client: ClientFactory, shop: Path, env: Mapping[str, str] | None = None) -> Client:
    """Start an editor whose server has the action."""
    editor = client([*PROGRAM, "server"], cwd=shop, env=env)
    editor.initialize([shop])
    return editor


def test_the_menu_offers_the_action_and_the_command_executes_it(
    client: ClientFactory, shop: Path
) -> None:
    editor = start_editor(client, shop)
    document = editor.open(shop / "shop.py", SHOP)
    (*_, action, _) = menu(editor, document, span(3))
    title = "Mark as read to `total` (offline)"
    assert (action["title"], action["kind"]) == (title, f"{HERE}.markAsRead")
    (whole,) = menu(editor, document, span(0), ["source.markAsRead.pythonExpert"])
    assert whole["title"] == "Mark as read to the whole file (offline)"
    assert run(editor, action["command"]["arguments"][0])["result"] == "changed"
    (applied,) = editor.applied
    (change,) = applied["edit"]["documentChanges"]
    assert [each["newText"] for each in change["edits"]] == ["# Read by a machine.\n"]
    assert "Without the comments, the text is the same as before." in report(editor)


def test_the_command_line_lists_runs_and_judges_the_action(shop: Path) -> None:
    wide = {**os.environ, "COLUMNS": "200"}
    assert "|mark-as-read|keep-readers|sign|" in shell("rewrite", "--help", cwd=shop, env=wide)[1]
    assert "'mark-as-read'" in shell("rewrite", "nothing", "shop.py", cwd=shop, env=wide)[2]
    status, out, err = shell(
        "rewrite", "mark-as-read", "shop.py", "--provider", "offline", cwd=shop
    )
    assert status == 0, err
    assert out.startswith("--- a/shop.py\n+++ b/shop.py\n@@ -1,6 +1,7 @@\n")
    assert "\n+# Read by a machine.\n def total(" in out
    write(shop, {"read.py": READ, "wrong.py": READ.replace("sum", "max")})
    judge = ("gate", "--action", "mark-as-read", "shop.py")
    assert shell(*judge, "read.py", cwd=shop)[:2] == (0, "read.py: accepted\n")
    status, out, _ = shell(*judge, "wrong.py", cwd=shop)
    assert (status, out) == (1, "wrong.py:1: refused: something beside comments changed\n")


def test_a_model_gets_the_action_s_prompt_and_answer_format(
    shop: Path, model: MessagesServer
) -> None:
    words = ("rewrite", "mark-as-read", "shop.py", "--provider", "anthropic")
    status, out, err = shell(*words, cwd=shop, env=model.environment)
    assert (status, "+# Read by a model.\n" in out) == (0, True), err
    (request,) = model.requests
    assert "# Task: say that you have read one definition" in request.system
    assert "your name" in request.question
    schema = request.body["output_config"]["format"]["schema"]
    assert schema["required"] == ["function", "by"]
    model.answer = knows({"total": {"by": " "}})
    status, out, err = shell(*words, "--output-format", "json", cwd=shop, env=model.environment)
    (row,) = json.loads(out)
    assert row["reason"] == "the model's answer is empty: it has no name", err


def test_an_action_that_needs_a_model_is_not_offered_without_one(
    client: ClientFactory, shop: Path, model: MessagesServer
) -> None:
    def kinds(editor: Client) -> list[str]:
        offered = menu(editor, editor.open(shop / "shop.py", SHOP), span(3), [f"{HERE}.sign"])
        return [each["kind"] for each in offered]

    assert kinds(start_editor(client, shop)) == []
    assert kinds(start_editor(client, shop, model.variables)) == [f"{HERE}.sign"]
    words = ("rewrite", "sign", "shop.py", "--provider", "offline")
    status, out, err = shell(*words, cwd=shop)
    assert (status, out) == (1, ""), err
    assert "this needs a model, and no model is used here" in err


NEW = '"""Who has read what."""\n\nREADERS: list[str] = ["a machine"]\n'
CREATING = {
    "workspace": {"workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]}}
}


def keeping(document: str) -> dict[str, Any]:
    """Return the command's argument."""
    return argument(document, None, "keep-readers")


def test_a_new_file_is_part_of_the_edit_after_confirmation(
    client: ClientFactory, shop: Path
) -> None:
    editor = client([*PROGRAM, "server"], cwd=shop)
    editor.initialize([shop], capabilities=CREATING)
    document = editor.open(shop / "shop.py", SHOP)
    answer = run(editor, keeping(document))
    assert answer == {
        "result": "refused",
        "message": "Marked as read: 0 of 1 definition; 1 skipped: you declined it",
    }
    assert "readers.py is a new file; only the tools checked it" in str(editor.messages)
    editor.choice = "Apply"
    assert run(editor, keeping(document))["result"] == "changed"
    create, fill, change = editor.applied[-1]["edit"]["documentChanges"]
    options = {"overwrite": False, "ignoreIfExists": False}
    assert create == {"kind": "create", "uri": uri(shop / "readers.py"), "options": options}
    assert fill["textDocument"] == {"uri": uri(shop / "readers.py"), "version": None}
    assert [each["newText"] for each in fill["edits"]] == [NEW]
    assert change["textDocument"] == {"uri": document, "version": 1}
    assert [each["newText"] for each in change["edits"]] == ["# Read by a machine.\n"]


def test_an_editor_that_cannot_create_files_gets_no_such_edit(
    client: ClientFactory, shop: Path
) -> None:
    editor = start_editor(client, shop)
    answer = run(editor, keeping(editor.open(shop / "shop.py", SHOP)))
    assert answer["result"] == "refused"
    assert "your editor cannot do" in answer["message"]
    assert editor.applied == []


def test_the_command_line_shows_and_writes_a_new_file(shop: Path) -> None:
    words = ("rewrite", "keep-readers", "shop.py", "--provider", "offline")
    status, out, err = shell(*words, cwd=shop)
    assert status == 0, err
    assert out.startswith("--- /dev/null\n+++ b/readers.py\n@@ -0,0 +1,3 @@\n+")
    assert "\n--- a/shop.py\n+++ b/shop.py\n" in out
    subprocess.run(["git", "apply", "--check", "-"], input=out, text=True, cwd=shop, check=True)
    assert shell(*words, "--write", cwd=shop)[0] == 1, "nobody has agreed"
    assert sorted(each.name for each in shop.glob("*.py")) == ["shop.py"]
    _, out, _ = shell(*words, "--write", "--yes", "--output-format", "json", cwd=shop)
    assert [(each["path"], each["status"]) for each in json.loads(out)] == [
        ("shop.py", "changed"),
        ("readers.py", "changed"),
    ]
    assert (shop / "readers.py").read_text() == NEW
    assert (shop / "shop.py").read_text() == READ


def test_a_file_that_exists_is_not_overwritten(shop: Path) -> None:
    write(shop, {"readers.py": "mine = 1\n"})
    words = ("rewrite", "keep-readers", "shop.py", "--provider", "offline", "--write", "--yes")
    status, _, err = shell(*words, cwd=shop)
    assert (status, "readers.py exists already" in err) == (1, True), err
    assert (shop / "readers.py").read_text() == "mine = 1\n"
    assert (shop / "shop.py").read_text() == SHOP


def test_findings_in_a_new_file_refuse_it(shop: Path, model: MessagesServer) -> None:
    words = ("rewrite", "keep-readers", "shop.py", "--provider", "anthropic")
    model.answer = knows({"total": {"by": "/tmp/model"}})  # noqa: S108 - what ruff finds
    status, out, err = shell(*words, cwd=shop, env=model.environment)
    assert (status, out) == (1, ""), err
    assert "in the new file, ruff would find: Probable insecure usage of temporary" in err


def test_a_server_starts_without_the_modules_of_an_actions_folder() -> None:
    code = "import sys, python_expert.lsp.server; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    folders = [f"{type(action).__module__}." for action in ACTIONS]
    assert not [each for each in loaded.stdout.split() if each.startswith(tuple(folders))]
