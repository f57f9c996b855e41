"""Which parts of a function's body can be noticed outside of it."""

from __future__ import annotations

import ast
import re
from typing import Final, NamedTuple

DEFINES: Final = {
    *("NamedTuple", "namedtuple", "TypedDict", "NewType", "TypeVar", "TypeVarTuple", "ParamSpec"),
    *("TypeAliasType", "Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"),
}
"""What makes definitions that mypy keeps outside of the function."""

FAR_REACHING: Final = re.compile(r"#\s*type:\s*(?!ignore)|^# mypy:", re.MULTILINE)
"""Comments with a signature's types, or with options for the whole file."""


class Effects(NamedTuple):
    """What of a function's body can be noticed outside of it.

    Attributes:
        stores: The attributes that are set.
        reaches: Imports, and declarations of names that are not local.
        defines: Whether there are classes or the like in it.
        yields: Whether it is a generator.
        trivial: Whether it does nothing.
    """

    stores: frozenset[str]
    reaches: frozenset[str]
    defines: bool
    yields: bool
    trivial: bool

    def follows(self, before: Effects) -> bool:
        """Whether a body with these traits can take another's place unnoticed."""
        quiet = not (self.defines or before.defines or self.trivial or before.trivial)
        return (
            quiet
            and self.stores <= before.stores
            and self.reaches == before.reaches
            and self.yields == before.yields
        )


def effects_of(lines: list[str]) -> Effects | None:
    """What of a function can be noticed outside of it, by its lines; None where that is open."""
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
    """A function's lines, as they can be parsed alone."""
    indented = lines[0][:1].isspace()
    return ["class _:", *lines] if indented else lines
