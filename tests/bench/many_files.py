"""Measure commands over many files: time per definition, busy cores, and refusals.

``python -m tests.bench.many_files rewrite FOLDER --action add-docstrings`` rewrites 10, 50 and 200
random files of a folder, offline and without writing them. ``--alone`` compares the verdicts with
those of a separate run for each file, ``--one-core`` with those of one process for all files.
``gate FOLDER --parts forms core`` judges the rewritten files of some subfolders, also with
``--one-core``. ``check FOLDER`` checks the whole folder twice with its own cache, and runs each
tool by itself. FOLDER is copied, so that its project's configuration is not read.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.bench.system import load, tree

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

PROGRAM = (sys.executable, "-m", "python_expert")

LEAST = 500
"""The minimum size of a file in bytes; smaller files have nothing to rewrite."""

SHOWN = 40
"""The maximum number of differing rows to print."""

SAMPLED_S = 0.1
"""The sampling interval. A shorter process is not counted by its name."""

KINDS = ("mypy_worker", "bandit_worker", "pipeline.worker", "doctest_worker", "mypy", "ruff")
"""Words in the processes' command lines that determine the kind of their CPU time."""


class Run(NamedTuple):
    """One run of a command.

    Attributes:
        seconds: The run's duration.
        cpu: CPU seconds of all its processes.
        waited: Seconds for which its threads waited for a core.
        by_kind: CPU seconds by kind of process, as far as they were sampled.
        memory: The maximum of all its processes' memory in MiB; shared pages count in each.
        out: Its output.
        status: Its exit status.
    """

    seconds: float
    cpu: float
    waited: float
    by_kind: Mapping[str, float]
    memory: float
    out: str
    status: int

    @property
    def cores(self) -> float:
        """The average number of busy cores."""
        return self.cpu / self.seconds

    @property
    def wanted(self) -> float:
        """The average number of cores that were busy or that its threads waited for."""
        return (self.cpu + self.waited) / self.seconds


def run(command: Sequence[str | Path], cwd: Path, caches: Path, *, cores: int = 0) -> Run:
    """Run a command, optionally on a limited number of cores, and measure its processes."""
    usual = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(usual)[: cores or None])
    try:
        return _run(command, cwd, caches)
    finally:
        os.sched_setaffinity(0, usual)


def _run(command: Sequence[str | Path], cwd: Path, caches: Path) -> Run:
    environment = os.environ | {"XDG_CACHE_HOME": str(caches)}
    ticks: dict[int, tuple[str, float, float]] = {}
    most = 0.0
    with tempfile.TemporaryFile("w+") as out:
        before = os.times()
        begun = time.perf_counter()
        process = subprocess.Popen(
            [*map(str, command)], cwd=cwd, env=environment, stdout=out, stdin=subprocess.DEVNULL
        )
        while process.poll() is None:
            most = max(most, _sample(process.pid, ticks))
            time.sleep(SAMPLED_S)
        seconds = time.perf_counter() - begun
        after = os.times()
        out.seek(0)
        cpu = after.children_user + after.children_system
        cpu -= before.children_user + before.children_system
        kinds: Counter[str] = Counter()
        for kind, spent, _ in ticks.values():
            kinds[kind] += spent  # type: ignore[assignment] # seconds are a float
        waited = sum(each[2] for each in ticks.values())
        return Run(seconds, cpu, waited, kinds, most, out.read(), process.returncode)


def _sample(pid: int, ticks: dict[int, tuple[str, float, float]]) -> float:
    """Record the CPU seconds of a process and its descendants; return their memory in MiB."""
    pages = 0
    for one in tree(pid):
        try:
            words = Path(f"/proc/{one}/cmdline").read_text()
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            tasks = Path(f"/proc/{one}/task").glob("*/schedstat")
            waited = sum(int(each.read_text().split()[1]) for each in tasks) / 1e9
        except OSError:
            continue
        if not words:  # it has ended
            continue
        kind = next((kind for kind in KINDS if kind in words and one != pid), "itself")
        spent = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        ticks[one] = kind, spent, waited
        pages += int(fields[21])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def files_of(root: Path, seed: int) -> list[Path]:
    """Return the files of a folder that are not too small, in random order."""
    found = sorted(path.relative_to(root) for path in root.rglob("*.py") if _is_meant(path))
    random.Random(seed).shuffle(found)  # noqa: S311 - not used for secrets
    return found


def _is_meant(path: Path) -> bool:
    return path.stat().st_size >= LEAST and "locale" not in path.parts


def rewrite(root: Path, files: Sequence[Path], action: str, caches: Path, cores: int = 0) -> Run:
    """Rewrite files, without writing them."""
    options = ("--provider", "offline", "--output-format", "json")
    return run((*PROGRAM, "rewrite", action, *files, *options), root, caches, cores=cores)


def verdicts(done: Run) -> set[tuple[str, ...]]:
    """Return the result of each definition."""
    rows: list[dict[str, Any]] = json.loads(done.out)
    return {tuple(str(value) for value in row.values()) for row in rows}


def measure_rewrites(root: Path, given: argparse.Namespace, caches: Path) -> int:
    """Measure rewrites of increasing numbers of files; return how many verdicts differ."""
    files = files_of(root, given.seed)
    differing = 0
    for number in given.numbers:
        some = files[:number]
        done = rewrite(root, some, given.action, caches)
        found = verdicts(done)
        definitions = sum(bool(row[1] != "None") for row in found)
        missing = sum("import-not-found" in " ".join(row) for row in found)
        results = dict(Counter(row[2] for row in found))
        _print(
            f"{given.action}, {len(some)} files: {_summary(done)}, {definitions} definitions, "
            f"{done.seconds / max(1, definitions) * 1000:.0f} ms and "
            f"{done.cpu / max(1, definitions) * 1000:.0f} CPU ms each; {results}, "
            f"import-not-found {missing}"
        )
        if given.alone:
            alone = set().union(*(verdicts(rewrite(root, [f], given.action, caches)) for f in some))
            differing += _print_differences(found, alone, "alone")
        if given.one_core:
            single = verdicts(rewrite(root, some, given.action, caches, cores=1))
            differing += _print_differences(found, single, "on one core")
    return differing


def _print_differences(
    one: Collection[tuple[str, ...]], two: Collection[tuple[str, ...]], name: str
) -> int:
    """Print which rows differ from those of another run; return how many."""
    differing = {*one} ^ {*two}
    _print(f"rows that differ from those {name}: {len(differing)} of {len(one)}")
    for row in sorted(differing)[:SHOWN]:
        _print(f"  {'together' if row in one else name}: {row}")
    return len(differing)


def measure_gate(root: Path, given: argparse.Namespace, caches: Path) -> int:
    """Measure the gate on rewritten folders; return how many files are refused or differ."""
    refused = 0
    after = root.with_name("after")
    shutil.copytree(root, after)
    for part in given.parts:
        folder = Path(given.folder.name, part)
        options = ("--provider", "offline", "--output-format", "json", "--write")
        made = run((*PROGRAM, "rewrite", given.action, folder, *options), after, caches)
        number = sum(row[2] == "changed" for row in verdicts(made))
        words = ("gate", "--action", given.action, root / folder, after / folder)
        done = run((*PROGRAM, *words, "--output-format", "json"), root, caches)
        rows = json.loads(done.out)
        answers = Counter(each["status"] for each in rows)
        refused += answers["refused"]
        _print(
            f"gate, {given.action}, {part}: {_summary(done)}, {number} definitions, "
            f"{done.cpu / max(1, number) * 1000:.0f} CPU ms each; {dict(answers)}"
        )
        if given.one_core:
            single = run((*PROGRAM, *words, "--output-format", "json"), root, caches, cores=1)
            _print(f"on one core: {_summary(single)}")
            mine, other = (
                {(json.dumps(e),) for e in each} for each in (rows, json.loads(single.out))
            )
            refused += _print_differences(mine, other, "on one core")
    return refused


def measure_check(root: Path, given: argparse.Namespace, caches: Path) -> int:
    """Measure `check` and each tool by itself, with a first and a second run."""
    del given
    for turn in ("first", "second"):
        for tools in ("ruff", "bandit", "mypy", "ruff,mypy,bandit"):
            own = caches / tools
            own.mkdir(exist_ok=True)
            command = (*PROGRAM, "check", ".", "--tools", tools, "--output-format", "json")
            done = run(command, root, own)
            _print(
                f"check, {tools}, {turn} run: {_summary(done)}, {len(json.loads(done.out))} found"
            )
    return 0


MEASURES = {"rewrite": measure_rewrites, "gate": measure_gate, "check": measure_check}


def _summary(done: Run) -> str:
    kinds = ", ".join(f"{kind} {spent:.1f}" for kind, spent in sorted(done.by_kind.items()))
    return (
        f"{done.seconds:.1f} s, {done.cpu:.1f} CPU s ({kinds}), {done.cores:.2f} cores busy, "
        f"{done.wanted:.2f} with those that waited for one, "
        f"{done.memory:.0f} MiB at most"
    )


def _print(line: str) -> None:
    print(f"{line}  [load {load():.1f}]", flush=True)  # noqa: T201


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=tuple(MEASURES))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--action", default="add-docstrings")
    parser.add_argument("--numbers", type=int, nargs="+", default=(10, 50, 200))
    parser.add_argument("--parts", nargs="+", default=())
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--one-core", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        root, caches = Path(folder) / "project", Path(folder) / "caches"
        shutil.copytree(given.folder, root / given.folder.name)
        caches.mkdir()
        return int(MEASURES[given.command](root, given, caches) > 0)


if __name__ == "__main__":
    sys.exit(main())
