"""What a project's bandit is started with."""

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
    """What a project's bandit is started with.

    Attributes:
        python: The interpreter that has bandit.
        root: The project's folder.
        config: Bandit's configuration file (TOML, YAML or INI), or None for its defaults.
        args: Bandit's command-line arguments, of those that the worker understands.
        expert: Whether the expert profile applies, which lets tests ``assert``.
        ruff: Ruff's configuration file, where that decides about both tools' rules.
        changes: How often its configuration files have changed; each time it starts anew.
    """

    python: Path
    root: Path
    config: Path | None = None
    args: tuple[str, ...] = ()
    expert: bool = False
    changes: int = 0
    ruff: Path | None = None


def launch_for(context: ToolContext) -> BanditLaunch:
    """What bandit is started with for a project."""
    config, args = context.config(BANDIT, None), context.args(BANDIT)
    decides = SPEC.merging.preferred
    ruff = None
    if config is None and not args and context.settings.profile is Profile.AUTO:
        ruff = context.config(decides, None)
    return BanditLaunch(
        context.program(BANDIT),
        context.root,
        config,
        args,
        context.is_expert(BANDIT, None),
        context.changes(BANDIT) + (context.changes(decides) if ruff else 0),
        ruff,
    )
