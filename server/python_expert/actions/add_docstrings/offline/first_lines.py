"""First lines of docstrings: one fact from the code, as a sentence.

No line is derived from names only, because that would repeat them.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from python_expert.actions.add_docstrings.offline.parameters import NONE_FOR_NONE, UNITS
from python_expert.actions.add_docstrings.offline.raised import message_of
from python_expert.actions.add_docstrings.offline.results import ITSELF
from python_expert.actions.add_docstrings.offline.uses import (
    NOT_USED,
    WITHOUT_ARGUMENTS,
    is_private,
)
from python_expert.analysis.nodes import is_special, is_string
from python_expert.analysis.scopes import Function

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from python_expert.analysis.source import Source

_LONGEST = 30
"""The most lines of a function for which a single detail can be the first line.

In a longer function it would be misleading.
"""

_OFTEN = 3
"""If this many functions of a file share a guard, the guard is not used as a first line."""

_DETAILS = {NOT_USED, WITHOUT_ARGUMENTS, NONE_FOR_NONE}
"""Entries of parameters that do not describe the function."""

_DEPRECATIONS = {"DeprecationWarning", "PendingDeprecationWarning", "FutureWarning"}
_MESSAGE = re.compile(r' \(".*?"\)')


class Line(NamedTuple):
    """A sentence that may be the first line of a docstring.

    Attributes:
        text: The sentence.
        kind: The section of the entries that the sentence repeats, or empty.
        names: The names of the repeated entries.
    """

    text: str
    kind: str = ""
    names: tuple[str, ...] = ()


def first_lines(
    source: Source,
    node: Function | ast.ClassDef,
    body: Function | None,
    details: Mapping[str, Mapping[str, str]],
) -> Iterator[Line]:
    """Find the sentences that may be a docstring's first line, the best one first.

    Sentences with private names are left out unless a message explains them.

    Args:
        source: The text.
        node: The definition.
        body: The function that runs: the function itself, or the constructor of the class.
        details: The entries, by section and name.
    """
    for line in _lines(source, node, body, details):
        if line.text.endswith('").') or not is_private(line.text):
            yield line


def _lines(
    source: Source,
    node: Function | ast.ClassDef,
    body: Function | None,
    details: Mapping[str, Mapping[str, str]],
) -> Iterator[Line]:
    if body is not None and (text := _deprecation(body)):
        yield Line(text)
    if isinstance(node, ast.ClassDef):  # a detail of its constructor does not describe a class
        return
    is_short = node.body[-1].lineno - node.lineno < _LONGEST
    is_guard = _only_raises(node) and not _is_usual(source, node)
    yield from _of_results(node, details)
    if is_guard:
        yield from _of_exceptions(details["raises"])
    if is_short and not is_special(node.name):  # Python calls special methods
        yield from _of_parameters(node, details["args"])


def _only_raises(node: Function) -> bool:
    """Return whether a function does nothing but raise, or return what it checked."""
    return all(
        _guard(each)
        or is_string(each)
        or isinstance(each, ast.Raise | ast.Pass)
        or (isinstance(each, ast.Return) and isinstance(each.value, ast.Name | ast.Constant | None))
        for each in node.body
    )


def _guard(node: ast.AST) -> str:
    """Return the condition and exception of a guard statement, or an empty string."""
    match node:
        case ast.If(test=test, body=[ast.Raise(exc=ast.expr() as made)], orelse=[]):
            return f"{ast.dump(test)} {ast.dump(made.func if isinstance(made, ast.Call) else made)}"
        case _:
            return ""


def _is_usual(source: Source, node: Function) -> bool:
    """Return whether several functions of the file share one of a function's guards."""
    guards = _guards(source)
    return any(guards[each] >= _OFTEN for each in map(_guard, ast.walk(node)) if each)


@lru_cache(maxsize=4)
def _guards(source: Source) -> Counter[str]:
    """Return the number of functions in a text that have each guard."""
    return Counter(
        guard
        for each in source.definitions
        if isinstance(each.node, Function)
        for guard in set(map(_guard, ast.walk(each.node)))
    )


def _of_results(node: Function, details: Mapping[str, Mapping[str, str]]) -> Iterator[Line]:
    for kind, verb in (("returns", "Return"), ("yields", "Yield")):
        for text in details[kind].values():
            is_all = not text.startswith("None if ") and text != ITSELF
            if is_all and not is_special(node.name):
                yield Line(f"{verb} {_going_on(text)}", kind, ("",))


def _of_exceptions(details: Mapping[str, str]) -> Iterator[Line]:
    for name, text in details.items():
        if not text.startswith("With "):  # else the condition is unknown
            line = f"Raise ``{name}`` {_going_on(text)}".replace("; or if ", " or if ")
            yield Line(line, "raises", (name,))
            yield Line(_MESSAGE.sub("", line), "raises", (name,))


def _going_on(text: str) -> str:
    """Return a sentence in the form that continues other words."""
    return text if text.startswith("None") else text[:1].lower() + text[1:]


def _of_parameters(node: Function, details: Mapping[str, str]) -> Iterator[Line]:
    passed: dict[str, list[str]] = {}
    for name, text in details.items():
        if text.startswith("Passed to"):
            passed.setdefault(text, []).append(name)
        elif text not in _DETAILS and (line := _of_parameter(name, text)):
            yield Line(line, "args", (name,))
    given = ((node.args.vararg, "*"), (node.args.kwarg, "**"))
    starred = {each.arg: f"{stars}{each.arg}" for each, stars in given if each}
    for text, names in passed.items():
        if "super(" not in text:  # a call of the base's method is usual
            quoted = " and ".join(f"``{starred.get(name, name)}``" for name in names)
            yield Line(f"{quoted} are {_going_on(text)}", "args", tuple(names))


def _of_parameter(name: str, text: str) -> str:
    """Return a parameter's entry with its name; empty if the entry has several sentences."""
    first, rest = text[:-1].partition(". ")[::2]
    if rest:
        return ""
    if first.startswith("If None"):
        return text.replace("If None", f"If ``{name}`` is None", 1)
    if first in UNITS:
        return f"``{name}`` is in {_going_on(text)}"
    verb = "" if first.startswith("Defaults") else " is"
    return f"``{name}``{verb} {_going_on(text)}"


def _deprecation(node: Function) -> str:
    """Return a sentence about a deprecation warning that a function always issues, or ""."""
    for statement in node.body:
        match statement:
            case ast.Expr(value=ast.Call(func=func, args=args, keywords=keywords) as call) if args:
                if ast.unparse(func) not in {"warnings.warn", "warn"}:
                    continue
                kinds = [*args[1:2], *(each.value for each in keywords if each.arg == "category")]
                kind = ast.unparse(kinds[0]) if kinds else ""
                if kind in _DEPRECATIONS and (message := message_of(call)):
                    return f'Issue a ``{kind}`` ("{message}").'
            case _:
                pass
    return ""
