"""Selects the objects that a conversion replaces by awaitable objects."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.objects import (
    Exchange,
    RefusedError,
    exchange,
    made_by,
    makers,
)
from python_expert.actions.convert_to_async.replacements import REPLACEMENTS, SWAPS
from python_expert.actions.convert_to_async.uses import Plan
from python_expert.analysis.function_bodies import own_nodes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from python_expert.actions.convert_to_async.membership import Membership
    from python_expert.actions.convert_to_async.replacements import Swap
    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.scopes import Function


class Exchanges:
    """Finds the objects to exchange, and the reasons why others stay.

    Attributes:
        program: The text.
        plan: The plan that the objects are added to.
        reasons: Why an object is not exchanged, by the call that creates it. Empty if it is
            exchanged.
    """

    def __init__(
        self,
        program: Program,
        choices: Mapping[ast.Call, str],
        packages: frozenset[str],
        members: Membership,
    ) -> None:
        self.program = program
        self.plan = Plan()
        self.reasons: dict[ast.Call, str] = {}
        self._choices = choices
        self._packages = packages
        self._members = members
        self._known: dict[tuple[ast.Call, str], Exchange | str] = {}

    def start(self, plan: Plan) -> None:
        """Begin a new plan."""
        self.plan = plan
        self.reasons = {}

    def wanted(self) -> list[Exchange]:
        """Find further objects to exchange for the functions of the plan, and add them to it."""
        found = []
        for function in self.plan.functions:
            for maker in self._makers(function):
                if maker not in self.reasons:
                    one = self._exchange(maker)
                    if one:
                        found.append(one)
                        self._add(one)
        return found

    def _add(self, found: Exchange) -> None:
        self.reasons.update(dict.fromkeys(found.makers, ""))
        self.plan.exchanges.append(found)
        self.plan.awaits += found.awaits
        self.plan.items += found.items
        self.plan.loops += found.loops

    def _makers(self, function: Function) -> list[ast.Call]:
        """Return the calls that create exchangeable objects which a function creates or uses."""
        names = self.program.names
        found = []
        for call in self.program.calls.get(function, []):
            if made_by(names, call):
                found += [call] if self._is_io(call) else []
            elif self.program.blocks(call) and isinstance(call.func, ast.Attribute):
                found += makers(names, call.func.value)
        for node in own_nodes(function):
            if isinstance(node, ast.With) and self._waits(node):
                for item in node.items:
                    found += [
                        each for each in makers(names, item.context_expr) if not self._is_io(each)
                    ]
        return found

    def _is_io(self, maker: ast.Call) -> bool:
        """Return whether an object may also stay unchanged and be used in threads."""
        made = made_by(self.program.names, maker) or ""
        return not made.startswith(("threading.", "queue."))

    def _exchange(self, maker: ast.Call) -> Exchange | None:
        made = made_by(self.program.names, maker) or ""
        self.reasons[maker] = "is not in the table"
        for swap in SWAPS[made]:
            package = REPLACEMENTS[swap.replacement].package
            chosen = self._choices.get(maker, swap.replacement)
            if (package and package not in self._packages) or chosen != swap.replacement:
                continue
            found = self._tried(maker, swap)
            if isinstance(found, Exchange):
                self._members.examine(found.owners)
                kept = next((e for e in found.owners if e in self._members.stays), None)
                if kept is None:
                    return found
                found = f"{self.program.name(kept)} uses it, and stays as it is"
            self.reasons[maker] = found
        return None

    def _tried(self, maker: ast.Call, swap: Swap) -> Exchange | str:
        """Return an exchange with all its uses, or the reason why it is impossible."""
        key = (maker, swap.constructor)
        if key not in self._known:
            try:
                self._known[key] = exchange(self.program, maker, swap)
            except RefusedError as error:
                self._known[key] = str(error)
        return self._known[key]

    def _waits(self, node: ast.With) -> bool:
        """Return whether the body of a ``with`` may contain an ``await``."""
        inside = {each for statement in node.body for each in ast.walk(statement)}
        calls = (each for each in inside if isinstance(each, ast.Call))
        return any(self.program.blocks(each) for each in calls) or any(
            use.node in inside
            for function in self.program.blocking
            for use in self.program.uses[function]
        )
