"""Writes a proposed type for one place: its names, syntax, quotes and imports."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from python_expert.actions.add_type_hints.rerendering import Needed, Rerendering, full_name
from python_expert.analysis.bindings import When, bindings_of
from python_expert.analysis.nodes import is_checking
from python_expert.analysis.types import tables
from python_expert.analysis.types.grammar import (
    NotATypeError,
    dotted,
    leaves,
    parse_type,
    render,
    root,
)
from python_expert.analysis.types.runtime import (
    allows_union,
    check_arguments,
    is_lazy,
    parameters,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from python_expert.actions.add_type_hints.slots import Slot
    from python_expert.actions.base import Options
    from python_expert.analysis.source import Source


class Hint(NamedTuple):
    """A type as written at a place.

    Attributes:
        text: The annotation.
        needed: The missing imports that the type needs.
    """

    text: str
    needed: tuple[Needed, ...]


class Renderer:
    """Writes types for the places of one text."""

    def __init__(self, source: Source, options: Options) -> None:
        self.names = bindings_of(source)
        self._python = options.python
        self._lazy = options.is_stub or is_lazy(source.tree, options.python)
        # If a file imports from typing only for type checkers, new imports are made in the same
        # way.
        self._plain = False if self._lazy and _hides_typing(source.tree) else None
        if options.is_stub:
            self._plain = True

    def render(
        self, text: str, slot: Slot, imports: Iterable[Needed], *, read: bool = False
    ) -> Hint:
        """Write a type for a slot.

        Args:
            text: The proposed type expression.
            slot: The slot.
            imports: The imports that were proposed with the type.
            read: Whether the program reads annotations there and so needs their names.

        Raises:
            NotATypeError: The text is not a type, or the names in it are not available. The message
                gives the reason.
        """
        node = parse_type(text)
        evaluated = slot.evaluated and not self._lazy
        wanted = {each.alias: each for each in imports}
        work = Rerendering(
            self.names,
            slot,
            wanted,
            modern=not evaluated,
            python=self._python,
            plain=self._plain,
        )
        node = work.visit(node)
        _check_context(node, slot)
        quoted = evaluated and (
            any(self._must_quote(leaf, slot, work.needed) for leaf in leaves(node))
            or self._fails_when_evaluated(node, slot, work.needed)
        )
        needed = tuple(work.needed.values())
        if not (read or self._plain or (evaluated and not quoted)):
            needed = tuple(map(_for_checkers, needed))
        if not quoted:
            return Hint(render(node), needed)
        inner = render(node, "'")
        if '"' in inner or "\\" in inner:
            raise NotATypeError("cannot be put in quotes")
        return Hint(f'"{inner}"', needed)

    def _must_quote(
        self, leaf: ast.Name | ast.Attribute, slot: Slot, needed: Mapping[str, Needed]
    ) -> bool:
        name = root(leaf)
        if name in needed:
            return needed[name].checking
        found = self.names.lookup(name, slot.at)
        if found is None or found.when is When.UNSURE:
            return True
        full = found.origin + dotted(leaf)[len(name) :]
        return isinstance(leaf, ast.Attribute) and not tables.exists(
            *full.rpartition(".")[::2], self._python
        )

    def _fails_when_evaluated(
        self, node: ast.expr, slot: Slot, needed: Mapping[str, Needed]
    ) -> bool:
        """Return whether a subscript or union in a type may fail at run time."""
        for each in ast.walk(node):
            if isinstance(each, ast.Subscript):
                new = needed.get(dotted(each.value))
                full = (
                    f"{new.module}.{new.name}" if new else full_name(each.value, self.names, slot)
                )
                try:
                    check_arguments(full, each.slice)
                except NotATypeError:
                    return True
                if new and not tables.is_generic(f"{new.module}.{new.name}", self._python):
                    return True
                if not new and not self._is_generic(each, slot):
                    return True
            if isinstance(each, ast.BinOp):
                for part in (each.left, each.right):
                    if isinstance(part, ast.Name | ast.Attribute) and not (
                        dotted(part) in needed or self._allows_union(part, slot)
                    ):
                        return True
        return False

    def _is_generic(self, node: ast.Subscript, slot: Slot) -> bool:
        """Return whether a name at a slot is known to accept these subscripts."""
        found = self.names.lookup(root(node.value), slot.at)
        if found and isinstance(found.node, ast.ClassDef):
            count = len(node.slice.elts) if isinstance(node.slice, ast.Tuple) else 1
            return parameters(found.node, self.names) == count
        return tables.is_generic(full_name(node.value, self.names, slot), self._python)

    def _allows_union(self, node: ast.Name | ast.Attribute, slot: Slot) -> bool:
        found = self.names.lookup(root(node), slot.at)
        full = full_name(node, self.names, slot)
        return found is not None and allows_union(found, full, self._python)


def _for_checkers(needed: Needed) -> Needed:
    """Return an import for type checkers only, as ruff's TC rules require; typing is exempt."""
    return needed if needed.module == "typing" else needed._replace(checking=True)


def _hides_typing(tree: ast.Module) -> bool:
    """Return whether a text imports from typing modules under ``TYPE_CHECKING``."""
    return any(
        isinstance(inner, ast.ImportFrom) and inner.module in tables.TYPING_MODULES
        for node in tree.body
        if isinstance(node, ast.If) and is_checking(node.test)
        for inner in node.body
    )


def _check_context(node: ast.expr, slot: Slot) -> None:
    """Refuse forms that are valid only in other places."""
    outer = node.value if isinstance(node, ast.Subscript) else node
    last = dotted(outer).rpartition(".")[2] if isinstance(outer, ast.Name | ast.Attribute) else ""
    if last in {"ClassVar", "Final", "InitVar", "Required", "NotRequired", "Generic", "Protocol"}:
        raise NotATypeError(f"{last} is not allowed there")
    if last in {"TypeGuard", "TypeIs", "NoReturn", "Never"} and slot.name != "return":
        raise NotATypeError(f"{last} is not allowed there")
