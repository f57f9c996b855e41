"""Scenarios for starts of servers and of the command line, and for an idle server."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from tests.bench import system
from tests.bench.peers import BEFORE, ENVIRONMENT, EXPERT, PYLSP, RUFF
from tests.bench.report import Row
from tests.bench.workload import FIRST_NUMBER, real_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.bench.peers import Peer
    from tests.bench.plan import Plan

STAGES = ("answer to initialize", "first findings", "all tools' findings")
SERVERS = "start-up, rich/table.py"
SHELL = "start-up, command line"
IDLE = "at rest, 10 open files"

SMALL = "import subprocess\n\n\ndef name(number: int) -> str:\n    return number\n"

OPEN = 10
"""How many files are open in the idle server."""


def startup(plan: Plan) -> Iterator[Row]:
    """Measure a server's start up to all tools' findings, the shell, and an idle server."""
    yield from _servers(plan)
    yield from _shell(plan)
    yield from _at_rest(plan)


def _servers(plan: Plan) -> Iterator[Row]:
    project = real_file(plan.folder / "startup")
    text = project.text + project.add(FIRST_NUMBER + 1)[0][2]
    # On disk too, because pylsp reads a newly opened file from there.
    project.path.write_text(text, encoding="utf-8")
    names = [name for name in (RUFF, EXPERT, BEFORE, PYLSP) if name in plan.servers]
    times: dict[str, dict[str, list[float]]] = {
        stage: {name: [] for name in names} for stage in STAGES
    }
    for step in range(plan.starts + 1):
        for name in names:
            took = _start(plan.servers[name], project.root, project.path, text)
            if step:  # the first start fills the caches of disk and of mypy
                for stage, milliseconds in zip(STAGES, took, strict=True):
                    times[stage][name].append(milliseconds)
    for stage, of in times.items():
        for name, samples in of.items():
            yield Row.of(SERVERS, f"start → {stage}", name, samples)
    if PYLSP in names:
        theirs = statistics.median(times[STAGES[0]][PYLSP])
        for stage, goal in zip(STAGES[:2], (0.1, 0.6), strict=True):
            ratio = statistics.median(times[stage][EXPERT]) / theirs
            yield Row(SERVERS, f"{stage}, over pylsp's initialize", EXPERT, ratio, at_most=goal)


def _start(peer: Peer, folder: Path, path: Path, text: str) -> list[float]:
    with ExitStack() as stack:
        start = time.monotonic()
        client = peer.spawn(stack, folder)
        peer.greet(client, folder)
        answered = min(client.answered.values())
        uri = client.open(path, text)
        first = client.wait_publish(
            lambda one: one.uri == uri and bool(one.diagnostics), what="first findings"
        )
        done = client.wait_publish(
            lambda one: (
                {str(item.get("source")).lower() for item in one.diagnostics} >= set(peer.tools)
            ),
            what="all tools' findings",
        )
        return [(at - start) * 1000 for at in (answered, first.at, done.at)]


def _shell(plan: Plan) -> Iterator[Row]:
    """Measure ``--version`` and ``check`` of a small file, against the tools that it runs."""
    folder = plan.folder / "shell"
    folder.mkdir()
    (folder / "small.py").write_text(SMALL, encoding="utf-8")
    known = (EXPERT, BEFORE)
    programs = {name: plan.servers[name].argv[0] for name in known if name in plan.servers}
    commands: dict[tuple[str, str], Sequence[str]] = {}
    for name, python in programs.items():
        ours = (python, "-m", "python_expert")
        commands["--version", name] = (*ours, "--version")
        commands["check small.py", name] = (*ours, "check", "small.py")
    mypy = (sys.executable, "-m", "mypy", "--strict", "small.py")
    commands["check small.py", "mypy, cached"] = mypy
    commands["check small.py", "bandit"] = (sys.executable, "-m", "bandit", "-q", "small.py")
    times: dict[tuple[str, str], list[float]] = {key: [] for key in commands}
    spent: dict[tuple[str, str], list[float]] = {key: [] for key in commands}
    for step in range(plan.starts + 1):
        for key, command in commands.items():
            env = plan.servers[key[1]].env if key[1] in programs else {}
            took, cpu = _run(command, folder, env)
            if step:
                times[key].append(took)
                spent[key].append(cpu)
    for (what, name), samples in times.items():
        yield Row.of(SHELL, what, name, samples)
    middle = {key: statistics.median(samples) for key, samples in times.items()}
    if BEFORE in programs:
        ratio = middle["--version", EXPERT] / middle["--version", BEFORE]
        yield Row(SHELL, "--version, over before", EXPERT, ratio, at_most=0.3)
    for what, measured in ("", times), (", CPU time", spent):
        of_check, *of_tools = (
            statistics.median(measured["check small.py", name])
            for name in (EXPERT, "mypy, cached", "bandit")
        )
        label = f"check small.py{what}, over mypy and bandit"
        yield Row(SHELL, label, EXPERT, of_check / sum(of_tools), at_most=None if what else 1.5)


def _run(
    command: Sequence[str], folder: Path, env: Mapping[str, str | None]
) -> tuple[float, float]:
    """Return a command's duration and CPU time in milliseconds; its findings do not matter."""
    # Compiled modules, as in installed programs.
    changed = {**os.environ, **ENVIRONMENT, "PYTHONDONTWRITEBYTECODE": None, **env}
    known = {key: value for key, value in changed.items() if value is not None}
    before, start = os.times(), time.monotonic()
    subprocess.run(command, cwd=folder, env=known, capture_output=True, check=False)
    took, after = time.monotonic() - start, os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return took * 1000, cpu * 1000


def _at_rest(plan: Plan) -> Iterator[Row]:
    """Measure how much of a core the idle server and its children use."""
    project = real_file(plan.folder / "rest")
    paths = sorted(project.path.parent.glob("*.py"), key=lambda path: path.stat().st_size)[-OPEN:]
    with ExitStack() as stack:
        client = plan.servers[EXPERT].spawn(stack, project.root)
        plan.servers[EXPERT].greet(client, project.root)
        for path in paths:
            client.open(path, path.read_text(encoding="utf-8"))
        system.wait_idle(client.pid, plan.settle_s)
        before, start = system.cpu_s(client.pid), time.monotonic()
        time.sleep(plan.rest_s)
        used = system.cpu_s(client.pid) - before
        share = 100 * used / (time.monotonic() - start)
    what = f"of one core, over {plan.rest_s:g} s, with all children"
    yield Row(IDLE, what, EXPERT, share, "%", at_most=0.5)
