"""Which calls block by the types that a type checker has told, where imports do not show it."""

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
    """What a call runs.

    Attributes:
        place: Where the call is.
        known: The name by which the tables know what it runs, or empty.
        method: The full name of the method that it runs, if no class of the text defines it.
        names: All full names that it may have.
    """

    place: Range
    known: str
    method: str
    names: tuple[str, ...] = ()


class BaseClass(NamedTuple):
    """What a base class of another file knows.

    Attributes:
        place: Where a class statement names it.
        free: The names of functions that it can know nothing of, as far as it has been read.
        unread: The full names of the classes among what it inherits from that could not be read.
    """

    place: Range
    free: frozenset[str]
    unread: tuple[str, ...]


Callees: TypeAlias = tuple[Callee | BaseClass, ...]

_NO_METHODS = frozenset({"builtins.object", "abc.ABC", "typing.Generic"})
_STANDARD_STREAMS = ("sys.stdout.", "sys.stderr.", "sys.__stdout__.", "sys.__stderr__.")
"""Writing to them is not taken to block, no more than ``print``."""


def callees_of(types: Iterable[Mapping[str, Any]], text: str) -> Callees:
    """What was told of the calls of a text.

    Args:
        types: What was told of texts; see ``KnowsTypes``.
        text: The text.
    """
    calls = [call for told in types if told["text"] == text for call in told.get("calls", ())]
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


class ToldCalls:
    """The calls of a text that block, and that its imports do not show.

    Args:
        source: The text.
        names: Its names.
        callees: What was told.

    Attributes:
        movable: Those that may run in a thread, and what they run.
        staying: Those that may not, and why.
        lazy: Of these, those that read a folder bit by bit, and what they run.
        methods: What is called that is a method, and of no class of the text, by its full name.
        named: The full names that what is called may have.
        bases: What base classes of other files know, by where class statements name them.
    """

    def __init__(self, source: Source, names: Names, callees: Callees) -> None:
        self._names = names
        self.movable: dict[ast.Call, str] = {}
        self.staying: dict[ast.Call, str] = {}
        self.lazy: dict[ast.Call, str] = {}
        self.methods: dict[ast.expr, str] = {}
        self.named: dict[ast.expr, tuple[str, ...]] = {}
        self.bases = {each.place: each for each in callees if isinstance(each, BaseClass)}
        told = {each.place: each for each in callees if isinstance(each, Callee)}
        for call in all_nodes(source.tree) if told else ():
            if not isinstance(call, ast.Call) or not (found := told.get(source.range(call))):
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
        """Whether a method is none of some classes of the text, by the type of its object.

        An object of a class from elsewhere may be of one of the text that inherits from it.
        """
        bases = {base for each in related for base in self._names.bases(each)}
        return node in self.methods and all(
            isinstance(each, ast.ClassDef) or each in _NO_METHODS for each in bases
        )


def is_shared_file(names: Names, call: ast.Call, known: str = "") -> bool:
    """Whether a call is of a file that other functions may use, too.

    Args:
        names: The names of the text.
        call: The call.
        known: The name by which the tables know what it runs, where its type has told.
    """
    known = known or names.dotted(call.func) or ""
    if not known.startswith("builtins.open.") or not isinstance(call.func, ast.Attribute):
        return False
    return _is_elsewhere(names, call.func.value, [])


def _is_elsewhere(names: Names, node: ast.AST, seen: list[ast.AST]) -> bool:
    """Whether an object is of a variable that no single function has, or of an alias of one."""
    slot = names.slot(node)
    if isinstance(node, ast.Name) and slot is not None and isinstance(slot[0], FUNCTIONS):
        values = [each for each in names.values(slot) if each is not None and each not in seen]
        seen += values
        return any(_is_elsewhere(names, each, seen) for each in values)
    return isinstance(node, ast.Attribute | ast.Subscript | ast.Name)


def _known(names: Sequence[str]) -> str:
    """The name by which the tables know the first of some that they know, or nothing."""
    parts = [each.rpartition(".") for each in names]
    if any(owner in IN_MEMORY for owner, _, _ in parts):
        return ""
    known = (f"{DEFINED_AS.get(owner, owner)}.{name}" for owner, _, name in parts)
    return next((each for each in known if each in IN_ANY_THREAD or each in STAYS), "")
