"""Runs of mypy as a command reuse a cache, and are as correct as without it."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from python_expert.text.document import Document
from python_expert.text.paths import to_uri
from python_expert.tools.mypy.batch import Batch
from python_expert.tools.mypy.launch import MypyLaunch
from tests.conftest import write

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.one_python

USER = "from lib import f\n\nx: int = f()\n"
WRONG = ["2:assignment"]


@pytest.fixture
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache folder, which is empty."""
    folder = tmp_path / "caches"
    folder.mkdir()
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(folder))
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A file without errors, and the modules that it imports."""
    return write(tmp_path / "project", {"user.py": USER, "lib.py": "def f() -> int: ...\n"})


async def found(folder: Path) -> list[str]:
    """Return the findings of a run in a new process."""
    batch = Batch(MypyLaunch(Path(sys.executable), folder))
    path = folder / "user.py"
    documents = {str(path): Document.of(to_uri(path), 1, USER)}
    reports = await batch.check(documents, {})
    await batch.stop()
    findings = reports[str(path)].findings
    return [f"{each.range.start.line}:{each.code}" for each in findings]


def files(caches: Path) -> dict[Path, bytes]:
    """Return the cache's own files; mypy adds some that are always the same."""
    runs = (caches / "python-expert" / "mypy-runs").rglob("cache*.db")
    return {path: path.read_bytes() for path in runs}


def test_changes_since_the_last_run_are_found(caches: Path, project: Path) -> None:
    for path in project.iterdir():
        os.utime(path, (1e9, 1e9))
    assert asyncio.run(found(project)) == []
    before = files(caches)
    assert before
    assert asyncio.run(found(project)) == []
    now = files(caches)
    assert sum(now[path] != before[path] for path in now) <= 1, "little was checked again"
    (project / "lib.py").write_text("def f() -> str: ...\n", encoding="utf-8")
    assert asyncio.run(found(project)) == WRONG
    (project / "lib.py").unlink()
    assert asyncio.run(found(project)) == ["0:import-not-found"]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "half of it": lambda content: content[: len(content) // 2],
    "scrambled": lambda content: content[: len(content) // 2] + content[len(content) // 2 :][::-1],
    "empty": lambda _content: b"",
}


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is kept there")
def test_a_second_change_within_one_second_is_found(caches: Path, project: Path) -> None:
    # mypy compares whole seconds, and both texts have the same size.
    library, second = (
        project / "lib.py",
        time.time() + 1_000,
    )  # for mypy the time stays in that second
    for text, expected in (("def f() -> int: ...\n", []), ("def f() -> str: ...\n", WRONG)) * 2:
        library.write_text(text)
        os.utime(library, (second, second))
        assert asyncio.run(found(project)) == expected
    assert caches.exists()


def test_a_damaged_cache_does_not_change_the_findings(caches: Path, project: Path) -> None:
    (project / "lib.py").write_text("def f() -> str: ...\n", encoding="utf-8")
    assert asyncio.run(found(project)) == WRONG
    for name, damage in DAMAGES.items():
        for path, content in files(caches).items():
            path.write_bytes(damage(content))
        assert asyncio.run(found(project)) == WRONG, name


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is kept there")
def test_two_concurrent_runs_do_not_share_a_cache(caches: Path, project: Path) -> None:
    async def both() -> list[list[str]]:
        return [*await asyncio.gather(found(project), found(project))]

    assert asyncio.run(both()) == [[], []]
    assert files(caches)


@pytest.mark.skipif(sys.platform == "win32", reason="its folders have no such modes")
def test_a_cache_that_others_could_have_written_is_not_used(caches: Path, project: Path) -> None:
    assert asyncio.run(found(project)) == []
    folder = caches / "python-expert" / "mypy-runs"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o770)
    before = files(caches)
    (project / "lib.py").write_text("def f() -> str: ...\n", encoding="utf-8")
    assert asyncio.run(found(project)) == WRONG
    assert files(caches) == before


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is kept there")
def test_without_a_home_folder_nothing_is_kept(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    before = sorted(project.iterdir())
    assert asyncio.run(found(project)) == []
    assert sorted(project.iterdir()) == before
