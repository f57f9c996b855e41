"""PE006: a JSON web token whose signature is not verified."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from python_expert.tools.antipatterns.rules.base import AntiPattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.tools.antipatterns.syntax import Syntax

_DECODERS: Final = ("jwt.decode", "jwt.decode_complete", "jose.jwt.decode")
_UNVERIFIED: Final = "get_unverified_claims"
"""A function of python-jose. Reading unverified headers, to choose a key, is not reported."""

_OPTION: Final = "verify_signature"


def find(syntax: Syntax) -> Iterator[AntiPattern]:
    """Find calls that decode a token without a check of its signature."""
    if "jwt" not in syntax.lowered:
        return
    for _, node in syntax.expressions(("decode", _UNVERIFIED)):
        if isinstance(node, ast.Call):
            origin = syntax.origin(node.func)
            if origin == f"jose.jwt.{_UNVERIFIED}" or (
                origin in _DECODERS and _is_unverified(node)
            ):
                yield AntiPattern(
                    node,
                    "The token's signature is not verified, so anyone can forge a token. "
                    "Call `decode` with the key and `algorithms=[...]`, which verifies it.",
                )


def _is_unverified(call: ast.Call) -> bool:
    given = {each.arg: each.value for each in call.keywords}
    return (
        ("verify" in given and _is_false(given["verify"]))
        or ("options" in given and _turns_off(given["options"]))
        or ("algorithms" in given and _takes_none(given["algorithms"]))
    )


def _takes_none(algorithms: ast.expr) -> bool:
    return isinstance(algorithms, (ast.List, ast.Tuple)) and any(
        isinstance(each, ast.Constant) and each.value == "none" for each in algorithms.elts
    )


def _turns_off(options: ast.expr) -> bool:
    match options:
        case ast.Dict(keys=keys, values=values):
            return any(
                isinstance(key, ast.Constant) and key.value == _OPTION and _is_false(value)
                for key, value in zip(keys, values, strict=True)
            )
        case ast.Call(func=ast.Name(id="dict"), keywords=keywords):
            return any(each.arg == _OPTION and _is_false(each.value) for each in keywords)
    return False


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False
