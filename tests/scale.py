"""The scale of a test run, and the seed of its random choices.

``pytest -m long`` runs the tests that are marked so in their long form, which can take an hour; any
other run leaves that form out. The root ``conftest.py`` sets both values before tests are
collected, so only test modules may import them by name.
"""

from __future__ import annotations

import re

LONG = False
"""Whether the tests marked ``long`` run in their long form."""

SEED = 7
"""The seed of all random choices: ``--seed``."""


def asks_for_long(expression: str) -> bool:
    """Return whether pytest's ``-m`` selects the tests marked ``long``."""
    return re.search(r"(?<!not )\blong\b", expression) is not None
