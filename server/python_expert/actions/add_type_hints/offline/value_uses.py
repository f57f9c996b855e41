"""Checks whether the uses of a parameter confirm the type of its default or of an argument.

A default or an argument shows one type that a parameter accepts. The uses of the parameter show
whether it accepts other types. Texts and numbers need this: ``style="bold"`` often accepts an
object with a style, and ``pause=1`` a fraction. ``flag=False`` hardly ever accepts more.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Final

from python_expert.actions.add_type_hints.offline.callers import bound
from python_expert.actions.add_type_hints.offline.names import by_parameter
from python_expert.actions.add_type_hints.offline.parameter_flow import (
    NEVER,
    place_of,
    unchanged_until,
    variable,
)
from python_expert.actions.add_type_hints.offline.use_table import (
    CONTINUOUS,
    TEXT,
    WHOLE,
    uses_in,
)
from python_expert.analysis.call_arguments import UNKNOWN, arguments_of
from python_expert.analysis.nodes import targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from python_expert.analysis.scopes import Function
    from python_expert.analysis.source import Definition, Source

    Place = tuple[str, str]

WEAK: Final = frozenset({"default", "default-calls", "call", "calls", "some-calls", "fallback"})
"""Kinds of inference that show single values of a parameter, not its declared type."""

_OR_NONE: Final = " | None"
_FRACTION: Final = re.compile(
    r"(\w+_)?(delay|duration|factor|interval|pause|rate|ratio|scale|seconds|secs|speed|threshold"
    r"|timeout|tolerance|wait|weight|minutes|hours|days|weeks|per_second)"
)
"""Names of quantities for which an integer default does not exclude fractions."""

_COUNT: Final = re.compile(r"(?!\w*(ss|us|is)$)\w*[a-z]s")
"""Names of counts of things, which are plurals."""

_SEEN: Final = re.compile(
    r"(\w+_)?(caption|description|html|label|message|prompt|text|title|topic|url)"
)
"""Names of texts that may also be objects with a style, a translation or a URL."""

_STEPS: Final = 3
"""The number of calls through which a parameter that is passed on is followed."""


class ValueUses:
    """The uses of the parameters of a text's functions.

    Args:
        source: The text.
        distinguishes: Returns whether a parameter's class is tested or calls pass several classes.
            This shows the type more reliably than uses do.
    """

    def __init__(self, source: Source, distinguishes: Callable[[Place, str], bool]) -> None:
        self._source, self._distinguishes = source, distinguishes

    def shown(self, place: Place, why: str, text: str) -> str | None:
        """Return the type that a parameter's values and uses show together, or None.

        Args:
            place: The parameter.
            why: The kind of inference; see ``KnowsTypes``.
            text: The type of the values.
        """
        base = text.removesuffix(_OR_NONE)
        if why not in WEAK or base not in {TEXT, WHOLE}:
            return text
        uses, named = self._found.get(place, frozenset()), by_parameter(place[1])
        if base in uses or self._distinguishes(place, base):
            return text
        if base == TEXT:
            is_shown = why != "default" or not _SEEN.fullmatch(place[1])
            return text if named == TEXT and is_shown else None
        if named == WHOLE or not why.startswith("default"):
            return text
        if CONTINUOUS in uses or _FRACTION.fullmatch(place[1]):
            return text.replace(WHOLE, CONTINUOUS)
        return text if _COUNT.fullmatch(place[1]) or why != "default" else None

    @cached_property
    def _found(self) -> dict[Place, frozenset[str]]:
        uses: dict[Place, set[str]] = defaultdict(set)
        attributes: dict[Place, set[str]] = defaultdict(set)
        flows: list[tuple[Place, Place]] = []
        holders: list[tuple[Place, Place]] = []
        for each in self._source.definitions:
            if isinstance(each.node, ast.ClassDef):
                continue
            owner = each.parents[-1] if each.is_method else None
            for name, use in self._in(each):
                if name.startswith("self."):
                    if owner is not None:
                        attributes[self._class_key(each), name].add(use)
                else:
                    uses[each.key, name].add(use)
            if owner is not None:
                holders += [
                    ((each.key, name), (self._class_key(each), attribute))
                    for attribute, name in _stored(each.node)
                ]
            flows += self._passed(each)
        for place, attribute in holders:
            uses[place] |= attributes[attribute]
        for _ in range(_STEPS):
            for place, other in flows:
                uses[place] |= uses[other]
        return {place: frozenset(found) for place, found in uses.items()}

    @staticmethod
    def _class_key(definition: Definition) -> str:
        return definition.key.rpartition(".")[0]

    def _in(self, definition: Definition) -> Iterator[tuple[str, str]]:
        """Yield the parameters and attributes that a body uses, with what each use shows."""
        node = definition.node
        assert not isinstance(node, ast.ClassDef)  # noqa: S101  # nosec B101 - the caller checked
        nodes, until = _followed(node)
        for each in nodes:
            for value, use in uses_in(each):
                name = variable(value)
                if "." in name or (name and place_of(value) < until.get(name, NEVER)):
                    yield name, use

    def _passed(self, definition: Definition) -> Iterator[tuple[Place, Place]]:
        """Yield the parameters that are passed on to parameters of the text's functions."""
        node = definition.node
        assert not isinstance(node, ast.ClassDef)  # noqa: S101  # nosec B101 - the caller checked
        nodes, until = _followed(node)

        def parameter(value: ast.expr) -> str:
            name = variable(value)
            return name if place_of(value) < until.get(name, NEVER) else UNKNOWN

        for call in nodes:
            callee = self._called(call.func, definition) if isinstance(call, ast.Call) else None
            if isinstance(call, ast.Call) and callee is not None:
                for key, name, own in bound(callee, arguments_of(call, "", parameter)):
                    if own:
                        yield (definition.key, own), (key, name)

    def _called(self, function: ast.expr, definition: Definition) -> Definition | None:
        match function:
            case ast.Name(id="cls") | ast.Call(func=ast.Name(id="type")) if definition.is_method:
                return self._source.definition(f"{self._class_key(definition)}.__init__")
            case ast.Name(id=name):
                found = self._source.definition(name)
                if found is not None and isinstance(found.node, ast.ClassDef):
                    return self._source.definition(f"{name}.__init__")
                return found
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                return self._source.definition(f"{self._class_key(definition)}.{name}")
            case _:
                return None


def _followed(function: Function) -> tuple[list[ast.AST], dict[str, tuple[int, int]]]:
    """Return a body's nodes, and the place up to which parameters keep their kind.

    A parameter keeps the kind of its argument after ``x = x or "a"`` and ``if x is None: x = "a"``.
    """
    nodes = [each for statement in function.body for each in ast.walk(statement)]
    kept = {id(target) for node in nodes for target in _filled(node)}
    return nodes, unchanged_until(function, [each for each in nodes if id(each) not in kept])


def _filled(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the targets of assignments that only replace a missing value."""
    value = getattr(node, "value", None)
    for target in targets(node):
        if value is not None and variable(target) in _choices(value):
            yield target
    if isinstance(node, ast.If):
        for each in node.body:
            yield from (to for to in targets(each) if variable(to) in _missing(node.test))


def _choices(value: ast.expr) -> set[str]:
    """Return the variables whose values an expression may have."""
    match value:
        case ast.BoolOp(op=ast.Or(), values=values):
            return set().union(*map(_choices, values))
        case ast.IfExp(body=body, orelse=orelse):
            return _choices(body) | _choices(orelse)
        case _:
            return {variable(value)} - {""}


def _missing(test: ast.expr) -> set[str]:
    """Return the variables that have no value if a condition is true."""
    match test:
        case (
            ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name))
            | ast.Compare(left=ast.Name(id=name), ops=[ast.Is()], comparators=[ast.Constant(None)])
        ):
            return {name}
        case _:
            return set()


def _stored(function: Function) -> Iterator[tuple[str, str]]:
    """Yield the attributes of ``self`` that may get a parameter's value."""
    nodes, until = _followed(function)
    for node in nodes:
        for target in targets(node):
            value = getattr(node, "value", None)
            if (attribute := variable(target)).startswith("self.") and value is not None:
                for name in _choices(value):
                    if place_of(value) < until.get(name, NEVER):
                        yield attribute, name
