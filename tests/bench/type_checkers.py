"""The scenarios with types: the time from an edit to its type error, and mypy's memory."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.text.document import Document
from python_expert.text.paths import to_uri
from python_expert.tools.mypy.launch import MypyLaunch
from python_expert.tools.mypy.tool import Mypy
from tests.bench import system
from tests.bench.measure import Desk, by, none, p95
from tests.bench.peers import BEFORE, EXPERT, PYLSP, PYREFLY, TY
from tests.bench.probes import FILES, package_file, probes
from tests.bench.report import Row
from tests.client import apply_changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.bench.plan import Plan

CHECKERS = {TY: "ty", PYREFLY: "pyrefly", EXPERT: "mypy", BEFORE: "mypy", PYLSP: "mypy"}
"""The servers that check types, and the sources of their type errors."""

WARM_UP = 2
"""The first edits, which are not counted."""


def types(plan: Plan) -> Iterator[Row]:
    """Measure one edit in a file of a real package until an idle server shows its type error."""
    for name in FILES:
        yield from _types(plan, name)


def _types(plan: Plan, name: str) -> Iterator[Row]:
    with ExitStack() as stack:
        desks = [_desk(stack, plan, server, name) for server in CHECKERS if server in plan.servers]
        if not desks:
            return
        text = desks[0].text
        times: dict[str, list[float]] = {desk.name: [] for desk in desks}
        for step, (number, add, remove) in enumerate(probes(text, WARM_UP + plan.types)):
            for desk in desks:
                if desk.name == PYLSP and step >= WARM_UP + plan.slow_types:
                    continue
                sign = by(CHECKERS[desk.name], f"probe_{number}")
                desk.edit([add])
                took = desk.shown(sign)
                desk.edit([remove])
                desk.shown(none([sign]))
                desk.rest()
                if step >= WARM_UP:
                    times[desk.name].append(took)
    lines = text.count("\n")
    yield from _compared(plan, f"type errors, {name} ({lines:,} lines)", times)


def _compared(plan: Plan, scenario: str, times: Mapping[str, Sequence[float]]) -> Iterator[Row]:
    """Yield each server's times, and the ratios of Python Expert's to the others'."""
    for name, samples in times.items():
        yield Row.of(scenario, f"edit → {CHECKERS[name]}'s finding", name, samples)
    bare: list[float] = []
    if PYLSP in times:
        pause = plan.servers[PYLSP].debounce_s * 1000
        bare = [sample - pause for sample in times[PYLSP]]
        what = f"as above, less its fixed debounce of {pause:g} ms"
        yield Row.of(scenario, what, PYLSP, bare)
    mine = times.get(EXPERT)
    if not mine:
        return
    if TY in times:
        ratio = statistics.median(mine) / statistics.median(times[TY])
        yield Row(scenario, "ratio to ty, median", EXPERT, ratio, at_most=1.5, aim=1.0)
        ratio = p95(mine) / p95(times[TY])
        yield Row(scenario, "ratio to ty, p95", EXPERT, ratio, at_most=2.0)
    if bare:
        faster = statistics.median(bare) / statistics.median(mine[: len(bare)])
        what = "times as fast as pylsp less its debounce, on its edits"
        yield Row(scenario, what, EXPERT, faster, at_least=5.0)


def worker_memory(plan: Plan) -> Iterator[Row]:
    """Measure the resident memory of mypy's process over edits without a pause."""
    if EXPERT not in plan.servers:
        return
    name, steps = FILES[0], plan.worker_checkpoints
    scenario = f"memory of mypy's worker, {name}"
    readings: list[float] = []
    with ExitStack() as stack:
        desk = _desk(stack, plan, EXPERT, name)
        worker = system.descendant(desk.client.pid, "mypy_worker")
        for step, (number, add, remove) in enumerate(probes(desk.text, steps[-1] // 2), 1):
            sign = by(CHECKERS[EXPERT], f"probe_{number}")
            desk.edit([add])
            desk.shown(sign)
            desk.edit([remove])
            desk.shown(none([sign]))
            if 2 * step in steps:
                desk.rest()
                reading = system.memory(worker)
                assert reading is not None, "mypy's worker has ended"
                readings.append(reading.resident)
    for step, resident in zip(steps, readings, strict=True):
        yield Row(scenario, f"after {step:,} edits", EXPERT, resident, "MiB")
    what = f"after {steps[-1]:,} edits over after {steps[0]:,}"
    yield Row(scenario, what, EXPERT, readings[-1] / readings[0], at_most=1.3)


def what_if(plan: Plan) -> Iterator[Row]:
    """Measure mypy's check of a possible edit against its check of the same real edit."""
    for name in FILES:
        folder = plan.folder / f"what-if-{name}".replace("/", "-")
        folder.mkdir()
        path = package_file(folder, name)
        text = path.read_text(encoding="utf-8")
        checks, questions = asyncio.run(_ask(path, text, folder, WARM_UP + plan.types))
        scenario = f"what if, {name}"
        yield Row.of(scenario, "edit → mypy's report", EXPERT, checks)
        yield Row.of(scenario, "imagined edit → mypy's reports", EXPERT, questions)
        ratio = statistics.median(questions) / statistics.median(checks)
        what = "an imagined edit over a real one, median"
        yield Row(scenario, what, EXPERT, ratio, at_most=2.0)


async def _ask(path: Path, text: str, folder: Path, count: int) -> tuple[list[float], list[float]]:
    """Check the same edits as real and as possible ones; return the milliseconds of both."""
    mypy = Mypy(MypyLaunch(Path(sys.executable), folder, ("--strict",)))
    checks: list[float] = []
    questions: list[float] = []
    try:
        for step, (_, add, _) in enumerate(probes(text, count)):
            edited = apply_changes(text, [add])
            before = Document.of(to_uri(path), 3 * step + 1, text)
            await mypy.check([before])
            start = time.perf_counter()
            await mypy.what_if([before], before, edited)
            asked = time.perf_counter() - start
            await mypy.check([Document.of(before.uri, 3 * step + 2, text)])
            start = time.perf_counter()
            await mypy.check([Document.of(before.uri, 3 * step + 3, edited)])
            if step >= WARM_UP:
                checks.append((time.perf_counter() - start) * 1000)
                questions.append(asked * 1000)
    finally:
        await mypy.stop()
    return checks, questions


def _desk(stack: ExitStack, plan: Plan, server: str, name: str) -> Desk:
    """Open a file in a server, in its own project with the file's whole package."""
    folder = plan.folder / f"{server} {name}".replace(" ", "-").replace("/", "-")
    folder.mkdir()
    path = package_file(folder, name)
    text = path.read_text(encoding="utf-8")
    return Desk(stack, plan.servers[server], folder, path, text)
