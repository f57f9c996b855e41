"""Definitions that a request selects by name."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from python_expert.actions.base import Skipped, Target
from python_expert.text.document import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.actions.base import Action, Options
    from python_expert.analysis.source import Source

NOTHING_LACKS = "there is nothing left to add"

MOST_NEAR = 3
"""The most names that are proposed for an unknown name."""


def targets(
    action: Action, source: Source, names: Sequence[str], options: Options
) -> tuple[list[Target], list[Skipped]]:
    """Return the changeable definitions with some names, as if the cursor were in each.

    Args:
        action: The rewrite.
        source: The text.
        names: The definitions' keys or qualified names. A qualified name stands for all definitions
            of that name.
        options: The context of the rewrite.
    """
    meant = [
        each for each in source.definitions if {each.key, each.key.partition("#")[0]} & {*names}
    ]
    found, left = list[Target](), list[Skipped]()
    for each in meant:
        header = source.position(each.node.lineno, each.node.col_offset)
        around, skipped = action.targets(source, Range(header, header), options)
        mine = [target for target in around if target.key == each.key]
        # If a class itself cannot be changed, its methods are the targets.
        mine = mine or [target for target in around if target.key.startswith(f"{each.key}.")]
        why = [one for one in skipped if one.key in (each.key, "")]
        found += [target for target in mine if target not in found]
        left += why or ([] if mine else [Skipped(each.key, NOTHING_LACKS)])
    return found, left


def like(source: Source, name: str) -> list[str]:
    """Return the qualified names that an unknown name may mean.

    These are the methods and inner functions of that name, or similar names if there are none.
    """
    known = [each.qualname for each in source.definitions]
    inner = [each for each in known if each.endswith(f".{name}")]
    return [*dict.fromkeys(inner or get_close_matches(name, known, MOST_NEAR))][:MOST_NEAR]
