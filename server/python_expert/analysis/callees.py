"""Blocking calls that imports do not identify, but a type checker does."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from python_expert.analysis.library import (
    BLOCKING,
    DEFINED_AS,
    IN_ANY_THREAD,
    IN_MEMORY,
    LAZY,
    SHARED_FILE,
    STAYS,
)
from python_expert.analysis.scopes import FUNCTIONS
from python_expert.analysis.source import all_nodes
from python_expert.text.document import Position, Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from python_expert.analysis.names import Names
    from python_expert.analysis.source import Source


class Callee(NamedTuple):
    """The function that a call runs, from a type checker.

    Attributes:
        place: Where the call is.
        known: The name of the function in our tables, or empty.
        method: The full name of the called method, if no class of the text defines the method.
        names: All full names that the function may have.
    """

    place: Range
    known: str
    method: str
    names: tuple[str, ...] = ()


class BaseClass(NamedTuple):
    """A base class from another file, and facts about its methods.

    Attributes:
        place: Where a class statement names the base class.
        free: The names of functions that the base class certainly does not have or call.
        unread: The full names of further base classes that could not be read.
    """

    place: Range
    free: frozenset[str]
    unread: tuple[str, ...]


Callees: TypeAlias = tuple[Callee | BaseClass, ...]

_NO_METHODS = frozenset({"builtins.object", "abc.ABC", "typing.Generic"})
_STANDARD_STREAMS = ("sys.stdout.", "sys.stderr.", "sys.__stdout__.", "sys.__stderr__.")
"""Writing to these is not considered blocking, like ``print``."""


def callees_of(types: Iterable[Mapping[str, Any]], text: str) -> Callees:
    """Return what a type checker reports about the calls of a text.

    Args:
        types: The types of texts; see ``KnowsTypes``.
        text: The text.
    """
    calls = [call for answer in types if answer["text"] == text for call in answer.get("calls", ())]
    found: list[Callee | BaseClass] = []
    for call in calls:
        place = Range(*(Position(*each) for each in call["range"]))
        if "free" in call:
            found.append(BaseClass(place, frozenset(call["free"]), tuple(call["unread"])))
        else:
            method = call["names"][0] if call["sure"] else ""
            names = tuple(call["names"])
            found.append(Callee(place, _known(names), method, names))
    return tuple(found)


class TypedCalls:
    """The blocking calls of a text that only a type checker can identify.

    Args:
        source: The text.
        names: The text's names.
        callees: The callees from a type checker.

    Attributes:
        movable: The calls that may run in a thread, with the functions that they run.
        staying: The calls that may not run in a thread, with the reason.
        lazy: The calls in ``staying`` that read a folder lazily, with the functions that they run.
        methods: Called methods that no class of the text defines, with their full names.
        named: The possible full names of called functions.
        bases: Base classes from other files, by their place in class statements.
    """

    def __init__(self, source: Source, names: Names, callees: Callees) -> None:
        self._names = names
        self.movable: dict[ast.Call, str] = {}
        self.staying: dict[ast.Call, str] = {}
        self.lazy: dict[ast.Call, str] = {}
        self.methods: dict[ast.expr, str] = {}
        self.named: dict[ast.expr, tuple[str, ...]] = {}
        self.bases = {each.place: each for each in callees if isinstance(each, BaseClass)}
        by_place = {each.place: each for each in callees if isinstance(each, Callee)}
        for call in all_nodes(source.tree) if by_place else ():
            if not isinstance(call, ast.Call) or not (found := by_place.get(source.range(call))):
                continue
            self.named[call.func] = found.names
            if found.method:
                self.methods[call.func] = found.method
            full, known = names.dotted(call.func) or "", found.known
            if full in BLOCKING or full.startswith(_STANDARD_STREAMS):
                continue
            if known in IN_ANY_THREAD and not is_shared_file(names, call, known):
                self.movable[call] = known
            elif known in IN_ANY_THREAD or known in STAYS:
                self.staying[call] = STAYS.get(known, SHARED_FILE)
                self.lazy |= {call: known} if known in LAZY else {}

    def is_other(self, node: ast.expr, related: Iterable[ast.ClassDef]) -> bool:
        """Return whether a method is in none of some classes of the text, by its object's type.

        An object of an imported class may be an instance of a subclass in the text.
        """
        bases = {base for each in related for base in self._names.bases(each)}
        return node in self.methods and all(
            isinstance(each, ast.ClassDef) or each in _NO_METHODS for each in bases
        )


def is_shared_file(names: Names, call: ast.Call, known: str = "") -> bool:
    """Return whether a call uses a file object that other functions may use as well.

    Args:
        names: The names of the text.
        call: The call.
        known: The name of the called function in our tables, if its type is known.
    """
    known = known or names.dotted(call.func) or ""
    if not known.startswith("builtins.open.") or not isinstance(call.func, ast.Attribute):
        return False
    return _is_elsewhere(names, call.func.value, [])


def _is_elsewhere(names: Names, node: ast.AST, seen: list[ast.AST]) -> bool:
    """Return whether an object is in a variable that is not local to one function.

    Aliases of such variables count too.
    """
    slot = names.slot(node)
    if isinstance(node, ast.Name) and slot is not None and isinstance(slot[0], FUNCTIONS):
        values = [each for each in names.values(slot) if each is not None and each not in seen]
        seen += values
        return any(_is_elsewhere(names, each, seen) for each in values)
    return isinstance(node, ast.Attribute | ast.Subscript | ast.Name)


def _known(names: Sequence[str]) -> str:
    """Return the first of some names that is in our tables, or an empty string."""
    parts = [each.rpartition(".") for each in names]
    if any(owner in IN_MEMORY for owner, _, _ in parts):
        return ""
    known = (f"{DEFINED_AS.get(owner, owner)}.{name}" for owner, _, name in parts)
    return next((each for each in known if each in IN_ANY_THREAD or each in STAYS), "")
