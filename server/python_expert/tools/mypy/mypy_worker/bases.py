"""The methods of a module that no base class from another module has."""

from __future__ import annotations

import ast
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mypy.nodes import ClassDef, IndexExpr, RefExpr, TypeAlias, TypeInfo
from mypy.types import Instance, get_proper_type

from .flow import functions, statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy.build import State
    from mypy.nodes import Expression, Statement

    from python_expert.processes.wire import Json

_METACLASSES: Final = {None, "builtins.type", "abc.ABCMeta", "enum.EnumMeta", "enum.EnumType"}
_BY_NAME: Final = {
    *("getattr", "__getattribute__", "getmembers", "methodcaller", "attrgetter"),
    *("vars", "dir", "eval", "exec"),
}
"""Names through which methods can be looked up by name, as functions and as methods of modules."""


def foreign_bases(state: State, text: str) -> list[Json]:
    """Return the base classes of a module's classes that are defined in other modules.

    Args:
        state: The module, just checked.
        text: Its text. Lines with characters that are not ASCII are omitted, as for calls.

    Returns:
        For each base class that is known with all of its bases, {range, free, unread}: the 0-based
        range where the class statement names it; the names of this module's functions that it does
        not have and that the source of its module does not mention; and the full names of its bases
        that have no source.
    """
    assert state.tree is not None  # noqa: S101  # nosec B101 - it was checked
    own = {each.name for each in functions(state.tree.defs)}
    lines, sources, found = text.split("\n"), _Sources(state), []
    for node in _classes(state.tree.defs):
        for base in node.base_type_exprs:
            info, last = _class_of(base), base.end_line or base.line
            told = sources.told(info, own) if info else None
            if told and "".join(lines[base.line - 1 : last]).isascii():
                place = [[base.line - 1, base.column], [last - 1, base.end_column]]
                found.append({"range": place, **told})
    return found


def _classes(body: Sequence[Statement]) -> Iterator[ClassDef]:
    """Yield all classes of a body, including those in functions and classes."""
    bodies = [body, *(each.body.body for each in functions(body))]
    waiting = [each for one in bodies for each in statements(one) if isinstance(each, ClassDef)]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += [each for each in statements(found.defs.body) if isinstance(each, ClassDef)]


def _class_of(node: Expression) -> TypeInfo | None:
    """Return the class that an expression in a class statement names."""
    plain = node.base if isinstance(node, IndexExpr) else node
    named = plain.node if isinstance(plain, RefExpr) else None
    if isinstance(named, TypeAlias):
        target = get_proper_type(named.target)
        return target.type if isinstance(target, Instance) else None
    return named if isinstance(named, TypeInfo) else None


class _Sources:
    """Reads the modules that define base classes, each once."""

    def __init__(self, state: State) -> None:
        self._module, self._manager = state.id, state.manager
        self._read: dict[str, _Source | None] = {}

    def told(self, info: TypeInfo, own: set[str]) -> Json | None:
        """Return the names that a class and its bases do not have or mention; None if unknown."""
        metaclass = info.metaclass_type
        if (
            any(each.fallback_to_any or each.module_name == self._module for each in info.mro)
            or (metaclass and metaclass.type.fullname) not in _METACLASSES
        ):
            return None
        free, unread = own.difference(*(each.names for each in info.mro)), []
        for each in info.mro:
            module = self._source(each.module_name)
            if module is None:
                unread.append(each.fullname)
            elif module.looks_up:
                return None
            else:
                free -= module.words
        return {"free": sorted(free), "unread": unread}

    def _source(self, name: str) -> _Source | None:
        if name not in self._read:
            tree = self._manager.modules.get(name)
            path = tree.path.removesuffix("i") if tree else ""
            laid_over: dict[str, bytes] = getattr(self._manager.fscache, "texts", {})
            try:
                text = laid_over.get(path) or Path(path).read_bytes()
                self._read[name] = _Source(text)
            except (OSError, SyntaxError, ValueError, RecursionError):
                self._read[name] = None
        return self._read[name]


class _Source:
    """The source of a module.

    Attributes:
        words: All words in it that could be names, also in strings and comments.
    """

    def __init__(self, text: bytes) -> None:
        self._tree = ast.parse(text)
        self.words = set(re.findall(r"\w+", text.decode("utf-8", "replace")))

    @cached_property
    def looks_up(self) -> bool:
        """Whether it may look up methods by names that it does not mention."""
        nodes = list(ast.walk(self._tree))
        harmless = {
            id(each.func)
            for each in nodes
            if isinstance(each, ast.Call) and _is_harmless(getattr(each.func, "id", ""), each.args)
        }
        return any(_looks_up(each) for each in nodes if id(each) not in harmless)


def _is_harmless(name: str, given: Sequence[ast.expr]) -> bool:
    """Return whether a call only looks up a name that it contains, or attributes of ``self``."""
    if name == "getattr":
        return all(isinstance(each, ast.Constant) for each in given[1:2])
    return name == "vars" and bool(given) and _is_self(given[0])


def _looks_up(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in _BY_NAME or (node.attr == "__dict__" and not _is_self(node.value))
    return isinstance(node, ast.Name) and node.id in _BY_NAME


def _is_self(node: ast.expr) -> bool:
    """Return whether an expression is ``self``, whose own attributes are not methods."""
    return isinstance(node, ast.Name) and node.id == "self"
