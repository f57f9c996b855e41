"""Greets whoever is named."""

import sys

from core import greeting


def main() -> int:
    """Greet."""
    for name in sys.argv[1:]:
        sys.stdout.write(greeting(len(name)))
    return 0
