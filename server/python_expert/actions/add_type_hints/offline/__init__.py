"""Type hints without a model: special methods, defaults, names, bodies and pyrefly.

For each place the first source that knows something wins. The order, and what is not taken from
a source at all, follow from how often each is right (``tests/bench/offline_hints.py``). jedi is
not asked: where the others know nothing, it is right in one case of eleven.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Final

from python_expert.actions.add_type_hints.action import write
from python_expert.actions.add_type_hints.offline import pyrefly
from python_expert.actions.add_type_hints.offline.bodies import Bodies
from python_expert.actions.add_type_hints.offline.expressions import union
from python_expert.actions.add_type_hints.offline.flow import is_abstract
from python_expert.actions.add_type_hints.offline.names import (
    DUNDER_PARAMETERS,
    DUNDER_RETURNS,
    by_parameter,
    imports_of,
    is_predicate,
)
from python_expert.actions.add_type_hints.offline.pyrefly import Guess
from python_expert.actions.add_type_hints.slots import RETURN, receiver
from python_expert.analysis.bindings import bindings_of
from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.nodes import arguments, defaults, is_none, type_parameters
from python_expert.analysis.types import tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.actions.base import Options
    from python_expert.analysis.scopes import Function
    from python_expert.analysis.source import Definition, Source

Guesses = dict[tuple[str, str], Guess]

_ROUNDS: Final = 2
"""Runs of pyrefly: what the first finds lets the next find more."""

_SPECIAL, _BODY, _STORED, _ALIKE, _DEFAULT, _INFERRED, _NAME, _PARTLY_ANY = (
    95, 90, 85, 84, 83, 80, 74, 20,
)  # fmt: skip
"""How often guesses of a source are the authors' types, in percent, rounded: of twelve packages,
six of which were not looked at when the rules were made. A type that contains Any seldom is."""


def propose(
    source: Source, keys: Sequence[str], options: Options
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Propose types for functions of a text, by rule and by inference.

    Args:
        source: The text.
        keys: The definitions that are wanted.
        options: What is known beside the text.

    Yields:
        A key and its facts, as `TypeHints` has them.
    """
    guesses = guess_all(source, options)
    facts = facts_of(guesses)
    for key in keys:
        if key in facts:
            yield key, facts[key]


def guess_all(source: Source, options: Options) -> Guesses:
    """All guesses for a text, each place by the best source that knows it."""
    rules = Rules(source)
    guesses = rules.certain()
    likely = rules.likely()
    text = source.code
    for _ in range(_ROUNDS):
        inferred = rules.credible(pyrefly.infer(text, options))
        guesses = {**inferred, **guesses}
        guesses = {**rules.returned(guesses), **guesses}
        guesses = {**likely, **guesses}
        written = write(source, facts_of(guesses), options)
        try:
            text = source.with_edits(written.edits).code
        except (BrokenError, ValueError):
            break
    return guesses


def facts_of(guesses: Guesses) -> dict[str, dict[str, Any]]:
    """Guesses as the rewrite's schema has them."""
    facts: dict[str, dict[str, Any]] = {}
    for (key, name), guess in guesses.items():
        fact = facts.setdefault(key, {"params": {}, "returns": None, "imports": [], "trust": {}})
        partly = "Any" in guess.text and guess.text != "Any"
        fact["trust"][name] = _PARTLY_ANY if partly else guess.trust or _INFERRED
        if name == RETURN:
            fact["returns"] = guess.text
        else:
            fact["params"][name] = guess.text
        for module, imported in guess.imports:
            needed = {"module": module, "name": imported}
            if needed not in fact["imports"]:
                fact["imports"].append(needed)
    return facts


class Rules:
    """What can be said of one text without running a tool."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._bodies = Bodies(source)
        self._functions = [
            each for each in source.definitions if not isinstance(each.node, ast.ClassDef)
        ]
        self._types = _type_names(source)
        self._classes = _classes(source)

    def certain(self) -> Guesses:
        """Special methods, attributes with a type, classes named like the parameter, defaults."""
        found: Guesses = {}
        for definition in self._functions:
            node = definition.node
            assert not isinstance(node, ast.ClassDef)  # noqa: S101  # nosec B101
            for trust, source in (
                (_SPECIAL, self._dunder(definition, node)),
                (_STORED, dict(self._bodies.stored(definition))),
                (_ALIKE, self._named_like_types(definition, node)),
                (_DEFAULT, _literal_defaults(node, self._classes)),
            ):
                for name, text in source.items():
                    found.setdefault((definition.key, name), _guess(text, trust))
            if definition.is_method and node.name in DUNDER_RETURNS:
                found[definition.key, RETURN] = _guess(DUNDER_RETURNS[node.name], _SPECIAL)
        return found

    def likely(self) -> Guesses:
        """What names alone say."""
        found: Guesses = {}
        for definition in self._functions:
            node = definition.node
            assert not isinstance(node, ast.ClassDef)  # noqa: S101  # nosec B101
            given = defaults(node)
            for arg in _ordinary(definition, node):
                text = by_parameter(arg.arg)
                default = given.get(arg.arg)
                if text and (default is None or is_none(default)):
                    found[definition.key, arg.arg] = _guess(_optional(text, default), _NAME)
            for star in (node.args.vararg, node.args.kwarg):
                if star:
                    found[definition.key, star.arg] = _guess("Any", _NAME)
            if is_predicate(node.name):
                found[definition.key, RETURN] = _guess("bool", _DEFAULT)
        return found

    def returned(self, guesses: Guesses) -> Guesses:
        """What bodies show to be returned, given what is known of parameters."""
        found: Guesses = {}
        for definition in self._functions:
            if definition.node.returns is None:  # type: ignore[union-attr]
                known = {
                    name: guess.text
                    for (key, name), guess in guesses.items()
                    if key == definition.key and name != RETURN
                }
                for arg in arguments(definition.node):  # type: ignore[arg-type]
                    if arg.annotation is not None:
                        known[arg.arg] = ast.unparse(arg.annotation)
                text = self._bodies.returns(definition, known)
                if text:
                    imports = [
                        each
                        for (key, _), guess in guesses.items()
                        if key == definition.key
                        for each in guess.imports
                    ]
                    found[definition.key, RETURN] = Guess(text, tuple(imports), _BODY)
        return found

    def credible(self, guesses: Guesses) -> Guesses:
        """Guesses without None for functions whose body is for others to write."""
        empty = {each.key for each in self._functions if is_abstract(each.node)}  # type: ignore[arg-type]
        return {
            (key, name): guess
            for (key, name), guess in guesses.items()
            if not (name == RETURN and guess.text in {"None", "NoReturn"} and key in empty)
        }

    @staticmethod
    def _dunder(definition: Definition, node: Function) -> dict[str, str]:
        if not definition.is_method or node.name not in DUNDER_PARAMETERS:
            return {}
        positional = [*node.args.posonlyargs, *node.args.args][1:]
        types = DUNDER_PARAMETERS[node.name]
        return {arg.arg: text for arg, text in zip(positional, types, strict=False)}

    def _named_like_types(self, definition: Definition, node: Function) -> dict[str, str]:
        found = {}
        given = defaults(node)
        for arg in _ordinary(definition, node):
            default = given.get(arg.arg)
            if default is not None and not is_none(default):
                continue
            plain = arg.arg.strip("_").replace("_", "").lower()
            for stem in (plain, f"{plain}types", f"{plain.removesuffix('s')}types", f"{plain}type"):
                if stem in self._types:
                    found[arg.arg] = _optional(self._types[stem], default)
                    break
        return found


def _type_names(source: Source) -> dict[str, str]:
    """The types that a text defines or imports, by their names in small letters."""
    names = bindings_of(source)
    found = {
        name.lower(): name
        for name, meant in names.imported.items()
        if name[:1].isupper()
        and not name.isupper()
        and meant.rpartition(".")[0] not in tables.TYPING_MODULES
    }
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef):
            found[node.name.lower()] = node.name + _parameters_of(node)
    return found


def _parameters_of(node: ast.ClassDef) -> str:
    """``[Any]`` for a generic class, with as many as it has parameters."""
    if declared := type_parameters(node):
        plain = all(type(each).__name__ == "TypeVar" for each in declared)
        return f"[{', '.join(['Any'] * len(declared))}]" if plain else ""
    for base in node.bases:
        if isinstance(base, ast.Subscript) and ast.unparse(base.value).endswith("Generic"):
            count = len(base.slice.elts) if isinstance(base.slice, ast.Tuple) else 1
            return f"[{', '.join(['Any'] * count)}]"
    return ""


def _guess(text: str, trust: int) -> Guess:
    imports = tuple((each["module"], each["name"]) for each in imports_of(text))
    return Guess(text, imports, trust)


def _ordinary(definition: Definition, node: Function) -> list[ast.arg]:
    """The parameters without ``self``, ``*args`` and ``**kwargs``."""
    skipped = {receiver(definition)}
    skipped |= {star.arg for star in (node.args.vararg, node.args.kwarg) if star}
    return [arg for arg in arguments(node) if arg.arg not in skipped]


def _classes(source: Source) -> frozenset[str]:
    """Names that are bound to classes at the top level, as far as their spelling tells."""
    imported = {
        alias.asname or alias.name
        for node in source.tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    capitalized = {name for name in imported if name[0].isupper() and not name.isupper()}
    own = {node.name for node in source.tree.body if isinstance(node, ast.ClassDef)}
    return frozenset(capitalized | own)


def _literal_defaults(node: Function, classes: frozenset[str]) -> dict[str, str]:
    found = {}
    for name, default in defaults(node).items():
        match default:
            case ast.Constant(value=bool() | int() | float() | str() | bytes() as value):
                found[name] = type(value).__name__
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                found[name] = type(value).__name__
            case ast.Call(func=ast.Name(id=made)) if made in classes:
                found[name] = made
    return found


def _optional(text: str, default: ast.expr | None) -> str:
    return union([text, "None"]) if default is not None else text
