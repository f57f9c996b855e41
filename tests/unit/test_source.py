"""A text as the rewrites see it: blanked parts, definitions, differences."""

from __future__ import annotations

import ast
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_expert.actions.menu import offers
from python_expert.analysis.error_recovery import BrokenError, mask
from python_expert.analysis.source import Source, apply_edits
from python_expert.text.differences import differences
from python_expert.text.document import Edit, Position, Range, split_lines

GOOD = "def good(x):\n    return x\n"


@pytest.mark.parametrize(
    "broken",
    [
        "def f(:\n    x = 1\n",
        "x = foo(\n",
        "class A:\n    @decorated\n    def f(self)\n        return 1\n",
        'def f():\n    """half a docstring\n    x = 1\n',
        "try:\n    x = 1\ny = 2\n",
        "def f():\n",
        "if x:\n    a = (\nelse:\n    b = 1\n",
        "for x in y:\n    if x.\n    z = 1\n",
        "        x = 1\n",
        "x = 'abc\n",
        "@\n",
        "import \n",
        "print 'hello'\n",
        "x = 1 +\n",
        "return = 3\n",
        "match x:\n    case\n",
        "with open(x) as\n    pass\n",
        "lambda: (yield\n",
    ],
)
@pytest.mark.parametrize("after", [False, True])
def test_incomplete_code_does_not_hide_the_rest(broken: str, after: bool) -> None:  # noqa: FBT001 - two cases
    text = f"{GOOD}\n\n{broken}" if after else f"{broken}\n\n{GOOD}"
    source = Source.of(text)
    good = source.definition("good")
    assert good is not None
    assert not source.is_masked(good.range)
    assert source.masked
    assert source.slice(good.range) == GOOD.rstrip("\n")


def test_a_text_with_too_many_errors_is_rejected() -> None:
    with pytest.raises(BrokenError, match="line"):
        Source.of("x = (\n" * 60 + GOOD)


def test_a_lone_surrogate_breaks_only_its_own_line() -> None:
    assert Source.of(f"{GOOD}x = '\0'\n{GOOD}").masked == (2,)


PIECES = st.sampled_from(
    [
        *("x = 1\n", "x = (\n", "def f(a):\n", "    return a\n", "class C:\n", "  y = [1,\n"),
        *("\n", "\r\n", "\r", "\f\n", "# note\n", '"""', "'\n", ")\n", "    @d\n", "\tif x:\n"),
        *("é = '😀'\n", "else:\n", "try:\n", "\\\n", "lambda x: x\n", "async def g(): ...\n"),
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@given(TEXTS)
def test_blanking_keeps_the_position_of_every_line(text: str) -> None:
    try:
        code, masked, _ = mask(text)
    except BrokenError:
        return
    ast.parse(code)
    lines, blanked_lines = split_lines(text), split_lines(code)
    assert len(lines) == len(blanked_lines)
    changed = {number for number, line in enumerate(lines) if line != blanked_lines[number]}
    assert changed <= set(masked)


@given(TEXTS, TEXTS)
def test_differences_turn_one_text_into_the_other(before: str, after: str) -> None:
    edits = list(differences(before, after))
    assert apply_edits(before, edits) == after
    assert all(one.range.end <= two.range.start for one, two in pairwise(edits))


def test_differences_keep_the_text_between_them() -> None:
    before = "a = 1\nb = 2\nc = 3\n"
    assert list(differences(before, "a = 10\nb = 2\nc = 30\n")) == [
        Edit(Range(Position(0, 5), Position(0, 5)), "0"),
        Edit(Range(Position(2, 5), Position(2, 5)), "0"),
    ]


def test_definitions_of_the_same_name_have_different_keys() -> None:
    source = Source.of(
        "class A:\n    @property\n    def x(self): ...\n    @x.setter\n    def x(self, v): ...\n"
        "if 1:\n    def f(): ...\nelse:\n    def f():\n        def g(): ...\n"
    )
    assert [each.key for each in source.definitions] == ["A", "A.x", "A.x#2", "f", "f#2", "f.g"]
    assert source.definitions[1].range == Range(Position(1, 4), Position(2, 20))
    assert source.definitions[2].qualname == "A.x"
    assert source.definitions[2].is_method


NESTED = """\
@decorated
class A:
    x = 1

    def f(self):
        def inner():
            return 1

        return inner


def g():
    pass
"""


@pytest.mark.parametrize(
    ("start", "end", "keys"),
    [
        (0, 0, ["A", "A.f", "A.f.inner"]),
        (2, 2, ["A", "A.f", "A.f.inner"]),
        (4, 4, ["A.f"]),
        (6, 6, ["A.f.inner"]),
        (8, 8, ["A.f"]),
        (10, 10, []),
        (4, 12, ["A.f", "A.f.inner", "g"]),
        (7, 8, ["A.f"]),
    ],
)
def test_a_place_selects_the_expected_definitions(start: int, end: int, keys: list[str]) -> None:
    where = Range(Position(start, 0), Position(end, 0))
    if start == end:
        where = Range(Position(start, 4 if start else 0), Position(end, 4 if start else 0))
    assert [each.key for each in Source.of(NESTED).selected(where)] == keys


def test_an_edit_moves_blanked_parts_and_may_not_touch_them() -> None:
    source = Source.of(f"x = ]\n\n\n{GOOD}\n\ny = )\n")
    assert source.masked == (0, 7)
    after = source.with_edits([Edit(Range(Position(4, 0), Position(4, 0)), "    # more\n")])
    assert after.masked == (0, 8)
    assert after.text == f"x = ]\n\n\n{GOOD}\n\ny = )\n".replace("    ret", "    # more\n    ret")
    with pytest.raises(ValueError, match="touches"):
        source.with_edits([Edit(Range(Position(0, 1), Position(0, 2)), "z")])


@pytest.mark.parametrize("line", range(13))
def test_the_menu_is_available_at_any_line(line: int) -> None:
    at = Position(line, 0)
    lines = split_lines(NESTED)
    found = offers(lines, Range(at, at), "")
    assert bool(found) == (line not in (9, 10))


@given(TEXTS, st.integers(0, 20), st.integers(0, 20))
def test_the_menu_accepts_any_text(text: str, one: int, other: int) -> None:
    lines = split_lines(text)
    start, end = sorted((min(one, len(lines) - 1), min(other, len(lines) - 1)))
    offers(lines, Range(Position(start, 0), Position(end, 0)), "x.py")
