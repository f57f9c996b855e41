"""Which hints are to blame for new findings; those are repaired where that is plain, or dropped."""

from __future__ import annotations

import ast
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from python_expert.actions.add_type_hints.slots import RETURN, receiver
from python_expert.analysis.nodes import arguments
from python_expert.analysis.types import tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from python_expert.actions.base import Facts, Fault
    from python_expert.analysis.source import Definition, Source

_WORD: Final = re.compile(r"[^\W\d]\w*")
_QUOTED: Final = re.compile(r'"([^"]*)"')
_DEFAULT: Final = re.compile(r'Incompatible default for (?:parameter|argument) "(\w+)"')
_ARGUMENT: Final = re.compile(r'Argument (?:(\d+)|"(\w+)") (?:to|of) "(\w+)"')
_OVERRIDE_RETURN: Final = re.compile(r'Return type .* of "\w+" incompatible')
_CALLEE: Final = re.compile(r'(?:to|for|of|function|call) "(\w+)"')
_ATTRIBUTE: Final = re.compile(r"\bself\.(\w+)")
_UNTYPED_CALL: Final = "no-untyped-call"
_RETURNS: Final = frozenset({"return-value", "return", "no-any-return", "misc-return", "yield"})


def without_blamed(after: Source, facts: Facts, faults: Sequence[Fault]) -> Facts:
    """Take out of the facts what is to blame for findings, one hint or one header for each.

    Args:
        after: The text with the hints.
        facts: The hints.
        faults: The findings that were not there before.

    Returns:
        Fewer or weaker facts; the same ones if nothing can be blamed.
    """
    blame = _Blame(after, facts)
    for fault in faults:
        blame.add(fault)
    return blame.rest


class _Blame:
    def __init__(self, after: Source, facts: Facts) -> None:
        self._after = after
        self._definitions = {each.key: each for each in after.definitions if each.key in facts}
        self._given = facts
        self.rest: dict[str, Any] = {
            key: deepcopy(fact) for key, fact in facts.items() if isinstance(fact, dict)
        }

    def add(self, fault: Fault) -> None:
        """Blame something for a finding."""
        if fault.range is None or fault.range.start.line >= len(self._after.lines):
            _ = self._called(fault.message, "") or self._makers(fault.message)
            return
        line = fault.range.start.line
        text = "".join(self._after.lines[line : fault.range.end.line + 1])
        inner = self._around(line)
        if inner and self._in_header(inner, line):
            self._header(inner, fault)
        else:
            _ = (
                self._argument(fault.message)
                or (inner is not None and self._body(inner, fault, text))
                or self._stored(line, text)
                or (fault.code != _UNTYPED_CALL and self._called(fault.message, text))
                or self._assigned(text)
                or self._enclosing(line)
                or self._class(line)
                or self._imports(text)
                or self._typed(fault.message, text)
            )

    def _enclosing(self, line: int) -> bool:
        """All hints of the innermost definition around a line that has any left."""
        for outer in reversed(self._chain(line)):
            if self._has(outer.key):
                self._drop_all(outer.key)
                return True
        return False

    def _stored(self, line: int, text: str) -> bool:
        """The parameter that an attribute in the text was given, or the property that it is."""
        names = set(_ATTRIBUTE.findall(text))
        for key in self.rest:
            if key.rpartition(".")[2] in names and "." in key and self._drop(key, RETURN):
                return True
        for key in self._methods(line):
            for name, _ in self._hints(key):
                if name != RETURN and names & {name, f"_{name}", f"__{name}"}:
                    return self._drop(key, name)
        return False

    def _class(self, line: int) -> bool:
        """All hints of the constructor of the class around a line, else of all its methods."""
        keys = [key for key in self._methods(line) if self._has(key)]
        for key in [key for key in keys if key.endswith(".__init__")] or keys:
            self._drop_all(key)
        return bool(keys)

    def _makers(self, message: str) -> bool:
        """A finding elsewhere at a method without hints: what lets others know its class."""
        for name in _CALLEE.findall(message):
            for each in self._after.definitions:
                prefix, _, last = each.qualname.rpartition(".")
                keys = [key for key in self.rest if key.startswith(f"{prefix}.") and self._has(key)]
                if last == name and prefix and keys:
                    for key in [key for key in keys if key.endswith("__")] or keys:
                        self._drop_all(key)
                    return True
        return False

    def _methods(self, line: int) -> list[str]:
        """The keys of what has hints in the innermost class around a line."""
        classes = [
            each.qualname
            for each in self._after.definitions
            if isinstance(each.node, ast.ClassDef)
            and each.range.start.line <= line <= each.range.end.line
        ]
        return [key for key in self.rest if classes and key.startswith(f"{classes[-1]}.")]

    def _around(self, line: int) -> Definition | None:
        """The innermost function with hints, or class, at a line."""
        chain = self._chain(line)
        return chain[-1] if chain else None

    def _chain(self, line: int) -> list[Definition]:
        return [
            each
            for each in self._definitions.values()
            if each.range.start.line <= line <= each.range.end.line
        ]

    @staticmethod
    def _in_header(definition: Definition, line: int) -> bool:
        node = definition.node
        return definition.range.start.line <= line < max(node.body[0].lineno - 1, node.lineno)

    def _has(self, key: str) -> bool:
        fact = self.rest.get(key, {})
        return bool(fact.get("params") or fact.get("returns") or fact.get("attributes"))

    def _header(self, definition: Definition, fault: Fault) -> None:
        """A finding in a header: the slot it names, or all of them."""
        key, message = definition.key, fault.message
        if match := _DEFAULT.search(message):
            if 'has type "None"' in message and self._repair(key, match[1]):
                return
            if self._drop(key, match[1]):
                return
        if _OVERRIDE_RETURN.search(message) and self._drop(key, RETURN):
            return
        if fault.code in {"return", "empty-body"} and self._drop(key, RETURN):
            return
        if self._argument(message, definition):
            return
        slots = dict(self._hints(key))
        named = {word for quoted in _QUOTED.findall(message) for word in _WORD.findall(quoted)}
        if fault.code != "override":
            for name, hint in slots.items():
                if name in named or named & set(_WORD.findall(hint)):
                    self._drop(key, name)
                    return
        self._drop_all(key)

    def _body(self, definition: Definition, fault: Fault, text: str) -> bool:
        key = definition.key
        if fault.code in _RETURNS or text.lstrip().startswith("return"):
            wants = 'got "None"' in fault.message or "None" in _got(fault.message)
            if fault.code == "return-value" and wants and self._repair(key, RETURN):
                return True
            if fault.code in _RETURNS and self._drop(key, RETURN):
                return True
        words = set(_WORD.findall(text))
        message = set(_WORD.findall(fault.message))
        slots = dict(self._hints(key))
        for some in (words & message, words):
            for name in slots:
                if name != RETURN and name in some:
                    self._drop(key, name)
                    return True
        return (
            text.lstrip().startswith(("return", "yield")) or "return" in fault.message
        ) and self._drop(key, RETURN)

    def _argument(self, message: str, definition: Definition | None = None) -> bool:
        """A finding about an argument: the parameter of the function that was called."""
        match = _ARGUMENT.search(message)
        if not match:
            return False
        dropped = False
        for each in [definition] if definition else self._named(match[3]):
            if isinstance(each.node, ast.ClassDef):
                continue
            args = [*each.node.args.posonlyargs, *each.node.args.args]
            args = args[1:] if receiver(each) else args
            every = {arg.arg for arg in arguments(each.node)}
            name = match[2] if match[2] in every else ""
            if match[1]:
                index = int(match[1]) - 1
                rest = each.node.args.vararg
                name = args[index].arg if index < len(args) else (rest.arg if rest else "")
            dropped = self._drop(each.key, name) or dropped
        return dropped

    def _named(self, name: str) -> Iterator[Definition]:
        """The definitions of a name; for a class its ``__init__``."""
        for each in self._definitions.values():
            parts = each.qualname.split(".")
            if parts[-1] == name or parts[-2:] == [name, "__init__"]:
                yield each

    def _called(self, message: str, text: str) -> bool:
        """A finding at a call: the hints of the function that is called there."""
        for name in [*_CALLEE.findall(message), *_QUOTED.findall(message)]:
            for each in self._named(name.rpartition(".")[2]):
                if self._has(each.key):
                    self._drop_all(each.key)
                    return True
        for name in _WORD.findall(text):
            for each in self._named(name):
                if self._drop(each.key, RETURN) or self._has(each.key):
                    self._drop_all(each.key)
                    return True
        return False

    def _assigned(self, text: str) -> bool:
        """A finding at an attribute: the hint that was given to it."""
        words = set(_WORD.findall(text))
        for key, fact in self.rest.items():
            for name in fact.get("attributes") or {}:
                if name in words:
                    return self._drop(key, name)
        return False

    def _imports(self, text: str) -> bool:
        """A finding at an import: all hints that use a name it binds."""
        if "import" not in text:
            return False
        dropped = False
        words = set(_WORD.findall(text)) - {"from", "import", "as"}
        for key in list(self.rest):
            for name, hint in list(self._hints(key)):
                if words & set(_WORD.findall(hint)):
                    dropped = self._drop(key, name) or dropped
        return dropped

    def _typed(self, message: str, text: str) -> bool:
        """The hint with a type that the message names, of a name at the place or to the letter."""
        quoted = set(_QUOTED.findall(message))
        named = {word for each in quoted for word in _WORD.findall(each) if word[0].isupper()}
        named = {word for word in named if tables.home(word) is None and word != "None"}
        words = set(_WORD.findall(text))
        for key in list(self.rest):
            for name, hint in self._hints(key):
                near = name in words or words & set(key.split("."))
                if hint in quoted or (near and named & set(_WORD.findall(hint))):
                    return self._drop(key, name)
        return False

    def _hints(self, key: str) -> Iterator[tuple[str, str]]:
        fact: Mapping[str, Any] = self.rest.get(key, {})
        for field in ("params", "attributes"):
            values = fact.get(field)
            if isinstance(values, dict):
                yield from ((str(name), str(value)) for name, value in list(values.items()))
        if fact.get("returns") is not None:
            yield RETURN, str(fact["returns"])

    def _repair(self, key: str, name: str) -> bool:
        """Add None to a hint that lacks it."""
        fact = self.rest.get(key, {})
        holder, slot = (fact, "returns") if name == RETURN else (fact.get("params") or {}, name)
        hint = holder.get(slot)
        if not isinstance(hint, str) or re.search(r"\bNone\b|\bOptional\b", hint):
            return False
        quoted = hint[:1] in {"'", '"'}
        holder[slot] = f"{hint.strip(hint[0]) if quoted else hint} | None"
        return True

    def _drop(self, key: str, name: str) -> bool:
        fact = self.rest.get(key, {})
        if name == RETURN:
            had = fact.get("returns") is not None
            fact["returns"] = None
            return had
        return any(
            isinstance(fact.get(field), dict) and fact[field].pop(name, None) is not None
            for field in ("params", "attributes")
        )

    def _drop_all(self, key: str) -> None:
        self.rest.pop(key, None)


def _got(message: str) -> str:
    """The type that a message says was found."""
    match = re.search(r'got "([^"]*)"', message)
    return match[1] if match else ""
