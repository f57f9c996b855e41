"""The question to a model about one docstring."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from python_expert.actions.add_docstrings.complete import missing
from python_expert.actions.add_docstrings.facts import DocstringFacts
from python_expert.actions.add_docstrings.render import sections_of
from python_expert.actions.add_docstrings.styles import style_of_text
from python_expert.actions.questions.code import code_of, is_constructor, outline_of
from python_expert.actions.questions.parts import Part, QuestionParts, UnaskableError
from python_expert.analysis.scopes import Function
from python_expert.analysis.signatures import docstring_node, shape_of
from python_expert.config.docstring_demands import SECTIONS
from python_expert.config.settings import Style

if TYPE_CHECKING:
    from python_expert.actions.base import Options
    from python_expert.actions.questions.signatures import Signatures
    from python_expert.analysis.source import Definition, Source

_NAME: Final = re.compile(r"\*{0,2}[^\W\d]\w*(\.[^\W\d]\w*)*")
_METHODS_SHOWN = 30
_FIELDS: Final = {"passes": "raises"}


def wanted(
    source: Source, definition: Definition, options: Options, signatures: Signatures
) -> QuestionParts:
    """Build the question for one definition.

    Args:
        source: The text.
        definition: The definition.
        options: The context of the rewrite, with the style of new docstrings.
        signatures: Finds the signatures of what the definition uses.

    Raises:
        UnaskableError: The docstring is complete.
    """
    node, style, title = definition.node, options.style, "Required in addition to `summary`"
    statement = docstring_node(node)
    literal = source.slice(source.range(statement)) if statement else ""
    style = style_of_text(literal) or style
    sections = sections_of(
        shape_of(source, definition, only_pydoclint=style is Style.SPHINX),
        DocstringFacts(summary=""),
        SECTIONS,
    )
    if statement:
        sections = missing(literal, sections, style)
        if not sections:
            raise UnaskableError("its docstring is complete")
        title = "Its docstring lacks only this (leave `summary` empty)"
    due: dict[str, list[str]] = {}
    for section in sections:
        names = [each.name for each in section.entries if _NAME.fullmatch(each.name)]
        due.setdefault(_FIELDS.get(section.kind, section.kind), []).extend(names)
    lines = [f"{kind}: {', '.join(names)}".rstrip(": ") for kind, names in due.items()]
    asked = Part(title, tuple(lines or ["nothing"]), is_code=False)
    more = Part("Signatures of what it uses", signatures.used_by(definition))
    if isinstance(node, ast.ClassDef):
        methods = [each.name for each in node.body if isinstance(each, Function)]
        named = ", ".join(dict.fromkeys(methods[:_METHODS_SHOWN]))
        listed = Part("Its methods", (named,) if named else (), is_code=False)
        return QuestionParts(outline_of(source, definition, _is_shown), asked, (listed, more))
    return QuestionParts(code_of(source, definition), asked, (more,))


def _is_shown(statement: ast.stmt) -> bool:
    """Return whether the question shows a statement of a class body: a field or a constructor."""
    return is_constructor(statement) or not isinstance(statement, Function | ast.ClassDef)
