"""Settings that were renamed since the last release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

DEPRECATED: Mapping[str, str] = {"llm.mends": "llm.repair_attempts"}
"""The old names, each with the new one in the same group; an entry stays for one release."""


def rename(values: dict[str, Any]) -> list[tuple[str, str]]:
    """Rename deprecated settings in place; return the old and the new name of each."""
    renamed = []
    for old, new in DEPRECATED.items():
        (group, _, key), name = old.partition("."), new.rpartition(".")[2]
        settings = values.get(group)
        if isinstance(settings, dict) and key in settings:
            settings.setdefault(name, settings.pop(key))
            renamed.append((old, new))
    return renamed
