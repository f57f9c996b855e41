"""An action of another folder, registered by the registry's tuple alone, is found everywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import RUFF_ONLY, write
from tests.messages import MessagesServer
from tests.model import knows
from tests.unit.test_rewrites_server import HERE, menu, report, run, span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.client import Client
    from tests.conftest import ClientFactory

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
    """An endpoint whose model has read the shop."""
    with MessagesServer() as server:
        server.answer = knows({"total": {"by": "a model"}})
        yield server


def shell(*words: str, cwd: Path, env: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Run the command; returns its exit status, standard output and standard error."""
    done = subprocess.run(
        [*PROGRAM, *words], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def desk(client: ClientFactory, shop: Path, env: Mapping[str, str] | None = None) -> Client:
    """An editor whose server has the action."""
    editor = client([*PROGRAM, "server"], cwd=shop, env=env)
    editor.initialize([shop])
    return editor


def test_the_menu_offers_it_and_the_command_carries_it_out(
    client: ClientFactory, shop: Path
) -> None:
    editor = desk(client, shop)
    kinds = editor.server["capabilities"]["codeActionProvider"]["codeActionKinds"]
    assert {f"{HERE}.markAsRead", "source.markAsRead.pythonExpert"} <= set(kinds)
    document = editor.open(shop / "shop.py", SHOP)
    (*_, action) = menu(editor, document, span(3))
    assert (action["title"], action["kind"]) == ("Mark as read (offline)", f"{HERE}.markAsRead")
    (whole,) = menu(editor, document, span(0), ["source.markAsRead.pythonExpert"])
    assert whole["title"] == "Mark as read to the whole file (offline)"
    assert run(editor, action["command"]["arguments"][0])["result"] == "changed"
    (applied,) = editor.applied
    (change,) = applied["edit"]["documentChanges"]
    assert [each["newText"] for each in change["edits"]] == ["# Read by a machine.\n"]
    assert "Without the comments, the text is the same as before." in report(editor)


def test_the_shell_lists_it_rewrites_with_it_and_judges_it(shop: Path) -> None:
    wide = {**os.environ, "COLUMNS": "200"}
    assert "|mark-as-read>" in shell("rewrite", "--help", cwd=shop, env=wide)[1]
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


def test_a_model_is_asked_by_its_prompt_and_answers_in_its_form(
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
