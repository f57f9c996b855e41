"""The results of "Add docstrings": where docstrings go, their contents, and what is unchanged."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path
from typing import Any, TypedDict, Unpack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_expert.actions.add_docstrings import AddDocstrings
from python_expert.actions.add_docstrings.offline import propose
from python_expert.actions.add_docstrings.proof import prove
from python_expert.actions.attribution import Fault
from python_expert.actions.base import Candidate, Options
from python_expert.analysis.source import Source
from python_expert.config.settings import Style
from python_expert.gate.verdict import Status
from python_expert.text.document import Position, Range, split_lines
from tests.actions import DEMANDED

REWRITE = AddDocstrings()


class SetOptions(TypedDict, total=False):
    """The options that tests set."""

    path: str
    style: Style
    complete: bool
    demanded: tuple[str, ...]


STYLES = (Style.GOOGLE, Style.NUMPY, Style.SPHINX)


def cursor(line: int) -> Range:
    return Range(Position(line, 0), Position(line, 0))


def keys(text: str, where: Range | None = None, **options: Unpack[SetOptions]) -> list[str]:
    return [each.key for each in REWRITE.targets(Source.of(text), where, Options(**options))[0]]


def skip_reasons(
    text: str, where: Range | None = None, **options: Unpack[SetOptions]
) -> dict[str, str]:
    _, found = REWRITE.targets(Source.of(text), where, Options(**options))
    return {each.key: each.reason for each in found}


def apply(text: str, facts: dict[str, Any], **options: Unpack[SetOptions]) -> tuple[str, Candidate]:
    source = Source.of(text)
    candidate = REWRITE.write(source, facts, Options(**options))
    return source.with_edits(candidate.edits).text, candidate


def rewritten(text: str, **options: Unpack[SetOptions]) -> str:
    """The text with the docstrings that the offline provider proposes."""
    source, chosen = Source.of(text), Options(**options)
    targets, _ = REWRITE.targets(source, None, chosen)
    facts = dict(propose(source, [target.key for target in targets], chosen))
    after = source.with_edits(REWRITE.write(source, facts, chosen).edits)
    verdict = prove(source, after, chosen)
    assert verdict.status is Status.ACCEPTED, verdict.reasons
    return after.text


SAMPLE = """\
class RecordStore:
    size: int = 3

    def __init__(self, path: str, limit: int | None = None) -> None:
        if not path:
            raise ValueError("path is empty")
        self.limit = DEFAULT if limit is None else limit

    def load(self, *names: str, mode: str = "all", wait: int | None = None) -> str | None:
        if mode not in ("all", "new"):
            raise KeyError(mode)
        if not names:
            return None
        wait = 3 if wait is None else wait
        return self.read(names[0], wait)

    def read(self) -> Iterator[int]:
        yield 1

    def check(self) -> None:
        if not self.size:
            raise ValueError("nothing is there")
"""


def test_google_style() -> None:
    before, after = SAMPLE, rewritten(SAMPLE)
    load, check = (
        '''\
        """If ``wait`` is None, ``3`` is used.

        Returns:
            None if ``not names``.

        Raises:
            KeyError: If ``mode not in ('all', 'new')``.
        """
''',
        '''\
        """Raise ``ValueError`` if ``not self.size`` ("nothing is there")."""
''',
    )
    before = before.replace("        if mode", load + "        if mode")
    assert after == before.replace("        if not self", check + "        if not self")


def test_numpy_style() -> None:
    after = rewritten(SAMPLE, style=Style.NUMPY)
    assert "        Raises\n        ------\n        KeyError\n            If ``mode not" in after
    demanded = rewritten(SAMPLE, style=Style.NUMPY, demanded=DEMANDED)
    assert "        Yields\n        ------\n        int\n            TODO.\n" in demanded
    assert (
        "        Returns\n        -------\n        str | None\n            None if ``not names``.\n"
    ) in demanded


def test_sphinx_style() -> None:
    after = rewritten(SAMPLE, style=Style.SPHINX)
    assert "        :raises KeyError: If ``mode not in ('all', 'new')``.\n" in after
    demanded = rewritten(SAMPLE, style=Style.SPHINX, demanded=DEMANDED)
    assert "        :param wait: If None, ``3`` is used.\n" in demanded
    assert "    .. attribute :: size\n\n        TODO.\n" in demanded
    assert "        :yields: TODO.\n        :ytype: int\n" in demanded


def test_entries_that_a_linter_demands_are_marked_todo_and_reported() -> None:
    source = Source.of(SAMPLE)
    options = Options(demanded=("all args", "class", "function", "method"))
    facts = dict(propose(source, ["RecordStore", "RecordStore.read"], options))
    candidate = REWRITE.write(source, facts, options)
    after = source.with_edits(candidate.edits).text
    assert 'class RecordStore:\n    """TODO.\n' in after
    assert "        path: TODO.\n        limit: If None, ``DEFAULT`` is used.\n" in after
    assert 'def read(self) -> Iterator[int]:\n        """TODO."""\n' in after
    assert [(each.key, each.notable, each.extra) for each in candidate.left] == [
        ("RecordStore", True, True),
        ("RecordStore.read", True, True),
    ]
    private = Source.of("def _f(): pass\n")
    facts = dict(propose(private, ["_f"], options))
    assert not REWRITE.write(private, facts, options).edits


@pytest.mark.parametrize(
    "text",
    [
        "def f(a):\n    if a == 1: return 1\n    elif a == 2: return 2\n    raise OSError('no')\n",
        "def f(n):\n    if n > 3: return 'high'\n    if n > 1: return 'low'\n",
        "class A:\n    def f(self, on):\n        if on: return self\n",
        "def f(delay):\n    delay = delay / 1000\n    time.sleep(delay)\n",
        "def f(call, data):\n    call = partial(call, 1)\n    return call(data)\n",
        "def f(name, body):\n    log.info(name or 'nobody')\n    deliver(name, body)\n",
        "class A:\n    def f(self):\n        self.n -= 1\n        if self.n < 0: raise OSError\n",
        "class A:\n    def f(self, x):\n        self.x.append(x)\n        if self.x: raise E\n",
    ],
)
def test_uncertain_facts_are_not_documented(text: str) -> None:
    source = Source.of(text)
    ((_, contents),) = propose(source, [source.definitions[-1].key], Options())
    texts = [*contents["args"].values(), contents["returns"], *contents["raises"].values()]
    assert [each for each in texts if each and "If" in each] == []
    assert not any(word in " ".join(texts) for word in ("Seconds", "Called", "itself", "'low'"))


def test_pydoclint_gets_all_sections_or_none() -> None:
    text = "def load_it(a):\n    if a:\n        raise KeyError\n    return a\n"
    facts = {"load_it": {"summary": "Load it.", "raises": {"KeyError": "If so."}}}
    after, _ = apply(text, facts, demanded=("all sections",))
    assert "Args:\n        a: TODO.\n\n    Returns:\n        TODO.\n\n    Raises:" in after
    after, _ = apply(text, {"load_it": {"summary": "Load it."}}, demanded=("all sections",))
    assert '"""Load it."""' in after


FILLED = "def fill_cups(size=None):\n    size = 3 if size is None else size\n    pour(size)\n"


@pytest.mark.parametrize("style", STYLES)
def test_the_style_of_the_file_is_followed(style: Style) -> None:
    there = rewritten(FILLED, style=style)
    other = "\n\n" + FILLED.replace("fill_cups", "fill_jars")
    assert rewritten(there + other) == there + rewritten(other, style=style)


def test_only_definitions_without_a_docstring_are_targets() -> None:
    text = 'def f():\n    """F."""\n\n\ndef g():\n    pass\n'
    assert keys(text) == ["g"]
    assert skip_reasons(text) == {}


def test_private_and_nested_definitions_are_targets_only_on_direct_request() -> None:
    text = "def f():\n    def g():\n        pass\n\n\ndef _h():\n    pass\n"
    text += "\n\nclass _C:\n    def m(self):\n        pass\n"
    assert keys(text) == ["f"]
    assert keys(text, cursor(2)) == ["f.g"]
    assert keys(text, cursor(6)) == ["_h"]
    assert keys(text, cursor(9)) == ["_C", "_C.m"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("@overload\ndef f(a): ...\n", "overload"),
        ("class A:\n    @a.setter\n    def a(self, b):\n        pass\n", "getter"),
        ("class A:\n    def __init__(self):\n        pass\n", "by its class"),
        ("def f(): return 1  # noqa\n", "comment"),
        ("def f():\n    x = (\n", "does not parse"),
    ],
)
def test_a_definition_without_a_docstring_is_reported_with_the_reason(
    text: str, reason: str
) -> None:
    assert any(reason in each for each in skip_reasons(text).values())


def test_stub_files_are_not_changed() -> None:
    assert keys("def f(): ...\n", path="a.pyi") == []
    assert "stub" in skip_reasons("def f(): ...\n", path="a.pyi")["f"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f(): x()\n", 'def f():\n    """D."""\n    x()\n'),
        ("def f(): x = 1; x()\n", 'def f():\n    """D."""\n    x = 1; x()\n'),
        ("class A: pass\n", 'class A:\n    """D."""\n\n    pass\n'),
        ("def f(): ...  # no\n", 'def f():  # no\n    """D."""\n    ...\n'),
        ("if a:\n\tdef f():\n\t\tx()\n", 'if a:\n\tdef f():\n\t\t"""D."""\n\t\tx()\n'),
        ("def f():\r\n  x()\r\n", 'def f():\r\n  """D."""\r\n  x()\r\n'),
        ("\fdef f():\n    x()\n", '\fdef f():\n    """D."""\n    x()\n'),
        ("def f():\n    # c\n    x()\n", 'def f():\n    """D."""\n    # c\n    x()\n'),
        ("def f(a):\n    # type: () -> int\n    x()\n",
         'def f(a):\n    # type: () -> int\n    """D."""\n    x()\n'),
        ("def f():\n    def g(): x()\n", 'def f():\n    """D."""\n\n    def g(): x()\n'),
        ("def f():\n    x()", 'def f():\n    """D."""\n    x()'),
        ("def f(\n): x()\n", 'def f(\n):\n    """D."""\n    x()\n'),
    ],
)  # fmt: skip
def test_all_other_bytes_are_unchanged(before: str, after: str) -> None:
    key = "A" if "class A" in before else "f"
    text, candidate = apply(before, {key: {"summary": "D."}})
    assert text == after
    assert candidate.changed == (key,)
    source = Source.of(before)
    proof = prove(source, source.with_edits(candidate.edits), Options())
    assert proof.status is Status.ACCEPTED, proof.reasons


@pytest.mark.parametrize(
    "contents",
    [
        'Ends """ here\n    import os\n    os.remove("x")\n    """',
        'It\'s "quoted"',
        '"quoted"',
        "C:\\new\\N{no}\\",
        ">>> import os",
        "\u202eevil \x1b[2J\x00 \ud800",
        "Line\u2028separator\x85and\x0cfeed",
        "Args:\n    a: b",
        "{a} %s f''' '''",
        "f(",
        ":param x: y",
        "# mypy: ignore-errors",
        "Words # flake8: noqa " * 9,
        "A .. testcode:: b, isort:skip_file\u200b",
        "Hidden\U000e0041 letters",
    ],
)
@pytest.mark.parametrize("style", STYLES)
def test_nothing_proposed_becomes_code(contents: str, style: Style) -> None:
    facts = {"f": dict.fromkeys(("summary", "details", "returns", "yields"), contents)}
    facts["f"] |= {"args": {"a": contents}, "raises": {"E": contents}}  # type: ignore[dict-item]
    before = Source.of("def f(a):\n    return a\n")
    candidate = REWRITE.write(before, facts, Options(style=style))
    after = before.with_edits(candidate.edits)
    verdict = prove(before, after, Options())
    assert candidate.changed == ("f",)
    assert verdict.status is Status.ACCEPTED, (verdict.reasons, after.text)


def test_characters_outside_the_file_s_encoding_are_left_out() -> None:
    _, candidate = apply("# coding: ascii\ndef f():\n    pass\n", {"f": {"summary": "Naïve."}})
    assert not candidate.edits
    assert "encoding" in candidate.left[0].reason


@pytest.mark.parametrize(
    ("key", "contents", "reason"),
    [
        ("g", {"summary": "D."}, "no such function"),
        ("f", {"summary": " \n>>>"}, "no summary"),
        ("f", {"details": "x"}, "not a docstring"),
        ("f", "D.", "not a docstring"),
        ("f", {"summary": "D.", "args": ["a"]}, "not a docstring"),
        ("f", {"summary": "D.", "args": {"b": "B"}}, "no parameter 'b'"),
        ("f", {"summary": "D.", "raises": {"KeyError": "B"}}, "does not visibly raise 'KeyError'"),
        ("f", {"summary": "D.", "attributes": {"c": "B"}}, "no attribute 'c'"),
    ],
)
def test_an_invalid_proposal_is_left_out_with_the_reason(
    key: str, contents: object, reason: str
) -> None:
    text, candidate = apply("def f(a):\n    pass\n", {key: contents})
    assert [each.key for each in candidate.left] == [key]
    assert reason in candidate.left[0].reason
    assert "B" not in text


def test_lines_have_at_most_79_columns() -> None:
    long = "word " * 60
    facts = {"summary": f"Do it. {long}", "details": long, "args": {"a": long}, "returns": long}
    for style in STYLES:
        text, _ = apply(
            "class A:\n    def f(self, a):\n        return a\n", {"A.f": facts}, style=style
        )
        assert max(map(len, text.splitlines())) <= 79


F = "def f():\n    pass\n"
LONG = "Do what has to be done before anything else can be done with the other parts"


def docstring(style: Style = Style.GOOGLE, line_length: int = 0, **contents: str) -> str:
    """Return the docstring of a function without parameters, dedented."""
    source, options = Source.of(F), Options(style=style, line_length=line_length)
    after = source.with_edits(REWRITE.write(source, {"f": contents}, options).edits)
    assert prove(source, after, options).status is Status.ACCEPTED, after.text
    literal = after.text.split('"""')[1]
    return literal.replace("\n    ", "\n").rstrip()


def test_a_long_summary_is_split_after_its_first_sentence_or_broken() -> None:
    assert docstring(summary=f"{LONG}.", line_length=100) == f"{LONG}."
    assert docstring(summary=f"{LONG}. Then stop.", line_length=100) == f"{LONG}. Then stop."
    assert docstring(summary=f"Stop, e.g. a clock. {LONG}.").startswith("Stop, e.g. a clock.\n\n")
    one = docstring(summary=f"{LONG}.")
    assert (" ".join(one.split()), one.count("\n")) == (f"{LONG}.", 1)
    two = docstring(summary=f"{LONG}.", details="More.", line_length=60)
    assert " ".join(two.split()) == f"{LONG}. More."
    assert max(map(len, two.splitlines())) <= 60 - 4
    assert docstring(summary=f"{LONG[5:]}.").count("\n") == 1
    for summary, written in {
        "Call f(1) as g() does.": "Call `f(1)` as g() does.",
        "Call f(g(1)).": "Call `f(g(1))`.",
        "Call self.f(1), `f(2)` or ``a.f(3)``.": "Call `self.f(1)`, `f(2)` or ``a.f(3)``.",
    }.items():
        assert docstring(summary=summary) == written
    assert docstring(summary="Do it.\n\n- Once.\n- Twice.") == "Do it.\n\n- Once.\n- Twice."


@pytest.mark.parametrize(
    "details",
    [
        'It is as follows:\n\n    if a:\n        b()\n\n\n    c("x")  # d',
        "It is as follows::\n\n    a = {\n\n\tb}\n\nThat is all.",
        "```python\nif a:\n\n    b(r'\\d')\n```\n\nThat is all.",
        "These are known:\n- one, which is long, and goes\n  on\n- two\n  1. three",
        "1. One.\n\n   More of it.\n\n2. Two.",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        ".. note::\n\n    It is slow.",
        ":class:`Order` is what comes, or -1.",
        "-1 if there is none.",
        "Is it there? See above!",
        f"```yaml\n- {'long ' * 20}end\n```",
        f"As follows:\n\n    - {'long ' * 20}end",
        "Examples:\n\nurl = f(1)\nassert url.host == 2",
        "Example:\n    f()",
        "Note:\n    It is slow.\n\nMore.",
        "...and so on.",
    ],
)
def test_code_and_lists_in_the_details_are_unchanged(details: str) -> None:
    assert docstring(summary="Do it.", details=details) == f"Do it.\n\n{details}"


def test_an_item_that_does_not_fit_is_wrapped_within_itself() -> None:
    contents = docstring(summary="Do it.", details=f"- One.\n- {LONG},\n  and {LONG}.\n- Two.")
    first, item, *rest, last = contents.splitlines()[2:]
    assert (first, last) == ("- One.", "- Two.")
    assert " ".join([item, *map(str.strip, rest)]) == f"- {LONG}, and {LONG}."
    assert all(line.startswith("  ") for line in rest)


@pytest.mark.parametrize(
    "part",
    [
        ">>> f()\n1",
        "    >>> f()\n    1",
        "So it goes:\n\n    >>> f()\n    1",
        '```\n"""x"""\n```',
        ".. testcode::\n\n    f()",
        "Args:\n    a: It.\n\n    b: It.",
        "Returns:\n    It.",
        ":param a: It.\n:returns: It.",
        "    a()  # mypy: ignore-errors",
        "- a\u202eb",
    ],
)
def test_a_part_that_is_invalid_in_a_docstring_is_left_out_completely(part: str) -> None:
    details = f"One.\n\n{part}\n\nTwo."
    assert docstring(summary="Do it.", details=details) == "Do it.\n\nOne.\n\nTwo."


_FRAGMENTS = st.sampled_from(
    ["    ", "\t", "- ", "```", ">>> ", "...", '"""', "'''", "\\", ".. testcode::", "# mypy: x",
     ":param a: b", ":class:`A`", "Args:", "Note:", "----", "\r", "\x0c", "\x85", "\u2028", "f(",
     "| a", "isort: skip_file", "\u202e", "\n", "\n\n"]
)  # fmt: skip
_ANYTHING = st.lists(_FRAGMENTS | st.text("ab .:-1", max_size=6), max_size=12).map("".join)


@settings(max_examples=150)
@given(_ANYTHING, _ANYTHING, st.sampled_from(STYLES))
def test_the_proof_accepts_any_proposed_docstring(summary: str, details: str, style: Style) -> None:
    docstring(style, summary=f"Do it. {summary}", details=details)


_WORD = st.text("abcxyzABC", min_size=1, max_size=12)
_PARAGRAPH = st.lists(_WORD, min_size=1, max_size=30).map(" ".join)
_CODE = st.lists(
    st.builds("{}{}({})".format, st.sampled_from(["    ", "        "]), _WORD, _WORD) | st.just(""),
    min_size=1,
    max_size=6,
).map(lambda lines: "\n".join(["    first()", *lines, "    last()"]))


@settings(max_examples=100)
@given(_PARAGRAPH, st.lists(_PARAGRAPH | _CODE, max_size=5), st.sampled_from(STYLES))
def test_every_word_is_kept_and_code_byte_for_byte(
    summary: str, parts: list[str], style: Style
) -> None:
    contents = docstring(style, summary=summary, details="\n\n".join(parts))
    there = [word.strip(".").lower() for word in contents.split()]
    assert there == [word.lower() for text in (summary, *parts) for word in text.split()]
    assert all(part in contents for part in parts if part.startswith(" "))


def test_completing_keeps_the_existing_docstring() -> None:
    rest = "    if a: raise KeyError\n    return a\n"
    text = "def f(a):\n    '''Do  it.\n\n    Returns:\n      It.  \n    '''\n" + rest
    assert keys(text) == []
    assert keys(text, complete=True) == ["f"]
    after, _ = apply(text, {"f": {"summary": "x", "args": {"a": "C:\\x"}}}, complete=True)
    assert after == (
        "def f(a):\n    '''Do  it.\n\n    Args:\n        a: C:\\\\x.\n\n    Returns:\n"
        "      It.  \n    '''\n" + rest
    )
    verdict = prove(Source.of(text), Source.of(after), Options())
    assert verdict.status is Status.ACCEPTED, verdict.reasons
    again = dict(propose(Source.of(after), ["f"], Options(complete=True)))
    after, _ = apply(after, again, complete=True)
    assert "      It.  \n\n    Raises:\n        KeyError: If ``a`` is true.\n    '''\n" in after
    assert keys(after, complete=True) == []


def test_completing_reports_docstrings_with_nothing_to_add() -> None:
    text = 'def f(a):\n    """Do it."""\n    return a\n'
    facts = dict(propose(Source.of(text), ["f"], Options(complete=True)))
    _, candidate = apply(text, facts, complete=True)
    assert not candidate.edits
    assert [(each.reason, each.extra) for each in candidate.left] == [
        ("the code shows nothing that its docstring lacks", True)
    ]


@pytest.mark.parametrize("style", STYLES)
def test_completing_twice_changes_nothing(style: Style) -> None:
    text = FILLED.replace(":\n", ':\n    """Do it."""\n', 1)
    once = rewritten(text, complete=True, style=style)
    assert once != text
    assert rewritten(once, complete=True, style=style) == once


def test_a_docstring_in_single_quotes_is_not_completed() -> None:
    _, candidate = apply(
        "def f(a):\n    'Do it.'\n    return a\n",
        {"f": {"summary": "x", "args": {"a": "It."}}},
        complete=True,
    )
    assert candidate.edits == ()
    assert "triple quotes" in candidate.left[0].reason


def test_a_docstring_with_a_new_finding_is_not_written() -> None:
    text = "def f():\n    pass\n\n\ndef g():\n    pass\n"
    facts = {"f": {"summary": "F."}, "g": {"summary": "G."}}
    source = Source.of(text)
    after = source.with_edits(REWRITE.write(source, facts, Options()).edits)
    fault = Fault("ruff", "D400", "x", Range(Position(1, 4), Position(1, 9)))
    assert REWRITE.attribute(after, facts, [fault], 5)[:2] == ({"g": facts["g"]}, {"f": (0,)})
    assert REWRITE.attribute(after, facts, [fault._replace(range=None)], 5)[:2] == (facts, {})


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def f(a):\n  if a < 0: raise E('too small')", 'Raise ``E`` if ``a < 0`` ("too small").'),
        ("def f(a):\n  if a: raise E\n  if a.b: raise E",
         "Raise ``E`` if ``a`` is true or if ``a.b`` is true."),
        ("def f(a):\n  if a: raise E\n  return a", "Raise ``E`` if ``a`` is true."),
        ("def f(a):\n  if a.long_enough: raise E('a message that does not fit into the line')",
         "Raise ``E`` if ``a.long_enough`` is true."),
        ("def f(a):\n  one, two = a\n  return one, two", "Return the tuple ``(one, two)``."),
        ("def f(a):\n  if not a: return None\n  return a.b",
         "Return ``a.b``, or None if ``not a``."),
        ("def f(a):\n  for one, two in a: yield one, two", "Yield tuples ``(one, two)``."),
        ("def f(a=None):\n  a = a or x()\n  use(a)", "``a`` defaults to ``x()``."),
        ("def f(a):\n  if a is None: a = x()\n  use(a)", "If ``a`` is None, ``x()`` is used."),
        ("def f(a):\n  time.sleep(a)", "``a`` is in seconds."),
        ("def f(a):\n  if a == 1: x()\n  elif a == 2: y()\n  else: raise e(a)",
         "``a`` is ``1`` or ``2``."),
        ("def f(a, key):\n  return [a(key) for _ in x]", "``a`` is called as ``a(key)``."),
        ("def f(*a, **b):\n  return run(*a, **b)", "``*a`` and ``**b`` are passed to ``run``."),
        ("def f():\n  warnings.warn('f is going away', DeprecationWarning)\n  x()",
         'Issue a ``DeprecationWarning`` ("f is going away").'),
        ("class A:\n  def f(self): raise NotImplementedError\nclass B(A):\n  def f(self): ...",
         "Raise ``NotImplementedError`` unless overridden, as by ``B``."),
    ],
)  # fmt: skip
def test_a_fact_from_the_code_is_the_first_line_and_is_not_repeated(text: str, line: str) -> None:
    source = Source.of(f"import x as E\n{text}")
    key = "A.f" if "class A" in text else source.definitions[0].key
    ((_, contents),) = propose(source, [key], Options(line_length=79))
    assert contents.pop("summary") == line
    assert not any(contents.values())


@pytest.mark.parametrize(
    "text",
    [
        "def parse_url(): ...",
        "def f(a): return a.b",
        "class HTTPServer: ...",
        "class A:\n  def __init__(self, a):\n    if not a: raise E",
        "class A:\n  def f(self): raise NotImplementedError",
        "class A:\n  def f(self):\n    x()\n    return self",
        "class A:\n  def __getitem__(self, a):\n    if a not in self.x: raise KeyError",
        "class A:\n  def __exit__(self, *a): return self.x.leave(*a)",
        "def f(a=None):\n  a = a or []\n  use(a)",
        "def f(a):\n  x()\n  y()",
        "def f(*a): return super().f(*a)",
        "def f(*a): return _run(*a)",
        "def f(a):\n  if a._b: raise E",
        "def f(a):\n  if a: raise made(a)",
        "def f(a):\n  for b in a: raise E('no way out')",
        "def f(a):\n  if a: raise E\n" + "  x()\n" * 40,
        "def f(policy):\n  if isclass(policy): policy()\n  use(policy)",
        "def f(a):\n  b = []\n  b.append(a)\n  if not b: return None\n  return x(b)",
        "def f(ctx: Callable[[int], str], b):\n  return ctx(b)",
        "class ParseError(Exception): ...",
        "class OddError(ValueError): ...\ndef halve(): raise OddError",
        "def f(a):\n  if not a: return None\n  b = 1\n  b += 1\n  return b",
        "def f(a):\n  if a < 0: raise E\n  b = open_it(a)\n  b.read(a)\n  b.close()",
        "def f(a):\n  if a < 0: raise E\n  def g(b):\n    b.c()\n    return b\n  return g",
        "".join(f"def f{n}(a):\n  if a.b: raise E\n  run{n}(a)\n" for n in range(3)),
        "def f(cond):\n  if cond is None: raise DeprecationWarning",
        "def f(a):\n  if a: raise E\n  return x(a)",
        "class A(B):\n  def __init__(self, a):\n    super().__init__(a)\n    if a: raise E",
    ],
)
def test_without_a_fact_for_the_first_line_there_is_no_docstring(text: str) -> None:
    text = f"import x as E\n{text}\n"
    source = Source.of(text)
    key = source.definitions[-1].key.removesuffix(".__init__")
    ((_, contents),) = propose(source, [key], Options())
    assert contents["summary"] == ""
    assert contents["why_none"]
    assert rewritten(text) == text


def test_text_about_exceptions_and_results_is_not_used_for_parameters() -> None:
    body = "if a not in (1, 2):\n  raise E\nif b is None:\n  return None\nreturn x(a, b)"
    assert entries_of("a, b", "import x as E\n" + body) == {
        "raises": {"E": "If ``a not in (1, 2)``."},
        "returns": "``x(a, b)``, or None if ``b is None``.",
    }


def entries_of(signature: str, body: str) -> dict[str, Any]:
    """Return the entries for a function if linters demand all, so that none is the first line."""
    lines = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    head = "import re\nMODES = {}\nMode = Literal['r', 'w']\n"
    source = Source.of(f"{head}def f({signature}):\n{lines}\n")
    ((_, contents),) = propose(source, ["f"], Options(demanded=DEMANDED))
    return {
        name: contents[name] for name in ("args", "returns", "yields", "raises") if contents[name]
    }


@pytest.mark.parametrize(
    ("signature", "body", "text"),
    [
        ("a", "if a is None:\n  a = now()\nuse(a)", "If None, ``now()`` is used."),
        ("a", "b = a if a is not None else 3\nuse(b)", "If None, ``3`` is used."),
        ("a=None", "return read(a or 'x')", "Defaults to ``'x'``."),
        ("a=0", "a = a or 3\nuse(a)", "If None or otherwise false, ``3`` is used."),
        (
            "a",
            "a = a or cast('Mode', run)\nuse(a)",
            "If None or otherwise false, ``run`` is used.",
        ),
        ("a", "if a is None:\n  return\nuse(a)", "If None, nothing is done."),
        ("a", "if a is None:\n  return 'x'\nuse(a)", "If None, ``'x'`` is returned."),
        ("a", "if a is None:\n  s.b = 1\nelse:\n  s.b = a", "If None, ``1`` is used."),
        ("a", "if a not in MODES:\n  raise make(a)\nuse(a)", "One of ``MODES``."),
        ("a", "if a == 1:\n  x()\nelif a == 2:\n  y()\nelse:\n  raise E", "``1`` or ``2``."),
        ("a: Mode", "use(a)", "``'r'`` or ``'w'``."),
        ("a", "time.sleep(a)", "Seconds."),
        ("a", "asyncio.wait_for(x, timeout=a)", "Seconds."),
        ("a", "return timedelta(days=a)", "Days."),
        ("a", "return math.sin(a)", "Radians."),
        ("a", "for b in x:\n  a(self.key, 12)", "Called as ``a(self.key, 12)``."),
        ("a", "return [a() for _ in x]", "Called without arguments."),
        ("*a", "return make(1, *a)", "Passed to ``make``."),
        ("**a", "with x.start(**a):\n  y()", "Passed to ``x.start``."),
        ("a", "x()\ny()", "Not used."),
    ],
)
def test_a_parameter_is_documented_from_the_code(signature: str, body: str, text: str) -> None:
    assert entries_of(signature, body)["args"] == {"a": text}


@pytest.mark.parametrize(
    ("signature", "body"),
    [
        ("a", "return a"),
        ("a: str = 'x'", "return use(a)"),
        ("a: int | None = None", "return use(a)"),
        ("a", "a = b\nif a is None:\n  a = 1\nuse(a)"),
        ("a", "x()\nif a is None:\n  return\nuse(a)"),
        ("a", "for b in x:\n  pass\na = b if a is None else a\nuse(a)"),
        ("a", "if a == 0:\n  return\nif a not in (1, 2):\n  raise E"),
        ("a", "if a not in (1, 2):\n  x()\nuse(a)"),
        ("a", "a(1)\na(22)"),
        ("a", "b = not (a or c)\nuse(a, b)"),
        ("a", "b = 1 if (a or c) else 2\nuse(a, b)"),
        ("a", "if callable(a):\n  a()\nuse(a)"),
        ("*a", "run(*a)\nuse(a)"),
        ("a", "x()\nreturn locals()"),
        ("a", "..."),
        ("a", "x()\ndef g():\n  return a\ny(g)"),
        ("_a", "x()\ny()"),
        ("time, a", "return use(time.time(), a, wait)"),
        ("a", "if isinstance(a, bool):\n  raise E\na = a or 3\nuse(a)"),
        ("a=len", "for b in x:\n  a()\ny()"),
        ("a", "for key in x:\n  a(key, 12)"),
        ("**a", "a.setdefault('b', 1)\nreturn run(**a)"),
        ("*a, **b", "b.pop('c')\nreturn run(*a, **b)"),
        ("**a", "return x(**dict(y, **a))"),
        ("**a", "if x:\n  return run(**a)\nreturn y()"),
        ("**a", "if x:\n  return None\nreturn run(**a)"),
        ("**a", "with x:\n  if y:\n    return None\nreturn run(**a)"),
        ("*a", "for b in x:\n  run(*a)"),
        ("*a", "return x.union(*a)"),
        ("*a", "return min(1, *a)"),
        ("*a", "return f(1, *a)"),
        ("*a", "return chain(x, *a)"),
        ("*a", "call = x()\nreturn call(*a)"),
        ("*a", "return x.run_sync(y, *a)"),
        ("*a, **b", "return run(*a)"),
    ],
)
def test_facts_in_the_signature_of_a_parameter_are_not_repeated(signature: str, body: str) -> None:
    assert "args" not in entries_of(signature, body)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("if a < 0:\n  raise E", "If ``a < 0``."),
        ("if a < 0:\n  raise E('too small')", 'If ``a < 0`` ("too small").'),
        ("if a:\n  x()\nelse:\n  raise E", "If ``not a``."),
        ("if not a:\n  x()\nelse:\n  raise E", "If ``a`` is true."),
        ("if hasattr(a, 'b'):\n  x()\nelif a.c:\n  raise E",
         "If ``not hasattr(a, 'b') and a.c``."),
        ("if a is None:\n  return\nif a.b:\n  raise E", "If ``a is not None and a.b``."),
        ("if a:\n  raise KeyError\nif a.b:\n  raise E", "If ``a.b`` is true."),
        ("if a:\n  raise E\nif a.b:\n  raise E('it is b')",
         'If ``a`` is true; or if ``a.b`` is true ("it is b").'),
        ("log.info('no b', a)\nif a is None:\n  raise E", "If ``a is None``."),
        ("if x is None:\n  use(a)\n  return\nif not isinstance(a, int):\n  raise E",
         "If ``x is not None and (not isinstance(a, int))``."),
        ("x = b.get(1)\nuse(b)\nif a < 0:\n  raise E", "If ``a < 0``."),
        ("if not (a is None or a.b is None):\n  x()\nelse:\n  raise E",
         "If ``a is None or a.b is None``."),
        ("m = re.match(a)\nif m is None:\n  raise E", "If ``re.match(a) is None``."),
        ("for b in a:\n  if b:\n    raise E(f'no {b!r} here')",
         'With the message "no {b} here".'),
        ("try:\n  b = int(a)\nexcept ValueError as error:\n  raise E from error",
         "If ``int(a)`` raises ``ValueError``."),
        ("try:\n  return int(a)\nexcept Exception:\n  raise E('no number')",
         'If ``int(a)`` fails ("no number").'),
    ],
)  # fmt: skip
def test_when_an_exception_is_raised(body: str, text: str) -> None:
    assert entries_of("a", "import x as E\n" + body)["raises"]["E"] == text


@pytest.mark.parametrize(
    "body",
    [
        "try:\n  if a:\n    raise E\nexcept E:\n  x()",
        "with suppress(E):\n  if a:\n    raise E",
        "for b in a:\n  if b:\n    raise E",
        "b = x()\nb += 1\nif b:\n  raise E",
        "if x():\n  if y():\n    return\nif a:\n  raise E",
        "if a:\n  raise E\nraise E",
        "if a:\n  raise E('word')\nfor b in a:\n  raise E(b)",
        "a.pop()\nif a:\n  raise E",
        "if 'b' in a:\n  b = a.pop('b')\nif a:\n  raise E",
        "fill(a)\nif not a:\n  raise E",
        "a.b.wait()\nif not a.b:\n  raise E",
        "if a.b:\n  c.wait()\n  if not a.b:\n    raise E",
        "b = a.b\nc.wait()\nd = a.c\nif d:\n  raise E",
        "b = a.read()\nif b != 1 and b != 2:\n  raise E",
        "if not (a and a.b):\n  raise E",
        "if a.__b:\n  raise E",
        "if a < 0:\n  raise E\nfor b in a:\n  raise E('no way out')",
        "try:\n  x()\n  y()\nexcept KeyError:\n  raise E",
    ],
)
def test_no_condition_is_made_up(body: str) -> None:
    assert "raises" not in entries_of("a", "import x as E\n" + body)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("x()\nreturn self", "The object itself."),
        ("one, two = a\nreturn one, two", "The tuple ``(one, two)``."),
        ("x()\nreturn {'b': 1, 'c': a}", "A dictionary with the keys ``'b'`` and ``'c'``."),
        ("if a:\n  return 'in'\nreturn 'out'", "``'in'`` or ``'out'``."),
        ("if not a:\n  return None\nreturn x(a)", "``x(a)``, or None if ``not a``."),
        ("if not a:\n  return None\nb = 1\nb += 1\nreturn b", "None if ``not a``."),
        ("for b in a.all:\n  if b.c:\n    return b\nreturn None",
         "The first ``b`` of ``a.all`` with ``b.c``, or None."),
    ],
)  # fmt: skip
def test_a_result_is_documented_from_the_code(body: str, text: str) -> None:
    assert entries_of("self, a", body)["returns"] == text


def test_yielded_values_are_documented_from_the_code() -> None:
    assert entries_of("a", "for key, value in a:\n  yield key, value") == {
        "yields": "Tuples ``(key, value)``."
    }
    assert entries_of("a", "yield a") == {}


@pytest.mark.parametrize("name", ["contextmanager", "pytest.fixture", "hookimpl(wrapper=True)"])
def test_a_context_manager_or_a_fixture_is_not_documented_as_an_iterator(name: str) -> None:
    text = f"@{name}\ndef f(x):\n    one, two = x\n    yield one, two\n"
    assert rewritten(text) == text


@pytest.mark.parametrize(
    "body",
    [
        "return a",
        "return x(a)",
        "if x():\n  return 1\nreturn a",
        "if a:\n  return 0\nreturn 2",  # the meaning of the numbers is unknown
    ],
)
def test_a_result_without_known_facts_is_not_documented(body: str) -> None:
    assert "returns" not in entries_of("a", body)


@pytest.mark.parametrize(("newline", "indent"), [("\r\n", "    "), ("\n", "\t"), ("\n\f\n", "  ")])
def test_tabs_form_feeds_and_windows_line_ends_stay(newline: str, indent: str) -> None:
    before = FILLED.replace("pour(size)", "for a in b: raise OSError('no way')")
    before = before.replace("    ", indent).replace("\n", newline)
    after = rewritten(before)
    docstring = [
        '"""If ``size`` is None, ``3`` is used.', "",
        "Raises:", '    OSError: With the message "no way".', '"""',
    ]  # fmt: skip
    end = newline if "\f" not in newline else "\n"
    first, body = before.split(newline, 1)
    made = "".join(indent * bool(line) + line + end for line in docstring)
    if "\f" in newline:
        assert after == first + "\n" + made + before[len(first) + 1 :]
    else:
        assert after == first + newline + made + body


def test_the_provider_skips_unknown_definitions() -> None:
    assert list(propose(Source.of("x = 1\n"), ["f"], Options())) == []


names = st.sampled_from(["f", "get_x", "_a", "__call__", "is_b", "Klass", "q"])
heads = st.sampled_from([
    "def {}(a, *b, c=1, **d):", "async def {}(self):", "class {}:", "class {}(Base):",
    "def {}(a: 'x' = lambda: {{1: 2}}) -> int:", "@deco\ndef {}():", "@d.e(1)\nclass {}:",
    "def {}(\n        a,  # one\n):", "def {}():  # why",
])  # fmt: skip
simple = st.sampled_from([
    "pass", "return 1", "x = '''a\n  b'''", "raise ValueError('x')", "yield 1", "# note", "",
    "...", "y = 1; z = 2", "x = (1,\n2)", "return a \\\n  + 1", "'text'", "é = 'ü'", "\f",
])  # fmt: skip


@st.composite
def blocks(draw: st.DrawFn, depth: int = 0) -> list[str]:
    """Draw the lines of a random block; a body may be on the line of its definition's header."""
    indent = draw(st.sampled_from(["    ", "\t", "  "]))
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        if depth < 3 and draw(st.booleans()):
            head = draw(heads).format(draw(names)).split("\n")
            if "#" not in head[-1] and draw(st.integers(0, 3)) == 0:
                head[-1] += draw(
                    st.sampled_from([" pass", " ...", "pass", " x = 1; y = 2", " ...  # c"])
                )
                lines += head
                continue
            lines += head
            lines += [indent + line for line in draw(blocks(depth + 1))]
        else:
            lines += draw(simple).split("\n")
    return [*lines, "pass"]


@settings(max_examples=150)
@given(
    blocks(), st.sampled_from(["\n", "\r\n"]), st.sampled_from(STYLES), st.sampled_from(["", "x"])
)
def test_in_any_layout_only_docstrings_are_added(
    lines: list[str], end: str, style: Style, last: str
) -> None:
    text = end.join(lines) + end * bool(last)
    try:
        ast.parse(text)
    except SyntaxError:
        return
    source, options = Source.of(text), Options(style=style, demanded=DEMANDED)
    keys = [definition.key for definition in source.definitions]
    facts = dict(propose(source, keys, options))
    candidate = REWRITE.write(source, facts, options)
    after = source.with_edits(candidate.edits)
    verdict = prove(source, after, options)
    assert verdict.status is Status.ACCEPTED, (text, after.text, verdict.reasons)
    assert {line[len(line.rstrip("\r\n")) :] for line in split_lines(after.text)} <= {end, ""}
    again = REWRITE.targets(after, None, options)[0]
    assert not {each.key for each in again} & set(candidate.changed)


def test_our_own_modules_can_be_documented_again() -> None:
    root = Path(__file__).parents[2] / "server" / "python_expert"
    text = (root / "text" / "rebase.py").read_text(encoding="utf-8")
    assert rewritten(textwrap.dedent(text)) == text


def test_a_change_outside_of_docstrings_is_reported_at_its_new_line() -> None:
    before = "def f(x):\n    return x\n\n\ndef g(x):\n    return x + 1\n"
    after = before.replace("):\n", '):\n    """Do.\n\n    It.\n    """\n').replace("+ 1", "+ 2")
    verdict = REWRITE.prove(Source.of(before), Source.of(after), Options())
    assert verdict.reasons[0].message == "something other than docstrings changed"
    assert after.splitlines()[verdict.reasons[0].line] == "    return x + 2"
