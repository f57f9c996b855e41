"""The tools of the registry, and values derived from them, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.config import settings, sources
from python_expert.config.tool_spec import Trigger
from python_expert.tools.registry import TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from python_expert.config.layers import Layer
    from python_expert.config.settings import Settings
    from python_expert.diagnostics.deduplication import MergeRules

__all__ = [
    "ALL_NAMES",
    "ANTIPATTERNS",
    "BANDIT",
    "MERGING",
    "MYPY",
    "NAMES",
    "RUFF",
    "SCHEMA",
    "SPECS",
    "TOOLS",
    "load",
    "merge",
]

SPECS = tuple(tool.spec for tool in TOOLS)
ALL_NAMES = tuple(spec.name for spec in SPECS)
NAMES = tuple(spec.name for spec in SPECS if spec.when is Trigger.TYPING)
"""The tools that check while you type."""
RUFF, MYPY, BANDIT, ANTIPATTERNS = NAMES
MERGING: dict[str, MergeRules] = {spec.name: spec.merging for spec in SPECS}
SCHEMA = settings.schema(SPECS)


def merge(layers: Iterable[Layer]) -> tuple[Settings, list[str]]:
    """Merge settings; see `sources.merge`."""
    return sources.merge(layers, SCHEMA)


def load(root: Path, editor: Iterable[Layer]) -> tuple[Settings, list[str]]:
    """Return the settings of a project; see `sources.load`."""
    return sources.load(root, editor, SCHEMA)
