"""The parameters of a project's test runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_expert.config.environments import prefix_of, site_packages
from python_expert.tools.pytest.spec import PYTEST, PytestSettings, WhichCoverage
from python_expert.tools.tests import DebugLaunch, WhenToRun

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.tools.context import ToolContext


STOP_DEBUGGERS = {"xdist": "-n0", "pytest_cov": "--no-cov"}
"""Plugins that prevent a debugger from stopping at breakpoints, and the options to disable them."""


@dataclass(frozen=True)
class PytestLaunch:
    """The parameters of a project's test runs.

    Attributes:
        python: The project's interpreter.
        root: The project's folder.
        args: Further arguments of pytest.
        config: Pytest's configuration file, which has the naming conventions of tests.
        when: When tests run.
        coverage: The coverage to show.
        changes: The number of changes of its configuration files.
    """

    python: Path
    root: Path
    args: tuple[str, ...] = ()
    config: Path | None = None
    when: WhenToRun = WhenToRun.MANUAL
    coverage: WhichCoverage = WhichCoverage.OFF
    changes: int = 0

    @classmethod
    def of(cls, context: ToolContext) -> PytestLaunch:
        """Read a project's settings."""
        settings = context.settings.tools.of(PYTEST)
        return cls(
            context.program(PYTEST),
            context.root,
            context.args(PYTEST),
            context.config(PYTEST, None),
            settings.run if isinstance(settings, PytestSettings) else WhenToRun.MANUAL,
            settings.coverage if isinstance(settings, PytestSettings) else WhichCoverage.OFF,
            context.changes(PYTEST),
        )

    @property
    def is_live(self) -> bool:
        """Whether tests run automatically after each edit."""
        return self.when is WhenToRun.LIVE

    def for_debugger(self) -> DebugLaunch:
        """Return the command for a debugger. Reads the names of installed plugins.

        A breakpoint only stops the process that the debugger has started. It does not stop xdist's
        processes, and has no effect while coverage.py traces.
        """
        prefix = prefix_of(self.python) or self.python.parent.parent
        folders = site_packages(prefix)
        off = (
            option
            for package, option in STOP_DEBUGGERS.items()
            if any((folder / package).is_dir() for folder in folders)
        )
        return DebugLaunch(self.python, self.root, "pytest", (*off, *self.args))
