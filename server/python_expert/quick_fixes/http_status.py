"""Writes ``HTTPStatus.NOT_FOUND`` in place of 404, with the import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from python_expert.actions.add_type_hints.imports import import_edits
from python_expert.actions.add_type_hints.rerendering import Needed
from python_expert.actions.add_type_hints.wrapping import USUAL_LENGTH
from python_expert.analysis.bindings import Bindings
from python_expert.quick_fixes.base import FixContext, QuickFix
from python_expert.text.document import Edit
from python_expert.tools.antipatterns.rules.http_status import statuses
from python_expert.tools.antipatterns.syntax import Syntax

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.diagnostics.finding import Finding

_CODES: Final = ("PE004", "PLR2004")
"""Our rule and ruff's, which reports all numbers."""

_CLASS: Final = "HTTPStatus"
_NEEDED: Final = Needed("http", _CLASS, _CLASS, checking=False)


def http_status(context: FixContext, finding: Finding) -> Iterator[QuickFix]:
    """Write the name of a status in a comparison.

    The name is equal to the number, so the comparison has the same result. No fix is offered for a
    status that is passed on, because its class could be observed.
    """
    source = context.source
    if finding.code not in _CODES or source is None or source.masked:
        return
    syntax = Syntax.of(source.tree, source.text)
    for found in statuses(syntax):
        if source.range(found.node) != finding.range:
            continue
        names = [f"{_CLASS}.{name}" for _, name in found.numbers]
        places = [source.range(number) for number, _ in found.numbers]
        edits = [*map(Edit, places, names)]
        if not syntax.imports(_CLASS, "http.HTTPStatus", found.node):
            if _CLASS in source.words:  # it may be another name, or be imported too late
                return
            length = context.options.line_length or USUAL_LENGTH
            edits += import_edits(source, Bindings(source), {_NEEDED}, length)
        title = f"Write `{', '.join(names)}`"
        yield QuickFix(title, tuple(sorted(edits)), (finding,), preferred=True)
