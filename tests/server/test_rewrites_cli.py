"""The rewrites and the gate on the command line."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import RUFF_ALONE, write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.conftest import ProjectFactory

PROGRAM = [sys.executable, "-m", "python_expert"]
BARE = '''\
"""A shop."""


def require_prices(prices):
    if not prices:
        raise ValueError("no prices")


def check_prices(prices):
    if prices[0] < 0:
        raise ValueError("negative price")
'''
HALVES = '''\
"""Names."""


def halves(name):
    if not name:
        raise ValueError("no name")
    first, last = name.split(",")
    return first, last
'''
DOCUMENTED = BARE.replace(
    "def require_prices(prices):\n", 'def require_prices(prices):\n    """Sort them."""\n'
)


def shell(
    *words: str | Path, cwd: Path, program: Sequence[str] = RUFF_ALONE
) -> tuple[int, str, str]:
    """Run the command; return its exit status, standard output and standard error."""
    done = subprocess.run(
        [*program, *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def shop(project: ProjectFactory) -> Path:
    """A project with a file without docstrings."""
    return project({"pyproject.toml": "", "shop.py": BARE})


@pytest.mark.skipif(
    sys.version_info < (3, 12), reason="Python before 3.12 cannot parse type parameters"
)
def test_a_generic_function_is_converted_to_async(project: ProjectFactory) -> None:
    text = "import time\n\n\ndef wait[T: int](x: T) -> T:\n    time.sleep(1)\n    return x\n"
    root = project({"pyproject.toml": "", "wait.py": text})
    status, out, err = shell("rewrite", "convert-to-async", "wait.py", cwd=root)
    assert status == 0, err
    assert "+async def wait[T: int](x: T) -> T:\n+    await asyncio.sleep(1)\n" in out


def test_by_default_a_diff_is_printed_and_nothing_is_written(shop: Path) -> None:
    status, out, err = shell("rewrite", "add-docstrings", "shop.py", cwd=shop)
    assert status == 0
    assert out.startswith("--- a/shop.py\n+++ b/shop.py\n")
    assert '+    """' in out
    assert err == "Docstrings added to 2 of 2 definitions (in the diff; --write writes it)\n"
    assert (shop / "shop.py").read_text() == BARE


def test_patch_accepts_the_diff(shop: Path) -> None:
    (shop / "shop.py").write_text(BARE.rstrip("\n"))
    _, out, _ = shell("rewrite", "add-docstrings", ".", cwd=shop)
    subprocess.run(["git", "apply", "-"], input=out, text=True, cwd=shop, check=True)
    assert (shop / "shop.py").read_text().count('"""') == 6


def test_write_keeps_encoding_line_ends_and_mode(shop: Path) -> None:
    path = shop / "shop.py"
    text = "# -*- coding: latin-1 -*-\r\n# caf\xe9\r\n" + BARE.replace("\n", "\r\n")
    path.write_bytes(text.encode("latin-1"))
    path.chmod(0o755)
    assert shell("rewrite", "add-docstrings", path, "--write", cwd=shop)[0] == 0
    after = path.read_bytes().decode("latin-1")
    assert after.startswith("# -*- coding: latin-1 -*-\r\n# caf\xe9\r\n")
    assert after.count("\n") == after.count("\r\n") > text.count("\r\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o755
    assert shell("rewrite", "add-docstrings", path, "--write", cwd=shop)[0] == 0
    assert path.read_bytes().decode("latin-1") == after


@pytest.mark.parametrize(
    ("which", "found"),
    [
        (["--function", "check_prices"], "def check_prices(prices):\n+"),
        (["--line", "5"], "def require_prices(prices):\n+"),
    ],
)
def test_one_function_can_be_selected(shop: Path, which: list[str], found: str) -> None:
    _, out, err = shell("rewrite", "add-docstrings", "shop.py", *which, cwd=shop)
    assert found in out
    assert "Docstrings added to 1 of 1 definition " in err


def test_json_has_the_result_of_each_function(shop: Path) -> None:
    (shop / "shop.py").write_text(DOCUMENTED)
    status, out, _ = shell(
        "rewrite", "add-docstrings", "shop.py", "--output-format", "json", cwd=shop
    )
    assert status == 0
    rows = {each["function"]: each for each in json.loads(out)}
    assert rows["check_prices"] == {
        "path": "shop.py",
        "function": "check_prices",
        "status": "changed",
        "reason": None,
    }
    assert rows.get("require_prices", {"status": "unchanged"})["status"] == "unchanged"
    assert (shop / "shop.py").read_text() == DOCUMENTED


def test_points_to_confirm_have_the_lines_of_the_file(project: ProjectFactory) -> None:
    text = (
        "def first(path):\n    with open(path) as file:\n        return file.read()\n\n\n"
        "def work(path, more):\n    first(path)\n    return list(map(first, more))\n"
    )
    root = project({"work.py": text})
    _, out, err = shell("rewrite", "convert-to-async", "work.py", cwd=root)
    assert "+import asyncio" in out
    assert "work.py:8: to confirm: `map(first, more)` still blocks" in err


def test_a_conversion_that_breaks_another_file_needs_consent(
    project: ProjectFactory,
) -> None:
    slow = "import time\n\n\ndef slow() -> None:\n    time.sleep(0)\n"
    user = "from slow import slow\n\nslow()\n"
    scripts = "[project.scripts]\nrun = 'slow:slow'\n"
    test = "from unittest.mock import patch\n\nPATCHED = patch('slow.time.sleep')\n"
    files = {"pyproject.toml": scripts, "slow.py": slow, "user.py": user, "test_slow.py": test}
    root = project(files)
    words = ("rewrite", "convert-to-async", "slow.py", "--write")
    status, _, err = shell(*words, cwd=root)
    assert (status, (root / "slow.py").read_text()) == (1, slow)
    assert "slow.py:4: to confirm: user.py:3 uses slow and does not await it" in err
    assert "test_slow.py:3 uses slow.time, which is no longer imported there" in err
    assert "pyproject.toml names slow:slow as an entry point, which is not awaited: nothing" in err
    status, _, err = shell(*words, "--yes", cwd=root)
    assert status == 0, err
    assert "async def slow" in (root / "slow.py").read_text()


def test_a_function_is_not_converted_if_another_file_does_not_await_it(
    project: ProjectFactory,
) -> None:
    slow = (
        "import time\n\n\ndef names() -> list[str]:\n    time.sleep(0)\n    return []\n\n\n"
        "def other() -> None:\n    time.sleep(0)\n"
    )
    user = "from slow import names\n\n\ndef use() -> None:\n    print(sorted(names()))\n"
    root = project({"pyproject.toml": "", "slow.py": slow, "user.py": user})
    words = ("rewrite", "convert-to-async", ".", "--write", "--yes", "--verbose")
    status, _, err = shell(*words, cwd=root, program=PROGRAM)
    assert status == 1, err  # there is nothing to convert in user.py
    after = (root / "slow.py").read_text()
    assert ("async def other" in after, "async def names" in after) == (True, False)
    assert "names: mypy would find in user.py:5: No overload variant" in err
    assert "[call-overload]; --callers converts these callers, too, where it can" in err


def test_unproven_edits_do_not_stop_proven_ones(
    project: ProjectFactory,
) -> None:
    text = (
        "from app import app\n\n\n@app.route\ndef load_page(name):\n    if not name:\n"
        "        raise ValueError('the name is empty')\n\n\n"
    )
    root = project({"pyproject.toml": "", "shop.py": text + BARE.partition("\n\n\n")[2]})
    words = ("rewrite", "add-docstrings", "shop.py", "--write")
    status, _, err = shell(*words, cwd=root)
    assert status == 1
    assert "Docstrings added to 2 of 3 definitions; 1 skipped (--yes also writes" in err
    assert "load_page: to be confirmed: @app.route may show the docstring" in err
    assert (root / "shop.py").read_text().count('"""') == 4
    status, _, err = shell(*words, "--yes", cwd=root)
    assert status == 0, err
    assert (root / "shop.py").read_text().count('"""') == 6


def test_a_read_only_file_is_not_changed(shop: Path) -> None:
    path = shop / "shop.py"
    path.chmod(0o444)
    status, _, err = shell("rewrite", "add-docstrings", path, "--write", cwd=shop)
    assert status == 1
    assert "read-only" in err
    assert path.read_text() == BARE


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("broken.py", b"def f(:\n  def (\n)]\n", "parse"),
        ("binary.py", b"# \xff\xfe\x00\n", "decoded"),
        ("generated.py", b"# @generated by a tool\ndef f(x):\n    return x\n", "generated"),
        ("empty.py", b"", "no function or class"),
    ],
)
def test_a_file_that_cannot_be_rewritten_is_reported_and_unchanged(
    shop: Path, name: str, data: bytes, words: str
) -> None:
    (shop / name).write_bytes(data)
    status, out, err = shell("rewrite", "add-docstrings", name, "--write", cwd=shop)
    assert words in err
    assert (shop / name).read_bytes() == data
    assert status in (0, 1)
    assert "Traceback" not in out + err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rewrite", "add-docstrings", "nowhere.py"], "does not exist"),
        (["rewrite", "add-docstrings", "shop.py", "--line", "99"], "no line 99"),
        (["rewrite", "add-docstrings", "shop.py", "--write", "--diff"], "choose one"),
        (["rewrite", "add-docstrings", "shop.py", "--line", "4", "--function", "x"], "choose one"),
        (["rewrite", "add-docstrings", "shop.py", "twin.py", "--line", "4"], "name that file"),
        (["rewrite", "add-jokes", "shop.py"], "add-jokes"),
        (["gate", "--action", "add-docstrings", "shop.py", "nowhere.py"], "does not exist"),
        (["gate", "--action", "add-docstrings", "shop.py", "."], "compare a file"),
    ],
)
def test_a_command_that_cannot_run_exits_with_status_2(
    shop: Path, words: list[str], said: str
) -> None:
    write(shop, {"twin.py": BARE})
    status, _, err = shell(*words, cwd=shop)
    assert status == 2
    assert said in " ".join(err.split())


def test_an_unknown_function_is_refused(shop: Path) -> None:
    status, _, err = shell("rewrite", "add-docstrings", "shop.py", "--function", "x.y", cwd=shop)
    assert status == 1
    assert "there is no x.y" in err


def test_a_line_without_a_function_is_refused(shop: Path) -> None:
    status, _, err = shell("rewrite", "add-docstrings", "shop.py", "--line", "3", cwd=shop)
    assert status == 1
    assert "there is no function or class at line 3" in err


def test_the_diff_of_a_file_elsewhere_has_a_path_that_patch_accepts(
    shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    _, out, _ = shell("rewrite", "add-docstrings", shop / "shop.py", cwd=elsewhere)
    place = (shop / "shop.py").as_posix()
    assert out.startswith(f"--- a{place}\n+++ b{place}\n")


@pytest.mark.parametrize("paths", [["shop.py"], ["shop.py", "other.py"]])
def test_a_placeholder_that_a_linter_demands_is_reported(shop: Path, paths: list[str]) -> None:
    unknown = '"""A shop."""\n\n\ndef open_shop(door):\n    return door.push(2)\n'
    write(shop, {"pyproject.toml": '[tool.ruff.lint]\nselect = ["D"]\n'})
    write(shop, {"shop.py": unknown, "other.py": BARE})
    _, out, err = shell("rewrite", "add-docstrings", *paths, cwd=shop)
    assert '"""TODO' in out
    assert "your linter demands more than is known: fill in each TODO\n" in err


# The gate


def judge(
    shop: Path, before: str, after: str, *more: str, program: Sequence[str] = RUFF_ALONE
) -> tuple[int, list[dict[str, Any]]]:
    """Run the gate on two folders or files."""
    words = ["gate", "--action", "add-docstrings", before, after, "--output-format", "json", *more]
    status, out, err = shell(*words, cwd=shop, program=program)
    assert out, err
    return status, json.loads(out)


def test_the_gate_accepts_added_docstrings_and_refuses_anything_else(shop: Path) -> None:
    write(shop, {"good.py": DOCUMENTED, "bad.py": DOCUMENTED.replace("if not", "if")})
    good = {"path": "good.py", "status": "accepted", "meaning": "proven"}
    nothing: dict[str, Any] = {"findings": [], "evidence": [], "reasons": []}
    assert judge(shop, "shop.py", "good.py") == (0, [good | nothing])
    status, (row,) = judge(shop, "shop.py", "bad.py")
    assert (status, row["status"]) == (1, "refused")
    assert row["reasons"][0]["message"]


def test_the_gate_reports_the_place_of_a_finding_in_another_file(project: ProjectFactory) -> None:
    user = "from net import fetch\n\n\ndef use() -> int:\n    return fetch(3)\n"
    old = "def fetch(x):\n    return x\n"
    new = "def fetch(x: str) -> str:\n    return x\n"
    root = project({"pyproject.toml": "", "old/net.py": old, "old/user.py": user})
    write(root, {"new/net.py": new, "new/user.py": user})
    words = ["gate", "--action", "add-type-hints", "old", "new"]
    status, out, _ = shell(*words, cwd=root, program=PROGRAM)
    assert status == 1
    assert "net.py:1: refused: mypy would find in user.py:5: " in out
    assert "file:" not in out


def test_the_gate_judges_folders_file_by_file(shop: Path) -> None:
    write(shop, {"old/a.py": BARE, "old/b.py": BARE, "old/c.txt": "1", "old/d.py": "x = 1\n"})
    write(shop, {"old/same.toml": "x = 1\n", "new/same.toml": "x = 1\n"})
    write(shop, {"new/a.py": DOCUMENTED, "new/b.py": BARE, "new/c.txt": "2", "new/e.py": "x = 1\n"})
    status, rows = judge(shop, "old", "new")
    assert status == 1
    assert {row["path"]: row["status"] for row in rows} == {
        "a.py": "accepted",
        "b.py": "accepted",
        "c.txt": "refused",
        "d.py": "refused",
        "e.py": "refused",
    }


def test_the_gate_s_questions_come_last_and_notes_are_counted(shop: Path) -> None:
    write(shop, {"pyproject.toml": '[tool.ruff.lint]\nselect = ["D4"]\n'})
    noted = BARE.replace("):\n", '):\n    """trim it"""\n', 1)
    write(shop, {"old/a.py": BARE, "old/b.py": BARE, "old/c.py": BARE})
    write(shop, {"new/a.py": BARE + "x = 1\n", "new/b.py": noted, "new/c.py": BARE})
    words = ["gate", "--action", "add-docstrings", "old", "new"]
    status, out, err = shell(*words, cwd=shop)
    assert status == 1
    assert [line.split(": ")[:2] for line in out.splitlines()] == [
        ["b.py", "accepted"],
        ["c.py", "accepted"],
        ["a.py:12", "refused"],
    ]
    notes = "3 notes (--verbose lists them)"
    assert err == f"Judged 3 files: 2 accepted, 1 refused; {notes}\n"
    _, out, err = shell(*words, "--verbose", cwd=shop)
    assert out.count(": note: ") == 3
    assert err == "Judged 3 files: 2 accepted, 1 refused\n"
    _, out, _ = shell(*words, "--fail-on", "any", cwd=shop)
    assert ": note: " in out, "these fail here"


def test_the_gate_refuses_edits_with_new_findings(shop: Path) -> None:
    write(shop, {"pyproject.toml": "[tool.mypy]\n"})
    write(shop, {"old.py": "def trim(text):\n    return text.strip()\n"})
    write(shop, {"new.py": "def trim(text: int):\n    return text.strip()\n"})
    words = ["--action", "add-type-hints"]
    status, (row,) = judge(shop, "old.py", "new.py", *words, program=PROGRAM)
    assert (status, row["status"], row["meaning"]) == (1, "refused", "proven")
    assert "attr-defined" in row["reasons"][0]["message"]
    assert row["reasons"][0]["line"] == 2
    blocking = [each for each in row["findings"] if each["blocking"]]
    assert [(each["tool"], each["code"]) for each in blocking] == [("mypy", "attr-defined")]


def terminal() -> tuple[int, int]:
    """The two ends of a terminal, on systems with terminals."""
    try:
        return os.openpty()
    except (AttributeError, OSError) as error:  # Windows and containers without /dev/pts
        pytest.skip(f"no terminal can be opened here: {error}")


def test_on_a_terminal_the_diff_is_coloured(shop: Path) -> None:
    ours, theirs = terminal()
    words = [*RUFF_ALONE, "rewrite", "add-docstrings", "shop.py"]
    env = {**os.environ, "TERM": "xterm-256color"}
    env.pop("NO_COLOR", None)
    with subprocess.Popen(
        words, cwd=shop, stdout=theirs, stderr=subprocess.DEVNULL, env=env
    ) as run:
        os.close(theirs)
        output = b""
        while True:
            try:
                output += os.read(ours, 65536)
            except OSError:  # how Linux reports the end of a terminal
                break
        assert run.wait() == 0
    os.close(ours)
    assert b'\x1b[32m+    """' in output


@pytest.mark.parametrize(
    ("files", "mark"),
    [
        ({}, "    Raises:\n+        ValueError:"),
        (
            {"till.py": 'def f(x):\n    """Do.\n\n    :param x: it.\n    """\n'},
            "    :raises ValueError:",
        ),
        (
            {"pyproject.toml": '[tool.ruff.lint.pydocstyle]\nconvention = "numpy"\n'},
            "    Raises\n+    ------",
        ),
        (
            {"pyproject.toml": '[tool.python-expert]\ndocstring-style = "sphinx"\n'},
            "    :raises ValueError:",
        ),
    ],
    ids=["nothing said", "the file beside it", "ruff's configuration", "the setting"],
)
def test_docstrings_are_in_the_style_that_the_project_uses(
    shop: Path, files: dict[str, str], mark: str
) -> None:
    write(shop, {"shop.py": HALVES, **files})
    _, out, _ = shell("rewrite", "add-docstrings", "shop.py", cwd=shop)
    assert mark in out


@pytest.mark.parametrize(
    ("requires", "hint"), [(">=3.9", "Optional[int]"), (">=3.11,<4", "int | None")]
)
def test_type_hints_are_spelt_for_the_oldest_python(shop: Path, requires: str, hint: str) -> None:
    text = "def first(found):\n    for each in found:\n        return len(each)\n    return None\n"
    (shop / "shop.py").write_text(text)
    (shop / "pyproject.toml").write_text(f'[project]\nrequires-python = "{requires}"\n')
    _, out, _ = shell("rewrite", "add-type-hints", "shop.py", cwd=shop)
    assert f"-> {hint}:" in out


@pytest.mark.parametrize(("oldest", "hint"), [("3.8", "-> Optional[int]:"), ("2.7", "")])
def test_type_hints_are_spelt_for_the_oldest_python_among_the_classifiers(
    shop: Path, oldest: str, hint: str
) -> None:
    text = "def first(found):\n    for each in found:\n        return len(each)\n    return None\n"
    names = [f"Programming Language :: Python :: {each}" for each in (oldest, "3", "3.12")]
    write(shop, {"shop.py": text, "setup.py": f"setup(classifiers={names})\n"})
    (shop / "pyproject.toml").unlink()
    _, out, err = shell("rewrite", "add-type-hints", "shop.py", cwd=shop)
    assert hint in out
    assert ("Python 2.7 (the classifiers in setup.py), which cannot run" in err) is (not hint)


def test_findings_of_mypy_in_a_body_with_new_hints_are_reported(shop: Path) -> None:
    text = 'def count(rows):\n    "a" + 1\n    return len(rows)\n'
    write(shop, {"shop.py": text, "mypy.ini": "[mypy]\n"})
    words = ("rewrite", "add-type-hints", "shop.py")
    _, out, err = shell(*words, cwd=shop, program=PROGRAM)
    assert "-> int:" in out
    line = "mypy finds 1 more in code that was not checked without hints"
    assert f"{line} (--verbose lists them)\n" in err
    _, _, err = shell(*words, "--verbose", cwd=shop, program=PROGRAM)
    assert f"{line}:\n  shop.py:2: Unsupported operand types for +" in err


def test_type_hints_are_spelt_for_ruffs_target_version(shop: Path) -> None:
    text = "def first(found):\n    for each in found:\n        return len(each)\n    return None\n"
    (shop / "shop.py").write_text(text)
    (shop / "ruff.toml").write_text('target-version = "py39"\nlint.select = ["F"]\n')
    _, out, _ = shell("rewrite", "add-type-hints", "shop.py", cwd=shop)
    assert "-> Optional[int]:" in out


TYPER = """\
import typer

app = typer.Typer()


@app.command()
def greet(name, times=1):
    return name * times
"""


def test_unproven_edits_are_written_only_with_consent(shop: Path) -> None:
    path = shop / "routes.py"
    path.write_text(TYPER)
    status, _, err = shell("rewrite", "add-type-hints", path, "--write", cwd=shop)
    assert status == 1
    assert "unless you agree" in err
    assert path.read_text() == TYPER
    status, _, err = shell("rewrite", "add-type-hints", path, "--write", "--yes", cwd=shop)
    assert "greet" in err
    assert "times: int = 1" in path.read_text()


def test_a_diff_marks_edits_that_need_consent(shop: Path) -> None:
    path = shop / "usage.py"
    path.write_text(BARE.partition("\n\n\ndef check")[0] + "\n\n\nprint(require_prices.__doc__)\n")
    status, _, err = shell("rewrite", "add-docstrings", path, cwd=shop)
    assert status == 0
    assert "with --yes also what is to be confirmed in 1 file" in err
    status, _, err = shell("rewrite", "add-docstrings", path, "--write", cwd=shop)
    assert status == 1
    assert "it is to be confirmed; --yes writes it" in err
    status, _, _ = shell("rewrite", "add-docstrings", path, "--write", "--yes", cwd=shop)
    assert status == 0
    assert '"""' in path.read_text()


def test_existing_docstrings_are_completed_only_on_request(shop: Path) -> None:
    path = shop / "shop.py"
    path.write_text(DOCUMENTED.partition("\n\n\ndef check")[0] + "\n")
    _, out, _ = shell("rewrite", "add-docstrings", path, cwd=shop)
    assert out == ""
    _, out, _ = shell("rewrite", "add-docstrings", path, "--complete", cwd=shop)
    assert "+    Raises:\n+        ValueError: " in out


def test_git_applies_a_diff_with_unusual_lines(shop: Path) -> None:
    text = BARE.replace("\n\n\ndef check", "\n\f\n# a\u2028b\ndef check")
    (shop / "shop.py").write_text(text, encoding="utf-8")
    _, out, _ = shell("rewrite", "add-docstrings", ".", cwd=shop)
    subprocess.run(["git", "apply", "-"], input=out.encode(), cwd=shop, check=True)
    assert (shop / "shop.py").read_text(encoding="utf-8").count('"""') == 6


def test_an_edit_that_a_tool_could_not_check_is_not_accepted(project: ProjectFactory) -> None:
    broken = "[tool.mypy]\nplugins = ['nowhere.at_all']\n"
    shop = project({"pyproject.toml": broken, "shop.py": BARE})
    write(
        shop, {"hinted.py": BARE.replace("require_prices(prices)", "require_prices(prices: str)")}
    )
    words = ["gate", "--action", "add-type-hints", "shop.py", "hinted.py"]
    status, out, _ = shell(*words, cwd=shop, program=PROGRAM)
    assert status == 1
    assert "confirm: mypy could not check it" in out
    words = ["rewrite", "add-type-hints", "shop.py", "--write"]
    status, _, err = shell(*words, cwd=shop, program=PROGRAM)
    assert status == 1
    assert "mypy could not check it" in err
    assert (shop / "shop.py").read_text() == BARE


SPEED = """\
class Speed:
    def __init__(self, value):
        self.value = value


class Car:
    def __init__(self):
        self.speed = Speed(3)

    def update(self, total=4):
        self.speed.value = total / 3
        return self.speed.value

    def name(self):
        return "car"
"""


def test_no_hint_depends_on_one_that_a_tool_has_contradicted(shop: Path) -> None:
    """By the only call `value` seems to be an int, and so does the result of `update`."""
    write(shop, {"pyproject.toml": "[tool.mypy]\n", "shop.py": SPEED})
    words = ["rewrite", "add-type-hints", "shop.py", "--write", "--verbose"]
    shell(*words, cwd=shop, program=PROGRAM)
    hinted = (shop / "shop.py").read_text()
    assert "def __init__(self, value) -> None:" in hinted
    assert "def update(self, total: float = 4):" in hinted
    assert "def name(self) -> str:" in hinted


def test_the_absence_of_proposals_is_reported(shop: Path) -> None:
    (shop / "shop.py").write_text("def f(thing) -> object:\n    return thing\n")
    status, out, err = shell("rewrite", "add-type-hints", "shop.py", cwd=shop)
    assert (status, out) == (0, "")
    assert "the offline engine has nothing to propose" in err
