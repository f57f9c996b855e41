"""The first lines of docstrings, where the words of a name make a sentence that reads well."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from python_expert.actions.add_docstrings.offline.words import (
    ACTING_ON,
    ADJECTIVES,
    CREATING,
    NOUNS_AS_WELL,
    ON_ITSELF,
    VERBS,
    imperative,
    is_plural,
    one,
    singular,
    split,
    the,
    thing,
)
from python_expert.analysis.scopes import Function
from python_expert.analysis.signatures import arguments, decorators, is_property, nodes_in_order

if TYPE_CHECKING:
    from python_expert.analysis.source import Definition, Source

_MOST = 3
"""Names that a summary lists."""

_LONGEST = 50
"""Columns of such a list: a summary is to fit into one line."""

_NO_NOUNS = (VERBS - NOUNS_AS_WELL) | {"abstract", "base", "mixin"}
_EXCEPTIONS = ("Error", "Exception", "Warning")


class Summary(NamedTuple):
    """The first line of a docstring.

    Attributes:
        text: The line.
        is_fact: Whether it says more than the name, so that it is worth a docstring by itself.
    """

    text: str
    is_fact: bool = False


def summary_of(source: Source, definition: Definition) -> Summary | None:
    """What a definition does, or None if its name does not say it."""
    node = definition.node
    if isinstance(node, ast.ClassDef):
        return _of_class(source, node)
    if node.name.startswith("__") or is_property(node):
        return None
    words = split(node.name)
    if isinstance(node, ast.AsyncFunctionDef) and words[0][0] == "a" and words[0][1:] in VERBS:
        words[0] = words[0][1:]
    return (
        _conversion(definition, node, words)
        or _predicate(definition, node, words)
        or _by_verb(definition, node, words)
    )


def _of_class(source: Source, node: ast.ClassDef) -> Summary | None:
    """What a class is for, as the rest of the file shows it."""
    if node.name.endswith(_EXCEPTIONS):
        raisers = _raisers(source).get(node.name, ())
        listed = _listed(raisers) if 0 < len(raisers) <= _MOST else ""
        is_short = 0 < len(listed) <= _LONGEST
        return Summary(f"Raised by {listed}.", is_fact=True) if is_short else None
    words = split(node.name)
    is_phrase = 1 < len(words) <= _MOST and words == thing(words) and not is_plural(words[-1])
    if is_phrase and not _NO_NOUNS & {words[0], words[-1]}:
        phrase = one(words)
        return Summary(f"{phrase[:1].upper()}{phrase[1:]}.")
    return None


@lru_cache(maxsize=4)
def _raisers(source: Source) -> dict[str, list[str]]:
    """The public functions of a text that raise an exception, by the exception's name."""
    found: dict[str, dict[str, None]] = {}
    for each in source.definitions:
        if not isinstance(each.node, Function) or any(
            isinstance(outer, Function) for outer in each.parents
        ):
            continue
        for node in nodes_in_order(each.node):
            raised = node.exc if isinstance(node, ast.Raise) else None
            raised = raised.func if isinstance(raised, ast.Call) else raised
            if isinstance(raised, ast.Name):
                found.setdefault(raised.id, {})[each.key] = None
    return {
        name: list(keys)
        for name, keys in found.items()
        if not any(part.startswith("_") for key in keys for part in key.split("."))
    }


def _listed(names: list[str]) -> str:
    quoted = [f"``{name}``" for name in names]
    return " and ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))


def _conversion(definition: Definition, node: Function, words: list[str]) -> Summary | None:
    """The summary of ``from_text`` and ``to_json``."""
    first, rest = words[0], thing(words[1:])
    if not rest or not definition.is_method:
        return None
    if first == "from" and "classmethod" in decorators(node):
        name = definition.parents[-1].name
        article = "an" if name.strip("_")[:1].lower() in "aeio" else "a"
        return Summary(f"Create {article} ``{name}`` from {one(rest)}.")
    if first == "to" and _returns_value(node):
        return Summary(f"Convert to {one(rest)}.")
    return None


def _predicate(definition: Definition, node: Function, words: list[str]) -> Summary | None:
    """The summary of ``is_empty`` and ``is_valid``."""
    subject = _subject(definition, node)
    if words[0] != "is" or len(words) != 2 or not subject:  # noqa: PLR2004 - is, and what
        return None
    word = words[1]
    if word in ADJECTIVES or (word.endswith(("ed", "able", "ible")) and len(word) > 5):  # noqa: PLR2004
        return Summary(f"Return whether {subject} is {word}.")
    return None


def _subject(definition: Definition, node: Function) -> str:
    """What a function is about: its parameter, or its class."""
    args = arguments(node, is_method=definition.is_method)
    if len(args) == 1 and args[0] not in {node.args.vararg, node.args.kwarg}:
        return f"``{args[0].arg}``"
    if args or not definition.is_method or any(decorators(node)):
        return ""
    words = thing(split(definition.parents[-1].name))[-1:]
    return the(words) if words and not is_plural(words[0]) else ""


def _by_verb(definition: Definition, node: Function, words: list[str]) -> Summary | None:
    """The summary of a function whose name begins with a verb."""
    verb, rest = words[0], thing(words[1:])
    if verb not in VERBS:
        return None
    if len(words) == 1:
        return _of_verb(definition, node, verb)
    if not 1 <= len(rest) <= _MOST + 1 or rest[0] in VERBS - {rest[-1]}:
        return None
    given = {
        singular(split(each.arg)[-1]) for each in ast.walk(node.args) if isinstance(each, ast.arg)
    }
    if verb in NOUNS_AS_WELL and _returns_value(node) and singular(words[-1]) not in given:
        return None
    said = one(rest) if verb in CREATING else the(rest)
    return Summary(f"{imperative(verb)} {said}.")


def _of_verb(definition: Definition, node: Function, verb: str) -> Summary | None:
    """The summary of a function whose name is a verb alone: what it is given tells the object."""
    args = arguments(node, is_method=definition.is_method)
    if verb in ON_ITSELF and definition.is_method and not args:
        words = thing(split(definition.parents[-1].name))[-1:]
        return Summary(f"{imperative(verb)} {the(words)}.") if words else None
    positional = [*node.args.posonlyargs, *node.args.args][definition.is_method :]
    is_only = len(positional) - len(node.args.defaults) == 1
    if verb in ACTING_ON and is_only and thing(split(positional[0].arg)):
        return Summary(f"{imperative(verb)} ``{positional[0].arg}``.")
    return None


def _returns_value(node: Function) -> bool:
    return any(
        isinstance(each, ast.Return) and each.value is not None for each in nodes_in_order(node)
    )
