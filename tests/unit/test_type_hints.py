"""What "Add type hints" writes, and what it keeps unchanged."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from python_expert.actions.add_type_hints import AddTypeHints
from python_expert.actions.add_type_hints.proof import prove
from python_expert.actions.add_type_hints.proof.any_hints import with_any
from python_expert.actions.base import Candidate, Options
from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.scopes import Scope
from python_expert.analysis.source import Source
from python_expert.gate.verdict import Status
from python_expert.text.document import Position, Range

REWRITE = AddTypeHints()


def written(text: str, facts: dict[str, Any], options: Options | None = None) -> str:
    """Return the text after the rewrite; the gate must not refuse it."""
    source = Source.of(text)
    candidate = REWRITE.write(source, facts, options or Options())
    after = source.with_edits(candidate.edits)
    assert prove(source, after, options or Options()).status is not Status.REFUSED
    return after.text


def rejected(text: str, facts: dict[str, Any], options: Options | None = None) -> Candidate:
    """Return the candidate for facts of which nothing can be written."""
    candidate = REWRITE.write(Source.of(text), facts, options or Options())
    assert candidate.edits == ()
    assert candidate.left
    return candidate


def params(**types: str) -> dict[str, Any]:
    """Return facts about the parameters of the function ``f``."""
    return {"f": {"params": types}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f(x): pass", "def f(x: int): pass"),
        ("def f(x=1): pass", "def f(x: int = 1): pass"),
        ("def f(x = 1): pass", "def f(x: int = 1): pass"),
        ("def f(x= 1): pass", "def f(x: int = 1): pass"),
        ("def f(x =1): pass", "def f(x: int = 1): pass"),
        ("def f(x=(1)): pass", "def f(x: int = (1)): pass"),
        ("def f(*x): pass", "def f(*x: int): pass"),
        ("def f(**x): pass", "def f(**x: int): pass"),
        ("def f(*, x): pass", "def f(*, x: int): pass"),
        ("def f(x, /): pass", "def f(x: int, /): pass"),
        ("def f(\n\tx, # one\n\ty\n): pass", "def f(\n\tx: int, # one\n\ty\n): pass"),
        ("def f(x # one\n  =1): pass", "def f(x: int # one\n  = 1): pass"),
        ("def f(\fx): pass", "def f(\fx: int): pass"),
        ("def f(é, x): pass", "def f(é, x: int): pass"),
        ("def f(x, y: str): pass\r\n", "def f(x: int, y: str): pass\r\n"),
        ("def f(g=lambda x: 0, x=1): pass", "def f(g=lambda x: 0, x: int = 1): pass"),
        ("async def f(x): pass", "async def f(x: int): pass"),
    ],
)
def test_a_parameter_gets_its_type_and_nothing_else_changes(before: str, after: str) -> None:
    assert written(before, params(x="int")) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f(): pass", "def f() -> int: pass"),
        ("def f( ) : pass", "def f( ) -> int : pass"),
        ("def f(x=(1, 2), *, y={3: 4}): pass", "def f(x=(1, 2), *, y={3: 4}) -> int: pass"),
        ("def f(\n  x\n)  \\\n: pass", "def f(\n  x\n) -> int  \\\n: pass"),
        ("@d(')')\ndef f(x=')'): return 1", "@d(')')\ndef f(x=')') -> int: return 1"),
    ],
)
def test_the_return_type_is_written_after_the_parameters(before: str, after: str) -> None:
    assert written(before, {"f": {"returns": "int"}}) == after


def test_existing_hints_are_kept() -> None:
    text = "def f(x: str, y) -> str: pass"
    facts = {"f": {"params": {"x": "int", "y": "int"}, "returns": "int"}}
    assert written(text, facts) == "def f(x: str, y: int) -> str: pass"


def test_self_gets_no_hint() -> None:
    text = "class A:\n    def f(self, x): pass\n"
    facts = {"A.f": {"params": {"self": "A", "x": "A"}}}
    assert written(text, facts) == 'class A:\n    def f(self, x: "A"): pass\n'


def test_an_attribute_is_annotated_where_it_is_first_assigned() -> None:
    text = "class A:\n    def __init__(self):\n        self.x=[]\n"
    after = "class A:\n    def __init__(self):\n        self.x: list[int] = []\n"
    assert written(text, {"A": {"attributes": {"x": "list[int]"}}}) == after


@pytest.mark.parametrize(
    ("python", "type_", "after"),
    [
        ((3, 11), "Optional[int]", "def f(x: int | None): pass"),
        ((3, 11), "None | int", "def f(x: int | None): pass"),
        ((3, 11), "Union[int, str, None]", "def f(x: int | str | None): pass"),
        ((3, 11), "'int'", "def f(x: int): pass"),
        ((3, 9), "int | None", "from typing import Optional\n\ndef f(x: Optional[int]): pass"),
        ((3, 9), "int | str", "from typing import Union\n\ndef f(x: Union[int, str]): pass"),
        ((3, 8), "list[int]", "from typing import List\n\ndef f(x: List[int]): pass"),
        ((3, 14), "B", "def f(x: B): pass"),
    ],
)
def test_types_are_spelt_for_the_python_of_the_project(
    python: tuple[int, int], type_: str, after: str
) -> None:
    rest = "\nclass B: pass\n" if type_ == "B" else ""
    options = Options(python=python)
    assert written(f"def f(x): pass{rest}", params(x=type_), options) == after + rest


@pytest.mark.parametrize(
    ("python", "hint", "fault"),
    [
        ((2, 7), "def f(x: int): pass", "Python 2.7, which cannot run type hints"),
        ((3, 5), "def f(x): y: int = 1", "Python 3.5, which cannot run annotations of variables"),
        ((3, 6), "from __future__ import annotations\ndef f(x): pass", "Python 3.6 does not have"),
        ((3, 7), "from typing import Literal\ndef f(x: Literal[1]): pass", "importing typing"),
    ],
)
def test_the_gate_refuses_code_that_the_oldest_python_cannot_run(
    python: tuple[int, int], hint: str, fault: str
) -> None:
    before = Source.of("def f(x): y = 1" if "y: int" in hint else "def f(x): pass")
    verdict = prove(before, Source.of(hint), Options(python=python))
    assert any(fault in each.message for each in verdict.reasons)


def test_a_name_defined_later_is_quoted_unless_annotations_are_strings() -> None:
    text = "def f(x): pass\nclass B: pass\n"
    assert written(text, params(x="B | None")).startswith('def f(x: "B | None"): pass')
    future = "from __future__ import annotations\n" + text
    assert "def f(x: B | None): pass" in written(future, params(x="B | None"))


def _import(module: str, name: str, type_: str) -> dict[str, Any]:
    imports = [{"module": module, "name": name}]
    return {"f": {"params": {"x": type_}, "imports": imports}}


def test_a_newer_type_is_imported_under_type_checking() -> None:
    text = "class A:\n    def f(self):\n        return self\n"
    facts = {"A.f": {"returns": "Self", "imports": [{"module": "typing", "name": "Self"}]}}
    after = written(text, facts, Options(python=(3, 10)))
    assert "if TYPE_CHECKING:\n    from typing_extensions import Self\n" in after
    assert 'def f(self) -> "Self":' in after
    assert "from typing import Self\n" in written(text, facts, Options(python=(3, 11)))


def test_a_new_import_of_typing_extensions_is_reported() -> None:
    facts = {"A.f": {"returns": "Self", "imports": [{"module": "typing", "name": "Self"}]}}
    text = "class A:\n    def f(self):\n        return self\n"
    options = Options(python=(3, 10))
    (skipped,) = REWRITE.write(Source.of(text), facts, options).left
    assert (skipped.key, skipped.notable) == ("A.f", True)
    assert skipped.reason.startswith("note: typing_extensions is imported for type checkers only")
    used = f"from typing_extensions import Self\n\n\n{text}"
    assert REWRITE.write(Source.of(used), facts, options).left == ()
    assert REWRITE.write(Source.of(text), facts, Options(python=(3, 11))).left == ()


def test_a_class_from_elsewhere_is_imported_for_checkers_alone() -> None:
    text = '"""Doc."""\n\nimport os\n\n\ndef f(x): pass\n'
    after = (
        '"""Doc."""\n\nimport os\nfrom typing import TYPE_CHECKING\n\n'
        "if TYPE_CHECKING:\n    from models import User\n\n\n"
        'def f(x: "User"): pass\n'
    )
    assert written(text, _import("models", "User", "User")) == after


def test_an_import_joins_an_existing_block() -> None:
    text = (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from a import (\n"
        "        B,\n        D,\n    )\n\ndef f(x): pass\n"
    )
    after = text.replace("        D,\n", "        C,\n        D,\n").replace("(x)", '(x: "C")')
    assert written(text, _import("a", "C", "C")) == after


def test_imported_names_are_used_with_their_alias() -> None:
    assert written("import typing as t\ndef f(x): pass\n", params(x="Any")) == (
        "import typing as t\ndef f(x: t.Any): pass\n"
    )
    assert written("from typing import Any as A\ndef f(x): pass\n", params(x="Any")) == (
        "from typing import Any as A\ndef f(x: A): pass\n"
    )


LONG = "dict[str, list[int]]"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # The header fits.
        ("def f(x, y): pass\n", f"def f(x: {LONG}, y: int): pass\n"),
        # The parameters fit on one indented line.
        (
            "def f(first, x, y, third=None): pass\n",
            f"def f(\n    first, x: {LONG}, y: int, third=None\n): pass\n",
        ),
        # One parameter per line.
        (
            "def f(first, x, y, /, *, last=lambda a, b: (a, b)): pass\n",
            (f"def f(\n    first,\n    x: {LONG},\n    y: int,\n    /,\n    *,"
            "\n    last=lambda a, b: (a, b),\n): pass\n"),
        ),
        (
            "def f(first, second, third, x, y,): pass\n",
            f"def f(\n    first,\n    second,\n    third,\n    x: {LONG},\n    y: int,\n): pass\n",
        ),
        (
            "class A:\n\tdef f(self,\n\t      first, x, y, z=None) -> None:\r\n\t\tpass\r\n",
            (f"class A:\n\tdef f(\n\t\tself, first, x: {LONG}, y: int, z=None\n\t) -> None:\r\n"
            "\t\tpass\r\n"),
        ),
        # A header that was too long, or has comments or line ends in a parameter, is unchanged.
        ("def f(x, y): pass  # comment\n", f"def f(x: {LONG}, y: int): pass  # comment\n"),
        ("def f(first, second, # some\n    x, y): pass\n",
         f"def f(first, second, # some\n    x: {LONG}, y: int): pass\n"),
        ("def f(first, second, x, y, last=(1,\n  2)): pass\n",
         f"def f(first, second, x: {LONG}, y: int, last=(1,\n  2)): pass\n"),
        (f"def f(x, y, {'z' * 60}): pass\n", f"def f(x: {LONG}, y: int, {'z' * 60}): pass\n"),
    ],
)  # fmt: skip
def test_a_header_that_hints_make_too_long_is_broken_as_formatters_do(
    before: str, after: str
) -> None:
    key = "A.f" if before.startswith("class") else "f"
    options = Options(line_length=61)
    facts = {key: {"params": {"x": LONG, "y": "int"}}}
    if "\r\n" in before:
        after = after.replace("\r\n", "\n").replace("\n", "\r\n")
        before = before.replace("\r\n", "\n").replace("\n", "\r\n")
    text = written(before, facts, options)
    assert text == after
    assert written(text.replace(f": {LONG}", "").replace(": int", ""), facts, options) == after


FUTURE = "from __future__ import annotations\n\n"
CHECKING = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    "
F = "def f(x): pass\n"


@pytest.mark.parametrize(
    ("text", "type_", "imports", "head", "hint"),
    [
        # The newest spelling, or the file's spelling.
        ("", "Optional[List[str]]", ["typing.Optional", "typing.List"], "", "list[str] | None"),
        ("", "typing.Dict[str, int]", [], "", "dict[str, int]"),
        ("from typing import List\n", "List[str]", ["typing.List"], "", "List[str]"),
        ("", "Iterable[int]", ["typing.Iterable"], "from collections.abc import Iterable\n\n", ""),
        ("from typing import Iterable\n", "Iterable[int]", ["collections.abc.Iterable"], "", ""),
        ("import typing as t\n", "Iterable[int]", [], "", "t.Iterable[int]"),
        ("import re\n", "Pattern[str]", ["typing.Pattern"], "", "re.Pattern[str]"),
        ("", "Text", ["typing.Text"], "", "str"),
        # By the file's own name.
        ("import datetime as dt\n", "datetime", ["datetime.datetime"], "", "dt.datetime"),
        ("import datetime as dt\n", "datetime.datetime", ["datetime."], "", "dt.datetime"),
        ("import datetime as dt\n", "datetime.datetime", [], "", "dt.datetime"),
        ("import shop\n", "Order", ["shop.Order"], "", '"shop.Order"'),
        # A module in place of one of its names.
        (FUTURE, "datetime.datetime", ["datetime."], "from datetime import datetime\n", "datetime"),
        (FUTURE, "d.datetime", ["datetime. as d"], "from datetime import datetime\n", "datetime"),
        (FUTURE, "Path", ["pathlib."], "from pathlib import Path\n", ""),
        (FUTURE, "Order", ["shop.models."], "from shop.models import Order\n", ""),
        (FUTURE, "t.Optional[m.Order]", ["typing. as t", "shop.models. as m"],
         "from shop.models import Order\n", "Order | None"),
        (FUTURE, "shop.Order.Line", ["shop."], "from shop import Order\n", "Order.Line"),
        ("import os.path\n", "os.path.X", ["os.path."], "", '"os.path.X"'),
        # An alias that other files may import.
        (FUTURE, "Deal", ["shop.Order as Deal"], "from shop import Order\n", "Order"),
        (FUTURE + "class Order: pass\n", "Deal", ["shop.Order as Deal"],
         "from shop import Order as _Order\n", "_Order"),
        (FUTURE, "_Deal", ["shop.Order as _Deal"], "from shop import Order as _Deal\n", ""),
        (FUTURE, "AbstractSet[int]", ["collections.abc.Set as AbstractSet"],
         "from collections.abc import Set as AbstractSet\n", ""),
        (FUTURE, "AbstractSet[int]", ["typing.AbstractSet"],
         "from collections.abc import Set as AbstractSet\n", ""),
    ],
)  # fmt: skip
def test_a_new_import_follows_the_file_or_the_newest_python(
    text: str, type_: str, imports: list[str], head: str, hint: str
) -> None:
    proposed = []
    for each in imports:
        full, _, alias = each.partition(" as ")
        module, _, name = full.rpartition(".")
        proposed.append({"module": module, "name": name, "alias": alias or None})
    after = written(text + F, {"f": {"params": {"x": type_}, "imports": proposed}})
    assert after.endswith(F.replace("x", f"x: {hint or type_}"))
    if text.startswith(FUTURE):
        assert f"{CHECKING}{head}" in after
    else:
        assert after.startswith(head + text)
        assert after.count("import") == (head + text).count("import")


def _imports_after(text: str, *full: str, length: int = 60) -> str:
    """Return the text above ``def f`` after a rewrite whose types need some imports."""
    imports = [dict(zip(("module", "name"), each.rsplit(".", 1), strict=True)) for each in full]
    types = f"Union[{', '.join(each['name'] for each in imports)}]"
    facts = {"f": {"params": {"x": types}, "imports": imports}}
    return written(text + F, facts, Options(line_length=length)).partition("def f")[0]


def test_new_imports_are_sorted_into_their_sections() -> None:
    assert _imports_after(
        f"{FUTURE}{CHECKING}from os import PathLike\n\n", "shop.Order", "re.Match"
    ) == (
        f"{FUTURE}{CHECKING}from os import PathLike\n    from re import Match\n\n"
        "    from shop import Order\n\n"
    )
    assert _imports_after(f"{FUTURE}{CHECKING}from .b import B\n\n", ".a.A", "re.Match") == (
        f"{FUTURE}{CHECKING}from re import Match\n\n    from .a import A\n    from .b import B\n\n"
    )


def test_an_import_that_is_too_long_has_a_line_for_each_name() -> None:
    long = ("shop.Customer", "shop.Invoice", "shop.Order")
    lines = "from shop import (\n        Customer,\n        Invoice,\n        Order,\n    )\n"
    assert _imports_after(FUTURE, *long, length=40).endswith(f"{CHECKING}{lines}\n")
    head = f"{FUTURE}{CHECKING}from shop import Invoice\n\n"
    assert _imports_after(head, *long, length=40) == f"{FUTURE}{CHECKING}{lines}\n"
    assert _imports_after(head, *long).endswith("from shop import Customer, Invoice, Order\n\n")


def test_a_name_joins_an_import_of_several_lines_on_a_line_of_its_own() -> None:
    after = _imports_after("from typing import (\n    AnyStr,\n)\n\n", "typing.Any", "typing.IO")
    assert after == "from typing import (\n    IO,\n    Any,\n    AnyStr,\n)\n\n"
    after = _imports_after("from typing import \\\n    AnyStr\n\n", "typing.Any", "typing.Text")
    assert after == "from typing import \\\n    Any, AnyStr\n\n"


def test_an_old_python_keeps_the_old_spelling() -> None:
    after = written(F, _import("typing", "List", "List[int]"), Options(python=(3, 8)))
    assert after == "from typing import List\n\n" + F.replace("x", "x: List[int]")


def test_an_import_that_is_refused_names_the_definitions_that_use_it() -> None:
    text = "def f(x): pass\n\ndef g(x): pass\n"
    after = "from os import system as run\n\ndef f(x: run): pass\n\ndef g(x: int): pass\n"
    verdict = prove(Source.of(text), Source.of(after), Options())
    assert verdict.status is Status.REFUSED
    assert {each.key for each in verdict.reasons} == {"f"}


def test_an_import_goes_below_comments_and_docstring() -> None:
    text = "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\ndef f(x): pass\n"
    assert written(text, params(x="Any")) == text.replace(
        "def f(x)", "from typing import Any\n\ndef f(x: Any)"
    )


@pytest.mark.parametrize(
    "type_",
    [
        "print()", "(x := int)", "lambda: 0", "[int]", "int if x else str", "int # a", "3",
"list[", "__import__('os').system", "f'{x}'", "await x", "x for x in y", "",
        "Nowhere", "print", "f", "x", "Annotated[int, print()]", "int; print()", "int = 3",
        "dict[str, print()]", "ClassVar[int]", "not int", "*int", "int)", "a" * 500, "\0",
        "(" * 250 + "int" + ")" * 250,
    ],
)  # fmt: skip
def test_an_invalid_type_is_left_out_with_a_reason(type_: str) -> None:
    rejected("def f(x): pass\n", params(x=type_))


@pytest.mark.parametrize(
    "facts",
    [
        {"g": {"params": {}}},
        {"f": {"params": {"y": "int"}}},
        {"f": "int"},
        {"f": None},
        {"f": {"params": ["int"]}},
        {"f": {"params": {"x": 3}}},
        {"f": {"description": "x", "params": {"x": "int"}}},
        {"": {}},
    ],
)
def test_an_unrequested_hint_is_left_out_with_a_reason(facts: dict[str, Any]) -> None:
    rejected("def f(x): pass\n", facts)


@pytest.mark.parametrize(
    ("module", "name"),
    [("os; import evil", "x"), ("evil", "*"), ("", "X"), ("a b", "X"), ("evil", "X\nprint()")],
)
def test_an_import_cannot_inject_code(module: str, name: str) -> None:
    rejected("def f(x): pass\n", _import(module, name, "X"))


def test_an_import_does_not_shadow_a_name_in_use() -> None:
    rejected("Any = 3\ndef f(x): pass\n", params(x="Any"))
    rejected("def f(x): return User\n", _import("models", "User", "User"))


FIELDS = "from dataclasses import dataclass\n@dataclass\nclass A:\n    x = 3\n"
ROUTE = "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef f(x=1): pass\n"


@pytest.mark.parametrize(
    ("text", "facts"), [(FIELDS, {"A": {"attributes": {"x": "int"}}}), (ROUTE, params(x="int"))]
)
def test_hints_that_the_program_reads_are_written_only_with_consent(
    text: str, facts: dict[str, Any]
) -> None:
    rejected(text, facts)
    agreed = Options(confirmed=True)
    assert REWRITE.write(Source.of(text), facts, agreed).confirm
    assert "x: int" in written(text, facts, agreed)


def test_code_that_does_not_parse_is_unchanged() -> None:
    text = "def f(x): pass\n\ny = = 3\n"
    assert written(text, params(x="int")) == text.replace("(x)", "(x: int)")
    broken = "def f(x):\n    y = = 3\n"
    rejected(broken, params(x="int"))


def test_a_class_that_a_decorator_may_replace_is_quoted_unless_used_as_a_class() -> None:
    head = "from lib import one\n\n@one\nclass A: ...\n\n"
    for hint, shown in (("A", "A"), ("A | None", '"A | None"')):
        facts = {"f": {"params": {"x": hint}}}
        options = Options(python=(3, 11))
        after = f"{head}def f(x: {shown}): pass\n"
        assert written(f"{head}def f(x): pass\n", facts, options) == after


def test_a_stub_imports_without_type_checking_block() -> None:
    after = "from models import User\n\ndef f(x: User): ...\n"
    facts = _import("models", "User", "User")
    assert written("def f(x): ...\n", facts, Options(path="a.pyi")) == after


def test_targets_are_the_functions_with_empty_places() -> None:
    text = "def f(x): pass\ndef g(x: int) -> int: return x\nclass A:\n    x = []\n    y = 1\n"
    source = Source.of(text)
    targets, _ = REWRITE.targets(source, None, Options())
    assert [target.key for target in targets] == ["f", "A"]
    at = Position(1, 5)
    targets, reasons = REWRITE.targets(source, Range(at, at), Options())
    assert not targets
    assert reasons[0].key == "g"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("def f(a): pass\n", "f"),
        ("async def f(a): pass\n", "f"),
        ("class A:\n    async def f(self, a): pass\n", "A.f"),
        ("async def f():\n    def g(a): pass\n", "f.g"),
    ],
)
def test_a_reason_names_the_definition_whose_hint_is_wrong(text: str, key: str) -> None:
    verdict = prove(Source.of(text), Source.of(text.replace("a)", "a: len)")), Options())
    assert [each.key for each in verdict.reasons] == [key]


def test_the_baseline_has_any_in_the_same_lines() -> None:
    text = '"""Doc."""\nimport os\n\ndef f(x, y): pass\n'
    facts = _import("models", "User", "User | Sequence[int]")
    source = Source.of(text)
    after = source.with_edits(REWRITE.write(source, facts, Options()).edits)
    bare = with_any(source, after).split("\n")
    line = next(number for number, each in enumerate(after.lines) if each.startswith("def f"))
    assert bare[line] == "def f(x: _t.Any, y): pass"
    assert not any("User" in each or "Sequence" in each for each in bare)


def test_the_baseline_has_any_for_all_hints_but_the_result_of_a_constructor() -> None:
    text = "class A:\n    x = 1\n    def __init__(self, a): pass\n    def go(self): pass\n"
    after = text.replace("x =", "x: int =").replace("a)", "a: int) -> None")
    after = after.replace("go(self)", "go(self) -> None")
    assert with_any(Source.of(text), Source.of(after)).splitlines() == [
        "class A:",
        "    x: _t.Any = 1",
        "    def __init__(self, a: _t.Any) -> None: pass",
        "    def go(self) -> _t.Any: pass",
        "import typing as _t",
    ]


def test_the_proof_detects_an_error_of_the_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "class A: ...\n\ndef f():\n    class A: ...\n    def g(x): return A\n    return g\n"
    before, after = Source.of(text), Source.of(text.replace("(x)", "(x: A)"))
    assert prove(before, after, Options(python=(3, 12))).status is Status.ACCEPTED
    find = Scope.find

    def faulty(scope: Scope, name: str, *, sees_class: bool = True) -> Scope | None:
        found = find(scope, name, sees_class=sees_class)
        return found.outer if found and found.outer and name == "A" else found

    monkeypatch.setattr(Scope, "find", faulty)
    verdict = prove(before, after, Options(python=(3, 12)))
    assert verdict.status is Status.CONFIRM
    assert {each.message for each in verdict.reasons} == {
        "Python binds A in another scope than this proof assumes"
    }


_parts = st.sampled_from(
    ["x", "y=1", "*a", "**k", "z = 'é'", "\tw", "v # c\n", "\f", "\r\n", "u=lambda q: q", "t: int"]
)
_headers = st.lists(_parts, min_size=1, max_size=5).map(lambda parts: f"def f({', '.join(parts)})")
_texts = st.tuples(
    st.sampled_from(
        ["", "import os\n", '"""D."""\r\n', "# c\n\n", "\f\n", "x = = 1\n", "if 1:\n "]
    ),
    _headers,
    st.sampled_from(
        [": pass", " : return 1 # c", ":\n  return 1", ":\r\n\treturn 1\r\n", ":\n  1 +\n"]
    ),
).map("".join)
_types = st.sampled_from(["int", "Any", "A", "f()", "Optional[str]", "Callable[[int], 'str']", "é"])


@settings(max_examples=200)
@given(_texts, st.dictionaries(st.sampled_from("xyakzwvut"), _types), st.none() | _types)
@example(
    "def f(x, *a, z = 'é', \tw, u=lambda q: q): pass",
    {**dict.fromkeys("xazw", "int"), "u": "Callable[[int], 'str']"},
    None,
)
def test_every_other_character_is_kept(
    text: str, types: dict[str, str], returns: str | None
) -> None:
    try:
        source = Source.of(text)
    except BrokenError:
        return
    facts = {"f": {"params": types, "returns": returns}}
    candidate = REWRITE.write(source, facts, Options())
    after = source.with_edits(candidate.edits)
    assert prove(source, after, Options()).status is Status.ACCEPTED
    rest = iter(after.text)
    assert all(character in rest for character in text)
    Source.of(with_any(source, after))
