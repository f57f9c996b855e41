"""Starts the worker; to be run as `python FOLDER`, or `python FOLDER run …` for one run of mypy."""
# ruff: noqa: PTH119, PTH120 - pathlib is not safe to import before sys.path is

from __future__ import annotations

import importlib
import os
import sys

_FOLDER = os.path.dirname(os.path.realpath(__file__))
sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry) != _FOLDER]
sys.path.insert(0, os.path.dirname(_FOLDER))
_work = "command" if sys.argv[1:2] == ["run"] else "serve"
_module = importlib.import_module(f"{os.path.basename(_FOLDER)}.{_work}")
del sys.path[0]  # only now: what lies beside this package must not be imported by plugins

if __name__ == "__main__":
    _module.main()
