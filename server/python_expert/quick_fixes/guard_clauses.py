"""Inverts nested conditions, so that the function or loop is left early."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from python_expert.analysis.nodes import children
from python_expert.quick_fixes.base import FixContext, QuickFix
from python_expert.text.document import Edit, Position, Range
from python_expert.tools.antipatterns.rules.nested_ifs import nested_ifs
from python_expert.tools.antipatterns.syntax import FUNCTIONS, Syntax

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.source import Source
    from python_expert.diagnostics.finding import Finding
    from python_expert.quick_fixes.comments import Comments
    from python_expert.tools.antipatterns.syntax import Function, Loop

_INVERSE: Final[dict[type[ast.cmpop], str]] = {
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
"""Operators that have an exact inverse."""

_EQUAL: Final[dict[type[ast.cmpop], str]] = {ast.Eq: "!=", ast.NotEq: "=="}
"""Operators that have an inverse for builtin types; a class may define both independently."""

_OPERATOR: Final = re.compile(r"[^\s()](?:.*[^\s()])?")
"""An operator in the text between two operands, which may contain parentheses."""

_ATOMS: Final = (ast.Attribute, ast.Call, ast.Constant, ast.Name, ast.Subscript)
"""Expressions that need no parentheses after ``not``."""

_TESTS: Final = (*_ATOMS, ast.BoolOp, ast.Compare)
"""Expressions that need no parentheses after ``if``."""


def guard_clauses(context: FixContext, finding: Finding) -> Iterator[QuickFix]:
    """Invert the conditions, if each has one line and no string would be moved."""
    source, comments = context.source, context.comments
    if finding.code != "PE003" or source is None or source.masked or comments is None:
        return
    syntax = Syntax.of(source.tree, source.text)
    for place, ifs in nested_ifs(syntax):
        if source.range(ifs[0]).start == finding.range.start and (
            lines := _Inversion(source, syntax, comments, place, ifs).lines()
        ):
            where = source.range(ifs[0])
            edit = Edit(Range(Position(where.start.line, 0), where.end), source.newline.join(lines))
            title = f"Invert the conditions and `{_leave(place).split()[0]}` early"
            yield QuickFix(title, (edit,), (finding,), preferred=True)


class _Inversion:
    """The inversion of nested conditions, line by line."""

    def __init__(
        self,
        source: Source,
        syntax: Syntax,
        comments: Comments,
        place: Function | Loop,
        ifs: list[ast.If],
    ) -> None:
        self._source = source
        self._syntax = syntax
        self._comments = comments
        self._leave = _leave(place)
        self._ifs = ifs
        self._indent = self._line(ifs[0].lineno)[: ifs[0].col_offset]

    def lines(self) -> list[str]:
        """Return the new lines; empty if a line cannot be moved."""
        end = max(each.end_lineno or each.lineno for each in self._ifs[-1].body)
        if not self._is_movable(end):
            return []
        found: list[str] = []
        for number, each in enumerate(self._ifs):
            is_last = number + 1 == len(self._ifs)
            last = end if is_last else self._ifs[number + 1].lineno - 1
            step = self._line(each.body[0].lineno)[: each.body[0].col_offset]
            found += self._guard(each, step[each.col_offset :])
            for line in range(each.lineno + 1, last + 1):
                text = self._line(line)
                found.append(self._indent + text[len(step) :] if text.startswith(step) else text)
        return found

    def _guard(self, node: ast.If, unit: str) -> tuple[str, str]:
        line = node.lineno - 1
        comment = ""
        if line in self._comments.columns:
            comment = f"  {self._line(node.lineno)[self._comments.columns[line] :]}"
        leave = self._text(node.orelse[0]) if node.orelse else self._leave
        inverted = self._inverted(node.test)
        return f"{self._indent}if {inverted}:{comment}", f"{self._indent}{unit}{leave}"

    def _inverted(self, test: ast.expr) -> str:
        text = self._text(test)
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                is_plain = isinstance(operand, _TESTS)
                return self._text(operand) if is_plain else text.removeprefix("not").strip()
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                if inverse := self._inverse(operator, left, right):
                    whole, one, other = map(self._source.range, (test, left, right))
                    before, between, after = (
                        self._source.slice(Range(*ends))
                        for ends in (
                            (whole.start, one.end),
                            (one.end, other.start),
                            (other.start, whole.end),
                        )
                    )
                    return before + _OPERATOR.sub(inverse, between) + after
            case _ if isinstance(test, _ATOMS):
                return f"not {text}"
        return f"not ({text})"

    def _inverse(self, operator: ast.cmpop, left: ast.expr, right: ast.expr) -> str:
        """Return the inverse of an operator, or "" if it is uncertain."""
        if all(map(self._is_of_builtin_type, (left, right))):
            return (_INVERSE | _EQUAL).get(type(operator), "")
        return _INVERSE.get(type(operator), "")

    def _is_of_builtin_type(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Constant) or (
            isinstance(node, ast.Call) and self._syntax.is_builtin(node.func, "len")
        )

    def _is_movable(self, end: int) -> bool:
        """Return whether headers have one line, and no line ends in a string or with a backslash.

        Args:
            end: The last line, 1-based, of the innermost body.
        """
        first, last = self._ifs[0].lineno, self._ifs[0].end_lineno or 0
        moved = [line - 1 for line in range(first, last + 1) if self._line(line).strip()]
        known = self._comments.open | self._comments.columns.keys()
        headers = all(
            each.body[0].lineno > each.lineno == each.test.end_lineno
            and self._code(each.lineno).endswith(":")
            for each in self._ifs
        )
        exits = [each.orelse[0] for each in self._ifs if each.orelse]
        return (
            headers
            and known.issuperset(moved)
            and all(each.lineno == each.end_lineno for each in exits)
            and not any(line in self._comments.columns for line in range(end, last))
            and not self._code(last).endswith(";")
        )

    def _text(self, node: ast.stmt | ast.expr) -> str:
        return self._source.slice(self._source.range(node))

    def _code(self, number: int) -> str:
        """Return a line without its comment."""
        return self._line(number)[: self._comments.columns.get(number - 1)].rstrip()

    def _line(self, number: int) -> str:
        return self._source.lines[number - 1].rstrip("\r\n")


def _leave(place: Function | Loop) -> str:
    """Return the statement that leaves a function or an iteration of a loop."""
    if not isinstance(place, FUNCTIONS):
        return "continue"
    pending: list[ast.AST] = [*place.body]
    for node in pending:
        if isinstance(node, ast.Return) and node.value is not None:
            return "return None"
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            pending += children(node)
    return "return"
