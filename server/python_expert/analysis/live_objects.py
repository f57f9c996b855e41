"""Objects that a thread is given, and that others have and may change meanwhile."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.analysis.function_bodies import own_nodes
from python_expert.analysis.nodes import ASSIGNMENTS, COMPREHENSIONS, FORS
from python_expert.analysis.source import all_nodes
from python_expert.analysis.threads import IMMUTABLE, WALKED, is_shared, uses_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.names import Names, Slot

_SENT = frozenset({"json", "data", "headers", "params", "files", "cookies"})
_PASSED = frozenset({"args", "env", "input"})
_PLACES: dict[type[ast.AST], tuple[str, ...]] = {
    **dict.fromkeys((ast.Dict, ast.BoolOp), ("values",)),
    **dict.fromkeys((ast.List, ast.Tuple, ast.Set), ("elts",)),
    **dict.fromkeys((ast.Starred, ast.NamedExpr, ast.Await, ast.Subscript), ("value",)),
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.GeneratorExp), ("elt",)),
    **dict.fromkeys((*FORS, ast.comprehension), ("iter",)),
    ast.DictComp: ("value",),
    ast.IfExp: ("body", "orelse"),
    ast.BinOp: ("left", "right"),
}
_PARTS = frozenset({"get", "values", "items", "setdefault"})
_FILLS = frozenset({"append", "add", "extend", "insert", "update", "setdefault", "appendleft"})


def walks(names: Names, call: ast.Call) -> bool:
    """Whether a call walks through the object that it is given first."""
    lines = isinstance(call.func, ast.Attribute) and call.func.attr == "writelines"
    return lines or names.dotted(call.func) in WALKED


def live_arguments(program: Program, call: ast.Call, *, tasks: bool = True) -> list[ast.expr]:
    """What of a call's arguments others may have, and change while a thread makes the call.

    Args:
        program: The text.
        call: The call.
        tasks: Whether parameters count, too, for calls that read what they are given only once;
            others may have those where a text has tasks.
    """
    found = [each for one in _given(program, call) for each in live(program, one)]
    if not walks(program.names, call):
        found = [each for each in found if _may_change(program.names, each, tasks=tasks)]
    return list(dict.fromkeys(found))


def _given(program: Program, call: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a call that are objects with parts."""
    full = program.told.movable.get(call) or program.names.dotted(call.func) or ""
    package, name = full.partition(".")[0], full.rpartition(".")[2]
    keywords = _SENT
    if walks(program.names, call):
        places, keywords = call.args[:1], frozenset({"obj", "lines"})
    elif package == "requests":
        places = call.args[{"request": 2, "send": 0}.get(name, 1) :]
    elif package == "subprocess":
        places, keywords = call.args[:1], _PASSED
    else:
        return
    yield from places
    for each in call.keywords:
        if each.arg is None or each.arg in keywords:
            yield each.value


def live(program: Program, node: ast.AST, known: set[Slot] | None = None) -> Iterator[ast.expr]:
    """The parts of an object that others may have: variables and what stands in them.

    Args:
        program: The text.
        node: What makes or names the object.
        known: The local variables that were followed.
    """
    names, known = program.names, set() if known is None else known
    if isinstance(node, ast.Name | ast.Attribute):
        yield from _named(program, node, known)
        return
    if isinstance(node, ast.Call):
        if names.dotted(node.func) == "builtins.vars" and node.args:
            yield node
        yield from _returned(program, node, known)
    for each in _parts(node):
        yield from live(program, each, known)


def _parts(node: ast.AST) -> list[ast.expr]:
    """The expressions whose objects an object holds, or is one of."""
    found: list[ast.expr] = []
    for names in _PLACES.get(type(node), ()):
        value = getattr(node, names)
        found += value if isinstance(value, list) else [value]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        found += [node.func.value] if node.func.attr in _PARTS else []
    return found


def _named(
    program: Program, node: ast.Name | ast.Attribute, known: set[Slot]
) -> Iterator[ast.expr]:
    """The parts of a variable's object that others may have."""
    names, slot = program.names, program.names.slot(node)
    if names.kind(node) in IMMUTABLE:
        return
    inner = slot is not None and isinstance(slot[0], COMPREHENSIONS)
    if not inner and is_shared(names, node):
        yield node
    elif slot is not None and slot not in known:
        known.add(slot)
        for value in [*names.values(slot), *_put_in(names, slot)]:
            if value is not None:
                yield from live(program, value, known)


def _put_in(names: Names, slot: Slot) -> Iterator[ast.expr]:
    """What is put into a local variable's object after it was made."""
    for node in all_nodes(names.tree):
        if not isinstance(node, ast.Name) or node.id != slot[1] or names.slot(node) != slot:
            continue
        around = names.parents[node]
        outer = names.parents[around]
        if isinstance(around, ast.Subscript) and isinstance(outer, ASSIGNMENTS):
            if isinstance(around.ctx, ast.Store) and outer.value is not None:
                yield outer.value
        elif isinstance(around, ast.Attribute) and isinstance(outer, ast.Call):
            yield from outer.args if around.attr in _FILLS and outer.func is around else []


def _returned(program: Program, call: ast.Call, known: set[Slot]) -> Iterator[ast.expr]:
    """What functions of the text return that others may have."""
    names = program.names
    for function in (use.function for use in uses_at(program, call.func)):
        slot: Slot = (function, "return")
        if slot in known:
            continue
        known.add(slot)
        values = [each.value for each in own_nodes(function) if isinstance(each, ast.Return)]
        found = [each for one in values if one is not None for each in live(program, one, known)]
        yield from (each for each in found if not _is_parameter(names, each))
        if any(_is_parameter(names, each) for each in found):
            for one in [*call.args, *(each.value for each in call.keywords)]:
                yield from live(program, one, known)


def _is_parameter(names: Names, node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and any(isinstance(e, ast.arg) for e in names.bindings(node))


def _may_change(names: Names, node: ast.expr, *, tasks: bool) -> bool:
    """Whether an object is no constant of the module, and no parameter where there are no tasks."""
    if not isinstance(node, ast.Name):
        return True
    if _is_parameter(names, node):
        return tasks
    slot = names.slot(node)
    uses = [
        names.parents[each]
        for each in all_nodes(names.tree)
        if isinstance(each, ast.Name) and each.id == node.id and names.slot(each) == slot
    ]
    changed = any(
        isinstance(each, ast.Attribute)
        or (isinstance(each, ast.Subscript) and not isinstance(each.ctx, ast.Load))
        for each in uses
    )
    return changed or len(names.bindings(node)) != 1
