"""Which test files can notice a mutant, and which tests run which lines."""

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
"""What is known of the tests. Delete it to have them measured again."""


def mutated_files() -> list[Path]:
    """The gate's own modules, and those of the proofs.

    What the gate starts in a process of its own runs no test of this process.
    """
    gate = (PACKAGE / "gate").glob("*.py")
    proofs = (PACKAGE / "actions").glob("*/proof/*.py")
    return sorted((*gate, *proofs))


def test_files() -> list[Path]:
    """The test files that import the gate or a proof, or a module of tests that does."""
    imports: dict[str, set[str]] = {}
    files: dict[str, Path] = {}
    for path in (ROOT / "tests").rglob("*.py"):
        try:
            tree = ast.parse(path.read_bytes())
        except SyntaxError:  # a program in the syntax of a later Python
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
    """A file of this repository as it is called there."""
    return path.relative_to(ROOT).as_posix()


class Known(NamedTuple):
    """What one test did without mutants.

    Attributes:
        seconds: How long it took.
        lines: The lines that it ran of each mutated file, 1-based.
    """

    seconds: float
    lines: Mapping[str, Sequence[int]]


def load() -> dict[str, Known]:
    """What is known of the tests, with the lines as they are now."""
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
    """Where the lines of a file are now, 1-based; what was rewritten is where it was."""
    new = path.read_text() if path.exists() else ""
    found: dict[int, list[int]] = {}
    matcher = SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            found.update({i + each + 1: [k + each + 1] for each in range(j - i)})
        elif tag == "replace":
            found.update({each + 1: [*range(k + 1, m + 1)] for each in range(i, j)})
        elif tag == "insert":  # run by whatever runs the line before
            found.setdefault(i, []).extend(range(k + 1, m + 1))
    return found


def save(tests: Mapping[str, Known]) -> None:
    """Keep what is known of the tests."""
    MAP.parent.mkdir(exist_ok=True)
    files = {relative(each): each.read_text() for each in mutated_files()}
    MAP.write_text(json.dumps({"files": files, "tests": tests}))


def measured(names: Iterable[str], run: Callable[[str], bool]) -> dict[str, Known]:
    """Run tests and note which lines of the mutated files each of them runs.

    Args:
        names: The tests.
        run: Runs one, and says whether it passed; those that do not are left out.
    """
    os.environ["COVERAGE_CORE"] = "ctrace"  # the only one that can tell tests apart
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
        warnings.simplefilter("ignore")  # that a file's tests run none of the lines
        data = measure.get_data()
    lines: dict[str, dict[str, list[int]]] = {name: {} for name in seconds}
    for file in files:
        for line, tests in data.contexts_by_lineno(file).items():
            for name in tests:
                if name in lines:
                    lines[name].setdefault(relative(Path(file)), []).append(line)
    return {name: Known(round(seconds[name], 3), lines[name]) for name in seconds}
