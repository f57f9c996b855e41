"""The options of ``python-expert server``.

They are read with argparse, because importing Typer would make the server's start a fifth longer.
"""

from __future__ import annotations

import argparse
import gc
from typing import TYPE_CHECKING

from python_expert.lsp.initialization import answer_initialize
from python_expert.processes import logs
from python_expert.processes.wire import claim

if TYPE_CHECKING:
    from collections.abc import Sequence


_HOST = "127.0.0.1"


def main(argv: Sequence[str]) -> int:
    """Run the language server; return its exit status."""
    parser = _parser()
    options = parser.parse_args(argv)
    if not options.tcp and (options.port or options.host != _HOST):
        parser.error("--host and --port are for --tcp")
    try:
        logs.set_up(level="debug" if options.verbose else None, file=options.log_file)
    except OSError as error:
        parser.error(f"the log file cannot be written: {error}")
    if options.tcp:
        from python_expert.lsp.server import serve_tcp  # noqa: PLC0415 - --help need not wait

        return serve_tcp(options.host, options.port)
    source, sink = claim()
    params = answer_initialize(source, sink)
    if params is None:
        return 1
    gc.disable()  # until all modules are loaded: they are not garbage
    from python_expert.lsp.start import serve_stdio  # noqa: PLC0415 - the client has its answer

    return serve_stdio(source, sink, params)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python-expert server", description="Run the language server."
    )
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--stdio", action="store_true", help="serve on stdin/stdout (the default)")
    way.add_argument("--tcp", action="store_true", help="wait for one client on a TCP port")
    parser.add_argument("--host", default=_HOST, help="the address for --tcp (%(default)s)")
    parser.add_argument("--port", type=int, default=0, help="the port for --tcp (any free one)")
    parser.add_argument("--log-file", metavar="FILE", help="log to this file instead of stderr")
    parser.add_argument("-v", "--verbose", action="store_true", help="log in detail")
    # vscode-languageclient adds these options; the parent is also sent with `initialize`.
    parser.add_argument("--clientProcessId", help=argparse.SUPPRESS)
    return parser
