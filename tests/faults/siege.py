"""A server under siege: its children can be disturbed, and what is left of them be seen."""

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
"""The variable by which all that a server has started is known, wherever it went."""

DEADLINES = {"ruff": 3, "mypy": 15, "bandit": 3, "rewrites": 6}
"""How long the besieged server waits for each child, in seconds."""

SIGNALS = {"killed": signal.SIGKILL, "stopped": signal.SIGSTOP}

SLOW = {"stopped", "an old id", "a late answer"}
"""What is noticed only by its deadline, which for mypy is long."""

BESIEGED = """
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
"""Run in the server first: shorter waits, and a rewrites' worker that can be disturbed."""

PATIENT = patched("from python_expert.lsp import session\nsession.PULL_DEADLINE_S = 120")
"""A server that, asked for findings, waits for all tools however long they take."""

PULLS = {
    "workspace": {"diagnostics": None},
    "textDocument": {
        "publishDiagnostics": None,
        "diagnostic": {"dataSupport": True, "relatedDocumentSupport": False},
    },
}

_DISTURBER = Path(__file__).with_name("disturber.py")
_RUFF = Path(sysconfig.get_path("scripts"), "ruff")


class Siege:
    """One editor with one besieged server in one project.

    Args:
        place: A folder of its own, which is empty.
        files: The project's files.

    Attributes:
        folder: The project.
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
        code = BESIEGED.format(program=str(programs["rewrites"]), **DEADLINES)
        self.editor = Client(patched(code), env={MARK: self._mark})
        self._options = {"tools": {name: {"path": str(programs[name])} for name in TOOLS}}

    def __enter__(self) -> Self:
        """Start the server."""
        self.editor.__enter__()
        self.editor.initialize([self.folder], options=self._options)
        return self

    def __exit__(self, *error: Any) -> None:  # noqa: ANN401, PYI036 - handed on as it is
        """End the server, and check that nothing it started outlives it."""
        self.editor.__exit__(*error)
        until(lambda: not marked(self._mark), lambda: f"processes live on: {marked(self._mark)}")

    # The editor

    def edit(self, name: str, text: str) -> None:
        """Open a document with a text, or change it to one."""
        self._versions[name] = self._versions.get(name, 0) + 1
        if name not in self.texts:
            self.editor.open(self.folder / name, text, self._versions[name])
        else:
            self.editor.change(self.folder / name, self._versions[name], text)
        self.texts[name] = text

    def close(self, name: str) -> None:
        """Close a document; opened again, its versions go on, so that none is taken for another."""
        del self.texts[name]
        self.editor.close(self.folder / name)

    def alter(self, name: str, change: Change) -> None:
        """Change a part of a document that is open."""
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

    def breathe(self, seconds: float) -> None:
        """Wait until all that was typed has findings, but no longer than somebody who types."""
        with suppress(WaitError):
            self.editor.wait(lambda: self.shown() is not None, deadline=seconds)

    def shown(self) -> dict[str, Counter[str]] | None:
        """What is shown for the latest version of each document; None where one is older."""
        found = {}
        for name in self.texts:
            last = self.editor.last(self.folder / name)
            if last is None or last.version != self._versions[name]:
                return None
            found[name] = Counter(spelt(last.diagnostics))
        return found

    def wait_right(self, truth: Mapping[str, Counter[str]]) -> None:
        """Wait until exactly the right findings are shown for all documents."""
        try:
            self.editor.wait(lambda: self.shown() == truth, "the right findings")
        except WaitError as error:
            shown = self.shown() or {}
            lost = {name: list(truth[name] - shown.get(name, Counter())) for name in truth}
            more = {name: list(shown.get(name, Counter()) - truth[name]) for name in truth}
            error.add_note(f"lost: {lost}\nmore than there should be: {more}")
            raise

    def rewrite(self, name: str) -> Item:
        """Have docstrings added, and wait for the answer."""
        answer: Item = self.editor.result_of(self.ask_rewrite(name), what="a rewrite")
        return answer

    def ask_rewrite(self, name: str) -> int:
        """Have docstrings added by the command; the edit is agreed to, but not made."""
        told = {
            "action": "add-docstrings",
            "uri": uri(self.folder / name),
            "version": self._versions[name],
            "range": None,
            "provider": "offline",
        }
        params = {"command": "pythonExpert.rewrite", "arguments": [told | {"wait": True}]}
        return self.editor.send_request("workspace/executeCommand", params)

    def told(self) -> Counter[str]:
        """How often the user was told of each cause; what differs from time to time left out.

        What a rewrite came to is told each time, as the user asked for it.
        """
        return Counter(
            re.sub(r"b'.*|b\".*|\d+|;.*", "", message["message"], flags=re.DOTALL).strip()
            for message in self.editor.messages
            if not any(
                word in message["message"] for word in ("Add docstrings", "Docstrings added")
            )
        )

    # The children

    def plan(self, child: str, deed: str, times: int = 1) -> None:
        """Have something done to a child's next answers."""
        for number in range(times):
            (self._plan / f"{child}.new").write_text(deed)
            (self._plan / f"{child}.new").rename(self._plan / f"{child}.next.{number}")

    def planned(self, child: str) -> bool:
        """Whether that is still to be done."""
        return any(self._plan.glob(f"{child}.next.*"))

    def release(self, child: str) -> None:
        """Have a child say what it keeps back."""
        (self._plan / f"{child}.release").touch()

    def relent(self) -> None:
        """Plan nothing any more."""
        for path in (*self._plan.glob("*.next.*"), *self._plan.glob("*.release")):
            path.unlink(missing_ok=True)

    def fail_starts(self, child: str, times: int) -> None:
        """Have a child's next starts fail."""
        for number in range(times):
            (self._plan / f"{child}.fails.{number}").touch()

    def failing_starts(self, victims: Iterable[str]) -> int:
        """How many starts of some children are still to fail."""
        return sum(len(list(self._plan.glob(f"{child}.fails.*"))) for child in victims)

    def running(self) -> dict[str, list[int]]:
        """The children that stay, by name; each is the head of a group of processes."""
        found: dict[str, list[int]] = {name: [] for name in CHILDREN}
        for pid in children(self.editor.pid):
            argv = argv_of(pid)
            if str(_DISTURBER) in argv:
                found[argv[argv.index(str(_DISTURBER)) + 2]].append(pid)
        return found

    def signal(self, child: str, number: signal.Signals) -> bool:
        """Send a signal to a child and all it has started; False if there is none."""
        pids = self.running()[child]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.killpg(pid, number)
        return bool(pids)

    def disturb(self, child: str, deed: str) -> bool:
        """Do something to a child; False if there is none at the moment."""
        if deed in SIGNALS:
            return self.signal(child, SIGNALS[deed])
        self.plan(child, deed)
        return True

    def check_told(self) -> None:
        """Check that the user was told of nothing twice."""
        told = self.told()
        assert max(told.values(), default=0) <= 1, told

    def check_undoubled(self) -> None:
        """Check that no document was ever shown one finding twice."""
        for publish in self.editor.publishes:
            assert max(Counter(spelt(publish.diagnostics)).values(), default=1) == 1, publish

    def open_files(self) -> int:
        """How many descriptors the server has open."""
        return sum(1 for _ in Path(f"/proc/{self.editor.pid}/fd").iterdir())

    def wait_tidy(self, files: int) -> None:
        """Wait until there is one process of each kind, no dead one, and no more descriptors."""

        def tidy() -> bool:
            pids = {pid for pids in self.running().values() for pid in pids}
            ours = {pid for pid in marked(self._mark) if os.getpgid(pid) != self.editor.pid}
            return (
                all(len(each) <= 1 for each in self.running().values())
                and not any(is_zombie(pid) for pid in children(self.editor.pid))
                and {os.getpgid(pid) for pid in ours} <= pids
                and self.open_files() <= files
            )

        until(tidy, lambda: f"{self.running()}, {marked(self._mark)}, {self.open_files()} files")

    def _program(self, path: Path, name: str) -> Path:
        """An executable that is a tool, with the disturber in between."""
        real = _RUFF if name == "ruff" else sys.executable
        command = f'exec {sys.executable} -S -E {_DISTURBER} {self._plan} {name} {real} "$@"\n'
        write(path, {"python-of": f"#!/bin/sh\n{command}"})
        (path / "python-of").chmod(0o755)
        return path / "python-of"


def fresh(folder: Path, texts: Mapping[str, str]) -> dict[str, Counter[str]]:
    """What a server that was just started finds in texts: the truth about them."""
    with Client(PATIENT) as editor:
        editor.initialize([folder], capabilities=PULLS)
        for name, text in texts.items():
            editor.open(folder / name, text)
        found = {}
        for name in texts:
            params = {"textDocument": {"uri": uri(folder / name)}}
            answer = editor.request("textDocument/diagnostic", params)
            found[name] = Counter(spelt(answer["items"]))
    return found


def spelt(diagnostics: Iterable[Item]) -> list[str]:
    """Diagnostics as strings that can be compared and counted; their folder is left out."""
    return [
        json.dumps(item | {"data": item["data"] | {"file": ""}}, sort_keys=True)
        for item in diagnostics
    ]


def until(look: Callable[[], T], state: Callable[[], str]) -> T:
    """Look again and again until what is seen is true.

    Raises:
        WaitError: It is not in time; ``state`` tells what is seen instead.
    """
    end = time.monotonic() + DEADLINE
    while True:
        with suppress(OSError):  # processes come and go while one looks at them
            if found := look():
                return found
        if time.monotonic() > end:
            raise WaitError(state())
        time.sleep(0.01)


def argv_of(pid: int) -> list[str]:
    """A process's arguments; none if it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


def is_zombie(pid: int) -> bool:
    """Whether a process has ended and nobody has taken note."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


def marked(mark: str) -> list[int]:
    """The living processes with a mark in their environment."""
    wanted = f"{MARK}={mark}\0".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                if wanted in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
    return found
