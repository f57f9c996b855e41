"""What each literal is for: the names that it is assigned, passed or compared to."""

from __future__ import annotations

import keyword
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from python_expert.privacy.calls import (
    ALWAYS_COMPARE,
    ANSWERS,
    COLLECTORS,
    COMPARERS,
    GETTERS,
    GIVING,
    SETTERS,
    VALUE_KEYS,
    argument,
)
from python_expert.privacy.frames import Frame, Label
from python_expert.privacy.hints import (
    clear,
    column,
    columns,
    is_flag,
    is_pair,
    named,
    of,
    of_element,
    through,
)
from python_expert.privacy.names import Strength, strength

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from python_expert.privacy.literals import Literal

_TOKEN = re.compile(r"\.?[^\W\d][\w.]*|\d[\w.]*|:=|[=!<>]=|->|[-+*/%|&@]=|\\\r?\n|[\r\n]|\S")
_KEYWORDS = frozenset(keyword.kwlist) | {"match", "case"}
_BLOCKS = frozenset(
    ("if", "elif", "else", "for", "while", "def", "class", "with", "try", "except", "finally")
) | {"match", "case", "async"}
_FRESH = re.compile(
    r"[ \t]*(?:(?:def|class|return|import|raise|while|try|del|assert|yield)\b|@|```|\d+: )"
)
"""What a line begins with that is a statement, though a bracket before it was not closed."""
_COMPARED_AFTER = re.compile(r"\s*[=!]=\s*([^\n,:]{1,80})")
_QUOTED = re.compile(r"[\"']([^\"']*)[\"']")
_NAMES = re.compile(r"[^\W\d][\w.]*")
_METHODS = re.compile(
    r"(?:(?:^|(?<=.))\.(?:strip|lstrip|rstrip|lower|upper|casefold|encode|decode|hexdigest|digest|replace|title|"
    r"get_secret_value|return_value|side_effect|value|default|initial|__eq__|__ne__|startswith|endswith|"
    r"removesuffix|removeprefix|format|join|split|as_posix|text|data))+\Z"
)
"""What something is still called by its name with."""
_CAMEL = re.compile(r"_|(?<=[a-z])(?=[A-Z])")
_DIVIDED = re.compile(r"\.r?(?:split|partition)\(")
_ENDS_VALUE = re.compile(r"[\w)\]]\Z")
_VALUE = "value"
_COLON = re.compile(r"\s*:")
_LAST = re.compile(r"\s*,?\s*\)")
_OTHER = re.compile(r"\s*,\s*([\w.\[\]\"'()]{1,80})")
_LAST_NAME = re.compile(r"([^\W\d]\w*)[\"'\])(]*\Z")
_LOOKED_AT = 120


_OPENERS, _CLOSERS = frozenset("([{"), frozenset(")]}")
_COMPARES = frozenset((":=", "==", "!=", "in"))
_SIGNS: Final[dict[str, Callable[[Frame], None]]] = {
    ",": Frame.next,
    ":": Frame.colon,
    "=": Frame.assign,
    "+=": Frame.assign,
    "and": Frame.forget,
    "if": Frame.forget,
}


class _Reader:
    """Reads code from left to right; brackets that are not closed end with the next statement."""

    def __init__(self, code: str, found: Iterable[Literal]) -> None:
        self.labels: dict[int, tuple[Label, ...]] = {}
        self.docstrings: set[int] = set()
        self._code = code
        self._literals = list(found)
        self._stack = [Frame()]
        self._functions: list[tuple[int, str]] = []
        self._callee = self._previous = self._said = self._chain = self._template = ""
        self._subject: list[str] = []

    def read(self, at: int = 0, name: str = "") -> None:
        """Read all of it.

        Args:
            at: Where to begin.
            name: What is assigned to.
        """
        if name:
            self._stack[0].targets = [[name]]
        for literal in self._literals:
            if literal.start < at:
                continue  # within a replacement field
            for match in _TOKEN.finditer(self._code, at, literal.start):
                self._token(match[0], match.start())
            if not literal.is_comment:
                self._literal(literal)
                self._fields(literal)
            at = literal.end

    def _fields(self, literal: Literal) -> None:
        """Read the replacement fields of an f-string."""
        for (begin, start), (end, _) in pairwise(literal.parts):
            if inner := [each for each in self._literals if start <= each.start < end]:
                reader = _Reader(self._code[: end - 1], inner)
                reader.read(start + 1, (columns(self._code[begin:start] + "{}") or [""])[-1])
                self.labels |= reader.labels

    def _literal(self, literal: Literal) -> None:
        content = self._code[slice(*literal.text)]
        frame = self._stack[-1]
        after = self._code[literal.end : literal.end + _LOOKED_AT]
        is_key = frame.opener == "{" and not frame.key and _COLON.match(after)
        found = [] if is_key else [each for each in self._found(after) if each.name]
        if compared := _COMPARED_AFTER.match(after):
            names = _QUOTED.findall(compared[1]) or _NAMES.findall(compared[1])
            found += map(Label, names[-1:])
        if len(row := [name for each in frame.targets for name in each]) > 1 and _DIVIDED.match(
            after
        ):
            found += [Label("credentials", Strength.WEAK) for name in row[-1:] if strength(name)]
        self.labels[literal.start] = tuple(found)
        if not frame.opener and not frame.targets and frame.slots == [""] and not frame.items:
            self.docstrings.add(literal.start)
        frame.items[frame.index] = frame.items.get(frame.index, "") + content
        if frame.key.casefold() not in VALUE_KEYS:
            frame.fields.append(content)
        self._chain = content
        self._callee, self._previous = "", _VALUE

    def _found(self, after: str) -> Iterator[Label]:
        """The labels of a literal that stands where the reader is, from the inside out."""
        limit, position, is_collection, is_keyed = Strength.STRONG, -1, False, False
        for frame in reversed(self._stack):
            yield Label(frame.compared, limit)
            if frame.is_subscript:
                return
            one = min(limit, clear(not is_collection))
            where = frame.index if position < 0 else position
            is_keyed = is_keyed or (frame.opener == "{" and bool(frame.key))
            for row in frame.targets:
                if is_keyed and len(row) == 1 and is_pair(row[0]):
                    yield Label("token")  # users and their passwords
                yield from of(row, where, limit, one)
            yield Label(column(frame, position), limit)
            if frame.is_call and not frame.key:
                yield from self._of_argument(frame, limit, after)
                limit = min(limit, through(frame))
                is_collection = is_collection and frame.short != "join"
            else:
                yield from of_element(frame, position, limit, one)
                if frame.is_call and frame.key.casefold() not in VALUE_KEYS:
                    return
            if frame.opener and not frame.is_call:
                position = where if frame.opener != "{" else position
                is_collection = is_collection or frame.opener != "(" or frame.index > 0
            else:
                position = frame.index if frame.short == "param" else -1
            if limit is Strength.NONE:
                return
            after = ""

    def _of_argument(self, frame: Frame, limit: Strength, after: str) -> Iterator[Label]:
        """What the name of a call, and the arguments before it, say of an argument."""
        callee = frame.callee.rpartition(".")[2]
        yield Label("password", min(limit, argument(frame.callee, frame.index)))
        if frame.short in COLLECTORS:
            yield Label(frame.callee.rpartition(".")[0], min(limit, Strength.WEAK))
        if frame.short in COMPARERS:
            other = _OTHER.match(after)
            heard = frame.slots[frame.index - 1] if frame.index else _METHODS.sub("", frame.callee)
            yield Label("password" if frame.short in ALWAYS_COMPARE else heard, limit)
            yield from (
                Label(name, limit) for name in (_LAST_NAME.findall(other[1]) if other else ())
            )
        previous = frame.items.get(frame.index - 1, "")
        if not previous and frame.index == 0 and frame.short in ANSWERS:
            previous = self._said
        is_clear = frame.short in SETTERS or frame.short in GETTERS or is_flag(previous)
        yield Label(named(previous), min(limit, clear(is_clear)))
        if frame.short not in GETTERS:
            gives = callee[:1].isupper() or _CAMEL.split(callee)[0].casefold() in GIVING
            is_last = _LAST.match(after) is not None
            yield Label(callee, min(limit, clear(gives and is_last)))

    def _token(self, text: str, start: int) -> None:
        callee, self._callee = self._callee, ""
        if text in _OPENERS:
            child = Frame(text, callee if text != "{" else "")
            if callee[:1] == "." and self._chain:
                child.items[-1] = self._chain
            if text == "(" and self._previous == "%":
                child.columns = columns(self._template)
            self._stack.append(child)
        elif text in _CLOSERS:
            self._close()
        elif text in {"\n", "\r"}:
            self._line_end(start)
        else:
            self._sign(text)
        if text[0].isalpha() or text[0] in "._":
            self._name(text, start)
        if text not in _CLOSERS and text[0] != ".":
            self._template, self._chain = self._chain, ""
        self._previous = text

    def _sign(self, text: str) -> None:
        """A sign, or a word that is one."""
        frame = self._stack[-1]
        ends = text == ";" or (text == ":" and bool(frame.block) and not frame.in_lambda)
        if ends:
            self._subject = frame.slots if frame.block == "match" else self._subject
            self._stack[-1:] = [Frame()]
        elif text == "in" and frame.loop >= 0:
            frame.enter_loop()
        elif text in _COMPARES or (text == "or" and _ENDS_VALUE.search(self._previous)):
            frame.compared = frame.slots[-1]
        elif text in _SIGNS:
            _SIGNS[text](frame)

    def _name(self, text: str, start: int) -> None:
        frame = self._stack[-1]
        if text in _BLOCKS and not frame.opener and frame.slots == [""] and not frame.targets:
            frame.block = text
            if text == "case":
                frame.targets = [self._subject]
        if text == "for":
            frame.loop = frame.index
        elif text == "lambda":
            frame.in_lambda = True
        elif text in {"return", "yield"}:
            frame.targets += [[name] for name in self._function(start, "")]
        elif text not in _KEYWORDS:
            if self._previous is _VALUE and text[0] != "." and not frame.opener:
                frame.targets = []  # no Python: in a shell's or SQL's line, another word begins
            if name := _METHODS.sub("", text):
                frame.hear(name)
            if self._previous == "def":  # what follows are parameters, not arguments
                self._function(start, text)
            else:
                self._callee = text

    def _function(self, start: int, name: str) -> list[str]:
        """Enter a function of some name, or tell that of the one that a place is in."""
        line = self._code[self._code.rfind("\n", 0, start) + 1 : start]
        column = len(line) - len(line.lstrip())
        while self._functions and self._functions[-1][0] >= column:
            self._functions.pop()
        if name:
            self._functions.append((column, name))
        return [each for _, each in self._functions[-1:]]

    def _close(self) -> None:
        if len(self._stack) == 1:
            return
        frame = self._stack.pop()
        outer = self._stack[-1]
        self._chain = next(reversed(frame.items.values()), "")
        if frame.is_subscript or frame.short in GETTERS:
            name = named(frame.items.get(0, ""))
            name = name if strength(name) else frame.short
            outer.hear(name if strength(name) or not frame.is_subscript else frame.callee)
        elif not frame.callee and not outer.opener and not outer.targets:
            outer.slots[-1:] = frame.slots
        elif not frame.callee and outer.is_call and outer.index == 0:
            outer.columns = list(frame.items.values())
        self._callee = "." if frame.is_call else frame.callee

    def _line_end(self, start: int) -> None:
        if len(self._stack) == 1 or _FRESH.match(self._code, start + 1):
            self._said = next(reversed(self._stack[0].items.values()), "") or self._chain
            self._stack = [Frame()]


def labels(code: str, found: Iterable[Literal]) -> tuple[dict[int, tuple[Label, ...]], set[int]]:
    """What string literals are for, and which of them are docstrings, by where they start.

    Args:
        code: Python; it need not parse.
        found: Its literals; those within the fields of others have no labels.
    """
    reader = _Reader(code, found)
    reader.read()
    return reader.labels, reader.docstrings
