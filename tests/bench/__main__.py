"""Measure Python Expert against other servers, in one run and through one client.

Run it from the repository's root in the environment with Python Expert's dependencies:
``python -m tests.bench``. The first run makes virtual environments for the other servers under
``~/.cache/python-expert-bench`` (or ``XDG_CACHE_HOME``); ``--cache`` puts them elsewhere.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import peers, system
from tests.bench.plan import Plan
from tests.bench.report import Row, Run, compared
from tests.bench.scenarios import SCENARIOS
from tests.bench.workload import RULES

NOTES = f"""\
Every server is driven by the same client over pipes. Time runs from just before the change is \
handed to the client until the message that shows the finding has been read, before it is parsed. \
A publish counts only if it is about the edit's own version.
Within a scenario the servers take turns edit by edit (typing, bursts: block by block), each only \
once the one before is idle, so that noise hits all alike. The first edit of each is not counted.
All check with the same rules of ruff: {" ".join(RULES)}. Python Expert runs mypy (strict) and \
bandit at the same time; `ruff server` runs nothing else.
python-lsp-server has python-lsp-ruff and pylsp-mypy in live mode (strict); there is no bandit \
plugin for it. It waits half a second before it starts: `LINT_DEBOUNCE_S = 0.5` in \
`pylsp/python_lsp.py` (version 1.15.0, line 30). Both figures are given.
At the start, pylsp finds the `.mypy_cache` of the starts before, and Python Expert its own cache.
`rich/table.py` is rich's own, in a copy of the package; the edit adds a magic value (PLR2004), \
an unknown attribute (mypy) and a `torch.load` (B614).
Type errors: three of four edits put `"".probe_N` at the beginning of a random function, the \
fourth adds a function with such an attribute at the end of the file; a second edit, not \
measured, takes it away again. The first two are not counted. Each server checks as strictly as \
it does by default: Python Expert and pylsp-mypy as above in mypy's strict mode, ty and pyrefly \
by their own rules. pylsp takes part in the first edits only, as it is slow, and is compared on \
just those.
Memory is the resident set of the server's own process, from /proc/PID/smaps_rollup; that of its \
children is given apart. mypy's worker is read once it has come to rest.
""".splitlines()
"""Notes for the reader of the report."""

FAR = ("dependents", "classes", "imports")

INSTALLED = {
    peers.PYLSP: (peers.pylsp, {"whole", "burst", "startup", "types"}),
    peers.TY: (peers.ty, {"types", "first", *FAR}),
    peers.PYREFLY: (peers.pyrefly, {"types"}),
    peers.BASEDPYRIGHT: (peers.basedpyright, {"first", *FAR}),
    peers.ZUBAN: (peers.zuban, {"first", *FAR}),
}
"""The servers with their own environments, and the scenarios that measure them."""


def main() -> int:
    """Run the scenarios, and write the requested reports."""
    options = _options()
    without = set(options.without or ())
    found = [peers.expert(), peers.ruff()]
    if options.before:
        found.append(peers.before(options.before))
    servers = {peer.name: peer for peer in found if peer.name not in without}
    notes = list(NOTES)
    for name, (install, scenarios) in INSTALLED.items():
        if name not in without and scenarios.intersection(options.only or SCENARIOS):
            try:
                servers[name] = install(options.cache)
            except subprocess.CalledProcessError as error:
                notes.append(f"{name} could not be installed: {error}.")
    before = system.load()
    rows: list[Row] = []
    failed = False
    with tempfile.TemporaryDirectory(prefix="python-expert-bench-") as folder:
        for name in options.only or SCENARIOS:
            sys.stderr.write(f"{name} ...\n")
            place = Path(folder) / name
            place.mkdir()
            try:
                rows += SCENARIOS[name](_plan(servers, place, options))
            except Exception:  # noqa: BLE001 - the other scenarios must still run
                failed = True
                traceback.print_exc()
                notes.append(f"The scenario `{name}` failed.")
    run = Run(
        date=datetime.now(UTC).isoformat(timespec="minutes"),
        machine=system.machine(),
        load=(before, system.load()),
        versions=peers.versions(),
        rows=[*rows, *compared(rows, peers.EXPERT, peers.BEFORE)],
        notes=notes,
    )
    if options.json:
        options.json.write_text(run.to_json(), encoding="utf-8")
    if options.markdown:
        options.markdown.parent.mkdir(parents=True, exist_ok=True)
        options.markdown.write_text(run.to_markdown(), encoding="utf-8")
    sys.stdout.write(run.to_text())
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="fewer samples")
    parser.add_argument("--only", action="append", choices=SCENARIOS, help="may be repeated")
    parser.add_argument(
        "--without", action="append", choices=(peers.EXPERT, peers.RUFF, *INSTALLED)
    )
    parser.add_argument(
        "--before",
        type=Path,
        metavar="PYTHON",
        help="an interpreter that has another Python Expert, to be compared with",
    )
    parser.add_argument("--json", type=Path, metavar="F", help="write all samples")
    parser.add_argument("--markdown", type=Path, metavar="F", help="write the tables")
    parser.add_argument("--cache", type=Path, default=peers.default_cache(), metavar="FOLDER")
    return parser.parse_args()


def _plan(servers: dict[str, peers.Peer], folder: Path, options: argparse.Namespace) -> Plan:
    if not options.quick:
        return Plan(servers, folder, options.cache)
    return Plan(
        servers,
        folder,
        options.cache,
        edits=10,
        whole=4,
        bursts=2,
        starts=2,
        builds=1,
        far=6,
        settle_s=5.0,
        rest_s=10.0,
        types=10,
        slow_types=3,
        checkpoints=(100, 250, 500, 1_000),
        worker_checkpoints=(10, 50, 200),
    )


if __name__ == "__main__":
    sys.exit(main())
