"""Write inferred hints into the packages, and find new mypy errors and broken imports."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.actions.add_type_hints import AddTypeHints
from python_expert.actions.add_type_hints.proof import prove
from python_expert.actions.add_type_hints.proof.any_hints import with_any
from python_expert.actions.base import Options
from python_expert.analysis.source import Source
from python_expert.gate.blocking import TABLE
from python_expert.gate.verdict import Status
from tests.bench.hints.corpus import Corpus, modules

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PYPROJECT = '[tool.mypy]\nstrict = true\n[tool.ruff.lint]\nselect = ["E9"]\n'
"""A configuration for checking types, without the packages' own ruff rules."""

NOTES = {rule for entry in TABLE if entry.tool == "mypy" for rule in entry.rules}
"""The mypy codes that do not stop an edit."""

_PLACE = re.compile(r"\b(line) \d+")
_REWRITE = AddTypeHints()

AllFacts = dict[str, dict[str, Any]]
"""Facts by module."""


class Error(NamedTuple):
    """An error of mypy with a 0-based line."""

    module: str
    line: int
    code: str
    message: str


def write(corpus: Corpus, facts: AllFacts, after: Path, baseline: Path | None) -> Counter[str]:
    """Write facts into the packages.

    Args:
        corpus: The packages.
        facts: The hints to write.
        after: The folder for the packages with the hints.
        baseline: The folder for the packages with ``Any`` in their places.

    Returns:
        The number of verdicts by status, and by refusal reason.
    """
    verdict_counts: Counter[str] = Counter()
    for folder in (after, *([baseline] if baseline else [])):
        shutil.copytree(corpus.stripped, folder, dirs_exist_ok=True)
    for module, proposed in facts.items():
        source = Source.of((corpus.stripped / module).read_text(encoding="utf-8"))
        options = options_of(corpus, module)
        written = source.with_edits(_REWRITE.write(source, proposed, options).edits)
        verdict = prove(source, written, options)
        verdict_counts[verdict.status] += 1
        if verdict.status is Status.REFUSED:
            verdict_counts[f"{module}: {verdict.reasons[0].message}"] += 1
            written = source
        _save(after / module, written.text)
        if baseline:
            _save(baseline / module, with_any(source, written))
    return verdict_counts


def options_of(corpus: Corpus, module: str) -> Options:
    """Return the options for a module of the stripped packages."""
    path, root = str(corpus.stripped / module), str(corpus.stripped)
    return Options(path=path, root=root, interpreter=str(corpus.python))


def _save(path: Path, text: str) -> None:
    """Write a text unless the file already has it, because mypy checks modification times."""
    if path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def mypy(corpus: Corpus, folder: Path) -> list[Error]:
    """Return the errors of ``mypy --strict`` in a folder of packages."""
    names = sorted({module.partition("/")[0] for module in modules(folder)})
    packages = [argument for package in names for argument in ("-p", package)]
    done = subprocess.run(
        # Without the folder on the path, because mypy itself imports some of the packages.
        [corpus.python, "-P", "-m", "mypy", "--strict", "--output", "json",
         "--no-warn-unused-ignores",
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
    """Return the new errors that stop an edit."""
    known = Counter(_same(each) for each in before)
    news = []
    for each in after:
        if known[_same(each)]:
            known[_same(each)] -= 1
        elif each.code not in NOTES:
            news.append(each)
    return news


def _same(error: Error) -> tuple[str, str, str]:
    return error.module, error.code, _PLACE.sub(r"\1 N", error.message)


def gated(corpus: Corpus, folder: Path) -> None:
    """Let our own command write the hints that pass its gate into a copy of the packages."""
    after = folder / "after"
    shutil.copytree(corpus.stripped, after)
    (after / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    words = [sys.executable, "-m", "python_expert", "rewrite", "add-type-hints", ".", "--write"]
    env = {**os.environ, "VIRTUAL_ENV": str(corpus.python.parent.parent)}
    subprocess.run(words, cwd=after, env=env, capture_output=True, check=False)
    for module in modules(corpus.stripped):
        before = Source.of((corpus.stripped / module).read_text(encoding="utf-8"))
        written = Source.of((after / module).read_text(encoding="utf-8"))
        path = folder / "baseline" / module
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(with_any(before, written), encoding="utf-8")


def broken_imports(corpus: Corpus, folder: Path) -> list[str]:
    """Return the modules that can be imported unchanged, but not from a folder."""
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
