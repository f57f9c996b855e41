"""The labels of each literal: the names that it is assigned to, passed as or compared with."""

from __future__ import annotations

import keyword
import re
from bisect import bisect_left
from copy import copy
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from python_expert.privacy.calls import GETTERS, VALUE_KEYS
from python_expert.privacy.flows import Flows
from python_expert.privacy.frames import Frame, Label
from python_expert.privacy.hints import found_at
from python_expert.privacy.names import is_plural, strength
from python_expert.privacy.notations import SCHEME
from python_expert.privacy.paths import asks, filled_by, in_pair, paths, told_after
from python_expert.privacy.places import METHODS, Place, named
from python_expert.privacy.templates import Field, columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from python_expert.privacy.literals import Literal

_TOKEN = re.compile(r"\.?[^\W\d][\w.]*|\d[\w.]*|:=|[=!<>]=|->|[-+*/%|&@]=|\\\r?\n|[\r\n]|\S")
_KEYWORDS = frozenset(keyword.kwlist) | {"match", "case"}
_BLOCKS = frozenset(
    ("if", "elif", "else", "for", "while", "def", "class", "with", "try", "except", "finally")
) | {"match", "case", "async"}
_FRESH = re.compile(
    r"[ \t]*(?:(?:def|class|return|import|raise|while|try|del|assert|yield)\b|@|```|\d+: )"
)
"""The start of a new statement, even if an earlier bracket is not closed."""
_ENDS_VALUE = re.compile(r"[\w)\]]\Z")
_VALUE = "value"
_JOINT, _JOINT_IN_LINE = re.compile(r"[\s\\]*"), re.compile(r"(?:[ \t]|\\\r?\n)*")
"""The text between two pieces of a string, in brackets and outside."""
_COLON = re.compile(r"\s*:")
_LOOKED_AT: Final = 120
_ASKED: Final = 200
"""The most characters before an answer in which a prompt is searched for."""

_NEXT: Final = 80
"""The most characters after a name that are examined."""

_KEPT: Final = 2_000
"""The most characters that are kept of a text with fields."""
_OPENERS, _CLOSERS = frozenset("([{"), frozenset(")]}")
_COMPARES = frozenset((":=", "==", "!=", "in"))
_SIGNS: Final[dict[str, Callable[[Frame], None]]] = {
    ",": Frame.next,
    ":": Frame.colon,
    "=": Frame.assign,
    "+=": Frame.assign,
    "and": Frame.forget,
    "if": Frame.forget,
    "*": Frame.star,
}


class _Reader:
    """Reads code from left to right; open brackets end with the next statement."""

    def __init__(
        self, code: str, found: Sequence[Literal], known: Mapping[str, Sequence[str]], flows: Flows
    ) -> None:
        self.labels: dict[int, tuple[Label, ...]] = {}
        self.paths: dict[int, tuple[Label, ...]] = {}
        self.docstrings: set[int] = set()
        self.scopes: dict[int, int] = {}
        self._code = code
        self._literals, self._starts = found, [each.start for each in found]
        self._signatures, self._flows = known, flows
        self._scope = self._column = 0
        self._functions: list[tuple[int, str]] = []
        self._label = self._class = ""
        self._subject: list[str] = []
        self.begin("")

    def begin(self, name: str) -> None:
        """Begin a statement that assigns to a name; an empty name means no target."""
        self._stack = [Frame()]
        self._stack[0].targets = [[name]] if name else []
        self._callee = self._previous = self._chain = self._template = ""

    def read(self, at: int, end: int) -> None:
        """Read a part of the code.

        Args:
            at: The start offset.
            end: The end offset, exclusive.
        """
        first, last = (bisect_left(self._starts, place) for place in (at, end))
        pieces: list[int] = []
        for number in range(first, last):
            literal = self._literals[number]
            if literal.start < at:
                continue  # within a replacement field
            for match in _TOKEN.finditer(self._code, at, literal.start):
                self._token(match[0], match.start())
            if not literal.is_comment:
                pieces.append(literal.start)
                if not self._is_continued(number, literal):
                    self._literal(literal, pieces)
                    pieces = []
                self._remember(literal)
                self._fields(literal)
            at = literal.end
        for match in _TOKEN.finditer(self._code, at, end):
            self._token(match[0], match.start())

    def _fields(self, literal: Literal) -> None:
        """Read the replacement fields of an f-string, each as a value with the field's name."""
        for (begin, start), (end, after) in pairwise(literal.parts):
            text = self._code[max(begin, start - _LOOKED_AT) : start]
            host = self._code[end : end + 1] if after > end else ""
            field = next(reversed(columns(f"{text}{{}}{host}")), Field(""))
            reader = copy(self)
            reader.begin("password" if SCHEME.fullmatch(text) else field.name)
            reader.read(start + 1, end - 1)

    def _is_continued(self, number: int, literal: Literal) -> bool:
        """Return whether another piece of the same string, with the same labels, follows."""
        following = self._literals[number + 1 : number + 2]
        joint = _JOINT if self._stack[-1].opener else _JOINT_IN_LINE
        return any(
            not each.is_comment
            and each.start >= literal.end
            and joint.fullmatch(self._code, literal.end, each.start) is not None
            for each in following
        )

    def _remember(self, literal: Literal) -> None:
        """Keep the text of a literal, which may name other values."""
        content = self._code[slice(*literal.text)]
        frame = self._stack[-1]
        if not frame.opener and not frame.targets and frame.slots == [""] and not frame.items:
            self.docstrings.add(literal.start)
        frame.items[frame.index] = (frame.items.get(frame.index, "") + content)[-_KEPT:]
        if frame.key.casefold() not in VALUE_KEYS:
            frame.fields.append(content)
        self._chain = content
        self._callee, self._previous = "", _VALUE

    def _literal(self, literal: Literal, pieces: Sequence[int]) -> None:
        """Set the labels of all pieces of a string, at the last one."""
        frame = self._stack[-1]
        after = self._code[literal.end : literal.end + _LOOKED_AT]
        before = self._code[max(0, literal.start - _ASKED) : literal.start]
        place = Place(before, after, self._label, self._signatures)
        is_key = frame.opener == "{" and not frame.key and _COLON.match(after)
        found = [] if is_key else [each for each in found_at(self._stack, place) if each.name]
        if self._class and len(self._stack) == 1 and frame.targets:
            found.append(Label(self._class))
        found += told_after(frame, after)
        self.paths |= dict.fromkeys(pieces, tuple(map(Label, paths(self._stack))))
        self.labels |= dict.fromkeys(pieces, tuple(found))
        self.scopes |= dict.fromkeys(pieces, self._scope)

    def _token(self, text: str, start: int) -> None:
        callee, self._callee = self._callee, ""
        if text in _OPENERS:
            child = Frame(text, callee if text != "{" else "")
            if callee[:1] == "." and self._chain:
                child.items[-1] = self._chain
            frame = self._stack[-1]
            if text in "({" and self._previous == "%":
                child.columns = columns(self._template)
            elif frame.short == "format_map":
                child.columns = columns(frame.items.get(-1, ""))
            self._stack.append(child)
        elif text in _CLOSERS:
            self._close(start)
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
        """Read an operator, a delimiter, or a keyword that is one."""
        frame = self._stack[-1]
        ends = text == ";" or (text == ":" and bool(frame.block) and not frame.in_lambda)
        if ends:
            self._subject = frame.slots if frame.block == "match" else self._subject
            self._record_text()
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
            frame.targets = [self._subject] if text == "case" else []
        if text == "for":
            frame.loop = frame.index
        elif text == "lambda":
            frame.in_lambda = True
        elif text in {"return", "yield"}:
            frame.targets += [[name] for name in self._function(start, "")]
        elif text not in _KEYWORDS:
            if self._previous is _VALUE and text[0] != "." and not frame.opener:
                frame.targets = []  # not Python: in a shell or SQL line, a new word begins
            self._record(frame, text, start + len(text))
            if self._previous == "class":
                self._class = text if is_plural(text) else ""
            if self._previous == "def":  # the bracket contains parameters, not arguments
                self._function(start, text)
            else:
                self._callee = text

    def _record(self, frame: Frame, text: str, end: int) -> None:
        """Read a name that may be a value."""
        if name := METHODS.sub("", text):
            follows = self._code[end : end + _NEXT] if len(name) == len(text) else ""
            label = filled_by(frame, self._template, self._previous) or in_pair(self._stack)
            self._flows.record(self._scope, frame, name, follows, label)
            frame.record(name)

    def _function(self, start: int, name: str) -> list[str]:
        """Enter the function with a name; without a name, return the current function's name."""
        least = max(0, start - _LOOKED_AT)
        line = self._code[max(least, self._code.rfind("\n", least, start) + 1) : start]
        column = len(line) - len(line.lstrip())
        while self._functions and self._functions[-1][0] >= column:
            self._functions.pop()
        if name:
            self._functions.append((column, name))
            if not self._scope or column <= self._column:
                self._scope, self._column = start, column
        return [each for _, each in self._functions[-1:]]

    def _close(self, end: int) -> None:
        if len(self._stack) == 1:
            return
        frame = self._stack.pop()
        outer = self._stack[-1]
        self._chain = next(reversed(frame.items.values()), "")
        if frame.is_subscript:
            name = f"{frame.callee}[{frame.items.get(0) or self._previous}]"
            follows = self._code[end + 1 : end + 1 + _NEXT]
            self._flows.record(self._scope, outer, name, follows, in_pair(self._stack))
        elif asks(frame):
            self._flows.ask(self._scope, outer)
            outer.record("password")
        if frame.is_subscript or frame.short in GETTERS:
            receiver = frame.callee.rpartition(".")[0]
            name = named(frame.items.get(0, "")) if frame.items else receiver
            name = name if strength(name) else frame.short
            outer.record(name if strength(name) or not frame.is_subscript else frame.callee)
        elif not frame.callee and not outer.opener and not outer.targets:
            outer.slots[-1:] = frame.slots
        elif not frame.callee and outer.is_call and outer.index == 0:
            outer.columns = tuple(map(Field, frame.items.values()))
        self._callee = "." if frame.is_call else frame.callee

    def _line_end(self, start: int) -> None:
        if len(self._stack) == 1 or _FRESH.match(self._code, start + 1):
            self._record_text()
            self._stack = [Frame()]
            if self._code[start + 1 : start + 2].isalnum():
                self._scope = 0

    def _record_text(self) -> None:
        """End a statement; its last literal may be the prompt for the next one."""
        self._label = next(reversed(self._stack[0].items.values()), "") or self._chain


def labels(
    code: str, found: Sequence[Literal], known: Mapping[str, Sequence[str]]
) -> tuple[dict[int, tuple[Label, ...]], set[int]]:
    """Return the labels of string literals, and which literals are docstrings, by their start.

    Args:
        code: Python; it need not parse.
        found: The literals of the code in ascending order.
        known: The names of the parameters of functions and classes.
    """
    flows = Flows(known)
    reader = _Reader(code, found, known, flows)
    reader.read(0, len(code))
    flows.settle()
    for each in found:
        names = (*reader.labels.get(each.start, ()), *reader.paths.get(each.start, ()))
        if len(each.parts) == 1 and names and flows.among(reader.scopes[each.start], names):
            reader.labels[each.start] = (*names, Label("password"))
        elif any((reader.scopes.get(each.start), one.name) in flows.coded for one in names):
            reader.labels[each.start] = (*names, Label("b64encode"))
    return reader.labels, reader.docstrings
