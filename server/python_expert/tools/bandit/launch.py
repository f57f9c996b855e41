"""The parameters with which a project's bandit is started."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_expert.config.settings import Profile
from python_expert.tools.bandit.spec import BANDIT, SPEC

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.tools.context import ToolContext


@dataclass(frozen=True)
class BanditLaunch:
    """The parameters with which a project's bandit is started.

    Attributes:
        python: The interpreter in which bandit is installed.
        root: The project's folder.
        config: Bandit's configuration file (TOML, YAML or INI), or None for its defaults.
        args: Bandit's command-line arguments that the worker supports.
        expert: Whether the expert profile applies, which allows ``assert`` in tests.
        follows_ruff: Whether ruff's configuration, if there is one, selects the tests.
        changes: The number of changes of its configuration files; each one restarts bandit.
    """

    python: Path
    root: Path
    config: Path | None = None
    args: tuple[str, ...] = ()
    expert: bool = False
    changes: int = 0
    follows_ruff: bool = False


def launch_for(context: ToolContext) -> BanditLaunch:
    """Return the parameters of bandit for a project."""
    config, args = context.config(BANDIT, None), context.args(BANDIT)
    follows = config is None and not args and context.settings.profile is Profile.AUTO
    changes = context.changes(SPEC.merging.preferred) if follows else 0
    return BanditLaunch(
        context.program(BANDIT),
        context.root,
        config,
        args,
        context.is_expert(BANDIT, None),
        context.changes(BANDIT) + changes,
        follows,
    )
