"""What bandit has found in many files is not looked for again, unless something has changed."""

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

NUMBER = FILES_EACH + 1
FOUND = {f"m{number:02}.py": ["assert x"] for number in range(NUMBER)}


@pytest.fixture
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder for caches, which is empty."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "caches"))
    return tmp_path / "caches"


@pytest.fixture
def root(tmp_path: Path, caches: Path) -> Path:
    """A project with more files than are checked without a look at what is known."""
    del caches
    (tmp_path / "project").mkdir()
    for name in FOUND:
        (tmp_path / "project" / name).write_text("assert x\n")
    return tmp_path / "project"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The files of which a worker was asked."""
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


def test_only_what_has_changed_is_checked_again(root: Path, asked: set[str]) -> None:
    assert _run(root) == FOUND
    assert asked == FOUND.keys()
    asked.clear()
    (root / "m03.py").write_text("x = 1\nexec(x)\n")
    (root / "m04.py").write_text("assert x  # nosec\n")
    assert _run(root) == FOUND | {"m03.py": ["exec(x)"], "m04.py": []}
    assert asked == {"m03.py", "m04.py"}
    asked.clear()
    assert _run(root) == FOUND | {"m03.py": ["exec(x)"], "m04.py": []}
    assert not asked


def test_another_configuration_finds_something_else(root: Path, tmp_path: Path) -> None:
    config = tmp_path / "bandit.yaml"
    assert _run(root) == FOUND
    config.write_text("skips: [B101]\n")
    assert not any(_run(root, config).values())
    config.write_text("skips: [B102]\n")
    assert _run(root, config) == FOUND
    config.write_text("assert_used:\n  skips: ['*m03.py']\n")
    assert _run(root, config) == FOUND | {"m03.py": []}
    assert not any(_run(root, None, "--severity-level=high").values())


def test_a_file_in_a_package_is_another_one(root: Path, asked: set[str]) -> None:
    _run(root)
    asked.clear()
    (root / "__init__.py").touch()
    _run(root)
    assert asked == {*FOUND, "__init__.py"}


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
def test_what_is_not_as_it_was_written_is_not_used(
    root: Path, caches: Path, asked: set[str], damage: Callable[[Path], None]
) -> None:
    _run(root)
    (path,) = caches.rglob(FILE)
    assert path.parent.stat().st_mode & 0o077 == 0
    damage(path)
    asked.clear()
    assert _run(root) == FOUND
    assert asked == FOUND.keys()


def test_without_a_folder_for_caches_all_is_checked(
    root: Path, caches: Path, asked: set[str]
) -> None:
    caches.write_text("")
    assert _run(root) == FOUND
    asked.clear()
    assert _run(root) == FOUND
    assert asked == FOUND.keys()


def test_where_a_plugin_takes_part_all_is_checked(
    root: Path, asked: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handshake = Bandit._handshake

    async def without_key(bandit: Bandit, rpc: Any) -> None:  # noqa: ANN401
        await handshake(bandit, rpc)
        assert bandit._key
        bandit._key = None

    monkeypatch.setattr(Bandit, "_handshake", without_key)
    _run(root)
    asked.clear()
    _run(root)
    assert asked == FOUND.keys()
