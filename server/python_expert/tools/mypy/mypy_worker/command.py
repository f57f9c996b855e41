"""One run of mypy as from the command line, with its output in JSON on a separate stream.

Options that change what mypy prints or writes are ignored; see `neutral`. Each line of the output
is a JSON object: an error, and finally ``{"status": …, "exact": …, "warnings": …}``, without which
the run has failed. If columns are not exact, they are wrong after characters that are not ASCII;
the warnings are about the configuration. Output of plugins goes to standard error.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from . import neutral

if TYPE_CHECKING:
    from collections.abc import Container

    from python_expert.processes.wire import Json

CLEAN, FOUND, BLOCKED = 0, 1, 2

FLOOR = "--floor"
"""The first argument, if no option may make mypy find less than by default."""


def main() -> NoReturn:
    """Run mypy with the arguments after the first, and exit with its status."""
    neutral.clear_environment()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
    os.dup2(2, 1)
    try:
        words, status, end = _run(sys.argv[2:])
    except Exception as error:  # noqa: BLE001 - a configuration or a plugin may make mypy raise anything
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        sys.exit(BLOCKED)
    out.write(words + json.dumps({"status": status, **end}) + "\n")
    out.flush()
    sys.stderr.flush()
    os._exit(status)  # without freeing millions of objects first


def _run(args: list[str]) -> tuple[str, int, Json]:
    floor = args[:1] == [FLOOR]
    args = args[floor:]
    try:
        from mypy.defaults import RECURSION_LIMIT  # noqa: PLC0415 - other versions may lack it
        from mypy.main import process_options, run_build  # noqa: PLC0415

        from .excluded import is_excluded  # noqa: PLC0415
        from .floor import hold  # noqa: PLC0415
        from .recent import RecentFiles  # noqa: PLC0415
        from .run_cache import run_cache  # noqa: PLC0415
        from .stubs import with_packages  # noqa: PLC0415
    except ImportError:
        return _run_as_it_is(args)
    sys.setrecursionlimit(RECURSION_LIMIT)
    cache, said = RecentFiles(), io.StringIO()
    try:
        sources, options = process_options(args, stderr=said, fscache=cache)
    finally:
        sys.stderr.write(said.getvalue())
    if not neutral.could_read_configuration(options):
        sys.exit(BLOCKED)
    neutral.neutralise(options)
    if floor:
        hold(options)
    paths = {_real(source.path) for source in sources if source.path}
    excluded = {path for path in paths if is_excluded(path, options, cache)}
    sources = [each for each in sources if not each.path or _real(each.path) not in excluded]
    if excluded and not sources:
        return "", CLEAN, {"exact": True, "warnings": said.getvalue().strip()}

    def build(*, exact: bool) -> tuple[str, int, Json]:
        options.native_parser = not exact
        out = io.StringIO()
        built, messages, blocked = run_build(sources, options, cache, time.time(), out, sys.stderr)
        if _is_about_others(out.getvalue(), built) and options.cache_dir != os.devnull:
            options.cache_dir = os.devnull
            return build(exact=exact)
        status = BLOCKED if blocked else FOUND if messages else CLEAN
        words = _without(excluded, out.getvalue()) if excluded else out.getvalue()
        return with_packages(words), status, {"exact": exact, "warnings": said.getvalue().strip()}

    def run() -> tuple[str, int, Json]:
        # The parser with exact columns does not support newer syntax than this interpreter's.
        exact = options.python_version <= sys.version_info[:2]
        answer = build(exact=exact)
        return build(exact=False) if exact and answer[1] == BLOCKED else answer

    given = options.cache_dir
    key = [sys.executable, str(Path.cwd()), floor]
    with contextlib.suppress(Exception, SystemExit), run_cache(key) as folder:  # mypy exits
        if folder:
            options.cache_dir = str(folder)
            return run()
    options.cache_dir = given
    return run()


def _is_about_others(words: str, built: object) -> bool:
    """Return whether errors name files that were not read.

    For a module with the same name and text, mypy takes the errors from its cache, with the path of
    the file that it read then, for example of another script or of a file that was moved.
    """
    graph = getattr(getattr(built, "_result", None), "graph", None)  # other versions may lack it
    if graph is None:
        return False
    read = {_real(state.path) for state in graph.values() if state.path}
    return any(_real(json.loads(line)["file"]) not in read for line in words.splitlines())


def _without(excluded: Container[str], words: str) -> str:
    """Return mypy's output without the errors of excluded files, which other files may import."""
    lines = words.splitlines(keepends=True)
    return "".join(line for line in lines if _real(json.loads(line)["file"]) not in excluded)


def _real(path: str) -> str:
    """Return a path with the links in its folder resolved, as the working directory is spelled."""
    return str(Path(os.path.realpath(Path(path).parent), Path(path).name))


def _run_as_it_is(args: list[str]) -> tuple[str, int, Json]:
    """Run a mypy whose internals differ from the known versions."""
    from mypy import api  # noqa: PLC0415

    words, complaints, status = api.run(args)
    sys.stderr.write(complaints)
    return words, status, {"exact": True, "warnings": ""}
