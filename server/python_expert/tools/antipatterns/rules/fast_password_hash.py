"""PE007: a password that is hashed with a fast hash."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from python_expert.tools.antipatterns.rules.base import AntiPattern
from python_expert.tools.antipatterns.syntax import dotted, names, nodes_of, parts, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.tools.antipatterns.syntax import Syntax

_WORDS: Final = ("passw", "passphrase", "pwd")
_PASSWORD: Final = re.compile(r"(?i)(?:.*_)?(?:password|passwd|passphrase|pwd)")
_FAST: Final = frozenset(
    f"hashlib.{name}"
    for name in (
        *("sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s"),
        *("sha3_224", "sha3_256", "sha3_384", "sha3_512"),
    )
)
"""Fast hashes. MD5 and SHA-1 are not included: ruff reports them for any data (S324)."""

_CHALLENGE: Final = re.compile(r"(?i)(?:.*_)?(?:nonce|challenge|scramble|realm)")
"""Names of values that the other side of a protocol sends, to be hashed with a password."""

_SLOW: Final = re.compile(r"(?i)bcrypt|argon2|scrypt|pbkdf2|hashpw")


def find(syntax: Syntax) -> Iterator[AntiPattern]:
    """Find passwords that are hashed with a fast hash and nothing else."""
    if "hashlib" not in syntax.lowered:
        return
    for statement, node in syntax.expressions(_WORDS):
        if (
            isinstance(node, ast.Call)
            and node.args
            and _has_password(node.args[0])
            and syntax.origin(node.func) in _FAST
            and not _is_hashed_slowly(syntax, statement)
            and not _is_answer(syntax, statement)
        ):
            name = dotted(node.func).rpartition(".")[2]
            yield AntiPattern(
                node,
                f"A password is hashed with {name}; attackers try billions of these a second. "
                f"Use a password hash: argon2, bcrypt, or `hashlib.scrypt`.",
            )


def _has_password(node: ast.expr) -> bool:
    """Return whether a value is a password, possibly encoded or combined with a salt."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return _PASSWORD.fullmatch(name) is not None
        case ast.Call(func=ast.Attribute(value=inner, attr="encode")):
            return _has_password(inner)
        case ast.Call(func=ast.Name(id="bytes" | "str"), args=[inner, *_]):
            return _has_password(inner)
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod(), right=right):
            return _has_password(left) or _has_password(right)
        case ast.JoinedStr(values=values):
            return any(
                isinstance(each, ast.FormattedValue) and _has_password(each.value)
                for each in values
            )
    return False


def _is_hashed_slowly(syntax: Syntax, statement: ast.stmt) -> bool:
    """Return whether a slow hash processes the result, in the same statement or by its name."""
    if _calls_slow(statement, ""):
        return True
    function = syntax.function(statement)
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return function is not None and any(
                _calls_slow(each, name) for each in nodes_of(function.body)
            )
    return False


def _is_answer(syntax: Syntax, statement: ast.stmt) -> bool:
    """Return whether a function computes the answer to a challenge, as prescribed by a protocol.

    Such a function has a value sent by the other side, or combines bytes by XOR; the hash is not
    stored.
    """
    function = syntax.function(statement)
    for node in nodes_of([function] if function else []):
        match node:
            case ast.BitXor():
                return True
            case ast.arg(arg=name) | ast.Name(id=name) | ast.Attribute(attr=name):
                if _CHALLENGE.fullmatch(name):
                    return True
    return False


def _calls_slow(place: ast.AST, name: str) -> bool:
    """Return whether a statement calls a slow hash, with a name as an argument if one is given."""
    return any(
        isinstance(each, ast.Call)
        and _SLOW.search(dotted(each.func))
        and (not name or names(nodes_of([*each.args]), name))
        for part in (parts(place) if isinstance(place, ast.stmt) else ())
        for each in walk(part)
    )
