"""Whether base classes from other files may have, and call, a method of the text."""

from __future__ import annotations

import ast
from importlib import import_module
from typing import TYPE_CHECKING

from python_expert.analysis.library import HARMLESS_BASES, SELF_CONTAINED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.scopes import Function


def external_base(program: Program, function: Function, name: str = "") -> str | None:
    """Return a base class from another file that may have or call a method, or None."""
    name = name or function.name
    return next(
        (text for text, is_cleared in _bases(program, function, name) if not is_cleared), None
    )


def base_cleared_by_types(program: Program, function: Function) -> str | None:
    """Return a base class that lacks a method only according to a type checker, or None.

    The base class is from another file.
    """
    found = _bases(program, function, function.name)
    return next((text for text, is_cleared in found if is_cleared), None)


def _bases(program: Program, function: Function, name: str) -> Iterator[tuple[str, bool]]:
    """Yield the unknown base classes, and whether a type checker's information clears each."""
    owner, known_bases = program.names.class_of(function), program.typed.bases
    for relative in program.relatives(owner) if owner else ():
        for node, base in zip(relative.bases, program.names.bases(relative), strict=True):
            if isinstance(base, ast.ClassDef) or (base and _is_without(base, name)):
                continue
            known = known_bases.get(program.source.range(node))
            yield (
                ast.unparse(node),
                known is not None
                and name in known.free
                and all(_is_without(each, name) for each in known.unread),
            )


def _is_without(base: str, name: str) -> bool:
    """Return whether a class neither has nor calls a method with a name."""
    module, _, last = base.rpartition(".")
    if base in HARMLESS_BASES:
        return True
    if module != "builtins" and base not in SELF_CONTAINED:
        return False
    known = getattr(import_module(module), last, None)
    return known is not None and not hasattr(known, name)
