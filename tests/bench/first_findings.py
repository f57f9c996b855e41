"""Measure the time from a server's start to its first type error, in projects of three sizes.

Each round starts every server once. Python Expert starts three times: without a cache, with the
cache of that start, and without a cache of this project but after another one was opened, from
which the stubs of the standard library are cached.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.bench import system
from tests.bench.peers import BASEDPYRIGHT, ENVIRONMENT, EXPERT, TY, ZUBAN, package
from tests.bench.probes import probes
from tests.bench.report import Row
from tests.client import apply_changes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bench.peers import Peer
    from tests.bench.plan import Plan

SERVERS: Final = (BASEDPYRIGHT, TY, ZUBAN, EXPERT)

AGAIN: Final = f"{EXPERT}, second start"
AFTER: Final = f"{EXPERT}, first start after another project"
MYPY: Final = "mypy, warm"

GIVE_UP_S: Final = 300.0
"""Seconds after which a measurement stops waiting."""

LEAST_S: Final = 0.5
"""Seconds that a server runs at least before its memory is measured."""


OTHER: Final = """\
import argparse, asyncio, collections.abc, dataclasses, json, logging, pathlib, re, subprocess

"".probe_0
"""
"""The only file of the other project."""


class Project(NamedTuple):
    """A project to open.

    Attributes:
        requirement: The project's requirement for pip.
        file: The file to open.
        again: The goal for the ratio of the second start to basedpyright's first.
    """

    requirement: str
    file: str
    again: float


PROJECTS: Final = {
    "rich": Project("rich==15.0.0", "rich/text.py", 0.4),
    "Django": Project("django==5.2.19", "django/db/models/query.py", 0.15),
    "sympy": Project("sympy==1.14.0", "sympy/core/expr.py", 0.15),
}


class Start(NamedTuple):
    """The measurements of one start.

    Attributes:
        seconds: Until the finding.
        cpu: CPU seconds until the finding, with all children.
        server: The memory of the server's own process then, in MiB.
        worker: The memory of mypy's idle worker in MiB, or 0.
    """

    seconds: float
    cpu: float
    server: float = 0.0
    worker: float = 0.0


def first_findings(plan: Plan) -> Iterator[Row]:
    """Measure each project."""
    for name in PROJECTS:
        yield from _measure(plan, name)


def _measure(plan: Plan, name: str) -> Iterator[Row]:
    project = PROJECTS[name]
    root = package(plan.cache, project.requirement)
    path = root / project.file
    _, probe, _ = next(iter(probes(path.read_text(encoding="utf-8"), 1)))
    # In a copy with the error on disk, so that mypy's command checks the same text as the servers.
    copied = plan.folder / name
    subprocess.run(["cp", "-r", str(root), str(copied)], check=True)
    text = apply_changes(path.read_text(encoding="utf-8"), [probe])
    path = copied / project.file
    path.write_text(text, encoding="utf-8")
    servers = [server for server in SERVERS if server in plan.servers]
    starts: dict[str, list[Start]] = {each: [] for each in [*servers, AFTER, AGAIN, MYPY]}
    for step in range(plan.builds):
        for server in servers:
            peer = plan.servers[server]
            if server == EXPERT:
                caches = plan.folder / f"{name}-caches-{step}"
                peer = replace(peer, env={**peer.env, "XDG_CACHE_HOME": str(caches)})
                starts[server].append(_start(peer, path, copied, caches))
                starts[AGAIN].append(_start(peer, path, copied, None))
                other = plan.folder / f"{name}-other-{step}"
                peer = replace(peer, env={**peer.env, "XDG_CACHE_HOME": str(other / "caches")})
                other.mkdir()
                (other / "other.py").write_text(OTHER)
                _start(peer, other / "other.py", other, other / "caches")
                starts[AFTER].append(_start(peer, path, copied, None))
            else:
                starts[server].append(_start(peer, path, copied, None))
        if not step:
            _mypy(copied, path)
        starts[MYPY].append(_mypy(copied, path))
    yield from _rows(f"first findings, {name}, {project.file}", project, starts)


def _start(peer: Peer, path: Path, folder: Path, caches: Path | None) -> Start:
    """Start a server, open a file, and measure.

    Args:
        peer: The server.
        path: The file.
        folder: The workspace's folder.
        caches: The folder in which to wait for the cache of mypy's worker, if it is kept.
    """
    with ExitStack() as stack:
        begun = time.monotonic()
        client = peer.spawn(stack, folder)
        peer.greet(client, folder)
        uri = client.open(path, path.read_text(encoding="utf-8"))

        def shown() -> float | None:
            last = client.last(uri)
            found = last.diagnostics if last else []
            return time.monotonic() if any(_is_meant(peer, each) for each in found) else None

        at = client.wait(shown, "the first type error", GIVE_UP_S)
        done = Start(at - begun, system.cpu_s(client.pid))
        if peer.name != EXPERT:
            return done
        end = time.monotonic() + GIVE_UP_S
        while caches and not any(caches.rglob("mypy-stubs/*/*/index.json")):
            assert time.monotonic() < end, "mypy's worker has written no cache"
            time.sleep(system.IDLE_S)
        system.wait_idle(client.pid, LEAST_S)
        own = system.memory(client.pid)
        worker = system.memory(system.descendant(client.pid, "mypy_worker"))
        assert own is not None
        assert worker is not None
        return done._replace(server=own.resident, worker=worker.resident)


def _is_meant(peer: Peer, diagnostic: dict[str, object]) -> bool:
    source = str(diagnostic.get("source")).lower()
    wanted = "mypy" if peer.name == EXPERT else peer.tools[0]
    return source == wanted and "probe_" in str(diagnostic["message"])


def _mypy(root: Path, path: Path) -> Start:
    """Run mypy's command with its own cache."""
    command = [sys.executable, "-m", "mypy", "--strict", str(path.relative_to(root))]
    before, begun = os.times(), time.monotonic()
    env = {**os.environ, **ENVIRONMENT}
    subprocess.run(command, cwd=root, env=env, capture_output=True, check=False)
    took, after = time.monotonic() - begun, os.times()
    cpu = after.children_user + after.children_system
    return Start(took, cpu - before.children_user - before.children_system)


def _rows(scenario: str, project: Project, starts: dict[str, list[Start]]) -> Iterator[Row]:
    for server, all_of in starts.items():
        if not all_of:
            continue
        what = "the command" if server == MYPY else "start → first type error"
        yield Row.of(scenario, what, server, [1000 * each.seconds for each in all_of])
        cpu = statistics.median(each.cpu for each in all_of)
        yield Row(scenario, f"{what}, CPU time", server, cpu, "s")
    middle = {
        server: [statistics.median(each[index] for each in all_of) for index in range(4)]
        for server, all_of in starts.items()
        if all_of
    }
    for other, which, goal in (
        (BASEDPYRIGHT, EXPERT, 0.7),
        (BASEDPYRIGHT, AFTER, 0.7),
        (BASEDPYRIGHT, AGAIN, project.again),
        (MYPY, AGAIN, 3.0),
    ):
        if other in middle and which in middle:
            for index, kind in enumerate(("", ", CPU time")):
                ratio = middle[which][index] / middle[other][index]
                at_most = None if index else goal
                yield Row(scenario, f"over {other}{kind}", which, ratio, at_most=at_most)
    if EXPERT in middle:
        for server in (EXPERT, AGAIN):
            yield Row(scenario, "memory of mypy's worker", server, middle[server][3], "MiB")
            goal_mib = 80.0
            own = middle[server][2]
            yield Row(scenario, "memory of the server", server, own, "MiB", at_most=goal_mib)
        ratio = middle[AGAIN][3] / middle[EXPERT][3]
        goal_ratio = 0.4 if project.file.startswith("sympy") else None
        what = "memory of mypy's worker, over the first start's"
        yield Row(scenario, what, AGAIN, ratio, at_most=goal_ratio)
