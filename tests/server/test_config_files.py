"""Which configuration files are used."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.config.tool_files import find_config
from python_expert.tools.mypy.spec import SPEC
from tests.client import Client, codes
from tests.conftest import SERVER, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.one_python,
    pytest.mark.skipif(sys.platform == "win32", reason="there, nothing tells who may write"),
]

STRANGER = 4242
CONFIG = "[mypy]\nplugins = plugin.py\n"


@pytest.fixture
def above(tmp_path: Path) -> Path:
    """A folder with a configuration, and below it a project's folder without one."""
    write(tmp_path / "above", {"mypy.ini": CONFIG, "project/shop.py": "x: int = ''\n"})
    return tmp_path / "above"


@pytest.mark.parametrize("mode", [0o755, 0o775, stat.S_ISVTX | 0o777])
def test_a_configuration_above_the_project_is_used_if_you_own_it(above: Path, mode: int) -> None:
    above.chmod(mode)
    assert find_config(SPEC, above / "project", above / "project") == above / "mypy.ini"


@pytest.mark.parametrize("name", ["", "mypy.ini"])
def test_a_world_writable_configuration_above_is_ignored(
    above: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    (above / name).chmod(0o777)
    project = above / "project"
    for folder in (project, project / "package"):
        assert find_config(SPEC, folder, project) is None
    assert [record.args for record in caplog.records] == [(above / "mypy.ini",)]
    assert find_config(SPEC, project, above) == above / "mypy.ini"
    project.chmod(0o777)
    assert find_config(SPEC, project, project) == above / "mypy.ini"


@pytest.mark.parametrize("strange", ["", "mypy.ini", "link", "to"])
def test_another_users_configuration_above_the_project_is_ignored(
    above: Path, strange: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if strange in ("link", "to"):
        (above / "mypy.ini").rename(above / "to")
        (above / "mypy.ini").symlink_to(above / "to")
    theirs = above / strange.replace("link", "mypy.ini")
    real, owners = os.stat, {theirs: STRANGER}

    def changed(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        found = real(path, follow_symlinks=follow_symlinks)
        place = path.resolve() if follow_symlinks else path
        if place not in owners:
            return found
        return os.stat_result([*found[:4], owners[place], *found[5:]])

    def lchanged(path: Path) -> os.stat_result:
        return changed(path, follow_symlinks=False)

    monkeypatch.setattr("python_expert.text.paths.os", _Os(changed, lchanged))
    project = above / "project"
    assert find_config(SPEC, project, project) is None
    owners[project] = STRANGER  # as in a container that runs as another user
    assert find_config(SPEC, project, project) == above / "mypy.ini"


class _Os:
    """A copy of the module `os` in which files have other owners."""

    def __init__(self, *stats: Any) -> None:  # noqa: ANN401 - overloaded functions
        self.stat, self.lstat = stats

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any attribute of the module
        return getattr(os, name)


def test_no_plugin_runs_from_another_user_s_configuration(above: Path) -> None:
    mark = above / "mark"
    plugin = f"open({str(mark)!r}, 'w').close()\nfrom mypy.plugin import Plugin\n"
    write(above, {"plugin.py": plugin + "def plugin(version): return Plugin\n"})
    above.chmod(0o777)
    with Client(SERVER) as editor:
        editor.initialize([above / "project"])
        document = editor.open(above / "project/shop.py", "x: int = ''\n")
        editor.wait_diagnostics(document, lambda items: "assignment" in codes(items))
    assert not mark.exists()


def test_another_user_s_files_do_not_make_a_project(above: Path) -> None:
    mark = above / "mark"
    plugin = f"open({str(mark)!r}, 'w').close()\nfrom mypy.plugin import Plugin\n"
    table = f"[tool.mypy]\nplugins = {str(above / 'plugin.py')!r}\n"
    write(above, {"plugin.py": plugin + "def plugin(version): return Plugin\n"})
    write(above, {"pyproject.toml": table})
    (above / "mypy.ini").unlink()
    shop = above / "project/shop.py"
    command = [sys.executable, "-m", "python_expert", "check", str(shop)]

    def checked() -> bool:
        done = subprocess.run(command, cwd=shop.parent, capture_output=True, check=False)
        assert b"assignment" in done.stdout, done.stderr
        with Client(SERVER) as editor:
            editor.initialize([])
            document = editor.open(shop, "x: int = ''\n")
            editor.wait_diagnostics(document, lambda items: "assignment" in codes(items))
        return mark.exists()

    above.chmod(0o777)
    assert not checked()
    above.chmod(0o755)
    assert checked()
