"""A real Emacs in its own terminal, with its own home and the set-up of docs/editors.md.

The tests type keys into its terminal, and ask by ``emacsclient`` what it shows. If Emacs or eglot
is missing, a run as root on Debian installs them; elsewhere the test is skipped.
"""

from __future__ import annotations

import base64
import fcntl
import functools
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import termios
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from tests.e2e.neovim import DEADLINE, environment, kill

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

PACKAGES = ["emacs-nox", "elpa-eglot"]
LOOK = "(princ (if (require 'eglot nil t) (if (fboundp 'eglot-ensure) 'yes 'no) 'no))"


@functools.cache
def missing() -> str:
    """Install Emacs if possible; return why it cannot run, or an empty string."""
    if _is_installed():
        return ""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return f"needs Emacs with eglot; on Debian: apt-get install {' '.join(PACKAGES)}"
    quiet = ["--yes", "--quiet=2", "--no-install-recommends"]
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "--quiet=2"], ["install", *quiet, *PACKAGES]):
        done = subprocess.run(
            ["apt-get", *command], env=variables, capture_output=True, text=True, check=False
        )
        if done.returncode:
            return f"apt-get {command[0]} failed: {done.stderr.strip()[-300:]}"
    return "" if _is_installed() else "Emacs was installed, and has no eglot"


def _is_installed() -> bool:
    if not shutil.which("emacs") or not shutil.which("emacsclient"):
        return False
    command = ["emacs", "--batch", "--eval", "(package-initialize)", "--eval", LOOK]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout == "yes"


class Emacs:
    """An Emacs process. Leaving the ``with`` block ends it and all processes that it started.

    Args:
        home: An empty folder for its home, which also identifies its processes.
        folder: The folder to start it in.
        setup: Lisp for its init file, in addition to what the tests need.
    """

    def __init__(self, home: Path, folder: Path, setup: str) -> None:
        self._home = home
        self._folder = folder
        self._setup = setup
        self._environment = {**environment(home), "TERM": "xterm"}
        self._socket = home / "s"
        self._terminal = -1
        self._screen = b""
        self._process: subprocess.Popen[bytes]

    def __enter__(self) -> Self:
        """Start Emacs."""
        init = self._home / ".emacs.d" / "init.el"
        init.parent.mkdir()
        # Compiling packages in the background would slow the test down.
        early = "(setq native-comp-deferred-compilation nil native-comp-jit-compilation nil)"
        init.with_name("early-init.el").write_text(early, encoding="utf-8")
        init.write_text(
            "(setq inhibit-startup-screen t make-backup-files nil auto-save-default nil)\n"
            f"{self._setup}\n"
            f'(setq server-name "{self._socket}")\n(require (quote server))\n(server-start)\n',
            encoding="utf-8",
        )
        self._terminal, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
        self._process = subprocess.Popen(
            ["emacs", "--terminal", os.ttyname(theirs)],
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            cwd=self._folder,
            env=self._environment,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        end = time.monotonic() + DEADLINE
        while not self._socket.exists():
            assert time.monotonic() < end, f"Emacs did not start\n{self._shown()}"
            assert self._process.poll() is None, f"Emacs ended\n{self._shown()}"
            time.sleep(0.05)
        os.close(theirs)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End Emacs and all processes that it started."""
        kill(self._process, self._home)
        with suppress(OSError):
            os.close(self._terminal)

    def type(self, keys: str) -> None:
        """Type keys, as a terminal sends them."""
        os.write(self._terminal, keys.encode())

    def command(self, name: str) -> None:
        """Call a command by its name, as ``M-x`` does."""
        self.type(f"\033x{name}\r")

    def lisp(self, code: str) -> str:
        """Evaluate Lisp in the selected window's buffer; return the result as text."""
        form = f"(with-current-buffer (window-buffer (selected-window)) {code})"
        text = f'(base64-encode-string (encode-coding-string (format "%s" {form}) \'utf-8) t)'
        done = subprocess.run(
            ["emacsclient", "--socket-name", self._socket, "--eval", text],
            capture_output=True,
            text=True,
            check=False,
            env=self._environment,
            timeout=DEADLINE,
        )
        assert done.returncode == 0, f"{code}\n{done.stdout}{done.stderr}\n{self._shown()}"
        return base64.b64decode(json.loads(done.stdout)).decode()

    def wait(self, what: str, code: str) -> None:
        """Wait until Lisp evaluates to something other than nil."""
        end = time.monotonic() + DEADLINE
        while self.lisp(code) == "nil":
            if time.monotonic() > end:
                raise AssertionError(f"waited in vain for {what}\n{self._shown()}")
            time.sleep(0.1)

    @property
    def text(self) -> str:
        """Return the text in the selected window."""
        return self.lisp("(buffer-substring-no-properties (point-min) (point-max))")

    def messages(self) -> str:
        """Return all messages of the echo area so far."""
        return self.lisp('(with-current-buffer "*Messages*" (buffer-string))')

    def _read(self) -> None:
        """Read what Emacs draws, so that it does not block."""
        with suppress(OSError):
            while data := os.read(self._terminal, 65536):
                self._screen = (self._screen + data)[-20_000:]

    def _shown(self) -> str:
        echoed = ""
        with suppress(AssertionError, subprocess.TimeoutExpired):
            if self._socket.exists():
                echoed = self.messages()
        drawn = re.sub(rb"\x1b[\[(][0-9;?]*[A-Za-z]", b" ", self._screen)
        return f"{echoed}\n{drawn.decode('utf-8', 'replace')[-3000:]}"
