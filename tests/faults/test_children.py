"""Whatever befalls a tool's process, soon the findings are right again, and nothing is left over.

Right is what a server that was just started says of the same text.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.faults.conftest import some
from tests.faults.disturber import DEEDS
from tests.faults.siege import SIGNALS, SLOW, TOOLS, Siege, fresh, until
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
CALM = {"prices.py": '"""Prices."""\n', "shop.py": "import os\n"}

ALL = (*SIGNALS, *DEEDS)
FOUND = ("killed", "stopped", "another shape", "a strange id", "closed input", "another version")
"""What every run tries: the plainest, and what was not survived once."""

Truth = dict[str, Counter[str]]


@pytest.fixture(scope="module")
def truths(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Truth]:
    """What a fresh server finds in the texts before and after, in a project of the same path."""
    folder = tmp_path_factory.mktemp("siege") / "project"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    return {name: fresh(folder, texts) for name, texts in (("before", BEFORE), ("after", AFTER))}


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    """A besieged server on which one thing after the other is tried."""
    with Siege(tmp_path_factory.mktemp("siege"), {}) as besieged:
        for name, text in BEFORE.items():
            besieged.edit(name, text)
        yield besieged


def settle(siege: Siege, texts: Mapping[str, str], truth: Truth) -> int:
    """Edit until all is well; returns how many descriptors the server then has open."""
    siege.relent()
    for name, text in texts.items():
        siege.edit(name, text)
    siege.wait_right(truth)
    siege.wait_tidy(1 << 20)
    return siege.open_files()


def wait_done(siege: Siege, victims: Iterable[str]) -> None:
    """Wait until what was planned is done."""
    until(lambda: not any(map(siege.planned, victims)), lambda: f"not done: {siege.running()}")


def wait_started(siege: Siege, victims: Sequence[str], left: int) -> None:
    """Wait until fewer starts than `left` are still to fail."""
    until(lambda: siege.failing_starts(victims) < left, lambda: f"{left} starts did not come")


@pytest.mark.parametrize("deed", some(ALL, FOUND, 3))
def test_findings_are_right_again_after_tools_are_disturbed(
    siege: Siege, truths: Mapping[str, Truth], tally: Tally, deed: str
) -> None:
    files = settle(siege, BEFORE, truths["before"])
    victims = [tool for tool in TOOLS if LONG or tool != "mypy" or deed not in SLOW]
    for tool in victims:
        tally.tried(f"{tool}: {deed}")
        assert siege.disturb(tool, deed)
    for name, text in AFTER.items():
        siege.edit(name, text)
    if deed not in SIGNALS:
        wait_done(siege, victims)
    if deed == "a late answer":
        for name, text in {**CALM, **AFTER}.items():
            siege.edit(name, text)
        for tool in victims:
            siege.release(tool)
    siege.wait_right(truths["after"])
    for name, text in BEFORE.items():
        siege.edit(name, text)
    siege.wait_right(truths["before"])
    siege.wait_tidy(files)
    siege.check_told()
    for tool in victims:
        tally.survived(f"{tool}: {deed}")
        tally.right(f"{tool}: {deed}", 2 * len(BEFORE))


@pytest.mark.parametrize("deed", some(ALL, ["killed", "another shape", "half an answer"], 2))
def test_a_disturbed_rewrite_is_complete_or_not_applied(
    siege: Siege, truths: Mapping[str, Truth], tally: Tally, deed: str
) -> None:
    settle(siege, BEFORE, truths["before"])
    editor = siege.editor
    assert siege.rewrite("prices.py")["result"] == "changed"
    whole = editor.applied.pop()["edit"]["documentChanges"][0]["edits"]
    files = siege.open_files()
    with tally.survives(f"rewrites: {deed}"):
        assert siege.disturb("rewrites", deed)
        asked = siege.ask_rewrite("prices.py")
        if deed not in SIGNALS:
            wait_done(siege, ["rewrites"])
        siege.release("rewrites")
        answer = siege.editor.result_of(asked)
        assert answer["result"] in ("changed", "refused"), answer
        made = [each["edit"]["documentChanges"][0]["edits"] for each in editor.applied]
        assert made == ([whole] if answer["result"] == "changed" else [])
        editor.applied.clear()
        assert siege.rewrite("prices.py")["result"] == "changed"
        assert editor.applied.pop()["edit"]["documentChanges"][0]["edits"] == whole
        siege.wait_tidy(files)
        siege.check_told()
    tally.right(f"rewrites: {deed}")


@pytest.mark.one_python
@pytest.mark.parametrize("victims", [TOOLS, *([tool] for tool in TOOLS if LONG)], ids="+".join)
def test_findings_come_once_tools_that_failed_to_start_20_times_start(
    tmp_path: Path, truths: Mapping[str, Truth], tally: Tally, victims: Sequence[str]
) -> None:
    with Siege(tmp_path, {}) as siege:
        for tool in victims:
            tally.tried(f"{tool}: a failed start", 20)
            siege.fail_starts(tool, 20)
        number = 0
        while left := siege.failing_starts(victims):
            number += 1
            siege.edit("prices.py", f"{PRICES}# {number}\n")
            wait_started(siege, victims, left)
        for name, text in AFTER.items():
            siege.edit(name, text)
        siege.wait_right(truths["after"])
        siege.wait_tidy(1 << 20)
        siege.check_told()
        for tool in victims:
            # Where mypy cannot check live it is run as a command, which fails as well.
            about = [cause for cause in siege.told() if f" {tool}: " in cause]
            assert 1 <= len(about) <= (2 if tool == "mypy" else 1), about
            tally.survived(f"{tool}: a failed start", 20)
            tally.right(f"{tool}: a failed start", len(AFTER))


@pytest.mark.parametrize("deed", ["garbage", "no JSON", "another shape"])
def test_a_tool_that_sends_nonsense_again_and_again_is_reported_once(
    siege: Siege, truths: Mapping[str, Truth], tally: Tally, deed: str
) -> None:
    files = settle(siege, BEFORE, truths["before"])
    victims = ("ruff", "bandit")
    for tool in victims:
        tally.tried(f"{tool}: {deed}", 5)
        siege.plan(tool, deed, 5)
    for name, text in AFTER.items():
        siege.edit(name, text)
    wait_done(siege, victims)
    siege.wait_right(truths["after"])
    siege.wait_tidy(files)
    siege.check_told()
    for tool in victims:
        assert any(cause.startswith(f"Python Expert: {tool}:") for cause in siege.told())
        tally.survived(f"{tool}: {deed}", 5)
        tally.right(f"{tool}: {deed}", len(AFTER))


def test_changing_settings_while_a_tool_runs_loses_no_finding(
    siege: Siege, truths: Mapping[str, Truth], tally: Tally
) -> None:
    files = settle(siege, BEFORE, truths["before"])
    with tally.survives("settings changed during a check"):
        for tool in TOOLS:
            siege.plan(tool, "a late answer")
        for name, text in AFTER.items():
            siege.edit(name, text)
        wait_done(siege, TOOLS)
        for severity in ("hint", "error", None):
            siege.configure({"tools": {"bandit": {"severity": severity and {"B999": severity}}}})
        for tool in TOOLS:
            siege.release(tool)
        siege.wait_right(truths["after"])
        siege.wait_tidy(files)
    tally.right("settings changed during a check", len(AFTER))


STORMS = 6 if LONG else 1
EDITS = 400 if LONG else 60


@pytest.mark.one_python
@pytest.mark.parametrize("number", range(STORMS))
def test_edits_stream_in_while_children_are_disturbed_at_random(
    tmp_path: Path, tally: Tally, number: int
) -> None:
    chance = random.Random(SEED + number)  # noqa: S311 - not used for secrets
    deeds = [*SIGNALS, *DEEDS]
    names = ("prices.py", "shop.py", "job.py")
    with Siege(tmp_path, {}) as siege:
        writer = Writer(siege, chance, names)
        tried: Counter[str] = Counter()
        for _ in range(EDITS):
            writer.type()
            siege.breathe(chance.choice((0.0, 0.0, 0.1, 0.3)))
            if chance.random() < 0.3:
                child, deed = chance.choice(TOOLS), chance.choice(deeds)
                if siege.disturb(child, deed):
                    tried[f"{child}: {deed}"] += 1
            for child in TOOLS:
                siege.release(child)
        siege.relent()
        writer.finish()
        for fault, times in tried.items():
            tally.tried(fault, times)
        siege.wait_right(fresh(siege.folder, siege.texts))
        siege.wait_tidy(siege.open_files())
        siege.check_told()
        siege.check_undoubled()
        for fault, times in tried.items():
            tally.survived(fault, times)
        tally.right("a storm of all of these", len(names))


def test_tools_restarted_while_settings_change_leave_one_process_each(
    siege: Siege, truths: Mapping[str, Truth], tally: Tally
) -> None:
    files = settle(siege, BEFORE, truths["before"])
    restart = {"command": "pythonExpert.restartTools"}
    with tally.survives("tools restarted while settings change", 3):
        for number in range(3):
            siege.configure({"tools": {"ruff": {"enabled": False}}})
            asked = siege.editor.send_request("workspace/executeCommand", restart)
            siege.edit("prices.py", f"{PRICES}# {number}\n")
            siege.configure({"profile": ("expert", "project")[number % 2]})
            siege.editor.result_of(asked)
        siege.configure({})
        settle(siege, BEFORE, truths["before"])
        siege.wait_tidy(files)
    tally.right("tools restarted while settings change", len(BEFORE))


def test_switching_a_tool_off_does_not_stop_a_rewrite(
    siege: Siege, truths: Mapping[str, Truth], tally: Tally
) -> None:
    settle(siege, BEFORE, truths["before"])
    assert siege.rewrite("prices.py")["result"] == "changed"
    with tally.survives("a tool switched off while a rewrite is judged"):
        siege.plan("mypy", "a late answer")
        asked = siege.ask_rewrite("prices.py")
        wait_done(siege, ["mypy"])
        siege.configure({"tools": {"bandit": {"enabled": False}}})
        until(lambda: not siege.running()["bandit"], lambda: "bandit runs on")
        siege.release("mypy")
        assert siege.editor.result_of(asked)["result"] == "changed"
        siege.configure({})
        siege.editor.applied.clear()
        settle(siege, BEFORE, truths["before"])
    tally.right("a tool switched off while a rewrite is judged", len(BEFORE))
