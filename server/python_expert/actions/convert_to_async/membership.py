"""Decides which functions can become async, and why the others stay sync."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.checks import check
from python_expert.actions.convert_to_async.objects import RefusedError
from python_expert.actions.convert_to_async.replacements import PAIRS
from python_expert.actions.convert_to_async.uses import Plan, Uses
from python_expert.analysis.wrappers import is_put_in_place, standing_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.scopes import Function


class Membership:
    """Separates functions that can become async from those that stay sync.

    A function stays sync if it cannot be async itself, if one of its uses cannot await it, or if a
    function that must become async with it stays sync. The functions that it calls are not
    affected.

    Attributes:
        program: The text.
        stays: The functions that stay, each with the decisive reason.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.stays: dict[Function, str] = {}
        self._roots: dict[Function, str] = {}
        self._known: set[Function] = set()
        self._needed_by: dict[Function, list[tuple[Function, str]]] = {}

    def followers(self, function: Function) -> list[Function]:
        """Return the functions that must be async if a given function is async."""
        return [each for each, _ in self._followers(function)]

    def examine(self, functions: Iterable[Function]) -> None:
        """Determine which of some functions, and of the functions that they require, stay sync."""
        waiting = list(functions)
        while waiting:
            function = waiting.pop()
            if function in self._known:
                continue
            self._known.add(function)
            why = self._own_reason(function)
            for other, how in self._followers(function):
                self._needed_by.setdefault(other, []).append((function, how))
                waiting.append(other)
                if other in self.stays and not why and function not in self.stays:
                    self._keep(function, self._because(other, how), self._roots[other])
            if why:
                self.keep(function, why)

    def keep(self, function: Function, why: str) -> None:
        """Make a function and the functions that depend on its conversion stay sync."""
        self._keep(function, why, why)

    def is_own(self, function: Function) -> bool:
        """Return whether a function stays sync because of its own properties."""
        return function in self.stays and self.stays[function] == self._own_reason(function)

    def _keep(self, function: Function, why: str, root: str) -> None:
        waiting = [(function, why)]
        while waiting:
            one, reason = waiting.pop(0)
            if one not in self.stays:
                self.stays[one], self._roots[one] = reason, root
                for other, how in self._needed_by.get(one, ()):
                    waiting.append((other, self._because(one, how)))

    def _because(self, other: Function, how: str) -> str:
        return f"{how} {self.program.name(other)} stays as it is: {self._roots[other]}"

    def _own_reason(self, function: Function) -> str | None:
        """Return why a function stays sync because of its own properties, or None."""
        if isinstance(function, ast.AsyncFunctionDef):
            return None
        uses = Uses(self.program, Plan())
        try:
            check(self.program, function)
            for use in self.program.uses[function]:
                uses.convert(use)
        except RefusedError as error:
            return str(error)
        owner, partner = self.program.names.class_of(function), PAIRS.get(function.name)
        entered = owner if partner in {"__enter__", "__exit__"} else None
        if entered and partner and self.program.names.method(entered, partner) is None:
            return f"{self.program.name(function)} has no {partner} beside it"
        return None

    def _followers(self, function: Function) -> list[tuple[Function, str]]:
        if isinstance(function, ast.AsyncFunctionDef):
            return []
        names = self.program.names
        found: dict[Function, str] = {}
        for use in self.program.uses[function]:
            caller = names.function_of(use.node)
            if caller and not is_put_in_place(self.program, function, use.node):
                found.setdefault(caller, "its caller")
        for each in self.program.family(function):
            found.setdefault(each, "another definition of it,")
        for decorated in standing_in(self.program, function):
            found.setdefault(decorated.wrapping.wrapper, "what stands in for it,")
            for each in decorated.functions:
                found.setdefault(each, "decorated like it,")
        owner, partner = names.class_of(function), PAIRS.get(function.name)
        other = names.method(owner, partner) if owner and partner else None
        if other:
            found.setdefault(other, "its partner")
        found.pop(function, None)
        return list(found.items())
