"""After a long session with faults, the findings are correct and the memory has not grown."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.faults.siege import FaultSession
from tests.faults.soak import MODULES, NAMES, Soak
from tests.scale import LONG, SEED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Tally

pytestmark = pytest.mark.one_python

EDITS, CHECKPOINTS = (10_000, 20) if LONG else (300, 2)

MOST_GROWTH = 32
"""How much the server's memory may grow over the full run, in MiB."""


def test_long_session_with_faults_keeps_findings_correct_and_memory_constant(
    tmp_path: Path, tally: Tally, summary: list[str]
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - not used for secrets
    files = {"stock.py": MODULES[0], **dict.fromkeys(NAMES, "")}
    with FaultSession(tmp_path, files) as session:
        soak = Soak(session, chance, tally)
        try:
            soak.run(EDITS, CHECKPOINTS)
        finally:
            summary += soak.lines()
        first, *_, last = soak.trend()
        assert last.files <= first.files + 6  # three for each child that was started meanwhile
        assert last.server <= first.server + MOST_GROWTH
