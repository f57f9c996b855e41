"""Measure type hints for whole published files, from the command to the edit.

Run it as ``python -m tests.bench.whole_files [MODULE…]``. The hints of set A (see ``hints.corpus``)
are removed. Each module is the only open file in a server that has checked it. The client refuses
the edit, so that each round starts from the same text. The CPU time is that of the server and its
children.
"""

# ruff: noqa: T201 - a script that prints a table
from __future__ import annotations

import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.bench import peers, system
from tests.bench.hints.corpus import prepare
from tests.bench.measure import Desk

MODULES = ("structlog/processors.py", "click/types.py", "httpx/_models.py")
TURNS = 7


def main(wanted: list[str]) -> int:
    """Measure each module, and print a line for it."""
    stripped = prepare().stripped
    print(
        "| file | lines | first | median | fastest | steps | CPU |\n|---|---|---|---|---|---|---|"
    )
    for module in wanted or MODULES:
        with ExitStack() as stack, tempfile.TemporaryDirectory() as own:
            (Path(own) / "pyproject.toml").write_text("")
            package = Path(own) / module.partition("/")[0]
            package.symlink_to(stripped / package.name)
            text = (stripped / module).read_text(encoding="utf-8")
            desk = Desk(stack, peers.expert(), Path(own), Path(own) / module, text)
            desk.client.apply_answer = {"applied": False, "failureReason": "it is a measurement"}
            took, steps, busy = [], 0, 0.0
            for _ in range(TURNS):
                desk.rest()
                desk.client.progress.clear()
                before, start = system.cpu_s(desk.client.pid), time.monotonic()
                arguments = {
                    "action": "add-type-hints",
                    "uri": desk.uri,
                    "version": 1,
                    "range": None,
                }
                params = {
                    "command": "pythonExpert.rewrite",
                    "arguments": [arguments | {"wait": True}],
                }
                request = desk.client.send_request("workspace/executeCommand", params)
                desk.client.result_of(request)
                took.append(desk.client.answered[request] - start)
                busy = system.cpu_s(desk.client.pid) - before
                steps = sum(each["value"]["kind"] == "report" for each in desk.client.progress)
            rest = took[1:]
            times = f"{took[0]:.2f} s | {statistics.median(rest):.2f} s | {min(rest):.2f} s"
            print(f"| {module} | {text.count(chr(10))} | {times} | {steps} | {busy:.2f} s |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
