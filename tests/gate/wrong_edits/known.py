"""Wrong edits that the gate accepts, and why. The command prints and counts them separately."""

from __future__ import annotations

KNOWN = {
    "th-attr-hint-conflict": "mypy finds the same error before; the hint is what it infers",
    "dx-doc-tab-escape": "the words of the docstring are wrong, and no code is changed",
}
"""The reasons by the name of the case."""
