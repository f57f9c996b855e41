"""Run the gate on the files of two folders."""

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
    """Return the gate's verdicts on pairs of texts by name.

    Args:
        folder: The parent of both folders.
        action: The action that the edits claim to be.
        before: The texts before by name.
        after: The texts after by name.
        config: The pyproject.toml of both folders.
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
