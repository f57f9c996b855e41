"""Sections that the docstring of a definition must have, according to the code.

The rules satisfy both ruff's DOC rules and pydoclint. Sections that both require are included.
Sections that one of them reports as extraneous are left out.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_expert.analysis.nodes import is_none
from python_expert.analysis.raises import SCOPES, raised_by
from python_expert.analysis.scopes import Function

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.analysis.source import Definition, Source

_ITERATORS = {"Iterator", "Iterable", "AsyncIterator", "AsyncIterable"}
_GENERATORS = {"Generator", "AsyncGenerator"}


@dataclass(frozen=True)
class Shape:
    """The sections of one docstring.

    Attributes:
        parameters: The names in order, with the stars of ``*args`` and ``**kwargs``.
        returns: The return type, empty if unknown; None if no such section is needed.
        yields: The yielded type, empty if unknown; None if no such section is needed.
        raises: Exceptions that the body raises by name, as the code spells them, sorted.
        passes: Exceptions that pydoclint requires and ruff does not: those raised from variables,
            and the two most general ones.
        attributes: Names assigned in a class body, in order.
    """

    parameters: tuple[str, ...] = ()
    returns: str | None = None
    yields: str | None = None
    raises: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()


def shape_of(source: Source, definition: Definition, *, only_pydoclint: bool) -> Shape:
    """Return what the docstring of a definition must describe.

    Args:
        source: The text.
        definition: The definition.
        only_pydoclint: Whether only pydoclint's rules apply, because ruff has no rules for Sphinx.
    """
    node = definition.node
    if isinstance(node, ast.ClassDef):
        constructor = _constructor(node)
        attributes = tuple(_attributes(node))
        if constructor is None or docstring_node(constructor) is not None:
            return Shape(attributes=attributes)
        raises, passes = raised_by(source.tree, constructor)
        return Shape(
            parameters=_parameters(constructor, is_method=True),
            raises=raises,
            passes=passes,
            attributes=attributes,
        )
    raises, passes = raised_by(source.tree, node)
    return Shape(
        parameters=_parameters(node, is_method=definition.is_method),
        returns=_returns(node, only_pydoclint=only_pydoclint),
        yields=_yields(node, only_pydoclint=only_pydoclint),
        raises=raises,
        passes=passes,
    )


def docstring_node(node: Function | ast.ClassDef) -> ast.Expr | None:
    """Return the statement that is a definition's docstring."""
    first = node.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        return first
    return None


def decorators(node: Function | ast.ClassDef) -> Iterator[str]:
    """Yield the dotted names of the decorators, without call arguments."""
    for decorator in node.decorator_list:
        yield ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)


def is_overload(node: ast.AST) -> bool:
    """Return whether a definition only declares one signature of several."""
    return isinstance(node, Function) and any(
        name.rpartition(".")[2] == "overload" for name in decorators(node)
    )


def is_property(node: Function) -> bool:
    """Return whether a method is accessed as an attribute."""
    names = {name.rpartition(".")[2] for name in decorators(node)}
    return bool(names & {"property", "cached_property"})


def nodes_in_order(node: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function's body in the order of the text, without nested scopes."""
    for statement in node.body:
        yield from _inside(statement)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, SCOPES):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _inside(child)


def _constructor(node: ast.ClassDef) -> Function | None:
    """Return the effective constructor: the last definition, as earlier ones are overloads."""
    found = [each for each in node.body if isinstance(each, Function) and each.name == "__init__"]
    return found[-1] if found else None


def arguments(node: Function, *, is_method: bool) -> list[ast.arg]:
    """Return a function's parameters in order; for a method, without ``self`` or ``cls``."""
    args = node.args
    positional = [*args.posonlyargs, *args.args]
    if is_method and positional and "staticmethod" not in decorators(node):
        positional = positional[1:]
    stars = [args.vararg] if args.vararg else []
    more = [args.kwarg] if args.kwarg else []
    return [*positional, *stars, *args.kwonlyargs, *more]


def _parameters(node: Function, *, is_method: bool) -> tuple[str, ...]:
    args = node.args
    return tuple(
        "*" * (arg is args.vararg) + "**" * (arg is args.kwarg) + arg.arg
        for arg in arguments(node, is_method=is_method)
        if arg.arg.strip("_")
    )


def _attributes(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body:
        targets: Sequence[ast.expr] = ()
        if isinstance(statement, ast.AnnAssign):
            targets = (statement.target,)
        elif isinstance(statement, ast.Assign):
            targets = statement.targets
        for target in targets:
            for each in target.elts if isinstance(target, ast.Tuple) else (target,):
                name = ast.unparse(each)
                if not name.startswith("_"):
                    yield name


def annotation_name(annotation: ast.expr | None) -> str:
    """Return the last name of an annotation without its subscript, or ""."""
    if isinstance(annotation, ast.Subscript):
        annotation = annotation.value
    if isinstance(annotation, ast.Attribute):
        return annotation.attr
    return annotation.id if isinstance(annotation, ast.Name) else ""


def _rendered(annotation: ast.expr) -> str:
    """Return the source of a type without the quotes of forward references.

    Strings in literals keep their quotes.
    """
    text = ast.unparse(annotation)
    return re.sub(r"(Literal\[[^\]]*\])|['\"]", lambda found: found[1] or "", text)


def _is_stub(node: Function) -> bool:
    """Return whether a body is that of a protocol's or an abstract method."""
    for statement in node.body:
        is_constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        raised = statement.exc if isinstance(statement, ast.Raise) else None
        raised = raised.func if isinstance(raised, ast.Call) else raised
        is_missing = isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
        if not (isinstance(statement, ast.Pass) or is_constant or is_missing):
            return False
    return True


def _returns(node: Function, *, only_pydoclint: bool) -> str | None:
    """Return the return type, an empty string if it is unknown, or None.

    If an annotation names a type but the body never returns a value and is not a stub, pydoclint
    requires a section and ruff calls it extraneous.
    """
    if "property" in list(decorators(node))[:1] or is_none(node.returns):
        return None
    text = _rendered(node.returns) if node.returns else ""
    inside = list(nodes_in_order(node))
    found = [each for each in inside if isinstance(each, ast.Return)]
    if any(isinstance(each, ast.Yield | ast.YieldFrom) for each in inside):
        return _generator_result(node, found)
    if any(each.value is not None and not is_none(each.value) for each in found):
        return text
    if node.returns is None:
        return text if found and only_pydoclint else None
    is_due = found or _is_stub(node) or only_pydoclint
    never = text == "NoReturn" or annotation_name(node.returns) in _GENERATORS
    return text if is_due and not never else None


def _generator_result(node: Function, found: Sequence[ast.Return]) -> str | None:
    """Return the type that a generator returns, or None."""
    if not any(each.value is not None and not is_none(each.value) for each in found):
        return None
    parts = _subscripts(node.returns)
    return _rendered(parts[2]) if len(parts) == 3 else ""  # noqa: PLR2004 - yield, send, return


def _subscripts(annotation: ast.expr | None) -> list[ast.expr]:
    if not isinstance(annotation, ast.Subscript):
        return []
    inner = annotation.slice
    return inner.elts if isinstance(inner, ast.Tuple) else [inner]


def _yields(node: Function, *, only_pydoclint: bool) -> str | None:
    """Return the yielded type; pydoclint recognizes only yields that are statements."""
    inside = list(nodes_in_order(node))
    found = {each for each in inside if isinstance(each, ast.Yield | ast.YieldFrom)}
    statements = [each for each in inside if isinstance(each, ast.Expr) and each.value in found]
    if not (statements if only_pydoclint else found):
        return None
    name, annotation = annotation_name(node.returns), node.returns
    if annotation is None or name not in _GENERATORS | _ITERATORS:
        return ""
    parts = _subscripts(annotation)
    if not parts:
        return _rendered(annotation)
    first = annotation.slice if name in _ITERATORS else parts[0]  # type: ignore[attr-defined]  # a subscript, as matched above
    returns = any(isinstance(each, ast.Return) for each in inside)
    return None if is_none(first) and not returns else _rendered(first)


def is_empty_body(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Return whether a body is ``...`` or ``pass``."""
    first = node.body[0]
    is_dots = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return len(node.body) == 1 and (is_dots or isinstance(first, ast.Pass))
