"""The text of the Emacs screen for docs/first-hour.md."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from tests.e2e.emacs import Emacs
from tests.e2e.neovim import snippets
from tests.first_hour.session import SHAPES

if TYPE_CHECKING:
    from pathlib import Path

_EMACS_SCREEN = r"""
(mapconcat
 (lambda (window)
   (with-current-buffer (window-buffer window)
     (concat (buffer-substring-no-properties (window-start window) (window-end window t))
             (format "-- %s --" (buffer-name)))))
 (window-list nil nil (frame-first-window))
 "\n")
"""


def emacs(home: Path) -> str:
    """Return the text of Emacs's windows at the question before a conversion to async."""
    folder = shutil.copytree(SHAPES / "scripts", home.parent / "in-emacs")
    set_up = "\n".join(snippets("Emacs (eglot)", "elisp")[::2])
    with Emacs(home, folder, set_up) as editor:
        editor.lisp(f'(find-file "{folder / "watch.py"}")')
        editor.wait("the server", "(and (eglot-current-server) (eglot-managed-p))")
        editor.lisp('(progn (goto-char (point-min)) (search-forward "time.sleep"))')
        editor.command("eglot-code-actions")
        editor.wait("the menu", "(minibufferp)")
        editor.type("Convert `wait_for` to async (offline)\r")
        editor.wait(
            "the question", '(and (get-buffer-window "*python-expert-diff*") (minibufferp))'
        )
        return _tidy(editor.lisp(_EMACS_SCREEN))


def with_screens(page: str, home: Path) -> str:
    """Return the page with the current screen."""
    block = re.compile(r"(?<=^```text\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
    screen = emacs(home)
    return block.sub(lambda _match: screen, page)


def _tidy(screen: str) -> str:
    lines = [line.rstrip() for line in screen.splitlines()]
    return "\n".join(lines).rstrip("\n") + "\n"
