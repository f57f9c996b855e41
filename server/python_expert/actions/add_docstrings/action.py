"""Add docstrings: words are proposed, the code says which sections are due."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pydantic import ValidationError

from python_expert.actions.add_docstrings.complete import completion, missing
from python_expert.actions.add_docstrings.facts import DocstringFacts
from python_expert.actions.add_docstrings.layout import (
    NoPlaceError,
    insertion,
    is_setter,
    place_for,
)
from python_expert.actions.add_docstrings.render import WIDTH, join, opening, sections_of
from python_expert.actions.add_docstrings.styles import style_around, style_of, style_of_text
from python_expert.actions.attribution import Attribution, Fault
from python_expert.actions.base import Candidate, Facts, Options, Skipped, Target
from python_expert.analysis.signatures import docstring_node, is_overload, shape_of
from python_expert.config.settings import Style
from python_expert.text.decoding import encoding_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.analysis.source import Definition, Source
    from python_expert.text.document import Edit, Range

ALL_DOCUMENTED = (
    "every public function and class has a docstring; name a private one, or put the cursor in it"
)


def targets(
    source: Source, where: Range | None, options: Options
) -> tuple[list[Target], list[Skipped]]:
    """The definitions at a place that lack a docstring, or sections of it."""
    found: list[Target] = []
    left: list[Skipped] = []
    for definition in asked(source, where):
        reason = _unfit(source, definition, options)
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


def write(source: Source, facts: Facts, options: Options) -> Candidate:
    """Write docstrings with the words proposed and the sections that the code asks for."""
    style = style_for(source, options)
    edits: list[Edit] = []
    changed: list[str] = []
    left: list[Skipped] = []
    for key, proposed in facts.items():
        definition = source.definition(key)
        if definition is None:
            left.append(Skipped(key, "there is no such function or class"))
            continue
        reason = _unfit(source, definition, options)
        if reason is not None:
            left.append(Skipped(key, reason or "it has a docstring"))
            continue
        try:
            words = DocstringFacts.model_validate(proposed)
            edits.append(_edit(source, definition, words, style, options))
        except ValidationError:
            left.append(Skipped(key, "what was proposed is not a docstring"))
        except NoPlaceError as error:
            left.append(Skipped(key, str(error)))
        else:
            changed.append(key)
            unused = _unused(source, definition, words)
            left += [Skipped(key, reason, extra=True) for reason in unused]
    return Candidate(tuple(sorted(edits)), tuple(changed), tuple(left))


def attribute(after: Source, facts: Facts, faults: Sequence[Fault]) -> Attribution:
    """Leave out the docstrings in which a new finding stands."""
    causes: dict[str, tuple[int, ...]] = {}
    for key in facts:
        lines = _lines(after, key)
        found = tuple(
            number
            for number, fault in enumerate(faults)
            if fault.range and lines & {*range(fault.range.start.line, fault.range.end.line + 1)}
        )
        if found:
            causes[key] = found
    return Attribution({key: facts[key] for key in facts if key not in causes}, causes)


def style_for(source: Source, options: Options) -> Style:
    """The style of a text's new docstrings."""
    if options.style is not Style.AUTO:
        return options.style
    return style_of(source) or style_around(options.path) or Style.GOOGLE


def asked(source: Source, where: Range | None) -> list[Definition]:
    """The definitions a user means: the public ones, and those asked for directly.

    A cursor asks directly for the innermost definition around it, a selection for all that
    begin in it; nested functions are meant only by a cursor in them.
    """
    at_hand = source.at_hand(where)
    if where is None:
        return [each for each in at_hand if is_public(each)]
    if where.start == where.end or len(at_hand) == 1:
        return [each for each in at_hand if each is at_hand[0] or is_public(each, at_hand[0])]
    return [each for each in at_hand if not _is_nested(each)]


def is_public(definition: Definition, within: Definition | None = None) -> bool:
    """Whether others may use a definition, as far as names and nesting tell.

    Args:
        definition: The definition.
        within: A class around it whose own name does not matter, or None.
    """
    names = [each.name for each in (*definition.parents, definition.node)]
    if within is not None:
        names = names[len(within.parents) + 1 :]
    hidden = any(name.startswith("_") and not _is_dunder(name) for name in names)
    return not hidden and not _is_nested(definition, within)


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _is_nested(definition: Definition, within: Definition | None = None) -> bool:
    """Whether it stands in a function."""
    outer = definition.parents[len(within.parents) + 1 if within else 0 :]
    return any(not isinstance(each, ast.ClassDef) for each in outer)


def _unfit(source: Source, definition: Definition, options: Options) -> str | None:
    """Why a definition gets no docstring.

    Returns:
        The reason, which is empty if it simply has one already; None if it gets one.
    """
    node = definition.node
    reason = None
    if options.is_stub:
        reason = "stub files carry no docstrings"
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
    """Whether lines of a definition were blanked; those of a class's methods are their own."""
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
    style = _own_style(literal, style)
    sections = sections_of(
        shape_of(source, definition, only_pydoclint=style is Style.SPHINX),
        DocstringFacts(summary=""),
    )
    return bool(missing(literal, sections, style))


def _own_style(literal: str, style: Style) -> Style:
    own = style_of_text(literal) or style
    return Style.GOOGLE if own is Style.AUTO else own


def _width(options: Options) -> int:
    """The columns that a docstring's lines may fill."""
    return min(options.line_length or WIDTH, WIDTH)


def _edit(
    source: Source,
    definition: Definition,
    words: DocstringFacts,
    style: Style,
    options: Options,
) -> Edit:
    statement = docstring_node(definition.node)
    if statement is None:
        sections = sections_of(
            shape_of(source, definition, only_pydoclint=style is Style.SPHINX), words
        )
        place = place_for(source, definition)
        width = _width(options) - place.width
        lines = opening(
            words,
            definition.node.name,
            room=(options.line_length or WIDTH) - place.width,
            width=width,
            style=style,
            alone=not sections,
        )
        if not lines:
            raise NoPlaceError("no summary was proposed")
        lines = join(lines, sections, style, width)
        _check_encoding(source, lines)
        return insertion(place, lines)
    where = source.range(statement)
    literal = source.slice(where)
    style = _own_style(literal, style)
    sections = sections_of(
        shape_of(source, definition, only_pydoclint=style is Style.SPHINX), words
    )
    line = source.lines[where.start.line][: where.start.column]
    indent = line.rpartition("\f")[2]
    if indent.strip(" \t"):
        raise NoPlaceError("its docstring stands on the line of its header")
    width = _width(options) - len(indent.expandtabs(4))
    edit = completion(
        where, literal, missing(literal, sections, style), style, indent=indent, width=width
    )
    _check_encoding(source, [edit.text])
    return edit


def _check_encoding(source: Source, lines: Sequence[str]) -> None:
    """Make sure that a docstring can be saved in the encoding that the file names.

    Raises:
        NoPlaceError: It cannot.
    """
    head = "".join(source.lines[:2]).encode("utf-8", "replace")
    try:
        "".join(lines).encode(encoding_of(head))
    except ValueError as error:  # that of an unknown encoding as well
        raise NoPlaceError("the file's encoding lacks characters of its docstring") from error


def _unused(source: Source, definition: Definition, words: DocstringFacts) -> list[str]:
    """What was proposed of things that the code does not show."""
    shape = shape_of(source, definition, only_pydoclint=False)
    known = {name.lstrip("*") for name in shape.parameters}
    parameters = {name.lstrip("*") for name in words.args} - known
    return [
        *(f"it has no parameter {name!r}" for name in sorted(parameters)),
        *(
            f"its body is not seen to raise {name!r}"
            for name in sorted(words.raises.keys() - {*shape.raises, *shape.passes})
        ),
        *(
            f"it has no attribute {name!r}"
            for name in sorted(words.attributes.keys() - set(shape.attributes))
        ),
    ]


def _lines(source: Source, key: str) -> set[int]:
    """The lines of a definition's docstring, and of its header up to there."""
    definition = source.definition(key)
    statement = docstring_node(definition.node) if definition else None
    if definition is None or statement is None:
        return set()
    return set(range(definition.range.start.line, source.range(statement).end.line + 1))
