"""A server whose child processes the tests disturb, and checks of what they leave behind."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import sysconfig
import time
import uuid
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from tests.client import DEADLINE, Client, WaitError, apply_changes, uri
from tests.conftest import children, patched, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tests.client import Change

T = TypeVar("T")
Item = dict[str, Any]

CHILDREN = ("ruff", "mypy", "bandit", "rewrites")
TOOLS = CHILDREN[:3]
MARK = "PYTHON_EXPERT_SIEGE"
"""The environment variable that marks all processes that a server has started."""

DEADLINES = {"ruff": 3, "mypy": 15, "bandit": 3, "rewrites": 6}
"""How long the disturbed server waits for each child, in seconds."""

SIGNALS = {"killed": signal.SIGKILL, "stopped": signal.SIGSTOP}

SLOW = {"stopped", "an old id", "a late answer"}
"""The disturbances that the server notices only after its deadline, which is long for mypy."""

SETUP = """
from python_expert.processes import child
child.FIRST_BACK_OFF_S, child.LONGEST_BACK_OFF_S = 0.02, 0.2
from python_expert.pipeline import client
from python_expert.tools.bandit import tool as bandit
from python_expert.tools.mypy import live
from python_expert.tools.ruff import invocation
invocation.DEADLINE_S, live.DEADLINE_S = {ruff}, {mypy}
bandit.DEADLINE_S, client.DEADLINE_S = {bandit}, {rewrites}
client.PROGRAM = ({program!r}, *client.PROGRAM[1:])
"""
"""Code that the server runs first: shorter waits, and a rewrite worker that can be disturbed."""

PATIENT_SERVER = patched("from python_expert.lsp import session\nsession.PULL_DEADLINE_S = 120")
"""A server whose answer to a pull request for diagnostics waits for all tools."""

PULL_CAPABILITIES = {
    "workspace": {"diagnostics": None},
    "textDocument": {
        "publishDiagnostics": None,
        "diagnostic": {"dataSupport": True, "relatedDocumentSupport": False},
    },
}

_PROXY = Path(__file__).with_name("disturber.py")
_RUFF = Path(sysconfig.get_path("scripts"), "ruff")


class FaultSession:
    """An editor, a server whose tools can be disturbed, and a project.

    Args:
        place: An empty folder for the session.
        files: The project's files by path.

    Attributes:
        folder: The project's folder.
        editor: The editor; usable within the ``with`` block.
        texts: The open documents' texts, by name.
    """

    def __init__(self, place: Path, files: Mapping[str, str]) -> None:
        self.folder = write(place / "project", {"pyproject.toml": "", **files})
        self.texts: dict[str, str] = {}
        self._versions: dict[str, int] = {}
        self._plan = place / "plan"
        self._plan.mkdir()
        self._mark = uuid.uuid4().hex
        programs = {name: self._program(place / "programs" / name, name) for name in CHILDREN}
        code = SETUP.format(program=str(programs["rewrites"]), **DEADLINES)
        self.editor = Client(patched(code), env={MARK: self._mark})
        self._options = {"tools": {name: {"path": str(programs[name])} for name in TOOLS}}

    def __enter__(self) -> Self:
        """Start the server."""
        self.editor.__enter__()
        self.editor.initialize([self.folder], options=self._options)
        return self

    def __exit__(self, *error: Any) -> None:  # noqa: ANN401, PYI036 - handed on as it is
        """End the server, and check that no process that it started is still running."""
        self.editor.__exit__(*error)
        wait_until(
            lambda: not pids_with_mark(self._mark),
            lambda: f"processes live on: {pids_with_mark(self._mark)}",
        )

    # The editor

    def edit(self, name: str, text: str) -> None:
        """Open a document with the text, or replace its text."""
        self._versions[name] = self._versions.get(name, 0) + 1
        if name not in self.texts:
            self.editor.open(self.folder / name, text, self._versions[name])
        else:
            self.editor.change(self.folder / name, self._versions[name], text)
        self.texts[name] = text

    def close(self, name: str) -> None:
        """Close a document. When it is opened again, its version numbers continue."""
        del self.texts[name]
        self.editor.close(self.folder / name)

    def alter(self, name: str, change: Change) -> None:
        """Change a part of an open document."""
        self._versions[name] += 1
        self.editor.change(self.folder / name, self._versions[name], [change])
        self.texts[name] = apply_changes(self.texts[name], [change])

    def configure(self, settings: Item) -> None:
        """Change the editor's settings, and wait until the server has asked for them."""
        asked = len(self.editor.requests)
        self.editor.configuration["pythonExpert"] = settings
        self.editor.notify("workspace/didChangeConfiguration", {"settings": None})
        self.editor.wait(
            lambda: any(
                method == "workspace/configuration" for method, _ in self.editor.requests[asked:]
            ),
            "a question for the settings",
        )

    def pause(self, seconds: float) -> None:
        """Wait until all documents have current findings, but at most for some seconds."""
        with suppress(WaitError):
            self.editor.wait(lambda: self.shown() is not None, deadline=seconds)

    def shown(self) -> dict[str, Counter[str]] | None:
        """Return the findings of all documents, or None if those of one are outdated."""
        found = {}
        for name in self.texts:
            last = self.editor.last(self.folder / name)
            if last is None or last.version != self._versions[name]:
                return None
            found[name] = Counter(as_strings(last.diagnostics))
        return found

    def wait_findings(self, expected: Mapping[str, Counter[str]]) -> None:
        """Wait until all documents have exactly the expected findings."""
        try:
            self.editor.wait(lambda: self.shown() == expected, "the right findings")
        except WaitError as error:
            shown = self.shown() or {}
            lost = {name: list(expected[name] - shown.get(name, Counter())) for name in expected}
            more = {name: list(shown.get(name, Counter()) - expected[name]) for name in expected}
            error.add_note(f"lost: {lost}\nmore than there should be: {more}")
            raise

    def rewrite(self, name: str) -> Item:
        """Request the docstrings rewrite, and return its answer."""
        answer: Item = self.editor.result_of(self.ask_rewrite(name), what="a rewrite")
        return answer

    def ask_rewrite(self, name: str) -> int:
        """Send the command that adds docstrings, without applying the edit; return the id."""
        message_counts = {
            "action": "add-docstrings",
            "uri": uri(self.folder / name),
            "version": self._versions[name],
            "range": None,
            "provider": "offline",
        }
        params = {"command": "pythonExpert.rewrite", "arguments": [message_counts | {"wait": True}]}
        return self.editor.send_request("workspace/executeCommand", params)

    def message_counts(self) -> Counter[str]:
        """Return how often the user got each message, without its variable parts.

        The results of rewrites do not count, because each rewrite reports its result.
        """
        return Counter(
            re.sub(r"b'.*|b\".*|\d+|;.*", "", message["message"], flags=re.DOTALL).strip()
            for message in self.editor.messages
            if not any(
                word in message["message"] for word in ("Add docstrings", "Docstrings added")
            )
        )

    # The children

    def plan_disturbance(self, child: str, disturbance: str, times: int = 1) -> None:
        """Plan a disturbance of the child's next answers."""
        for number in range(times):
            (self._plan / f"{child}.new").write_text(disturbance)
            (self._plan / f"{child}.new").rename(self._plan / f"{child}.next.{number}")

    def is_planned(self, child: str) -> bool:
        """Return whether a disturbance of the child is still planned."""
        return any(self._plan.glob(f"{child}.next.*"))

    def release(self, child: str) -> None:
        """Let a child send the answer that it holds back."""
        (self._plan / f"{child}.release").touch()

    def cancel_plans(self) -> None:
        """Remove all planned disturbances."""
        for path in (*self._plan.glob("*.next.*"), *self._plan.glob("*.release")):
            path.unlink(missing_ok=True)

    def fail_starts(self, child: str, times: int) -> None:
        """Let the child's next starts fail."""
        for number in range(times):
            (self._plan / f"{child}.fails.{number}").touch()

    def failing_starts(self, tools: Iterable[str]) -> int:
        """Return how many starts of the tools are still to fail."""
        return sum(len(list(self._plan.glob(f"{child}.fails.*"))) for child in tools)

    def running(self) -> dict[str, list[int]]:
        """Return the ids of the long-running children by name. Each leads a process group."""
        found: dict[str, list[int]] = {name: [] for name in CHILDREN}
        for pid in children(self.editor.pid):
            argv = argv_of(pid)
            if str(_PROXY) in argv:
                found[argv[argv.index(str(_PROXY)) + 2]].append(pid)
        return found

    def signal(self, child: str, number: signal.Signals) -> bool:
        """Send a signal to a child's process group; return False if the child does not run."""
        pids = self.running()[child]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.killpg(pid, number)
        return bool(pids)

    def disturb(self, child: str, disturbance: str) -> bool:
        """Disturb a child; return False if the child does not run."""
        if disturbance in SIGNALS:
            return self.signal(child, SIGNALS[disturbance])
        self.plan_disturbance(child, disturbance)
        return True

    def check_no_repeated_messages(self) -> None:
        """Check that the user got no message twice."""
        message_counts = self.message_counts()
        assert max(message_counts.values(), default=0) <= 1, message_counts

    def check_no_duplicates(self) -> None:
        """Check that no published diagnostics contained a finding twice."""
        for publish in self.editor.publishes:
            assert max(Counter(as_strings(publish.diagnostics)).values(), default=1) == 1, publish

    def open_files(self) -> int:
        """Return how many file descriptors the server has open."""
        return sum(1 for _ in Path(f"/proc/{self.editor.pid}/fd").iterdir())

    def wait_cleaned_up(self, files: int) -> None:
        """Wait until each child has one process, none is a zombie, and no descriptor has leaked."""

        def is_clean() -> bool:
            pids = {pid for pids in self.running().values() for pid in pids}
            ours = {pid for pid in pids_with_mark(self._mark) if os.getpgid(pid) != self.editor.pid}
            return (
                all(len(each) <= 1 for each in self.running().values())
                and not any(is_zombie(pid) for pid in children(self.editor.pid))
                and {os.getpgid(pid) for pid in ours} <= pids
                and self.open_files() <= files
            )

        wait_until(
            is_clean,
            lambda: f"{self.running()}, {pids_with_mark(self._mark)}, {self.open_files()} files",
        )

    def _program(self, path: Path, name: str) -> Path:
        """Write an executable that runs a tool behind the proxy; return its path."""
        tool = _RUFF if name == "ruff" else sys.executable
        command = f'exec {sys.executable} -S -E {_PROXY} {self._plan} {name} {tool} "$@"\n'
        write(path, {"python-of": f"#!/bin/sh\n{command}"})
        (path / "python-of").chmod(0o755)
        return path / "python-of"


def expected_findings(folder: Path, texts: Mapping[str, str]) -> dict[str, Counter[str]]:
    """Return the findings of a newly started server in the texts, which are the expected ones."""
    with Client(PATIENT_SERVER) as editor:
        editor.initialize([folder], capabilities=PULL_CAPABILITIES)
        for name, text in texts.items():
            editor.open(folder / name, text)
        found = {}
        for name in texts:
            params = {"textDocument": {"uri": uri(folder / name)}}
            answer = editor.request("textDocument/diagnostic", params)
            found[name] = Counter(as_strings(answer["items"]))
    return found


def as_strings(diagnostics: Iterable[Item]) -> list[str]:
    """Return diagnostics as strings for comparing and counting, without their folder."""
    return [
        json.dumps(item | {"data": item["data"] | {"file": ""}}, sort_keys=True)
        for item in diagnostics
    ]


def wait_until(condition: Callable[[], T], describe: Callable[[], str]) -> T:
    """Call ``condition`` repeatedly until it returns a true value; return that value.

    Raises:
        WaitError: The deadline has passed. The message is what ``describe`` returns.
    """
    end = time.monotonic() + DEADLINE
    while True:
        with suppress(OSError):  # processes start and end meanwhile
            if found := condition():
                return found
        if time.monotonic() > end:
            raise WaitError(describe())
        time.sleep(0.01)


def argv_of(pid: int) -> list[str]:
    """Return a process's arguments, or an empty list if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


def is_zombie(pid: int) -> bool:
    """Return whether a process has ended and its parent has not waited for it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


def pids_with_mark(mark: str) -> list[int]:
    """Return the ids of the running processes with this mark in their environment."""
    wanted = f"{MARK}={mark}\0".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                if wanted in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
    return found
