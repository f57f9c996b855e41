"""What ruff, as a project configures it, demands of docstrings."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any, Final

from python_expert.config.docstring_demands import ALL_ARGS
from python_expert.config.python_versions import tool_tables
from python_expert.config.toml_files import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
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
"""The rules that find what is missing, and what each demands."""

_WITHOUT_D417: Final = {"numpy", "pep257"}
"""Conventions that switch D417 off unless it is selected by its full name."""


def docstring_demands(config: Path, path: Path) -> frozenset[str]:
    """What the rules selected for a file demand.

    Args:
        config: The configuration file that ruff uses for it.
        path: The file.
    """
    layers = [_lint(values) for _, values in tool_tables("ruff", config)]
    on: dict[str, bool] = {}
    for layer in reversed(layers):  # what extends a file has the last word
        if "select" in layer:
            on.clear()
        for rule in _RULES:
            on[rule] = _is_selected(rule, layer, before=on.get(rule, False))
    if not any(layer.get("preview") is True for layer in layers):
        on = {rule: is_on for rule, is_on in on.items() if not rule.startswith("DOC")}
    convention = next(
        filter(None, (table(each, "pydocstyle").get("convention") for each in layers)), ""
    )
    named = {code for each in layers for code in _codes(each, "select", "extend-select")}
    if convention in _WITHOUT_D417 and "D417" not in named:
        on["D417"] = False
    ignored = [
        code
        for each in layers
        for key in ("per-file-ignores", "extend-per-file-ignores")
        for pattern, codes in table(each, key).items()
        if isinstance(codes, list) and _matches(path, config.parent, pattern)
        for code in codes
    ]
    return frozenset(
        _RULES[rule] for rule, is_on in on.items() if is_on and _closest(rule, ignored) < 0
    )


def _lint(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings for linting, which may stand at the top as well."""
    return {**values, **table(values, "lint")}


def _codes(layer: Mapping[str, Any], *keys: str) -> list[str]:
    found = [layer.get(key) for key in keys]
    return [str(code) for each in found if isinstance(each, list) for code in each]


def _is_selected(rule: str, layer: Mapping[str, Any], *, before: bool) -> bool:
    """Whether a rule is on; the longer code decides, and of equals that which ignores."""
    chosen = _closest(rule, _codes(layer, "select", "extend-select"))
    ignored = _closest(rule, _codes(layer, "ignore", "extend-ignore"))
    return chosen > ignored if max(chosen, ignored) >= 0 else before


def _closest(rule: str, codes: Iterable[str]) -> int:
    """The length of the longest code that covers a rule, or -1."""
    found = [
        0 if code == "ALL" else len(code) for code in codes if code == "ALL" or _has(code, rule)
    ]
    return max(found, default=-1)


def _has(code: str, rule: str) -> bool:
    letters = code.rstrip("0123456789")
    return bool(code) and rule.startswith(code) and rule.rstrip("0123456789") == letters


def _matches(path: Path, root: Path, pattern: str) -> bool:
    """Whether a pattern of ``per-file-ignores`` covers a file."""
    inner = path.relative_to(root) if path.is_relative_to(root) else path
    texts: Sequence[str] = (inner.as_posix(), path.name)
    if pattern.startswith("!"):
        return not any(fnmatch(text, pattern[1:]) for text in texts)
    return any(fnmatch(text, pattern) for text in texts)
