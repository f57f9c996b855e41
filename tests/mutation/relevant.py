"""Find the test files that can notice a mutant, and the lines that each test runs."""

from __future__ import annotations

import ast
import json
import os
import time
import warnings
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import coverage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "server" / "python_expert"
MAP = ROOT / "build" / "mutation.json"
"""The recorded lines and durations of the tests. Delete it to measure them again."""


def mutated_files() -> list[Path]:
    """Return the modules of the gate and of the proofs.

    Modules that run only in a separate process are left out, as no test of this process runs them.
    """
    gate = (PACKAGE / "gate").glob("*.py")
    proofs = (PACKAGE / "actions").glob("*/proof/*.py")
    return sorted((*gate, *proofs))


def test_files() -> list[Path]:
    """Return the test files that import the gate or a proof, directly or indirectly."""
    imports: dict[str, set[str]] = {}
    files: dict[str, Path] = {}
    for path in (ROOT / "tests").rglob("*.py"):
        try:
            tree = ast.parse(path.read_bytes())
        except SyntaxError:  # a program in the syntax of a newer Python
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        imports[name] = set(_imported(tree))
        files[name] = path
    found = {
        name
        for name, modules in imports.items()
        if any(f"{each}.".startswith("python_expert.gate.") or ".proof" in each for each in modules)
    }
    while more := {name for name, modules in imports.items() if modules & found} - found:
        found |= more
    return sorted(files[name] for name in found if files[name].name.startswith("test_"))


def _imported(tree: ast.Module) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


def relative(path: Path) -> str:
    """Return the path of a file relative to this repository."""
    return path.relative_to(ROOT).as_posix()


class Known(NamedTuple):
    """The record of one test without mutants.

    Attributes:
        seconds: The test's duration.
        lines: The 1-based lines of each mutated file that it ran.
    """

    seconds: float
    lines: Mapping[str, Sequence[int]]


def load() -> dict[str, Known]:
    """Load the records of the tests, with the current line numbers."""
    try:
        data = json.loads(MAP.read_text())
    except OSError:
        return {}
    moved = {file: _moved(text, ROOT / file) for file, text in data["files"].items()}
    return {
        name: Known(
            seconds,
            {
                file: [line for each in found for line in moved[file].get(each, ())]
                for file, found in lines.items()
            },
        )
        for name, (seconds, lines) in data["tests"].items()
    }


def _moved(old: str, path: Path) -> dict[int, list[int]]:
    """Return the current numbers of a file's old lines; changed lines keep theirs."""
    new = path.read_text() if path.exists() else ""
    found: dict[int, list[int]] = {}
    matcher = SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            found.update({i + each + 1: [k + each + 1] for each in range(j - i)})
        elif tag == "replace":
            found.update({each + 1: [*range(k + 1, m + 1)] for each in range(i, j)})
        elif tag == "insert":  # run by the tests that run the line before
            found.setdefault(i, []).extend(range(k + 1, m + 1))
    return found


def save(tests: Mapping[str, Known]) -> None:
    """Save the records of the tests."""
    MAP.parent.mkdir(exist_ok=True)
    files = {relative(each): each.read_text() for each in mutated_files()}
    MAP.write_text(json.dumps({"files": files, "tests": tests}))


def measured(names: Iterable[str], run: Callable[[str], bool]) -> dict[str, Known]:
    """Run tests, and record which lines of the mutated files each of them runs.

    Args:
        names: The tests.
        run: Runs one test and returns whether it passed. Failing tests are left out.
    """
    os.environ["COVERAGE_CORE"] = "ctrace"  # the only one that can record lines by test
    files = [str(each) for each in mutated_files()]
    measure = coverage.Coverage(data_file=None, config_file=False, include=files)
    seconds: dict[str, float] = {}
    measure.start()
    for name in names:
        measure.switch_context(name)
        start = time.monotonic()
        if run(name):
            seconds[name] = time.monotonic() - start
    measure.stop()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the tests of a file run no such line
        data = measure.get_data()
    lines: dict[str, dict[str, list[int]]] = {name: {} for name in seconds}
    for file in files:
        for line, tests in data.contexts_by_lineno(file).items():
            for name in tests:
                if name in lines:
                    lines[name].setdefault(relative(Path(file)), []).append(line)
    return {name: Known(round(seconds[name], 3), lines[name]) for name in seconds}
