"""The cache of mypy's own stubs: other projects use it, and their findings are the same."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import mypy.build
import pytest
from mypy.options import Options
from mypy.version import __version__

from python_expert.tools.mypy.mypy_worker.cache_store import INDEX, _checksum, _checksum_of
from python_expert.tools.mypy.mypy_worker.stub_options import REPORTING
from tests.mypy_client import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from python_expert.processes.wire import Json

pytestmark = [
    pytest.mark.one_python,
    pytest.mark.skipif(
        __version__.split(".")[:2] != ["2", "4"], reason="only mypy 2.4's cache can be written"
    ),
]

CODE = """
    import json, sys
    from python_expert.tools.mypy.mypy_worker.checker import Checker

    root, args, texts = json.load(sys.stdin)
    checker = Checker(root, args, lambda _: None, plugins=True)
    for number, opened in enumerate(texts):
        for path, text in opened.items():
            checker.open(path, text, number)
        checker.check()
        checker.settle_all()
        checker.tidy()
    graph = checker.program.fg.graph
    found = {
        path: [f"{each['line']}:{each['message']}" for each in buffer.result["findings"]]
        for path, buffer in checker.buffers.open.items()
    }
    taken = sorted(name for name, state in graph.items() if state.meta)
    checker.write(lambda: False)
    print(json.dumps([found, taken, checker.program.is_cached]))
"""


class Outcome(NamedTuple):
    """What a process found, and how.

    Attributes:
        found: The findings by path.
        taken: The modules.
        log: The process's standard error.
        is_loaded: Whether the project's own cache was loaded, in place of a build.
    """

    found: dict[str, list[str]]
    taken: list[str]
    log: str
    is_loaded: bool


class Projects:
    """Projects of one user.

    Attributes:
        folder: The folder of the projects.
        caches: The folder for caches.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.caches = folder, folder / "caches"
        self.caches.mkdir()
        self._number = 0

    def new(self, files: dict[str, str] | None = None) -> Path:
        """Create a project."""
        self._number += 1
        root = self.folder / f"project{self._number}"
        root.mkdir()
        write(root, files or {})
        return root

    def check(
        self, root: Path, *texts: str, args: Iterable[str] = (), caches: Path | None = None
    ) -> Outcome:
        """Open a file in a new process, edit it, and return what is finally found."""
        path = str(root / "a.py")
        return self.check_files(root, [{path: text} for text in texts], args=args, caches=caches)

    def check_files(
        self,
        root: Path,
        texts: list[dict[str, str]],
        *,
        args: Iterable[str] = (),
        caches: Path | None = None,
    ) -> Outcome:
        """Open files in a new process, edit them, and return what is finally found."""
        env = {**os.environ, "XDG_CACHE_HOME": str(caches or self.caches)}
        env["LOCALAPPDATA"] = env["XDG_CACHE_HOME"]
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(CODE)],
            env=env,
            input=json.dumps([str(root), list(args), texts]),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found, taken, is_cached = json.loads(done.stdout.splitlines()[-1])
        return Outcome(found, taken, done.stderr, is_cached)

    def expect(self, root: Path, *texts: str, args: Iterable[str] = ()) -> Outcome:
        """Check a file with the caches; without them the same is found."""
        outcome = self.check(root, *texts, args=args)
        cold = self.check(root, *texts, args=args, caches=self.folder / "none")
        assert outcome.found == cold.found
        return outcome

    @property
    def generation(self) -> Path:
        """The folder of the only cache of stubs."""
        (index,) = self.caches.glob(f"python-expert/mypy-stubs/*/*/{INDEX}")
        return index.parent

    def tamper(self, change: Callable[[sqlite3.Connection, Json], object]) -> None:
        """Change the database and the index of the cache of stubs, and their checksums."""
        folder = self.generation
        (database,) = folder.glob("*/cache.db")
        index = json.loads((folder / INDEX).read_bytes().partition(b"\n")[2])
        with closing(sqlite3.connect(database)) as connection, connection:
            change(connection, index)
        index["database"] = _checksum_of(folder)
        body = json.dumps(index).encode()
        (folder / INDEX).write_bytes(b"%d\n%b" % (_checksum(body), body))


def typeshed() -> Path:
    """The folder of mypy's stubs."""
    return Path(mypy.build.default_data_dir(), "typeshed")


@pytest.fixture(scope="module")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The caches of a user who has opened one project."""
    projects = Projects(tmp_path_factory.mktemp("first"))
    first = projects.check(projects.new(), "import json\nx: int = ''\n", args=["--strict"])
    assert not first.taken
    return projects.caches


@pytest.fixture
def projects(tmp_path: Path, caches: Path) -> Projects:
    """Projects of a user who has opened one before."""
    projects = Projects(tmp_path)
    (tmp_path / "none").touch()
    projects.caches.rmdir()
    shutil.copytree(caches, projects.caches)
    return projects


WRONG = "import json\n\njson.dumps(1).upper(2)\nx: int = json.dumps(1)\n"
FOUND = 2


def test_another_project_with_other_flags_reads_no_stub(projects: Projects) -> None:
    outcome = projects.expect(projects.new(), WRONG, args=["--ignore-missing-imports"])
    (found,) = outcome.found.values()
    assert len(found) == FOUND
    assert {"builtins", "json", "typing"} <= set(outcome.taken)


def test_a_project_is_cached_with_the_stubs_that_it_did_not_read(projects: Projects) -> None:
    root = projects.new()
    projects.expect(root, WRONG)
    generations = projects.caches.glob(f"python-expert/mypy/*/*/{INDEX}")
    sizes = sorted(index.stat().st_size for index in generations)
    assert len(sizes) == 2
    assert sizes[1] < 2 * sizes[0]


def test_a_projects_cache_with_stubs_from_the_shared_one_can_be_loaded(projects: Projects) -> None:
    root = projects.new({"b.py": "import json\n\nclass D(json.JSONDecoder): ...\n"})
    text = "import b, json\n\nb.D().decode(1)\n" + WRONG
    assert not projects.check(root, text).is_loaded
    edited = "import decimal\ndecimal.Decimal().x\n" + text
    outcome = projects.expect(root, text, edited)
    assert outcome.is_loaded
    assert len(outcome.found.popitem()[1]) == FOUND + 2


def test_stubs_that_a_project_reads_are_added(projects: Projects) -> None:
    projects.check(projects.new(), "import sqlite3\n")
    outcome = projects.expect(projects.new(), "import json, sqlite3\n" + WRONG)
    assert {"json.decoder", "sqlite3.dbapi2", "builtins"} <= set(outcome.taken)


def test_an_edit_may_import_any_other_stub(projects: Projects) -> None:
    texts = ("import json\n", "import decimal, json\ny: int = decimal.Decimal(1)\n" + WRONG)
    projects.check(projects.new(), "import decimal\n")
    outcome = projects.expect(projects.new(), *texts)
    assert any("Decimal" in each for each in outcome.found.popitem()[1])


def test_an_edit_of_a_class_derived_from_a_stub_takes_effect(projects: Projects) -> None:
    text = "import json\n\nclass D(json.JSONDecoder):\n    def decode(self, s: int) -> str: ...\n"
    outcome = projects.expect(projects.new(), text.replace("s: int", "s: str"), text)
    assert any("supertype" in each for each in outcome.found.popitem()[1])


def test_an_edit_of_a_stub_takes_effect(projects: Projects) -> None:
    root = projects.new()
    path = typeshed() / "stdlib/json/decoder.pyi"
    stub, text = str(path), path.read_text()
    edited = text.replace("def decode(self, s: str", "def decode(self, s: int")
    assert edited != text
    mine = "import json\n\njson.JSONDecoder().decode('')\n"
    texts = [{str(root / "a.py"): mine}, {stub: text}, {stub: edited}]
    one = projects.check_files(root, texts)
    two = projects.check_files(root, texts, caches=projects.folder / "none")
    assert one.found == two.found
    assert "builtins" in one.taken
    assert len(one.found[str(root / "a.py")]) == 1


def test_a_module_in_place_of_one_of_the_standard_library_is_used(projects: Projects) -> None:
    projects.check(projects.new(), "import logging.handlers, queue\n")
    root = projects.new({"queue.py": "class Queue:\n    x = 1\n"})
    text = "import logging.handlers, queue\ny: str = queue.Queue().x\n"
    outcome = projects.expect(root, text)
    assert not outcome.taken
    assert "queue is another module here" in outcome.log
    assert "json" in projects.check(projects.new(), WRONG).taken


def test_a_stub_that_uses_a_module_of_the_project_is_not_cached(projects: Projects) -> None:
    shutil.rmtree(projects.caches)
    text = "import smtplib\nsmtplib.SMTP().starttls(context=1)\n" + WRONG
    own = projects.check(projects.new({"ssl.py": "SSLContext = int\n"}), text)
    assert not own.taken
    outcome = projects.expect(projects.new(), text)
    assert "json" in outcome.taken
    assert "smtplib" not in outcome.taken
    assert len(outcome.found.popitem()[1]) == 1 + FOUND


@pytest.mark.parametrize(
    "args", [["--platform", "win32"], ["--python-version", "3.10"], ["--no-strict-optional"]]
)
def test_options_with_an_effect_on_stubs_have_a_cache_of_their_own(
    projects: Projects, args: list[str]
) -> None:
    text = "import os\n\nos.startfile('')\nimport json\njson.dumps(1).x\ny: int = None\n"
    outcome = projects.expect(projects.new(), text, args=args)
    assert not outcome.taken
    assert "json" in projects.check(projects.new(), text, args=args).taken


def test_stubs_that_saw_a_module_of_the_project_are_not_cached(projects: Projects) -> None:
    shutil.rmtree(projects.caches)
    text = "import smtplib\nsmtplib.SMTP().starttls(context=1)\n"
    root = projects.new({"ssl.py": "SSLContext = int\n"})
    stub = str(typeshed() / "stdlib/ssl.pyi")
    texts = [{str(root / "a.py"): text}, {str(root / "ssl.py"): "", stub: "SSLContext = int\n"}]
    projects.check_files(root, texts)
    one = projects.check(projects.new(), "import json\n")
    assert "smtplib" not in one.taken
    two = projects.expect(projects.new(), text)
    assert len(two.found.popitem()[1]) == 1


def test_a_stub_that_was_edited_is_not_cached(projects: Projects) -> None:
    root = projects.new()
    stub = str(typeshed() / "stdlib/decimal.pyi")
    mine = str(root / "a.py")
    texts = [{mine: "import decimal\n"}, {stub: "Decimal = int\n"}]
    projects.check_files(root, texts)
    outcome = projects.expect(projects.new(), "import decimal\nx: str = decimal.Decimal()\n")
    assert "decimal" not in outcome.taken


def test_with_an_open_stub_the_cache_is_kept(projects: Projects) -> None:
    root, stub = projects.new(), typeshed() / "stdlib/json/decoder.pyi"
    outcome = projects.check_files(root, [{str(root / "a.py"): WRONG, str(stub): stub.read_text()}])
    assert not outcome.taken
    assert "json.decoder is open" in outcome.log
    assert "json" in projects.check(projects.new(), WRONG).taken


def test_a_copy_of_a_stub_does_not_change_the_cache(projects: Projects) -> None:
    projects.check(projects.new(), "import queue\n")
    copy = (typeshed() / "stdlib/queue.pyi").read_text()
    outcome = projects.expect(projects.new({"queue.pyi": copy}), "import queue\n" + WRONG)
    assert not outcome.taken
    assert {"json", "queue"} <= set(projects.check(projects.new(), "import queue, json\n").taken)


def test_a_stub_in_another_place_of_typeshed_is_not_cached(projects: Projects) -> None:
    shutil.rmtree(projects.caches)
    lib = typeshed().parents[2]  # mypy refuses the spelling that it knows
    place = typeshed().relative_to(lib) / "stdlib/dbm"
    ini = f"[mypy]\nmypy_path = {lib}/../{lib.name}/{place}\n"
    projects.check(projects.new({"mypy.ini": ini}), "import sqlite3\n")
    for _ in range(2):
        outcome = projects.expect(projects.new(), "import json, sqlite3\nsqlite3.connect(1)\n")
    assert {"json", "sqlite3.dbapi2"} <= set(outcome.taken)


def test_a_crash_of_mypy_without_cached_stubs_keeps_them(projects: Projects) -> None:
    crash = """
        import mypy.build
        from python_expert.tools.mypy.mypy_worker import phases
        def fail(*_): raise RuntimeError("a defect of mypy")
        phases._check_bodies = fail
    """
    code = textwrap.dedent(crash) + textwrap.dedent(CODE)
    given = json.dumps([str(projects.new()), [], [{"/a.py": WRONG}]])
    env = {**os.environ, "XDG_CACHE_HOME": str(projects.caches), "LOCALAPPDATA": ""}
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, env=env, input=given, capture_output=True, text=True, check=False)
    assert "a defect of mypy" in done.stderr
    assert "json" in projects.check(projects.new(), WRONG).taken


def test_a_stub_with_options_of_its_own_is_not_cached(projects: Projects) -> None:
    shutil.rmtree(projects.caches)
    sections = "[mypy-decimal]\nalways_true = X\n[mypy-json.encoder]\nignore_errors = True\n"
    text = "import decimal\n" + WRONG
    own = projects.check(projects.new({"mypy.ini": "[mypy]\n" + sections}), text)
    assert not own.taken
    outcome = projects.expect(projects.new(), text)
    assert "json.encoder" in outcome.taken
    assert "decimal" not in outcome.taken


def test_a_program_that_must_be_built_again_takes_stubs(projects: Projects) -> None:
    root = projects.new()
    text = "import later  # type: ignore[import-not-found]\n" + WRONG
    projects.check(root, text)
    (root / "later.py").write_text("")
    outcome = projects.expect(root, text)
    assert "can be imported now" in outcome.log
    assert not outcome.is_loaded
    assert "json" in outcome.taken


def test_with_a_plugin_all_stubs_are_read(projects: Projects) -> None:
    plugin = "from mypy.plugin import Plugin\n\ndef plugin(version):\n    return Plugin\n"
    root = projects.new({"mypy.ini": "[mypy]\nplugins = plug.py\n", "plug.py": plugin})
    assert not projects.expect(root, WRONG).taken


@pytest.mark.parametrize("row", ["json/decoder.data.ff", "builtins.data.ff", "builtins.meta.ff"])
def test_a_cache_that_mypy_cannot_read_is_deleted(projects: Projects, row: str) -> None:
    def change(database: sqlite3.Connection, _index: Json) -> None:
        changed = database.execute("UPDATE files2 SET data = x'00' WHERE path = ?", (row,))
        assert changed.rowcount == 1

    projects.tamper(change)
    outcome = projects.expect(projects.new(), WRONG)
    assert not outcome.taken
    assert "json" in projects.check(projects.new(), WRONG).taken


def test_a_cache_of_other_files_is_replaced(projects: Projects) -> None:
    def change(_database: sqlite3.Connection, index: Json) -> None:
        index["files"]["json"][4] = [1, 1]  # the state of the file on disk

    projects.tamper(change)
    outcome = projects.expect(projects.new(), WRONG)
    assert not outcome.taken
    assert "mypy's files have changed" in outcome.log
    assert "json" in projects.check(projects.new(), WRONG).taken


def test_a_truncated_cache_is_deleted(projects: Projects) -> None:
    (database,) = projects.generation.glob("*/cache.db")
    os.truncate(database, database.stat().st_size // 2)
    assert not projects.expect(projects.new(), WRONG).taken
    assert "json" in projects.check(projects.new(), WRONG).taken


MANY = (
    "argparse, asyncio, base64, collections.abc, concurrent.futures, contextlib, csv, ctypes, "
    "dataclasses, datetime, decimal, email.message, enum, functools, hashlib, http.client, "
    "importlib.metadata, inspect, itertools, json, logging.config, multiprocessing.pool, pathlib, "
    "queue, random, re, sched, shutil, sqlite3, ssl, subprocess, tarfile, threading, tkinter.ttk, "
    "typing_extensions, unittest.mock, urllib.request, uuid, xml.dom.minidom, zipfile"
)


def _opposite(value: Any) -> object:  # noqa: ANN401 - an option's value
    return ["builtins"] if isinstance(value, list) else not value


def test_options_that_only_report_have_no_effect_on_stubs(tmp_path: Path) -> None:
    names = [name for name in REPORTING if "error_code" not in name and hasattr(Options(), name)]
    lines = [f"{name} = {_opposite(getattr(Options(), name))}" for name in names]
    lines += ["untyped_calls_exclude = builtins", "enable_error_code = explicit-override"]
    lines = [line for line in lines if "[" not in line] + ["disable_error_code = override"]
    contents: list[dict[str, Any]] = []
    for config in ("", "[mypy]\n" + "\n".join(lines)):
        folder = tmp_path / str(len(contents))
        folder.mkdir()
        projects = Projects(folder)
        projects.check(projects.new({"mypy.ini": config}), f"import {MANY}\n")
        (database,) = projects.generation.glob("*/cache.db")
        query = (
            "SELECT path, data FROM files2 WHERE path LIKE '%.data.ff' OR path LIKE '%.deps.json'"
        )
        with closing(sqlite3.connect(database)) as connection:
            rows: dict[str, Any] = dict(connection.execute(query).fetchall())
        for path in [path for path in rows if path.endswith(".json")]:
            rows[path] = {each: set(found) for each, found in json.loads(rows[path]).items()}
        contents.append(rows)
    one, two = contents
    assert len(one) > 300
    assert [path for path in one if one[path] != two[path]] == []
    assert one.keys() == two.keys()
