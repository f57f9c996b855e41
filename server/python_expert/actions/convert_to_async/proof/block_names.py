"""Compares the names of a block before and after the block became a function."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.binding_order import BindingOrder, is_bound_around
from python_expert.analysis.nodes import FORS, TRIES
from python_expert.analysis.source import all_nodes

if TYPE_CHECKING:
    from python_expert.actions.convert_to_async.proof.report import ProofReport
    from python_expert.analysis.scopes import Function, Scope


class Block(NamedTuple):
    """The function that a block became, and the statement that runs it, both in the new text.

    Attributes:
        inner: The function.
        follow: The statement that runs the function in a thread.
        outer: The names in the function's ``nonlocal`` statements.
        given: The names that are passed to the function.
        returned: The names whose values the function returns and the statement assigns.
    """

    inner: ast.FunctionDef
    follow: ast.stmt
    outer: tuple[str, ...]
    given: tuple[str, ...]
    returned: tuple[str, ...]


class BlockNames:
    """Compares the names of one block in the old and the new text."""

    def __init__(self, report: ProofReport, old: ast.With, block: Block, owner: Function) -> None:
        self.report = report
        self.old = old
        self.block = block
        self.inside = {*ast.walk(old)}
        self.names = report.program.names
        self.new = report.pairs.new
        self.owner = self.names.inner[owner]
        self.later_owner = self.new.inner[report.pairs.later(owner)]
        self.inner = self.new.inner[block.inner]

    def check(self) -> None:
        """Compare the scopes name by name."""
        local = self._compared()
        local |= {n for n, all_ in self.owner.bound.items() if self.inside & {*all_}}
        for name in sorted(local - {*self.block.outer}):
            self._local(name)
        for name in self.block.outer:
            if not self.inside & {*self.owner.bound.get(name, ())}:
                self.report.refuse(self.old, f"{name} is not bound by the block")
        for name in self.block.returned:
            if name not in local or name in (*self.block.outer, *self.block.given):
                self.report.refuse(self.old, f"{name} is returned, but not bound by the block")

    def _compared(self) -> set[str]:
        """Return the names that are now local to the new function; refuse other changes."""
        local = set[str]()
        for node in self.inside:
            if not isinstance(node, ast.Name):
                continue
            later = self.report.pairs.counterpart[node]
            before = self.names.scopes[node].find(node.id)
            after = self.new.scopes[later].find(node.id)
            if before is self.owner and after is self.inner:
                local.add(node.id)
            elif not self._is_same(before, after):
                self.report.refuse(node, f"{node.id} now means something else")
            if isinstance(node.ctx, ast.Del):
                self.report.refuse(node, f"{node.id} is deleted in the block")
        return local

    def _is_same(self, before: Scope | None, after: Scope | None) -> bool:
        """Return whether a scope of the old text corresponds to a scope of the new text."""
        if before is None or after is None:
            return before is after
        if before is self.owner:
            return after is self.later_owner
        if before is self.names.module or after is self.new.module:
            return before is self.names.module and after is self.new.module
        return self.report.pairs.later(before.node) is after.node

    def _local(self, name: str) -> None:
        """Check a name that was local to the outer function and is now local to the new one."""
        uses, bound = self._uses(name), {*self.owner.bound.get(name, [])}
        late = [each for each in uses if not self._is_direct(each)]
        if name in self.block.given:
            again = any(name in scope.elsewhere for scope in self.names.inner.values())
            if again or bound & self.inside or self.inside & {*late}:
                self.report.refuse(
                    self.old, f"{name} is passed to a thread, and may change meanwhile"
                )
            return
        if late and ({*uses} | bound) - self.inside:
            self.report.refuse(self.old, f"{name} may be read later than at its place")
        outside = [
            each
            for each in uses
            if each not in self.inside and not is_bound_around(self.names, each, self.old)
        ]
        bound -= {*uses} - {*outside}
        around = [*self.names.around(self.old)]
        around = around[: around.index(self.owner.node)]
        order = BindingOrder([self.old], {name})
        if not outside and bound <= self.inside:
            if order.early and any(isinstance(each, (*FORS, ast.While)) for each in around):
                self.report.refuse(self.old, f"{name} may be kept from one iteration to the next")
        elif name not in self.block.returned:
            self.report.refuse(self.old, f"{name} is bound in the block, and used outside of it")
        elif (
            order.early
            or name not in order.bound
            or any(isinstance(each, (*TRIES, ast.With, ast.AsyncWith)) for each in around)
        ):
            self.report.refuse(self.old, f"{name} may have another value after the block")

    def _is_direct(self, node: ast.AST) -> bool:
        """Return whether a node runs in the function itself, and not in a function within it."""
        scope = self.names.scopes[node]
        comprehension = isinstance(scope.node, ast.ListComp | ast.SetComp | ast.DictComp)
        return scope is self.owner or (comprehension and scope.outer is self.owner)

    def _uses(self, name: str) -> list[ast.Name]:
        return [
            node
            for node in all_nodes(self.names.tree)
            if isinstance(node, ast.Name)
            and node.id == name
            and self.names.scopes[node].find(name) is self.owner
        ]
