"""How later edits move ranges."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from python_expert.text.columns import Encoding
from python_expert.text.document import Document, Edit, Position, Range
from python_expert.text.rebase import rebase
from tests.unit.hard_text import URI, edits, offset, positions, texts


def span(start: tuple[int, int], end: tuple[int, int]) -> Range:
    """Return a range from line and column to line and column."""
    return Range(Position(*start), Position(*end))


def carry_by_offsets(start: int, end: int, edit: tuple[int, int, str]) -> tuple[int, int] | None:
    """Return the result of ``carry``, computed by offsets."""
    first, last, text = edit
    growth = len(text) - (last - first)
    if last <= start:
        return start + growth, end + growth
    if first > end or (first == end and start != end):
        return start, end
    if start < first and last < end:
        return start, end + growth
    return None


@given(texts, edits, st.data())
def test_a_range_keeps_its_place(
    text: str, content_changes: list[dict[str, Any]], data: st.DataObject
) -> None:
    document = Document.of(URI, 1, text)
    ends = st.sampled_from(positions(text))
    where: Range | None = Range(*sorted(data.draw(st.tuples(ends, ends))))
    for version, change in enumerate(content_changes, start=2):
        assert where is not None
        after = document.change(version, [change], Encoding.UTF16)
        [edit] = after.edits_since(document.version) or ()
        start, end = (offset(document.text, position) for position in where)
        first, last = (offset(document.text, position) for position in edit.range)
        expected = carry_by_offsets(start, end, (first, last, edit.text))

        where = rebase(where, [edit])
        if where is None:
            assert expected is None
            return
        assert set(where) <= set(positions(after.text))
        assert tuple(offset(after.text, position) for position in where) == expected
        document = after


@given(texts, edits, st.data())
def test_the_text_of_an_untouched_range_is_unchanged(
    text: str, content_changes: list[dict[str, Any]], data: st.DataObject
) -> None:
    before = Document.of(URI, 1, text)
    ends = st.sampled_from(positions(text))
    where = Range(*sorted(data.draw(st.tuples(ends, ends))))
    after = before.change(2, content_changes[:1], Encoding.UTF16)
    [edit] = after.edits_since(1) or ()
    assume(edit.range.end <= where.start or edit.range.start >= where.end)
    carried = rebase(where, [edit])
    # An edit that starts at an empty range removes it.
    assume(carried is not None or where.start != where.end)
    assert carried is not None
    assert after.slice(carried) == before.slice(where)


@given(texts, edits, st.data())
def test_a_list_of_edits_is_carried_over_one_by_one(
    text: str, content_changes: list[dict[str, Any]], data: st.DataObject
) -> None:
    ends = st.sampled_from(positions(text))
    where = Range(*sorted(data.draw(st.tuples(ends, ends))))
    after = Document.of(URI, 1, text).change(2, content_changes, Encoding.UTF16)
    steps = after.edits_since(1) or ()

    carried: Range | None = where
    for edit in steps:
        carried = carried and rebase(carried, [edit])
    assert rebase(where, steps) == carried
    assert rebase(where, []) == where


WORD = span((2, 4), (2, 8))
LINES = span((1, 2), (3, 2))


@pytest.mark.parametrize(
    ("where", "edit", "carried"),
    [
        # Before: on another line, on the same line, up to the start.
        (WORD, Edit(span((0, 0), (0, 0)), "x"), WORD),
        (WORD, Edit(span((0, 0), (0, 0)), "x\ny\r\nz\r"), span((5, 4), (5, 8))),
        (WORD, Edit(span((0, 3), (1, 2)), ""), span((1, 4), (1, 8))),
        (WORD, Edit(span((2, 0), (2, 2)), "xyz"), span((2, 5), (2, 9))),
        (WORD, Edit(span((2, 0), (2, 4)), ""), span((2, 0), (2, 4))),
        (WORD, Edit(span((2, 4), (2, 4)), "x"), span((2, 5), (2, 9))),
        (WORD, Edit(span((2, 4), (2, 4)), "x\n"), span((3, 0), (3, 4))),
        (WORD, Edit(span((1, 5), (2, 1)), "xy"), span((1, 10), (1, 14))),
        (LINES, Edit(span((0, 0), (1, 1)), ""), span((0, 1), (2, 2))),
        # After.
        (WORD, Edit(span((2, 8), (2, 8)), "x"), WORD),
        (WORD, Edit(span((2, 8), (9, 0)), "\n\n"), WORD),
        (WORD, Edit(span((3, 0), (3, 1)), ""), WORD),
        # Inside.
        (WORD, Edit(span((2, 5), (2, 5)), "xyz"), span((2, 4), (2, 11))),
        (WORD, Edit(span((2, 5), (2, 7)), ""), span((2, 4), (2, 6))),
        (WORD, Edit(span((2, 6), (2, 6)), "x\ny"), span((2, 4), (3, 3))),
        (LINES, Edit(span((2, 0), (2, 0)), "x\n"), span((1, 2), (4, 2))),
        (LINES, Edit(span((1, 3), (3, 1)), ""), span((1, 2), (1, 4))),
        # Over an end, over all of it.
        (WORD, Edit(span((2, 3), (2, 5)), "x"), None),
        (WORD, Edit(span((2, 7), (2, 9)), "x"), None),
        (WORD, Edit(span((2, 4), (2, 8)), "word"), None),
        (WORD, Edit(span((2, 4), (2, 5)), "x"), None),
        (WORD, Edit(span((2, 7), (2, 8)), "x"), None),
        (WORD, Edit(span((0, 0), (9, 0)), ""), None),
        (LINES, Edit(span((0, 0), (2, 0)), ""), None),
        (LINES, Edit(span((2, 0), (3, 3)), ""), None),
        # A place without width.
        (span((2, 4), (2, 4)), Edit(span((2, 4), (2, 4)), "x"), span((2, 5), (2, 5))),
        (span((2, 4), (2, 4)), Edit(span((2, 2), (2, 4)), ""), span((2, 2), (2, 2))),
        (span((2, 4), (2, 4)), Edit(span((2, 5), (2, 6)), ""), span((2, 4), (2, 4))),
        (span((2, 4), (2, 4)), Edit(span((2, 3), (2, 5)), ""), None),
    ],
)
def test_carry(where: Range, edit: Edit, carried: Range | None) -> None:
    assert rebase(where, [edit]) == carried


@pytest.mark.parametrize(
    ("text", "line", "edit"),
    [
        ("a\nb", 1, Edit(span((0, 1), (0, 1)), "\r")),
        ("a\rb", 1, Edit(span((1, 0), (1, 0)), "\n")),
        ("a\rx\nb", 2, Edit(span((1, 0), (1, 1)), "")),
    ],
)
def test_a_line_end_that_becomes_two_characters(text: str, line: int, edit: Edit) -> None:
    before = Document.of(URI, 1, text)
    wire = {"range": before.wire_range(edit.range, Encoding.UTF16), "text": edit.text}
    after = before.change(2, [wire], Encoding.UTF16)
    assert after.lines == ("a\r\n", "b")
    assert rebase(span((line, 0), (line, 1)), after.edits_since(1) or ()) == span((1, 0), (1, 1))
