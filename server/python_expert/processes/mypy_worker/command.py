"""One run of mypy as the command does it, with its answer on a stream of its own.

Options that change what mypy prints or writes do not count; see `neutral`. Each line of the
output is a JSON object: an error, and at the end ``{"status": …}``, without which the run has
failed. What plugins print goes to standard error.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, NoReturn

from . import neutral

if TYPE_CHECKING:
    from typing import TextIO

CLEAN, FOUND, BLOCKED = 0, 1, 2


def main() -> NoReturn:
    """Run mypy with the arguments after the first, and end the process with its status."""
    neutral.clear_environment()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
    os.dup2(2, 1)
    status = _run(sys.argv[2:], out)
    out.write(json.dumps({"status": status}) + "\n")
    out.flush()
    sys.stderr.flush()
    os._exit(status)  # without freeing millions of objects first


def _run(args: list[str], out: TextIO) -> int:
    try:
        from mypy.defaults import RECURSION_LIMIT  # noqa: PLC0415 - other versions may lack it
        from mypy.fscache import FileSystemCache  # noqa: PLC0415
        from mypy.main import process_options, run_build  # noqa: PLC0415
    except ImportError:
        return _run_as_it_is(args, out)
    sys.setrecursionlimit(RECURSION_LIMIT)
    cache = FileSystemCache()
    sources, options = process_options(args, stdout=out, stderr=sys.stderr, fscache=cache)
    neutral.neutralise(options)
    _, messages, blocked = run_build(sources, options, cache, time.time(), out, sys.stderr)
    return BLOCKED if blocked else FOUND if messages else CLEAN


def _run_as_it_is(args: list[str], out: TextIO) -> int:
    """Run a mypy that is made differently from those known."""
    from mypy import api  # noqa: PLC0415

    words, complaints, status = api.run(args)
    out.write(words)
    sys.stderr.write(complaints)
    return status
