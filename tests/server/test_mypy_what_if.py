"""The mypy worker's findings in a hypothetical text; a request has no side effects."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.mypy_client import Worker, codes, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    Json = dict[str, Any]

pytestmark = pytest.mark.one_python

LIB = "def f(x: int) -> int:\n    return x\n"
USER = "import lib\nlib.f(1)\n"
BROKEN = "def f(:\n"
IMAGINED = (
    LIB.replace("x: int", "x: str"),
    LIB.replace("return x", "return ''"),
    LIB.replace("def f", "def g"),
    "import user\n" + LIB,
    "class C(NoSuch): ...\n",
    "raise SystemExit\n" + LIB,
    "# mypy: ignore-errors\n" + LIB,
    BROKEN,
    "",
)


@pytest.fixture
def two(worker: Worker, tmp_path: Path) -> Worker:
    """A worker with two open buffers, one of which imports the other."""
    worker.start(tmp_path, "--strict")
    worker.show(tmp_path / "lib.py", LIB)
    worker.show(tmp_path / "user.py", USER)
    assert worker.codes() == {"lib.py": [], "user.py": []}
    return worker


def test_another_signature_affects_the_file_and_its_users(two: Worker, tmp_path: Path) -> None:
    found = two.what_if(tmp_path / "lib.py", LIB.replace("x: int", "x: str"))
    assert codes(found) == {"lib.py": ["1:return-value"], "user.py": ["1:arg-type"]}
    assert [each["version"] for each in found.values()] == [1, 1]


def test_types_of_consecutive_texts_equal_those_of_each_text_alone(
    two: Worker, tmp_path: Path
) -> None:
    """No text is reverted before the next one; afterwards all of them are."""
    lib, user = str(tmp_path / "lib.py"), str(tmp_path / "user.py")
    bare = LIB.replace(": int", "").replace(" -> int", "")
    requests = [(lib, text) for text in (bare, *IMAGINED, "import wave\n" + bare, bare)]
    requests[3:3] = [(user, USER), (user, "import lib\ndef g(x=lib.f(1)): return x\n")]
    alone = []
    for path, text in requests:
        alone.append(two.request("types", path=path, text=text))
        assert two.codes() == {"lib.py": [], "user.py": []}
    assert [two.request("types", path=path, text=text) for path, text in requests] == alone
    assert any(each["functions"] for each in alone)
    found = two.what_if(tmp_path / "lib.py", LIB.replace("x: int", "x: str"))
    assert codes(found) == {"lib.py": ["1:return-value"], "user.py": ["1:arg-type"]}
    two.request("types", path=lib, text=bare)
    assert two.codes() == {"lib.py": [], "user.py": []}


def test_a_body_affects_only_its_file(two: Worker, tmp_path: Path) -> None:
    found = two.what_if(tmp_path / "lib.py", LIB.replace("return x", "return ''"))
    assert codes(found) == {"lib.py": ["1:return-value"], "user.py": []}


def test_effects_pass_through_files_that_are_not_open(worker: Worker, tmp_path: Path) -> None:
    """A closed importer matters if the file imports it in turn, or if an open file does."""
    write(tmp_path, {"user.py": "import lib\ny = lib.f(1)\n"})
    worker.start(tmp_path, "--strict")
    lib = LIB + "import user\nz: int = user.y\n"
    worker.show(tmp_path / "lib.py", lib)
    assert worker.codes() == {"lib.py": []}
    other = lib.replace("-> int", "-> str").replace("return x", "return ''")
    for _ in range(2):
        found = worker.what_if(tmp_path / "lib.py", other)
        assert codes(found) == {"lib.py": ["3:assignment"]}
    worker.show(tmp_path / "third.py", "import user\nz: int = user.y\n")
    assert worker.codes()["third.py"] == []


def test_irrelevant_files_do_not_keep_the_hypothetical_text(worker: Worker, tmp_path: Path) -> None:
    write(tmp_path, {"user.py": USER + "y = lib.f(1)\n"})
    worker.start(tmp_path, "--strict")
    worker.show(tmp_path / "lib.py", LIB)
    worker.show(tmp_path / "third.py", "import user\nz: int = user.y\n")
    assert worker.codes() == {"lib.py": [], "third.py": []}
    worker.close(tmp_path / "third.py")
    assert worker.codes() == {"lib.py": []}
    worker.what_if(tmp_path / "lib.py", LIB.replace("int", "str"))
    worker.show(tmp_path / "third.py", "import user\nz: int = user.y\n# again\n", 2)
    assert worker.codes()["third.py"] == []


@pytest.mark.parametrize("imagined", [each for each in IMAGINED if each != BROKEN])
def test_a_candidate_that_becomes_the_text_is_checked_normally(
    two: Worker, tmp_path: Path, imagined: str
) -> None:
    """A file that the request did not concern does not miss the edit either."""
    third = "import user\nimport lib\nz: str = lib.f(1)\n"
    two.show(tmp_path / "third.py", third)
    two.check()
    two.close(tmp_path / "third.py")
    write(tmp_path, {"third.py": third})
    two.check()

    two.what_if(tmp_path / "lib.py", imagined)
    two.show(tmp_path / "lib.py", imagined, 2)
    two.check()
    while not two.settled:
        two.settle()
    findings_before = dict(two.files)
    two.show(tmp_path / "third.py", third + "#\n", 2)
    kept_third = dict(two.check())

    two.send("rebuild", {})
    assert codes(two.check()) == codes(kept_third)
    assert {path: kept_third[path]["findings"] for path in findings_before} == {
        path: result["findings"] for path, result in findings_before.items()
    }


def test_a_hypothetical_text_that_becomes_the_text_is_not_checked_again(
    two: Worker, tmp_path: Path
) -> None:
    edited = LIB.replace("x: int", "x: str")
    two.what_if(tmp_path / "lib.py", edited)
    two.show(tmp_path / "lib.py", edited, 2)
    assert two.codes() == {"lib.py": ["1:return-value"], "user.py": ["1:arg-type"]}
    assert two.settled  # immediately: its user was checked with it before


def test_no_finding_is_lost_if_edits_arrive_while_others_take_effect(
    worker: Worker, tmp_path: Path
) -> None:
    users = [f"user{number}.py" for number in range(8)]
    worker.start(tmp_path, "--strict")
    worker.show(tmp_path / "lib.py", LIB)
    for number, name in enumerate(users):
        below = f"import user{number - 1}\n" if number else "\n"
        worker.show(tmp_path / name, f"import lib\n{below}y{number} = lib.f(1)\n")
    worker.check()
    for version in range(2, 14):  # the last one makes all calls wrong
        text = LIB.replace("x: int", "x: str") if version % 2 else LIB + f"z = {version}\n"
        worker.show(tmp_path / "lib.py", text, version)
        worker.news()  # and the pending effects are not awaited
    while not worker.settled:
        worker.settle()
    wrong_calls = {name: ["2:arg-type"] for name in users}
    assert codes(worker.files) == {"lib.py": ["1:return-value"], **wrong_calls}


@pytest.mark.parametrize("imagined", IMAGINED)
def test_the_current_findings_are_unchanged(two: Worker, tmp_path: Path, imagined: str) -> None:
    wrong = "import lib\nlib.f('')\n"
    two.show(tmp_path / "user.py", wrong, 2)
    before = two.check()
    findings_before = dict(before)
    for _ in range(2):
        two.what_if(tmp_path / "lib.py", imagined)
        assert two.news() == {}
        assert two.settled
    assert two.check() == findings_before
    two.show(tmp_path / "lib.py", LIB + "#\n", 2)
    two.show(tmp_path / "user.py", wrong + "#\n", 3)
    assert two.codes() == {"lib.py": [], "user.py": ["1:arg-type"]}
    two.show(tmp_path / "user.py", USER, 4)
    assert two.codes() == {"lib.py": [], "user.py": []}


def test_an_answer_does_not_depend_on_earlier_requests(two: Worker, tmp_path: Path) -> None:
    path = tmp_path / "lib.py"
    alone = {}
    for text in IMAGINED:
        alone[text] = two.what_if(path, text)
        assert two.news() == {}
    for before, text in product(IMAGINED, repeat=2):
        two.what_if(path, before)
        assert two.what_if(path, text) == alone[text], (before, text)


def test_places_refer_to_the_hypothetical_text(two: Worker, tmp_path: Path) -> None:
    imagined = "\n\n" + LIB + "a = 'é'; b: int = ''\n"
    found = two.what_if(tmp_path / "lib.py", imagined)
    (finding,) = found[str(tmp_path / "lib.py")]["findings"]
    line = imagined.split("\n")[finding["line"]].encode()
    assert line[finding["column"] : finding["end_column"]] == b"''"
    assert line.startswith(b"a")


def test_a_hypothetical_text_may_have_more_lines(two: Worker, tmp_path: Path) -> None:
    imagined = LIB + "#\n" * 500 + "x: int = ''\n"
    assert codes(two.what_if(tmp_path / "lib.py", imagined))["lib.py"] == ["502:assignment"]
    assert codes(two.what_if(tmp_path / "lib.py", ""))["user.py"] == ["1:attr-defined"]
    assert two.news() == {}


def test_a_syntax_error_is_reported_and_removed_immediately(two: Worker, tmp_path: Path) -> None:
    found = codes(two.what_if(tmp_path / "lib.py", "def f(x: int -> int: ...\n"))
    assert found == {"lib.py": ["!", "0:syntax"], "user.py": []}
    assert two.news() == {}
    two.show(tmp_path / "user.py", "import lib\nlib.f('')\n", 2)
    assert two.codes() == {"lib.py": [], "user.py": ["1:arg-type"]}


def test_users_of_a_broken_file_are_not_affected_by_its_hypothetical_text(
    two: Worker, tmp_path: Path
) -> None:
    two.show(tmp_path / "lib.py", "x = = 1\n", 2)
    assert two.codes() == {"lib.py": ["!", "0:syntax"], "user.py": []}
    two.what_if(tmp_path / "lib.py", LIB.replace("int", "str"))
    two.show(tmp_path / "user.py", USER + "#\n", 2)
    assert two.codes() == {"lib.py": ["!", "0:syntax"], "user.py": []}


def test_users_of_an_unreadable_file_may_import_any_name(worker: Worker, tmp_path: Path) -> None:
    worker.start(tmp_path, "--strict")
    worker.show(tmp_path / "lib.py", "x = = 1\n")
    worker.show(tmp_path / "user.py", USER)
    found = {"lib.py": ["!", "0:syntax"], "user.py": []}
    assert worker.codes() == found
    worker.what_if(tmp_path / "lib.py", "def f(x: str) -> None: ...\n")
    worker.show(tmp_path / "user.py", USER + "#\n", 2)
    assert worker.codes() == found


def test_a_hypothetical_text_can_be_of_a_file_that_is_not_open(two: Worker, tmp_path: Path) -> None:
    path = tmp_path / "third.py"
    found = codes(two.what_if(path, "import lib\nlib.f('')\n"))
    assert found == {"lib.py": [], "user.py": [], "third.py": ["1:arg-type"]}
    assert two.news() == {}


def test_a_hypothetical_fix_does_not_remove_a_syntax_error(two: Worker, tmp_path: Path) -> None:
    two.show(tmp_path / "lib.py", "def f(:\n", 2)
    broken = two.check()[str(tmp_path / "lib.py")]
    assert not broken["parsed"]
    found = codes(two.what_if(tmp_path / "lib.py", LIB.replace("int", "str")))
    assert found == {"lib.py": [], "user.py": ["1:arg-type"]}
    assert two.news() == {}
    assert two.check()[str(tmp_path / "lib.py")] == broken


def test_a_hypothetical_import_is_read_from_disk(two: Worker, tmp_path: Path) -> None:
    write(tmp_path, {"other.py": "def g(x: int) -> None: ...\n"})
    two.send("disk", {})
    imagined = "import other\nother.g('')\n" + LIB
    found = codes(two.what_if(tmp_path / "lib.py", imagined))
    assert found == {"lib.py": ["1:arg-type"], "user.py": []}
    assert two.news() == {}
    two.show(tmp_path / "lib.py", imagined, 2)
    assert two.codes() == found


def test_a_hypothetical_import_of_a_whole_package(two: Worker, tmp_path: Path) -> None:
    names = [f"m{number}" for number in range(30)]
    write(tmp_path, {f"pkg/{name}.py": "def g(x: int) -> None: ...\n" for name in names})
    imports = "".join(f"from . import {name} as {name}\n" for name in names)
    write(tmp_path, {"pkg/__init__.py": imports})
    two.send("disk", {})
    two.show(tmp_path / "user.py", "import lib\nlib.f('')\n", 2)
    imagined = "import pkg\npkg.m7.g('')\n" + LIB.replace("-> int", "-> str")
    found = codes(two.what_if(tmp_path / "lib.py", imagined))
    assert found == {"lib.py": ["1:arg-type", "3:return-value"], "user.py": ["1:arg-type"]}
    assert two.news() == {str(tmp_path / "user.py"): two.files[str(tmp_path / "user.py")]}
    assert two.codes() == {"lib.py": [], "user.py": ["1:arg-type"]}
    two.show(tmp_path / "user.py", USER, 3)
    assert two.codes() == {"lib.py": [], "user.py": []}


@pytest.mark.parametrize("now", ["é = 'é'\n", "# é\nx: int = 'é'\n"])
def test_text_beyond_ascii_before_and_in_between(two: Worker, tmp_path: Path, now: str) -> None:
    two.show(tmp_path / "lib.py", LIB + now, 2)
    before = dict(two.check())
    imagined = LIB + "y = '世界😀'; z: int = 'é'\n"
    found = two.what_if(tmp_path / "lib.py", imagined)[str(tmp_path / "lib.py")]
    (finding,) = found["findings"]
    line = imagined.split("\n")[2].encode()
    assert line[finding["column"] : finding["end_column"]] == "'é'".encode()
    assert two.news() == {}
    two.show(tmp_path / "lib.py", LIB + now, 3)
    after = two.check()
    strip = [
        {name: result["findings"] for name, result in each.items()} for each in (before, after)
    ]
    assert strip[0] == strip[1]


def test_an_edit_just_before_the_request_is_not_lost(two: Worker, tmp_path: Path) -> None:
    two.show(tmp_path / "user.py", "import lib\nlib.f('')\n", 2)
    found = two.what_if(tmp_path / "lib.py", LIB.replace("x: int) -> int", "x: str) -> str"))
    assert codes(found) == {"lib.py": [], "user.py": []}
    assert found[str(tmp_path / "user.py")]["version"] == 2
    news = two.news()
    assert codes(news) == {"user.py": ["1:arg-type"]}
    assert news[str(tmp_path / "user.py")]["version"] == 2


def test_an_edit_just_before_the_request_in_the_same_file_is_not_lost(
    two: Worker, tmp_path: Path
) -> None:
    two.show(tmp_path / "lib.py", LIB.replace("x: int", "x: str"), 2)
    assert codes(two.what_if(tmp_path / "lib.py", LIB)) == {"lib.py": [], "user.py": []}
    assert codes(two.news()) == {"lib.py": ["1:return-value"], "user.py": ["1:arg-type"]}


def test_a_change_waiting_for_a_pause_is_reported(two: Worker, tmp_path: Path) -> None:
    two.show(tmp_path / "lib.py", LIB.replace("x: int", "x: str"), 2)
    assert codes(two.news())["lib.py"] == ["1:return-value"]
    two.what_if(tmp_path / "lib.py", LIB)
    two.news()
    assert two.codes() == {"lib.py": ["1:return-value"], "user.py": ["1:arg-type"]}


def test_it_can_be_the_first_request(worker: Worker, tmp_path: Path) -> None:
    worker.start(tmp_path)
    worker.show(tmp_path / "lib.py", LIB)
    worker.show(tmp_path / "user.py", "import lib\nlib.f('')\n")
    found = codes(worker.what_if(tmp_path / "lib.py", LIB.replace("x: int", "x: str")))
    assert found == {"lib.py": ["1:return-value"], "user.py": []}
    assert worker.codes() == {"lib.py": [], "user.py": ["1:arg-type"]}


def test_edits_are_checked_while_a_request_is_cleaned_up(two: Worker, tmp_path: Path) -> None:
    params = {"path": str(tmp_path / "lib.py"), "text": LIB.replace("x: int", "x: str")}
    two.send("what_if", params, id="a")
    two.show(tmp_path / "lib.py", LIB.replace("-> int", "-> str"), 2)
    two.send("what_if", params, id="b")
    answers = [two.receive()["result"]["files"] for _ in range(2)]
    expected = {"lib.py": ["1:return-value"], "user.py": ["1:arg-type"]}
    assert [codes(each) for each in answers] == [expected, expected]
    assert two.codes() == {"lib.py": ["1:return-value"], "user.py": []}


# Random edits and requests

SHAPES = """\
from dataclasses import dataclass
@dataclass
class Point:
    x: int
    def shift(self, by: int) -> "Point":
        return Point(self.x + by)
class Base:
    size: int = 0
    def run(self, n: int) -> str:
        return str(n + self.size)
LIMIT: int = 10
"""
STORE = """\
from shapes import Base, LIMIT, Point
class Query(Base):
    def run(self, n: int) -> str:
        return super().run(n + LIMIT)
    @property
    def point(self) -> Point:
        return Point(1).shift(LIMIT)
def first(query: Query) -> int:
    return query.point.x
"""
MAIN = """\
import shapes, store
def main() -> None:
    query = store.Query()
    print(query.run(shapes.LIMIT).upper(), store.first(query) + 1)
    text: str = "s"  # type: ignore[assignment]
class Sub(store.Query):
    def run(self, n: int) -> str:
        return ""
main()
"""
TEXTS = {"shapes.py": SHAPES, "store.py": STORE, "main.py": MAIN}
SWAPS = (
    *(("int", "str"), ("str", "int"), ("self.", "self.x_"), ("LIMIT", "LIMIT_"), ("run", "walk")),
    *(("Base", "object"), ("Point", "Other"), (" -> str", ""), (":", ": ("), ("1", "''")),
    *(("import ", "import re, "), ("@property", ""), ("class ", "class é"), ("return", "raise")),
)
EDITS = st.tuples(
    st.sampled_from(sorted(TEXTS)), st.integers(0, 11), st.sampled_from([None, "", *SWAPS])
)


def _edit(texts: Mapping[str, str], edit: tuple[str, int, Any]) -> tuple[str, str]:
    """Draw a file, and its text with one line repeated, removed or changed."""
    name, number, swap = edit
    lines = texts[name].split("\n")
    number %= len(lines)
    line = lines[number]
    lines[number : number + 1] = (
        [line, line] if swap is None else [line.replace(*swap)] if swap else []
    )
    return name, "\n".join(lines)


@settings(max_examples=6, derandomize=True, database=None, phases=[Phase.generate])
@given(st.lists(st.tuples(EDITS, st.lists(EDITS, max_size=2)), min_size=3, max_size=8))
def test_no_request_changes_later_findings(
    steps: list[tuple[tuple[str, int, Any], list[tuple[str, int, Any]]]],
) -> None:
    workers = queried, other = Worker(), Worker()
    with TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        try:
            texts = dict(TEXTS)
            for it in workers:
                it.start(root, "--strict")
                for name, text in texts.items():
                    it.show(root / name, text)
            for version, (edit, questions) in enumerate(steps, 2):
                name, text = _edit(texts, edit)
                texts[name] = text
                for it in workers:
                    it.show(root / name, text, version)
                for question in questions:
                    where, imagined = _edit(texts, question)
                    queried.what_if(root / where, imagined)
                assert queried.check() == other.check()
        finally:
            for it in workers:
                it.end()
