"""The signatures of definitions that a definition uses, from its own and other project files."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING

from python_expert.actions.questions.code import LONGEST_SIGNATURE, names_used, signature
from python_expert.actions.questions.neighbours import Neighbours
from python_expert.analysis.scopes import Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.actions.base import Options
    from python_expert.analysis.source import Definition, DefinitionNode, Source

MOST = 8
"""The most signatures that are shown with one definition."""


class Signatures:
    """Finds signatures for the definitions of one text.

    Args:
        source: The text.
        options: The context, with the paths of the file and its project.
    """

    def __init__(self, source: Source, options: Options) -> None:
        self._source = source
        self.neighbours = Neighbours(source, options)

    def used_by(self, definition: Definition) -> tuple[str, ...]:
        """Return the signatures that a definition uses, those of its own file first."""
        found: dict[str, None] = {}
        names = names_used(definition.node)
        for find in (self._here, self._elsewhere):
            for each in find(definition, names):
                if len(each) <= LONGEST_SIGNATURE:
                    found[each] = None
                if len(found) == MOST:
                    return tuple(found)
        return tuple(found)

    def _here(self, definition: Definition, names: list[str]) -> Iterator[str]:
        owner = definition.parents[-1] if definition.is_method else None
        for name in names:
            first, *rest = name.split(".")
            node = owner if first in {"self", "cls"} and rest else self._top.get(first)
            if isinstance(node, ast.ClassDef) and rest:
                method = _method(node, rest[0])
                node = method if method or node is owner else node
            if node is not None and node is not definition.node:
                yield signature(node)

    def _elsewhere(self, _definition: Definition, names: list[str]) -> Iterator[str]:
        for name in names:
            found = self.neighbours.find(name) if name.partition(".")[0] not in self._top else None
            if found is not None:
                yield signature(found)

    @cached_property
    def _top(self) -> dict[str, DefinitionNode]:
        """The functions and classes at the top level."""
        return {each.node.name: each.node for each in self._source.definitions if not each.parents}


def _method(node: ast.ClassDef, name: str) -> DefinitionNode | None:
    found = (each for each in node.body if isinstance(each, Function) and each.name == name)
    return next(found, None)
