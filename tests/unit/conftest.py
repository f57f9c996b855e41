"""Tests in this folder belong to the inner loop, and one that starts a process fails."""

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
"""Audit events that mean a new process, one that asyncio starts included."""

_running = ""
"""The test of this folder that runs now."""


def _refuse_processes(event: str, arguments: tuple[object, ...]) -> None:
    if _running and event in STARTS:
        # Not an Exception, so no code under test takes it for a tool that is missing.
        pytest.fail(
            f"{_running} starts a process: {arguments[0] if arguments else event}. "
            "Tests in tests/unit start none. Move the test to tests/server."
        )


sys.addaudithook(_refuse_processes)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder belong to the inner loop."""
    for item in items:
        if item.path.is_relative_to(FOLDER):
            item.add_marker(pytest.mark.fast)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Refuse processes, those of fixtures too."""
    global _running  # noqa: PLW0603 - an audit hook has no other way to know
    _running = item.nodeid
    yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Generator[None]:
    """Allow processes again, once the fixtures are done."""
    global _running  # noqa: PLW0603 - see above
    try:
        yield
    finally:
        _running = ""
