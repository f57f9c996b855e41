"""Docstrings without a model, with facts from the code only.

A parameter, a result or an exception gets an entry if the body shows more than the signature. One
of the entries becomes the first line; it also stays an entry if linters require sections. If no
entry can be the first line, there is no docstring.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from python_expert.actions.add_docstrings.offline.first_lines import first_lines
from python_expert.actions.add_docstrings.offline.parameters import NONE_FOR_NONE, about_parameter
from python_expert.actions.add_docstrings.offline.quotes import Quotes
from python_expert.actions.add_docstrings.offline.raised import overriding, when_raised
from python_expert.actions.add_docstrings.offline.results import returned, yielded
from python_expert.actions.add_docstrings.render import WIDTH
from python_expert.analysis.scopes import Function
from python_expert.analysis.signatures import arguments, docstring_node, shape_of
from python_expert.config.docstring_demands import ALL_ARGS, ALL_SECTIONS, SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.actions.base import Options
    from python_expert.analysis.source import Definition, Source

NOTHING = "the code shows no more than its signature"
NO_LINE = "the code shows nothing that can be its first line"

_KINDS = ("args", "returns", "yields", "raises")
_SECTIONS = {*SECTIONS, ALL_ARGS, ALL_SECTIONS}


def propose(
    source: Source, keys: Sequence[str], options: Options
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Propose the text of docstrings.

    Args:
        source: The text.
        keys: The keys of the definitions to describe; unknown keys are ignored.
        options: The context of the rewrite; used for the line length and the linters' requirements.

    Yields:
        Each definition's key and the JSON of its ``DocstringFacts``.
    """
    for key in keys:
        definition = source.definition(key)
        if definition is not None:
            yield key, _facts(source, definition, options)


def _facts(source: Source, definition: Definition, options: Options) -> dict[str, Any]:
    body = _body(definition.node)
    said = _entries(source, definition, body) if body else {kind: {} for kind in _KINDS}
    facts: dict[str, Any] = {"summary": ""}
    if docstring_node(definition.node) is None:
        lines = list(first_lines(source, definition.node, body, said))
        space = _space_left(source, definition, options)
        line = next((each for each in lines if len(each.text) <= space), None)
        if line is None:
            facts["why_none"] = NO_LINE if any(said.values()) else NOTHING
        else:
            facts["summary"] = line.text
            if _SECTIONS.isdisjoint(options.demanded):
                said = {**said, line.kind: _without(said.get(line.kind, {}), line.names)}
    facts |= {kind: said[kind] for kind in ("args", "raises")}
    return facts | {kind: said[kind].get("", "") for kind in ("returns", "yields")}


def _space_left(source: Source, definition: Definition, options: Options) -> int:
    """Return the columns that are left for a first line that fits on one line with its quotes."""
    line, column = definition.range.start
    indent = len(source.lines[line][:column].expandtabs(4)) + 4
    return (options.line_length or WIDTH) - indent - 2 * len('"""')


def _without(said: dict[str, str], names: Sequence[str]) -> dict[str, str]:
    return {name: text for name, text in said.items() if name not in names}


def _body(node: ast.AST) -> Function | None:
    """Return the function that runs: a function, or the constructor of a class."""
    if isinstance(node, ast.ClassDef):
        made = [each for each in node.body if getattr(each, "name", "") == "__init__"]
        node = made[-1] if made else node
    return node if isinstance(node, Function) else None


def _entries(source: Source, definition: Definition, body: Function) -> dict[str, dict[str, str]]:
    """Return the entries of parameters, results and exceptions, by section and name."""
    is_class = isinstance(definition.node, ast.ClassDef)
    shape = shape_of(source, definition, only_pydoclint=False)
    due = {name.lstrip("*") for name in shape.parameters}
    quotes = Quotes(body)
    classes = overriding(source, definition) if "NotImplementedError" in shape.raises else []
    said = {
        "args": {
            arg.arg: about_parameter(source, body, arg, quotes)
            for arg in arguments(body, is_method=is_class or definition.is_method)
            if arg.arg in due
        },
        "raises": {name: when_raised(body, name, quotes, classes) for name in shape.raises},
        "returns": {"": returned(body, quotes) if shape.returns is not None else ""},
        "yields": {"": yielded(body) if shape.yields is not None else ""},
    }
    elsewhere = " ".join([*said["raises"].values(), *said["returns"].values()])
    return {
        kind: {
            name: text
            for name, text in entries.items()
            if text and not (kind == "args" and _is_repeated(name, text, elsewhere))
        }
        for kind, entries in said.items()
    }


def _is_repeated(name: str, text: str, elsewhere: str) -> bool:
    """Return whether a parameter's entry repeats the entry of an exception or the result."""
    is_named = f"``{name} not in " in elsewhere or f"``{name} != " in elsewhere
    are_values = text.startswith(("One of", "``"))
    return (is_named and are_values) or (
        text == NONE_FOR_NONE and f"None if ``{name} is None``" in elsewhere
    )
