"""Uses that show that a value is a string, an integer or a number with fractions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from python_expert.actions.add_type_hints.offline.usage import TEXT_METHODS
from python_expert.analysis.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TEXT: Final = "str"
WHOLE: Final = "int"
CONTINUOUS: Final = "float"

_WHOLE_ARGUMENTS: Final = words("range bin oct hex chr islice repeat")
_WHOLE_METHODS: Final = words("center ljust rjust zfill split rsplit read readline recv seek")
_CONTINUOUS_ARGUMENTS: Final = words("sleep uniform fsum isclose log sqrt exp sin cos wait_for")


def uses_in(node: ast.AST) -> Iterator[tuple[ast.expr, str]]:  # noqa: C901 - a table
    """Yield the parts of a node whose use in it shows their type."""
    match node:
        case ast.Attribute(value=value, attr=name) if name in TEXT_METHODS:
            yield value, TEXT
        case ast.JoinedStr(values=values) if len(values) > 1:
            for each in values:
                if isinstance(each, ast.FormattedValue) and each.conversion == -1:
                    yield each.value, TEXT
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            yield from _compared(left, ops, comparators)
        case ast.BinOp(left=left, op=op, right=right):
            yield from _operated(left, op, right)
            yield from _operated(right, op, left)
        case ast.Slice(lower=lower, upper=upper, step=step):
            for part in (lower, upper, step):
                if part is not None:
                    yield part, WHOLE
        case ast.Call(func=function, args=arguments):
            yield from _given(function, arguments)


def _given(function: ast.expr, arguments: Iterable[ast.expr]) -> Iterator[tuple[ast.expr, str]]:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            is_method = isinstance(function, ast.Attribute)
            use = ""
            if name in _WHOLE_ARGUMENTS or (is_method and name in _WHOLE_METHODS):
                use = WHOLE
            elif name in _CONTINUOUS_ARGUMENTS:
                use = CONTINUOUS
            elif name == "len" or (is_method and name in {"startswith", "endswith"}):
                use = TEXT
            for each in arguments if use else ():
                yield each, use


def _compared(
    left: ast.expr, ops: list[ast.cmpop], comparators: list[ast.expr]
) -> Iterator[tuple[ast.expr, str]]:
    values = [left, *comparators]
    for one, op, other in zip(values, ops, values[1:], strict=False):
        for value, against in ((one, other), (other, one)):
            parts = (
                against.elts if isinstance(against, ast.Tuple | ast.Set | ast.List) else [against]
            )
            kinds = {type(each.value) for each in parts if isinstance(each, ast.Constant)}
            if str in kinds:
                yield value, TEXT
            elif isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) and _is_length(against):
                yield value, WHOLE


def _is_length(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "len"


def _operated(value: ast.expr, op: ast.operator, other: ast.expr) -> Iterator[tuple[ast.expr, str]]:
    is_text = isinstance(other, ast.JoinedStr) or (
        isinstance(other, ast.Constant) and isinstance(other.value, str)
    )
    is_whole = isinstance(other, ast.Constant) and type(other.value) is int
    match op:
        case ast.Add() if is_text:
            yield value, TEXT
        case ast.Mult() if is_text or isinstance(other, ast.List):
            yield value, WHOLE
        case ast.FloorDiv() | ast.LShift() | ast.RShift() | ast.BitAnd() | ast.BitOr():
            yield value, WHOLE
        case ast.Add() | ast.Sub() if is_whole:
            yield value, WHOLE
        case ast.Div() | ast.Pow():
            yield value, CONTINUOUS
        case ast.Mult() if is_whole:
            yield value, CONTINUOUS
