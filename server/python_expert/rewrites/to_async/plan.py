"""What a conversion comprises: the chosen functions and all that must follow."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from python_expert.rewrites.to_async.names import FUNCTIONS, Function
from python_expert.rewrites.to_async.objects import (
    Exchange,
    RefusedError,
    exchange,
    made_by,
    makers,
)
from python_expert.rewrites.to_async.program import (
    How,
    Program,
    Use,
    is_generator,
    obstacle,
    own_nodes,
    thread_bound,
)
from python_expert.rewrites.to_async.table import (
    DECORATORS,
    PAIRS,
    REPLACEMENTS,
    SWAPS,
    THREAD,
    TWINS,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
"""Method names so common that an unknown object may well have its own."""


@dataclass
class Plan:
    """All the places that a conversion changes.

    Attributes:
        functions: The functions that have to be async, in the order found.
        awaits: The calls that only need an ``await``.
        runs: The calls outside of functions, to stand in ``asyncio.run``.
        items: The ``with`` items that are entered asynchronously.
        loops: The loops and comprehensions that iterate asynchronously.
        lists: The calls ``list(generator())`` that become comprehensions.
        delegations: The ``yield from`` statements that become loops.
        delegated: Of the generators they delegate to, those that become async.
        replaced: For each blocking call the id of what takes its place.
        readers: The loops over files that read line by line in a thread.
        exchanges: The objects exchanged.
        notes: What the user is to know.
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
    readers: list[ast.For] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def _note(places: list[_Node], node: _Node) -> None:
    """Note a place once, of however many functions it may be a use."""
    if node not in places:
        places.append(node)


class Planner:
    """Finds out what has to change together.

    Attributes:
        program: The text.
        choices: For some calls the id of the replacement chosen.
        packages: The packages that may be used.
        plan: What was found so far.
    """

    def __init__(
        self, program: Program, choices: Mapping[ast.Call, str], packages: Iterable[str]
    ) -> None:
        self.program = program
        self.choices = choices
        self.packages = frozenset(packages)
        self.plan = Plan()
        self._tried: dict[ast.Call, str] = {}

    def build(self, seeds: Iterable[Function]) -> Plan:
        """The plan for some functions.

        Raises:
            RefusedError: They cannot be converted.
        """
        waiting = list(seeds)
        while waiting:
            while waiting:
                function = waiting.pop()
                if function not in self.plan.functions:
                    self.plan.functions.append(function)
                    waiting += self._followers(function)
            for function in self.plan.functions:
                for found in self._exchanges(function):
                    self._add(found)
                    waiting += [each for each in found.owners if each not in self.plan.functions]
        for function in self.plan.functions:
            self._replace(function)
            if isinstance(function, ast.FunctionDef):
                for use in self.program.uses[function]:
                    self._convert(use)
        self._check_items()
        return self.plan

    def _add(self, found: Exchange) -> None:
        self.plan.exchanges.append(found)
        self.plan.awaits += found.awaits
        self.plan.items += found.items
        self.plan.loops += found.loops

    def _followers(self, function: Function) -> list[Function]:
        """What has to be converted with a function."""
        found = [
            each
            for each in self.program.callees(function)
            if each in self.program.blocking and isinstance(each, ast.FunctionDef)
        ]
        if isinstance(function, ast.AsyncFunctionDef):
            return found
        self._check(function)
        found += self.program.family(function)
        owner = self.program.names.class_of(function)
        partner = PAIRS.get(function.name)
        if owner and partner:
            other = self.program.names.method(owner, partner)
            if other:
                found.append(other)
            elif partner in {"__enter__", "__exit__"}:
                raise RefusedError(f"{self._name(function)} has no {partner} beside it")
        for use in self.program.uses[function]:
            caller = self.program.names.function_of(use.node)
            if caller:
                found.append(caller)
        return found

    def _name(self, function: Function) -> str:
        return self.program.name(function)

    def _check(self, function: Function) -> None:
        """Refuse a function that cannot be async."""
        names, name = self.program.names, self._name(function)
        if self.program.source.is_masked(self.program.definitions[function].range):
            raise RefusedError(f"{name} does not parse")
        for decorator in function.decorator_list:
            if names.dotted(decorator) not in DECORATORS:
                text = ast.unparse(decorator)
                raise RefusedError(f"{name} is decorated with {text}, which takes a plain function")
        special = function.name.startswith("__") and function.name.endswith("__")
        if special and (function.name not in TWINS or not names.class_of(function)):
            raise RefusedError(f"{name} is called by Python itself, which does not await it")
        base = self.program.foreign_base(function)
        if base:
            raise RefusedError(f"{name} may be a method that {base} calls and does not await")
        if function.name.startswith("test_"):
            raise RefusedError(f"{name} is called by a test runner, which does not await it")
        for node in own_nodes(function):
            self._check_node(function, node)

    def _check_node(self, function: Function, node: ast.AST) -> None:
        names, name = self.program.names, self._name(function)
        why = thread_bound(names, node)
        if why:
            raise RefusedError(f"{name}, line {getattr(node, 'lineno', 0)}: {why}")
        if not is_generator(function) or self._is_context(function):
            return
        if isinstance(node, ast.Return) and node.value is not None:
            raise RefusedError(f"{name} is a generator that returns a value (line {node.lineno})")
        used = not isinstance(names.parents[node], ast.Expr)
        if isinstance(node, ast.Yield | ast.YieldFrom) and used:
            raise RefusedError(f"{name} uses what is sent to it (line {node.lineno})")

    def _is_context(self, function: Function) -> bool:
        return any(
            self.program.names.dotted(each) == "contextlib.contextmanager"
            for each in function.decorator_list
        )

    def _exchanges(self, function: Function) -> list[Exchange]:
        """The objects that a function makes or uses and that are to be exchanged now."""
        names = self.program.names
        wanted = []
        for call in self.program.calls.get(function, []):
            if made_by(names, call):
                wanted += [call] if self._is_io(call) else []
            elif self.program.offers(call) and isinstance(call.func, ast.Attribute):
                wanted += makers(names, call.func.value)
        for node in own_nodes(function):
            if isinstance(node, ast.With) and self._waits(node):
                for item in node.items:
                    wanted += [
                        each for each in makers(names, item.context_expr) if not self._is_io(each)
                    ]
        found = []
        for maker in wanted:
            if maker not in self._tried:
                one = self._exchange(maker)
                if one:
                    found.append(one)
                    self._tried.update(dict.fromkeys(one.makers, ""))
        return found

    def _is_io(self, maker: ast.Call) -> bool:
        """Whether an object may also stay as it is, used in threads."""
        made = made_by(self.program.names, maker) or ""
        return not made.startswith(("threading.", "queue."))

    def _exchange(self, maker: ast.Call) -> Exchange | None:
        made = made_by(self.program.names, maker) or ""
        self._tried[maker] = "is not in the table"
        for swap in SWAPS[made]:
            package = REPLACEMENTS[swap.replacement].package
            chosen = self.choices.get(maker, swap.replacement)
            if (package and package not in self.packages) or chosen != swap.replacement:
                continue
            try:
                return exchange(self.program, maker, swap)
            except RefusedError as error:
                self._tried[maker] = str(error)
                if not self._is_io(maker):
                    raise
        return None

    def _waits(self, node: ast.With) -> bool:
        """Whether the body of a ``with`` will contain an ``await``."""
        inside = {each for statement in node.body for each in ast.walk(statement)}
        calls = (each for each in inside if isinstance(each, ast.Call))
        return any(self.program.offers(each) for each in calls) or any(
            use.node in inside
            for function in self.plan.functions
            if isinstance(function, ast.FunctionDef)
            for use in self.program.uses[function]
        )

    def _replace(self, function: Function) -> None:
        """Choose what takes the place of the blocking calls that are left."""
        names = self.program.names
        done = {
            id(each) for found in self.plan.exchanges for each in (*found.makers, *found.awaits)
        }
        for call in self.program.blocking_calls(function):
            if id(call) in done:
                continue
            why = obstacle(names, call)
            if why:
                raise RefusedError(f"line {call.lineno}: {ast.unparse(call)} stands in {why}")
            fit = [each for each in self.program.offers(call) if self._fits(call, each)]
            if not fit:
                reason = next(
                    iter(self._tried.get(each, "") for each in [call, *self._makers(call)]), ""
                )
                text = f"line {call.lineno}: {ast.unparse(call)} has no counterpart"
                raise RefusedError(f"{text}: {reason}" if reason else text)
            chosen = self.choices.get(call, "")
            self.plan.replaced[call] = chosen if chosen in fit else fit[0]
        for node in own_nodes(function):
            if isinstance(node, ast.For) and self._reads_lines(function, node):
                self.plan.readers.append(node)

    def _makers(self, call: ast.Call) -> list[ast.Call]:
        value = call.func.value if isinstance(call.func, ast.Attribute) else None
        return makers(self.program.names, value) if value else []

    @staticmethod
    def _fits(call: ast.Call, replacement: str) -> bool:
        if replacement == THREAD:
            return not (len(call.args) == 1 and isinstance(call.args[0], ast.GeneratorExp))
        plain = len(call.args) == 1 and not call.keywords
        return (
            replacement == "asyncio.sleep" and plain and not isinstance(call.args[0], ast.Starred)
        )

    def _reads_lines(self, function: Function, node: ast.For) -> bool:
        """Whether a loop over a file can as well ask for each line in a thread."""
        names = self.program.names
        if node in self.plan.loops or not isinstance(node.target, ast.Name):
            return False
        inside = {id(each) for statement in node.body for each in ast.walk(statement)}
        inside.add(id(node.target))
        same = [
            each
            for each in ast.walk(function)
            if isinstance(each, ast.Name) and each.id == node.target.id and id(each) not in inside
        ]
        slot = names.slot(node.iter) if isinstance(node.iter, ast.Name) else None
        return not same and slot is not None and names.kind(node.iter) == "builtins.open"

    def _convert(self, use: Use) -> None:
        """Plan one use of a function that becomes async."""
        names, function = self.program.names, use.function
        name, at = self._name(function), f"line {use.node.lineno}"
        if use.how is How.VALUE:
            raise RefusedError(f"{at}: {name} is passed on as a value, and nobody would await it")
        if not use.sure:
            if function.name in _BUILTIN_METHODS or use.how is not How.CALL:
                text = ast.unparse(use.node)
                raise RefusedError(f"{at}: nobody can tell whether {text} is {name}")
            self.plan.notes.append(f"{at}: {ast.unparse(use.node)} is taken to be {name}")
        why = obstacle(names, use.node)
        if why:
            raise RefusedError(f"{at}: {name} is used in {why}, where await cannot stand")
        inside = names.function_of(use.node) is not None
        holder = names.parents[use.node]
        if use.how is How.WITH and isinstance(holder, ast.withitem):
            _note(self.plan.items, holder)
        elif use.how is How.ITERATE and isinstance(holder, ast.For | ast.comprehension):
            self._loop(holder, name)
        elif isinstance(holder, ast.Call):
            around = names.parents[holder]
            if self._is_context(function):
                self._enter(holder, around, name)
            elif is_generator(function):
                self._consume(holder, around, name)
            elif isinstance(around, ast.Await):
                raise RefusedError(f"{at}: {name} is awaited already")
            else:
                _note(self.plan.awaits if inside else self.plan.runs, holder)
                return
        if not inside:
            raise RefusedError(
                f"{at}: {name} is used outside of a function, where nothing can wait"
            )

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
            raise RefusedError(f"line {loop.iter.lineno}: {name} feeds a generator expression")
        _note(self.plan.loops, loop)

    def _check_items(self) -> None:
        """Refuse a ``with`` of which only a part becomes async; find the ``yield from``."""
        for item in self.plan.items:
            statement = self.program.names.parents[item]
            items = getattr(statement, "items", [])
            if any(each not in self.plan.items for each in items):
                line = item.context_expr.lineno
                raise RefusedError(f"line {line}: only a part of this with statement can wait")
        for function in self.plan.functions:
            if isinstance(function, FUNCTIONS) and is_generator(function):
                self.plan.delegations += [
                    node
                    for node in own_nodes(function)
                    if isinstance(node, ast.Expr) and isinstance(node.value, ast.YieldFrom)
                ]
