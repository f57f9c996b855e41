"""Finds the definitions that lack a docstring, or sections of one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.add_docstrings.complete import missing
from python_expert.actions.add_docstrings.facts import DocstringFacts
from python_expert.actions.add_docstrings.layout import (
    NoPlaceError,
    is_setter,
    place_for,
)
from python_expert.actions.add_docstrings.render import sections_of
from python_expert.actions.add_docstrings.styles import style_of_text
from python_expert.actions.base import Options, Skipped, Target
from python_expert.analysis.nodes import is_special
from python_expert.analysis.signatures import docstring_node, is_overload, shape_of
from python_expert.config.docstring_demands import SECTIONS
from python_expert.config.settings import Style

if TYPE_CHECKING:
    from collections.abc import Collection

    from python_expert.actions.add_docstrings.render import Section
    from python_expert.analysis.source import Definition, Source
    from python_expert.text.document import Range

ALL_DOCUMENTED = (
    "every public function and class has a docstring; a private one gets one if asked for by itself"
)


def targets(
    source: Source, where: Range | None, options: Options
) -> tuple[list[Target], list[Skipped]]:
    """Return the definitions that lack a docstring or sections, and those that are skipped."""
    found: list[Target] = []
    left: list[Skipped] = []
    for definition in asked(source, where):
        reason = unfit(source, definition, options)
        if reason is None:
            found.append(Target(definition.key, definition.range))
        elif reason:
            left.append(Skipped(definition.key, reason))
    if not found and not left:
        if where is not None:
            left += [Skipped(each.key, "it has a docstring") for each in asked(source, where)[:1]]
        elif source.definitions:
            left.append(Skipped("", ALL_DOCUMENTED))
    return found, left


def asked(source: Source, where: Range | None) -> list[Definition]:
    """Select the definitions that a request means.

    Without a place, these are the public definitions. A cursor selects the innermost definition
    around it. A selection selects all definitions that begin in it. Only a cursor selects a nested
    function.
    """
    selected = source.selected(where)
    if where is None:
        return [each for each in selected if is_public(each)]
    if where.start == where.end or len(selected) == 1:
        return [each for each in selected if each is selected[0] or is_public(each, selected[0])]
    return [each for each in selected if not _is_nested(each)]


def is_public(definition: Definition, within: Definition | None = None) -> bool:
    """Return whether a definition is public, judged by names and nesting.

    Args:
        definition: The definition.
        within: A class around the definition whose own name is ignored, or None.
    """
    names = [each.name for each in (*definition.parents, definition.node)]
    if within is not None:
        names = names[len(within.parents) + 1 :]
    hidden = any(name.startswith("_") and not is_special(name) for name in names)
    return not hidden and not _is_nested(definition, within)


def _is_nested(definition: Definition, within: Definition | None = None) -> bool:
    """Return whether a definition is inside a function."""
    outer = definition.parents[len(within.parents) + 1 if within else 0 :]
    return any(not isinstance(each, ast.ClassDef) for each in outer)


def unfit(source: Source, definition: Definition, options: Options) -> str | None:
    """Return the reason why a definition gets no docstring.

    Returns:
        The reason. Empty if the definition already has a docstring, None if it gets a docstring.
    """
    node = definition.node
    reason = None
    if options.is_stub:
        reason = "stub files have no docstrings"
    elif is_overload(node):
        reason = "an overload is documented by its implementation"
    elif not isinstance(node, ast.ClassDef) and is_setter(node):
        reason = "a property is documented by its getter"
    elif node.name == "__init__" and definition.is_method and docstring_node(node) is None:
        reason = "a constructor is documented by its class"
    elif _is_masked(source, definition):
        reason = "it does not parse"
    elif (statement := docstring_node(node)) is not None:
        literal = source.slice(source.range(statement))
        if not options.complete or not _lacking(source, definition, literal, options.style):
            reason = ""
    else:
        try:
            place_for(source, definition)
        except NoPlaceError as error:
            reason = str(error)
    return reason


def _is_masked(source: Source, definition: Definition) -> bool:
    """Return whether lines of a definition do not parse.

    For a class, its methods are not checked.
    """
    inner = [
        each.range
        for each in source.definitions
        if isinstance(definition.node, ast.ClassDef) and definition.node in each.parents
    ]
    (first, _), (last, _) = definition.range
    return any(
        first <= line <= last and not any(a.line <= line <= b.line for a, b in inner)
        for line in source.masked
    )


def _lacking(source: Source, definition: Definition, literal: str, style: Style) -> bool:
    style = own_style(literal, style)
    sections = sections_due(source, definition, DocstringFacts(summary=""), style, SECTIONS)
    return bool(missing(literal, sections, style))


def own_style(literal: str, style: Style) -> Style:
    """Return the style of an existing docstring, or else the style of new docstrings."""
    own = style_of_text(literal) or style
    return Style.GOOGLE if own is Style.AUTO else own


def sections_due(
    source: Source,
    definition: Definition,
    words: DocstringFacts,
    style: Style,
    demanded: Collection[str],
) -> list[Section]:
    """Return the sections that a docstring gets."""
    shape = shape_of(source, definition, only_pydoclint=style is Style.SPHINX)
    return sections_of(shape, words, demanded)


def kind_of(definition: Definition) -> str:
    """Return the kind of a definition for linters; see `docstring_demands.DEFINITIONS`."""
    node = definition.node
    if isinstance(node, ast.ClassDef):
        return "nested class" if definition.parents else "class"
    if not definition.is_method:
        return "function"
    return "magic method" if is_special(node.name) else "method"
