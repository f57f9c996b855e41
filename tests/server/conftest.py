"""Fixtures that several test modules share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.mypy_client import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def worker() -> Iterator[Worker]:
    """A mypy worker that has not been started on a folder yet."""
    it = Worker()
    yield it
    it.end()
