"""The requirements for docstrings in a project's configuration of ruff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from python_expert.config.docstring_demands import ALL_ARGS
from python_expert.config.python_versions import tool_tables
from python_expert.config.rule_selection import closest, codes, ignored_in, is_selected, lint_table
from python_expert.config.toml_files import table

if TYPE_CHECKING:
    from pathlib import Path

_RULES: Final = {
    "D101": "class",
    "D102": "method",
    "D103": "function",
    "D105": "magic method",
    "D106": "nested class",
    "D417": ALL_ARGS,
    "DOC201": "returns",
    "DOC402": "yields",
    "DOC501": "raises",
}
"""The rules about missing docstrings and sections, with the required element of each."""

_WITHOUT_D417: Final = {"numpy", "pep257"}
"""Conventions that disable D417 unless it is selected by its full name."""


def docstring_demands(config: Path, path: Path) -> frozenset[str]:
    """Return the elements of docstrings that the rules selected for a file require.

    Args:
        config: The configuration file that ruff uses for it.
        path: The file.
    """
    layers = [lint_table(values) for _, values in tool_tables("ruff", config)]
    on: dict[str, bool] = {}
    for layer in reversed(layers):  # a file overrides the files that it extends
        if "select" in layer:
            on.clear()
        for rule in _RULES:
            on[rule] = is_selected(rule, layer, before=on.get(rule, False))
    if not any(layer.get("preview") is True for layer in layers):
        on = {rule: is_on for rule, is_on in on.items() if not rule.startswith("DOC")}
    convention = next(
        filter(None, (table(each, "pydocstyle").get("convention") for each in layers)), ""
    )
    named = {code for each in layers for code in codes(each, "select", "extend-select")}
    if convention in _WITHOUT_D417 and "D417" not in named:
        on["D417"] = False
    ignored = ignored_in(layers, config.parent, path)
    return frozenset(
        _RULES[rule] for rule, is_on in on.items() if is_on and closest(rule, ignored) < 0
    )
