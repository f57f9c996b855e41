"""Compares two texts that may only differ in added type hints and imports."""

from __future__ import annotations

import ast
from bisect import bisect_left
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from python_expert.actions.add_type_hints.proof.kept_tokens import Span, first_difference
from python_expert.analysis.nodes import is_checking, is_string
from python_expert.analysis.source import DefinitionNode
from python_expert.text.document import Position

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.analysis.source import Source

Import = ast.Import | ast.ImportFrom


class Kind(StrEnum):
    """The kind of place that an added hint belongs to."""

    HEADER = "a function's parameter or return"
    ATTRIBUTE = "an attribute assigned in a function"
    CLASS = "a name in a class's body"
    MODULE = "a name at the top level"
    LOCAL = "a local variable"


class AddedHint(NamedTuple):
    """An added type hint.

    Attributes:
        annotation: The expression.
        kind: The kind of place that the hint belongs to.
        at: The statement that the hint belongs to.
        parents: The definitions around that statement, outermost first.
    """

    annotation: ast.expr
    kind: Kind
    at: ast.stmt
    parents: tuple[DefinitionNode, ...]


class AddedImport(NamedTuple):
    """A name whose import was added.

    Attributes:
        alias: The name.
        node: The import statement.
        block: The top-level ``if`` that contains the statement, or None.
    """

    alias: ast.alias
    node: Import
    block: ast.If | None


class DifferentError(Exception):
    """The texts differ in something other than type hints and imports.

    Attributes:
        line: The 0-based line in the new text.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class Comparison:
    """Compares two trees and collects what was added to the second.

    Attributes:
        hints: The added hints.
        imports: The added imports.
        spans: All added parts of the new text.

    Raises:
        DifferentError: The trees differ in anything else.
    """

    def __init__(self, before: Source, after: Source) -> None:
        self.hints: list[AddedHint] = []
        self.imports: list[AddedImport] = []
        self._after = after
        # Before and after the differing pieces, the tokens and the trees are the same.
        old, new = before.pieces.differing(after.pieces)
        self._is_start = after.pieces.statements(new).start == 0
        tokens = tuple(after.pieces.tokens(new))
        self._arrows = [
            Position(token.start[0] - 1, token.start[1]) for token in tokens if token.string == "->"
        ]
        self._parents: tuple[DefinitionNode, ...] = ()
        self._function: ast.stmt = ast.Pass()
        self.spans: list[Span] = []
        self._statements(
            before.tree.body[before.pieces.statements(old)],
            after.tree.body[after.pieces.statements(new)],
            None,
            top=True,
        )
        line = first_difference(before.pieces.tokens(old), tokens, self.spans)
        if line is not None:
            raise DifferentError(_TOKENS, line)

    def _differ(
        self, node: ast.AST, message: str = "the code changes here, not only its hints"
    ) -> None:
        raise DifferentError(message, getattr(node, "lineno", 1) - 1)

    def _same(self, one: Any, other: Any, near: ast.AST) -> None:  # noqa: ANN401 - fields have any type
        if isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                self._differ(near)
            for left, right in zip(one, other, strict=True):
                self._same(left, right, right if hasattr(right, "lineno") else near)
        elif isinstance(one, ast.AST) and isinstance(other, ast.AST):
            # Operators, for example, have no line of their own.
            self._nodes(one, other, other if hasattr(other, "lineno") else near)
        elif type(one) is not type(other) or repr(one) != repr(other):
            self._differ(near)

    def _nodes(self, one: ast.AST, other: ast.AST, near: ast.AST) -> None:
        if isinstance(one, ast.Assign) and isinstance(other, ast.AnnAssign):
            self._assignment(one, other)
            return
        if type(one) is not type(other):
            bare = isinstance(other, ast.AnnAssign) and other.value is None
            self._differ(near, _BARE if bare else _CHANGED)
        outer = self._parents
        for field in one._fields:
            left, right = getattr(one, field, None), getattr(other, field, None)
            if isinstance(other, DefinitionNode):
                self._function = other
                self._parents = (*outer, other) if field == "body" else outer
            if (
                field in {"body", "orelse", "finalbody"}
                and isinstance(left, list)
                and isinstance(right, list)
            ):
                self._statements(left, right, None, top=False)
            elif left is None and right is not None and field in {"annotation", "returns"}:
                self._header(other, right, outer)
            else:
                self._same(left, right, near)
            self._parents = outer

    def _statements(
        self,
        one: Sequence[ast.stmt],
        other: Sequence[ast.stmt],
        block: ast.If | None,
        *,
        top: bool,
    ) -> None:
        index = 0
        for node in other:
            old = one[index] if index < len(one) else None
            imports = top or block is not None
            if imports and isinstance(node, Import) and self._import(old, node, block):
                index += 1
            elif imports and isinstance(node, Import):
                if self._is_start and index == 0 and old is not None and is_string(old):
                    self._differ(node, "an import before the docstring makes it a plain string")
                self._added(node, node.names, block)
            elif top and isinstance(node, ast.If) and is_checking(node.test):
                if (
                    isinstance(old, ast.If)
                    and ast.dump(old.test) == ast.dump(node.test)
                    and not self._all_new(old, node)
                ):
                    self._statements(old.body, node.body, node, top=False)
                    self._statements(old.orelse, node.orelse, None, top=False)
                    index += 1
                else:
                    self._block(node)
            elif old is None:
                bare = isinstance(node, ast.AnnAssign) and node.value is None
                self._differ(node, _BARE if bare else "a statement is added")
            else:
                self._nodes(old, node, node)
                index += 1
        if index < len(one):
            near: ast.AST = other[-1] if other else ast.Pass(lineno=one[index].lineno)
            self._differ(near, "a statement is missing after this")

    @staticmethod
    def _all_new(old: ast.If, node: ast.If) -> bool:
        """Return whether a block has nothing in common with the block that it is compared to."""
        new = {ast.dump(each) for each in node.body}
        return not node.orelse and not any(
            ast.dump(each) in new
            or (
                isinstance(each, ast.ImportFrom)
                and any(
                    isinstance(other, ast.ImportFrom) and other.module == each.module
                    for other in node.body
                )
            )
            for each in old.body
        )

    def _block(self, node: ast.If) -> None:
        """Collect an added ``if TYPE_CHECKING:`` block."""
        if node.orelse or not all(isinstance(each, Import) for each in node.body):
            self._differ(node, "an added `if TYPE_CHECKING:` may contain only imports")
        for each in node.body:
            assert isinstance(each, Import)  # noqa: S101  # nosec B101 - checked above
            self.imports += [AddedImport(alias, each, node) for alias in each.names]
        where = self._after.range(node)
        self.spans.append(Span(*where, statement=True))

    def _import(self, old: ast.stmt | None, node: Import, block: ast.If | None) -> bool:
        """Return whether an import is the old one; it may import additional names."""
        if isinstance(old, ast.Import) and isinstance(node, ast.Import):
            return ast.dump(old) == ast.dump(node)
        if not (isinstance(old, ast.ImportFrom) and isinstance(node, ast.ImportFrom)):
            return False
        if (old.module, old.level) != (node.module, node.level):
            return False
        rest = [ast.dump(alias) for alias in old.names]
        new = []
        for alias in node.names:
            if rest and ast.dump(alias) == rest[0]:
                rest.pop(0)
            else:
                new.append(alias)
        if rest:
            return False
        for alias in new:
            where = self._after.range(alias)
            self.spans.append(Span(*where, statement=False))
            self.imports.append(AddedImport(alias, node, block))
        return True

    def _added(self, node: Import, names: Sequence[ast.alias], block: ast.If | None) -> None:
        self.imports += [AddedImport(alias, node, block) for alias in names]
        where = self._after.range(node)
        self.spans.append(Span(*where, statement=True))

    def _header(self, node: ast.AST, hint: ast.expr, parents: tuple[DefinitionNode, ...]) -> None:
        """Collect an added annotation of a parameter or of a function's return."""
        end = self._after.range(hint).end
        if isinstance(node, ast.arg):
            start = self._after.position(node.lineno, node.col_offset)
            start = start._replace(column=start.column + len(node.arg))
            self.hints.append(AddedHint(hint, Kind.HEADER, self._function, parents))
        else:
            assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)  # noqa: S101  # nosec B101 - called for functions only
            start = self._arrow(hint)
            self.hints.append(AddedHint(hint, Kind.HEADER, node, parents))
        self.spans.append(Span(start, end, statement=False))

    def _arrow(self, hint: ast.expr) -> Position:
        start = self._after.range(hint).start
        return self._arrows[bisect_left(self._arrows, start) - 1]

    def _assignment(self, one: ast.Assign, other: ast.AnnAssign) -> None:
        """Match an assignment with the annotated assignment that it became."""
        if len(one.targets) != 1 or other.value is None:
            self._differ(other, _BARE if other.value is None else _CHANGED)
        self._same(one.targets[0], other.target, other)
        self._same(one.value, other.value, other)
        owner = self._parents[-1] if self._parents else None
        if isinstance(other.target, ast.Name) and not other.simple:
            self._differ(other)
        match other.target, owner:
            case ast.Attribute(), ast.FunctionDef() | ast.AsyncFunctionDef():
                kind = Kind.ATTRIBUTE
            case ast.Name(), ast.ClassDef():
                kind = Kind.CLASS
            case ast.Name(), None:
                kind = Kind.MODULE
            case ast.Name(), _:
                kind = Kind.LOCAL
            case _:
                self._differ(other, "an annotation is evaluated here")
                return
        self.hints.append(AddedHint(other.annotation, kind, other, self._parents))
        start = self._after.range(other.target).end
        end = self._after.range(other.annotation).end
        self.spans.append(Span(start, end, statement=False))


compared = lru_cache(maxsize=1)(Comparison)
"""The cached comparison, because the proof and the baseline with ``Any`` both need it."""

_CHANGED: Final = "the code changes here, not only its hints"
_BARE: Final = "an annotation without a value makes the name local or a field"
_TOKENS: Final = "the text changes outside of type hints and imports (for example a comment)"
