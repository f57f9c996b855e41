"""Inheritance between the classes of a text.

It is certain, or only possible if a base is not a plain name.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.analysis.names import Names

_FILLED = (ast.List, ast.Tuple, ast.Dict, ast.Set)
"""Literals that may contain classes."""


class ClassHierarchy:
    """The classes of a text.

    Args:
        names: The names of the text.
        classes: The classes of the text.
    """

    def __init__(self, names: Names, classes: Sequence[ast.ClassDef]) -> None:
        self._names = names
        self._classes = classes
        self._sure: dict[ast.ClassDef, list[ast.ClassDef]] = {}
        self._maybe: dict[ast.ClassDef, list[ast.ClassDef]] = {}
        self._guessed: dict[ast.ClassDef, frozenset[ast.AST]] = {}

    def relatives(self, owner: ast.ClassDef) -> list[ast.ClassDef]:
        """Return the base classes and subclasses of a class, transitively."""
        if owner not in self._sure:
            self._sure[owner] = self._closure(owner, guessing=False)
        return self._sure[owner]

    def may_be(self, owner: ast.ClassDef) -> list[ast.ClassDef]:
        """Return the relatives of a class, and the classes that unclear bases may relate to it."""
        if owner not in self._maybe:
            self._maybe[owner] = self._closure(owner, guessing=True)
        return self._maybe[owner]

    def _closure(self, owner: ast.ClassDef, *, guessing: bool) -> list[ast.ClassDef]:
        found = [owner]
        for one in found:
            for other in self._classes:
                if other in found:
                    continue
                near = one in self._names.bases(other) or other in self._names.bases(one)
                if near or (guessing and (one in self._guess(other) or other in self._guess(one))):
                    found.append(other)
        return found

    def _guess(self, node: ast.ClassDef) -> frozenset[ast.AST]:
        """Return the classes of the text that bases other than plain names may refer to."""
        if node not in self._guessed:
            bases = zip(node.bases, self._names.bases(node), strict=True)
            unknown = [each for each, base in bases if base is None]
            found = {one for each in unknown for one in self._classes_in(each, set())}
            self._guessed[node] = frozenset(found - {node})
        return self._guessed[node]

    def _classes_in(self, base: ast.expr, seen: set[ast.AST]) -> Iterator[ast.AST]:
        """Yield the classes that an expression may evaluate to; all if it may be anything."""
        for node in ast.walk(base):
            if isinstance(node, ast.Attribute) and not self._names.is_imported(node):
                named = [each for each in self._classes if each.name == node.attr]
                yield from named or self._classes
            elif isinstance(node, ast.Name):
                for origin in self._names.bindings(node):
                    value = self._names.value(origin) if isinstance(origin, ast.Name) else None
                    if isinstance(origin, ast.ClassDef):
                        yield origin
                    elif isinstance(value, ast.expr) and not isinstance(value, _FILLED):
                        if value not in seen:
                            seen.add(value)
                            yield from self._classes_in(value, seen)
                    elif not isinstance(origin, ast.Import | ast.ImportFrom):
                        yield from self._classes
