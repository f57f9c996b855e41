"""The gate refuses exactly the edits that do more than add docstrings."""

from __future__ import annotations

import ast
import tokenize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_expert.analysis.source import Source
from python_expert.gate.verdict import Status
from tests.gate.docstrings import (
    CLIENT,
    FEEDS,
    NESTED,
    PASSES,
    TABBED,
    WINDOWS,
    Case,
    cases,
    counts,
    documented,
    judge,
)
from tests.scale import LONG

pytestmark = pytest.mark.fast

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.expected}: {case.name}")
def test_the_gate_gives_the_expected_verdict(case: Case) -> None:
    verdict = judge(case)
    assert verdict.status is case.expected, verdict.reasons
    assert verdict.status is Status.ACCEPTED or all(each.message for each in verdict.reasons)


def test_the_corpus_is_large_enough() -> None:
    wrong, right = counts()
    assert wrong >= 120
    assert right >= 40
    assert all(case.before != case.after for case in CASES if case.expected is Status.REFUSED)


def tree_and_tokens(text: str) -> tuple[str, list[str]]:
    """Return the tree and tokens of a text without docstrings, independently of the gate's code."""
    source = Source.of(text)
    tree = ast.parse(text)
    documented_at = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = node.body[0]
            value = first.value if isinstance(first, ast.Expr) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                documented_at.add((first.lineno, source.range(first).start.column))
                del node.body[0]
    layout = {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    tokens = [
        each.string
        for each in source.tokens
        if each.type not in layout and each.start not in documented_at
    ]
    return ast.dump(tree), tokens


SHORT = PASSES.partition("\n\n\ndef noted")[0] + "\n"
RIGHT = [(text, documented(text)) for text in (CLIENT, FEEDS, NESTED, SHORT, TABBED, WINDOWS)]


@pytest.mark.long
@settings(max_examples=5000 if LONG else 300)
@given(st.data())
def test_a_random_change_outside_docstrings_is_refused(data: st.DataObject) -> None:
    before, right = data.draw(st.sampled_from(RIGHT))
    at = data.draw(st.integers(0, len(right) - 1))
    gone = data.draw(st.integers(0, 2))
    put = data.draw(
        st.sampled_from(["", " ", "\n", "\t", "x", "#", "(", "0", '"', '"""', "\\", ";"])
    )
    after = right[:at] + put + right[at + gone :]
    verdict = judge(Case("a slip", before, after, Status.REFUSED))
    if verdict.status is Status.ACCEPTED:
        assert tree_and_tokens(after) == tree_and_tokens(before), after
