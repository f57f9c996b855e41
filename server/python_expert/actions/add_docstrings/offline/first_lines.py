"""The first lines of docstrings: one of the facts that the code shows, as a sentence.

A name in other words is no fact, so no line is made of names.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from python_expert.actions.add_docstrings.offline.parameters import UNITS
from python_expert.actions.add_docstrings.offline.raised import message_of
from python_expert.actions.add_docstrings.offline.results import ITSELF
from python_expert.actions.add_docstrings.offline.uses import (
    NOT_USED,
    WITHOUT_ARGUMENTS,
    is_private,
)
from python_expert.analysis.nodes import is_special
from python_expert.analysis.scopes import Function
from python_expert.analysis.signatures import nodes_in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from python_expert.analysis.source import Source

_LONGEST = 30
"""Lines of a function of which one detail may be the first line; in others it would mislead."""

_MOST = 3
"""Names that a line lists."""

_EXCEPTIONS = ("Error", "Exception", "Warning")
_DEPRECATIONS = {"DeprecationWarning", "PendingDeprecationWarning", "FutureWarning"}
_MESSAGE = re.compile(r' \(".*?"\)')


class Line(NamedTuple):
    """A sentence that may be the first line of a docstring.

    Attributes:
        text: The sentence.
        kind: The section of the entries that it says, or empty.
        names: The names of these.
    """

    text: str
    kind: str = ""
    names: tuple[str, ...] = ()


def first_lines(
    source: Source,
    node: Function | ast.ClassDef,
    body: Function | None,
    said: Mapping[str, Mapping[str, str]],
) -> Iterator[Line]:
    """The sentences that may be a docstring's first line, the best one first.

    What private names say is for readers of the code, unless a message explains it.

    Args:
        source: The text.
        node: The definition.
        body: What runs: the function, or the constructor of the class.
        said: What the entries say, by section and name.
    """
    for line in _lines(source, node, body, said):
        if line.text.endswith('").') or not is_private(line.text):
            yield line


def _lines(
    source: Source,
    node: Function | ast.ClassDef,
    body: Function | None,
    said: Mapping[str, Mapping[str, str]],
) -> Iterator[Line]:
    if body is not None and (text := _deprecation(body)):
        yield Line(text)
    if isinstance(node, ast.ClassDef):  # a detail of its constructor does not tell of a class
        if text := _raised_by(source, node):
            yield Line(text)
        return
    is_short = node.body[-1].lineno - node.lineno < _LONGEST
    yield from _of_results(node, said, is_short=is_short)
    if is_short:
        yield from _of_exceptions(said["raises"])
        if not is_special(node.name):  # those are called by protocol
            yield from _of_parameters(node, said["args"])


def _of_results(
    node: Function, said: Mapping[str, Mapping[str, str]], *, is_short: bool
) -> Iterator[Line]:
    for kind, verb in (("returns", "Return"), ("yields", "Yield")):
        for text in said[kind].values():
            is_all = not text.startswith("None if ") and text != ITSELF
            is_detail = text.startswith("None if ") and is_short
            if (is_all or is_detail) and not is_special(node.name):
                yield Line(f"{verb} {_going_on(text)}", kind, ("",))


def _of_exceptions(said: Mapping[str, str]) -> Iterator[Line]:
    for name, text in said.items():
        if not text.startswith("With "):  # then it is not known when
            line = f"Raise ``{name}`` {_going_on(text)}".replace("; or if ", " or if ")
            yield Line(line, "raises", (name,))
            yield Line(_MESSAGE.sub("", line), "raises", (name,))


def _going_on(text: str) -> str:
    """A sentence as it goes on after other words."""
    return text if text.startswith("None") else text[:1].lower() + text[1:]


def _of_parameters(node: Function, said: Mapping[str, str]) -> Iterator[Line]:
    passed: dict[str, list[str]] = {}
    for name, text in said.items():
        if text.startswith("Passed to"):
            passed.setdefault(text, []).append(name)
        elif text not in {NOT_USED, WITHOUT_ARGUMENTS} and (line := _of_parameter(name, text)):
            yield Line(line, "args", (name,))
    given = ((node.args.vararg, "*"), (node.args.kwarg, "**"))
    starred = {each.arg: f"{stars}{each.arg}" for each, stars in given if each}
    for text, names in passed.items():
        if "super(" not in text:  # as usual
            quoted = " and ".join(f"``{starred.get(name, name)}``" for name in names)
            yield Line(f"{quoted} are {_going_on(text)}", "args", tuple(names))


def _of_parameter(name: str, text: str) -> str:
    """What is said of a parameter, with its name; empty if it is more than a sentence."""
    first, rest = text[:-1].partition(". ")[::2]
    if rest:
        return ""
    if first.startswith("If None"):
        return text.replace("If None", f"If ``{name}`` is None", 1)
    if first in UNITS:
        return f"``{name}`` is in {_going_on(text)}"
    verb = "" if first.startswith("Defaults") else " is"
    return f"``{name}``{verb} {_going_on(text)}"


def _raised_by(source: Source, node: ast.ClassDef) -> str:
    """Which functions of the file raise an exception."""
    raisers = _raisers(source).get(node.name, ()) if node.name.endswith(_EXCEPTIONS) else ()
    quoted = [f"``{name}``" for name in raisers]
    listed = " and ".join(filter(None, [", ".join(quoted[:-1]), *quoted[-1:]]))
    return f"Raised by {listed}." if 0 < len(quoted) <= _MOST else ""


@lru_cache(maxsize=4)
def _raisers(source: Source) -> dict[str, list[str]]:
    """The public functions of a text that raise an exception, by the exception's name."""
    found: dict[str, dict[str, None]] = {}
    for each in source.definitions:
        if not isinstance(each.node, Function) or any(
            isinstance(outer, Function) for outer in each.parents
        ):
            continue
        for node in nodes_in_order(each.node):
            raised = node.exc if isinstance(node, ast.Raise) else None
            raised = raised.func if isinstance(raised, ast.Call) else raised
            if isinstance(raised, ast.Name):
                found.setdefault(raised.id, {})[each.key] = None
    return {
        name: list(keys)
        for name, keys in found.items()
        if not any(part.startswith("_") for key in keys for part in key.split("."))
    }


def _deprecation(node: Function) -> str:
    """That a function always warns of its end."""
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
