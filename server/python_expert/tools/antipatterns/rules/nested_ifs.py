"""PE003: nested conditions around the rest of a function or loop, in place of guard clauses."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from python_expert.tools.antipatterns.rules.base import AntiPattern
from python_expert.tools.antipatterns.syntax import FUNCTIONS, LOOPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.tools.antipatterns.syntax import Function, Loop, Syntax

LEVELS: Final = 3
"""The number of nested conditions, each around the rest of a function or loop, that is reported."""

_RETURNS: Final = (ast.Raise, ast.Return)
_CONTINUES: Final = (*_RETURNS, ast.Continue, ast.Break)
_CONSTANTS: Final = ("TYPE_CHECKING", "__debug__")
"""Names that are constant in a program and decide whether it contains the code."""


def find(syntax: Syntax) -> Iterator[AntiPattern]:
    """Find conditions that nest the rest of a function or of a loop's body."""
    for place, ifs in nested_ifs(syntax):
        word = "return" if isinstance(place, FUNCTIONS) else "continue"
        message = (
            f"{levels(ifs)} nested conditions surround the rest of the "
            f"{'function' if word == 'return' else 'loop'}. "
            f"Invert them and `{word}` early (guard clauses)."
        )
        yield AntiPattern(ifs[0], message, header=True)


def nested_ifs(syntax: Syntax) -> Iterator[tuple[Function | Loop, list[ast.If]]]:
    """Yield the conditions that nest the end of a function or loop, with that function or loop."""
    for place in syntax.statements:
        if isinstance(place, (*FUNCTIONS, *LOOPS)):
            ifs = list(_chain(place))
            # A condition around one statement at the end counts as a part of one check, not as
            # nesting.
            if levels(ifs) >= LEVELS and (ifs[-1].orelse or len(ifs[-1].body) > 1):
                yield place, ifs


def levels(ifs: list[ast.If]) -> int:
    """Return the number of conditions; those that ``and`` could join count once (see SIM102)."""
    return sum(bool(each.orelse) or len(each.body) > 1 for each in ifs)


def _chain(place: Function | Loop) -> Iterator[ast.If]:
    """Yield nested conditions, each the last statement of the one around it.

    A condition with an ``else`` counts if the ``else`` is a single statement that leaves the code.
    A condition whose body leaves the code does not count: it is a guard of a function, or ends a
    loop's search.
    """
    is_function, body = isinstance(place, FUNCTIONS), place.body
    exits = _RETURNS if is_function else _CONTINUES
    guarded = (ast.Raise,) if is_function else _CONTINUES
    while isinstance(last := body[-1], ast.If) and (
        not last.orelse or (len(last.orelse) == 1 and isinstance(last.orelse[0], exits))
    ):
        if isinstance(last.test, ast.Name) and last.test.id in _CONSTANTS:
            return
        if not last.orelse and isinstance(last.body[-1], guarded):
            return
        yield last
        body = last.body
