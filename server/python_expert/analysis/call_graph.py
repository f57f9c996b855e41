"""The call graph of a text, and its blocking calls."""

from __future__ import annotations

import ast
import sys
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.analysis.callees import TypedCalls, callees_of
from python_expert.analysis.class_hierarchy import ClassHierarchy
from python_expert.analysis.cross_file_uses import CrossFileUses
from python_expert.analysis.elsewhere import NOWHERE, Elsewhere
from python_expert.analysis.library import ANY_OBJECT, AT_MAKING, BLOCKING, CONSUMERS
from python_expert.analysis.names import Names
from python_expert.analysis.scopes import FUNCTIONS, Function
from python_expert.analysis.source import all_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from python_expert.analysis.callees import Callees
    from python_expert.analysis.source import Definition, Source


class How(Enum):
    """How a function is used."""

    CALL = auto()
    VALUE = auto()
    WITH = auto()
    ITERATE = auto()


class Use(NamedTuple):
    """A place where a function is, or may be, used.

    Attributes:
        node: The expression that names the function, or the object that is entered or iterated
            over.
        function: The function.
        how: How the function is used.
        sure: Whether the use certainly refers to this function.
    """

    node: ast.expr
    function: Function
    how: How
    sure: bool


class Program:
    """The functions of a text and their uses.

    Attributes:
        source: The text.
        names: The text's names.
        definitions: For each function its definition.
        uses: The uses of each function, unordered.
        calls: The calls in each function's own code (None for the module).
        hierarchy: The text's classes.
        others: For some functions: calls of a method with the same name that are assumed to refer
            to another method, because of a type from a type checker or because the object is a
            dictionary's value.
        typed: What a type checker knows about calls; see `callees`.
        cross_file: The uses of definitions that were converted in other files.
    """

    def __init__(
        self, source: Source, callees: Callees = (), elsewhere: Elsewhere = NOWHERE
    ) -> None:
        self.source = source
        self.names = Names(source.tree)
        self.definitions: dict[Function, Definition] = {
            each.node: each for each in source.definitions if isinstance(each.node, FUNCTIONS)
        }
        self.typed = TypedCalls(source, self.names, callees)
        classes = [n.node for n in source.definitions if isinstance(n.node, ast.ClassDef)]
        self.hierarchy = ClassHierarchy(self.names, classes)
        self._methods: dict[str, list[Function]] = {}
        for function in self.definitions:
            if self.names.class_of(function):
                self._methods.setdefault(function.name, []).append(function)
        self.uses: dict[Function, list[Use]] = {each: [] for each in self.definitions}
        self.others: dict[Function, list[ast.expr]] = {}
        self.calls: dict[Function | None, list[ast.Call]] = {}
        for node in all_nodes(source.tree):
            for use in self._uses_at(node):
                self.uses[use.function].append(use)
            if isinstance(node, ast.Call):
                self.calls.setdefault(self.names.function_of(node), []).append(node)
        self._callees: dict[Function | None, list[Function]] = {}
        for callee, uses in self.uses.items():
            for caller in {self.names.function_of(use.node) for use in uses}:
                self._callees.setdefault(caller, []).append(callee)
        self.cross_file = CrossFileUses(self, elsewhere)
        self.blocking = self._blocking()

    def name(self, function: Function) -> str:
        """Return the function's qualified name."""
        return self.definitions[function].qualname

    def is_context(self, function: Function) -> bool:
        """Return whether a function is a context manager by its decorator."""
        return any(
            self.names.dotted(each) == "contextlib.contextmanager"
            for each in function.decorator_list
        )

    def blocks(self, call: ast.Call) -> bool:
        """Return whether a call blocks, and can run in a thread or has an async counterpart."""
        is_typed = call in self.typed.movable or call in self.typed.lazy
        return is_typed or self.names.dotted(call.func) in BLOCKING

    def blocking_calls(self, function: Function) -> list[ast.Call]:
        """Return the blocking calls in a function's own code."""
        return [
            call
            for call in self.calls.get(function, [])
            if self.blocks(call) and not isinstance(self.names.parents.get(call), ast.Await)
        ]

    def callees(self, function: Function) -> list[Function]:
        """Return the functions of the text that a function uses."""
        return self._callees.get(function, [])

    def family(self, function: Function) -> list[Function]:
        """Return the function, with the methods that override it and those that it overrides."""
        owner = self.names.class_of(function)
        if owner is None:
            scope = self.names.scopes[function]
            bound = scope.bound.get(function.name, [])
            return [each for each in bound if isinstance(each, FUNCTIONS)]
        related = self.hierarchy.may_be(owner)
        return [
            each for each in self._methods[function.name] if self.names.class_of(each) in related
        ]

    def relatives(self, owner: ast.ClassDef) -> list[ast.ClassDef]:
        """Return the base classes and subclasses of a class, transitively."""
        return self.hierarchy.relatives(owner)

    def _blocking(self) -> frozenset[Function]:
        found = {each for each in self.definitions if self.blocking_calls(each)}
        found |= {each for e in self.cross_file.calls if (each := self.names.function_of(e))}
        while True:
            more = {
                each
                for each in self.definitions
                if each not in found
                and any(c in found and isinstance(c, ast.FunctionDef) for c in self.callees(each))
            }
            if not more:
                return frozenset(found)
            found |= more

    def _uses_at(self, node: ast.AST) -> Iterator[Use]:
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield from self._uses_by_name(node)
        elif isinstance(node, ast.withitem):
            yield from self._special(node.context_expr, How.WITH, "__enter__", "__exit__")
        elif isinstance(node, ast.For | ast.comprehension):
            yield from self._special(node.iter, How.ITERATE, "__iter__", "__next__")
        elif isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Store):
            kind = self.names.kind(self._unpacked(node))
            if isinstance(kind, ast.ClassDef):
                yield from self._methods_of(kind, node, How.VALUE, "__iter__", "__next__")
        else:
            for each in self._iterated(node):
                yield from self._special(each, How.VALUE, "__iter__", "__next__")

    def _uses_by_name(self, node: ast.Name | ast.Attribute) -> Iterator[Use]:
        parent = self.names.parents.get(node)
        called = isinstance(parent, ast.Call) and parent.func is node
        how = How.CALL if called else How.VALUE
        for function, sure in self._named(node):
            owner = self.names.class_of(function)
            if (
                owner
                and not sure
                and (
                    self.typed.is_other(node, self.relatives(owner))
                    or (called and _is_of_element(node))
                )
            ):
                self.others.setdefault(function, []).append(node)
            else:
                yield Use(node, function, how, sure)
        made = self.names.class_named(node) if called else None
        for name in AT_MAKING if made else ():
            method = self.names.method(made, name) if made else None
            if method:
                yield Use(node, method, How.VALUE, sure=True)

    def _iterated(self, node: ast.AST) -> list[ast.expr]:
        """Return the expressions that a node iterates over, except loops."""
        if isinstance(node, ast.Call):
            return node.args if self.names.dotted(node.func) in CONSUMERS else []
        if isinstance(node, ast.YieldFrom | ast.Starred):
            return [node.value]
        if isinstance(node, ast.Compare):
            pairs = zip(node.ops, node.comparators, strict=True)
            return [each for how, each in pairs if isinstance(how, ast.In | ast.NotIn)]
        return []

    def _unpacked(self, node: ast.Tuple | ast.List) -> ast.AST:
        """Return the value that an assignment to several variables iterates over."""
        parent = self.names.parents[node]
        return parent.value if isinstance(parent, ast.Assign) else self.names.value(node) or node

    def _special(self, node: ast.expr, how: How, *names: str) -> Iterator[Use]:
        kind = self.names.kind(node)
        if isinstance(kind, ast.ClassDef):
            yield from self._methods_of(kind, node, how, *names)
        elif kind is None and how is How.WITH and not isinstance(node, ast.Call):
            for name in names:
                for method in self._methods.get(name, []):
                    yield Use(node, method, how, sure=False)

    def _methods_of(
        self, kind: ast.ClassDef, node: ast.expr, how: How, *names: str
    ) -> Iterator[Use]:
        for name in names:
            method = self.names.method(kind, name)
            if method:
                yield Use(node, method, how, sure=True)

    def _is_protocol(self, node: ast.ClassDef) -> bool:
        """Return whether a class is a protocol, which objects of other classes may match."""
        bases = (base for each in self.names.mro(node) for base in self.names.bases(each))
        return any(isinstance(each, str) and each.endswith(".Protocol") for each in bases)

    def _is_other(self, full: str) -> bool:
        """Return whether a full name is of a module or class, not of an object of this text."""
        last = full.rpartition(".")[2]
        constant = last.isupper() and len(last) > 1
        if full.partition(".")[0] in sys.stdlib_module_names or (
            last[:1].isupper() and not constant
        ):
            return True
        imported = (
            alias.name
            for nodes in self.names.module.bound.values()
            for each in nodes
            if isinstance(each, ast.Import)
            for alias in each.names
        )
        return any(f"{each}.".startswith(f"{full}.") for each in imported)

    def _named(self, node: ast.Name | ast.Attribute) -> Iterator[tuple[Function, bool]]:
        if isinstance(node, ast.Name):
            bindings = self.names.bindings(node)
            functions = [each for each in bindings if isinstance(each, FUNCTIONS)]
            for function in functions:
                yield function, len(functions) == len(bindings)
            return
        for method in self._methods.get(node.attr, []):
            owner = self.names.class_of(method)
            kind = self.names.kind(node.value) or self.names.dotted(node.value)
            if kind is None or (isinstance(kind, str) and not self._is_other(kind)):
                yield method, False
            elif isinstance(kind, ast.ClassDef) and owner and kind in self.relatives(owner):
                yield method, True
            elif isinstance(kind, ast.ClassDef) and (
                self._is_protocol(kind) or not self._has(kind, node.attr)
            ):
                yield method, False

    def _has(self, node: ast.ClassDef, name: str) -> bool:
        """Return whether a class defines an attribute itself, not by ``__getattr__``."""
        return bool(self.names.values((node, f".{name}"))) or any(
            name in self.names.inner[each].bound for each in self.names.mro(node)
        )


def _is_of_element(node: ast.Name | ast.Attribute) -> bool:
    """Return whether a method has a built-in method's name and its object is a subscript."""
    value = node.value if isinstance(node, ast.Attribute) else None
    key = value.slice if isinstance(value, ast.Subscript) else None
    named = isinstance(key, ast.Constant) and isinstance(key.value, str)
    return named and getattr(node, "attr", "") in ANY_OBJECT


def program_of(
    source: Source, types: Iterable[Mapping[str, Any]] = (), elsewhere: Elsewhere = NOWHERE
) -> Program:
    """Return the program of a source.

    Args:
        source: The text.
        types: The types from a type checker; see `callees_of`.
        elsewhere: What was converted in other files.
    """
    return _program(source, callees_of(types, source.code), elsewhere)


_program = lru_cache(maxsize=2)(Program)
"""Cached for listing, proposing, applying and proving."""
