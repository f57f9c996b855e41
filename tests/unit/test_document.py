"""Documents: lines, columns and changes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from python_expert.text.columns import Encoding, column_to_units, units_to_column
from python_expert.text.document import (
    JOURNAL_LENGTH,
    Document,
    Edit,
    Position,
    Range,
    smallest_edit,
    splice,
    split_lines,
)
from tests.unit.hard_text import (
    URI,
    apply,
    changes,
    encodings,
    offset,
    offset_of,
    positions,
    repetitive_texts,
    texts,
)


def insertion(line: int, column: int, text: str) -> dict[str, Any]:
    """A content change that inserts a text."""
    place = {"line": line, "character": column}
    return {"range": {"start": place, "end": place}, "text": text}


# Lines.


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("\n", ["\n", ""]),
        ("\r", ["\r", ""]),
        ("\r\n", ["\r\n", ""]),
        ("\n\r", ["\n", "\r", ""]),
        ("a\r\r\nb\n\nc", ["a\r", "\r\n", "b\n", "\n", "c"]),
        ("a\fb\x0bc\x1cd\x85e\u2028f\u2029g", ["a\fb\x0bc\x1cd\x85e\u2028f\u2029g"]),
    ],
)
def test_split_lines(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines


@given(texts)
def test_lines_end_as_lsp_specifies(text: str) -> None:
    parts = re.split(r"(\r\n|\r|\n)", text)
    assert split_lines(text) == [
        "".join(parts[index : index + 2]) for index in range(0, len(parts), 2)
    ]


# Columns.


@pytest.mark.parametrize(
    ("encoding", "units", "column"),
    [
        (Encoding.UTF8, [0, 1, 3, 7, 8], 4),
        (Encoding.UTF16, [0, 1, 2, 4, 5], 4),
        (Encoding.UTF32, [0, 1, 2, 3, 4], 4),
    ],
)
@pytest.mark.parametrize("end", ["", "\n", "\r", "\r\n"])
def test_columns(encoding: Encoding, units: list[int], column: int, end: str) -> None:
    line = "aé\U0001f600b" + end
    assert [column_to_units(line, column, encoding) for column in range(5)] == units
    assert [units_to_column(line, unit, encoding) for unit in units] == list(range(5))
    # After the end, before the start.
    assert column_to_units(line, 99, encoding) == units[-1]
    assert units_to_column(line, 99, encoding) == column
    assert units_to_column(line, -1, encoding) == 0


def test_a_position_inside_a_character_is_moved_to_its_start() -> None:
    assert units_to_column("aé\U0001f600b", 3, Encoding.UTF16) == 2
    assert units_to_column("aé\U0001f600b", 2, Encoding.UTF8) == 1
    assert [units_to_column("aé\U0001f600b", unit, Encoding.UTF8) for unit in (4, 5, 6)] == [2] * 3
    edit = {"start": {"line": 0, "character": 3}, "end": {"line": 0, "character": 4}}
    document = Document.of(URI, 1, "aé\U0001f600b")
    assert document.range(edit, Encoding.UTF16) == Range(Position(0, 2), Position(0, 3))


def test_a_lone_surrogate_counts_one_unit() -> None:
    assert column_to_units("\ud800a", 1, Encoding.UTF16) == 1
    assert units_to_column("\ud800a", 1, Encoding.UTF16) == 1
    assert column_to_units("\ud800a", 1, Encoding.UTF8) == 3


@given(texts, st.integers(0, 9), st.integers(0, 40), encodings)
def test_position(text: str, line: int, character: int, encoding: Encoding) -> None:
    wire = {"line": line, "character": character}
    position = Document.of(URI, 1, text).position(wire, encoding)
    assert position in positions(text)
    assert offset(text, position) == offset_of(text, wire, encoding)


@given(texts, encodings)
def test_positions_are_unchanged_by_a_round_trip_over_the_wire(
    text: str, encoding: Encoding
) -> None:
    document = Document.of(URI, 1, text)
    for position in positions(text):
        assert document.position(document.wire_position(position, encoding), encoding) == position


@pytest.mark.parametrize("encoding", Encoding)
def test_positions_outside_the_text_are_clamped(encoding: Encoding) -> None:
    document = Document.of(URI, 1, "ab\r\nc")
    assert document.position({"line": 0, "character": 9}, encoding) == Position(0, 2)
    assert document.position({"line": 1, "character": 9}, encoding) == Position(1, 1)
    assert document.position({"line": 9, "character": 0}, encoding) == Position(1, 1)
    assert document.position({"line": -1, "character": 5}, encoding) == Position(0, 0)
    assert document.position({"line": 1, "character": -1}, encoding) == Position(1, 0)
    assert document.wire_position(Position(9, 0), encoding) == {"line": 1, "character": 1}
    assert document.wire_position(Position(0, 9), encoding) == {"line": 0, "character": 2}
    assert document.end == Position(1, 1)


@given(texts, st.data(), encodings)
def test_ranges(text: str, data: st.DataObject, encoding: Encoding) -> None:
    document = Document.of(URI, 1, text)
    ends = st.sampled_from(positions(text))
    start, end = sorted(data.draw(st.tuples(ends, ends)))
    where = Range(start, end)
    assert document.slice(where) == text[offset(text, start) : offset(text, end)]
    wire = document.wire_range(where, encoding)
    assert document.range(wire, encoding) == where
    assert document.range({"start": wire["end"], "end": wire["start"]}, encoding) == where


# Changes.


@given(texts, changes, encodings)
# A line end of two characters, edited from either side and from both.
@example("a\rb", [insertion(1, 0, "\n")], Encoding.UTF16)
@example("a\nb", [insertion(0, 1, "\r")], Encoding.UTF16)
@example("\r\n", [insertion(0, 0, "\r"), insertion(1, 0, "\n")], Encoding.UTF8)
def test_change(text: str, content_changes: list[dict[str, Any]], encoding: Encoding) -> None:
    document = Document.of(URI, 1, text).change(2, content_changes, encoding)
    assert document.text == apply(text, content_changes, encoding)
    assert document.lines == tuple(split_lines(document.text))
    assert document.version == 2
    assert document.uri == URI


@given(texts, changes, encodings)
def test_the_wire_form_of_a_change_does_the_same(
    text: str, content_changes: list[dict[str, Any]], encoding: Encoding
) -> None:
    before = Document.of(URI, 1, text)
    after = before.change(2, content_changes, encoding)
    [step] = after.steps_since(1) or ()
    assert apply(text, step.changes, encoding) == after.text
    assert before.change(2, step.changes, encoding).lines == after.lines
    lines = list(before.lines)
    for change, edit in zip(step.changes, step.edits, strict=True):
        # The range is within the document, so that no client has to clamp it.
        current = Document(URI, 1, tuple(lines))
        assert current.wire_range(edit.range, encoding) == change["range"]
        assert set(edit.range) <= set(positions(current.text))
        splice(lines, edit)
    assert tuple(lines) == after.lines


@given(texts | repetitive_texts, repetitive_texts)
@example("a\na\na\n", "a\na\n")
@example("a\na\n", "a\na\na\n")
def test_smallest_edit(old: str, new: str) -> None:
    lines = split_lines(old)
    edit = smallest_edit(lines, split_lines(new))
    splice(lines, edit)
    assert lines == split_lines(new)
    assert set(edit.range) <= set(positions(old))
    start, end = (offset(old, position) for position in edit.range)
    assert old[:start] + edit.text + old[end:] == new


@given(texts | repetitive_texts, repetitive_texts)
def test_smallest_edit_keeps_the_common_prefix_and_suffix(old: str, new: str) -> None:
    old, new = (text.replace("\r", "") for text in (old, new))
    (start, end), text = smallest_edit(split_lines(old), split_lines(new))
    removed = old[offset(old, start) : offset(old, end)]
    assert not removed or not text or removed[0] != text[0]
    assert not removed or not text or removed[-1] != text[-1]


@pytest.mark.parametrize(
    ("old", "new", "edit"),
    [
        ("a = 1\nb\n", "a = 2\nb\n", ((0, 4), (0, 5), "2")),
        ("ab\nc\n", "axb\nc\n", ((0, 1), (0, 1), "x")),
        ("a\nb\n", "a\nx\nb\n", ((1, 0), (1, 0), "x\n")),
        ("a\nb\n", "a\n", ((1, 0), (2, 0), "")),
        ("a\r\nb", "a\nb", ((0, 1), (1, 0), "\n")),
        ("a\nb", "a\r\nb", ((0, 1), (1, 0), "\r\n")),
        ("a\rb", "a\r\nb", ((0, 1), (1, 0), "\r\n")),
        ("", "a", ((0, 0), (0, 0), "a")),
        ("same", "same", ((0, 4), (0, 4), "")),
    ],
)
def test_smallest_edits(
    old: str, new: str, edit: tuple[tuple[int, int], tuple[int, int], str]
) -> None:
    start, end, text = edit
    where = Range(Position(*start), Position(*end))
    assert smallest_edit(split_lines(old), split_lines(new)) == Edit(where, text)


# The journal.


def test_the_journal_returns_the_edits_since_a_version() -> None:
    first = Document.of(URI, 3, "a")
    second = first.change(5, [insertion(0, 1, "b"), insertion(0, 2, "c")], Encoding.UTF16)
    third = second.change(6, [{"text": "abcd"}], Encoding.UTF16)
    end = Position(0, 3)
    edits = (
        Edit(Range(Position(0, 1), Position(0, 1)), "b"),
        Edit(Range(Position(0, 2), Position(0, 2)), "c"),
        Edit(Range(end, end), "d"),
    )
    assert third.edits_since(3) == edits
    assert third.edits_since(5) == edits[2:]
    assert third.edits_since(6) == ()
    # An unknown version, a future version.
    assert [third.edits_since(version) for version in (2, 4, 7)] == [None] * 3


def test_the_journal_drops_old_versions() -> None:
    document = Document.of(URI, 0, "")
    for version in range(1, JOURNAL_LENGTH + 2):
        document = document.change(version, [insertion(0, 0, "x")], Encoding.UTF16)
    assert len(document.journal) == JOURNAL_LENGTH
    assert document.edits_since(0) is None
    assert len(document.edits_since(1) or ()) == JOURNAL_LENGTH


@pytest.mark.parametrize("version", [1, 2])
def test_a_version_that_does_not_grow_ends_the_journal(version: int) -> None:
    document = Document.of(URI, 1, "").change(2, [{"text": "a"}], Encoding.UTF16)
    again = document.change(version, [{"text": "b"}], Encoding.UTF16)
    assert (again.version, again.text, again.journal) == (version, "b", ())
    assert again.edits_since(3 - version) is None


def test_there_are_no_edits_from_a_document_that_was_closed_since() -> None:
    old = Document.of(URI, 1, "a")
    new = old.change(2, [{"text": "b"}], Encoding.UTF16)
    again = Document.of(URI, 1, "c").change(2, [{"text": "d"}], Encoding.UTF16)
    assert new.edits_from(old) == new.edits_since(1) != ()
    assert again.edits_since(1)
    assert again.edits_from(old) is None
