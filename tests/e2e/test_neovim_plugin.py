"""Test the plugin in integrations/neovim with the actions of a user's first hour."""

from __future__ import annotations

import os
import re
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from python_expert.tools import registry
from tests.conftest import RUFF_ONLY, write
from tests.e2e.neovim import ROOT, Neovim, snippets
from tests.server.test_cli import cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are watched through /proc"),
]

MEMBER = '[project]\nname = "{}"\nversion = "1"\n'
TEXT = "import json\n\n\ndef total(prices):\n    return sum(prices)\n"
ATTACHED = "return #vim.lsp.get_clients({bufnr = 0}) > 0"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """An exit stack that ends the processes of a test."""
    with ExitStack() as stack:
        yield stack


def start(stack: ExitStack, tmp_path: Path, folder: Path, set_up: str) -> Neovim:
    """Start a Neovim with shop.py open."""
    home = tmp_path / "home"
    home.mkdir()
    editor = stack.enter_context(Neovim(home, folder, set_up))
    editor.command("edit shop.py")
    return editor


def readme() -> str:
    """Return the set-up code of the plugin's README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    _, _, section = text.partition("**Neovim**")
    found = re.search(r"^```lua\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert found
    return found[1].replace("/path/to/python-expert", str(ROOT))


def health(editor: Neovim) -> str:
    """Return the output of :checkhealth."""
    editor.command("checkhealth python_expert")
    editor.wait("the report", "return vim.bo.filetype == 'checkhealth'")
    text = editor.text
    editor.command("close")
    return text


def test_the_readmes_set_up_starts_the_server_and_checkhealth_shows_its_state(
    stack: ExitStack, tmp_path: Path
) -> None:
    folder = write(tmp_path / "shop", {"pyproject.toml": MEMBER.format("shop"), "shop.py": TEXT})
    editor = start(stack, tmp_path, folder, readme())
    editor.wait_shown(("Ruff", "F401", 1, "json"))
    output = health(editor)
    assert re.search(r"OK python-expert \S+ on Python 3\.", output), output
    for tool in (kind.spec.name for kind in registry.TOOLS if kind.spec.bundled):
        assert re.search(rf"OK {tool} \d", output), output
    assert f"OK a server runs for {folder}" in output
    assert "ERROR" not in output


def test_checkhealth_shows_where_it_looked_for_the_command(
    stack: ExitStack, tmp_path: Path
) -> None:
    folder = write(tmp_path / "shop", {"shop.py": TEXT})
    more = "vim.lsp.config('python_expert', { cmd = { 'python-expert-of-nobody', 'server' } })"
    output = health(start(stack, tmp_path, folder, f"{readme()}\n{more}"))
    assert 'ERROR the command "python-expert-of-nobody" is not found' in output
    assert "uv tool install" in output
    assert os.environ["PATH"].split(os.pathsep)[0] in output


def test_checkhealth_says_why_a_command_does_not_run(stack: ExitStack, tmp_path: Path) -> None:
    folder = write(tmp_path / "shop", {"shop.py": TEXT})
    old = folder / "old-python-expert"
    old.write_text("#!/bin/sh\necho 'SyntaxError: this Python is too old' >&2\nexit 1\n")
    old.chmod(0o755)
    more = f"vim.lsp.config('python_expert', {{ cmd = {{ '{old}', 'server' }} }})"
    output = health(start(stack, tmp_path, folder, f"{readme()}\n{more}"))
    assert "does not run: SyntaxError: this Python is too old" in output
    assert "Python 3.11 or later" in output


def test_a_monorepo_has_one_server(stack: ExitStack, tmp_path: Path) -> None:
    members = {
        f"{name}/{file}": text
        for name in ("one", "two")
        for file, text in (("pyproject.toml", MEMBER.format(name)), ("code.py", TEXT))
    }
    folder = write(tmp_path / "mono", {**members, "shop.py": TEXT})
    (folder / ".git").mkdir()
    editor = start(stack, tmp_path, folder, snippets()[0])
    for name in ("one", "two"):
        editor.command(f"edit {name}/code.py")
        editor.wait_shown(("Ruff", "F401", 1, "json"))
    roots = editor.lua(
        "return vim.tbl_map(function(c) return c.root_dir end, vim.lsp.get_clients())"
    )
    assert roots == [str(folder)]


def test_the_commands_show_reports_and_payloads_and_list_subcommands(
    stack: ExitStack, tmp_path: Path
) -> None:
    folder = write(tmp_path / "shop", {"shop.py": TEXT})
    editor = start(stack, tmp_path, folder, snippets()[0])
    editor.wait("a client", ATTACHED)
    editor.command("PythonExpert report")
    editor.wait("words", "return harness.messages():find('nothing has been rewritten yet')")
    editor.command("PythonExpert check-workspace")
    editor.wait("the list", "return vim.bo.filetype == 'qf'")
    assert re.search(r"shop\.py\|1 col .*\[F401\]", editor.text), editor.text
    editor.command("cclose")
    editor.command("PythonExpert payload add-type-hints")
    editor.wait("the payload", "return vim.bo.filetype == 'markdown'")
    assert "offline" in editor.text
    editor.command("close")
    editor.lua("require('python_expert').run({'rewrite'})")
    assert 'there is no "rewrite", but add-docstrings, ' in editor.messages()
    completed = editor.lua("return vim.fn.getcompletion('PythonExpert payload add-', 'cmdline')")
    assert completed == ["add-docstrings", "add-type-hints"]


FETCHING = "import time\n\n\ndef fetch(url: str) -> str:\n    time.sleep(0)\n    return url\n"
SCRIPT = "from fetching import fetch\n\n\ndef main() -> None:\n    fetch('a')\n\n\nmain()\n"
DIFF = "return vim.bo.filetype == 'diff'"


def on_fetch(stack: ExitStack, tmp_path: Path, files: dict[str, str]) -> Neovim:
    """Start a Neovim with the cursor in a function that another script of the folder calls."""
    folder = write(tmp_path / "scripts", {"fetching.py": FETCHING, "main.py": SCRIPT, **files})
    editor = start(stack, tmp_path, folder, snippets()[0])
    editor.command("edit fetching.py")
    editor.wait("a client", ATTACHED)
    editor.type("5G")
    return editor


@pytest.mark.parametrize("files", [{}, {"pyproject.toml": MEMBER.format("scripts")}])
def test_a_conversion_in_a_folder_of_scripts_shows_its_diff_at_once(
    stack: ExitStack, tmp_path: Path, files: dict[str, str]
) -> None:
    editor = on_fetch(stack, tmp_path, files)
    # The menu also has the conversion with callers in other files, so nothing is left to choose.
    editor.lua("vim.ui.select = function() _G.chosen = true end")
    editor.command("PythonExpert convert-to-async")
    editor.wait("the diff", DIFF)
    assert "main.py:5 uses fetch and does not await it" in editor.text
    assert "+++ b/main.py" not in editor.text
    assert not editor.lua("return _G.chosen")


def test_a_conversion_with_callers_shows_the_diff_of_all_files_and_changes_all_or_none(
    stack: ExitStack, tmp_path: Path
) -> None:
    editor = on_fetch(stack, tmp_path, {})
    editor.command("PythonExpert convert-to-async callers")
    (tmp_path / "home2").mkdir()
    other = stack.enter_context(Neovim(tmp_path / "home2", tmp_path / "scripts", ""))
    swap = f"set directory={tmp_path}//"
    editor.command(swap)
    other.command(swap)
    other.command("edit main.py")
    other.type("Gox<Esc>")
    editor.wait("the diff", DIFF)
    assert "+    await fetch('a')" in editor.text, "though another Neovim has that file open"
    editor.type("a")
    editor.wait("words", "return harness.messages():find('another Neovim has it open')")
    editor.wait_text(FETCHING)
    other.quit()
    editor.command("PythonExpert convert-to-async callers")
    editor.wait("the diff", DIFF)
    editor.type("a")
    editor.wait_text(
        FETCHING.replace("time", "asyncio")
        .replace("def", "async def", 1)
        .replace("asyncio.sleep", "await asyncio.sleep")
    )
    editor.command("edit main.py")
    assert "async def main() -> None:" in editor.text


TESTED = {
    "pyproject.toml": MEMBER.format("shop") + "[tool.python-expert.tools]\nmypy.enabled = false\n",
    "shop.py": "def total(prices):\n    return sum(prices) + 1\n",
    "test_shop.py": "import shop\n\n\ndef test_total():\n    print('noted')\n"
    "    assert shop.total([1, 2]) == 3\n",
}

LENSES = """
vim.lsp.codelens.refresh({ bufnr = 0 })
return table.concat(vim.tbl_map(function(each)
  return each.command and each.command.title or ''
end, vim.lsp.codelens.get(0)), '\\n')
"""


def wait_lens(editor: Neovim, start: str) -> None:
    """Wait for a code lens whose title starts with a text."""
    editor.wait(start, f"return ((function() {LENSES} end)()):find('{start}', 1, true) == 1")


def test_tests_run_on_unsaved_text(stack: ExitStack, tmp_path: Path) -> None:
    folder = write(tmp_path / "shop", TESTED)
    editor = start(stack, tmp_path, folder, snippets()[0])
    editor.wait("a client", ATTACHED)
    editor.command("edit test_shop.py")
    wait_lens(editor, "Run test")
    editor.command("PythonExpert run-tests")
    failed = ("Pytest", "failed", 6, "assert shop.total([1, 2]) == 3", "ERROR")
    editor.wait_shown(failed)
    editor.command("PythonExpert test-output")
    editor.wait("the output", "return vim.bo.filetype == 'markdown'")
    assert "Captured stdout call:\nnoted" in editor.text
    editor.command("close")
    editor.command("buffer shop.py")
    wait_lens(editor, "1 test, 1 failing")
    editor.lua("vim.api.nvim_buf_set_lines(0, 1, 2, true, {'    return sum(prices)'})")
    wait_lens(editor, "1 test, 1 failing (the code has changed since)")
    editor.command("buffer test_shop.py")
    editor.wait_shown((*failed[:4], "INFO"))
    editor.command("PythonExpert run-tests")
    editor.wait_gone("failed")
    wait_lens(editor, "Run test (passed, ")


def test_known_findings_are_hidden_and_shown_again(stack: ExitStack, tmp_path: Path) -> None:
    folder = write(
        tmp_path / "shop",
        {"pyproject.toml": MEMBER.format("shop") + RUFF_ONLY, "shop.py": TEXT},
    )
    assert cli("baseline", "write", cwd=folder).returncode == 0
    editor = start(stack, tmp_path, folder, readme())
    status = "return require('python_expert').status()"
    editor.wait("the status", f"{status} == '1 known finding hidden'")
    editor.type("ggOimport io<Esc>")
    editor.wait_shown(("Ruff", "F401", 1, "io"))
    assert "json" not in editor.lua("return vim.inspect(vim.diagnostic.get(0))")
    editor.command("PythonExpert show-known")
    editor.wait_shown(("Ruff", "F401", 2, "json"))
    editor.wait("the status", f"{status} == '1 known finding shown'")
    editor.command("PythonExpert hide-known")
    editor.wait("that it is hidden", "return #vim.diagnostic.get(0) == 1")
    assert "`io`" in editor.lua("return vim.diagnostic.get(0)[1].message")
