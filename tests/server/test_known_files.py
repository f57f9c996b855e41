"""Bandit's findings in many files are cached until something changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from python_expert.tools.bandit.known_files import FILE
from python_expert.tools.bandit.launch import BanditLaunch
from python_expert.tools.bandit.tool import FILES_EACH, Bandit
from tests.server.test_bandit import PYTHON, files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.one_python

NUMBER = FILES_EACH + 1
FOUND = {f"m{number:02}.py": ["assert x"] for number in range(NUMBER)}


@pytest.fixture
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache folder, which is empty."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "caches"))
    return tmp_path / "caches"


@pytest.fixture
def root(tmp_path: Path, caches: Path) -> Path:
    """A project with more files than are checked without the cache."""
    del caches
    (tmp_path / "project").mkdir()
    for name in FOUND:
        (tmp_path / "project" / name).write_text("assert x\n")
    return tmp_path / "project"


@pytest.fixture
def checked_names(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Records the names of the files that a worker checks."""
    names: set[str] = set()
    ask = Bandit._ask

    async def note(bandit: Bandit, path: Path, sent: str) -> dict[str, Any]:
        names.add(path.name)
        return await ask(bandit, path, sent)

    monkeypatch.setattr(Bandit, "_ask", note)
    return names


def _run(root: Path, config: Path | None = None, *args: str) -> dict[str, list[str]]:
    found, error = files(BanditLaunch(PYTHON, root, config, args), sorted(root.glob("*.py")))
    assert not error
    return found


def test_only_changed_files_are_checked_again(root: Path, checked_names: set[str]) -> None:
    assert _run(root) == FOUND
    assert checked_names == FOUND.keys()
    checked_names.clear()
    (root / "m03.py").write_text("x = 1\nexec(x)\n")
    (root / "m04.py").write_text("assert x  # nosec\n")
    assert _run(root) == FOUND | {"m03.py": ["exec(x)"], "m04.py": []}
    assert checked_names == {"m03.py", "m04.py"}
    checked_names.clear()
    assert _run(root) == FOUND | {"m03.py": ["exec(x)"], "m04.py": []}
    assert not checked_names


def test_another_configuration_does_not_use_the_cache(root: Path, tmp_path: Path) -> None:
    config = tmp_path / "bandit.yaml"
    assert _run(root) == FOUND
    config.write_text("skips: [B101]\n")
    assert not any(_run(root, config).values())
    config.write_text("skips: [B102]\n")
    assert _run(root, config) == FOUND
    config.write_text("assert_used:\n  skips: ['*m03.py']\n")
    assert _run(root, config) == FOUND | {"m03.py": []}
    assert not any(_run(root, None, "--severity-level=high").values())


def test_a_file_in_a_package_has_its_own_entry(root: Path, checked_names: set[str]) -> None:
    _run(root)
    checked_names.clear()
    (root / "__init__.py").touch()
    _run(root)
    assert checked_names == {*FOUND, "__init__.py"}


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def _flip(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"B101", b"B102", 1))


def _lay_open(path: Path) -> None:
    path.parent.chmod(0o777)


def _take_away(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [_cut, _flip, _lay_open, _take_away])
def test_a_modified_cache_is_not_used(
    root: Path, caches: Path, checked_names: set[str], damage: Callable[[Path], None]
) -> None:
    _run(root)
    (path,) = caches.rglob(FILE)
    assert path.parent.stat().st_mode & 0o077 == 0
    damage(path)
    checked_names.clear()
    assert _run(root) == FOUND
    assert checked_names == FOUND.keys()


def test_without_a_cache_folder_all_files_are_checked(
    root: Path, caches: Path, checked_names: set[str]
) -> None:
    caches.write_text("")
    assert _run(root) == FOUND
    checked_names.clear()
    assert _run(root) == FOUND
    assert checked_names == FOUND.keys()


def test_with_a_plugin_all_files_are_checked(
    root: Path, checked_names: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handshake = Bandit._handshake

    async def without_key(bandit: Bandit, rpc: Any) -> None:  # noqa: ANN401
        await handshake(bandit, rpc)
        assert bandit._key
        bandit._key = None

    monkeypatch.setattr(Bandit, "_handshake", without_key)
    _run(root)
    checked_names.clear()
    _run(root)
    assert checked_names == FOUND.keys()
