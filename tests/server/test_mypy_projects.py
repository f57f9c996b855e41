"""The mypy worker on realistic projects, and on random edits of a real package."""

from __future__ import annotations

import ast
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import rich

from python_expert.tools.mypy.mypy_worker import reader as reading
from tests.mypy_client import Worker, write
from tests.scale import LONG, SEED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Json = dict[str, Any]
    Editor = Callable[[random.Random, str], str]

pytestmark = pytest.mark.one_python


# Buffers that belong together


def test_open_buffers_are_checked_together_until_they_are_closed(
    worker: Worker, tmp_path: Path
) -> None:
    write(tmp_path, {"a.py": "class A:\n    x: int = 0\n", "b.py": "import a\ny = a.A().x\n"})
    worker.start(tmp_path)
    worker.show(tmp_path / "c.py", "import b\nb.y + 1\n")
    worker.show(tmp_path / "b.py", "import a\ny = a.A().x\n")
    assert worker.codes() == {"c.py": [], "b.py": []}
    worker.show(tmp_path / "a.py", "class A:\n    x: str = ''\n")
    assert worker.codes() == {"a.py": [], "b.py": [], "c.py": ["1:operator"]}
    worker.show(tmp_path / "b.py", "import a\ny = len(a.A().x)\n", 2)
    assert worker.codes() == {"a.py": [], "b.py": [], "c.py": []}
    worker.close(tmp_path / "a.py")
    assert worker.codes() == {"b.py": ["1:arg-type"], "c.py": []}
    worker.close(tmp_path / "b.py")
    assert worker.codes() == {"c.py": []}


def test_a_change_takes_effect_in_an_import_cycle_of_ten_buffers(
    worker: Worker, tmp_path: Path
) -> None:
    worker.start(tmp_path, "--strict")

    def text(number: int, type_: str) -> str:
        after = f"m{(number + 1) % 10}"
        result = "start" if number == 9 else f"{after}.get"
        first = f"def start() -> {type_}: ...\n" if number == 0 else ""
        owner = f"{after}." if number == 9 else ""
        return f"import {after}\n{first}def get() -> int:\n    return {owner}{result}()\n"

    paths = [tmp_path / f"m{number}.py" for number in range(10)]
    for number, path in enumerate(paths):
        worker.show(path, text(number, "int"))
    assert set(map(tuple, worker.codes().values())) == {()} | {("1:empty-body",)}
    worker.show(paths[0], text(0, "str"), 2)
    found = worker.codes()
    assert found["m9.py"] == ["2:return-value"]
    assert all(found[f"m{number}.py"] == [] for number in range(1, 9))
    wide = "import m0\nget = m0.start\n"
    worker.show(paths[9], wide, 2)
    found = worker.codes()
    assert (found["m9.py"], found["m8.py"]) == ([], ["2:return-value"])
    worker.show(paths[8], text(8, "").replace("int", "str"), 2)
    found = worker.codes()
    assert (found["m8.py"], found["m7.py"]) == ([], ["2:return-value"])
    worker.show(paths[0], text(0, "int"), 3)
    found = worker.codes()
    assert (found["m8.py"], found["m7.py"]) == (["2:return-value"], ["2:return-value"])


def test_importers_use_a_stub_instead_of_its_module(worker: Worker, tmp_path: Path) -> None:
    write(
        tmp_path, {"lib.py": "def f(x):\n    return x\n", "lib.pyi": "def f(x: int) -> int: ...\n"}
    )
    worker.start(tmp_path)
    worker.show(tmp_path / "user.py", "import lib\nlib.f('')\n")
    worker.show(tmp_path / "lib.pyi", "def f(x: int) -> int: ...\n")
    assert worker.codes() == {"user.py": ["1:arg-type"], "lib.pyi": []}
    worker.show(tmp_path / "lib.pyi", "def f(x: str) -> Nothing: ...\n", 2)
    assert worker.codes() == {"user.py": [], "lib.pyi": ["0:name-defined"]}
    worker.show(tmp_path / "lib.py", "def f(x: bytes) -> int:\n    return ''\n")
    assert worker.codes() == {
        "user.py": [],
        "lib.pyi": ["0:name-defined"],
        "lib.py": ["1:return-value"],
    }


# Configuration


def test_an_override_applies_to_its_modules_after_every_edit(
    worker: Worker, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        """
        [tool.mypy]
        strict = true
        [[tool.mypy.overrides]]
        module = ["legacy.*"]
        disallow_untyped_defs = false
        disallow_untyped_calls = false
        disable_error_code = ["operator"]
        [[tool.mypy.overrides]]
        module = "nowhere.*"
        ignore_missing_imports = true
        """
    )
    write(tmp_path, {"legacy/__init__.py": ""})
    worker.start(tmp_path)
    text = "import nowhere.deep\nimport elsewhere\ndef f(): ...\n1 + ''\n"
    worker.show(tmp_path / "legacy" / "old.py", text)
    worker.show(tmp_path / "new.py", text)
    strict = ["1:import-not-found", "2:no-untyped-def", "3:operator"]
    for version in (2, 3):
        assert worker.codes() == {"old.py": ["1:import-not-found"], "new.py": strict}
        worker.show(tmp_path / "legacy" / "old.py", text + "#\n" * version, version)
        worker.show(tmp_path / "new.py", text + "#\n" * version, version)


def test_an_inline_comment_applies_as_soon_as_you_type_it(worker: Worker, tmp_path: Path) -> None:
    worker.start(tmp_path)
    text = "from typing import Any\ndef f(x: Any) -> None:\n    print(x.y)\ndef g(x): ...\n"
    worker.show(tmp_path / "a.py", text)
    assert worker.codes() == {"a.py": []}
    for version, (comment, expected) in enumerate(
        [
            ("# mypy: disallow-any-expr", ["3:misc"]),
            ("# mypy: disallow-untyped-defs", ["4:no-untyped-def"]),
            ("# mypy: disallow-any-expr, disallow-untyped-defs", ["3:misc", "4:no-untyped-def"]),
            ("# mypy: no-such-option", ["0:misc"]),
            ("# mypy: ignore-errors, disallow-any-expr", []),
            ("#", []),
        ],
        2,
    ):
        worker.show(tmp_path / "a.py", f"{comment}\n{text}", version)
        assert set(worker.codes()["a.py"]) == set(expected), comment


# Plugins


def test_a_model_of_pydantic_is_checked_by_its_plugin(worker: Worker, tmp_path: Path) -> None:
    config = '[tool.mypy]\nplugins = ["pydantic.mypy"]\n[tool.pydantic-mypy]\ninit_typed = true\n'
    (tmp_path / "pyproject.toml").write_text(config)
    worker.start(tmp_path)
    model = (
        "from pydantic import BaseModel\nclass User(BaseModel):\n    name: str\n    age: int = 0\n"
    )
    worker.show(tmp_path / "model.py", model)
    worker.show(tmp_path / "user.py", "from model import User\nUser(name=1)\nUser()\n")
    assert worker.codes() == {"model.py": [], "user.py": ["1:arg-type", "2:call-arg"]}
    worker.show(tmp_path / "model.py", model.replace("name: str", "name: int = 1"), 2)
    assert worker.codes() == {"model.py": [], "user.py": []}
    worker.show(tmp_path / "model.py", model + "User(age='')\n", 3)
    found = worker.codes()
    assert set(found["model.py"]) == {"4:arg-type", "4:call-arg"}
    assert found["user.py"] == ["1:arg-type", "2:call-arg"]
    frozen = model.replace("    name", "    model_config = {'frozen': True}\n    name")
    worker.show(tmp_path / "model.py", frozen + "User(name='').name = ''\n", 4)
    assert worker.codes()["model.py"] == ["5:misc"]


PLUGIN = """
from mypy.plugin import Plugin
class Special(Plugin):
    def get_function_hook(self, fullname):
        if fullname == "tool.load":
            return lambda context: context.api.named_generic_type("builtins.bytes", [])
def plugin(version):
    return Special
"""


def test_a_plugin_of_the_project_applies_to_edits(worker: Worker, tmp_path: Path) -> None:
    write(tmp_path, {"plugins/special.py": PLUGIN, "tool.py": "def load() -> object: ...\n"})
    (tmp_path / "mypy.ini").write_text("[mypy]\nplugins = plugins/special.py\n")
    worker.start(tmp_path)
    text = "from tool import load\ndef f() -> int:\n    return load()\n"
    worker.show(tmp_path / "a.py", text)
    (result,) = worker.check().values()
    assert '(got "bytes", expected "int")' in result["findings"][0]["message"]
    worker.show(tmp_path / "a.py", text.replace("int", "bytes"), 2)
    assert worker.codes() == {"a.py": []}
    worker.show(tmp_path / "a.py", text.replace("int", "bytes") + "load() + 1\n", 3)
    assert worker.codes() == {"a.py": ["3:operator"]}


# Layouts of files


def test_a_namespace_package_has_no_init(worker: Worker, tmp_path: Path) -> None:
    write(tmp_path, {"space/one/mod.py": "def f(x: int) -> None: ...\n"})
    worker.start(tmp_path)
    worker.show(tmp_path / "space" / "two" / "sub.py", "from space.one.mod import f\nf(1)\nf('')\n")
    worker.show(
        tmp_path / "main.py", "from space.one import mod\nimport space.two.sub as s\ns.f('')\n"
    )
    assert worker.codes() == {"sub.py": ["2:arg-type"], "main.py": ["2:arg-type"]}
    worker.show(tmp_path / "space" / "one" / "mod.py", "def f(x: str) -> None: ...\n")
    assert worker.codes() == {"mod.py": [], "sub.py": ["1:arg-type"], "main.py": []}


@pytest.mark.parametrize("saved", [False, True])
def test_a_new_file_in_a_namespace_package_is_found_by_its_users(
    worker: Worker, tmp_path: Path, *, saved: bool
) -> None:
    write(tmp_path, {"space/other.py": ""})
    worker.start(tmp_path)
    worker.show(tmp_path / "user.py", "import space.new\nspace.new.f('')\n")
    assert worker.codes() == {"user.py": ["0:import-not-found"]}
    text = "def f(x: int) -> None: ...\n"
    if saved:
        write(tmp_path, {"space/new.py": text})
        worker.send("disk", {})
    worker.show(tmp_path / "space" / "new.py", text)
    assert worker.codes() == {"user.py": ["1:arg-type"], "new.py": []}


def test_a_src_layout_with_tests_of_an_unsaved_package(worker: Worker, tmp_path: Path) -> None:
    write(tmp_path, {"src/app/__init__.py": "", "pyproject.toml": "[tool.mypy]\nstrict = true\n"})
    worker.start(tmp_path)
    worker.show(tmp_path / "tests" / "test_core.py", "from app.core import run\nrun('')\n")
    worker.show(tmp_path / "src" / "app" / "core.py", "from app import util\nrun = util.go\n")
    worker.show(tmp_path / "src" / "app" / "util.py", "def go(x: int) -> None: ...\n")
    assert worker.codes() == {"core.py": [], "util.py": [], "test_core.py": ["1:arg-type"]}
    worker.show(tmp_path / "src" / "app" / "util.py", "def go(x: str) -> None: ...\n", 2)
    assert worker.codes() == {"core.py": [], "util.py": [], "test_core.py": []}


def test_a_stand_alone_file_and_an_untitled_one_follow_edits(
    worker: Worker, tmp_path: Path
) -> None:
    root, alone = tmp_path / "root", tmp_path / "elsewhere" / "script.py"
    write(tmp_path, {"root/lib.py": "x: int = 1\n", "elsewhere/script.py": "y: int = ''\n"})
    write(tmp_path, {"elsewhere/neighbour.py": "z: int = 1\n"})
    worker.start(root)
    untitled = root / "Untitled-1"
    worker.show(alone, "import neighbour\nneighbour.z + ''\n")
    worker.show(untitled, "import lib\nlib.x + ''\n")
    assert worker.codes() == {"script.py": ["1:operator"], "Untitled-1": ["1:operator"]}
    worker.show(alone, "import neighbour\nneighbour.z + 1\n", 2)
    worker.show(untitled, "import lib\nlib.x + 1\n1 + ''\n", 2)
    assert worker.codes() == {"script.py": [], "Untitled-1": ["2:operator"]}
    worker.show(root / "lib.py", "x: str = ''\n")
    assert worker.codes() == {
        "script.py": [],
        "lib.py": [],
        "Untitled-1": ["1:operator", "2:operator"],
    }


def test_progress_never_decreases_although_several_threads_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "PROGRESS_S", 0.0)
    progress: list[int] = []
    reader = reading.Reader(progress.append)
    reader.building = True

    def read(thread: int) -> None:
        for number in range(3_000):
            reader(f"{thread}/{number}")

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(read, range(8)))
    finally:
        sys.setswitchinterval(interval)
    assert progress == list(range(1, 24_001))


def test_progress_reports_builds_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "PROGRESS_S", 0.0)
    progress: list[int] = []
    reader = reading.Reader(progress.append)
    reader("pyproject.toml")
    reader.building = True
    reader.begin()
    reader("a.py")
    reader("b.py")
    reader.building = False
    reader.begin()  # an incremental update
    reader("probe.py")
    assert progress == [1, 2]


def test_a_large_project_is_read_with_progress_and_then_edits_are_fast(
    worker: Worker, tmp_path: Path
) -> None:
    (tmp_path / "big").mkdir()
    write(tmp_path, {"big/__init__.py": ""})
    for number in range(1200):
        others = sorted({each for each in (number // 2, number - 1) if 0 <= each < number})
        imports = [f"from big import m{each}" for each in others]
        calls = [f"    m{each}.run(1)" for each in others]
        body = "\n".join([*imports, "def run(x: int) -> int:", *calls, "    return x", ""])
        (tmp_path / "big" / f"m{number}.py").write_text(body)
    worker.start(tmp_path, "--strict")
    path = tmp_path / "big" / "m1199.py"
    text = path.read_text()
    worker.show(path, text)
    assert worker.codes() == {"m1199.py": []}
    steps = [
        each["params"]["done"] for each in worker.notifications if each["method"] == "progress"
    ]
    assert steps == sorted(steps)
    assert len(steps) > 1
    assert steps[-1] > 100
    worker.notifications.clear()
    worker.show(path, text + "run('')\n", 2)
    assert worker.codes() == {"m1199.py": ["6:arg-type"]}
    base = tmp_path / "big" / "m1198.py"
    worker.show(base, base.read_text().replace("x: int", "x: str"))
    found = worker.codes()
    assert found == {"m1199.py": ["4:arg-type", "6:arg-type"], "m1198.py": ["5:return-value"]}
    worker.close(base)
    assert worker.codes() == {"m1199.py": ["6:arg-type"]}
    assert worker.notifications == [], "nothing was read again"


# The disk


def test_the_findings_of_a_renamed_file_move_to_its_new_name(
    worker: Worker, tmp_path: Path
) -> None:
    lib = "def f(x: int) -> None: ...\ny: int = ''\n"
    write(tmp_path, {"old.py": lib})
    worker.start(tmp_path)
    worker.show(tmp_path / "user.py", "import new\nimport old\nnew.f('')\nold.f('')\n")
    worker.show(tmp_path / "old.py", lib)
    found = {"old.py": ["1:assignment"], "user.py": ["0:import-not-found", "3:arg-type"]}
    assert worker.codes() == found
    (tmp_path / "old.py").rename(tmp_path / "new.py")
    worker.close(tmp_path / "old.py")
    worker.show(tmp_path / "new.py", lib)
    worker.send("disk", {})
    found = {"new.py": ["1:assignment"], "user.py": ["1:import-not-found", "2:arg-type"]}
    assert worker.codes() == found
    worker.show(tmp_path / "new.py", lib.replace("int", "str"), 2)
    assert worker.codes() == {"new.py": [], "user.py": ["1:import-not-found"]}


def test_changes_by_other_programs_to_closed_files_are_noticed(
    worker: Worker, tmp_path: Path
) -> None:
    write(
        tmp_path, {"a.py": "def f(x: int) -> None: ...\n", "b.py": "def g(x: int) -> None: ...\n"}
    )
    worker.start(tmp_path)
    worker.show(tmp_path / "b.py", "def g(x: int) -> None: ...\n")
    worker.show(tmp_path / "user.py", "import a, b\na.f('')\nb.g('')\n")
    assert worker.codes() == {"b.py": [], "user.py": ["1:arg-type", "2:arg-type"]}
    write(
        tmp_path, {"a.py": "def f(x: str) -> None: ...\n", "b.py": "def g(x: str) -> None: ...\n"}
    )
    worker.send("disk", {})
    assert worker.codes() == {"b.py": [], "user.py": ["2:arg-type"]}
    worker.close(tmp_path / "b.py")
    assert worker.codes() == {"user.py": []}
    write(tmp_path, {"a.py": "def f(x: str) -> None: ...\nf(1)\n"})
    worker.send("disk", {})
    assert worker.codes() == {"user.py": []}, "it is not open"
    worker.show(tmp_path / "a.py", "def f(x: str) -> None: ...\nf(1)\n")
    assert worker.codes() == {"a.py": ["1:arg-type"], "user.py": []}


# Places


def test_columns_are_right_after_text_beyond_ascii(worker: Worker, tmp_path: Path) -> None:
    worker.start(tmp_path)
    lines = ["s = '世界😀'; x: int = {}", "y: int = {}", "def f() -> None:", "    'é'; z: int = {}"]
    values = [("1", "1", "1"), ("'a'", "1", "1"), ("'a'", "'b'", "'c'"), ("1", "'b'", "1")]
    values += [("1", "1", "'é'"), ("1", "1", "1"), ("'a'", "1", "'c'")]
    for version, (first, second, third) in enumerate([*values, *values], 1):
        body = [lines[0].format(first), lines[1].format(second), lines[2], lines[3].format(third)]
        worker.show(tmp_path / "a.py", "\n".join(body), version)
        (result,) = worker.check().values()
        found = [
            body[each["line"]].encode()[each["column"] : each["end_column"]].decode()
            for each in result["findings"]
        ]
        assert found == [value for value in (first, second, third) if value != "1"]


# Properties of a class


@pytest.mark.parametrize(
    ("text", "old", "new", "expected"),
    [
        (
            (
                "class C:\n    __slots__ = ['a', 'b']\n    b: int\n"
                "    def f(self) -> None:\n        self.b = 1\n"
            ),
            *(", 'b'", "", ["4:misc"]),
        ),
        (
            (
                "from typing import ClassVar\nclass C:\n    v: int = 1\n"
                "def f(c: C) -> None:\n    c.v = 2\n"
            ),
            *("v: int", "v: ClassVar[int]", ["4:misc"]),
        ),
        (
            (
                "from dataclasses import dataclass\n@dataclass\nclass C:\n    v: int = 1\n"
                "def f(c: C) -> None:\n    c.v = 2\n"
            ),
            *("@dataclass", "@dataclass(frozen=True)", ["5:misc"]),
        ),
        (
            (
                "import enum\nclass C(enum.Enum):\n    A = 1\n"
                "def f(c: C) -> int:\n    if c is C.A:\n        return 1\n"
            ),
            *("A = 1", "A = 1; B = 2", ["3:return"]),
        ),
        (
            (
                "from typing import Protocol, runtime_checkable\n@runtime_checkable\n"
                "class C(Protocol):\n    v: int\n"
                "def f(x: object) -> bool:\n    return isinstance(x, C)\n"
            ),
            *("@runtime_checkable", "", ["5:misc"]),
        ),
        (
            (
                "from typing import Iterable\nclass C:\n"
                "    def __add__(self, o: 'C') -> 'C': return self\n"
                "def f(xs: Iterable[C]) -> C:\n    it = iter(xs)\n    return sum(it, next(it))\n"
            ),
            *("class C:", "class C(NoSuch):", ["1:name-defined", "1:misc", "5:return-value"]),
        ),
    ],
    ids=["slots", "class variable", "frozen", "enum", "runtime checkable", "unknown base"],
)
def test_the_parts_of_a_class_affect_functions_that_use_it(
    worker: Worker, tmp_path: Path, text: str, old: str, new: str, expected: list[str]
) -> None:
    worker.start(tmp_path, "--strict")
    for version, edited in enumerate([text, text + "#\n", text + "x = 1\n"], 1):
        worker.show(tmp_path / "a.py", edited, version)
        assert worker.codes() == {"a.py": []}
    worker.show(tmp_path / "a.py", text.replace(old, new) + "x = 1\n", 4)
    assert worker.codes() == {"a.py": expected}


# Any edit

OPEN = ("text.py", "style.py", "color.py")

STATEMENTS = (
    "1 + ''",
    "wrong_: int = ''",
    "self.no_such",
    "len(1)",
    "no_such_name",
    "return None",
    "return 1",
    "print(self)",
    "raise ValueError",
    "assert False",
    "reveal_type(1)",
    "local_ = [0]\nlocal_.append('')",
)
IMPORTS = (
    "import re",
    "import sys",
    "from .console import Console",
    "from .segment import Segment as Piece",
    "from .style import Style, StyleType",
    "from .color import *",
    "from .text import no_such_name",
    "from . import text as text_",
)
TAIL = (
    "class Sub_({base}):\n    def copy(self) -> int:\n        return 1\n",
    "class Sub_({base}):\n    @property\n    def plain(self) -> bytes:\n        return b''\n",
    "def late_(x: {base}) -> int:\n    return x.copy().no_such\n",
    "late_ = {base}\nlate_.no_such\n",
    "@staticmethod\ndef alone_(x: {base}) -> None: ...\nalone_(1)\n",
)


def _functions(text: str) -> list[ast.FunctionDef]:
    nodes = ast.walk(ast.parse(text))
    return [node for node in nodes if isinstance(node, ast.FunctionDef)]


def _classes(text: str) -> list[ast.ClassDef]:
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef)]


def _insert(text: str, line: int, new: str, indent: int = 0) -> str:
    """Insert lines above a 1-based line."""
    lines = text.split("\n")
    lines[line - 1 : line - 1] = [" " * indent + each for each in new.split("\n")]
    return "\n".join(lines)


def _cut(text: str, node: ast.stmt) -> str:
    lines = text.split("\n")
    del lines[_first(node) - 1 : node.end_lineno]
    return "\n".join(lines)


def _first(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _swap(rng: random.Random, text: str, pattern: str, others: tuple[str, ...]) -> str:
    """Replace the first group in one random match of a pattern."""
    start, end = rng.choice(list(re.finditer(pattern, text))).span(1)
    return text[:start] + rng.choice(others) + text[end:]


def _add_statement(rng: random.Random, text: str) -> str:
    statement = rng.choice(rng.choice(_functions(text)).body)
    return _insert(text, _first(statement), rng.choice(STATEMENTS), statement.col_offset)


def _change_annotation(rng: random.Random, text: str) -> str:
    types = ("int", "str", "object", "bool", '"Style"', "'Text'", "List[int]", "NoSuch")
    return _swap(rng, text, r"(?:: |-> )([A-Za-z]\w*)\b(?=[,):=\n ])", types)


def _change_attribute(rng: random.Random, text: str) -> str:
    return _swap(rng, text, r"\bself\.(\w+)", ("other", "_text", "style", "copy", "name"))


def _remove_line(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    del lines[rng.randrange(len(lines))]
    return "\n".join(lines)


def _add_method(rng: random.Random, text: str) -> str:
    node = rng.choice(_classes(text)).body[-1]
    name = rng.choice(["more_", "copy", "__len__", "__eq__", "plain"])
    of = rng.choice(["self", "self, x: int", "self, other: object", "self, x", ""])
    new = f"def {name}({of}) -> {rng.choice(['int', 'str', 'bool', 'None'])}:\n    return 1"
    return _insert(text, (node.end_lineno or 0) + 1, new, node.col_offset)


def _remove_function(rng: random.Random, text: str) -> str:
    return _cut(text, rng.choice(_functions(text)))


def _change_base(rng: random.Random, text: str) -> str:
    node = rng.choice(_classes(text))
    lines = text.split("\n")
    base = rng.choice(["", "(object)", "(str)", "(NoSuch)", "(int)", "(Exception)"])
    lines[node.lineno - 1] = f"{' ' * node.col_offset}class {node.name}{base}:"
    return "\n".join(lines)


def _add_import(rng: random.Random, text: str) -> str:
    after = [node for node in ast.parse(text).body if isinstance(node, ast.ImportFrom)]
    return _insert(text, (after[-1].end_lineno or 0) + 1, rng.choice(IMPORTS))


def _remove_import(rng: random.Random, text: str) -> str:
    nodes = ast.parse(text).body
    return _cut(text, rng.choice([each for each in nodes if "Import" in type(each).__name__]))


def _add_ignore(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    function = rng.choice(_functions(text))
    number = rng.randrange(function.lineno - 1, function.end_lineno or 0)
    comment = rng.choice(["", "[arg-type]", "[attr-defined, operator]", "[return-value]"])
    lines[number] += f"  # type: ignore{comment}"
    return "\n".join(lines)


def _add_blank_lines(rng: random.Random, text: str) -> str:
    return "\n" * rng.randint(1, 3) + text


def _duplicate_function(rng: random.Random, text: str) -> str:
    node = rng.choice(_functions(text))
    new = "\n".join(text.split("\n")[_first(node) - 1 : node.end_lineno])
    return _insert(text, (node.end_lineno or 0) + 1, new)


def _add_decorator(rng: random.Random, text: str) -> str:
    node = rng.choice(_functions(text))
    decorators = ["@property", "@staticmethod", "@classmethod", "@no_such", "@lru_cache()"]
    return _insert(text, _first(node), rng.choice(decorators), node.col_offset)


def _add_unreachable(rng: random.Random, text: str) -> str:
    node = rng.choice(ast.parse(text).body[1:])
    new = rng.choice(["raise SystemExit", "assert False", "if not TYPE_CHECKING: raise OSError"])
    return _insert(text, _first(node), new)


def _add_tail(rng: random.Random, text: str) -> str:
    base = rng.choice(_classes(text)).name
    return text.rstrip("\n") + "\n\n" + rng.choice(TAIL).format(base=base)


def _add_syntax_error(rng: random.Random, text: str) -> str:
    return _insert(text, rng.randrange(1, text.count("\n")), "def (")


EDITORS: tuple[Editor, ...] = (
    *(_add_statement, _change_annotation, _change_attribute, _remove_line, _add_method),
    *(_remove_function, _change_base, _add_import, _remove_import, _add_ignore),
    *(
        _add_blank_lines,
        _duplicate_function,
        _add_decorator,
        _add_unreachable,
        _add_tail,
        _add_syntax_error,
    ),
)


def _rename_everywhere(rng: random.Random, texts: Mapping[str, str]) -> dict[str, str]:
    """Rename a random definition of one module in all modules."""
    module = ast.parse(texts[rng.choice(OPEN)])
    nodes = [node for node in ast.walk(module) if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    name = rng.choice([node.name for node in nodes if not node.name.startswith("__")])
    return {
        file: re.sub(rf"\b{name}\b(?!\.py)", f"{name}_other", text) for file, text in texts.items()
    }


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _batch(folder: Path, texts: Mapping[str, str]) -> dict[str, Counter[tuple[object, ...]]] | None:
    """Return the findings of a separate mypy run on saved copies: line, code and message.

    Returns:
        None if mypy fails: it cannot build some texts from scratch.
    """
    for name, text in texts.items():
        (folder / "rich" / name).write_text(text, encoding="utf-8")
    options = ["--strict", "--local-partial-types", "--no-incremental", "--cache-dir", os.devnull]
    argv = [sys.executable, "-m", "mypy", *options, "-O", "json", "--no-error-summary"]
    files = {f"rich{os.sep}{name}": name for name in texts}
    run = subprocess.run([*argv, *files], cwd=folder, capture_output=True, text=True, check=False)
    if "INTERNAL ERROR" in run.stderr:
        return None
    assert run.stderr == ""
    found: dict[str, Counter[tuple[object, ...]]] = {name: Counter() for name in texts}
    for each in map(json.loads, run.stdout.splitlines()):
        if each["file"] in files:
            found[files[each["file"]]][each["line"] - 1, each["code"], each["message"]] += 1
    return found


def _take(worker: Worker, folder: Path, texts: Mapping[str, str], version: int) -> None:
    """Set the worker's texts to these, down to trailing blanks."""
    for name, text in texts.items():
        params = {"path": str(folder / "rich" / name), "text": text, "version": version}
        worker.send("change" if version > 1 else "open", params)


@pytest.mark.long
@pytest.mark.one_python
def test_after_edits_of_rich_buffers_equal_a_run_of_mypy(worker: Worker, tmp_path: Path) -> None:
    rng = random.Random(SEED)  # noqa: S311 - not used for secrets
    package = Path(rich.__file__).parent
    for copy in ("live", "saved"):
        shutil.copytree(package, tmp_path / copy / "rich", ignore=shutil.ignore_patterns("*.pyc"))
    first = {name: (package / name).read_text(encoding="utf-8") for name in OPEN}
    worker.start(tmp_path / "live", "--strict")
    texts = dict(first)
    _take(worker, tmp_path / "live", texts, 1)
    worker.check()
    differences, counts = [], Counter[str]()
    trail: list[str] = []
    back = False
    for version in range(2, 302 if LONG else 20):
        name = rng.choice(OPEN)
        new = dict(texts)
        if back or rng.random() < 0.1:
            new, kind = dict(first), "first"
        elif rng.random() < 0.07:
            new, kind = _rename_everywhere(rng, texts), "everywhere"
        else:
            editor = rng.choice(EDITORS)
            kind = f"{editor.__name__}:{name}"
            new[name] = editor(rng, texts[name])
        trail.append(kind)
        _take(worker, tmp_path / "live", {n: new[n] for n in OPEN if new[n] != texts[n]}, version)
        results = {Path(path).name: result for path, result in worker.check().items()}
        counts["edits"] += 1
        if not all(result["parsed"] for result in results.values()):
            counts["broken"] += 1
            _take(worker, tmp_path / "live", texts, version)  # back to the original
            continue
        assert all(map(_parses, new.values())), "nothing is told of the broken text"
        before, texts = texts, new
        if version % 3 and not LONG:
            continue
        counts["compared"] += 1
        expected = _batch(tmp_path / "saved", texts)
        back = expected is None
        if expected is None:
            counts["failed"] += 1
            continue
        for name, result in results.items():
            found = Counter[tuple[object, ...]](
                (each["line"], each["code"], each["message"]) for each in result["findings"]
            )
            counts["findings"] += len(found)
            if found != expected[name]:
                only = list(found - expected[name]), list(expected[name] - found)
                differences.append((version, trail[-5:], name, only))
                write(tmp_path / f"different-{version}", texts)
                write(tmp_path / f"different-{version}" / "before", before)
                back = True  # later edits must not repeat the same difference
    sys.stdout.write(f"{dict(counts)}\n")
    assert differences == []
    assert counts["findings"] > 5
