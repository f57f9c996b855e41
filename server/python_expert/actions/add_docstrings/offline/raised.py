"""Finds when a function raises an exception: the condition in the code, and the message."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from python_expert.actions.add_docstrings.offline.exits import exits
from python_expert.actions.add_docstrings.offline.quotes import LONGEST
from python_expert.actions.add_docstrings.offline.uses import is_private

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.actions.add_docstrings.offline.exits import Exit
    from python_expert.actions.add_docstrings.offline.quotes import Quotes
    from python_expert.analysis.scopes import Function
    from python_expert.analysis.source import Definition, Source

_EXCEPTION = re.compile(r"(^|\.)[A-Z]\w*$|(error|exception|timeout)$")
"""Pattern for names of exceptions; other names belong to functions that create exceptions."""

_EXPECTED = {
    "KeyError": {"__getitem__", "__delitem__", "__missing__"},
    "IndexError": {"__getitem__", "__delitem__", "__setitem__"},
    "AttributeError": {"__getattr__", "__getattribute__", "__delattr__"},
    "StopIteration": {"__next__"},
    "StopAsyncIteration": {"__anext__"},
}
"""Exceptions that are part of the protocol of a special method."""

_LONGEST_MESSAGE = 90
_MOST = 3
"""The most places of one exception that an entry describes; more would be unclear."""


def when_raised(node: Function, name: str, quotes: Quotes, overriding: Sequence[str] = ()) -> str:
    """Describe when a function raises an exception; empty if the code does not show it briefly.

    Args:
        node: The function.
        name: The exception as written in the code.
        quotes: The quotes of the function.
        overriding: The known subclasses that override the function.
    """
    is_named = _EXCEPTION.search(name) and not name.endswith("Warning")  # not always raised
    if node.name in _EXPECTED.get(name, ()) or not is_named:
        return ""
    found = [each for each in exits(node) if _raised(each.node) == name and not each.is_caught]
    if not found or len(found) > _MOST:
        return ""
    if name == "NotImplementedError":
        is_all = len(node.body) == 1 and found[0].node is node.body[0]
        return f"Unless overridden, as by ``{overriding[0]}``." if is_all and overriding else ""
    sentences = [_sentence(each, quotes) for each in found]
    if not all(sentences) or len({each.startswith("If ") for each in sentences}) > 1:
        return ""
    first, *more = dict.fromkeys(sentences)
    text = "; or ".join([first, *(each[0].lower() + each[1:] for each in more)])
    return text.replace('"; or with the message "', '" or "') + "."


def overriding(source: Source, definition: Definition) -> list[str]:
    """Return the classes of a text that override a method of another class of the text."""
    found = [definition.parents[-1]] if definition.is_method else []
    for each in source.definitions:  # a class is defined after its bases
        bases = {ast.unparse(base) for base in getattr(each.node, "bases", ())}
        if bases & {getattr(known, "name", "") for known in found}:
            found.append(each.node)
    return [
        each.name
        for each in found[1:]
        if any(getattr(own, "name", "") == definition.node.name for own in each.body)
    ]


def _raised(node: ast.Return | ast.Raise) -> str:
    if not isinstance(node, ast.Raise) or node.exc is None:
        return ""
    return ast.unparse(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)


def _sentence(way: Exit, quotes: Quotes) -> str:
    """Return the description of one place that raises an exception."""
    made = getattr(way.node, "exc", None)
    message = message_of(made) if isinstance(made, ast.Call) else ""
    condition = quotes.condition(way.tests) if way.is_exact else _failure(way, quotes)
    if condition:
        sentence = f'If {condition} ("{message}")' if message else f"If {condition}"
        return sentence if message or not is_private(condition) else ""
    return f'With the message "{message}"' if message else ""


def _failure(way: Exit, quotes: Quotes) -> str:
    """Return what has failed when a handler raises, as a clause after "if"."""
    handler, tried = way.handler, way.tried
    if handler is None or handler.type is None or handler.body[0] is not way.node:
        return ""
    value = getattr(tried, "value", None)
    if not isinstance(value, ast.expr) or not any(
        isinstance(each, ast.Call | ast.Subscript) for each in ast.walk(value)
    ):
        return ""
    code, caught = quotes.quote(value), ast.unparse(handler.type)
    if not code or len(caught) > LONGEST:
        return ""
    if caught in {"Exception", "BaseException"}:
        return f"{code} fails"
    names: Sequence[ast.expr] = [handler.type]
    if isinstance(handler.type, ast.Tuple):
        names = handler.type.elts
    return f"{code} raises {' or '.join(f'``{ast.unparse(name)}``' for name in names)}"


def message_of(made: ast.Call) -> str:
    """Return an exception's message with values in braces, or "" if it is not readable."""
    first = made.args[0] if made.args else None
    text = ""
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        text = first.value
    elif isinstance(first, ast.JoinedStr):  # str(t"…") is not readable
        parts = [_part(each) for each in first.values]
        text = "".join(parts) if all(parts) else ""
    text = " ".join(text.split()).rstrip(" .!:")
    is_words = " " in text and sum(map(str.isalpha, text)) > len(text) // 2
    is_plain = not set(text) & set('"\\`%')
    return text if is_words and is_plain and len(text) <= _LONGEST_MESSAGE else ""


def _part(node: ast.expr) -> str:
    if isinstance(node, ast.FormattedValue):
        return f"{{{ast.unparse(node.value)}}}" if len(ast.unparse(node.value)) <= LONGEST else ""
    return str(node.value) if isinstance(node, ast.Constant) else ""
