"""The oldest Python that a project must support."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from python_expert.config.python_versions import ToolTarget, oldest, required_python
from python_expert.config.tool_files import find_config
from tests.conftest import write
from tests.tools import SPECS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("requires", "expected"),
    [
        (">=3.9", (3, 9)),
        (">=3.9,<4", (3, 9)),
        ("<4,>=3.10", (3, 10)),
        ("~=3.10", (3, 10)),
        ("~=3.10.2", (3, 10)),
        ("==3.12.*", (3, 12)),
        ("==3.11.4", (3, 11)),
        (">3.8", (3, 8)),
        (">3.8,!=3.8.*", (3, 9)),
        (">=3.7,!=3.7.*,!=3.8.*", (3, 9)),
        (">=3.9,!=3.9.0,!=3.9.1", (3, 9)),
        (">=2.7,!=3.0.*,!=3.1.*", (2, 7)),
        (">2.7,!=2.7.*,!=3.0.*", (3, 1)),
        (">= 3.13.0rc1", (3, 13)),
        ("", None),
        ("<4", None),
        ("!=3.9.*", None),
        (">=4", None),
        (">=3.9,<3.9", None),
        ("three", None),
        (">=3.9" + ",!=3.8" * 100_000, None),
        (3.9, None),
        (None, None),
    ],
)
def test_specifiers_name_the_oldest_python(
    requires: object, expected: tuple[int, int] | None
) -> None:
    assert oldest(requires) == expected


REQUIRES = '[project]\nrequires-python = ">=3.9"\n'
TARGET = 'target-version = "py310"\n'
MYPY = '[tool.mypy]\npython_version = "3.11"\n'
PYTHON = "Programming Language :: Python :: "
CLASSIFIED = f"""\
from setuptools import setup

LIST = ["{PYTHON}3", "{PYTHON}3 :: Only", "{PYTHON}3.12"]
setup(name="x", classifiers=[*LIST, "{PYTHON}3.6", "{PYTHON}3.10"])
"""
POETRY = '[tool.poetry.dependencies]\npython = "{}"\n'


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, None),
        ({"setup.cfg": "[options]\npython_requires = >=3.8\n"}, (3, 8)),
        ({"setup.py": "from setuptools import setup\nsetup(python_requires='>=3.6')\n"}, (3, 6)),
        ({"setup.py": "setup(python_requires=f'>={x}')\n"}, None),
        ({"setup.py": "setup(python_requires='>=3.6'\n"}, None),
        ({"setup.cfg": "[options]\npython_requires = >=3.8\n", "pyproject.toml": REQUIRES}, (3, 9)),
        ({"pyproject.toml": REQUIRES + MYPY, "ruff.toml": TARGET}, (3, 9)),
        ({"pyproject.toml": MYPY, "ruff.toml": TARGET}, (3, 10)),
        ({"pyproject.toml": MYPY, ".ruff.toml": TARGET}, (3, 10)),
        ({"pyproject.toml": "[tool.ruff]\n" + TARGET}, (3, 10)),
        ({"pyproject.toml": MYPY}, (3, 11)),
        ({"pyproject.toml": "[tool.mypy]\npython_version = 3.11\n"}, (3, 11)),
        ({"mypy.ini": "[mypy]\npython_version = 3.10\n"}, (3, 10)),
        ({".mypy.ini": "[mypy]\nPython_Version: 3.10\n[mypy-a]\npython_version = 3.9\n"}, (3, 10)),
        ({"setup.cfg": "[metadata]\nname = %x\n[mypy]\npython_version = 3.12\n"}, (3, 12)),
        ({"mypy.ini": "no section\n", "ruff.toml": TARGET}, (3, 10)),
        ({"mypy.ini": "[ruff]\ntarget-version = py39\n"}, None),
        ({"ruff.toml": TARGET, ".ruff.toml": 'target-version = "py312"\n'}, (3, 10)),
        ({"ruff.toml": "", "pyproject.toml": "[tool.ruff]\n" + TARGET}, None),
        ({"ruff.toml": 'target-version = "py312"\n', "package/ruff.toml": TARGET}, (3, 10)),
        ({"base.toml": TARGET, "ruff.toml": 'extend = "base.toml"\n'}, (3, 10)),
        ({"ruff.toml": 'extend = "ruff.toml"\n'}, None),
        ({"ruff.toml": 'extend = "missing.toml"\n'}, None),
        ({"ruff.toml": "target-version = 3\n"}, None),
        ({"pyproject.toml": "tool = 1\nproject = 2\n"}, None),
        ({"pyproject.toml": "no TOML", "ruff.toml": TARGET}, (3, 10)),
        ({"pyproject.toml": POETRY.format("^3.9")}, (3, 9)),
        ({"pyproject.toml": POETRY.format("~3.10")}, (3, 10)),
        ({"pyproject.toml": POETRY.format("~=3.10")}, (3, 10)),
        ({"pyproject.toml": POETRY.format(">=3.9,<4.0")}, (3, 9)),
        ({"pyproject.toml": POETRY.format("~2.7 || ^3.6")}, (2, 7)),
        ({"setup.py": CLASSIFIED}, (3, 6)),
        ({"setup.py": CLASSIFIED.replace("3.6", "2")}, (2, 7)),
        ({"setup.py": CLASSIFIED.replace("3.6", "2.6")}, (2, 6)),
        ({"setup.py": CLASSIFIED, "ruff.toml": TARGET}, (3, 6)),
        ({"setup.py": CLASSIFIED, "setup.cfg": "[options]\npython_requires = >=3.8\n"}, (3, 8)),
        ({"setup.py": f"C = '{PYTHON}3.9\\n{PYTHON}3.10\\n'.splitlines()"}, (3, 9)),
        ({"setup.py": f"C = ['{PYTHON}3', 'Topic :: 3.1', 3.8]"}, None),
        ({"setup.cfg": "[metadata]\nclassifiers =\n  " + PYTHON + "3.10\n"}, (3, 10)),
        ({"pyproject.toml": f'project.classifiers = ["{PYTHON}3.9", "{PYTHON}3.13"]\n'}, (3, 9)),
        ({"pyproject.toml": f'tool.poetry.classifiers = ["{PYTHON}3.9", 1]\n'}, (3, 9)),
        ({"pyproject.toml": "[project]\nclassifiers = 1\n"}, None),
        ({"pyproject.toml": POETRY.format("*")}, None),
    ],
)
def test_a_projects_files_name_the_oldest_python(
    tmp_path: Path, files: dict[str, str], expected: tuple[int, int] | None
) -> None:
    write(tmp_path, files)
    folder = tmp_path / "package"
    folder.mkdir(exist_ok=True)
    targets = [
        ToolTarget(spec.name, spec.python_key, find_config(spec, folder, tmp_path))
        for spec in SPECS
    ]
    found = required_python(folder, targets)
    assert (found and found.version) == expected
