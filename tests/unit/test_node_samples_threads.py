"""Samples that show why some classes of nodes need no sibling to be handled: threads."""

from __future__ import annotations

import ast
import sys

import pytest

from python_expert.analysis.binding_order import BindingOrder
from python_expert.gate.verdict import Status
from tests.unit.node_families import allows
from tests.unit.rewritten import converted, judged_conversion

BEFORE = (
    "import asyncio\ndef f(p):\n    with open(p) as g:\n        d = next(g, '')\n    return d\n"
)
AFTER = (
    "import asyncio\nasync def f(p):\n    def read():\n        with open(p) as g:\n"
    "            d = next(g, '')\n        return d\n    d = await asyncio.to_thread(read)\n"
    "    return d\n"
)


@allows(
    "AnnAssign AugAssign NamedExpr TypeAlias Global",
    "actions.convert_to_async.proof.thread_blocks:_block",
)
@allows("AsyncFunctionDef Global", "actions.convert_to_async.proof.thread_blocks:match")
@allows("AsyncFunctionDef", "actions.convert_to_async.proof.ast_match:Pairs.statements")
def test_a_block_in_a_thread_has_one_form() -> None:
    assert judged_conversion(BEFORE, AFTER).status is Status.ACCEPTED
    for old, new in (
        ("    def read", "    async def read"),
        ("    d = await", "    d: str = await"),
        ("    d = await asyncio.to_thread(read)", "    (d := await asyncio.to_thread(read))"),
        ("        with", "        global d\n        with"),
    ):
        assert old in AFTER
        assert judged_conversion(BEFORE, AFTER.replace(old, new)).status is Status.REFUSED


def test_a_block_in_a_thread_may_loop_and_enter_but_not_wait() -> None:
    loop = "async def f(p):\n    with open(p) as g:\n        {}for x in y: print(x, g)\n"
    assert "to_thread(read)" in converted(loop.format(""))[0]
    assert converted(loop.format("async "))[0] == loop.format("async ")
    entered = "async def f(p):\n    with open(p) as g:\n        {}with open(x): print(g)\n"
    assert "to_thread(read)" in converted(entered.format(""))[0]
    assert "to_thread(read)" not in converted(entered.format("async "))[0]


@allows("GeneratorExp", "actions.convert_to_async.with_blocks:_is_direct")
@allows("GeneratorExp", "actions.convert_to_async.proof.block_names:BlockNames._is_direct")
def test_a_generator_expression_may_read_a_variable_later() -> None:
    for form, runs in (("[d for _ in p]", True), ("(d for _ in p)", False)):
        before = BEFORE.replace("return d", f"return {form}")
        after = AFTER.replace("    return d\n", f"    return {form}\n").replace(
            "        return [d for _ in p]" if runs else "        return (d for _ in p)",
            "        return d",
        )
        verdict = judged_conversion(before, after)
        assert verdict.status is (Status.ACCEPTED if runs else Status.REFUSED), verdict
        assert ("to_thread(read)" in converted(before)[0]) is runs


@allows("GeneratorExp", "actions.convert_to_async.proof.thread_blocks:_is_new")
def test_a_generator_expression_does_not_run_in_a_block_s_thread() -> None:
    text = "def f(p, q):\n    d = {}\n    with open(p) as g:\n        d.append(g.read())\n"
    assert converted(text.format("[]"))[1].status is Status.ACCEPTED
    assert converted(text.format("(x for x in q)"))[1].status is Status.CONFIRM


@allows(
    "AsyncFor AsyncWith",
    "analysis.plain_blocks:_STATEMENTS analysis.plain_blocks:_BlockCheck.found",
)
@allows(
    "TypeAlias NamedExpr",
    "analysis.plain_blocks:_STATEMENTS analysis.binding_order:_assigns",
)
@allows(
    "TypeAlias Interpolation TemplateStr",
    "analysis.plain_blocks:_BlockCheck.found analysis.plain_blocks:_PARTS",
)
@allows("TemplateStr", "analysis.plain_blocks:_BlockCheck._is_made")
@allows("Assign AnnAssign AugAssign", "analysis.plain_blocks:_PARTS")
@allows(
    "Assign AugAssign TypeAlias DictComp ListComp SetComp",
    "analysis.plain_blocks:_BlockCheck._other",
)
def test_a_block_with_a_construct_that_is_not_listed_stays() -> None:
    text = "def f(p, x):\n    with open(p) as g:\n        print(g.read())\n        {}\n"
    for listed in ("x = 1", "x += 1", "x: int = 1", "[e for e in x]", "{e for e in x}"):
        assert "to_thread(read" in converted(text.format(listed))[0], listed
    for other in ("x: int", "del x", "lambda: x", "f = (e for e in x)", "import os", "x.save()"):
        assert "to_thread(read" not in converted(text.format(other))[0], other
    if sys.version_info >= (3, 12):
        assert "to_thread(read" not in converted(text.format("type T = int"))[0]
    if sys.version_info >= (3, 14):
        assert "to_thread(read" not in converted(text.format("t'{x}'"))[0]


@allows("TypeAlias", "analysis.binding_order:BindingOrder._read")
@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python before 3.12 has no type statement")
def test_a_type_statement_binds_its_name_and_evaluates_lazily() -> None:
    order = BindingOrder(ast.parse("type x = y\nprint(x)\n").body, {"x"})
    assert not order.early
    assert order.bound == {"x"}


@allows("ListComp SetComp DictComp", "actions.convert_to_async.proof.hazards:_is_kept")
def test_a_generator_expression_may_read_the_last_line_later() -> None:
    before = "import asyncio\ndef f(x):\n    with open('a') as g:\n        for line in g: x({})\n"
    after = before.replace("def f", "async def f").replace(
        "for line in g", "while line := await asyncio.to_thread(g.readline)"
    )
    for form in ("[c for c in line]", "{c for c in line}", "{c: 1 for c in line}"):
        verdict = judged_conversion(before.format(form), after.format(form))
        assert verdict.status is not Status.REFUSED
    later = "(c for c in x if c in line)"
    assert judged_conversion(before.format(later), after.format(later)).status is Status.REFUSED


@allows("Assign AnnAssign AugAssign TypeAlias", "actions.convert_to_async.proof.held_locks:_taken")
def test_a_lock_may_be_entered_where_it_gets_a_name() -> None:
    before = (
        "import asyncio, threading, time\nM = threading.Lock()\n"
        "def f():\n    with (m := {}):\n        time.sleep(0)\n"
    )
    after = before.replace("def f", "async def f").replace("time.sleep", "await asyncio.sleep")
    for entered, status in (("M", Status.CONFIRM), ("open('a')", Status.ACCEPTED)):
        verdict = judged_conversion(before.format(entered), after.format(entered))
        lock_reasons = [each.message for each in verdict.reasons if "may be a lock" in each.message]
        assert bool(lock_reasons) is (status is Status.CONFIRM)
