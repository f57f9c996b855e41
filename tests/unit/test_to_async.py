"""Convert to async: the effects of a conversion, and what is refused."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_expert.actions.attribution import Attribution, Fault
from python_expert.actions.base import Candidate, Options, Skipped
from python_expert.actions.convert_to_async import ConvertToAsync
from python_expert.actions.convert_to_async.offline import propose, uses_elsewhere
from python_expert.actions.convert_to_async.proof import prove
from python_expert.actions.convert_to_async.proof.report import several
from python_expert.actions.convert_to_async.replacements import OFFERS, REPLACEMENTS, SWAPS
from python_expert.analysis.library import BLOCKING
from python_expert.analysis.scopes import Scope
from python_expert.analysis.source import Source
from python_expert.gate.verdict import Reason, Status
from python_expert.text.document import Position, Range

if TYPE_CHECKING:
    from pathlib import Path

SLOW = "import time\n\n\ndef slow(x=0):\n    time.sleep(0)\n    return x\n\n\n"


def candidate(text: str, packages: tuple[str, ...] = ()) -> tuple[str, Candidate]:
    """Return a text after the offline conversion, and the candidate."""
    source, options = Source.of(text), Options(packages=packages)
    rewrite = ConvertToAsync()
    targets, _ = rewrite.targets(source, None, options)
    facts = dict(propose(source, [each.key for each in targets], options))
    found = rewrite.write(source, facts, options)
    after = source.with_edits(found.edits)
    assert prove(source, after, options).status is not Status.REFUSED
    return after.text, found


def reasons(text: str) -> str:
    """Return why no part of a text is converted."""
    after, found = candidate(text)
    assert after == text
    return "\n".join(each.reason for each in found.left)


REFUSALS = {
    "is passed on as a value": [
        "sorted([1], key=slow)\n",
        "import threading\nthreading.Thread(target=slow).start()\n",
        "import atexit\natexit.register(slow)\n",
        "g = [slow]\n",
        "print(list(map(slow, [1])))\n",
    ],
    "a lambda": ["g = lambda: slow()\n"],
    "a generator expression": ["def g():\n    return sum(slow(i) for i in range(3))\n"],
    "a default value": ["def g(x=slow()):\n    return x\n"],
    "the body of a class": ["class A:\n    x = slow()\n"],
    "called by Python itself": [
        "class A:\n    def __init__(self):\n        slow()\n",
        "class A:\n    def __len__(self):\n        return slow()\n",
    ],
    "called by a test runner": ["def test_a():\n    slow()\n"],
    "Base calls": ["from lib import Base\nclass A(Base):\n    def run(self):\n        slow()\n"],
    "takes a plain function": [
        "import functools\n@functools.singledispatch\ndef g(x):\n    slow()\n",
        "class A:\n    @property\n    def g(self):\n        return slow()\n",
    ],
    "returns a value": ["def g():\n    slow()\n    yield 1\n    return 2\n"],
    "what is sent to it": ["def g():\n    slow()\n    x = yield 1\n    print(x)\n"],
    "RLock belongs to the thread": [
        "import threading\nL = threading.RLock()\ndef g():\n    with L:\n        slow()\n"
    ],
    "an argument that asyncio.Event does not know": [
        "import threading\nE = threading.Event()\ndef g():\n    return [slow], E.wait(1)\n"
    ],
    "of this with statement can wait": [
        (
            "import contextlib\n@contextlib.contextmanager\ndef g():\n    slow()\n    yield\n"
            "def h(x):\n    with g(), x:\n        pass\n"
        )
    ],
    "means something else": ["def g(asyncio):\n    slow()\n"],
    "not certain": [
        "class A:\n    def get(self):\n        return slow()\ndef g(x):\n    return x.get()\n"
    ],
    "is not looped over": [
        "def g():\n    slow()\n    yield 1\ndef h():\n    return next(iter([g()]))\n"
    ],
}


@pytest.mark.parametrize(
    ("reason", "ending"), [(reason, one) for reason, all_ in REFUSALS.items() for one in all_]
)
def test_code_that_cannot_be_async_is_refused_with_the_reason(reason: str, ending: str) -> None:
    assert reason in reasons(SLOW + ending)


def test_a_function_that_cannot_be_converted_does_not_stop_the_others() -> None:
    after, found = candidate(
        SLOW + "sorted([1], key=slow)\n\n\ndef other():\n    time.sleep(1)\n\n\nother()\n"
    )
    assert found.changed == ("other",)
    assert "asyncio.run(other())" in after
    assert "import time\n" in after


STAYS = """import time
import functools


@functools.cache
def table(name):
    time.sleep(1)
    return name


class Reader:
    def __init__(self):
        self.table = table("a")

    @property
    def rows(self):
        return table("b")

    def read(self):
        time.sleep(1)
        return self.rows


def use(reader: Reader):
    print(sorted([1], key=lambda n: table(n)))
    return table("c"), reader.read(), reader.rows
"""


def test_unconverted_functions_are_called_in_a_thread_or_reported_as_blocking() -> None:
    after, found = candidate(STAYS)
    assert found.changed == ("Reader.read", "use")
    assert 'await asyncio.to_thread(table, "c"), await reader.read(), reader.rows' in after
    assert "lambda n: table(n)" in after
    given_reasons = prove(Source.of(STAYS), Source.of(after), Options()).reasons
    assert [each.message for each in given_reasons if "still blocks" in each.message] == [
        "`table(n)` still blocks the event loop",
        "`self.rows` still blocks the event loop",
        "`reader.rows` still blocks the event loop",
    ]
    assert {each.key: each.reason for each in found.left} == {
        "table": "is decorated with functools.cache, which takes a plain function",
        "Reader.__init__": "is called by Python itself, which does not await it",
        "Reader.rows": "is decorated with property, which takes a plain function",
    }


def test_a_decorator_is_named_without_its_arguments() -> None:
    text = SLOW + '@command("one", help="a page of text")\ndef one():\n    slow()\n'
    found = ConvertToAsync().write(Source.of(text), {"one": {"convert": True}}, Options())
    (left,) = found.left
    assert left.text == "one: is decorated with command, which takes a plain function"


def test_of_many_calls_in_a_thread_some_are_named() -> None:
    assert several(["a"]) == "a is"
    assert several(["a", "b"]) == "a, b are"
    assert several([*"abcdefg"]) == "a, b, c, d, e and 2 more are"


def test_a_refusal_names_the_decisive_reason() -> None:
    text = SLOW + "class A:\n    def __init__(self):\n        self.load()\n"
    text += "    def load(self):\n        deep()\ndef deep():\n    slow()\n"
    source = Source.of(text)
    found = ConvertToAsync().write(source, {"slow": {"convert": True}}, Options())
    why = "A.__init__ is called by Python itself, which does not await it"
    assert [each.reason for each in found.left] == [f"its caller deep stays as it is: {why}"]


def test_a_function_that_would_gain_nothing_is_refused() -> None:
    text = "import threading\nE = threading.Event()\ndef f():\n    return E.wait(1)\n"
    [left] = candidate(text)[1].left
    assert left.reason.startswith("nothing would be gained: line 4: E.wait(1) has no counterpart")


def test_callers_run_a_function_without_gain_in_a_thread() -> None:
    text = (
        "def rows(p):\n    for line in open(p):\n        yield line\n\n\nOTHERS = [rows]\n\n\n"
        "def table(p):\n    return ''.join(rows(p))\n\n\n"
        "def shown(p):\n    return table(p) + '.'\n"
    )
    after, found = candidate(text)
    assert "async def shown(p):\n    return await asyncio.to_thread(table, p) + '.'" in after
    reasons = {each.key: each.reason for each in found.left}
    assert reasons["table"].startswith("nothing would be gained: line 10: rows(p) still blocks")


def test_a_conversion_that_the_proof_would_refuse_does_not_stop_the_others() -> None:
    text = SLOW + "class A:\n    def do(self):\n        slow()\n"
    text += "    def go(self):\n        return getattr(self, 'do')()\n"
    after, found = candidate(text + "def other():\n    time.sleep(1)\n")
    assert found.changed == ("other",)
    assert "async def other" in after
    assert {each.key: each.reason for each in found.left} == {
        "A.do": "do is looked up by its name, not awaited",
        "slow": "its caller A.do stays as it is: do is looked up by its name, not awaited",
    }


def test_a_live_object_stays_with_its_statement() -> None:
    text = "import json\nimport time\nclass A:\n    def save(self):\n        with open('a') as f:\n"
    after, _ = candidate(text + "            json.dump(self.items, f)\n")
    assert "json.dump(self.items, f)\n" in after
    assert "await asyncio.to_thread(write)" in after or "await asyncio.to_thread(read)" in after
    # If the block must await, the event loop uses nothing that a thread opens.
    slow = SLOW.removeprefix("import time\n")
    after, _ = candidate(text + "            json.dump(self.items, f)\n            slow()\n" + slow)
    assert "        with open('a') as f:\n            json.dump(self.items, f)\n" in after
    assert "            await slow()\n" in after


def test_an_httpx_client_waits_as_long_as_requests_does() -> None:
    text = "import requests\ndef f(u):\n    with requests.Session() as s:\n        s.get(u)\n"
    after, _ = candidate(text, ("httpx",))
    assert "httpx.AsyncClient(follow_redirects=True, timeout=httpx.Timeout(None))" in after
    other = after.replace("httpx.Timeout(None)", "{}")
    for timeout, right in (("None", True), ("5", False), ("httpx.Timeout(5)", False)):
        verdict = prove(
            Source.of(text), Source.of(other.format(timeout)), Options(packages=("httpx",))
        )
        assert (verdict.status is not Status.REFUSED) is right
    assert "await asyncio.to_thread(run)" in candidate(text)[0]


def test_a_function_that_does_not_block_is_not_converted() -> None:
    source = Source.of("def f():\n    return 1\n")
    targets, left = ConvertToAsync().targets(source, None, Options())
    assert targets == []
    assert left[0].reason.startswith("no blocking call found")
    assert ConvertToAsync().write(source, {"f": {"convert": True}}, Options()).edits == ()


def test_a_stub_has_nothing_to_convert() -> None:
    source = Source.of("def f() -> None: ...\n")
    assert ConvertToAsync().targets(source, None, Options(path="a.pyi"))[0] == []


def test_the_cursor_chooses_the_function() -> None:
    source = Source.of(SLOW + "def other():\n    slow()\n")
    where = Range(Position(9, 2), Position(9, 2))
    targets, _ = ConvertToAsync().targets(source, where, Options())
    assert [each.key for each in targets] == ["other"]
    found = ConvertToAsync().write(source, {"other": {"convert": True}}, Options())
    assert found.changed == ("slow", "other")


def test_the_functions_that_become_async_are_reported() -> None:
    _, found = candidate(SLOW + "def _own():\n    slow()\n")
    assert found.confirm == (
        "These functions become async: _own, slow.",
        "Other files that call slow must await the call.",
    )


def test_the_user_is_told_of_with_blocks_in_other_files() -> None:
    text = (
        "import time\n\n\nclass Lock:\n    def __enter__(self):\n        time.sleep(1)\n\n"
        "    def __exit__(self, *_):\n        pass\n\n\n"
        "def main():\n    with Lock():\n        pass\n"
    )
    _, found = candidate(text)
    assert "Other files that use Lock must replace `with` by `async with`." in found.confirm


def test_a_model_chooses_among_the_offers() -> None:
    source = Source.of(SLOW)
    facts = {
        "slow": {
            "convert": True,
            "calls": [{"line": 1, "column": 4, "replacement": "asyncio.to_thread"}],
        }
    }
    found = ConvertToAsync().write(source, facts, Options())
    assert "await asyncio.to_thread(time.sleep, 0)" in source.with_edits(found.edits).text
    assert found.left == ()


@pytest.mark.parametrize(
    "fact",
    [
        None,
        3,
        {"convert": "perhaps"},
        {"convert": True, "calls": [{"line": 0}]},
        {"convert": True, "calls": [{"line": 1, "column": 4, "replacement": "os.system"}]},
        {"convert": True, "calls": [{"line": -1, "column": 9, "replacement": "asyncio.sleep"}]},
        {"convert": True, "code": "import os"},
    ],
)
def test_an_invalid_proposal_is_left_out_with_a_reason(fact: Any) -> None:  # noqa: ANN401 - any value
    source = Source.of(SLOW)
    found = ConvertToAsync().write(source, {"slow": fact, "gone": fact}, Options())
    assert {each.key for each in found.left} == {"slow", "gone"}
    assert "os.system" not in source.with_edits(found.edits).text


def test_broken_statements_outside_the_function_are_unchanged() -> None:
    broken = "def half(:\n    slow(\n"
    after, found = candidate(SLOW + broken)
    assert found.changed == ("slow",)
    assert after.endswith(broken)
    assert "import time" not in after  # otherwise ruff would report it as unused
    after, _ = candidate(SLOW + "def half(:\n    time.sleep(1)\n")
    assert "import time" in after
    after, found = candidate("import (\n" + SLOW)
    assert "import (\n" in after
    assert found.changed == ("slow",) or found.left


def test_no_part_of_an_indivisible_expression_is_moved() -> None:
    facts = {"slow": {"convert": True}}
    assert ConvertToAsync().attribute(Source.of(SLOW), facts, [], 5).facts is facts
    assert ConvertToAsync.whole


FILES = "def f():\n    with open('a') as g:\n        for line in g:\n            print(line)\n"


@pytest.mark.parametrize(
    ("packages", "expected"),
    [
        (("aiofiles",), "async with aiofiles.open('a') as g:\n        async for line in g:"),
        (("anyio",), "async with await anyio.open_file('a') as g:\n        async for line in g:"),
        (
            (),
            (
                "    def read():\n        with open('a') as g:\n            for line in g:\n"
                "                print(line)\n\n    await asyncio.to_thread(read)\n"
            ),
        ),
    ],
)
def test_files_are_read_with_the_installed_package(
    packages: tuple[str, ...], expected: str
) -> None:
    assert expected in candidate(FILES, packages)[0]


@pytest.mark.parametrize(
    ("imports", "expected"),
    [
        ("import time\n", "import asyncio\n"),
        ("import abc\nimport time\n", "import abc\nimport asyncio\n"),
        ("from time import sleep, time\n", "import asyncio\nfrom time import time\n"),
        ("import time as t\n", "import asyncio\n"),
        ("import os, time\n", "import asyncio\nimport os\n"),
        ("'''Doc.'''\nimport time\n", "'''Doc.'''\nimport asyncio\n"),
        ("import lib\n\nimport time\n", "import asyncio\n\nimport lib\n\n"),
    ],
)
def test_imports_are_kept_in_order(imports: str, expected: str) -> None:
    sleep = "sleep" if "sleep" in imports else "t.sleep" if " as t" in imports else "time.sleep"
    used = "print(time())\n" if "from time" in imports else ""
    after, _ = candidate(f"{imports}\n\ndef f():\n    {sleep}(1)\n\n\n{used}")
    assert after.startswith(expected), after
    assert "\n\n\nasync def f" in after or "\n\nasync def f" in after


def test_users_in_other_files_are_found(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    (tmp_path / "user.py").write_text("from slow import slow\n\nprint(slow())\n")
    options = Options(path=str(tmp_path / "slow.py"), root=str(tmp_path))
    found = uses_elsewhere(Source.of(SLOW), ["slow"], options)
    assert found == [Reason("user.py:3 uses slow and does not await it", 3, "slow")]
    assert uses_elsewhere(Source.of(SLOW), ["slow"], Options()) == []
    (tmp_path / "user.py").write_text("from slow import slow\n\nprint(slow())\nslow(1), slow(2)\n")
    (tmp_path / "also.py").write_text("import slow\n\nslow.slow()\n")
    [given_reasons] = uses_elsewhere(Source.of(SLOW), ["slow"], options)
    assert given_reasons.message == "also.py:3 and 2 other places use slow and do not await it"


def test_a_file_read_where_it_is_opened_is_not_opened_in_a_thread() -> None:
    for read in (
        "for line in open(p): print(line)",
        "print([x for x in open(p)])",
        "list(open(p))",
    ):
        text = f"def f(p):\n    {read}\n"
        assert "the event loop would read what a thread opened" in reasons(text)
    text = "import json\n\n\ndef f(p):\n    return json.load(open(p))\n"
    assert (
        "await asyncio.to_thread(json.load, await asyncio.to_thread(open, p))" in candidate(text)[0]
    )


CACHED = """import time
from functools import cache


class Client:
    @cache
    def rows(self, name, *, most=3) -> list[str]:
        # One page is enough.
        time.sleep(1)
        return [name] * most

    def forget(self):
        time.sleep(0)
        self.rows.cache_clear()
"""


def test_the_coroutine_gets_the_docstring_of_the_cached_function() -> None:
    text = CACHED.replace(
        "        # One page",
        '        """Fetch rows.\n\n        All.\n        """\n\n        # One page',
    )
    after = candidate(text)[0]
    assert (
        '''    def _rows_cached(self, name, *, most=3) -> list[str]:
        # One page is enough.
        time.sleep(1)
        return [name] * most

    async def rows(self, name, *, most=3) -> list[str]:
        """Fetch rows.

        All.
        """
        return await asyncio.to_thread(self._rows_cached, name, most=most)
'''
        in after
    )
    beside = CACHED.replace("        # One page", '        "Fetch."  # One page')
    assert '        "Fetch."  # One page' in candidate(beside)[0]


def test_a_cached_function_is_split_into_coroutine_and_thread() -> None:
    after, found = candidate(CACHED)
    assert found.changed == ("Client.rows", "Client.forget")
    assert (
        """    @cache
    def _rows_cached(self, name, *, most=3) -> list[str]:
        # One page is enough.
        time.sleep(1)
        return [name] * most

    async def rows(self, name, *, most=3) -> list[str]:
        return await asyncio.to_thread(self._rows_cached, name, most=most)

    async def forget(self):
        await asyncio.sleep(0)
        self._rows_cached.cache_clear()
"""
        in after
    )


@pytest.mark.parametrize(
    "change",
    [
        ("most=3)", "most=[])"),
        ("def rows", "def _rows_cached(self): ...\n    def rows"),
        ("self.rows.cache_clear()", "self.rows(1)"),
        ("# One page", "# One_page"),
    ],
)
def test_a_cached_function_is_not_split_if_its_name_is_used(
    change: tuple[str, str],
) -> None:
    after, found = candidate(CACHED.replace(*change))
    assert ("async def rows" in after) is ("Client.rows" in found.changed) is ("One_" in change[1])


def test_an_import_that_only_a_docstring_mentions_is_removed() -> None:
    text = 'import time\n\n\ndef f():\n    """Wait some time."""\n    time.sleep(1)\n'
    assert "import time" not in candidate(text)[0]
    example = text.replace("Wait some time.", "Wait.\n\n    >>> time.sleep(0)\n    ")
    assert "import time" in candidate(example)[0]


def test_functions_with_findings_stay_and_the_rest_is_converted() -> None:
    text = (
        f"{SLOW}def one():\n    time.sleep(1)\n\n\ndef two():\n    one()\n\n\n"
        "def three():\n    slow()\n"
    )
    rewrite, options = ConvertToAsync(), Options()
    source = Source.of(text)
    facts = dict(propose(source, ["slow", "one", "two", "three"], options))
    after = source.with_edits(rewrite.write(source, facts, options).edits)
    where = after.definition("two").range  # type: ignore[union-attr]
    other = "from slow import slow\n\n\ndef use():\n    x = sorted(slow())\n    return x\n"
    at = Range(Position(4, 8), Position(4, 20))
    here = Fault("mypy", "misc", "no", where)
    there = Fault("mypy", "call-overload", "no", None, other, at)
    assert set(rewrite.attribute(after, facts, [here], 5).causes) == {"two"}
    assert set(rewrite.attribute(after, facts, [there], 5).causes) == {"slow"}
    fewer, causes, _ = rewrite.attribute(after, facts, [here, there], 5)
    assert causes == {"two": (0,), "slow": (1,)}
    again = rewrite.write(source, fewer, options)
    assert again.changed == ("three",)
    reasons = {each.key: each.reason for each in again.left}
    assert reasons["one"] == "its caller two stays as it is: mypy would find: no [misc]"
    nowhere = Fault("ruff", "F401", "no", Range(Position(0, 0), Position(0, 1)))
    assert rewrite.attribute(after, facts, [nowhere], 5) == Attribution(facts, {})


def test_every_offer_is_in_the_table() -> None:
    assert {each for offers in OFFERS.values() for each in offers} <= set(REPLACEMENTS)
    assert {each.replacement for swaps in SWAPS.values() for each in swaps} <= set(REPLACEMENTS)


def test_there_is_an_offer_for_every_call_that_is_known_to_block() -> None:
    assert OFFERS.keys() == BLOCKING


_AROUND = [
    "x  =  1   # odd",
    "y = 'a' \"b\"",
    "def quiet( a,b = 2 ):  return a",
    "class K :\n\tz = 3",
    "if x :\n\tpass\n# é \U0001f600",
    "\f",
    "# one line\u2028all the same",
    "s = '''\n  time.sleep(1)\n'''",
]


@given(
    st.lists(st.sampled_from(_AROUND), max_size=5),
    st.lists(st.sampled_from(_AROUND), max_size=5),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["    ", "\t", "  "]),
)
def test_the_text_around_is_kept_byte_for_byte(
    above: list[str], below: list[str], newline: str, indent: str
) -> None:
    head, tail = "\n".join(["import time", *above, ""]), "\n".join(["", *below])
    function = f"def f( x ):  # keep\n{indent}time.sleep( x )\n{indent}return  x"
    text = (head + function + tail).replace("\n", newline)
    after, found = candidate(text)
    assert found.changed == ("f",)
    expected = "\n".join(["import asyncio", *above, ""])
    expected += f"async def f( x ):  # keep\n{indent}await asyncio.sleep( x )\n{indent}return  x"
    expected = (expected + tail).replace("\n", newline)
    expected_text = expected.replace(
        "import asyncio", "import asyncio" + newline + "import time", 1
    )
    assert after in {expected, expected_text}


def test_the_proof_detects_an_error_of_the_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Source.of("import time\n\ndef f(x):\n    time.sleep(x)\n    return x\n")
    after = Source.of(
        "import asyncio\n\nasync def f(x):\n    await asyncio.sleep(x)\n    return x\n"
    )
    assert prove(before, after, Options()).status is Status.ACCEPTED
    find = Scope.find

    def faulty(scope: Scope, name: str, *, sees_class: bool = True) -> Scope | None:
        return scope.outer if name == "x" else find(scope, name, sees_class=sees_class)

    monkeypatch.setattr(Scope, "find", faulty)
    verdict = prove(before, after, Options())
    assert verdict.status is Status.CONFIRM
    assert {each.message for each in verdict.reasons} == {
        "Python binds x in another scope than this proof assumes"
    }


def test_overloads_follow_the_function_and_are_named_once() -> None:
    text = """\
import time
from typing import overload

@overload
def f(x: int) -> int: ...
@overload
def f(x: str) -> str: ...
def f(x):
    time.sleep(1)
    return x
"""
    after, found = candidate(text)
    assert after.count("async def f") == 3
    assert found.left == ()
    assert found.confirm[0] == "These functions become async: f."
    stub = Range(Position(4, 5), Position(4, 5))
    targets, _ = ConvertToAsync().targets(Source.of(text), stub, Options())
    assert [each.key for each in targets] == ["f#3"]
    assert Skipped("f#3", "why").text == "f: why"


def test_callers_of_a_special_method_are_reported() -> None:
    for name, who in (
        ("__len__", "Python itself"),
        ("__rich_console__", "a library by its special name"),
    ):
        text = f"import time\nclass A:\n    def {name}(self):\n        time.sleep(1)\n"
        assert f"is called by {who}, which does not await it" in reasons(text)


KEPT = """import time
import functools
import os
import sqlite3


def slow(n):
    time.sleep(0)
    return n


part = functools.partial(slow, 3)


class A:
    def __init__(self, n):
        time.sleep(n)

    @classmethod
    def make(cls, n):
        return cls(n)


def rows():
    return sqlite3.connect("a").execute("b")


def f(p):
    time.sleep(0)
    print([*map(slow, p)], part(), A.make(1), rows(), [*os.walk(p)])
    try:
        with open(p, "w") as g:
            n = g.write("x")
    except OSError:
        return 0
    return n
"""


def test_blocking_aliases_and_loops_are_reported() -> None:
    after, _ = candidate(KEPT)
    given_reasons = prove(Source.of(KEPT), Source.of(after), Options()).reasons
    assert {
        each.message for each in given_reasons if each.message.endswith("blocks the event loop")
    } == {
        f"{each} still blocks the event loop"
        for each in (
            "`map(slow, p)`",
            "`part()`",
            "`A.make(1)`",
            "`rows()`",
            "`os.walk(p)`",
            "closing `open(p, 'w')`",
        )
    }


def test_a_call_in_an_f_string_stays_if_its_place_is_unknown() -> None:
    text = "import os, time\ndef f(p):\n    time.sleep(0)\n    return f'{os.path.exists(p)}'\n"
    after, _ = candidate(text)
    assert "await asyncio.sleep(0)" in after
    moved = sys.version_info >= (3, 12)
    assert ("to_thread" in after) is moved
    given_reasons = prove(Source.of(text), Source.of(after), Options()).reasons
    blocks = any(each.message.endswith("still blocks the event loop") for each in given_reasons)
    assert blocks is not moved
