"""A real headless Neovim with its own home and the set-up of docs/editors.md.

The tests control it through a socket, and ``nvim --server SOCKET --remote-expr``.
"""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import subprocess
import sysconfig
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self, TypeAlias

if TYPE_CHECKING:
    from types import TracebackType

Json: TypeAlias = Any
"""Any JSON value."""

Shown: TypeAlias = tuple[str | int, ...]
"""A diagnostic as a user sees it: source, code, 1-based line, underlined text, severity.

The last items may be left out.
"""

DEADLINE = 60.0

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "editors.md"
HARNESS = Path(__file__).with_name("harness.lua")


def snippets(editor: str = "Neovim", language: str = "lua") -> list[str]:
    """Return the code blocks of an editor's section in docs/editors.md."""
    _, _, section = GUIDE.read_text(encoding="utf-8").partition(f"\n## {editor}\n")
    section, _, _ = section.partition("\n## ")
    section = section.replace("/path/to/python-expert", str(ROOT))
    found = re.findall(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert found, f"{GUIDE} has no {language} for {editor}"
    return found


class Neovim:
    """A Neovim process. Leaving the ``with`` block ends it and all processes that it started.

    Args:
        home: An empty folder for its home, which also identifies its processes.
        folder: The folder to start it in.
        setup: Lua for its init.lua, in addition to what the tests need.
    """

    def __init__(self, home: Path, folder: Path, setup: str) -> None:
        self.home = home
        self._folder = folder
        self._setup = setup
        self._stack = ExitStack()
        self._process: subprocess.Popen[bytes]
        self._socket = ""
        self._environment = environment(home)
        self._nvim = shutil.which("nvim", path=self._environment["PATH"]) or "nvim"

    def __enter__(self) -> Self:
        """Start Neovim."""
        for name in ("python-expert", "nvim"):
            assert shutil.which(name, path=self._environment["PATH"]), (
                f"{name} is missing; install this package with its development dependencies: "
                "pip install -e '.[dev]'"
            )
        init = self.home / "config" / "nvim" / "init.lua"
        init.parent.mkdir(parents=True)
        init.write_text(f"{HARNESS.read_text('utf-8')}\n{self._setup}", encoding="utf-8")
        # Not below the home, because a socket's path must be short.
        self._socket = self._stack.enter_context(tempfile.TemporaryDirectory("nvim")) + "/socket"
        stderr_file = self._stack.enter_context((self.home / "stderr").open("wb"))
        self._process = subprocess.Popen(
            [self._nvim, "--headless", "--listen", self._socket],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr_file,
            cwd=self._folder,
            env=self._environment,
            start_new_session=True,
        )
        self._stack.callback(self._end)
        stdout = self._process.stdout
        assert stdout is not None
        self._stack.enter_context(stdout)
        try:
            assert _next_line(stdout) == b"ready\n", f"Neovim did not start\n{self._report()}"
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End Neovim and all processes that it started."""
        self._stack.close()

    # What a user does

    def type(self, keys: str) -> None:
        """Type keys in the notation of mappings: ``<Esc>``, ``<CR>``, ``<lt>``."""
        self.lua("vim.api.nvim_feedkeys(vim.keycode(...), 'tx', false)", keys)

    def command(self, command: str) -> None:
        """Run an Ex command."""
        self.lua("vim.cmd(...)", command)

    def quit(self) -> None:
        """Quit Neovim without saving."""
        # It ends before it can answer.
        with suppress(AssertionError):
            self.command("qall!")
        self._process.wait(DEADLINE)

    def kill(self) -> None:
        """Kill Neovim alone, as an out-of-memory killer would."""
        self._process.kill()
        self._process.wait(DEADLINE)

    # What a user sees

    @property
    def text(self) -> str:
        """Return the current buffer's text, as Neovim would write it."""
        lines: list[str] = self.lua("return vim.api.nvim_buf_get_lines(0, 0, -1, true)")
        return "".join(f"{line}\n" for line in lines)

    def shown(self) -> list[list[str | int]]:
        """Return the diagnostics of the current buffer; see ``Shown``."""
        found: list[list[str | int]] = self.lua("return harness.shown()")
        return found or []

    def messages(self) -> str:
        """Return what ``:messages`` shows."""
        text: str = self.lua("return harness.messages()")
        return text

    def wait_shown(self, *wanted: Shown) -> None:
        """Wait until at least these diagnostics are shown."""
        self.wait(f"diagnostics {wanted}", "return harness.shows(...)", wanted)

    def wait_gone(self, *codes: str) -> None:
        """Wait until no diagnostic with one of these codes is shown."""
        self.wait(f"the end of {codes}", "return harness.shows_none(...)", codes)

    def wait_text(self, text: str) -> None:
        """Wait until the current buffer has this text."""
        lines = text.removesuffix("\n").split("\n")
        code = "return vim.deep_equal(vim.api.nvim_buf_get_lines(0, 0, -1, true), ...)"
        self.wait(f"the text {text!r}", code, lines)

    def wait(self, what: str, code: str, *arguments: Json) -> Json:
        """Wait until Lua code returns something true, and return that."""
        result = self.lua("return harness.wait(...)", int(DEADLINE * 1000), code, arguments)
        if not result:
            raise AssertionError(f"waited in vain for {what}\n{self._report()}")
        return result

    def lua(self, code: str, *arguments: Json) -> Json:
        """Run Lua code in Neovim; return its result, which must be a JSON value."""
        request = json.dumps([code, arguments]).replace("'", "''")
        call = f"luaeval('harness.call(_A)', '{request}')"
        done = subprocess.run(
            [self._nvim, "--headless", "--server", self._socket, "--remote-expr", call],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            env=self._environment,
            timeout=2 * DEADLINE,
        )
        if done.returncode:
            raise AssertionError(f"{code}\n{done.stderr.decode()}\n{self._report(alive=False)}")
        # Lua cannot tell an empty list from an empty table, or a missing value from nil.
        values = json.loads(done.stdout) or [None]
        return values[0]

    def _report(self, *, alive: bool = True) -> str:
        report = []
        if alive:
            with suppress(AssertionError):
                report.append(self.lua("return harness.report()"))
        logs = [*self.home.glob("state/nvim/lsp.log"), self.home / "stderr"]
        for log in logs:
            report += [f"the end of {log.name}:", log.read_text("utf-8", "replace")[-6000:]]
        return "\n".join(report)

    # Its processes

    @property
    def pid(self) -> int:
        """Return Neovim's own process id."""
        return self._process.pid

    def processes(self) -> dict[int, str]:
        """Return the commands of Neovim and all its descendants by process id."""
        return processes(self.home)

    def wait_no_process(self, *, but: int | None = None) -> None:
        """Wait until Neovim and all its descendants have ended, except one process."""
        end = time.monotonic() + DEADLINE
        while left := self.processes().keys() - {but}:
            if not _wait_for_end(next(iter(left)), end - time.monotonic()):
                raise AssertionError(
                    f"left behind: {self.processes()}\n{self._report(alive=False)}"
                )

    def _end(self) -> None:
        kill(self._process, self.home)


def kill(process: subprocess.Popen[bytes], home: Path) -> None:
    """End an editor and all processes with this home."""
    process.kill()
    process.wait()
    for pid in processes(home):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def processes(home: Path) -> dict[int, str]:
    """Return the commands of the processes with this home by process id."""
    found = {}
    mark = f"HOME={home}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        # The process has ended, or belongs to another user.
        with suppress(OSError):
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                found[int(folder.name)] = command.decode("utf-8", "replace").strip()
    return found


def _wait_for_end(pid: int, seconds: float) -> bool:
    """Wait for any process to end; return whether it has ended in time."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], max(0.0, seconds))[0])
    finally:
        os.close(descriptor)


def environment(home: Path) -> dict[str, str]:
    """Return this process's environment with another home and without Neovim's variables."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NVIM", "VIM", "XDG_")) and name != "VIRTUAL_ENV"
    }
    xdg = {f"XDG_{name.upper()}_HOME": str(home / name) for name in ("config", "data", "state")}
    # The tests' own environment has the server, its tools and Neovim.
    path = os.pathsep.join([sysconfig.get_path("scripts"), kept.get("PATH", os.defpath)])
    return {**kept, **xdg, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "PATH": path}


def _next_line(stream: IO[bytes]) -> bytes:
    ready, _, _ = select.select([stream], [], [], DEADLINE)
    return stream.readline() if ready else b""
