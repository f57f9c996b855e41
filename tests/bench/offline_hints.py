"""Measure the quality of the type hints without a model, compared with single tools.

``python -m tests.bench.offline_hints [--set other|third|fourth|fifth]`` removes all hints of
functions from packages and lets each engine add hints. "Exact" is the share of all places whose
hint is equal to the authors', "precision" the share of the added hints. Bare ``Any``, overloads,
``self`` and ``cls`` do not count on either side. A module is broken if it can no longer be
imported. The errors are those of ``mypy --strict`` that stop an edit and do not occur with ``Any``
in the same places. The gated row is the result of ``python-expert rewrite add-type-hints --write``.
Our own rewrite writes the hints that jedi infers, because jedi writes nothing.

The first run installs the packages and tools into a temporary folder.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.analysis.source import Source
from tests.bench.hints import engines, writing
from tests.bench.hints.corpus import (
    CACHE,
    SETS,
    Corpus,
    Spot,
    hints_of,
    modules,
    prepare,
)
from tests.bench.hints.normal import normal

if TYPE_CHECKING:
    from collections.abc import Mapping


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=CACHE, help="where packages are installed")
    parser.add_argument("--set", choices=SETS, default="known", help="which packages")
    parser.add_argument("--only-ours", action="store_true", help="leave the other tools out")
    given = parser.parse_args()
    corpus = prepare(given.cache, given.set)
    results = given.cache / given.set / "results"
    shutil.rmtree(results, ignore_errors=True)
    parameters = sum(spot.name != "return" for spot in corpus.truth)
    print(f"{parameters} parameters, {len(corpus.truth) - parameters} returns")  # noqa: T201
    facts = engines.offline(corpus)
    _show_curve(corpus, facts)
    _show(["engine", "exact (param / return)", "precision", "broken modules", "new errors"])
    _written(corpus, "ours", facts, results / "ours")
    writing.gated(corpus, results / "gated")
    _row(corpus, "ours, gated", results / "gated")
    if given.only_ours:
        return
    for name, tool in (("pyrefly infer", engines.pyrefly), ("autotyping", engines.autotyping)):
        folder = results / name.partition(" ")[0]
        tool(corpus, folder / "after")
        taken = engines.facts_in(folder / "after")
        writing.write(corpus, taken, folder / "rewritten", folder / "baseline")
        _row(corpus, name, folder)
    _written(corpus, "jedi", engines.jedi(corpus), results / "jedi")


def _show_curve(corpus: Corpus, facts: writing.AllFacts) -> None:
    """Print the effect of a minimum trust in hints, before the gate."""
    given: dict[Spot, tuple[int, str]] = {}
    for module, found in facts.items():
        for key, fact in found.items():
            types = {**fact["params"], "return": fact["returns"]}
            for name, text in types.items():
                if text and (plain := normal(text)) != "Any":
                    given[Spot(module, key, name)] = (fact["trust"][name], plain)
    _show(["trust at least", "exact (param / return)", "precision", "", ""])
    for least in sorted({trust for trust, _ in given.values()}):
        kept = {spot: text for spot, (trust, text) in given.items() if trust >= least}
        _show([str(least), *_shares(corpus, kept), "", ""])


def _written(corpus: Corpus, name: str, facts: writing.AllFacts, folder: Path) -> None:
    """Write facts with our own rewrite, and print the row."""
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
    _show([name, *_shares(corpus, given), str(len(broken)), str(len(errors))])


def _shares(corpus: Corpus, given: Mapping[Spot, str]) -> tuple[str, str]:
    """Return the exact shares and the precision as text."""
    exact = [_share(corpus.truth, given, kind)[0] for kind in ("", "param", "return")]
    precision = _share(corpus.truth, given, "")[1]
    return f"{exact[0]:.1%} ({exact[1]:.1%} / {exact[2]:.1%})", f"{precision:.1%}"


def _share(truth: Mapping[Spot, str], given: Mapping[Spot, str], kind: str) -> tuple[float, float]:
    """Return the exact share of all places of a kind, and the precision of the hints there."""
    spots = [spot for spot in truth if not kind or (spot.name == "return") == (kind == "return")]
    right = sum(given.get(spot) == truth[spot] for spot in spots)
    return right / len(spots), right / max(1, sum(spot in given for spot in spots))


def _show(cells: list[str]) -> None:
    print(f"{cells[0]:14} {cells[1]:26} {cells[2]:10} {cells[3]:15} {cells[4]}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
