"""The engine without a model reads a project's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conftest import RUFF_ALONE
from tests.gate.texts import code
from tests.server.test_rewrites_cli import PROGRAM, shell

if TYPE_CHECKING:
    from tests.conftest import ProjectFactory


def test_arguments_in_tests_are_part_of_a_function_s_hint(project: ProjectFactory) -> None:
    """The tests import the function from the package, which re-exports it."""
    files = {
        "pyproject.toml": "",
        "shop/__init__.py": "from shop._tables import show\n",
        "shop/_tables.py": 'def show(rows, index="auto"):\n    """Show a table."""\n',
        "tests/test_shop.py": "import shop\n\n\ndef test_it():\n    shop.show([], index=False)\n",
    }
    words = ("rewrite", "add-type-hints", "shop/_tables.py", "--provider", "offline")
    status, out, err = shell(*words, cwd=project(files), program=RUFF_ALONE)
    assert status == 0, err
    assert 'index: str | bool = "auto"' in out


def test_a_finding_far_from_its_cause_removes_only_the_hints_that_cause_it(
    project: ProjectFactory,
) -> None:
    text = code("""
        def twice(x=1):
            return x * 2


        class NoneOf:
            def __init__(self, iterable):
                self.iterable = iterable

            def _format(self, value):
                return value.upper()

            def __call__(self, value):
                if value in self.iterable:
                    raise ValueError(self._format(value))
                return value


        class Sub(NoneOf):
            def _format(self, value):
                return "-".join(value)


        assert NoneOf([1])(4) == 4
        """)
    root = project({"pyproject.toml": "", "forms.py": text})
    words = ("rewrite", "add-type-hints", "forms.py", "--provider", "offline")
    _, out, err = shell(*words, cwd=root, program=PROGRAM)
    assert "+def twice(x: float = 1) -> float:" in out
    assert out.count("+    def _format(self, value: str) -> str:") == 2
    assert "Hints added to 4 of 5 definitions" in err
    assert "  NoneOf.__call__: mypy would find: Non-overlapping equality check" in err
