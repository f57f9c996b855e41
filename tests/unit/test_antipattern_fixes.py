"""Quick fixes for our own rules: the exact result, and the same behaviour."""

from __future__ import annotations

import itertools
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.own_rules import fixed

# PE001


def test_pe001_fix_keeps_comments() -> None:
    assert fixed(
        """\
        def f(xs):
            s = ""  # begins
            for x in xs:  # each
                # why
                s += f"{x}"  # add
                if x:
                    s += (
                        "a"  # first
                        "b"
                    )
            # end
            return s  # all
        """
    ) == dedent(
        """\
        def f(xs):
            s_parts: list[str] = []  # begins
            for x in xs:  # each
                # why
                s_parts.append(f"{x}")  # add
                if x:
                    s_parts.append((
                        "a"  # first
                        "b"
                    ))
            # end
            return "".join(s_parts)  # all
        """
    )


def test_pe001_fix_keeps_the_statements_between() -> None:
    assert fixed(
        """\
        def f(xs):
            s = "<"
            s += f"{xs[0]}"
            for x in xs: s += str(x)
            return s + ">"
        """
    ) == dedent(
        """\
        def f(xs):
            s = "<"
            s += f"{xs[0]}"
            s_parts = [s]
            for x in xs: s_parts.append(str(x))
            s = "".join(s_parts)
            return s + ">"
        """
    )


@pytest.mark.parametrize(
    "text",
    [
        "def f(xs):\n    s = ''\n    for x in xs:\n        s += x\n    return s\n",
        (
            "def f(xs):\n    try:\n        s = ''\n        for x in xs:\n            s += str(x)\n"
            "    except E:\n        print(s)\n"
        ),
        "def f(xs, c):\n    s = ''\n    for x in xs:\n        s += 'a' + c\n    return s\n",
        (  # the appended name is of another scope and can have any value
            "def f(xs):\n    def g(): c = 'a'\n    s = ''\n    for x in xs:\n        s += c\n"
            "c = unknown\n"
        ),
        (
            "c = 'a'\ndef g():\n    global c\n    c = h()\n"
            "def f(xs):\n    s = ''\n    for x in xs:\n        s += c\n"
        ),
        "def f(xs):\n    s = ''\n    s += xs[0]\n    for x in xs:\n        s += str(x)\n",
        "def f(xs):\n    s = ''\n    for x in xs:\n        s += str(x)\n    return locals()\n",
        "def str(x): return x\ndef f(xs):\n    s = ''\n    for x in xs:\n        s += str(x)\n",
    ],
)
def test_pe001_fix_is_refused_where_the_meaning_may_change(text: str) -> None:
    assert fixed(text) is None


@pytest.mark.parametrize(
    ("parameter", "outside", "name"),
    [
        ("t", "s_parts = 1", "s_parts"),
        ("s_parts", "", "s_parts_2"),
        ("t=s_parts, u=s_parts_2", "s_parts = s_parts_2 = 1", "s_parts_3"),
    ],
)
def test_pe001_fix_uses_a_name_that_is_free_in_the_function(
    parameter: str, outside: str, name: str
) -> None:
    text = (
        f"{outside}\ndef f(xs, {parameter}):\n    s = ''\n    for x in xs:\n"
        "        s += str(x)\n    return s\n"
    )
    after = fixed(text)
    assert after
    assert f'return "".join({name})\n' in after


def test_pe001_fixes_join_the_strings_of_two_loops() -> None:
    text = (
        "def f(xs):\n    s = '<'\n    for x in xs:\n        s += str(x)\n"
        "    for x in xs:\n        s += repr(x)\n    return s\n"
    )
    once = fixed(text, leaves=1)
    assert once
    assert once.count("s += ") == 1
    twice = fixed(once)
    assert twice
    assert run(text, [1, "a"]) == run(once, [1, "a"]) == run(twice, [1, "a"])


@given(st.lists(st.text(max_size=3), max_size=4), st.sampled_from(["", "a", "'\\\"", "é\n"]))
def test_pe001_fix_builds_the_same_string(xs: list[str], start: str) -> None:
    text = (
        f"def f(xs):\n    s = {start!r}\n    for x in xs:\n        s += f'<{{x}}>' if x else '-'\n"
        "        s += str(len(x)) + ','\n    return s\n"
    )
    after = fixed(text)
    assert after
    assert run(after, xs) == run(text, xs)


def run(text: str, *args: Any) -> Any:  # noqa: ANN401 - of any program
    """Return what the function ``f`` of a program returns or raises, and what it logs."""
    log: list[object] = []
    space: dict[str, Any] = {"log": log.append}
    exec(text, space)  # noqa: S102 - programs of the tests
    try:
        result = space["f"](*args)
        return [*result] if hasattr(result, "__next__") else result, log
    except (TypeError, ValueError) as error:
        return repr(error), log


@pytest.mark.parametrize(
    ("part", "setup"),
    [
        ("CHARACTERS[x]", "import string\nCHARACTERS = string.ascii_letters + string.digits\n"),
        ("str(x).rjust(3)", ""),
        ("'%s,' % x", ""),
        ("mark", "mark = '-'\nmark = mark + '>'\n"),
    ],
)
def test_pe001_fix_recognises_strings_by_their_expressions(part: str, setup: str) -> None:
    text = f"{setup}def f(xs):\n    s = ''\n    for x in xs:\n        s += {part}\n    return s\n"
    after = fixed(text)
    assert after
    assert "join" in after
    assert run(after, [1, 2]) == run(text, [1, 2])


# PE002


def test_pe002_fix_keeps_comments() -> None:
    assert fixed(
        """\
        def f(p):
            file = open(p, encoding="utf-8")  # why

            try:
                # first
                return file.read()  # all
            finally:
                file.close()
        """
    ) == dedent(
        """\
        def f(p):
            with open(p, encoding="utf-8") as file:  # why
                # first
                return file.read()  # all
        """
    )


def test_pe002_fix_for_a_lock() -> None:
    text = """\
        import asyncio
        lock = asyncio.Lock()
        async def f():
            await lock.acquire()
            try:
                g()
            finally: lock.release()
            h()
        """
    assert fixed(text) == dedent(
        """\
        import asyncio
        lock = asyncio.Lock()
        async def f():
            async with lock:
                g()
            h()
        """
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("finally:", "finally:  # close it"),
        ("f.close()", "f.close()  # close it"),
        ("try:", "# try\ntry:"),
        ("try:", "try:  # it"),
        ("    g(f)", "    g(f)\n# done"),
        ("f = open(p)", "a = 1; f = open(p)"),
        ("f = open(p)", "f = (open(p))"),
        ("    g(f)", "    g(f); h()\\\n        ;"),
    ],
)
def test_pe002_fix_is_refused(old: str, new: str) -> None:
    text = "f = open(p)\ntry:\n    g(f)\nfinally:\n    f.close()\n"
    assert fixed(text) == "with open(p) as f:\n    g(f)\n"
    changed = text.replace(old, new)
    assert changed != text
    after = fixed(changed)
    assert after is None or new.endswith(";")


# PE003

NEST = """\
def f(a, b, c):
    log("begins")
    if {0}:  # first
        log("a")

        # second
        if {1}:
            log("b")
            if {2}:
                log((
            "c"))
                return 1
"""
ELSE = """\
def f(a, b, c):
    for x in (a, b, c, 0, 1):
        if {0}:
            if {1}:
                if {2}:
                    yield (x, "c")
                else:
                    yield "never"
                    continue
            else:
                raise ValueError(x)
        else:
            continue
    log("ends")
"""
LOOP = """\
def f(a, b, c):
    for x in (a, b, c, 0, 1):
        if {0}:
            log(x)
            if {1}:
                log("b")
                if {2}:
                    log("c")
                    log("d")
                else:
                    break
            else:
                raise ValueError(x)
    else:
        log("ends")
    return c
"""
TESTS = ["a", "not a", "a is None", "a in [1, 2]", "a == 1", "a and b", "(a or b)", "a if b else c"]
TESTS += [
    "not (a or b)",
    "not a in [1]",
    "(not a)",
    "not (a is b)",
    "(y := a)",
    "lambda: a",
    "[*range(c or 0)]",
    "a < 2 < 3",
]


@pytest.mark.parametrize("program", [NEST, LOOP])
@given(st.data())
@settings(max_examples=25)
def test_pe003_fix_has_the_same_effect(program: str, data: st.DataObject) -> None:
    tests = [data.draw(st.sampled_from(TESTS)) for _ in range(3)]
    text = program.format(*tests)
    after = fixed(text)
    assert after
    assert "# first" in after or "# first" not in text
    for values in itertools.product([0, 1, None], repeat=3):
        assert run(after, *values) == run(text, *values)


def test_pe003_fix_moves_the_bodies() -> None:
    assert fixed(NEST.format("a is None", "b == 1", "not c")) == dedent(
        """\
        def f(a, b, c):
            log("begins")
            if a is not None:  # first
                return None
            log("a")

            # second
            if not (b == 1):
                return None
            log("b")
            if c:
                return None
            log((
                    "c"))
            return 1
        """
    )


@pytest.mark.parametrize(
    ("test", "inverse"),
    [
        ("(a in b)", "a not in b"),
        ("a in (b)", "a not in (b)"),
        ("(a) is not  (b)", "(a) is  (b)"),
        ("not (a in b)", "a in b"),
        ("not (a or b)", "a or b"),
        ("(not a)", "a"),
        ("not (yield)", "(yield)"),
        ("len(a) == 1", "len(a) != 1"),
        ("len(a) != len(b)", "len(a) == len(b)"),
        ("a == 1", "not (a == 1)"),
        ("len(a) < 1", "not (len(a) < 1)"),
    ],
)
def test_pe003_fix_writes_the_inverse_operator_where_it_is_exact(test: str, inverse: str) -> None:
    after = fixed(NEST.format(test, "b", "c"))
    assert after
    assert f"    if {inverse}:  # first\n" in after


def test_pe003_fix_keeps_not_where_a_name_is_not_the_builtin() -> None:
    after = fixed("def len(x): return x\n" + NEST.format("len(a) == 1", "b", "c"))
    assert after
    assert "if not (len(a) == 1):" in after


@pytest.mark.parametrize(
    "text",
    [
        NEST.format("a", "b", "c").replace('"a"', '"""a\n        b"""'),
        NEST.format("a", "b", "c").replace('log("a")', "x = \\\n            1"),
        NEST.format("a", "(b and\n            c)", "c"),
        LOOP.format("a", "b", "c").replace("break", "break  # why"),
        LOOP.format("a", "b", "c").replace("raise ValueError(x)", "raise ValueError(\n    x)"),
    ],
)
def test_pe003_fix_is_refused(text: str) -> None:
    assert fixed(text) is None


# PE004


def test_pe004_fix_imports_the_class() -> None:
    text = '"""Doc."""\n\nimport os\n\nok = os.status_code == 404  # gone\n'
    assert fixed(text) == (
        '"""Doc."""\n\nimport os\nfrom http import HTTPStatus\n\n'
        "ok = os.status_code == HTTPStatus.NOT_FOUND  # gone\n"
    )
    again = "from http import HTTPStatus\n\nok = x.status_code in (200, HTTPStatus.CREATED)\n"
    assert fixed(again) == again.replace("200", "HTTPStatus.OK")


@pytest.mark.parametrize(
    "text",
    [
        "HTTPStatus = 3\nok = x.status_code == 200\n",
        "ok = x.status_code == 200\nfrom http import HTTPStatus\n",
        "from own import HTTPStatus\nok = x.status_code == 200\n",
    ],
)
def test_pe004_fix_is_refused(text: str) -> None:
    assert fixed(text) is None
