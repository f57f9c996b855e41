"""Runs one of our modules in a project's interpreter: ``python run_worker.py MODULE …``.

The module is imported under its own name, but its packages are empty and none of their code runs.
Nothing is added to ``sys.path``: the tool and its plugins, which the module imports, see the same
modules as in an ordinary run. So the module may only import the standard library, its tool, its
neighbours, `wire` and `cache_folders`. Its ``main`` is called.
"""
# ruff: noqa: PTH118, PTH120 - pathlib is not safe to import before sys.path is

from __future__ import annotations

import importlib
import os
import sys
import types

HERE = os.path.realpath(os.path.dirname(__file__))


def main() -> None:
    """Run the module that the command line names."""
    sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry) != HERE]
    parts = sys.argv[1].split(".")
    names = [".".join(parts[:length]) for length in range(1, len(parts))]
    for name in (*names, "python_expert.processes"):
        package = types.ModuleType(name)
        package.__path__ = [os.path.join(os.path.dirname(HERE), *name.split(".")[1:])]
        sys.modules[name] = package
    importlib.import_module(sys.argv[1]).main()


if __name__ == "__main__":
    main()
