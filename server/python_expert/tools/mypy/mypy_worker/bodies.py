"""Checks the bodies of a module's functions, and keeps the results of unchanged ones."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from mypy.checker import DeferredNode
from mypy.errorcodes import NO_UNTYPED_CALL, NO_UNTYPED_DEF

from .memory import Body

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy.build import State
    from mypy.errors import ErrorInfo

    from .memory import Function

A_LINE: Final = re.compile(r"\bline \d")

MISSING_HINTS: Final = {NO_UNTYPED_DEF, NO_UNTYPED_CALL}
"""Codes of findings that only depend on the function and what it calls.

Other findings may, for example, suggest any name that is defined.
"""


def check_bodies(
    state: State, functions: list[Function], kept: Mapping[str, Body]
) -> dict[str, Body]:
    """Check the bodies of functions, except those kept from before; returns them all."""
    errors = state.manager.errors
    infos = errors.error_info_map.setdefault(state.xpath, [])
    ignored = errors.used_ignored_lines[state.xpath]
    infos[:] = dict.fromkeys(infos)  # mypy may add an error twice; it must be moved once
    top, top_ignored = len(infos), {line: list(codes) for line, codes in ignored.items()}
    checker = state.type_checker()
    checker.pass_num = -1  # as in mypy's own two phases, where the top level is one pass
    checker.deferred_nodes.clear()
    todo = [DeferredNode(each.node, each.owner) for each in functions if each.name not in kept]
    more = bool(todo) and state.type_check_second_pass(todo, impl_only=True)
    while more:
        more = state.type_check_second_pass(impl_only=True)
    infos[:] = dict.fromkeys(infos)
    checked = len(infos)
    state.detect_possibly_undefined_vars()
    # This processed all functions, and knew no types in those that were not checked.
    skipped = {
        line for each in functions if each.name in kept for line in range(each.first, each.last + 1)
    }
    infos[checked:] = [info for info in infos[checked:] if info.line not in skipped]
    for line in skipped & ignored.keys():
        if line in top_ignored:
            ignored[line] = top_ignored[line]
        else:
            del ignored[line]
    owners = defaultdict(list)
    for info in infos[top:checked]:
        owners[info.target].append(info)
    dirty = {info.line for info in infos if info.code not in MISSING_HINTS} | ignored.keys()
    bodies = {}
    lost = not owners.keys() <= {each.name for each in functions}
    for each in functions:
        if body := kept.get(each.name):
            body.move(each.first)
            infos += body.infos
            for line, codes in body.ignored.items():
                ignored[line] += codes
        else:
            lines = range(each.first, each.last + 1)
            late = [info for info in infos[checked:] if info.line in lines]
            body = Body(each.text, each.first, owners[each.name] + late)
            body.ignored = {
                line: ignored[line][len(top_ignored.get(line, ())) :]
                for line in lines
                if line in ignored
            }
            body.moves = all(is_movable(info, lines) for info in body.infos)
            body.clean = dirty.isdisjoint(lines)
        bodies[each.name] = body
    return {} if lost else bodies  # findings that belong to no function could not be kept


def is_movable(info: ErrorInfo, lines: range) -> bool:
    """Whether an error of a function moves with it."""
    inside = info.line in lines and info.end_line in lines
    return inside and not info.only_once and not A_LINE.search(info.message)
