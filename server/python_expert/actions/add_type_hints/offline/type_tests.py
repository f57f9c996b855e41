"""Finds the types that a function's body tests its parameters for."""

from __future__ import annotations

import ast
from keyword import iskeyword
from typing import TYPE_CHECKING, Final, NamedTuple

from python_expert.actions.add_type_hints.offline.flow import always_raises
from python_expert.actions.add_type_hints.offline.parameter_flow import (
    ALWAYS,
    NEVER,
    place_of,
    unchanged_until,
    variable,
)
from python_expert.analysis.function_bodies import own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from python_expert.analysis.scopes import Function

ANYTHING: Final = ""
"""The kind of a test without a class, for example for an attribute."""

_NONE: Final = "None"
_IS: Final = (ast.Is, ast.Eq, ast.In)
_IS_NOT: Final = (ast.IsNot, ast.NotEq, ast.NotIn)
_ORDER: Final = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


class TypeTest(NamedTuple):
    """One test of a parameter.

    Attributes:
        node: The test's node.
        name: The parameter, or an attribute with ``self.`` before it.
        kinds: The classes that the test is for, as named in the text, and ``None``.
        holds: Whether the test is true for objects of these classes.
        is_of_value: Whether the test compares with a value of such a class.
    """

    node: ast.AST
    name: str
    kinds: tuple[str, ...]
    holds: bool = True
    is_of_value: bool = False


class Tested(NamedTuple):
    """What a body's tests show about a parameter.

    Attributes:
        kinds: The classes that the body distinguishes from others and accepts.
        compared: The classes of the values that the body compares the parameter with.
        demanded: The classes that the parameter must be an instance of wherever it is tested.
            Otherwise the body raises an exception.
        only: The classes in ``demanded`` whose test every call reaches.
    """

    kinds: frozenset[str]
    compared: frozenset[str]
    demanded: frozenset[str]
    only: tuple[str, ...]


def tested(function: Function) -> dict[str, Tested]:
    """Collect what a body's tests show about parameters that still have their argument's value.

    Attributes of ``self`` are included, with ``self.`` before their names.
    """
    nodes = list(own_nodes(function))
    until = unchanged_until(function, nodes)
    tests = [
        each
        for node in nodes
        for each in _tests(node)
        if place_of(node) < until.get(each.name, ALWAYS if "." in each.name else NEVER)
    ]
    if not tests:
        return {}
    sure = {each.node for each in tests}
    clauses = [
        (clause, statement in function.body)
        for statement in nodes
        for clause in _demands(statement)
        if all(each.node in sure for each in clause) and len({each.name for each in clause}) == 1
    ]
    found = {}
    for name in {each.name for each in tests}:
        mine = [(clause, is_first) for clause, is_first in clauses if clause[0].name == name]
        refused = {
            _NONE for clause, _ in mine if len(clause) == 1 and not clause[0].holds
            for kind in clause[0].kinds if kind == _NONE
        }  # fmt: skip
        positive = [one for one in mine if all(each.holds for each in one[0])]
        demanding = {each.node for clause, _ in positive for each in clause}
        first = [one for one, is_first in positive if is_first and not one[0].is_of_value]
        of_class = [each for each in tests if each.name == name and not each.is_of_value]
        found[name] = Tested(
            _kinds(each for each in of_class if each.node not in demanding) - refused,
            _kinds(each for each in tests if each.name == name and each.is_of_value) - refused,
            _kinds(each for each in of_class if each.node in demanding),
            tuple(dict.fromkeys(kind for one in first[:1] for each in one for kind in each.kinds)),
        )
    return found


def _kinds(tests: Iterable[TypeTest]) -> frozenset[str]:
    return frozenset(kind for each in tests for kind in each.kinds)


def _demands(node: ast.AST) -> Iterator[list[TypeTest]]:
    """Yield lists of tests.

    If no test of a list holds, the statement raises an exception.
    """
    match node:
        case ast.Assert(test=test):
            yield from _needed(test, holds=True)
        case ast.If(test=test, body=body):
            if always_raises(body):
                yield from _needed(test, holds=False)
            tests: list[ast.expr] = []
            rest: Sequence[ast.stmt] = [node]
            while len(rest) == 1 and isinstance(each := rest[0], ast.If):
                tests.append(each.test)
                rest = each.orelse
            if rest and always_raises([*rest]):
                yield from _needed(ast.BoolOp(ast.Or(), tests), holds=True)
        case ast.Match(cases=cases) if _is_wildcard(cases[-1]) and always_raises(cases[-1].body):
            if clause := list(_tests(node)):
                yield clause


def _needed(test: ast.expr, *, holds: bool) -> Iterator[list[TypeTest]]:
    """Yield lists of tests; one test of each must hold if a condition is true, or is false."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _needed(operand, holds=not holds)
        case ast.BoolOp(op=op, values=values):
            parts = [list(_needed(each, holds=holds)) for each in values]
            if isinstance(op, ast.And) == holds:
                for part in parts:
                    yield from part
            elif all(len(part) == 1 for part in parts):
                yield [each for part in parts for each in part[0]]
        case _:
            if found := list(_tests(test)):
                yield [each._replace(holds=each.holds == holds) for each in found]


def _tests(node: ast.AST) -> Iterator[TypeTest]:
    """Yield the tests that a node itself makes."""
    match node:
        case ast.Call(func=ast.Name(id="isinstance"), args=[what, classes]):
            yield from _test(node, what, _classes(classes))
        case ast.Call(func=ast.Name(id="callable"), args=[what]):
            yield from _test(node, what, ["Callable"])
        case ast.Call(func=ast.Name(id="hasattr"), args=[what, _]):
            yield from _test(node, what, [ANYTHING])
        case ast.Compare(
            left=ast.Call(func=ast.Name(id="type"), args=[what]), ops=[op], comparators=[classes]
        ) if isinstance(op, (*_IS, *_IS_NOT)):
            yield from _test(node, what, _classes(classes), holds=not isinstance(op, _IS_NOT))
        case ast.Compare(left=what, ops=[op], comparators=[other]):
            kinds = list(_values(other, is_among=isinstance(op, ast.In | ast.NotIn)))
            if kinds and isinstance(op, (*_IS, *_IS_NOT, *_ORDER)):
                holds, is_of_value = not isinstance(op, _IS_NOT), kinds != [_NONE]
                yield from _test(node, what, kinds, holds=holds, is_of_value=is_of_value)
        case ast.Match(subject=what, cases=cases):
            yield from _test(
                node, what, [kind for each in cases for kind in _matched(each.pattern)]
            )


def _test(
    node: ast.AST,
    what: ast.expr,
    kinds: Iterable[str],
    *,
    holds: bool = True,
    is_of_value: bool = False,
) -> Iterator[TypeTest]:
    if (name := variable(what)) and (found := tuple(kinds)):
        yield TypeTest(node, name, found, holds, is_of_value)


def _classes(node: ast.expr) -> Iterator[str]:
    """Yield the classes in the second argument of ``isinstance``."""
    match node:
        case ast.Tuple(elts=parts) | ast.Set(elts=parts) | ast.List(elts=parts):
            for each in parts:
                yield from _classes(each)
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            yield from _classes(left)
            yield from _classes(right)
        case (
            ast.Constant(value=None)
            | ast.Call(func=ast.Name(id="type"), args=[ast.Constant(value=None)])
        ):
            yield _NONE
        case ast.Name() | ast.Attribute():
            yield ast.unparse(node)
        case _:
            yield ANYTHING


def _values(node: ast.expr, *, is_among: bool) -> Iterator[str]:
    """Yield the classes of the constants that something is compared with."""
    match node:
        case ast.Tuple(elts=parts) | ast.Set(elts=parts) | ast.List(elts=parts) if is_among:
            for each in parts:
                yield from _values(each, is_among=False)
        case ast.Constant(value=None):
            yield _NONE
        case ast.Constant(value=bool() | int() | float() | str() | bytes() as value):
            if not is_among:
                yield type(value).__name__
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            yield type(value).__name__


def _matched(pattern: ast.pattern) -> Iterator[str]:
    """Yield the classes that a pattern of ``match`` tests for."""
    match pattern:
        case ast.MatchClass(cls=class_):
            yield from _classes(class_)
        case ast.MatchSingleton(value=value):
            yield _NONE if value is None else "bool"
        case ast.MatchOr(patterns=patterns):
            for each in patterns:
                yield from _matched(each)
        case ast.MatchAs(pattern=ast.pattern() as inner):
            yield from _matched(inner)
        case ast.MatchAs() | ast.MatchStar():
            return
        case ast.MatchMapping():
            yield "Mapping"
        case _:
            yield ANYTHING


def _is_wildcard(case: ast.match_case) -> bool:
    """Return whether a case matches everything."""
    pattern = ast.unparse(case.pattern)
    return case.guard is None and pattern.isidentifier() and not iskeyword(pattern)
