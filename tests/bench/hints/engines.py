"""The engines that add hints to the stripped packages: the offline provider and single tools."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_expert.actions.add_type_hints import offline as engine
from python_expert.actions.add_type_hints.offline.guesses import facts_of
from python_expert.analysis.source import Source
from python_expert.tools.mypy.mypy_worker.checker import Checker
from python_expert.tools.mypy.mypy_worker.imagination import Imagination
from tests.bench.hints import jedi_hints
from tests.bench.hints.corpus import Corpus, hints_of, modules
from tests.bench.hints.writing import AllFacts, options_of

if TYPE_CHECKING:
    from python_expert.actions.base import Options


def offline(corpus: Corpus) -> AllFacts:
    """Return the offline provider's hints for each module, while the other modules have none."""
    here = Path.cwd()
    arguments = ["--strict", "--config-file", "", "--python-executable", str(corpus.python)]
    checker = Checker(str(corpus.stripped), arguments, lambda _done: None, plugins=True)
    try:
        for module in modules(corpus.stripped):
            path = corpus.stripped / module
            checker.open(str(path), path.read_text(encoding="utf-8"), 1)
        checker.check()
        checker.tidy()
        asking = Imagination(checker)
        return {module: _offline(corpus, module, asking) for module in modules(corpus.stripped)}
    finally:
        os.chdir(here)


def jedi(corpus: Corpus) -> AllFacts:
    """Return the hints that jedi infers for each module."""
    return _proposed(corpus, _jedi)


def _proposed(corpus: Corpus, propose: Any) -> AllFacts:  # noqa: ANN401 - any picklable function
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        names = modules(corpus.stripped)
        return dict(zip(names, pool.map(partial(propose, corpus), names), strict=True))


def _offline(corpus: Corpus, module: str, asking: Imagination) -> dict[str, Any]:
    source, options = _read(corpus, module)
    while (text := engine.types_wanted(source, options)) is not None:
        answer = asking.types(options.path, text)
        asking.tidy()
        types_of_module = {"text": text, "functions": answer["functions"]}
        options = replace(options, types=(*options.types, types_of_module))
    keys = [each.key for each in source.definitions]
    return dict(engine.propose(source, keys, options))


def _jedi(corpus: Corpus, module: str) -> dict[str, Any]:
    source, options = _read(corpus, module)
    return facts_of(jedi_hints.infer(source, options))


def _read(corpus: Corpus, module: str) -> tuple[Source, Options]:
    text = (corpus.stripped / module).read_text(encoding="utf-8")
    return Source.of(text), options_of(corpus, module)


def pyrefly(corpus: Corpus, folder: Path) -> None:
    """Let ``pyrefly infer`` add hints to a copy of the packages."""
    shutil.copytree(corpus.stripped, folder, dirs_exist_ok=True)
    program = corpus.python.with_name("pyrefly")
    command = [program, "infer", "--search-path", ".", "--python-interpreter-path", corpus.python]
    _run([*command, *modules(folder)], folder)


def autotyping(corpus: Corpus, folder: Path) -> None:
    """Let ``autotyping --aggressive`` add hints to a copy of the packages."""
    shutil.copytree(corpus.stripped, folder, dirs_exist_ok=True)
    _run([corpus.python, "-m", "autotyping", "--aggressive", "."], folder)


def _run(command: list[Any], folder: Path) -> None:
    subprocess.run(command, cwd=folder, capture_output=True, check=False)


def facts_in(folder: Path) -> AllFacts:
    """Return the hints that a tool wrote as facts; other hints in the packages do not matter."""
    found: AllFacts = {}
    for module in modules(folder):
        facts = found.setdefault(module, {})
        source = Source.of((folder / module).read_text(encoding="utf-8"))
        for spot in hints_of(source, module):
            fact = facts.setdefault(spot.key, {"params": {}, "returns": None})
            if spot.name == "return":
                fact["returns"] = "int"
            else:
                fact["params"][spot.name] = "int"
    return found
