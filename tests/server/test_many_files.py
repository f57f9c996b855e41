"""Commands on so many files that several processes share them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from python_expert.processes import pool
from tests.bench.system import tree
from tests.client import DEADLINE
from tests.conftest import RUFF_ALONE

if TYPE_CHECKING:
    from tests.conftest import ProjectFactory

pytestmark = pytest.mark.one_python

FILES = 24
AS_JSON = ("--output-format", "json")
PROGRAM = (sys.executable, "-m", "python_expert")
WORKER = "pipeline.worker"
NEEDS_PROC = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it looks into /proc")

BARE = '''\
"""Prices of shop {0}."""


def require_prices(prices):
    if not prices:
        raise ValueError("no prices in {0}")
'''


@pytest.fixture
def shops(project: ProjectFactory) -> Path:
    """A project with many files without docstrings."""
    return project(
        {"pyproject.toml": ""} | {f"shop_{n:02}.py": BARE.format(n) for n in range(FILES)}
    )


def _start(*words: str | Path, cwd: Path) -> subprocess.Popen[str]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([*RUFF_ALONE, *map(str, words)], cwd=cwd, **pipes)  # type: ignore[call-overload,no-any-return] # of pipes


def _rewrite(*words: str | Path, cwd: Path) -> subprocess.Popen[str]:
    return _start(
        "rewrite", "add-docstrings", *words, "--provider", "offline", "--verbose", cwd=cwd
    )


def _workers(pid: int) -> list[int]:
    """Return the rewrite processes of a command."""
    return [one for one in tree(pid) if WORKER in _words(one)]


def _words(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return ""


def _until_there_are_workers(process: subprocess.Popen[str], number: int) -> list[int]:
    end = time.monotonic() + DEADLINE
    while len(found := _workers(process.pid)) < number:
        assert time.monotonic() < end
        assert process.poll() is None
    return found


def test_the_result_of_many_files_equals_that_of_each_alone(shops: Path) -> None:
    together, _ = _rewrite("--output-format", "json", ".", cwd=shops).communicate()
    files = sorted(path.name for path in shops.glob("*.py"))
    rows = json.loads(together)

    alone, _ = _rewrite("--output-format", "json", files[7], cwd=shops).communicate()

    assert [row["path"] for row in rows] == files  # and in the same order
    assert {row["status"] for row in rows} == {"changed"}
    assert [row for row in rows if row["path"] == files[7]] == json.loads(alone)


def test_the_gate_reports_files_in_the_order_of_their_names(shops: Path, tmp_path: Path) -> None:
    after = tmp_path / "after"
    after.mkdir()
    for path in shops.glob("*.py"):
        text = path.read_text()
        wrong = path.name == "shop_13.py"
        line = 'raise ValueError("no prices")' if wrong else '"""Sort them."""'
        (after / path.name).write_text(text.replace("prices):\n", f"prices):\n    {line}\n"))
    (after / "pyproject.toml").write_text("")

    judging = _start(
        "gate", shops, after, "--action", "add-docstrings", "--output-format", "json", cwd=shops
    )
    answers = json.loads(judging.communicate()[0])

    refused = {each["path"] for each in answers if each["status"] == "refused"}
    assert [each["path"] for each in answers] == sorted(each["path"] for each in answers)
    assert len(answers) == FILES
    assert refused == {"shop_13.py"}


def test_hints_of_many_files_are_judged_together(project: ProjectFactory) -> None:
    # Its use suggests a str, but a file in another process contradicts that.
    files = {f"shop_{n:02}.py": BARE.format(n) for n in range(FILES)}
    files["shop_00.py"] = "def label(price, mark='$'):\n    return f'{mark}{price}'\n"
    files["shop_01.py"] = (
        "from shop_00 import label\n\n\ndef main(mark: bytes) -> None:\n    label(1.0, mark)\n"
    )
    folder = project({"pyproject.toml": ""} | files)

    rewriting = subprocess.run(
        [*PROGRAM, "rewrite", "add-type-hints", ".", "--provider", "offline", *AS_JSON],
        cwd=folder,
        capture_output=True,
        check=False,
    )

    rows = {row["path"]: row for row in json.loads(rewriting.stdout)}
    assert "bytes" in rows["shop_00.py"]["reason"]
    assert "shop_01.py" in rows["shop_00.py"]["reason"]


def test_the_gate_sees_uses_in_files_that_another_process_judges(
    shops: Path, tmp_path: Path
) -> None:
    (shops / "shop_00.py").write_text("import time\n\n\ndef rest():\n    time.sleep(1)\n")
    (shops / "shop_01.py").write_text("from shop_00 import rest\n\nrest()\n")
    after = tmp_path / "after"
    shutil.copytree(shops, after)
    for path in after.glob("*.py"):
        path.write_text(path.read_text().replace("if not prices:", "if not prices:  # none"))
    converted = "import asyncio\n\n\nasync def rest():\n    await asyncio.sleep(1)\n"
    (after / "shop_00.py").write_text(converted)
    (after / "shop_01.py").write_bytes((shops / "shop_01.py").read_bytes())

    words = ("gate", shops, after, "--action", "convert-to-async", *AS_JSON)
    answers = json.loads(_start(*words, cwd=shops).communicate()[0])

    status = {each["path"]: each["status"] for each in answers}
    assert status["shop_01.py"] == status["shop_02.py"] == "refused"
    assert status["shop_00.py"] == "accepted"


@NEEDS_PROC
def test_a_process_that_dies_loses_only_its_current_file(shops: Path) -> None:
    process = _rewrite(".", cwd=shops)
    number = pool.size(FILES, least=10, mib=1_000)
    for each in _until_there_are_workers(process, number)[:1]:
        os.kill(each, signal.SIGKILL)

    _, err = process.communicate(timeout=DEADLINE)

    assert process.returncode == 1
    assert err.count("the rewrites' process failed") == 1
    assert f"Docstrings added to {FILES - 1} of" in err or f"in {FILES - 1} of {FILES} files" in err


@NEEDS_PROC
def test_an_interrupt_ends_all_processes(shops: Path) -> None:
    process = _rewrite(".", cwd=shops)
    _until_there_are_workers(process, 1)
    children = tree(process.pid)[1:]

    process.send_signal(signal.SIGINT)
    process.communicate(timeout=DEADLINE)

    assert process.returncode != 0
    assert not [each for each in children if _words(each)]


@NEEDS_PROC
def test_there_is_progress_on_a_terminal_only(shops: Path) -> None:
    shown = {quiet: _on_a_terminal(shops, quiet=quiet) for quiet in (False, True)}

    assert f"/{FILES}" in shown[False]
    assert f"/{FILES}" not in shown[True]


def _on_a_terminal(cwd: Path, *, quiet: bool) -> str:
    """Return what `check` prints to standard error if that is a terminal."""
    ours, theirs = os.openpty()
    words = ["check", ".", "--tools", "ruff", *(["--quiet"] if quiet else [])]
    with subprocess.Popen(
        [*RUFF_ALONE, *words],
        cwd=cwd,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm"},
    ):
        os.close(theirs)
        data = b""
        try:
            while more := os.read(ours, 4096):
                data += more
        except OSError:  # the other end has been closed
            pass
    os.close(ours)
    return data.decode()
