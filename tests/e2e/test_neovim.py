"""Test editing Python in Neovim with the set-up of docs/editors.md."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.e2e.neovim import Neovim, snippets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import ProjectFactory

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are watched through /proc"),
]

PYPROJECT = '[project]\nname = "shop"\nversion = "1"\n'

SHOP = '''\
"""A shop."""


def total(prices: list[int]) -> int:
    """Add up the prices."""
    return sum(prices)
'''

RUFF = ("Ruff", "F401", 8, "json")
MYPY = ("Mypy", "arg-type", 10, '"much"')
BANDIT = ("Bandit", "B404", 9, "import subprocess")
TYPE_FINDINGS = 'Go<CR>import json<CR>import subprocess<CR>total("much")<Esc>'
"""Keys that add code with the findings RUFF, MYPY and BANDIT to the end of SHOP."""

TOOLS = ("python-expert server", "ruff server", "mypy_worker.serve", "bandit_worker.serve")
"""The endings of the commands of the server's processes."""

APPLY = "vim.lsp.buf.code_action({apply = true, context = {only = {...}, diagnostics = {}}})"
"""Applies the only code action of the given kinds, as a key mapping does."""


class NeovimFactory(Protocol):
    """A function that starts a Neovim, which ends with the test."""

    def __call__(self, folder: Path, file: str = "", more: str = "") -> Neovim:
        """Open a file in a folder, with additional Lua at the end of the init.lua."""


@pytest.fixture
def neovim(tmp_path: Path) -> Iterator[NeovimFactory]:
    """A factory of Neovims with the first snippet of docs/editors.md."""
    with ExitStack() as stack:

        def start(folder: Path, file: str = "", more: str = "") -> Neovim:
            home = tmp_path / "home"
            home.mkdir()
            editor = stack.enter_context(Neovim(home, folder, f"{snippets()[0]}\n{more}"))
            if file:
                editor.command(f"edit {file}")
            return editor

        yield start


@pytest.fixture
def shop(project: ProjectFactory) -> Path:
    """A small project with shop.py, which has no findings."""
    return project({"pyproject.toml": PYPROJECT, "shop.py": SHOP})


def test_findings_show_while_typing_and_go_when_fixed(neovim: NeovimFactory, shop: Path) -> None:
    before = (shop / "shop.py").stat()
    editor = neovim(shop, "shop.py")
    editor.type(TYPE_FINDINGS)
    editor.wait_shown(RUFF, MYPY, BANDIT)
    editor.type("GddGdd")
    editor.wait_gone("arg-type", "B404")
    editor.wait_shown(RUFF)
    editor.type("GddGdd")
    editor.wait("no diagnostics", "return #harness.shown() == 0")
    assert editor.text == SHOP
    assert (shop / "shop.py").read_text(encoding="utf-8") == SHOP
    assert (shop / "shop.py").stat().st_mtime_ns == before.st_mtime_ns
    assert editor.messages() == ""


def test_the_right_words_are_underlined_after_accents_and_emoji(
    neovim: NeovimFactory, shop: Path
) -> None:
    editor = neovim(shop, "shop.py")
    editor.type('Go<CR>note = "é 😀"; import subprocess<CR>"é 😀".center("wide")<Esc>')
    shown = (
        ("Ruff", "F401", 8, "subprocess"),
        ("Bandit", "B404", 8, "import subprocess"),
        ("Mypy", "arg-type", 9, '"wide"'),
    )
    editor.wait_shown(*shown)
    # Text typed before them moves them, even if the tools have not checked it yet.
    editor.type('gg0O"😀"<Esc>')
    editor.wait_shown(*((source, code, line + 1, text) for source, code, line, text in shown))


def test_a_change_in_one_buffer_shows_findings_in_another_before_saving(
    neovim: NeovimFactory, shop: Path
) -> None:
    (shop / "till.py").write_text('"""A till."""\n\nfrom shop import total\n\nprint(total([1]))\n')
    editor = neovim(shop, "shop.py")
    editor.command("set hidden | edit till.py")
    editor.command("buffer shop.py")
    editor.command("%substitute/list.int./list[str]/")
    editor.wait_shown(("Mypy", "arg-type", 6, "prices"))
    editor.command("buffer till.py")
    editor.wait_shown(("Mypy", "list-item", 5, "1"))
    editor.command("bdelete! shop.py")
    editor.wait_gone("list-item")


def test_shown_findings_stay_correct_through_all_ways_of_editing(
    neovim: NeovimFactory, shop: Path
) -> None:
    editor = neovim(shop, "shop.py")
    editor.type(TYPE_FINDINGS)
    editor.wait_shown(RUFF, MYPY, BANDIT)
    for keys in (
        "ggO# é 😀 ẞ<Esc>",
        "Gocost = '😀'; import re<Esc>",
        "ggyGGp",
        "ggdGu",
        ":%substitute/import/import  /<CR>u",
        "gg4Ju<C-r>u",
        "ggVGJu",
        ":global/import/move 0<CR>",
        "5GA  # 😀<Esc>.",
        "Go<CR>import pickle, last<Esc>",
    ):
        editor.type(keys)
    line = editor.text.count("\n")
    last = (("Ruff", "F401", line), ("Mypy", "import-not-found", line), ("Bandit", "B403", line))
    editor.wait_shown(*last)
    shown = editor.shown()
    editor.command("write copy.py | edit copy.py")
    editor.wait(f"diagnostics {shown}", "return vim.deep_equal(harness.shown(), ...)", shown)


def test_the_quick_fix_removes_the_unused_import_under_the_cursor(
    neovim: NeovimFactory, shop: Path
) -> None:
    editor = neovim(shop, "shop.py")
    editor.type("Goimport json; import re  # é 😀<Esc>")
    editor.wait_shown(("Ruff", "F401", 7, "json"), ("Ruff", "F401", 7, "re"))
    editor.type("0/re <CR>")
    editor.lua(
        "vim.lsp.buf.code_action({apply = true, filter = function(action) "
        "return action.kind == 'quickfix' and action.title:find('unused import: `re`') end})"
    )
    editor.wait_text(f"{SHOP}import json;   # é 😀\n")


def test_a_fix_chosen_too_late_changes_nothing(neovim: NeovimFactory, shop: Path) -> None:
    editor = neovim(shop, "shop.py")
    # A buffer's first version is 0, which Neovim treats as no version.
    editor.wait("a client", "return #vim.lsp.get_clients({bufnr = 0}) > 0")
    editor.type("Goimport json<Esc>")
    editor.wait_shown(("Ruff", "F401", 7, "json"))
    editor.lua(
        "vim.ui.select = function(items, _, choose) "
        "_G.choose = function() choose(items[1]) end end "
        "vim.lsp.buf.code_action({filter = function(action) return action.isPreferred end})"
    )
    editor.wait("the menu", "return _G.choose ~= nil")
    editor.type("ggO# above<Esc>")
    editor.lua("_G.choose()")
    editor.wait("a refusal", "return harness.messages():find('newer than edits')")
    assert editor.text == f"# above\n{SHOP}import json\n"


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("source.fixAll.pythonExpert", "import re\nprint(f'é😀')\n", "print('é😀')\n"),
        (
            "source.organizeImports.pythonExpert",
            "import re\nimport os\n\nprint(os, re)\n",
            "import os\nimport re\n\nprint(os, re)\n",
        ),
    ],
    ids=["fixAll", "organizeImports"],
)
def test_source_actions_fix_the_whole_file(
    neovim: NeovimFactory, shop: Path, kind: str, before: str, after: str
) -> None:
    (shop / "loose.py").write_text(before)
    editor = neovim(shop, "loose.py")
    editor.wait("diagnostics", "return #harness.shown() > 0")
    editor.lua(APPLY, kind)
    editor.wait_text(after)


def test_format_tidies_the_buffer_or_the_lines_chosen(neovim: NeovimFactory, shop: Path) -> None:
    (shop / "loose.py").write_text("x = {  'é😀':1 }\ny = {  'b':2 }\n")
    editor = neovim(shop, "loose.py")
    editor.wait("diagnostics", "return #vim.lsp.get_clients({bufnr = 0}) > 0")
    wait = "timeout_ms = 60000"
    editor.lua(f"vim.lsp.buf.format({{{wait}, range = {{start = {{2, 0}}, ['end'] = {{2, 9}}}}}})")
    assert editor.text == "x = {  'é😀':1 }\ny = {\"b\": 2}\n"
    editor.lua(f"vim.lsp.buf.format({{{wait}}})")
    assert editor.text == 'x = {"é😀": 1}\ny = {"b": 2}\n'


def test_saving_fixes_sorts_and_formats_if_set_up_as_the_guide_says(
    neovim: NeovimFactory, shop: Path
) -> None:
    on_save = snippets()[1]
    editor = neovim(shop, "new.py", on_save)
    editor.type("iimport re, os, json<CR>print( os,re, 'é😀' )<Esc>")
    editor.wait_shown(("Ruff", "F401", 1, "json"))
    editor.command("write")
    tidy = 'import os\nimport re\n\nprint(os, re, "é😀")\n'
    assert (shop / "new.py").read_text(encoding="utf-8") == tidy
    editor.type("Goimport json<Esc>")
    editor.wait_shown(("Ruff", "F401", 5, "json"))
    editor.command("write")
    assert (shop / "new.py").read_text(encoding="utf-8") == tidy


def test_windows_line_ends_survive_a_fix(neovim: NeovimFactory, shop: Path) -> None:
    (shop / "dos.py").write_bytes(b"import re\r\nimport os\r\n\r\nprint(os)\r\n")
    editor = neovim(shop, "dos.py")
    editor.type("GA  # 😀<CR>import subprocess<Esc>")
    editor.wait_shown(("Ruff", "F401", 1, "re"), ("Bandit", "B404", 5, "import subprocess"))
    editor.type("dd")
    editor.lua(APPLY, "source.fixAll.pythonExpert")
    editor.wait_text("import os\n\nprint(os)  # 😀\n")
    editor.command("write")
    fixed_text = "import os\r\n\r\nprint(os)  # 😀\r\n"
    assert (shop / "dos.py").read_bytes() == fixed_text.encode()


def test_hovering_over_a_noqa_code_explains_it(neovim: NeovimFactory, shop: Path) -> None:
    editor = neovim(shop, "shop.py")
    editor.type("Goimport json  # é 😀 # noqa: F401<Esc>")
    editor.wait("a client", "return #vim.lsp.get_clients({bufnr = 0}) > 0")
    editor.type("K")
    editor.wait("the rule's page", "return harness.floating():find('unused%-import')")


def test_hovering_explains_a_finding_and_shows_the_type_of_a_name(
    neovim: NeovimFactory, shop: Path
) -> None:
    editor = neovim(shop, "shop.py")
    editor.type(TYPE_FINDINGS)
    editor.wait_shown(RUFF, MYPY, BANDIT)
    editor.type("?subprocess<CR>K")
    editor.wait("the rule's page", "return harness.floating():find('import_subprocess %(B404%)')")
    editor.wait("what it is", "return harness.floating():find('module subprocess')")


def test_an_anti_pattern_is_shown_explained_and_fixed(neovim: NeovimFactory, shop: Path) -> None:
    editor = neovim(shop, "shop.py")
    editor.type("Gostatus_code = len(__name__)<CR>ok = status_code == 404<Esc>")
    editor.wait_shown(("Python Expert", "PE004", 8, "404", "INFO"))
    editor.wait_gone("PLR2004")
    editor.type("?404<CR>K")
    editor.wait("the rule's page", "return harness.floating():find('http%-status%-number')")
    editor.lua(
        "vim.lsp.buf.code_action({apply = true, filter = function(action) "
        "return action.kind == 'quickfix' and action.isPreferred end})"
    )
    editor.wait(
        "the status's name",
        "return vim.api.nvim_get_current_line():find(...)",
        "== HTTPStatus.NOT_FOUND",
    )
    assert "from http import HTTPStatus\n" in editor.text
    editor.wait_gone("PE004")


def test_settings_apply_and_can_be_changed_without_a_restart(
    neovim: NeovimFactory, shop: Path
) -> None:
    settings = "{ pythonExpert = { tools = { ruff = { severity = 'hint' } } } }"
    more = f"vim.lsp.config('python_expert', {{ settings = {settings} }})"
    editor = neovim(shop, "shop.py", more)
    editor.type(TYPE_FINDINGS)
    editor.wait_shown((*RUFF, "HINT"), MYPY, BANDIT)
    server = [pid for pid, command in editor.processes().items() if command.endswith(TOOLS[0])]
    assert server
    change = (
        "local client = vim.lsp.get_clients()[1]; client.settings = {pythonExpert = ...};"
        "client:notify('workspace/didChangeConfiguration', {settings = client.settings})"
    )
    editor.lua(change, {"tools": {"ruff": {"severity": "error"}, "bandit": {"enabled": False}}})
    editor.wait_gone("B404")
    editor.wait_shown((*RUFF, "ERROR"), MYPY)
    without_mypy = snippets()[2]
    editor.lua(without_mypy)
    editor.wait_gone("arg-type")
    editor.wait_shown((*RUFF, "WARN"), BANDIT)
    assert set(server) <= editor.processes().keys()


def test_a_wrong_setting_is_named_in_a_message(neovim: NeovimFactory, shop: Path) -> None:
    more = "vim.lsp.config('python_expert', { settings = { pythonExpert = { profil = 'auto' }}})"
    editor = neovim(shop, "shop.py", more)
    has_message = "return harness.messages():find(..., 1, true)"
    editor.wait("a message", has_message, "did you mean 'profile'?")


def test_a_rule_in_pyproject_applies_after_saving_the_file(
    neovim: NeovimFactory, shop: Path
) -> None:
    editor = neovim(shop, "shop.py")
    editor.type(TYPE_FINDINGS)
    editor.wait_shown(RUFF, MYPY, BANDIT)
    editor.command("set hidden | edit pyproject.toml")
    editor.type("Go[tool.ruff.lint]<CR>select = ['E7']<CR>[tool.bandit]<CR>skips = ['B404']<Esc>")
    editor.command("write | buffer shop.py")
    editor.wait_gone("F401", "B404")
    editor.wait_shown(MYPY)


def test_changes_by_another_program_count_after_the_next_save(
    neovim: NeovimFactory, shop: Path
) -> None:
    (shop / "till.py").write_text('"""A till."""\n\nfrom shop import total\n\nprint(total([1]))\n')
    editor = neovim(shop, "till.py")
    editor.type("Golen(1)<Esc>")
    editor.wait_shown(("Mypy", "arg-type", 6, "1"))
    (shop / "shop.py").write_text(SHOP.replace("list[int]", "list[str]"))
    editor.command("write")
    editor.wait_shown(("Mypy", "list-item", 5, "1"))


def test_a_file_may_have_any_name(neovim: NeovimFactory, shop: Path) -> None:
    editor = neovim(shop)
    editor.lua("vim.cmd.edit(vim.fn.fnameescape(...))", "dír 100%/ü #😀&+.py")
    editor.type("iimport subprocess<CR>len(1)<Esc>")
    editor.wait_shown(
        ("Ruff", "F401", 1, "subprocess"),
        ("Bandit", "B404", 1, "import subprocess"),
        ("Mypy", "arg-type", 2, "1"),
    )
    editor.lua(APPLY, "source.fixAll.pythonExpert")
    editor.wait_text("len(1)\n")


def test_a_file_that_does_not_exist_yet_is_checked(neovim: NeovimFactory, shop: Path) -> None:
    editor = neovim(shop, "new/code.py")
    editor.type("ifrom shop import total<CR>import subprocess<CR>total('much')<Esc>")
    editor.wait_shown(
        ("Ruff", "F401", 2, "subprocess"),
        ("Bandit", "B404", 2, "import subprocess"),
        ("Mypy", "arg-type", 3, "'much'"),
    )
    assert not (shop / "new").exists()


def test_a_buffer_without_a_name_does_no_harm_and_is_checked_once_it_has_one(
    neovim: NeovimFactory, shop: Path
) -> None:
    editor = neovim(shop, "shop.py")
    editor.type(TYPE_FINDINGS)
    editor.wait_shown(RUFF, MYPY, BANDIT)
    editor.command("set hidden | enew | set filetype=python")
    editor.type("iimport subprocess<CR>len(1)<Esc>")
    editor.wait("a client", "return #vim.lsp.get_clients({bufnr = 0}) > 0")
    # Neovim would show its findings for the folder "/", so there must be none.
    editor.command("buffer shop.py")
    editor.type("ggOimport re<Esc>")
    moved = ((source, code, line + 1, text) for source, code, line, text in (RUFF, MYPY, BANDIT))
    editor.wait_shown(("Ruff", "F401", 1, "re"), *moved)
    assert not editor.lua("return vim.fn.bufexists('/') == 1")
    assert "Python Expert" not in editor.messages()
    # Neovim sends the new name only when it reads the file again.
    editor.command("buffer # | write named.py | edit")
    editor.wait_shown(
        ("Ruff", "F401", 1, "subprocess"),
        ("Bandit", "B404", 1, "import subprocess"),
        ("Mypy", "arg-type", 2, "1"),
    )


@pytest.mark.parametrize("how", ["leaving", "killing", "disabling"])
def test_no_process_is_left_after(neovim: NeovimFactory, shop: Path, how: str) -> None:
    editor = neovim(shop, "shop.py")
    editor.type(TYPE_FINDINGS)
    editor.wait_shown(RUFF, MYPY, BANDIT)
    running = editor.processes().values()
    for tool in TOOLS:
        assert any(command.endswith(tool) for command in running), (tool, running)
    match how:
        case "leaving":
            editor.quit()
        case "killing":
            editor.kill()
        case _:
            editor.command("lua vim.lsp.enable('python_expert', false)")
    editor.wait_no_process(but=editor.pid if how == "disabling" else None)


@pytest.mark.parametrize("what", ["the server starts", "its tools start"])
def test_no_process_is_left_after_killing_neovim_while(
    neovim: NeovimFactory, shop: Path, what: str
) -> None:
    editor = neovim(shop, "shop.py")
    if what == "its tools start":
        editor.wait("the server", "return #vim.lsp.get_clients({bufnr = 0}) > 0")
    assert len(editor.processes()) > 1
    editor.kill()
    editor.wait_no_process()


def test_the_whole_project_is_checked_on_demand(neovim: NeovimFactory, shop: Path) -> None:
    (shop / "closed.py").write_text("import json\n", encoding="utf-8")
    editor = neovim(shop, "shop.py")
    editor.wait("a client", "return #vim.lsp.get_clients({bufnr = 0}) > 0")
    editor.command("PythonExpert check-workspace")
    listed = """
return vim.iter(vim.fn.getqflist()):any(function(item)
  return vim.fs.basename(vim.fn.bufname(item.bufnr)) == 'closed.py' and item.text:find('json')
end)
"""
    editor.wait("the finding in a file that is not open", listed)
    assert "1 finding" in editor.messages()


def test_lenses_are_shown_and_follow_live_tests(neovim: NeovimFactory, shop: Path) -> None:
    test = "import shop\n\n\ndef test_total() -> None:\n    assert shop.total([1, 2]) == 3\n"
    (shop / "test_shop.py").write_text(test)
    (live,) = [each for each in snippets() if "run = 'live'" in each]
    lenses = """
    local start = ...
    return vim.iter(vim.lsp.codelens.get(0)):any(function(lens)
      return vim.startswith(lens.command.title, start)
    end)"""
    python = f"vim.env.VIRTUAL_ENV = {sys.prefix!r}"
    editor = neovim(shop, "test_shop.py", f"{live}\n{python}")
    editor.wait("the lens of a test that passes", lenses, "Run test (passed")
    editor.type("Gf3r4")
    editor.wait("the lens of a test that fails", lenses, "Run test (failed")
