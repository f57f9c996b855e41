"""PE008: a comparison of secrets whose duration depends on the number of equal characters."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from python_expert.tools.antipatterns.rules.base import AntiPattern
from python_expert.tools.antipatterns.syntax import dotted, nodes_of, parts, values, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.tools.antipatterns.syntax import Syntax

_NAMED: Final = ("api_key", "apikey", "secret", "token")
_COMPARED: Final = re.compile(r"[=!]=")

LONGEST: Final = 40
"""The maximum number of characters of an expression that a message quotes."""

_SECRET: Final = re.compile(
    r"(?i)(?:.*_)?(?:api_?key|secret(?:_key)?|(?:access|api|auth|bearer|csrf|session)_?token)"
)
_SENT: Final = frozenset(
    ("headers", "cookies", "query_params", "form", "args", "GET", "POST", "META")
)
"""The attributes of a request that contain data from its sender."""


def find(syntax: Syntax) -> Iterator[AntiPattern]:
    """Find secrets that are compared with ``==`` to received data."""
    for statement, node in dict.fromkeys(_candidates(syntax)):
        match node:
            case ast.Compare(ops=[ast.Eq() | ast.NotEq()]) if not isinstance(statement, ast.Assert):
                yield from _found(syntax, statement, node)


def _candidates(syntax: Syntax) -> Iterator[tuple[ast.stmt, ast.expr]]:
    """Yield expressions that name a secret, and those in functions that compute a MAC."""
    for statement, node in syntax.expressions(_NAMED, _COMPARED):
        if isinstance(node, ast.Compare):
            sides = (node.left, *node.comparators)
            if any(_SECRET.fullmatch(_name(each)) for each in sides):
                yield statement, node
    if "hmac" not in syntax.lowered:
        return
    makers = {
        syntax.function(statement)
        for statement, node in syntax.expressions(("digest",))
        if _is_mac(syntax, node)
    }
    for statement in syntax.statements if makers else ():
        if syntax.function(statement) in makers:
            for part in parts(statement):
                yield from ((statement, each) for each in walk(part) if isinstance(each, ast.expr))


def _found(syntax: Syntax, statement: ast.stmt, node: ast.Compare) -> Iterator[AntiPattern]:
    left, right = node.left, node.comparators[0]
    if _is_secret(syntax, statement, left, right):
        yield AntiPattern(node, _message(left, right))


def _message(left: ast.expr, right: ast.expr) -> str:
    one, other = (ast.unparse(each) for each in (left, right))
    if max(len(one), len(other)) > LONGEST:
        one, other = "a", "b"
    return (
        "The comparison ends at the first character that differs, so its duration reveals how much "
        f"of the secret matches. Use `hmac.compare_digest({one}, {other})` on bytes: it raises "
        "TypeError for None and for text that is not ASCII."
    )


def _is_secret(syntax: Syntax, statement: ast.stmt, left: ast.expr, right: ast.expr) -> bool:
    for one, other in ((left, right), (right, left)):
        if isinstance(other, ast.Constant):
            continue
        value, sent = _value(syntax, statement, one), _value(syntax, statement, other)
        if _is_mac(syntax, value):
            return True
        if _SECRET.fullmatch(_name(one)) and _is_sent(sent):
            return True
    return False


def _value(syntax: Syntax, statement: ast.stmt, node: ast.expr) -> ast.expr:
    """Return the value of a local variable that is bound once; for other nodes, the node itself."""
    function = syntax.function(statement)
    if isinstance(node, ast.Name) and function is not None:
        bound = values(nodes_of(function.body), node.id)
        if bound is not None and len(bound) == 1:
            return bound[0]
    return node


def _is_mac(syntax: Syntax, node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Call(func=made), attr="hexdigest" | "digest")):
            return syntax.origin(made) == "hmac.new"
        case ast.Call(func=function):
            return syntax.origin(function) == "hmac.digest"
    return False


def _is_sent(node: ast.expr) -> bool:
    match node:
        case ast.Subscript(value=holder):
            pass
        case ast.Call(func=ast.Attribute(value=holder, attr="get")):
            pass
        case _:
            return False
    return dotted(holder).rpartition(".")[2] in _SENT and "." in dotted(holder)


def _name(node: ast.expr) -> str:
    return dotted(node).rpartition(".")[2]
