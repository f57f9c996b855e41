"""Whether a parameter's type agrees with the arguments and tests that are known."""

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

from python_expert.actions.add_type_hints.offline.callers import bound, given_to
from python_expert.actions.add_type_hints.offline.expressions import union
from python_expert.actions.add_type_hints.offline.guesses import Guess, Guesses
from python_expert.actions.add_type_hints.offline.parameter_flow import passed_on, stored
from python_expert.actions.add_type_hints.offline.type_tests import ANYTHING, Tested, tested
from python_expert.analysis.call_arguments import UNKNOWN, kind_of
from python_expert.analysis.nodes import defaults, type_parameters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.analysis.call_arguments import CallArguments
    from python_expert.analysis.source import Source

    Place = tuple[str, str]

DECLARED: Final = 94
"""From this trust on a type is what a base class or a protocol says."""

DEMANDED: Final = 86
"""As for a default, before which it goes. Only 9 of 14 were right on two sets: an assertion may
also narrow what is declared wider."""

WIDENED: Final = 80
"""How often a type is right to which something was added."""

_MODULES: Final = (
    builtins, collections.abc, dt, decimal, enum, io, numbers, os, pathlib, re, types,
)  # fmt: skip
_BARE: Final = frozenset({"str", "bytes", "int", "float", "bool", "complex", "bytearray", "None"})
"""Classes that are types by themselves, wherever a text stands."""

_ABSTRACT: Final = frozenset(collections.abc.__all__)
_TEXTS: Final = ("str", "bytes")

_UNTESTED: Final = Tested(frozenset(), frozenset(), frozenset(), ())
_STEPS: Final = 2
"""How often what is passed on is followed."""

_VALUES: Final = _BARE | {"list", "dict", "tuple", "set", "frozenset"}
_VAGUE: Final = frozenset({"Any", "object"})
_NUMBERS: Final = ("bool", "int", "float", "complex")
"""To a type checker each is one of those after it."""


class Fitting:
    """Compares types with what bodies test and with what is given to parameters.

    Args:
        source: The text.
        given: What calls elsewhere give to its functions.
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
        self._tested |= self._stored()
        for _ in range(_STEPS):
            self._tested |= self._handed_on()

    def fitted(self, guesses: Guesses) -> Guesses:
        """The guesses that agree; what lacks a plain type is given it."""
        found = {}
        for place, guess in guesses.items():
            if guess.trust >= DECLARED or not (place in self._tested or place in self._given):
                found[place] = guess
            elif text := self._fit(guess.text, place):
                trust = guess.trust if text == guess.text else min(guess.trust, WIDENED)
                found[place] = guess._replace(text=text, trust=trust)
        return found

    @cached_property
    def demanded(self) -> Guesses:
        """The types of parameters that bodies let pass, where classes are types by their names."""
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
        """What parameters are tested for, with that of the attributes which nothing else sets."""
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
        """What a parameter is tested for, and what something that has its value is tested for."""
        mine = self._tested.get(place, _UNTESTED)
        return mine._replace(
            kinds=mine.kinds.union(*(each.kinds for each in more)),
            compared=mine.compared.union(*(each.compared for each in more)),
        )

    def _handed_on(self) -> dict[Place, Tested]:
        """What parameters are tested for, with that where they are passed on.

        That counts where the other one has the same name and the same default. Any other may well
        take more than is meant here.
        """
        found: dict[Place, Tested] = {}
        top = {each.qualname: each for each in self._source.definitions if not each.parents}
        for each in self._source.definitions:
            for call in () if isinstance(each.node, ast.ClassDef) else passed_on(each.node):
                callee = top.get(call.function)
                for key, name, own in bound(callee, call) if callee else ():
                    known = self._tested.get((key, name))
                    place, default = (each.key, own), self._defaults.get((key, name))
                    if known and own == name and default == self._defaults.get(place, ""):
                        found[place] = self._with(place, [known])
        return found

    def _fit(self, text: str, place: Place) -> str | None:
        """A type, with what it lacks; None where that cannot be added, or not all is known."""
        members = _members(text)
        if not members or _VAGUE.intersection(members):
            return text
        test = self._tested.get(place, _UNTESTED)
        shown = sorted(
            {*self._given.get(place, ()), *test.kinds, *test.compared} - {UNKNOWN, ANYTHING}
        )
        missing = [each for each in shown if not self._has(members, each)]
        if not all(map(self._is_plain, missing)):
            return None
        plain = [each for each in (*members, *missing) if each != "None"]
        if ANYTHING in test.kinds and all(_head(each) in _VALUES for each in plain):
            return None  # they have it, or have it not: there would be nothing to ask
        for kind in test.kinds - {"None", ANYTHING}:
            if all(self._is(each, kind) for each in plain):
                return None  # nothing would need to be told from others
        if not missing:
            return text
        wide = [each for each in members if not any(_is_narrower(each, one) for one in missing)]
        return union([*([text] if len(wide) == len(members) else wide), *missing])

    def _has(self, members: Iterable[str], kind: str) -> bool:
        """Whether a type with some members has objects of a class."""
        if _head(kind) in _ABSTRACT:  # who asks for any iterable does not mean a text by it
            members = [each for each in members if each not in _TEXTS]
        known = [each for each in members if not (kind in _NUMBERS and each in _NUMBERS)]
        return any(self._is(kind, each) for each in members) or any(
            self._is(each, kind) or self._is(kind, each, default=True) for each in known
        )

    def _is(self, one: str, other: str, *, default: bool = False) -> bool:
        """Whether one class is the other or inherits from it; where it is not known, `default`."""
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
        """The text's classes, and those that they name as their bases."""
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
        """Whether a class is a type by its name alone."""
        return kind in _BARE or kind in self._plain_classes

    @cached_property
    def _plain_classes(self) -> set[str]:
        """The classes at the top of the text that certainly have no type parameters."""
        classes = (each.node for each in self._source.definitions if not each.parents)
        return {
            each.name
            for each in classes
            if isinstance(each, ast.ClassDef)
            and not type_parameters(each)
            and not any(isinstance(base, ast.Subscript) for base in each.bases)
        }


def _members(text: str) -> list[str]:
    """The types of which a type is a union; of what cannot be read nothing."""
    try:
        node = ast.parse(text.strip("'\""), mode="eval").body
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
    """Whether a number is, to a type checker, one of another kind as well."""
    are_numbers = one in _NUMBERS and other in _NUMBERS
    return are_numbers and _NUMBERS.index(one) < _NUMBERS.index(other)


def _head(text: str) -> str:
    """The last part of a class's name, without what is in brackets."""
    return text.partition("[")[0].rpartition(".")[2]


def _class(name: str) -> type | None:
    """The class of a name that means the same everywhere."""
    for module in _MODULES:
        if isinstance(found := getattr(module, name, None), type):
            return found
    return None
