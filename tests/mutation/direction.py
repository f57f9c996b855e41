"""Decide from the syntax whether a change to a proof's code makes the gate more lenient.

A refusal is any code that rejects an edit: a raised error, a reason that is returned or noted, a
call of a function that does so. A condition is *strict* if its truth leads to a refusal. A mutant
that makes it false more often is lenient. For a function that returns a condition, its callers'
conditions decide. If the syntax does not show it, the direction is open.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef

ROUNDS = 6
"""How many calls deep a refusal is followed."""


class Direction(StrEnum):
    """The effect of a mutant on the gate."""

    LENIENT = "lenient"
    """The gate can only accept more."""
    OPEN = "open"
    """The syntax does not show it."""
    STRICT = "strict"
    """The gate can only refuse or ask more."""


def of_truth(strictness: int, *, truer: bool) -> Direction:
    """Return the direction of a mutant that makes an expression true more or less often.

    Args:
        strictness: 1 if a true expression leads to a refusal, -1 if a false one does, or 0.
        truer: Whether the expression is true more often.
    """
    if not strictness:
        return Direction.OPEN
    return Direction.STRICT if (strictness > 0) is truer else Direction.LENIENT


_NOTES = re.compile(r"refus|confirm|reason|fault|doubt|risk|danger|told", re.IGNORECASE)
_WHY = re.compile(r"\bwhy\b|\breasons?\b|\bfaults?\b|\bwrong\b", re.IGNORECASE)


def tells_reasons(function: Function) -> bool:
    """Return whether a function returns or yields reasons against an edit."""
    returns = ast.unparse(function.returns) if function.returns else ""
    if "Reason" in returns:
        return True
    return "str" in returns and bool(_WHY.search(ast.get_docstring(function) or ""))


class Senses:
    """The consequences of functions for the gate, derived from their code.

    Args:
        functions: All functions of the gate and the proofs.
    """

    def __init__(self, functions: Iterable[Function]) -> None:
        self._functions = list(functions)
        self._refusing: set[str] = set()
        self._strictness_of: dict[str, int] = {}
        for _ in range(ROUNDS):
            self._follow()

    def is_refusal(self, statement: ast.AST, function: Function) -> bool:
        """Return whether a statement is a refusal."""
        match statement:
            case ast.Raise():
                return True
            case ast.Return(value=ast.expr() as value):
                return tells_reasons(function) and not _is_nothing(value)
            case ast.Expr(value=ast.Yield() | ast.YieldFrom()):
                return tells_reasons(function)
            case ast.Expr(value=ast.Call(func=called)):
                return _last_name(called) in self._refusing or _notes(called)
            case ast.AugAssign(target=target):
                return bool(_NOTES.search(ast.unparse(target)))
        return False

    def refuses_within(self, statements: Iterable[ast.stmt], function: Function) -> bool:
        """Return whether the statements contain a refusal."""
        return any(
            self.is_refusal(each, function)
            for statement in statements
            for each in ast.walk(statement)
        )

    def strictness(self, function: Function) -> dict[ast.expr, int]:
        """Return the strictness of each condition of a function and of its parts."""
        found: dict[ast.expr, int] = {}
        reasons = tells_reasons(function)
        truth = 1 if reasons else self._strictness_of.get(function.name, 0)
        for node in ast.walk(function):
            match node:
                case ast.If(test=test):
                    found.update(_parts(test, self._of_branches(node, function)))
                case ast.Return(value=ast.IfExp(test=test, body=body, orelse=orelse)):
                    sign = int(_is_nothing(orelse)) - int(_is_nothing(body))
                    found.update(_parts(test, sign * truth))
                case ast.Return(value=ast.expr() as value):
                    found.update(_parts(value, truth))
                case ast.comprehension(ifs=ifs) if reasons:
                    for test in ifs:
                        found.update(_parts(test, 1))
        return found

    def _follow(self) -> None:
        """Follow the calls one step further, for refusals and for strictness."""
        signs: dict[str, set[int]] = defaultdict(set)
        for function in self._functions:
            for condition, sign in self.strictness(function).items():
                if sign and isinstance(condition, ast.Call):
                    signs[_last_name(condition.func)].add(sign)
        self._strictness_of = {name: sum(found) for name, found in signs.items()}
        self._refusing |= {
            each.name
            for each in self._functions
            if not tells_reasons(each) and self.refuses_within(each.body, each)
        }

    def _of_branches(self, node: ast.If, function: Function) -> int:
        here, other = self._of_branch(node.body, function), self._of_branch(node.orelse, function)
        if here and here != other:
            return here
        return -other if not here else 0

    def _of_branch(self, body: list[ast.stmt], function: Function) -> int:
        """Return 1 for a branch that refuses, -1 for one that leaves otherwise, else 0."""
        if not body:
            return 0
        truth = self._strictness_of.get(function.name, 0)
        match body[-1]:
            case ast.Return(value=ast.Constant(value=True)):
                return truth
            case ast.Return(value=ast.Constant(value=False)):
                return -truth
        if self.refuses_within(body, function):
            return 1
        match body[-1]:
            case ast.Continue() | ast.Return(value=None):
                leaves = True
            case ast.Return(value=ast.expr() as value):
                leaves = _is_nothing(value)
            case _:
                leaves = False
        return -1 if leaves and self.refuses_within(function.body, function) else 0


def _notes(called: ast.expr) -> bool:
    """Return whether a call adds to a list of reasons."""
    match called:
        case ast.Attribute(attr="append" | "extend" | "add" | "update", value=owner):
            return bool(_NOTES.search(ast.unparse(owner)))
    return False


def _parts(test: ast.expr, strictness: int) -> Iterator[tuple[ast.expr, int]]:
    """Yield an expression and its parts with their strictness."""
    yield test, strictness
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _parts(operand, -strictness)
        case ast.BoolOp(values=values):
            for each in values:
                yield from _parts(each, strictness)
        case ast.NamedExpr(value=value) | ast.Call(func=ast.Name(id="bool"), args=[value]):
            yield from _parts(value, strictness)
        case ast.Compare(ops=[ast.In()], comparators=[names]):
            yield names, strictness
        case ast.Compare(ops=[ast.NotIn()], comparators=[names]):
            yield names, -strictness
        case ast.Call(
            func=ast.Name(id="any" | "all" as name),
            args=[ast.GeneratorExp(elt=element, generators=generators) as found],
        ):
            sign = strictness if name == "any" else -strictness
            yield found, sign
            yield from _parts(element, strictness)
            for condition in (test for each in generators for test in each.ifs):
                yield from _parts(condition, sign)


def _last_name(called: ast.expr) -> str:
    match called:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _is_nothing(value: ast.expr) -> bool:
    match value:
        case ast.Constant(value=None | "" | False):
            return True
        case ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Dict(keys=[]):
            return True
    return False
