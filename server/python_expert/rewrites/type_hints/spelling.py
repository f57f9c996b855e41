"""How a proposed type is spelt at one place: its names, its syntax, its quotes, its imports."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from python_expert.rewrites.type_hints import tables
from python_expert.rewrites.type_hints.grammar import (
    NotATypeError,
    dotted,
    is_literal,
    leaves,
    parse_type,
    render,
    root,
)
from python_expert.rewrites.type_hints.names import Names, When, is_checking, is_no_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from python_expert.rewrites.base import Options
    from python_expert.rewrites.source import Source
    from python_expert.rewrites.type_hints.names import Binding
    from python_expert.rewrites.type_hints.slots import Slot


class Needed(NamedTuple):
    """An import that a type needs.

    Attributes:
        module: The module, with its leading dots.
        name: What is imported from it.
        alias: The name it is bound to.
        checking: Whether type checkers alone may see it.
    """

    module: str
    name: str
    alias: str
    checking: bool


class Hint(NamedTuple):
    """A type as it is written at a place.

    Attributes:
        text: The annotation.
        needed: The imports it needs that are not there.
    """

    text: str
    needed: tuple[Needed, ...]


class Speller:
    """Spells types for one text."""

    def __init__(self, source: Source, options: Options) -> None:
        self.names = Names(source)
        self._python = options.python
        self._lazy = options.is_stub or is_lazy(source.tree, options.python)
        self.stub = options.is_stub
        # A file that keeps its typing imports for checkers alone goes on to do so.
        self.hides = self._lazy and not self.stub and _hides_typing(source.tree)

    def spell(self, text: str, slot: Slot, imports: Iterable[Needed]) -> Hint:
        """Spell a type at a slot.

        Args:
            text: The type expression as proposed.
            slot: Where it goes.
            imports: The imports that were proposed with it.

        Raises:
            NotATypeError: It is not a type, or its names cannot be had; the message says why.
        """
        node = parse_type(text)
        evaluated = slot.evaluated and not self._lazy
        wanted = {each.alias: each for each in imports}
        work = _Work(self, slot, wanted, modern=not evaluated, python=self._python)
        node = work.visit(node)
        _check_context(node, slot)
        quoted = evaluated and (
            any(self._must_quote(leaf, slot, work.needed) for leaf in leaves(node))
            or self._fails_when_evaluated(node, slot, work.needed)
        )
        if not quoted:
            return Hint(render(node), tuple(work.needed.values()))
        inner = render(node, "'")
        if '"' in inner or "\\" in inner:
            raise NotATypeError("cannot be put in quotes")
        return Hint(f'"{inner}"', tuple(work.needed.values()))

    def _must_quote(
        self, leaf: ast.Name | ast.Attribute, slot: Slot, needed: Mapping[str, Needed]
    ) -> bool:
        name = root(leaf)
        if name in needed:
            return needed[name].checking
        found = self.names.lookup(name, slot.at, slot.parents)
        if found is None or found.when not in {When.BOUND, When.BUILTIN}:
            return True
        full = found.origin + dotted(leaf)[len(name) :]
        return isinstance(leaf, ast.Attribute) and not tables.exists(
            *full.rpartition(".")[::2], self._python
        )

    def _fails_when_evaluated(
        self, node: ast.expr, slot: Slot, needed: Mapping[str, Needed]
    ) -> bool:
        """Whether a subscript in a type is not known to work at run time."""
        for each in ast.walk(node):
            if isinstance(each, ast.Subscript):
                new = needed.get(dotted(each.value))
                if new and not tables.is_generic(f"{new.module}.{new.name}", self._python):
                    return True
                if not new and not self._is_generic(each.value, slot):
                    return True
        return False

    def _is_generic(self, node: ast.expr, slot: Slot) -> bool:
        """Whether what a name stands for at a slot is known to allow subscripts."""
        found = self.names.lookup(root(node), slot.at, slot.parents)
        if found and isinstance(found.node, ast.ClassDef):
            return is_generic_class(found.node)
        return tables.is_generic(full_name(node, self.names, slot), self._python)


def is_lazy(tree: ast.Module, python: tuple[int, int]) -> bool:
    """Whether annotations are not evaluated when a function is defined."""
    return python >= (3, 14) or any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
        for node in tree.body
    )


def _hides_typing(tree: ast.Module) -> bool:
    """Whether a text imports types of typing modules under ``TYPE_CHECKING``."""
    return any(
        isinstance(inner, ast.ImportFrom) and inner.module in tables.TYPING_MODULES
        for node in tree.body
        if isinstance(node, ast.If) and is_checking(node.test)
        for inner in node.body
    )


def full_name(node: ast.expr, names: Names, slot: Slot) -> str:
    """The full name of what a name with or without dots stands for at a slot."""
    name = root(node)
    found = names.lookup(name, slot.at, slot.parents)
    return (found.origin if found and found.origin else name) + dotted(node)[len(name) :]


def is_generic_class(node: ast.ClassDef) -> bool:
    """Whether a class of the text allows subscripts."""
    return bool(getattr(node, "type_params", ())) or any(
        isinstance(base, ast.Subscript) for base in node.bases
    )


def _check_context(node: ast.expr, slot: Slot) -> None:
    """Refuse forms that mean something only elsewhere."""
    outer = node.value if isinstance(node, ast.Subscript) else node
    last = dotted(outer).rpartition(".")[2] if isinstance(outer, ast.Name | ast.Attribute) else ""
    if last in {"ClassVar", "Final", "InitVar", "Required", "NotRequired", "Generic", "Protocol"}:
        raise NotATypeError(f"{last} does not belong there")
    if last in {"TypeGuard", "TypeIs", "NoReturn", "Never"} and slot.name != "return":
        raise NotATypeError(f"{last} does not belong there")


class _Work(ast.NodeTransformer):
    """Rewrites the names and the syntax of one type."""

    def __init__(
        self,
        speller: Speller,
        slot: Slot,
        wanted: Mapping[str, Needed],
        *,
        modern: bool,
        python: tuple[int, int],
    ) -> None:
        self._speller = speller
        self._names = speller.names
        self._slot = slot
        self._wanted = wanted
        self._python = python if not modern else max(python, (3, 11))
        self._real = python
        self.needed: dict[str, Needed] = {}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        found = self._names.lookup(node.id, self._slot.at, self._slot.parents)
        want = self._wanted.get(node.id)
        if want is None and (found is None or found.when is When.BUILTIN):
            home = tables.home(node.id)
            if found is not None or home is None:
                return self._known(node, found)
            want = Needed(home, node.id, node.id, checking=False)
        if want is None:
            return self._known(node, found)
        full = f"{want.module}.{want.name}" if want.name else want.module
        if found and found.origin and tables.same(found.origin, full):
            return self._known(node, found)
        return self._imported(full) or self._new(node.id, want)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        name = root(node)
        if self._names.lookup(name, self._slot.at, self._slot.parents):
            return node
        module, _, last = dotted(node).rpartition(".")
        if any(each.module == name and not each.name for each in self._wanted.values()) or (
            module in tables.TYPING_MODULES
        ):
            return self._imported(dotted(node)) or self._new(
                last, Needed(module, last, last, checking=True)
            )
        want = self._wanted.get(name)
        if want is None:
            raise NotATypeError(f"{name} is not known here")
        replaced = self.visit_Name(ast.Name(name, ast.Load()))
        return _parsed(render(replaced) + dotted(node)[len(name) :])

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if is_literal(node):
            return ast.Subscript(self.visit(node.value), node.slice, ast.Load())
        value: ast.expr = self.visit(node.value)
        inner: ast.expr = self.visit(node.slice)
        full = self._full(value)
        if full in {"typing.Optional", "typing.Union"} and self._python >= (3, 10):
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            if full == "typing.Optional":
                parts = [inner, ast.Constant(None)]
            self._unneeded(value)
            return _union(parts)
        old = tables.old_spelling(full)
        if old and self._python < (3, 9) and not full.startswith("typing."):
            self._unneeded(value)
            value = self._typing(old)
        return ast.Subscript(value, inner, ast.Load())

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        parts = [self.visit(part) for part in _operands(node)]
        if self._python >= (3, 10):
            return _union(parts)
        some = [part for part in parts if not _is_none(part)]
        inner: ast.expr = some[0] if len(some) == 1 else _tuple(some)
        if len(some) > 1:
            inner = ast.Subscript(self._typing("Union"), inner, ast.Load())
        if len(some) == len(parts):
            return inner
        return ast.Subscript(self._typing("Optional"), inner, ast.Load())

    def _known(self, node: ast.Name, found: Binding | None) -> ast.expr:
        if found is None:
            raise NotATypeError(f"{node.id} is not known here")
        if found.when is When.BUILTIN and not tables.is_builtin_class(node.id, self._real):
            raise NotATypeError(f"{node.id} is not a type")
        if is_no_type(found):
            raise NotATypeError(f"{node.id} is no type here")
        return node

    def _full(self, value: ast.expr) -> str:
        if isinstance(value, ast.Name) and value.id in self.needed:
            each = self.needed[value.id]
            return f"{each.module}.{each.name}"
        full = full_name(value, self._names, self._slot)
        return full.replace("typing_extensions.", "typing.")

    def _typing(self, name: str) -> ast.expr:
        return self._imported(f"typing.{name}") or self._new(
            name, Needed("typing", name, name, checking=False)
        )

    def _unneeded(self, value: ast.expr) -> None:
        """Forget an import whose only use was a spelling that is replaced."""
        if isinstance(value, ast.Name):
            self.needed.pop(value.id, None)

    def _imported(self, full: str) -> ast.expr | None:
        """How something can be called that the text has imported already."""
        name = full.rpartition(".")[2]
        best = None
        for bound, meant in self._names.imported.items():
            if tables.same(meant, full):
                best = bound
                break
            if (
                meant
                and tables.same(f"{meant}.{name}", full)
                and tables.exists(meant, name, self._real)
            ):
                best = f"{bound}.{name}"
        if best is None:
            return None
        found = self._names.lookup(best.partition(".")[0], self._slot.at, self._slot.parents)
        usable = found is not None and found.origin in {full, *self._names.imported.values()}
        return _parsed(best) if usable else None

    def _new(self, called: str, want: Needed) -> ast.expr:
        if called in self._names.in_use or self._names.lookup(
            called, self._slot.at, self._slot.parents
        ):
            raise NotATypeError(f"{called} already means something else in this file")
        harmless = want.module in tables.TYPING_MODULES and tables.exists(
            want.module, want.name, self._real
        )
        if want.module == "typing_extensions":
            harmless = harmless and any(
                meant.startswith("typing_extensions") for meant in self._names.imported.values()
            )
        if want.module == "typing" and not harmless:
            raise NotATypeError(f"typing has no {want.name} in the Python of this project")
        plain = self._speller.stub or (harmless and not self._speller.hides)
        self.needed[called] = Needed(want.module, want.name, called, checking=not plain)
        return ast.Name(called, ast.Load())


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _operands(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp):
        return [*_operands(node.left), *_operands(node.right)]
    return [node]


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _tuple(parts: list[ast.expr]) -> ast.Tuple:
    return ast.Tuple(parts, ast.Load())


def _union(parts: Iterable[ast.expr]) -> ast.expr:
    """A union of types with ``|``, each named once, None last."""
    flat = [each for part in parts for each in _operands(part)]
    unique = {render(each): each for each in flat}
    ordered = sorted(unique.values(), key=_is_none)
    node = ordered[0]
    for part in ordered[1:]:
        node = ast.BinOp(node, ast.BitOr(), part)
    return node
