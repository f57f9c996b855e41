"""One long session of somebody who types into many files while everything goes wrong."""

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
from tests.faults.disturber import DEEDS, stays
from tests.faults.siege import CHILDREN, SIGNALS, SLOW, TOOLS, argv_of, fresh
from tests.faults.writer import SNIPPETS, Writer
from tests.scale import LONG

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from tests.faults.conftest import Tally
    from tests.faults.siege import Siege

NAMES = ("prices.py", "shop.py", *(f"job_{number}.py" for number in range(8)))
"""The files that are typed into."""

FAULTS = 0.1
"""How many of the edits a fault goes with."""

MENDED = 0.1
"""How likely it is at each edit that a buffer is opened again, or settings are taken back."""

PAUSES = (0.0, 0.0, 0.05, 0.2)
"""How long the user looks at the findings after an edit, in seconds; one is drawn."""

TENTHS = 10
SAMPLES = 20 * TENTHS

MODULES = ("count = 1\n", 'count = "one"\n', "def count() -> int:\n    return 1\n", "total = 2\n")
"""What a module that is not open contains at one time or another; others import from it."""

IMPORTS = ("from stock import count\n", "from stock import total\n\nlast: str = total\n")

CONFIGURATIONS = (
    "",
    '[tool.ruff.lint]\nselect = ["F", "S"]\n',
    "[tool.mypy]\ndisallow_untyped_defs = true\n",
    '[tool.bandit]\nskips = ["B404"]\n',
)
"""What the project's own configuration is at one time or another."""

SETTINGS: tuple[dict[str, Any], ...] = (
    *({"tools": {tool: {"enabled": False}}} for tool in TOOLS),
    {"tools": {"bandit": {"severity": "error"}}},
    {"profile": "expert"},
    {"profile": "project"},
)
"""What the editor's settings are at one time or another."""

_DISK = {"created": 1, "changed": 2, "deleted": 3}


class Sample(NamedTuple):
    """What the server uses at one moment.

    Attributes:
        server: Its memory, in MiB.
        children: That of all it has started, the programs that disturb them left out.
        files: Its open descriptors.
    """

    server: float
    children: float
    files: float


class Soak:
    """One session and what is counted of it.

    Args:
        siege: Where.
        chance: What decides.
        tally: Where faults are counted.

    Attributes:
        edits: How many edits were made.
        faults: How many faults came with them.
        checkpoints: How often all findings were compared with a fresh server's.
        compared: How many findings these were.
        wrong: How many of them were lost, or more than there should be.
        rewrites: What became of the rewrites that were begun.
    """

    def __init__(self, siege: Siege, chance: random.Random, tally: Tally) -> None:
        self.edits = self.faults = self.checkpoints = self.compared = self.wrong = 0
        self.rewrites: Counter[str] = Counter()
        self._siege = siege
        self._chance = chance
        self._tally = tally
        self._tried: Counter[str] = Counter()
        self._asked: list[int] = []
        self._processes: dict[str, set[int]] = {name: set() for name in CHILDREN}
        self._samples: list[Sample] = []
        self._settings: dict[str, Any] = {}
        self._began = time.monotonic()
        self._deeds: tuple[Callable[[], str], ...] = (
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
        siege.edit(NAMES[0], "")
        siege.rewrite(NAMES[0])
        self._writer = Writer(siege, chance, NAMES, (*SNIPPETS, *IMPORTS))
        self.checkpoint(None)
        self._files = siege.open_files()

    def run(self, edits: int, checkpoints: int) -> None:
        """Type, with faults in between, and compare the findings from time to time.

        Raises:
            WaitError: Findings are wrong, or something is left over.
        """
        for number in range(1, edits + 1):
            self._type()
            if number % max(1, edits // SAMPLES) == 0:
                self._samples.append(self._sample())
            if number % (edits // checkpoints) == 0:
                self.checkpoint(self._files)

    def checkpoint(self, files: int | None) -> None:
        """Have everything come to rest, and compare it with what a fresh server says.

        Args:
            files: How many descriptors the server may have open.
        """
        siege = self._siege
        siege.relent()
        self._set({})
        self._writer.finish()
        for number in self._asked:
            self._note_rewrite(number)
        self._asked.clear()
        truth = fresh(siege.folder, siege.texts)
        try:
            siege.wait_right(truth)
        except WaitError:
            shown = siege.shown() or {}
            for name, right in truth.items():
                seen = shown.get(name, Counter())
                self.wrong += ((right - seen) + (seen - right)).total()
            raise
        siege.wait_tidy(files or 1 << 20)
        siege.check_told()
        siege.check_undoubled()
        siege.editor.publishes.clear()
        self.checkpoints += 1
        self.compared += sum(each.total() for each in truth.values())
        for fault, times in self._tried.items():
            self._tally.survived(fault, times)
        self._tried.clear()
        self._tally.right("soak: a checkpoint", len(truth))

    def lines(self) -> list[str]:
        """What there is to be said of it all."""
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
        if len(self._samples) >= TENTHS:
            server, others, files = zip(*self.trend(), strict=True)
            lines += [
                "from tenth to tenth, the median:",
                *(f"  MiB of the server{_row(server)}", f"  of its children{_row(others)}"),
                f"  its descriptors{_row(files)}",
            ]
        return lines

    def trend(self) -> list[Sample]:
        """What the server used in each tenth of the edits: the medians."""
        size = len(self._samples) // TENTHS
        return [
            Sample(*map(statistics.median, zip(*self._samples[start : start + size], strict=True)))
            for start in range(0, size * TENTHS, size)
        ]

    def _type(self) -> None:
        self._writer.type()
        self.edits += 1
        if self._chance.random() < FAULTS and (fault := self._chance.choice(self._deeds)()):
            self.faults += 1
            self._tried[fault] += 1
            self._tally.tried(fault)
        self._siege.breathe(self._chance.choice(PAUSES))
        for name, pids in self._siege.running().items():
            self._processes[name].update(pid for pid in pids if stays(argv_of(pid)))
        for child in CHILDREN:
            self._siege.release(child)
        self._mend()

    def _mend(self) -> None:
        """By and by open again what was closed, and take back the settings."""
        if self._settings and self._chance.random() < MENDED:
            self._set({})
        if len(self._siege.texts) < len(NAMES) and self._chance.random() < MENDED:
            name = self._chance.choice([name for name in NAMES if name not in self._siege.texts])
            self._writer.open(name)

    def _sample(self) -> Sample:
        pids = descendants(self._siege.editor.pid)
        tools = [pid for pid in pids if not any("disturber.py" in each for each in argv_of(pid))]
        return Sample(
            memory(self._siege.editor.pid), sum(map(memory, tools)), self._siege.open_files()
        )

    # What may happen; each returns its name, or nothing where it cannot happen now

    def _disturb(self) -> str:
        child = self._chance.choice(CHILDREN)
        deed = self._chance.choice([*SIGNALS, *DEEDS])
        if deed in SLOW and child == "mypy" and not LONG:
            return ""
        return f"soak: {child}: {deed}" if self._siege.disturb(child, deed) else ""

    def _fail_start(self) -> str:
        child = self._chance.choice(TOOLS)
        self._siege.fail_starts(child, 1)
        self._siege.signal(child, SIGNALS["killed"])
        return f"soak: {child}: a failed start"

    def _touch_module(self) -> str:
        return self._touch("stock.py", self._chance.choice((*MODULES, None)), "a module")

    def _touch_open_file(self) -> str:
        text = self._chance.choice((*SNIPPETS, None))
        return self._touch(self._chance.choice(NAMES), text, "an open file")

    def _touch_configuration(self) -> str:
        return self._touch("pyproject.toml", self._chance.choice(CONFIGURATIONS), "configuration")

    def _touch(self, name: str, text: str | None, what: str) -> str:
        path = self._siege.folder / name
        if text is None:
            deed = "deleted"
            path.unlink(missing_ok=True)
        else:
            deed = "changed" if path.exists() else "created"
            path.write_text(text)
        change = {"uri": uri(path), "type": _DISK[deed]}
        self._siege.editor.notify("workspace/didChangeWatchedFiles", {"changes": [change]})
        return f"soak: {what} {deed} on disk"

    def _change_settings(self) -> str:
        self._set(self._chance.choice(SETTINGS))
        return "soak: settings changed"

    def _set(self, settings: dict[str, Any]) -> None:
        self._settings = settings
        self._siege.configure(settings)

    def _rewrite(self) -> str:
        self._asked.append(self._siege.ask_rewrite(self._chance.choice(list(self._siege.texts))))
        return "soak: a rewrite begun"

    def _cancel_rewrite(self) -> str:
        self._rewrite()
        self._siege.breathe(self._chance.choice(PAUSES))
        self._siege.editor.cancel(self._asked[-1])
        return "soak: a rewrite cancelled"

    def _note_rewrite(self, number: int) -> None:
        try:
            self.rewrites[self._siege.editor.result_of(number)["result"]] += 1
        except ResponseError as error:
            assert error.code == -32800  # noqa: PT017 - what cancelled requests are answered
            self.rewrites["cancelled"] += 1

    def _close(self) -> str:
        if len(self._siege.texts) < 3:
            return ""
        self._siege.close(self._chance.choice(list(self._siege.texts)))
        return "soak: a buffer closed"

    def _restart_tools(self) -> str:
        self._siege.editor.request(
            "workspace/executeCommand", {"command": "pythonExpert.restartTools"}
        )
        return "soak: all tools restarted by the user"


def memory(pid: int) -> float:
    """The memory that a process has resident, in MiB; none if it is gone."""
    with suppress(OSError):
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
    return 0.0


def descendants(pid: int) -> list[int]:
    """All processes that a process has started, and these have, and so on."""
    found: list[int] = []
    with suppress(OSError):
        for child in children(pid):
            found += [child, *descendants(child)]
    return found


def _row(numbers: Sequence[float]) -> str:
    return "".join(f"{number:6.0f}" for number in numbers)
