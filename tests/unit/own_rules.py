"""Helpers that the tests of our own rules and of their fixes share."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

from python_expert.actions.base import Options
from python_expert.quick_fixes.base import FixContext
from python_expert.quick_fixes.registry import quick_fixes
from python_expert.text.document import Document, splice
from python_expert.tools import antipatterns
from python_expert.tools.antipatterns.checking import check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.text.document import Edit


PAGES = Path(antipatterns.__file__).parent / "rules"
"""The folder with the page of each rule."""


def document(text: str) -> Document:
    return Document.of("file:///a.py", 1, text)


def codes(text: str) -> list[str]:
    return [each.code for each in check(document(dedent(text))).findings]


def edited(before: Document, edits: Sequence[Edit]) -> str:
    lines = list(before.lines)
    for edit in reversed(edits):
        splice(lines, edit)
    return "".join(lines)


def fixed(text: str, leaves: int = 0) -> str | None:
    """Return the text after our own first fix for its first finding, or None without a fix.

    Args:
        text: The text before.
        leaves: The expected number of findings of the rule in the result.
    """
    before = document(dedent(text))
    (finding, *_) = check(before).findings
    fixes = quick_fixes(FixContext(before, Options()), [finding])
    own = [each for each in fixes if "Disable" not in each.title]
    if not own:
        return None
    after = edited(before, own[0].edits)
    ast.parse(after)
    assert codes(after).count(finding.code) == leaves
    return after


def samples(page: str, title: str) -> list[str]:
    """Return the Python samples in a section of a page."""
    section = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE)
    assert section, title
    return re.findall(r"^```python\n(.*?)^```$", section[1], re.DOTALL | re.MULTILINE)
