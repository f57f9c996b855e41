"""Which hints are removed because of new findings: by their place, the least trusted hint first."""

from __future__ import annotations

from typing import Any

import pytest

from python_expert.actions.add_type_hints import AddTypeHints
from python_expert.actions.attribution import Attribution, Fault
from python_expert.actions.base import Options
from python_expert.analysis.source import Source
from python_expert.text.document import Position, Range

ACTION = AddTypeHints()
PATIENT, LAST = 5, 1

Facts = dict[str, dict[str, Any]]


def attributed(
    text: str, facts: Facts, *found: tuple[str, str], left: int = PATIENT
) -> Attribution:
    """Return the attribution of findings, each given by its code and the source at its place."""
    source = Source.of(text)
    after = source.with_edits(ACTION.write(source, facts, Options()).edits)
    faults = [Fault("mypy", code, "any words", _place(after.code, at)) for code, at in found]
    return ACTION.attribute(after, facts, faults, left)


def _place(text: str, at: str) -> Range:
    """Return the range of the last occurrence of some code in a text."""
    start = text.rindex(at)
    return Range(_position(text, start), _position(text, start + len(at)))


def _position(text: str, offset: int) -> Position:
    line = text.count("\n", 0, offset)
    return Position(line, offset - (text.rfind("\n", 0, offset) + 1))


ONE = {
    "not the result of a constructor, which the baseline has too": (
        "class A:\n    def __init__(self, x):\n        self.x = x.y\n",
        {"A.__init__": {"params": {"x": "int"}, "returns": "None", "trust": {"return": 1}}},
        ("attr-defined", "self.x"),
        {"A.__init__": {"params": {}, "returns": "None", "trust": {"return": 1}}},
    ),
    "the result, at what is returned": (
        "def f(x):\n    return 'a'\n",
        {"f": {"params": {"x": "int"}, "returns": "int"}},
        ("return-value", "'a'"),
        {"f": {"params": {"x": "int"}, "returns": None}},
    ),
    "None is allowed where it is returned": (
        "def f():\n    return None\n",
        {"f": {"returns": "int"}},
        ("return-value", "None"),
        {"f": {"returns": "int | None"}},
    ),
    "None is allowed where it is the default": (
        "def f(x=None): pass\n",
        {"f": {"params": {"x": "int"}}},
        ("assignment", "None"),
        {"f": {"params": {"x": "int | None"}}},
    ),
    "None is allowed where it is given": (
        "def f(x): pass\n\nf(None)\n",
        {"f": {"params": {"x": "int"}}},
        ("arg-type", "None"),
        {"f": {"params": {"x": "int | None"}}},
    ),
    "the parameter with a wrong default": (
        "def f(x='a', y='b'): pass\n",
        {"f": {"params": {"x": "int", "y": "int"}}},
        ("assignment", "'b'"),
        {"f": {"params": {"x": "int"}}},
    ),
    "the hint itself": (
        "def f(x, y): pass\n",
        {"f": {"params": {"x": "int", "y": "list"}}},
        ("type-arg", "list"),
        {"f": {"params": {"x": "int"}}},
    ),
    "the result, where a statement to return is missing": (
        "def f(x):\n    if x: return 1\n",
        {"f": {"params": {"x": "int"}, "returns": "int"}},
        ("return", "def"),
        {"f": {"params": {"x": "int"}, "returns": None}},
    ),
    "the second parameter, by position": (
        "def f(x, y): pass\n\nf(1, 'a')\n",
        {"f": {"params": {"x": "int", "y": "int"}}},
        ("arg-type", "'a'"),
        {"f": {"params": {"x": "int"}}},
    ),
    "a parameter by keyword": (
        "def f(x, y): pass\n\nf(y='a', x=1)\n",
        {"f": {"params": {"x": "int", "y": "int"}}},
        ("arg-type", "'a'"),
        {"f": {"params": {"x": "int"}}},
    ),
    "a method's parameter: its receiver does not count": (
        "class A:\n    def f(self, x, y): pass\n\nA().f(1, 'a')\n",
        {"A.f": {"params": {"x": "int", "y": "int"}}},
        ("arg-type", "'a'"),
        {"A.f": {"params": {"x": "int"}}},
    ),
    "a constructor's parameter": (
        "class A:\n    def __init__(self, x, y): pass\n\nA(1, 'a')\n",
        {"A.__init__": {"params": {"x": "int", "y": "int"}}},
        ("arg-type", "'a'"),
        {"A.__init__": {"params": {"x": "int"}}},
    ),
    "the parameter that is used": (
        "def f(x, y):\n    y.strip()\n",
        {"f": {"params": {"x": "int", "y": "int"}}},
        ("attr-defined", "y.strip"),
        {"f": {"params": {"x": "int"}}},
    ),
    "the parameter of the function around": (
        "def f(x, y):\n    def g(): return y.strip()\n    return g\n",
        {"f": {"params": {"x": "int", "y": "int"}}},
        ("attr-defined", "y.strip"),
        {"f": {"params": {"x": "int"}}},
    ),
    "the result of what is called": (
        "def f(x): return x\n\ndef g(x):\n    f(x).strip()\n",
        {"f": {"returns": "int"}, "g": {"params": {"x": "int"}, "trust": {"x": 99}}},
        ("attr-defined", "f(x).strip"),
        {"g": {"params": {"x": "int"}, "trust": {"x": 99}}},
    ),
    "what an attribute is assigned from": (
        "class A:\n    def __init__(self, x): self._y = x\n    def f(self): self._y.strip()\n",
        {"A.__init__": {"params": {"x": "int"}}},
        ("attr-defined", "self._y.strip"),
        {},
    ),
    "an attribute": (
        "class A:\n    y = None\n    def f(self): self.y.strip()\n",
        {"A": {"attributes": {"y": "int | None"}}},
        ("attr-defined", "self.y.strip"),
        {},
    ),
    "where the value of a variable comes from": (
        "def f(x, y):\n    a = y\n    b = a\n    for c in b:\n        c.strip()\n",
        {"f": {"params": {"x": "int", "y": "list[int]"}}},
        ("attr-defined", "c.strip"),
        {"f": {"params": {"x": "int"}}},
    ),
    "the least trusted of two on a line": (
        "def f(x, y):\n    x + y\n",
        {"f": {"params": {"x": "int", "y": "str"}, "trust": {"x": 60, "y": 80}}},
        ("operator", "x + y"),
        {"f": {"params": {"y": "str"}, "trust": {"x": 60, "y": 80}}},
    ),
    "what is imported for a hint": (
        "def f(x, y): pass\n",
        {
            "f": {
                "params": {"x": "int", "y": "Path"},
                "imports": [{"module": "pathlib", "name": "Path"}],
            }
        },
        ("import-untyped", "Path"),
        {
            "f": {
                "params": {"x": "int"},
                "imports": [{"module": "pathlib", "name": "Path"}],
            }
        },
    ),
}


@pytest.mark.parametrize(("text", "facts", "found", "rest"), ONE.values(), ids=ONE)
def test_one_hint_is_removed_or_weakened(
    text: str, facts: Facts, found: tuple[str, str], rest: Facts
) -> None:
    kept, causes, _ = attributed(text, facts, found)
    assert kept == rest
    assert set(causes.values()) == {(0,)}


def test_removed_hints_are_reported_and_weakened_ones_are_not() -> None:
    facts = {"f": {"params": {"x": "int"}}}
    text = "def f(x=None):\n    x.strip()\n"
    contradicted = attributed(text, facts, ("attr-defined", "x.strip")).contradicted
    assert contradicted == (("f", "x"),)
    assert attributed(text, facts, ("assignment", "None")).contradicted == ()


def test_one_removed_hint_can_explain_two_findings() -> None:
    facts = {"f": {"params": {"x": "int", "y": "int"}}}
    text = "def f(x, y):\n    x.strip(y)\n    x.upper()\n"
    kept, causes, _ = attributed(
        text, facts, ("attr-defined", "x.strip"), ("attr-defined", "x.upper")
    )
    assert kept == {"f": {"params": {"y": "int"}}}
    assert causes == {"f": (0, 1)}


def test_in_the_last_round_all_hints_that_a_finding_can_concern_are_removed() -> None:
    facts = {"f": {"params": {"x": "int", "y": "int"}}, "g": {"params": {"x": "int"}}}
    text = "def f(x, y):\n    x.strip()\n\n\ndef g(x): pass\n"
    kept, _, _ = attributed(text, facts, ("attr-defined", "x.strip"), left=LAST)
    assert kept == {"g": {"params": {"x": "int"}}}


def test_a_finding_far_from_hints_blames_none_of_several_definitions() -> None:
    facts: Facts = {
        "f": {"params": {"x": "int"}, "trust": {"x": 60}},
        "g": {"params": {"x": "int"}},
    }
    text = "def f(x): pass\n\n\ndef g(x): pass\n\n\nz = 3\n"
    kept, causes, _ = attributed(text, facts, ("misc", "z = 3"))
    assert kept == facts
    assert not causes


def test_a_finding_far_from_hints_removes_the_least_trusted_of_one_definition() -> None:
    facts: Facts = {"f": {"params": {"x": "int", "y": "int"}, "trust": {"x": 60}}}
    kept, causes, _ = attributed("def f(x, y): pass\n\n\nz = 3\n", facts, ("misc", "z = 3"))
    assert kept == {"f": {"params": {"y": "int"}, "trust": {"x": 60}}}
    assert causes == {"f": (0,)}


def test_a_finding_in_another_file_is_attributed_by_the_code_there() -> None:
    source = Source.of("def f(x): pass\n\n\ndef g(x, y): pass\n")
    facts = {"f": {"params": {"x": "int"}}, "g": {"params": {"x": "int", "y": "int"}}}
    after = source.with_edits(ACTION.write(source, facts, Options()).edits)
    for at, kept in (("'a'", {"y"}), ("'b'", {"x"}), ("main.g(", set())):
        other = "import main\n\nmain.g(\n    'a',\n    y='b',\n)\n"
        fault = Fault("mypy", "arg-type", "any words", None, other, _place(other, at))
        rest, causes, _ = ACTION.attribute(after, facts, [fault], LAST if not kept else PATIENT)
        assert rest["f"] == facts["f"]
        assert set(rest.get("g", {"params": ()})["params"]) == kept
        assert causes == {"g": (0,)}


def test_a_finding_in_an_unreadable_file_blames_none_of_several_definitions() -> None:
    source = Source.of("def f(x): pass\n\n\ndef g(x): pass\n")
    facts = {"f": {"params": {"x": "int"}, "trust": {"x": 60}}, "g": {"params": {"x": "int"}}}
    after = source.with_edits(ACTION.write(source, facts, Options()).edits)
    fault = Fault("mypy", "arg-type", "any words", None, "main.g(\n", _place("a\n", "a"))
    assert not ACTION.attribute(after, facts, [fault], PATIENT).causes
