"""Checks the bodies of a module's functions, and keeps the results of unchanged ones."""

from __future__ import annotations

import contextlib
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from mypy.checker import DeferredNode
from mypy.nodes import Block, Decorator, FuncDef, OverloadedFuncDef, Statement, TypeInfo
from mypy.util import module_prefix

from .dependencies import lookup, reached
from .memory import Body

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mypy.build import State
    from mypy.errors import ErrorInfo
    from mypy.server.update import FineGrainedBuildManager

    from .memory import Function, Memory

NAME: Final = re.compile(r"[^\W\d]\w*")

A_LINE: Final = re.compile(r"\bline \d")

FOLLOWED: Final = {
    *("no-untyped-def", "no-untyped-call", "untyped-decorator", "no-any-return", "return"),
    *("arg-type", "assignment", "return-value", "operator", "index", "list-item", "dict-item"),
    *("var-annotated", "type-arg", "override"),
}
"""Codes of findings that only depend on what mypy's dependencies follow.

Other findings may, for example, suggest any name that is defined.
"""

MISSING: Final = re.compile(r' has no attribute "([^"]+)"(?: \(not (?:async )?iterable\))?$')
"""The message about a missing attribute if mypy knows no similar name; it could suggest one."""


def check_bodies(
    state: State, functions: list[Function], kept: Mapping[str, Body]
) -> dict[str, Body]:
    """Check the bodies of functions, except those kept from before; return them all."""
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
    with _without_bodies(each for each in functions if each.name in kept):
        state.detect_possibly_undefined_vars()
    # In defaults of functions that were not checked it knew no types.
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
    others = [info for info in infos if not is_followed(info)]
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
            body.missing = missing_in(others, lines)
        bodies[each.name] = body
    return {} if lost else bodies  # findings that belong to no function could not be kept


def unaffected(
    fg: FineGrainedBuildManager,
    module: str,
    functions: list[Function],
    memory: Memory,
    changed: set[str],
) -> dict[str, Body]:
    """Return the functions whose bodies need no check, because changes do not affect them."""
    if not memory.bodies:
        return {}
    names: set[str] = set()
    gone: set[str] = set()
    for trigger in changed:
        name = trigger.strip("<>")
        node = lookup(fg, module_prefix(fg.graph, name) or module, name)
        if isinstance(node, TypeInfo):  # a change of its bases, for example, affects all of it
            return {}
        last = name.rpartition(".")[2]
        if last.isidentifier():  # not the marker for a change of any name of a class or module
            names.add(last)
            if node is None:
                gone.add(last)
    if any(name.startswith("__") for name in names):  # special methods are used without being named
        return {}
    targets = reached(fg, changed)
    counts = Counter(function.name for function in functions)
    kept = {}
    for function in functions:
        body = memory.bodies.get(function.name)
        if (
            body
            and body.moves
            and body.text == function.text
            and counts[function.name] == 1
            and function.name not in targets
            and not (changed and body.depends_on(names, gone))
            and not mentions(function.text, names)
        ):
            kept[function.name] = body
    return kept


def mentions(text: str, names: set[str]) -> bool:
    """Return whether a text has one of some names."""
    return any(name in text for name in names) and not names.isdisjoint(NAME.findall(text))


@contextlib.contextmanager
def _without_bodies(functions: Iterable[Function]) -> Iterator[None]:
    """Remove the statements of functions for a time."""
    taken: list[tuple[Block, list[Statement]]] = []
    for block in (each for function in functions for each in _blocks(function.node)):
        taken.append((block, block.body))
        block.body = []
    try:
        yield
    finally:
        for block, statements in taken:
            block.body = statements


def _blocks(node: object) -> list[Block]:
    """Return the bodies of a function, with those of its overloads."""
    if isinstance(node, OverloadedFuncDef):
        return [block for each in (*node.items, node.impl) for block in _blocks(each)]
    func = node.func if isinstance(node, Decorator) else node
    return [func.body] if isinstance(func, FuncDef) else []


def missing_in(infos: Iterable[ErrorInfo], lines: range) -> frozenset[str] | None:
    """Return the missing attributes in findings on some lines; None with any other finding.

    Args:
        infos: Findings that do not only depend on what mypy's dependencies follow.
        lines: The lines.
    """
    found = [MISSING.search(info.message) for info in infos if info.line in lines]
    return frozenset(each[1] for each in found if each) if all(found) else None


def is_followed(info: ErrorInfo) -> bool:
    """Return whether an error only depends on what mypy's dependencies follow."""
    return info.code is not None and info.code.code in FOLLOWED


def is_movable(info: ErrorInfo, lines: range) -> bool:
    """Return whether an error of a function moves with it."""
    inside = info.line in lines and info.end_line in lines
    return inside and not info.only_once and not A_LINE.search(info.message)
