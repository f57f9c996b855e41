"""Plans ``with`` blocks that a thread runs as a whole, each as a small function."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from python_expert.actions.convert_to_async.replacements import WITH_IN_THREAD
from python_expert.analysis.binding_order import (
    BindingOrder,
    is_bound_around,
    is_certainly_bound,
)
from python_expert.analysis.function_bodies import ends
from python_expert.analysis.library import BY_NAME
from python_expert.analysis.nodes import FORS, TRIES
from python_expert.analysis.plain_blocks import unproven_part
from python_expert.analysis.source import all_nodes
from python_expert.analysis.threads import bound_to_thread, thread_obstacle, used_in

if TYPE_CHECKING:
    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.scopes import Function, Scope

_LOOPS = (*FORS, ast.While)


class ThreadBlock(NamedTuple):
    """A block, and the data that the new function for the block needs.

    Attributes:
        node: The ``with`` statement.
        owner: The function that contains the block.
        outer: The variables that the block shares with the function around it.
        given: The variables that are passed to the new function, because a loop binds them each
            time.
        returned: The variables that the new function returns, because later code uses them.
        leaves: Whether the block returns from the function around it.
    """

    node: ast.With
    owner: Function
    outer: tuple[str, ...]
    given: tuple[str, ...]
    returned: tuple[str, ...]
    leaves: bool


def thread_block(program: Program, node: ast.With, owner: Function) -> ThreadBlock | None:
    """Return the data that a thread needs to run a block, or None if a thread cannot run it.

    The caller must check whether the block waits for another operation.
    """
    inside = {*ast.walk(node)}
    names = program.names
    leaves = any(isinstance(each, ast.Return) for each in inside)
    if (
        any(_depends(program, each, inside) for each in inside)
        or (leaves and not (ends(node.body) or owner.body[-1] is node))
        or thread_obstacle(names, inside)
        or bound_to_thread(program, used_in(program, inside))
        or any(_looks_up(program, each) for each in ast.walk(owner))
        or (leaves and any(isinstance(e, ast.Call) for e in ast.walk(owner.returns or owner.args)))
        or unproven_part(program, node, WITH_IN_THREAD)
    ):
        return None
    block = _with_names(program, node, owner, leaves=leaves)
    given = block.given if block else ()
    known = all(is_certainly_bound(program, name, node, owner) for name in given)
    return block if known else None


def with_bindings(
    program: Program, owner: Function, blocks: list[ThreadBlock]
) -> list[ThreadBlock]:
    """Return the blocks whose shared variables are still bound outside of blocks."""
    bound = program.names.inner[owner].bound
    while True:
        inside = {node for block in blocks for node in ast.walk(block.node)}
        returned = {name for block in blocks for name in block.returned}
        kept = [
            block
            for block in blocks
            if all(name in returned or {*bound[name]} - inside for name in block.outer)
        ]
        if len(kept) == len(blocks):
            return kept
        blocks = kept


def _depends(program: Program, node: ast.AST, inside: set[ast.AST]) -> bool:
    """Return whether a node depends on the function or the loop around the block."""
    names = program.names
    if isinstance(node, ast.Break | ast.Continue):
        loop = next((each for each in names.around(node) if isinstance(each, _LOOPS)), None)
        return loop not in inside
    named = isinstance(node, ast.Name) and names.dotted(node) == "builtins.super"
    return named or (isinstance(node, ast.Name) and node.id == "__class__")


def _looks_up(program: Program, node: ast.AST) -> bool:
    """Return whether a node may look up the variables of its function by name."""
    return isinstance(node, ast.Name) and program.names.dotted(node) in BY_NAME


def _with_names(
    program: Program, node: ast.With, owner: Function, *, leaves: bool
) -> ThreadBlock | None:
    """Return the block with its variables, or None if a variable cannot keep its meaning."""
    names, inside = program.names, {*ast.walk(node)}
    scope = names.inner[owner]
    around = [*names.around(node)]
    around = around[: around.index(owner)]
    loops = [each for each in around if isinstance(each, _LOOPS)]
    caught = any(isinstance(each, (*TRIES, ast.With, ast.AsyncWith)) for each in around)
    uses: dict[str, list[ast.Name]] = {}
    for each in all_nodes(names.tree):
        if isinstance(each, ast.Name) and names.scopes[each].find(each.id) is scope:
            uses.setdefault(each.id, []).append(each)
    outer, given, returned = list[str](), list[str](), list[str]()
    for name, bound in scope.bound.items():
        mine = [each for each in uses.get(name, []) if each in inside]
        others = [
            each
            for each in uses.get(name, [])
            if each not in inside and not is_bound_around(names, each, node)
        ]
        elsewhere = [
            each
            for each in bound
            if each not in inside and (each in others or not isinstance(each, ast.Name))
        ]
        if not inside & {*bound}:
            again = any(name in each.elsewhere for each in names.inner.values())
            looped = any(loop in names.around(each) for loop in loops for each in bound)
            late = any(not _is_direct(names.scopes[each], scope) for each in mine)
            if mine and looped and not again and not late:
                given.append(name)
            continue
        order = BindingOrder([node], {name})
        everywhere = uses.get(name, [])
        direct = all(_is_direct(names.scopes[each], scope) for each in everywhere)
        apart = inside.issuperset(everywhere) and inside.issuperset(bound)
        if not others and not elsewhere:
            if not (direct or apart) or (order.early and loops):
                return None
        elif not (leaves or caught or order.early) and name in order.bound and direct:
            returned.append(name)
        elif elsewhere and not any(getattr(names.parents[e], "annotation", None) for e in mine):
            outer.append(name)
        else:
            return None
    return ThreadBlock(node, owner, tuple(outer), tuple(given), tuple(returned), leaves)


def _is_direct(scope: Scope, owner: Scope) -> bool:
    """Return whether code runs directly in the function.

    Comprehensions that run immediately count too.
    """
    comprehension = isinstance(scope.node, ast.ListComp | ast.SetComp | ast.DictComp)
    return scope is owner or (comprehension and scope.outer is owner)
