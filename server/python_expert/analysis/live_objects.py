"""Objects that are passed to a thread while other code may change them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.analysis.function_bodies import own_nodes
from python_expert.analysis.library import CONSUMERS
from python_expert.analysis.nodes import ASSIGNMENTS, COMPREHENSIONS, FORS, targets
from python_expert.analysis.scopes import FUNCTIONS
from python_expert.analysis.source import all_nodes
from python_expert.analysis.thread_calls import is_standard
from python_expert.analysis.threads import IMMUTABLE, WALKED, is_shared, uses_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.names import Names, Slot

_SENT = frozenset({"json", "data", "headers", "params", "files", "cookies"})
_PASSED = frozenset({"args", "env", "input"})
_BUFFERS = frozenset({"write", "send", "sendall", "sendto", "recv_into", "readinto"})
_BUFFER = "builtins.bytearray"
"""A class whose objects cannot be resized while one of the methods below uses them."""
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
_PASS_ON = (CONSUMERS - {f"builtins.{name}" for name in ("any", "all", "sum")}) | {
    "functools.reduce"
}
"""Functions of the standard library whose results are or contain their arguments."""
_FILLS = frozenset({"append", "add", "extend", "insert", "update", "setdefault", "appendleft"})


def walks(names: Names, call: ast.Call) -> bool:
    """Return whether a call iterates over its first argument."""
    lines = isinstance(call.func, ast.Attribute) and call.func.attr == "writelines"
    return lines or names.dotted(call.func) in WALKED


def given_to(names: Names, node: ast.AST) -> list[ast.AST]:
    """Return the calls that receive an object directly, in a literal, or by a local variable."""
    holder = _holder(names, node)
    made = targets(holder) if isinstance(holder, ast.stmt) else []
    slot = names.slot(made[0]) if len(made) == 1 else None
    if slot is None or not isinstance(slot[0], FUNCTIONS):
        return [holder]
    uses = [each for each in all_nodes(names.tree) if isinstance(each, ast.Name)]
    loads = [each for each in uses if isinstance(each.ctx, ast.Load) and names.slot(each) == slot]
    return [_holder(names, each) for each in loads]


def _holder(names: Names, node: ast.AST) -> ast.AST:
    """Return the node around an object and the literals that contain it."""
    holder = names.parents[node]
    while isinstance(holder, ast.keyword | ast.Dict | ast.Tuple | ast.List):
        holder = names.parents[holder]
    return holder


def live_arguments(program: Program, call: ast.Call, *, tasks: bool) -> list[ast.expr]:
    """Return the arguments that other code may hold, and change while a thread makes the call.

    Args:
        program: The text.
        call: The call.
        tasks: Whether the text has tasks. If so, unknown objects count too. Parameters also count,
            for calls that read their arguments only once.
    """
    objects = LiveObjects(program, unknown=tasks)
    found = [each for one in _given(program, call) for each in objects.live(one)]
    if not walks(program.names, call):
        found = [each for each in found if _may_change(program.names, each, tasks=tasks)]
    return list(dict.fromkeys(found))


def _given(program: Program, call: ast.Call) -> Iterator[ast.expr]:
    """Yield the arguments of a call whose objects have parts."""
    full = program.typed.movable.get(call) or program.names.dotted(call.func) or ""
    package, name = full.partition(".")[0], full.rpartition(".")[2]
    keywords = _SENT
    if walks(program.names, call):
        places, keywords = call.args[:1], frozenset({"obj", "lines"})
    elif package == "requests":
        places = call.args[{"request": 2, "send": 0}.get(name, 1) :]
    elif name in _BUFFERS:
        places = [each for each in call.args[:1] if program.names.kind(each) == _BUFFER]
    elif package == "subprocess":
        places, keywords = call.args[:1], _PASSED
    else:
        return
    yield from places
    for each in call.keywords:
        if each.arg is None or each.arg in keywords:
            yield each.value


class LiveObjects:
    """The parts of objects that other code may hold.

    Args:
        program: The text.
        unknown: Whether objects count too that the text does not show to be new.
    """

    def __init__(self, program: Program, *, unknown: bool) -> None:
        self._program, self._names, self._unknown = program, program.names, unknown
        self._known: set[Slot] = set()

    def live(self, node: ast.AST) -> Iterator[ast.expr]:
        """Yield the parts of an object that other code may hold: variables and values in them.

        Args:
            node: The expression that creates or names the object.
        """
        if isinstance(node, ast.Name | ast.Attribute):
            yield from self._named(node)
            return
        if isinstance(node, ast.Call):
            found = {"builtins.vars", *(["builtins.getattr"] if self._unknown else [])}
            if self._names.dotted(node.func) in found and node.args:
                yield node
            yield from self._returned(node)
        for each in self._parts(node):
            yield from self.live(each)

    def _parts(self, node: ast.AST) -> list[ast.expr]:
        """Return the expressions whose objects an object contains or is identical to."""
        found: list[ast.expr] = []
        for names in _PLACES.get(type(node), ()):
            value = getattr(node, names)
            found += value if isinstance(value, list) else [value]
        if isinstance(node, ast.Call):
            method = node.func if isinstance(node.func, ast.Attribute) else None
            if method and method.attr in _PARTS:
                found.append(method.value)
            elif self._unknown and not self._is_new(node):
                found += [*node.args, *(each.value for each in node.keywords)]
                found += [method.value] if method else []
                found += [node.func] if isinstance(node.func, ast.Call) else []
        return found

    def _is_new(self, call: ast.Call) -> bool:
        """Return whether a call returns an object that contains no part of its arguments."""
        names, full = self._names, self._names.dotted(call.func) or ""
        own = names.class_named(call.func) is None and bool(uses_at(self._program, call.func))
        passes = full in _PASS_ON or full.startswith(("itertools.", "collections.", "copy."))
        passes |= full.startswith(("builtins.list.", "builtins.dict.", "builtins.set."))
        return own or (not passes and is_standard(full)) or names.kind(call) in IMMUTABLE

    def _named(self, node: ast.Name | ast.Attribute) -> Iterator[ast.expr]:
        """Yield the parts of a variable's object that other code may hold."""
        names, slot = self._names, self._names.slot(node)
        if names.kind(node) in IMMUTABLE or _is_code(names, node):
            return
        inner = slot is not None and isinstance(slot[0], COMPREHENSIONS)
        if not inner and is_shared(names, node):
            yield node
        elif slot is not None and slot not in self._known:
            self._known.add(slot)
            for value in [*names.values(slot), *_put_in(names, slot, everywhere=self._unknown)]:
                if value is not None:
                    yield from self.live(value)
                elif self._unknown:
                    yield node

    def _returned(self, call: ast.Call) -> Iterator[ast.expr]:
        """Yield the parts of the results of functions of the text that other code may hold."""
        for function in (use.function for use in uses_at(self._program, call.func)):
            slot: Slot = (function, "return")
            if slot in self._known:
                continue
            self._known.add(slot)
            kinds = (ast.Return, ast.Yield, ast.YieldFrom) if self._unknown else (ast.Return,)
            values = [each.value for each in own_nodes(function) if isinstance(each, kinds)]
            found = [each for one in values if one is not None for each in self.live(one)]
            yield from (each for each in found if not _is_parameter(self._names, each))
            if any(_is_parameter(self._names, each) for each in found):
                for one in [*call.args, *(each.value for each in call.keywords)]:
                    yield from self.live(one)


def _is_code(names: Names, node: ast.AST) -> bool:
    """Return whether a name is that of a module, a class or a builtin."""
    return isinstance(node, ast.Name) and all(
        isinstance(each, ast.Import | ast.ClassDef) for each in names.bindings(node)
    )


def _put_in(names: Names, slot: Slot, *, everywhere: bool) -> Iterator[ast.expr]:
    """Yield the values put into a local variable's object after it was created.

    Args:
        names: The names of the text.
        slot: The variable.
        everywhere: Whether values count that are put into parts of the object or passed by keyword.
    """
    for node in all_nodes(names.tree):
        if not isinstance(node, ast.Name) or node.id != slot[1] or names.slot(node) != slot:
            continue
        around = names.parents[node]
        outer = names.parents[around]
        while everywhere and isinstance(outer, ast.Subscript):
            around, outer = outer, names.parents[outer]
        if isinstance(around, ast.Subscript) and isinstance(outer, ASSIGNMENTS):
            if isinstance(around.ctx, ast.Store) and outer.value is not None:
                yield outer.value
        elif isinstance(around, ast.Attribute) and isinstance(outer, ast.Call):
            filled = around.attr in _FILLS and outer.func is around
            yield from outer.args if filled else []
            yield from (each.value for each in outer.keywords if filled and everywhere)


def _is_parameter(names: Names, node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and any(isinstance(e, ast.arg) for e in names.bindings(node))


def _may_change(names: Names, node: ast.expr, *, tasks: bool) -> bool:
    """Return whether other code may change an object.

    Constants of the module do not change. Parameters do not change if the text has no tasks.
    """
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
