"""The kinds of mutants that matter for a proof."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from tests.mutation.direction import Direction, Function, Senses, of_truth, tells_reasons

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_TURNED: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
_EMPTY = {"list": "[]", "tuple": "()", "set": "set()", "frozenset": "frozenset()", "dict": "{}"}
_LEFT_ALONE = {"annotation", "returns", "decorator_list", "exc", "format_spec"}
"""Parts of the tree that decide nothing: types and messages."""


class Change(NamedTuple):
    """A replacement of a piece of code.

    Attributes:
        kind: The kind of change.
        direction: Whether the change makes the gate more lenient.
        start: The start of the replaced code, as an offset in bytes.
        end: The end of the replaced code, as an offset in bytes.
        old: The replaced code.
        new: The new code.
        line: The 1-based line of the statement or expression.
    """

    kind: str
    direction: Direction
    start: int
    end: int
    old: str
    new: str
    line: int


def changes(
    data: bytes, code: Iterable[ast.AST], function: Function | None, senses: Senses
) -> Iterator[Change]:
    """Yield all changes of the body of a function, or of the value of a constant.

    Args:
        data: The module's content.
        code: The statements or the value.
        function: The function, or None for a constant.
        senses: The consequences of functions for the gate.
    """
    operators = _Operators(data, function, senses)
    for each in code:
        yield from operators.within(each)


class _Operators:
    def __init__(self, data: bytes, function: Function | None, senses: Senses) -> None:
        self._data = data
        self._function = function
        self._senses = senses
        self._strictness = senses.strictness(function) if function else {}
        self._starts = [0]
        for line in data.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def within(self, root: ast.AST) -> Iterator[Change]:
        """Yield the changes of a tree."""
        if isinstance(root, ast.Assert | ast.JoinedStr):
            return
        if isinstance(root, ast.stmt):
            yield from self._dropped(root)
            yield from self._branches(root)
        elif isinstance(root, ast.expr):
            yield from self._logic(root)
            yield from self._parts(root)
        for name, value in ast.iter_fields(root):
            if name not in _LEFT_ALONE:
                for each in value if isinstance(value, list) else [value]:
                    if isinstance(each, ast.AST):
                        yield from self.within(each)

    def _change(
        self,
        kind: str,
        node: ast.expr | ast.stmt,
        new: str,
        direction: Direction = Direction.OPEN,
        span: tuple[int, int] | None = None,
    ) -> Iterator[Change]:
        start, end = span or self._span(node)
        old = self._data[start:end].decode()
        if old != new:
            yield Change(kind, direction, start, end, old, new, node.lineno)

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self._starts[node.lineno - 1] + node.col_offset
        return start, self._starts[node.end_lineno - 1] + node.end_col_offset

    def _text(self, node: ast.expr | ast.stmt) -> str:
        start, end = self._span(node)
        return self._data[start:end].decode()

    def _refuses(self, body: Iterable[ast.stmt]) -> Direction:
        """Return the direction of a mutant that leaves some statements out."""
        refuses = self._function and self._senses.refuses_within(body, self._function)
        return Direction.LENIENT if refuses else Direction.OPEN

    def _returns(self) -> str:
        returns = self._function and self._function.returns
        return ast.unparse(returns) if returns else ""

    def _dropped(self, node: ast.stmt) -> Iterator[Change]:
        """Yield changes that leave a statement out."""
        direction = Direction.OPEN
        if self._function and self._senses.is_refusal(node, self._function):
            direction = Direction.LENIENT
        match node:
            case ast.Return() if direction is Direction.LENIENT:
                nothing = _EMPTY.get(self._returns().partition("[")[0], "None")
                yield from self._change("refusal dropped", node, f"return {nothing}", direction)
            case ast.Expr(value=ast.Yield() | ast.YieldFrom()):
                yield from self._change("yield dropped", node, "yield from ()", direction)
            case ast.Raise():
                yield from self._change("refusal dropped", node, "pass", direction)
            case ast.AugAssign() | ast.Expr(value=ast.Call()):
                yield from self._change("statement dropped", node, "pass", direction)

    def _branches(self, node: ast.stmt) -> Iterator[Change]:
        """Yield changes that always or never take a branch, or stop a loop at the first element."""
        match node:
            case ast.If(test=test) if ast.unparse(test) != "TYPE_CHECKING":
                yield from self._condition(test)
            case ast.While(test=test):
                yield from self._change("condition False", test, "False")
            case ast.Return(value=ast.expr() as value) if self._returns() == "bool":
                yield from self._condition(value, "result")
            case ast.For(iter=iterable, body=body):
                yield from self._first_only(iterable, self._refuses(body))
            case ast.Match(cases=cases):
                for case in cases:
                    if case.guard is not None:
                        yield from self._condition(case.guard)
                    else:
                        yield from self._case(case)

    def _case(self, case: ast.match_case) -> Iterator[Change]:
        if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
            return  # it matches everything and must be the last
        pattern, first = case.pattern, case.body[0]
        line = self._starts[pattern.lineno - 1]
        start = self._data.rindex(b"case ", 0, line + pattern.col_offset) + len(b"case ")
        end = self._data.rindex(b":", start, self._starts[first.lineno - 1] + first.col_offset)
        new = f"{self._data[start:end].decode()} if False"
        yield from self._change("case removed", first, new, self._refuses(case.body), (start, end))

    def _condition(self, test: ast.expr, what: str = "condition") -> Iterator[Change]:
        for word in ("True", "False"):
            new = word
            if any(isinstance(each, ast.NamedExpr) for each in ast.walk(test)):
                # The branch uses the name that it binds.
                new = f"(({self._text(test)}) {'or' if word == 'True' else 'and'} {word})"
            direction = of_truth(self._strictness.get(test, 0), truer=word == "True")
            yield from self._change(f"{what} {word}", test, new, direction)

    def _logic(self, node: ast.expr) -> Iterator[Change]:
        """Yield changes to another operator."""
        strictness = self._strictness.get(node, 0)
        match node:
            case ast.BoolOp(op=op, values=values):
                yield from self._operands(node, op, values, strictness)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield from self._change("not dropped", node, f"({self._text(operand)})")
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                new = f"({self._text(left)} {_TURNED[type(op)]} {self._text(right)})"
                yield from self._change("comparison turned", node, new)
            case ast.Call(func=ast.Name(id="any" | "all" as name) as func):
                other = "all" if name == "any" else "any"
                direction = of_truth(strictness, truer=other == "any")
                yield from self._change(f"{name} becomes {other}", func, other, direction)
            case ast.IfExp(test=test):
                yield from self._condition(test)
            case ast.Constant(value=int() as number) if not isinstance(number, bool):
                for near in (number + 1, number - 1):
                    if near >= 0:
                        yield from self._change("off by one", node, str(near))

    def _operands(
        self, node: ast.expr, op: ast.boolop, values: Sequence[ast.expr], strictness: int
    ) -> Iterator[Change]:
        """Yield changes to the other operator, or without an operand that binds no names."""
        is_and = isinstance(op, ast.And)
        texts = [f"({self._text(each)})" for each in values]
        name, word = ("and becomes or", " or ") if is_and else ("or becomes and", " and ")
        direction = of_truth(strictness, truer=is_and)
        yield from self._change(name, node, f"({word.join(texts)})", direction)
        for each in values:
            if not any(isinstance(part, ast.NamedExpr) for part in ast.walk(each)):
                yield from self._change("operand dropped", each, str(is_and), direction)

    def _parts(self, node: ast.expr) -> Iterator[Change]:
        """Yield changes that leave out one of several parts."""
        falser = of_truth(self._strictness.get(node, 0), truer=False)
        match node:
            case ast.Call(func=ast.Name(id="isinstance"), args=[_, ast.BinOp() as union]):
                yield from self._types(union, falser)
            case ast.Set(elts=elements) | ast.Tuple(elts=elements) | ast.List(elts=elements):
                simple = ast.Constant | ast.Attribute | ast.Name | ast.Call
                if all(isinstance(each, simple) for each in elements):
                    yield from self._elements(node, elements, falser)
            case ast.Dict(keys=keys, values=values):
                yield from self._items(keys, values)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                reasons = bool(self._function and tells_reasons(self._function))
                strictness = self._strictness.get(node, 0) or reasons
                for each in node.generators:
                    if not each.is_async:
                        yield from self._first_only(each.iter, of_truth(strictness, truer=False))
                    for test in each.ifs:
                        yield from self._condition(test)

    def _first_only(self, iterable: ast.expr, direction: Direction) -> Iterator[Change]:
        new = f"list({self._text(iterable)})[:1]"
        yield from self._change("only the first", iterable, new, direction)

    def _types(self, node: ast.BinOp, direction: Direction) -> Iterator[Change]:
        for left, kept in ((node.left, node.right), (node.right, node.left)):
            if not isinstance(left, ast.BinOp):
                kind = f"type {self._text(left)} left out"
                yield from self._change(kind, node, self._text(kept), direction)
        if isinstance(node.left, ast.BinOp):
            yield from self._types(node.left, direction)

    def _elements(
        self, node: ast.expr, elements: Sequence[ast.expr], direction: Direction
    ) -> Iterator[Change]:
        if len(elements) < 2 or isinstance(getattr(node, "ctx", None), ast.Store):
            return
        for number, each in enumerate(elements):
            start, end = self._span(each)
            if number:
                _, start = self._span(elements[number - 1])
            else:
                end, _ = self._span(elements[1])
            yield from self._change("element left out", each, "", direction, (start, end))

    def _items(
        self, keys: Sequence[ast.expr | None], values: Sequence[ast.expr]
    ) -> Iterator[Change]:
        for number, (key, value) in enumerate(zip(keys, values, strict=True)):
            if key is None or len(keys) < 2:
                continue
            start, end = self._span(key)[0], self._span(value)[1]
            if number:
                _, start = self._span(values[number - 1])
            elif (following := keys[1]) is not None:
                end, _ = self._span(following)
            else:
                continue
            yield from self._change("item left out", key, "", Direction.OPEN, (start, end))
