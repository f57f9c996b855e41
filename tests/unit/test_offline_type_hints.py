"""The type hints that are proposed without a model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from python_expert.actions.add_type_hints.offline import propose, types_wanted
from python_expert.actions.add_type_hints.offline.callers import given_in
from python_expert.actions.add_type_hints.offline.fitting import Fitting
from python_expert.actions.base import Options
from python_expert.analysis.call_arguments import CallArguments
from python_expert.analysis.elsewhere import Converted
from python_expert.analysis.source import Source


def proposed(text: str, options: Options | None = None) -> dict[str, dict[str, Any]]:
    """Return the proposals for all functions of a text."""
    source = Source.of(text)
    keys = [each.key for each in source.definitions]
    return dict(propose(source, keys, options or Options()))


@pytest.mark.parametrize(
    ("body", "type_"),
    [
        ("pass", None),
        ("x.append(1)", "None"),
        ("return", "None"),
        ("return 1", "int"),
        ("return f'{x}'", "str"),
        ("return not x", "bool"),
        ("return x is None or x == 3", "bool"),
        ("return [1, 2]", "list[int]"),
        ("return 'a', 1", "tuple[str, int]"),
        ("return isinstance(x, int)", "bool"),
        ("return 1 if x else None", "int | None"),
        ("if x:\n        return 1", "int | None"),
        ("if x:\n        return 1\n    raise ValueError", "int"),
        ("return x", None),
        ("raise ValueError", "NoReturn"),
        ("raise NotImplementedError", None),
        ("yield 1", "Iterator[int]"),
        ("y = yield 1", None),
        ("return B()", "B"),
        ("return g()", "str"),
        ("return f(x)", None),
        ("y = 'a'\n    return y", "str"),
        ("y = 'a'\n    y = 1\n    return y", None),
        ("y = 'a'\n    y += x\n    return y", None),
    ],
)
def test_a_body_shows_the_result_type(body: str, type_: str | None) -> None:
    text = f"def f(x):\n    {body}\n\nclass B: ...\n\ndef g():\n    return 'a'\n"
    assert proposed(text).get("f", {}).get("returns") == type_


@pytest.mark.parametrize(
    ("example", "type_"),
    [
        (">>> f(1)\n    'a'", "str"),
        (">>> f(1)\n    b'a'", None),
        (">>> f(1) == b'a'\n    True", None),
        (">>> f(1) == 'a'\n    True", "str"),
        (">>> f(1) == b'a'\n    False", "str"),
        (">>> len(f(1))\n    1", "str"),
        (">>> f(1)  # doctest: +ELLIPSIS\n    <object ...>", "str"),
    ],
)
def test_an_example_in_the_docstring_contradicts_a_result(example: str, type_: str | None) -> None:
    text = f'def f(x):\n    """\n    {example}\n    """\n    return str(x)\n'
    assert proposed(text).get("f", {}).get("returns") == type_


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        ("[1.5]", None),
        ("[1]", "list[int]"),
        ("[]", "list[int]"),
        ("(1, 2)", None),
    ],
)
def test_an_example_shows_the_members_of_a_list(value: str, type_: str | None) -> None:
    text = f'def f(x):\n    """\n    >>> f(1)\n    {value}\n    """\n    return [1, 2]\n'
    assert proposed(text).get("f", {}).get("returns") == type_


def _chain(first: str, step: str) -> str:
    """Return a function whose variables each depend twice on the previous one."""
    lines = [f"    a{n} = {step.format(f'a{n - 1}')}\n" for n in range(1, 61)]
    return f"def f(x):\n    a0 = {first}\n{''.join(lines)}    return a60\n"


MANY = {
    "texts": (_chain("'a'", "{0} + {0}"), "str"),
    "a circle": (_chain("(a60, a60)", "({0}, {0})"), None),
    "a type that grows": (_chain("'a'", "({0}, {0})"), None),
    "functions": (
        "".join(
            f"def {one}(x):\n    return 'a'{f' + {other}(x)' * 90}\n\n"
            for one, other in ("fg", "gh", "hf")
        ),
        None,
    ),
}


@pytest.mark.parametrize(("text", "type_"), MANY.values(), ids=MANY)
def test_shared_dependencies_are_followed_only_once(text: str, type_: str | None) -> None:
    """Otherwise it would take years; a module of the standard library took 90 minutes."""
    assert proposed(text).get("f", {}).get("returns") == type_


@pytest.mark.parametrize(
    ("parameter", "type_"),
    [
        ("x=1", None),
        ("size=1", "int"),
        ("x=-1.5", "float"),
        ("x=''", None),
        ("prefix=''", "str"),
        ("title=''", None),
        ("x=True", "bool"),
        ("x=None", None),
        ("x", None),
        ("name", None),
        ("name=None", "str | None"),
        ("name=UNSET", None),
        ("is_old=None", "bool | None"),
        ("line_count=None", "int | None"),
        ("order", None),
        ("order=None", None),
        ("*args", "Any"),
        ("*names", "Any"),
    ],
)
def test_defaults_names_and_classes_show_the_type_of_a_parameter(
    parameter: str, type_: str | None
) -> None:
    text = f"class Order: ...\n\ndef f({parameter}):\n    raise NotImplementedError\n"
    found = proposed(text).get("f", {}).get("params", {})
    assert found.get(parameter.strip("*").partition("=")[0]) == type_


def test_a_value_stored_in_a_typed_attribute_has_its_type() -> None:
    text = "class A:\n    x: dict[str, int]\n    def __init__(self, x):\n        self.x = x\n"
    assert proposed(text)["A.__init__"]["params"] == {"x": "dict[str, int]"}


def test_special_methods_have_their_types() -> None:
    text = "class A:\n    def __eq__(self, other): ...\n    def __exit__(self, *args): ...\n"
    facts = proposed(text)
    assert facts["A.__eq__"]["params"] == {"other": "object"}
    assert facts["A.__eq__"]["returns"] == "bool"


def test_only_requested_definitions_get_proposals() -> None:
    source = Source.of("def f(x=True): ...\ndef g(x=True): ...\n")
    assert [key for key, _ in propose(source, ["g", "h"], Options())] == ["g"]


def options_with_hints(text: str, **hints: tuple[str, str]) -> Options:
    """Return options with a type checker's hints for the only function of a text."""
    listed = [
        {"name": name.strip("_"), "why": why, "type": type_, "imports": []}
        for name, (why, type_) in hints.items()
    ]
    functions = [{"line": 0, "name": "f", "hints": listed}]
    return Options(types=({"text": text, "functions": functions},))


def test_later_hints_reuse_the_import_of_an_earlier_one() -> None:
    """Its name may also exist in typing."""
    text = "def g(x): ...\n\ndef f(x):\n    return g(x)\n"
    annotated = (
        "from pkg.kinds import Type\n\n\ndef g(x) -> Type: ...\n\ndef f(x):\n    return g(x)\n"
    )
    hint = {"name": "return", "why": "body", "type": "Type | None", "imports": []}
    functions = [{"line": 5, "name": "f", "hints": [hint]}]
    options = Options(types=({"text": annotated, "functions": functions},))
    facts = proposed(text, options)["f"]
    assert facts["returns"] == "Type | None"
    assert [(each["module"], each["name"]) for each in facts["imports"]] == [("pkg.kinds", "Type")]


def test_a_checker_s_type_has_precedence_over_a_guess_from_a_name() -> None:
    text = "def f(name=None):\n    return name\n"
    with_hints = options_with_hints(text, name=("call", "bytes | None"), return_=("body", "bytes"))
    facts = proposed(text, with_hints)["f"]
    assert (facts["params"], facts["returns"]) == ({"name": "bytes | None"}, "bytes")
    assert proposed(text)["f"]["params"] == {"name": "str | None"}


def test_the_first_round_keeps_only_hints_that_are_often_right() -> None:
    text = "def f(a, b):\n    ...\n"
    options = options_with_hints(text, a=("inherited", "int"), b=("some-calls", "int"))
    assert types_wanted(Source.of(text), Options()) == text
    assert types_wanted(Source.of(text), options) == "def f(a: int, b):\n    ...\n"


def test_a_checker_is_asked_again_only_if_there_is_something_new() -> None:
    text = "def f(a):\n    ...\n"
    assert types_wanted(Source.of(text), options_with_hints(text)) is None


RESTING = """\
class A:
    def __init__(self, x):
        self.x = x

    def f(self):
        return self.x

    def g(self):
        return "a"
"""


def answer(text: str, **hints: tuple[str, str]) -> dict[str, Any]:
    """Return a checker's answer for a text: each function's parameter x or result."""
    lines = text.split("\n")
    functions = []
    for name, (why, type_) in hints.items():
        line = next(at for at, each in enumerate(lines) if f"def {name}(" in each)
        slot = "x" if name == "__init__" else "return"
        hint = {"name": slot, "why": why, "type": type_, "imports": []}
        functions.append({"line": line, "name": name, "hints": [hint]})
    return {"text": text, "functions": functions}


def test_hints_that_depend_on_a_contradicted_hint_are_inferred_again() -> None:
    source = Source.of(RESTING)
    first = answer(RESTING, __init__=("overridden", "int"), g=("body", "str"))
    text = types_wanted(source, Options(types=(first,)))
    assert text
    assert "x: int" in text
    second = answer(text, f=("body", "int"))
    facts = proposed(RESTING, Options(types=(first, second)))
    assert [facts[key]["returns"] for key in ("A.f", "A.g")] == ["int", "str"]

    facts["A.__init__"]["params"] = {}
    facts["A.g"]["returns"] = "str | None"  # as after the tools' findings
    later = Options(types=(first, second), kept=facts, contradicted=(("A.__init__", "x"),))
    again = types_wanted(source, later)
    assert again
    assert "x: int" not in again
    assert "-> str" in again
    for type_ in (None, "float"):
        third = answer(again, **({"f": ("body", type_)} if type_ else {}))
        later_facts = proposed(RESTING, replace(later, types=(*later.types, third)))
        assert later_facts.get("A.f", {"returns": None})["returns"] == type_
        assert later_facts["A.g"] == facts["A.g"]
        assert later_facts["A.__init__"]["params"] == {}
    confirmed = answer(again, f=("body", "int"))
    assert types_wanted(source, replace(later, types=(*later.types, confirmed))) is None


OVERRIDING = """\
class Base:
    def check(self, value): ...

class Text(Base):
    def check(self, value):
        return value.strip()
"""


@pytest.mark.parametrize(
    ("base", "hint", "expected"),
    [(1, None, {}), (1, "int", {}), (1, "str", {"value": "str"}), (-1, None, {})],
)
def test_an_overriding_method_accepts_what_its_base_accepts(
    base: int, hint: str | None, expected: dict[str, str]
) -> None:
    """The base class is in this text, with or without a guess, or in another file (-1)."""
    of_base = [{"name": "value", "why": "passed", "type": hint, "imports": []}] if hint else []
    functions = [
        {"line": 1, "name": "check", "hints": of_base},
        {"line": 4, "name": "check", "hints": [], "unhinted": {"value": base}},
    ]
    found = proposed(OVERRIDING, Options(types=({"text": OVERRIDING, "functions": functions},)))
    assert found.get("Text.check", {"params": {}})["params"] == expected


def test_a_contradicted_hint_that_was_in_no_text_needs_no_request() -> None:
    first = answer(RESTING, __init__=("attribute", "int"), g=("body", "str"))
    text = types_wanted(Source.of(RESTING), Options(types=(first,)))
    assert text
    assert "x: int" not in text
    second = answer(text, __init__=("attribute", "int"))
    options = Options(types=(first, second), contradicted=(("A.__init__", "x"),))
    assert types_wanted(Source.of(RESTING), options) is None


def test_the_rest_of_broken_code_is_inferred() -> None:
    text = "def __len__(a): ...\ndef f(a=1): ...\ndef g(:\n"
    assert types_wanted(Source.of(text), Options()) == text.replace("def g(:", "pass")


@pytest.mark.parametrize(
    ("body", "type_"),
    [
        ("return x.startswith('a')", "str"),
        ("return x.decode()", "bytes"),
        ("return x == 'a'", "str"),
        ("return x in ('a', 'b')", "str"),
        ("return x - 1", None),
        ("return x > 0", None),
        ("if x is None:\n        return ''\n    return x.strip()", None),
        ("return x + 'a'", "str"),
        ("return x.append(1)", None),
        ("return x.strip() + x.other", None),
        ("if isinstance(x, str):\n        return x.strip()", None),
        ("x = g()\n    return x.strip()", None),
    ],
)
def test_the_uses_of_a_parameter_show_its_type(body: str, type_: str | None) -> None:
    text = f"def f(x):\n    {body}\n"
    found = proposed(text, options_with_hints(text)).get("f", {}).get("params", {})
    assert found.get("x") == type_


@pytest.mark.parametrize(
    ("default", "body", "type_"),
    [
        ("'auto'", "if x is True: return 1", "str | bool"),
        ("0", "if isinstance(x, str): return 1", "int | str"),
        ("0", "if type(x) in (str, bytes): return 1", "int | bytes | str"),
        ("0", "match x:\n        case str(): return 1", "int | str"),
        ("'a'", "if x is None: return 1", None),
        ("'a'", "if x is None: return 1\n    x.strip()", "str | None"),
        ("'a'", "if isinstance(x, Order): return 1", "str | Order"),
        ("'a'", "if isinstance(x, str): return 1", None),
        ("'a'", "if isinstance(x, list): return 1", None),
        ("'a'", "if isinstance(x, Iterable) and not isinstance(x, str): return 1", None),
        ("'a'", "if callable(x): return 1", None),
        ("'a'", "if hasattr(x, 'read'): return 1", None),
        ("'a'", "if isinstance(x, self.kinds): return 1", None),
        ("'a'", "assert isinstance(x, str)", "str"),
        ("'a'", "if not isinstance(x, str): raise TypeError(x)", "str"),
        ("'a'", "if x is None: raise TypeError\n    x.strip()", "str"),
        ("'a'", "if x == 'b': return 1", "str"),
        ("1.0", "if x > 0: return 1", "float"),
        ("False", "if x > 1: return 1", "int"),
        ("1", "if x == 0.5: return 1", "float"),
        ("1", "if x > 0: return 1", None),
        ("'a'", "x.strip()\n    x = other()\n    if x is True: return 1", "str"),
        ("'a'", "x = [x] if isinstance(x, bytes) else x", "str | bytes"),
        ("'a'", "return [x for x in () if x is None]", None),
    ],
)
def test_a_body_that_tests_for_more_than_the_default_shows_more(
    default: str, body: str, type_: str | None
) -> None:
    text = f"class Order: ...\n\ndef f(x={default}):\n    {body}\n    raise NotImplementedError\n"
    assert proposed(text).get("f", {}).get("params", {}).get("x") == type_


@pytest.mark.parametrize(
    ("parameter", "body", "type_"),
    [
        ("x", "assert isinstance(x, Order)", "Order"),
        ("x", "if not isinstance(x, (int, str)):\n        raise TypeError(x)", "int | str"),
        ("x", "if x is not None and not isinstance(x, str): raise TypeError", "str | None"),
        ("x=None", "assert isinstance(x, str)", "str | None"),
        (
            "x",
            """if isinstance(x, str): pass
    elif isinstance(x, Order): pass
    else: raise TypeError""",
            "str | Order",
        ),
        ("x", "assert isinstance(x, list)", None),
        ("x", "if y:\n        assert isinstance(x, str)", None),
        ("x", "if isinstance(x, str): return 1", None),
        ("x", "assert x is not None", None),
    ],
)
def test_a_body_that_rejects_all_other_types_shows_a_type(
    parameter: str, body: str, type_: str | None
) -> None:
    """Every call reaches the test, and a value that fails it raises an exception."""
    text = f"class Order: ...\n\ndef f({parameter}, y=0):\n    {body}\n    return y\n"
    assert demanded_types(text).get(("f", "x")) == type_


def demanded_types(text: str) -> dict[tuple[str, str], str]:
    """Return the types that are the only accepted ones, by function and parameter."""
    demanded = Fitting(Source.of(text), ()).demanded
    return {place: guess.text for place, guess in demanded.items()}


def test_a_parameter_stored_or_passed_on_counts_as_tested() -> None:
    text = """\
class Box:
    def __init__(self, kind="a", size="b"):
        self._kind = kind
        self.size = size

    def resize(self):
        self.size = 1

    def show(self):
        return self._kind is True or self.size is True

    def title(self):
        return "of " + self.size

def outer(mode="a", other="a", changed="b"):
    return inner(mode, other=other, changed=changed)

def inner(mode="a", more=True, other="b", changed="a"):
    return mode is True or other is True or changed is True or changed.strip()
"""
    found = proposed(text)
    assert found["Box.__init__"]["params"] == {"kind": "str | bool", "size": "str"}
    assert found["outer"]["params"] == {"mode": "str | bool", "changed": "str"}


def test_calls_elsewhere_and_examples_show_types_that_a_default_does_not() -> None:
    text = '''\
class Box:
    """Holds things.

    >>> Box(None)
    >>> Box(True)
    >>> Box(b"a")
    Traceback (most recent call last):
    TypeError: no
    """
    def __init__(self, kind="a"): ...

def load(name, mode="a", *, size=1, place="a", **more): ...
'''
    calls = (
        CallArguments("load", ("str", "bool"), (("size", "float"), ("more", "int"))),
        CallArguments("load", ("", "str"), (("place", "list"), ("size", ""))),
        CallArguments("lost", ("str",), ()),
    )
    found = proposed(text, Options(given=calls))
    assert found["Box.__init__"]["params"] == {"kind": "str | bool | None"}
    assert found["load"]["params"] == {"mode": "str | bool", "size": "float", "more": "Any"}


def test_a_file_shows_the_types_of_arguments_for_imported_functions() -> None:
    text = """\
import pytest
from store import Box, load as read

def test_load(name):
    read(name, -1, mode=True)
    read(*name, 1)
    Box("a").load(1)
    load(2)
    with pytest.raises(TypeError):
        read(None)
    read(b"")  # type: ignore[arg-type]
"""
    called_functions = (
        Converted("/project/store.py", "Box"),
        Converted("/project/store.py", "load"),
    )
    options = Options(path="/project/test_store.py", root="/project", converted=called_functions)
    found, reexported = given_in(Source.of(text), options)
    assert set(found) == {
        CallArguments("load", ("", "int"), (("mode", "bool"),)),
        CallArguments("load", (), ()),
        CallArguments("Box", ("str",), ()),
    }
    assert reexported == [Converted("/project/test_store.py", "read")]


@pytest.mark.parametrize(
    ("body", "type_"),
    [
        ("return f(y)", "str | None"),
        ("return f(y) if y else 0", "str"),
        ("y = y or 'a'\n    return f(y)", "str"),
    ],
)
def test_a_none_that_a_function_passes_on_belongs_to_the_hint(body: str, type_: str) -> None:
    text = f"def f(x='a'):\n    return x.strip()\n\ndef g(y=None):\n    {body}\n"
    assert proposed(text)["f"]["params"]["x"] == type_


@pytest.mark.parametrize(
    ("example", "type_"),
    [("_f('b')", "str"), ("_f(Fraction(1, 3))", None), ("_f(b'b')", "str | bytes")],
)
def test_a_hint_agrees_with_the_arguments_of_examples(example: str, type_: str | None) -> None:
    text = f'def _f(x=\'a\'):\n    """Do it.\n\n    >>> {example}\n    """\n    x.strip()\n'
    found = proposed(text).get("_f", {}).get("params", {})
    assert found.get("x") == type_
