"""The mypy worker's cache: a later worker has the same findings as one without a cache."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from mypy.version import __version__

from python_expert.processes.cache_folders import CacheError
from python_expert.tools.mypy.mypy_worker.cache_store import CacheStore
from tests.mypy_client import PACKAGE, Worker, codes, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    __version__.split(".")[:2] != ["2", "4"], reason="only mypy 2.4's cache can be written"
)

FILES = {
    "app.py": "from infer import total\nfrom base import f\n\nf(1)\ntotal.upper()\nx: int = ''\n",
    "infer.py": "import base\n\ntotal = base.f(1)\n",
    "base.py": "def f(x: int) -> str:\n    return str(x)\n",
    "pkg/__init__.py": "",
    "user.py": "import pkg\nfrom pkg import later  # type: ignore[attr-defined]\n",
}
"""The findings in `app` depend on types that are inferred in `infer` from `base`."""

FOUND = {"app.py": ["5:assignment"], "user.py": []}


class Project:
    """A project whose cache an earlier worker has written.

    Attributes:
        root: The project's folder.
        caches: The folder for caches.
    """

    def __init__(self, folder: Path) -> None:
        self.root, self.caches, self._kept = folder / "root", folder / "caches", folder / "kept"
        write(self.root, FILES)
        self.caches.mkdir()
        with self.worker() as worker:
            assert worker.codes() == FOUND
            assert worker.built
            worker.written()
        shutil.copytree(self.caches, self._kept)

    def restore(self) -> None:
        """Restore the original files and cache."""
        shutil.rmtree(self.root)
        write(self.root, FILES)
        shutil.rmtree(self.caches, ignore_errors=True)
        shutil.copytree(self._kept, self.caches)

    @contextmanager
    def worker(self, **env: str) -> Iterator[Worker]:
        """A worker with two open files."""
        worker = Worker(PACKAGE, **{"XDG_CACHE_HOME": str(self.caches), **env})
        try:
            worker.start(self.root)
            for name in ("app.py", "user.py"):
                worker.show(self.root / name, (self.root / name).read_text())
            yield worker
        finally:
            worker.end()

    @property
    def generation(self) -> Path:
        (index,) = self.caches.glob("python-expert/mypy/*/*/index.json")
        return index.parent


@pytest.fixture(scope="module")
def cached(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("cached"))


@pytest.fixture
def project(cached: Project) -> Project:
    cached.restore()
    return cached


def test_the_findings_are_the_same_without_a_build(project: Project) -> None:
    with project.worker() as worker:
        assert worker.codes() == FOUND
        assert not worker.built
        worker.show(project.root / "app.py", "from base import f\nf('')\n", 2)
        assert worker.codes()["app.py"] == ["1:arg-type"]
    assert {path.name for path in project.root.iterdir()} == {*FILES, "pkg"} - {"pkg/__init__.py"}


def test_text_that_differs_from_the_cached_one_is_treated_as_an_edit(project: Project) -> None:
    with project.worker() as worker:
        worker.show(project.root / "base.py", "def f(x: str) -> int:\n    return len(x)\n")
        found = worker.codes()
        assert not worker.built
    assert found["app.py"] == ["3:arg-type", "4:attr-defined", "5:assignment"]


def test_a_later_edit_takes_effect_through_files_that_were_not_read(project: Project) -> None:
    text = FILES["base.py"]
    with project.worker() as worker:
        worker.show(project.root / "base.py", text)
        assert worker.codes()["app.py"] == FOUND["app.py"]
        changed = text.replace("-> str", "-> int").replace("str(x)", "x")
        imagined = codes(worker.what_if(project.root / "base.py", changed))
        assert imagined["app.py"] == ["4:attr-defined", "5:assignment"]
        assert worker.codes()["app.py"] == FOUND["app.py"]
        worker.show(project.root / "base.py", changed, 2)
        assert worker.codes()["app.py"] == ["4:attr-defined", "5:assignment"]
        assert not worker.built


def test_files_that_are_not_open_and_have_changed_are_checked(project: Project) -> None:
    text = "def f(x: str) -> int:\n    return len(x)\n"
    (project.root / "base.py").write_text(text)
    with project.worker() as worker:
        worker.news()
        found = codes(worker.files)
        assert not worker.built
        (project.root / "base.py").write_text(FILES["base.py"])
        worker.send("disk", {})
        assert worker.codes() == FOUND
    assert found["app.py"] == ["3:arg-type", "4:attr-defined", "5:assignment"]


def test_changed_modules_are_written_along_with_unchanged_ones(project: Project) -> None:
    (project.root / "base.py").write_text("def f(x: int) -> bytes:\n    return b''\n")
    found = {**FOUND, "app.py": ["5:assignment"]}
    before = project.generation
    with project.worker() as worker:
        assert worker.codes() == found
        worker.written()
        assert not worker.built
    assert project.generation != before
    for _ in range(2):
        with project.worker() as worker:
            worker.show(project.root / "other.py", "from infer import total\ntotal.encode()\n")
            assert worker.codes() == {**found, "other.py": ["1:attr-defined"]}
            assert not worker.built
        (project.root / "infer.py").write_text("import base\n\ntotal = base.f(2)\n")


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("base.py", None, {"app.py": ["1:import-not-found", "5:assignment"]}),
        ("base/__init__.py", "f = len", {"app.py": ["3:arg-type", "4:attr-defined"]}),
        ("pkg/later.py", "", {"user.py": ["1:unused-ignore"]}),
        ("mypy.ini", "[mypy]\nignore_errors = True\n", {"app.py": []}),
    ],
)
def test_other_modules_or_options_need_a_build(
    project: Project, name: str, text: str | None, found: dict[str, list[str]]
) -> None:
    if name == "pkg/later.py":
        (project.root / "user.py").write_text("# mypy: warn-unused-ignores\n" + FILES["user.py"])
        found = {"user.py": ["2:unused-ignore"]}
    if text is None:
        (project.root / name).unlink()
    else:
        write(project.root, {name: text})
    with project.worker() as worker:
        answer = worker.codes()
        assert worker.built
    assert {each: answer[each][: len(found[each])] for each in found} == found


def test_a_damaged_cache_is_replaced(project: Project) -> None:
    (database,) = project.generation.glob("*/cache.db")
    os.truncate(database, database.stat().st_size // 2)
    with project.worker() as worker:
        assert worker.codes() == FOUND
        assert worker.built
        worker.written()
    with project.worker() as worker:
        assert worker.codes() == FOUND
        assert not worker.built


def test_two_workers_can_use_one_cache(project: Project) -> None:
    with project.worker() as one, project.worker() as other:
        assert one.codes() == other.codes() == FOUND
        assert not one.built
        assert not other.built


def test_a_cache_whose_findings_differ_from_a_run_is_deleted(project: Project) -> None:
    with project.worker() as worker:
        assert worker.codes() == FOUND
        worker.request("rebuild")
        assert worker.built
        assert not list(project.caches.glob("python-expert/mypy/*/*"))
        assert worker.codes() == FOUND


def test_a_cache_may_be_deleted_while_it_is_used(project: Project) -> None:
    with project.worker() as worker:
        assert worker.codes() == FOUND
        shutil.rmtree(project.caches)
        worker.show(project.root / "new.py", "import infer\ninfer.total.lower(1)\n")
        assert worker.codes()["new.py"] == ["1:call-arg"]


def test_without_a_cache_folder_there_is_no_cache(project: Project) -> None:
    (project.root.parent / "file").write_text("")
    for env in ({"XDG_CACHE_HOME": str(project.root.parent / "file")}, {"XDG_CACHE_HOME": "x"}):
        with project.worker(**env, HOME="") as worker:
            assert worker.codes() == FOUND
            assert worker.built


@contextmanager
def _mounted(folder: Path, options: str) -> Iterator[None]:
    """A small separate file system, mounted in a folder."""
    words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(words, check=False).returncode:
        pytest.skip("only root can mount a file system")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _finds_all(project: Project, caches: Path) -> None:
    """Assert that a worker has all findings, also after an edit."""
    for _ in range(2):
        with project.worker(XDG_CACHE_HOME=str(caches)) as worker:
            assert worker.codes() == FOUND
            worker.show(project.root / "app.py", FILES["app.py"] + "f('')\n", 2)
            assert worker.codes()["app.py"] == ["5:assignment", "6:arg-type"]


def test_a_full_cache_folder_does_not_stop_the_worker(project: Project, tmp_path: Path) -> None:
    caches = tmp_path / "small"
    caches.mkdir()
    with _mounted(caches, "size=256k"):
        code = f"""
            from python_expert.tools.mypy.mypy_worker.checker import Checker
            checker = Checker({str(project.root)!r}, [], lambda _: None, plugins=True)
            checker.open({str(project.root / "app.py")!r}, "import base, infer", 1)
            checker.check()
            assert not checker.write(lambda: False)
        """
        env = {**os.environ, "XDG_CACHE_HOME": str(caches)}
        words = [sys.executable, "-c", textwrap.dedent(code)]
        done = subprocess.run(words, env=env, check=True, capture_output=True, text=True)
        assert "mypy's cache cannot be written" in done.stderr
        assert not list(caches.rglob("cache.db"))  # not even a part of it
        _finds_all(project, caches)


def test_a_read_only_cache_folder_does_not_stop_the_worker(
    project: Project, tmp_path: Path
) -> None:
    caches = tmp_path / "fixed"
    caches.mkdir()
    with _mounted(caches, "ro"):
        _finds_all(project, caches)
        assert not list(caches.iterdir())


def test_a_process_killed_while_writing_keeps_the_old_cache(project: Project) -> None:
    before = project.generation
    code = f"""
        import os
        from python_expert.tools.mypy.mypy_worker.checker import Checker
        checker = Checker({str(project.root)!r}, [], lambda _: None, plugins=True)
        checker.cache._is_read = True
        checker.open({str(project.root / "app.py")!r}, "import base, infer", 1)
        checker.check()
        pieces = iter(range(3))
        checker.write(lambda: next(pieces, None) is None and os._exit(9))
    """
    env = {**os.environ, "XDG_CACHE_HOME": str(project.caches)}
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], env=env, check=False)
    assert done.returncode == 9
    assert any(before.parent.glob("writing-*/*/cache.db"))
    assert project.generation == before
    with project.worker() as worker:
        assert worker.codes() == FOUND
        assert not worker.built


# The store


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CacheStore:
    """A store with one generation."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    store = CacheStore("key")
    _generate(store, 1)
    return store


def _generate(store: CacheStore, number: int) -> None:
    folder = store.begin()
    (folder / "3.11").mkdir()
    with sqlite3.connect(folder / "3.11" / "cache.db") as database:
        database.execute("CREATE TABLE t (x)")
        database.executemany("INSERT INTO t VALUES (?)", [(x,) for x in range(1000)])
    database.close()
    store.complete(folder, {"number": number})


def _overwrite(path: Path, at: float, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(int(path.stat().st_size * at))
        file.write(content)


def _delete_rows(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM t WHERE x % 2")
    database.close()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "database cut": lambda path: os.truncate(path / "3.11" / "cache.db", 5000),
    "bytes changed": lambda path: _overwrite(path / "3.11" / "cache.db", 0.7, b"\xff\x00\x17"),
    "rows deleted": lambda path: _delete_rows(path / "3.11" / "cache.db"),
    "database gone": lambda path: shutil.rmtree(path / "3.11"),
    "log added": lambda path: (path / "3.11" / "cache.db-wal").write_text("x"),
    "index cut": lambda path: os.truncate(path / "index.json", 10),
    "index changed": lambda path: _overwrite(path / "index.json", 0.9, b"9"),
    "index is no object": lambda path: (path / "index.json").write_text("0\n[]"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_modified_generation_is_not_used(store: CacheStore, damage: str) -> None:
    contents = store.read()
    assert contents
    store.note_use()
    DAMAGES[damage](contents[0])
    with pytest.raises(CacheError):
        store.read()
    store.drop()
    assert store.read() is None


def test_a_generation_that_is_being_deleted_is_not_used(store: CacheStore) -> None:
    found = store.read()
    assert found
    store.note_use()
    (found[0] / "index.json").unlink()  # another process has just opened the database
    assert store.read() is None
    _generate(store, 2)
    assert not found[0].exists()


def test_the_last_of_two_writers_wins(store: CacheStore) -> None:
    _generate(store, 2)
    found = store.read()
    assert found
    assert found[1]["number"] == 2
    assert [each.name.isdigit() for each in found[0].parent.iterdir()].count(True) == 1


def test_a_cache_that_crashed_a_process_is_not_used_again(store: CacheStore) -> None:
    found = store.read()
    assert found
    store.note_use()
    assert store.read()
    with pytest.raises(CacheError, match="crashed"):
        store.read()


def test_caches_that_have_not_been_used_for_long_are_removed(store: CacheStore) -> None:
    found = store.read()
    assert found
    os.utime(found[0].parent, (0, 0))
    _generate(CacheStore("other"), 1)
    assert not found[0].exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_a_folder_that_others_could_have_written_to_is_not_used(
    store: CacheStore, tmp_path: Path
) -> None:
    found = store.read()
    assert found
    store.note_use()
    assert {each.stat().st_mode & 0o777 for each in (found[0], *found[0].parents[:3])} == {0o700}
    found[0].chmod(0o770)
    with pytest.raises(CacheError, match="others"):
        store.read()
    folder = tmp_path / "python-expert" / "mypy"
    folder.chmod(0o707)
    with pytest.raises(CacheError, match="others"):
        store.begin()
    folder.chmod(0o700)
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    for use in (store.read, store.begin):
        with pytest.raises(CacheError, match="not a folder"):
            use()


def test_the_key_of_a_cache_can_be_any_json(store: CacheStore) -> None:
    assert CacheStore(json.loads('{"a": [1, null, true]}')).read() is None
    assert store.read()
