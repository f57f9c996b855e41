"""Measure opening files one after another in mypy's worker, and compare with a new worker.

``python -m tests.bench.opened_files FOLDER`` opens random files of a package one by one, as an
editor does, in mypy's worker without a cache. It then opens all at once in another worker, and
compares the findings of each file.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_expert.text.decoding import decode
from python_expert.tools.mypy.mypy_worker.cache import Cache
from python_expert.tools.mypy.mypy_worker.checker import Checker
from python_expert.tools.mypy.mypy_worker.program import MypyProgram
from tests.bench.many_files import files_of

if TYPE_CHECKING:
    from collections.abc import Sequence


class _NoCache(Cache):
    def read(self) -> None:
        """Return no cache."""


class _Counting(MypyProgram):
    builds = 0

    def build(self, *args: Any) -> Any:  # noqa: ANN401 - as in the base class
        """Build, and count the build."""
        _Counting.builds += 1
        return super().build(*args)


def open_files(root: Path, files: Sequence[Path], *, at_once: bool) -> dict[str, list[str]]:
    """Open files in a new worker; return the findings of each."""
    checker = Checker(str(root), ["--strict"], lambda _done: None, plugins=False)
    _Counting.builds = 0
    begun, slowest = time.process_time(), 0.0
    for file in files:
        before = time.process_time()
        checker.open(str(root / file), decode((root / file).read_bytes()), 0)
        if not at_once or file is files[-1]:
            checker.check()
            checker.settle_all()
            checker.tidy()
        slowest = max(slowest, time.process_time() - before)
    print(  # noqa: T201 - the command's output
        f"{'all at once' if at_once else 'one by one'}: {time.process_time() - begun:.1f} CPU s, "
        f"{_Counting.builds} builds, {slowest:.1f} CPU s at most for one",
        flush=True,
    )
    return {
        each.path: sorted(json.dumps(found, sort_keys=True) for found in each.result["findings"])
        for each in checker.buffers.open.values()
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return 1 if findings differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--number", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(argv)
    folder: Path = given.folder.resolve()
    files = [folder.name / each for each in files_of(folder, given.seed)[: given.number]]
    checker_module = sys.modules[Checker.__module__]
    vars(checker_module).update(MypyProgram=_Counting, Cache=_NoCache)
    found, cold = (open_files(folder.parent, files, at_once=each) for each in (False, True))
    differing = [path for path in cold if found[path] != cold[path]]
    total = sum(map(len, cold.values()))
    print(f"{len(cold)} files, {total} findings; {len(differing)} files differ")  # noqa: T201
    for path in differing:
        for each in sorted({*found[path]} ^ {*cold[path]})[:3]:
            print(f"  {path}: {'one by one' if each in found[path] else 'cold'}: {each}")  # noqa: T201
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())
