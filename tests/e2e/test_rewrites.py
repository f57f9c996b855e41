"""Test the rewrites in Neovim with the set-up of docs/editors.md."""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.actions import DEMANDING
from tests.e2e.neovim import Neovim, snippets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import ProjectFactory

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are watched through /proc"),
]

CLIENT = """\
import time


def greet(name, times=1):
    # twice is polite
    for _ in range(times):
        time.sleep(0)
        print(name)
    return len(name)


def main():
    greet("you", times=2)


if __name__ == "__main__":
    main()
"""
HERE = "refactor.rewrite.pythonExpert."
APPLY = "vim.lsp.buf.code_action({apply = true, context = {only = {...}, diagnostics = {}}})"
CHOOSE = """
vim.ui.select = function(items, options, choose)
  _G.asked = options.prompt
  choose(items[1], 1)
end
"""
"""Lua code that answers each question with the first option."""


@contextmanager
def greeting(tmp_path: Path, project: ProjectFactory) -> Iterator[Neovim]:
    """A Neovim with greet.py open."""
    folder = project({"pyproject.toml": f"[project]\nname = 'x'\n{DEMANDING}", "greet.py": CLIENT})
    home = tmp_path / "home"
    home.mkdir()
    with ExitStack() as stack:
        set_up = f"{snippets()[0]}\n{CHOOSE}"
        neovim = stack.enter_context(Neovim(home, folder, set_up))
        neovim.command("edit greet.py")
        neovim.wait("a client", "return #vim.lsp.get_clients({bufnr = 0}) > 0")
        # Neovim counts a buffer's versions from 0, which it treats as no version.
        neovim.type("GA  <Esc>xx")
        yield neovim


@pytest.fixture
def editor(tmp_path: Path, project: ProjectFactory) -> Iterator[Neovim]:
    """A Neovim with greet.py open."""
    with greeting(tmp_path, project) as neovim:
        yield neovim


def wait_for(editor: Neovim, words: str) -> None:
    """Wait until the buffer contains some words."""
    code = (
        "return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\\n'):find(..., 1, true)"
    )
    editor.wait(words, code, words)


def test_a_function_gets_its_docstring_and_one_undo_takes_it_back(editor: Neovim) -> None:
    editor.type("/twice<CR>")
    editor.lua(APPLY, HERE + "addDocstrings")
    wait_for(editor, "times: ")
    assert editor.text.count('"""') == 2
    assert "    # twice is polite\n" in editor.text
    editor.type("u")
    editor.wait_text(CLIENT)


def test_the_buffer_gets_its_docstrings_while_the_user_types_on(editor: Neovim) -> None:
    editor.command("PythonExpert add-docstrings")
    editor.type("ggO# typed<Esc>GA  # meanwhile<Esc>")
    editor.wait("the docstrings", "return vim.fn.search('Args:', 'nw') > 0")
    assert editor.text.startswith("# typed\nimport time\n")
    assert editor.text.endswith("    main()  # meanwhile\n")
    assert 'def greet(name, times=1):\n    """' in editor.text


def test_a_function_gets_its_type_hints(editor: Neovim) -> None:
    editor.type("/twice<CR>")
    editor.lua(APPLY, HERE + "addTypeHints")
    wait_for(editor, "-> int:")
    assert "times: int = 1" in editor.text


def test_the_buffer_gets_its_type_hints(editor: Neovim) -> None:
    editor.command("PythonExpert add-type-hints")
    wait_for(editor, "def main() -> None:")
    wait_for(editor, "-> int:")


DIFF = "return vim.bo.filetype == 'diff' and vim.fn.search('+async def greet', 'nw') > 0"
"""Lua code: whether the diff of the conversion is shown."""


def test_a_conversion_to_async_is_shown_as_a_diff_before_it_is_made(editor: Neovim) -> None:
    editor.type("/twice<CR>")
    editor.command("PythonExpert convert-to-async")
    editor.wait("the diff", DIFF)
    assert editor.text.startswith("Convert to async?\nThese functions become async: ")
    assert "-        time.sleep(0)\n+        await asyncio.sleep(0)\n" in editor.text
    editor.type("a")
    wait_for(editor, "await asyncio.sleep(0)\n")
    assert "async def main():" in editor.text
    assert '    await greet("you", times=2)\n' in editor.text
    assert "    asyncio.run(main())\n" in editor.text
    assert "import time" not in editor.text
    editor.type("u")
    editor.wait_text(CLIENT)


def test_a_conversion_that_is_discarded_leaves_the_buffer_and_no_window(editor: Neovim) -> None:
    editor.type("/twice<CR>")
    editor.command("PythonExpert convert-to-async")
    editor.wait("the diff", DIFF)
    editor.type("q")
    editor.wait("the end", "return vim.lsp.status():find('you discarded it')")
    assert "discarded" not in editor.messages()
    assert editor.lua("return #vim.api.nvim_list_wins()") == 1
    assert editor.text == CLIENT


def test_a_rewrite_can_be_stopped(editor: Neovim) -> None:
    editor.type("ggVGd")
    many = "\n\n".join(f"def f{n}(a, b={n}):\n    return [a] * b" for n in range(900))
    editor.lua("vim.api.nvim_buf_set_lines(0, 0, -1, true, vim.split(..., '\\n'))", many)
    editor.lua(
        # mypy may be reading the project at the same time and report its own progress.
        "vim.api.nvim_create_autocmd('LspProgress', {callback = function(event) "
        "local progress = event.data.params local value = progress.value "
        "if value.kind == 'begin' and value.title:find('type hints') then "
        "_G.token = progress.token vim.schedule(function() vim.cmd('PythonExpert cancel') end) "
        "elseif value.kind == 'end' and progress.token == _G.token then _G.ended = true end end})"
    )
    editor.command("PythonExpert add-type-hints")
    editor.wait("the end", "return _G.ended")
    assert editor.text in (many, many + "\n")
    editor.type("gg")
    editor.lua(APPLY, HERE + "addDocstrings")
    wait_for(editor, '"""')


def test_a_refusal_is_shown(editor: Neovim) -> None:
    editor.type("ggO@property<Esc>jdd")
    editor.type("ggdGiwhile True:<CR>x = (<Esc>")
    before = editor.text
    editor.command("PythonExpert add-docstrings")
    editor.wait("the reason", "return harness.messages():find('parse', 1, true)")
    assert editor.text == before


def test_the_report_says_what_was_done_and_checked(editor: Neovim) -> None:
    editor.type("/twice<CR>")
    editor.lua(APPLY, HERE + "addDocstrings")
    wait_for(editor, "times: ")
    editor.command("PythonExpert report")
    wait_for(editor, "tree and tokens are the same")
    assert "# Add docstrings: greet.py" in editor.text
    assert "Changed: `greet`" in editor.text
