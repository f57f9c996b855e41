"""Measure how many type hints of ``rewrite add-type-hints`` are wrong.

``python -m tests.bench.wrong_hints [--set tuned|held-out|fresh] [--list]`` removes all hints of
functions from packages, rewrites them with the command, and compares each hint that passed the gate
with the author's by mypy's notion of a subtype. An added hint is

- *equal*;
- *wider*: it includes the author's type, as ``object`` does;
- *narrower*: it excludes some of what the author allows, also of an ``Any``. That is wrong for a
  parameter, because callers may pass it. A narrower result is right, unless mypy contradicts it in
  the package with the author's hints: then it is *false*;
- *other*: neither type includes the other one, which is wrong;
- *unknown*: mypy does not know one of the two types.

``--list`` shows the wrong ones. Do not use it on the packages that are held out.

The first run installs the packages and tools into a temporary folder.
"""

from __future__ import annotations

import argparse
import shutil
from collections import Counter
from pathlib import Path

from tests.bench.hints import writing
from tests.bench.hints.comparing import Compared, Relation, compare
from tests.bench.hints.corpus import CACHE, prepare


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=CACHE, help="where packages are installed")
    parser.add_argument(
        "--set", choices=["tuned", "held-out", "fresh"], default="tuned", help="which set"
    )
    parser.add_argument("--list", action="store_true", help="show the hints that are wrong")
    given = parser.parse_args()
    corpus = prepare(given.cache, given.set)
    folder = given.cache / given.set / "wrong"
    shutil.rmtree(folder, ignore_errors=True)
    writing.gated(corpus, folder)
    found = compare(corpus, folder / "after", folder / "compared")
    packages = dict.fromkeys(each.spot.module.partition("/")[0] for each in found)
    for package in ("", *packages):
        mine = [each for each in found if each.spot.module.startswith(package)]
        for name, is_result in (("parameters", False), ("results", True)):
            _show(f"{package or 'all'}, {name}", [x for x in mine if x.is_result is is_result])
    for each in found if given.list else ():
        if each.is_wrong:
            place = f"{each.spot.module} {each.spot.key} {each.spot.name}"
            print(f"{each.relation}: {place}: {each.ours} for {each.theirs}")  # noqa: T201


def _show(name: str, found: list[Compared]) -> None:
    wrong = sum(each.is_wrong for each in found)
    counts = Counter(each.relation for each in found)
    kinds = ", ".join(f"{counts[kind]} {kind}" for kind in Relation if counts[kind])
    share = 1 - wrong / max(1, len(found))
    print(f"{name:26} {len(found):5} hints, {wrong:3} wrong, {share:.1%} right: {kinds}")  # noqa: T201


if __name__ == "__main__":
    main()
