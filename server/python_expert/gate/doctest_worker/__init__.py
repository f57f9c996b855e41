"""The process that runs new examples of docstrings, with a project's Python.

It imports nothing but the standard library and the module under test, with the candidate in place
of the module's text. It reads one JSON object from its input:

    {path, name, folders, before, after, lines, flags}: the module's file and name, the folders to
    put in front of ``sys.path``, the module's text before and after the edit, the 1-based lines of
    the added docstrings, and the names of doctest's option flags.

and writes one to its output: {why} if nothing could be run, else {ran}. ``ran`` has {line, passed,
failed, why} for each docstring. ``passed`` is a number, ``failed`` is a list of {line, message},
and ``why`` is the reason if the examples must not run. Docstrings in a function's body are left
out, because doctest does not find them.
"""

from __future__ import annotations

import json
import os
import sys

from python_expert.gate.doctest_worker.loading import error_line
from python_expert.gate.doctest_worker.run import answer_to


def main() -> None:
    """Answer one request."""
    # The packages from `worker_command` are empty, and the project may have the real packages.
    for name in [name for name in sys.modules if name.partition(".")[0] == "python_expert"]:
        del sys.modules[name]
    request = json.load(sys.stdin.buffer)
    answers = os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(null, stream)
    try:
        answer = answer_to(request)
    except BaseException as error:  # noqa: BLE001 - the project's code may raise anything
        answer = {"why": error_line(error)}
    with os.fdopen(answers, "w", encoding="ascii") as file:
        json.dump(answer, file)
    os._exit(0)  # skips the project's exit handlers
