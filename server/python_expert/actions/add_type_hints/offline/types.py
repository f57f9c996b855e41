"""Guesses from the types that a type checker infers."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, Final

from python_expert.actions.add_type_hints.offline.guesses import Guess, Guesses, best
from python_expert.actions.add_type_hints.offline.value_uses import WEAK
from python_expert.analysis.nodes import origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from python_expert.actions.add_type_hints.offline.value_uses import ValueUses
    from python_expert.analysis.source import Source

TRUST: Final[Mapping[str, int]] = {
    "named-use": 95,
    "inherited": 94,
    "use": 89,
    "body": 87,
    "default-calls": 87,
    "default-passed": 87,
    "default": 86,
    "filled": 86,
    "overridden": 86,
    "call": 85,
    "fallback": 84,
    "calls": 80,
    "passed": 80,
    "some-calls": 80,
    "attribute": 68,
    "inherited-result": 49,
    "default-object": 30,
}
"""How often each kind of inference equals the authors' types, in percent."""


PARTLY_ANY: Final = 61
"""How often inferred types that contain ``Any`` equal the authors' types, in percent."""

_ANY: Final = re.compile(r"\bAny\b")
_WORD: Final = re.compile(r"(?<![\w.])\w+")

_WELL_KNOWN: Final = frozenset({"typing", "typing_extensions", "collections.abc", "__future__"})
"""Modules whose names the writer imports without a proposed import."""


def _imported(source: Source) -> dict[str, str]:
    """Return the names that a text imports from modules of packages, with their module.

    Names with an alias are left out.
    """
    found = {}
    for node in source.nodes:
        for each in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
            module, _, name = origin(node, each.name).rpartition(".")
            if module.strip(".") and each.asname is None and module not in _WELL_KNOWN:
                found[name] = module
    return found


def _keys(source: Source) -> dict[tuple[int, str], str]:
    """Return the keys of definitions by their 0-based line and name."""
    return {(each.node.lineno - 1, each.node.name): each.key for each in source.definitions}


def unhinted_bases(
    source: Source, functions: Iterable[Mapping[str, Any]]
) -> dict[tuple[str, str], tuple[str, str] | None]:
    """Return the parameters of overriding methods whose base parameter has no hint.

    Args:
        source: The text, or a text with the same functions on the same lines.
        functions: The checker's answer.

    Returns:
        The place of each parameter with the place of the base parameter. None stands for a base
        class of another file.
    """
    keys = _keys(source)
    found: dict[tuple[str, str], tuple[str, str] | None] = {}
    for function in functions:
        key = keys.get((function["line"], function["name"]))
        if key is None:
            continue
        for name, line in function.get("unhinted", {}).items():
            base = keys.get((line, function["name"]))
            found[key, name] = (base, name) if base else None
    return found


def guesses_of(source: Source, functions: Iterable[Mapping[str, Any]], uses: ValueUses) -> Guesses:
    """Convert a checker's answer to guesses; see ``KnowsTypes``.

    Args:
        source: The text, or a text with the same functions on the same lines.
        functions: The checker's answer.
        uses: How the text uses its parameters.
    """
    keys = _keys(source)
    imported = _imported(source)
    found: list[Guesses] = []
    for function in functions:
        if (key := keys.get((function["line"], function["name"]))) is None:
            continue
        declared = {
            (hint["name"], hint["type"]) for hint in function["hints"] if hint["why"] not in WEAK
        }
        for hint in function["hints"]:
            text: str | None = hint["type"]
            if (hint["name"], text) not in declared:
                text = uses.shown((key, hint["name"]), hint["why"], hint["type"])
            if text is None:
                continue
            needed = {name: module for module, name in hint["imports"]}
            # The imports of an earlier hint are in this text, but not in the original one.
            words = (each for each in _WORD.findall(hint["type"]) if each in imported)
            needed = {each: imported[each] for each in words} | needed
            imports = tuple((module, name) for name, module in needed.items())
            trust = PARTLY_ANY if _ANY.search(hint["type"]) else TRUST[hint["why"]]
            guess = Guess(text, trust, imports)
            found.append({(key, hint["name"]): guess})
    return best(*found)
