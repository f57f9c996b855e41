"""Compare mypy's worker with runs of mypy after random edits of signatures and classes.

``python -m tests.bench.signature_edits PACKAGE`` opens files of an installed package, and changes
attributes of classes and the signatures of functions that others of these files import. It compares
the findings of mypy's worker in all open files with those of a run of mypy in saved copies: each
time that a file was checked by functions, and at random times. After a few edits it restores all
texts.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_expert.tools.mypy.mypy_worker import quick
from python_expert.tools.mypy.mypy_worker.checker import Checker
from tests.bench.workload import copy_package
from tests.edits import TYPES, edited

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Json = dict[str, Any]
    Function = ast.FunctionDef | ast.AsyncFunctionDef

OPEN = 25
"""The number of open files."""

RESTORED = 8
"""The number of steps after which all files are restored."""

FRESH = 10
"""One in this many runs of mypy has no cache."""

IMPORTS = re.compile(r"^ *from .* import +(\([^)]*\)|.*)", re.MULTILINE)
"""Matches imports that may name functions of other modules."""

ONCE = re.compile(r"See https://|pip install|--install-types")
"""Matches findings that mypy reports only once in a run."""

WORD = re.compile(r"\w+")

ATTRIBUTES = (
    ": int = 1",
    ': str = ""',
    " = 1",
    ' = "a"',
    ": object",
    " = None",
    ': "int | None" = None',
)
"""Texts that follow the name of a class attribute."""

OTHERS, CLASSES = 0.15, 0.4
"""The cumulative shares of edits of any line, and of class attributes."""

KINDS = (
    *("result", "parameter", "more", "fewer", "default", "no default", "name", "keyword"),
    *("parameter", "result"),
)

MODULES = 0.8
"""The share of edits that change a module's functions, not any function."""

DEFAULTS = ("None", "0", '""', "()")


def compare(root: Path, saved: Path, chance: random.Random, number: int) -> int:
    """Edit and compare; return how often the findings differ."""
    first = _files(root, chance)
    worker = Checker(str(root), ["--strict"], lambda _read: None, plugins=True)
    taken = _count(worker)
    texts, differences, compared, runs = dict(first), 0, 0, 0
    for each, text in first.items():
        worker.open(str(each), text, 0)
    for each, text in first.items():  # each file was checked by itself before
        _show(worker, each, text + "#\n", 0)
        _show(worker, each, text, 0)
    known = set(map(_without_line, _differences(worker, root, saved, texts, fresh=True)))
    print("different from the beginning:", *sorted(known), sep="\n    ")  # noqa: T201
    for version in range(1, number + 1):
        if version % RESTORED == 0:
            for each, text in first.items():
                _show(worker, each, text, version)
            texts = dict(first)
        path = _show_edit(worker, chance, texts, version)
        if chance.random() < 0.5:
            worker.prepare()
            worker.tidy()
        if taken["fast"] > compared or version % 4 == 0:
            compared, runs = taken["fast"], runs + 1
            found = _differences(worker, root, saved, texts, fresh=not runs % FRESH)
            new = [each for each in found if _without_line(each) not in known]
            differences += len(new)
            if new:
                print(f"step {version}, after an edit of {path}:", *new, sep="\n    ")  # noqa: T201
    print(f"{differences} differences in {runs} runs, {number} steps; ", end="")  # noqa: T201
    print(f"unchanged files: {taken}; {worker.updates} updates by mypy")  # noqa: T201
    return differences


def _files(root: Path, chance: random.Random) -> dict[Path, str]:
    """Return the files to open with their texts, first those that import from each other."""
    texts = {
        path: text
        for path in sorted(root.rglob("*.py"))
        if path.stem.isidentifier() and (text := path.read_text())
    }
    named = _imported(texts.values())

    def functions(path: Path) -> int:
        tree = ast.parse(texts[path])
        return sum(isinstance(each, ast.FunctionDef) and each.name in named for each in tree.body)

    ranks = {path: bool(functions(path)) + chance.random() for path in texts}
    some = sorted(sorted(texts, key=lambda path: ranks[path])[-OPEN:])
    return {path: texts[path] for path in some}


def _imported(texts: Iterable[str]) -> set[str]:
    """Return the names that the texts import."""
    return {name for text in texts for each in IMPORTS.findall(text) for name in WORD.findall(each)}


def _differences(
    worker: Checker, root: Path, saved: Path, texts: Mapping[Path, str], *, fresh: bool
) -> list[str]:
    """Return the findings of only the worker or only the run of mypy."""
    expected = _run(root, saved, texts, fresh=fresh)
    differences = []
    for path in texts:
        found = {*map(_fact, worker.buffers.open[str(path)].result["findings"])}
        for who, only in (("worker", found - expected[path]), ("run", expected[path] - found)):
            differences += [f"{who} only: {path.name}:{each}" for each in sorted(only)]
    return differences


def _without_line(difference: str) -> str:
    return re.sub(r":\d+ \|", ":", difference)


def _show_edit(
    worker: Checker, chance: random.Random, texts: dict[Path, str], version: int
) -> Path:
    """Edit one of the texts so that mypy can still parse it; return the file."""
    while True:
        path, text = _edit(chance, texts)
        _show(worker, path, text, version)
        if worker.buffers.open[str(path)].result["parsed"]:
            texts[path] = text
            return path


def _show(worker: Checker, path: Path, text: str, version: int) -> None:
    """Set a text, and check all files that depend on it."""
    worker.open(str(path), text, version)
    worker.check()
    worker.tidy()
    worker.settle_all()


def _count(worker: Checker) -> dict[str, int]:
    """Count how often a file with an unchanged text is checked by functions, or as a whole."""
    taken = {"fast": 0, "whole": 0}
    module: Any = quick
    check = module.check_unchanged

    def counting(*given: Any) -> Any:  # noqa: ANN401 - their types do not matter here
        done = check(*given)
        taken["fast" if done else "whole"] += 1
        return done

    module.check_unchanged = counting
    assert worker.variant == "d2"
    return taken


def _edit(chance: random.Random, texts: Mapping[Path, str]) -> tuple[Path, str]:
    """Return one of the texts with a change after which it still parses."""
    while True:
        path = chance.choice(sorted(texts))
        text = texts[path]
        kind = chance.random()
        if kind < OTHERS:
            other = edited(chance, text)
        elif kind < CLASSES:
            other = _with_other_attribute(chance, text)
        else:
            named = _imported(other for each, other in texts.items() if each != path)
            other = _with_other_signature(chance, text, named)
        with contextlib.suppress(SyntaxError, ValueError):
            ast.parse(other)
            if other != text:
                return path, other


def _with_other_signature(chance: random.Random, text: str, named: set[str]) -> str:
    """Return a text with a changed signature of a function with one of the names."""
    tree = ast.parse(text)
    functions = [
        node
        for node in (tree.body if chance.random() < MODULES else ast.walk(tree))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.name in named or node.col_offset)
        and node.body[0].lineno > node.lineno
    ]
    if not functions:
        return text
    function = chance.choice(functions)
    lines = text.split("\n")
    start, end = function.lineno - 1, function.body[0].lineno - 1
    indent = " " * function.col_offset
    changed = _changed(chance, function)
    changed.body, changed.decorator_list = [ast.Pass()], []
    header = ast.unparse(ast.fix_missing_locations(changed)).rpartition("\n")[0]
    lines[start:end] = textwrap.indent(header, indent).split("\n")
    return "\n".join(lines)


def _with_other_attribute(chance: random.Random, text: str) -> str:
    """Return a text in which a line that defines a class attribute is changed, added or removed."""
    classes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef)]
    if not classes:
        return text
    body = chance.choice(classes).body
    lines = text.split("\n")
    known = [
        each.targets[0] if isinstance(each, ast.Assign) else each.target
        for each in body
        if isinstance(each, ast.Assign | ast.AnnAssign) and each.lineno == each.end_lineno
    ]
    names = [each.id for each in known if isinstance(each, ast.Name)]
    names += [name for name in WORD.findall(text) if name.isidentifier()][-200:]
    indent = " " * body[0].col_offset
    new = indent + chance.choice(names) + chance.choice(ATTRIBUTES)
    at = chance.choice([each.lineno - 1 for each in known] or [body[-1].end_lineno or 0])
    remove = bool(known) and chance.random() < 0.5
    lines[at : at + remove] = [new] if not remove or chance.random() < 0.7 else []
    return "\n".join(lines)


def _changed(chance: random.Random, function: Function) -> Function:
    """Return a function with a changed signature, if the chosen change is possible."""
    arguments, defaults = function.args, function.args.defaults
    plain = [each for each in arguments.args if each.arg not in {"self", "cls"}]
    new = ast.parse(chance.choice(TYPES), mode="eval").body
    default = ast.parse(chance.choice(DEFAULTS), mode="eval").body
    match chance.choice(KINDS):
        case "result":
            function.returns = chance.choice([new, None])
        case "parameter" if plain:
            chance.choice(plain).annotation = chance.choice([new, new, None])
        case "more":
            arguments.args.append(ast.arg("added", new))
            if defaults or chance.random() < 0.5:
                defaults.append(default)
        case "fewer" if plain and not defaults:
            arguments.args.remove(chance.choice(plain))
        case "default" if defaults:
            defaults[chance.randrange(len(defaults))] = default
        case "no default" if defaults:
            del defaults[0]
        case "name" if plain:
            chance.choice(plain).arg += "_"
        case "keyword" if plain and not (defaults or arguments.vararg):
            arguments.kwonlyargs.append(arguments.args.pop())
            arguments.kw_defaults.append(chance.choice([None, default]))
    return function


def _run(
    root: Path, saved: Path, texts: Mapping[Path, str], *, fresh: bool
) -> dict[Path, set[str]]:
    """Return the findings of a run of mypy in saved copies."""
    copies = {}
    for path, text in texts.items():
        copy = saved / path.relative_to(root)
        if copy.read_text() != text:
            copy.write_text(text)
        copies[str(copy.relative_to(saved))] = path
    cache = os.devnull if fresh else str(saved.with_name("cache"))
    argv = [sys.executable, "-m", "mypy", "--strict", "-O", "json", "--no-error-summary"]
    argv += ["--cache-dir", cache, *copies]
    run = subprocess.run(argv, cwd=saved, capture_output=True, text=True, check=False)
    assert run.stderr == "", run.stderr
    found: dict[Path, set[str]] = {path: set() for path in texts}
    for each in map(json.loads, run.stdout.splitlines()):
        hints = (each["hint"] or "").splitlines()
        notes = [] if each["severity"] == "note" else [{"message": hint} for hint in hints]
        if each["file"] in copies:
            fact = _fact({**each, "line": each["line"] - 1, "notes": notes})
            found[copies[each["file"]]].add(fact)
    return found


def _fact(finding: Json) -> str:
    """Return a finding as one line for comparison, or empty if mypy reports it once in a run."""
    notes = [note["message"] for note in finding["notes"]]
    notes = [each for each in notes if not ONCE.search(each)]
    keys = ("line", "column", "severity", "code", "message")
    return " | ".join([*(str(finding[key]) for key in keys), *notes])


def main(argv: Sequence[str] | None = None) -> int:
    """Compare, and print how often the findings differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", help="the name of an installed package")
    parser.add_argument("--number", type=int, default=50, help="how many edits")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        root, saved = (Path(folder, name).resolve() for name in ("open", "saved"))
        for each in (root, saved):
            each.mkdir()
            copy_package(given.package, each)
        chance = random.Random(given.seed)  # noqa: S311 - not used for secrets
        return int(compare(root, saved, chance, given.number) > 0)


if __name__ == "__main__":
    sys.exit(main())
