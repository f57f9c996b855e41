"""Plans replacements for blocking calls that exchanging objects does not make awaitable."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.checks import is_editable, offers
from python_expert.actions.convert_to_async.objects import loads, made_by, maker_target, makers
from python_expert.actions.convert_to_async.replacements import SLEEP, THREAD
from python_expert.actions.convert_to_async.with_blocks import (
    ThreadBlock,
    thread_block,
    with_bindings,
)
from python_expert.analysis.callees import is_shared_file
from python_expert.analysis.function_bodies import obstacle, own_nodes
from python_expert.analysis.lazy_reads import lazy_name, unlistable
from python_expert.analysis.library import FILE_ATTRIBUTES, SHARED_FILE
from python_expert.analysis.live_objects import given_to, live_arguments, walks
from python_expert.analysis.nodes import FORS
from python_expert.analysis.thread_arguments import given, not_in_thread
from python_expert.analysis.thread_calls import called_in_thread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from python_expert.actions.convert_to_async.exchanges import Exchanges
    from python_expert.actions.convert_to_async.uses import Plan
    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.scopes import Function


_KEEP = frozenset({"enter_context", "push", "append"})
"""Methods that store their argument and do not read it."""


class ThreadPlanner:
    """Plans sleeps, threads for calls, and threads for whole blocks.

    Attributes:
        program: The text.
        reasons: Why a call still blocks, for each such call.
    """

    def __init__(
        self, program: Program, choices: Mapping[ast.Call, str], exchanges: Exchanges
    ) -> None:
        self.program = program
        self.reasons: dict[ast.AST, str] = {}
        self._choices = choices
        self._exchanges = exchanges
        self._blocks: dict[ast.With, ThreadBlock | None] = {}
        self._named: dict[ast.expr, list[Function]] = {}
        for function in program.blocking:
            for use in program.uses[function] if isinstance(function, ast.FunctionDef) else ():
                if use.sure:
                    self._named.setdefault(use.node, []).append(function)

    def add(self, plan: Plan, function: Function) -> None:
        """Plan the replacements of a function's blocking calls."""
        taken = self._add_blocks(plan, function)
        done = {each for found in plan.exchanges for each in (*found.makers, *found.awaits)}
        done |= {each for each in (*taken, *plan.awaits) if isinstance(each, ast.Call)}
        calls = [each for each in self.program.blocking_calls(function) if each not in done]
        for call in calls:
            why = self._replace(plan, call)
            if why:
                self.reasons[call] = why
        for node in own_nodes(function):
            if isinstance(node, ast.For) and node not in taken and self._reads_lines(plan, node):
                plan.readers.append(node)
        self._leave_open(plan, calls)
        self._add_own(plan, function, taken)

    def _add_blocks(self, plan: Plan, function: Function) -> set[ast.AST]:
        """Plan the blocks that a thread runs as a whole; return all nodes in them."""
        found: list[ThreadBlock] = []
        taken = set[ast.AST]()
        waits = {*plan.awaits, *plan.items, *plan.loops, *plan.lists, *plan.delegated}
        statements = [each for each in own_nodes(function) if isinstance(each, ast.With)]
        for node in sorted(statements, key=lambda each: each.lineno):
            inside = {*ast.walk(node)}
            if node in taken or inside & waits or obstacle(self.program.names, node):
                continue
            if node not in self._blocks:
                self._blocks[node] = thread_block(self.program, node, function)
            block = self._blocks[node]
            if block is not None:
                found.append(block)
                taken |= inside
        kept = with_bindings(self.program, function, found)
        plan.blocks += kept
        return {node for block in kept for node in ast.walk(block.node)}

    def _replace(self, plan: Plan, call: ast.Call) -> str:
        """Plan the replacement of a call; return the reason if there is none."""
        text = f"line {call.lineno}: {ast.unparse(call)}"
        why = obstacle(self.program.names, call)
        if why:
            return f"{text} is in {why}"
        fit = [each for each in offers(self.program, call) if self._fits(call, each)]
        if not fit:
            tried = (self._exchanges.reasons.get(each, "") for each in [call, *self._makers(call)])
            shared = is_shared_file(self.program.names, call)
            lazy = unlistable(self.program, call) if lazy_name(self.program, call) else ""
            reason = SHARED_FILE if shared else next((each for each in (*tried, lazy) if each), "")
            if THREAD in offers(self.program, call):
                reason = not_in_thread(self.program, call) or reason
            text = f"{text} has no counterpart"
            return f"{text}: {reason}" if reason else text
        chosen = self._choices.get(call, "")
        plan.replaced[call] = chosen if chosen in fit else fit[0]
        return ""

    def _makers(self, call: ast.Call) -> list[ast.Call]:
        value = call.func.value if isinstance(call.func, ast.Attribute) else None
        return makers(self.program.names, value) if value else []

    def _fits(self, call: ast.Call, replacement: str) -> bool:
        plain = len(call.args) == 1 and not call.keywords
        if replacement == THREAD:
            live = walks(self.program.names, call) and live_arguments(
                self.program, call, tasks=False
            )
            lazy = lazy_name(self.program, call) and unlistable(self.program, call)
            return not (live or lazy or not_in_thread(self.program, call))
        return replacement == SLEEP and plain and not isinstance(call.args[0], ast.Starred)

    def _leave_open(self, plan: Plan, calls: list[ast.Call]) -> None:
        """Leave files unconverted that a thread would open and the event loop would read."""
        names = self.program.names
        blocks = {node for block in plan.blocks for node in ast.walk(block.node)}
        for call in calls:
            if made_by(names, call) != "builtins.open" or plan.replaced.get(call) != THREAD:
                continue
            target = maker_target(names, call)
            slot = names.slot(target) if target is not None else None
            uses = [node for node in loads(names, slot) if node not in blocks] if slot else []
            if not self._is_read(plan, call) and all(self._is_apart(plan, use) for use in uses):
                continue
            methods = [names.parents[names.parents[use]] for use in uses]
            given = [each for use in uses for each in given_to(names, use)]
            for each in (call, *methods, *given):
                if isinstance(each, ast.Call) and plan.replaced.pop(each, ""):
                    text = f"line {each.lineno}: {ast.unparse(each)} still blocks"
                    self.reasons[each] = f"{text}: the event loop would read what a thread opened"
            plan.readers[:] = [each for each in plan.readers if each.iter not in uses]

    def _is_read(self, plan: Plan, call: ast.Call) -> bool:
        """Return whether the event loop reads the opened object where a call opens it."""
        names = self.program.names
        holder = names.parents[call]
        if isinstance(holder, ast.Call) and holder.func is not call:
            keeps = getattr(holder.func, "attr", "") in _KEEP
            return holder not in plan.replaced and not keeps
        return isinstance(holder, (*FORS, ast.comprehension, ast.Yield, ast.YieldFrom, ast.Starred))

    def _is_apart(self, plan: Plan, node: ast.expr) -> bool:
        """Return whether a use of a file passes it to a thread or does not read it."""
        parents = self.program.names.parents
        parent = parents[node]
        if isinstance(parent, ast.Attribute):
            return parents[parent] in plan.replaced or parent.attr in FILE_ATTRIBUTES
        if parent in plan.readers or isinstance(parent, ast.withitem):
            return True
        return all(each in plan.replaced for each in given_to(self.program.names, node))

    def _reads_lines(self, plan: Plan, node: ast.For) -> bool:
        """Return whether a loop over a file may read each line in a thread instead."""
        names = self.program.names
        function = names.function_of(node)
        if node in plan.loops or not isinstance(node.target, ast.Name) or function is None:
            return False
        inside = {id(each) for statement in node.body for each in ast.walk(statement)}
        inside.add(id(node.target))
        same = [
            each
            for each in ast.walk(function)
            if isinstance(each, ast.Name) and each.id == node.target.id and id(each) not in inside
        ]
        slot = names.slot(node.iter) if isinstance(node.iter, ast.Name) else None
        return not same and slot is not None and names.kind(node.iter) == "builtins.open"

    def _add_own(self, plan: Plan, function: Function, taken: set[ast.AST]) -> None:
        """Plan threads for functions of the text that block and stay sync."""
        names, program = self.program.names, self.program
        for call in program.calls.get(function, []):
            if call in taken or call in plan.replaced or program.blocks(call):
                continue
            callees = self._stay(plan, call)
            if not callees:
                continue
            text = f"line {call.lineno}: {ast.unparse(call)}"
            why = obstacle(names, call)
            if why:
                self.reasons[call] = f"{text} is in {why}"
            elif not is_editable(program, call):
                self.reasons[call] = f"{text} still blocks: it is in an f-string"
            elif isinstance(found := called_in_thread(program, call), str):
                self.reasons[call] = f"{text} still blocks: {found}"
            elif own := next((each for each in given(program, call) if each.why), None):
                self.reasons[call] = f"{text} still blocks: {own.text}: {own.why}"
            else:
                plan.replaced[call] = THREAD

    def _stay(self, plan: Plan, call: ast.Call) -> list[Function]:
        """Return the functions that a call runs, if they block and stay sync."""
        named = self._named.get(call.func, [])
        return [each for each in named if each not in plan.functions]
