"""The results of a module's last check."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final

from mypy.messages import COMMON_MISTAKES
from mypy.nodes import (
    CallExpr,
    Decorator,
    FuncDef,
    IndexExpr,
    OverloadedFuncDef,
    RefExpr,
    TypeInfo,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mypy.build import State
    from mypy.errors import ErrorInfo
    from mypy.nodes import Expression, MypyFile
    from mypy.plugin import Plugin

ATTRIBUTE: Final = re.compile(r"(?!__)([^\W\d]\w*)\s*(:[^=]*)?(=[^=].*)?(?<![,(\[{\\])")
"""A line that only defines an attribute of a class."""

POSITIONS: Final = re.compile(r"__match_args__\b")
"""A line that makes patterns use attributes without naming them."""

SIMILAR: Final = 0.75
"""The minimum similarity of a name, as `difflib` computes it, for mypy to suggest it."""

Ignored = dict[int, list[str]]
"""The codes that `type: ignore` comments suppressed, by 1-based line."""


@dataclass
class Body:
    """A function's body as of its last check.

    Attributes:
        text: The function's lines.
        first: The 1-based number of its first line.
        infos: The findings in it.
        ignored: The suppressed findings in it.
        moves: Whether the findings stay valid when the function moves as a whole.
        missing: The attributes that are missing by findings on its lines; None if any of these
            depends on more than what mypy's dependencies follow.
    """

    text: str
    first: int
    infos: list[ErrorInfo] = field(default_factory=list)
    ignored: Ignored = field(default_factory=dict)
    moves: bool = True
    missing: frozenset[str] | None = frozenset()

    def depends_on(self, names: Iterable[str], gone: Iterable[str] = ()) -> bool:
        """Return whether other definitions may change a finding that does not depend on them.

        mypy suggests the most similar names in place of a missing attribute.

        Args:
            names: The names whose definitions have changed.
            gone: The names among them that no longer exist in a class or module.
        """
        if self.missing is None:
            return True
        return any(
            any(_is_suggested(each, name) for name in names)
            or any(_is_compared(each, name) for name in gone)
            for each in self.missing
        )

    def move(self, first: int) -> None:
        """Move the function to another line."""
        by = first - self.first
        if by:
            self.first = first
            self.ignored = {line + by: codes for line, codes in self.ignored.items()}
            for info in self.infos:
                move(info, by)


def _is_suggested(missing: str, name: str) -> bool:
    """Return whether mypy may suggest a name in place of a missing attribute."""
    if name in COMMON_MISTAKES.get(missing, ()):
        return True
    return _is_compared(missing, name) and SequenceMatcher(None, missing, name).ratio() > SIMILAR


def _is_compared(missing: str, name: str) -> bool:
    """Return whether mypy compares a name to a missing attribute, by its length.

    mypy compares fewer names if there are many, so the removal of a name may change the suggestion.
    """
    return 2 * min(len(missing), len(name)) > SIMILAR * (len(missing) + len(name))


def move(info: ErrorInfo, by: int) -> None:
    """Move an error by some lines."""
    info.line += by
    info.end_line += by
    info.origin_span = [line + by for line in info.origin_span]


@dataclass
class Function:
    """A function or method of a module's tree, with all its overloads.

    Attributes:
        name: Its full name.
        node: mypy's node.
        owner: The class of a method.
        first: The 1-based number of its first line, decorators included.
        last: The number of its last line.
        text: Its lines.
    """

    name: str
    node: Any
    owner: TypeInfo | None
    first: int
    last: int
    text: str


@dataclass
class Memory:
    """The results of a module's last check.

    Attributes:
        state: mypy's state after it; any other check of the module replaces it.
        setting: The options and flags that all findings depend on.
        lines: The text's lines.
        functions: Its functions, except those that mypy treats as part of the top level.
        bodies: Their bodies by full name; empty if names are ambiguous.
        classes: The lines of its classes, without those of functions, by full name.
        infos: All findings except unused `type: ignore` comments.
        ignored: All suppressed findings.
        whole: Whether the whole module was analyzed, rather than one function.
        used: The names that are used outside of its functions, once they were needed.
    """

    state: State | None = None
    setting: object = None
    lines: list[str] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    bodies: dict[str, Body] = field(default_factory=dict)
    classes: dict[str, list[str]] = field(default_factory=dict)
    infos: list[ErrorInfo] = field(default_factory=list)
    ignored: Ignored = field(default_factory=dict)
    whole: bool = True
    used: set[str] | None = None


def functions_of(tree: MypyFile, lines: list[str]) -> Iterator[Function]:
    """Yield the functions of a tree that mypy does not treat as part of the top level."""
    for name, symbol, owner in tree.local_definitions(impl_only=True):
        first, last = span(symbol.node)
        yield Function(name, symbol.node, owner, first, last, "\n".join(lines[first - 1 : last]))


def classes_of(tree: MypyFile, lines: list[str]) -> dict[str, list[str]]:
    """Return the lines of a tree's classes without functions, blank lines and comments."""
    definitions = list(tree.local_definitions())
    inner: set[int] = set()
    for _, symbol, _ in definitions:
        if isinstance(symbol.node, FuncDef | OverloadedFuncDef | Decorator):
            first, last = span(symbol.node)
            inner.update(range(first, last + 1))
    classes = {}
    for name, symbol, _ in definitions:
        if isinstance(symbol.node, TypeInfo):
            defn = symbol.node.defn
            first = min([defn.line, *(each.line for each in defn.decorators if each.line > 0)])
            own = [n for n in range(first, (defn.end_line or defn.line) + 1) if n not in inner]
            stripped = [lines[n - 1].strip() for n in own if n <= len(lines)]
            classes[name] = [line for line in stripped if line and not line.startswith("#")]
    return classes


def changed_attributes(
    info: object, before: list[str], after: list[str], plugin: Plugin
) -> set[str] | None:
    """Return the names of the attributes whose lines in a class have changed.

    Args:
        info: The class after the change.
        before: Its lines.
        after: Its lines after the change.
        plugin: mypy's plugins.

    Returns:
        None if anything else has changed too, or if the class is more than its attributes.
    """
    if (
        not isinstance(info, TypeInfo)
        or info.is_enum
        or info.is_protocol
        or info.metadata
        or any(_is_of_plugin(each, plugin) for each in info.defn.decorators)
        or info.tuple_type
        or info.typeddict_type
        or any(map(POSITIONS.match, before + after))
    ):
        return None
    lines = [*(Counter(before) - Counter(after)), *(Counter(after) - Counter(before))]
    found = [ATTRIBUTE.fullmatch(line) for line in lines]
    return {each[1] for each in found if each} if all(found) else None


def _is_of_plugin(decorator: Expression, plugin: Plugin) -> bool:
    """Return whether a plugin changes the classes with a decorator; mypy itself does not."""
    if isinstance(decorator, CallExpr):
        return _is_of_plugin(decorator.callee, plugin)
    if isinstance(decorator, IndexExpr):
        return _is_of_plugin(decorator.base, plugin)
    if not isinstance(decorator, RefExpr):
        return False
    name = decorator.fullname
    return bool(plugin.get_class_decorator_hook(name) or plugin.get_class_decorator_hook_2(name))


def span(node: Any) -> tuple[int, int]:  # noqa: ANN401 - mypy's types are not for us to name
    """Return the first and the last line of a function, decorators and overloads included."""
    if isinstance(node, OverloadedFuncDef):
        parts = [*node.items, node.impl] if node.impl else node.items
        spans = [span(part) for part in parts]
        return min(first for first, _ in spans), max(last for _, last in spans)
    if isinstance(node, Decorator):
        starts = [decorator.line for decorator in node.decorators if decorator.line > 0]
        return min([*starts, node.func.line]), node.func.end_line or node.func.line
    return node.line, node.end_line or node.line
