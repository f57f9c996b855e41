"""Which names of a scope are certainly bound when a statement is reached."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from python_expert.analysis.nodes import TRIES, is_checking

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

Bound: TypeAlias = dict[str, ast.AST]
"""Names, each with the statement or parameter that binds it."""


class Flow:
    """Follows the statements of one scope in the order in which they run.

    Args:
        names: The names that each statement binds in that scope, without those bound in its blocks.
    """

    def __init__(self, names: Mapping[ast.AST, Sequence[str]]) -> None:
        self._names = names

    def reached(self, body: Sequence[ast.stmt], path: AbstractSet[ast.AST] = frozenset()) -> Bound:
        """Return the names that are certainly bound when a statement is reached.

        Args:
            body: The statements that run, from the first one on.
            path: The statement and all nodes around it; empty for the end of the body.
        """
        bound: Bound = {}
        for node in body:
            if node in path:
                bound.update(self._inside(node, path))
                break
            if isinstance(node, ast.Delete):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        bound.pop(target.id, None)
            else:
                bound.update(self._certain(node))
        return bound

    def _inside(self, node: ast.stmt, path: AbstractSet[ast.AST]) -> Bound:
        """Return the names that a statement binds before a statement in one of its blocks runs."""
        for block in _blocks(node):
            if any(each in path for each in block):
                ahead: Bound = {}
                if block is getattr(node, "body", None):  # of `for` and `with`
                    ahead = self._own(node)
                elif isinstance(node, TRIES) and block is node.orelse:
                    ahead = self.reached(node.body)
                return {**ahead, **self.reached(block, path)}
        return {}

    def _own(self, node: ast.stmt) -> Bound:
        return dict.fromkeys(self._names.get(node, ()), node)

    def _certain(self, node: ast.stmt) -> Bound:
        """Return the names that a statement certainly binds."""
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                return self.reached(orelse) if is_checking(test) else self._all([body, orelse])
            case (
                ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final)
                | ast.TryStar(body=body, handlers=handlers, orelse=orelse, finalbody=final)
            ):
                ways = [[*body, *orelse], *(handler.body for handler in handlers)]
                return {**self._all(ways), **self.reached(final)}
            case ast.For() | ast.AsyncFor():
                return {}
            case _:  # a context manager may suppress exceptions of the body
                return self._own(node)

    def _all(self, ways: Iterable[Sequence[ast.stmt]]) -> Bound:
        """Return the names that are bound on every path.

        Paths that leave the block are ignored.
        """
        found = [
            self.reached(way)
            for way in ways
            if not (way and isinstance(way[-1], ast.Raise | ast.Return | ast.Continue | ast.Break))
        ]
        if not found:
            return {}
        return {name: node for name, node in found[0].items() if all(name in way for way in found)}


def _blocks(node: ast.stmt) -> Iterator[Sequence[ast.stmt]]:
    """Yield the blocks of a statement that run in the same scope."""
    for field in ("body", "orelse", "finalbody"):
        yield getattr(node, field, ())
    for inner in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield inner.body
