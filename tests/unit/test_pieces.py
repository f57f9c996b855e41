"""A text in pieces: each piece has the same tokens as in the whole text."""

from __future__ import annotations

import tokenize
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.source import Source
from python_expert.gate.verdict import Status
from python_expert.text.decoding import readable
from python_expert.text.document import Position
from tests.unit.rewritten import judged_hints

LINES = (
    "x = 1",
    "x = 1; y = 2",
    "if x:",
    "    y = [",
    "        1,  # one",
    "    ]",
    "# a comment",
    "    # an indented comment",
    "",
    "\f",
    "\fz = 3",
    "@decorated",
    "@\\",
    "x = \\",
    "decorated",
    "def f(a, b='''",
    "x''') -> int:",
    "    '''Words.",
    "",
    "    '''",
    "    return (",
    ")",
    "class A: pass",
    "(",
    ").f()",
    "\tz",
)


def together(source: Source) -> list[tokenize.TokenInfo]:
    return list(source.pieces.tokens(range(len(source.pieces))))


@given(
    st.lists(st.sampled_from(LINES), max_size=12), st.sampled_from(["\n", "\r\n", "\r"]), st.text()
)
def test_pieces_have_the_tokens_of_the_text(lines: list[str], end: str, rest: str) -> None:
    text = "".join(line + end for line in lines)
    for each in (text, text + "x = 1", text + "#" + rest.replace("\0", "")):
        try:
            source = Source.of(each)
            whole = source.tokens
        except (BrokenError, ValueError, SyntaxError, tokenize.TokenError):
            continue
        assert [each[:4] for each in together(source)] == [each[:4] for each in whole[:-1]]


def test_tokens_around_a_place() -> None:
    source = Source.of("x = 1\n@decorated\ndef f(a):\n    return a\n\ny = 2\n")
    place = Position(2, 5)

    after = [each.string for each in source.tokens_from(place)]
    before = [each.string for each in source.tokens_before(place)]

    assert after[:4] == ["(", "a", ")", ":"]
    assert after[-4:] == ["y", "=", "2", "\n"]
    assert before == ["f", "def", "\n", "decorated", "@"]


def test_a_difference_is_between_equal_pieces() -> None:
    before = Source.of("import os\n\nx = 1\n\ndef f(a):\n    return a\n\ny = 2\n")
    after = Source.of("import os\n\nx = 1\n\ndef f(a: int):\n    return a\n\ny = 2\n")

    old, new = before.pieces.differing(after.pieces)

    assert [each.string for each in after.pieces.tokens(new)][:6] == [
        "def",
        "f",
        "(",
        "a",
        ":",
        "int",
    ]
    assert before.tree.body[before.pieces.statements(old)] == [before.tree.body[2]]


def test_texts_that_repeat_a_piece_share_it_once() -> None:
    before, after = Source.of("x = 1\nx = 1\n"), Source.of("x = 1\nx = 1\nx = 1\n")

    old, new = before.pieces.differing(after.pieces)

    assert len(old) == 0
    assert len(new) == 1


def test_real_files_have_the_tokens_of_their_pieces() -> None:
    for path in sorted(Path(tokenize.__file__).parent.glob("[a-b]*.py")):
        source = Source.of(readable(path.read_bytes()))
        assert [each[:4] for each in together(source)] == [each[:4] for each in source.tokens[:-1]]


def test_an_import_between_a_comment_and_the_docstring_is_refused() -> None:
    before = '# A comment.\n"""Docstring."""\n\ndef f(a):\n    return a\n'
    after = before.replace('"""D', 'from typing import Any\n"""D').replace("(a)", "(a: Any)")

    verdict = judged_hints(before, after)

    assert verdict.status is Status.REFUSED
    assert "docstring" in verdict.reasons[0].message
