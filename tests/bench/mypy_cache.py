"""Compare mypy's worker started from its cache with one that builds from scratch.

``python -m tests.bench.mypy_cache starts FOLDER FILE`` measures both from opening the file to its
findings. ``edits`` edits random files on disk and the open one, starts both after each edit and
compares their findings. ``stubs`` opens and edits random files with only the cache of mypy's own
stubs, and compares in the same way. FOLDER may be the name of an installed package; it is copied.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.bench.system import memory
from tests.bench.workload import copy_package
from tests.edits import edited
from tests.mypy_client import PACKAGE, Worker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MODULES = 3
"""The maximum number of files to edit in one step."""

DEFINES = r"^\s*(def |class |@|import |from |\w+ = |\w+: )"
"""Matches lines that are likely to affect other modules."""

GIVE_UP_S = 10.0
"""Seconds after which a worker that has not written its cache has nothing to write."""

PROJECTS = Path("python-expert", "mypy")
"""The folder of projects' caches, in that of all caches."""

RESTORED = 8
"""The number of steps after which all files are restored."""


class Start(NamedTuple):
    """The measurements of one start.

    Attributes:
        seconds: From the open file to its findings.
        cpu: CPU seconds until then, including the interpreter's start.
        memory: The memory then, in MiB.
        built: Whether mypy built from scratch.
        found: The findings.
    """

    seconds: float
    cpu: float
    memory: float
    built: bool
    found: Mapping[str, Any]


def start(
    root: Path,
    texts: Mapping[Path, str],
    caches: Path | None,
    *,
    write: bool,
    then: Mapping[Path, str] | None = None,
) -> Start:
    """Start a worker and open files.

    Args:
        root: The project's folder.
        texts: The open files.
        caches: The folder for caches, or None to use no cache.
        write: Whether to wait until the cache is written.
        then: Other texts of the files; what is found in these is added to the findings.
    """
    worker = Worker(PACKAGE, XDG_CACHE_HOME=str(caches or os.devnull))
    try:
        worker.start(root, "--strict")
        begun = time.perf_counter()
        for path, text in texts.items():
            worker.send("open", {"path": str(path), "text": text, "version": 1})
        worker.news()
        took = time.perf_counter() - begun
        status = Path(f"/proc/{worker.process.pid}/stat").read_text().rpartition(")")[2].split()
        cpu = (int(status[11]) + int(status[12])) / os.sysconf("SC_CLK_TCK")
        resident = memory(worker.process.pid)
        while not worker.settled:
            worker.settle()
        if write:  # a worker that has read any file writes it
            timer = threading.Timer(GIVE_UP_S, worker.process.kill)
            timer.start()
            with contextlib.suppress(AssertionError):
                worker.written()
            timer.cancel()
        found = {path: _facts(result) for path, result in worker.files.items()}
        for path, text in (then or {}).items():
            worker.send("change", {"path": str(path), "text": text, "version": 2})
            for name, result in worker.check().items():
                found[name] += ["then", *_facts(result)]
        return Start(took, cpu, resident.resident if resident else 0.0, worker.built, found)
    finally:
        worker.end()


def _facts(result: Mapping[str, Any]) -> list[str]:
    """Return the findings to compare; a file that does not parse has no others."""
    if not result["parsed"]:
        return ["not parsed"]
    return sorted(
        f"{each['line']}:{each['column']} {each['code']} {each['message']} {each['notes']}"
        for each in result["findings"]
    )


def starts(root: Path, file: Path, number: int) -> None:
    """Measure starts from scratch and from the cache alternately."""
    with tempfile.TemporaryDirectory() as caches:
        texts = {file: file.read_text()}
        start(root, texts, Path(caches), write=True)
        size = sum(each.stat().st_size for each in Path(caches).rglob("*") if each.is_file())
        colds, cached = [], []
        for _ in range(number):
            colds.append(start(root, texts, None, write=False))
            cached.append(start(root, texts, Path(caches), write=False))
        for name, group in (("from scratch", colds), ("from the cache", cached)):
            seconds = statistics.median(each.seconds for each in group)
            cpu = statistics.median(each.cpu for each in group)
            resident = statistics.median(each.memory for each in group)
            built = sum(each.built for each in group)
            print(f"{name}: {seconds:.2f} s, {cpu:.2f} CPU s, {resident:.0f} MiB, {built} built")  # noqa: T201
        same = all(one.found == other.found for one, other in zip(colds, cached, strict=True))
        print(f"cache {size / 1e6:.1f} MB; same findings: {same}")  # noqa: T201


def edits(root: Path, file: Path, number: int, seed: int) -> int:
    """Compare the findings after random edits; return how often they differ."""
    chance = random.Random(seed)  # noqa: S311 - not used for secrets
    differences = loaded = 0
    found_texts: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        caches = Path(folder)
        start(root, {file: file.read_text()}, caches, write=True)
        files = [each for each in _files(caches) if each.is_relative_to(root) and each != file]
        before = {each: each.read_text() for each in [*files, file]}
        for step in range(number):
            if step % RESTORED == 0:
                for path, text in before.items():
                    path.write_text(text)
            changed = chance.sample(files, min(chance.randint(0, MODULES), len(files)))
            for path in changed:
                path.write_text(_edited(chance, path.read_text()))
            text = file.read_text()
            text = _edited(chance, text) if chance.random() < 0.5 else text
            texts = {file: text}
            if chance.random() < 0.3:
                other = chance.choice(files)
                texts[other] = other.read_text()
            cached = start(root, texts, caches, write=bool(changed))
            cold = start(root, texts, None, write=False)
            loaded += not cached.built
            found_texts.update(*cold.found.values())
            if cached.found != cold.found:
                differences += 1
                names = [str(each.relative_to(root)) for each in [*texts, *changed]]
                print(f"step {step}: {names}, loaded: {not cached.built}")  # noqa: T201
                for name in cold.found:
                    one, two = set(cached.found.get(name, ())), set(cold.found[name])
                    print("  cached only:", one - two, "\n  cold only:", two - one)  # noqa: T201
    print(f"{differences} of {number} differ, {loaded} loaded, {len(found_texts)} findings")  # noqa: T201
    return differences


def stubs(root: Path, file: Path, number: int, seed: int) -> int:
    """Compare the findings in random files, with and without the cache of mypy's own stubs.

    Returns:
        How often they differ.
    """
    chance = random.Random(seed)  # noqa: S311 - not used for secrets
    files = [each for each in sorted(root.rglob("*.py")) if each.read_text().strip()]
    differences = 0
    times: list[tuple[float, float]] = []
    found_texts: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        start(root, {file: file.read_text()}, Path(folder), write=True)
        for path in chance.sample(files, min(number, len(files))):
            shutil.rmtree(Path(folder, PROJECTS), ignore_errors=True)
            texts = {path: path.read_text()}
            then = {path: _edited(chance, texts[path])}
            helped = start(root, texts, Path(folder), write=False, then=then)
            cold = start(root, texts, None, write=False, then=then)
            times.append((helped.seconds, cold.seconds))
            found_texts.update(*cold.found.values())
            if helped.found != cold.found:
                differences += 1
                one, two = (set().union(*each.found.values()) for each in (helped, cold))
                name = path.relative_to(root)
                print(f"{name}: with stubs only {one - two}, without only {two - one}")  # noqa: T201
    one, two = (statistics.median(each) for each in zip(*times, strict=True))
    print(f"{differences} of {len(times)} differ, {len(found_texts)} findings")  # noqa: T201
    print(f"with the cache of stubs {one:.2f} s, without {two:.2f} s")  # noqa: T201
    return differences


def _edited(chance: random.Random, text: str) -> str:
    """Return an edited text that parses; otherwise the cache is neither written nor used."""
    while True:
        of = DEFINES if chance.random() < 0.7 else ""
        other = edited(chance, edited(chance, text, of), of)
        with contextlib.suppress(SyntaxError, ValueError):
            ast.parse(other)
            return other


def _files(caches: Path) -> list[Path]:
    """Return the files in a cache, without empty ones."""
    (index,) = (caches / PROJECTS).rglob("index.json")
    records = json.loads(index.read_bytes().partition(b"\n")[2])["files"]
    found = (Path(record[0]) for record in records.values())
    return sorted(each for each in found if each.suffix == ".py" and each.read_text().strip())


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=("starts", "edits", "stubs"))
    parser.add_argument("folder", help="a project, or the name of an installed package")
    parser.add_argument("file", type=Path, help="the open file, in the folder")
    parser.add_argument("--number", type=int, default=5, help="how many starts or edits")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        if Path(given.folder).is_dir():
            shutil.copytree(given.folder, root)
        else:
            copy_package(given.folder, root)
        if given.command in {"edits", "stubs"}:
            compare = edits if given.command == "edits" else stubs
            return int(compare(root, root / given.file, given.number, given.seed) > 0)
        starts(root, root / given.file, given.number)
    return 0


if __name__ == "__main__":
    sys.exit(main())
