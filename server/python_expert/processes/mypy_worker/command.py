"""One run of mypy as the command does it, with its answer on a stream of its own.

Options that change what mypy prints or writes do not count; see `neutral`. Each line of the
output is a JSON object: an error, and at the end ``{"status": …, "exact": …}``, without which the
run has failed. Columns that are not exact are wrong after characters other than ASCII. What
plugins print goes to standard error.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from typing import NoReturn

from . import neutral

CLEAN, FOUND, BLOCKED = 0, 1, 2


def main() -> NoReturn:
    """Run mypy with the arguments after the first, and end the process with its status."""
    neutral.clear_environment()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
    os.dup2(2, 1)
    words, status, exact = _run(sys.argv[2:])
    out.write(words + json.dumps({"status": status, "exact": exact}) + "\n")
    out.flush()
    sys.stderr.flush()
    os._exit(status)  # without freeing millions of objects first


def _run(args: list[str]) -> tuple[str, int, bool]:
    try:
        from mypy.defaults import RECURSION_LIMIT  # noqa: PLC0415 - other versions may lack it
        from mypy.fscache import FileSystemCache  # noqa: PLC0415
        from mypy.main import process_options, run_build  # noqa: PLC0415
    except ImportError:
        return _run_as_it_is(args)
    sys.setrecursionlimit(RECURSION_LIMIT)
    cache = FileSystemCache()
    sources, options = process_options(args, stderr=sys.stderr, fscache=cache)
    neutral.neutralise(options)

    def build(*, exact: bool) -> tuple[str, int, bool]:
        options.native_parser = not exact
        out = io.StringIO()
        _, messages, blocked = run_build(sources, options, cache, time.time(), out, sys.stderr)
        return out.getvalue(), BLOCKED if blocked else FOUND if messages else CLEAN, exact

    # The parser with exact columns knows no newer syntax than this interpreter's.
    answer = build(exact=options.python_version <= sys.version_info[:2])
    return build(exact=False) if answer[1:] == (BLOCKED, True) else answer


def _run_as_it_is(args: list[str]) -> tuple[str, int, bool]:
    """Run a mypy that is made differently from those known."""
    from mypy import api  # noqa: PLC0415

    words, complaints, status = api.run(args)
    sys.stderr.write(complaints)
    return words, status, True
