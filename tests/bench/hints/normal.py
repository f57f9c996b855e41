"""Normalise types, so that equal types have one spelling."""

from __future__ import annotations

import ast

_ALIASES = {
    "List": "list",
    "Dict": "dict",
    "Set": "set",
    "FrozenSet": "frozenset",
    "Tuple": "tuple",
    "Type": "type",
    "Text": "str",
    "Deque": "deque",
    "DefaultDict": "defaultdict",
    "AbstractSet": "Set",
    "ContextManager": "AbstractContextManager",
    "AsyncContextManager": "AbstractAsyncContextManager",
}


def normal(hint: ast.expr | str) -> str:  # noqa: PLR0911 - one answer for each form
    """Return a type without quotes, modules and typing's old aliases, and with sorted unions."""
    if isinstance(hint, str):
        try:
            hint = ast.parse(hint.strip(), mode="eval").body
        except (SyntaxError, ValueError):
            return "?"
    match hint:
        case ast.Constant(value=str() as text):
            return normal(text)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return _ALIASES.get(name, name)
        case ast.BinOp(left=left, right=right):
            return _union([normal(left), normal(right)])
        case ast.Subscript(value=value, slice=inner):
            return _subscript(normal(value), inner)
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return "[" + ", ".join(normal(each) for each in elements) + "]"
        case _:
            return ast.unparse(hint)


def _subscript(name: str, inner: ast.expr) -> str:
    if name == "Literal":
        return f"Literal[{ast.unparse(inner)}]"
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    arguments = [normal(part) for part in parts]
    while name in {"Generator", "AsyncGenerator"} and arguments[1:] and arguments[-1] == "None":
        arguments.pop()  # the default since Python 3.13
    if name == "Optional":
        return _union([*arguments, "None"])
    if name == "Union":
        return _union(arguments)
    return f"{name}[{', '.join(arguments)}]"


def _union(parts: list[str]) -> str:
    flat = {each for part in parts for each in _split(part)}
    return " | ".join(sorted(flat))


def _split(union: str) -> list[str]:
    """Return the members of a normalised union, without splitting at bars in brackets."""
    members, depth, start = [], 0, 0
    for index, character in enumerate(union):
        depth += (character in "[(") - (character in "])")
        if character == "|" and not depth:
            members.append(union[start:index].strip())
            start = index + 1
    return [*members, union[start:].strip()]
