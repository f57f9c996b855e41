"""Decorators of a text that return a wrapper which could become async."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.decorators import Wrapping, passes_on, wrapping
from python_expert.analysis.function_bodies import is_generator
from python_expert.analysis.threads import is_async

if TYPE_CHECKING:
    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.scopes import Function


class Wrapped(NamedTuple):
    """A decorator whose wrapper could become async, with all functions that it decorates.

    Attributes:
        wrapping: The decorator and its wrapper.
        decorators: The places where the decorator is applied.
        functions: The decorated functions, in the same order.
    """

    wrapping: Wrapping
    decorators: tuple[ast.expr, ...]
    functions: tuple[Function, ...]


@lru_cache(maxsize=2)
def wrapped(program: Program) -> tuple[Wrapped, ...]:
    """Return the decorators that only decorate plain functions of the text."""
    names = program.names
    decorators: dict[ast.expr, Function] = {
        decorator: function
        for function in program.definitions
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Name)
    }
    found: dict[ast.FunctionDef, Wrapping] = {}
    for each in decorators:
        if not passes_on(names, each) and (known := wrapping(names, each)):
            found[known.decorator] = known
    return tuple(one for each in found.values() if (one := _wrapped(program, each, decorators)))


def _wrapped(
    program: Program, wrapping: Wrapping, decorators: dict[ast.expr, Function]
) -> Wrapped | None:
    """Return the functions that a decorator decorates; None if it has other uses."""
    uses = [use.node for use in program.uses[wrapping.decorator]]
    functions = [decorators[node] for node in uses if node in decorators]
    unfit = any(
        is_async(each) or is_generator(each) or program.is_context(each) for each in functions
    )
    if len(functions) != len(uses) or unfit:
        return None
    return Wrapped(wrapping, tuple(uses), tuple(functions))


def standing_in(program: Program, function: Function) -> list[Wrapped]:
    """Return the decorators that decorate a function, or whose wrapper is the function."""
    return [
        each
        for each in wrapped(program)
        if function in each.functions or function is each.wrapping.wrapper
    ]


def waiting_decorators(program: Program) -> dict[ast.expr, Function]:
    """Return the applied decorators whose wrapper could await its function, with the wrapper.

    The wrapper's own decorators, such as ``functools.wraps``, are included.
    """
    wrappings = {
        decorator: each.wrapping for each in wrapped(program) for decorator in each.decorators
    }
    found: dict[ast.expr, Function] = {node: each.wrapper for node, each in wrappings.items()}
    own = (each.wrapping.wrapper for each in wrapped(program))
    return found | {node: each for each in own for node in each.decorator_list}


def is_put_in_place(program: Program, function: Function, node: ast.expr) -> bool:
    """Return whether an expression is the ``return wrapper`` of a decorator that could await."""
    around = program.names.parents[node]
    returned = isinstance(around, ast.Return)
    return returned and any(
        each.wrapping.wrapper is function and around is each.wrapping.decorator.body[-1]
        for each in wrapped(program)
    )
