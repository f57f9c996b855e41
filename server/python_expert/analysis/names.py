"""Resolution of names: imports, and the kind of object that an expression yields."""

from __future__ import annotations

import ast
import builtins
import sys
from typing import TypeAlias

from python_expert.analysis.library import BLOCKING, KNOWN_CLASSES, MADE_BY
from python_expert.analysis.nodes import origin
from python_expert.analysis.scopes import FUNCTIONS, Function, Scopes

Kind: TypeAlias = str | ast.ClassDef | None
"""A class by its full name, a class of the text, the name of a factory, or None if unknown."""
Slot: TypeAlias = tuple[ast.AST, str]
"""A variable: its scope's node and its name; for an attribute, its class and ``.name``."""

_WRAPPERS = frozenset({"typing.Optional", "typing.Final", "typing.ClassVar"})
_CONTAINERS = frozenset(
    ["list", "set", "frozenset", "tuple", "sequence", "iterable", "iterator", "collection", "deque"]
)
_PAIR = 2
_DISPLAYS = {ast.List: "list", ast.ListComp: "list", ast.Dict: "dict", ast.DictComp: "dict"}
_DISPLAYS |= {ast.Set: "set", ast.SetComp: "set", ast.Tuple: "tuple", ast.JoinedStr: "str"}


class Names(Scopes):
    """The names of one tree and what they refer to."""

    def __init__(self, tree: ast.Module) -> None:
        super().__init__(tree)
        self._kinds: dict[ast.AST, Kind] = {}
        self._bases: dict[ast.ClassDef, list[Kind]] = {}

    def dotted(self, node: ast.AST) -> str | None:
        """Return the full name of an expression's referent, by imports and kinds, or None."""
        if isinstance(node, ast.Name):
            bindings = self.bindings(node)
            if not bindings:
                return f"builtins.{node.id}" if hasattr(builtins, node.id) else None
            names = {origin(each, node.id) for each in bindings}
            full = names.pop() if len(names) == 1 else ""
            return full if full and not full.startswith(".") else None
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value)
            if base is None:
                kind = self.kind(node.value)
                base = kind if isinstance(kind, str) else None
            return f"{base}.{node.attr}" if base else None
        return None

    def kind(self, node: ast.AST) -> Kind:
        """Return the kind of an expression's value, if it is certain: a class or a full name."""
        if node in self._kinds:
            return self._kinds[node]
        self._kinds[node] = None  # the result for recursive calls; unknown is always safe
        self._kinds[node] = found = self._kind(node)
        return found

    def bases(self, node: ast.ClassDef) -> list[Kind]:
        """Return the base classes, each as a class of the text, a full name, or unknown."""
        if node in self._bases:
            return self._bases[node]
        self._bases[node] = found = list[Kind]()
        for base in node.bases:
            plain = base.value if isinstance(base, ast.Subscript) else base
            found.append(self.class_named(plain) or self.dotted(plain))
        return found

    def mro(self, node: ast.ClassDef) -> list[ast.ClassDef]:
        """Return the class and its base classes in the text, nearest first."""
        found = [node]
        for each in found:
            found += [
                base
                for base in self.bases(each)
                if isinstance(base, ast.ClassDef) and base not in found
            ]
        return found

    def class_named(self, node: ast.AST) -> ast.ClassDef | None:
        """Return the class of the text that a name refers to, also by an alias."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            scope = self.scopes.get(node, self.module).find(node.value)
            bindings = scope.bound[node.value] if scope else []
        else:
            bindings = self.bindings(node) if isinstance(node, ast.Name) else []
        for _ in range(3):
            alias = self.value(bindings[0]) if len(bindings) == 1 else None
            bindings = self.bindings(alias) if isinstance(alias, ast.Name) else bindings
        found = bindings[0] if len(bindings) == 1 else None
        return found if isinstance(found, ast.ClassDef) else None

    def slot(self, node: ast.AST) -> Slot | None:
        """Return the variable that an expression names."""
        if isinstance(node, ast.Name):
            scope = self.scopes[node].find(node.id)
            return (scope.node, node.id) if scope else None
        if isinstance(node, ast.Attribute):
            kind = self.kind(node.value) or self.class_named(node.value)
            if isinstance(kind, ast.ClassDef):
                mro = self.mro(kind)
                owners = [each for each in mro if self._values((each, f".{node.attr}"))]
                return (owners[-1] if owners else kind, f".{node.attr}")
        return None

    def values(self, slot: Slot) -> list[ast.AST | None]:
        """Return the expressions that are assigned to a variable; None stands for unknown ones."""
        node, name = slot
        if name.startswith("."):
            return self._values(slot)
        return [self.value(each) for each in self.inner[node].bound.get(name, [])]

    def _values(self, slot: Slot) -> list[ast.AST | None]:
        node, name = slot
        found: list[ast.AST | None] = []
        if isinstance(node, ast.ClassDef):
            bound = self.inner[node].bound.get(name[1:], [])
            found += [self.value(each) for each in bound if not isinstance(each, FUNCTIONS)]
        for stored in self.stored.get(name[1:], []):
            owner = self.kind(stored.value)
            heir = isinstance(owner, ast.ClassDef) and node in self.mro(owner)
            if heir or owner is None:
                found.append(self.value(stored) if heir else None)
        if name[1:] in self.set_by_name:
            found.append(None)
        return found

    def value(self, node: ast.AST) -> ast.AST | None:
        """Return the expression that is assigned to a target, or the target's annotation."""
        parent = self.parents.get(node)
        if isinstance(node, ast.arg):
            return node
        if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
            return parent.value if parent.targets[0] is node else None
        if isinstance(parent, ast.NamedExpr):
            return parent.value
        if isinstance(parent, ast.AnnAssign) and parent.target is node:
            nothing = isinstance(parent.value, ast.Constant) and parent.value.value is None
            return parent.annotation if nothing else parent.value or parent.annotation
        if isinstance(parent, ast.withitem):
            return parent if parent.optional_vars is node else None
        loop = isinstance(parent, ast.For | ast.AsyncFor | ast.comprehension)
        return parent if loop and getattr(parent, "target", None) is node else None

    def _kind(self, node: ast.AST) -> Kind:
        kind: Kind = None
        if isinstance(node, ast.Constant):
            kind = f"builtins.{type(node.value).__name__}"
        elif type(node) in _DISPLAYS:
            kind = f"builtins.{_DISPLAYS[type(node)]}"
        elif isinstance(node, ast.Await | ast.NamedExpr):
            kind = self.kind(node.value)
        elif isinstance(node, ast.Call):
            kind = self._made(node)
        elif isinstance(node, ast.BinOp):
            left = self.kind(node.left)
            kind = left if left in {"pathlib.Path", "builtins.str"} else None
        elif isinstance(node, ast.withitem):
            kind = self._entered(node.context_expr)
        elif isinstance(node, ast.For | ast.comprehension):
            kind = self._element(node.iter)
        elif isinstance(node, ast.arg):
            kind = self._parameter(node)
        elif isinstance(node, ast.Name | ast.Attribute):
            kind = self._named(node)
        return kind

    def _named(self, node: ast.Name | ast.Attribute) -> Kind:
        if isinstance(node, ast.Name) and (own := self.class_named(node)):
            return own
        if isinstance(node, ast.Attribute):
            full = self.dotted(node)
            if full in MADE_BY:
                return MADE_BY[full]
        slot = self.slot(node)
        if slot is None:
            full = self.dotted(node)
            return full if full and full.startswith("builtins.") else None
        values = self.values(slot)
        kinds = {self.annotated(value) if value is not None else None for value in values}
        kinds.discard("builtins.NoneType")
        kind = kinds.pop() if len(kinds) == 1 else None
        if kind is None and isinstance(node, ast.Name):
            return self.dotted(node)
        return kind

    def annotated(self, node: ast.AST) -> Kind:
        """Return the kind of a value, or of an annotation."""
        parent = self.parents.get(node)
        if isinstance(parent, ast.AnnAssign) and parent.annotation is node:
            return self._annotation(node)
        return self.kind(node)

    def _annotation(self, node: ast.AST) -> Kind:
        if isinstance(node, ast.BinOp):  # X | None
            sides = [self._annotation(each) for each in (node.left, node.right)]
            some = [each for each in sides if each != "builtins.NoneType"]
            return some[0] if len(some) == 1 else None
        if isinstance(node, ast.Subscript):
            wrapped = self.dotted(node.value) in _WRAPPERS
            return self._annotation(node.slice if wrapped else node.value)
        found = self.class_named(node)
        if found or (isinstance(node, ast.Constant) and node.value is None):
            return found or "builtins.NoneType"
        full = self.dotted(node) or ""
        package = full.partition(".")[0]
        # An abstract type, or one of another file, may be a protocol that a class here follows.
        known = full in KNOWN_CLASSES or package in sys.stdlib_module_names
        abstract = full.rpartition(".")[0] in {"typing", "collections.abc", "abc", "types"}
        return MADE_BY.get(full, full) if known and not abstract and _is_class(full) else None

    def _element(self, node: ast.expr) -> Kind:
        """Return the kind of the elements of an expression."""
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            kinds = {self.kind(each) for each in node.elts}
            return kinds.pop() if len(kinds) == 1 else None
        slot = self.slot(node)
        values = self.values(slot) if slot else []
        value = values[0] if len(values) == 1 else None
        if value is None:
            return None
        around = self.parents.get(value)
        annotation = value.annotation if isinstance(value, ast.arg) else None
        if isinstance(around, ast.AnnAssign):
            annotation = around.annotation
        if isinstance(annotation, ast.Subscript):
            name = (self.dotted(annotation.value) or "").rpartition(".")[2].lower()
            inner = annotation.slice
            if isinstance(inner, ast.Tuple):  # tuple[X, ...]
                same = len(inner.elts) == _PAIR and isinstance(inner.elts[1], ast.Constant)
                inner = inner.elts[0] if same else inner
            return self._annotation(inner) if name in _CONTAINERS else None
        return self._element(value) if isinstance(value, ast.List | ast.Tuple | ast.Set) else None

    def _made(self, node: ast.Call) -> Kind:
        full = self.dotted(node.func)
        if full == "asyncio.to_thread" and node.args:
            full = self.dotted(node.args[0])
        if full == "builtins.super":
            function = self.function_of(node)
            return self.class_of(function) if function else None
        if full:
            full = MADE_BY.get(full, full)
            return full if full in BLOCKING or _is_class(full) else None
        if isinstance(node.func, ast.Attribute):
            owner = self.kind(node.func.value)
            method = self.method(owner, node.func.attr) if isinstance(owner, ast.ClassDef) else None
            return self._annotation(method.returns) if method and method.returns else None
        if isinstance(node.func, ast.Name):
            bindings = self.bindings(node.func)
            if len(bindings) == 1 and isinstance(bindings[0], FUNCTIONS):
                returns = bindings[0].returns
                return self._annotation(returns) if returns else None
            if len(bindings) == 1 and isinstance(bindings[0], ast.arg):
                return self.kind(node.func)  # cls()
        return self.class_named(node.func)

    def _entered(self, node: ast.expr) -> Kind:
        kind = self.kind(node)
        if not isinstance(kind, ast.ClassDef):
            return kind
        enter = self.method(kind, "__enter__")
        returned = [
            each.value
            for each in ast.walk(enter or ast.Pass())
            if isinstance(each, ast.Return) and each.value is not None
        ]
        return kind if returned and all(self.kind(each) is kind for each in returned) else None

    def method(self, node: ast.ClassDef, name: str) -> Function | None:
        """Return the method of a class with a name, if the text defines it."""
        for each in self.mro(node):
            for statement in each.body:
                if isinstance(statement, FUNCTIONS) and statement.name == name:
                    return statement
        return None

    def _parameter(self, node: ast.arg) -> Kind:
        arguments = self.parents[node]
        function = self.parents.get(arguments)
        owner = self.class_of(function) if function else None
        if owner and isinstance(function, FUNCTIONS) and isinstance(arguments, ast.arguments):
            static = any(
                self.dotted(each) == "builtins.staticmethod" for each in function.decorator_list
            )
            first = next(iter([*arguments.posonlyargs, *arguments.args]), None)
            if first is node and not static:
                return owner
        return self._annotation(node.annotation) if node.annotation else None


def _is_class(full: str) -> bool:
    """Return whether a full name looks like a class name."""
    module, _, name = full.rpartition(".")
    if module == "builtins":
        return isinstance(getattr(builtins, name, None), type) and name not in {"type", "object"}
    return bool(module) and name[:1].isupper()
