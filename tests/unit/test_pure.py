"""A test in this folder cannot start a process."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    "start",
    [
        lambda: subprocess.run([sys.executable, "-V"], check=True),
        lambda: asyncio.run(asyncio.create_subprocess_exec(sys.executable, "-V")),
        lambda: os.posix_spawn(sys.executable, [sys.executable, "-V"], {}),
        os.fork,
    ],
    ids=["subprocess", "asyncio", "spawn", "fork"],
)
def test_a_test_that_starts_a_process_fails_with_advice(
    start: Callable[[], object],
) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"Move the test to tests/server\."):
        start()
