"""The scenarios with rewrites: the gate's time, a whole buffer, and typing meanwhile."""

from __future__ import annotations

import asyncio
import statistics
import time
from contextlib import ExitStack
from functools import partial
from itertools import count, product
from typing import TYPE_CHECKING, Any

from python_expert.gate.judgement import Baseline, Judge
from python_expert.pipeline.client import Worker
from python_expert.pipeline.context import options_for
from python_expert.project.events import Events
from python_expert.project.project import Project
from python_expert.text.document import Document
from python_expert.text.paths import to_uri
from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC
from tests.bench.measure import TYPING_S, Desk, by, p95
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
"""The proposals; an action without an entry uses those of the offline provider."""


def text_of(lines: int, *, bare: bool = False) -> str:
    """Return a module of about this many lines; a bare one has no docstrings or type hints."""
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
    """Measure the gate for one function, from facts to verdict, against a live check."""
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
    """Edit, and judge a candidate for the edited text; return the milliseconds of both."""
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
            assert not judgement.blocking, judgement
            if step >= WARM_UP:
                checks.append((checked - start) * 1000)
                gates.append((judged - asked) * 1000)
    finally:
        await asyncio.gather(worker.stop(), project.stop())
    return checks, gates


def rewrites(plan: Plan) -> Iterator[Row]:
    """Rewrite a whole buffer offline; type before and meanwhile, there and in another file."""
    names = [name for name in (EXPERT, BEFORE) if name in plan.servers]
    for action, name in product(FACTS, names):
        scenario = f"the whole buffer, {action}, 1,000 lines"
        folder = plan.folder / f"{action.name} {name}"
        folder.mkdir()
        (folder / "pyproject.toml").write_text("")
        with ExitStack() as stack:
            text = text_of(1_100, bare=True)
            desk = Desk(stack, plan.servers[name], folder, folder / "stores.py", text)
            desk.client.apply_answer = {"applied": False, "failureReason": "it is a measurement"}
            other = desk.beside(folder / "other.py", text_of(1_000))
            yield from _alone(plan, scenario, desk, action)
            yield from _typing(plan, scenario, desk, desk, action)
            yield from _typing(plan, f"{scenario}, typing in another file", desk, other, action)


def _alone(plan: Plan, scenario: str, desk: Desk, action: Action) -> Iterator[Row]:
    """Measure the whole rewrite without typing, each time with a new text."""
    took = []
    for number in range(plan.bursts):
        typed(desk, number)
        desk.rest()
        desk.client.progress.clear()
        start = time.monotonic()
        request = _send(desk, action)
        desk.client.result_of(request)
        took.append(desk.client.answered[request] - start)
    reports = [each for each in desk.client.progress if each["value"]["kind"] == "report"]
    name = desk.peer.name
    yield Row(scenario, "the first rewrite, with the start of its process", name, took[0], "s")
    later = statistics.median(took[1:])
    yield Row(scenario, "the whole rewrite, median", name, later, "s", at_most=2.0)
    goal = None if action == CONVERT_TO_ASYNC else 10
    yield Row(scenario, "steps of progress shown", name, len(reports), at_least=goal)


def _typing(
    plan: Plan, scenario: str, rewritten: Desk, desk: Desk, action: Action
) -> Iterator[Row]:
    """Measure typing alternately without other work and during a rewrite."""
    numbers = count(1_000)
    quiet: list[float] = []
    busy: list[float] = []
    typed(desk, next(numbers))
    for _ in range(plan.bursts):
        desk.rest()
        quiet += [typed(desk, next(numbers)) for _ in range(plan.types // plan.bursts)]
        desk.rest()
        request = _send(rewritten, action)
        while request not in desk.client.answered:
            busy.append(typed(desk, next(numbers)))
        desk.client.result_of(request)
    name = desk.peer.name
    yield Row.of(scenario, "edit → ruff's finding, at rest", name, quiet)
    yield Row.of(scenario, "edit → ruff's finding, meanwhile", name, busy)
    ratio = statistics.median(busy) / statistics.median(quiet)
    yield Row(scenario, "meanwhile over at rest, median", name, ratio, at_most=1.5)
    yield Row(scenario, "meanwhile over at rest, p95", name, p95(busy) / p95(quiet))


def typed(desk: Desk, number: int) -> float:
    """Type another error in the last line; return the milliseconds until ruff's finding."""
    time.sleep(max(0.0, desk.sent + TYPING_S - time.monotonic()))
    line = desk.text.count("\n")
    # It replaces the previous error, because each shown finding costs time at every edit.
    desk.edit([((line, 0), (line + 1, 0), f"import module_{number}\n")])
    return desk.shown(by("ruff", f"module_{number}"))


def _send(desk: Desk, action: Action) -> int:
    arguments = {"action": action.name, "uri": desk.uri, "version": desk.version, "range": None}
    params = {"command": "pythonExpert.rewrite", "arguments": [arguments | {"wait": True}]}
    return desk.client.send_request("workspace/executeCommand", params)
