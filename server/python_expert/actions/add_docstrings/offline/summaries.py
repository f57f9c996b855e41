"""The first lines of docstrings, by the words of names."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.add_docstrings.offline.words import (
    DUNDERS,
    NO_ARTICLE,
    OPERATORS,
    imperative,
    is_verb,
    one,
    phrase,
    split,
)
from python_expert.analysis.signatures import (
    annotation_name,
    arguments,
    decorators,
    is_property,
    nodes_in_order,
)

if TYPE_CHECKING:
    from python_expert.analysis.scopes import Function
    from python_expert.analysis.source import Definition

PREDICATES = frozenset(
    {"is", "has", "can", "should", "was", "are", "does", "needs", "supports", "allows"}
)
"""Words that begin the name of what is true or false."""

PREPOSITIONS = NO_ARTICLE - {"all", "any", "each", "every", "no"}
"""Words after which a name is no noun phrase."""


def class_summary(node: ast.ClassDef) -> str:
    """What a class is."""
    words = split(node.name)
    bases = {annotation_name(base) for base in node.bases}
    first, last, rest = words[0], words[-1], " ".join(words[1:])
    is_error = last in {"error", "exception"}
    if is_error or any(base.endswith(("Error", "Exception", "Warning")) for base in bases):
        text = one([*words[:-1], "error"] if is_error else words)
    elif rest and first in {"base", "abstract"}:
        text = f"base class of {rest} classes"
    elif rest and first == "test":
        text = f"tests of {rest}"
    elif rest and last == "mixin":
        text = f"mixin for {' '.join(words[:-1])}"
    elif "Protocol" in bases and last != "protocol":
        text = f"protocol of {one(words)}"
    elif bases & {"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"}:
        text = f"enumeration of {' '.join(words)} values"
    else:
        text = one(words)
    return capital(f"{text}.")


def summary_of(definition: Definition, node: Function) -> str:
    """What a function does, or what a property is."""
    words = split(node.name)
    if is_property(node):
        return _property(words)
    subject = _subject(definition, node)
    return (
        _special(node.name)
        or _by_prefix(definition, words, subject)
        or _by_verb(node, words, subject)
        or _by_result(node, words)
    )


def _special(name: str) -> str:
    """The summary of a special method."""
    if name in DUNDERS:
        return DUNDERS[name][0]
    if not (name.startswith("__") and name.endswith("__")):
        return ""
    operator = name.strip("_")
    stem = operator if operator in OPERATORS else operator[1:]
    in_place = " in place" if stem != operator and operator[0] == "i" else ""
    return f"{OPERATORS[stem]}{in_place}." if stem in OPERATORS else ""


def _by_prefix(definition: Definition, words: list[str], subject: str) -> str:
    """The summary of a function whose name follows a convention."""
    first, rest = words[0], " ".join(words[1:])
    if not rest:
        return "Run the program." if first == "main" else ""
    if first in PREDICATES:
        return f"Return whether {subject} {' '.join(words)}."
    made = split(definition.parents[-1].name) if definition.is_method else ["object"]
    return {
        "test": f"Test {rest}.",
        "from": f"Create {one(made)} from {rest}.",
        "to": f"Convert {subject} to {rest}.",
        "as": f"Convert {subject} to {rest}.",
        "on": f"Handle {phrase(words[1:])} event.",
    }.get(first, "")


def _by_verb(node: Function, words: list[str], subject: str) -> str:
    """The summary of a function whose name begins with a verb, or with ``a`` and a verb."""
    first, rest = words[0], words[1:]
    if isinstance(node, ast.AsyncFunctionDef) and first[0] == "a" and not is_verb(first):
        first = first[1:]
    return f"{imperative(first)} {phrase(rest) if rest else subject}." if is_verb(first) else ""


def _property(words: list[str]) -> str:
    if words[0] in PREDICATES and len(words) > 1:
        return f"Whether it {' '.join(words)}."
    return capital(f"{phrase(words)}.")


def _subject(definition: Definition, node: Function) -> str:
    """What a function without an object in its name works on."""
    if definition.is_method:
        return phrase(split(definition.parents[-1].name))
    args = arguments(node, is_method=False)
    if args and args[0] not in {node.args.vararg, node.args.kwarg} and args[0].arg.strip("_"):
        return f"``{args[0].arg}``"
    return "it"


def _by_result(node: Function, words: list[str]) -> str:
    """The summary of a function whose name begins with no verb."""
    kinds = {name.rpartition(".")[2] for name in decorators(node)}
    text = phrase(words)
    if words[0] in PREPOSITIONS:
        text = f"the result of ``{node.name}``"
    if kinds & {"contextmanager", "asynccontextmanager"}:
        return f"Provide {text} as a context."
    inside = list(nodes_in_order(node))
    if any(isinstance(each, ast.Yield | ast.YieldFrom) for each in inside):
        return f"Iterate over {text}."
    is_none = isinstance(node.returns, ast.Constant) and node.returns.value is None
    returns = any(isinstance(each, ast.Return) and each.value is not None for each in inside)
    if not is_none and (returns or node.returns is not None):
        return f"Return {text}."
    return f"Run {text}."


def capital(text: str) -> str:
    """A text that begins with a capital."""
    return text[:1].upper() + text[1:]
