"""Decides which of ruff's rules the files of a configuration select."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

from python_expert.config.toml_files import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path


def lint_table(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the settings for linting, which may also be at the top level."""
    return {**values, **table(values, "lint")}


def ignored_in(layers: Iterable[Mapping[str, Any]], root: Path, path: Path) -> list[str]:
    """Return the codes that ``per-file-ignores`` disables for a file.

    Args:
        layers: The settings of each configuration file.
        root: The folder to which their patterns are relative.
        path: The file.
    """
    return [
        str(code)
        for layer in layers
        for key in ("per-file-ignores", "extend-per-file-ignores")
        for pattern, listed in table(layer, key).items()
        if isinstance(listed, list) and matches(path, root, pattern)
        for code in listed
    ]


def codes(layer: Mapping[str, Any], *keys: str) -> list[str]:
    """Return the codes that are listed under some keys."""
    found = [layer.get(key) for key in keys]
    return [str(code) for each in found if isinstance(each, list) for code in each]


def is_selected(rule: str, layer: Mapping[str, Any], *, before: bool) -> bool:
    """Return whether a rule is enabled; the longest matching code decides, "ignore" on a tie."""
    chosen = closest(rule, codes(layer, "select", "extend-select"))
    ignored = closest(rule, codes(layer, "ignore", "extend-ignore"))
    return chosen > ignored if max(chosen, ignored) >= 0 else before


def closest(rule: str, codes: Iterable[str]) -> int:
    """Return the length of the longest code that covers a rule, or -1."""
    found = [
        0 if code == "ALL" else len(code) for code in codes if code == "ALL" or _has(code, rule)
    ]
    return max(found, default=-1)


def _has(code: str, rule: str) -> bool:
    letters = code.rstrip("0123456789")
    return bool(code) and rule.startswith(code) and rule.rstrip("0123456789") == letters


def matches(path: Path, root: Path, pattern: str) -> bool:
    """Return whether a pattern of ``per-file-ignores`` covers a file."""
    inner = path.relative_to(root) if path.is_relative_to(root) else path
    texts: Sequence[str] = (inner.as_posix(), path.name)
    if pattern.startswith("!"):
        return not any(fnmatch(text, pattern[1:]) for text in texts)
    return any(fnmatch(text, pattern) for text in texts)
