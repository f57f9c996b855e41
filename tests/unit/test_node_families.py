"""Code that handles a class of syntax tree nodes also handles the siblings of that class."""

from __future__ import annotations

import ast

from tests.unit import test_node_samples_antipatterns as _antipatterns
from tests.unit import test_node_samples_async as _async
from tests.unit import test_node_samples_bindings as _bindings
from tests.unit import test_node_samples_threads as _threads
from tests.unit import test_value_uses as _value_uses
from tests.unit.node_families import (
    ALONE,
    FAMILIES,
    Omission,
    allowed,
    classes,
    missing_in,
    omissions,
)

SAMPLES = (_antipatterns, _async, _bindings, _threads, _value_uses)
"""The tests whose samples show allowed omissions; importing them collects these."""

MEMBERS = [each for members in FAMILIES.values() for each in members]


def test_every_node_class_of_this_python_is_in_a_family_or_alone() -> None:
    new = classes() - {*MEMBERS} - ALONE
    assert not new, (
        f"This Python has new classes of syntax tree nodes: {', '.join(sorted(new))}. Add each to "
        "FAMILIES in tests/unit/node_families.py, next to the classes that mean the same in "
        "another form, or to ALONE if there are none. Then test_siblings_are_handled_together "
        "lists the code that has to handle it."
    )


def test_each_class_is_in_one_family_at_most() -> None:
    every = [*MEMBERS, *ALONE]
    assert len(every) == len({*every})


def test_siblings_are_handled_together() -> None:
    new = sorted(omissions() - allowed)
    assert not new, (
        "These places handle a class of nodes and not its sibling. Handle that as well, or show "
        "with a test marked with `allows` that it makes no difference:\n"
        + "\n".join(f"{place} does not name ast.{missing}" for place, missing in new)
    )


def test_every_allowed_omission_exists() -> None:
    assert sorted(allowed - omissions()) == []


def test_the_analysis_of_our_own_code_finds_omissions() -> None:
    def missing(code: str) -> set[str]:
        return missing_in(ast.parse(code), {"TRIES": {"Try", "TryStar"}, "LOOP": {"For"}})

    assert missing("isinstance(x, ast.Try)") == {"TryStar"}
    assert missing("isinstance(x, ast.Try | ast.TryStar)") == set()
    assert missing("match x:\n    case ast.With(items=[]): pass") == {"AsyncWith"}
    assert missing("isinstance(x, TRIES)") == set()
    assert missing("isinstance(x, (*LOOP, ast.If))") == {"AsyncFor"}
    assert missing("def visit_Import(self, node): pass") == {"ImportFrom"}
    assert missing("def f(x: ast.For) -> ast.For: pass") == set()
    assert missing("x = known('TypeVar', 'ParamSpec')") == {"TypeVarTuple"}
    assert missing("isinstance(x, ast.JoinedStr) or type(x).__name__ == 'TemplateStr'") == set()
    assert (
        Omission("actions.convert_to_async.proof.ast_match:Pairs.fields", "AsyncFor") in omissions()
    )
