"""Which findings the gate counts as new."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from python_expert.diagnostics.finding import Finding, Report, Severity
from python_expert.gate.comparison import new_findings
from python_expert.text.differences import differences
from python_expert.text.document import Edit, Position, Range
from python_expert.text.rebase import rebase
from tests.tools import MYPY, RUFF

URI = "file:///a.py"


def finding(line: int, message: str = "wrong", code: str = "misc", column: int = 0) -> Finding:
    """Return a finding of mypy on a line."""
    where = Range(Position(line, column), Position(line, column + 3))
    return Finding(MYPY, where, code, message, Severity.ERROR)


def report(*findings: Finding, uri: str = URI) -> Report:
    """Return a report on a document."""
    return Report(MYPY, uri, 1, findings)


def insertion(line: int, text: str, column: int = 0) -> Edit:
    """Return an edit that inserts a text."""
    return Edit(Range(Position(line, column), Position(line, column)), text)


def test_a_moved_finding_is_not_new() -> None:
    edits = [insertion(2, "\n\n")]
    assert new_findings([report(finding(5))], [report(finding(7))], URI, edits) == []
    assert new_findings([report(finding(1))], [report(finding(1))], URI, edits) == []


def test_the_same_message_at_another_line_is_new() -> None:
    (found,) = new_findings([report(finding(5))], [report(finding(6))], URI, [])
    assert found.finding.range.start.line == 6


def test_a_second_identical_finding_is_new() -> None:
    after = [report(finding(5), finding(5, column=4))]
    assert len(new_findings([report(finding(5))], after, URI, [])) == 1


def test_an_unchanged_report_on_another_document_adds_no_findings() -> None:
    other = report(finding(5), finding(5), uri="file:///b.py")
    before, after = report(finding(1)), report(finding(1), finding(2))
    (found,) = new_findings([before, other], [after, other], URI, [insertion(0, "\n", 9)])
    assert found == new_findings([before], [after], URI, [insertion(0, "\n", 9)])[0]
    same = report(finding(5))  # but findings in the document itself must move with its text
    assert len(new_findings([same], [same], URI, [insertion(2, "\n")])) == 1


def test_a_finding_in_replaced_text_may_have_moved_anywhere() -> None:
    edits = [Edit(Range(Position(4, 0), Position(6, 0)), "x\n")]
    assert new_findings([report(finding(5))], [report(finding(4))], URI, edits) == []


def test_a_finding_at_an_insertion_may_have_moved_anywhere() -> None:
    block = finding(1)._replace(range=Range(Position(1, 0), Position(4, 0)))
    for line in (1, 2, 4):
        edits = [insertion(line, "import z\n")]
        for now in (1, 2):
            assert new_findings([report(block)], [report(finding(now))], URI, edits) == []
        assert len(new_findings([report(block)], [report(block, finding(2))], URI, edits)) == 1


def test_line_numbers_in_messages_are_ignored() -> None:
    before, after = finding(5, "already defined on line 3"), finding(7, "already defined on line 5")
    assert new_findings([report(before)], [report(after)], URI, [insertion(0, "\n\n")]) == []


def thread(line: int, code: str = "arg-type") -> Finding:
    """Return mypy's message for a call that a thread makes."""
    return finding(line, 'Argument 1 to "to_thread" has incompatible type "int"', code)


def test_a_finding_reworded_for_to_thread_is_not_new() -> None:
    before = [report(finding(5, 'Dict entry 0 has incompatible type "str": "IO"'))]
    edits = [
        Edit(Range(Position(5, 1), Position(5, 6)), "await asyncio.to_thread(open, "),
        insertion(2, "import asyncio\n"),
    ]
    assert new_findings(before, [report(thread(6))], URI, edits) == []
    assert len(new_findings(before, [report(thread(6), thread(6))], URI, edits)) == 1
    assert len(new_findings(before, [report(thread(7))], URI, edits)) == 1
    assert len(new_findings([report()], [report(thread(6))], URI, edits)) == 1


def test_only_an_edit_that_writes_to_thread_rewords_a_finding() -> None:
    before = [report(finding(5, 'Argument 1 to "f" has incompatible type "int"'))]
    hint = [insertion(5, "x: int", 1)]
    assert len(new_findings(before, [report(thread(5))], URI, hint)) == 1
    still = [report(finding(5, "wrong"), thread(5))]
    moved = [insertion(5, "await asyncio.to_thread(open, ", 9)]
    assert len(new_findings([report(finding(5, "wrong"))], still, URI, moved)) == 1
    other = [report(finding(5, "else"), uri="file:///b.py")]
    assert len(new_findings(other, [report(thread(5))], URI, moved)) == 1


LINES = st.sampled_from(["a\n", "bb\n", "\n", "c d\n"])
TEXTS = st.lists(LINES, max_size=8).map("".join)


@given(TEXTS, TEXTS, st.integers(0, 7), st.integers(0, 2), st.integers(0, 3))
def test_many_edits_move_a_place_as_each_of_them_does(
    before: str, after: str, line: int, column: int, length: int
) -> None:
    steps = list(differences(before, after))[::-1]
    where = Range(Position(line, column), Position(line + length // 2, column + length % 2))
    touched = any(edit.range.start <= where.end and where.start <= edit.range.end for edit in steps)
    naive = None if touched else rebase(where, steps)
    old = finding(0)._replace(range=where)
    expected = [] if naive is None else [old._replace(range=naive)]
    assert new_findings([report(old)], [report(*expected)], URI, steps) == []
    if naive is not None:
        moved = finding(naive.start.line + 1)
        assert len(new_findings([report(old)], [report(moved)], URI, steps)) == 1


def test_findings_in_other_documents_count_and_do_not_move() -> None:
    other = "file:///b.py"
    edits = [insertion(0, "\n")]
    before, after = report(finding(3), uri=other), report(finding(3), uri=other)
    assert new_findings([before], [after], URI, edits) == []
    (found,) = new_findings([], [after], URI, edits)
    assert found.uri == other


def test_a_finding_moves_with_several_edits_on_its_line() -> None:
    place = finding(1, column=5)
    edits = [insertion(1, "z", 10), insertion(1, "\n", 2)]
    moved = finding(2, column=3)
    assert new_findings([report(place)], [report(moved)], URI, edits) == []
    assert len(new_findings([report(place)], [report(place)], URI, edits)) == 1


def test_only_mypy_s_message_about_a_thread_replaces_an_earlier_one() -> None:
    before = [report(finding(5, 'Argument 1 to "f" has incompatible type "int"'))]
    moved = [insertion(5, "await asyncio.to_thread(open, ", 1)]
    assert new_findings(before, [report(thread(5))], URI, moved) == []
    ruff = thread(5)._replace(tool=RUFF)
    assert len(new_findings(before, [report(ruff)], URI, moved)) == 1
    other = [report(thread(5), uri="file:///b.py")]
    assert len(new_findings(before, other, URI, moved)) == 1


def test_any_of_several_edits_on_a_line_may_have_moved_a_finding() -> None:
    place = finding(1, column=5)
    edits = [Edit(Range(Position(1, 6), Position(1, 7)), "\n"), insertion(1, "z", 1)]
    assert new_findings([report(place)], [report(finding(2))], URI, edits) == []


def test_only_the_lines_that_an_edit_writes_have_their_findings_reworded() -> None:
    text = "await asyncio.to_thread(\n    open,\n    x"
    edits = [Edit(Range(Position(5, 4), Position(5, 8)), text), insertion(1, "x\n")]
    for line, after in ((4, 5), (5, 6), (5, 7), (5, 8), (6, 9)):
        # In line 5, the finding is after the replaced text, so it moves to the last new line.
        place = finding(line, "wrong", column=20 if after == 8 else 5)
        found = new_findings([report(place)], [report(thread(after))], URI, edits)
        assert bool(found) is (after not in {6, 8}), after
