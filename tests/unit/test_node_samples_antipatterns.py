"""Samples that show why some classes of nodes need no sibling to be handled: our own rules."""

from __future__ import annotations

import sys

import pytest

from tests.unit.node_families import allows
from tests.unit.own_rules import codes, fixed

LOOP = "def f(xs):\n    {}\n    for x in xs:\n        {}\n    return s\n"
RULES = "tools.antipatterns.rules"


@allows("AugAssign NamedExpr TypeAlias", "quick_fixes.collect_and_join:_begun")
@allows("AnnAssign", "quick_fixes.collect_and_join:_begun")
@allows("NamedExpr TypeAlias", f"{RULES}.string_concatenation:_start")
@allows(
    "AnnAssign Assign NamedExpr TypeAlias",
    f"{RULES}.string_concatenation:concatenations {RULES}.string_concatenation:additions",
)
def test_a_string_begins_with_a_statement_and_only_grows() -> None:
    assert codes(LOOP.format("s = ''", "s += f'{x}'")) == ["PE001"]
    assert "s_parts = [s]" in str(fixed(LOOP.format("s: str = ''", "s += f'{x}'")))
    assert codes(LOOP.format("(s := '')", "s += f'{x}'")) == []
    for step in ("s = s + f'{x}'", "s: str = s + f'{x}'", "(s := s + f'{x}')"):
        assert codes(LOOP.format("s = ''", step)) == []
        assert codes(LOOP.format("s = ''", f"s += f'{{x}}'; {step}")) == []


@pytest.mark.skipif(sys.version_info < (3, 14), reason="Python before 3.14 has no t-strings")
def test_a_template_string_is_not_a_string() -> None:
    assert codes(LOOP.format("s = t''", "s += t'{x}'")) == []
    assert fixed(LOOP.format("s = ''", "s += t'{x}'")) is None
    assert codes("def f():\n    s = t''\n    s.strip()\n") == []
    assert codes("import hashlib\nhashlib.sha256(t'{password}')\n") == []


allows(
    "TemplateStr",
    f"tools.antipatterns.strings:is_string {RULES}.string_concatenation:_is_literal "
    f"{RULES}.fast_password_hash:_has_password",
)(test_a_template_string_is_not_a_string)
allows("Interpolation", f"{RULES}.fast_password_hash:_has_password")(
    test_a_template_string_is_not_a_string
)


@allows("AnnAssign AugAssign NamedExpr TypeAlias", "quick_fixes.with_statement:_header")
@allows("AugAssign NamedExpr TypeAlias", f"{RULES}.closed_in_finally:_found")
@allows("AugAssign NamedExpr TypeAlias", f"{RULES}.closed_in_finally:_kinds")
@allows("TryStar", f"{RULES}.closed_in_finally:closed_in_finally")
def test_a_resource_is_assigned_by_a_statement() -> None:
    text = "{}\ntry:\n    g(f)\n{}finally:\n    f.close()\n"
    assert fixed(text.format("f = open(p)", "")) == "with open(p) as f:\n    g(f)\n"
    assert fixed(text.format("f: T = open(p)", "")) is None
    assert codes(text.format("(f := open(p))", "")) == []
    assert codes(text.format("f = open(p)", "except* E:\n    pass\n")) == []
    lock = "import threading\n{}\na.b.acquire()\ntry:\n    g()\nfinally:\n    a.b.release()\n"
    assert codes(lock.format("a.b = threading.Lock()")) == ["PE002"]
    assert codes(lock.format("a.b += threading.Lock()")) == []


@allows("AugAssign TypeAlias", "tools.antipatterns.syntax:values")
def test_a_name_with_another_binding_is_unknown() -> None:
    text = "def f():\n    s = 'a'\n    {}\n    s.strip()\n"
    assert codes(text.format("pass")) == ["PE005"]
    assert codes(text.format("s += g()")) == []
    assert codes(text.format("for s in x: pass")) == []


@allows("Import", "tools.antipatterns.syntax:Syntax._has_star")
def test_a_star_is_imported_from_a_module() -> None:
    assert codes("import os\nsorted(x)\n") == ["PE005"]
    assert codes("from os import *\nsorted(x)\n") == []


@allows("AsyncFor", f"{RULES}.string_concatenation:_is_short")
def test_only_a_loop_that_is_not_async_has_its_items_written_out() -> None:
    loop = "async def f(xs):\n    s = ''\n    {} x in {}:\n        s += x\n    return s\n"
    assert codes(loop.format("for", "('a', 'b')")) == []
    assert codes(loop.format("async for", "xs")) == ["PE001"]


@allows("AugAssign NamedExpr TypeAlias", f"{RULES}.fast_password_hash:_is_hashed_slowly")
def test_a_hash_that_is_bound_in_another_way_is_not_followed() -> None:
    text = (
        "import bcrypt, hashlib\ndef f(password):\n    {} hashlib.sha256(password).digest()\n"
        "    return bcrypt.hashpw(d, salt)\n"
    )
    assert codes(text.format("d =")) == []
    assert codes(text.format("d: bytes =")) == []
    assert codes(text.format("d +=")) == ["PE007"]
    assert codes(text.replace("{}", "(d :=").replace("digest()\n", "digest())\n")) == ["PE007"]
