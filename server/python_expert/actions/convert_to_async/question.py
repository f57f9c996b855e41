"""The question to a model about one function that may become async."""

from __future__ import annotations

import ast
from string import ascii_letters as letters
from typing import TYPE_CHECKING, Final

from python_expert.actions.convert_to_async.checks import offers
from python_expert.actions.convert_to_async.replacements import REPLACEMENTS
from python_expert.actions.convert_to_async.targets import no_call
from python_expert.actions.questions.code import code_of
from python_expert.actions.questions.forms import Call
from python_expert.actions.questions.parts import Part, QuestionParts, UnaskableError
from python_expert.actions.questions.tokens import tokens
from python_expert.analysis.call_graph import program_of
from python_expert.analysis.scopes import FUNCTIONS
from python_expert.privacy.literals import literals

if TYPE_CHECKING:
    from python_expert.actions.base import Options
    from python_expert.actions.questions.signatures import Signatures
    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.scopes import Function
    from python_expert.analysis.source import Definition, Source

LONGEST_LINE: Final = 100
"""The most characters shown of a call's line."""

MOST_TOKENS: Final = 400
"""The most tokens of the list of calls.

Calls outside of the list get the table's first replacement.
"""


def wanted(
    source: Source, definition: Definition, options: Options, signatures: Signatures
) -> QuestionParts:
    """Build the question for one function.

    Args:
        source: The text.
        definition: The function.
        options: The context, with the project's packages and Python version.
        signatures: Finds the signatures of what the function uses.

    Raises:
        UnaskableError: The definition is not a function that blocks.
    """
    program, node = program_of(source, options.types, options.elsewhere), definition.node
    if not isinstance(node, FUNCTIONS) or node not in program.blocking:
        raise UnaskableError(no_call(program, node))
    lines, calls = _calls(program, definition, options)
    nothing = ["none in its body, only in functions that it calls"]
    asked = Part(
        "Blocking calls and their possible replacements", tuple(lines or nothing), is_code=False
    )
    callers = {program.names.function_of(use.node) for use in program.uses[node]} - {node}
    more = (
        Part("Functions in this file that it calls", _listed(program, program.callees(node))),
        Part(
            "Functions in this file that use it",
            _listed(program, [each for each in callers if each]),
        ),
        Part("Signatures of what it uses", signatures.used_by(definition)),
    )
    return QuestionParts(code_of(source, definition), asked, more, calls)


def _calls(
    program: Program, definition: Definition, options: Options
) -> tuple[list[str], tuple[Call, ...]]:
    """Return the blocking calls as lines to show, and the calls that have a number."""
    lines: list[str] = []
    calls: list[Call] = []
    source, left = program.source, MOST_TOKENS
    first = definition.range.start.line
    found = program.blocking_calls(definition.node)  # type: ignore[arg-type]  # no class blocks
    places = {source.range(call): call for call in found}
    for where, call in sorted(places.items(), key=lambda each: each[0]):
        possible = tuple(each for each in offers(program, call) if _is_possible(each, options))
        line, column = where.start
        text = _shortened(source.lines[line].strip())
        if sum(each.start.line == line for each in places) > 1:
            own = _shortened(" ".join(source.slice(where).split()))
            text = f"{own} (in: {text})"
        number = str(len(calls) + 1) if possible else "-"
        text = f"{number}: {text} -> {', '.join(possible) or 'nothing'}"
        left -= tokens(text) + 1
        if left < 0:
            lines.append("(all others get their first replacement)")
            break
        lines.append(text)
        calls += [Call(line - first, column, possible)] if possible else []
    return lines, tuple(calls)


def _shortened(text: str) -> str:
    """Return the beginning of a line.

    An open string is closed, so that the following text is outside of it.
    """
    text = text[:LONGEST_LINE]
    for last in literals(text)[-1:]:
        if last.end == last.text[1] == len(text) and not last.is_comment:
            text += text[last.start : last.text[0]].lstrip(letters)
    return text


def _is_possible(replacement: str, options: Options) -> bool:
    """Return whether the project can use a replacement."""
    entry = REPLACEMENTS[replacement]
    has_package = not entry.package or entry.package in options.packages
    return has_package and entry.since <= options.python


def _listed(program: Program, functions: list[Function]) -> tuple[str, ...]:
    names = {
        program.name(each): "async" if isinstance(each, ast.AsyncFunctionDef) else "blocks"
        for each in functions
        if isinstance(each, ast.AsyncFunctionDef) or each in program.blocking
    }
    return (", ".join(f"{name} ({how})" for name, how in sorted(names.items())),) if names else ()
