"""Samples that show why some classes of nodes need no sibling to be handled: names and types."""

from __future__ import annotations

import ast
import sys

import pytest

from python_expert.actions.add_type_hints import AddTypeHints
from python_expert.actions.base import Options
from python_expert.analysis.crosscheck import disagreements
from python_expert.analysis.names import Names
from python_expert.analysis.scopes import Scopes
from python_expert.analysis.source import Source
from python_expert.gate.doctest_worker.limits import forbidden
from python_expert.gate.verdict import Status
from python_expert.pipeline.questions import Questions
from tests.actions import ADD_TYPE_HINTS
from tests.unit.node_families import allows
from tests.unit.rewritten import (
    OPTIONS,
    converted,
    documented,
    hinted,
    judged_conversion,
    judged_hints,
    returned,
    skip_reasons,
)
from tests.unit.test_node_samples_async import SLOW, WAITS, becomes, run

PEP_695 = pytest.mark.skipif(
    sys.version_info < (3, 12), reason="Python before 3.12 has no type statement"
)

ONLY_ANNOTATED = """
    actions.convert_to_async.proof.ast_match:Pairs.pair
    actions.convert_to_async.proof.ast_match:_FORMS
    actions.add_type_hints.proof.added_hints:Comparison._statements
    actions.questions.code:signature
    actions.add_type_hints.question:_attributes
    actions.add_type_hints.offline.bodies:_annotated
    analysis.names:Names._element analysis.names:Names.annotated
    actions.convert_to_async.objects:annotated_class analysis.bindings:_gives_no_value
    actions.add_type_hints.slots:filled
    """
"""Places that look for an annotation."""

ONLY_ASSIGNMENTS = """
    actions.add_type_hints.proof.source_invariants:is_never_run
    actions.add_type_hints.proof.added_hints:Comparison._nodes
    actions.add_type_hints.question:_is_shown
    actions.add_type_hints.question:_sets
    actions.add_type_hints.offline.bodies:Bodies.stored
    actions.add_type_hints.offline.expressions:ExpressionReader.__init__
    analysis.signatures:_attributes analysis.call_graph:Program._unpacked
    actions.add_type_hints.action:needs_type analysis.types.runtime:_is_made_by
    actions.add_type_hints.slots:_attributes actions.add_type_hints.slots:_self_target
    """
"""Places that look for what a statement assigns to a variable, an attribute or several targets."""

ONLY_EXPRESSIONS = """
    actions.convert_to_async.proof.statement_patterns:reader analysis.names:Names._kind
    analysis.scopes:Scopes._bind analysis.bindings:Bindings._binder
    analysis.types.grammar:_name analysis.live_objects:_PLACES
    analysis.live_objects:LiveObjects._parts
    """
"""Places that look for the only assignment that is an expression."""


@allows("Assign AugAssign NamedExpr", ONLY_ANNOTATED)
@allows("Assign AugAssign", "actions.add_type_hints.proof.__init__:_Judge._future")
def test_only_one_form_of_assignment_has_an_annotation() -> None:
    for text in ("x: int += 1", "(x: int := 1)", "x: int = y: int = 1"):
        with pytest.raises(SyntaxError):
            run(text)
    fields = "class A:\n    {}\n    def f(self):\n        return self.x\n"
    assert returned(fields.format("x: int = 1"), "A.f") == "int"
    for each in ("x = 1", "x = 1\n    x += 1", "(x := 1)"):
        assert returned(fields.format(each), "A.f") is None
    for each in ("x += 1", "(x := 1)"):  # a bare annotation cannot replace this, either
        assert judged_hints(f"{each}\n", "x: int = 1\n").status is Status.REFUSED
    for each in ("x = 1", "x += 1", "(x := 1)"):
        assert judged_hints(f"{each}\n", f"{each}\nx: int\n").status is Status.REFUSED
    for each in ("E: threading.Event = threading.Event()", "E = threading.Event()"):
        becomes(
            f"import threading\n{each}\ndef f():\n    E.wait()\n",
            f"import asyncio\n{each}\nasync def f():\n    await E.wait()\n".replace(
                "threading", "asyncio"
            ),
        )
    for each, due in (("x: int = 1", True), ("(x := 1)", False)):
        text, _ = documented(f"class A:\n    {each}\n    pass\n")
        assert ("        x: TODO." in text) is due


@allows("AugAssign NamedExpr", ONLY_ASSIGNMENTS)
@allows("NamedExpr AnnAssign", "analysis.types.runtime:allows_union")
@allows("AugAssign", "analysis.types.runtime:allows_union")
@allows("AugAssign NamedExpr", "analysis.bindings:is_no_type")
@allows("AugAssign NamedExpr", "actions.add_type_hints.question:_defines_type")
@allows(
    "NamedExpr",
    "analysis.types.runtime:at_import actions.convert_to_async.proof.escaping_callers:_given",
)
@allows(
    "AnnAssign",
    """
    actions.add_type_hints.offline.expressions:ExpressionReader.__init__
    analysis.call_graph:Program._unpacked actions.add_type_hints.action:needs_type
    analysis.types.runtime:_is_made_by
    """,
)
@allows(
    "AugAssign",
    "analysis.names:Names.value actions.convert_to_async.objects:maker_target",
)
def test_other_forms_of_assignment_add_no_hints_and_no_facts() -> None:
    for text in ("(a.b := 1)", "((a, b) := 1)", "a, b: int = 1", "a, b += 1"):
        with pytest.raises(SyntaxError):
            run(text)
    with pytest.raises(TypeError):
        run("import threading\nx = threading.Lock()\nx += threading.Lock()\n")
    # It has no place for a hint, takes no hint, and has no docstring entry.
    for each in ("x += []", "(x := [])"):
        text = f"class A:\n    {each}\n"
        assert AddTypeHints().targets(Source.of(text), None, OPTIONS)[0] == []
        assert judged_hints(f"{each}\n", "x: list[int] = []\n").status is Status.REFUSED
        assert "Attributes" not in documented(text)[0]
    # A name with an unknown value is not used.
    for each in ("y += x", "(y := x)", "y: str = x"):
        assert returned(f"def f(x):\n    y = 1\n    {each}\n    return y\n") is None
    # A name that may not be a type, or may not support `|`, is quoted.
    facts = {"f": {"params": {"x": "T | None"}}}
    assert skip_reasons("class A: ...\n(T := A)\ndef f(x): pass\n", facts)
    for each in ("T += 1", "T: object = A"):
        text, verdict = hinted(f"class A: ...\n{each}\ndef f(x): pass\n", facts)
        assert 'x: "T | None"' in text
        assert verdict.status is Status.ACCEPTED
    # TYPE_CHECKING must be False for certain.
    for each in ("TYPE_CHECKING = 0\nTYPE_CHECKING += 0", "(TYPE_CHECKING := False)"):
        before = f"{each}\nif TYPE_CHECKING:\n    import a\n"
        after = before + "    import b\n"
        assert judged_hints(before, after).status is Status.REFUSED
    # A walrus in a statement is evaluated with it.
    after, verdict = hinted(
        "import os\n(x := os.PathLike[str])\ndef f(x): pass\n",
        {"f": {"params": {"x": "os.PathLike[str]"}}},
    )
    assert "x: os.PathLike[str]" in after
    assert verdict.status is Status.ACCEPTED


@allows("Assign AnnAssign AugAssign", ONLY_EXPRESSIONS)
@pytest.mark.parametrize("statement", ["x = 1", "x: int = 1", "x += 1", "(x := 1)"])
def test_targets_of_statements_are_found_by_their_names(statement: str) -> None:
    scopes = Scopes(ast.parse(f"{statement}\n"))
    [bound] = scopes.module.bound["x"]
    assert isinstance(bound, ast.Name)
    facts = {"f": {"params": {"y": f"({statement})"}}}
    assert skip_reasons("def f(y): pass\n", facts)  # no statement, and no assignment, is a type
    names = Names(ast.parse("(x := 1)"))
    [walrus] = [each for each in ast.walk(names.tree) if isinstance(each, ast.NamedExpr)]
    assert names.kind(walrus) == "builtins.int"
    # If an expression binds the name, the gate accepts no type that depends on it.
    before = f"class x: ...\n{statement}\ndef f(y): pass\n"
    accepted = judged_hints(before, before.replace("(y)", "(y: x)")).status is Status.ACCEPTED
    assert accepted is ("+=" in statement)


@allows(
    "Assign AnnAssign AugAssign NamedExpr",
    "analysis.function_bodies:_is_generic analysis.scopes:Scopes._visit",
)
@pytest.mark.parametrize("statement", ["x = f()", "x: int = f()", "x += f()", "(x := f())"])
def test_values_of_assignments_are_evaluated_immediately(statement: str) -> None:
    becomes(
        f"{SLOW}def g(x):\n    {statement}\n",
        f"{WAITS}async def g(x):\n    {statement.replace('f()', 'await f()')}\n",
    )


@allows("Assign AnnAssign NamedExpr TypeAlias", "analysis.signs:_sources")
@pytest.mark.parametrize("statement", ["d = a - b", "d: int = a - b", "d -= b", "(d := a - b)"])
def test_a_difference_may_be_assigned_in_any_form(statement: str) -> None:
    before = f"import time\ndef f(a, b):\n    d = a\n    {statement}\n    time.sleep(d)\n"
    after = before.replace("def f", "async def f").replace("time.sleep", "await asyncio.sleep")
    verdict = judged_conversion(before, after.replace("import time", "import asyncio"))
    assert [each.message for each in verdict.reasons] == [
        "time.sleep(d) fails where d is negative, asyncio.sleep does not"
    ]


@allows("TypeAlias", ONLY_ANNOTATED)
@allows("TypeAlias", ONLY_ASSIGNMENTS)
@allows("TypeAlias", ONLY_EXPRESSIONS)
@allows(
    "TypeAlias",
    """
    actions.add_docstrings.proof.__init__:_has_slot actions.add_docstrings.proof.readers:_of_class
    actions.convert_to_async.proof.escaping_callers:_given
    actions.convert_to_async.proof.interleaving:_when
    analysis.live_objects:_put_in analysis.shared_state:_INNER analysis.signs:_PARTS
    actions.add_type_hints.proof.__init__:_Judge._future
    analysis.nodes:ASSIGNMENTS analysis.nodes:targets
    analysis.names:Names.value actions.convert_to_async.objects:maker_target
    analysis.types.runtime:at_import
    """,
)
@PEP_695
def test_a_type_statement_names_a_type_and_evaluates_nothing() -> None:
    with pytest.raises(TypeError):
        run("class A:\n    type __slots__ = ('__doc__',)\n")
    for text in ("type a.b = int", "type a, b = int", "type x: int = int"):
        with pytest.raises(SyntaxError):
            run(text)
    run("type x = 1 / 0")
    kept = f"{SLOW}def g():\n    type x = f()\n"
    assert converted(kept)[0] == kept
    names = Names(ast.parse("type x = int\nx\n"))
    [statement, use] = names.tree.body
    assert isinstance(use, ast.Expr)
    assert names.kind(use.value) is None
    assert names.dotted(use.value) is None
    assert [*names.module.bound] == ["x"]
    assert judged_hints("type x = int\n", "x: type = int\n").status is Status.REFUSED
    text = "class A:\n    type x = int\n"
    assert AddTypeHints().targets(Source.of(text), None, OPTIONS)[0] == []
    assert "Attributes" not in documented(text)[0]
    text = "type x = int\ndef f(y): pass\n"
    after, verdict = hinted(text, {"f": {"params": {"y": "x | None"}}})
    assert "y: x | None" in after
    assert verdict.status is Status.ACCEPTED
    questions = Questions(Source.of(text), ADD_TYPE_HINTS, Options())
    assert "type x = int" in questions.brief
    assert isinstance(statement, ast.stmt)


@allows(
    "Import",
    """
    actions.convert_to_async.proof.imports:_compare
    actions.convert_to_async.proof.dynamic_lookups:_lookup
    actions.add_type_hints.proof.__init__:_Judge._import
    actions.add_type_hints.proof.__init__:_Judge._is_imported_by
    actions.add_type_hints.proof.added_hints:Comparison._all_new
    actions.convert_to_async.imports:Imports.rename actions.add_type_hints.imports:_Writer._extends
    actions.add_type_hints.proof.readers:own_reader
    actions.add_type_hints.rendering:_hides_typing analysis.types.runtime:is_lazy
    """,
)
def test_only_an_import_from_a_module_names_its_contents() -> None:
    for text in ("import *", "import .a", "import a.*"):
        with pytest.raises(SyntaxError):
            run(text)
    with pytest.raises(ModuleNotFoundError):
        run("import __future__.annotations")
    facts = {"f": {"params": {"x": "Any"}}}
    assert (
        "from typing import Any, Final\n"
        in hinted("from typing import Final\n\ndef f(x): pass\n", facts)[0]
    )
    assert "x: typing.Any" in hinted("import typing\n\ndef f(x): pass\n", facts)[0]
    becomes(
        "from time import sleep\ndef f():\n    sleep(1)\n",
        "import asyncio\nasync def f():\n    await asyncio.sleep(1)\n",
    )
    becomes(
        "import time\ndef f():\n    time.sleep(1)\n",
        "import asyncio\nasync def f():\n    await asyncio.sleep(1)\n",
    )
    starred = "from x import *\n"
    assert converted(starred + SLOW)[1].status is Status.CONFIRM


@allows(
    "ImportFrom",
    """
    actions.add_type_hints.proof.__init__:_Judge._effect
    actions.add_type_hints.proof.evaluation:Evaluation._modules
    actions.questions.neighbours:_modules
    actions.convert_to_async.imports:Imports._imports analysis.call_graph:Program._is_other
    analysis.live_objects:_is_code
    """,
)
def test_only_a_plain_import_binds_a_module_for_certain() -> None:
    becomes(
        "import asyncio as aio\nimport time\ndef f():\n    time.sleep(1)\n",
        "import asyncio as aio\nasync def f():\n    await aio.sleep(1)\n",
    )
    from_package = "from lib import asyncio\nimport time\ndef f():\n    time.sleep(1)\n"
    assert converted(from_package)[0] == from_package
    after = from_package.replace("import time\n", "").replace("time.sleep", "await asyncio.sleep")
    after = after.replace("def f", "async def f")
    assert judged_conversion(from_package, after).status is Status.REFUSED
    before = "from typing import Final\ndef f(x): pass\n"
    for added in ("import typing\n", "from typing import Any\n"):
        assert judged_hints(before, added + before).status is Status.ACCEPTED
    assert judged_hints(before, "from lib import typing\n" + before).status is Status.REFUSED


@allows(
    "ImportFrom",
    "analysis.scopes:_bind_imports actions.add_type_hints.import_order:key_of",
)
@allows(
    "Import",
    "actions.convert_to_async.imports:Imports._is_removable "
    "actions.convert_to_async.imports:_order",
)
def test_an_import_has_one_of_two_forms() -> None:
    names = Names(ast.parse("import os.path, json as b\nfrom os import path as c\nos, b, c"))
    assert [*names.module.bound] == ["os", "b", "c"]
    becomes(
        "import json\nfrom time import sleep\nimport re\ndef f():\n    sleep(1)\n",
        "import asyncio\nimport json\nimport re\nasync def f():\n    await asyncio.sleep(1)\n",
    )
    after, _ = hinted(
        "import json\nfrom abc import ABC\ndef f(x): pass\n", {"f": {"params": {"x": "Any"}}}
    )
    assert after.startswith("import json\nfrom abc import ABC\nfrom typing import Any\n")


@allows("Assign AugAssign NamedExpr TypeAlias", "analysis.scopes:binds_nothing")
@allows("Assign AugAssign NamedExpr TypeAlias", "analysis.crosscheck:_unseen")
def test_only_an_annotated_assignment_may_bind_no_name() -> None:
    text = "x = 1\ndef f(): (x): int\ndef g(): (x := 1)\ndef h(): x += 1\ndef i(): x: int\n"
    scopes = Scopes(ast.parse(text))
    binding = [each.node for each in scopes.inner.values() if "x" in each.bound]
    assert [getattr(each, "name", "") for each in binding] == ["", "g", "h", "i"]
    assert disagreements(scopes, text) == []


@allows("GeneratorExp", "analysis.crosscheck:_INLINED analysis.crosscheck:_Tables._pair")
def test_python_keeps_the_scope_of_a_generator_expression() -> None:
    text = "def f(a): return (lambda: b for b in a), [lambda: c for c in a]\n"
    assert disagreements(Scopes(ast.parse(text)), text) == []


LIMITS = "gate.doctest_worker.limits:_SYNTAX gate.doctest_worker.limits:_beyond"
"""The places that list the statements that an example may have to be run."""


def _refusal(*examples: str) -> str:
    return forbidden(examples, "pkg.mod", {"f"})


@allows("AsyncFor AsyncFunctionDef AsyncWith", LIMITS)
def test_examples_with_async_code_are_not_run() -> None:
    for code in ("pass", "async for x in f(): pass", "async with f(): pass"):
        assert "AsyncFunctionDef" in _refusal(f"async def g():\n    {code}\n")


@PEP_695
@allows("TypeAlias", LIMITS)
def test_examples_with_type_statements_are_not_run() -> None:
    assert "TypeAlias" in _refusal("type A = int\n")


@pytest.mark.skipif(sys.version_info < (3, 14), reason="Python before 3.14 cannot parse t-strings")
@allows("Interpolation TemplateStr", LIMITS)
def test_examples_with_t_strings_are_not_run() -> None:
    assert "TemplateStr" in _refusal('t"{f}"\n')


@allows("ImportFrom", "gate.doctest_worker.limits:_own gate.doctest_worker.limits:_pure")
def test_both_forms_of_imports_of_examples_are_read() -> None:
    assert not _refusal("import math\n", "f(math.pi)\n")
    assert not _refusal("from math import pi\n", "from pkg.mod import f as g\n", "g(pi)\n")
    assert _refusal("import os\n")
    assert _refusal("from os import sep\n")


@allows(
    "AnnAssign AugAssign NamedExpr TypeAlias",
    """
    actions.add_docstrings.offline.quotes:Quotes.__init__
    actions.add_docstrings.offline.steady:is_steady
    actions.add_docstrings.offline.uses:_always_made
    actions.add_docstrings.offline.parameters:_if_none
    """,
)
@allows(
    "AugAssign NamedExpr TypeAlias", "actions.add_docstrings.offline.parameters:_values_of_type"
)
def test_docstrings_do_not_use_other_forms_of_assignment() -> None:
    for each in ("b: str = x(**a)", "b += x(**a)", "print(b := x(**a))"):
        assert "a: TODO." in documented(f"def check_it(**a):\n    {each}\n    return 1\n")[0]
    for each in ("b: str = x()", "b += x()", "(b := x())"):
        text = f"def check_it(a):\n    b = 1\n    {each}\n    if b:\n        raise KeyError(a)\n"
        assert "KeyError: TODO." in documented(text)[0]
    for each in ("a += 1", "(a := 1)"):
        text = f"def check_it(a):\n    if a is None:\n        {each}\n    return a\n"
        assert "a: TODO." in documented(text)[0]
        assert "a: TODO." in documented(f"def check_it(a):\n    {each}\n    return a\n")[0]
    text = "(a := Literal[1, 2])\ndef check_it(b: a):\n    return b\n"
    assert "b: TODO." in documented(text)[0]


@allows("TemplateStr", "actions.add_docstrings.offline.raised:message_of")
@allows("Interpolation", "actions.add_docstrings.offline.raised:_part")
def test_a_message_is_text() -> None:
    text = "def check_it(a):\n    for b in a:\n        raise KeyError(f'no {b} here')\n"
    assert 'With the message "no {b} here".' in documented(text)[0]


@allows("Assign AnnAssign AugAssign NamedExpr", "analysis.scopes:_SPECIAL")
def test_every_form_of_assignment_binds_the_target_s_name() -> None:
    scopes = Scopes(ast.parse("a = 1\nb: int = 1\nc += 1\n(d := 1)\n"))
    assert scopes.module.bound.keys() == {"a", "b", "c", "d"}
