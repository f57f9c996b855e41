"""Selects the functions that block, with reasons why the others cannot be converted."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.base import Options, Skipped, Target
from python_expert.analysis.call_graph import Program, program_of
from python_expert.analysis.library import METHODS, STAYS
from python_expert.analysis.scopes import FUNCTIONS, Function
from python_expert.analysis.wrappers import wrapped

if TYPE_CHECKING:
    from python_expert.analysis.source import Source
    from python_expert.text.document import Range

NOTHING = (
    "no blocking call found (looked for: time.sleep, requests, urllib, subprocess, file I/O,"
    " sqlite3, sockets, locks)"
)


def targets(
    source: Source, where: Range | None, options: Options
) -> tuple[list[Target], list[Skipped]]:
    """Return the functions at a place that block, directly or through functions they call."""
    if options.is_stub:
        return [], [Skipped("", "a stub file has no blocking calls")]
    program = program_of(source, options.types, options.elsewhere)
    found, left = [], []
    decorators = {each.wrapping.decorator for each in wrapped(program)}
    nodes = [each.node for each in source.selected(where) if isinstance(each.node, FUNCTIONS)]
    for node in dict.fromkeys(_implementation(program, each) for each in nodes):
        if node in decorators and not program.blocking_calls(node):
            continue  # only the wrapper waits in it
        each = program.definitions[node]
        if node in program.blocking:
            found.append(Target(each.key, each.range))
        else:
            left.append(Skipped(each.key, no_call(program, each.node)))
    if found or where is None:  # functions that do not block are not worth a message
        explained = [each for each in left if each.reason != NOTHING]
        left = explained if found or explained or not left else [Skipped("", NOTHING)]
    return found, left


def _implementation(program: Program, function: Function) -> Function:
    """Return the function itself, or the implementation of an overload."""
    last = [function, *program.family(function)][-1]
    texts = [program.names.dotted(each) or "" for each in function.decorator_list]
    return last if any(each.endswith(".overload") for each in texts) else function


def may_block(source: Source, where: Range | None) -> bool:
    """Return whether a function at a place calls a method of an unknown object that may block."""
    program, definitions = program_of(source), source.selected(where)
    functions = [each.node for each in definitions if isinstance(each.node, FUNCTIONS)]
    calls = [call for each in functions for call in program.calls.get(each, ())]
    return any(
        isinstance(call.func, ast.Attribute)
        and call.func.attr in METHODS
        and program.names.dotted(call.func) is None
        for call in calls
    )


def no_call(program: Program, function: ast.AST) -> str:
    """Return why there is nothing to convert in a function that is not known to block."""
    for call in program.calls.get(function, ()) if isinstance(function, FUNCTIONS) else ():
        full = program.names.dotted(call.func) or ""
        if why := program.typed.staying.get(call) or STAYS.get(full):
            return f"line {call.lineno}: {ast.unparse(call.func)} blocks, but {why}"
    return NOTHING
