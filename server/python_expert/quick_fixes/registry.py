"""The families of quick fixes, in the order of the menu."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from python_expert.isolation import FaultBarrier
from python_expert.quick_fixes.collect_and_join import collect_and_join
from python_expert.quick_fixes.guard_clauses import guard_clauses
from python_expert.quick_fixes.http_status import http_status
from python_expert.quick_fixes.import_name import import_name
from python_expert.quick_fixes.return_none import return_none
from python_expert.quick_fixes.suppress import suppress
from python_expert.quick_fixes.unused_ignore import unused_ignore
from python_expert.quick_fixes.with_statement import with_statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from python_expert.diagnostics.finding import Finding
    from python_expert.quick_fixes.base import FixContext, QuickFix

FAMILIES: Final[tuple[Callable[[FixContext, Finding], Iterator[QuickFix]], ...]] = (
    import_name,
    collect_and_join,
    with_statement,
    guard_clauses,
    http_status,
    return_none,
    unused_ignore,
    suppress,
)

_BARRIERS: Final = {each: FaultBarrier(f"quick fixes of {each.__name__}") for each in FAMILIES}


def quick_fixes(context: FixContext, findings: Iterable[Finding]) -> list[QuickFix]:
    """Return the quick fixes for findings; a fix for several findings is offered once.

    Reads files: do not call it on the event loop.
    """
    findings = tuple(findings)
    found: dict[object, QuickFix] = {}
    for family, barrier in _BARRIERS.items():
        for finding in findings:
            nothing: list[QuickFix] = []
            for fix in barrier.call(nothing, lambda: list(family(context, finding))):  # noqa: B023 - called at once
                known = found.get((fix.title, fix.edits), fix._replace(findings=()))
                found[fix.title, fix.edits] = known._replace(findings=(*known.findings, finding))
    return [fix for fix in found.values() if fix.edits]
