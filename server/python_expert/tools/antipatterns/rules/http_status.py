"""PE004: an HTTP status that is written as a number."""

from __future__ import annotations

import ast
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from python_expert.tools.antipatterns.rules.base import AntiPattern
from python_expert.tools.antipatterns.syntax import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.tools.antipatterns.syntax import Syntax

_WORDS: Final = re.compile(r"status")
_NAME: Final = re.compile(r"(?:http_?)?status_?code|http_?status|response\.status|resp\.status")
_NAMES: Final = {status.value: status.name for status in HTTPStatus}


def find(syntax: Syntax) -> Iterator[AntiPattern]:
    """Find comparisons of a status code with a number."""
    for node, name in statuses(syntax):
        message = (
            f"The HTTP status {node.value!r} is written as a number. "
            f"Write `HTTPStatus.{name}` (`from http import HTTPStatus`)."
        )
        yield AntiPattern(node, message)


def statuses(syntax: Syntax) -> Iterator[tuple[ast.Constant, str]]:
    """The numbers of a text that a status code is compared with, and their names."""
    for _, node in syntax.expressions(_WORDS):
        # Whether a status is below 400 is a question of its class, not of one status.
        if not isinstance(node, ast.Compare) or not all(
            isinstance(each, (ast.Eq, ast.NotEq, ast.In, ast.NotIn)) for each in node.ops
        ):
            continue
        sides = [node.left, *node.comparators]
        if not any(map(_is_status, sides)):
            continue
        for side in sides:
            values = side.elts if isinstance(side, (ast.Tuple, ast.List, ast.Set)) else [side]
            for value in values:
                if isinstance(value, ast.Constant) and type(value.value) is int:
                    name = _NAMES.get(value.value)
                    if name:
                        yield value, name


def _is_status(node: ast.expr) -> bool:
    """Whether a name or attribute says that it is an HTTP status."""
    path = dotted(node) if isinstance(node, ast.Name) else ""
    if isinstance(node, ast.Attribute):
        owner = node.value
        of = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
        path = f"{of}.{node.attr}" if node.attr == "status" else node.attr
    return _NAME.fullmatch(path.lower()) is not None
