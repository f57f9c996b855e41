"""The parts of a function's body that have effects outside of it."""

from __future__ import annotations

import ast
import re
from typing import Final, NamedTuple

DEFINES: Final = {
    *("NamedTuple", "namedtuple", "TypedDict", "NewType", "TypeVar", "TypeVarTuple", "ParamSpec"),
    *("TypeAliasType", "Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"),
}
"""Nodes that create definitions which mypy stores outside of the function."""

FAR_REACHING: Final = re.compile(r"#\s*type:\s*(?!ignore)|^# mypy:", re.MULTILINE)
"""Comments with a signature's types, or with options for the whole file."""


class Effects(NamedTuple):
    """The effects of a function's body outside of it.

    Attributes:
        stores: The attributes that it sets.
        reaches: Its imports, and its declarations of names that are not local.
        defines: Whether it contains classes or similar definitions.
        yields: Whether it is a generator.
        trivial: Whether it is empty.
    """

    stores: frozenset[str]
    reaches: frozenset[str]
    defines: bool
    yields: bool
    trivial: bool

    def follows(self, before: Effects) -> bool:
        """Return whether a body with these effects can replace another without a visible change."""
        quiet = not (self.defines or before.defines or self.trivial or before.trivial)
        return (
            quiet
            and self.stores <= before.stores
            and self.reaches == before.reaches
            and self.yields == before.yields
        )


def effects_of(lines: list[str]) -> Effects | None:
    """Return the effects of a function, from its lines; None if they are unknown."""
    source = wrapped(lines)
    text = "\n".join(source)
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if FAR_REACHING.search(text):
        return None
    root = tree.body[0]
    function = root if len(source) == len(lines) else getattr(root, "body", [root])[0]
    nodes = list(ast.walk(function))
    named = {getattr(node, "id", getattr(node, "attr", "")) for node in nodes}
    aliases = getattr(ast, "TypeAlias", ast.ClassDef)
    return Effects(
        frozenset(
            ast.unparse(node)
            for node in nodes
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
        ),
        frozenset(
            ast.unparse(node)
            for node in nodes
            if isinstance(node, ast.Import | ast.ImportFrom | ast.Global | ast.Nonlocal)
        ),
        any(isinstance(node, ast.ClassDef | aliases) for node in nodes) or bool(named & DEFINES),
        any(isinstance(node, ast.Yield | ast.YieldFrom) for node in nodes),
        all(
            isinstance(node, ast.Pass | ast.Raise)
            or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            for node in getattr(function, "body", [])
        ),
    )


def wrapped(lines: list[str]) -> list[str]:
    """Return a function's lines in a form that can be parsed separately."""
    indented = lines[0][:1].isspace()
    return ["class _:", *lines] if indented else lines
