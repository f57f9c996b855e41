"""A project's decisions about the security rules that ruff and bandit share.

A project that configures one of the two tools decides about both: if ruff's configuration selects
rules, but not S101, bandit's B101 is disabled as well, and vice versa.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from python_expert.config.python_versions import tool_tables
from python_expert.config.rule_selection import (
    closest,
    codes,
    ignored_in,
    is_selected,
    lint_table,
)
from python_expert.config.toml_files import read_table, table
from python_expert.config.tool_files import read

if TYPE_CHECKING:
    from pathlib import Path

SHARED: Final = tuple(
    map(
        str,
        (
            *range(101, 109), 110, 112, 113, 201, 202, *range(301, 309), *range(310, 320), 321, 323,
            324, *range(401, 410), 411, 412, 413, 415, *range(501, 510), *range(601, 613), 701, 702,
            704,
        ),
    )
)  # fmt: skip
"""The numbers of bandit's tests that ruff implements as its rules S101 and so on."""


def unwanted_by_ruff(config: Path, path: Path) -> frozenset[str]:
    """Return the shared rules that ruff's configuration disables for a file.

    If the configuration selects no rules, these are only the rules that it ignores: the project has
    made no other choice. Ruff's default rules, which depend on its version, are not the project's
    choice.

    Args:
        config: The configuration file that ruff uses.
        path: The file.
    """
    layers = [lint_table(values) for _, values in tool_tables("ruff", config)]
    ignored = ignored_in(layers, config.parent, path)
    rules = {f"S{number}" for number in SHARED}
    selects = any(codes(each, "select", "extend-select") for each in layers)
    wanted: set[str] = set() if selects else rules
    for layer in reversed(layers):  # a file overrides the files that it extends
        before = set() if "select" in layer else wanted
        wanted = {rule for rule in rules if is_selected(rule, layer, before=rule in before)}
    return frozenset(rule for rule in rules if rule not in wanted or closest(rule, ignored) >= 0)


def unwanted_by_bandit(config: Path) -> frozenset[str]:
    """Return ruff's rules whose tests, with the same numbers, a configuration of bandit disables.

    Args:
        config: Bandit's configuration file: TOML, YAML or INI.
    """
    if config.suffix == ".toml":
        values = table(read_table(config), "tool", "bandit")
        tests, skips = codes(values, "tests"), codes(values, "skips")
    else:
        text = read(config)
        tests, skips = _listed(text, "tests"), _listed(text, "skips")
    out = {number for number in SHARED if tests and f"B{number}" not in tests}
    return frozenset(f"S{number}" for number in SHARED if number in out or f"B{number}" in skips)


def _listed(text: str, key: str) -> list[str]:
    """Return the tests that a key lists, in YAML or INI, on its line and its continuation lines."""
    match = re.search(rf"^{key}[ \t]*[:=](.*(?:\n(?:[ \t-].*)?)*)", text, re.MULTILINE)
    return re.findall(r"B\d{3}", match[1]) if match else []
