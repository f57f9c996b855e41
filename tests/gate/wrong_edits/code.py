"""Mutations of a program. Each changes one thing that Python, a tool or a reader would notice."""

from __future__ import annotations

import ast
import tokenize
from bisect import bisect_right
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.nodes import arguments
from python_expert.analysis.source import Source, all_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator


class Mutant(NamedTuple):
    """One change of a text.

    Attributes:
        name: The change and its place.
        start: The start offset of the replaced part.
        end: The end offset of the replaced part.
        text: The new part.
    """

    name: str
    start: int
    end: int
    text: str

    @property
    def kind(self) -> str:
        """The change without its place."""
        return self.name.rpartition(" at ")[0]

    def applied(self, whole: str) -> str:
        """Return the changed text."""
        return whole[: self.start] + self.text + whole[self.end :]


class Code:
    """A text whose parts can be replaced.

    Args:
        text: The text, which must parse.

    Attributes:
        source: The text with its tree and tokens.
    """

    def __init__(self, text: str) -> None:
        self.source = Source.of(text)
        self._starts = [0]
        for line in self.source.lines:
            self._starts.append(self._starts[-1] + len(line))

    @cached_property
    def comments(self) -> tuple[str, ...]:
        """The text's comments."""
        return tuple(each.string for each in self.source.tokens if each.type == tokenize.COMMENT)

    def at(self, line: int, column: int) -> int:
        """Return the 0-based offset of a place in code points."""
        return self._starts[line] + column

    def span(self, node: ast.stmt | ast.expr | ast.arg | ast.keyword) -> tuple[int, int]:
        """Return the start and end offsets of a node."""
        start, end = self.source.range(node)
        return self.at(*start), self.at(*end)

    def slice(self, node: ast.stmt | ast.expr | ast.arg | ast.keyword) -> str:
        """Return the text of a node."""
        start, end = self.span(node)
        return self.source.text[start:end]

    def lines(self, node: ast.stmt) -> tuple[int, int] | None:
        """Return the offsets of a statement's lines, or None if it shares its lines."""
        start, end = self.source.range(node)
        first, last = self.source.lines[start.line], self.source.lines[end.line]
        rest = last[end.column :].strip()
        if first[: start.column].strip() or (rest and not rest.startswith("#")):
            return None
        return self._starts[start.line], self._starts[end.line + 1]

    def put(self, what: str, start: int, end: int, text: str) -> Mutant:
        """Return a mutant with another text between two offsets."""
        line = bisect_right(self._starts, start)
        return Mutant(f"{what} at {line}:{start - self._starts[line - 1]}", start, end, text)


OPERATORS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "+"), ast.Div: ("/", "//"),
    ast.FloorDiv: ("//", "/"), ast.Mod: ("%", "+"), ast.BitOr: ("|", "&"), ast.BitAnd: ("&", "|"),
    ast.Pow: ("**", "*"), ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"), ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.Is: ("is", "=="),
    ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"), ast.IsNot: ("is not", "!="),
    ast.And: ("and", "or"), ast.Or: ("or", "and"),
}  # fmt: skip


def mutants(code: Code, left: set[ast.AST]) -> Iterator[Mutant]:
    """Yield every mutant of a program with one change.

    Args:
        code: The program.
        left: Nodes that stay unchanged, with their descendants.
    """
    todo: list[ast.AST] = [code.source.tree]
    while todo:
        node = todo.pop()
        if node in left or isinstance(node, ast.JoinedStr):  # no positions before 3.12
            continue
        yield from _of_node(code, node)
        for body in ("body", "orelse", "finalbody"):
            block = getattr(node, body, None)
            if isinstance(block, list):
                yield from _of_block(code, [each for each in block if each not in left])
        todo += ast.iter_child_nodes(node)
    yield from _of_comments(code)


def _of_node(code: Code, node: ast.AST) -> Iterator[Mutant]:  # noqa: C901, PLR0912 - one case for each kind
    match node:
        case ast.BinOp():
            yield from _operator(code, node.op, node.left, node.right)
        case ast.BoolOp():
            yield from _operator(code, node.op, node.values[0], node.values[1])
        case ast.Compare():
            yield from _operator(code, node.ops[0], node.left, node.comparators[0])
        case ast.AugAssign():
            yield from _operator(code, node.op, node.target, node.value)
        case ast.UnaryOp(op=ast.Not()):
            start, end = code.span(node)
            yield code.put("a dropped not", start, end, code.slice(node.operand))
        case ast.Constant() if not isinstance(node.value, str | bytes):
            yield from _constant(code, node)
        case ast.Constant() if not node.kind and code.slice(node)[-1:] in {'"', "'"}:
            start, end = code.span(node)
            yield code.put("another string", end - 1, end - 1, "x")
        case ast.Call():
            yield from _call(code, node)
        case ast.If() | ast.While() | ast.IfExp():
            start, end = code.span(node.test)
            test = code.slice(node.test)
            yield code.put("a negated condition", start, end, f"not ({test})")
        case ast.Return(value=ast.expr() as value):
            start, end = code.span(value)
            yield code.put("no result", start, end, "None")
            yield code.put("a result in a list", start, end, f"[{code.slice(value)}]")
        case ast.Attribute(ctx=ast.Load()):
            _, end = code.span(node)
            yield code.put("another attribute", end, end, "_")
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from _function(code, node)
        case ast.ClassDef(bases=[first, *_]):
            start, end = code.span(first)
            yield code.put("another base", start, end, "dict")
        case _:
            pass


def _operator(code: Code, operator: ast.AST, one: ast.expr, other: ast.expr) -> Iterator[Mutant]:
    if type(operator) not in OPERATORS:
        return
    old, new = OPERATORS[type(operator)]
    (_, start), (end, _) = code.span(one), code.span(other)
    between = code.source.text[start:end]
    if between.count(old) == 1:
        place = start + between.index(old)
        yield code.put(f"{new} for {old}", place, place + len(old), new)


def _constant(code: Code, node: ast.Constant) -> Iterator[Mutant]:
    start, end = code.span(node)
    match node.value:
        case bool():
            yield code.put("the other truth", start, end, str(not node.value))
        case None:
            yield code.put("0 for None", start, end, "0")
        case int() | float():
            yield code.put("another number", start, end, f"{node.value + 1}")
            if node.value in {0, 1} and isinstance(node.value, int):
                yield code.put("a truth for a number", start, end, str(bool(node.value)))
            if isinstance(node.value, int):
                yield code.put("a float of the same value", start, end, f"{node.value}.0")


def _call(code: Code, node: ast.Call) -> Iterator[Mutant]:
    start, end = code.span(node)
    for one, other in pairwise(node.args):
        (first, second), (third, fourth) = code.span(one), code.span(other)
        swapped = code.slice(other) + code.source.text[second:third] + code.slice(one)
        yield code.put("swapped arguments", first, fourth, swapped)
    given: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
    for argument, following in pairwise(given):
        yield code.put("a dropped argument", code.span(argument)[0], code.span(following)[0], "")
    for keyword in node.keywords:
        if keyword.arg and code.slice(keyword).startswith(keyword.arg):
            first, _ = code.span(keyword)
            last = first + len(keyword.arg)
            yield code.put("another keyword", first, last, f"{keyword.arg}_")
    yield code.put("a call that is not made", code.span(node.func)[1], end, "")
    yield code.put("a call made twice", start, end, f"({code.slice(node)}, {code.slice(node)})[1]")


def _function(code: Code, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Mutant]:
    for decorator in node.decorator_list:
        first, _ = code.source.range(decorator)
        yield code.put(
            "a dropped decorator", code.at(first.line, 0), code.at(first.line + 1, 0), ""
        )
    for arg in arguments(node):
        start, _ = code.span(arg)
        if arg.arg not in {"self", "cls"}:
            yield code.put("a renamed parameter", start, start + len(arg.arg), f"{arg.arg}_")
    column = code.source.lines[node.lineno - 1].index("def ", node.col_offset) + 4
    at = code.at(node.lineno - 1, column)
    yield code.put("a renamed function", at, at + len(node.name), f"{node.name}_")


def _of_block(code: Code, block: list[ast.stmt]) -> Iterator[Mutant]:
    """Yield mutants with a statement dropped, doubled, swapped, moved out or added."""
    text = code.source.text
    for index, node in enumerate(block):
        where = code.lines(node)
        if where is None:
            continue
        start, end = where
        line = text[start:end]
        indent = line[: len(line) - len(line.lstrip())]
        newline = code.source.newline
        yield code.put("a dropped statement", start, end, "")
        yield code.put("a statement made pass", start, end, f"{indent}pass{newline}")
        yield code.put("a doubled statement", end, end, line)
        yield code.put("an added call", start, start, f"{indent}print(){newline}")
        if indent.startswith("    "):
            yield code.put("a statement moved out", start, end, _dedented(line))
        following = code.lines(block[index + 1]) if index + 1 < len(block) else None
        if following is not None:
            other = text[following[0] : following[1]]
            swapped = other + text[end : following[0]] + line
            yield code.put("swapped statements", start, following[1], swapped)


def _dedented(lines: str) -> str:
    return "".join(line.removeprefix("    ") for line in lines.splitlines(keepends=True))


def _of_comments(code: Code) -> Iterator[Mutant]:
    for token in code.source.tokens:
        line = token.start[0] - 1
        if token.type == tokenize.COMMENT:
            start, end = code.at(line, token.start[1]), code.at(line, token.end[1])
            yield code.put("a dropped comment", start, end, "")
            yield code.put("another comment", end, end, " or not")
        elif token.type == tokenize.NEWLINE and line % 3 == 0:
            at = code.at(line, token.start[1])
            yield code.put("an added comment", at, at, "  # type: ignore")
            yield code.put("an added noqa", at, at, "  # noqa")


def docstring_nodes(tree: ast.Module) -> set[ast.AST]:
    """Return the statements that are docstrings."""
    return {
        node.body[0]
        for node in all_nodes(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
        and isinstance(node.body[0].value.value, str)
    }
