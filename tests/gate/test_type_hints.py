"""The gate for type hints refuses whatever is more than type hints, and accepts those."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from python_expert.actions.base import Options
from python_expert.gate.verdict import Status
from tests.conftest import write
from tests.gate.type_hints import OTHER_WRONG, RIGHT, Case, counts, status, wrong

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("case", wrong(), ids=lambda case: case.name)
def test_what_is_more_than_type_hints_is_not_accepted(case: Case) -> None:
    assert status(case) is not Status.ACCEPTED


@pytest.mark.parametrize("case", RIGHT, ids=lambda case: case.name)
def test_type_hints_alone_are_accepted(case: Case) -> None:
    assert status(case) is Status.ACCEPTED


def test_where_a_program_reads_annotations_the_user_is_asked() -> None:
    asked = {case.name for case in OTHER_WRONG if status(case) is Status.CONFIRM}
    assert asked == {
        "a name from an import of *, evaluated",
        "a route",
        "a route's result",
        "a command",
        "a registered function",
        "a dependency",
        "a function that looks hints up",
        "strings for who knows whom",
        "a field of who knows whom",
        "a name in a registry of all",
        "a field of a model's mixin",
        "a field of who knows which heir",
        "a signature looked up for all",
        "a field of a class whose names are listed",
        "a field of a class with its names",
    }


def test_a_name_from_an_import_of_all_names_is_left_to_mypy_where_nothing_evaluates_it() -> None:
    before = "from decimal import *\ndef f(a):\n    return a\n"
    quoted = Case("", before, before.replace("(a)", '(a: "Decimal")'))
    assert status(quoted) is Status.ACCEPTED
    assert status(quoted._replace(after=quoted.after.replace('"', ""))) is Status.CONFIRM


def test_all_are_counted() -> None:
    refused, accepted = counts()
    assert refused == len(wrong())
    assert refused >= 120
    assert accepted == len(RIGHT)


def test_a_module_of_the_project_is_not_taken_for_that_of_the_library(tmp_path: Path) -> None:
    before = "def f(a):\n    return a\n"
    after = "from typing import Any\n" + before.replace("(a)", "(a: Any)")
    case = Case("shadowed", before, after, Options(path=str(tmp_path / "a.py")))
    assert status(case) is Status.ACCEPTED
    (tmp_path / "typing.py").touch()
    assert status(case) is Status.REFUSED
    (tmp_path / "__init__.py").touch()
    assert status(case) is Status.ACCEPTED
    assert status(case._replace(options=Options(root=str(tmp_path)))) is Status.REFUSED


VARIABLES = "P = ParamSpec('P')\nT = TypeVar('T')"


@pytest.mark.parametrize(
    ("imports", "hint", "accepted"),
    [
        ("from . import nodes", "nodes.Node", True),
        ("from . import nodes", "nodes.Node.Part", True),
        ("from . import nodes", "list[nodes.Node]", True),
        ("from . import nodes", "nodes.Nodes", False),
        ("from . import nodes", "nodes.Checked", False),
        ("from . import nodes", "nodes.Perhaps", False),
        ("from . import nodes", "nodes.Gone", False),
        ("from . import nodes", "nodes.Node.Gone", False),
        ("from .nodes import Node", "Node.Part", True),
        ("from .nodes import Node", "Node.Gone", False),
        ("from pkg import nodes as n", "n.Node", True),
        ("import pkg.nodes", "pkg.nodes.Node", True),
        ("import pkg", "pkg.nodes.Node", False),
        ("from .nodes import base", "base | int", True),
        ("from . import nodes", "nodes.base | int", True),
        ("from .nodes import late", "late | int", False),
        (
            "from typing import ParamSpec, TypeVar\nfrom .nodes import Pair\n" + VARIABLES,
            "Pair[P, T]",
            True,
        ),
        (
            "from typing import ParamSpec, TypeVar\nfrom .nodes import Pair\n" + VARIABLES,
            "Pair[T, P]",
            False,
        ),
        (
            "from typing import ParamSpec, TypeVar\nfrom .nodes import Pair\n" + VARIABLES,
            "Pair[P]",
            False,
        ),
        ("from typing import ParamSpec\nP = ParamSpec('P')", "P.args", True),
        ("from typing import ParamSpec\nP = ParamSpec('P')", "P.arg", False),
        ("import asyncio", "asyncio.Protocol", True),
        ("from typing import Protocol", "Protocol", False),
        ("from .nodes import Annotated", "Annotated[int, 1]", False),
        ("from . import circle", "circle.Node", False),
        ("from . import broken", "broken.Node", False),
        ("from . import missing", "missing.Node", False),
        ("from ... import nodes", "nodes.Node", False),
    ],
)
def test_what_a_module_of_the_project_has_when_it_is_loaded_can_be_evaluated(
    tmp_path: Path, imports: str, hint: str, *, accepted: bool
) -> None:
    nodes = (
        "from typing import TYPE_CHECKING\nfrom . import other\n"
        "if TYPE_CHECKING:\n    from pkg.a import f\n    class Checked: ...\n"
        "try:\n    from x import Perhaps\nexcept ImportError:\n    pass\n"
        "class Gone: ...\ndel Gone\nclass Node:\n    class Part: ...\n"
        "def late():\n    from pkg import a\n"
        "class base: ...\nfrom typing import Annotated, Generic, ParamSpec, TypeVar\n"
        f"{VARIABLES}\nclass Pair(Generic[P, T]): ...\n"
    )
    files = {"nodes": nodes, "other": "", "circle": f"from .middle import x\n{nodes}"}
    files |= {
        "middle": "try:\n    import pkg.a\nfinally:\n    x = 1\n",
        "broken": "class Node: (\n",
    }
    files |= {"__init__": "from . import a\n", "a": ""}
    write(tmp_path, {f"src/pkg/{name}.py": text for name, text in files.items()})
    before = f"{imports}\n\n\ndef f(a):\n    return a\n"
    path = tmp_path / "src" / "pkg" / "a.py"
    options = Options(path=str(path), root=str(tmp_path), python=(3, 10))
    case = Case("", before, before.replace("(a)", f"(a: {hint})"), options)
    assert status(case) is (Status.ACCEPTED if accepted else Status.REFUSED)
