"""After any fault of a tool's process the findings become correct again, and nothing leaks.

The expected findings are those of a newly started server for the same text.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.faults.conftest import selected
from tests.faults.disturber import DISTURBANCES
from tests.faults.siege import SIGNALS, SLOW, TOOLS, FaultSession, expected_findings, wait_until
from tests.faults.writer import Writer
from tests.scale import LONG, SEED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.faults.conftest import Tally

PRICES = '''\
"""Prices."""

import subprocess
import os


def price(name: str) -> int:
    return len(name)


def order() -> str:
    subprocess.run("ls", shell=True)
    return price("pear")


def check_name(name: str) -> None:
    if not name:
        raise KeyError(name)
'''
SHOP = """\
import random
from prices import price

total: str = price(1)


def pick():
    assert total
    return random.choice([undefined, total])
"""
OTHER_PRICES = PRICES.replace("-> int", "-> str").replace("len(name)", "eval(name)")
OTHER_SHOP = (
    SHOP.replace("import random", "import re\nimport pickle") + "\n\nlast = pickle.loads(b'')\n"
)

BEFORE = {"prices.py": PRICES, "shop.py": SHOP}
AFTER = {"prices.py": OTHER_PRICES, "shop.py": OTHER_SHOP}
NO_FINDINGS = {"prices.py": '"""Prices."""\n', "shop.py": "import os\n"}

ALL = (*SIGNALS, *DISTURBANCES)
ALWAYS = ("killed", "stopped", "another shape", "a strange id", "closed input", "another version")
"""The disturbances in every run: the simplest, and those that once broke the server."""

Findings = dict[str, Counter[str]]


@pytest.fixture(scope="module")
def expected_by_text(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Findings]:
    """The findings of a new server for both texts, in a project with the same path."""
    folder = tmp_path_factory.mktemp("siege") / "project"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    return {
        name: expected_findings(folder, texts)
        for name, texts in (("before", BEFORE), ("after", AFTER))
    }


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultSession]:
    """A server that the tests of this module disturb one after another."""
    with FaultSession(tmp_path_factory.mktemp("siege"), {}) as started:
        for name, text in BEFORE.items():
            started.edit(name, text)
        yield started


def settle(session: FaultSession, texts: Mapping[str, str], expected: Findings) -> int:
    """Set the texts and wait for the expected findings; return the count of open descriptors."""
    session.cancel_plans()
    for name, text in texts.items():
        session.edit(name, text)
    session.wait_findings(expected)
    session.wait_cleaned_up(1 << 20)
    return session.open_files()


def wait_done(session: FaultSession, tools: Iterable[str]) -> None:
    """Wait until the planned disturbances of the tools have happened."""
    wait_until(
        lambda: not any(map(session.is_planned, tools)), lambda: f"not done: {session.running()}"
    )


def wait_started(session: FaultSession, tools: Sequence[str], left: int) -> None:
    """Wait until fewer than ``left`` starts are still to fail."""
    wait_until(lambda: session.failing_starts(tools) < left, lambda: f"{left} starts did not come")


@pytest.mark.parametrize("disturbance", selected(ALL, ALWAYS, 3))
def test_findings_are_right_again_after_tools_are_disturbed(
    session: FaultSession, expected_by_text: Mapping[str, Findings], tally: Tally, disturbance: str
) -> None:
    files = settle(session, BEFORE, expected_by_text["before"])
    tools = [tool for tool in TOOLS if LONG or tool != "mypy" or disturbance not in SLOW]
    for tool in tools:
        tally.tried(f"{tool}: {disturbance}")
        assert session.disturb(tool, disturbance)
    for name, text in AFTER.items():
        session.edit(name, text)
    if disturbance not in SIGNALS:
        wait_done(session, tools)
    if disturbance == "a late answer":
        for name, text in {**NO_FINDINGS, **AFTER}.items():
            session.edit(name, text)
        for tool in tools:
            session.release(tool)
    session.wait_findings(expected_by_text["after"])
    for name, text in BEFORE.items():
        session.edit(name, text)
    session.wait_findings(expected_by_text["before"])
    session.wait_cleaned_up(files)
    session.check_no_repeated_messages()
    for tool in tools:
        tally.survived(f"{tool}: {disturbance}")
        tally.right(f"{tool}: {disturbance}", 2 * len(BEFORE))


@pytest.mark.parametrize(
    "disturbance", selected(ALL, ["killed", "another shape", "half an answer"], 2)
)
def test_a_disturbed_rewrite_is_complete_or_not_applied(
    session: FaultSession, expected_by_text: Mapping[str, Findings], tally: Tally, disturbance: str
) -> None:
    settle(session, BEFORE, expected_by_text["before"])
    editor = session.editor
    assert session.rewrite("prices.py")["result"] == "changed"
    whole = editor.applied.pop()["edit"]["documentChanges"][0]["edits"]
    files = session.open_files()
    with tally.survives(f"rewrites: {disturbance}"):
        assert session.disturb("rewrites", disturbance)
        asked = session.ask_rewrite("prices.py")
        if disturbance not in SIGNALS:
            wait_done(session, ["rewrites"])
        session.release("rewrites")
        answer = session.editor.result_of(asked)
        assert answer["result"] in ("changed", "refused"), answer
        made = [each["edit"]["documentChanges"][0]["edits"] for each in editor.applied]
        assert made == ([whole] if answer["result"] == "changed" else [])
        editor.applied.clear()
        assert session.rewrite("prices.py")["result"] == "changed"
        assert editor.applied.pop()["edit"]["documentChanges"][0]["edits"] == whole
        session.wait_cleaned_up(files)
        session.check_no_repeated_messages()
    tally.right(f"rewrites: {disturbance}")


@pytest.mark.one_python
@pytest.mark.parametrize("tools", [TOOLS, *([tool] for tool in TOOLS if LONG)], ids="+".join)
def test_findings_appear_when_tools_start_after_20_failed_starts(
    tmp_path: Path, expected_by_text: Mapping[str, Findings], tally: Tally, tools: Sequence[str]
) -> None:
    with FaultSession(tmp_path, {}) as session:
        for tool in tools:
            tally.tried(f"{tool}: a failed start", 20)
            session.fail_starts(tool, 20)
        number = 0
        while left := session.failing_starts(tools):
            number += 1
            session.edit("prices.py", f"{PRICES}# {number}\n")
            wait_started(session, tools, left)
        for name, text in AFTER.items():
            session.edit(name, text)
        session.wait_findings(expected_by_text["after"])
        session.wait_cleaned_up(1 << 20)
        session.check_no_repeated_messages()
        for tool in tools:
            # If mypy's worker does not start, mypy runs as a command, which also fails.
            about = [cause for cause in session.message_counts() if f" {tool}: " in cause]
            assert 1 <= len(about) <= (2 if tool == "mypy" else 1), about
            tally.survived(f"{tool}: a failed start", 20)
            tally.right(f"{tool}: a failed start", len(AFTER))


@pytest.mark.parametrize("disturbance", ["garbage", "no JSON", "another shape"])
def test_a_tool_that_sends_nonsense_again_and_again_is_reported_once(
    session: FaultSession, expected_by_text: Mapping[str, Findings], tally: Tally, disturbance: str
) -> None:
    files = settle(session, BEFORE, expected_by_text["before"])
    tools = ("ruff", "bandit")
    for tool in tools:
        tally.tried(f"{tool}: {disturbance}", 5)
        session.plan_disturbance(tool, disturbance, 5)
    for name, text in AFTER.items():
        session.edit(name, text)
    wait_done(session, tools)
    session.wait_findings(expected_by_text["after"])
    session.wait_cleaned_up(files)
    session.check_no_repeated_messages()
    for tool in tools:
        assert any(
            cause.startswith(f"Python Expert: {tool}:") for cause in session.message_counts()
        )
        tally.survived(f"{tool}: {disturbance}", 5)
        tally.right(f"{tool}: {disturbance}", len(AFTER))


def test_changing_settings_while_a_tool_runs_loses_no_finding(
    session: FaultSession, expected_by_text: Mapping[str, Findings], tally: Tally
) -> None:
    files = settle(session, BEFORE, expected_by_text["before"])
    with tally.survives("settings changed during a check"):
        for tool in TOOLS:
            session.plan_disturbance(tool, "a late answer")
        for name, text in AFTER.items():
            session.edit(name, text)
        wait_done(session, TOOLS)
        for severity in ("hint", "error", None):
            session.configure({"tools": {"bandit": {"severity": severity and {"B999": severity}}}})
        for tool in TOOLS:
            session.release(tool)
        session.wait_findings(expected_by_text["after"])
        session.wait_cleaned_up(files)
    tally.right("settings changed during a check", len(AFTER))


RANDOM_RUNS = 6 if LONG else 1
EDITS = 400 if LONG else 60


@pytest.mark.one_python
@pytest.mark.parametrize("number", range(RANDOM_RUNS))
def test_edits_stream_in_while_children_are_disturbed_at_random(
    tmp_path: Path, tally: Tally, number: int
) -> None:
    chance = random.Random(SEED + number)  # noqa: S311 - not used for secrets
    disturbances = [*SIGNALS, *DISTURBANCES]
    names = ("prices.py", "shop.py", "job.py")
    with FaultSession(tmp_path, {}) as session:
        writer = Writer(session, chance, names)
        tried: Counter[str] = Counter()
        for _ in range(EDITS):
            writer.type()
            session.pause(chance.choice((0.0, 0.0, 0.1, 0.3)))
            if chance.random() < 0.3:
                child, disturbance = chance.choice(TOOLS), chance.choice(disturbances)
                if session.disturb(child, disturbance):
                    tried[f"{child}: {disturbance}"] += 1
            for child in TOOLS:
                session.release(child)
        session.cancel_plans()
        writer.finish()
        for fault, times in tried.items():
            tally.tried(fault, times)
        session.wait_findings(expected_findings(session.folder, session.texts))
        session.wait_cleaned_up(session.open_files())
        session.check_no_repeated_messages()
        session.check_no_duplicates()
        for fault, times in tried.items():
            tally.survived(fault, times)
        tally.right("a storm of all of these", len(names))


def test_tools_restarted_while_settings_change_leave_one_process_each(
    session: FaultSession, expected_by_text: Mapping[str, Findings], tally: Tally
) -> None:
    files = settle(session, BEFORE, expected_by_text["before"])
    restart = {"command": "pythonExpert.restartTools"}
    with tally.survives("tools restarted while settings change", 3):
        for number in range(3):
            session.configure({"tools": {"ruff": {"enabled": False}}})
            asked = session.editor.send_request("workspace/executeCommand", restart)
            session.edit("prices.py", f"{PRICES}# {number}\n")
            session.configure({"profile": ("expert", "project")[number % 2]})
            session.editor.result_of(asked)
        session.configure({})
        settle(session, BEFORE, expected_by_text["before"])
        session.wait_cleaned_up(files)
    tally.right("tools restarted while settings change", len(BEFORE))


def test_switching_a_tool_off_does_not_stop_a_rewrite(
    session: FaultSession, expected_by_text: Mapping[str, Findings], tally: Tally
) -> None:
    settle(session, BEFORE, expected_by_text["before"])
    assert session.rewrite("prices.py")["result"] == "changed"
    with tally.survives("a tool switched off while a rewrite is judged"):
        session.plan_disturbance("mypy", "a late answer")
        asked = session.ask_rewrite("prices.py")
        wait_done(session, ["mypy"])
        session.configure({"tools": {"bandit": {"enabled": False}}})
        wait_until(lambda: not session.running()["bandit"], lambda: "bandit runs on")
        session.release("mypy")
        assert session.editor.result_of(asked)["result"] == "changed"
        session.configure({})
        session.editor.applied.clear()
        settle(session, BEFORE, expected_by_text["before"])
    tally.right("a tool switched off while a rewrite is judged", len(BEFORE))
