"""Cases that are accepted, and why: each is printed by the command, and counted apart."""

from __future__ import annotations

_BLOCKS = "it still blocks, in a call that ruff does not know; the program does what it did"

KNOWN = {
    "au-queue-get-blocking": _BLOCKS,
    "th-attr-hint-conflict": "mypy finds the same error before; the hint is what it infers",
    "dx-doc-tab-escape": "the words of the docstring are wrong, and no code is changed",
}
"""By the name of the case."""
