"""Checks whether a parameter's type agrees with the known arguments and tests."""

from __future__ import annotations

import ast
import builtins
import collections.abc
import datetime as dt
import decimal
import enum
import io
import numbers
import os
import pathlib
import re
import types
from functools import cached_property
from typing import TYPE_CHECKING, Final

from python_expert.actions.add_type_hints.offline.callers import given_to
from python_expert.actions.add_type_hints.offline.expressions import union
from python_expert.actions.add_type_hints.offline.guesses import Guess, Guesses
from python_expert.actions.add_type_hints.offline.parameter_flow import (
    all_passed_on,
    in_conditions,
    stored,
)
from python_expert.actions.add_type_hints.offline.type_tests import ANYTHING, Tested, tested
from python_expert.analysis.call_arguments import UNKNOWN, kind_of
from python_expert.analysis.nodes import defaults, type_parameters
from python_expert.text.parsing import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.analysis.call_arguments import CallArguments
    from python_expert.analysis.source import Source

    Place = tuple[str, str]

DECLARED: Final = 94
"""Types with at least this trust are declared by a base class or a protocol."""

DEMANDED: Final = 86
"""The trust of a type that a body requires.

It is the same as that of a default, which this guess precedes. Only 9 of 14 were right in two sets
of packages, because an assertion may also narrow a type that is declared wider.
"""

WIDENED: Final = 80
"""The trust of a type that was widened, in percent."""

_MODULES: Final = (
    builtins, collections.abc, dt, decimal, enum, io, numbers, os, pathlib, re, types,
)  # fmt: skip
_BARE: Final = frozenset({"str", "bytes", "int", "float", "bool", "complex", "bytearray", "None"})
"""Classes that are types by their names in any text."""

_ABSTRACT: Final = frozenset(collections.abc.__all__)
_TEXTS: Final = ("str", "bytes")
_UNTESTED: Final = Tested(frozenset(), frozenset(), frozenset(), ())
_STEPS: Final = 2
"""The number of steps for which a parameter that is passed on is followed."""

_VALUES: Final = _BARE | {"list", "dict", "tuple", "set", "frozenset"}
_VAGUE: Final = frozenset({"Any", "object"})
_NUMBERS: Final = ("bool", "int", "float", "complex")
"""Numeric types; a type checker accepts each type in place of the later ones."""


class Fitting:
    """Compares types with the tests in bodies and with the arguments of parameters.

    Args:
        source: The text.
        given: The calls of the text's functions in other files.
    """

    def __init__(self, source: Source, given: Iterable[CallArguments]) -> None:
        self._source = source
        self._given: dict[Place, set[str]] = {}
        for key, name, kind in given_to(source, given):
            self._given.setdefault((key, name), set()).add(kind)
        self._tested: dict[Place, Tested] = {}
        self._defaults: dict[Place, str] = {}
        for each in source.definitions:
            if not isinstance(each.node, ast.ClassDef):
                self._tested |= {(each.key, name): one for name, one in tested(each.node).items()}
                for name, value in defaults(each.node).items():
                    self._defaults[each.key, name] = ast.unparse(value)
        self._passed = list(all_passed_on(source))
        for one in self._passed:
            is_none = self._defaults.get((one.caller, one.name)) == "None"
            if is_none and one.name not in in_conditions(one.function):
                self._given.setdefault((one.key, one.parameter), set()).add("None")
        self._tested |= self._stored()
        for _ in range(_STEPS):
            self._tested |= self._handed_on()

    def fitted(self, guesses: Guesses) -> Guesses:
        """Return the guesses that agree; a missing plain type is added to the guess."""
        found = {}
        for place, guess in guesses.items():
            if guess.trust >= DECLARED or not (place in self._tested or place in self._given):
                found[place] = guess
            elif text := self._fit(guess.text, place):
                trust = guess.trust if text == guess.text else min(guess.trust, WIDENED)
                found[place] = guess._replace(text=text, trust=trust)
        return found

    def distinguishes(self, place: Place, type_: str) -> bool:
        """Return whether a body tests a parameter's class, or calls pass several classes."""
        test = self._tested.get(place, _UNTESTED)
        others = {*test.compared, *self._given.get(place, ())} - {type_}
        known = others.union(test.kinds, test.demanded, test.only)
        return bool(known - {UNKNOWN, ANYTHING, "None"})

    @cached_property
    def demanded(self) -> Guesses:
        """The types that bodies require of parameters, if the names of these classes are types."""
        found: Guesses = {}
        for place, each in self._tested.items():
            kinds = [*each.only, *(["None"] if self._defaults.get(place) == "None" else [])]
            if (
                "." not in place[1]
                and {*each.only} - {"None"}
                and all(self._is_plain(kind) for kind in kinds)
            ):
                found[place] = Guess(union(kinds), DEMANDED)
        return found

    def _stored(self) -> dict[Place, Tested]:
        """Return the tests of parameters and of attributes that only get these parameters."""
        sets: dict[tuple[ast.AST, str], list[Place]] = {}
        tests: dict[tuple[ast.AST, str], list[Tested]] = {}
        for each in self._source.definitions:
            if isinstance(each.node, ast.ClassDef) or not each.is_method:
                continue
            owner = each.parents[-1]
            for attribute, name in stored(each.node):
                sets.setdefault((owner, attribute), []).append((each.key, name))
            for (key, name), known in self._tested.items():
                if key == each.key and "." in name:
                    tests.setdefault((owner, name), []).append(known)
        found: dict[Place, Tested] = {}
        for slot, places in sets.items():
            if len(places) == 1 and places[0][1] and slot in tests:
                found[places[0]] = self._with(places[0], tests[slot])
        return found

    def _with(self, place: Place, more: Iterable[Tested]) -> Tested:
        """Return the tests of a parameter combined with those of a place that gets its value."""
        mine = self._tested.get(place, _UNTESTED)
        return mine._replace(
            kinds=mine.kinds.union(*(each.kinds for each in more)),
            compared=mine.compared.union(*(each.compared for each in more)),
        )

    def _handed_on(self) -> dict[Place, Tested]:
        """Return the tests of parameters, with tests in functions that they are passed to.

        Only parameters with the same name and the same default count, because others may accept
        more.
        """
        found: dict[Place, Tested] = {}
        for each in self._passed:
            there, place = (each.key, each.parameter), (each.caller, each.name)
            known, default = self._tested.get(there), self._defaults.get(there)
            is_alike = each.name == each.parameter and default == self._defaults.get(place, "")
            if known and is_alike:
                found[place] = self._with(place, [known])
        return found

    def _fit(self, text: str, place: Place) -> str | None:
        """Return a type with the missing members; None if these cannot be added or are unknown."""
        members = _members(text)
        if not members or _VAGUE.intersection(members):
            return text
        test = self._tested.get(place, _UNTESTED)
        given = self._given.get(place, set())
        if not all(_head(each) in _VALUES for each in members):
            # A class that is known only by name may inherit from any other class.
            given = {each for each in given if self._is_plain(each) or _class(each)}
        shown = sorted({*given, *test.kinds, *test.compared} - {UNKNOWN, ANYTHING})
        missing = [each for each in shown if not self._has(members, each)]
        if not all(map(self._is_plain, missing)):
            return None
        plain = [each for each in (*members, *missing) if each != "None"]
        if ANYTHING in test.kinds and all(_head(each) in _VALUES for each in plain):
            return None  # all or none have the attribute, so the test would be useless
        for kind in test.kinds - {"None", ANYTHING}:
            if all(self._is(each, kind) for each in plain):
                return None  # all are of that class, so the test would be useless
        if not missing:
            return text
        wide = [each for each in members if not any(_is_narrower(each, one) for one in missing)]
        return union([*([text] if len(wide) == len(members) else wide), *missing])

    def _has(self, members: Iterable[str], kind: str) -> bool:
        """Return whether a type with some members includes a class."""
        if _head(kind) in _ABSTRACT:  # a test for any iterable does not mean strings
            members = [each for each in members if each not in _TEXTS]
        known = [each for each in members if not (kind in _NUMBERS and each in _NUMBERS)]
        return any(self._is(kind, each) for each in members) or any(
            self._is(each, kind) or self._is(kind, each, default=True) for each in known
        )

    def _is(self, one: str, other: str, *, default: bool = False) -> bool:
        """Return whether a class is another or inherits from it; `default` if that is unknown."""
        one, other = _head(one), _head(other)
        if one == other:
            return True
        if one in _NUMBERS and other in _NUMBERS:
            return _NUMBERS.index(one) <= _NUMBERS.index(other)
        if "None" in (one, other):
            return False
        if one in self._classes or other in self._classes:
            return self._inherits(one, other)
        known, base = _class(one), _class(other)
        if known is None or base is None:
            return default and base is None
        return issubclass(known, base)

    @cached_property
    def _classes(self) -> dict[str, list[str]]:
        """The text's classes with the names of their bases."""
        return {
            each.node.name: [_head(ast.unparse(base)) for base in each.node.bases]
            for each in self._source.definitions
            if isinstance(each.node, ast.ClassDef)
        }

    def _inherits(self, one: str, other: str) -> bool:
        waiting, seen = [one], set[str]()
        while waiting:
            each = waiting.pop()
            if each == other:
                return True
            if each not in seen:
                seen.add(each)
                waiting += self._classes.get(each, [])
        return False

    def _is_plain(self, kind: str) -> bool:
        """Return whether a class's name alone is a complete type."""
        return kind in _BARE or kind in self._plain_classes

    @cached_property
    def _plain_classes(self) -> set[str]:
        """The top-level classes of the text that certainly have no type parameters."""
        classes = (each.node for each in self._source.definitions if not each.parents)
        return {
            each.name
            for each in classes
            if isinstance(each, ast.ClassDef)
            and not type_parameters(each)
            and not any(isinstance(base, ast.Subscript) for base in each.bases)
        }


def _members(text: str) -> list[str]:
    """Return the members of a union type; empty if the text cannot be parsed."""
    try:
        node = syntax_tree(text.strip("'\""), "eval").body
    except (SyntaxError, ValueError):
        return []
    waiting, found = [node], []
    while waiting:
        match each := waiting.pop():
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                waiting += [left, right]
            case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
                waiting.append(inner)
                found.append("None")
            case ast.Subscript(value=ast.Name(id="Literal"), slice=inner):
                values = inner.elts if isinstance(inner, ast.Tuple) else [inner]
                found += map(kind_of, values)
            case _:
                found.append(ast.unparse(each))
    return found


def _is_narrower(one: str, other: str) -> bool:
    """Return whether a type checker accepts a numeric type in place of another."""
    are_numbers = one in _NUMBERS and other in _NUMBERS
    return are_numbers and _NUMBERS.index(one) < _NUMBERS.index(other)


def _head(text: str) -> str:
    """Return the last part of a class's name, without type arguments."""
    return text.partition("[")[0].rpartition(".")[2]


def _class(name: str) -> type | None:
    """Return the class with a name that means the same in any text, or None."""
    for module in _MODULES:
        if isinstance(found := getattr(module, name, None), type):
            return found
    return None
