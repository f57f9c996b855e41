"""A question about a conversion names the packaging files and ``__main__.py`` that call it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from python_expert.actions.base import Options
from python_expert.actions.convert_to_async.offline import uses_elsewhere
from python_expert.analysis.source import Source

if TYPE_CHECKING:
    from pathlib import Path

SLOW = "import time\n\n\ndef main():\n    time.sleep(1)\n\n\ndef other():\n    time.sleep(1)\n"
_EXPORTS = "from . import cli\nfrom .cli import main as run\nimport tool.cli as again\n"


def questions(root: Path, path: Path, keys: tuple[str, ...] = ("main", "other")) -> list[str]:
    """Return the questions about functions of a file that become async."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SLOW)
    options = Options(path=str(path), root=str(root))
    return [each.message for each in uses_elsewhere(Source.of(SLOW), keys, options)]


@pytest.mark.parametrize(
    ("name", "text", "target"),
    [
        ("pyproject.toml", '[project.scripts]\nrun = "tool.cli:main"\n', "tool.cli:main"),
        ("pyproject.toml", '[tool.poetry.scripts]\nrun = "tool.cli:main"\n', "tool.cli:main"),
        ("pyproject.toml", '[project.gui-scripts]\nrun = "tool:run"\n', "tool:run"),
        ("pyproject.toml", '[project.scripts]\nrun = "tool:cli.main"\n', "tool:cli.main"),
        (
            "setup.cfg",
            "[options.entry_points]\ngui_scripts =\n  x=tool.cli:main\n",
            "tool.cli:main",
        ),
        ("pyproject.toml", '[project.scripts]\nrun = "tool:again.main"\n', "tool:again.main"),
        (
            "setup.py",
            "setup(entry_points={'console_scripts': ['x = tool.cli : main']})\n",
            "tool.cli : main",
        ),
    ],
)
@pytest.mark.parametrize("folder", ["", "src"])
def test_an_entry_point_is_named(
    tmp_path: Path, name: str, text: str, target: str, folder: str
) -> None:
    (tmp_path / name).write_text(text)
    package = tmp_path / folder / "tool"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(_EXPORTS)
    found = questions(tmp_path, package / "cli.py")
    why = f"{name} names {target} as an entry point, which is not awaited: nothing would run"
    assert [each for each in found if "as an entry point" in each] == [why]


def test_without_a_pyproject_toml_the_package_s_folder_is_searched(
    tmp_path: Path,
) -> None:
    project = tmp_path / "project"
    (project / "src" / "tool").mkdir(parents=True)
    (project / "src" / "tool" / "__init__.py").write_text("")
    (project / "setup.py").write_text("setup(entry_points='[console_scripts]\\nx=tool.cli:main')")
    [found] = questions(tmp_path, project / "src" / "tool" / "cli.py")
    assert found.startswith("setup.py names tool.cli:main as an entry point")


@pytest.mark.parametrize(
    "text",
    [
        '[project.scripts]\nrun = "tool.other:main"\n',
        '[project.scripts]\nrun = "tool.cli:Main"\n',
        '[project.scripts]\nrun = "tool:main"\n',
        "broken [",
    ],
)
def test_other_uses_are_not_named_as_entry_points(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    (tmp_path / "tool").mkdir()
    (tmp_path / "tool" / "__init__.py").write_text("from .other import main\n")
    assert questions(tmp_path, tmp_path / "tool" / "cli.py") == []


def test_a_main_module_is_named(tmp_path: Path) -> None:
    (tmp_path / "tool").mkdir()
    (tmp_path / "tool" / "__init__.py").write_text("")
    (tmp_path / "tool" / "__main__.py").write_text("from .cli import main\n\nmain()\n")
    found = questions(tmp_path, tmp_path / "tool" / "cli.py")
    assert found == ["tool/__main__.py:3 uses main and does not await it"]
