"""Call a function in a forked process."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
import traceback
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def forked(work: Callable[[], str], seconds: float) -> str | None:
    """Return the result of a function in a forked process, and end that process group.

    Args:
        work: The function. It returns a non-empty text; its output is lost.
        seconds: How long it may take.

    Returns:
        The text, or None if the function takes longer, raises an exception, or its process dies.
    """
    receive, send = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about threads, but none holds a lock here
        pid = os.fork()
    if not pid:
        _work(work, send)
    os.close(send)
    try:
        return _read(receive, time.monotonic() + seconds) or None
    finally:
        os.close(receive)
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _work(work: Callable[[], str], send: int) -> None:
    try:
        os.setpgid(0, 0)
        errors = os.dup(2)
        os.set_inheritable(errors, False)  # noqa: FBT003 - it takes no keyword
        quiet = os.open(os.devnull, os.O_RDWR)
        for each in (0, 1, 2):
            os.dup2(quiet, each)
        try:
            os.write(send, work().encode())
        except BaseException:  # noqa: BLE001 - the process ends here in any case
            os.write(errors, traceback.format_exc().encode())
    finally:
        sys.stdout.flush()
        os._exit(0)


def _read(pipe: int, until: float) -> str:
    data = b""
    while select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
        more = os.read(pipe, 65536)
        if not more:
            return data.decode()
        data += more
    return ""
