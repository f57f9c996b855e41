"""Finds what a body shows about a parameter: its unit, allowed values, and meaning of None."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.add_docstrings.offline.exits import negated
from python_expert.actions.add_docstrings.offline.uses import (
    called,
    calls,
    forwarded,
    is_bound_early,
    is_name,
    is_private,
    names_it,
    unused,
)
from python_expert.analysis.nodes import defaults, is_none
from python_expert.analysis.signatures import annotation_name, nodes_in_order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.actions.add_docstrings.offline.quotes import Quotes
    from python_expert.analysis.scopes import Function
    from python_expert.analysis.source import Source

NONE_FOR_NONE = "If None, None is returned."

_MOST_VALUES = 8

_UNITS = {
    "time.sleep": ("Seconds", 0, ""), "asyncio.sleep": ("Seconds", 0, "delay"),
    "asyncio.wait_for": ("Seconds", 1, "timeout"), "asyncio.timeout": ("Seconds", 0, "delay"),
    "subprocess.run": ("Seconds", -1, "timeout"), "socket.settimeout": ("Seconds", 0, ""),
    "select.select": ("Seconds", 3, "timeout"), "threading.Timer": ("Seconds", 0, "interval"),
    "datetime.fromtimestamp": ("Seconds since 1970", 0, "timestamp"),
    "datetime.datetime.fromtimestamp": ("Seconds since 1970", 0, "timestamp"),
    "datetime.utcfromtimestamp": ("Seconds since 1970", 0, "timestamp"),
    "time.localtime": ("Seconds since 1970", 0, ""), "time.gmtime": ("Seconds since 1970", 0, ""),
    "math.sin": ("Radians", 0, ""), "math.cos": ("Radians", 0, ""), "math.tan": ("Radians", 0, ""),
    "math.degrees": ("Radians", 0, ""), "math.radians": ("Degrees", 0, ""),
}  # fmt: skip
"""Calls that show the unit of an argument, with the argument's position and name."""

_COMPOUND = (
    ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar,
    ast.Match, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
)  # fmt: skip
"""Statements that contain other statements, which may not run."""

_EMPTY = {"''", "b''", "[]", "{}", "()", "list()", "dict()", "set()", "tuple()"}

_SPANS = ("weeks", "days", "hours", "minutes", "seconds", "milliseconds", "microseconds")

UNITS = {*map(str.capitalize, _SPANS), *(unit for unit, _, _ in _UNITS.values())}
"""The entries of parameters with a unit."""


def about_parameter(source: Source, node: Function, arg: ast.arg, quotes: Quotes) -> str:
    """Describe what the code shows about a parameter beyond its signature; empty if nothing.

    Args:
        source: The text.
        node: The function.
        arg: The parameter.
        quotes: The quotes of the function.
    """
    if arg.arg.startswith("_"):
        return ""
    if arg in {node.args.vararg, node.args.kwarg}:
        return forwarded(source, node, arg)
    if is_bound_early(node, arg.arg):
        return ""
    is_unset = quotes.is_unset(arg.arg)
    sentences = [
        _unit(node, arg.arg) if is_unset else "",
        _allowed(source, node, arg, quotes),
        called(node, arg) if is_unset else "",
        _none_means(node, arg.arg, quotes),
    ]
    return " ".join(filter(None, sentences)) or unused(node, arg)


def _values(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a statement, except those that are only tested for truth or compared."""
    yield node
    for name, value in ast.iter_fields(node):
        is_asked = isinstance(node, ast.BoolOp | ast.Compare | ast.UnaryOp | ast.Assert)
        if is_asked or name in {"test", "ifs"}:
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, ast.AST):
                yield from _values(each)


def _none_means(node: Function, name: str, quotes: Quotes) -> str:
    """Return what is used or returned if a parameter is None."""
    for statement in node.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        if isinstance(statement, ast.If) and (sentence := _if_none(node, statement, name, quotes)):
            return sentence if statement is node.body[0] or sentence.endswith("used.") else ""
        if not isinstance(statement, _COMPOUND) and _decides(statement, node, name):
            for value in _values(statement):
                other, is_any = _otherwise(value, name)
                if other is not None:
                    code = _value(other, name, quotes)
                    case = "None or otherwise false" if is_any else "None"
                    if is_any and is_none(defaults(node).get(name)):
                        return f"Defaults to {code}." if code else ""
                    return f"If {case}, {code} is used." if code else ""
        if _stores(statement, name) or (_may_leave(statement) and names_it(statement, name)):
            return ""  # some values are treated differently
    return ""


def _may_leave(statement: ast.stmt) -> bool:
    return isinstance(statement, (ast.Assert, *_COMPOUND))


def _stores(statement: ast.stmt, name: str) -> bool:
    """Return whether a statement assigns to a name in any form."""
    return any(
        isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Store)
        for each in ast.walk(statement)
    )


def _decides(statement: ast.stmt, node: Function, name: str) -> bool:
    """Return whether a statement sets a parameter, or contains every read of it."""
    if _stores(statement, name):
        return True
    reads, inside = (
        sum(isinstance(each, ast.Name) and each.id == name for each in ast.walk(root))
        for root in (node, statement)
    )
    return reads == inside <= 2  # noqa: PLR2004 - `x if x is not None else y`


def _if_none(node: Function, statement: ast.If, name: str, quotes: Quotes) -> str:
    """Return what a condition uses or returns if a parameter is None."""
    body, orelse = statement.body, statement.orelse
    if _is_test(negated(statement.test), name):
        body, orelse = orelse, body
    elif not _is_test(statement.test, name):
        return ""
    if len(body) != 1:
        return ""
    only, other = body[0], orelse[0] if len(orelse) == 1 else None
    if isinstance(only, ast.Return):
        return _returned_for_none(node, only, name, quotes)
    if not isinstance(only, ast.Assign) or len(only.targets) != 1:
        return ""
    target, code = ast.unparse(only.targets[0]), _value(only.value, name, quotes)
    is_same = target == name and not orelse
    if isinstance(other, ast.Assign) and ast.unparse(other.targets[0]) == target:
        is_same = is_name(other.value, name)
    return f"If None, {code} is used." if is_same and code else ""


def _returned_for_none(node: Function, way: ast.Return, name: str, quotes: Quotes) -> str:
    if way.value is None:
        values = [each.value for each in nodes_in_order(node) if isinstance(each, ast.Return)]
        return NONE_FOR_NONE if any(values) else "If None, nothing is done."
    if is_none(way.value):
        return NONE_FOR_NONE
    code = _value(way.value, name, quotes)
    return f"If None, {code} is returned." if code else ""


def _is_test(test: ast.expr, name: str) -> bool:
    """Return whether a condition is ``name is None``."""
    return ast.unparse(test) == f"{name} is None"


def _otherwise(value: ast.AST, name: str) -> tuple[ast.expr | None, bool]:
    """Return the value that replaces a parameter, and whether it replaces all false values."""
    match value:
        case ast.IfExp(test=test, body=body, orelse=ast.Name(id=given)) if given == name:
            return (body, False) if _is_test(test, name) else (None, False)
        case ast.IfExp(test=test, body=ast.Name(id=given), orelse=other) if given == name:
            return (other, False) if _is_test(negated(test), name) else (None, False)
        case ast.BoolOp(op=ast.Or(), values=[ast.Name(id=given), other]) if given == name:
            return other, True
    return None, False


def _value(node: ast.expr, name: str, quotes: Quotes) -> str:
    """Return a value as code, or "" if it is unusable.

    None, an empty container, private names and uses of the parameter are unusable.
    """
    is_expected = is_none(node) or ast.unparse(node) in _EMPTY
    code = "" if is_expected or names_it(node, name) else quotes.quote(node)
    return "" if is_private(code) else code


def _unit(node: Function, name: str) -> str:
    for call in calls(node):
        called = ast.unparse(call.func)
        if called.rpartition(".")[2] == "timedelta":
            spans = [
                each.arg
                for each in call.keywords
                if each.arg in _SPANS and is_name(each.value, name)
            ]
            if spans and spans[0] not in name:
                return f"{str(spans[0]).capitalize()}."
        unit, position, keyword = _UNITS.get(called, ("", 0, ""))
        given = call.args[position : position + 1] if position >= 0 else []
        given += [each.value for each in call.keywords if each.arg == keyword]
        is_named = unit.lower() in name.lower()
        if unit and not is_named and any(is_name(each, name) for each in given):
            return f"{unit}."
    return ""


def _allowed(source: Source, node: Function, arg: ast.arg, quotes: Quotes) -> str:
    """Return a parameter's allowed values, if others are refused or its type is a `Literal`."""
    if values := _values_of_type(source, annotation_name(arg.annotation)):
        return values
    tests = [
        each for each in node.body if isinstance(each, ast.If) and names_it(each.test, arg.arg)
    ]
    if not tests or not quotes.is_unset(arg.arg):
        return ""
    return _checked(tests[0], arg.arg, quotes)


def _checked(statement: ast.If, name: str, quotes: Quotes) -> str:
    """Return the values that a chain of conditions accepts."""
    match statement.test:
        case ast.Compare(left=ast.Name(id=given), ops=[ast.NotIn()], comparators=[values]):
            if given == name and isinstance(statement.body[-1], ast.Raise):
                if isinstance(values, ast.Tuple | ast.List | ast.Set):
                    return _one_of(values.elts)
                code = quotes.quote(values)
                return f"One of {code}." if code else ""
    known: list[ast.expr] = []
    rest: list[ast.stmt] = [statement]
    while len(rest) == 1 and isinstance(each := rest[0], ast.If):
        match each.test:
            case ast.Compare(left=ast.Name(id=given), ops=[ast.Eq()], comparators=[value]):
                known.append(value)
                if given != name:
                    return ""
            case _:
                return ""
        rest = each.orelse
    return _one_of(known) if rest and isinstance(rest[-1], ast.Raise) else ""


def _one_of(values: list[ast.expr]) -> str:
    are_simple = all(isinstance(each, ast.Constant | ast.Attribute) for each in values)
    if not are_simple or not 1 < len(values) <= _MOST_VALUES:
        return ""
    texts = [f"``{ast.unparse(each)}``" for each in values]
    return f"{', '.join(texts[:-1])} or {texts[-1]}."


def _values_of_type(source: Source, name: str) -> str:
    """Return the values of a `Literal` type that the file defines under a name."""
    for each in source.tree.body:
        match each:
            case ast.Assign(targets=[ast.Name(id=found)], value=ast.Subscript() as value):
                pass
            case ast.AnnAssign(target=ast.Name(id=found), value=ast.Subscript() as value):
                pass
            case _:
                continue
        if found == name and annotation_name(value) == "Literal":
            inner = value.slice
            return _one_of(inner.elts if isinstance(inner, ast.Tuple) else [inner])
    return ""
