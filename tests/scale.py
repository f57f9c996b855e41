"""How much a run of the tests tries, and what its random choices follow from.

``pytest -m long`` runs the tests that are marked so in their long form, which can take an hour; any
other run leaves that form out. The root ``conftest.py`` sets both values before tests are
collected, so only test modules may import them by name.
"""

from __future__ import annotations

import re

LONG = False
"""Whether the tests marked ``long`` run in their long form."""

SEED = 7
"""What all random choices follow from: ``--seed``."""


def asks_for_long(expression: str) -> bool:
    """Whether pytest's ``-m`` selects the tests marked ``long``."""
    return re.search(r"(?<!not )\blong\b", expression) is not None
