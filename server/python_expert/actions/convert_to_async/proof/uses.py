"""Checks that a conversion is applied consistently.

Every call of a function that became async must be awaited, or be part of a form that awaits it. No
other call may be awaited. An exchanged object must be used as the new object requires.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.objects import Exchange, RefusedError, exchange
from python_expert.actions.convert_to_async.proof import (
    cross_file_calls,
    dynamic_lookups,
    escaping_callers,
    event_loop_rules,
    hazards,
    held_locks,
    imports,
    processes,
    races,
    split_functions,
    still_blocking,
    table,
    thread_blocks,
    thread_calls,
    wrappers,
)
from python_expert.actions.convert_to_async.proof.report import ProofReport
from python_expert.actions.convert_to_async.replacements import (
    ASYNC_COUNTERPARTS,
    PAIRS,
    Swap,
    is_for_runner,
)
from python_expert.analysis.aliases import second_name
from python_expert.analysis.call_graph import How, Program, Use
from python_expert.analysis.external_bases import external_base
from python_expert.analysis.function_bodies import is_generator, obstacle, only_returns, own_nodes
from python_expert.analysis.nodes import is_special
from python_expert.analysis.thread_bound import thread_bound
from python_expert.analysis.wrappers import is_put_in_place

if TYPE_CHECKING:
    from python_expert.actions.convert_to_async.proof.ast_match import Pairs
    from python_expert.analysis.scopes import Function
    from python_expert.gate.verdict import Circumstances


class ConversionCheck(ProofReport):
    """The check of one pair of texts.

    Attributes:
        options: The context of the rewrite.
        allowed: The nodes that became asynchronous for a valid reason.
    """

    def __init__(self, program: Program, pairs: Pairs, options: Circumstances) -> None:
        super().__init__(program, pairs)
        self.options = options
        self.allowed: set[ast.AST] = set()
        self.coroutines = self._coroutines()

    def check(self) -> None:
        """Check for everything that is wrong or cannot be proven."""
        for maker in self.pairs.makers:
            self._check_exchange(maker)
        for function in self.pairs.functions:
            self._check_function(function)
        for function in self.pairs.renamed:
            if function not in self.pairs.functions:
                self._check_special(function)
        for function in self.coroutines:
            if function not in (*self.pairs.functions, *self.pairs.renamed):
                self._check_function(function)
            for use in self.program.uses[function]:
                if use.node not in self.pairs.cache_names:  # see `split_functions`
                    self._check_use(use)
        self.allowed |= cross_file_calls.check(self)
        self._check_unasked()
        for check in _CHECKS:
            check(self)
        event_loop_rules.imported(self, self.options.path)
        table.check(self, self.options)

    def _coroutines(self) -> list[Function]:
        """Return the functions whose calls must be awaited.

        These are async functions, and functions that return such a call.
        """
        found: list[Function] = [*self.pairs.functions, *self.pairs.split]
        found += [each for each in self.pairs.renamed if each not in found]
        for one in found:
            for use in self.program.uses[one]:
                call = self.program.names.parents[use.node]
                statement = self.program.names.parents.get(call)
                owner = self.program.names.function_of(use.node)
                if (
                    use.how is How.CALL
                    and use.sure
                    and isinstance(statement, ast.Return)
                    and owner is not None
                    and owner not in found
                    and self.program.uses[owner]
                    and call not in self.pairs.awaited
                    and call not in self.pairs.ran
                    and only_returns(owner)
                ):
                    found.append(owner)
        return found

    def _check_exchange(self, maker: ast.Call) -> None:
        """Check that an exchanged object is used everywhere as the new object requires."""
        pairs, swap, name = self.pairs, self.pairs.makers[maker], ast.unparse(maker.func)
        try:
            wanted = exchange(self.program, maker, swap)
        except RefusedError as error:
            self.refuse(maker, f"{name} cannot be replaced: {error}")
            return
        if any(pairs.makers.get(each) is not swap for each in wanted.makers):
            self.refuse(maker, f"{name} is replaced in one place only")
        self._check_wanted(wanted, name)
        event_loop_rules.shared(self, maker, name)
        if swap.constructor.startswith("asyncio."):
            self._check_asyncio(maker, swap, wanted)

    def _check_asyncio(self, maker: ast.Call, swap: Swap, wanted: Exchange) -> None:
        """Check the differences between asyncio's objects and those of threads and processes."""
        if swap.constructor == "asyncio.create_subprocess_exec":
            processes.check(self, maker, wanted, self.options.python)
            return
        event_loop_rules.plain_uses(self, wanted)
        if swap.constructor == "asyncio.Condition" and len(wanted.items) + len(wanted.awaits) > 1:
            self.ask(maker, "an asyncio condition cannot be entered again by its holder")

    def _check_wanted(self, wanted: Exchange, name: str) -> None:
        pairs = self.pairs
        for call in wanted.awaits:
            if call not in pairs.awaited:
                self.refuse(call, f"`{ast.unparse(call)}` is not awaited")
        for item in wanted.items:
            if item not in pairs.items:
                self.refuse(item.context_expr, f"{name} is not entered with `async with`")
        for loop in wanted.loops:
            if loop not in pairs.loops:
                self.refuse(loop.iter, f"{name} is not read with `async for`")
        self.allowed |= {*wanted.awaits, *wanted.items, *wanted.loops}

    def _check_function(self, function: Function) -> None:
        name = self.program.name(function)
        if function not in self.pairs.split:
            self.allowed |= wrappers.decorated(self, function)
        base = external_base(self.program, function)
        if base:
            self.refuse(function, f"{name} may be a method that {base} does not await")
        for each in self.program.family(function):
            if isinstance(each, ast.FunctionDef) and each not in self.coroutines:
                self.refuse(each, f"{name} is async, but not where it is defined again")
        if is_special(function.name):
            self._check_special(function)
        if is_for_runner(function.name):
            self.refuse(function, f"{name} is called by a test runner, which does not await it")
        self._check_body(function)
        hazards.stops(self, function)
        if is_generator(function):
            escaping_callers.leaving(self, function)

    def _check_body(self, function: Function) -> None:
        names, name = self.program.names, self.program.name(function)
        for node in own_nodes(function):
            why = thread_bound(names, node)
            if why:
                self.refuse(node, f"{name}: {why}")
            sent = isinstance(node, ast.Yield) and not isinstance(names.parents[node], ast.Expr)
            if sent and not self.is_context(function):
                self.refuse(node, f"{name} uses what is sent to it")
            if isinstance(node, ast.YieldFrom) and self.is_context(function):
                self.refuse(node, f"{name}: errors would no longer reach what it delegates to")
        if self.is_context(function):
            other = self.pairs.counterpart[function]
            texts = [ast.unparse(each) for each in getattr(other, "decorator_list", [])]
            if not any("asynccontextmanager" in text for text in texts):
                self.refuse(function, f"{name} is still decorated with contextmanager")

    def _check_special(self, function: Function) -> None:
        names, name = self.program.names, self.program.name(function)
        owner = names.class_of(function)
        if (
            function.name not in ASYNC_COUNTERPARTS
            or function not in self.pairs.renamed
            or owner is None
        ):
            self.refuse(function, f"{name} is called by Python itself, which does not await it")
            return
        if function.name == "__iter__":
            escaping_callers.loops(self, function)
        elif function.name == "__enter__" and not is_generator(function):
            escaping_callers.entered(self, function)
        elif is_generator(function):
            self.refuse(function, f"{name} yields, and no result could be awaited")
        other = names.method(owner, PAIRS[function.name])
        if function.name == "__iter__" and not is_generator(function):
            results = [each.value for each in own_nodes(function) if isinstance(each, ast.Return)]
            if other is None or any(names.kind(each) is not owner for each in results if each):
                self.refuse(function, f"{name} does not return an object with __anext__")
        if other is not None and other not in self.pairs.renamed:
            self.refuse(other, f"{name} is converted without {PAIRS[function.name]}")

    def _check_use(self, use: Use) -> None:
        names, pairs, name = self.program.names, self.pairs, self.program.name(use.function)
        text = ast.unparse(use.node)
        holder = names.parents[use.node]
        if use.function in pairs.renamed and text.endswith(f".{use.function.name}"):
            self.refuse(use.node, f"{text} was renamed")
        if use.how is How.VALUE:
            given = self.program, use.function, use.node
            second = second_name(*given)
            named = second is not None and not is_for_runner(second.id)
            if not named and not is_put_in_place(*given):
                self.refuse(use.node, f"{text} is passed on as a value: nothing awaits {name}")
            return
        if use.how is How.CALL:
            right = self._is_waited(use.function, holder)
        elif use.how is How.WITH:
            right = holder in pairs.items
        else:
            right = holder in pairs.loops
        if right and isinstance(holder, ast.withitem | ast.For | ast.comprehension | ast.Call):
            self.allowed.add(holder)
            around = names.parents[holder]
            if isinstance(around, ast.withitem | ast.For | ast.comprehension):
                self.allowed.add(around)
        if not right:
            self.refuse(use.node, f"`{text}` is used here, but nothing awaits {name}")
        elif not use.sure:
            self.ask(use.node, f"`{text}` is assumed to be {name}")

    def _is_waited(self, function: Function, call: ast.AST) -> bool:
        """Return whether the result of a call is awaited in the right way."""
        names, pairs = self.program.names, self.pairs
        around = names.parents[call]
        if self.is_context(function):
            return around in pairs.items
        if is_generator(function):
            return around in pairs.loops or call in pairs.consumed
        if call in pairs.awaited or call in pairs.ran:
            return True
        owner = names.function_of(call)
        return (
            isinstance(around, ast.Return)
            and owner is not None
            and owner in self.coroutines
            and (only_returns(owner) and owner not in pairs.functions)
        )

    def _check_unasked(self) -> None:
        """Refuse nodes that became asynchronous without a reason."""
        pairs = self.pairs
        for place in (*pairs.awaited, *pairs.replaced, *pairs.loops, *pairs.consumed):
            why = obstacle(self.program.names, place)
            if why:
                self.refuse(getattr(place, "iter", place), f"await is not allowed in {why}")
        for node in (*pairs.awaited, *pairs.ran, *pairs.items, *pairs.loops):
            if node not in self.allowed:
                inner = getattr(node, "context_expr", getattr(node, "iter", node))
                text = ast.unparse(inner)[:60]
                self.refuse(inner, f"`{text}` is awaited, but was not converted")
        for inner in pairs.consumed:
            if inner not in self.allowed:
                self.refuse(inner, f"`{ast.unparse(inner)[:60]}` is not an asynchronous generator")


_CHECKS = (
    event_loop_rules.runs,
    event_loop_rules.contexts,
    event_loop_rules.late,
    races.check,
    held_locks.locks,
    hazards.readers,
    hazards.waits,
    hazards.interrupts,
    hazards.callers,
    dynamic_lookups.words,
    escaping_callers.escapes,
    thread_calls.check,
    thread_blocks.check,
    split_functions.check,
    still_blocking.listed,
    imports.unused,
)
"""The checks of the text as a whole."""
