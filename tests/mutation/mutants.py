"""Mutants of a module's code, with one small change each."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.mutation.direction import Function, Senses
from tests.mutation.operators import Change, changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    """One change to a module.

    Attributes:
        path: The module's file.
        function: The qualified name of the changed function; empty for a constant.
        constant: The changed constant of the module; empty for a function.
        change: The change and its place.
        number: The 1-based number among mutants with otherwise the same name.
    """

    path: Path
    function: str
    constant: str
    change: Change
    number: int = 1

    @property
    def module(self) -> str:
        """The full name of the mutant's module."""
        parts = self.path.with_suffix("").parts
        return ".".join(parts[parts.index("python_expert") :]).removesuffix(".__init__")

    @property
    def name(self) -> str:
        """The mutant's name, which does not depend on the function's place in the module."""
        module = self.module.removeprefix("python_expert.")
        number = f" ({self.number})" if self.number > 1 else ""
        old = " ".join(self.change.old.split())
        change = f"{self.change.kind}: {old} -> {self.change.new}{number}"
        return f"{module} {self.function or self.constant}: {change}"

    def applied(self) -> str:
        """Return the module's text with the change."""
        data = self.path.read_bytes()
        change = self.change
        return (data[: change.start] + change.new.encode() + data[change.end :]).decode()


def mutants_of(paths: Iterable[Path]) -> list[Mutant]:
    """Return all mutants of the modules, which must be all that decide on an edit."""
    modules = [(path, ast.parse(path.read_bytes())) for path in paths]
    senses = Senses(node for _, tree in modules for node, _ in _functions(tree, ""))
    found: list[Mutant] = []
    name_counts: Counter[str] = Counter()
    for path, tree in modules:
        for each in _mutants(path, tree, senses):
            name_counts[each.name] += 1
            found.append(replace(each, number=name_counts[each.name]))
    return found


def _mutants(path: Path, tree: ast.Module, senses: Senses) -> Iterator[Mutant]:
    data = path.read_bytes()
    for statement in tree.body:
        match statement:
            case ast.AnnAssign(annotation=ast.Name(id="TypeAlias")):
                pass
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                for change in changes(data, [value], None, senses):
                    yield Mutant(path, "", name, change)
    for function, name in _functions(tree, ""):
        for change in changes(data, function.body, function, senses):
            yield Mutant(path, name, "", change)


def _functions(node: ast.AST, owner: str) -> Iterator[tuple[Function, str]]:
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            yield each, f"{owner}{each.name}"
        elif isinstance(each, ast.ClassDef):
            yield from _functions(each, f"{owner}{each.name}.")
