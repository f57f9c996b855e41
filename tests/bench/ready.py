"""Scenarios about work in advance: the first requests to a model, and bandit after one edit."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.actions import ADD_DOCSTRINGS
from tests.bench.measure import Desk, by, p95
from tests.bench.model import ANSWERS, Oracle, model_desk, send_rewrite
from tests.bench.peers import EXPERT
from tests.bench.report import Row
from tests.bench.rewrites import WARM_UP, text_of, typed
from tests.bench.workload import FIRST_NUMBER, module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.plan import Plan

RAN_S: Final = 30.0
"""Seconds that a server runs before it gets its first command."""

STROKES: Final = 3
PAUSE_S: Final = 1.3
"""The number of edits before a pause, and its seconds, in which the SDK is imported."""

REQUESTS: Final = 3


def first_request(plan: Plan) -> Iterator[Row]:
    """Type in a new server while the SDK is imported and later, then request a model rewrite."""
    if EXPERT not in plan.servers:
        return
    key, answer = ANSWERS[ADD_DOCSTRINGS]
    during: list[float] = []
    later: list[float] = []
    waits: list[list[float]] = [[] for _ in range(REQUESTS)]
    with ExitStack() as outer:
        endpoint = Oracle(outer, answer)
        for start in range(plan.bursts):
            with ExitStack() as stack:
                begun = time.monotonic()
                text = text_of(1_000)
                desk = model_desk(stack, plan, endpoint, f"ready {start}", text)
                during += _typed(desk, plan.edits)
                desk.rest()
                time.sleep(max(0.0, begun + RAN_S - time.monotonic()))
                desk.rest()
                later += _typed(desk, plan.edits)
                desk.rest()
                for number in range(REQUESTS):
                    endpoint.forget(0.0)
                    asked = time.monotonic()
                    desk.client.result_of(send_rewrite(desk, ADD_DOCSTRINGS, key))
                    waits[number].append((endpoint.spans[0][0] - asked) * 1000)
    scenario = f"the first rewrite by a model, after {RAN_S:g} s"
    for number, samples in enumerate(waits):
        what = f"command → the request arrives, No. {number + 1}"
        yield replace(Row.of(scenario, what, EXPERT, samples), at_most=150 if number else 300)
    yield Row.of(scenario, "edit → ruff's finding, while the SDK is imported", EXPERT, during)
    yield Row.of(scenario, "edit → ruff's finding, later", EXPERT, later)
    ratio = p95(during) / p95(later)
    yield Row(scenario, "while it is imported, over later, p95", EXPERT, ratio, at_most=1.5)


def _typed(desk: Desk, count: int) -> list[float]:
    times = []
    for number in range(count):
        if number and not number % STROKES:
            time.sleep(PAUSE_S)
        times.append(typed(desk, number))
    return times


def bandit(plan: Plan) -> Iterator[Row]:
    """Measure an edit in a large file without other bandit findings."""
    if EXPERT not in plan.servers:
        return
    text = module(5_000, 0).replace("\n\n\n", "\n\nimport torch\n\n\n", 1)
    line = next(n for n, each in enumerate(text.split("\n")) if "return level > " in each)
    folder = plan.folder / "bandit"
    folder.mkdir()
    (folder / "torch.py").write_text("def load(path: str) -> object:\n    return path\n")
    path = folder / "large.py"
    path.write_text(text)
    times = []
    with ExitStack() as stack:
        desk = Desk(stack, plan.servers[EXPERT], folder, path, text)
        for step in range(WARM_UP + plan.types):
            new = f'    torch.load("{FIRST_NUMBER + step}")\n'
            took = desk.probed(line, new, by("bandit", "B614"))
            if step >= WARM_UP:
                times.append(took)
    row = Row.of("bandit, one edit in 5,000 lines", "edit → bandit's finding", EXPERT, times)
    yield replace(row, at_most=50)
