"""Finds the hints that could have caused a finding, by its place in the tree."""

from __future__ import annotations

import ast
import re
from functools import cached_property, lru_cache
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from python_expert.actions.add_type_hints.slots import RETURN, filled, receiver
from python_expert.actions.add_type_hints.statement_parts import bindings, names_in, own_parts
from python_expert.analysis.enclosing import enclosing
from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.nodes import arguments, defaults, known, last_name, targets
from python_expert.analysis.scopes import Function
from python_expert.analysis.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from python_expert.actions.attribution import Fault
    from python_expert.analysis.source import Definition

_WORD: Final = re.compile(r"[^\W\d]\w*")
_GIVES: Final = (ast.Return, ast.Yield, ast.YieldFrom)
_RETURNS: Final = frozenset({"return-value", "no-any-return", "misc-return", "yield"})
_NEVER_NONE: Final = known("JoinedStr", "TemplateStr", "List", "Dict", "Set", "Tuple", "Compare")
_STEPS: Final = 4
"""The number of steps for which a local variable's value is traced back."""


class Suspect(NamedTuple):
    """A hint that could have caused a finding.

    Attributes:
        key: The definition's key.
        slot: The parameter or attribute, or ``RETURN``.
    """

    key: str
    slot: str


class Suspects:
    """Finds the hints of one text that could have caused findings.

    Args:
        after: The text with the hints.
        keys: The definitions with hints.
    """

    def __init__(self, after: Source, keys: Iterable[str]) -> None:
        self._after = after
        wanted = set(keys)
        self._definitions = [each for each in after.definitions if each.key in wanted]
        self._of_node = {each.node: each for each in self._definitions}

    def of(self, fault: Fault) -> list[list[Suspect]]:
        """Find the hints that could have caused a finding, in groups, the most likely group first.

        The groups are: everything that the place and its statement use; the sources of the
        variables' values; everything around the place. Slots without a hint may be included.
        """
        if fault.range is None:
            return self._of_other(fault)
        if fault.range.start.line >= len(self._after.lines):
            return []
        path = enclosing(self._after, fault.range)
        inside = [each for each in path if isinstance(each, Function)]
        statement = next((each for each in path if isinstance(each, ast.stmt)), None)
        inner = path[: path.index(statement) + 1] if statement else path
        if isinstance(statement, Function):
            header = self._of_header(statement, inner, fault)
            groups = [header or self._all_of(statement)]
        elif inner:
            here = [*self._of_calls(inner), *self._returned(inner, inside, fault)]
            here += self._used(own_parts(inner[0]), inside)
            here += self._used(own_parts(inner[-1]), inside)
            here += self._imported(inner[-1])
            groups = [here, self._flowing(inner[-1], inside)]
        else:
            groups = []
        around = [place for each in inside for place in self._all_of(each)]
        around += self._of_class(path)
        line = "".join(self._after.lines[fault.range.start.line : fault.range.end.line + 1])
        return [*groups, around, list(self._of_words(line))]

    def _of_other(self, fault: Fault) -> list[list[Suspect]]:
        """Return the hints that may cause a finding in another document, by the code there."""
        source = _read(fault.text)
        if fault.at is None or source is None or fault.at.start.line >= len(source.lines):
            return []
        path = enclosing(source, fault.at)
        inner = list(takewhile(lambda each: not isinstance(each, ast.stmt), path))
        here = list(self._of_calls(inner)) if inner else []
        for node in (*inner[:1], *path[len(inner) : len(inner) + 1]):
            here += self._used(own_parts(node), ())
        starts = [each.lineno - 1 for each in inner if isinstance(each, ast.expr)]
        lines = source.lines[min([fault.at.start.line, *starts]) : fault.at.end.line + 1]
        return [here, list(self._of_words("".join(lines)))]

    def may_be_none(self, fault: Fault) -> bool:
        """Return whether a finding may be about a None that a hint does not allow."""
        path = enclosing(self._after, fault.range) if fault.range else []
        if path and isinstance(path[0], ast.Constant):
            return path[0].value is None
        returned = next((each for each in path if isinstance(each, ast.stmt)), None)
        return (
            fault.code == "return-value"
            and isinstance(returned, ast.Return)
            and not isinstance(returned.value, _NEVER_NONE)
        )

    def _of_header(self, function: Function, path: list[ast.AST], fault: Fault) -> list[Suspect]:
        """Return the hints that a finding on a header is about, by place or code; may be empty."""
        definition = self._of_node.get(function)
        given = defaults(function)
        is_result = fault.code in {"return", "empty-body"}
        at = {arg.arg for arg in arguments(function) if arg in path or given.get(arg.arg) in path}
        return [
            place
            for place, hint in (self._hints(definition) if definition else ())
            if hint in path or place.slot in at or (is_result and place.slot == RETURN)
        ]

    def _of_calls(self, path: list[ast.AST]) -> Iterator[Suspect]:
        """Yield the parameters of the arguments around a place, and the called function's hints."""
        for given, call in pairwise(path):
            if isinstance(call, ast.Call):
                for definition in self._named(_called(call)):
                    yield from _received(definition, call, given)
        if isinstance(path[0], ast.Call):
            for definition in self._named(_called(path[0])):
                yield from self._all_of(definition.node)

    def _returned(
        self, path: list[ast.AST], inside: Sequence[ast.AST], fault: Fault
    ) -> Iterator[Suspect]:
        """Yield the result of the innermost function, if a finding is about the returned value."""
        giving = path[:2]  # the value itself, or the statement
        if fault.code in _RETURNS or any(isinstance(each, _GIVES) for each in giving):
            for definition in self._known(inside[:1]):
                yield Suspect(definition.key, RETURN)

    def _used(self, nodes: Iterable[ast.AST], inside: Sequence[ast.AST]) -> Iterator[Suspect]:
        """Yield the hints of what some nodes use: parameters, results of calls, attributes."""
        for top in nodes:
            for node in ast.walk(top):
                if isinstance(node, ast.Name):
                    for definition in self._known(inside):
                        yield Suspect(definition.key, node.id)
                if isinstance(node, ast.Name | ast.Attribute):
                    for definition in self._named(last_name(node)):
                        yield Suspect(definition.key, RETURN)
                if isinstance(node, ast.Attribute):
                    yield from self._stored(node.attr)

    def _stored(self, name: str) -> Iterator[Suspect]:
        """Yield the hint of an attribute, and the parameters that are assigned to it."""
        for each in self._definitions:
            if isinstance(each.node, ast.ClassDef):
                yield Suspect(each.key, name)
        for target, value, definition in self._assigned:
            if target == name:
                for node in ast.walk(value):
                    if isinstance(node, ast.Name):
                        yield Suspect(definition.key, node.id)

    @cached_property
    def _assigned(self) -> list[tuple[str, ast.expr, Definition]]:
        """The assignments to attributes in the functions with hints."""
        return [
            (target.attr, value, definition)
            for definition in self._definitions
            for node in ast.walk(definition.node)
            if (value := getattr(node, "value", None)) is not None
            for target in targets(node)
            if isinstance(target, ast.Attribute)
        ]

    def _flowing(self, statement: ast.AST, inside: Sequence[ast.AST]) -> list[Suspect]:
        """Return the hints of the values that a statement's local variables get."""
        if not inside:
            return []
        found: list[Suspect] = []
        seen: set[str] = set()
        bound = [pair for node in ast.walk(inside[0]) for pair in bindings(node)]
        names = names_in(own_parts(statement))
        for _ in range(_STEPS):
            sources = [value for bind, value in bound if bind & (names - seen)]
            found += self._used(sources, inside)
            seen |= names
            names = names_in(sources)
        return found

    def _imported(self, statement: ast.AST | None) -> Iterator[Suspect]:
        """Yield the hints that use what a statement imports."""
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            return
        names = {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
        for definition in self._definitions:
            for place, hint in self._hints(definition):
                if names & set(_WORD.findall(ast.unparse(hint))):
                    yield place

    def _of_class(self, path: list[ast.AST]) -> Iterator[Suspect]:
        """Yield all hints of the class around a place, the constructor's hints first."""
        for class_ in path:
            if isinstance(class_, ast.ClassDef):
                methods = [each for each in class_.body if isinstance(each, Function)]
                for each in sorted(methods, key=lambda method: method.name != "__init__"):
                    yield from self._all_of(each)
                yield from self._all_of(class_)

    def _of_words(self, text: str) -> Iterator[Suspect]:
        """Yield all hints of the definitions whose names occur in a line of code."""
        for word in dict.fromkeys(_WORD.findall(text)):
            for definition in self._named(word):
                yield from self._all_of(definition.node)

    def _all_of(self, node: ast.AST) -> list[Suspect]:
        return [place for each in self._known([node]) for place, _ in self._hints(each)]

    @staticmethod
    def _hints(definition: Definition) -> Iterator[tuple[Suspect, ast.expr]]:
        return ((Suspect(definition.key, slot), hint) for slot, hint in filled(definition))

    def _known(self, nodes: Iterable[ast.AST]) -> Iterator[Definition]:
        for node in nodes:
            definition = self._of_node.get(node)  # type: ignore[call-overload]  # a node of any kind
            if definition is not None:
                yield definition

    def _named(self, name: str) -> list[Definition]:
        """Return the functions with a name; for a class, its constructor."""
        return self._by_name.get(name, [])

    @cached_property
    def _by_name(self) -> dict[str, list[Definition]]:
        found: dict[str, list[Definition]] = {}
        for each in self._definitions:
            parts = each.qualname.split(".")
            found.setdefault(parts[-1], []).append(each)
            if parts[-1] in {"__init__", "__new__"} and each.is_method:
                found.setdefault(parts[-2], []).append(each)
        return found


@lru_cache(maxsize=8)
def _read(text: str) -> Source | None:
    """Return the source of another document; None if it cannot be parsed."""
    try:
        return Source.of(text)
    except (BrokenError, SyntaxError, ValueError):
        return None


def _called(call: ast.Call) -> str:
    """Return the last name of the called expression, without subscripts."""
    function = call.func
    while isinstance(function, ast.Subscript):
        function = function.value
    return last_name(function)


def _received(definition: Definition, call: ast.Call, given: ast.AST) -> Iterator[Suspect]:
    """Yield the parameter that receives an argument; all parameters if it is unknown."""
    node = definition.node
    if isinstance(node, ast.ClassDef):
        return
    if isinstance(given, ast.keyword) and given.arg:
        named = {each.arg for each in arguments(node)}
        rest = node.args.kwarg.arg if node.args.kwarg else ""
        yield Suspect(definition.key, given.arg if given.arg in named else rest)
    elif given in call.args:
        before = call.args[: call.args.index(given)]
        args = [*node.args.posonlyargs, *node.args.args][1 if receiver(definition) else 0 :]
        rest = node.args.vararg.arg if node.args.vararg else ""
        if any(isinstance(each, ast.Starred) for each in [*before, given]):
            yield from (Suspect(definition.key, each.arg) for each in arguments(node))
        else:
            index = len(before)
            yield Suspect(definition.key, args[index].arg if index < len(args) else rest)
