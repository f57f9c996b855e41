"""Fixtures that the tests of single parts share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.mypy_client import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def worker() -> Iterator[Worker]:
    """A mypy worker, not yet started on a folder."""
    it = Worker()
    yield it
    it.end()
