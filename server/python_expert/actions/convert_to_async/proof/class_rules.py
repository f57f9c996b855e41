"""Checks the parts of a class except its methods: decorators, metaclasses, special methods."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.objects import maker_target
from python_expert.analysis.external_bases import base_cleared_by_types
from python_expert.analysis.function_bodies import own_nodes
from python_expert.analysis.scopes import FUNCTIONS
from python_expert.analysis.source import all_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.actions.convert_to_async.proof.report import ProofReport
    from python_expert.analysis.names import Names
    from python_expert.analysis.scopes import Function

_HARMLESS_DECORATORS = frozenset(
    {"dataclasses.dataclass", "functools.total_ordering", "enum.unique"}
    | {f"{module}.{name}" for module in ("typing", "typing_extensions") for name in ("final",)}
    | {"typing.runtime_checkable", "typing_extensions.runtime_checkable"}
)


def check(report: ProofReport) -> None:
    """Check code that may use all methods of a class and may not await them."""
    _objects_of_other_classes(report)
    names = report.program.names
    for function in report.coroutines:
        owner = names.class_of(function)
        if not isinstance(owner, ast.ClassDef):
            continue
        name = report.program.name(function)
        if base := base_cleared_by_types(report.program, function):
            report.ask(function, f"{name} is assumed not to be a method of {base}: mypy says so")
        takers = [
            each.func if isinstance(each, ast.Call) else each for each in owner.decorator_list
        ]
        takers = [each for each in takers if names.dotted(each) not in _HARMLESS_DECORATORS]
        takers += [
            each.value
            for one in names.mro(owner)
            for each in one.keywords
            if each.arg != "metaclass" or names.dotted(each.value) != "abc.ABCMeta"
        ]
        for each in takers:
            report.ask(owner, f"{ast.unparse(each)} may use {name} and not await it")
        _registered(report, owner, name)
        if names.method(owner, "__init_subclass__"):
            report.ask(owner, f"__init_subclass__ may use {name} and not await it")
        for other in report.program.hierarchy.may_be(owner):
            for bound in names.inner[other].bound.get(function.name, []):
                if not isinstance(bound, FUNCTIONS):
                    report.refuse(bound, f"{name} is async, but not where it is bound again")


def _registered(report: ProofReport, owner: ast.ClassDef, name: str) -> None:
    """Ask about calls that register a class, such as ``ABC.register``."""
    names = report.program.names
    for node in all_nodes(names.tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "register":
            given = {names.class_named(each) for each in node.args}
            if given & {*report.program.relatives(owner)}:
                report.ask(node, f"code that calls {name} on this class may not await it")


def _objects_of_other_classes(report: ProofReport) -> None:
    """Ask about classes whose ``__new__`` or ``__getattribute__`` may return another object."""
    names, hierarchy = report.program.names, report.program.hierarchy
    owners = {each: names.class_of(each) for each in report.coroutines}
    known = {each.name for each, owner in owners.items() if owner}
    family = {one for owner in owners.values() if owner for one in hierarchy.may_be(owner)}
    for maker in report.pairs.makers:
        target = maker_target(names, maker)
        slot = names.slot(target) if target is not None else None
        if slot is not None and isinstance(slot[0], ast.ClassDef):
            family |= {*hierarchy.may_be(slot[0])}
            known.add(slot[1].lstrip("."))
    for each in names.inner:
        if isinstance(each, ast.ClassDef) and (
            each in family or known & {*names.inner[each].bound}
        ):
            for text in _special_methods(names, each):
                report.ask(each, f"{each.name}.{text}, and not {min(known)} as async")


def _special_methods(names: Names, node: ast.ClassDef) -> Iterator[str]:
    """Yield descriptions of how a class changes object creation or attribute lookup."""
    bound = names.inner[node].bound
    if "__getattribute__" in bound:
        yield "__getattribute__ may return something else"
    for made in bound.get("__new__", []):
        if not isinstance(made, FUNCTIONS) or not _makes_its_own(names, made):
            yield "__new__ may make an object of another class"


def _makes_its_own(names: Names, new: Function) -> bool:
    """Return whether ``__new__`` returns only objects from the ``__new__`` of a base class."""
    returned = [each.value for each in own_nodes(new) if isinstance(each, ast.Return)]
    found: list[ast.AST | None] = []
    for each in returned:
        slot = names.slot(each) if isinstance(each, ast.Name | ast.Attribute) else None
        found += names.values(slot) if slot else [each]
    made = [each for each in found if not (isinstance(each, ast.Constant) and each.value is None)]
    return bool(made) and all(
        isinstance(each, ast.Call) and getattr(each.func, "attr", "") == "__new__" for each in made
    )
