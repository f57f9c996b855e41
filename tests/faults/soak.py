"""A soak test: one long editing session over many files with random faults."""

from __future__ import annotations

import os
import statistics
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.client import ResponseError, WaitError, uri
from tests.conftest import children
from tests.faults.disturber import DISTURBANCES, is_long_running
from tests.faults.siege import CHILDREN, SIGNALS, SLOW, TOOLS, argv_of, expected_findings
from tests.faults.writer import SNIPPETS, Writer
from tests.scale import LONG

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from tests.faults.conftest import Tally
    from tests.faults.siege import FaultSession

NAMES = ("prices.py", "shop.py", *(f"job_{number}.py" for number in range(8)))
"""The files that the user edits."""

FAULT_SHARE = 0.1
"""The share of edits that come with a fault."""

RESTORE_SHARE = 0.1
"""The probability at each edit that a buffer is opened again, or settings are restored."""

PAUSES = (0.0, 0.0, 0.05, 0.2)
"""The possible pauses after an edit, in seconds; one is chosen at random."""

TENTHS = 10
SAMPLES = 20 * TENTHS

MODULES = ("count = 1\n", 'count = "one"\n', "def count() -> int:\n    return 1\n", "total = 2\n")
"""The contents that a module on disk alternates between; open files import from it."""

IMPORTS = ("from stock import count\n", "from stock import total\n\nlast: str = total\n")

CONFIGURATIONS = (
    "",
    '[tool.ruff.lint]\nselect = ["F", "S"]\n',
    "[tool.mypy]\ndisallow_untyped_defs = true\n",
    '[tool.bandit]\nskips = ["B404"]\n',
)
"""The contents that the project's configuration file alternates between."""

SETTINGS: tuple[dict[str, Any], ...] = (
    *({"tools": {tool: {"enabled": False}}} for tool in TOOLS),
    {"tools": {"bandit": {"severity": "error"}}},
    {"profile": "expert"},
    {"profile": "project"},
)
"""The editor settings that the session alternates between."""

_DISK = {"created": 1, "changed": 2, "deleted": 3}


class Usage(NamedTuple):
    """The server's resource usage at one moment.

    Attributes:
        server: The server's memory, in MiB.
        children: The memory of all processes that it started, without the proxies, in MiB.
        files: The server's open file descriptors.
    """

    server: float
    children: float
    files: float


class Soak:
    """A soak session and its counts.

    Args:
        session: The session with the server.
        chance: The random number generator.
        tally: The counts of faults.

    Attributes:
        edits: The number of edits.
        faults: The number of faults.
        checkpoints: How often all findings were compared with those of a new server.
        compared: The number of findings compared.
        wrong: The number of findings that were missing or superfluous.
        rewrites: The number of rewrites by result.
    """

    def __init__(self, session: FaultSession, chance: random.Random, tally: Tally) -> None:
        self.edits = self.faults = self.checkpoints = self.compared = self.wrong = 0
        self.rewrites: Counter[str] = Counter()
        self._session = session
        self._chance = chance
        self._tally = tally
        self._fault_counts: Counter[str] = Counter()
        self._request_ids: list[int] = []
        self._processes: dict[str, set[int]] = {name: set() for name in CHILDREN}
        self._usages: list[Usage] = []
        self._settings: dict[str, Any] = {}
        self._began = time.monotonic()
        self._events: tuple[Callable[[], str], ...] = (
            *([self._disturb] * 4),
            self._fail_start,
            self._touch_module,
            self._touch_open_file,
            self._touch_configuration,
            self._change_settings,
            self._rewrite,
            self._cancel_rewrite,
            self._close,
            self._close,
            self._restart_tools,
        )
        session.edit(NAMES[0], "")
        session.rewrite(NAMES[0])
        self._writer = Writer(session, chance, NAMES, (*SNIPPETS, *IMPORTS))
        self.checkpoint(None)
        self._files = session.open_files()

    def run(self, edits: int, checkpoints: int) -> None:
        """Edit with random faults, and compare the findings at checkpoints.

        Raises:
            WaitError: Findings are wrong, or processes or descriptors have leaked.
        """
        for number in range(1, edits + 1):
            self._type()
            if number % max(1, edits // SAMPLES) == 0:
                self._usages.append(self._usage())
            if number % (edits // checkpoints) == 0:
                self.checkpoint(self._files)

    def checkpoint(self, files: int | None) -> None:
        """Wait until the server is idle, and compare its findings with those of a new server.

        Args:
            files: How many file descriptors the server may have open.
        """
        session = self._session
        session.cancel_plans()
        self._set({})
        self._writer.finish()
        for number in self._request_ids:
            self._note_rewrite(number)
        self._request_ids.clear()
        expected = expected_findings(session.folder, session.texts)
        try:
            session.wait_findings(expected)
        except WaitError:
            shown = session.shown() or {}
            for name, right in expected.items():
                published = shown.get(name, Counter())
                self.wrong += ((right - published) + (published - right)).total()
            raise
        session.wait_cleaned_up(files or 1 << 20)
        session.check_no_repeated_messages()
        session.check_no_duplicates()
        session.editor.publishes.clear()
        self.checkpoints += 1
        self.compared += sum(each.total() for each in expected.values())
        for fault, times in self._fault_counts.items():
            self._tally.survived(fault, times)
        self._fault_counts.clear()
        self._tally.right("soak: a checkpoint", len(expected))

    def lines(self) -> list[str]:
        """Return the lines of the summary."""
        restarts = ", ".join(
            f"{name} {max(0, len(pids) - 1)}" for name, pids in self._processes.items()
        )
        took = time.monotonic() - self._began
        rewrites = ", ".join(f"{count} {what}" for what, count in sorted(self.rewrites.items()))
        lines = [
            f"soak, {took:.0f} s: {self.edits} edits over {len(NAMES)} files, {self.faults} faults",
            f"processes started anew: {restarts}; rewrites: {rewrites}",
            f"{self.checkpoints} checkpoints; findings: {self.compared} right, {self.wrong} wrong",
        ]
        if len(self._usages) >= TENTHS:
            server, others, files = zip(*self.trend(), strict=True)
            lines += [
                "from tenth to tenth, the median:",
                *(f"  MiB of the server{_row(server)}", f"  of its children{_row(others)}"),
                f"  its descriptors{_row(files)}",
            ]
        return lines

    def trend(self) -> list[Usage]:
        """Return the median resource usage in each tenth of the edits."""
        size = len(self._usages) // TENTHS
        return [
            Usage(*map(statistics.median, zip(*self._usages[start : start + size], strict=True)))
            for start in range(0, size * TENTHS, size)
        ]

    def _type(self) -> None:
        self._writer.type()
        self.edits += 1
        if self._chance.random() < FAULT_SHARE and (fault := self._chance.choice(self._events)()):
            self.faults += 1
            self._fault_counts[fault] += 1
            self._tally.tried(fault)
        self._session.pause(self._chance.choice(PAUSES))
        for name, pids in self._session.running().items():
            self._processes[name].update(pid for pid in pids if is_long_running(argv_of(pid)))
        for child in CHILDREN:
            self._session.release(child)
        self._restore()

    def _restore(self) -> None:
        """Sometimes open a closed document again, or restore the settings."""
        if self._settings and self._chance.random() < RESTORE_SHARE:
            self._set({})
        if len(self._session.texts) < len(NAMES) and self._chance.random() < RESTORE_SHARE:
            name = self._chance.choice([name for name in NAMES if name not in self._session.texts])
            self._writer.open(name)

    def _usage(self) -> Usage:
        pids = descendants(self._session.editor.pid)
        tools = [pid for pid in pids if not any("disturber.py" in each for each in argv_of(pid))]
        return Usage(
            memory(self._session.editor.pid), sum(map(memory, tools)), self._session.open_files()
        )

    # Random events: each returns its name, or an empty string if it is impossible now

    def _disturb(self) -> str:
        child = self._chance.choice(CHILDREN)
        event = self._chance.choice([*SIGNALS, *DISTURBANCES])
        if event in SLOW and child == "mypy" and not LONG:
            return ""
        return f"soak: {child}: {event}" if self._session.disturb(child, event) else ""

    def _fail_start(self) -> str:
        child = self._chance.choice(TOOLS)
        self._session.fail_starts(child, 1)
        self._session.signal(child, SIGNALS["killed"])
        return f"soak: {child}: a failed start"

    def _touch_module(self) -> str:
        return self._touch("stock.py", self._chance.choice((*MODULES, None)), "a module")

    def _touch_open_file(self) -> str:
        text = self._chance.choice((*SNIPPETS, None))
        return self._touch(self._chance.choice(NAMES), text, "an open file")

    def _touch_configuration(self) -> str:
        return self._touch("pyproject.toml", self._chance.choice(CONFIGURATIONS), "configuration")

    def _touch(self, name: str, text: str | None, what: str) -> str:
        path = self._session.folder / name
        if text is None:
            event = "deleted"
            path.unlink(missing_ok=True)
        else:
            event = "changed" if path.exists() else "created"
            path.write_text(text)
        change = {"uri": uri(path), "type": _DISK[event]}
        self._session.editor.notify("workspace/didChangeWatchedFiles", {"changes": [change]})
        return f"soak: {what} {event} on disk"

    def _change_settings(self) -> str:
        self._set(self._chance.choice(SETTINGS))
        return "soak: settings changed"

    def _set(self, settings: dict[str, Any]) -> None:
        self._settings = settings
        self._session.configure(settings)

    def _rewrite(self) -> str:
        self._request_ids.append(
            self._session.ask_rewrite(self._chance.choice(list(self._session.texts)))
        )
        return "soak: a rewrite begun"

    def _cancel_rewrite(self) -> str:
        self._rewrite()
        self._session.pause(self._chance.choice(PAUSES))
        self._session.editor.cancel(self._request_ids[-1])
        return "soak: a rewrite cancelled"

    def _note_rewrite(self, number: int) -> None:
        try:
            self.rewrites[self._session.editor.result_of(number)["result"]] += 1
        except ResponseError as error:
            assert error.code == -32800  # noqa: PT017 - what cancelled requests are answered
            self.rewrites["cancelled"] += 1

    def _close(self) -> str:
        if len(self._session.texts) < 3:
            return ""
        self._session.close(self._chance.choice(list(self._session.texts)))
        return "soak: a buffer closed"

    def _restart_tools(self) -> str:
        self._session.editor.request(
            "workspace/executeCommand", {"command": "pythonExpert.restartTools"}
        )
        return "soak: all tools restarted by the user"


def memory(pid: int) -> float:
    """Return a process's resident memory in MiB, or 0 if it has ended."""
    with suppress(OSError):
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
    return 0.0


def descendants(pid: int) -> list[int]:
    """Return the ids of all descendants of a process."""
    found: list[int] = []
    with suppress(OSError):
        for child in children(pid):
            found += [child, *descendants(child)]
    return found


def _row(numbers: Sequence[float]) -> str:
    return "".join(f"{number:6.0f}" for number in numbers)
