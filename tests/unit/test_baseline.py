"""The baseline: which findings are known, and the file that lists them."""

from __future__ import annotations

import gc
import json
import textwrap
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_expert.baseline.file import NAME, BaselineError, read, total, write
from python_expert.baseline.identity import Identity, identity
from python_expert.baseline.match import Matcher
from python_expert.diagnostics.finding import Finding, Severity
from python_expert.project.baseline_files import find, load, save
from python_expert.project.known_findings import BaselineRun, are_known
from python_expert.text.document import Document, Position, Range
from tests.tools import MERGING, MYPY, RUFF

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.baseline.file import Entries

TEXT = """\
import os


def f():
    try:
        return 1
    except:
        pass


class A:
    def g(self):
        try:
            return 2
        except:
            pass
"""


def bare_excepts(text: str) -> list[Finding]:
    """Return a finding for each bare ``except`` of a text, in ruff's form."""
    return [
        Finding(RUFF, Range(Position(n, 0), Position(n, 99)), "E722", "", Severity.WARNING)
        for n, line in enumerate(text.split("\n"))
        if "except:" in line
    ]


def identities(text: str) -> list[Identity]:
    document = Document.of("file:///a.py", 0, text)
    return [identity(each, document, "a.py") for each in bare_excepts(text)]


def new_after(text: str) -> list[str]:
    """Return the definitions with findings in a text that are new since `TEXT`."""
    found = identities(text)
    known = Matcher(Counter(identities(TEXT))).known([[each] for each in found])
    return [each.scope for each, is_known in zip(found, known, strict=True) if not is_known]


G = TEXT[TEXT.index("    def g") :]

EDITS = {
    "lines above": "import re\n\n\n" + TEXT,
    "lines between": TEXT.replace("return 1", "return 1\n        # more\n"),
    "a reformatted neighbour": TEXT.replace("return 1", "return (\n            1\n        )"),
    "indented": "if True:\n" + textwrap.indent(TEXT, "  "),
    "line ends": TEXT.replace("\n", "\r\n"),
    "space in its line": TEXT.replace("except:", "except :"),
    "a renamed function": TEXT.replace("def f", "def other"),
    "a renamed class": TEXT.replace("class A", "class B"),
    "code that has moved": TEXT.replace("class A:\n" + G, "\n\n" + textwrap.dedent(G)),
    "a function that is gone": TEXT.replace(G, "    pass\n"),
    "a string with odd lines": TEXT.replace("import os", 'S = """\ndef no():\nclass\n"""'),
    "a string that was opened": TEXT.replace("import os", 'S = """'),
}


@pytest.mark.parametrize("edit", EDITS)
def test_known_findings_stay_known_after_an_edit(edit: str) -> None:
    assert new_after(EDITS[edit]) == []


def test_an_additional_finding_is_new_in_its_definition() -> None:
    more = "def h():\n    try:\n        return 3\n    except:\n        pass\n\n\n"
    assert new_after(more + TEXT) == ["h"]
    assert new_after(TEXT.replace("class A", more + "class A")) == ["h"]
    assert new_after(TEXT + textwrap.indent(more, "        ")) == ["A.g.h"]


def test_an_edited_line_is_new() -> None:
    (known, *_) = identities(TEXT)
    assert identities(TEXT.replace("except:", "except:  # why"))[0] != known
    assert new_after(TEXT.replace("except:", "except:  # why", 1)) == ["f"]


def test_a_finding_about_the_whole_file_stays_known_when_its_first_line_changes() -> None:
    where = Range(Position(0, 0), Position(0, 0))
    finding = Finding(RUFF, where, "INP001", "", Severity.WARNING)
    one, other = (Document.of("file:///a.py", 0, text) for text in ("a = 1\n", "def f(): ...\n"))
    assert identity(finding, one) == identity(finding, other)


def test_an_equivalent_of_another_tool_is_known_until_that_tool_reports() -> None:
    document = Document.of("file:///a.py", 0, "x = y\n")
    where = Range(Position(0, 4), Position(0, 5))
    ruffs = Finding(RUFF, where, "F821", "", Severity.ERROR)
    mypys = Finding(MYPY, where, "name-defined", "", Severity.ERROR)
    other = Finding(MYPY, where, "arg-type", "", Severity.ERROR)
    matcher = Matcher({identity(ruffs, document, "a.py"): 1})
    assert are_known(matcher, [other, mypys, mypys], document, "a.py", MERGING) == [
        False,
        True,
        False,
    ]


WORDS = st.text(max_size=8)
FILES = st.sampled_from(["a.py", "pkg/ü.py", "\udcff.py"])
COUNTS = st.dictionaries(
    st.builds(Identity, FILES, st.sampled_from(["ruff", "mypy"]), WORDS, WORDS, WORDS),
    st.integers(1, 3),
)


def by_file(counts: dict[Identity, int]) -> Entries:
    entries: dict[str, dict[Identity, int]] = {}
    for entry, number in counts.items():
        entries.setdefault(entry.file, {})[entry] = number
    return entries


@given(COUNTS)
def test_the_file_has_a_line_for_each_finding_and_can_be_read_back(
    counts: dict[Identity, int],
) -> None:
    text = write(by_file(counts))
    assert read(text.encode()) == by_file(counts)
    assert read(text.encode()).total == sum(counts.values())
    assert len(text.splitlines()) == len(counts) + 6
    assert len(json.loads(text)["findings"]) == len(counts) + 1
    assert total(by_file(counts)) == sum(counts.values())


@given(COUNTS)
def test_another_layout_is_read_too(counts: dict[Identity, int]) -> None:
    text = json.dumps(json.loads(write(by_file(counts))), indent=2)
    assert read(text.encode()) == by_file(counts)


@given(COUNTS, COUNTS)
def test_each_entry_is_a_line_that_is_independent_of_other_entries(
    one: dict[Identity, int], other: dict[Identity, int]
) -> None:
    alone, both = (write(by_file(each)).splitlines() for each in (one, other | one))
    assert Counter(alone) <= Counter(both)
    assert both[3:-3] == write(by_file(one | other | one)).splitlines()[3:-3]


@given(COUNTS, st.lists(st.integers(0, 50)))
def test_each_entry_hides_only_one_finding(counts: dict[Identity, int], picks: list[int]) -> None:
    entries = list(counts)
    found = [entries[pick % len(entries)] for pick in picks] if entries else []
    matcher = Matcher(counts)
    known = matcher.known([[each] for each in found])
    assert sum(known) + matcher.left.total() == sum(counts.values())
    alike = Counter(each.anywhere for each in found)
    given_ = Counter[Identity]()
    for each, number in counts.items():
        given_[each.anywhere] += number
    assert sum(known) == (alike & given_).total()


def test_a_long_file_adds_no_objects_for_the_garbage_collector() -> None:
    # The collector stops all threads while it visits a million entries.
    entries = {Identity("a.py", "ruff", "F401", "", f"{number:04}"): 1 for number in range(2_000)}
    data = write({"a.py": entries}).encode()
    gc.collect()
    before = len(gc.get_objects())
    found = read(data)
    gc.collect()
    assert len(gc.get_objects()) - before < len(entries) / 10
    assert found["a.py"] == entries


def test_a_union_merge_keeps_the_larger_number() -> None:
    entry = Identity("a.py", "ruff", "F401", "", "00")
    lines = write({"a.py": {entry: 2}}).splitlines()
    lines.insert(3, write({"a.py": {entry: 3}}).splitlines()[3])
    assert read("\n".join(lines).encode()) == {"a.py": {entry: 3}}


GOOD = write({"a.py": {Identity("a.py", "ruff", "F401", "", "00"): 1}})


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 0, "not JSON"),
        (GOOD[: GOOD.index("null")], 3, "not JSON: it ends early"),
        (GOOD.replace('"version": 1', '"version": 2'), 1, "version 2"),
        (GOOD.replace('"version": 1,\n', ""), 0, "no known version"),
        ("[]", 0, "no known version"),
        ('{"version": 1}', 0, "no list"),
        (GOOD.replace("null", "<<<<<<< HEAD\nnull"), 4, "conflict markers"),
        (GOOD.replace("null", "=======\nnull"), 4, "conflict markers"),
        (GOOD.replace('["a.py"', "[1"), 3, "not an entry"),
        (GOOD.replace('"00"]', '"00", 0]'), 3, "not an entry"),
        (GOOD.replace('"00"]', '"00"'), 3, "not an entry"),
        (GOOD.replace('"00"]', '"00", "1"]'), 3, "not an entry"),
        (GOOD[: GOOD.index(', "00"')], 3, "not JSON: it ends early"),
        ("[" * 100_000, 0, "not JSON"),
    ],
)
def test_a_broken_file_is_named_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(BaselineError, match=words) as caught:
        read(text.encode())
    assert caught.value.line == line
    with pytest.raises(BaselineError):
        read(b"\xff" + text.encode())


def test_entries_outside_the_paths_of_a_run_stay(tmp_path: Path) -> None:
    names = ("a.py", "pkg/b.py", "pkg/gone.py", "package/c.py")
    entries = by_file({Identity(name, "ruff", "F401", "", "00"): 1 for name in names})
    run = BaselineRun(tmp_path / NAME, entries)
    assert {each.file for each in run.left([tmp_path / "pkg"])} == {"pkg/b.py", "pkg/gone.py"}
    assert {*run.kept([tmp_path / "pkg"], with_new=False)} == {"a.py", "package/c.py"}
    assert run.left([tmp_path / "a.py"]).total() == 1
    assert run.left([tmp_path.parent]).total() == 4


def test_the_file_is_at_the_project_or_above_it_in_its_repository(tmp_path: Path) -> None:
    root, part = tmp_path / "repo", tmp_path / "repo" / "part"
    part.mkdir(parents=True)
    (root / ".git").mkdir()
    (tmp_path / NAME).write_text(GOOD)
    assert find(part) == part / NAME
    (root / NAME).write_text(GOOD)
    assert find(part) == root / NAME


def test_files_that_are_not_the_projects_own_are_neither_read_nor_written(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside.json", tmp_path / "root"
    root.mkdir()
    outside.write_text(GOOD)
    link = root / NAME
    link.symlink_to(outside)
    with pytest.raises(BaselineError, match="outside"):
        load(link)
    with pytest.raises(BaselineError, match="outside"):
        save(link, {})
    assert outside.read_text() == GOOD
    link.unlink()
    link.symlink_to(link)
    with pytest.raises(BaselineError):
        load(link)
    link.unlink()
    link.mkdir()
    with pytest.raises(BaselineError, match="not a file"):
        load(link)


def test_a_read_only_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / NAME
    path.write_text(GOOD)
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write anything
    with pytest.raises(BaselineError, match="read-only"):
        save(path, {})
    assert path.read_text() == GOOD
    assert [*tmp_path.iterdir()] == [path]
