"""Tools give way to the editor when there are too few cores."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from python_expert.tools.bandit.bandit_worker.serve import NICE as BANDIT
from python_expert.tools.mypy.mypy_worker.serve import NICE as MYPY
from tests.client import shows
from tests.conftest import children
from tests.mypy_client import Worker

if TYPE_CHECKING:
    from tests.conftest import ClientFactory, ProjectFactory

pytestmark = [
    pytest.mark.one_python,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no niceness"),
]


def test_the_system_schedules_mypy_and_bandit_after_the_server(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    folder = project()
    editor.initialize([folder])
    document = editor.open(folder / "x.py", "x: int = ''\n")
    editor.wait_diagnostics(document, shows("assignment"))

    expected = {b"mypy_worker": {MYPY}, b"bandit_worker": {BANDIT}}
    editor.wait(lambda: niceness(editor.pid) == expected or None, "workers with a lower priority")


def test_mypy_gives_way_after_its_first_findings_and_for_the_gate_at_once(tmp_path: Path) -> None:
    worker, judge = Worker(), Worker()
    try:
        for each, floor in ((worker, False), (judge, True)):
            each.request("start", root=str(tmp_path), args=[], plugins=True, floor=floor)
        at_first = [os.getpriority(os.PRIO_PROCESS, each.process.pid) for each in (worker, judge)]
        assert at_first == [os.getpriority(os.PRIO_PROCESS, 0), MYPY]
        worker.show(tmp_path / "x.py", "")
        worker.news()
        assert os.getpriority(os.PRIO_PROCESS, worker.process.pid) == MYPY
    finally:
        worker.end()
        judge.end()


def niceness(server: int) -> dict[bytes, set[int]]:
    """Return the niceness of workers and, if there is one, of their scheduling groups."""
    found = {}
    for pid in children(server):
        place = Path(f"/proc/{pid}")
        command = place.joinpath("cmdline").read_bytes()
        for tool in (b"mypy_worker", b"bandit_worker"):
            if tool in command:
                found[tool] = {os.getpriority(os.PRIO_PROCESS, pid)}
                # If the system schedules each session as a group, only its niceness counts.
                if (group := place / "autogroup").exists():
                    found[tool].add(int(group.read_text().split()[-1]))
    return found
