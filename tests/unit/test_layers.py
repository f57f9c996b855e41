"""The package's layers hold: what lies lower knows nothing of what lies higher."""

from __future__ import annotations

import subprocess
import sysconfig
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "server" / "python_expert"


def test_no_module_imports_upwards() -> None:
    command = [str(Path(sysconfig.get_path("scripts"), "lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_package_has_few_modules_at_its_root() -> None:
    names = {path.stem for path in PACKAGE.glob("*.py")}
    assert names == {"__init__", "__main__", "isolation"}


def test_what_runs_in_a_projects_interpreter_imports_only_the_wire() -> None:
    wire = "python_expert.processes.wire"
    workers = "python_expert.tools.mypy.mypy_worker", "python_expert.tools.bandit.bandit_worker"
    graph = grimp.build_graph("python_expert", cache_dir=None)
    assert graph.find_modules_directly_imported_by(wire) == set()
    for worker in workers:
        for module in {worker, *graph.find_descendants(worker)}:
            for imported in graph.find_modules_directly_imported_by(module):
                assert imported == wire or imported.startswith(worker), module
