"""Our own rules: what they find, what their pages show, and what their fixes write."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from python_expert.actions.base import Options
from python_expert.quick_fixes.base import FixContext
from python_expert.quick_fixes.registry import quick_fixes
from python_expert.text.document import Document, splice
from python_expert.tools import antipatterns
from python_expert.tools.antipatterns.checking import check
from python_expert.tools.antipatterns.rules.registry import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.text.document import Edit
    from python_expert.tools.antipatterns.rules.base import AntiPattern, PatternRule
    from python_expert.tools.antipatterns.syntax import Syntax

PAGES = Path(antipatterns.__file__).parent / "rules"
CODES = [each.code for each in RULES]


def document(text: str) -> Document:
    return Document.of("file:///a.py", 1, text)


def codes(text: str) -> list[str]:
    return [each.code for each in check(document(dedent(text))).findings]


def edited(before: Document, edits: Sequence[Edit]) -> str:
    lines = list(before.lines)
    for edit in reversed(edits):
        splice(lines, edit)
    return "".join(lines)


def fixed(text: str) -> str | None:
    """The text after our first own fix for its first finding, or None if there is none."""
    before = document(dedent(text))
    (finding, *_) = check(before).findings
    fixes = quick_fixes(FixContext(before, Options()), [finding])
    own = [each for each in fixes if "Disable" not in each.title]
    if not own:
        return None
    after = edited(before, own[0].edits)
    ast.parse(after)
    assert finding.code not in codes(after)
    return after


def samples(page: str, title: str) -> list[str]:
    """The Python samples in a section of a page."""
    section = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE)
    assert section, title
    return re.findall(r"^```python\n(.*?)^```$", section[1], re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("rule", RULES, ids=CODES)
def test_a_rule_reports_the_bad_sample_of_its_page_and_not_the_good_one(rule: PatternRule) -> None:
    code, name = rule.code, rule.name
    page = (PAGES / f"{code}.md").read_text("utf-8")
    assert page.startswith(f"# {name} ({code})\n")
    bad, good = samples(page, "Bad"), samples(page, "Good")
    assert bad
    assert good
    assert all(set(codes(each)) == {code} for each in bad)
    assert not any(codes(each) for each in good)
    assert "\n## Why\n" in page
    assert "\n## When not to\n" in page


def test_each_page_belongs_to_a_rule() -> None:
    assert sorted(CODES) == sorted(path.stem for path in PAGES.glob("*.md"))


def test_a_rule_that_fails_costs_its_own_findings_only(monkeypatch: pytest.MonkeyPatch) -> None:
    text = samples((PAGES / "PE001.md").read_text("utf-8"), "Bad")[0]

    def broken(_syntax: Syntax) -> Iterator[AntiPattern]:
        raise ValueError("broken")

    rules = tuple(each._replace(find=broken) if each.code == CODES[-1] else each for each in RULES)
    monkeypatch.setattr("python_expert.tools.antipatterns.checking.RULES", rules)
    assert codes(text) == [code for code in ["PE001"] if code != CODES[-1]]


@pytest.mark.parametrize(
    "comment", ["# noqa: PE001", "# noqa", "# noqa: E501, PE001", "# ruff: ignore[PE001]"]
)
def test_a_comment_silences_a_finding(comment: str) -> None:
    text = f'def f(xs):\n    s = ""\n    for x in xs:\n        s += x  {comment}\n    return s\n'
    report = check(document(text))
    assert not report.findings
    assert [each.code for each in report.silenced] == ["PE001"]


def test_a_comment_for_another_rule_silences_nothing() -> None:
    text = 'def f(xs):\n    s = ""\n    for x in xs:\n        s += x  # noqa: E501\n    return s\n'
    before = document(text)
    (finding,) = check(before).findings
    (fix,) = quick_fixes(FixContext(before, Options()), [finding])
    assert "# noqa: E501, PE001" in edited(before, fix.edits)


# PE001


@pytest.mark.parametrize(
    "body",
    [
        "s = ''\nfor x in xs:\n    s += x\n    if s: break\nreturn s",  # it is read
        "s = ''\nfor x in xs:\n    s += x\n    if x: s = ''\nreturn s",  # it is begun again
        "s = 0\nfor x in xs:\n    s += x\nreturn s",
        "s = []\nfor x in xs:\n    s += 'ab'\nreturn s",
        "s = ''\nif xs:\n    s += 'x'\nreturn s",
        "s = ''\nfor x in xs:\n    yield (lambda: s)\n    s += x",
        "global s\ns = ''\nfor x in xs:\n    s += x",
        "s = ''\nwhile len(s) < 3:\n    s += 'x'\nreturn s",
        "for x in xs:\n    s = ''\n    s += 'x'\n    print(s)",
    ],
)
def test_pe001_says_nothing_of(body: str) -> None:
    assert codes("def f(xs):\n" + "".join(f"    {line}\n" for line in body.splitlines())) == []


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
            return s
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
            s = "".join(s_parts)
            # end
            return s
        """
    )


def test_pe001_fix_leaves_what_is_between() -> None:
    assert fixed(
        """\
        def f(xs):
            s = "<"
            s += xs[0]
            for x in xs: s += str(x)
            return s + ">"
        """
    ) == dedent(
        """\
        def f(xs):
            s = "<"
            s += xs[0]
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
        "def f(xs, s_parts):\n    s = ''\n    for x in xs:\n        s += str(x)\n    return s\n",
        "def str(x): return x\ndef f(xs):\n    s = ''\n    for x in xs:\n        s += str(x)\n",
    ],
)
def test_pe001_fix_is_refused_where_the_meaning_may_change(text: str) -> None:
    assert fixed(text) is None
