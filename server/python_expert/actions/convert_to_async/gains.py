"""Functions that would gain nothing by becoming async, or that hold a lock while they wait."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.replacements import PAIRS
from python_expert.analysis.function_bodies import own_nodes
from python_expert.analysis.threads import reached
from python_expert.analysis.wrappers import standing_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from python_expert.actions.convert_to_async.thread_plan import ThreadPlanner
    from python_expert.actions.convert_to_async.uses import Plan
    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.scopes import Function

_LOCKS = ("threading.", "multiprocessing.")


def held_locks(program: Program, plan: Plan) -> Iterator[tuple[Function, str]]:
    """Yield the functions that would wait while holding a thread lock.

    Functions that would wait in a part of a ``with`` that cannot wait are included.
    """
    names = program.names
    waits: set[ast.AST] = {*plan.awaits, *plan.items, *plan.loops, *plan.replaced, *plan.lists}
    waits |= {*plan.readers, *(block.node for block in plan.blocks)}
    for function in plan.functions:
        for node in own_nodes(function):
            if isinstance(node, ast.With):
                line = f"line {node.lineno}: "
                waiting = [each for each in node.items if each in plan.items]
                if waiting and len(waiting) < len(node.items):
                    texts = ", ".join(ast.unparse(each.context_expr) for each in waiting)
                    apart = "put the rest into a separate with statement"
                    yield function, f"{line}only {texts} of this with statement can wait: {apart}"
                inside = {each for part in node.body for each in ast.walk(part)}
                for item in node.items if inside & waits else ():
                    kind = names.kind(item.context_expr)
                    locked = isinstance(kind, str) and kind.startswith(_LOCKS)
                    if locked and item not in plan.items:
                        text = ast.unparse(item.context_expr)
                        yield function, f"{line}{text} would be held while a task waits"
            elif isinstance(node, ast.Call) and node not in plan.awaits:
                full = names.dotted(node.func) or ""
                if full.startswith("threading.") and full.endswith(".acquire"):
                    text = ast.unparse(node)
                    yield function, f"line {node.lineno}: {text} would be held while a task waits"


def without_gain(
    program: Program, plan: Plan, threads: ThreadPlanner, stays: Mapping[Function, str]
) -> list[tuple[Function, str]]:
    """Find the functions of a plan in which nothing would wait, with the reasons.

    For functions that call each other, the result has only the innermost ones. Once these stay
    sync, a thread may run them.
    """
    names = program.names
    places: list[ast.AST] = [*plan.replaced, *plan.readers, *(each.node for each in plan.blocks)]
    for found in plan.exchanges:
        places += [*found.awaits, *found.loops]
        places += [item.context_expr for item in found.items]
        places += found.makers if found.swap.awaits else []
    places += program.cross_file.calls
    good = {names.function_of(place) for place in places}
    callers: dict[Function, list[Function]] = {}
    for function in plan.functions:
        owner, partner = names.class_of(function), PAIRS.get(function.name)
        other = names.method(owner, partner) if owner and partner else None
        related = [*program.family(function), *([other] if other else [])]
        for decorated in standing_in(program, function):
            related += [decorated.wrapping.wrapper, *decorated.functions]
        related += [c for use in program.uses[function] if (c := names.function_of(use.node))]
        callers[function] = related
    waiting = [each for each in plan.functions if each in good]
    while waiting:
        for each in callers.get(waiting.pop(), ()):
            if each not in good:
                good.add(each)
                waiting.append(each)
    every = [each for each in plan.functions if each not in good]
    outer = {each for each in every if {*program.callees(each)} & {*every} - {each}}
    bad = [each for each in every if each not in outer] or every
    reasons = {each: why for each in bad if (why := _reason(program, each, threads, stays))}
    explained = [(each, f"{_NOTHING}: {why}") for each, why in reasons.items()]
    for each in (function for function in bad if function not in reasons):
        deeper = next((reasons[c] for c in reached(program, [each]) if c in reasons), "")
        explained.append((each, f"{_NOTHING}: {deeper or 'nothing in it would wait'}"))
    return explained


_NOTHING = "nothing would be gained"


def _reason(
    program: Program, function: Function, threads: ThreadPlanner, stays: Mapping[Function, str]
) -> str:
    """Return why blocking calls in a function would still block, based on its own code."""
    own = program.calls.get(function, [])
    found = [threads.reasons[call] for call in own if call in threads.reasons]
    found += [
        f"{program.name(each)} stays as it is: {stays[each]}"
        for each in program.callees(function)
        if each in stays and each in program.blocking
    ]
    return found[0] if found else ""
