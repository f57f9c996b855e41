"""Writes proposed docstrings, and sections of existing ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from python_expert.actions.add_docstrings.complete import completion, missing
from python_expert.actions.add_docstrings.facts import DocstringFacts
from python_expert.actions.add_docstrings.layout import (
    NoPlaceError,
    insertion,
    place_for,
)
from python_expert.actions.add_docstrings.render import TODO, WIDTH, join, opening
from python_expert.actions.add_docstrings.styles import style_around, style_of
from python_expert.actions.add_docstrings.targets import (
    is_public,
    kind_of,
    own_style,
    sections_due,
    unfit,
)
from python_expert.actions.attribution import Attribution, Fault
from python_expert.actions.base import Candidate, Facts, Options, Skipped
from python_expert.analysis.signatures import docstring_node, shape_of
from python_expert.config.settings import Style
from python_expert.text.decoding import encoding_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

    from python_expert.analysis.source import Definition, Source
    from python_expert.text.document import Edit


class NothingToWriteError(Exception):
    """A docstring cannot be written; the message gives the reason."""


def write(source: Source, facts: Facts, options: Options) -> Candidate:
    """Write docstrings with the proposed text and the sections that the code requires."""
    options = replace(options, style=style_for(source, options))
    edits: list[Edit] = []
    changed: list[str] = []
    left: list[Skipped] = []
    for key, proposed in facts.items():
        definition = source.definition(key)
        if definition is None:
            left.append(Skipped(key, "there is no such function or class"))
            continue
        reason = unfit(source, definition, options)
        if reason is not None:
            left.append(Skipped(key, reason or "it has a docstring"))
            continue
        try:
            words = DocstringFacts.model_validate(proposed)
            edits.append(_edit(source, definition, words, options))
        except NothingToWriteError as nothing:
            left.append(Skipped(key, str(nothing), extra=True))
        except ValidationError:
            left.append(Skipped(key, "what was proposed is not a docstring"))
        except NoPlaceError as error:
            left.append(Skipped(key, str(error)))
        else:
            changed.append(key)
            if TODO in edits[-1].text:
                reason = "your linter demands more than is known: fill in each TODO"
                left.append(Skipped(key, reason, extra=True, notable=True))
            unused = _unused(source, definition, words)
            left += [Skipped(key, reason, extra=True) for reason in unused]
    return Candidate(tuple(sorted(edits)), tuple(changed), tuple(left))


def attribute(after: Source, facts: Facts, faults: Sequence[Fault]) -> Attribution:
    """Leave out the docstrings that contain a new finding."""
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
    """Return the style of a text's new docstrings."""
    if options.style is not Style.AUTO:
        return options.style
    return style_of(source) or style_around(options.path) or Style.GOOGLE


def _width(options: Options) -> int:
    """Return the columns that a docstring's lines may fill."""
    return min(options.line_length or WIDTH, WIDTH)


def _edit(
    source: Source,
    definition: Definition,
    words: DocstringFacts,
    options: Options,
) -> Edit:
    statement = docstring_node(definition.node)
    if statement is not None:
        return _completed(source, definition, words, statement, options)
    if words.why_none:
        if not is_public(definition) or kind_of(definition) not in options.demanded:
            raise NothingToWriteError(words.why_none)
        words = words.model_copy(update={"summary": words.summary or TODO})
    style = options.style
    sections = sections_due(source, definition, words, style, options.demanded)
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


def _completed(
    source: Source,
    definition: Definition,
    words: DocstringFacts,
    statement: ast.Expr,
    options: Options,
) -> Edit:
    """Return the edit that adds the missing sections to a docstring."""
    where = source.range(statement)
    literal = source.slice(where)
    style = own_style(literal, options.style)
    due = sections_due(source, definition, words, style, options.demanded)
    lacking = missing(literal, due, style)
    if not lacking:
        raise NothingToWriteError("the code shows nothing that its docstring lacks")
    line = source.lines[where.start.line][: where.start.column]
    indent = line.rpartition("\f")[2]
    if indent.strip(" \t"):
        raise NoPlaceError("its docstring is on the line of its header")
    width = _width(options) - len(indent.expandtabs(4))
    edit = completion(where, literal, lacking, style, indent=indent, width=width)
    _check_encoding(source, [edit.text])
    return edit


def _check_encoding(source: Source, lines: Sequence[str]) -> None:
    """Check that a docstring can be saved in the encoding that the file declares.

    Raises:
        NoPlaceError: The docstring cannot be saved in that encoding.
    """
    head = "".join(source.lines[:2]).encode("utf-8", "replace")
    try:
        "".join(lines).encode(encoding_of(head))
    except ValueError as error:  # also raised for an unknown encoding
        raise NoPlaceError("the file's encoding cannot represent its docstring") from error


def _unused(source: Source, definition: Definition, words: DocstringFacts) -> list[str]:
    """Return reasons for proposed entries that describe nothing in the code."""
    shape = shape_of(source, definition, only_pydoclint=False)
    known = {name.lstrip("*") for name in shape.parameters}
    parameters = {name.lstrip("*") for name in words.args} - known
    return [
        *(f"it has no parameter {name!r}" for name in sorted(parameters)),
        *(
            f"its body does not visibly raise {name!r}"
            for name in sorted(words.raises.keys() - {*shape.raises, *shape.passes})
        ),
        *(
            f"it has no attribute {name!r}"
            for name in sorted(words.attributes.keys() - set(shape.attributes))
        ),
    ]


def _lines(source: Source, key: str) -> set[int]:
    """Return the lines from a definition's header to the end of its docstring."""
    definition = source.definition(key)
    statement = docstring_node(definition.node) if definition else None
    if definition is None or statement is None:
        return set()
    return set(range(definition.range.start.line, source.range(statement).end.line + 1))
