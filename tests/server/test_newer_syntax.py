"""Code that is too new for the server's Python is distinguished from broken code."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING

import mypy.defaults
import pytest

from python_expert.tools.mypy.launch import OLDEST
from tests.client import codes, shows
from tests.conftest import write
from tests.server.test_cli import cli, found_codes
from tests.server.test_rewrites_server import argument, run, span

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import ClientFactory, ProjectFactory

NEWEST = "lazy import os\n"
"""Syntax of Python 3.15, which none of the supported Pythons can read."""

NEWER = f'import subprocess\n\n{NEWEST}\nsubprocess.run("ls", shell=True)\n'
BROKEN = 'import subprocess\n\n\ndef f(:\n    pass\n\n\nsubprocess.run("ls", shell=True)\n'
PLAIN = "def load_area(width: int | None) -> int:\n    return width or 3\n"
GENERIC = f"{PLAIN}\n\ndef first[T](items: list[T]) -> T:\n    return items[0]\n"
"""Python 3.11 can read only a part of it."""

NO_MYPY = "[tool.python-expert.tools]\nmypy.enabled = false\n"
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
PYTHON = f"Python {VERSION}"
TOLD = rf"this server runs on {PYTHON} and cannot read Python 3.15 syntax \(.+\); install Python "
TOLD += r"Expert with Python 3.15 or later"

ONLY_OLD = pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="later Pythons can read the syntax of Python 3.12"
)


@pytest.mark.parametrize("stdin", [False, True])
def test_a_file_too_new_for_bandit_is_named(project: ProjectFactory, *, stdin: bool) -> None:
    files = {"pyproject.toml": NO_MYPY, "new.py": NEWER}
    folder = project(files if stdin else {**files, "old.py": "import pickle\n"})
    words = ["-", "--stdin-filename", "new.py"] if stdin else ["."]
    done = cli("check", *words, "--output-format", "json", cwd=folder, stdin=NEWER)
    assert done.returncode == 2
    assert found_codes(done).count("S602") == 1
    if not stdin:
        assert "F401" in found_codes(done)
        assert "B403" in found_codes(done)
    what = "run" if stdin else "check all files"
    assert re.search(rf"bandit could not {what}: new.py:3: {TOLD}\n$", done.stderr)


@ONLY_OLD
def test_the_message_names_the_version_that_can_read_a_file(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": NO_MYPY, "x.py": GENERIC})
    done = cli("check", "x.py", cwd=folder)
    assert done.returncode == 2
    assert "x.py:5: this server runs on Python 3.11 and cannot read Python 3.12" in done.stderr


def test_a_file_that_only_ruff_can_read_is_reported_with_pythons_message(
    project: ProjectFactory,
) -> None:
    folder = project({"pyproject.toml": NO_MYPY, "x.py": f"x = 1\ny = {'9' * 5000}\n"})
    done = cli("check", "x.py", cwd=folder)
    assert done.returncode == 2
    assert f"{PYTHON} cannot read this, although ruff finds no error: Exceeds" in done.stderr


def test_of_many_files_that_are_too_new_some_are_named(project: ProjectFactory) -> None:
    files = {f"x{number}.py": NEWEST for number in range(25)}
    folder = project({"pyproject.toml": NO_MYPY, **files})
    done = cli("check", ".", "--tools", "bandit", cwd=folder)
    assert done.returncode == 2
    assert done.stderr.count("this server runs on") == 20
    assert done.stderr.endswith("bandit could not run: and 5 more files\n")


def test_bandit_adds_nothing_to_an_ordinary_syntax_error(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": NO_MYPY, "x.py": BROKEN})
    done = cli("check", "x.py", cwd=folder)
    assert done.returncode == 1
    assert done.stderr == "Found 2 findings in 1 file: ruff 2.\n"
    assert {line.partition(": ")[0] for line in done.stdout.splitlines()} == {
        "x.py:4:7",
        "x.py:4:8",
    }


def test_in_the_editor_a_document_that_is_too_new_is_reported_once(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": NO_MYPY})
    editor = client()
    editor.initialize([folder])
    document = editor.open(folder / "x.py", NEWER)
    editor.wait_diagnostics(document, lambda items: "S602" in codes(items))
    (message,) = editor.wait(lambda: editor.messages, "a message")
    assert re.search(f"{folder}/x.py:3: {TOLD}", message["message"])
    editor.change(document, 2, f"\n{NEWER}")
    editor.wait_diagnostics(document, lambda items: "S602" in codes(items), version=2)
    other = editor.open(folder / "y.py", "import pickle\n")
    editor.wait_diagnostics(other, shows("B403", "F401"))
    assert len(editor.messages) == 1


# Rewrites and the gate


def test_a_rewrite_of_a_file_that_is_too_new_is_refused(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": NO_MYPY, "x.py": NEWER})
    words = ["add-docstrings", "x.py", "--provider", "offline"]
    done = cli("rewrite", *words, cwd=folder)
    assert done.returncode == 1
    assert re.match(f"python-expert: x.py: line 3: {TOLD}\n", done.stderr)
    done = cli("rewrite", *words, "--output-format", "json", cwd=folder)
    assert [row["status"] for row in json.loads(done.stdout)] == ["refused"]


def test_a_rewrite_of_a_broken_file_names_the_place_of_the_error(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": NO_MYPY, "x.py": BROKEN})
    done = cli("rewrite", "add-docstrings", "x.py", "--provider", "offline", cwd=folder)
    assert done.returncode == 1
    assert done.stderr.startswith("python-expert: x.py: line 4: the code does not parse: invalid")
    assert "Add docstrings: nothing changed; problems in 1 file\n" in done.stderr


def test_the_readable_part_of_a_file_is_rewritten(
    project: ProjectFactory,
) -> None:
    folder = project({"pyproject.toml": NO_MYPY, "x.py": f"{PLAIN}\n\n{NEWEST}"})
    words = ["rewrite", "add-docstrings", "x.py", "--provider", "offline"]
    done = cli(*words, cwd=folder)
    assert done.returncode == 1
    assert '+    """' in done.stdout
    assert re.match(f"python-expert: x.py: line 5: {TOLD}\n", done.stderr)
    done = cli(*words, "--function", "load_area", cwd=folder)
    assert done.returncode == 0
    assert "this server runs on" not in done.stderr


@pytest.mark.parametrize("action", ["add-docstrings", "add-type-hints", "convert-to-async"])
def test_in_the_editor_a_rewrite_of_code_that_is_too_new_is_refused(
    client: ClientFactory, project: ProjectFactory, action: str
) -> None:
    folder = project({"pyproject.toml": NO_MYPY})
    editor = client()
    editor.initialize([folder])
    document = editor.open(folder / "x.py", NEWEST)
    for where in (None, span(0)):
        answer = run(editor, argument(document, where, action))
        assert answer["result"] == "refused"
        assert re.search(f"[:;] line 1: {TOLD}$", answer["message"])


@pytest.mark.parametrize(
    ("before", "after", "line", "reason"),
    [
        (NEWER, NEWER + "x = 1\n", 3, TOLD),
        (PLAIN, PLAIN + NEWEST, 3, TOLD),
        (PLAIN, PLAIN + "def f(:\n    pass\n", 3, "the code does not parse: invalid syntax"),
        (
            PLAIN,
            'def load_area(width: int | None) -> int:\n    """Tell\n',
            2,
            "the code does not parse: unt",
        ),
    ],
)
def test_the_gate_says_where_a_file_cannot_be_read(
    project: ProjectFactory, before: str, after: str, line: int, reason: str
) -> None:
    folder = project({"pyproject.toml": NO_MYPY, "x.py": before, "after/x.py": after})
    done = cli("gate", "--action", "add-docstrings", "x.py", "after/x.py", cwd=folder)
    assert done.returncode == 1
    assert re.match(f"x.py:{line}: refused: {reason}", done.stdout)
    assert done.stdout.count("\n") == 1


# Mypy


def _with_interpreter(folder: Path, version: str) -> Path:
    """A project whose interpreter reports a version and has no tools."""
    scripts = folder / ".venv" / "bin"
    scripts.mkdir(parents=True)
    (scripts / "python").symlink_to(sys.executable)
    write(folder / ".venv", {"pyvenv.cfg": f"version = {version}\n"})
    return folder


@pytest.mark.parametrize("stdin", [False, True])
def test_mypy_checks_for_the_projects_python_where_that_is_newer(
    project: ProjectFactory, *, stdin: bool
) -> None:
    text = 'import sys\n\nif sys.version_info >= (3, 15):\n    é = "é"; x: int = "é"\n'
    folder = _with_interpreter(project({"pyproject.toml": "", "x.py": text}), "3.15.0")
    what = ["-", "--stdin-filename", "x.py"] if stdin else ["x.py"]
    done = cli("check", *what, "--tools", "mypy", cwd=folder, stdin=text)
    assert done.stdout.startswith("x.py:4:")
    assert "assignment" in done.stdout
    write(folder, {"pyproject.toml": '[tool.mypy]\npython_version = "3.11"\n'})
    assert cli("check", *what, "--tools", "mypy", cwd=folder, stdin=text).stdout == ""


OLDER = "3.10.4"
BRANCHES = (
    "import sys\n\nif sys.version_info >= (3, 11):\n    x: int = ''\nelse:\n    x: int = b''\n"
)
OURS, THEIRS = ["x.py:4:"], ["x.py:6:"]
"""The lines that mypy checks for the server's Python, and for an older one."""


def _lines_found(folder: Path, *, env: dict[str, str] | None = None) -> list[str]:
    done = cli("check", "x.py", "--tools", "mypy", cwd=folder, env=env)
    return [line[:7] for line in done.stdout.splitlines() if "assignment" in line]


@pytest.mark.parametrize(("python", "lines"), [(OLDER, THEIRS), ("3.8.1", THEIRS), (VERSION, OURS)])
def test_mypy_checks_for_the_projects_python_where_that_is_older(
    project: ProjectFactory, python: str, lines: list[str]
) -> None:
    folder = project({"pyproject.toml": "", "x.py": BRANCHES})
    assert _lines_found(_with_interpreter(folder, python)) == lines


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("mypy.ini", f"[mypy]\nPython_Version = {VERSION}\n", OURS),
        ("pyproject.toml", f"[tool.mypy]\npython_version = '{VERSION}'\n", OURS),
        ("mypy.ini", "[mypy]\n# no python_version here\nstrict = true\n", THEIRS),
        ("pyproject.toml", "[project]\nname = 'x'\ndescription = 'python_version'\n", THEIRS),
    ],
)
def test_the_projects_python_counts_where_mypys_configuration_names_no_version(
    project: ProjectFactory, name: str, text: str, lines: list[str]
) -> None:
    folder = project({"pyproject.toml": "", "x.py": BRANCHES, name: text})
    assert _lines_found(_with_interpreter(folder, OLDER)) == lines


def test_an_older_python_that_is_not_the_projects_does_not_count(
    project: ProjectFactory, tmp_path: Path
) -> None:
    """It is only the first one on PATH."""
    other = _with_interpreter(tmp_path / "other", OLDER) / ".venv/bin"
    (other / "python3").symlink_to(sys.executable)
    path = os.pathsep.join([str(other), os.environ["PATH"]])
    folder = project({"pyproject.toml": "", "x.py": BRANCHES})
    env = {"PATH": path, "VIRTUAL_ENV": "", "CONDA_PREFIX": ""}
    assert str(other) in cli("doctor", cwd=folder, env=env).stdout
    assert _lines_found(folder, env=env) == OURS


def test_the_oldest_version_that_mypy_is_asked_for_is_its_own() -> None:
    assert mypy.defaults.PYTHON3_VERSION_MIN == OLDEST


@ONLY_OLD
@pytest.mark.parametrize("stdin", [False, True])
def test_mypy_reads_the_newer_syntax_of_the_projects_python(
    project: ProjectFactory, *, stdin: bool
) -> None:
    text = f'{GENERIC}\n\nx: int = ""\n'
    folder = _with_interpreter(project({"pyproject.toml": "", "x.py": text}), "3.12.0")
    what = ["-", "--stdin-filename", "x.py"] if stdin else ["x.py"]
    done = cli("check", *what, "--tools", "mypy", cwd=folder, stdin=text)
    assert re.match(r"x\.py:9:10: error: assignment .*\n$", done.stdout)


@ONLY_OLD
@pytest.mark.parametrize("stdin", [False, True])
def test_mypy_names_the_python_that_a_file_needs(project: ProjectFactory, *, stdin: bool) -> None:
    folder = project({"pyproject.toml": "", "x.py": GENERIC})
    what = ["-", "--stdin-filename", "x.py"] if stdin else ["x.py"]
    done = cli("check", *what, "--tools", "mypy", cwd=folder, stdin=GENERIC)
    assert done.stdout.startswith("x.py:5:1: error: syntax ")
    assert "requires Python 3.12 or newer" in done.stdout
