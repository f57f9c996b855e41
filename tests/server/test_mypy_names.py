"""What the mypy worker tells of a name, and that asking leaves no trace."""

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
def asked(folder: Path) -> Iterator[Worker]:
    """A worker that has checked the text."""
    with checked(folder, {"a.py": TEXT}, "--strict") as worker:
        yield worker


def name(worker: Worker, folder: Path, words: str) -> dict[str, Any]:
    """What is told of the name at the end of some words, where they are first in the text."""
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
    asked: Worker, folder: Path, words: str, declaration: str, doc: str
) -> None:
    told = name(asked, folder, words)
    assert told["declaration"].startswith(declaration)
    assert told["doc"].startswith(doc)
    assert bool(told["doc"]) == bool(doc)


@pytest.mark.parametrize("words", ["def untyped", "(value", "    got", "return", "é, got"])
def test_where_no_type_is_known_nothing_is_told(asked: Worker, folder: Path, words: str) -> None:
    assert name(asked, folder, words) == {}


def test_asking_leaves_no_trace(asked: Worker, folder: Path) -> None:
    before = dict(asked.check())
    name(asked, folder, "grown.size")
    assert asked.check() == before
    wrong = TEXT.replace("return items[0]", "return items")
    fresh = Worker()
    fresh.start(folder, "--config-file", "", "--strict")
    for worker in (asked, fresh):
        worker.show(folder / "a.py", wrong)
    assert asked.codes() == fresh.codes()
    assert asked.check() != before
    fresh.end()
    asked.show(folder / "a.py", TEXT)
    assert asked.check() == before


def test_a_place_outside_the_text_and_a_file_that_is_not_open_have_no_names(
    asked: Worker, folder: Path
) -> None:
    for path, line in ((folder / "a.py", 10_000), (folder / "b.py", 0)):
        assert asked.request("name", path=str(path), line=line, column=0) == {}
