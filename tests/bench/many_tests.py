"""Measure in a large project how soon an edit's affected tests and their results are known.

``python -m tests.bench.many_tests`` creates a project with 10,000 tests (plain, parametrised, in
classes, async), runs all of them once with the command, and then edits functions while tests run
live.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.lsp.features.tests import PAUSE_S
from python_expert.text.document import Document
from python_expert.text.paths import to_uri
from python_expert.tools.pytest.conventions import Conventions
from python_expert.tools.pytest.launch import PytestLaunch
from python_expert.tools.pytest.project_index import ProjectIndex
from python_expert.tools.pytest.tool import Pytest
from tests.client import Client
from tests.conftest import SERVER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

IN_A_FILE = 25
"""Tests in each file, as pytest counts them."""

FUNCTIONS = 20
"""Functions in each module under test."""

TEST_MS = 50
"""The total duration of an edited function's tests."""

OPTIONS = {
    "trusted": True,
    "tools": {
        "pytest": {"run": "live"},
        "ruff": {"enabled": False},
        "mypy": {"enabled": False},
        "bandit": {"enabled": False},
    },
}


def make_project(root: Path, tests: int) -> None:
    """Create a project with a number of tests; each module under test has four test files."""
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = ''\n")
    (root / "shop").mkdir()
    (root / "shop/__init__.py").touch()
    (root / "tests").mkdir()
    files = tests // IN_A_FILE
    for module in range((files + 3) // 4):
        body = "".join(
            f"def f{number}(x):\n    y = x + {number}\n    return y\n\n\n"
            for number in range(FUNCTIONS)
        )
        (root / f"shop/m{module}.py").write_text(body)
    for file in range(files):
        (root / f"tests/test_m{file}.py").write_text(_tests(f"m{file // 4}", file % 4))


def _tests(module: str, part: int) -> str:
    first = part * 5
    calls = [f"{module}.f{first + number}" for number in range(5)]
    plain = "".join(
        f"def test_plain{n}():\n    time.sleep({TEST_MS / 5000})\n"
        f"    assert {calls[n]}(1) == {first + n + 1}\n\n\n"
        for n in range(5)
    )
    with_parameters = (
        '@pytest.mark.parametrize("x", range(10))\n'
        f"def test_parameters(x):\n    assert {calls[1]}(x) == x + {first + 1}\n\n\n"
    )
    methods = "".join(
        f"    def test_method{n}(self):\n        assert {calls[n]}(2) == {first + n + 2}\n\n"
        for n in range(5)
    )
    awaited = "".join(
        f"    async def test_async{n}(self):\n        await asyncio.sleep(0)\n"
        f"        assert {calls[n]}(3) == {first + n + 3}\n\n"
        for n in range(5)
    )
    return (
        f"import asyncio\nimport time\nimport unittest\n\nimport pytest\n"
        f"from shop import {module}\n\n\n{plain}{with_parameters}class TestMethods:\n{methods}\n"
        f"class Async(unittest.IsolatedAsyncioTestCase):\n{awaited}"
    )


def _timed(what: str, work: Callable[[], object]) -> None:
    begun = time.perf_counter()
    work()
    say(f"{what}: {(time.perf_counter() - begun) * 1000:,.0f} ms")


def say(text: str) -> None:
    """Print a line without buffering."""
    print(text, flush=True)  # noqa: T201 - the command's output


def spread(times: Sequence[float]) -> str:
    """Return the median and the 95th percentile of times in ms as text."""
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"median {statistics.median(ordered):,.0f} ms, p95 {p95:,.0f} ms of {len(ordered)}"


async def measure_map(root: Path, edits: int) -> None:
    """Measure how long it takes to find the tests that an edit affects, after all have run."""
    gc.freeze()  # modules, as the server does
    pytest = Pytest(PytestLaunch(Path(sys.executable), root))
    begun = time.perf_counter()
    summary = await pytest.run_tests([], [str(root)])
    say(f"{len(summary.results):,} tests run in {time.perf_counter() - begun:.1f} s")
    await pytest.stop()
    times, cpu_times = [], []
    files = [*sorted((root / "shop").glob("m*.py")), *sorted((root / "tests").glob("*.py"))[:20]]
    texts = {path: path.read_text() for path in files[:40]}
    unchanged = {path: Document.of(to_uri(path), 0, text) for path, text in texts.items()}
    pytest.affected_tests([*unchanged.values()])  # as when they are opened
    for edit in range(edits):
        path = files[edit % 10]
        text = texts[path].replace(f"x + {edit % FUNCTIONS}\n", f"x + {edit % FUNCTIONS} + 0\n")
        documents = [
            Document.of(to_uri(file), edit, text) if file == path else before
            for file, before in unchanged.items()
        ]
        begun, cpu = time.perf_counter(), time.process_time()
        affected = pytest.affected_tests(documents)
        times.append((time.perf_counter() - begun) * 1000)
        cpu_times.append((time.process_time() - cpu) * 1000)
        if not affected or len(affected) > 5:
            raise RuntimeError(f"{affected} are affected")
    say(f"affected tests of an edit, 40 files open: {spread(times)}")
    say(f"the same in CPU time: {spread(cpu_times)}")


def measure_live(root: Path, edits: int) -> None:
    """Measure the time from an edit until a test that it breaks is shown."""
    code, tests = root / "shop/m0.py", root / "tests/test_m0.py"
    text = code.read_text()
    wrong = text.replace("y = x + 1\n", "y = x - 1\n")
    times = []
    with Client(SERVER, cwd=root) as editor:
        editor.initialize([root], options=OPTIONS)
        editor.open(code, text)
        editor.open(tests, tests.read_text())
        params = {
            "command": "pythonExpert.runTests",
            "arguments": [{"uri": root.as_uri(), "wait": True}],
        }
        begun = time.perf_counter()
        number = editor.send_request("workspace/executeCommand", params)
        editor.wait(lambda: number in editor.answered, "the end of all tests", 1200)
        say(f"all run by the server in {time.perf_counter() - begun:.1f} s")
        for edit in range(edits):
            begun = time.perf_counter()
            editor.change(code, 2 * edit + 2, wrong)
            editor.wait_diagnostics(
                tests, lambda found: any("assert" in str(each) for each in found)
            )
            times.append((time.perf_counter() - begun - PAUSE_S) * 1000)
            editor.change(code, 2 * edit + 3, text)
            editor.wait_diagnostics(tests, lambda found: not found)
    say(f"from the pause to the result of tests that take {TEST_MS / 5:g} ms: {spread(times)}")


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", type=int, default=10_000)
    parser.add_argument("--edits", type=int, default=20)
    given = parser.parse_args(argv)
    os.environ["VIRTUAL_ENV"] = sys.prefix  # Python Expert looks for the project's Python here
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        make_project(root, given.tests)
        index = ProjectIndex(root, Conventions())
        _timed("index by syntax, the first time", index.refresh)
        _timed("index by syntax, nothing changed", index.refresh)
        say(f"{len(index.tests):,} test functions found")
        asyncio.run(measure_map(root, given.edits))
        measure_live(root, given.edits)


if __name__ == "__main__":
    main()
