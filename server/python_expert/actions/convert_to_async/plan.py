"""Plans a conversion: the chosen functions and their dependent changes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.exchanges import Exchanges
from python_expert.actions.convert_to_async.gains import held_locks, without_gain
from python_expert.actions.convert_to_async.membership import Membership
from python_expert.actions.convert_to_async.objects import RefusedError
from python_expert.actions.convert_to_async.thread_plan import ThreadPlanner
from python_expert.actions.convert_to_async.uses import Plan, Uses
from python_expert.analysis.cached_functions import why_not_split
from python_expert.analysis.function_bodies import is_generator, obstacle, own_nodes
from python_expert.analysis.threads import reached
from python_expert.analysis.wrappers import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.scopes import Function


class Planner:
    """Determines which definitions must change together.

    A function that cannot become async stays sync. Functions that do not depend on it are
    converted.

    Attributes:
        program: The text.
        members: Decides which functions can become async.
        unsplit: Cached functions that turned out not to be splittable.
    """

    def __init__(
        self, program: Program, choices: Mapping[ast.Call, str], packages: Iterable[str]
    ) -> None:
        self.program = program
        self.members = Membership(program)
        self.unsplit: set[Function] = set()
        self._exchanges = Exchanges(program, choices, frozenset(packages), self.members)
        self._threads = ThreadPlanner(program, choices, self._exchanges)

    @property
    def stays(self) -> Mapping[Function, str]:
        """The functions that stay sync, with the reasons."""
        return self.members.stays

    def build(self, seeds: Iterable[Function]) -> Plan:
        """Make the plan for the convertible functions among some functions."""
        seeds = list(seeds)
        self.members.examine(self.program.blocking)
        while True:
            known = len(self.stays)
            plan = self._attempt(seeds)
            if len(self.stays) == known:
                plan.splits = [each for each in seeds if self._is_split(plan, each)]
                return plan

    def _is_split(self, plan: Plan, function: Function) -> bool:
        """Return whether a coroutine takes a cached function's name and runs it in a thread."""
        return (
            function in self.stays
            and function not in self.unsplit
            and self.members.is_own(function)
            and why_not_split(self.program, function) is None
            and not any(each in plan.functions for each in reached(self.program, [function]))
        )

    def _attempt(self, seeds: Iterable[Function]) -> Plan:
        """Make a plan without the functions known to stay sync; it may find more such functions."""
        plan = Plan()
        self._exchanges.start(plan)
        waiting = [each for each in seeds if each not in self.stays]
        while waiting:
            while waiting:
                function = waiting.pop()
                if function not in plan.functions:
                    plan.functions.append(function)
                    waiting += self._followers(function)
            for found in self._exchanges.wanted():
                waiting += [each for each in found.owners if each not in plan.functions]
        self._convert_uses(plan)
        self._await_cross_file(plan)
        for function in plan.functions:
            self._threads.add(plan, function)
        self._delegations(plan)
        for function, why in (
            *held_locks(self.program, plan),
            *without_gain(self.program, plan, self._threads, self.stays),
        ):
            self.members.keep(function, why)
        return plan

    def _convert_uses(self, plan: Plan) -> None:
        uses = Uses(self.program, plan)
        for function in plan.functions:
            if isinstance(function, ast.FunctionDef):
                for use in self.program.uses[function]:
                    uses.convert(use)
        for each in wrapped(self.program):
            if each.wrapping.wrapper in plan.functions:
                plan.awaits += each.wrapping.calls

    def _await_cross_file(self, plan: Plan) -> None:
        """Await the functions of other files that are async now.

        Raises:
            RefusedError: A function is used where it cannot be awaited.
        """
        names = self.program.names
        for node, doubt in self.program.cross_file.doubts:
            raise RefusedError(f"line {getattr(node, 'lineno', 1)}: {doubt}")
        for call, converted in self.program.cross_file.calls.items():
            at, owner = f"line {call.lineno}: {converted.name}", names.function_of(call)
            if why := obstacle(names, call):
                raise RefusedError(f"{at} is used in {why}, where await is not allowed")
            if isinstance(names.parents[call], ast.Await):
                raise RefusedError(f"{at} is awaited already")
            if isinstance(owner, ast.FunctionDef) and owner not in plan.functions:
                stays = self.stays.get(owner, "it was not chosen")
                raise RefusedError(
                    f"{at} is used in {self.program.name(owner)}, which stays as it is: {stays}"
                )
            (plan.awaits if owner else plan.runs).append(call)

    def _followers(self, function: Function) -> list[Function]:
        """Return the functions that must be converted together with a function."""
        found: list[Function] = [
            each
            for each in self.program.callees(function)
            if each in self.program.blocking
            and isinstance(each, ast.FunctionDef)
            and each not in self.stays
        ]
        followers = self.members.followers(function)
        self.members.examine(followers)
        return found + followers

    def _delegations(self, plan: Plan) -> None:
        for function in plan.functions:
            if is_generator(function):
                plan.delegations += [
                    node
                    for node in own_nodes(function)
                    if isinstance(node, ast.Expr) and isinstance(node.value, ast.YieldFrom)
                ]
