"""Which tests a text contains, and which of them an edit can affect; nothing is run."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from python_expert.config.tool_files import find_config
from python_expert.text.document import Document
from python_expert.tools.pytest.affected import Affected
from python_expert.tools.pytest.conventions import Conventions, read
from python_expert.tools.pytest.index import tests_in as found_in
from python_expert.tools.pytest.outline import Outline
from python_expert.tools.pytest.project_index import ProjectIndex
from python_expert.tools.pytest.spec import SPEC
from tests.conftest import write

TEXT = """\
import unittest

def helper(): ...

def test_plain(): ...

async def test_async(): ...

class TestThings:
    def test_method(self): ...
    def other(self): ...
    class TestInner:
        def test_inner(self): ...

class TestNothing:
    x = 1

class Prices(unittest.TestCase):
    def test_price(self): ...
    def check_price(self): ...

if True:
    def test_conditional(): ...

def broken(:
"""


def ids(text: str, conventions: Conventions | None = None) -> list[str]:
    """Return the ids of the tests in a text."""
    document = Document.of("file:///test_a.py", 1, text)
    return [test.id for test in found_in(document, conventions or Conventions())]


def test_tests_are_found_where_part_of_the_text_does_not_parse() -> None:
    assert ids(TEXT) == [
        "test_plain",
        "test_async",
        "TestThings",
        "TestThings::test_method",
        "TestThings::TestInner",
        "TestThings::TestInner::test_inner",
        "Prices",
        "Prices::test_price",
        "test_conditional",
    ]


def test_the_place_of_a_test_is_its_name() -> None:
    document = Document.of("file:///test_a.py", 1, "@mark\nasync def  test_a(): ...\n")
    (test,) = found_in(document, Conventions())
    assert (tuple(test.range.start), tuple(test.range.end)) == ((1, 11), (1, 17))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\npython_functions = check\npython_files = *.py\n"),
        ("tox.ini", "[pytest]\npython_functions = check\npython_files = *.py\n"),
        ("setup.cfg", "[tool:pytest]\npython_functions = check\npython_files = *.py\n"),
        (
            "pyproject.toml",
            '[tool.pytest.ini_options]\npython_functions = "check"\npython_files = ["*.py"]\n',
        ),
        (
            "pyproject.toml",
            '[tool.pytest]\npython_functions = ["check"]\npython_files = ["*.py"]\n',
        ),
        ("pytest.toml", '[pytest]\npython_functions = ["check"]\npython_files = ["*.py"]\n'),
    ],
)
def test_a_project_can_configure_the_names_of_tests(tmp_path: Path, name: str, text: str) -> None:
    # Files of other tools do not configure pytest.
    write(tmp_path, {"tox.ini": "[tox]\n", "setup.cfg": "[metadata]\n", "pyproject.toml": ""})
    write(tmp_path, {name: text})
    conventions = read(find_config(SPEC, tmp_path, tmp_path))
    assert conventions.is_test_file(Path("/p/anything.py"))
    assert ids("def check_it(): ...\ndef test_it(): ...\n", conventions) == ["check_it"]


@pytest.mark.parametrize("text", ["[pytest", "[pytest]\npython_files\n", "\xff"])
def test_a_broken_configuration_is_ignored_here(tmp_path: Path, text: str) -> None:
    (tmp_path / "pytest.ini").write_text(text, encoding="latin-1")
    assert read(tmp_path / "pytest.ini").is_test_file(Path("/p/test_a.py"))


BEFORE = """\
LIMIT = 3

def first(x):
    return x + LIMIT

class Shop:
    def second(self):
        def inner():
            return 1
        return inner()
"""

CHANGES = {
    "a body": (BEFORE.replace("x + LIMIT", "x - LIMIT"), {3}),
    "an inner function": (BEFORE.replace("return 1", "return 2"), {7, 8, 9}),
    "comments and layout": ("# new\n\n" + BEFORE.replace("x + LIMIT", "(x + LIMIT)"), set()),
    "nothing": (BEFORE, set()),
    "what runs at import": (BEFORE.replace("LIMIT = 3", "LIMIT = 4"), None),
    "a parameter": (BEFORE.replace("first(x)", "first(x, y=1)"), None),
    "a new test": (BEFORE + "\ndef test_third(): ...\n", set()),
    "a new function": (BEFORE + "\ndef third(): ...\n", None),
}


@pytest.mark.parametrize(("after", "lines"), CHANGES.values(), ids=CHANGES)
def test_changes_are_found_by_function(after: str, lines: set[int] | None) -> None:
    assert Outline.of(BEFORE).changed_lines(Outline.of(after)) == lines


CODE, TESTS = Path("/p/shop.py"), Path("/p/test_shop.py")


@pytest.mark.parametrize("measured", [True, False], ids=["with coverage.py", "without"])
def test_a_test_is_affected_by_the_functions_that_it_ran(measured: bool) -> None:  # noqa: FBT001 - a parameter of the test
    first, second = f"{TESTS}::test_first", f"{TESTS}::test_second"
    lines = {first: {str(CODE): [3]}, second: {str(CODE): [9, 8]}} if measured else {}
    affected = Affected()
    loaded = [str(CODE), str(TESTS)]
    affected.learn(
        [first, second],
        [first, second],
        {"lines": lines, "loaded": loaded},
        {CODE: BEFORE, TESTS: ""},
    )
    after = BEFORE.replace("x + LIMIT", "x - LIMIT")
    assert affected.by(CODE, after, []) == ([first] if measured else [first, second])
    assert affected.by(CODE, BEFORE.replace("= 3", "= 4"), []) == [first, second]
    assert affected.by(CODE, BEFORE + "def (", []) is None
    assert affected.by(Path("/p/other.py"), "x = 1", []) == []
    new = f"{TESTS}::test_new"
    assert affected.by(TESTS, "", [first, second, new]) == [new]


def test_records_of_many_tests_add_few_objects_for_the_garbage_collector() -> None:
    file, tests = Path("/p/shop.py"), [f"/p/test_shop.py::test_{n}" for n in range(10_000)]
    others = [f"/p/part{n}.py" for n in range(5)]
    lines = {test: {each: [1, n % 50] for each in others} for n, test in enumerate(tests)}
    affected = Affected()
    gc.collect()
    before = len(gc.get_objects())
    affected.learn(tests, tests, {"lines": lines, "loaded": [str(file)]}, {file: TEXT})
    gc.collect()
    assert len(gc.get_objects()) - before < 3 * len(tests)


def test_a_parametrised_test_is_affected_by_the_functions_of_any_case() -> None:
    affected = Affected()
    name = f"{TESTS}::test_a"
    lines = {f"{name}[::1]": {str(CODE): [3]}, f"{name}[2]": {str(CODE): [9]}}
    affected.learn([str(TESTS)], [*lines], {"lines": lines, "loaded": [str(CODE)]}, {CODE: BEFORE})
    assert affected.by(CODE, BEFORE.replace("return 1", "return 2"), []) == [name]


def test_each_test_keeps_the_texts_with_which_it_ran() -> None:
    affected = Affected()
    first, second = f"{TESTS}::test_first", f"{TESTS}::test_second"
    lines = {name: {str(CODE): [3]} for name in (first, second)}
    loaded = [str(CODE), str(TESTS)]
    both = {"lines": lines, "loaded": loaded}
    affected.learn([first, second], [first, second], both, {CODE: BEFORE, TESTS: ""})
    after = BEFORE.replace("x + LIMIT", "x - LIMIT")
    assert [affected.may_differ(each, {CODE: after}) for each in (first, second)] == [True, True]
    affected.learn([first], [first], {**both, "lines": {first: lines[first]}}, {CODE: after})
    assert affected.by(CODE, after, [first, second]) == [second]
    assert [affected.may_differ(each, {CODE: after}) for each in (first, second)] == [False, True]
    # An edit of code that the second test did not run has no effect on it, as `by` finds out.
    other = BEFORE.replace("return 1", "return 2")
    assert affected.may_differ(second, {CODE: other})
    assert affected.by(CODE, other, [first, second]) == [first]
    assert not affected.may_differ(second, {CODE: other})


@pytest.mark.parametrize(
    "imported", [[], [str(TESTS)]], ids=["the process died", "an import failed"]
)
def test_tests_that_did_not_run_are_affected_by_every_change_of_an_open_file(
    imported: list[str],
) -> None:
    affected = Affected()
    name = f"{TESTS}::test_a"
    texts = {CODE: BEFORE, TESTS: ""}
    loaded = [str(CODE), str(TESTS)]
    affected.learn([name], [name], {"lines": {name: {str(CODE): [3]}}, "loaded": loaded}, texts)
    texts[CODE] = f"import missing\n{BEFORE}"
    affected.learn([name], [], {"lines": {}, "loaded": imported}, texts)
    assert affected.by(CODE, BEFORE, []) == [name]
    affected.learn([str(TESTS)], [], {"lines": {}, "loaded": imported}, texts)
    assert affected.by(CODE, BEFORE, []) == [name]


IMPORTING = {
    "tests/test_whole.py": "import shop.cart\n\n\ndef test_a(): ...\n",
    "tests/test_from.py": "from shop import cart\n\n\nclass TestB:\n    def test_b(self): ...\n",
    "tests/test_other.py": "import other.cart\n\n\ndef test_c(): ...\n",
    "tests/test_broken.py": "import shop.cart\ndef test_d(:\n",
    "src/shop/test_inside.py": "from .cart import add\n\n\ndef test_e(): ...\n",
    "src/shop/__init__.py": "",
    "src/shop/cart.py": "def add(): ...\n",
    ".venv/test_library.py": "import shop.cart\n\n\ndef test_f(): ...\n",
}


def test_the_tests_of_a_project_are_found_with_their_imports(tmp_path: Path) -> None:
    for name, text in IMPORTING.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    index = ProjectIndex(tmp_path, Conventions())
    index.refresh()
    found = index.importing(tmp_path / "src/shop/cart.py")
    assert sorted(each.removeprefix(f"{tmp_path}/") for each in found) == [
        "src/shop/test_inside.py::test_e",
        "tests/test_from.py::TestB::test_b",
        "tests/test_whole.py::test_a",
    ]
    (tmp_path / "tests/test_whole.py").unlink()
    index.refresh()
    assert len(index.tests) == 3
