"""Infers types from a text without running a tool."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING

from python_expert.actions.add_type_hints.offline.bodies import Bodies
from python_expert.actions.add_type_hints.offline.expressions import union
from python_expert.actions.add_type_hints.offline.guesses import Guess, Guesses
from python_expert.actions.add_type_hints.offline.names import (
    DUNDER_PARAMETERS,
    DUNDER_RETURNS,
    IMPORTS,
    by_parameter,
    is_predicate,
)
from python_expert.actions.add_type_hints.offline.usage import by_usage
from python_expert.actions.add_type_hints.slots import RETURN, receiver
from python_expert.analysis.nodes import arguments, defaults, is_none

if TYPE_CHECKING:
    from python_expert.analysis.scopes import Function
    from python_expert.analysis.source import Definition, Source

_SPECIAL, _BODY, _STORED, _DEFAULT, _PREDICATE, _NAME, _USED = 97, 74, 91, 86, 95, 87, 92
"""How often guesses of a source equal the authors' types, in percent, rounded.

Measured on twelve packages. Six of them were not used to design the rules.
"""


class Rules:
    """The rules for one text."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._bodies = Bodies(source)
        self._functions = [
            (each, each.node)
            for each in source.definitions
            if not isinstance(each.node, ast.ClassDef)
        ]

    @cached_property
    def certain(self) -> Guesses:
        """The types of special methods, and of parameters stored in annotated attributes."""
        found: Guesses = {}
        for definition, node in self._functions:
            for trust, source in (
                (_SPECIAL, self._dunder(definition, node)),
                (_STORED, dict(self._bodies.stored(definition))),
            ):
                for name, text in source.items():
                    found.setdefault((definition.key, name), _guess(text, trust))
            if definition.is_method and node.name in DUNDER_RETURNS:
                found[definition.key, RETURN] = _guess(DUNDER_RETURNS[node.name], _SPECIAL)
        return found

    @cached_property
    def given(self) -> Guesses:
        """The types of literal defaults."""
        return {
            (definition.key, name): _guess(text, _DEFAULT)
            for definition, node in self._functions
            for name, text in _literal_defaults(node).items()
        }

    def likely(self) -> Guesses:
        """Return the types that names suggest; for parameters, only if their default is None."""
        found: Guesses = {}
        for definition, node in self._functions:
            given = defaults(node)
            for arg in _ordinary(definition, node):
                text = by_parameter(arg.arg)
                default = given.get(arg.arg)
                if text and default is not None and is_none(default):
                    found[definition.key, arg.arg] = _guess(_optional(text, default), _NAME)
            for star in (node.args.vararg, node.args.kwarg):
                if star:
                    found[definition.key, star.arg] = _guess("Any", _NAME)
            if is_predicate(node.name):
                found[definition.key, RETURN] = _guess("bool", _PREDICATE)
        return found

    @cached_property
    def used(self) -> Guesses:
        """The types that bodies require by using parameters."""
        found: Guesses = {}
        for definition, node in self._functions:
            given, used = defaults(node), by_usage(node)
            for arg in _ordinary(definition, node):
                default = given.get(arg.arg)
                if (text := used.get(arg.arg)) and (default is None or is_none(default)):
                    found[definition.key, arg.arg] = _guess(_optional(text, default), _USED)
        return found

    def returned(self, guesses: Guesses) -> Guesses:
        """Return the return types that bodies show, given the known types of parameters."""
        found: Guesses = {}
        for definition, node in self._functions:
            if node.returns is None:
                known = {
                    name: guess.text
                    for (key, name), guess in guesses.items()
                    if key == definition.key and name != RETURN
                }
                for arg in arguments(node):
                    if arg.annotation is not None:
                        known[arg.arg] = ast.unparse(arg.annotation)
                text = self._bodies.returns(definition, known)
                if text:
                    imports = [
                        each
                        for (key, _), guess in guesses.items()
                        if key == definition.key
                        for each in guess.imports
                    ]
                    found[definition.key, RETURN] = Guess(text, _BODY, tuple(imports))
        return found

    @staticmethod
    def _dunder(definition: Definition, node: Function) -> dict[str, str]:
        if not definition.is_method or node.name not in DUNDER_PARAMETERS:
            return {}
        positional = [*node.args.posonlyargs, *node.args.args][1:]
        types = DUNDER_PARAMETERS[node.name]
        return {arg.arg: text for arg, text in zip(positional, types, strict=False)}


def _guess(text: str, trust: int) -> Guess:
    return Guess(text, trust, IMPORTS.get(text, ()))


def _ordinary(definition: Definition, node: Function) -> list[ast.arg]:
    """Return the parameters without ``self``, ``*args`` and ``**kwargs``."""
    skipped = {receiver(definition)}
    skipped |= {star.arg for star in (node.args.vararg, node.args.kwarg) if star}
    return [arg for arg in arguments(node) if arg.arg not in skipped]


def _literal_defaults(node: Function) -> dict[str, str]:
    found = {}
    for name, default in defaults(node).items():
        match default:
            case ast.Constant(value=bool() | int() | float() | str() | bytes() as value):
                found[name] = type(value).__name__
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                found[name] = type(value).__name__
    return found


def _optional(text: str, default: ast.expr | None) -> str:
    return union([text, "None"]) if default is not None else text
