"""The scenarios. Each yields rows for the report and alternates between the servers."""

from __future__ import annotations

import statistics
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from tests.bench import system
from tests.bench.far_edits import classes, dependents, imports
from tests.bench.first_findings import first_findings
from tests.bench.measure import TYPING_S, Desk, by, every, none, p95, ruff_check, ruff_shown
from tests.bench.model import model
from tests.bench.peers import BEFORE, EXPERT, PYLSP, RUFF
from tests.bench.ready import bandit, first_request
from tests.bench.report import Row
from tests.bench.rewrites import gate, rewrites
from tests.bench.startup import startup
from tests.bench.type_checkers import types, what_if, worker_memory
from tests.bench.workload import FIRST_NUMBER, Probe, module, real_file, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tests.bench.plan import Plan

BURST_EDITS = 100
BURST_S = 0.01
AIM = 1.5


def edit(plan: Plan) -> Iterator[Row]:
    """Measure one edit in 1,000 lines of an idle server."""
    return _one_edit(plan, "one edit, 1,000 lines", module(1_000, 20))


def dense(plan: Plan) -> Iterator[Row]:
    """Measure one edit in 5,000 lines with many findings, of an idle server."""
    return _one_edit(plan, "one edit, 5,000 lines, 800 findings", module(5_000, 800))


def few(plan: Plan) -> Iterator[Row]:
    """Measure one edit in 5,000 lines with few findings, of an idle server."""
    return _one_edit(plan, "one edit, 5,000 lines, few findings", module(5_000, 5))


def _one_edit(plan: Plan, scenario: str, text: str) -> Iterator[Row]:
    with ExitStack() as stack:
        desks = _desks(stack, plan, text, (RUFF, EXPERT, BEFORE), pull=(RUFF, EXPERT, BEFORE))
        probe = Probe(text)
        times = _times(desks)
        for step in range(plan.edits + 1):
            for desk in desks:
                number = FIRST_NUMBER + 1 + step
                desk.edit([probe.edit(number)])
                took = desk.shown(by("ruff", str(number)))
                # Another server's mypy must not run during this measurement.
                desk.rest()
                if step:  # the first edit warms up
                    times[desk.name].append(took)
    yield from _against_ruff(scenario, times, at_most=2.0)


def typing(plan: Plan) -> Iterator[Row]:
    """Type an edit every 150 ms, so that the tools are never idle, in alternating blocks."""
    text = module(1_000, 20)
    with ExitStack() as stack:
        desks = _desks(stack, plan, text, (RUFF, EXPERT, BEFORE))
        probe = Probe(text)
        times = _times(desks)
        number = FIRST_NUMBER
        for _ in range(4):
            for desk in desks:
                for _ in range(plan.edits // 4):
                    number += 1
                    due = time.monotonic() + TYPING_S
                    desk.edit([probe.edit(number)])
                    times[desk.name].append(desk.shown(by("ruff", str(number))))
                    time.sleep(max(0.0, due - time.monotonic()))
                desk.rest()
    yield from _against_ruff("typing, 1,000 lines, an edit every 150 ms", times)


def whole(plan: Plan) -> Iterator[Row]:
    """Measure one edit that adds a problem for each tool, in a file of a real package."""
    project = real_file(plan.folder)
    with ExitStack() as stack:
        desks = [
            Desk(stack, plan.servers[name], project.root, project.path, project.text)
            for name in (PYLSP, EXPERT, BEFORE)
            if name in plan.servers
        ]
        times = _times(desks)
        single = {desk.name: {tool: list[float]() for tool in desk.peer.tools} for desk in desks}
        for step in range(plan.whole + 1):
            for desk in desks:
                number = FIRST_NUMBER + 1 + step
                signs = {
                    "ruff": by("ruff", str(number)),
                    "mypy": by("mypy", f"probe_{number}"),
                    "bandit": by("bandit", "B614"),
                }
                wanted = [signs[tool] for tool in desk.peer.tools]
                desk.edit(project.add(number))
                took = {tool: desk.shown(signs[tool]) for tool in desk.peer.tools}
                all_ms = desk.shown(every(wanted))
                desk.rest()
                if step:  # the first edit warms up
                    times[desk.name].append(all_ms)
                    for tool, tool_ms in took.items():
                        single[desk.name][tool].append(tool_ms)
                desk.edit(project.remove())
                desk.shown(none(wanted))
                desk.rest()
    scenario = "the whole answer, rich/table.py"
    for name, samples in times.items():
        tools = plan.servers[name].tools
        missing = "" if "bandit" in tools else " (no bandit plugin)"
        yield Row.of(scenario, f"edit → {' + '.join(tools)}{missing}", name, samples)
        for tool in tools:
            yield Row.of(scenario, f"edit → {tool}'s finding", name, single[name][tool])
    if PYLSP in times and EXPERT in times:
        pause = plan.servers[PYLSP].debounce_s * 1000
        bare = [sample - pause for sample in times[PYLSP]]
        what = "as above, less its fixed debounce of 500 ms"
        yield Row.of(scenario, what, PYLSP, bare)
        mine = statistics.median(times[EXPERT])
        faster = statistics.median(bare) / mine
        what = "times as fast as pylsp less its debounce"
        yield Row(scenario, what, EXPERT, faster, at_least=2.0)
        faster = statistics.median(times[PYLSP]) / mine
        yield Row(scenario, "times as fast as pylsp", EXPERT, faster)


def burst(plan: Plan) -> Iterator[Row]:
    """Send 100 edits 10 ms apart; measure the last one, and check the final findings."""
    text = module(1_000, 20)
    scenario = f"{BURST_EDITS} edits {BURST_S * 1000:g} ms apart, 1,000 lines"
    with ExitStack() as stack:
        desks = _desks(stack, plan, text, (RUFF, EXPERT, BEFORE, PYLSP))
        single, last = _times(desks), _times(desks)
        publishes: dict[str, list[float]] = _times(desks)
        wrong: dict[str, list[str]] = {desk.name: [] for desk in desks}
        early = dict.fromkeys(wrong, 0)
        probe = Probe(text)
        number = FIRST_NUMBER
        for _ in range(plan.bursts):
            for desk in desks:
                for _ in range(4):
                    number += 1
                    desk.edit([probe.edit(number)])
                    single[desk.name].append(desk.shown(by("ruff", str(number))))
                    desk.rest()
                publishes_seen = []
                due = time.monotonic()
                for _ in range(BURST_EDITS):
                    number += 1
                    due += BURST_S
                    time.sleep(max(0.0, due - time.monotonic()))
                    publishes_seen += desk.client.publishes  # edit() clears them
                    desk.edit([probe.edit(number)])
                last[desk.name].append(desk.shown(by("ruff", str(number))))
                desk.rest()
                publishes_seen += desk.client.publishes
                publishes[desk.name].append(len(publishes_seen))
                desk.apply([probe.edit(number)])
                faults, before = _judge(desk)
                wrong[desk.name] += faults
                early[desk.name] += before
    for desk in desks:
        name = desk.name
        yield Row.of(scenario, "a single edit → ruff's finding", name, single[name])
        yield Row.of(scenario, "the last edit → ruff's finding", name, last[name])
        ratio = statistics.median(last[name]) / statistics.median(single[name])
        goal = 3.0 if name == EXPERT else None
        yield Row(scenario, "the last edit over a single one", name, ratio, at_most=goal)
        count = statistics.median(publishes[name])
        yield Row(scenario, "publishes in a burst", name, count)
        what = "of the last version, before ruff has answered (all bursts)"
        yield Row(scenario, what, name, early[name])
        what = "of the last version, wrong (all bursts)" + "".join(
            f"; {s}" for s in wrong[name][:1]
        )
        yield Row(scenario, what, name, len(wrong[name]), at_most=0.0)


def _judge(desk: Desk) -> tuple[list[str], int]:
    """Compare a server's published findings for the last version with those of ``ruff check``.

    Returns:
        The errors, and the number of early publishes: those that only lack findings, before the
        first complete one (another tool finished before ruff).
    """
    expected = ruff_check(desk.text, desk.document)
    wrong: list[str] = []
    early, complete, shown = 0, False, None
    for publish in desk.client.publishes:
        if publish.uri != desk.uri or publish.version != desk.version:
            continue
        shown = ruff_shown(publish.diagnostics)
        complete = complete or shown == expected
        if shown < expected and not complete:
            early += 1
        elif shown != expected:
            wrong.append(f"missing {dict(expected - shown)}, too much {dict(shown - expected)}")
    if shown != expected or desk.client.publishes[-1].version != desk.version:
        wrong.append("the last publish is not right about the last version")
    return wrong, early


def memory(plan: Plan) -> Iterator[Row]:
    """Measure the resident memory of the server and its children over many edits."""
    text = module(1_000, 20)
    for name in (EXPERT, BEFORE, RUFF):
        if name not in plan.servers:
            continue
        scenario = f"memory over {plan.checkpoints[-1]:,} edits, 1,000 lines"
        readings: dict[int, float] = {}
        with ExitStack() as stack:
            (desk,) = _desks(stack, plan, text, (name,))
            step = 0
            children: dict[str, float] = {}
            for number, changes in walk(text, plan.checkpoints[-1]):
                desk.edit(changes)
                desk.shown(by("ruff", str(number)))
                step += 1
                if step not in plan.checkpoints:
                    continue
                own, *others = filter(None, map(system.memory, system.tree(desk.client.pid)))
                readings[step] = own.resident
                for other in others:
                    most = max(other.resident, children.get(other.name, 0.0))
                    children[other.name] = most
        for step, resident in readings.items():
            yield Row(scenario, f"after {step:,} edits", name, resident, "MiB")
        most = max(readings.values())
        goal = 80.0 if name == EXPERT else None
        yield Row(scenario, "at most", name, most, "MiB", at_most=goal)
        steps = sorted(readings)
        if len(steps) > 2:  # the first measurement is part of the warm-up
            grown = readings[steps[-1]] - readings[steps[1]]
            rate = grown * 1024 * 1000 / (steps[-1] - steps[1])
            what = f"growth from edit {steps[1]:,} on, per 1,000 edits"
            yield Row(scenario, what, name, rate, "KiB")
        for child, resident in children.items():
            yield Row(scenario, f"child {child}, at most", name, resident, "MiB")


def _desks(
    stack: ExitStack, plan: Plan, text: str, names: Iterable[str], pull: Iterable[str] = ()
) -> list[Desk]:
    """Open a generated module in several servers, each in its own project."""
    desks = []
    for name, pulls in [*((name, False) for name in names), *((name, True) for name in pull)]:
        if name not in plan.servers:
            continue
        folder = plan.folder / f"{name}-{pulls}".replace(" ", "-")
        folder.mkdir(exist_ok=True)
        path = folder / "batches.py"
        path.write_text(text)
        desks.append(Desk(stack, plan.servers[name], folder, path, text, pull=pulls))
    return desks


def _times(desks: Iterable[Desk]) -> dict[str, list[float]]:
    return {desk.name: [] for desk in desks}


def _against_ruff(
    scenario: str, times: Mapping[str, Sequence[float]], at_most: float | None = None
) -> Iterator[Row]:
    """Yield the rows of a comparison: each server's time, and the ratios to ruff's own server."""
    for name, samples in times.items():
        yield Row.of(scenario, "edit → ruff's finding", name, samples)
    for door in ("", " (pull)"):
        mine, theirs = EXPERT + door, RUFF + door
        if mine in times and theirs in times:
            # An editor either pulls diagnostics or gets them pushed; the goal is for the more
            # common way.
            goal, aim = (None, None) if door or at_most is None else (at_most, AIM)
            ratio = statistics.median(times[mine]) / statistics.median(times[theirs])
            what = f"ratio to {theirs}"
            yield Row(scenario, f"{what}, median", mine, ratio, at_most=goal, aim=aim)
            ratio = p95(times[mine]) / p95(times[theirs])
            yield Row(scenario, f"{what}, p95", mine, ratio)


SCENARIOS = {
    "edit": edit,
    "dense": dense,
    "few": few,
    "typing": typing,
    "whole": whole,
    "burst": burst,
    "types": types,
    "memory": memory,
    "what-if": what_if,
    "worker-memory": worker_memory,
    "startup": startup,
    "first": first_findings,
    "dependents": dependents,
    "classes": classes,
    "imports": imports,
    "gate": gate,
    "rewrites": rewrites,
    "model": model,
    "first-request": first_request,
    "bandit": bandit,
}
