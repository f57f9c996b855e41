"""Which of bandit's tests a project leaves out by its configuration of ruff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.config.security_rules import unwanted_by_ruff
from python_expert.processes.command import Command, ToolError, run
from python_expert.tools.bandit.spec import DUPLICATES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_DEADLINE_S = 10.0


class RuffSelection:
    """What ruff's configuration decides about bandit's tests, while no such file changes.

    Args:
        find: Finds the configuration file of ruff's that is closest to a file.
        ruff: The program ruff.
        root: The project's folder.
    """

    def __init__(self, find: Callable[[Path | None], Path | None], ruff: Path, root: Path) -> None:
        self.config_for = find
        self._ruff = ruff
        self._root = root
        self._refused: dict[Path, bool] = {}

    async def unwanted(self, path: Path) -> frozenset[str]:
        """The tests that are left out for a file.

        None are if ruff refuses the configuration: then it decides nothing for ruff either.
        """
        config = self.config_for(path)
        rules = unwanted_by_ruff(config, path) if config else frozenset()
        if config is None or not rules or await self._is_refused(config):
            return frozenset()
        return frozenset(test for test, rule in DUPLICATES.items() if rule in rules)

    async def _is_refused(self, config: Path) -> bool:
        if config not in self._refused:
            options = ("--config", str(config), "--no-cache", "--exit-zero", "--quiet", "-")
            command = Command((str(self._ruff), "check", *options), self._root)
            try:
                status, _, _ = await run(command, deadline_s=_DEADLINE_S)
            except ToolError:  # ruff's own findings have its message
                status = 0
            self._refused[config] = status != 0
        return self._refused[config]
