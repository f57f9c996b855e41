"""Infers the types of a function's expressions from its text."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from python_expert.analysis.nodes import named
from python_expert.analysis.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from python_expert.actions.add_type_hints.offline.bodies import Bodies
    from python_expert.analysis.source import Definition


_CALLS: Final = {
    "bool": "bool isinstance issubclass hasattr callable any all",
    "int": "int len ord hash id",
    "str": "str repr format chr ascii hex oct bin input",
    "float": "float",
    "bytes": "bytes",
}
_BUILTINS: Final = {name: type_ for type_, names in _CALLS.items() for name in names.split()}
_STRING_METHODS: Final = words(
    "format join lower upper strip lstrip rstrip replace title capitalize casefold removeprefix "
    "removesuffix zfill ljust rjust center expandtabs swapcase"
)
_STRING_TESTS: Final = words(
    "startswith endswith isdigit isalpha isidentifier isspace isupper islower isalnum"
)

_LONGEST: Final = 200
"""The most characters of a proposed type."""


class ExpressionReader:
    """Reads the expressions of one function."""

    def __init__(
        self,
        bodies: Bodies,
        definition: Definition,
        inner: Iterable[ast.AST],
        parameters: Mapping[str, str],
        depth: int,
    ) -> None:
        self._bodies = bodies
        self._definition = definition
        self._parameters = parameters
        self._depth = depth
        self._busy: set[str] = set()
        self._known: dict[str, str] = {}
        self._assigned: dict[str, list[ast.expr | None]] = {}
        values: dict[ast.AST, ast.expr] = {
            target: node.value
            for node in inner
            if isinstance(node, ast.Assign)
            for target in node.targets
        }
        for node in inner:
            for name in named(node) if _binds(node) else ():
                self._assigned.setdefault(name, []).append(values.get(node))

    def type_of(self, node: ast.expr) -> str | None:  # noqa: C901, PLR0911, PLR0912 - a table
        """Return the type of an expression, or None if it is unknown."""
        match node:
            case ast.Constant(value=None):
                return "None"
            case ast.Constant(value=bool() | int() | float() | str() | bytes() as value):
                return type(value).__name__
            case ast.JoinedStr():
                return "str"
            case ast.Compare(ops=ops) if all(_is_test(op) for op in ops):
                return "bool"
            case ast.UnaryOp(op=ast.Not()):
                return "bool"
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.type_of(operand)
            case ast.BoolOp(values=values):
                return "bool" if set(self._all(values)) == {"bool"} else None
            case ast.IfExp(body=body, orelse=orelse):
                return union(self._all([body, orelse])) or None
            case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mod()):
                return "str"
            case ast.BinOp(left=left, op=op, right=right):
                types = self._all([left, right])
                return self._operation(op, *types) if types else None
            case ast.Tuple(elts=elements):
                types = self._all(elements)
                text = f"tuple[{', '.join(types)}]"
                return text if types and len(text) <= _LONGEST else None
            case ast.List(elts=elements) | ast.Set(elts=elements) if elements:
                types = self._all(elements)
                kind = "list" if isinstance(node, ast.List) else "set"
                return f"{kind}[{types[0]}]" if len(set(types)) == 1 else None
            case ast.ListComp(elt=element) | ast.SetComp(elt=element):
                inner = self.type_of(element)
                kind = "list" if isinstance(node, ast.ListComp) else "set"
                return f"{kind}[{inner}]" if inner and inner != "None" else None
            case ast.Name(id=name):
                return self._name(name)
            case ast.Attribute(value=ast.Name(id="self"), attr=attribute):
                return self._attribute(attribute)
            case ast.Call(func=function):
                return self._call(function)
            case ast.Await(value=ast.Call(func=function)):
                return self._call(function, awaited=True)
            case _:
                return None

    def _all(self, nodes: Iterable[ast.expr | None]) -> list[str]:
        """Return the types of some expressions; empty if one of them is unknown.

        The search stops at the first unknown type. If variables depend on each other, continuing
        would take exponential time.
        """
        types = []
        for node in nodes:
            type_ = self.type_of(node) if node else None
            if type_ is None:
                return []
            types.append(type_)
        return types

    @staticmethod
    def _operation(op: ast.operator, left: str, right: str) -> str | None:
        if left == right and left in {"int", "float"} and not isinstance(op, ast.Div | ast.Pow):
            return left
        if left == right and left in {"str", "bytes"} and isinstance(op, ast.Add):
            return left
        return "str" if left == "str" and isinstance(op, ast.Mod | ast.Mult) else None

    def _name(self, name: str) -> str | None:
        if name == "self" and self._definition.is_method:
            return "Self"
        values = self._assigned.get(name)
        if values is None:
            return self._parameters.get(name)
        if not values or name in self._parameters or name in self._busy:
            return None
        if name not in self._known:
            self._busy.add(name)
            types = self._all(values)
            self._busy.discard(name)
            if len(set(types)) != 1:
                return None
            self._known[name] = types[0]
        return self._known[name]

    def _attribute(self, name: str) -> str | None:
        if not self._definition.is_method:
            return None
        class_ = self._definition.parents[-1]
        return self._bodies.attribute(class_, name) if isinstance(class_, ast.ClassDef) else None

    def _call(self, function: ast.expr, *, awaited: bool = False) -> str | None:
        """Return the type of a call's value; for an awaited call, of the awaited value."""
        found: str | None = None
        match function:
            case ast.Name(id="cls") if self._definition.is_method:
                found = "Self"
            case ast.Name(id=name) if name in _BUILTINS and not awaited:
                found = _BUILTINS[name]
            case ast.Name(id=name) if self._bodies.is_class(name):
                found = name
            case ast.Name(id=name):
                found = self._returned(self._bodies.called(name), awaited=awaited)
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                method = self._bodies.method(self._definition, name)
                found = self._returned(method, awaited=awaited)
            case ast.Attribute(value=value, attr=name) if name in _STRING_METHODS:
                found = "str" if self.type_of(value) == "str" else None
            case ast.Attribute(attr=name) if name in _STRING_TESTS:
                found = "bool"
        return found

    def _returned(self, definition: Definition | None, *, awaited: bool) -> str | None:
        if definition is None or isinstance(definition.node, ast.ClassDef):
            return None
        if isinstance(definition.node, ast.AsyncFunctionDef) is not awaited:
            return None
        if definition.node.decorator_list:
            return None
        if definition.node.returns is not None:
            return ast.unparse(definition.node.returns)
        return self._bodies.called_returns(definition, self._depth + 1)


def union(types: Iterable[str]) -> str:
    """Return a union of types with None last."""
    unique = dict.fromkeys(part for type_ in types for part in _members(type_))
    return " | ".join(sorted(unique, key=lambda each: each == "None"))


def _members(type_: str) -> list[str]:
    return type_.split(" | ") if "[" not in type_ else [type_]


def _binds(node: ast.AST) -> bool:
    """Return whether a node binds the names that it contains."""
    return not isinstance(getattr(node, "ctx", None), ast.Load) and not isinstance(
        node, ast.keyword | ast.Global | ast.Nonlocal
    )


def _is_test(op: ast.cmpop) -> bool:
    return isinstance(
        op,
        ast.Is
        | ast.IsNot
        | ast.In
        | ast.NotIn
        | ast.Eq
        | ast.NotEq
        | ast.Lt
        | ast.Gt
        | ast.LtE
        | ast.GtE,
    )
