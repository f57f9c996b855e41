"""Bandit visits only the changed statements, and finds the same as in the whole text."""

from __future__ import annotations

import ast
import importlib
import io
import itertools
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_expert.tools.bandit.bandit_worker.serve import ConfiguredBandit
from python_expert.tools.bandit.bandit_worker.visitor import Visitor, comments_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.tools.bandit.bandit_worker.visitor import Comments, Raw
# The library with which bandit loads its plugins emits a warning.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

Json = dict[str, Any]

PIECES = (
    "import pickle\n",
    "import subprocess as sp\n",
    "from subprocess import call, Popen as call\n",
    "from yaml import load\n",
    "import os; import telnetlib\n",
    "password = 'hunter2'\n",
    "x = (  # nosec\n    'token',\n)\npassword = 'hunter2'  # nosec B105\n",
    "'a string'\n# nosec\n\n",
    "def f(p='/tmp/x'):\n    import yaml\n    yaml.load(p)\n    call(p, shell=True)\n",
    "async def g(p):\n    sp.Popen(p, shell=True)  # nosec B602\n    assert p\n",
    "@decorated\ndef h(sql):\n    return 'select * from t where x = ' + sql\n",
    "class A(pickle.Unpickler):  # nosec\n    secret = 'abc'\n    # nosec\n\n",
    "class B:\n    def load(self):\n        return pickle.loads(self)\n    class I: import dill\n",
    "class C: password = 'abc'\n",
    "class D(\n    object,\n):\n    @staticmethod\n    def run(cmd):\n        os.system(cmd)\n",
    "if x:\n    eval(x)\nelse:\n    exec(x)\n",
    "try:\n    x()\nexcept Exception:\n    pass\n",
    "# bidi: \u202e\n",
    "x = \\\n  eval(x)\n",
    "from django.utils.safestring import mark_safe\n",
    "def m(a):\n    return mark_safe(a)\n",
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=7), min_size=2, max_size=4))
def test_a_changed_text_has_the_same_findings_as_a_new_text(texts: list[list[str]]) -> None:
    bandit = ConfiguredBandit(None, [])
    for parts in texts:
        text = "".join(parts)
        found = bandit.check("x.py", text)
        assert found == findings_from_scratch(text)
        assert Counter(each["code"] for each in found["findings"]) == by_bandit(text)


LINES = (
    "",
    "# nosec",
    "x = 1; eval(x)",
    "eval(x) \\",
    "  + exec(x)",
    "if x: \\",
    "    eval(x)",
    "else:",
    "@decorated",
    "def f(): eval(x)",
    "class A:",
    "    password = 'abc'",
    "'''",
    "x = (",
    ")",
    "# \\",
    "pass",
    "from pickle import loads",
    "loads(x)  # nosec",
)
edits = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 3), st.lists(st.sampled_from(LINES), max_size=2)),
    min_size=1,
    max_size=8,
)
"""Edits: the first line, the number of lines that are replaced, and the new lines."""


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=7), edits)
def test_any_edit_leaves_the_findings_of_the_whole_text(
    parts: list[str], changes: list[tuple[int, int, list[str]]]
) -> None:
    bandit = ConfiguredBandit(None, [])
    lines = "".join(parts).split("\n")
    bandit.check("x.py", "\n".join(lines))
    for line, count, new in changes:
        lines[line : line + count] = new
        text = "\n".join(lines)
        assert bandit.check("x.py", text) == findings_from_scratch(text)


def test_only_the_statement_that_changed_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    parse = ast.parse

    def recorded(*given: object) -> object:
        # Bandit also passes trees to the parser.
        parsed.extend(each for each in given if isinstance(each, str))
        return parse(*given)  # type: ignore[call-overload]  # it gets what Python's own gets

    bandit = ConfiguredBandit(None, [])
    functions = [f"def f{number}(p):\n    eval(p)\n\n" for number in range(5)]
    with monkeypatch.context() as patched:
        patched.setattr(ast, "parse", recorded)
        bandit.check("x.py", "".join(functions))
        parsed.clear()

        functions[2] = functions[2].replace("eval", "exec")
        found = bandit.check("x.py", "".join(functions))["findings"]

    assert [each.strip().split("\n") for each in parsed] == [
        ["def f2(p):", "    exec(p)", "", "pass"]
    ]
    assert [each["line"] for each in found] == [1, 4, 7, 10, 13]


numbers = itertools.count()


@cache
def second_bandit() -> ConfiguredBandit:
    return ConfiguredBandit(None, [])


def findings_from_scratch(text: str) -> Json:
    """Return the findings in a text of a bandit process that has not seen any of it."""
    return second_bandit().check(f"{next(numbers)}.py", text)


@cache
def bandit_tests() -> Any:  # noqa: ANN401 - bandit has no types
    """Return bandit's own tests, in its default configuration."""
    config = importlib.import_module("bandit.core.config").BanditConfig()
    return importlib.import_module("bandit.core.test_set").BanditTestSet(config, {})


@cache
def by_bandit(text: str) -> Counter[str]:
    """Count the findings of bandit's own visitor, by code."""
    core = {
        name: importlib.import_module(f"bandit.core.{name}") for name in ("metrics", "node_visitor")
    }
    tests = bandit_tests()
    metrics = core["metrics"].Metrics()
    metrics.begin("./x.py")
    file = io.BytesIO(text.encode())
    visitor = core["node_visitor"].BanditNodeVisitor(
        "./x.py", file, None, tests, debug=False, nosec_lines=comments_of(text), metrics=metrics
    )
    visitor.process(text)
    return Counter(each.test_id for each in visitor.tester.results)


def test_only_the_method_that_changed_is_visited(monkeypatch: pytest.MonkeyPatch) -> None:
    visited: list[str] = []
    visit = Visitor.visit

    def recorded(self: Visitor, nodes: Sequence[ast.stmt], comments: Comments) -> list[Raw]:
        visited.extend(getattr(each, "name", "") for each in nodes)
        return visit(self, nodes, comments)

    bandit = ConfiguredBandit(None, [])
    text = "import os\n\nclass A:\n" + "".join(
        f"    def m{number}(self, p):\n        os.system(p)\n\n" for number in range(5)
    )
    monkeypatch.setattr(Visitor, "visit", recorded)
    before = bandit.check("x.py", text)["findings"]
    visited.clear()

    after = bandit.check(
        "x.py", text.replace("def m1(self, p):", "def m1(self, p):\n        x = p")
    )

    assert visited == ["m1"]
    assert [each["line"] for each in before if each["code"] == "B605"] == [4, 7, 10, 13, 16]
    assert [each["line"] for each in after["findings"] if each["code"] == "B605"] == [
        4,
        8,
        11,
        14,
        17,
    ]


def test_a_new_import_affects_all_statements_below() -> None:
    bandit = ConfiguredBandit(None, [])
    text = "\n\ndef f(p):\n    return loads(p)\n"

    before = bandit.check("x.py", text)["findings"]
    after = bandit.check("x.py", "from pickle import loads\n" + text)["findings"]

    assert before == []
    assert [each["code"] for each in after] == ["B403", "B301"]
