"""Cases that are accepted, and why: each is printed by the command, and counted apart."""

from __future__ import annotations

KNOWN = {
    "th-attr-hint-conflict": "mypy finds the same error before; the hint is what it infers",
    "dx-doc-tab-escape": "the words of the docstring are wrong, and no code is changed",
}
"""By the name of the case."""
