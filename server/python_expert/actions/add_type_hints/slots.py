"""Finds the places without a type hint, and builds the edits that fill them."""

from __future__ import annotations

import ast
import tokenize
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from python_expert.analysis.nodes import arguments, last_name
from python_expert.text.document import Edit, Position, Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.source import Definition, Source

RETURN: Final = "return"
"""The name of the slot for the return type.

It is a keyword, so no parameter has this name.
"""


@dataclass(frozen=True)
class Slot:
    """A place without a type hint.

    Attributes:
        name: The parameter's or attribute's name, or ``RETURN``.
        at: The statement that the hint belongs to.
        place: The position where the hint is inserted.
        end: The end of the replaced text: after an adjacent ``=``, or ``place``.
        closing: The text after the hint within the replaced text.
        gap: The position after the ``=`` where a space is needed, or None.
        evaluated: Whether the program evaluates a hint at this place at run time.
    """

    name: str
    at: ast.stmt
    place: Position
    end: Position
    closing: str = ""
    gap: Position | None = None
    evaluated: bool = True

    def edits(self, hint: str) -> Iterator[Edit]:
        """Yield the smallest edits that write a hint into the slot."""
        lead = " -> " if self.name == RETURN else ": "
        yield Edit(Range(self.place, self.end), f"{lead}{hint}{self.closing}")
        if self.gap:
            yield Edit(Range(self.gap, self.gap), " ")


class SlotError(Exception):
    """A slot cannot be found in the text; the message names the slot."""


def slots_of(source: Source, definition: Definition) -> dict[str, Slot]:
    """Find the empty slots of a definition by name: parameters and return, or attributes.

    Raises:
        SlotError: The text is written in an unsupported way.
    """
    node = definition.node
    if isinstance(node, ast.ClassDef):
        return _attributes(source, node)
    found = {}
    for arg in arguments(node)[1 if _has_receiver(definition) else 0 :]:
        if arg.annotation is None:
            found[arg.arg] = _parameter(source, definition, arg)
    if node.returns is None:
        place = _after_parameters(source, node)
        found[RETURN] = Slot(RETURN, node, place, place)
    return found


def filled(definition: Definition) -> Iterator[tuple[str, ast.expr]]:
    """Yield the existing hints of a definition, by the names of their slots."""
    node = definition.node
    if isinstance(node, ast.ClassDef):
        for each in ast.walk(node):
            if isinstance(each, ast.AnnAssign):
                yield last_name(each.target), each.annotation
        return
    for arg in arguments(node):
        if arg.annotation is not None:
            yield arg.arg, arg.annotation
    if node.returns is not None:
        yield RETURN, node.returns


def receiver(definition: Definition) -> str | None:
    """Return the name of a method's ``self`` or ``cls``, or None."""
    if isinstance(definition.node, ast.ClassDef) or not _has_receiver(definition):
        return None
    return arguments(definition.node)[0].arg


def _has_receiver(definition: Definition) -> bool:
    node = definition.node
    if not definition.is_method or isinstance(node, ast.ClassDef):
        return False
    static = any(
        isinstance(each, ast.Name) and each.id == "staticmethod" for each in node.decorator_list
    )
    positional = [*node.args.posonlyargs, *node.args.args]
    return bool(positional) and (not static or node.name == "__new__")


def _parameter(source: Source, definition: Definition, arg: ast.arg) -> Slot:
    where = source.range(arg)  # without an annotation, the parameter ends with its name
    place = where.end
    # Python normalizes identifiers to NFKC.
    if unicodedata.normalize("NFKC", source.slice(where)) != arg.arg:
        raise SlotError(f"the parameter {arg.arg} is written in an unsupported way")
    return _slot(source, arg.arg, definition.node, place)


def _slot(
    source: Source,
    name: str,
    at: ast.stmt,
    place: Position,
    *,
    evaluated: bool = True,
) -> Slot:
    """Return the slot after a name that may be followed by ``=``."""
    token = next(_tokens_from(source, place))
    if token.string != "=":
        return Slot(name, at, place, place, evaluated=evaluated)
    end = Position(token.end[0] - 1, token.end[1])
    bare = source.lines[end.line][end.column : end.column + 1].strip()
    if token.start == (place.line + 1, place.column):
        return Slot(name, at, place, end, " = " if bare else " =", evaluated=evaluated)
    return Slot(name, at, place, place, "", end if bare else None, evaluated)


def _tokens_from(source: Source, place: Position) -> Iterator[tokenize.TokenInfo]:
    """Yield the tokens from a place on, without comments and line ends within brackets."""
    for token in source.tokens_from(place):
        if token.type not in {tokenize.COMMENT, tokenize.NL} and token.start != token.end:
            yield token


def _after_parameters(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Position:
    """Return the end of the bracket that closes a function's parameters."""
    depth, parameters = 0, False
    for token in _tokens_from(source, source.position(node.lineno, node.col_offset)):
        if token.string in {"(", "[", "{"} and token.type == tokenize.OP:
            parameters = parameters or (token.string == "(" and depth == 0)
            depth += 1
        elif token.string in {")", "]", "}"} and token.type == tokenize.OP:
            depth -= 1
            if depth == 0 and parameters:
                return Position(token.end[0] - 1, token.end[1])
    raise SlotError("its parameters are written in an unsupported way")


def _attributes(source: Source, node: ast.ClassDef) -> dict[str, Slot]:
    """Return the slots of a class's attributes at their first assignments.

    These are in the class's body or to ``self``.
    """
    found: dict[str, Slot] = {}
    taken: set[str] = set()
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            taken.add(statement.target.id)
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, ast.Name) and target.id not in taken:
                taken.add(target.id)
                place = source.range(target).end
                if next(_tokens_from(source, place)).string != "=":
                    continue  # the target is in brackets
                found[target.id] = _slot(source, target.id, statement, place)
    methods = [
        each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    for method in sorted(methods, key=lambda each: each.name != "__init__"):
        receivers = arguments(method)[:1]
        for inner in ast.walk(method):
            attribute = _self_target(inner, receivers[0].arg) if receivers else None
            if attribute is None or attribute.attr in taken:
                continue
            taken.add(attribute.attr)
            place = source.range(attribute).end
            if isinstance(inner, ast.Assign) and (next(_tokens_from(source, place)).string == "="):
                found[attribute.attr] = _slot(source, attribute.attr, inner, place, evaluated=False)
    return found


def _self_target(statement: ast.AST, name: str) -> ast.Attribute | None:
    """Return the attribute of ``self`` that a statement assigns to, or None."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    for target in targets:
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            return target if target.value.id == name else None
    return None
