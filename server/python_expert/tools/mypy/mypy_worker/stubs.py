"""Names the package with a module's stubs in each finding; mypy does so once per run, in a note."""

from __future__ import annotations

import json
import re
from typing import Final

from mypy.stubinfo import stub_distribution_name

_MISSING: Final = re.compile(r'Library stubs not installed for "(.+)"')

NOTES: Final = ('Hint: "python3 -m pip install', '(or run "mypy --install-types"')
"""How the notes begin that `with_package` replaces."""


def with_package(message: str) -> str:
    """Return a message of mypy; if it is about missing stubs, name the package to install."""
    match = _MISSING.fullmatch(message)
    package = stub_distribution_name(match[1]) if match else None
    return f"{message}; run `python3 -m pip install {package}`" if package else message


def with_packages(words: str) -> str:
    """Return mypy's JSON output with the packages to install."""
    if "Library stubs not installed" not in words:
        return words
    items = map(json.loads, words.splitlines())
    return "".join(
        json.dumps({**item, "message": with_package(item["message"])}) + "\n" for item in items
    )
