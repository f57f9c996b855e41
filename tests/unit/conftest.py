"""Adds the tests of this folder to the inner loop, and fails a test that starts a process."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

FOLDER: Final = Path(__file__).parent

STARTS: Final = frozenset({
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.startfile", "os.system",
    "subprocess.Popen",
})  # fmt: skip
"""Audit events for a new process, including one that asyncio starts."""

_running = ""
"""The id of the running test, if it is in this folder."""


def _refuse_processes(event: str, arguments: tuple[object, ...]) -> None:
    if _running and event in STARTS:
        # Does not raise an Exception, which code under test could handle as a missing tool.
        pytest.fail(
            f"{_running} starts a process: {arguments[0] if arguments else event}. "
            "Tests in tests/unit start none. Move the test to tests/server."
        )


sys.addaudithook(_refuse_processes)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Add all tests of this folder to the inner loop."""
    for item in items:
        if item.path.is_relative_to(FOLDER):
            item.add_marker(pytest.mark.fast)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Forbid processes, also those of fixtures."""
    global _running  # noqa: PLW0603 - an audit hook has no other way to know
    _running = item.nodeid
    yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Generator[None]:
    """Allow processes again after the fixtures have ended."""
    global _running  # noqa: PLW0603 - see above
    try:
        yield
    finally:
        _running = ""
