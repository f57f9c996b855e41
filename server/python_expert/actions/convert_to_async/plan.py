"""What a conversion comprises: the chosen functions and all that must follow."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.checks import check, offers
from python_expert.actions.convert_to_async.objects import (
    Exchange,
    RefusedError,
    exchange,
    made_by,
    makers,
)
from python_expert.actions.convert_to_async.replacements import PAIRS, REPLACEMENTS, SWAPS, THREAD
from python_expert.actions.convert_to_async.uses import Plan, Uses
from python_expert.analysis.function_bodies import is_generator, obstacle, own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.scopes import Function


class Planner:
    """Finds out what has to change together.

    Attributes:
        program: The text.
        choices: For some calls the id of the replacement chosen.
        packages: The packages that may be used.
        plan: What was found so far.
    """

    def __init__(
        self, program: Program, choices: Mapping[ast.Call, str], packages: Iterable[str]
    ) -> None:
        self.program = program
        self.choices = choices
        self.packages = frozenset(packages)
        self.plan = Plan()
        self._uses = Uses(program, self.plan)
        self._tried: dict[ast.Call, str] = {}

    def build(self, seeds: Iterable[Function]) -> Plan:
        """The plan for some functions.

        Raises:
            RefusedError: They cannot be converted.
        """
        waiting = list(seeds)
        while waiting:
            while waiting:
                function = waiting.pop()
                if function not in self.plan.functions:
                    self.plan.functions.append(function)
                    waiting += self._followers(function)
            for function in self.plan.functions:
                for found in self._exchanges(function):
                    self._add(found)
                    waiting += [each for each in found.owners if each not in self.plan.functions]
        for function in self.plan.functions:
            self._replace(function)
            if isinstance(function, ast.FunctionDef):
                for use in self.program.uses[function]:
                    self._uses.convert(use)
        self._check_items()
        return self.plan

    def _add(self, found: Exchange) -> None:
        self.plan.exchanges.append(found)
        self.plan.awaits += found.awaits
        self.plan.items += found.items
        self.plan.loops += found.loops

    def _followers(self, function: Function) -> list[Function]:
        """What has to be converted with a function."""
        found: list[Function] = [
            each
            for each in self.program.callees(function)
            if each in self.program.blocking and isinstance(each, ast.FunctionDef)
        ]
        if isinstance(function, ast.AsyncFunctionDef):
            return found
        check(self.program, function)
        found += self.program.family(function)
        owner = self.program.names.class_of(function)
        partner = PAIRS.get(function.name)
        if owner and partner:
            other = self.program.names.method(owner, partner)
            if other:
                found.append(other)
            elif partner in {"__enter__", "__exit__"}:
                raise RefusedError(f"{self.program.name(function)} has no {partner} beside it")
        for use in self.program.uses[function]:
            caller = self.program.names.function_of(use.node)
            if caller:
                found.append(caller)
        return found

    def _exchanges(self, function: Function) -> list[Exchange]:
        """The objects that a function makes or uses and that are to be exchanged now."""
        names = self.program.names
        wanted = []
        for call in self.program.calls.get(function, []):
            if made_by(names, call):
                wanted += [call] if self._is_io(call) else []
            elif self.program.blocks(call) and isinstance(call.func, ast.Attribute):
                wanted += makers(names, call.func.value)
        for node in own_nodes(function):
            if isinstance(node, ast.With) and self._waits(node):
                for item in node.items:
                    wanted += [
                        each for each in makers(names, item.context_expr) if not self._is_io(each)
                    ]
        found = []
        for maker in wanted:
            if maker not in self._tried:
                one = self._exchange(maker)
                if one:
                    found.append(one)
                    self._tried.update(dict.fromkeys(one.makers, ""))
        return found

    def _is_io(self, maker: ast.Call) -> bool:
        """Whether an object may also stay as it is, used in threads."""
        made = made_by(self.program.names, maker) or ""
        return not made.startswith(("threading.", "queue."))

    def _exchange(self, maker: ast.Call) -> Exchange | None:
        made = made_by(self.program.names, maker) or ""
        self._tried[maker] = "is not in the table"
        for swap in SWAPS[made]:
            package = REPLACEMENTS[swap.replacement].package
            chosen = self.choices.get(maker, swap.replacement)
            if (package and package not in self.packages) or chosen != swap.replacement:
                continue
            try:
                return exchange(self.program, maker, swap)
            except RefusedError as error:
                self._tried[maker] = str(error)
                if not self._is_io(maker):
                    raise
        return None

    def _waits(self, node: ast.With) -> bool:
        """Whether the body of a ``with`` will contain an ``await``."""
        inside = {each for statement in node.body for each in ast.walk(statement)}
        calls = (each for each in inside if isinstance(each, ast.Call))
        return any(self.program.blocks(each) for each in calls) or any(
            use.node in inside
            for function in self.plan.functions
            if isinstance(function, ast.FunctionDef)
            for use in self.program.uses[function]
        )

    def _replace(self, function: Function) -> None:
        """Choose what takes the place of the blocking calls that are left."""
        names = self.program.names
        done = {
            id(each) for found in self.plan.exchanges for each in (*found.makers, *found.awaits)
        }
        for call in self.program.blocking_calls(function):
            if id(call) in done:
                continue
            why = obstacle(names, call)
            if why:
                raise RefusedError(f"line {call.lineno}: {ast.unparse(call)} stands in {why}")
            fit = [each for each in offers(self.program, call) if self._fits(call, each)]
            if not fit:
                reason = next(
                    iter(self._tried.get(each, "") for each in [call, *self._makers(call)]), ""
                )
                text = f"line {call.lineno}: {ast.unparse(call)} has no counterpart"
                raise RefusedError(f"{text}: {reason}" if reason else text)
            chosen = self.choices.get(call, "")
            self.plan.replaced[call] = chosen if chosen in fit else fit[0]
        for node in own_nodes(function):
            if isinstance(node, ast.For) and self._reads_lines(function, node):
                self.plan.readers.append(node)

    def _makers(self, call: ast.Call) -> list[ast.Call]:
        value = call.func.value if isinstance(call.func, ast.Attribute) else None
        return makers(self.program.names, value) if value else []

    @staticmethod
    def _fits(call: ast.Call, replacement: str) -> bool:
        if replacement == THREAD:
            return not (len(call.args) == 1 and isinstance(call.args[0], ast.GeneratorExp))
        plain = len(call.args) == 1 and not call.keywords
        return (
            replacement == "asyncio.sleep" and plain and not isinstance(call.args[0], ast.Starred)
        )

    def _reads_lines(self, function: Function, node: ast.For) -> bool:
        """Whether a loop over a file can as well ask for each line in a thread."""
        names = self.program.names
        if node in self.plan.loops or not isinstance(node.target, ast.Name):
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

    def _check_items(self) -> None:
        """Refuse a ``with`` of which only a part becomes async; find the ``yield from``."""
        for item in self.plan.items:
            statement = self.program.names.parents[item]
            items = getattr(statement, "items", [])
            if any(each not in self.plan.items for each in items):
                line = item.context_expr.lineno
                raise RefusedError(f"line {line}: only a part of this with statement can wait")
        for function in self.plan.functions:
            if is_generator(function):
                self.plan.delegations += [
                    node
                    for node in own_nodes(function)
                    if isinstance(node, ast.Expr) and isinstance(node.value, ast.YieldFrom)
                ]
