"""Finds the callers in other files of functions that become async."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.callers import UsesElsewhere
from python_expert.actions.convert_to_async.objects import maker_target
from python_expert.actions.convert_to_async.proof.ast_match import DifferenceError, Pairs
from python_expert.actions.convert_to_async.proof.uses import ConversionCheck
from python_expert.analysis.aliases import second_names
from python_expert.analysis.call_graph import program_of
from python_expert.analysis.elsewhere import Converted
from python_expert.analysis.function_bodies import is_generator
from python_expert.analysis.wrappers import wrapped
from python_expert.gate.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from python_expert.actions.base import Options
    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.scopes import Function
    from python_expert.analysis.source import Source

_FACTS = {"convert": True, "calls": []}


def converted(before: Source, after: Source, options: Options) -> list[Converted]:
    """Return the functions that an edit makes async, and its other effects on other files."""
    program = program_of(before, options.types, options.elsewhere)
    try:
        pairs = Pairs(program, after)
    except DifferenceError:
        return []
    waited = ConversionCheck(program, pairs, options).coroutines
    found = dict.fromkeys(_changes(program, pairs, waited))
    return [Converted(options.path, *each) for each in found]


def uses(source: Source, options: Options) -> UsesElsewhere:
    """Return the calls in a text of functions that are async elsewhere."""
    program = program_of(source, options.types, options.elsewhere)
    calls = program.cross_file.calls
    owners = {program.names.function_of(each) for each in calls}
    facts = {
        definition.key: _FACTS
        for node, definition in program.definitions.items()
        if node in owners and isinstance(node, ast.FunctionDef)
    }
    doubts = [
        Reason(why, getattr(node, "lineno", 1) - 1) for node, why in program.cross_file.doubts
    ]
    reexported = tuple(program.cross_file.reexported)
    return UsesElsewhere(facts, len(calls), tuple(doubts), reexported)


def _changes(
    program: Program, pairs: Pairs, waited: Iterable[Function]
) -> Iterator[tuple[str, str]]:
    """Find what an edit changes for other files.

    Yields qualified names, each with the reason if other files cannot use the definition, else with
    an empty string.

    Args:
        program: The text.
        pairs: The differences made by the edit.
        waited: The functions whose calls must be awaited, with those that only return such a call.
    """
    names = program.names
    for function in waited:
        definition, owner = program.definitions[function], names.class_of(function)
        parents = definition.parents
        if owner is None and not all(isinstance(each, ast.ClassDef) for each in parents):
            continue  # other files cannot name a local class, but may have an object of it
        if function in pairs.renamed:
            text = "is entered or looped over asynchronously now, which is not done in other files"
            name = definition.qualname.rpartition(".")[0] if owner else definition.qualname
            yield name, f"{name} {text}"
        elif is_generator(function) or program.is_context(function):
            text = "yields asynchronously now, which is not awaited in other files"
            yield definition.qualname, f"{definition.qualname} {text}"
        else:
            yield definition.qualname, ""
        outer = definition.qualname.rpartition(".")[0]
        for second in second_names(program, function):
            yield f"{outer}.{second.id}".lstrip("."), ""
    for each in wrapped(program):
        made = each.wrapping.decorator
        if each.wrapping.wrapper in pairs.functions:
            yield made.name, f"what {made.name} decorates must be async now"
    for maker in pairs.makers:
        target = maker_target(names, maker)
        slot = names.slot(target) if target is not None else None
        if slot and isinstance(slot[0], ast.Module | ast.ClassDef):
            attribute = slot[1].removeprefix(".")
            owner_name = f"{slot[0].name}." if isinstance(slot[0], ast.ClassDef) else ""
            yield f"{owner_name}{attribute}", f"{attribute} is used asynchronously now"
