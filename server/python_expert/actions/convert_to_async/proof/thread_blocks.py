"""Checks a ``with`` block that became a function and runs in a thread.

``with open(p) as f: ...`` may have become ``def read(): with open(p) as f: ...``, followed by
``await asyncio.to_thread(read)``. Replacing the only call by the function's body must give the old
text. Each name in the block must refer to the same variable as before.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.proof.block_names import Block, BlockNames
from python_expert.actions.convert_to_async.proof.thread_calls import catches_interrupt
from python_expert.actions.convert_to_async.replacements import THREAD, WITH_IN_THREAD
from python_expert.analysis.binding_order import is_certainly_bound
from python_expert.analysis.function_bodies import ends, obstacle
from python_expert.analysis.library import BY_NAME
from python_expert.analysis.live_objects import LiveObjects
from python_expert.analysis.nodes import FORS, type_parameters
from python_expert.analysis.plain_blocks import unknown_calls_in, unproven_part
from python_expert.analysis.scopes import FUNCTIONS, Function
from python_expert.analysis.source import all_nodes
from python_expert.analysis.thread_calls import is_standard
from python_expert.analysis.threads import (
    IMMUTABLE,
    bound_to_thread,
    reached,
    thread_obstacle,
    used_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from python_expert.actions.convert_to_async.proof.ast_match import Pairs
    from python_expert.actions.convert_to_async.proof.report import ProofReport


def match(pairs: Pairs, old: ast.With, new: Sequence[ast.stmt], at: int) -> None:
    """Match a ``with`` statement with the function it became and the statement after that."""
    inner, follow = new[at], new[at + 1] if at + 1 < len(new) else None
    if not isinstance(inner, ast.FunctionDef) or follow is None:
        pairs.differ(old, inner)
    block = _block(pairs, inner, follow)
    body = [each for each in inner.body if not isinstance(each, ast.Nonlocal)]
    if block is None or ast.dump(body[0]) != ast.dump(old):
        pairs.differ(old, inner)
    pairs.counterpart.update(zip(ast.walk(old), ast.walk(body[0]), strict=True))
    start, end = pairs.after.range(body[0])
    pairs.written += [
        (pairs.after.range(inner).start, start),
        (end, pairs.after.range(follow).end),
    ]
    pairs.blocks[old] = block


def _block(pairs: Pairs, inner: ast.FunctionDef, follow: ast.stmt) -> Block | None:
    """Return the parts of the function and its call, or None if they do not have this form."""
    awaited = getattr(follow, "value", None)
    call = awaited.value if isinstance(awaited, ast.Await) else None
    if (
        not isinstance(follow, ast.Return | ast.Expr | ast.Assign)
        or not isinstance(call, ast.Call)
        or pairs.new.dotted(call.func) != THREAD
        or call.keywords
        or inner.decorator_list
        or type_parameters(inner)
    ):
        return None
    arguments = inner.args
    plain = [each.arg for each in arguments.args]
    named = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(arg=each) for each in plain],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    given = [each.id for each in call.args if isinstance(each, ast.Name)]
    if ast.dump(arguments) != ast.dump(named) or given != [inner.name, *plain]:
        return None
    if len(given) != len(call.args) or len({*given}) != len(given):
        return None
    first, *rest = inner.body
    outer = tuple(first.names) if isinstance(first, ast.Nonlocal) else ()
    rest = rest if outer else [first, *rest]
    last = rest[1] if len(rest) > 1 else None
    returned = _listed(last.value) if isinstance(last, ast.Return) else ()
    targets = _listed(follow.targets[0]) if isinstance(follow, ast.Assign) else ()
    if len(rest) != 1 + bool(returned) or targets != returned or len({*targets}) != len(targets):
        return None
    if isinstance(follow, ast.Assign) != bool(targets) or len(getattr(follow, "targets", "1")) != 1:
        return None
    return Block(inner, follow, outer, tuple(plain), returned)


def _listed(node: ast.expr | None) -> tuple[str, ...]:
    """Return the names in a name or tuple of names; empty for other expressions."""
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    names = [each.id for each in parts if isinstance(each, ast.Name)]
    return tuple(names) if len(names) == len(parts) else ()


def check(report: ProofReport) -> None:
    """Check what a block does differently in a function of its own and in a thread."""
    for old, block in report.pairs.blocks.items():
        owner = report.program.names.function_of(old)
        why = obstacle(report.program.names, old)
        if owner is None or why:
            report.refuse(old, f"await is not allowed in {why or 'the top level'}")
            continue
        for node in ast.walk(owner):
            if isinstance(node, ast.Name) and report.program.names.dotted(node) in BY_NAME:
                report.refuse(node, f"{node.id} may look up the variables of the function")
        _check_function(report, old, block, owner)
        _check_flow(report, old, block, owner)
        if why := unproven_part(report.program, old, WITH_IN_THREAD):
            report.refuse(
                old, f"it cannot be proven that the block does the same in a thread: {why}"
            )
        for name in block.given:
            if not is_certainly_bound(report.program, name, old, owner):
                report.refuse(old, f"{name} may have no value before the block")
        BlockNames(report, old, block, owner).check()
        _check_thread(report, old)


def _check_function(report: ProofReport, old: ast.With, block: Block, owner: Function) -> None:
    """Check that the function's name is new and that it is used only once."""
    pairs, name = report.pairs, block.inner.name
    if name in pairs.before.words:
        report.refuse(old, f"{name} is already used in this text")
    uses = [
        node
        for node in all_nodes(pairs.after.tree)
        if (isinstance(node, ast.Name) and node.id == name)
        or (isinstance(node, FUNCTIONS) and node.name == name)
    ]
    if len(uses) != 2:  # noqa: PLR2004 - its definition and its call
        report.refuse(old, f"{name} is used elsewhere")
    returns = block.inner.returns
    nothing = isinstance(returns, ast.Constant) and returns.value is None
    if returns is None or (nothing and isinstance(block.follow, ast.Expr)):
        return
    same = owner.returns is not None and ast.dump(returns) == ast.dump(owner.returns)
    local = any(
        isinstance(node, ast.Name)
        and (scope := pairs.new.scopes[node].find(node.id)) is not None
        and scope is not pairs.new.module
        for node in ast.walk(returns)
    )
    if not same or local or _has_effects(returns) or not isinstance(block.follow, ast.Return):
        report.refuse(old, f"{name} is annotated to return {ast.unparse(returns)}")


def _has_effects(annotation: ast.expr) -> bool:
    """Return whether evaluating an annotation may have effects."""
    plain = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.List, ast.BinOp)
    return not all(
        isinstance(each, (*plain, ast.expr_context, ast.operator)) for each in ast.walk(annotation)
    )


def _check_flow(report: ProofReport, old: ast.With, block: Block, owner: Function) -> None:
    """Check that the block is left in the same way as before."""
    inside = [*ast.walk(old)]
    leaves = any(isinstance(node, ast.Return) for node in inside)
    if leaves != isinstance(block.follow, ast.Return):
        report.refuse(old, "the block is not left as it was before")
    elif leaves and not (ends(old.body) or owner.body[-1] is old):
        report.refuse(old, "the code after the block may no longer run")


def _check_thread(report: ProofReport, old: ast.With) -> None:
    """Check that a thread may run the code of a block."""
    program, names, inside = report.program, report.program.names, {*ast.walk(old)}
    used = used_in(program, inside)
    for function in reached(program, used):
        if function in report.coroutines:
            report.refuse(old, f"a thread would call {program.name(function)}, which is async")
    why = thread_obstacle(names, inside) or bound_to_thread(program, used)
    if why:
        report.refuse(old, f"the block cannot run in a thread: {why}")
    for call in unknown_calls_in(program, old, WITH_IN_THREAD):
        report.ask(call, f"{ast.unparse(call.func)} is called in another thread")
    _check_nodes(report, inside)
    shared = [*_shared(report, old), *map(program.name, used)]
    if shared:
        text = (
            f"this block runs in another thread, where it uses {', '.join(dict.fromkeys(shared))}"
        )
        report.ask(
            old,
            f"{text}: other tasks must not change that meanwhile, and what it runs must not need "
            "the event loop's thread",
        )


def _check_nodes(report: ProofReport, inside: Iterable[ast.AST]) -> None:
    """Check that nothing in the block depends on the function or thread in which it runs."""
    names = report.program.names
    for node in inside:
        if isinstance(node, ast.Name) and (
            node.id == "__class__" or names.dotted(node) == "builtins.super"
        ):
            report.refuse(node, f"{node.id} depends on the function it is used in")
        if catches_interrupt(names, node):
            report.ask(node, "Ctrl-C does not reach threads, so it is no longer caught here")


def _shared(report: ProofReport, old: ast.With) -> list[str]:
    """Return the variables in a block's body that other code may also use and change."""
    names, found = report.program.names, dict[str, None]()
    bound = {*ast.walk(old)}
    for node in (each for part in old.body for each in ast.walk(part)):
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
            continue
        origins = names.bindings(node)
        plain = all(
            each in bound or (isinstance(each, ast.Import | ast.ImportFrom) and _is_standard(each))
            for each in origins
        )
        if not plain and names.kind(node) not in IMMUTABLE and not _is_new(report, node, old):
            found[node.id] = None
    return list(found)


def _is_standard(node: ast.Import | ast.ImportFrom) -> bool:
    """Return whether an import is from the standard library, whose functions run in any thread."""
    modules = [each.name for each in node.names] if isinstance(node, ast.Import) else [node.module]
    if isinstance(node, ast.ImportFrom) and node.level:
        return False
    return all(is_standard(each) for each in modules)


def _is_new(report: ProofReport, name: ast.Name, old: ast.With) -> bool:
    """Return whether a local object was created before a block and is first used in it."""
    names = report.program.names
    first, *more = names.bindings(name)  # callers pass only bound names
    value = names.value(first)
    displays = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    objects = LiveObjects(report.program, unknown=False)
    fresh = isinstance(value, displays) and not [*objects.live(value)]
    before = [
        node
        for node in all_nodes(names.tree)
        if isinstance(node, ast.Name)
        and node.id == name.id
        and isinstance(node.ctx, ast.Load)
        and names.slot(node) == names.slot(name)
        and node.lineno < old.lineno
    ]
    again = any(isinstance(each, (*FORS, ast.While)) for each in names.around(old))
    slot = names.slot(name)
    local = slot is not None and slot[0] is names.function_of(old)
    return local and fresh and not more and not before and not again
