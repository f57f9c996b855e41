"""Infer hints of a buffer's functions with jedi, from calls in the buffer and from bodies."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import jedi

from python_expert.actions.add_type_hints.offline.guesses import Guess
from python_expert.analysis.nodes import arguments

if TYPE_CHECKING:
    from python_expert.actions.base import Options
    from python_expert.analysis.source import Source


TRUST = 67
"""How often jedi's guesses are right, in percent."""


def infer(source: Source, options: Options) -> dict[tuple[str, str], Guess]:
    """Return the types that jedi infers by definition key and parameter (or ``return``)."""
    # Searching for calls in the whole project takes many seconds per function.
    jedi.settings.dynamic_params_for_other_modules = False
    environment = _environment(options.interpreter)
    project = jedi.Project(options.root or ".", load_unsafe_extensions=False)
    script = jedi.Script(source.code, path=options.path, project=project, environment=environment)
    try:
        names = script.get_names(all_scopes=True, definitions=True)
    except Exception:  # noqa: BLE001 - jedi may raise anything
        return {}
    places = {(name.line, name.column): name for name in names if name.type == "function"}
    found: dict[tuple[str, str], Guess] = {}
    for definition in source.definitions:
        node = definition.node
        start = source.position(node.lineno, node.col_offset)
        column = source.lines[start.line].find(node.name, start.column)
        name = places.get((start.line + 1, column))
        if name is None:
            continue
        _note(found, (definition.key, "return"), name.execute)
        slots = {arg.arg for arg in arguments(node)}  # type: ignore[arg-type]
        if slots:
            _parameters(found, definition.key, name, slots)
    return found


@cache
def _environment(python: str) -> Any:  # noqa: ANN401 - as below
    return jedi.create_environment(python, safe=False)


def _parameters(
    found: dict[tuple[str, str], Guess],
    key: str,
    name: Any,  # noqa: ANN401 - jedi has no types
    slots: set[str],
) -> None:
    try:
        signatures = name.get_signatures()
    except Exception:  # noqa: BLE001 - as above
        return
    for param in signatures[0].params if signatures else ():
        if param.name in slots:
            _note(found, (key, param.name), param.infer)


def _note(
    found: dict[tuple[str, str], Guess],
    slot: tuple[str, str],
    infer_: Any,  # noqa: ANN401 - as above
) -> None:
    """Record jedi's answer, if all its types can be written as hints."""
    try:
        answers = [(each, each.get_type_hint()) for each in infer_()]
    except Exception:  # noqa: BLE001 - as above
        return
    texts = dict.fromkeys("None" if hint == "NoneType" else hint for _, hint in answers)
    if not texts or not all(texts):
        return
    if slot[1] != "return" and list(texts) == ["None"]:
        return  # a default does not determine the type
    imports = tuple(
        (each.module_name, each.name)
        for each, hint in answers
        if hint == each.name
        and each.module_name
        and each.module_name != "builtins"
        and not each.module_name.startswith("_")
    )
    ordered = sorted(texts, key=lambda each: each == "None")
    found[slot] = Guess(" | ".join(ordered), TRUST, imports)
