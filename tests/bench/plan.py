"""The plan of a run: which servers to measure, and how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.bench.peers import Peer


@dataclass(frozen=True)
class Plan:
    """The servers and sample sizes of a run.

    Attributes:
        servers: The servers, by name.
        folder: A temporary folder for projects.
        cache: A folder that is kept between runs.
        edits: The number of samples of one edit.
        whole: The number of samples of the whole answer.
        bursts: The number of bursts.
        starts: The number of starts.
        builds: The number of starts that read all of a large project.
        far: The number of edits that affect other code.
        settle_s: The minimum number of seconds before a server counts as idle.
        rest_s: The number of seconds for which the idle server is watched.
        types: The number of samples from an edit to a type checker's finding, in each file.
        slow_types: The same number for a server that takes a second for each.
        checkpoints: The numbers of edits after which memory is measured.
        worker_checkpoints: The same numbers for the memory of mypy's worker.
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
