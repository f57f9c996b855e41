"""The interface of a rule."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from python_expert.diagnostics.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from python_expert.tools.antipatterns.syntax import Syntax

Place: TypeAlias = ast.stmt | ast.expr


class AntiPattern(NamedTuple):
    """A place where code has an anti-pattern.

    Attributes:
        node: The code with the anti-pattern.
        message: The effect of the code, the reason why that is bad, and what to write instead.
        header: Whether the finding covers only the first line of the code, as for a compound
            statement.
        severity: The severity, if it differs from the rule's.
    """

    node: Place
    message: str
    header: bool = False
    severity: Severity | None = None


class PatternRule(NamedTuple):
    """One of our rules.

    Attributes:
        code: Its code; its page is the file of that name.
        name: Its name, as words joined by hyphens.
        find: Finds the places in a text.
        severity: The severity of its findings.
        is_style: Whether it is a style rule; these do not apply in projects that configure ruff.
    """

    code: str
    name: str
    find: Callable[[Syntax], Iterator[AntiPattern]]
    severity: Severity = Severity.WARNING
    is_style: bool = False
