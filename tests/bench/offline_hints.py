"""How good the type hints without a model are, beside single tools.

``python -m tests.bench.offline_hints``: six packages with all hints of their functions taken off
are filled again by each engine. "Exact" is the share of all places whose hint is the authors',
"precision" that of the hints given; bare ``Any`` counts as none on both sides, as do overloads,
``self`` and ``cls``. A module is broken that can no longer be imported; errors are those of
``mypy --strict`` that are not there with ``Any`` in the same places. The gated row is what
``python-expert rewrite add-type-hints --write`` leaves in the files. What jedi infers is written
by our own rewrite, as jedi writes nothing.

The first run installs the packages and tools into a folder for temporary files.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.analysis.source import Source
from tests.bench.hints import engines, writing
from tests.bench.hints.corpus import CACHE, Corpus, Spot, hints_of, modules, prepare

if TYPE_CHECKING:
    from collections.abc import Mapping


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=CACHE, help="where packages are installed")
    cache: Path = parser.parse_args().cache
    corpus = prepare(cache)
    results = cache / "results"
    shutil.rmtree(results, ignore_errors=True)
    parameters = sum(spot.name != "return" for spot in corpus.truth)
    print(f"{parameters} parameters, {len(corpus.truth) - parameters} returns")  # noqa: T201
    _show(["engine", "exact (param / return)", "precision", "broken modules", "new errors"])
    facts = engines.offline(corpus)
    _written(corpus, "ours", facts, results / "ours")
    writing.gated(corpus, results / "gated")
    _row(corpus, "ours, gated", results / "gated")
    for name, tool in (("pyrefly infer", engines.pyrefly), ("autotyping", engines.autotyping)):
        folder = results / name.partition(" ")[0]
        tool(corpus, folder / "after")
        taken = engines.facts_in(folder / "after")
        writing.write(corpus, taken, folder / "rewritten", folder / "baseline")
        _row(corpus, name, folder)
    _written(corpus, "jedi", engines.jedi(corpus), results / "jedi")


def _written(corpus: Corpus, name: str, facts: writing.AllFacts, folder: Path) -> None:
    """Write facts with our own rewrite, and show the row."""
    writing.write(corpus, facts, folder / "after", folder / "baseline")
    _row(corpus, name, folder)


def _row(corpus: Corpus, name: str, folder: Path) -> None:
    after = folder / "after"
    given: dict[Spot, str] = {}
    for module in modules(after):
        source = Source.of((after / module).read_text(encoding="utf-8"))
        given.update(hints_of(source, module))
    broken = writing.broken_imports(corpus, after)
    errors = writing.new_errors(
        writing.mypy(corpus, folder / "baseline"), writing.mypy(corpus, after)
    )
    exact = [_share(corpus.truth, given, kind)[0] for kind in ("", "param", "return")]
    precision = _share(corpus.truth, given, "")[1]
    shares = f"{exact[0]:.1%} ({exact[1]:.1%} / {exact[2]:.1%})"
    _show([name, shares, f"{precision:.1%}", str(len(broken)), str(len(errors))])


def _share(truth: Mapping[Spot, str], given: Mapping[Spot, str], kind: str) -> tuple[float, float]:
    """The exact share of all places of a kind, and the precision of the hints given there."""
    spots = [spot for spot in truth if not kind or (spot.name == "return") == (kind == "return")]
    right = sum(given.get(spot) == truth[spot] for spot in spots)
    return right / len(spots), right / max(1, sum(spot in given for spot in spots))


def _show(cells: list[str]) -> None:
    print(f"{cells[0]:14} {cells[1]:26} {cells[2]:10} {cells[3]:15} {cells[4]}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
