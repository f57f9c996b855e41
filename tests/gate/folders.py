"""What the gate says of the files of two folders."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from python_expert.cli.gate_files import FileGate
from tests.conftest import write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from python_expert.actions.base import Action
    from python_expert.cli.judged import Judged


def judged(
    folder: Path, action: Action, before: Mapping[str, str], after: Mapping[str, str], config: str
) -> dict[str, Judged]:
    """The gate's answers for pairs of texts, by name.

    Args:
        folder: Where both folders are made.
        action: What the edits claim to be.
        before: The texts before.
        after: The texts after.
        config: The pyproject.toml of both.
    """
    write(folder / "old", {"pyproject.toml": config, **before})
    write(folder / "new", {"pyproject.toml": config, **after})

    async def run() -> list[Judged]:
        gate = FileGate(action, pytest.fail)
        try:
            return [each async for each in gate.judge(folder / "old", folder / "new")]
        finally:
            await gate.stop()

    return {str(each.path): each for each in asyncio.run(run())}
