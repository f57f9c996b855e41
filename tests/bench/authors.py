"""Measure the gate's verdicts on the docstrings and hints that package authors wrote.

``python -m tests.bench.authors`` removes the docstrings, or the hints of functions, from each
module of a sample. The gate of ``python-expert gate`` then judges the edits that restore them: all
of them, and those of single definitions. The other modules of the package stay unchanged. All edits
are right, so each refusal needs an explanation.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import shutil
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.cli.gate_files import FileGate
from python_expert.gate.blocking import is_blocking
from python_expert.gate.verdict import Status
from tests.bench.published import (
    ACTIONS,
    TUNING,
    Published,
    fetch,
    parser,
    some_modules,
    units,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from python_expert.actions.base import Action
    from python_expert.cli.judged import Judged

HELD_OUT = {
    "attrs": "26.1.0",
    "click": "8.5.1",
    "urllib3": "2.8.0",
    "jinja2": "3.1.6",
    "starlette": "1.10.0",
    "structlog": "26.1.0",
}
"""The packages that the gate was measured on only after its development."""

FRESH = {
    "mistune": "3.4.0",
    "tenacity": "9.2.1",
    "marshmallow": "4.4.0",
    "pluggy": "1.7.0",
    "typer": "0.29.2",
    "uvicorn": "0.54.0",
}
"""Packages measured only after the errors found with the held-out packages were fixed."""

SETS = {"tuning": TUNING, "held-out": HELD_OUT, "fresh": FRESH}

_DETAIL = re.compile(r"`.*?`|@[\w.()]+|\b\w*[._]\w+\b|U\+[0-9A-F]+|\d+|'[^']*'|\"[^\"]*\"")
"""The parts in which two reasons of one cause differ."""


class Case(NamedTuple):
    """An edit that restores what the authors wrote.

    Attributes:
        module: The module's path, relative to the project.
        unit: The definition, or empty for the whole module.
        before: The module without what the action adds.
        after: The module with the authors' text.
    """

    module: Path
    unit: str
    before: str
    after: str


def main() -> None:
    """Judge the edits, print a table, and write the verdicts."""
    options = parser(__doc__, "only these packages of the set", modules=15)
    options.add_argument("--set", choices=SETS, default="tuning", help="which packages")
    options.add_argument("--definitions", type=int, default=60, help="most single definitions")
    given = options.parse_args()
    rows: list[dict[str, Any]] = []
    for name, version in SETS[given.set].items():
        if given.packages and name not in given.packages:
            continue
        package = fetch(name, version, given.cache)
        for kind, action in ACTIONS.items():
            if given.kind in {None, kind}:
                start = time.monotonic()
                chance = random.Random(given.seed)  # noqa: S311 - not used for secrets
                cases = [*sample(package, action, given.modules, given.definitions, chance)]
                results = asyncio.run(judged(package, action, cases))
                mine = [{"package": name, "kind": kind, **each} for each in results]
                rows += mine
                _show(f"{name} {version}, {kind}", mine, time.monotonic() - start)
                if given.json:
                    given.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    for kind in ACTIONS:
        _show(f"all, {kind}", [each for each in rows if each["kind"] == kind])


def sample(
    package: Published, action: Action, modules: int, definitions: int, chance: random.Random
) -> Iterator[Case]:
    """Yield edits of random modules and of random definitions in them."""
    sources = some_modules(package, action, modules, chance)
    single = [(module, name) for module in sources for name in units(action, sources[module])]
    single = chance.sample(single, min(definitions, len(single)))
    for module, source in sources.items():
        before = without(action, source)
        yield Case(module, "", before, source.text)
        found = units(action, source)
        for place, name in single:
            if place == module:
                yield Case(module, name, before, without(action, source, found[name]))


async def judged(package: Published, action: Action, cases: Iterable[Case]) -> list[dict[str, Any]]:
    """Return the gate's verdicts on edits of a package."""
    work = package.root.parent / "work"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(package.root, work)
    os.environ["VIRTUAL_ENV"] = str(package.environment)
    gate = FileGate(action, lambda _text: None)
    after = package.root.parent / "after.py"
    found = []
    last: Case | None = None
    try:
        for case in cases:
            if last is not None and case.module != last.module:
                shutil.copy(package.root / last.module, work / last.module)
            if last is None or case.module != last.module:
                _write(work / case.module, case.before)
            last = case
            _write(after, case.after)
            found += [_row_of(case, each) async for each in gate.judge(work / case.module, after)]
    finally:
        await gate.stop()
    return found


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")


def _row_of(case: Case, verdict: Judged) -> dict[str, Any]:
    return {
        "module": case.module.as_posix(),
        "unit": case.unit,
        "status": verdict.status,
        "meaning": verdict.meaning,
        "reasons": [[each.line + 1, each.message] for each in verdict.reasons],
        "findings": [
            [each.range.start.line + 1, f"{each.tool} {each.code}", each.message, is_blocking(each)]
            for _, each in verdict.findings
        ],
    }


def causes(row: dict[str, Any]) -> set[str]:
    """Return why an edit was not accepted, without details of the place."""
    blocking = {rule for _, rule, _, stops in row["findings"] if stops}
    return blocking or {generalised(message) for _, message in row["reasons"]}


def generalised(message: str) -> str:
    """Return a message without details of the place."""
    return _DETAIL.sub("_", message)


def contradicted(row: dict[str, Any], rows: Iterable[dict[str, Any]]) -> bool:
    """Return whether the edit only has errors that mypy also finds in the published module."""
    stops = {(rule, message) for _, rule, message, is_stop in row["findings"] if is_stop}
    place = row["package"], row["kind"], row["module"], ""
    published = {
        (rule, message)
        for each in rows
        if (each["package"], each["kind"], each["module"], each["unit"]) == place
        for _, rule, message, _ in each["findings"]
    }
    return bool(stops) and stops <= published and all(rule.startswith("mypy") for rule, _ in stops)


def _show(title: str, rows: list[dict[str, Any]], seconds: float = 0.0) -> None:
    print(title, f"({seconds:.0f} s)" if seconds else "")  # noqa: T201
    for what, some in (
        ("files", [each for each in rows if not each["unit"]]),
        ("definitions", [each for each in rows if each["unit"]]),
    ):
        counts = Counter(each["status"] for each in some)
        shares = ", ".join(f"{counts[status]} {status}" for status in Status)
        accepted = counts[Status.ACCEPTED] / max(1, len(some))
        print(f"  {len(some):4} {what:12} {shares}  ({accepted:.1%} accepted)")  # noqa: T201
        if count := sum(contradicted(each, rows) for each in some):
            rest = counts[Status.ACCEPTED] / (len(some) - count)
            print(f"        mypy finds the same in {count} as published; of the rest {rest:.1%}")  # noqa: T201
        for status in (Status.CONFIRM, Status.REFUSED):
            why = Counter(
                cause for each in some if each["status"] == status for cause in causes(each)
            )
            for cause, count in why.most_common():
                print(f"        {status} {count:4}  {cause}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
