"""Finds what a body shows about its result: the names of its parts, and when it is None."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.add_docstrings.offline.exits import exits, runs_out
from python_expert.analysis.nodes import is_none
from python_expert.analysis.signatures import decorators, nodes_in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.actions.add_docstrings.offline.quotes import Quotes
    from python_expert.analysis.scopes import Function

ITSELF = "The object itself."

_SHORTEST = 3
_MOST = 5
_LONGEST_VALUE = 30
"""The most columns of a value that is quoted with the condition for None."""


def returned(node: Function, quotes: Quotes) -> str:
    """Return what the code shows about a function's result; empty if nothing."""
    values = [each.value for each in nodes_in_order(node) if isinstance(each, ast.Return)]
    if not values:
        return ""
    if runs_out(node.body):  # it may be None as well
        return _found(node, quotes) or _none(node, quotes)
    if all(isinstance(each, ast.Name) and each.id == "self" for each in values):
        return ITSELF
    if parts := _parts(values):
        return f"The tuple {parts}."
    return _keys(values) or _choices(values) or _found(node, quotes) or _none(node, quotes)


def yielded(node: Function) -> str:
    """Return what the code shows about the values that a generator yields; empty if nothing."""
    values = [each.value for each in nodes_in_order(node) if isinstance(each, ast.Yield)]
    is_all = values and not any(isinstance(each, ast.YieldFrom) for each in nodes_in_order(node))
    is_all = is_all and not any(decorators(node))  # a fixture or context manager is not an iterator
    parts = _parts(values) if is_all else ""
    return f"Tuples {parts}." if parts else ""


def _parts(values: Sequence[ast.expr | None]) -> str:
    """Return the tuple of names that all values are, as code; else empty."""
    texts = {ast.unparse(each) for each in values if isinstance(each, ast.Tuple)}
    if len(texts) != 1 or not all(isinstance(each, ast.Tuple) for each in values):
        return ""
    (value,) = {ast.unparse(each): each for each in values if isinstance(each, ast.Tuple)}.values()
    names = [
        each.id if isinstance(each, ast.Name) else getattr(each, "attr", "") for each in value.elts
    ]
    is_plain = all(isinstance(each, ast.Name | ast.Attribute) for each in value.elts)
    are_words = all(len(name) >= _SHORTEST for name in names) and len(set(names)) == len(names)
    if not is_plain or not are_words or not 1 < len(names) <= _MOST:
        return ""
    return f"``({', '.join(name.lstrip('_') for name in names)})``"


def _keys(values: Sequence[ast.expr | None]) -> str:
    """Return the keys of the dictionary that is returned."""
    only = values[0]
    if len(values) != 1 or not isinstance(only, ast.Dict) or not 1 <= len(only.keys) <= _MOST:
        return ""
    keys = [each.value for each in only.keys if isinstance(each, ast.Constant)]
    if len(keys) != len(only.keys) or not all(isinstance(each, str) for each in keys):
        return ""
    word = "key" if len(keys) == 1 else "keys"
    return f"A dictionary with the {word} {_listed(keys, 'and')}."


def _choices(values: Sequence[ast.expr | None]) -> str:
    """Return the strings that may be returned; numbers are left out as they explain nothing."""
    found = [each.value for each in values if isinstance(each, ast.Constant)]
    distinct = list(dict.fromkeys(found))
    are_words = all(isinstance(each, str) for each in found)
    if len(found) != len(values) or not are_words or not 1 < len(distinct) <= _MOST:
        return ""
    return f"{_listed(distinct, 'or')}."


def _listed(values: Sequence[object], word: str) -> str:
    texts = [f"``{each!r}``" for each in values]
    return f" {word} ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))


def _found(node: Function, quotes: Quotes) -> str:
    """Return the target of a search: the first item that fulfils a condition, else None."""
    match node.body[-2:]:
        case [ast.For() | ast.AsyncFor() as loop, ast.Return(value=ast.Constant(value=None))]:
            pass
        case _:
            return ""
    match loop.target, loop.body:
        case ast.Name(id=item), [ast.If(test=test, body=[ast.Return(value=ast.Name(id=found))])]:
            others = sum(isinstance(each, ast.Return) for each in nodes_in_order(node))
            code, where = quotes.quote(loop.iter), quotes.quote(test, item)
            if item == found and code and where and others == 2:  # noqa: PLR2004 - one for each outcome
                return f"The first ``{item}`` of {code} with {where}, or None."
    return ""


def _none(node: Function, quotes: Quotes) -> str:
    """Return the condition for a result of None, and the other value if it can be quoted."""
    ways = [(way, way.node.value) for way in exits(node) if isinstance(way.node, ast.Return)]
    empty = [way for way, value in ways if value is None or is_none(value)]
    values = [value for _, value in ways if value is not None and not is_none(value)]
    if not empty or len(empty) == len(ways) or len(empty) > 2:  # noqa: PLR2004 - more are hard to read
        return ""
    conditions = [quotes.condition(each.tests) if each.is_exact else "" for each in empty]
    if not all(conditions):
        return ""
    value = quotes.quote(values[0]) if len(values) == 1 and not runs_out(node.body) else ""
    cases = " or if ".join(conditions)
    is_twice = "(" in value and value.strip("`") in cases  # the function calls it once
    other = f"{value}, or " if 0 < len(value) <= _LONGEST_VALUE and not is_twice else ""
    return f"{other}None if {cases}."
