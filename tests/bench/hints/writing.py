"""Writing what was inferred into the packages, and what the result does to mypy and to imports."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.gate.type_hints import prove
from python_expert.gate.verdict import Status
from python_expert.rewrites.base import Fault, Options
from python_expert.rewrites.source import Source
from python_expert.rewrites.type_hints import AddTypeHints
from python_expert.snapshot import Position, Range
from tests.bench.hints.corpus import PACKAGES, Corpus, modules

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ROUNDS = 25
"""How often hints are taken out before it is given up."""

_PLACE = re.compile(r"\b(line) \d+")
_REWRITE = AddTypeHints()

AllFacts = dict[str, dict[str, Any]]
"""Facts by module."""


class Error(NamedTuple):
    """An error of mypy's, its line 0-based."""

    module: str
    line: int
    code: str
    message: str


def write(corpus: Corpus, facts: AllFacts, after: Path, baseline: Path | None) -> Counter[str]:
    """Write facts into the packages.

    Args:
        corpus: The packages.
        facts: What to write.
        after: The folder for the packages with the hints.
        baseline: The folder for the packages with ``Any`` in their places.

    Returns:
        How often the gate said what.
    """
    said: Counter[str] = Counter()
    for folder in (after, *([baseline] if baseline else [])):
        shutil.copytree(corpus.stripped, folder, dirs_exist_ok=True)
    for module, proposed in facts.items():
        source = Source.of((corpus.stripped / module).read_text(encoding="utf-8"))
        options = options_of(corpus, module)
        written = source.with_edits(_REWRITE.apply(source, proposed, options).edits)
        verdict = prove(source, written, options)
        said[verdict.status] += 1
        if verdict.status is Status.REFUSED:
            said[f"{module}: {verdict.reasons[0].message}"] += 1
            written = source
        _save(after / module, written.text)
        if baseline:
            bare = source.with_edits(_REWRITE.baseline(source, proposed, options).edits)
            _save(baseline / module, bare.text)
    return said


def options_of(corpus: Corpus, module: str) -> Options:
    """What is known of a module of the stripped packages."""
    path, root = str(corpus.stripped / module), str(corpus.stripped)
    return Options(path=path, root=root, interpreter=str(corpus.python))


def _save(path: Path, text: str) -> None:
    """Write a text, unless the file has it; mypy looks at the times of files."""
    if path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def mypy(corpus: Corpus, folder: Path) -> list[Error]:
    """The errors of ``mypy --strict`` in a folder of packages."""
    packages = [argument for package in PACKAGES for argument in ("-p", package)]
    done = subprocess.run(
        [corpus.python, "-m", "mypy", "--strict", "--output", "json", "--no-warn-unused-ignores",
         "--cache-dir", folder.parent / f"{folder.name}.mypy", *packages],
        cwd=folder,
        env={**os.environ, "MYPYPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if done.returncode not in {0, 1}:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return [
        Error(each["file"], each["line"] - 1, each["code"] or "", each["message"])
        for each in found
        if each["severity"] == "error"
    ]


def new_errors(before: Iterable[Error], after: Iterable[Error]) -> list[Error]:
    """Errors that were not there; ``no-untyped-def`` never counts as new."""
    known = Counter(_same(each) for each in before)
    news = []
    for each in after:
        if known[_same(each)]:
            known[_same(each)] -= 1
        elif each.code not in {"no-untyped-def", "no-untyped-call"}:
            news.append(each)
    return news


def _same(error: Error) -> tuple[str, str, str]:
    return error.module, error.code, _PLACE.sub(r"\1 N", error.message)


def reduced(after: Path, facts: AllFacts, errors: Iterable[Error]) -> AllFacts:
    """Facts without what is to blame for errors: in the module itself, else in any other."""
    rest = dict(facts)
    by_module: dict[str, list[Fault]] = {}
    for each in errors:
        where = Range(Position(each.line, 0), Position(each.line, 0))
        fault = Fault("mypy", each.code, each.message, where)
        by_module.setdefault(each.module, []).append(fault)
    for module, faults in by_module.items():
        before = rest.get(module, {})
        source = Source.of((after / module).read_text(encoding="utf-8"))
        rest[module] = dict(_REWRITE.reduce(source, before, faults))
        if rest[module] == before:
            _blame_others(after, rest, module, faults)
    return rest


def _blame_others(after: Path, rest: AllFacts, module: str, faults: list[Fault]) -> None:
    """Blame functions of other modules that are named where the errors are."""
    lines = (after / module).read_text(encoding="utf-8").split("\n")
    for fault in faults:
        line = fault.range.start.line if fault.range else 0
        near = " ".join(reversed(lines[max(0, line - 3) : line + 1]))
        calls = "".join(f' call "{word}"' for word in re.findall(r"\w+", near))
        for message in (fault.message, fault.message + calls):
            if _blame_anyone(after, rest, fault._replace(range=None, message=message)):
                break


def _blame_anyone(after: Path, rest: AllFacts, fault: Fault) -> bool:
    for module, before in list(rest.items()):
        source = Source.of((after / module).read_text(encoding="utf-8"))
        fewer = dict(_REWRITE.reduce(source, before, [fault]))
        if fewer != before:
            rest[module] = fewer
            return True
    return False


def settle(corpus: Corpus, facts: AllFacts, folder: Path) -> tuple[AllFacts, list[int]]:
    """Take hints out until mypy finds nothing new.

    Returns:
        The hints that stay, and the number of new errors in each round.
    """
    after, baseline = folder / "after", folder / "baseline"
    counts: list[int] = []
    for _ in range(ROUNDS):
        write(corpus, facts, after, baseline)
        with ThreadPoolExecutor(2) as pool:
            old, new = pool.map(lambda each: mypy(corpus, each), (baseline, after))
        news = new_errors(old, new)
        counts.append(len(news))
        fewer = reduced(after, facts, news) if news else facts
        if fewer == facts:
            break
        facts = fewer
    return facts, counts


def broken_imports(corpus: Corpus, folder: Path) -> list[str]:
    """The modules that can be imported as they were, but not from a folder."""
    names = modules(corpus.stripped)
    before = _importable(corpus.python, corpus.stripped)
    with ThreadPoolExecutor(2) as pool:
        after = list(pool.map(lambda each: _imports(corpus.python, folder, each), names))
    return [
        name for name, one, other in zip(names, before, after, strict=True) if one and not other
    ]


@cache
def _importable(python: Path, folder: Path) -> list[bool]:
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda each: _imports(python, folder, each), modules(folder)))


def _imports(python: Path, folder: Path, module: str) -> bool:
    name = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    done = subprocess.run(
        [python, "-c", f"import importlib; importlib.import_module({name!r})"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=False,
    )
    return done.returncode == 0
