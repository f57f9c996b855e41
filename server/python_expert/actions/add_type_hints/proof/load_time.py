"""Determines what modules of a package run while they are imported, by the names they mention."""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.nodes import (
    FORS,
    arguments,
    children,
    is_special,
    is_string,
    last_name,
    origin,
    root,
)
from python_expert.analysis.scopes import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from python_expert.analysis.scopes import Function

_BY_NAME = frozenset(
    [
        *("getattr", "eval", "exec", "globals", "locals", "vars", "__import__", "import_module"),
        *("__dict__", "__globals__", "__subclasses__", "__getattribute__", "modules"),
        *("get_objects", "attrgetter", "methodcaller", "getmembers", "getattr_static"),
        *("resolve_name", "loads", "run_module", "run_path", "load_module", "exec_module"),
        *("entry_points",),
    ]
)
"""Names that give access to functions and modules which the code does not mention."""

_OF_CLASSES = frozenset({"__init_subclass__", "__class_getitem__", "__set_name__"})
"""Special methods that run without an instance."""

_PLAIN_BASES = frozenset({"Generic", "Protocol", "ABC"})
"""Classes of the library that create no instances and call only special methods."""

_WORD = re.compile(r"\w+")

_TYPE_VARIABLES = frozenset({"TypeVar", "ParamSpec", "TypeVarTuple"})
"""Calls whose arguments are neither evaluated nor called."""

_PLAIN_DECORATORS = frozenset({"classmethod", "staticmethod", "property"})
_OF_PROPERTIES = frozenset({"getter", "setter", "deleter"})


class LoadPart(NamedTuple):
    """A module without its functions, or a function without its inner functions.

    Attributes:
        nodes: The nodes that the part runs.
        trigger: The name that running code must mention to run this part; empty if it always runs.
        mentions: The names that the part mentions.
        is_clear: Whether the part reaches code of the package only through these names.
    """

    nodes: tuple[ast.AST, ...]
    trigger: str
    mentions: frozenset[str]
    is_clear: bool


class LoadTime:
    """Splits a module into parts by the conditions under which they run.

    Code of other packages may call everything that is passed to it. The standard library calls only
    functions that are passed by name, and special methods.

    Args:
        tree: The module.
        unseen: The module's blocks that only type checkers see.
        package: The package that the module belongs to.

    Attributes:
        parts: The parts.
    """

    def __init__(self, tree: ast.Module, unseen: frozenset[ast.AST], package: str) -> None:
        self._unseen = unseen
        self._third_party: set[str] = set()
        self._library: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._sort(node, package)
        self.parts = [*self._split(tree, "")]

    def _sort(self, node: ast.Import | ast.ImportFrom, package: str) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            top = origin(node, name).partition(".")[0]  # empty for a relative import
            if top not in {"", package}:
                kind = self._library if top in sys.stdlib_module_names else self._third_party
                kind.add(name)

    def _split(self, owner: ast.Module | Function, trigger: str) -> Iterator[LoadPart]:
        nodes = tuple(self._run(owner))
        triggers: dict[ast.AST, str] = {}
        for node in nodes:
            if isinstance(node, ast.ClassDef):
                yield self._instances(node)
                triggers.update(self._methods(node))
        clear = self._is_clear(nodes) and not (not trigger and _calls_its_own(owner, nodes))
        yield LoadPart(nodes, trigger, frozenset(self._mentions(nodes)), clear)
        for node in nodes:
            if isinstance(node, FUNCTIONS):
                of_module = isinstance(owner, ast.Module) and node not in triggers
                own = "" if of_module and is_special(node.name) else triggers.get(node, node.name)
                kept = all(self._is_kept_by(each) for each in node.decorator_list)
                yield from self._split(node, own if kept else "")

    def _run(self, owner: ast.Module | Function) -> Iterator[ast.AST]:
        rest: list[ast.AST] = [*owner.body]
        while rest:
            node = rest.pop()
            yield node
            if isinstance(node, FUNCTIONS):
                rest += [*node.decorator_list, *node.args.defaults]
                rest += [each for each in node.args.kw_defaults if each]
                rest += _calls([*arguments(node), *([node.returns] if node.returns else [])])
            elif isinstance(node, ast.ClassDef):
                rest += [*node.decorator_list, *node.body, *_calls(node.bases)]
                rest += [each.value for each in node.keywords]
            elif isinstance(node, ast.Call) and last_name(node.func) in _TYPE_VARIABLES:
                rest.append(node.func)
            elif isinstance(node, ast.If) and node in self._unseen:
                rest += node.orelse
            elif not (isinstance(node, ast.stmt) and is_string(node)):
                hint = getattr(node, "annotation", None)
                rest += [each for each in children(node) if each is not hint]
                rest += _calls([hint]) if hint else []

    def _instances(self, node: ast.ClassDef) -> LoadPart:
        """Return the part for the mention of a class.

        Instances may then exist, with the methods of the class's bases.
        """
        names = frozenset({node.name, *map(last_name, node.bases)})
        kept = all(self._is_kept_by(each) for each in node.decorator_list)
        made = not kept or self._has_library_base(node)
        return LoadPart((), "" if made else node.name, names, is_clear=True)

    def _methods(self, owner: ast.ClassDef) -> Iterator[tuple[ast.AST, str]]:
        """Yield the triggers of a class's methods that run without being mentioned by name."""
        is_metaclass = "type" in map(last_name, owner.bases)
        for node in ast.walk(owner):
            if isinstance(node, FUNCTIONS):
                if is_special(node.name):
                    yield node, "" if is_metaclass or node.name in _OF_CLASSES else owner.name
                elif self._has_library_base(owner):
                    yield node, ""

    def _has_library_base(self, node: ast.ClassDef) -> bool:
        return any(
            _root(each) in self._library and last_name(each) not in _PLAIN_BASES
            for each in node.bases
        )

    def _is_kept_by(self, decorator: ast.expr) -> bool:
        """Return whether a decorator does not call the decorated object, as the library's do."""
        plain = _PLAIN_DECORATORS if isinstance(decorator, ast.Name) else _OF_PROPERTIES
        return _root(decorator) in self._library or last_name(decorator) in plain

    def _mentions(self, nodes: tuple[ast.AST, ...]) -> Iterator[str]:
        for node in nodes:
            if isinstance(node, ast.Name | ast.Attribute):
                yield last_name(node)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from _WORD.findall(node.value)
            elif isinstance(node, ast.alias) and node.asname:
                yield node.name.rpartition(".")[2]

    def _is_clear(self, nodes: tuple[ast.AST, ...]) -> bool:
        looked_up = {id(each) for node in nodes for each in _looked_up(node, nodes)}
        for node in nodes:
            if isinstance(node, ast.Name | ast.Attribute):
                if last_name(node) in _BY_NAME and id(node) not in looked_up:
                    return False
                if isinstance(node, ast.Name) and node.id in self._third_party:
                    return False
            bases = node.bases if isinstance(node, ast.ClassDef) else []
            if any(_root(each) in self._third_party for each in bases):
                return False
        return True


def _calls(nodes: Iterable[ast.AST]) -> list[ast.AST]:
    """Return the calls in annotations and bases; only these run code."""
    return [each for node in nodes for each in ast.walk(node) if isinstance(each, ast.Call)]


def _root(node: ast.AST) -> str:
    """Return the first name of an expression of names, calls and subscripts, or empty."""
    return getattr(root(node), "id", "")


def _calls_its_own(owner: ast.Module | Function, nodes: tuple[ast.AST, ...]) -> bool:
    """Return whether a function calls one of its parameters or local variables."""
    if isinstance(owner, ast.Module):
        return False
    names = {each.arg for each in arguments(owner)}
    names |= {
        each.id for each in nodes if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
        for node in nodes
    )


def _looked_up(node: ast.AST, nodes: tuple[ast.AST, ...]) -> Iterator[ast.AST]:
    """Yield the name ``getattr`` in a call that looks up only string literals."""
    match node:
        case ast.Call(func=ast.Name(id="getattr") as name, args=[_, ast.Constant(), *_]):
            yield name
        case ast.Call(func=ast.Name(id="getattr") as name, args=[_, ast.Name(id=given), *_]):
            stored = [
                each
                for each in nodes
                if isinstance(each, ast.Name)
                and each.id == given
                and isinstance(each.ctx, ast.Store)
            ]
            loops = [
                each
                for each in nodes
                if isinstance(each, FORS)
                and each.target in stored
                and isinstance(each.iter, ast.Tuple | ast.List)
                and all(isinstance(item, ast.Constant) for item in each.iter.elts)
            ]
            if loops and len(loops) == len(stored):
                yield name
