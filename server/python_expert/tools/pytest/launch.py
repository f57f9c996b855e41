"""What a project's tests are run with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_expert.tools.pytest.spec import PYTEST, PytestSettings, WhichCoverage
from python_expert.tools.tests import WhenToRun

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.tools.context import ToolContext


@dataclass(frozen=True)
class PytestLaunch:
    """What a project's tests are run with.

    Attributes:
        python: The project's interpreter.
        root: The project's folder.
        args: Pytest's further arguments.
        config: Pytest's configuration file, which says what tests are called.
        when: When tests run.
        coverage: Which coverage is shown.
        changes: How often its configuration files have changed.
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
        """What a project's settings say."""
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
