"""Describes a name in an open file: its type, and the first paragraph of its docstring."""

from __future__ import annotations

import contextlib
import keyword
import re
import traceback
from typing import TYPE_CHECKING, Final, NamedTuple

from mypy.messages import format_type_bare, pretty_callable
from mypy.nodes import (
    Decorator,
    FuncDef,
    ImportBase,
    MemberExpr,
    MypyFile,
    NameExpr,
    OverloadedFuncDef,
    SymbolNode,
    TypeInfo,
    Var,
)
from mypy.types import AnyType, CallableType, Overloaded, TypeOfAny, get_proper_type

from .docstrings import Docstrings
from .found import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy.build import State
    from mypy.nodes import Node
    from mypy.options import Options
    from mypy.types import Type

    from python_expert.processes.wire import Json

    from .checker import Checker

NAME: Final = re.compile(r"[^\W\d]\w*")

PARAMETERS: Final = re.compile(r"^def (\[.+?\]) (\w+)\(")

MOST_SIGNATURES: Final = 5
"""The maximum number of signatures of an overloaded function that are shown."""


class Known(NamedTuple):
    """The known properties of a name at a place.

    Attributes:
        node: The definition, if it is known.
        type: The type at this place, if there is one.
    """

    node: SymbolNode | None
    type: Type | None


class Naming:
    """Describes names.

    The types of a module's names are kept until any open file changes, because a pointer that moves
    over a text causes many requests.

    Args:
        checker: The checker.
    """

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._docstrings = Docstrings(checker.program)
        self._key: object = None
        self._names: dict[tuple[int, int], Known] = {}

    def name(self, path: str, line: int, column: int) -> Json:
        """Describe the name at a place.

        Args:
            path: The file, which is open.
            line: The 0-based line.
            column: The 0-based column in code points.

        Returns:
            Its declaration and docstring, which may be empty; an empty object if its type is
            unknown.
        """
        checker, inner = self._checker, self._checker.buffers.inner(path)
        checker.bring_up_to_date()
        buffer = checker.buffers.open.get(inner)
        word = _word(buffer.text, line, column) if buffer else None
        state = self._state(inner) if word else None
        if state is None or word is None:
            return {}
        try:
            return self._told(word[0], self._names.get((line + 1, word.end())), state.options)
        except Exception:  # noqa: BLE001 - an error in a hover must not end a worker with findings
            traceback.print_exc()
            return {}

    def _told(self, name: str, known: Known | None, options: Options) -> Json:
        declaration = _declaration(name, known, options) if known else ""
        if known is None or not declaration:
            return {}
        return {"declaration": declaration, "doc": self._docstrings.find(_fullname(known))}

    def _state(self, path: str) -> State | None:
        """Return the module of a file for `_names`; None if mypy cannot check it as needed."""
        checker, buffers = self._checker, self._checker.buffers
        module = buffers.module_of(path)
        if not module or not checker.program.live or checker.variant != "d2":
            return None
        state = checker.program.fg.graph.get(module)
        key = (path, state, [(each.path, each.version) for each in buffers.open.values()])
        if state is None or key == self._key:
            return state
        self._key, self._names = None, {}
        checker.settle()
        checker.quick.forget(module)  # types of unchanged functions are not kept
        checked = checker.dependents.check(path, module)
        state = checker.quick.fresh(module) if checked else None
        if state is None or state.tree is None:
            return None
        with contextlib.suppress(Exception):  # as in `name`
            self._names = dict(_names(state, lines_of(buffers.open[path].text)))
        self._key = (path, state, key[2])
        return state


def _word(text: str, line: int, column: int) -> re.Match[str] | None:
    """Return the name at a place if all text before it is ASCII: mypy counts other column units."""
    lines = lines_of(text)
    shown = lines[line] if line < len(lines) else ""
    for match in NAME.finditer(shown):
        if match.start() <= column <= match.end():
            known = shown[: match.end()].isascii() and not keyword.iskeyword(match[0])
            return match if known else None
    return None


def _names(state: State, lines: list[str]) -> Iterator[tuple[tuple[int, int], Known]]:
    """Yield the names of a module that was just checked, by 1-based line and end column."""
    tree = state.tree
    assert tree is not None  # noqa: S101  # nosec B101 - it was checked
    for statement in tree.imports:
        yield from _imported(statement, tree, lines)
    for _, symbol, _ in tree.local_definitions():
        node = symbol.node
        function = node.func if isinstance(node, Decorator) else node
        if isinstance(node, TypeInfo):
            yield from _named(node.defn, node.name, Known(node, None), lines)
        if isinstance(function, FuncDef):
            yield from _named(function, function.name, Known(function, function.type), lines)
            for each in function.arguments:
                variable = each.variable
                yield from _named(each, variable.name, Known(variable, variable.type), lines)
    for used, type_ in state.type_map().items():
        if isinstance(used, NameExpr):
            yield (used.line, used.column + len(used.name)), Known(used.node, type_)
        elif isinstance(used, MemberExpr) and used.end_line and used.end_column:
            yield (used.end_line, used.end_column), Known(used.node, type_)


def _named(
    node: Node, name: str, known: Known, lines: list[str]
) -> Iterator[tuple[tuple[int, int], Known]]:
    """Yield the place of the name in a definition: mypy only knows where the definition begins."""
    shown = lines[node.line - 1] if 0 < node.line <= len(lines) else ""
    if match := re.compile(rf"\b{re.escape(name)}\b").search(shown, max(node.column, 0)):
        yield (node.line, match.end()), known


def _imported(
    statement: ImportBase, tree: MypyFile, lines: list[str]
) -> Iterator[tuple[tuple[int, int], Known]]:
    """Yield the names that an import binds."""
    for number in range(statement.line, (statement.end_line or statement.line) + 1):
        for match in NAME.finditer(lines[number - 1] if number <= len(lines) else ""):
            symbol = tree.names.get(match[0])
            if symbol and symbol.node:
                type_ = symbol.node.type if isinstance(symbol.node, Var | FuncDef) else None
                yield (number, match.end()), Known(symbol.node, type_)


def _declaration(name: str, known: Known, options: Options) -> str:
    """Return a name's declaration in Python syntax; empty if its type is unknown."""
    node, type_ = known.node, get_proper_type(known.type)
    if isinstance(node, MypyFile):
        return f"module {node.fullname}"
    if isinstance(node, TypeInfo):
        return f"class {node.name if node.module_name == 'builtins' else node.fullname}"
    if type_ is None and isinstance(node, Decorator | OverloadedFuncDef):
        type_ = get_proper_type(node.type)
    if type_ is None or (
        isinstance(type_, AnyType) and type_.type_of_any is not TypeOfAny.explicit
    ):
        return ""
    if isinstance(type_, Overloaded):
        shown = [_signature(each, options) for each in type_.items[:MOST_SIGNATURES]]
        more = len(type_.items) - len(shown)
        return "\n".join([*shown, *([f"# and {more} more"] if more else [])])
    if isinstance(type_, CallableType) and type_.definition and not type_.is_type_obj():
        return "" if type_.implicit else _signature(type_, options)
    return f"{name}: {format_type_bare(type_, options)}"


def _signature(type_: CallableType, options: Options) -> str:
    """Return a function's signature in Python syntax; mypy writes type parameters first."""
    return PARAMETERS.sub(r"def \2\1(", pretty_callable(type_, options))


def _fullname(known: Known) -> str:
    """Return the full name of the definition that a name refers to, or an empty string."""
    type_ = get_proper_type(known.type)
    if isinstance(type_, Overloaded):
        type_ = type_.items[0]
    definition = type_.definition if isinstance(type_, CallableType) else None
    node = known.node if known.node and not isinstance(known.node, Var) else definition
    return node.fullname if node else ""
