"""Test coverage in a real Neovim: hints at lines that no test runs, and the file's code lens."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import write
from tests.e2e.neovim import Neovim, snippets
from tests.server.test_coverage import CONFIGURED, FILES

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are watched through /proc"),
]

LENS = """
vim.lsp.codelens.refresh({bufnr = 0})
for _, each in ipairs(vim.lsp.codelens.get(0)) do
  if each.command and each.command.title:find('cover') then return each.command.title end
end
"""


def test_uncovered_lines_are_hints_and_the_lens_has_the_percentage(tmp_path: Path) -> None:
    folder = write(tmp_path / "shop", {**FILES, "pyproject.toml": CONFIGURED})
    home = tmp_path / "home"
    home.mkdir()
    python = json.dumps({"pythonExpert": {"interpreter": sys.executable}})
    more = f"vim.lsp.config('python_expert', {{settings = vim.json.decode('{python}')}})"
    with Neovim(home, folder, f"{snippets()[0]}\n{more}") as editor:
        for name in ("test_total.py", "test_check.py"):
            editor.command(f"edit {name}")
            editor.wait("a client", "return #vim.lsp.get_clients({bufnr = 0}) > 0")
        editor.command("edit shop.py")
        editor.wait("a client", "return #vim.lsp.get_clients({bufnr = 0}) > 0")
        run = (
            "return vim.lsp.get_clients({bufnr = 0})[1]:request_sync('workspace/executeCommand',"
            " {command = 'pythonExpert.runTests', arguments = {{uri = ..., wait = true}}}, 60000)"
        )
        answer = editor.lua(run, folder.as_uri())
        assert answer["result"]["message"].endswith(
            "tests cover 80 % of the project; fail_under is 90 %"
        )
        editor.wait_shown(("Pytest", "uncovered-branch", 3), ("Pytest", "uncovered", 12))
        title = editor.wait("the lens", LENS)
        assert title.startswith("Tests cover 80 %")
        # After an edit both are marked as outdated until the tests have run again.
        editor.type("ggO# new<Esc>")
        editor.wait("that it is stale", f"{LENS.replace('cover', 'has changed since')}")
        editor.wait_shown(("Pytest", "uncovered-branch", 4), ("Pytest", "uncovered", 13))
