"""The grammar of types: which expressions are allowed as an added annotation."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.text.parsing import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 400
"""The maximum number of characters of a readable type expression."""


class NotATypeError(Exception):
    """An expression is not in the grammar of types; the message says why."""


def parse_type(text: str) -> ast.expr:
    """Parse a type expression, quoted or not; quotes around forward references are removed.

    Raises:
        NotATypeError: It does not parse or is not a type.
    """
    if len(text) > LONGEST:
        raise NotATypeError("is too long for a type")
    try:
        node = syntax_tree(text.strip(), "eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotATypeError("does not parse") from error
    if "#" in text or "\n" in text.strip() or "\r" in text.strip():
        raise NotATypeError("is more than an expression on one line")
    check(node)
    return _Unquoted().visit(node)  # type: ignore[no-any-return]  # visit returns Any


def check(node: ast.expr) -> None:
    """Check that an expression is a type.

    Raises:
        NotATypeError: It is not a type.
    """
    match node:
        case ast.Name() | ast.Constant(value=None):
            pass
        case ast.Attribute():
            dotted(node)
        case ast.Constant(value=str() as text):
            parse_type(text)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            check(left)
            check(right)
        case ast.Subscript(value=value, slice=inner):
            _check_arguments(dotted(value).rpartition(".")[2], inner)
        case _:
            raise NotATypeError(f"{_name(node)} is not part of a type")


def dotted(node: ast.expr) -> str:
    """Return the full text of a name with or without dots.

    Raises:
        NotATypeError: It is not a name.
    """
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            return f"{dotted(value)}.{attribute}"
        case _:
            raise NotATypeError(f"{_name(node)} is not part of a type")


def leaves(node: ast.expr) -> Iterator[ast.Name | ast.Attribute]:
    """Yield the names in a type, including dotted names and those in forward references."""
    match node:
        case ast.Name() | ast.Attribute():
            yield node
        case ast.Constant(value=str() as text):
            yield from leaves(parse_type(text))
        case ast.BinOp(left=left, right=right):
            yield from leaves(left)
            yield from leaves(right)
        case ast.Subscript(value=value, slice=inner):
            yield from leaves(value)
            if not is_literal(node):
                yield from leaves(inner)
            else:
                yield from (each for each in _elements(inner) if isinstance(each, ast.Attribute))
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            for element in elements:
                yield from leaves(element)


def root(node: ast.expr) -> str:
    """Return the first name of a name with or without dots."""
    return dotted(node).partition(".")[0]


def is_literal(node: ast.Subscript) -> bool:
    """Return whether a subscript is ``Literal[...]``, whose arguments are values."""
    return dotted(node.value).rpartition(".")[2] == "Literal"


def render(node: ast.expr, quote: str = '"') -> str:
    """Write a type.

    Args:
        node: An expression of the grammar, without forward references in quotes.
        quote: The quotation mark around strings in ``Literal``.
    """
    match node:
        case ast.Constant():
            text = _constant(node.value, quote)
        case ast.UnaryOp(operand=operand):
            text = f"-{render(operand, quote)}"
        case ast.BinOp(left=left, right=right):
            text = f"{render(left, quote)} | {render(right, quote)}"
        case ast.Subscript(value=value, slice=inner):
            text = f"{dotted(value)}[{render(inner, quote)}]"
        case ast.Tuple(elts=elements):
            text = ", ".join(render(element, quote) for element in elements) or "()"
        case ast.List(elts=elements):
            text = f"[{', '.join(render(element, quote) for element in elements)}]"
        case _:
            text = dotted(node)
    return text


def _constant(value: object, quote: str) -> str:
    if isinstance(value, str) and value.isprintable() and not {quote, "\\"} & set(value):
        return f"{quote}{value}{quote}"
    return "..." if value is ... else repr(value)


def _elements(inner: ast.expr) -> list[ast.expr]:
    return inner.elts if isinstance(inner, ast.Tuple) else [inner]


def _check_arguments(name: str, inner: ast.expr) -> None:
    if name == "Annotated":
        raise NotATypeError("Annotated contains more than a type")
    if name == "Literal":
        for element in _elements(inner):
            _check_value(element)
        return
    for element in _elements(inner):
        if isinstance(element, ast.List):
            for argument in element.elts:
                check(argument)
        elif not (isinstance(element, ast.Constant) and element.value is ...):
            check(element)


def _check_value(node: ast.expr) -> None:
    match node:
        case ast.Constant(value=None | str() | bytes() | bool() | int()):
            pass
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int())):
            pass
        case ast.Attribute():
            dotted(node)
        case _:
            raise NotATypeError(f"{_name(node)} is not a literal")


def _name(node: ast.expr) -> str:
    return {
        ast.Call: "a call",
        ast.NamedExpr: "an assignment",
        ast.Lambda: "a lambda",
        ast.Await: "await",
        ast.List: "a list",
        ast.Tuple: "a tuple",
        ast.Starred: "a starred expression",
    }.get(type(node), f"an expression like `{type(node).__name__}`")


class _Unquoted(ast.NodeTransformer):
    """Replaces quoted forward references by their content."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return node if is_literal(node) else self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return parse_type(node.value) if isinstance(node.value, str) else node
