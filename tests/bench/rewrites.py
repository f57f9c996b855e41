"""The scenarios about rewrites: the gate's time, a whole buffer, and typing meanwhile."""

from __future__ import annotations

import asyncio
import statistics
import time
from contextlib import ExitStack
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

from python_expert.gate.judgement import Baseline, Judge
from python_expert.pipeline.client import Worker
from python_expert.pipeline.context import options_for
from python_expert.project.events import Events
from python_expert.project.project import Project
from python_expert.text.document import Document
from python_expert.text.paths import to_uri
from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC
from tests.bench.measure import Desk, by, p95
from tests.bench.peers import BEFORE, EXPERT
from tests.bench.report import Row
from tests.tools import NAMES, SCHEMA, TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from python_expert.actions.base import Action
    from tests.bench.plan import Plan

WARM_UP = 2

STORE = '''

class Store{number}:
    """A store."""

    def __init__(self, size: int) -> None:
        """Make an empty one."""
        self.size = size
        self.items: list[str] = []

    def add(self, name: str, count: int = 1) -> int:
        """Add something."""
        for _ in range(count):
            self.items.append(name)
        if len(self.items) > self.size:
            raise ValueError(name)
        return len(self.items)

    def names(self) -> dict[str, int]:
        """Count the names."""
        return {{name: self.items.count(name) for name in self.items}}
'''
TARGETS = '''

def halve(amount: int) -> int:
    return amount // 2


def total(store: Store0, factor=2):
    """Count what is in a store."""
    return len(store.items) * factor


def pause(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)
'''
FACTS: dict[Action, dict[str, Any]] = {
    ADD_DOCSTRINGS: {
        "halve": {"summary": "Halve an amount.", "args": {"amount": "It."}, "returns": "Half."}
    },
    ADD_TYPE_HINTS: {"total": {"params": {"factor": "int"}, "returns": "int"}},
    CONVERT_TO_ASYNC: {},
}
"""What is proposed; where nothing is said, what the offline provider proposes."""


def text_of(lines: int, *, bare: bool = False) -> str:
    """A module of about so many lines; a bare one has neither docstrings nor type hints."""
    stores = lines // STORE.count("\n")
    text = (
        '"""Stores."""\n\nimport time\n'
        + "".join(STORE.format(number=n) for n in range(stores))
        + TARGETS
    )
    if not bare:
        return text
    kept = (line for line in text.split("\n") if not line.startswith('        """'))
    bare_text = "\n".join(kept)
    for hint in (": int", ": str", " -> None", " -> int", " -> dict[str, int]", ": list[str]"):
        bare_text = bare_text.replace(hint, "")
    return bare_text.replace("count = 1", "count=1")


def gate(plan: Plan) -> Iterator[Row]:
    """One function's candidate from facts to verdict, against a live check by all tools."""
    for action, facts in FACTS.items():
        folder = plan.folder / action.name
        folder.mkdir()
        checks, gates = asyncio.run(_gate(folder, action, facts, WARM_UP + plan.types))
        scenario = f"the gate, {action}, 1,000 lines"
        yield Row.of(scenario, "edit → all tools' reports", EXPERT, checks)
        yield Row.of(scenario, "facts → verdict", EXPERT, gates)
        ratio = statistics.median(gates) / statistics.median(checks)
        what = "the gate over a live check, median"
        yield Row(scenario, what, EXPERT, ratio, at_most=2.0)


async def _gate(
    folder: Path, action: Action, facts: dict[str, Any], count: int
) -> tuple[list[float], list[float]]:
    """Edit, and judge a candidate for the text edited; returns the milliseconds of both."""
    (folder / "pyproject.toml").write_text("")
    path = folder / "stores.py"
    text = text_of(1_000)
    path.write_text(text)
    project = Project(folder, SCHEMA(), Events(lambda _reports: None, lambda _problem: None), TOOLS)
    worker = Worker()
    checks: list[float] = []
    gates: list[float] = []
    try:
        for step in range(count):
            edited = text.replace("// 2", f"// {step + 2}")
            document = Document.of(to_uri(path), step + 1, edited)
            start = time.perf_counter()
            project.changed(document)
            await project.settled(document.uri, NAMES)
            checked = time.perf_counter()
            options = options_for(project, document)
            targets, _ = await worker.targets(action, edited, None, options)
            if not facts:
                keys = [target.key for target in targets]
                facts = {
                    key: fact async for key, fact in worker.propose(action, edited, keys, options)
                }
            asked = time.perf_counter()
            written = await worker.apply(action, edited, facts, options)
            judge = Judge(project, document, project.documents)
            judgement = await judge.judge(
                written.after,
                Baseline(written.code, written.steps),
                partial(worker.baseline, action, written),
            )
            judged = time.perf_counter()
            assert written.edits, written
            assert not judgement.news, judgement
            if step >= WARM_UP:
                checks.append((checked - start) * 1000)
                gates.append((judged - asked) * 1000)
    finally:
        await asyncio.gather(worker.stop(), project.stop())
    return checks, gates


def rewrites(plan: Plan) -> Iterator[Row]:
    """A whole buffer rewritten offline; typing before and meanwhile."""
    names = [name for name in (EXPERT, BEFORE) if name in plan.servers]
    for action, name in product((ADD_DOCSTRINGS, ADD_TYPE_HINTS), names):
        scenario = f"the whole buffer, {action}, 1,000 lines"
        folder = plan.folder / f"{action.name} {name}"
        folder.mkdir()
        (folder / "pyproject.toml").write_text("")
        with ExitStack() as stack:
            text = text_of(1_100, bare=True)
            desk = Desk(stack, plan.servers[name], folder, folder / "stores.py", text)
            desk.client.apply_answer = {"applied": False, "failureReason": "it is a measurement"}
            quiet = [_type(desk, number) for number in range(plan.edits)]
            desk.rest()
            moved, took, busy = _rewrite(desk, action, plan.edits)
        yield Row(scenario, "the whole rewrite", name, took, "s")
        yield Row(scenario, "steps of progress shown", name, moved, at_least=10)
        yield Row.of(scenario, "edit → ruff's finding, before", name, quiet)
        yield Row.of(scenario, "edit → ruff's finding, meanwhile", name, busy)
        ratio = statistics.median(busy) / statistics.median(quiet)
        yield Row(scenario, "meanwhile over before, median", name, ratio, at_most=1.5)
        ratio = p95(busy) / p95(quiet)
        yield Row(scenario, "meanwhile over before, p95", name, ratio)


def _type(desk: Desk, number: int) -> float:
    """Type a line with a fault at the end; the milliseconds until ruff's finding is shown."""
    line = desk.text.count("\n")
    change = ((line, 0), (line, 0), f"import module_{number}\n")
    desk.edit([change])
    took = desk.shown(by("ruff", f"module_{number}"))
    desk.apply([change])
    return took


def _rewrite(desk: Desk, action: Action, most: int) -> tuple[int, float, list[float]]:
    """Have the buffer rewritten and type on; the steps of progress, the seconds, typing's times."""
    client = desk.client
    client.progress.clear()
    told = {"action": action.name, "uri": desk.uri, "version": desk.version, "range": None}
    params = {"command": "pythonExpert.rewrite", "arguments": [told]}
    start = time.monotonic()
    request = client.send_request("workspace/executeCommand", params)
    busy = []
    number = most
    while request not in client.answered:
        number += 1
        busy.append(_type(desk, number))
    client.result_of(request)
    reports = [each for each in client.progress if each["value"]["kind"] == "report"]
    return len(reports), client.answered[request] - start, busy
