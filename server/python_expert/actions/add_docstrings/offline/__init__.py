"""Docstrings by rule: what the code shows, and nothing where it shows nothing.

A summary is made where the words of a name are an English sentence. A parameter, a result or an
exception gets an entry where the body shows more than the signature does.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from python_expert.actions.add_docstrings.offline.exits import Quotes
from python_expert.actions.add_docstrings.offline.parameters import about_parameter
from python_expert.actions.add_docstrings.offline.raised import when_raised
from python_expert.actions.add_docstrings.offline.results import returned, yielded
from python_expert.actions.add_docstrings.offline.summaries import summary_of
from python_expert.analysis.scopes import Function
from python_expert.analysis.signatures import arguments, docstring_node, shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.actions.base import Options
    from python_expert.analysis.source import Definition, Source

NO_SUMMARY = "its name does not say what it does, and nothing is made up"
NOTHING_MORE = "the code shows no more of it than its name does"


def propose(
    source: Source, keys: Sequence[str], options: Options
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Propose the words of docstrings.

    Args:
        source: The text.
        keys: The definitions that get one; unknown ones are passed over.
        options: What is known and wished; nothing of it matters here.

    Yields:
        Each definition's key and the JSON of its ``DocstringFacts``.
    """
    del options
    for key in keys:
        definition = source.definition(key)
        if definition is not None:
            yield key, _facts(source, definition)


def _facts(source: Source, definition: Definition) -> dict[str, Any]:
    said = _entries(source, definition)
    summary = summary_of(source, definition)
    has_more = any(said.values())
    statement = docstring_node(definition.node)
    if statement is None and summary is None:
        said["unsaid"] = NO_SUMMARY
    elif statement is None and summary and not summary.is_fact and not has_more:
        said["unsaid"] = NOTHING_MORE
    return {**said, "summary": summary.text if summary else ""}


def _entries(source: Source, definition: Definition) -> dict[str, Any]:
    """What is said of parameters, results and exceptions."""
    node = definition.node
    is_class = isinstance(node, ast.ClassDef)
    body: ast.AST | None = node
    if is_class:
        made = [each for each in node.body if getattr(each, "name", "") == "__init__"]
        body = made[-1] if made else None
    if not isinstance(body, Function):
        return {}
    shape = shape_of(source, definition, only_pydoclint=False)
    due = {name.lstrip("*") for name in shape.parameters}
    quotes = Quotes(body)
    args = {
        arg.arg: about_parameter(source, body, arg, quotes)
        for arg in arguments(body, is_method=is_class or definition.is_method)
        if arg.arg in due
    }
    raises = {name: when_raised(body, name, quotes) for name in shape.raises}
    return {
        "args": {name: text for name, text in args.items() if text},
        "raises": {name: text for name, text in raises.items() if text},
        "returns": returned(body, quotes) if shape.returns is not None else "",
        "yields": yielded(body) if shape.yields is not None else "",
    }
