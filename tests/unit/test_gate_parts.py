"""Parts of the gate: suppression comments, blocking rules, reasons and circumstances."""

from __future__ import annotations

import pytest

from python_expert.analysis.scopes import Scopes
from python_expert.analysis.source import Source
from python_expert.diagnostics.finding import Finding, Report, Severity, ToolName
from python_expert.gate.blocking import is_allowable, is_blocking, is_listed
from python_expert.gate.floor import unsilenced, with_floor
from python_expert.gate.names import doubts
from python_expert.gate.verdict import (
    Circumstances,
    Meaning,
    Reason,
    Status,
    Verdict,
    distinct,
)
from python_expert.text.document import Position, Range
from tests.tools import BANDIT, MYPY, RUFF


def finding(code: str, tool: ToolName = RUFF, line: int = 3, column: int = 4) -> Finding:
    """A finding of a tool."""
    where = Range(Position(line, column), Position(line, column + 1))
    return Finding(tool, where, code, "wrong", Severity.ERROR)


SILENCED = '''\
#!/usr/bin/env python
# type: ignore
# ruff: noqa: F821
#flake8: noqa
  # mypy: ignore-errors
import a  # mypy: ignore-errors
import b  # ruff: noqa
# ruff : disable[F821]
# RUFF: Enable[F821]
# ruff: file-ignore[F821]
# ruff is a tool
# type: ignore
x = 1  # type: ignore
text = """
# mypy: ignore-errors
"""
'''
UNSILENCED = '''\
#!/usr/bin/env python
#-------------
#-----------------
#------------
  #--------------------
import a  # mypy: ignore-errors
import b  # ruff: noqa
#---------------------
#-------------------
#------------------------
# ruff is a tool
# type: ignore
x = 1  # type: ignore
text = """
#--------------------
"""
'''


def test_comments_for_more_than_their_line_are_blanked_in_place() -> None:
    assert unsilenced(SILENCED) == UNSILENCED


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\n\n  # type: ignore[attr-defined] because\nx\n", f"\n\n  #{'-' * 35}\nx\n"),
        ("# type: ignore\r\n# type: ignore\r\nx", f"#{'-' * 13}\r\n#{'-' * 13}\r\nx"),
        ("# a\n# types: ignore\nx\n", "# a\n# types: ignore\nx\n"),
        ("\f# type: ignore\nx\n", "\f#-------------\nx\n"),
        ("# a\n\f\n# type: ignore\nx\n", "# a\n\f\n#-------------\nx\n"),
        ("\\\n# type: ignore\nx\n", "\\\n#-------------\nx\n"),
        ("#\xa0type:\u2003ignore\nx\n", "#-------------\nx\n"),
        ("# type: ignore\rx = 1\r# b\r", "#-------------\rx = 1\r# b\r"),
        ("# type: ignore\n@a\ndef f():\n    pass\n", "#-------------\n@a\ndef f():\n    pass\n"),
        ("@a\n# type: ignore\ndef f():\n    pass\n", "@a\n# type: ignore\ndef f():\n    pass\n"),
        ("# type: ignore\ndef f(:\n# type: ignore\n", "#-------------\ndef f(:\n#-------------\n"),
        ("# a # ruff: noqa\n", "#---------------\n"),
        ("x\n# type: ignore\n", "x\n# type: ignore\n"),
        ("# mypy: x\r\n", "#--------\r\n"),
        ("# mypy: x", "#--------"),
        ("# type: ignore", "#-------------"),
    ],
)
def test_a_comment_is_blanked_only_if_it_silences_a_tool(before: str, after: str) -> None:
    assert unsilenced(before) == after


def test_the_minimum_adds_findings_that_a_tool_has_not_reported() -> None:
    def report(*codes: str, uri: str = "file:///a.py") -> Report:
        return Report(RUFF, uri, 1, tuple(map(finding, codes)))

    other = report("E1", uri="file:///b.py")
    floor = report("F821", "F841")
    assert with_floor([other, report("F841", "W1")], floor) == [
        other,
        report("F841", "W1", "F821"),
    ]
    assert with_floor([other], floor) == [other, floor]
    moved = Report(RUFF, "file:///a.py", 1, (finding("F821", line=4),))
    (both,) = with_floor([moved], report("F821"))
    assert [each.range.start.line for each in both.findings] == [4, 3]


NOT_BLOCKING = {
    *("E101", "E201", "E301", "E501", "W605", "Q002", "COM812", "PIE790"),
    *("D413", "DOC201", "I001", "TC001", "TC002", "TC003", "TC004", "TC005"),
    *("TC006", "TID252", "UP006", "UP007", "UP035", "UP037", "UP040", "UP045"),
    *("UP046", "UP047", "RUF013", "RUF036", "FA100", "ANN201", "FBT001"),
    *("PYI024", "RUF001", "RUF002", "RUF003", "PLR0915", "RET504", "RUF100"),
    *("ASYNC109", "ASYNC110"),
}
BLOCKING = {
    *("E4", "E501a", "E502", "E722", "DTZ001", "TC007", "UP004", "F401"),
    *("F811", "F821", "S101", "ASYNC251", "ASYNC210", "PLR0916", "RUF101", "I002"),
}


@pytest.mark.parametrize("code", sorted(NOT_BLOCKING | BLOCKING))
def test_a_rule_blocks_unless_the_table_lists_it_or_its_prefix(code: str) -> None:
    assert is_blocking(finding(code)) is (code in BLOCKING)


@pytest.mark.parametrize(
    "code",
    ["no-untyped-call", "no-untyped-def", "no-any-return", "untyped-decorator", "unused-ignore"],
)
def test_findings_inherent_in_gradual_typing_do_not_block(code: str) -> None:
    assert not is_blocking(finding(code, MYPY))
    assert is_blocking(finding("arg-type", MYPY))


def test_a_rule_of_one_tool_does_not_excuse_the_same_code_of_another() -> None:
    assert is_blocking(finding("D413", BANDIT))
    assert is_blocking(finding("no-any-return", RUFF))
    assert not is_blocking(finding("no-any-return", MYPY))


@pytest.mark.parametrize("code", ["ASYNC251", "ASYNC210", "F401"])
def test_a_finding_is_listed_only_in_the_place_that_the_proof_names(code: str) -> None:
    there = [Reason("it blocks", 3, listed_at=4)]
    assert is_listed(finding(code), there)
    assert is_listed(finding(code), [Reason("x"), *there])
    assert not is_listed(finding(code), [])
    assert not is_listed(finding(code, line=2), there)
    assert not is_listed(finding(code, column=5), there)
    assert not is_listed(finding(code), [Reason("it blocks", 3)])
    assert not is_listed(finding(code, MYPY), there)


def test_only_calls_that_block_and_unused_imports_are_listed() -> None:
    there = [Reason("it blocks", 3, listed_at=4)]
    assert not any(is_listed(finding(code), there) for code in ("ASYNC109", "F821", "F403", "S1"))


@pytest.mark.parametrize(
    ("code", "tool"),
    [
        *((code, RUFF) for code in ("invalid-syntax", "E902", "E999", "F404", "F701", "F706")),
        *((code, RUFF) for code in ("F821", "F822", "F823")),
        *((code, MYPY) for code in ("", "syntax", "name-defined", "used-before-def")),
    ],
)
def test_findings_that_break_a_program_cannot_be_allowed(code: str, tool: ToolName) -> None:
    assert not is_allowable(finding(code, tool))


@pytest.mark.parametrize(
    ("code", "tool"),
    [("F841", RUFF), ("F7", RUFF), ("F811", RUFF), ("arg-type", MYPY), ("F821", BANDIT)],
)
def test_other_findings_can_be_allowed(code: str, tool: ToolName) -> None:
    assert is_allowable(finding(code, tool))


def test_a_verdict_has_the_status_of_its_most_severe_reason() -> None:
    bad, doubtful = Reason("wrong"), Reason("doubtful")
    refused, confirm, accepted = (
        Verdict.of([bad], [doubtful]),
        Verdict.of([], [doubtful]),
        Verdict.of([], []),
    )
    assert (refused.status, refused.reasons) == (Status.REFUSED, (bad,))
    assert (confirm.status, confirm.reasons) == (Status.CONFIRM, (doubtful,))
    assert (accepted.status, accepted.reasons) == (Status.ACCEPTED, ())
    assert [each.meaning for each in (refused, confirm, accepted)] == [
        Meaning.CHANGED,
        Meaning.UNPROVEN,
        Meaning.PROVEN,
    ]


def test_identical_reasons_are_merged_and_counted() -> None:
    reasons = [
        Reason("a", 4),
        Reason("b", 1),
        Reason("a", 7),
        Reason("c"),
        Reason("c"),
        Reason("c"),
    ]
    assert [f"{each.line}: {each.message}" for each in distinct(reasons)] == [
        "4: a (and in another place)",
        "1: b",
        "0: c (and in 2 other places)",
    ]


def test_the_oldest_python_is_named_with_its_source() -> None:
    assert Circumstances(python=(3, 12)).named_python == "3.12"
    named = Circumstances(python=(3, 12), python_source="pyproject.toml").named_python
    assert named == "3.12 (pyproject.toml)"
    assert Circumstances(path="/a/b.pyi").is_stub
    assert not Circumstances(path="/a/b.py").is_stub


def test_a_text_that_does_not_compile_has_no_circumstances() -> None:
    scopes = Scopes(Source.of("x = 1\n").tree)
    assert doubts(scopes, "x = 1\n", {0}) == []
    assert doubts(scopes, "x = \n", {0}) == []
    assert doubts(scopes, "x = 1\0\n", {0}) == []
