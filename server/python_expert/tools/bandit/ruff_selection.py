"""Finds the tests of bandit that a project deselects by its configuration of ruff."""

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
    """Decides by ruff's configuration which tests of bandit apply; valid while it is unchanged.

    Args:
        find: Finds the configuration file of ruff that is closest to a file.
        ruff: The executable of ruff.
        root: The project's folder.
    """

    def __init__(self, find: Callable[[Path | None], Path | None], ruff: Path, root: Path) -> None:
        self.config_for = find
        self._ruff = ruff
        self._root = root
        self._refused: dict[Path, bool] = {}

    async def unwanted(self, path: Path) -> frozenset[str]:
        """Return the tests that ruff's configuration deselects for a file.

        The result is empty if ruff rejects the configuration: then it does not configure ruff
        either.
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
            except ToolError:  # ruff's own findings include its message
                status = 0
            self._refused[config] = status != 0
        return self._refused[config]
