"""The engine without a model reads a project's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conftest import RUFF_ALONE
from tests.server.test_rewrites_cli import shell

if TYPE_CHECKING:
    from tests.conftest import ProjectFactory


def test_what_tests_give_to_a_function_is_part_of_its_hint(project: ProjectFactory) -> None:
    """They import it by the package, which passes it on."""
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
