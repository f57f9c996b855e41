"""The types that are proposed without a model."""

from __future__ import annotations

import sys
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.actions.add_type_hints import AddTypeHints
from python_expert.actions.add_type_hints.offline import propose, pyrefly
from python_expert.actions.base import Options
from python_expert.analysis.source import Source

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def _no_pyrefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyrefly, "find", lambda: None)


def proposed(text: str, options: Options | None = None) -> dict[str, dict[str, Any]]:
    """What is proposed for all functions of a text."""
    source = Source.of(text)
    keys = [each.key for each in source.definitions]
    return dict(propose(source, keys, options or Options()))


@pytest.mark.usefixtures("_no_pyrefly")
@pytest.mark.parametrize(
    ("body", "type_"),
    [
        ("pass", None),
        ("x.append(1)", "None"),
        ("return", "None"),
        ("return 1", "int"),
        ("return f'{x}'", "str"),
        ("return not x", "bool"),
        ("return x is None or x == 3", "bool"),
        ("return [1, 2]", "list[int]"),
        ("return 'a', 1", "tuple[str, int]"),
        ("return isinstance(x, int)", "bool"),
        ("return 1 if x else None", "int | None"),
        ("if x:\n        return 1", "int | None"),
        ("if x:\n        return 1\n    raise ValueError", "int"),
        ("return x", None),
        ("raise ValueError", "NoReturn"),
        ("raise NotImplementedError", None),
        ("yield 1", "Iterator[int]"),
        ("y = yield 1", None),
        ("return B()", "B"),
        ("return g()", "str"),
        ("return f(x)", None),
        ("y = 'a'\n    return y", "str"),
        ("y = 'a'\n    y = 1\n    return y", None),
        ("y = 'a'\n    y += x\n    return y", None),
    ],
)
def test_a_body_shows_what_is_returned(body: str, type_: str | None) -> None:
    text = f"def f(x):\n    {body}\n\nclass B: ...\n\ndef g():\n    return 'a'\n"
    assert proposed(text).get("f", {}).get("returns") == type_


def _chain(first: str, step: str) -> str:
    """A function whose variables each depend twice on the one before."""
    lines = [f"    a{n} = {step.format(f'a{n - 1}')}\n" for n in range(1, 61)]
    return f"def f(x):\n    a0 = {first}\n{''.join(lines)}    return a60\n"


MANY = {
    "texts": (_chain("'a'", "{0} + {0}"), "str"),
    "a circle": (_chain("(a60, a60)", "({0}, {0})"), None),
    "a type that grows": (_chain("'a'", "({0}, {0})"), None),
    "functions": (
        "".join(
            f"def {one}(x):\n    return 'a'{f' + {other}(x)' * 90}\n\n"
            for one, other in ("fg", "gh", "hf")
        ),
        None,
    ),
}


@pytest.mark.usefixtures("_no_pyrefly")
@pytest.mark.parametrize(("text", "type_"), MANY.values(), ids=MANY)
def test_what_depends_on_much_is_followed_once(text: str, type_: str | None) -> None:
    """It would take years otherwise; a module of the standard library took 90 minutes."""
    assert proposed(text).get("f", {}).get("returns") == type_


@pytest.mark.usefixtures("_no_pyrefly")
@pytest.mark.parametrize(
    ("parameter", "type_"),
    [
        ("x=1", "int"),
        ("x=-1.5", "float"),
        ("x=''", "str"),
        ("x=True", "bool"),
        ("x=None", None),
        ("x", None),
        ("name", "str"),
        ("name=None", "str | None"),
        ("name=UNSET", None),
        ("is_old", "bool"),
        ("line_count", "int"),
        ("order", "Order"),
        ("order=None", "Order | None"),
        ("*args", "Any"),
        ("*names", "Any"),
    ],
)
def test_defaults_names_and_classes_say_what_a_parameter_is(
    parameter: str, type_: str | None
) -> None:
    text = f"class Order: ...\n\ndef f({parameter}):\n    raise NotImplementedError\n"
    found = proposed(text).get("f", {}).get("params", {})
    assert found.get(parameter.strip("*").partition("=")[0]) == type_


@pytest.mark.usefixtures("_no_pyrefly")
def test_what_is_stored_in_a_typed_attribute_has_its_type() -> None:
    text = "class A:\n    x: dict[str, int]\n    def __init__(self, x):\n        self.x = x\n"
    assert proposed(text)["A.__init__"]["params"] == {"x": "dict[str, int]"}


@pytest.mark.usefixtures("_no_pyrefly")
def test_special_methods_have_their_types() -> None:
    text = "class A:\n    def __eq__(self, other): ...\n    def __exit__(self, *args): ...\n"
    facts = proposed(text)
    assert facts["A.__eq__"]["params"] == {"other": "object"}
    assert facts["A.__eq__"]["returns"] == "bool"


@pytest.mark.usefixtures("_no_pyrefly")
def test_only_what_is_wanted_is_proposed() -> None:
    source = Source.of("def f(x=1): ...\ndef g(x=1): ...\n")
    assert [key for key, _ in propose(source, ["g", "h"], Options())] == ["g"]


def test_what_a_failing_pyrefly_would_say_is_done_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pyrefly, "find", lambda: str(tmp_path / "missing"))
    assert proposed("def f(x=1): ...\n")["f"]["params"] == {"x": "int"}


@pytest.mark.skipif(sys.platform == "win32", reason="the command is one of a shell's")
@pytest.mark.parametrize("key", ["command", "python-interpreter-find-command"])
def test_a_configuration_beside_or_above_the_copy_runs_nothing(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "mark"
    config = f'{key} = ["sh", "-c", "touch {mark}; exit 1"]\n'
    if key == "command":
        config = f'[build-system]\ntype = "custom"\n{config}'
    shared, package = tmp_path / "tmp", tmp_path / "shop"
    for folder in (shared, package):
        folder.mkdir()
        (folder / "pyrefly.toml").write_text(config, encoding="utf-8")
    (package / "__init__.py").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(shared))
    text = "import sys\n\ndef total():\n    return sys.maxsize\n"
    for path in (package / "orders.py", tmp_path / "orders.py"):
        facts = proposed(text, Options(path=str(path), root=str(tmp_path)))
        assert facts["total"]["returns"] == "int"
    assert not mark.exists()


def test_pyrefly_sees_the_package_around_and_leaves_the_file_alone(tmp_path: Path) -> None:
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "prices.py").write_text("def price() -> dict[str, int]: ...\n", encoding="utf-8")
    path = package / "orders.py"
    path.write_text("", encoding="utf-8")
    text = "from .prices import price\n\ndef total():\n    return price()\n"
    facts = proposed(text, Options(path=str(path), root=str(tmp_path)))
    assert facts["total"]["returns"] == "dict[str, int]"
    assert path.read_text(encoding="utf-8") == ""
    source = Source.of(text)
    after = source.with_edits(AddTypeHints().write(source, facts, Options()).edits)
    assert "def total() -> dict[str, int]:" in after.text
