"""How much is measured, and of whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.bench.peers import Peer


@dataclass(frozen=True)
class Plan:
    """How much to measure.

    Attributes:
        servers: The servers, by name.
        folder: A temporary folder for projects.
        cache: A folder that is kept from one run to the next.
        edits: Samples of one edit.
        whole: Samples of the whole answer.
        bursts: Bursts.
        starts: Starts.
        builds: Starts with all of a large project to read.
        far: Edits that other code can notice.
        settle_s: Seconds at least after which a server counts as resting.
        rest_s: For how many seconds it is watched then.
        types: Samples of one edit to a type checker's finding, in each file.
        slow_types: The same of a server that takes a second for each.
        checkpoints: After how many edits memory is read.
        worker_checkpoints: The same of the memory of mypy's worker.
    """

    servers: Mapping[str, Peer]
    folder: Path
    cache: Path
    edits: int = 40
    whole: int = 40
    bursts: int = 5
    starts: int = 10
    builds: int = 5
    far: int = 20
    settle_s: float = 60.0
    rest_s: float = 120.0
    types: int = 40
    slow_types: int = 10
    checkpoints: tuple[int, ...] = (100, 1_000, 2_500, 5_000, 10_000)
    worker_checkpoints: tuple[int, ...] = (10, 100, 1_000)
