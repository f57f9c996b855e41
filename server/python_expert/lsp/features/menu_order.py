"""The order of a menu of code actions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from python_expert.lsp.features.code_actions import within

if TYPE_CHECKING:
    from collections.abc import Iterable

DISABLE = "Disable for this line"
"""The end of the titles of quick fixes, including ruff's, that only suppress a finding."""

_ORDER = ("quickfix", "refactor", "source")


def arranged(actions: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort code actions: fixes, then suppressions, then rewrites, then source actions.

    Two findings on a line may have the same fix ("Disable for this line"). It is listed once, with
    both diagnostics.
    """
    found: dict[str, dict[str, Any]] = {}
    for action in sorted(actions, key=_rank):
        what = action["title"], action["kind"], action.get("edit"), action.get("command")
        known = found.setdefault(json.dumps(what), action)
        if known is not action and (more := action.get("diagnostics")):
            known["diagnostics"] = [*known.get("diagnostics", ()), *more]
    return [*found.values()]


def _rank(action: dict[str, Any]) -> tuple[int, bool]:
    place = next(place for place, kind in enumerate(_ORDER) if within(action["kind"], kind))
    return place, action["title"].endswith(DISABLE)
