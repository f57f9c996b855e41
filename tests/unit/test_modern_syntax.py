"""Syntax of Python 3.11 and later, in the rewrites and the gate."""

from __future__ import annotations

import ast
import sys
import textwrap
from typing import Any

import pytest

from python_expert.actions.add_docstrings import AddDocstrings
from python_expert.actions.add_docstrings.proof import prove as prove_docstrings
from python_expert.actions.add_type_hints import AddTypeHints
from python_expert.actions.add_type_hints.proof import prove as prove_hints
from python_expert.actions.base import Options
from python_expert.actions.menu import Offer, offers
from python_expert.analysis.names import Names
from python_expert.analysis.scopes import Scopes
from python_expert.analysis.source import Source
from python_expert.gate.verdict import Status
from python_expert.text.document import Position, Range
from tests.actions import CONVERT_TO_ASYNC
from tests.unit.rewritten import (
    converted,
    hinted,
    judged_conversion,
    judged_hints,
    returned,
)

PEP_695 = pytest.mark.skipif(
    sys.version_info < (3, 12), reason="Python before 3.12 cannot parse type parameters"
)
PEP_696 = pytest.mark.skipif(
    sys.version_info < (3, 13), reason="Python before 3.13 cannot parse defaults of type parameters"
)
PEP_750 = pytest.mark.skipif(
    sys.version_info < (3, 14), reason="Python before 3.14 cannot parse t-strings"
)
PEP_758 = pytest.mark.skipif(
    sys.version_info < (3, 14), reason="Python before 3.14 wants brackets around exceptions"
)


GENERIC = {
    "a generic function": "def wait[T: int](x: T) -> T:\n    time.sleep(1)\n    return x\n",
    "a generic class": (
        "class A[T: int](list[T]):\n"
        "    def wait(self, x: T) -> T:\n        time.sleep(1)\n        return x\n"
    ),
    "a generic method": (
        "class A[T]:\n    kind = int\n"
        "    def wait[U: (int, str)](self, x: U, y: dict[T, kind]) -> U:\n"
        "        time.sleep(1)\n        return x\n"
    ),
    "a type alias": "type X[T] = dict[T, X]\n\n\ndef wait(x: X[int]):\n    time.sleep(1)\n",
    "a plain type alias": "type X = int\n\n\ndef wait(x: X):\n    time.sleep(1)\n",
    "a parameter list": (
        "def wait[**P, *Ts, R](f: Callable[P, R], *args: *Ts) -> R:\n    time.sleep(1)\n"
    ),
    "a generic caller": (
        "def wait():\n    time.sleep(1)\n\n\ndef go[T](x: T = max(1, 2)) -> T:\n"
        "    wait()\n    return x\n"
    ),
}


@PEP_695
@pytest.mark.parametrize("text", GENERIC.values(), ids=GENERIC)
def test_generic_definitions_are_converted_to_async(text: str) -> None:
    after, verdict = converted("import time\n" + text)
    assert verdict.status is Status.ACCEPTED
    assert "async def wait" in after
    assert "await asyncio.sleep(1)" in after


@PEP_696
def test_defaults_of_type_parameters_do_not_matter_to_a_conversion() -> None:
    after, verdict = converted(
        "import time\ndef f[T = int, **P = [int]](x: T):\n    time.sleep(1)\n"
    )
    assert verdict.status is Status.ACCEPTED
    assert "async def f[T = int, **P = [int]](x: T):\n    await" in after


@PEP_695
@pytest.mark.parametrize(
    "text",
    [
        "import time\ndef f():\n    time.sleep(1)\ndef g():\n    class A[T](f()): pass\n",
        "import time\ndef f():\n    time.sleep(1)\ndef g():\n    type X = f()\n",
        "import time\ndef f():\n    time.sleep(1)\ndef g():\n    def h[T: f()](): pass\n",
    ],
)
def test_a_call_in_a_place_without_await_is_not_converted(text: str) -> None:
    assert converted(text)[0] == text


@PEP_695
def test_names_in_generic_definitions_are_resolved_as_python_does() -> None:
    names = Names(
        ast.parse(
            textwrap.dedent("""
                import time as T, threading as U
                U.a
                class A[T: T.bound]:
                    U = T.attribute
                    def f[V: U.near](self, x: T.param = T.default, y: U.hint = 0) -> U.result:
                        return T.body, U.far
                type X[T] = T.value
            """)
        )
    )
    found = {
        node.attr: names.dotted(node)
        for node in ast.walk(names.tree)
        if isinstance(node, ast.Attribute)
    }
    assert found == {
        "a": "threading.a",
        "bound": None,
        "attribute": None,
        "near": None,
        "param": None,
        "default": None,
        "hint": None,
        "result": None,
        "body": None,
        "far": "threading.far",
        "value": None,
    }


def test_nonlocal_refers_to_a_binding_below_the_function() -> None:
    names = Names(
        ast.parse(
            "import threading\ndef f():\n    def g():\n        nonlocal x\n        x = 1\n"
            "    x = threading.Lock()\n    x.acquire()\n"
        )
    )
    assert [type(each).__name__ for each in names.module.bound["threading"]] == ["Import"]
    assert "x" not in names.module.bound


HINTS: dict[str, tuple[str, dict[str, Any], str]] = {
    "its own parameter": (
        "def f[T](x, y):\n    return x\n",
        {"f": {"params": {"x": "T", "y": "T | None"}, "returns": "list[T]"}},
        "def f[T](x: T, y: T | None) -> list[T]:\n    return x\n",
    ),
    "that of the class": (
        "class A[T]:\n    def f(self, x):\n        def g(y): pass\n",
        {"A.f": {"params": {"x": "T"}}, "A.f.g": {"params": {"y": "T"}, "returns": "T | None"}},
        "class A[T]:\n    def f(self, x: T):\n        def g(y: T) -> T | None: pass\n",
    ),
    "that of the function around": (
        "def f[T](x: T):\n    def g(y):\n        return y\n    return g(x)\n",
        {"f.g": {"params": {"y": "T"}}},
        "def f[T](x: T):\n    def g(y: T):\n        return y\n    return g(x)\n",
    ),
    "a type alias": (
        "type X = int\n\n\ndef f(x):\n    return x\n",
        {"f": {"params": {"x": "X | None"}}},
        "type X = int\n\n\ndef f(x: X | None):\n    return x\n",
    ),
}


@PEP_695
@pytest.mark.parametrize(("before", "facts", "after"), HINTS.values(), ids=HINTS)
def test_hints_may_name_type_parameters(before: str, facts: dict[str, Any], after: str) -> None:
    text, verdict = hinted(before, facts)
    assert text == after
    assert verdict.status is Status.ACCEPTED
    compile(text, "<after>", "exec", dont_inherit=True)
    exec(text, {})  # noqa: S102 - the test evaluates annotations


@PEP_695
def test_a_type_parameter_is_not_a_name_outside_of_its_definition() -> None:
    source = Source.of("def f[T](x: T): pass\n\n\ndef g(x): pass\n")
    candidate = AddTypeHints().write(source, {"g": {"params": {"x": "T"}}}, Options())
    assert [each.reason for each in candidate.left] == ["the type of x: T is not known here"]
    after = Source.of(source.text.replace("g(x)", "g(x: T)"))
    assert prove_hints(source, after, Options()).status is Status.REFUSED


@PEP_695
def test_the_menu_offers_the_actions_that_apply_in_a_generic_function() -> None:
    lines = ["import time\n", "def wait[T](x: T) -> T:\n", "    time.sleep(1)\n", "    return x\n"]
    cursor = Range(Position(2, 4), Position(2, 4))
    assert Offer(CONVERT_TO_ASYNC, name="wait") in offers(lines, cursor, "")


CTRL_C = "import time\ndef f(x):\n    try:\n        time.sleep(1)\n    {}:\n        print(x)\n"


@pytest.mark.parametrize("clause", ["except KeyboardInterrupt", "except* KeyboardInterrupt"])
def test_catching_keyboard_interrupt_needs_confirmation(clause: str) -> None:
    _, verdict = converted(CTRL_C.format(clause))
    assert verdict.status is Status.CONFIRM
    assert any("no longer as KeyboardInterrupt" in each.message for each in verdict.reasons)


@PEP_758
def test_catching_keyboard_interrupt_without_brackets_needs_confirmation() -> None:
    _, verdict = converted(CTRL_C.format("except ValueError, KeyboardInterrupt"))
    assert verdict.status is Status.CONFIRM


@pytest.mark.parametrize("clause", ["except OSError", "except* OSError"])
def test_a_generator_that_handles_errors_may_clean_up_later(clause: str) -> None:
    _, verdict = converted(
        "import time\ndef f():\n    try:\n        time.sleep(1)\n        yield 1\n"
        f"    {clause}:\n        print(1)\ndef g():\n    for x in f():\n        print(x)\n"
    )
    assert verdict.status is Status.CONFIRM
    assert any("may end early" in each.message for each in verdict.reasons)


@pytest.mark.parametrize("clause", ["except StopIteration", "except* StopIteration"])
def test_catching_stop_iteration_needs_no_confirmation(clause: str) -> None:
    _, verdict = converted(
        "import time\ndef f(it):\n    time.sleep(1)\n    try:\n        return next(it)\n"
        f"    {clause}:\n        it = None\n"
    )
    assert verdict.status is Status.ACCEPTED


STARRED = """\
try:
    from json import JSONDecoder as Reader
except{} ImportError:
    raise


def f(x):
    try:
        y = 1
    except{} ValueError:
        raise
    return y
"""


@pytest.mark.parametrize("star", ["", "*"])
def test_a_type_imported_in_a_try_is_not_quoted(star: str) -> None:
    text, verdict = hinted(STARRED.format(star, star), {"f": {"params": {"x": "Reader"}}})
    assert "def f(x: Reader):" in text
    assert verdict.status is Status.ACCEPTED


@pytest.mark.parametrize("star", ["", "*"])
def test_a_try_that_returns_on_every_path_does_not_return_none(star: str) -> None:
    text = f"def f(x):\n    try:\n        {{}}\n    except{star} ValueError:\n        {{}}\n"
    text = text.format("y = 1", "raise") + "    else:\n        return 2\n"
    assert returned(text) == "int"


@pytest.mark.parametrize(
    "binder",
    [
        "match x:\n        case y: pass",
        "match x:\n        case [*y]: pass",
        "match x:\n        case {**y}: pass",
        "try: pass\n    except OSError as y: pass",
        "import y",
        "def y(): pass",
        "class y: pass",
        "for y in x: pass",
        "with x as y: pass",
        "(y := x)",
        "y: str = x",
        "del y",
    ],
)
def test_a_variable_bound_in_another_way_has_no_known_type(binder: str) -> None:
    assert returned(f"def f(x):\n    y = 1\n    {binder}\n    return y\n") is None


@pytest.mark.parametrize(
    "statement", ["logging.root = A()", "logging.root: A = A()", "x = logging.root = A()"]
)
def test_an_object_that_is_shared_with_other_files_may_be_used_there(statement: str) -> None:
    _, verdict = converted(
        "import logging, time\nclass A:\n    def close(self):\n        time.sleep(1)\n"
        f"def f():\n    {statement}\n"
    )
    assert verdict.status is Status.CONFIRM


@pytest.mark.parametrize(
    "statement",
    [
        "total += wait()",
        "total = total + wait()",
        "total: int = total + wait()",
        "(total := total + wait())",
    ],
)
def test_state_read_before_and_written_after_an_await_needs_confirmation(statement: str) -> None:
    declared = "" if "int" in statement else "    global total\n"
    text = (
        "import asyncio, time\ntotal = 0\ndef wait():\n    time.sleep(1)\n    return 1\n"
        f"class C:\n    total = 0\ndef f(self: C):\n{declared}    {{}}\n"
        "async def main(): asyncio.create_task(main())\n"
    ).format(statement.replace("total", "self.total") if "int" in statement else statement)
    _, verdict = converted(text)
    assert any("other tasks may change" in each.message for each in verdict.reasons)


@pytest.mark.parametrize(
    "use",
    [
        "for a, b in [R(), R()]:\n        print(a)",
        "print([a for a, b in [R(), R()]])",
        "a, b = R()",
        "[a, b] = c = R()",
    ],
)
def test_an_object_that_is_unpacked_keeps_its_iter(use: str) -> None:
    text = (
        "import time\nclass R:\n    def __iter__(self):\n        time.sleep(1)\n"
        f"        yield 1\n        yield 2\ndef f():\n    {use}\n"
    )
    assert converted(text)[0] == text


@pytest.mark.parametrize(
    "body", ["from x import guard", "for guard in x: pass", "class guard: pass", "(guard := x)"]
)
def test_an_attribute_of_a_class_bound_twice_is_uncertain(body: str) -> None:
    text = (
        "import time\nclass Guard:\n    def check(self):\n        time.sleep(1)\n"
        f"class A:\n    guard = Guard()\n    {body}\n"
        "    def f(self):\n        self.guard.check()\n"
    )
    _, verdict = converted(text)
    assert "`self.guard.check` is assumed to be Guard.check" in {
        each.message for each in verdict.reasons
    }


@pytest.mark.parametrize(
    "slots",
    [
        "__slots__ = ('__doc__',)",
        "__slots__: tuple[str, ...] = ('__doc__',)",
        "__slots__ = ('a',)\n    __slots__ += ('__doc__',)",
        "(__slots__ := ('__doc__',))",
    ],
)
def test_a_class_with_a_slot_for_its_docstring_gets_none(slots: str) -> None:
    before = f"class A:\n    {slots}\n"
    after = before.replace("A:\n", 'A:\n    """An a."""\n\n')
    verdict = prove_docstrings(Source.of(before), Source.of(after), Options())
    assert verdict.status is Status.REFUSED


@pytest.mark.parametrize(
    "slots", ["__slots__ = f()", "__slots__: object = f()", "__slots__ += f()"]
)
def test_a_class_with_unknown_slots_needs_confirmation(slots: str) -> None:
    before = f"class A:\n    {slots}\n"
    after = before.replace("A:\n", 'A:\n    """An a."""\n\n')
    verdict = prove_docstrings(Source.of(before), Source.of(after), Options())
    assert verdict.status is Status.CONFIRM


@pytest.mark.parametrize(
    "statement",
    [
        "(A := int)",
        "match 1:\n    case A: pass",
        "def g():\n    global A\n    A = int",
        "[del_ for A in ()]",
    ],
)
def test_a_type_whose_name_may_be_rebound_is_quoted(statement: str) -> None:
    text = f"class A: ...\n{statement}\ndef f(x): pass\n"
    after, verdict = hinted(text, {"f": {"params": {"x": "A"}}})
    assert ("x: A" in after) is ("for" in statement)
    assert verdict.status is Status.ACCEPTED


def test_attributes_of_async_methods_are_found() -> None:
    text = "class A:\n    async def f(self):\n        self.names = []\n"
    after, verdict = hinted(text, {"A": {"attributes": {"names": "list[str]"}}})
    assert "self.names: list[str] = []" in after
    assert verdict.status is Status.ACCEPTED


def test_a_comprehension_without_values_has_scopes() -> None:
    tree = ast.parse("{a: b for a in x}")
    [comprehension] = [each for each in ast.walk(tree) if isinstance(each, ast.DictComp)]
    comprehension.value = None  # type: ignore[assignment]  # as Python 3.15 has {**a for a in x}
    assert {*ast.walk(tree)} <= Scopes(tree).scopes.keys()


@PEP_750
@pytest.mark.parametrize("literal", ["t'{wait()}'", "t'{wait()!r:>{width}}'"])
def test_a_call_in_a_template_is_not_converted(literal: str) -> None:
    text = f"import time\ndef wait():\n    time.sleep(1)\ndef f(width):\n    return {literal}\n"
    after, verdict = converted(text)
    assert after == text or verdict.status is Status.REFUSED


@PEP_750
def test_a_template_is_not_a_text() -> None:
    assert returned("def f(x):\n    return t'{x}'\n") is None
    assert returned("def f(x):\n    y = t''\n    return y\n") is None


def test_an_import_of_two_modules_on_a_line_is_converted() -> None:
    after, verdict = converted("import asyncio, time\n\n\ndef f():\n    time.sleep(1)\n")
    assert after == "import asyncio\n\n\nasync def f():\n    await asyncio.sleep(1)\n"
    assert verdict.status is Status.ACCEPTED


def test_asyncio_is_imported_once() -> None:
    before = "import asyncio\nimport time\n\n\ndef f():\n    time.sleep(1)\n    asyncio.sleep(1)\n"
    after = before.replace("import time\n", "import asyncio\n")
    verdict = judged_conversion(before, after)
    assert verdict.status is Status.REFUSED


ANY = {"f": {"params": {"x": "Any"}}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "# Says x.\ndef f(x): pass\n",
            "from typing import Any\n\n# Says x.\ndef f(x: Any): pass\n",
        ),
        (
            "#!/usr/bin/python\n# Says x.\ndef f(x): pass\n",
            "#!/usr/bin/python\nfrom typing import Any\n\n# Says x.\ndef f(x: Any): pass\n",
        ),
        (
            "# -*- coding: utf-8 -*-\ndef f(x): pass\n",
            "# -*- coding: utf-8 -*-\nfrom typing import Any\n\ndef f(x: Any): pass\n",
        ),
        (
            "# Ours.\n# type: ignore\n# Says x.\ndef f(x): pass\n",
            "# Ours.\n# type: ignore\nfrom typing import Any\n\n# Says x.\ndef f(x: Any): pass\n",
        ),
    ],
)
def test_an_import_goes_above_the_comment_of_the_first_function(before: str, after: str) -> None:
    text, verdict = hinted(before, ANY)
    assert text == after
    assert verdict.status is Status.ACCEPTED


@pytest.mark.parametrize(
    "comment", ["#!/usr/bin/python", "# -*- coding: latin-1 -*-", "# vim: set fileencoding=ascii :"]
)
def test_an_import_above_a_shebang_or_coding_comment_is_refused(comment: str) -> None:
    before = f"{comment}\ndef f(x): pass\n"
    after = f"from typing import Any\n\n\n{comment}\ndef f(x: Any): pass\n"
    assert judged_hints(before, after).status is Status.REFUSED


def test_an_import_that_one_hint_needs_at_run_time_serves_all_hints() -> None:
    before = "class A:\n    def f(self, x):\n        self.x = None\n"
    facts = {
        "A": {"attributes": {"x": "Callable[[], int]"}},
        "A.f": {"params": {"x": "Callable[[], int]"}},
    }
    for order in (facts, dict(reversed(facts.items()))):
        after, verdict = hinted(before, order, Options(python=(3, 11)))
        assert after.startswith("from collections.abc import Callable\n\nclass A")
        assert verdict.status is Status.ACCEPTED


def test_imports_for_annotations_read_at_run_time_exist_at_run_time() -> None:
    before = "from __future__ import annotations\n\nimport fastapi\n\napp = fastapi.FastAPI()\n\n\n"
    before += "@app.get('/')\ndef f(x):\n    return x\n"
    facts = {"f": {"params": {"x": "Sequence[int]"}}}
    after, verdict = hinted(before, facts, Options(confirmed=True))
    assert "\nfrom collections.abc import Sequence\n" in after
    assert verdict.status is Status.CONFIRM


@pytest.mark.parametrize("star", ["", "*"])
def test_docstrings_list_exceptions_raised_in_handlers(star: str) -> None:
    source = Source.of(
        f"def f(x):\n    try:\n        x()\n    except{star} OSError:\n        raise KeyError\n"
    )
    facts = {"f": {"summary": "Call.", "raises": {"KeyError": "Never."}}}
    after = source.with_edits(AddDocstrings().write(source, facts, Options()).edits)
    assert "KeyError: Never." in after.text
    assert prove_docstrings(source, after, Options()).status is Status.ACCEPTED
