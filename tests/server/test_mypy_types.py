"""The mypy worker's types of a text; a request has no side effects."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.mypy_client import Worker, checked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BASE = """\
class Shape:
    def scale(self, by: float, origin: "Point | None" = None) -> "Shape": ...


class Point: ...


class Untyped:
    def check(self, value): ...
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a module that others import."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "shapes.py").write_text(BASE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def open_worker(folder: Path) -> Iterator[Worker]:
    """A worker with one open buffer, in a project that does not check functions without hints."""
    with checked(folder, {"a.py": "x = 1\n"}) as worker:
        yield worker


def types_of(worker: Worker, folder: Path, text: str) -> dict[str, dict[str, Any]]:
    """Return the types and their reasons by function and place, without the imports."""
    answer = worker.request("types", path=str(folder / "a.py"), text=text)
    assert answer["known"]
    found: dict[str, dict[str, Any]] = {}
    for each in answer["functions"]:
        hints = {hint["name"]: (hint["type"], hint["why"]) for hint in each["hints"]}
        found.setdefault(each["name"], {}).update(hints)
    return found


@pytest.mark.parametrize(
    ("body", "type_"),
    [
        ("return sorted({1: 'a'})", "list[int]"),
        ("return [each.strip() for each in ['a']]", "list[str]"),
        ("return {'a': 1}.keys()", "KeysView[str]"),
        ("return re.match('a', 'b')", "Match[str] | None"),
        ("return Box()", "Box"),
        ("return Color.RED", "Color"),
        ("if x:\n        return 1", "int | None"),
        ("with open('a') as file:\n        return file.read()", "str"),
        ("if x:\n        return 1, None\n    return 1, 'a'", "tuple[int, str | None]"),
        ("if x:\n        return 1, 2\n    return 1, 2, 3", "tuple[int, ...]"),
        ("if x:\n        return (1,)\n    return 1, 'a'", "tuple[int] | tuple[int, str]"),
        ("if x:\n        return Small()\n    return Large()", "Box"),
        ("if x:\n        return Small\n    return Large", "type[Box]"),
        ("return one() if x else Color.RED", "Color | Size"),
        ("return (one(), 1)", "tuple[Size, int]"),
        ("return yes()", "bool | None"),
        ("if x:\n        return 1\n    return 2.5", "float"),
        ("return {'type': 'a', 'children': []}", None),
        ("return {'a': [1], 'b': []}", "dict[str, list[int]]"),
        ("return None", None),
        ("while True:\n        pass", "NoReturn"),
        ("fail()", "NoReturn"),
        ("yield 1", "Iterator[int]"),
        ("yield from ['a']", "Iterator[str]"),
        ("yield 1\n    return 'a'", "Generator[int, None, str]"),
        ("got = yield 1", None),
        ("return x", None),
        ("return [x]", None),
        ("...", None),
        ("raise NotImplementedError", None),
        ("return lambda *a, k: 1", None),
    ],
)
def test_a_body_shows_the_result_type(
    open_worker: Worker, folder: Path, body: str, type_: str | None
) -> None:
    text = f"""\
import enum, re
from typing import Literal, NoReturn
class Box: ...
class Small(Box): ...
class Large(Box): ...
class Color(enum.Enum):
    RED = 1
Size = Small | Literal["s", "m"]
Pair = tuple[int, str]
def one() -> Small | Literal["s", "m"]: ...
def yes() -> Literal[True] | None: ...
def fail() -> NoReturn: raise SystemExit
def f(x):
    {body}
"""
    found = types_of(open_worker, folder, text).get("f", {})
    assert found.get("return") == (type_ and (type_, "body"))


def test_methods_that_return_self_or_always_raise(open_worker: Worker, folder: Path) -> None:
    text = """\
class A:
    def me(self): return self
    @classmethod
    def made(cls): return cls()
    def hook(self): raise ValueError
    def _fail(self, why): raise ValueError(why)
"""
    found = {name: each["return"][0] for name, each in types_of(open_worker, folder, text).items()}
    assert found == {"me": "Self", "made": "Self", "_fail": "NoReturn"}


def test_an_attribute_that_starts_as_none_shows_no_result_type(
    open_worker: Worker, folder: Path
) -> None:
    text = """\
class A:
    def __init__(self):
        self.text = None
        self.size = 0
    def read(self):
        if self.text:
            return self.text
        self.text = load()
        return self.text
    def count(self):
        return self.size
"""
    found = types_of(open_worker, folder, text)
    assert "return" not in found.get("read", {})
    assert found["count"] == {"return": ("int", "body")}


def test_a_method_that_creates_an_object_of_its_class_returns_self(
    open_worker: Worker, folder: Path
) -> None:
    text = """\
from typing import Self
class A:
    def same(self) -> Self: ...
    def made(self): return self.__class__()
    def kept(self):
        made = type(self)()
        return made
    def told(self): return self.same()
    @property
    def owned(self) -> Self: ...
    def handed(self): return self.owned
    def bound(self): return self.same
    def mixed(self):
        if self.same(): return A()
        return self
    def either(self):
        made = self
        made = A()
        return made
    @property
    def size(self): return 1
    @size.setter
    def size(self, to): ...
class B(A):
    def above(self): return super().same()
"""
    found = types_of(open_worker, folder, text)
    types = {name: each["return"][0] for name, each in found.items() if "return" in each}
    for name in ("made", "kept", "told", "handed", "above"):
        assert types.pop(name) == "Self"
    assert types.pop("bound") != "Self"
    assert types == {"mixed": "A", "either": "A", "size": "int"}


def test_a_conversion_shows_no_type(open_worker: Worker, folder: Path) -> None:
    text = """\
import math
def show(n: int) -> None: ...
def root(x): return math.sqrt(x)
def both(x):
    show(x)
    return math.sqrt(x)
"""
    found = types_of(open_worker, folder, text)
    assert "x" not in found["root"]
    assert found["both"]["x"][0] == "int"


def test_a_call_with_many_type_variables_does_not_prevent_other_hints(
    open_worker: Worker, folder: Path
) -> None:
    text = """\
from typing import Callable, TypeVarTuple, Unpack
Ts = TypeVarTuple("Ts")
def run(f: Callable[[Unpack[Ts]], None], *a: Unpack[Ts]) -> tuple[Unpack[Ts]]: ...
def g(x): return run(print, x)
def f(): return 1
"""
    assert types_of(open_worker, folder, text)["f"]["return"][0] == "int"


def test_a_function_that_becomes_a_context_manager_is_a_generator(
    open_worker: Worker, folder: Path
) -> None:
    text = """\
from contextlib import asynccontextmanager, contextmanager
@contextmanager
def f(): yield 1
@asynccontextmanager
async def g(): yield 1
"""
    found = types_of(open_worker, folder, text)
    assert found["f"]["return"][0] == "Generator[int, None, None]"
    assert found["g"]["return"][0] == "AsyncGenerator[int, None]"


def test_a_replacement_for_none_shows_a_type(open_worker: Worker, folder: Path) -> None:
    text = """\
def f(a=None, b=None, c=None, d=None, e=None, g=None, h=0, i=None):
    a = a or "a"
    if b is None:
        b = 1
    print(c if c is not None else 1.5, 2 if not d else d, e or None, g or i, h or "")
"""
    found = types_of(open_worker, folder, text)["f"]
    assert {name: each for name, each in found.items() if each[1] == "fallback"} == {
        "a": ("str | None", "fallback"),
        "b": ("int | None", "fallback"),
        "c": ("float | None", "fallback"),
        "d": ("int | None", "fallback"),
    }


def test_overriding_methods_show_the_hints_of_their_base_method(
    open_worker: Worker, folder: Path
) -> None:
    text = """\
class Base:
    def f(self, x, y): raise NotImplementedError
    def g(self): raise NotImplementedError
    def h(self): ...
class One(Base):
    def f(self, x: int, y: str) -> int: return x
    def g(self) -> int: return 1
    def h(self) -> int: return 1
class Two(Base):
    def f(self, x: int, y: int) -> str: return ""
    def g(self): return print
"""
    found = types_of(open_worker, folder, text)
    assert found["f"] == {"x": ("int", "overridden"), "return": ("int | str", "overridden")}
    assert found["h"] == {"return": ("int | None", "overridden")}
    assert found.keys() == {"f", "h"}


def test_one_overriding_method_does_not_show_the_arguments_of_the_base_method(
    open_worker: Worker, folder: Path
) -> None:
    text = """\
from shapes import Untyped
class Base:
    def check(self, value): ...
class Text(Base):
    def check(self, value: str) -> None: ...
class Late(Untyped):
    def check(self, value, more=None): ...
"""
    answer = open_worker.request("types", path=str(folder / "a.py"), text=text)
    bases = {each["line"]: each["unhinted"] for each in answer["functions"] if each["unhinted"]}
    assert bases == {4: {"value": 2}, 6: {"value": -1}}
    assert "value" not in types_of(open_worker, folder, text)["check"]


def test_a_generic_call_with_an_unknown_argument_shows_no_result(
    open_worker: Worker, folder: Path
) -> None:
    text = """\
from functools import reduce
def wider(one, other):
    return one if one else other
def kind(types):
    return reduce(wider, types, bool)
def count(types: list[int]):
    return reduce(lambda one, other: one + other, types, 0)
"""
    found = types_of(open_worker, folder, text)
    assert "kind" not in found
    assert found["count"] == {"return": ("int", "body")}


def test_calls_that_demonstrate_a_module_are_ignored(open_worker: Worker, folder: Path) -> None:
    text = """\
class Panel: ...
def show(renderable):
    print(renderable)
if __name__ == "__main__":
    show(Panel())
"""
    assert types_of(open_worker, folder, text)["show"] == {"return": ("None", "body")}


def test_the_only_member_of_an_enum_is_treated_as_a_sentinel(
    open_worker: Worker, folder: Path
) -> None:
    text = """\
from enum import Enum
class Missing(Enum):
    TOKEN = 0
class Color(Enum):
    RED = 0
    BLUE = 1
def f(timeout=Missing.TOKEN, color=Color.RED): ...
"""
    found = types_of(open_worker, folder, text)["f"]
    assert found["timeout"] == ("Missing", "default-object")
    assert found["color"] == ("Color", "default")


def test_an_int_default_passed_to_a_float_parameter_is_a_float(
    open_worker: Worker, folder: Path
) -> None:
    text = "import time\ndef wait(pause=1): time.sleep(pause)\n"
    assert types_of(open_worker, folder, text)["wait"]["pause"] == ("float", "default-passed")


def test_a_default_and_calls_show_a_type_together(open_worker: Worker, folder: Path) -> None:
    text = "def f(x=False, y=1): ...\nf('a', 2)\n"
    found = types_of(open_worker, folder, text)["f"]
    assert found["x"] == ("str | bool", "default-calls")
    assert found["y"][0] == "int"


def test_a_parameter_passed_on_by_name_gets_that_type(open_worker: Worker, folder: Path) -> None:
    text = """\
def show(index: str | bool, size: float, place: int) -> None: ...
def f(index="auto", size="a", start=0): show(index, size, start)
"""
    found = types_of(open_worker, folder, text)["f"]
    assert found["index"] == ("str | bool", "default-passed")
    assert found["start"] == ("int", "passed")
    assert found["size"] == ("float", "passed")


def test_calls_with_different_types_show_no_type(open_worker: Worker, folder: Path) -> None:
    text = """\
from collections.abc import Mapping
def wide(x: Mapping[str, int]) -> None: ...
def narrow(x: dict[str, int]) -> None: ...
def text(x: str) -> None: ...
def f(one, two, three, four):
    "".startswith(one)
    wide(two), narrow(two)
    narrow(three), text(three)
    issubclass(four, int)
"""
    found = types_of(open_worker, folder, text)["f"]
    assert found == {"two": ("dict[str, int]", "passed"), "return": ("None", "body")}


def test_parameter_types_come_from_defaults_calls_and_bases(
    open_worker: Worker, folder: Path
) -> None:
    text = """\
from shapes import Shape
class A(Shape):
    size: int
    def __init__(self, size): self.size = size
    def scale(self, by, origin=None): ...
    def put(self, name, mode="w", where=None):
        Shape().scale(where)
def f(once, twice, partly):
    f("a", 1, 2)
    f(once, "b", g())
def g(*names, **options): ...
g("a", "b", big=True)
def h(*names, **options): print(names, options)
h("a", b=f, c=open("a").fileno(), d=eval("1"))
"""
    found = types_of(open_worker, folder, text)
    assert found["__init__"]["size"] == ("int", "attribute")
    assert found["scale"]["by"] == ("float", "inherited")
    assert found["scale"]["origin"] == ("Point | None", "inherited")
    assert found["put"]["mode"] == ("str", "default")
    assert found["put"].keys() == {"mode", "where", "return"}
    assert found["put"]["where"] == ("float | None", "passed")
    assert found["f"] == {
        "once": ("str", "some-calls"),
        "twice": ("int | str", "calls"),
        "partly": ("int", "some-calls"),
        "return": ("None", "body"),
    }
    assert found["g"]["names"] == ("str", "calls")
    assert found["g"]["options"] == ("bool", "call")
    assert found["h"] == {"names": ("str", "call"), "return": ("None", "body")}


def test_the_attributes_used_of_a_parameter_show_its_class(
    open_worker: Worker, folder: Path
) -> None:
    text = """\
class Order:
    total = 1
    name = "a"
class Shop:
    name = "a"
def by_two(x): print(x.total, x.name)
def by_one(x): print(x.total)
def by_name(order): print(order.total)
def only_named(order): print(order)
def other(order): print(order.missing)
def shared(x): print(x.name)
"""
    found = types_of(open_worker, folder, text)
    assert found["by_two"]["x"] == ("Order", "use")
    assert found["by_name"]["order"] == ("Order", "named-use")
    for name in ("by_one", "only_named", "other", "shared"):
        assert found[name].keys() == {"return"}


def test_the_items_added_to_an_empty_container_show_its_type(
    open_worker: Worker, folder: Path
) -> None:
    text = """\
from typing import Self
class A:
    def __init__(self):
        self.names, self.odd = 1, 2
        self.items = {}
        self.seen = set()
        self.rest = []
    def put(self, x) -> Self:
        self.items["a"] = 1
        self.items["b"] = None
        self.seen.add("a")
        self.rest.append(x)
"""
    found = types_of(open_worker, folder, text)["A"]
    assert found == {
        ".items": ("dict[str, int | None]", "filled"),
        ".seen": ("set[str]", "filled"),
    }


def test_a_type_that_is_not_imported_comes_with_its_import(
    open_worker: Worker, folder: Path
) -> None:
    text = "import shapes\ndef f():\n    return [shapes.Shape().scale(1)]\n"
    answer = open_worker.request("types", path=str(folder / "a.py"), text=text)
    (function,) = answer["functions"]
    (hint,) = function["hints"]
    assert (hint["type"], hint["imports"]) == ("list[Shape]", [["shapes", "Shape"]])
    assert function["line"] == 1


CALLS = """\
import io, json, os.path, pathlib, subprocess, threading
from pathlib import Path as P
class Own(io.FileIO):
    def write(self, data): return super().write(data)
class A:
    def __init__(self, path: P, file, data=None):
        self.path, self.lock = path, threading.Lock()
        self.file: io.TextIOWrapper | None = file
        self.data = data or subprocess.Popen("a")
    def f(self, own: Own, out: io.BytesIO = io.BytesIO()):
        self.path.parent.read_text()
        self.lock.acquire()
        if self.file: self.file.read()
        self.data.wait()
        own.write(b""); own.read()
        out.write(b"")
        read = self.path.read_bytes
        read()
        os.path.exists("a"); json.load(out); subprocess.Popen("a"); P.cwd()
        "é"; out.read()
        len("a"); "a".strip(); self.f(own)
"""


def test_the_answer_lists_the_functions_that_calls_run(open_worker: Worker, folder: Path) -> None:
    answer = open_worker.request("types", path=str(folder / "a.py"), text=CALLS, about="calls")
    assert answer["known"]
    lines, found = CALLS.splitlines(), dict[str, list[str]]()
    for call in (each for each in answer["calls"] if "names" in each):
        (line, start), (_, end) = call["range"]
        found[lines[line][start:end].partition("(")[0]] = call["names"]
    last = {name: names[-1] for name, names in found.items()}
    assert last.pop("self.lock.acquire").startswith("_thread.")
    assert last == {
        "super": "typing.IO.write",
        "threading.Lock": "threading.Lock",
        "io.BytesIO": "_io.BytesIO",
        "self.path.parent.read_text": "pathlib.Path.read_text",
        "self.file.read": "typing.IO.read",
        "self.data.wait": "subprocess.Popen.wait",
        "own.read": "typing.IO.read",
        "out.write": "typing.IO.write",
        "read": "pathlib.Path.read_bytes",
        "os.path.exists": "genericpath.exists",
        "json.load": "json.load",
        "subprocess.Popen": "subprocess.Popen",
        "P.cwd": "pathlib.Path.cwd",
    }
    assert found["out.write"][0] == "_io.BytesIO.write"
    assert found["own.read"][0] == "a.Own.read"


def test_a_request_has_no_side_effects(open_worker: Worker, folder: Path) -> None:
    before = open_worker.check()
    types_of(open_worker, folder, "import shapes\nx: str = 1\ndef f(x): return shapes\n")
    assert open_worker.news() == {}
    open_worker.show(folder / "a.py", "x: str = 1\n", 2)
    assert open_worker.codes() == {"a.py": ["0:assignment"]}
    open_worker.show(folder / "a.py", "x = 1\n", 3)
    assert open_worker.check().keys() == before.keys()
    assert open_worker.codes() == {"a.py": []}


def test_a_request_has_no_side_effects_on_other_files(worker: Worker, tmp_path: Path) -> None:
    """The hypothetical text imports a module that mypy must read, which others then see."""
    lib, user, third = (tmp_path / name for name in ("lib.py", "user.py", "third.py"))
    worker.start(tmp_path, "--config-file", "")
    texts = {
        lib: "def f(): ...\n",
        user: "import lib\ny = lib.f()\n",
        third: "import user\nz: str = user.y\n",
    }
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
        worker.show(path, text)
    assert worker.codes() == {"lib.py": [], "user.py": [], "third.py": []}
    worker.request("types", path=str(lib), text="import wave\ndef f() -> int: ...\n")
    worker.show(third, texts[third] + "# edited\n", 2)
    assert worker.codes()["third.py"] == []


def test_a_text_that_mypy_cannot_check_is_reported(open_worker: Worker, folder: Path) -> None:
    answer = open_worker.request("types", path=str(folder / "a.py"), text="def f(:\n")
    assert answer == {"known": False, "functions": []}


def test_a_recursive_type_does_not_stop_the_worker(open_worker: Worker, folder: Path) -> None:
    text = """\
from typing import Callable
Json = None | str | "list[Json]" | "dict[str, Json]"
Task = Callable[["Task"], None]
def task() -> Task: ...
def f(): return task()
"""
    assert types_of(open_worker, folder, text)["f"] == {
        "return": ("Callable[[Task], None]", "body")
    }


VARIABLES = """\
from typing import Callable, Generic, List, TypeVar
K = TypeVar("K")
V = TypeVar("V")
def first(items: List[K]):
    return items[0]
def pairs(items: List[K], other=None):
    for each in items:
        yield each, 1
class Box(Generic[K]):
    def __init__(self, value: K) -> None:
        self.value = value
    def get(self):
        return self.value
    def map(self, function: Callable[[K], V]):
        return [function(self.value)]
    def outer(self, other):
        return first([other.value, 1])
"""
VARIABLES_IN_BRACKETS = """\
from collections.abc import Callable
def first[K](items: list[K]):
    return items[0]
def pairs[K](items: list[K], other=None):
    for each in items:
        yield each, 1
class Box[K]:
    def __init__(self, value: K) -> None:
        self.value = value
    def get(self):
        return self.value
    def map[V](self, function: Callable[[K], V]):
        return [function(self.value)]
    def outer(self, other):
        return first([other.value, 1])
"""


@pytest.mark.parametrize(
    "text",
    [
        VARIABLES,
        pytest.param(
            VARIABLES_IN_BRACKETS,
            marks=pytest.mark.skipif(
                sys.version_info < (3, 12), reason="Python before 3.12 has no type parameters"
            ),
        ),
    ],
)
def test_type_parameters_are_written_by_name(open_worker: Worker, folder: Path, text: str) -> None:
    found = types_of(open_worker, folder, text)
    assert found["first"] == {"return": ("K", "body")}
    assert found["pairs"]["return"] == ("Iterator[tuple[K, int]]", "body")
    assert found["get"] == {"return": ("K", "body")}
    assert found["map"] == {"return": ("list[V]", "body")}
    assert "return" not in found.get("outer", {})


LACKING = """\
import shapes
class Own:
    def load(self): ...
def plain(): ...
def f(a: shapes.Point, b: Own, c: "shapes.Point | Own", d: object, e, g: "shapes.Point | None"):
    a.load(); b.load(); c.load(); d.load(); e.load(); g.load(); plain.load(); a.other()
"""


def test_a_method_that_a_class_elsewhere_lacks_is_not_one_of_the_text(
    open_worker: Worker, folder: Path
) -> None:
    answer = open_worker.request("types", path=str(folder / "a.py"), text=LACKING, about="calls")
    lines, found = LACKING.splitlines(), dict[str, list[str]]()
    for call in answer["calls"]:
        (line, start), (_, end) = call["range"]
        if call["sure"]:
            found[lines[line][start:end]] = call["names"]
    assert found == {
        "a.load()": ["shapes.Point.load"],
        "g.load()": ["shapes.Point.load"],
        "plain.load()": ["builtins.function.load"],
    }


BASES = {
    "plain": "class Plain:\n    def handle(self): self.hook()\nclass Late(Plain): ...\n",
    "meta": "class Meta(type): ...\nclass Made(metaclass=Meta): ...\n",
    "found": "class Found:\n    def go(self, name): return getattr(self, 'do_' + name)()\n",
}


def test_the_answer_lists_methods_that_no_base_class_uses(worker: Worker, tmp_path: Path) -> None:
    """A class that cannot be read completely, or looks up methods by name, is left out."""
    for name, text in BASES.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    worker.start(tmp_path, "--config-file", "")
    head = "import plain, abc, typing\nfrom plain import Plain, Late\nfrom meta import Made\n"
    head += "from found import Found\nfrom nowhere import Unknown\nT = typing.TypeVar('T')\n"
    found = {}
    for base in ("Late", "plain.Plain", "Made", "Found", "Unknown", "typing.Sequence[int]"):
        methods = "".join(f"    def {name}(self): ...\n" for name in ("load", "hook", "handle"))
        text = f"{head}def make():\n  class A(abc.ABC, {base}):\n{methods}"
        worker.show(tmp_path / "a.py", head)
        answer = worker.request("types", path=str(tmp_path / "a.py"), text=text, about="calls")
        lines = text.splitlines()
        types_of = {
            lines[e["range"][0][0]][e["range"][0][1] : e["range"][1][1]]: e
            for e in answer["calls"]
            if "free" in e
        }
        assert types_of["abc.ABC"]["unread"] == ["abc.ABC", "builtins.object"]
        found[base] = {*types_of[base]["free"]} - {"make"} if base in types_of else None
    every = {"load", "hook", "handle"}
    assert found == {
        "Late": {"load"},
        "plain.Plain": {"load"},
        "typing.Sequence[int]": every,
        **dict.fromkeys(["Made", "Found", "Unknown"]),
    }
