"""Information from Linux about processes: descendants, memory, CPU time."""

from __future__ import annotations

import os
import platform
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

IDLE_S = 0.15
"""How long a server must do nothing to count as idle."""

_IDLE_TICKS = 1
"""The maximum number of CPU ticks (10 ms each) of an idle server in that time."""

_GIVE_UP_S = 120.0
"""CPU seconds after which the wait for a busy server fails."""


class Memory(NamedTuple):
    """A process's memory in MiB.

    Attributes:
        name: The program's name for the report.
        resident: Resident set size.
    """

    name: str
    resident: float


def tree(pid: int) -> list[int]:
    """Return a process and all its descendants, itself first."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def memory(pid: int) -> Memory | None:
    """Return a process's memory, or None if it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Rss:"):
                return Memory(_name(pid), int(line.split()[1]) / 1024)
    return None


def descendant(pid: int, word: str) -> int:
    """Return the descendant of a process that has a word in its command line.

    Raises:
        LookupError: There is no such process.
    """
    for one in tree(pid)[1:]:
        with suppress(OSError):
            if word in Path(f"/proc/{one}/cmdline").read_text():
                return one
    raise LookupError(f"process {pid} has no descendant {word}")


def wait_idle(pid: int, at_least: float = 0.0) -> None:
    """Wait until a server and its children are idle.

    Args:
        pid: The server.
        at_least: The minimum number of seconds to wait, for a server that delays its work.
    """
    time.sleep(at_least)
    used, before = 0, _ticks(pid)
    while used < _GIVE_UP_S * os.sysconf("SC_CLK_TCK"):
        time.sleep(IDLE_S)
        after = _ticks(pid)
        worked = sum(after.values()) - sum(before.values())
        if after.keys() == before.keys() and worked <= _IDLE_TICKS and not _wants_to_run(pid):
            return
        used += max(worked, 0)
        before = after
    raise TimeoutError(f"process {pid} is still busy after {_GIVE_UP_S:g} s of CPU time")


def cpu_s(pid: int) -> float:
    """Return the CPU time in seconds of a process and its current descendants."""
    return sum(_ticks(pid).values()) / os.sysconf("SC_CLK_TCK")


def machine() -> str:
    """Return a description of the machine for the report."""
    with suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line for line in lines if line.startswith("model name")).split(":")[1].strip()
        return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"
    return f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}"


def load() -> float:
    """Return the load average of the last minute."""
    return os.getloadavg()[0]


def _wants_to_run(pid: int) -> bool:
    """Return whether a process or a descendant runs or waits for a free core."""
    return any(fields[0] == "R" for one in tree(pid) if (fields := _stat(one)))


def _ticks(pid: int) -> dict[int, int]:
    return {one: int(fields[11]) + int(fields[12]) for one in tree(pid) if (fields := _stat(one))}


def _stat(pid: int) -> list[str] | None:
    """Return the fields of /proc/PID/stat after the name, which may contain spaces and brackets."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return None


def _name(pid: int) -> str:
    """Return the program's name; for an interpreter that of its script or module."""
    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    program = Path(words[0]).name
    if not program.startswith("python"):
        return program
    plain = [word for word in words[1:] if word and not word.startswith("-")]
    return Path(plain[0]).name if plain else program
