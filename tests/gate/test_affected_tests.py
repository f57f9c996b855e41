"""Test that the gate runs the tests that an edit affects, for an action that requires it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from python_expert.gate.affected_tests import run_tests
from python_expert.gate.verdict import Reason, Status, Verdict
from python_expert.project.files import FileChecker
from python_expert.text.document import Document
from python_expert.text.paths import to_uri
from python_expert.tools import registry
from python_expert.tools.pytest import trials
from tests.conftest import write
from tests.tools import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from python_expert.gate.examples import Evidence

pytestmark = pytest.mark.one_python


CODE = "def total(prices):\n    return sum(prices)\n\n\ndef twice(n):\n    return 2 * n\n"
TESTS = """\
import pytest
import shop


def test_total():
    assert shop.total([1, 2]) == 3


@pytest.mark.parametrize("n", [0, 1])
def test_twice(n):
    assert shop.twice(n) == 2 * n


def test_broken():
    assert shop.total([1]) == 7
"""
SOUND = CODE.replace("sum(prices)", "sum(list(prices))")
ACCEPTED = Verdict(Status.ACCEPTED)


def judged(
    root: Path,
    after: str,
    files: Mapping[str, str] | None = None,
    verdict: Verdict = ACCEPTED,
    **settings: object,
) -> tuple[Verdict, tuple[Evidence, ...]]:
    """Return the gate's verdict on an edit of shop.py after the tests have run."""
    write(root, {"pyproject.toml": "", "shop.py": CODE, "test_shop.py": TESTS, **(files or {})})
    own = SCHEMA.read({"interpreter": sys.executable, **settings})
    document = Document.of(to_uri(root / "shop.py"), 0, CODE)

    async def run() -> tuple[Verdict, tuple[Evidence, ...]]:
        checker = FileChecker(registry.TOOLS, (), pytest.fail, settings=lambda _root: own)
        try:
            return await run_tests(checker.project(root), (document,), after, verdict)
        finally:
            await checker.stop()

    return asyncio.run(run())


def test_passing_tests_are_evidence_and_tests_that_failed_before_do_not_count(
    tmp_path: Path,
) -> None:
    verdict, (evidence,) = judged(tmp_path, SOUND)
    assert verdict == ACCEPTED
    assert (evidence.kind, evidence.passed, evidence.failed) == ("tests", 3, 0)
    assert evidence.message == "3 of 3 tests of what it changes pass"
    # Nothing is written: neither the candidate nor the caches of Python and pytest.
    assert (tmp_path / "shop.py").read_text() == CODE
    assert len([*tmp_path.iterdir()]) == 3


FAILS = "in test_shop.py fails after it and passes before"

REFUSED = {
    "a test that passed before": (
        CODE.replace("sum(prices)", "max(prices)"),
        f"the test `test_total` {FAILS}",
    ),
    "one set of parameters": (
        CODE.replace("2 * n", "2 * n or 7"),
        f"the test `test_twice[0]` {FAILS}",
    ),
    "a module that cannot be imported": (
        f"import missing_module\n{CODE}",
        "importing test_shop.py fails after it and passes before",
    ),
    "the end of the process": (
        CODE.replace("return sum", "__import__('os')._exit(3)\n    return sum"),
        f"the test `test_total` {FAILS}",
    ),
}


@pytest.mark.parametrize(("after", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_test_that_the_edit_breaks_refuses_the_edit_with_its_name(
    tmp_path: Path, after: str, reason: str
) -> None:
    verdict, _ = judged(tmp_path, after)
    assert verdict.status is Status.REFUSED
    assert [each.message for each in verdict.reasons] == [reason]


NOTHING = "no passing test runs the changed code"

UNPROVEN: dict[str, tuple[dict[str, str], dict[str, object], str]] = {
    "no test imports it": ({"test_shop.py": "def test_one():\n    assert True\n"}, {}, NOTHING),
    "all fail before": (
        {"test_shop.py": "import shop\n\n\ndef test_no():\n    assert not shop\n"},
        {},
        NOTHING,
    ),
    "a folder that is not trusted": (
        {"conftest.py": "open('ran', 'w').close()\n"},
        {"trusted": False},
        "tests were not run: the folder is not trusted",
    ),
    "tests that are switched off": (
        {"conftest.py": "open('ran', 'w').close()\n"},
        {"tools": {"pytest": {"enabled": False}}},
        "tests were not run: 'tools.pytest.enabled' is false",
    ),
    "a conftest that fails": (
        {"conftest.py": "raise ValueError('no')\n"},
        {},
        "tests were not run: ImportError while loading conftest",
    ),
    "tests that take too long": (
        {"test_shop.py": "import shop\nimport time\n\n\ndef test_it():\n    time.sleep(1000)\n"},
        {},
        "tests were not run: the tests did not end within 5 s",
    ),
}


@pytest.mark.parametrize(("files", "settings", "why"), UNPROVEN.values(), ids=UNPROVEN)
def test_without_a_passing_test_the_edit_needs_a_confirmation(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: dict[str, str],
    settings: dict[str, object],
    why: str,
) -> None:
    if "within" in why:
        monkeypatch.setattr(trials, "DEADLINE_S", 5.0)
    before = Verdict(Status.CONFIRM, (Reason("something else"),))
    verdict, evidence = judged(tmp_path, SOUND, files, before, **settings)
    assert (verdict.status, evidence) == (Status.CONFIRM, ())
    first, second = (each.message for each in verdict.reasons)
    assert (first, second.startswith(why)) == ("something else", True), second
    assert not (tmp_path / "ran").exists()


def test_an_action_that_asks_for_tests_is_judged_by_them_in_the_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)  # Python on PATH may not have pytest
    settings = "[tool.python-expert.tools]\nmypy.enabled = false\nbandit.enabled = false\n"
    wrong = CODE.replace("sum(prices)", "max(prices)")
    files = {"pyproject.toml": settings, "shop.py": CODE, "test_shop.py": TESTS}
    write(tmp_path, {**files, "new/right.py": SOUND, "new/wrong.py": wrong})
    program = Path(__file__).parents[1] / "toy_action/__main__.py"
    command = [sys.executable, str(program), "gate", "--output-format", "json", "--action"]

    def gate(action: str, after: str) -> dict[str, object]:
        argv = [*command, action, "shop.py", f"new/{after}.py"]
        done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.stdout, done.stderr
        (row,) = json.loads(done.stdout)
        return dict(row)

    right = gate("change-as-tested", "right")
    assert (right["status"], right["reasons"]) == ("accepted", [])
    message = "3 of 3 tests of what it changes pass"
    assert right["evidence"] == [{"kind": "tests", "passed": 3, "failed": 0, "message": message}]
    assert gate("change-as-tested", "wrong")["status"] == "refused"
    assert gate("mark-as-read", "right")["evidence"] == []
