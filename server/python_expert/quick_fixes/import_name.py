"""Imports an undefined name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from python_expert.actions.add_type_hints.imports import import_edits
from python_expert.actions.add_type_hints.rerendering import Needed
from python_expert.actions.add_type_hints.wrapping import USUAL_LENGTH
from python_expert.analysis.bindings import Bindings
from python_expert.quick_fixes.base import FixContext, QuickFix
from python_expert.quick_fixes.origins import origins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.diagnostics.finding import Finding
    from python_expert.quick_fixes.imports_found import Origin

_UNDEFINED: Final = {"F821", "name-defined"}

MOST: Final = 8
"""The maximum number of imports that are offered."""


def import_name(context: FixContext, finding: Finding) -> Iterator[QuickFix]:
    """Yield the imports that would define the name at a finding, the most likely first."""
    name = context.document.slice(finding.range)
    if finding.code not in _UNDEFINED or not name.isidentifier() or context.source is None:
        return
    names = Bindings(context.source)
    found = origins(name, context.options)[:MOST]
    for each in found:
        needed = Needed(each.module, each.name, name, checking=False)
        length = context.options.line_length or USUAL_LENGTH
        edits = import_edits(context.source, names, {needed}, length)
        title = _title(each, name)
        yield QuickFix(title, tuple(edits), (finding,), preferred=len(found) == 1)


def _title(origin: Origin, name: str) -> str:
    if origin.name:
        return f"Import `{name}` from `{origin.module}`"
    if origin.module == name:
        return f"Import `{name}`"
    return f"Import `{origin.module}` as `{name}`"
