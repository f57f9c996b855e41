"""Count the wrong edits that pass the gate: ``python -m tests.gate.wrong_edits [folder ...]``.

The command judges three kinds: the corpora in `tests.gate`, mutants of the corpora's right edits
and of real modules, and the cases in TOML files of the given folders. It prints those that pass.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.gate.verdict import Status
from tests.gate.wrong_edits import edits
from tests.gate.wrong_edits.judging import Answer, judge
from tests.gate.wrong_edits.known import KNOWN
from tests.gate.wrong_edits.sampling import sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).parents[3]
MODULES = (
    ROOT / "tests" / "examples",
    ROOT / "tests" / "async_programs",
    ROOT / "server" / "python_expert" / "text",
    ROOT / "server" / "python_expert" / "gate",
)
"""The packages whose modules are mutated in addition to the corpora."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 1 if a wrong edit passes."""
    parser = argparse.ArgumentParser(prog="tests.gate.wrong_edits", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="folders with cases in TOML files")
    parser.add_argument("--modules", action="append", type=Path, help="a folder of real modules")
    parser.add_argument("--mutants", type=int, default=2400, help="how many (default: 2400)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-corpus", action="store_true", help="leave out the corpus")
    given = parser.parse_args(arguments)
    os.environ.setdefault("VIRTUAL_ENV", sys.prefix)  # which has the packages that conversions use
    wrong = [] if given.no_corpus else edits.corpus_edits()
    if given.mutants:
        modules = [*MODULES, *(given.modules or ())]
        wrong += sample(edits.right(modules), given.mutants, given.seed)
    for folder in given.folders:
        wrong += edits.edits_of_folder(folder)
    return asyncio.run(_report(wrong))


async def _report(wrong: Iterable[edits.Edit]) -> int:
    counts: Counter[tuple[str, str, str]] = Counter()
    passing = 0
    with tempfile.TemporaryDirectory() as folder:
        async for answer in judge(wrong, Path(folder), print):
            edit = answer.edit
            counts[edit.source, edit.action.name, _kind(answer)] += 1
            passing += answer.passes
            if answer.status is not Status.REFUSED:
                _show(answer)
    for (source, action, kind), count in sorted(counts.items()):
        print(f"{source:24} {action:18} {kind:28} {count:5}")  # noqa: T201 - the command's output
    print(f"{counts.total()} wrong edits, {passing} accepted or left without a named reader")  # noqa: T201
    return bool(passing)


def _kind(answer: Answer) -> str:
    if answer.edit.is_claim:
        return f"{answer.status}, a claim"
    if answer.edit.name in KNOWN and answer.status is not Status.REFUSED:
        return f"{answer.status}, a known hole"
    if answer.status is Status.CONFIRM:
        return "confirm, reader named" if answer.names_a_reader else "confirm, no reader named"
    return str(answer.status)


def _show(answer: Answer) -> None:
    edit = answer.edit
    line = f"{answer.status}: {edit.source}: {edit.action.name}: {edit.name}: {edit.why}"
    known = [KNOWN[edit.name]] if edit.name in KNOWN else []
    print("\n    ".join([line, *known, *dict.fromkeys(answer.reasons)]), flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
