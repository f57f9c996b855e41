"""The mypy worker, used like its parent does: a process, its pipes, and unsaved buffers."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.edits import edited
from tests.mypy_client import PACKAGE, Worker, WorkerError, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    Json = dict[str, Any]


def _need_2_4(answer: Json) -> None:
    """Skip a test on an older mypy, which has no native parser or no such plugin hooks."""
    if int(answer["mypy"].split(".")[1]) < 4:
        pytest.skip("needs mypy 2.4")


# Unsaved text


def test_an_error_in_unsaved_text_appears_and_disappears(worker: Worker, tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "x: int = 1\n"})
    worker.start(tmp_path)
    worker.show(tmp_path / "a.py", "x: int = 1\ny: int = ''\n")
    assert worker.check() == {
        str(tmp_path / "a.py"): {
            "version": 1,
            "parsed": True,
            "findings": [
                {
                    "line": 1,
                    "column": 9,
                    "end_line": 1,
                    "end_column": 11,
                    "severity": "error",
                    "code": "assignment",
                    "notes": [],
                    "message": "Incompatible types in assignment "
                    '(expression has type "str", variable has type "int")',
                }
            ],
        }
    }
    worker.show(tmp_path / "a.py", "x: int = 1\ny: int = 2\n", 2)
    assert worker.codes() == {"a.py": []}
    assert not list(tmp_path.glob(".mypy_cache")), "nothing is written into the project"


def test_an_unsaved_signature_affects_other_buffers_until_it_is_closed(
    worker: Worker, tmp_path: Path
) -> None:
    write(tmp_path, {"a.py": "def f(x: int) -> int: return x\n", "b.py": "import a\na.f(1)\n"})
    worker.start(tmp_path)
    worker.show(tmp_path / "a.py", "def f(x: int) -> int: return x\n")
    worker.show(tmp_path / "b.py", "import a\na.f(1)\n")
    assert worker.codes() == {"a.py": [], "b.py": []}
    worker.show(tmp_path / "a.py", "def f(x: str) -> int: return len(x)\n", 2)
    assert worker.codes() == {"a.py": [], "b.py": ["1:arg-type"]}
    worker.close(tmp_path / "a.py")
    assert worker.codes() == {"b.py": []}


def test_the_last_of_several_changes_is_used(worker: Worker, tmp_path: Path) -> None:
    worker.start(tmp_path)
    for version in range(1, 5):
        worker.show(tmp_path / "a.py", "\n" * version + "x: int = ''\n", version)
    (result,) = worker.check().values()
    assert (result["version"], result["findings"][0]["line"]) == (4, 4)
    worker.show(tmp_path / "a.py", "\n\n\n\nx: int = ''\n", 5)
    (result,) = worker.check().values()
    assert (result["version"], result["findings"][0]["line"]) == (5, 4)


def test_a_file_never_saved_can_be_imported(worker: Worker, tmp_path: Path) -> None:
    write(tmp_path, {"pkg/__init__.py": ""})
    worker.start(tmp_path)
    user = "import new, deep.er.mod\nfrom pkg import sub\nnew.f('')\nsub.f('')\ndeep.er.mod.f('')\n"
    worker.show(tmp_path / "user.py", user)
    absent = worker.codes()
    assert set(absent["user.py"]) == {"0:import-not-found", "1:attr-defined"}
    made_up = [tmp_path / each for each in ("new.py", "pkg/sub.py", "deep/er/mod.py")]
    for path in made_up:
        worker.show(path, "def f(x: int) -> None: ...\n")
    assert worker.codes()["user.py"] == ["2:arg-type", "3:arg-type", "4:arg-type"]
    for path in made_up:
        worker.close(path)
    assert worker.codes() == absent


def test_files_outside_the_root_and_made_up_paths_are_checked(
    worker: Worker, tmp_path: Path
) -> None:
    (tmp_path / "root").mkdir()
    worker.start(tmp_path / "root")
    for path in ("elsewhere.py", "nowhere/at all.py", "nowhere/Untitled-1", "nowhere/Untitled-2"):
        worker.show(tmp_path / path, "x: int = ''\n")
    assert set(map(tuple, worker.codes().values())) == {("0:assignment",)}


def test_the_root_may_be_a_symbolic_link(worker: Worker, tmp_path: Path) -> None:
    write(tmp_path / "real", {"a.py": "x = 1\n"})
    (tmp_path / "link").symlink_to(tmp_path / "real")
    worker.start(tmp_path / "link")
    worker.show(tmp_path / "link" / "a.py", "x = ''\n")
    worker.show(tmp_path / "link" / "b.py", "import a\na.x + 1\n")
    assert worker.codes() == {"a.py": [], "b.py": ["1:operator"]}
    assert set(worker.check()) == {str(tmp_path / "link" / name) for name in ("a.py", "b.py")}


# Names of modules


def test_two_buffers_may_have_one_module_name(worker: Worker, tmp_path: Path) -> None:
    config = "[mypy]\n[mypy-conftest]\ndisallow_untyped_defs = True\n"
    (tmp_path / "mypy.ini").write_text(config)
    worker.start(tmp_path)
    first, second = tmp_path / "one" / "conftest.py", tmp_path / "two" / "conftest.py"
    worker.show(first, "def f(): ...\nx: int = ''\n")
    worker.show(second, "\ndef f(): ...\n\nx: int = ''\n")
    for round_ in (2, 3):
        first_found, second_found = (
            [each["line"] for each in result["findings"]] for result in worker.check().values()
        )
        assert (first_found, second_found) == ([0, 1], [1, 3])
        worker.show(second, "\ndef f(): ...\n\nx: int = ''\n#\n", round_)


def test_a_file_that_is_imported_by_another_name_than_its_own(
    worker: Worker, tmp_path: Path
) -> None:
    write(tmp_path, {"tests/tool.py": "def f(x: int) -> None: ...\n"})
    worker.start(tmp_path)
    worker.show(tmp_path / "tests" / "tool.py", "def f(x: int) -> None: ...\ny: int = ''\n")
    assert worker.codes() == {"tool.py": ["1:assignment"]}
    worker.show(tmp_path / "tests" / "test_it.py", "from tests.tool import f\nf('')\n")
    assert worker.codes() == {"tool.py": ["1:assignment"], "test_it.py": ["1:arg-type"]}
    worker.show(tmp_path / "tests" / "tool.py", "def f(x: str) -> None: ...\n", 2)
    assert worker.codes() == {"tool.py": [], "test_it.py": []}


def test_one_file_with_two_names_in_the_first_build(worker: Worker, tmp_path: Path) -> None:
    worker.start(tmp_path)
    worker.show(tmp_path / "tests" / "test_it.py", "from tests.tool import f\nf('')\n")
    worker.show(tmp_path / "tests" / "tool.py", "def f(x: int) -> None: ...\ny: int = ''\n")
    assert worker.codes() == {"tool.py": ["1:assignment"], "test_it.py": ["1:arg-type"]}


@pytest.mark.parametrize("at_first", [True, False])
def test_a_file_that_is_imported_by_two_names(
    worker: Worker, tmp_path: Path, *, at_first: bool
) -> None:
    worker.start(tmp_path)
    tests = tmp_path / "tests"
    worker.show(tests / "tool.py", "def f(x: int) -> None: ...\ny: int = ''\n")
    worker.show(tests / "test_one.py", "from tests.tool import f\nf('')\n")
    found = {"tool.py": ["1:assignment"], "test_one.py": ["1:arg-type"]}
    if not at_first:
        assert worker.codes() == found
    worker.show(tests / "test_two.py", "from tool import f\nf('')\n")
    worker.show(tests / "other.py", "x: int = ''\n")
    names = worker.codes()
    assert names["tool.py"] == ["1:assignment"]
    assert names["other.py"] == ["0:assignment"]
    assert {name: found for name, found in names.items() if found[0] == "!"}.keys() < {
        *("test_one.py", "test_two.py")
    }


def test_the_src_layout_needs_no_configuration(worker: Worker, tmp_path: Path) -> None:
    write(tmp_path, {"src/pkg/__init__.py": "", "src/pkg/mod.py": "def f(x: int) -> None: ...\n"})
    worker.start(tmp_path)
    worker.show(tmp_path / "tests" / "test_it.py", "from pkg.mod import f\nf('')\n")
    assert worker.codes() == {"test_it.py": ["1:arg-type"]}
    worker.show(tmp_path / "src" / "pkg" / "mod.py", "def f(x: str) -> None: ...\n")
    assert worker.codes() == {"test_it.py": [], "mod.py": []}


def test_explicit_package_bases(worker: Worker, tmp_path: Path) -> None:
    worker.start(tmp_path, "--explicit-package-bases", "--namespace-packages")
    worker.show(tmp_path / "a" / "mod.py", "def f(x: int) -> None: ...\n")
    worker.show(tmp_path / "b" / "mod.py", "from a.mod import f\nf('')\nreveal_type(f)\n")
    assert worker.codes() == {"mod.py": ["1:arg-type", "2:misc"]}


# Broken text


@pytest.mark.parametrize(
    "broken",
    ["def f(x: int) -> int: return (x\n", "from . import nothing\n", "class C:\n    yield 1\n"],
)
@pytest.mark.parametrize("at_first", [True, False])
def test_the_other_buffers_are_checked_while_one_is_broken(
    worker: Worker, tmp_path: Path, broken: str, *, at_first: bool
) -> None:
    write(tmp_path, {"a.py": broken if at_first else "def f(x: int) -> int: return x\n"})
    a, b = tmp_path / "a.py", tmp_path / "b.py"
    worker.start(tmp_path, "--strict")
    worker.show(b, "from a import f\nf('')\n")
    worker.show(a, broken if at_first else "def f(x: int) -> int: return x\n")
    if not at_first:
        assert worker.codes() == {"a.py": [], "b.py": ["1:arg-type"]}
        worker.show(a, broken, 2)
    found = worker.codes()
    assert found["a.py"][0] == "!"
    assert found["b.py"] == ([] if at_first else ["1:arg-type"]), "as when it was last read"
    worker.show(b, "from a import f\nx: int = ''\n", 2)
    worker.show(a, broken + "\n", 3)
    found = worker.codes()
    assert found["a.py"][0] == "!"
    assert found["b.py"] == ["1:assignment"]
    worker.show(b, "from a import f\nf('')\n", 3)
    worker.show(a, "def f(x: str) -> int: return x\n", 4)
    assert worker.codes() == {"a.py": ["0:return-value"], "b.py": []}
    worker.show(a, broken, 5)
    assert worker.codes()["a.py"][0] == "!"
    worker.close(a)
    assert worker.codes() == {"b.py": [] if at_first else ["1:arg-type"]}


def test_a_syntax_error_has_the_right_place(worker: Worker, tmp_path: Path) -> None:
    worker.start(tmp_path)
    for version, line in enumerate(["y = = 2", "'éé'; y = = 2"], 1):
        worker.show(tmp_path / "a.py", f"x = 1\n{line}\n", version)
        (result,) = worker.check().values()
        (finding,) = result["findings"]
        assert (finding["line"], finding["code"]) == (1, "syntax")
        assert line.encode()[finding["column"] :] == b"= 2"


def test_a_file_that_is_broken_on_disk_can_be_fixed_in_its_buffer(
    worker: Worker, tmp_path: Path
) -> None:
    write(tmp_path, {"a.py": "def f(:\n", "late.py": "def f(:\n"})
    (tmp_path / "latin.py").write_bytes(b"x = '\xe9'\n")
    worker.start(tmp_path)
    worker.show(tmp_path / "b.py", "from a import f\nf('')\nx: int = ''\n")
    assert worker.codes() == {"b.py": ["2:assignment"]}
    worker.show(tmp_path / "b.py", "import late, latin\nlate.f('')\nx: int = ''\n", 2)
    assert worker.codes() == {"b.py": ["2:assignment"]}
    write(tmp_path, {"late.py": "def f(x: int) -> None: ...\n"})
    worker.send("disk", {})
    assert worker.codes() == {"b.py": ["1:arg-type", "2:assignment"]}


# Places


@pytest.mark.parametrize("parser", ["--native-parser", "--no-native-parser"])
def test_columns_are_right_after_any_text(worker: Worker, tmp_path: Path, parser: str) -> None:
    worker.start(tmp_path, parser)
    text = 'é = "é"; a: int = "1"\ns = "😀😀"; b: int = "2"\n世界 = f"{1}界"; c: int = "3" # é'
    for version, encoded in enumerate([text, "\ufeff" + text, "# coding: latin-1\n" + text], 1):
        worker.show(tmp_path / "a.py", encoded, version)
        (result,) = worker.check().values()
        lines = encoded.encode().splitlines()
        found = [
            lines[each["line"]][each["column"] : each["end_column"]] for each in result["findings"]
        ]
        assert found == [b'"1"', b'"2"', b'"3"']


def test_syntax_may_be_newer_than_the_interpreter(worker: Worker, tmp_path: Path) -> None:
    _need_2_4(worker.start(tmp_path, "--python-version", "3.14"))
    text = "def f[T](x: T) -> T: return x\n1 + f('')\n't'; 1 + f('')\n"
    worker.show(tmp_path / "a.py", text)
    (result,) = worker.check().values()
    assert [(each["line"], each["column"]) for each in result["findings"]] == [(1, 4), (2, 9)]
    worker.show(tmp_path / "a.py", text.replace("t'", "é'"), 2)
    (result,) = worker.check().values()
    wrong = -1 if sys.version_info < (3, 14) else 10
    assert [(each["line"], each["column"]) for each in result["findings"]] == [(1, 4), (2, wrong)]


@pytest.mark.parametrize("comment", ["", "# é"])
def test_a_whole_name_is_marked(worker: Worker, tmp_path: Path, comment: str) -> None:
    _need_2_4(worker.start(tmp_path))
    lines = [f"def f(x: list[Foo], y: Bar.Baz) -> None: ...{comment}", "1 + ''", "1 + x"]
    worker.show(tmp_path / "a.py", "\n".join(lines))
    (result,) = worker.check().values()
    found = result["findings"]
    marked = [lines[each["line"]][each["column"] : each["end_column"]] for each in found]
    assert marked == ["Foo", "Bar" if comment else "Bar.Baz", "''", "x"]


def test_lines_are_those_of_lsp(worker: Worker, tmp_path: Path) -> None:
    worker.start(tmp_path)
    text = (
        'a: int = ""\r\n\x0cb: int = ""\r"\u2028\x85\x0b"; c: int = ""\n"""\r\n\r"""; d: int = ""'
    )
    worker.show(tmp_path / "a.py", text)
    lines = re.split("\r\n|\r|\n", text)
    expected = [number for number, line in enumerate(lines) if "int" in line]
    (result,) = worker.check().values()
    assert [each["line"] for each in result["findings"]] == expected


def test_each_import_without_stubs_names_the_stub_package(worker: Worker, tmp_path: Path) -> None:
    text = "import yaml\nimport yaml.nodes\n"
    write(tmp_path, {"a.py": text})
    worker.start(tmp_path)
    worker.show(tmp_path / "a.py", text)
    (result,) = worker.check().values()
    for found in result["findings"]:
        assert found["message"].endswith("; run `python3 -m pip install types-PyYAML`")
        assert found["notes"] == []
    done = subprocess.run(
        [*(sys.executable, "-m", "python_expert", "check", "--tools", "mypy", "-q"), tmp_path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.count("pip install types-PyYAML`") == len(result["findings"]) == 2


def test_notes_belong_to_their_error(worker: Worker, tmp_path: Path) -> None:
    worker.start(tmp_path, "--show-error-code-links")
    worker.show(
        tmp_path / "a.py",
        """\
        class A:
            def f(self, x: int) -> None: ...
        class B(A):
            def f(self, x: str) -> None: ...
        reveal_type(A)
        import nothing
        x: list[int] = [1]
        y: list[object] = x
        """,
    )
    (result,) = worker.check().values()
    found = {each["code"]: each for each in result["findings"]}
    assert "Liskov" in found["override"]["notes"][0]["message"]
    assert found["override"]["notes"][0]["line"] == 3
    assert found["misc"]["severity"] == "note"
    assert found["import-not-found"]["notes"] == [], "its page says the same"
    assert any("invariant" in note["message"] for note in found["assignment"]["notes"])


# Configuration


@pytest.mark.parametrize(
    ("files", "args", "message"),
    [
        ({}, ["--no-such-option"], "no-such-option"),
        ({}, ["--config-file", "none.ini"], "Cannot find config file"),
        ({"mypy.ini": "[mypy\n"}, [], "mypy.ini"),
        ({"pyproject.toml": "[tool.mypy\n"}, [], "pyproject.toml"),
        ({"mypy.ini": "[mypy]\nplugins = none.such\n"}, [], "none.such"),
        ({"mypy.ini": "[mypy]\nplugins = p.py\n", "p.py": "1 / 0\n"}, [], "division by zero"),
        ({}, ["--exclude", "("], "regular expression"),
        ({}, ["--enable-error-code", "nonsense"], "nonsense"),
    ],
)
def test_a_fault_in_the_configuration_is_reported(
    worker: Worker, tmp_path: Path, files: Mapping[str, str], args: list[str], message: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(WorkerError, match=message) as raised:
        worker.start(tmp_path, *args)
    assert raised.value.kind == "config"
    for name in files:
        (tmp_path / name).unlink()
    worker.start(tmp_path)  # the start can be repeated


def test_warnings_of_mypy_are_passed_on(worker: Worker, tmp_path: Path) -> None:
    (tmp_path / "mypy.ini").write_text("[mypy]\nno_such = 1\n")
    assert "no_such" in worker.start(tmp_path)["warnings"]


def test_a_file_that_mypy_rejects_is_an_error_in_the_configuration(
    worker: Worker, tmp_path: Path
) -> None:
    write(tmp_path, {"types.py": "x = 1\n"})
    worker.start(tmp_path)
    worker.show(tmp_path / "a.py", "x: int = ''\n")
    with pytest.raises(WorkerError, match="shadows library module") as raised:
        worker.check()
    assert raised.value.kind == "config"
    (tmp_path / "types.py").unlink()
    worker.send("disk", {})
    assert worker.codes() == {"a.py": ["0:assignment"]}


def test_the_configuration_applies_to_buffers(worker: Worker, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        """
        [tool.mypy]
        ignore_errors = true
        disable_error_code = ["assignment"]
        [[tool.mypy.overrides]]
        module = ["strict", "inline"]
        ignore_errors = false
        disallow_untyped_defs = true
        enable_error_code = ["assignment"]
        """
    )
    worker.start(tmp_path)
    text = "def f(): ...\nx: int = ''\n"
    worker.show(tmp_path / "strict.py", text)
    worker.show(tmp_path / "loose.py", text)
    worker.show(tmp_path / "inline.py", "# mypy: allow-untyped-defs, warn-unused-ignores\n" + text)
    expected = {
        "strict.py": ["0:no-untyped-def", "1:assignment"],
        "loose.py": [],
        "inline.py": ["2:assignment"],
    }
    assert worker.codes() == expected
    worker.show(tmp_path / "strict.py", text + "# é", 2)
    worker.show(tmp_path / "loose.py", text + "# é", 2)
    assert worker.codes() == expected


def test_excluded_files_have_no_findings_but_their_importers_see_them(
    worker: Worker, tmp_path: Path
) -> None:
    worker.start(tmp_path, "--exclude", "^generated/$")
    excluded = tmp_path / "generated" / "a.py"
    worker.show(excluded, "x: int = ''\n")
    worker.show(tmp_path / "b.py", "from generated import a\na.x + ''\n")
    assert worker.codes() == {"a.py": [], "b.py": ["1:operator"]}
    worker.show(excluded, "x: str = 1\n", 2)
    assert worker.codes() == {"a.py": [], "b.py": []}


@pytest.mark.parametrize("files", ["package, one.py", "./package/, one.py", "one.py, pack*"])
def test_files_that_the_configuration_does_not_list_have_no_findings(
    worker: Worker, tmp_path: Path, files: str
) -> None:
    names = ("package/a.py", "one.py", "other.py", "tests/test_a.py")
    write(tmp_path, dict.fromkeys(names, "") | {"mypy.ini": f"[mypy]\nfiles = {files}\n"})
    worker.start(tmp_path)
    for name in (*names, "package/new.py"):
        worker.show(tmp_path / name, "x: int = ''\n")
    found = ["0:assignment"]
    assert worker.codes() == {
        "a.py": found,
        "one.py": found,
        "new.py": found,
        "other.py": [],
        "test_a.py": [],
    }


@pytest.mark.parametrize("files", ["m*.py", "nowhere"])
def test_a_new_file_that_may_match_a_pattern_has_findings(
    worker: Worker, tmp_path: Path, files: str
) -> None:
    config = {"mypy.ini": f"[mypy]\nfiles = {files}\n"}
    write(tmp_path, {"m1.py": "", "m2.py": "", **config})
    worker.start(tmp_path)
    worker.show(tmp_path / "m3.py", "x: int = ''\n")
    assert worker.codes() == {"m3.py": ["0:assignment"]}


def test_new_imports_of_circular_library_modules_are_followed(
    worker: Worker, tmp_path: Path
) -> None:
    write(tmp_path, {"b.py": "import sqlite3\nconnection = sqlite3.connect('')\n"})
    worker.start(tmp_path)
    worker.show(tmp_path / "a.py", "x: int = 1\n")
    assert worker.codes() == {"a.py": []}
    worker.show(
        tmp_path / "a.py", "import b, sqlite3\nx: int = sqlite3.connect('')\nb.connection + 1\n", 2
    )
    assert worker.codes() == {"a.py": ["1:assignment", "2:operator"]}


def test_a_file_with_many_imports_does_not_reload_the_others(
    worker: Worker, tmp_path: Path
) -> None:
    names = [f"m{number:02}" for number in range(40)]
    write(tmp_path, {f"{name}.py": f"{name}: int = 1\n" for name in names})
    write(tmp_path, {"base.py": "".join(f"import {name}\n" for name in names[:20])})
    worker.start(tmp_path)
    worker.show(tmp_path / "a.py", "import base\n")
    assert worker.codes() == {"a.py": []}
    worker.notifications.clear()
    more = "".join(f"import {name}\n" for name in names[20:])
    worker.show(tmp_path / "b.py", f"import base\n{more}m39.m39 = ''\n")
    assert worker.codes() == {"a.py": [], "b.py": ["21:assignment"]}
    assert not worker.built


def test_new_imports_of_submodules_of_a_library_are_followed(
    worker: Worker, tmp_path: Path
) -> None:
    """Their stubs use names such as `email.message.Message`, which mypy looks up by importer."""
    worker.start(tmp_path)
    worker.show(tmp_path / "a.py", "x: int = 1\n")
    assert worker.codes() == {"a.py": []}
    worker.show(
        tmp_path / "a.py", "import http.client\nx: int = http.client.HTTPConnection('')\n", 2
    )
    assert worker.codes() == {"a.py": ["1:assignment"]}
    worker.show(tmp_path / "a.py", "from email.mime import text\nx: int = text.MIMEText('')\n", 3)
    assert worker.codes() == {"a.py": ["1:assignment"]}


def test_a_new_circular_import_is_followed(worker: Worker, tmp_path: Path) -> None:
    files = {"b.py": "import a, c\nvalue = a.f(1)\nother = c.g()\n"}
    files["c.py"] = "import a\ndef g() -> int:\n    return a.f('')\n"
    write(tmp_path, files)
    worker.start(tmp_path, "--strict")
    text = "def f(x: int) -> int:\n    return x\n"
    worker.show(tmp_path / "a.py", text)
    assert worker.codes() == {"a.py": []}
    worker.show(tmp_path / "a.py", f"import b\nx: str = b.value\ny: str = b.other\n{text}", 2)
    assert worker.codes() == {"a.py": ["1:assignment", "2:assignment"]}
    worker.show(tmp_path / "a.py", text, 3)
    assert worker.codes() == {"a.py": []}


def test_imports_are_followed_as_configured(worker: Worker, tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "def f(x: int) -> None: ...\n", "b.py": "from a import f\nf('')\n"})
    worker.start(tmp_path, "--follow-imports=skip")
    worker.show(tmp_path / "b.py", "from a import f\nf('')\n")
    assert worker.codes() == {"b.py": []}
    worker.show(tmp_path / "a.py", "def f(x: int) -> None: ...\n")
    assert worker.codes() == {"a.py": [], "b.py": ["1:arg-type"]}
    worker.close(tmp_path / "a.py")
    worker.send("disk", {})
    assert worker.codes() == {"b.py": []}


def test_unused_ignores_follow_other_buffers(worker: Worker, tmp_path: Path) -> None:
    worker.start(tmp_path, "--warn-unused-ignores")
    worker.show(tmp_path / "b.py", "import a\na.f('')  # type: ignore\n\n1 + ''\n")
    worker.show(tmp_path / "a.py", "def f(x: int) -> None: ...\n")
    worker.show(tmp_path / "c.py", "1  # type: ignore\n")
    assert worker.codes() == {"a.py": [], "b.py": ["3:operator"], "c.py": ["0:unused-ignore"]}
    worker.show(tmp_path / "a.py", "def f(x: str) -> None: ...\n", 2)
    unused = ["1:unused-ignore", "3:operator"]
    assert worker.codes() == {"a.py": [], "b.py": unused, "c.py": ["0:unused-ignore"]}
    worker.show(tmp_path / "a.py", "def f(x: str) -> None: ...\ny = 1\n", 3)
    assert worker.codes() == {"a.py": [], "b.py": unused, "c.py": ["0:unused-ignore"]}


# Plugins

PLUGIN = """
import os, sys
from mypy.plugin import Plugin
print("Content-Length: 5")
os.write(1, b"noise")
class Loud(Plugin):
    def get_function_hook(self, fullname):
        print("called", fullname)
        sys.stdin.read()
        if fullname == "a.explode":
            raise RuntimeError("boom")
def plugin(version):
    return Loud
"""


def test_a_plugin_cannot_corrupt_the_wire(worker: Worker, tmp_path: Path) -> None:
    write(tmp_path, {"plug.py": PLUGIN})
    (tmp_path / "mypy.ini").write_text("[mypy]\nplugins = plug.py\n")
    worker.start(tmp_path)
    worker.show(tmp_path / "a.py", "def f(x: int) -> None: ...\nf('')\n")
    assert worker.codes() == {"a.py": ["1:arg-type"]}


def test_without_trust_no_plugin_and_no_interpreter_is_run(worker: Worker, tmp_path: Path) -> None:
    evil = tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {tmp_path / 'run'}\n")
    evil.chmod(0o755)
    write(tmp_path, {"plug.py": f"open({str(tmp_path / 'run')!r}, 'w')\n{PLUGIN}"})
    (tmp_path / "mypy.ini").write_text(f"[mypy]\nplugins = plug.py\npython_executable = {evil}\n")
    worker.start(tmp_path, plugins=False)
    worker.show(tmp_path / "a.py", "x: int = ''\n")
    assert worker.codes() == {"a.py": ["0:assignment"]}
    assert not (tmp_path / "run").exists()


def test_a_failure_within_mypy_ends_the_process(worker: Worker, tmp_path: Path) -> None:
    write(tmp_path, {"plug.py": PLUGIN})
    (tmp_path / "mypy.ini").write_text("[mypy]\nplugins = plug.py\n")
    worker.start(tmp_path)
    worker.show(tmp_path / "a.py", "def explode() -> None: ...\n")
    assert worker.codes() == {"a.py": []}
    worker.show(tmp_path / "a.py", "def explode() -> None: ...\nexplode()\n", 2)
    with pytest.raises(WorkerError, match="boom") as raised:
        worker.check()
    assert raised.value.kind == "internal"
    assert worker.process.wait() == 70


# The process


def test_the_worker_ends_with_its_input(worker: Worker, tmp_path: Path) -> None:
    worker.start(tmp_path)
    worker.input.close()
    assert worker.process.wait() == 0


def test_the_worker_ends_with_its_input_even_during_a_build(worker: Worker, tmp_path: Path) -> None:
    worker.start(tmp_path)
    worker.show(tmp_path / "a.py", "import asyncio, http.server, unittest.mock, xml.dom.minidom\n")
    worker.send("check", {}, id="never answered")
    assert worker.receive()["method"] == "progress", "the build has begun"
    worker.input.close()
    assert worker.process.wait() == 0
    assert b"never answered" not in worker.output.read()


def test_no_file_next_to_the_worker_shadows_a_module(tmp_path: Path) -> None:
    package = tmp_path / PACKAGE.name
    for folder in ("processes", "tools/mypy/mypy_worker"):
        shutil.copytree(PACKAGE / folder, package / folder)
    for folder in (".", "processes", "tools", "tools/mypy", "tools/mypy/mypy_worker"):
        (package / folder / "__init__.py").write_text("1 / 0\n")
        for name in ("json", "queue", "mypy", "typing"):
            (package / folder / f"{name}.py").write_text("1 / 0\n")
    worker = Worker(package)
    try:
        assert worker.start(tmp_path / "..")["mypy"]
    finally:
        worker.end()


def test_a_mypy_that_cannot_check_live_is_reported(tmp_path: Path) -> None:
    write(tmp_path, {"mypy/__init__.py": "", "mypy/version.py": "__version__ = '0.9'\n"})
    worker = Worker(PYTHONPATH=str(tmp_path))
    try:
        with pytest.raises(WorkerError, match="mypy") as raised:
            worker.start(tmp_path)
        assert raised.value.kind == "version"
    finally:
        worker.end()


# The disk


def test_changes_on_disk_are_read_after_a_notification(worker: Worker, tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "def f(x: int) -> None: ...\n", "pkg/__init__.py": ""})
    worker.start(tmp_path)
    user = "import a, new\nfrom pkg import sub\na.f('')\nnew.f('')\nsub.f('')\n"
    worker.show(tmp_path / "user.py", user)
    absent = ["0:import-not-found", "1:attr-defined"]
    assert worker.codes() == {"user.py": [*absent, "2:arg-type"]}
    write(tmp_path, {"a.py": "def f(x: str) -> None: ...\n"})
    worker.send("disk", {})
    assert worker.codes() == {"user.py": absent}
    write(
        tmp_path,
        {"new.py": "def f(x: int) -> None: ...\n", "pkg/sub.py": "def f(x: int) -> None: ...\n"},
    )
    worker.send("disk", {})
    assert worker.codes() == {"user.py": ["3:arg-type", "4:arg-type"]}
    (tmp_path / "a.py").unlink()
    (tmp_path / "new.py").unlink()
    worker.send("disk", {})
    assert worker.codes() == {"user.py": ["0:import-not-found"] * 2 + ["4:arg-type"]}
    write(tmp_path, {"a.py": "def f(x: int) -> None: ...\n"})
    worker.send("disk", {})
    assert worker.codes() == {"user.py": ["0:import-not-found", "2:arg-type", "4:arg-type"]}


def test_many_new_imports_are_read_at_once(worker: Worker, tmp_path: Path) -> None:
    names = [f"m{number}" for number in range(40)]
    for name, after in itertools.pairwise([*names, "end"]):
        (tmp_path / f"{name}.py").write_text(f"from {after} import *\n")
    write(tmp_path, {"end.py": "def f(x: int) -> None: ...\n", "broken.py": "def f(:\n"})
    worker.start(tmp_path)
    worker.show(tmp_path / "a.py", "x: int = ''\n")
    worker.show(tmp_path / "b.py", "def f(:\n")
    found = worker.codes()
    assert (found["a.py"], found["b.py"][0]) == (["0:assignment"], "!")
    worker.show(tmp_path / "a.py", "import broken\nfrom m0 import f\nf('')\n", 2)
    found = worker.codes()
    assert (found["a.py"], found["b.py"][0]) == (["2:arg-type"], "!")
    worker.show(tmp_path / "b.py", "from m0 import f\nf('')\n", 2)
    assert worker.codes() == {"a.py": ["2:arg-type"], "b.py": ["1:arg-type"]}


def test_a_buffer_with_a_blocking_error_and_many_new_imports(
    worker: Worker, tmp_path: Path
) -> None:
    names = [f"m{number}" for number in range(40)]
    write(tmp_path, {f"{name}.py": "x: int = 1\n" for name in names})
    worker.start(tmp_path)
    worker.show(tmp_path / "a.py", "x: int = ''\n")
    assert worker.codes() == {"a.py": ["0:assignment"]}
    imports = f"import {', '.join(names)}\nm7.x + ''\n"
    worker.show(tmp_path / "b.py", imports + "class C:\n    yield 1\n")
    found = worker.codes()
    assert (found["a.py"], found["b.py"][0]) == (["0:assignment"], "!")
    worker.show(tmp_path / "b.py", imports, 2)
    assert worker.codes() == {"a.py": ["0:assignment"], "b.py": ["1:operator"]}


def test_pending_effects_on_a_body_are_not_lost(worker: Worker, tmp_path: Path) -> None:
    _need_2_4(worker.start(tmp_path, "--strict"))
    text = """\
    def f() -> str:
        print(x, 1 + '')
        x = g()
        return ''  # type: ignore
    def g() -> int: ...
    """
    worker.show(tmp_path / "a.py", text)
    expected = ["1:has-type", "1:operator", "1:used-before-def", "3:unused-ignore", "4:empty-body"]
    assert sorted(worker.codes()["a.py"]) == expected
    worker.show(tmp_path / "a.py", text + "#", 2)
    assert sorted(worker.codes()["a.py"]) == expected


def test_a_missing_module_is_reported_at_its_import_in_a_body(
    worker: Worker, tmp_path: Path
) -> None:
    text = "def f() -> None:\n    import no_such_module\n    no_such_module.g()\n"
    write(tmp_path, {"a.py": text})
    worker.start(tmp_path)
    edits = [text, text + "x = 1\n", text.replace("    import", "    1\n    import"), text]
    for version, each in enumerate(edits, 1):
        worker.show(tmp_path / "a.py", each, version)
        found = next(iter(worker.check().values()))["findings"]
        where = [(finding["line"], finding["code"]) for finding in found]
        assert where == [(each.split("\n").index("    import no_such_module"), "import-not-found")]
    worker.show(tmp_path / "a.py", "\n".join(edits[0].split("\n")[::2]), 9)
    assert worker.codes()["a.py"] == ["1:name-defined"]


def test_a_changed_class_does_not_affect_library_classes(worker: Worker, tmp_path: Path) -> None:
    before = (
        "import io\nclass Copy(io.BytesIO):\n    def write(self, b):\n        return 0\n"
        "    def flush(self):\n        pass\n"
        "class Named(io.TextIOWrapper):\n    pass\n"
        "def f() -> None:\n    Named(Copy(), 'ascii')\n    io.BufferedReader(Copy())\n"
    )
    after = before.replace("(self, b)", "(self, b: int) -> str").replace(
        "sh(self)", "sh(self) -> int"
    )
    other = "import io, a\nclass Out(io.TextIOWrapper):\n    pass\nOut(a.Copy(), 1)\n"
    texts = {"a.py": before, "b.py": other}
    write(tmp_path / "root", texts)
    worker.start(tmp_path / "root", "--strict")
    for version, text in enumerate([before, after, before, after], 1):
        texts["a.py"] = text
        for name, each in texts.items():
            worker.show(tmp_path / "root" / name, each, version)
        found = {Path(path).name: result for path, result in worker.check().items()}
        expected = _batch(tmp_path / "saved", texts, ["--strict"])
        for name, result in found.items():
            assert {_fact(each) for each in result["findings"]} == expected[name]


# Any edit

SHAPES = """\
from __future__ import annotations
from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypedDict, TypeVar, overload
import store
T = TypeVar("T")
class Shape(Protocol):
    def area(self) -> float: ...
class Box(Generic[T]):
    def __init__(self, item: T) -> None:
        self.item = item
    def get(self) -> T:
        return self.item
@dataclass
class Point:
    x: int
    y: int = 0
    def shift(self, dx: int) -> Point:
        return Point(self.x + dx, self.y)
class Pair(NamedTuple):
    left: int
    right: str
class Options(TypedDict):
    name: str
    size: int
@overload
def convert(value: int) -> str: ...
@overload
def convert(value: str) -> int: ...
def convert(value: int | str) -> int | str:
    return str(value) if isinstance(value, int) else int(value)
LIMIT: int = 10
def use(query: store.Query) -> str:
    return query.run(LIMIT)
def repeat(a: int, b: str = "x", *, flag: bool = False) -> list[str]:
    return [b] * a
"""

STORE = """\
import shapes
from shapes import Box, Point, convert, repeat
class Query:
    kind = "q"
    def __init__(self, p: Point) -> None:
        self.p = p
        self.cache = {}  # type: ignore[var-annotated]
    def run(self, n: int) -> str:
        total = self.p.shift(n).x
        return convert(total)
    @property
    def size(self) -> float:
        return self.p.x * 2.0
class Circle:
    def area(self) -> float:
        return 3.14
def measure(shape: shapes.Shape) -> float:
    return shape.area()
VALUE: float = measure(Circle())
first: int = Box(3).get() + 1
names: list[str] = repeat(2, flag=True)
def late(options: shapes.Options) -> int:
    return len(options["name"]) + options["size"]
"""

MAIN = """\
from shapes import *
from store import Query, VALUE, first, names
import store, json
def main() -> None:
    q = Query(Point(1, 2))
    print(q.run(3), q.size + VALUE, first.bit_length())
    for name in names:
        print(name.upper())
    pair = Pair(1, "r")
    print(pair.left + 1, pair.right.upper())
    options: Options = {"name": "n", "size": 1}
    print(store.late(options), json.dumps(options))
    x: int = "s"  # type: ignore[assignment]
    y = convert(1).upper()
    z = store.measure(store.Circle())
class Sub(Query):
    def run(self, n: int) -> str:
        return super().run(n) + Box("").get()
class Flat(store.Circle):
    def area(self) -> int:
        return 2
def loose(k):  # type: ignore
    return k
main()
"""


def _batch(folder: Path, texts: Mapping[str, str], args: list[str]) -> dict[str, set[str]]:
    """Return the findings of a separate mypy run on saved copies."""
    write(folder, texts)
    options = ["-O", "json", "--no-error-summary", "--cache-dir", os.devnull]
    argv = [sys.executable, "-m", "mypy", *args, *options, *texts]
    run = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    assert run.stderr == ""
    found: dict[str, set[str]] = {name: set() for name in texts}
    for each in map(json.loads, run.stdout.splitlines()):
        hints = (each["hint"] or "").splitlines()
        notes = [] if each["severity"] == "note" else [{"message": hint} for hint in hints]
        found[each["file"]].add(_fact({**each, "line": each["line"] - 1, "notes": notes}))
    return found


def _fact(finding: Json) -> str:
    """Return a finding as one line, for comparison, without links to the manual."""
    notes = [note["message"] for note in finding["notes"] if "See https://" not in note["message"]]
    keys = ("line", "column", "severity", "code", "message")
    return " | ".join([*(str(finding[key]) for key in keys), *notes])


@pytest.mark.one_python
@pytest.mark.parametrize("args", [["--strict"], ["--no-native-parser", "--check-untyped-defs"]])
def test_after_any_edit_the_findings_equal_those_of_a_mypy_run(
    worker: Worker, tmp_path: Path, args: list[str]
) -> None:
    rng = random.Random(len(args))  # noqa: S311 - not used for secrets
    texts = {"shapes.py": SHAPES, "store.py": STORE, "main.py": MAIN}
    root = tmp_path / "root"
    write(root, texts)
    worker.start(root, *args)
    read = dict(texts)
    differences = []
    all_findings: set[str] = set()
    for version in range(1, 17):
        if version > 1:
            name = rng.choice(list(texts))
            texts[name] = edited(rng, edited(rng, read[name]))
        for name, text in texts.items():
            worker.show(root / name, text, version)
        results = {Path(path).name: result for path, result in worker.check().items()}
        read |= {name: texts[name] for name in texts if results[name]["parsed"]}
        expected = _batch(tmp_path / "saved", read, args)
        for name, result in results.items():
            found = {_fact(each) for each in result["findings"]}
            all_findings |= found
            if result["parsed"] and found != expected[name]:
                differences.append((version, name, found ^ expected[name]))
    assert differences == []
    assert len(all_findings) > 10
