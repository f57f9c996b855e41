"""A real Helix in its own terminal, with its own home and the set-up of docs/editors.md.

The tests type keys into its terminal and read what it draws there. If there is no ``hx``, the tests
unpack that of Debian 13 with its C library into a temporary folder, and install nothing.
"""

from __future__ import annotations

import fcntl
import functools
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
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

from tests.e2e.neovim import DEADLINE, environment, kill

if TYPE_CHECKING:
    from types import TracebackType

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SOURCE = f"deb [signed-by={KEYRING}] http://deb.debian.org/debian trixie main\n"
PACKAGES = ["hx", "libc6", "libgcc-s1"]

_FOLDER = TemporaryDirectory(prefix="python-expert-helix-", ignore_cleanup_errors=True)
_ESCAPES = re.compile(rb"\x1b(?:\][^\x07]*\x07|[\[(][0-9;?>]*[ -/]*[@-~]|.)")


@functools.cache
def command() -> list[str] | str:
    """Return the command that starts Helix, or why it cannot start."""
    if found := shutil.which("hx"):
        return [found]
    if not shutil.which("apt-get") or not os.path.exists(KEYRING):  # noqa: PTH110 - a plain name
        return "needs hx (Helix); where it is not installed, Debian's apt-get fetches it"
    folder = Path(_FOLDER.name)
    for each in ("lists/partial", "cache/archives/partial"):
        (folder / each).mkdir(parents=True)
    (folder / "sources.list").write_text(SOURCE, encoding="utf-8")
    options = {
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder / "cache",
    }
    apt = ["apt-get", "--quiet=2", *(f"-o{name}={value}" for name, value in options.items())]
    for words in ([*apt, "update"], [*apt, "download", *PACKAGES]):
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"apt-get {words[-1]} failed: {done.stderr.strip()[-300:]}"
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, folder / "root"], check=True)
    (loader,) = folder.glob("root/usr/lib/*/ld-linux*.so.*")
    return [str(loader), "--library-path", str(loader.parent), str(folder / "root/usr/lib/hx/hx")]


class Helix:
    """A Helix process. Leaving the ``with`` block ends it and all processes that it started.

    Args:
        home: An empty folder for its home, which also identifies its processes.
        file: The file to open, in the folder to start it in.
        setup: TOML for its languages.toml.
    """

    def __init__(self, home: Path, file: Path, setup: str) -> None:
        self._home = home
        self._file = file
        self._setup = setup
        self._environment = {
            **environment(home),
            "TERM": "xterm-256color",
            "HELIX_RUNTIME": str(Path(_FOLDER.name, "root/usr/lib/hx/runtime")),
        }
        self._terminal = -1
        self._drawn = b""
        self._process: subprocess.Popen[bytes]

    def __enter__(self) -> Self:
        """Start Helix."""
        config = self._home / "config/helix"
        config.mkdir(parents=True)
        (config / "languages.toml").write_text(self._setup, encoding="utf-8")
        self._terminal, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 160, 0, 0))
        start = command()
        assert not isinstance(start, str), start
        self._process = subprocess.Popen(
            [*start, self._file.name],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=self._file.parent,
            env=self._environment,
            start_new_session=True,
        )
        os.close(theirs)
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End Helix and all processes that it started."""
        kill(self._process, self._home)
        with suppress(OSError):
            os.close(self._terminal)

    def type(self, keys: str) -> None:
        """Type keys, as a terminal sends them, and forget what was drawn before."""
        self._drawn = b""
        os.write(self._terminal, keys.encode())

    def wait(self, *words: str) -> None:
        """Wait until all words have been drawn since the last keys."""
        end = time.monotonic() + DEADLINE
        while not all(word in self.drawn for word in words):
            assert time.monotonic() < end, f"waited in vain for {words}\n{self.drawn[-3000:]}"
            assert self._process.poll() is None, f"Helix ended\n{self.drawn[-3000:]}"
            time.sleep(0.05)

    def wait_written(self, text: str) -> None:
        """Wait until the file on disk has a text."""
        end = time.monotonic() + DEADLINE
        while self._file.read_text("utf-8") != text:
            assert time.monotonic() < end, self._file.read_text("utf-8")
            time.sleep(0.05)

    @property
    def drawn(self) -> str:
        """Return what was drawn since the last keys, which are only the changes of the screen."""
        return _ESCAPES.sub(b" ", self._drawn).decode("utf-8", "replace")

    def _read(self) -> None:
        with suppress(OSError):
            while data := os.read(self._terminal, 65536):
                self._drawn += data
