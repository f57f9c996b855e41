"""Edits of classes: the findings after each equal those of a mypy run on the same text."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.mypy_client import Worker, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.one_python

BASE = """\
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple, Protocol, TypedDict, TypeVar, assert_never

Kind = TypeVar("Kind")


def missing(owner: object, name: str) -> str:
    return name


def named(kind: type[Kind]) -> type[Kind]:
    return kind


class Sized(Protocol):
    size: int


class Tall(Protocol):
    def height(self) -> int: ...


class Box:
    size: int = 1
    name = "box"
    LIMIT: Final = 3


class Small(Box):
    size = 2

    def weight(self):
        return self.size + fits(self)


class Slotted:
    __slots__ = ("one",)

    kind = 1

    def __init__(self) -> None:
        self.one = 1
        self.two = 2


@named
class Segment:
    __match_args__ = ("start", "length")
    start = 0
    length = 1


class Vector:
    one = 1

    def _add(self, other: object) -> "Vector":
        return self

    __add__ = _add
    __hash__ = None  # type: ignore[assignment]
    __getattr__ = missing


class Color(Enum):
    RED = 1
    BLUE = 2


@dataclass
class Point:
    x: int
    y: int = 0


class Pair(NamedTuple):
    left: int
    right: str = ""


class Options(TypedDict):
    depth: int


def fits(box: Sized) -> bool:
    return box.size < 3


def climb(tall: Tall) -> int:
    return climb(Box())


def raised(box: Box) -> Tall:
    tall: Tall = box
    return Small()


def use(box: Box) -> bool:
    return fits(box) and fits(Small()) and box.LIMIT == 3


def paint(color: Color) -> int:
    match color:
        case Color.RED:
            return 1
        case Color.BLUE:
            return 2
        case other:
            assert_never(other)


def cut(part: object) -> int:
    match part:
        case Segment(first, 2):
            return first.bit_length()
        case _:
            return 0


def move(vector: Vector) -> str:
    return (vector + vector).other + vector.one


def make():
    return Point(1), Pair(1), Options(depth=1), Slotted(), make().missing


def typed() -> int:
    return Point(1).y + len(Pair(1)) + Options(depth=1)["depth"] + Box().sise
"""

EDITS = (
    ("    size: int = 1\n", '    size: str = ""\n'),
    ("    size: int = 1\n", ""),
    ("    size: int\n", "    size: int\n    height: int\n"),
    ("    size: int\n", "    size: str\n"),
    ('    name = "box"\n', '    name = "box"\n    sise: int = 1\n'),
    ('    name = "box"\n', '    name = "box"\n    sizes: int = 1\n'),
    ('    name = "box"\n', '    name = "".nothing\n'),
    ('    name = "box"\n', '    name = "box"\n    weight: int = 1\n'),
    ('    name = "box"\n', '    name = "box"\n    height: Callable[[], int]\n'),
    ('    name = "box"\n', '    name = "box"\n    height = 1\n'),
    ("    size = 2\n", "    size = 2\n    height: Callable[[], int]\n"),
    ("    def height(self) -> int: ...\n", "    size: int\n"),
    ("    LIMIT: Final = 3\n", "    LIMIT: Final = 4\n"),
    ("    LIMIT: Final = 3\n", "    LIMIT = 3\n"),
    ("    size = 2\n", '    size = ""\n'),
    ("    size = 2\n", "    size = 2\n    name = 3\n"),
    ('    __slots__ = ("one",)\n', '    __slots__ = ("other",)\n'),
    ("    kind = 1\n", "    kind = 1\n    two: int\n"),
    ("    kind = 1\n", "    one: str\n"),
    ("    start = 0\n", '    start = ""\n'),
    ("    start = 0\n", ""),
    ("    length = 1\n", "    length = None\n"),
    ("    one = 1\n\n", '    one = ""\n'),
    ("    one = 1\n\n", "    one = 1\n    other = 1\n"),
    ("    one = 1\n\n", "    one = 1\n    _add = None\n"),
    ("    BLUE = 2\n", "    BLUE = 2\n    GREEN = 3\n"),
    ("    RED = 1\n", ""),
    ("    x: int\n", "    x: int\n    z: int\n"),
    ("    y: int = 0\n", '    y: str = ""\n'),
    ("    left: int\n", "    left: str\n"),
    ('    right: str = ""\n', '    right: str = ""\n    more: int = 0\n'),
    ("    depth: int\n", "    depth: str\n"),
    ("    depth: int\n", "    depth: int\n    width: int\n"),
    ("class Small(Box):\n", "class Small:\n"),
)


def test_an_edit_of_a_class_updates_all_affected_findings(worker: Worker, tmp_path: Path) -> None:
    texts = {"base.py": BASE}
    for number, (old, new) in enumerate(EDITS):
        assert BASE.count(old) == 1
        texts[f"edit_{number}.py"] = BASE.replace(old, new)
    expected = _run(tmp_path / "saved", texts)
    assert len({frozenset(found) for found in expected.values()}) > len(EDITS) * 0.8

    worker.start(tmp_path, "--strict")
    path, version = tmp_path / "a.py", 0
    wrong = {}
    for name, text in texts.items():
        for shown, of in ((BASE, "base.py"), (text, name)):  # an edit and its reversal
            version += 1
            worker.show(path, shown, version)
            found = {_fact(each) for each in worker.check()[str(path)]["findings"]}
            if found != expected[of]:
                wrong[version, name] = found ^ expected[of]
    assert wrong == {}


def test_an_edit_of_a_class_updates_mypy_s_suggestions(worker: Worker, tmp_path: Path) -> None:
    """Among 50 names of similar length, mypy suggests none that is longer or shorter by two."""
    others = "".join(f"    attribute_{number} = 1\n" for number in range(10, 57))
    lines = f"class Box:\n    elements = 1\n{others}    size_of = 1\n    last_item = 1\n\n\n"
    all_of = lines + "def f() -> object:\n    return Box().elements_of\n"
    texts = {"all.py": all_of, "less.py": all_of.replace("    attribute_56 = 1\n", "")}
    texts["other.py"] = all_of.replace("    size_of = 1\n", "    elements_or: int\n")
    expected = _run(tmp_path / "saved", texts)
    suggests = {name: "maybe" in fact for name, (fact,) in expected.items()}
    assert suggests == {"all.py": False, "less.py": True, "other.py": True}

    worker.start(tmp_path, "--strict")
    path = tmp_path / "a.py"
    for version, name in enumerate(("all.py", "less.py", "all.py", "other.py", "all.py")):
        worker.show(path, texts[name], version)
        found = {_fact(each) for each in worker.check()[str(path)]["findings"]}
        assert found == expected[name]


def _run(folder: Path, texts: dict[str, str]) -> dict[str, set[str]]:
    """Return the findings of a mypy run in files that are separate programs."""
    write(folder, texts)
    argv = [sys.executable, "-m", "mypy", "--strict", "-O", "json", "--cache-dir", os.devnull]
    run = subprocess.run([*argv, *texts], cwd=folder, capture_output=True, text=True, check=False)
    found: dict[str, set[str]] = {name: set() for name in texts}
    for each in map(json.loads, run.stdout.splitlines()):
        found[each["file"]].add(_fact({**each, "line": each["line"] - 1}))
    return {
        name: {fact.replace(name.removesuffix(".py") + ".", "a.") for fact in facts}
        for name, facts in found.items()
    }


def _fact(finding: dict[str, object]) -> str:
    return f"{finding['line']}: {finding['code']} {finding['message']}"


def test_a_finding_about_a_whole_function_has_the_right_end_after_an_edit(
    worker: Worker, tmp_path: Path
) -> None:
    path = tmp_path / "a.py"
    worker.start(tmp_path, "--strict")
    for version, result in enumerate(("y", "y, y", "y, y, y"), start=1):
        worker.show(path, f"def f(x):\n    y = x\n    return {result}\n", version)
        (finding,) = worker.check()[str(path)]["findings"]
        assert (finding["end_line"], finding["end_column"]) == (2, len(f"    return {result}"))


def test_an_edit_of_init_sets_final_attributes_only_once(worker: Worker, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    text = (
        "from typing import Final\n\n\nclass Box:\n    size: Final[int]\n\n"
        "    def __init__(self) -> None:\n        self.size = 1\n"
    )
    worker.start(tmp_path, "--strict")
    worker.show(path, text)
    assert worker.codes() == {"a.py": []}
    for version, value in enumerate((2, 3), start=2):
        worker.show(path, text.replace("= 1", f"= {value}"), version)
        assert worker.codes() == {"a.py": []}
    worker.show(path, text + "        self.size = 2\n", 4)
    assert worker.codes() == {"a.py": ["8:misc"]}
