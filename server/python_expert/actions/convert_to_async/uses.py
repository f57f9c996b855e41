"""Plans the changes at each use of a function that becomes async."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from python_expert.actions.convert_to_async.objects import Exchange, RefusedError
from python_expert.actions.convert_to_async.replacements import is_for_runner
from python_expert.analysis.aliases import second_name
from python_expert.analysis.call_graph import How, Program, Use
from python_expert.analysis.function_bodies import is_generator, obstacle
from python_expert.analysis.wrappers import is_put_in_place

if TYPE_CHECKING:
    from python_expert.actions.convert_to_async.with_blocks import ThreadBlock
    from python_expert.analysis.scopes import Function

_Node = TypeVar("_Node", bound=ast.AST)

_BUILTIN_METHODS = frozenset(
    name for kind in (str, bytes, list, dict, set, tuple, int, float) for name in dir(kind)
) | frozenset(
    [
        "read",
        "write",
        "close",
        "open",
        "send",
        "recv",
        "flush",
        "get",
        "put",
        "post",
        "delete",
        "run",
        "start",
        "stop",
    ]
)
"""Methods of built-in objects, so common that an unknown object may have one."""


@dataclass
class Plan:
    """All places that a conversion changes.

    Attributes:
        functions: The functions that must be async, in the order found.
        awaits: The calls that only need an ``await``.
        runs: The calls outside of functions, which ``asyncio.run`` runs.
        items: The ``with`` items that are entered asynchronously.
        loops: The loops and comprehensions that iterate asynchronously.
        lists: The calls ``list(generator())`` that become comprehensions.
        delegations: The ``yield from`` statements that become loops.
        delegated: The calls of generators in these statements that become async.
        replaced: The id of the replacement of each blocking call.
        blocks: The ``with`` blocks that a thread runs as a whole.
        readers: The loops over files that read line by line in a thread.
        splits: The cached functions that are renamed; a coroutine runs them in a thread.
        exchanges: The exchanged objects.
        notes: What the user should know.
    """

    functions: list[Function] = field(default_factory=list)
    awaits: list[ast.Call] = field(default_factory=list)
    runs: list[ast.Call] = field(default_factory=list)
    items: list[ast.withitem] = field(default_factory=list)
    loops: list[ast.For | ast.comprehension] = field(default_factory=list)
    lists: list[ast.Call] = field(default_factory=list)
    delegations: list[ast.Expr] = field(default_factory=list)
    delegated: list[ast.Call] = field(default_factory=list)
    replaced: dict[ast.Call, str] = field(default_factory=dict)
    blocks: list[ThreadBlock] = field(default_factory=list)
    readers: list[ast.For] = field(default_factory=list)
    splits: list[Function] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def _note(places: list[_Node], node: _Node) -> None:
    """Add a place once, even if it is a use of several functions."""
    if node not in places:
        places.append(node)


class Uses:
    """Plans the uses of converted functions.

    Attributes:
        program: The text.
        plan: The plan that the places are added to.
    """

    def __init__(self, program: Program, plan: Plan) -> None:
        self.program = program
        self.plan = plan

    def convert(self, use: Use) -> None:
        """Plan one use of a function that becomes async."""
        names, function = self.program.names, use.function
        name, at = self.program.name(function), f"line {use.node.lineno}"
        given = self.program, function, use.node
        second = second_name(*given)
        if is_put_in_place(*given) or (second and not is_for_runner(second.id)):
            return
        if use.how is How.VALUE:
            raise RefusedError(f"{at}: {name} is passed on as a value, and would not be awaited")
        if not use.sure:
            self._presume(use, name)
        why = obstacle(names, use.node)
        if why:
            raise RefusedError(f"{at}: {name} is used in {why}, where await is not allowed")
        holder = names.parents[use.node]
        if use.how is How.WITH and isinstance(holder, ast.withitem):
            _note(self.plan.items, holder)
        elif use.how is How.ITERATE and isinstance(holder, ast.For | ast.comprehension):
            self._loop(holder, name)
        elif isinstance(holder, ast.Call) and self._call(function, holder):
            return
        if names.function_of(use.node) is None:
            raise RefusedError(
                f"{at}: {name} is used outside of a function, where await is not allowed"
            )

    def _presume(self, use: Use, name: str) -> None:
        """Assume that a method of an unknown object is the text's, unless the name is common."""
        text, at = ast.unparse(use.node), f"line {use.node.lineno}"
        if use.function.name in _BUILTIN_METHODS or use.how is not How.CALL:
            raise RefusedError(f"{at}: it is not certain whether {text} is {name}")
        self.plan.notes.append(f"{at}: {text} is assumed to be {name}")

    def _call(self, function: Function, call: ast.Call) -> bool:
        """Plan a call; return whether it is also valid outside of functions."""
        names, name = self.program.names, self.program.name(function)
        around = names.parents[call]
        if self.program.is_context(function):
            self._enter(call, around, name)
            return False
        if is_generator(function):
            self._consume(call, around, name)
            return False
        if isinstance(around, ast.Await):
            raise RefusedError(f"line {call.lineno}: {name} is awaited already")
        inside = names.function_of(call) is not None
        _note(self.plan.awaits if inside else self.plan.runs, call)
        return True

    def _enter(self, call: ast.Call, around: ast.AST, name: str) -> None:
        if not isinstance(around, ast.withitem) or around.context_expr is not call:
            raise RefusedError(f"line {call.lineno}: {name} is not entered where it is called")
        _note(self.plan.items, around)

    def _consume(self, call: ast.Call, around: ast.AST, name: str) -> None:
        names = self.program.names
        if isinstance(around, ast.For | ast.comprehension) and around.iter is call:
            self._loop(around, name)
        elif (
            isinstance(around, ast.Call)
            and names.dotted(around.func) == "builtins.list"
            and around.args == [call]
            and not around.keywords
        ):
            _note(self.plan.lists, around)
        elif isinstance(around, ast.YieldFrom):
            _note(self.plan.delegated, call)
        else:
            raise RefusedError(f"line {call.lineno}: {name} is not looped over where it is called")

    def _loop(self, loop: ast.For | ast.comprehension, name: str) -> None:
        if isinstance(self.program.names.parents[loop], ast.GeneratorExp):
            raise RefusedError(f"line {loop.iter.lineno}: {name} is used in a generator expression")
        _note(self.plan.loops, loop)
