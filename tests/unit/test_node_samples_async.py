"""Samples that show why some classes of nodes need no sibling to be handled: control flow."""

from __future__ import annotations

import ast
import textwrap

import pytest

from python_expert.actions.add_type_hints.proof.any_hints import with_any
from python_expert.analysis.names import Names
from python_expert.analysis.source import Source
from python_expert.gate.verdict import Status
from tests.unit.node_families import allows
from tests.unit.rewritten import calling, converted, hinted, inferred, returned

SLOW = "import time\ndef f(x=0):\n    time.sleep(1)\n    return x\n"
WAITS = "import asyncio\nasync def f(x=0):\n    await asyncio.sleep(1)\n    return x\n"
STREAM = "import time\ndef f():\n    time.sleep(1)\n    yield 1\n"
WAITING_STREAM = "import asyncio\nasync def f():\n    await asyncio.sleep(1)\n    yield 1\n"


def run(text: str) -> dict[str, object]:
    """Run a program."""
    names: dict[str, object] = {}
    exec(textwrap.dedent(text), names)  # noqa: S102 - our own sample
    return names


def becomes(before: str, after: str) -> None:
    """Assert the result of converting a text to async."""
    text, verdict = converted(before)
    assert text == after
    assert verdict.status is Status.ACCEPTED


@allows(
    "AsyncFunctionDef",
    """
    actions.convert_to_async.proof.ast_match:Pairs.pair
    actions.convert_to_async.proof.ast_match:Pairs.fields
    actions.convert_to_async.proof.uses:ConversionCheck._check_function
    actions.convert_to_async.plan:Planner._convert_uses
    actions.convert_to_async.plan:Planner._followers
    actions.convert_to_async.thread_plan:ThreadPlanner.__init__
    analysis.function_bodies:only_returns
    actions.convert_to_async.proof.still_blocking:_calls
    analysis.call_graph:Program._blocking actions.convert_to_async.action:_sentences
    actions.convert_to_async.write:Writer.write
    """,
)
@allows(
    "FunctionDef",
    """
    actions.convert_to_async.proof.ast_match:Pairs.match_function
    actions.convert_to_async.proof.event_loop_rules:_in_loop
    actions.convert_to_async.proof.event_loop_rules:plain_uses
    actions.convert_to_async.question:_listed
    actions.convert_to_async.membership:Membership._own_reason
    actions.convert_to_async.membership:Membership._followers
    actions.convert_to_async.proof.still_blocking:_runs
    analysis.threads:is_async
    """,
)
def test_a_conversion_asks_whether_a_function_is_async_already() -> None:
    becomes(
        f"{SLOW}async def g():\n    time.sleep(1)\n    f()\ndef h(): g()\n",
        f"{WAITS}async def g():\n    await asyncio.sleep(1)\n    await f()\ndef h(): g()\n",
    )


@allows("AsyncFunctionDef", "actions.add_type_hints.proof.any_hints:_is_result_of_init")
def test_a_constructor_cannot_be_async() -> None:
    # Python rejects the coroutine that it returns.
    run("class A:\n    async def __init__(self): pass\nx = A.__init__(1)\nx.close()\nassert x")
    before = "class A:\n    async def __init__(self): pass\n    def __init__(self): pass\n"
    after = before.replace("(self)", "(self) -> None")
    text = with_any(Source.of(before), Source.of(after))
    assert "async def __init__(self) -> _t.Any" in text
    assert "    def __init__(self) -> None" in text


@allows(
    "FunctionDef",
    """
    actions.add_type_hints.offline.bodies:Bodies._yielded
    actions.add_type_hints.offline.expressions:ExpressionReader._returned
    """,
)
def test_what_a_function_returns_depends_on_whether_it_is_async() -> None:
    assert returned("def f():\n    yield 1\n") == "Iterator[int]"
    assert returned("async def f():\n    yield 1\n") == "AsyncIterator[int]"
    for word, awaited in (("", ""), ("async ", "await ")):
        text = f"{word}def g():\n    return 1\n{word}def f():\n    return {{}}g()\n"
        assert returned(text.format(awaited)) == "int"
    assert returned("async def g():\n    return 1\nasync def f():\n    return g()\n") is None


@allows(
    "AsyncFor",
    """
    actions.convert_to_async.proof.escaping_callers:_iterated
    actions.convert_to_async.proof.escaping_callers:leaving
    actions.convert_to_async.proof.ast_match:Pairs.fields
    actions.convert_to_async.proof.uses:ConversionCheck._check_use
    analysis.names:Names._kind actions.convert_to_async.objects:_use
    actions.convert_to_async.thread_plan:ThreadPlanner.add analysis.call_graph:Program._uses_at
    actions.convert_to_async.proof.thread_calls:_is_apart
    actions.convert_to_async.uses:Uses._consume actions.convert_to_async.uses:Uses.convert
    actions.convert_to_async.write:Writer._write_statements
    """,
)
@allows("For", "actions.convert_to_async.proof.statement_patterns:delegation")
@pytest.mark.parametrize("made", ["f()", "A()", "[1]", "io.StringIO()"])
def test_async_for_cannot_iterate_over_an_iterable_of_for(made: str) -> None:
    for loop in (f"async for x in {made}: pass", f"[x async for x in {made}]"):
        with pytest.raises(TypeError):
            run(
                f"""
                import asyncio, io
                def f():
                    yield 1
                class A:
                    def __iter__(self):
                        yield 1
                async def main():
                    {loop}
                asyncio.run(main())
                """
            )
    becomes(
        f"{STREAM}async def g(x):\n    for y in f(): pass\n    async for z in x: 1\n",
        f"{WAITING_STREAM}async def g(x):\n    async for y in f(): pass\n    async for z in x: 1\n",
    )


@allows(
    "AsyncWith",
    """
    actions.convert_to_async.proof.escaping_callers:_guarded
    actions.convert_to_async.proof.held_locks:_is_plain
    actions.convert_to_async.proof.ast_match:Pairs.fields
    actions.convert_to_async.exchanges:Exchanges._makers actions.convert_to_async.gains:held_locks
    actions.convert_to_async.thread_plan:ThreadPlanner._add_blocks
    actions.convert_to_async.proof.ast_match:Pairs.statements
    actions.convert_to_async.write:Writer._write_statements
    """,
)
@pytest.mark.parametrize("made", ["threading.Lock()", "io.StringIO()", "f()"])
def test_async_with_cannot_enter_a_context_manager_of_with(made: str) -> None:
    with pytest.raises(TypeError):
        run(
            f"""
            import asyncio, contextlib, io, threading
            @contextlib.contextmanager
            def f():
                yield
            async def main():
                async with {made}: pass
            asyncio.run(main())
            """
        )
    with pytest.raises(SyntaxError):  # so no sync generator has one around a yield
        run("def f(x):\n    async with x:\n        yield 1\n")
    head = "import contextlib\nimport {}\n@contextlib.{}contextmanager\n{}def f():\n"
    becomes(
        head.format("time", "", "")
        + "    time.sleep(1)\n    yield\n"
        + "async def g(x):\n    with f(): pass\n    async with x: pass\n",
        head.replace("import contextlib\nimport {}", "import {}\nimport contextlib").format(
            "asyncio", "async", "async "
        )
        + "    await asyncio.sleep(1)\n    yield\n"
        + "async def g(x):\n    async with f(): pass\n    async with x: pass\n",
    )


@allows(
    "ListComp SetComp DictComp",
    """
    actions.convert_to_async.proof.escaping_callers:_unknown actions.convert_to_async.objects:_use
    analysis.thread_arguments:_one analysis.function_bodies:obstacle
    actions.convert_to_async.uses:Uses._loop analysis.types.runtime:_outside_lambdas
    """,
)
@pytest.mark.parametrize("form", ["[{} for x in y]", "{{{} for x in y}}", "{{{}: 1 for x in y}}"])
def test_only_generator_expressions_run_later(form: str) -> None:
    becomes(
        f"{SLOW}def g(y):\n    return {form.format('f(x)')}\n",
        f"{WAITS}async def g(y):\n    return {form.format('await f(x)')}\n",
    )
    lazy = f"{SLOW}def g(y):\n    return (f(x) for x in y)\n"
    assert converted(lazy)[0] == lazy
    # What runs at import shows that `typing.X` exists.
    text = f"import typing\n{form.format('typing.X')}\ndef f(a): pass\n".replace("in y", "in [1]")
    after, _ = hinted(text, {"f": {"params": {"a": "int"}}})
    assert "def f(a: int)" in after


@allows("SetComp DictComp GeneratorExp", "actions.convert_to_async.proof.call_patterns:called")
def test_only_a_list_of_a_generator_becomes_a_comprehension() -> None:
    becomes(
        f"{STREAM}def g():\n    return list(f())\n",
        f"{WAITING_STREAM}async def g():\n    return [item async for item in f()]\n",
    )
    for function in ("set", "tuple", "dict", "sorted", "sum"):
        text = f"{STREAM}def g():\n    return {function}(f())\n"
        assert converted(text)[0] == text


@allows(
    "GeneratorExp",
    """
    actions.add_type_hints.offline.expressions:ExpressionReader.type_of
    analysis.names:Names._kind analysis.names:_DISPLAYS
    """,
)
@allows("DictComp", "actions.add_type_hints.offline.expressions:ExpressionReader.type_of")
def test_a_generator_expression_is_not_documented() -> None:
    names = Names(ast.parse("(a for a in b)\n[a for a in b]\n"))
    kinds = [names.kind(each.value) for each in names.tree.body if isinstance(each, ast.Expr)]
    assert kinds == [None, "builtins.list"]
    assert returned("def f(x):\n    return (1 for y in x)\n") is None
    assert returned("def f(x):\n    return {1: 1 for y in x}\n") is None
    assert returned("def f(x):\n    return {1 for y in x}\n") == "set[int]"


@allows(
    "TemplateStr",
    """
    actions.convert_to_async.proof.dynamic_lookups:_start
    actions.convert_to_async.proof.ast_match:Pairs.pair
    actions.convert_to_async.proof.ast_match:_FORMS
    actions.add_type_hints.offline.expressions:ExpressionReader.type_of
    analysis.names:Names._kind analysis.names:_DISPLAYS
    """,
)
@pytest.mark.skipif(
    not hasattr(ast, "TemplateStr"), reason="Python before 3.14 cannot parse t-strings"
)
def test_a_template_is_not_a_text_and_keeps_its_source() -> None:
    run("assert not isinstance(t'{1}', str)")
    with pytest.raises(TypeError):
        run("getattr(1, t'real')")
    names = Names(ast.parse("t'{x}'"))
    [statement] = names.tree.body
    assert isinstance(statement, ast.Expr)
    assert names.kind(statement.value) is None
    assert returned("def f(x):\n    return t'{x}'\n") is None
    run("assert t'{1}'.interpolations[0].expression == '1'")  # so it cannot be rewritten
    _, verdict = converted(f"{SLOW}def g():\n    return t'{{f()}}'\n")
    assert verdict.status is Status.REFUSED


@allows(
    "Yield",
    """
    actions.convert_to_async.proof.escaping_callers:_iterated
    actions.add_type_hints.offline.bodies:Bodies._yielded
    actions.convert_to_async.plan:Planner._delegations analysis.call_graph:Program._iterated
    actions.convert_to_async.uses:Uses._consume actions.convert_to_async.write:Writer._delegate
    """,
)
def test_only_yield_from_iterates_over_its_operand() -> None:
    becomes(
        f"{STREAM}def g():\n    yield from f()\n",
        f"{WAITING_STREAM}async def g():\n    async for item in f():\n        yield item\n",
    )
    handed = f"{STREAM}def g():\n    yield f()\n"
    assert converted(handed)[0] == handed
    assert inferred("def f(x):\n    yield from x\n") == {}
    assert returned("def f(x):\n    yield 1\n") == "Iterator[int]"


@allows("MatchStar MatchMapping", "actions.add_type_hints.offline.flow:ends")
def test_only_a_plain_name_captures_the_remaining_values() -> None:
    text = "def f(x):\n    match x:\n        case {}: return 1\n"
    assert returned(text.format("_")) == "int"
    assert returned(text.format("y")) == "int"
    for pattern in ("[*_]", "{**y}", "1 as y", "int() as y", "y if y"):
        assert returned(text.format(pattern)) == "int | None"


@allows("AsyncFunctionDef", "analysis.decorators:_function analysis.decorators:_called")
@allows("AnnAssign AugAssign NamedExpr TypeAlias", "analysis.decorators:_call_before")
def test_only_the_simplest_wrappers_are_known_to_pass_results_on() -> None:
    wrapped = "def d(g):\n    def w():\n        r = g()\n        return r\n    return w\n"
    slow = "import time\n{}@d\ndef f():\n    time.sleep(1)\n"
    after = converted(slow.format(wrapped))[0]
    assert "async def f" in after
    assert "async def w" not in after
    for other in ("r: object = g()", "(r := g())"):  # such a function must await by itself
        after = converted(slow.format(wrapped.replace("r = g()", other)))[0]
        assert "async def f" in after
        assert "async def w" in after
    asynchronous = wrapped.replace("    def w", "    async def w")
    assert "async def f" not in converted(slow.format(asynchronous))[0]


@allows(
    "AsyncFunctionDef",
    """
    actions.convert_to_async.callers:uses
    actions.convert_to_async.plan:Planner._await_cross_file
    """,
)
def test_an_async_function_awaits_calls_converted_in_another_file() -> None:
    assert calling("from store import load\nasync def f():\n    return load('a')\n") == (
        "from store import load\nasync def f():\n    return await load('a')\n"
    )


@allows(
    "Import",
    """
    analysis.cross_file_uses:CrossFileUses._imported
    analysis.cross_file_uses:_is_star
    analysis.reexports:reexports
    """,
)
def test_a_converted_module_is_found_by_its_attributes() -> None:
    assert calling("import store as s\ndef f():\n    return s.load('a')\n") == (
        "import store as s\nasync def f():\n    return await s.load('a')\n"
    )
