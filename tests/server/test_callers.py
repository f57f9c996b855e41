"""Callers in other project files are converted together with the called functions, or none is."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.client import apply_edits
from tests.conftest import RUFF_ONLY, write
from tests.server.test_rewrites_cli import PROGRAM, shell
from tests.server.test_rewrites_server import argument, menu, run, span

if TYPE_CHECKING:
    from pathlib import Path

    from tests.client import Client
    from tests.conftest import ClientFactory, ProjectFactory

pytestmark = pytest.mark.one_python

STORE = '''\
"""Keeps things."""

import time


class Store:
    """A store."""

    def fetch(self, key: str) -> str:
        """Fetch a value."""
        time.sleep(0)
        return key


def load(key: str) -> str:
    """Load a value."""
    return Store().fetch(key)
'''
SHOP = '''\
"""Sells things."""

from store import load


def price(key: str) -> int:
    """Tell a price."""
    return len(load(key))
'''
MAIN = '''\
"""Runs."""

from shop import price


def main() -> None:
    """Run."""
    print(price("abc"))


if __name__ == "__main__":
    main()
'''
FILES = {"pyproject.toml": "", "store.py": STORE, "shop.py": SHOP, "main.py": MAIN}
CONVERT = ("rewrite", "convert-to-async", "store.py", "--callers")


@pytest.fixture
def shop(project: ProjectFactory) -> Path:
    """A project of three files that call one another."""
    return project(FILES)


def test_callers_of_callers_are_converted_and_the_program_runs(shop: Path) -> None:
    status, out, err = shell(*CONVERT, "--write", cwd=shop)
    assert (status, out) == (0, ""), err
    assert "The calls in other files are awaited: main.py, shop.py" in err
    assert "async def price" in (shop / "shop.py").read_text()
    assert "    return len(await load(key))" in (shop / "shop.py").read_text()
    assert "    asyncio.run(main())" in (shop / "main.py").read_text()
    done = subprocess.run([sys.executable, "main.py"], cwd=shop, capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b"3\n", b"")


def test_a_notebook_is_not_parsed_as_python(shop: Path) -> None:
    cell = {"cell_type": "code", "source": ["r = load(1)"], "outputs": [], "metadata": {}}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (shop / "study.ipynb").write_text(json.dumps(notebook, indent=1))
    status, _, err = shell(*CONVERT, cwd=shop)
    assert (status, "ipynb" in err) == (0, False), err


def test_the_diff_includes_all_files_and_writes_none(shop: Path) -> None:
    status, out, err = shell(*CONVERT, cwd=shop)
    assert status == 0, err
    assert [f"+++ b/{name}" in out for name in ("store.py", "shop.py", "main.py")] == [True] * 3
    assert {each: (shop / each).read_text() for each in FILES} == FILES


def test_without_the_option_other_files_are_not_changed(shop: Path) -> None:
    status, out, err = shell("rewrite", "convert-to-async", "store.py", cwd=shop)
    assert status == 0, err
    assert "b/shop.py" not in out
    assert "shop.py:8 uses load and does not await it" in err
    assert "--callers converts these callers, too, where it can." in err


def test_callers_in_another_member_of_a_workspace_need_confirmation(
    project: ProjectFactory,
) -> None:
    member = '[project]\nname = "x"\nversion = "0"\n'
    root = project({"pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n'})
    user = "from core import load\n\n\ndef main() -> None:\n    load('a')\n"
    write(root / "packages/core", {"pyproject.toml": member, "core/__init__.py": STORE})
    write(root / "packages/app", {"pyproject.toml": member, "app/__init__.py": user})
    words = ("rewrite", "convert-to-async", "packages/core/core/__init__.py", "--write")
    for more in ((), ("--callers",)):
        status, _, err = shell(*words, *more, cwd=root)
        assert status == 1
        assert "packages/app/app/__init__.py:5 uses load and does not await it" in err
    assert (root / "packages/core/core/__init__.py").read_text() == STORE


def test_a_function_without_callers_elsewhere_is_converted_as_usual(
    project: ProjectFactory,
) -> None:
    root = project({"pyproject.toml": "", "store.py": STORE})
    status, out, err = shell(*CONVERT, cwd=root)
    assert status == 0, err
    assert out == shell("rewrite", "convert-to-async", "store.py", cwd=root)[1]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("from store import load\n\nVALUES = [*map(load, 'ab')]\n", "more.py:3: load is passed on"),
        (
            "from store import load\n\nVALUE = lambda: load('a')\n",
            "more.py: line 3: load is used in",
        ),
        (
            "from store import load\n\n\ndef test_load() -> None:\n    assert load('a')\n",
            "more.py: test_load: is called by a test runner, which does not await it",
        ),
        ("import store\n\nMODULES = [store]\n", "more.py:3: store is passed on as a value"),
        ("def f(x):\n    return x.fetch('a')\n", "more.py:2: it is not certain whether x.fetch is"),
        (
            "from store import Store\n\n\nclass Mine(Store):\n    def fetch(self, key): ...\n",
            "more.py:5: fetch may override Store.fetch",
        ),
    ],
)
def test_one_use_that_cannot_be_converted_stops_the_whole_conversion(
    shop: Path, text: str, why: str
) -> None:
    (shop / "more.py").write_text(text)
    status, out, err = shell(*CONVERT, "--write", "--yes", cwd=shop)
    assert (status, out) == (1, "")
    assert why in " ".join(err.split())
    assert {each: (shop / each).read_text() for each in FILES} == FILES


def test_a_caller_that_is_an_entry_point_stops_the_whole_conversion(shop: Path) -> None:
    (shop / "pyproject.toml").write_text("[project.scripts]\nshop = 'main:main'\n")
    status, out, err = shell(*CONVERT, "--yes", cwd=shop)
    assert (status, out) == (1, "")
    assert "pyproject.toml names main:main as an entry point" in " ".join(err.split())


def test_an_entry_point_of_a_package_stops_the_whole_conversion(
    project: ProjectFactory,
) -> None:
    scripts = "[project.scripts]\nload = 'pkg:run'\n"
    exported = "from pkg.store import load as run\n\n__all__ = ['run']\n"
    files = {"pyproject.toml": scripts, "pkg/__init__.py": exported, "pkg/store.py": STORE}
    root = project(files)
    words = ("rewrite", "convert-to-async", "pkg/store.py", "--callers", "--write", "--yes")
    status, out, err = shell(*words, cwd=root)
    assert (status, out) == (1, "")
    assert "pyproject.toml names pkg:run as an entry point" in " ".join(err.split())


def test_callers_by_another_name_and_of_cached_functions_are_converted(
    project: ProjectFactory,
) -> None:
    cached = "\n\n@cache\ndef rows(key: str) -> str:\n    time.sleep(0)\n    return key\n"
    store = STORE.replace("import time\n", "import time\nfrom functools import cache\n") + cached
    names = "from store import load as read\n\n__all__ = ['read']\n"
    user = "from names import read\nfrom store import rows\n\n\ndef price(key: str) -> int:\n"
    user += "    return len(read(key)) + len(rows(key))\n"
    root = project({"pyproject.toml": "", "store.py": store, "names.py": names, "shop.py": user})
    status, _, err = shell(*CONVERT, "--write", "--yes", cwd=root)
    assert status == 0, err
    assert "len(await read(key)) + len(await rows(key))" in (root / "shop.py").read_text()


def test_files_that_import_each_other_are_not_converted(project: ProjectFactory) -> None:
    store = "import time\n\nimport shop\n\n\ndef load() -> int:\n    time.sleep(0)\n    return 1\n"
    store += "\n\ndef show() -> None:\n    print(shop.price())\n"
    user = "import store\n\n\ndef price() -> int:\n    return store.load()\n"
    root = project({"pyproject.toml": "", "store.py": store, "shop.py": user})
    status, _, err = shell(*CONVERT, cwd=root)
    assert status == 1
    assert "files that use each other are not changed together" in " ".join(err.split())


def test_if_a_caller_cannot_be_written_no_file_is_changed(shop: Path) -> None:
    (shop / "shop.py").chmod(0o444)
    status, _, err = shell(*CONVERT, "--write", cwd=shop)
    assert status == 1
    assert "read-only" in err
    assert {each: (shop / each).read_text() for each in FILES} == FILES


def test_uses_of_a_package_s_exports_are_found_by_types(project: ProjectFactory) -> None:
    exported = '"""A package."""\n\nfrom pkg.store import load\n\n__all__ = ["load"]\n'
    files = {"pkg/__init__.py": exported, "pkg/store.py": STORE}
    user = SHOP.replace("from store", "from pkg")
    root = project({"pyproject.toml": "", **files, "shop.py": user})
    words = ("rewrite", "convert-to-async", "pkg/store.py", "--callers", "--write")
    status, _, err = shell(*words, cwd=root, program=PROGRAM)
    assert status == 0, err
    assert "await load(key)" in (root / "shop.py").read_text()
    assert (root / "pkg/__init__.py").read_text() == exported


def test_a_finding_in_another_file_stops_the_whole_conversion(shop: Path) -> None:
    banned = "[tool.ruff.lint]\nselect = ['TID251']\n"
    banned += "flake8-tidy-imports.banned-api.'asyncio.run'.msg = 'Use anyio.'\n"
    (shop / "pyproject.toml").write_text(banned)
    status, out, err = shell(*CONVERT, cwd=shop)
    assert (status, out) == (1, "")
    assert "main.py:14: ruff would find: `asyncio.run` is banned" in " ".join(err.split())


def test_the_gate_judges_files_that_belong_together(shop: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    for name, text in FILES.items():
        (old / name).write_text(text)
    status, _, err = shell(*CONVERT, "--write", cwd=shop)
    assert status == 0, err
    words = ("gate", "--action", "convert-to-async", old, shop)
    status, out, err = shell(*words, cwd=shop, program=PROGRAM)
    assert status == 0, out + err
    for folder in (old, shop):
        (folder / "more.py").write_text("from store import load as read\n\nVALUES = [read]\n")
        (folder / "last.py").write_text("from more import read\n\nVALUE = read('a')\n")
    status, out, _ = shell(*words, cwd=shop)
    assert status == 1
    assert "more.py:3: confirm: read is passed on as a value" in " ".join(out.split())
    assert "last.py:1: refused: it uses what is now async in another file" in out
    (shop / "main.py").write_text(MAIN)
    status, out, _ = shell(*words, cwd=shop)
    assert status == 1
    assert "main.py:1: refused: it uses what is now async in another file" in out


def _changes(editor: Client) -> dict[str, dict[str, Any]]:
    """Return the changes of the last edit, by file name."""
    operations = editor.applied[-1]["edit"]["documentChanges"]
    return {each["textDocument"]["uri"].rpartition("/")[2]: each for each in operations}


def test_an_editor_gets_one_edit_of_open_buffers_and_files(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    support = {"changeAnnotationSupport": {"groupsOnLabel": True}, "documentChanges": True}
    editor.initialize(capabilities={"workspace": {"workspaceEdit": support}})
    root = project({**FILES, "pyproject.toml": RUFF_ONLY})
    store = editor.open(root / "store.py", STORE)
    unsaved = SHOP.replace("price", "cost")
    editor.open(root / "shop.py", unsaved)
    (root / "main.py").write_text(MAIN.replace("price", "cost"))
    offered = [each["title"] for each in menu(editor, store, span(8, 4))]
    assert "Convert `fetch` to async, with callers in other files (offline)" in offered
    arguments = argument(store, span(8, 4), "convert-to-async") | {"callers": True}
    assert run(editor, arguments)["result"] == "changed"
    changes = _changes(editor)
    versions = {name: each["textDocument"]["version"] for name, each in changes.items()}
    assert versions == {"store.py": 1, "shop.py": 1, "main.py": None}
    edit = {"documentChanges": [changes["shop.py"]]}
    assert "    return len(await load(key))" in apply_edits(unsaved, edit)
    (annotation,) = editor.applied[-1]["edit"]["changeAnnotations"].values()
    assert annotation["needsConfirmation"]
    assert "The calls in other files are awaited: main.py, shop.py" in annotation["description"]


def test_a_buffer_without_a_file_gets_no_offer_for_callers(editor: Client) -> None:
    document = editor.open("untitled:x", STORE)
    offered = [each["title"] for each in menu(editor, document, span(8, 4))]
    assert "Convert `fetch` to async (offline)" in offered
    assert not any("callers" in each for each in offered)
