"""Test editing Python in Emacs with the set-up of docs/editors.md."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import write
from tests.e2e import emacs
from tests.e2e.emacs import Emacs
from tests.e2e.neovim import snippets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are watched through /proc"),
]

TEXT = '''\
"""Waits."""

import time


def wait(seconds):
    time.sleep(seconds)
'''
FOUND = """
(seq-some (lambda (each) (string-match-p %s (flymake-diagnostic-text each)))
          (flymake-diagnostics))
"""


SAID = '(with-current-buffer "*Messages*" (string-match-p "%s" (buffer-string)))'
"""Lisp code: whether the echo area has shown a text."""

WAITING = """
(hash-table-count
 (jsonrpc--request-continuations (with-current-buffer "wait.py" (eglot-current-server))))
"""
"""Lisp code: how many requests to the server are pending."""


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Emacs]:
    """An Emacs with wait.py open and a running server."""
    if why := emacs.missing():
        pytest.skip(why)
    home = tmp_path / "home"
    home.mkdir()
    folder = write(tmp_path / "shop", {"pyproject.toml": "", "wait.py": TEXT})
    set_up = "\n".join(snippets("Emacs (eglot)", "elisp")[::2])
    with Emacs(home, folder, f"{set_up}\n(setq eglot-sync-connect nil)") as editor:
        editor.lisp(f'(find-file "{folder / "wait.py"}")')
        editor.wait("the server", "(and (eglot-current-server) (eglot-managed-p))")
        yield editor


def choose(editor: Emacs, action: str) -> None:
    """Choose a code action at the cursor by its title."""
    editor.command("eglot-code-actions")
    editor.wait("the menu", "(minibufferp)")
    editor.type(f"{action}\r")


def test_findings_of_all_tools_show_on_unsaved_text(editor: Emacs) -> None:
    editor.type("\033>import json\rimport subprocess\rlen(1)\r")
    for words in ("json", "subprocess", "incompatible type"):
        editor.wait(words, FOUND % f'"{words}"')
    assert editor.lisp("(buffer-modified-p)") == "t"


def test_a_conversion_is_shown_as_a_diff_and_no_request_times_out_while_it_is_read(
    editor: Emacs,
) -> None:
    editor.lisp('(progn (goto-char (point-min)) (search-forward "time.sleep"))')
    choose(editor, "Convert `wait` to async (offline)")
    editor.wait("the question", '(get-buffer-window "*python-expert-diff*")')
    shown = editor.lisp('(with-current-buffer "*python-expert-diff*" (buffer-string))')
    assert "-def wait(seconds):\n-    time.sleep(seconds)\n" in shown
    assert "+async def wait(seconds):\n+    await asyncio.sleep(seconds)\n" in shown
    editor.wait("the question", "(minibufferp)")
    # Eglot's requests time out after ten seconds, and people read longer.
    assert editor.lisp(WAITING) == "0"
    editor.type("y")
    editor.wait("the edit", '(string-match-p "await asyncio.sleep" (buffer-string))')
    assert "import asyncio" in editor.text
    editor.wait("the result", SAID % "Converted to async: 1 of 1 definition")
    editor.command("python-expert-report")
    editor.wait("the report", '(get-buffer-window "*python-expert-report*")')
    mode = '(with-current-buffer "*python-expert-report*" (derived-mode-p (quote text-mode)))'
    assert editor.lisp(mode) == "text-mode"


def test_a_conversion_that_is_discarded_changes_nothing(editor: Emacs) -> None:
    editor.lisp('(progn (goto-char (point-min)) (search-forward "time.sleep"))')
    choose(editor, "Convert `wait` to async (offline)")
    editor.wait("the question", '(and (get-buffer-window "*python-expert-diff*") (minibufferp))')
    editor.type("n")
    report = '(with-current-buffer "*python-expert-report*" (buffer-string))'
    is_discarded = f'(progn (python-expert-report) (string-match-p "discarded" {report}))'
    editor.wait("the end", f"(ignore-errors {is_discarded})")
    assert editor.text == TEXT
    assert editor.lisp('(get-buffer-window "*python-expert-diff*")') == "nil"


def test_the_buffer_gets_type_hints_and_saving_tidies_it(editor: Emacs) -> None:
    editor.command("python-expert-add-type-hints")
    editor.wait("the hints", '(string-match-p "-> None:" (buffer-string))')
    editor.lisp('(progn (goto-char (point-max)) (insert "import os\\nx = { 1:2 }\\n"))')
    editor.type("\x18\x13")
    editor.wait("the save", "(not (buffer-modified-p))")
    assert "import os" not in editor.text
    assert editor.text.endswith("x = {1: 2}\n")
