"""State that functions use and that other tasks may use and change too.

Such state consists of variables of the module and of enclosing functions, attributes, and objects
of parameters. Local variables are followed to their values and to the objects that contain these
values.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from python_expert.analysis.function_bodies import own_nodes
from python_expert.analysis.library import AT_MAKING, FILE_METHODS, PROCESS_WIDE
from python_expert.analysis.nodes import ASSIGNMENTS, FORS, root
from python_expert.analysis.scopes import FUNCTIONS, Function
from python_expert.analysis.threads import reached, uses_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.names import Names

Key: TypeAlias = tuple[ast.AST | None, str]
"""A variable: its scope and name. An attribute: its class or None if unknown, and ``.name``."""

_MUTATORS = frozenset(
    {"append", "add", "clear", "discard", "extend", "insert", "pop", "popitem", "popleft"}
    | {"remove", "setdefault", "update", "appendleft", "extendleft", "sort", "reverse", "rotate"}
    | {"put_nowait", "get_nowait", "set_result", "set_exception", "subtract", "move_to_end"}
    | {"execute", "executemany", "executescript", "commit", "rollback"}
)
_CHANGE_FIRST = frozenset(
    {"builtins.next", "random.shuffle", "bisect.insort"}
    | {f"heapq.{name}" for name in ("heappush", "heappop", "heapify", "heapreplace")}
)
_SET_BY_NAME = frozenset({"builtins.setattr", "builtins.delattr"})
_BY_NAME = _SET_BY_NAME | {"builtins.getattr", "builtins.hasattr"}
_PARTS = frozenset({"get", "values", "items", "keys"})
_VIEWS = frozenset(f"builtins.{name}" for name in ("iter", "enumerate", "zip", "reversed"))
_INNER: dict[type[ast.AST], tuple[str, ...]] = {
    **dict.fromkeys((ast.Subscript, ast.Starred, ast.Await, *ASSIGNMENTS), ("value",)),
    **dict.fromkeys((*FORS, ast.comprehension), ("iter",)),
    ast.BoolOp: ("values",),
    ast.IfExp: ("body", "orelse"),
    ast.withitem: ("context_expr",),
}
_PROCESS = PROCESS_WIDE | {
    *("os.chroot", "os.putenv", "os.unsetenv", "socket.setdefaulttimeout"),
    *("random.seed", "random.setstate", "logging.disable", "warnings.simplefilter"),
    *(
        f"{mock}.patch{how}"
        for mock in ("mock", "unittest.mock")
        for how in ("", ".object", ".dict")
    ),
}
_IMPORTS = (ast.Import, ast.ImportFrom)


class Access(NamedTuple):
    """One use of shared state.

    Attributes:
        key: The used state: its scope (None for an attribute of an unknown object) and name.
        text: The state's name, for the user.
        node: The place of the use.
        bound: Whether the variable itself is read or bound, rather than its object used.
        changes: Whether the use changes the state.
    """

    key: Key
    text: str
    node: ast.AST
    bound: bool
    changes: bool


class SharedState:
    """The shared state that the functions of a text use.

    Args:
        program: The text.
    """

    def __init__(self, program: Program) -> None:
        self._program, self._names = program, program.names
        self._roots: dict[ast.AST, set[Key]] = {}
        self._own = {each: [*self._accesses(each)] for each in program.definitions}
        self._give()
        changes = [each for found in self._own.values() for each in found if each.changes]
        self._changed = {False: _by_name(changes)}
        self._changed[True] = _by_name(
            each for each in changes if not isinstance(getattr(each.node, "ctx", None), ast.Store)
        )

    def own(self, function: Function) -> list[Access]:
        """Return the shared state that a function's own code uses."""
        return self._own.get(function, [])

    def used_by(self, function: Function) -> list[Access]:
        """Return the shared state except parameters that a function uses, also through others."""
        return [
            each
            for one in reached(self._program, [function])
            for each in self.own(one)
            if each.key[0] is not one
        ]

    def is_changed(self, access: Access) -> bool:
        """Return whether a function of the text changes some shared state.

        Changes in constructors do not count.
        """
        owner, name = access.key
        owners = self._changed[not access.bound].get(name, set())
        return owner in owners or (
            name.startswith(".") and bool(owners) and None in {owner, *owners}
        )

    def _accesses(self, function: Function) -> Iterator[Access]:
        names = self._names
        maker = names.class_of(function) and function.name in AT_MAKING
        own = next((each.arg for each in function.args.args), "") if maker else ""
        for node in own_nodes(function):
            if isinstance(node, ast.Call) and names.dotted(node.func) in _BY_NAME:
                name = node.args[1] if len(node.args) > 1 else None
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    changes = names.dotted(node.func) in _SET_BY_NAME
                    key: Key = (None, f".{name.value}")
                    yield Access(key, ast.unparse(node), node, bound=True, changes=changes)
            elif isinstance(node, ast.Name | ast.Attribute) and not (
                own and getattr(root(node, (ast.Attribute,)), "id", "") == own
            ):
                slot, parent = names.slot(node), names.parents[node]
                local = isinstance(node, ast.Name) and slot is not None and slot[0] is function
                stored = local and not isinstance(node.ctx, ast.Load)
                called = isinstance(parent, ast.Call) and parent.func is node
                for key in () if stored or called else self.roots(node):
                    changes = is_change(names, node)
                    yield Access(key, ast.unparse(node), node, bound=not local, changes=changes)

    def _give(self) -> None:
        """Mark objects as changed that are passed to a function which changes its parameters."""
        count = -1
        changing = set[ast.AST | None]()
        while len(changing) > count:
            count = len(changing)
            for found in self._own.values():
                found[:] = [
                    each._replace(changes=each.changes or self._is_given(each.node, changing))
                    for each in found
                ]
            changing |= {
                f for f, found in self._own.items() for e in found if e.changes and e.key[0] is f
            }

    def _is_given(self, node: ast.AST, functions: set[ast.AST | None]) -> bool:
        """Return whether a node is an argument of a call of one of some functions."""
        call = self._names.parents[node]
        if not isinstance(call, ast.Call) or call.func is node:
            return False
        return any(use.function in functions for use in uses_at(self._program, call.func))

    def roots(self, node: ast.AST) -> set[Key]:
        """Return the shared variables and attributes that hold or contain an object."""
        if node not in self._roots:
            self._roots[node] = set()
            self._roots[node] = {*self._find(node)}
        return self._roots[node]

    def _find(self, node: ast.AST) -> Iterator[Key]:
        names = self._names
        if isinstance(node, ast.Name):
            yield from self._variable(node)
        elif isinstance(node, ast.Attribute):
            if self.roots(node.value) or names.class_named(node.value):
                yield names.slot(node) or (None, f".{node.attr}")
        elif isinstance(node, ast.Call):
            yield from self._called(node)
        for name in _INNER.get(type(node), ()):
            value = getattr(node, name)
            for each in value if isinstance(value, list) else [value]:
                yield from self.roots(each)

    def _called(self, call: ast.Call) -> Iterator[Key]:
        """Yield the shared state that a call returns."""
        method = call.func if isinstance(call.func, ast.Attribute) else None
        if method and method.attr in _PARTS:
            yield from self.roots(method.value)
        for each in call.args if self._names.dotted(call.func) in _VIEWS else ():
            yield from self.roots(each)
        for function in (use.function for use in uses_at(self._program, call.func)):
            for node in own_nodes(function):
                if isinstance(node, ast.Return) and node.value is not None:
                    yield from (e for e in self.roots(node.value) if e[0] is not function)

    def _variable(self, node: ast.Name) -> Iterator[Key]:
        names, slot, bindings = self._names, self._names.slot(node), self._names.bindings(node)
        plain = (*FUNCTIONS, ast.ClassDef, *_IMPORTS)
        if slot is None or all(isinstance(each, plain) for each in bindings):
            return
        local = not isinstance(slot[0], ast.Module | ast.ClassDef)
        if isinstance(slot[0], FUNCTIONS) and names.function_of(node) is not slot[0]:
            local = False
        for each in bindings:
            if not local or isinstance(each, ast.arg):
                yield slot
            value = names.value(each) or self._unpacked(each)
            if value is not None and value is not each and (local or isinstance(value, ast.Name)):
                yield from self.roots(value)

    def _unpacked(self, node: ast.AST) -> ast.AST | None:
        """Return the node that assigns or iterates over the values for an unpacked target."""
        outer = self._names.parents.get(node)
        while isinstance(outer, ast.Tuple | ast.List | ast.Starred):
            outer = self._names.parents.get(outer)
        return outer if type(outer) in _INNER else None


def _by_name(changes: Iterable[Access]) -> dict[str, set[ast.AST | None]]:
    found: dict[str, set[ast.AST | None]] = {}
    for each in changes:
        found.setdefault(each.key[1], set()).add(each.key[0])
    return found


def is_change(names: Names, node: ast.Name | ast.Attribute) -> bool:
    """Return whether a node binds a variable or attribute, or changes its object."""
    inner: ast.expr = node
    while isinstance(getattr(inner, "ctx", ast.Load()), ast.Load):
        outer = names.parents[inner]
        if isinstance(outer, ast.Call) and inner in outer.args[:1]:
            return names.dotted(outer.func) in _CHANGE_FIRST
        if isinstance(outer, ast.Attribute):
            call = names.parents[outer]
            called = isinstance(call, ast.Call) and call.func is outer
            if not isinstance(call, ast.Call) or not called or outer.attr not in _PARTS:
                file = outer.attr in FILE_METHODS and names.kind(inner) == "builtins.open"
                return called and (file or outer.attr in _MUTATORS)
            inner = call
        elif isinstance(outer, ast.Subscript) and outer.value is inner:
            inner = outer
        else:
            return False
    return True


def process_wide(names: Names, nodes: Iterable[ast.AST]) -> list[str]:
    """Return what some nodes set for the whole process.

    This is module variables and state of the operating system.
    """
    found = dict[str, None]()
    for node in nodes:
        if isinstance(node, ast.Name | ast.Attribute) and (full := names.dotted(node)):
            roots = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
            bound = [each for root in roots for each in names.bindings(root)]
            kinds = _IMPORTS if isinstance(node, ast.Attribute) else (ast.ImportFrom,)
            imported = any(isinstance(each, kinds) for each in bound)
            stored = isinstance(node, ast.Attribute) or isinstance(node.ctx, ast.Load)
            if full in _PROCESS or (imported and stored and is_change(names, node)):
                found[ast.unparse(node)] = None
    return list(found)


shared_state = lru_cache(maxsize=2)(SharedState)
"""Cached for finding races and calls in threads."""
