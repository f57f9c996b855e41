"""The mypy worker's answers about a name; a request has no side effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.mypy_client import Worker, checked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = """\
import json
from collections import OrderedDict
from typing import Any, TypeVar


class Shape:
    '''A shape.

    More.
    '''

    size: int = 0

    def scale(self, by: float) -> "Shape":
        '''Scale it.'''
        return self if by else Shape()

    @property
    def area(self) -> float:
        '''Its area.'''
        return 1.0


def untyped(value, other=1):
    '''Do nothing.'''
    return value


T = TypeVar("T")


def first(items: list[T]) -> T:
    return items[0]


def show(shape: Shape, *rest: str, **more: Any) -> None:
    grown = shape.scale(2)
    print(grown.size, grown.area, len(rest))
    loaded = json.loads("1")
    got = untyped(1)
    é = [each for each in rest]
    print(OrderedDict, first, more, loaded, é, got)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("project")


@pytest.fixture(scope="module")
def checked_worker(folder: Path) -> Iterator[Worker]:
    """A worker that has checked the text."""
    with checked(folder, {"a.py": TEXT}, "--strict") as worker:
        yield worker


def name(worker: Worker, folder: Path, words: str) -> dict[str, Any]:
    """Return the answer about the name at the end of the first occurrence of some words."""
    before = TEXT[: TEXT.index(words) + len(words) - 1]
    line = before.count("\n")
    column = len(before) - before.rfind("\n") - 1
    answer: dict[str, Any] = worker.request(
        "name", path=str(folder / "a.py"), line=line, column=column
    )
    return answer


@pytest.mark.parametrize(
    ("words", "declaration", "doc"),
    [
        ("import json", "module json", "JSON (JavaScript Object Notation)"),
        ("import OrderedDict", "class collections.OrderedDict", "Dictionary that remembers"),
        ("class Shape", "class a.Shape", "A shape."),
        ("def scale", "def scale(self: Shape, by: float) -> Shape", "Scale it."),
        ("shape.scale", "def scale(self, by: float) -> Shape", "Scale it."),
        ("    size", "size: int", ""),
        ("grown.size", "size: int", ""),
        ("grown.area", "area: float", ""),
        ("(shape", "shape: Shape", ""),
        ("*rest", "rest: tuple[str, ...]", ""),
        ("**more", "more: dict[str, Any]", ""),
        ("grown", "grown: Shape", ""),
        ("json.loads", "def loads(s: str | bytes | bytearray, *, ", "Deserialize ``s``"),
        (" len", "def len(Sized, /) -> int", "Return the number of items in a container."),
        ("OrderedDict, first", "def first[T](items: list[T]) -> T", ""),
    ],
)
def test_a_name_has_a_type_and_the_first_paragraph_of_its_docstring(
    checked_worker: Worker, folder: Path, words: str, declaration: str, doc: str
) -> None:
    answer_for_name = name(checked_worker, folder, words)
    assert answer_for_name["declaration"].startswith(declaration)
    assert answer_for_name["doc"].startswith(doc)
    assert bool(answer_for_name["doc"]) == bool(doc)


@pytest.mark.parametrize("words", ["def untyped", "(value", "    got", "return", "é, got"])
def test_without_a_known_type_there_is_no_answer(
    checked_worker: Worker, folder: Path, words: str
) -> None:
    assert name(checked_worker, folder, words) == {}


def test_a_request_has_no_side_effects(checked_worker: Worker, folder: Path) -> None:
    before = dict(checked_worker.check())
    name(checked_worker, folder, "grown.size")
    assert checked_worker.check() == before
    wrong = TEXT.replace("return items[0]", "return items")
    fresh = Worker()
    fresh.start(folder, "--config-file", "", "--strict")
    for worker in (checked_worker, fresh):
        worker.show(folder / "a.py", wrong)
    assert checked_worker.codes() == fresh.codes()
    assert checked_worker.check() != before
    fresh.end()
    checked_worker.show(folder / "a.py", TEXT)
    assert checked_worker.check() == before


def test_a_place_outside_the_text_or_in_a_closed_file_has_no_name(
    checked_worker: Worker, folder: Path
) -> None:
    for path, line in ((folder / "a.py", 10_000), (folder / "b.py", 0)):
        assert checked_worker.request("name", path=str(path), line=line, column=0) == {}
