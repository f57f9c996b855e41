"""Fixtures that all tests share."""

from __future__ import annotations

import logging
import os
import select
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

import pytest
from hypothesis import settings

from tests import scale
from tests.client import DEADLINE, Client
from tests.conformance import misfits
from tests.messages import PROXIES, MessagesServer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

SERVER = [sys.executable, "-m", "python_expert", "server"]
"""The command that starts Python Expert's server."""

RUFF_ONLY = """
[tool.python-expert.tools]
mypy.enabled = false
bandit.enabled = false
"""
"""A pyproject.toml for tests that need only ruff; the expert profile applies."""

RUFF_ALONE = [
    sys.executable,
    "-c",
    (
        "from python_expert.tools import registry\n"
        "from python_expert.tools.ruff.tool import Ruff\n"
        "registry.TOOLS = (Ruff,)\n"
        "from python_expert.__main__ import main\n"
        "main()\n"
    ),
]
"""Python Expert with ruff as its only tool, for tests of rewrites that need only ruff. Otherwise
the gate would also use tools that are switched off, which takes time."""

PEER = f"""#!{sys.executable}
import json, os, sys

def hear():
    length = 0
    while (header := sys.stdin.buffer.readline()) not in (b"\\r\\n", b""):
        if header.lower().startswith(b"content-length:"):
            length = int(header.partition(b":")[2])
    return json.loads(sys.stdin.buffer.read(length)) if length else sys.exit()

def say(**message):
    body = json.dumps({{"jsonrpc": "2.0", **message}}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n%b" % (len(body), body))
    sys.stdout.buffer.flush()
"""
"""The start of a program that stands in for a tool and speaks JSON-RPC."""

GATE = """\
import socket
from mypy.plugin import Plugin
try:
    socket.create_connection(("127.0.0.1", {port})).recv(1)
except OSError:
    pass
def plugin(version): return Plugin
"""
"""A plugin that makes mypy wait, when it reads its configuration, until a port releases it."""


LONGEST_ID = 50
"""The maximum number of a program's characters in the id of a test case."""

# Several tests share a core, so how long one example takes says nothing.
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the command-line options of the tests."""
    group = parser.getgroup("python-expert")
    group.addoption("--seed", type=int, default=scale.SEED, help="what random choices follow from")
    group.addoption("--renew-prompts", action="store_true", help="write tests/prompts again")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Use the beginning of a program's first line as the id of its test case."""
    if not isinstance(val, str) or (len(val) <= LONGEST_ID and "\n" not in val):
        return None
    first = val.strip().partition("\n")[0]
    return f"{first[:LONGEST_ID].encode('unicode_escape').decode()}..."


def pytest_configure(config: pytest.Config) -> None:
    """Remove API keys from the environment, and give the tests a cache folder of their own."""
    scale.LONG = scale.asks_for_long(config.option.markexpr)
    scale.SEED = config.option.seed
    for name in [name for name in os.environ if name.startswith("ANTHROPIC_")]:
        del os.environ[name]
    caches = TemporaryDirectory(prefix="python-expert-caches-", ignore_cleanup_errors=True)
    config.add_cleanup(caches.cleanup)
    os.environ["XDG_CACHE_HOME"] = os.environ["LOCALAPPDATA"] = caches.name


# In every test, the server's messages must conform to LSP.
Client.inspectors.append(misfits)


class ClientFactory(Protocol):
    """Starts a server with a client; both end with the test."""

    def __call__(
        self,
        argv: Sequence[str | Path] | None = None,
        *,
        cwd: Path | None = None,
        env: Mapping[str, str | None] | None = None,
    ) -> Client:
        """Start ``argv``, or Python Expert."""


class ProjectFactory(Protocol):
    """Makes a project folder."""

    def __call__(self, files: Mapping[str, str] | None = None, name: str = "project") -> Path:
        """Write the files, by relative path, and return the folder."""


class ProgramFactory(Protocol):
    """Makes an executable."""

    def __call__(self, code: str, name: str = "program") -> Path:
        """Write a Python script that begins with ``PEER``, and return its path."""


def patched(code: str) -> list[str]:
    """Return the argv of a server that first runs some code, for example to shorten a deadline."""
    run = "from python_expert.__main__ import main; main()"
    return [sys.executable, "-c", f"{code}\n{run}", "server"]


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files, by relative path, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for relative, text in files.items():
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        # Bytes, so that line ends stay as the test spells them.
        path.write_bytes(text.encode("utf-8"))
    return folder


def children(pid: int) -> list[int]:
    """Return the ids of the child processes of a process."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            found += map(int, (task / "children").read_text().split())
    return found


def workers(server: int, module: str) -> list[int]:
    """Return the child processes of a server whose command line contains a module's name."""
    found = []
    for child in children(server):
        with suppress(OSError):  # it has ended
            if module.encode() in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
    return found


def wait_gone(pids: Iterable[int]) -> None:
    """Wait until processes that are not our own children have ended."""
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            ready, _, _ = select.select([handle], [], [], DEADLINE)
            assert ready, f"process {pid} still runs"
        finally:
            os.close(handle)


@pytest.fixture(autouse=True)
def restored_log() -> Iterator[None]:
    """Undo a command's changes to logging: it takes the log from pytest, which later tests read."""
    yield
    for name in ("python_expert", "asyncio"):
        logger = logging.getLogger(name)
        for handler in tuple(logger.handlers):
            logger.removeHandler(handler)
            handler.close()
        logger.propagate = True
        logger.setLevel(logging.NOTSET)


@pytest.fixture
def server_argv() -> list[str]:
    """The command that starts Python Expert's server."""
    return SERVER


@pytest.fixture
def client(server_argv: list[str]) -> Iterator[ClientFactory]:
    """A factory of clients; each has its own server, which is not initialized yet."""
    with ExitStack() as stack:

        def start(
            argv: Sequence[str | Path] | None = None,
            *,
            cwd: Path | None = None,
            env: Mapping[str, str | None] | None = None,
        ) -> Client:
            return stack.enter_context(Client(argv or server_argv, cwd=cwd, env=env))

        yield start


@pytest.fixture(scope="session")
def shared_server() -> Iterator[Client]:
    """One server for all tests that can share it; it has no workspace folder."""
    with Client(SERVER) as client:
        client.initialize()
        yield client


@pytest.fixture
def editor(shared_server: Client) -> Iterator[Client]:
    """The shared server; the fixture closes what the test has opened."""
    shared_server.messages.clear()
    before = set(shared_server.opened)
    yield shared_server
    for document in shared_server.opened - before:
        shared_server.close(document)
    assert not shared_server.take_faults()


@pytest.fixture(scope="session")
def typed(tmp_path_factory: pytest.TempPathFactory, shared_server: Client) -> Path:
    """A project without any configuration on the shared server, so that mypy reads it only once.

    One document stays open, so that its tools do not end between tests. Each test uses its own
    file names.
    """
    folder = write(tmp_path_factory.mktemp("typed"), {"pyproject.toml": ""})
    shared_server.open(folder / "anchor.py", "")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> ProjectFactory:
    """A factory of project folders under the test's own temporary folder."""

    def make(files: Mapping[str, str] | None = None, name: str = "project") -> Path:
        return write(tmp_path / name, files or {})

    return make


@pytest.fixture
def program(tmp_path: Path) -> ProgramFactory:
    """A factory of executables under the test's own temporary folder."""

    def make(code: str, name: str = "program") -> Path:
        path = write(tmp_path / "programs", {name: f"{PEER}\n{code}"}) / name
        path.chmod(0o755)
        return path

    return make


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> Iterator[MessagesServer]:
    """A loopback endpoint, and an environment in which the SDK uses only this endpoint."""
    set_now = [name for name in os.environ if name.startswith("ANTHROPIC_")]
    for name in (*PROXIES, *set_now):
        monkeypatch.delenv(name, raising=False)
    with MessagesServer() as server:
        for name, value in server.variables.items():
            monkeypatch.setenv(name, value)
        yield server
