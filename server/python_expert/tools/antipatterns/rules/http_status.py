"""PE004: an HTTP status that is written as a number."""

from __future__ import annotations

import ast
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple

from python_expert.tools.antipatterns.rules.base import AntiPattern
from python_expert.tools.antipatterns.syntax import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.tools.antipatterns.syntax import Syntax

_NUMBER: Final = re.compile(r"\b[1-5][0-9]{2}\b")
_NAME: Final = re.compile(r"(?:http_?)?status_?code|http_?status|response\.status|resp\.status")
MOST: Final = 3
"""The maximum number of statuses that a fix names in one place; for more, a constant is better."""

_NAMES: Final = {status.value: status.name for status in HTTPStatus} | {
    413: "REQUEST_ENTITY_TOO_LARGE",
    414: "REQUEST_URI_TOO_LONG",
    416: "REQUESTED_RANGE_NOT_SATISFIABLE",
    422: "UNPROCESSABLE_ENTITY",
}
"""The names of statuses in every supported Python; 3.13 added newer names for some of them."""


class Statuses(NamedTuple):
    """The status codes in a comparison.

    Attributes:
        node: The number, or the tuple, list or set of numbers.
        numbers: The numbers in it, with their names.
    """

    node: ast.expr
    numbers: tuple[tuple[ast.Constant, str], ...]


def find(syntax: Syntax) -> Iterator[AntiPattern]:
    """Find comparisons of a status code with a number."""
    for each in statuses(syntax):
        written = ", ".join(str(number.value) for number, _ in each.numbers)
        names = ", ".join(f"`HTTPStatus.{name}`" for _, name in each.numbers)
        message = (
            f"A status code is compared with {written}. "
            f"Write {names} (`from http import HTTPStatus`)."
        )
        yield AntiPattern(each.node, message)


def statuses(syntax: Syntax) -> Iterator[Statuses]:
    """Yield the numbers of a text to which a status code is compared."""
    for _, node in syntax.expressions(("status",), _NUMBER):
        # A comparison such as "below 400" tests the class of a status, not one status.
        if not isinstance(node, ast.Compare) or not all(
            isinstance(each, (ast.Eq, ast.NotEq, ast.In, ast.NotIn)) for each in node.ops
        ):
            continue
        sides = [node.left, *node.comparators]
        if any(map(_is_status, sides)):
            for side in sides:
                numbers = tuple(_numbers(side))
                if 0 < len(numbers) <= MOST:
                    yield Statuses(side, numbers)


def _numbers(side: ast.expr) -> Iterator[tuple[ast.Constant, str]]:
    values = side.elts if isinstance(side, (ast.Tuple, ast.List, ast.Set)) else [side]
    for value in values:
        if isinstance(value, ast.Constant) and type(value.value) is int and value.value in _NAMES:
            yield value, _NAMES[value.value]


def _is_status(node: ast.expr) -> bool:
    """Return whether a name or attribute indicates an HTTP status."""
    path = dotted(node) if isinstance(node, ast.Name) else ""
    if isinstance(node, ast.Attribute):
        owner = node.value
        of = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
        path = f"{of}.{node.attr}" if node.attr == "status" else node.attr
    return _NAME.fullmatch(path.lower()) is not None
