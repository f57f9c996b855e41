"""The process in which coverage.py reports uncovered code; `worker_command` starts it.

It runs with the project's Python, imports only the standard library and coverage.py, and does not
run the project's code. It reads one JSON object from its input:

    {options, branch, files: {file: {ran: [[line, line]], text}}}: the configuration of pytest-cov,
    whether branches count, and for each file the executed steps from line to line, 1-based as in
    coverage.py, and the text to which they belong if it differs from the file on disk. Without
    ``files``, the data that the project's own runs have left is read, from a copy.

and writes one to its output:

    {files: {file: {missing, executed, jumps, statements, branches, missing_branches}}, fail_under,
    precision} or {fault}: for each file the 1-based lines that were not run and those that were,
    the jumps that were not made, and the numbers of statements, branches and missing branches.
"""

from __future__ import annotations

import json
import os
import sys

from python_expert.tools.pytest.coverage_worker.reports import answer_to


def main() -> None:
    """Answer one request."""
    request = json.load(sys.stdin.buffer)
    answers = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        answer = answer_to(request)
    except Exception as error:  # noqa: BLE001 - the server reports any error
        answer = {"fault": " ".join(str(error).split()) or repr(error)}
    with os.fdopen(answers, "w", encoding="ascii") as file:
        json.dump(answer, file)
