"""Types of variables that the code contradicts are not used as evidence for hints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.mypy_client import Worker, checked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLIENT = """
class Client:
    def __init__(self) -> None:
        self.timeout = 10
        self.name = "client"
    def timed(self):
        return self.timeout
    def named(self):
        return self.name
level = 1
def read():
    return level
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder."""
    return tmp_path_factory.mktemp("project")


@pytest.fixture(scope="module")
def open_worker(folder: Path) -> Iterator[Worker]:
    """A worker on two open buffers, in a project that does not check functions without hints."""
    with checked(folder, {"a.py": "x = 1\n", "b.py": ""}) as worker:
        yield worker


def returned(worker: Worker, folder: Path, text: str) -> dict[str, str]:
    """Return the known result types of a text's functions."""
    answer: dict[str, Any] = worker.request("types", path=str(folder / "a.py"), text=text)
    assert answer["known"]
    return {
        each["name"]: hint["type"]
        for each in answer["functions"]
        for hint in each["hints"]
        if hint["name"] == "return" and hint["type"] != "None"
    }


@pytest.mark.parametrize(
    "body",
    [
        "rows = [None] * n\n    rows[n] = 2.5\n    return rows",
        "rows = [None] * n\n    rows[n] = other\n    return rows",
        "rows = [None] * n\n    rows[n] = other\n    return rows, 1",
        "rows = [1]\n    rows.append('a')\n    return rows",
        "rows = [1]\n    rows += ['a']\n    return rows",
        "rows = {'name': 'x'}\n    rows['size'] = 3\n    return rows",
        "rows = {'name': 'x'}\n    rows['size'] = 3\n    other = rows\n    return other",
        "rows = {'name': 'x'}\n    rows['size'] = 3\n    return [each for each in rows.values()]",
        "rows = {'name': ['x']}\n    rows['size'].append(3)\n    return rows",
        "row = 'a'\n    for row in [1, 2]:\n        pass\n    return row",
        "row = 'a'\n    row, other = 1, 2\n    return row",
        "row = 'a'\n    with open(n) as row:\n        pass\n    return row",
        "row = 1\n    row = 'a'  # type: ignore[assignment]\n    row = n\n    return row",
        "row = 'a'\n    if n:\n        row.decode()\n    return row",
        "return 1 + 'a'",
        "yield 1 + 'a'",
    ],
)
def test_a_contradicted_type_is_not_a_result_type(
    open_worker: Worker, folder: Path, body: str
) -> None:
    assert returned(open_worker, folder, f"def f(n, other):\n    {body}\n") == {}


def test_the_type_of_a_local_variable_is_the_union_of_its_values(
    open_worker: Worker, folder: Path
) -> None:
    text = """
class First: ...
class Second: ...
def pick(kind):
    value = 1
    if kind == "s":
        value = "one"
    return value
def make(kind):
    if kind:
        made = First()
    else:
        made = Second()
    return made
def first(kind):
    value = "a"
    if kind and (value := 1):
        pass
    return value
"""
    found = returned(open_worker, folder, text)
    assert found == {"pick": "int | str", "make": "First | Second", "first": "str | int"}


def test_code_anywhere_contradicts_the_type_of_an_attribute_or_a_global(
    open_worker: Worker, folder: Path
) -> None:
    text = f"""{CLIENT}
class Slow(Client):
    def forever(self):
        self.timeout = None
def change():
    global level
    level = "high"
"""
    assert returned(open_worker, folder, text) == {"named": "str"}


@pytest.mark.parametrize(
    ("other", "left"),
    [
        ("", {"timed": "int", "named": "str", "read": "int"}),
        ("def f(client): client.timeout = None\n", {"named": "str", "read": "int"}),
        ("import a\ndef f(): a.level = 'high'\n", {"timed": "int", "named": "str"}),
        (
            "class A:\n def f(self): self.timeout = None\n",
            {"timed": "int", "named": "str", "read": "int"},
        ),
        (
            "import a\nclass B(a.Client):\n def f(self): self.timeout = None\n",
            {"named": "str", "read": "int"},
        ),
        (
            "import a\ndef f(x: float, c: a.Client) -> None:\n c.timeout = x\n",
            {"named": "str", "read": "int"},
        ),
    ],
)
def test_code_in_another_file_also_contradicts_a_type(
    open_worker: Worker, folder: Path, other: str, left: dict[str, str]
) -> None:
    open_worker.show(folder / "a.py", CLIENT)
    open_worker.show(folder / "b.py", other)
    open_worker.check()
    assert returned(open_worker, folder, CLIENT) == left
    open_worker.show(folder / "b.py", "")


def test_disabled_errors_also_contradict_a_type(open_worker: Worker, folder: Path) -> None:
    text = """# mypy: disable-error-code="assignment, call-overload"
def f():
    x = 1
    for x in ["a"]:
        pass
    return x
"""
    assert returned(open_worker, folder, text) == {}


def test_the_types_of_variables_are_restored(open_worker: Worker, folder: Path) -> None:
    text = "level = 1\ndef f() -> None:\n    global level\n    level = 'a'\n"
    open_worker.show(folder / "a.py", text)
    before = open_worker.check()
    assert returned(open_worker, folder, text + "def g(): return level\n") == {}
    open_worker.show(folder / "a.py", text + "\n")
    open_worker.check()
    found = [each["code"] for each in open_worker.files[str(folder / "a.py")]["findings"]]
    assert found == ["assignment"], before


def test_a_method_never_returns_only_if_no_subclass_overrides_it(
    open_worker: Worker, folder: Path
) -> None:
    text = """
from typing import final
class Cache:
    def __missing__(self, key): raise KeyError(key)
    def get(self, key): raise KeyError(key)
    def _fail(self, key): raise KeyError(key)
    @final
    def stop(self): raise ValueError
@final
class Last:
    def end(self, key): raise KeyError(key)
def fail(key): raise KeyError(key)
"""
    found = returned(open_worker, folder, text)
    assert found == dict.fromkeys(["_fail", "stop", "end", "fail"], "NoReturn")
