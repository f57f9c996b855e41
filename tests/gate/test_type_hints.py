"""The gate accepts edits that only add type hints, and refuses others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from python_expert.actions.base import Options
from python_expert.gate.verdict import Status
from tests.conftest import write
from tests.gate.texts import code
from tests.gate.type_hints import OTHER_WRONG, RIGHT, Case, counts, status, wrong

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.fast


@pytest.mark.parametrize("case", wrong(), ids=lambda case: case.name)
def test_edits_beyond_type_hints_are_not_accepted(case: Case) -> None:
    assert status(case) is not Status.ACCEPTED


@pytest.mark.parametrize("case", RIGHT, ids=lambda case: case.name)
def test_type_hints_alone_are_accepted(case: Case) -> None:
    assert status(case) is Status.ACCEPTED


def test_a_program_that_reads_annotations_needs_a_confirmation() -> None:
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


def test_a_star_imported_name_is_left_to_mypy_if_not_evaluated() -> None:
    before = code("""
        from decimal import *
        def f(a):
            return a
        """)
    quoted = Case("", before, before.replace("(a)", '(a: "Decimal")'))
    assert status(quoted) is Status.ACCEPTED
    assert status(quoted._replace(after=quoted.after.replace('"', ""))) is Status.CONFIRM


def test_all_are_counted() -> None:
    refused, accepted = counts()
    assert refused == len(wrong())
    assert refused >= 120
    assert accepted == len(RIGHT)


def test_a_module_of_the_project_is_not_confused_with_the_library_s(tmp_path: Path) -> None:
    before = code("""
        def f(a):
            return a
        """)
    after = "from typing import Any\n" + before.replace("(a)", "(a: Any)")
    case = Case("shadowed", before, after, Options(path=str(tmp_path / "a.py")))
    assert status(case) is Status.ACCEPTED
    (tmp_path / "typing.py").touch()
    assert status(case) is Status.REFUSED
    (tmp_path / "__init__.py").touch()
    assert status(case) is Status.ACCEPTED
    assert status(case._replace(options=Options(root=str(tmp_path)))) is Status.REFUSED


VARIABLES = "P = ParamSpec('P')\nT = TypeVar('T')"
PAIR = f"from typing import ParamSpec, TypeVar\nfrom .nodes import Pair\n{VARIABLES}"
BOX = """\
from typing import Generic, TypeVar
T = TypeVar('T')
class Box(Generic[T]):
    class Inner: ...
"""
DECORATED = """\
from dataclasses import dataclass
from typing import Generic, ParamSpec, TypeVar
from .nodes import singleton
P = ParamSpec('P')
T = TypeVar('T')
@singleton
class Box(Generic[T]): ...
@singleton
class Pair(Generic[P, T]): ...
"""
NODES = f"""\
import sys
if sys.version_info > (3, 9):
    from .other import x
from typing import TYPE_CHECKING, Annotated, Generic, ParamSpec, TypeVar
from dataclasses import dataclass
from . import other
if TYPE_CHECKING:
    from pkg.a import f
    class Checked: ...
try:
    from x import Perhaps
except ImportError:
    pass
class Gone: ...
del Gone
class Node:
    class Part: ...
class base: ...
@other
class made: ...
@other
class Made(Generic[T]): ...
def late(): ...
{VARIABLES}
class Pair(Generic[P, T]): ...
@dataclass(frozen=True)
class Kept(Generic[T]): ...
"""
MODULES = {
    "__init__": code("""
        from . import a, nodes
        from .hidden import hidden
        def outer(): import pkg.a
        """),
    "outer": NODES,
    "a": "",
    "nodes": NODES,
    "other": "",
    "hidden": f"{NODES}hidden = 1\n",
    "circle": f"from .middle import x\n{NODES}",
    "middle": code("""
        try:
            import pkg.a
        finally:
            x = 1
        """),
    "through": f"from .deep.inner import x\n{NODES}",
    "deep/__init__": "import pkg.a\n",
    "deep/inner": "x = 1\n",
    "space": f"import pkg\n{NODES}pkg.outer()\n",
    "later": f"{NODES}def g():\n    from .middle import x\n",
    "named": f"{NODES}import importlib\nimportlib.import_module('pkg.a')\n",
    "unseen": f"from .speedups import x\n{NODES}",
    "broken": "class Node: (\n",
    "../outside": "class Node: ...\n",
}


@pytest.mark.parametrize(
    ("imports", "hint", "accepted"),
    [
        ("from . import nodes", "nodes.Node", True),
        ("from . import nodes", "list[nodes.Node]", True),
        ("from . import nodes", "nodes.Node | None", True),
        ("from . import nodes", "nodes.base | int", True),
        ("from pkg import nodes as n", "n.Node", True),
        ("import pkg.nodes as n", "n.Node", True),
        ("from .nodes import base", "base | int", True),
        ("from .outer import base", "base | int", True),
        ("from . import outer", "outer.base | int", False),
        ("from .nodes import made", "made | int", False),
        ("from .nodes import late", "late | int", False),
        ("from . import nodes", "nodes.Nodes", False),
        ("from . import nodes", "nodes.Checked", False),
        ("from . import nodes", "nodes.Perhaps", False),
        ("from . import nodes", "nodes.Gone", False),
        ("from . import nodes", "nodes.Node.Part", False),
        ("import pkg.nodes", "pkg.nodes.Node", False),
        ("import pkg", "pkg.Node", False),
        ("from . import hidden", "hidden.Node", False),
        ("from . import circle", "circle.Node", False),
        ("from . import later", "later.Node", True),
        ("from . import through", "through.Node", False),
        ("from . import space", "space.Node", False),
        ("from . import named", "named.Node", False),
        ("from . import unseen", "unseen.Node", False),
        ("from . import broken", "broken.Node", False),
        ("from . import missing", "missing.Node", False),
        ("from ... import nodes", "nodes.Node", False),
        ("from .. import outside", "outside.Node", False),
        ("import nodes", "nodes.Node", False),
        (PAIR, "Pair[P, T]", True),
        (PAIR, "Pair[T, P]", False),
        (PAIR, "Pair[P]", False),
        (PAIR.replace(".nodes", ".outer"), "Pair[P, T]", True),
        ("from . import outer\nx = outer.Kept", "outer.Kept[int]", False),
        ("from .nodes import Kept", "Kept[int]", True),
        ("from .nodes import Made", "Made[int]", False),
        ("from .nodes import late", "late[int]", False),
        ("from .nodes import Nothing", "Nothing[int]", False),
        (BOX, "Box[int]", True),
        (BOX, "Box | None", True),
        (f"{BOX}x = Box.Inner", "Box.Inner", True),
        (f"{BOX}x = Box.Inner", "Box.Inner[int]", False),
        (DECORATED, "Box", True),
        (DECORATED, "Box[int]", False),
        (DECORATED, "Box | None", False),
        (DECORATED, "'Box | None'", True),
        (DECORATED.replace("singleton", "dataclass"), "Box[int]", True),
        (DECORATED.replace("singleton", "dataclass(eq=False)"), "Box | None", True),
        (DECORATED, "Pair[P, T]", False),
        (DECORATED.replace("singleton", "dataclass"), "Pair[P, T]", True),
        ("from typing import ParamSpec\nP = ParamSpec('P')", "P.args", True),
        ("from typing import ParamSpec\nP = ParamSpec('P')", "P.arg", False),
        ("from typing import ParamSpec\nP = ParamSpec('P')", "P.x.args", False),
        ("from typing import ParamSpec\nP = ParamSpec('P')\nif P: P = 1", "P.args", False),
        ("from pathlib import Path\nPath = str(Path())", "Path", False),
        ("class A: ...\nif g():\n    A = g()", "A | int", False),
        ("import asyncio", "asyncio.Protocol", True),
        ("from typing import Protocol", "Protocol", False),
        ("from .nodes import Annotated", "Annotated[int, 1]", False),
        ("from typing import *", "'Final'", False),
    ],
)  # fmt: skip
def test_names_of_a_loaded_module_of_the_package_can_be_evaluated(
    tmp_path: Path, imports: str, hint: str, *, accepted: bool
) -> None:
    write(tmp_path, {f"lib/pkg/{name}.py": text for name, text in MODULES.items()})
    before = f"{imports}\n\n\ndef f(a):\n    return a\n\n\nimport pkg.nodes\n"
    path = tmp_path / "lib" / "pkg" / "a.py"
    options = Options(path=str(path), root=str(tmp_path), python=(3, 10))
    case = Case("", before, before.replace("(a)", f"(a: {hint})"), options)
    assert status(case) is (Status.ACCEPTED if accepted else Status.REFUSED)


@pytest.mark.parametrize(
    ("module", "accepted"),
    [
        (
            code("""
            def g():
                {late}def f():
                g()
            """),
            True,
        ),
        (
            code("""
            def g():
                {late}g()
            """),
            False,
        ),
        (
            code("""
            def g():
                {late}def f():
                g()
            f()
            """),
            False,
        ),
        (
            code("""
            def g():
                {late}def f():
                x = g
                x()
            print(f())
            """),
            False,
        ),
        (
            code("""
            def g():
                {late}x = [lambda: g()][0]()
            """),
            False,
        ),
        (
            code("""
            def g():
                {late}def f(x=g()): ...
            """),
            False,
        ),
        (
            code("""
            def g():
                {late}def f(x: 'g()'): ...
            """),
            True,
        ),
        (
            code("""
            def g():
                {late}def f(x: g()): ...
            """),
            False,
        ),
        (
            code("""
            def g():
                {late}class B(g()): ...
            """),
            False,
        ),
        (
            code("""
            def g(f):
                {late}    return f
            @g
            def f(): ...
            """),
            False,
        ),
        ("def g(f):\n    f()\n@g\ndef f():\n    {late}", False),
        ("from functools import cache\n@cache\ndef f():\n    {late}", True),
        ("from tool import call\n@call\ndef f():\n    {late}", False),
        (
            code("""
            from tool import call
            def f():
                {late}call(1)
            """),
            False,
        ),
        (
            code("""
            from tool import call
            def f():
                {late}    call(1)
            """),
            True,
        ),
        ("from tool import Base\nclass A(Base):\n    def f(self):\n        {late}", False),
        ("class A:\n    def __init__(self):\n        {late}", True),
        (
            code("""
            class A:
                def __init__(self):
                    {late}A()
            """),
            False,
        ),
        (
            code("""
            class A:
                def __init__(self):
                    {late}class B(A): ...
            x = B()
            """),
            False,
        ),
        (
            code("""
            class A:
                def __init__(self):
                    {late}class B(A): ...
            """),
            True,
        ),
        (
            code("""
            class A:
                def __init_subclass__(cls):
                    {late}class B(A): ...
            """),
            False,
        ),
        (
            code("""
            class M(type):
                def __new__(*a):
                    {late}class B(metaclass=M): ...
            """),
            False,
        ),
        (
            """class M(type):\n    def __init__(cls, *a):\n        cls()
class B(metaclass=M):\n    def __init__(self):\n        {late}""",
            False,
        ),
        (
            "def deco(cls):\n    cls()\n@deco\nclass B:\n    def __init__(self):\n        {late}",
            False,
        ),
        (
            code("""
                class P:
                    @property
                    def p(self):
                        {late}def f(a):
                    a.p
                f(1)
                """),
            False,
        ),
        (
            code("""
            class P:
                @property
                def p(self):
                    {late}def f(a):
                a.p
            """),
            True,
        ),
        (
            code("""
            import enum
            class A(enum.Enum):
                def g(self):
                    {late}    X = 1
            """),
            False,
        ),
        (
            code("""
            def g():
                {late}for n in ('f', 'g'):
                getattr(A, n)()
            """),
            False,
        ),
        (
            code("""
            def g():
                {late}for n in ('f', 'h'):
                getattr(A, n)
            """),
            True,
        ),
        (
            code("""
            def g():
                {late}for n in A.names:
                getattr(A, n)
            """),
            False,
        ),
        (
            code("""
            def g():
                {late}getattr(A, 'g')()
            """),
            False,
        ),
        (
            code("""
            def g():
                {late}globals()['g']()
            """),
            False,
        ),
        ("def __getattr__(name):\n    {late}", False),
        (
            code("""
            def g():
                {late}from . import user
            """),
            False,
        ),
        (
            code("""
            def h():
                {late}from . import user
            """),
            True,
        ),
        (
            code("""
            def g():
                {late}from . import renames
            """),
            False,
        ),
        (
            code("""
            def g():
                {late}def f():
                from . import renames
            """),
            True,
        ),
        (
            code("""
            def f():
                def g():
                    {late}    g()
            f()
            """),
            False,
        ),
        (
            code("""
            def f():
                def g():
                    {late}    return 1
            """),
            True,
        ),
    ],
)
def test_an_import_in_a_function_counts_if_it_may_run_on_import(
    tmp_path: Path, module: str, *, accepted: bool
) -> None:
    late = "from . import a as a\n"
    modules = {
        "__init__": "",
        "late": f"class Node: ...\nclass A: ...\n{module.replace('{late}', late)}",
        "user": code("""
            from . import late
            late.g()
            """),
        "renames": code("""
            from .late import g as run
            run()
            """),
    }
    write(tmp_path, {f"lib/pkg/{name}.py": text for name, text in modules.items()})
    before = code("""
        from . import late


        def f(a):
            return a
        """)
    path = tmp_path / "lib" / "pkg" / "a.py"
    write(tmp_path, {"lib/pkg/a.py": before})
    options = Options(path=str(path), root=str(tmp_path), python=(3, 10))
    case = Case("", before, before.replace("(a)", "(a: late.Node)"), options)
    assert status(case) is (Status.ACCEPTED if accepted else Status.REFUSED)
