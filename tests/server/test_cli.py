"""The command line, as you use it in a shell."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET  # nosec B405 - our own output

import pytest

from python_expert import __version__
from python_expert.actions.registry import ACTIONS
from tests.client import DEADLINE, framed
from tests.conftest import GATE, RUFF_ONLY, write
from tests.tools import ALL_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.conftest import ProgramFactory, ProjectFactory

pytestmark = pytest.mark.one_python

Item = dict[str, Any]

COMMAND = [sys.executable, "-m", "python_expert"]
CLEAN = '"""A module."""\n'
FAULTY = """\
import subprocess

count: int = "many"
subprocess.run("ls", shell=True, check=True)
print(undefined)
"""
NO_MYPY = "[tool.python-expert.tools]\nmypy.enabled = false\n"


def cli(
    *arguments: str | Path,
    cwd: Path,
    stdin: str | bytes = "",
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        input=data,
        capture_output=True,
        check=False,
        env={**os.environ, **(env or {})},
        timeout=DEADLINE,
    )
    out, err = (stream.decode("utf-8") for stream in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def findings(done: subprocess.CompletedProcess[str]) -> list[Item]:
    found: list[Item] = json.loads(done.stdout)
    return found


def plain(line: str) -> str:
    """Return a line without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", line)


def found_codes(done: subprocess.CompletedProcess[str]) -> list[str]:
    return sorted(item["code"] for item in findings(done))


@pytest.fixture
def folder(project: ProjectFactory) -> Path:
    return project({"pyproject.toml": "", "x.py": FAULTY, "clean.py": CLEAN})


CURIOUS = """\
import os
from mypy.plugin import Plugin

with open("seen", "w") as file:
    file.write("\\n".join(os.environ))


def plugin(version: str) -> type[Plugin]:
    return Plugin
"""


def test_no_tool_learns_the_key(project: ProjectFactory) -> None:
    folder = project({"mypy.ini": "[mypy]\nplugins = curious.py\n", "x.py": CLEAN})
    write(folder, {"curious.py": CURIOUS})
    keys = {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_AUTH_TOKEN": "t", "OTHER": "o"}
    done = cli("check", "x.py", "--tools", "mypy", cwd=folder, env=keys)
    assert done.returncode == 0, done.stderr
    environment = (folder / "seen").read_text(encoding="utf-8").split()
    assert {"PATH", "OTHER"} <= {*environment}
    assert not {*keys} & {name for name in environment if name.startswith("ANTHROPIC")}


@pytest.mark.skipif(sys.platform != "linux", reason="only there are such names allowed")
def test_a_file_name_that_is_not_utf_8_does_not_stop_the_check(
    project: ProjectFactory,
) -> None:
    folder = project({"pyproject.toml": "", "x.py": FAULTY})
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.py")).write_text(FAULTY)
    done = cli("check", ".", "--output-format", "json", cwd=folder)
    assert {"E902", "F821", "assignment", "B404"} <= {*found_codes(done)}
    assert done.returncode == 1
    assert "could not run" not in done.stderr


def test_version(tmp_path: Path) -> None:
    done = cli("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"python-expert {__version__}\n")


def test_help_names_the_commands(tmp_path: Path) -> None:
    done = cli("--help", cwd=tmp_path)
    assert done.returncode == 0
    for command in ("server", "check", "doctor"):
        assert command in done.stdout
    assert "bool" not in done.stdout + cli("rewrite", "--help", cwd=tmp_path).stdout


def test_an_invalid_option_exits_with_status_2(tmp_path: Path) -> None:
    for arguments in (
        ["check", "--no-such-option"],
        ["check", "--output-format", "xml", "."],
        ["server", "--stdio", "--tcp"],
        ["server", "--log-file", "nowhere/x.log"],
    ):
        done = cli(*arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, ""), arguments
        assert done.stderr
        assert "Traceback" not in done.stderr


# check


def test_all_tools_check_a_file_and_no_problem_is_reported_twice(folder: Path) -> None:
    done = cli("check", "x.py", "--output-format", "json", cwd=folder)
    assert done.returncode == 1
    assert found_codes(done) == ["B404", "F821", "S602", "S607", "assignment"]
    (wrong,) = [item for item in findings(done) if item["code"] == "assignment"]
    assert wrong == {
        "path": "x.py",
        "line": 3,
        "column": 14,
        "end_line": 3,
        "end_column": 20,
        "code": "assignment",
        "message": wrong["message"],
        "severity": "error",
        "source": "Mypy",
    }


def test_clean_files_exit_with_status_0(folder: Path) -> None:
    done = cli("check", "clean.py", "--tools", "ruff,bandit", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "All checks passed.\n")
    done = cli("check", "clean.py", "--tools", "ruff,bandit", "--quiet", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_project_sets_the_severities(project: ProjectFactory) -> None:
    severity = '[tool.python-expert.tools.ruff.severity]\nF = "hint"\n'
    folder = project({"pyproject.toml": f"{RUFF_ONLY}\n{severity}", "x.py": "import os\n"})
    done = cli("check", "x.py", "--output-format", "json", cwd=folder)
    assert [item["severity"] for item in findings(done)] == ["hint"]


def test_a_folder_is_searched_as_ruff_does(project: ProjectFactory) -> None:
    folder = project(
        {
            "pyproject.toml": f'{RUFF_ONLY}\n[tool.ruff]\nextend-exclude = ["generated"]\n',
            "x.py": "import os\n",
            "package/y.pyi": "import os\n",
            "generated/z.py": "import os\n",
            ".venv/lib/python3.11/site-packages/w.py": "import os\n",
            "notes.txt": "import os\n",
            "book.ipynb": "{}",
        }
    )
    done = cli("check", ".", "--output-format", "json", cwd=folder)
    assert sorted(item["path"] for item in findings(done)) == ["package/y.pyi", "x.py"]
    done = cli("check", "package", "x.py", "--output-format", "json", cwd=folder)
    assert sorted(item["path"] for item in findings(done)) == ["package/y.pyi", "x.py"]


def test_each_project_among_the_paths_has_its_own_rules(tmp_path: Path) -> None:
    write(tmp_path / "one", {"pyproject.toml": RUFF_ONLY, "x.py": "import os\n\nx = eval('1')\n"})
    rules = f'{RUFF_ONLY}\n[tool.ruff.lint]\nselect = ["S307"]\n'
    write(tmp_path / "two", {"pyproject.toml": rules, "x.py": "import os\n\nx = eval('1')\n"})
    done = cli("check", "one", "two/x.py", "--output-format", "json", cwd=tmp_path)
    assert [(item["path"], item["code"]) for item in findings(done)] == [
        ("one/x.py", "F401"),
        ("one/x.py", "S307"),
        ("two/x.py", "S307"),
    ]


def test_standard_input_is_checked_as_the_named_file(project: ProjectFactory) -> None:
    rules = f'{RUFF_ONLY}\n[tool.ruff.lint.per-file-ignores]\n"x.py" = ["F401"]\n'
    folder = project({"pyproject.toml": rules, "x.py": CLEAN})
    text = "import os\n\nprint(undefined)\n"
    done = cli("check", "-", "--output-format", "json", cwd=folder, stdin=text)
    assert done.returncode == 1
    assert found_codes(done) == ["F401", "F821"]
    done = cli(
        *("check", "-", "--stdin-filename", "x.py", "--output-format", "json"),
        cwd=folder,
        stdin=text,
    )
    assert [(item["path"], item["code"]) for item in findings(done)] == [("x.py", "F821")]
    done = cli("check", "--stdin-filename", "x.py", cwd=folder, stdin=text)
    assert (done.returncode, done.stdout) == (2, "")
    assert "add - to check that" in " ".join(done.stderr.replace("│", "").split())


def test_all_tools_check_standard_input(folder: Path) -> None:
    done = cli("check", "-", "--output-format", "json", cwd=folder, stdin=FAULTY)
    assert found_codes(done) == ["B404", "F821", "S602", "S607", "assignment"]


@pytest.mark.parametrize(
    ("tools", "expected"),
    [
        ("ruff", ["F821", "S602", "S607"]),
        ("bandit", ["B404", "B602", "B607"]),
        (" Ruff , bandit ", ["B404", "F821", "S602", "S607"]),
        ("mypy", ["assignment", "name-defined"]),
    ],
)
def test_only_the_requested_tools_run(folder: Path, tools: str, expected: list[str]) -> None:
    done = cli("check", "x.py", "--tools", tools, "--output-format", "json", cwd=folder)
    assert done.returncode == 1
    assert found_codes(done) == expected


@pytest.mark.parametrize("tools", ["pylint", "ruff,", "", "ruff mypy"])
def test_an_unknown_tool_is_named(folder: Path, tools: str) -> None:
    done = cli("check", "x.py", "--tools", tools, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    # The message is in a box.
    assert "choose from ruff, mypy, bandit" in " ".join(re.findall(r"[\w,]+", done.stderr))
    assert "Traceback" not in done.stderr


def test_a_missing_path_is_named(folder: Path) -> None:
    done = cli("check", "x.py", "no_such_file.py", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no_such_file.py does not exist" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_comment_that_silences_one_tool_silences_its_duplicate(project: ProjectFactory) -> None:
    text = "import os\n\nos.system(input())  # noqa: S605\nos.system(input())  # nosec B605\n"
    folder = project({"pyproject.toml": NO_MYPY, "x.py": text + "os.system(input())\n"})
    done = cli("check", "x.py", "--output-format", "json", cwd=folder)
    assert [(item["code"], item["line"]) for item in findings(done)] == [("S605", 5)]


def test_a_syntax_error_is_reported_once(folder: Path) -> None:
    (folder / "x.py").write_text("import os\nx = (\n")
    done = cli("check", "x.py", "--output-format", "json", cwd=folder)
    assert done.returncode == 1
    assert len([item for item in findings(done) if "syntax" in item["code"]]) == 1


def test_a_syntax_error_does_not_hide_the_findings_in_other_files(
    project: ProjectFactory,
) -> None:
    folder = project({"pyproject.toml": "", "a.py": "x = (\n", "b.py": "y: int = ''\n"})
    done = cli("check", "a.py", "b.py", "--tools", "mypy", "--output-format", "json", cwd=folder)
    assert done.returncode == 1
    assert found_codes(done) == ["assignment", "syntax"]
    (folder / "a.py").write_text("async def f():\n    yield from []\n")
    done = cli("check", "a.py", "b.py", "--tools", "mypy", "--output-format", "json", cwd=folder)
    assert done.returncode == 1
    assert found_codes(done) == ["", "assignment"]


def test_text_is_a_line_for_each_finding(folder: Path) -> None:
    done = cli("check", "x.py", "--tools", "ruff,bandit", cwd=folder)
    assert done.returncode == 1
    assert done.stderr == "Found 4 findings in 1 file: ruff 3, bandit 1.\n"
    assert "x.py:5:7: error: F821 Undefined name" in done.stdout
    assert "\x1b" not in done.stdout
    for line in done.stdout.splitlines():
        assert re.fullmatch(
            r"x\.py:\d+:\d+: (error|warning|information): [\w-]+ .+  \[(Ruff|Mypy|Bandit)\]", line
        )


def test_sarif_has_a_run_for_each_tool(folder: Path) -> None:
    done = cli("check", "x.py", "--output-format", "sarif", cwd=folder)
    assert done.returncode == 1
    log = json.loads(done.stdout)
    assert log["version"] == "2.1.0"
    drivers = [each["tool"]["driver"] for each in log["runs"]]
    assert [driver["name"] for driver in drivers] == ["Ruff", "Mypy", "Bandit", "Python Expert"]
    assert all(re.match(r"\d+\.\d+", driver["version"]) for driver in drivers)
    assert [len(each["results"]) for each in log["runs"]] == [3, 1, 1, 0]


def test_github_gets_annotations(folder: Path) -> None:
    done = cli("check", "x.py", "--tools", "ruff,bandit", "--output-format", "github", cwd=folder)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 4
    assert "::error file=x.py,line=5,endLine=5,col=7,endColumn=16,title=Ruff" in done.stdout


@pytest.mark.parametrize("output_format", ["text", "json", "sarif", "github", "gitlab", "junit"])
def test_every_format_accepts_unusual_file_names(
    project: ProjectFactory, output_format: str
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY})
    names = ["\x1b[31mred.py", "dir\u202erow.py", "é \U0001f600.py", "a:1,b%.py"]
    for name in names:
        (folder / name).write_text("import os\n")
    done = cli("check", ".", "--output-format", output_format, cwd=folder)
    assert done.returncode == 1
    for character in "\x1b\u202e":
        assert character not in done.stdout + done.stderr
    if output_format in ("json", "sarif", "gitlab"):
        json.loads(done.stdout)
        assert done.stdout.isascii()
    elif output_format == "junit":
        report = ET.fromstring(done.stdout)  # noqa: S314 - our own output
        assert len(report.findall(".//failure")) == len(names)
    else:
        assert len(done.stdout.splitlines()) == len(names)
    assert done.stdout.count("F401") >= len(names)


@pytest.mark.parametrize("name", [b"new\nline.py", b"not\xffutf8.py"])
def test_a_file_with_a_line_break_in_its_name_is_checked(
    project: ProjectFactory, name: bytes
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY, "x.py": "import os\n"})
    path = folder / os.fsdecode(name)
    path.write_text("import os\n")
    done = cli("check", path, "x.py", cwd=folder)
    assert done.returncode == 1
    assert [line.split()[2] for line in done.stdout.splitlines()] == ["F401", "F401"]
    # Ruff lists a folder's files line by line, so it cannot list this one, but it is reported.
    done = cli("check", ".", cwd=folder)
    assert {"E902", "F401"} == {line.split()[2] for line in done.stdout.splitlines()}


def test_a_file_named_like_an_option_is_a_file(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": NO_MYPY, "--select=E.py": "import subprocess\n"})
    done = cli("check", "--output-format", "json", "--", "--select=E.py", cwd=folder)
    assert found_codes(done) == ["B404", "F401"]


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_on_a_terminal_findings_are_written_as_each_tool_finishes(project: ProjectFactory) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gate:
        gate.settimeout(DEADLINE)
        folder = project(
            {
                "pyproject.toml": "",
                "mypy.ini": "[mypy]\nplugins = gate.py\n",
                "gate.py": GATE.format(port=gate.getsockname()[1]),
                "x.py": "import subprocess\n\nx: int = ''\n",
            }
        )
        terminal, program = os.openpty()
        command = [*COMMAND, "check", "x.py"]
        with (
            os.fdopen(terminal, encoding="utf-8") as screen,
            subprocess.Popen(
                command, cwd=folder, stdout=program, stderr=subprocess.DEVNULL,
                env={**os.environ, "TERM": "dumb"},
            ) as checking,
        ):  # fmt: skip
            os.close(program)
            mypy, _ = gate.accept()
            with mypy:
                early = [screen.readline(), screen.readline()]
                assert {"F401", "B404"} == {
                    re.sub(r"\x1b\[[0-9;]*m", "", line).split()[2] for line in early
                }
            assert "[Mypy]" in screen.readline()
        assert checking.returncode == 1


def test_without_a_terminal_findings_are_sorted_by_file(project: ProjectFactory) -> None:
    files = {f"{name}.py": "import subprocess\nimport os\n" for name in "cab"}
    folder = project({"pyproject.toml": NO_MYPY, **files})
    done = cli("check", cwd=folder)
    places = [line.split(":")[:2] for line in done.stdout.splitlines()]
    assert places == sorted(places)
    assert {file for file, _ in places} == {"a.py", "b.py", "c.py"}, "no path is the folder"
    assert done.stderr == "Found 12 findings (9 fixable with --fix) in 3 files: ruff 9, bandit 3.\n"
    write(folder, {"a.py": "import os\n\nnowhere()\n"})
    done = cli("check", "a.py", "--severity", "error", cwd=folder)
    assert done.stderr == "Found 1 finding in 1 file: ruff 1.\n", "the unused import is not listed"


def test_safe_fixes_are_written_on_request(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY, "x.py": "import os\nprint(undefined)\n"})
    done = cli("check", "--fix", cwd=folder)
    assert (folder / "x.py").read_text() == "print(undefined)\n"
    assert done.stderr == "Fixed 1 finding. Found 1 finding in 1 file: ruff 1.\n"
    assert done.returncode == 1
    (folder / "x.py").write_text("import os\n")
    assert cli("check", "--fix", cwd=folder).stderr == "Fixed 1 finding. All checks passed.\n"
    assert cli("check", "--fix", "-", cwd=folder).returncode == 2, "there is no file to fix"


def test_missing_hints_that_no_setting_requires_are_only_counted(
    project: ProjectFactory,
) -> None:
    folder = project({"x.py": "def f(a):\n    return a\n\n\nf(1)\n"})
    done = cli("check", "--tools", "mypy", cwd=folder)
    hint = "2 findings about missing type hints not shown; --severity information shows them.\n"
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"All checks passed. {hint}"
    counted = cli("check", "--tools", "mypy", "--statistics", cwd=folder)
    assert (counted.stdout, counted.stderr) == ("", done.stderr)
    done = cli("check", "--tools", "mypy", "--severity", "information", cwd=folder)
    assert done.returncode == 1
    assert done.stdout.count(" information: no-untyped-") == 2
    (folder / "x.py").write_text("def f(a):\n    return a\n\n\nx: int = ''\n")
    done = cli("check", "--tools", "mypy", "--severity", "error", cwd=folder)
    assert done.stdout.count("\n") == 1, "only what is that severe"
    write(folder, {"mypy.ini": "[mypy]\ndisallow_untyped_defs = true\n"})
    done = cli("check", "--tools", "mypy", cwd=folder)
    assert done.stdout.count(" error: ") == 2, "the project asks for it"


def test_excluded_files_are_not_fixed(project: ProjectFactory) -> None:
    configured = f'{RUFF_ONLY}\n[tool.ruff]\nextend-exclude = ["generated"]\n'
    files = {"pyproject.toml": configured, "generated/x.py": "import os\n", "y.py": "import os\n"}
    folder = project(files)
    cli("check", "--fix", cwd=folder)
    assert (folder / "generated/x.py").read_text() == "import os\n"
    assert (folder / "y.py").read_text() == ""


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--select", "F"), ["F821"]),
        (("--select", "F821,B404"), ["B404", "F821"]),
        (("--select", "assignment"), ["assignment"]),
        (("--select", "D100"), ["D100"]),
        (("--select", "S", "--ignore", "S602"), ["S607"]),
        (("--ignore", "S,F821"), ["B404", "assignment"]),
        (("--ignore", "assignment,B404"), ["F821", "S602", "S607"]),
        (("--select", "F821", "--tools", "ruff,mypy"), ["F821"]),
    ],
)
def test_rules_of_any_tool_can_be_selected(
    folder: Path, options: tuple[str, ...], expected: list[str]
) -> None:
    done = cli("check", "x.py", "--output-format", "json", *options, cwd=folder)
    assert done.stderr == ""
    assert found_codes(done) == expected


def test_a_rule_that_is_not_selected_replaces_no_other(project: ProjectFactory) -> None:
    text = 'import requests\n\nok = requests.get("x", timeout=1).status_code == 404\n'
    folder = project({"pyproject.toml": NO_MYPY, "x.py": text})
    for selected, expected in {"PLR2004,PE001": "PLR2004", "PLR2004,PE004": "PE004"}.items():
        done = cli("check", "x.py", "--output-format", "json", "--select", selected, cwd=folder)
        assert found_codes(done) == [expected]


def test_a_rule_that_no_tool_has_is_named(folder: Path) -> None:
    done = cli("check", "x.py", "--select", "F401,no_such", cwd=folder)
    assert done.returncode == 2
    assert "no_such" in done.stderr
    # An error in both of two projects is reported once.
    write(folder, {"two/pyproject.toml": "", "two/y.py": "X = 1\n"})
    done = cli("check", ".", "--select", "F401,NOPE", cwd=folder)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "there is no rule `NOPE`; correct --select or tools.ruff.args" in line
    done = cli("check", "x.py", "--select", "F401", "--tools", "mypy", cwd=folder)
    assert done.returncode == 2
    assert "none of the tools mypy" in done.stderr
    done = cli("check", "x.py", "--select", "nope", "--tools", "mypy", cwd=folder)
    assert done.returncode == 2
    assert done.stderr.count("nope") == 1


def test_a_named_file_is_left_out_if_it_is_not_python(folder: Path) -> None:
    write(folder, {"README.md": "# An *import* of sorts\n", "run.cgi": "#!/usr/bin/python3\nx\n"})
    done = cli("check", "README.md", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert "README.md is not a Python file; it is left out" in done.stderr
    assert "run.cgi:2" in cli("check", "README.md", "run.cgi", "--tools", "ruff", cwd=folder).stdout


def test_a_module_beside_its_stub_stops_no_tool(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": "", "m.py": "def f(x):\n    return x\n"})
    write(folder, {"m.pyi": "def f(x: int) -> str: ...\n", "use.py": 'import m\n\nm.f("")\n'})
    done = cli("check", "--tools", "mypy", "--output-format", "json", cwd=folder)
    assert done.stderr == ""
    assert found_codes(done) == ["arg-type"]


def test_a_setup_script_with_a_python_warning_is_read_silently(project: ProjectFactory) -> None:
    folder = project({"setup.py": 'text = "\\("\nsetup(python_requires=">=3.8")\n', "x.py": ""})
    assert cli("check", "x.py", "--tools", "ruff", "--quiet", cwd=folder).stderr == ""


def test_a_syntax_error_is_shown_with_any_selection(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": "", "x.py": "def broken(:\n"})
    done = cli("check", "x.py", "--select", "F401", "--output-format", "json", cwd=folder)
    assert "invalid-syntax" in found_codes(done)


def test_an_invalid_choice_is_reported_with_the_valid_ones(tmp_path: Path) -> None:
    done = cli("gate", "--action", "add-docstring", "a.py", "b.py", cwd=tmp_path)
    assert done.returncode == 2
    assert "'add-docstring' is not one of" in done.stderr
    assert "Value error" not in done.stderr


def test_findings_are_counted_by_rule(folder: Path) -> None:
    done = cli("check", "x.py", "--tools", "ruff,bandit", "--statistics", cwd=folder)
    counted = ["1  B404  [Bandit]", "1  F821  [Ruff]", "1  S602  [Ruff]", "1  S607  [Ruff]"]
    assert done.stdout.splitlines() == counted


def test_an_option_sets_the_exit_status_to_0(folder: Path) -> None:
    done = cli("check", "x.py", "--tools", "ruff", "--exit-zero", cwd=folder)
    assert done.returncode == 0
    assert "F821" in done.stdout


def test_files_are_checked_again_when_they_change(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY, "x.py": "import os\n"})
    command = [*COMMAND, "check", "--watch"]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        try:
            timed = re.compile(r"\[\d\d:\d\d:\d\d\] Checking:\n")
            assert timed.fullmatch(watching.stdout.readline())
            assert "F401" in watching.stdout.readline()
            assert "Found 1 finding" in watching.stderr.readline()
            assert "Watching" in watching.stderr.readline()
            (folder / "x.py").write_text("print(undefined)\n")
            assert timed.fullmatch(watching.stdout.readline()), "it tells two runs apart in a pipe"
            assert "F821" in watching.stdout.readline()
            assert "Found 1 finding" in watching.stderr.readline()
            assert "Watching" in watching.stderr.readline()
            watching.send_signal(signal.SIGINT)
            assert watching.wait(DEADLINE) == 0
        finally:
            watching.kill()


def test_shells_can_complete_the_command_s_arguments(tmp_path: Path) -> None:
    # The environment of a shell's completion script, see https://click.palletsprojects.com/shell-completion
    variables = {
        "_PYTHON_EXPERT_COMPLETE": "complete_zsh",
        "_TYPER_COMPLETE_ARGS": "python-expert ch",
    }
    done = subprocess.run(
        [Path(sys.executable).parent / "python-expert"], env={**os.environ, **variables},
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=DEADLINE,
    )  # fmt: skip
    assert "check" in done.stdout


def test_all_tools_check_the_other_files_if_one_cannot_be_decoded(
    project: ProjectFactory,
) -> None:
    x = "import odd\n\nodd.f()\nx: int = ''\nassert x\n"
    folder = project({"pyproject.toml": "", "x.py": x})
    (folder / "odd.py").write_bytes(b"s = '\xff'\n")
    done = cli("check", "--output-format", "json", cwd=folder)
    assert done.returncode == 2
    found = {(each["source"], Path(each["path"]).name) for each in json.loads(done.stdout)}
    assert {("Mypy", "x.py"), ("Ruff", "x.py"), ("Ruff", "odd.py")} <= found
    for tool in ("mypy", "bandit", "antipatterns"):
        assert f"{tool} could not check all files: " in done.stderr
    assert done.stderr.count("odd.py cannot be decoded: ") == 3


def test_a_tool_that_cannot_run_gives_status_2_and_others_report(
    project: ProjectFactory,
) -> None:
    files = {"pyproject.toml": "", "mypy.ini": "[mypy]\nplugins = nowhere.py\n", "x.py": FAULTY}
    folder = project(files)
    for output_format in ("text", "sarif"):
        done = cli("check", "x.py", "--output-format", output_format, cwd=folder)
        assert done.returncode == 2
        assert "mypy could not run" in done.stderr
        assert "nowhere.py" in done.stderr
        for code in ("F821", "S602", "B404"):
            assert code in done.stdout
    runs = json.loads(done.stdout)["runs"]
    good = {each["tool"]["driver"]["name"]: each["invocations"][0] for each in runs}
    assert good["Ruff"]["executionSuccessful"]
    assert not good["Mypy"]["executionSuccessful"]


def test_a_broken_pyproject_is_reported_and_the_tools_run(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": "[tool.ruff\n", "x.py": "import subprocess\n"})
    done = cli("check", "x.py", "--tools", "bandit", "--output-format", "json", cwd=folder)
    assert found_codes(done) == ["B404"]
    assert "pyproject.toml:1: Expected ']'" in done.stderr


ODD = {
    "latin.py": b"# -*- coding: latin-1 -*-\nname = '\xe9'; x: int = ''\n",
    "not_utf8.py": b"name = '\xe9'\n",
    "binary.py": b"\x00\xff\x7fELF\x00",
    "empty.py": b"",
    "bom.py": b"\xef\xbb\xbfx: int = ''\nimport os\n",
    "cr.py": b"import os\rx: int = ''\r",
    "nul.py": b"x = 1\x00\n",
}


def test_unusual_files_stop_neither_ruff_nor_bandit(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": NO_MYPY, "x.py": FAULTY})
    for name, content in ODD.items():
        (folder / name).write_bytes(content)
    done = cli("check", *ODD, "x.py", "--output-format", "json", cwd=folder)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    found = findings(done)
    sound = sorted(item["code"] for item in found if item["path"] == "x.py")
    assert sound == ["B404", "F821", "S602", "S607"]
    for name in ("not_utf8.py", "binary.py", "nul.py"):
        assert name in done.stderr or name in {item["path"] for item in found}


def test_mypy_reports_an_unusual_file_that_stops_it(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": "", "x.py": FAULTY})
    for name, content in ODD.items():
        (folder / name).write_bytes(content)
    done = cli("check", *ODD, "x.py", "--tools", "mypy", "--output-format", "json", cwd=folder)
    assert "Traceback" not in done.stderr
    sound = [item["code"] for item in findings(done) if item["path"] == "x.py"]
    assert "assignment" in sound or done.returncode == 2


def test_columns_are_right_in_unusual_files(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": ""})
    names = ("bom.py", "cr.py", "latin.py")
    for name in names:
        (folder / name).write_bytes(ODD[name])
    done = cli("check", *names, "--tools", "mypy", "--output-format", "json", cwd=folder)
    assert [(item["path"], item["line"], item["column"]) for item in findings(done)] == [
        ("bom.py", 1, 10),
        ("cr.py", 2, 10),
        ("latin.py", 2, 22),
    ]


def test_a_broken_link_stops_no_tool(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": NO_MYPY, "x.py": "import subprocess\n"})
    (folder / "gone.py").symlink_to("nowhere.py")
    done = cli("check", ".", "--output-format", "json", cwd=folder)
    assert "Traceback" not in done.stderr
    assert {"B404", "F401"} <= {item["code"] for item in findings(done) if item["path"] == "x.py"}


def test_a_file_deleted_during_the_check_stops_no_tool(
    project: ProjectFactory, program: ProgramFactory
) -> None:
    # Ruff lists the files of a folder first; this stand-in then deletes one.
    ruff = program(
        "import subprocess\n"
        f"done = subprocess.run([{str(Path(sys.executable).parent / 'ruff')!r}, *sys.argv[1:]])\n"
        "if '--show-files' in sys.argv: os.unlink(os.path.join(sys.argv[-1], 'gone.py'))\n"
        "sys.exit(done.returncode)",
        "ruff",
    )
    venv = Path(".venv/bin/ruff")
    site = f".venv/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    folder = project(
        {
            "pyproject.toml": "",
            "x.py": "import subprocess\n",
            "gone.py": "import subprocess\n",
            ".venv/pyvenv.cfg": "",
            f"{site}/ruff-0.17.6.dist-info/METADATA": "",
        }
    )
    (folder / venv).parent.mkdir()
    (folder / venv).symlink_to(ruff)
    (folder / ".venv/bin/python").symlink_to(sys.executable)
    done = cli("check", ".", "--output-format", "json", cwd=folder, env={"VIRTUAL_ENV": ""})
    assert not (folder / "gone.py").exists()
    assert "Traceback" not in done.stderr
    assert {"B404", "F401"} <= {item["code"] for item in findings(done) if item["path"] == "x.py"}


def test_hundreds_of_files_are_checked(project: ProjectFactory) -> None:
    files = {f"module_{number}.py": "import subprocess\n" for number in range(900)}
    folder = project({"pyproject.toml": NO_MYPY, **files})
    done = cli("check", ".", "--output-format", "json", cwd=folder)
    assert found_codes(done) == ["B404"] * 900 + ["F401"] * 900


# doctor


def test_doctor_shows_the_tools_and_the_reasons_for_their_choice(project: ProjectFactory) -> None:
    folder = project(
        {
            "pyproject.toml": '[tool.python-expert]\nprofil = "x"\nprofile = "auto"\n',
            "mypy.ini": "[mypy]\n",
            "sub/x.py": "",
        }
    )
    done = cli("doctor", "--output-format", "json", cwd=folder / "sub")
    assert done.returncode == 1  # a setting is invalid
    report = json.loads(done.stdout)
    assert report["python-expert"] == __version__
    assert report["root"] == str(folder)
    assert report["interpreter"]["path"]
    assert [*report["tools"]] == [*ALL_NAMES]
    ruff, mypy = report["tools"]["ruff"], report["tools"]["mypy"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", ruff["version"])
    assert (ruff["profile"], ruff["config"], ruff["error"]) == ("expert", None, "")
    assert (mypy["profile"], mypy["config"]) == ("project", str(folder / "mypy.ini"))
    assert mypy["variant"] == "d2"
    assert report["settings"]["profile"] == "auto"
    assert "'profile'" in report["problems"][0]
    text = cli("doctor", "sub/x.py", cwd=folder)
    assert text.returncode == 1
    for word in (
        __version__,
        str(folder),
        ruff["version"],
        "mypy.ini",
        "bundled",
        "'profile'",
        "at best speed",
    ):
        assert word in text.stdout


@pytest.mark.parametrize(("setting", "status"), [("", 0), ("pytest.enabled = true\n", 1)])
def test_doctor_fails_without_pytest_only_where_the_project_switches_it_on(
    project: ProjectFactory, setting: str, status: int
) -> None:
    folder = project({"pyproject.toml": f"[tool.python-expert.tools]\n{setting}"})
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    done = cli("doctor", cwd=folder, env={"VIRTUAL_ENV": ""})
    assert done.returncode == status
    python = folder / ".venv/bin/python"
    assert f"not installed in {python}; run `pip install pytest` there" in done.stdout
    assert ("pyproject.toml switches pytest on" in done.stdout) is bool(status)


def test_doctor_says_what_to_do_without_a_virtual_environment(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": ""})
    python = Path(sys.executable)
    for active, is_advised in ("", True), (str(python.parents[1]), False):
        done = cli("doctor", cwd=folder, env={"VIRTUAL_ENV": active, "CONDA_PREFIX": ""})
        assert done.returncode == 0
        assert ("no virtual environment was found: create one" in done.stdout) is is_advised
        assert ("this is Python Expert's own environment" in done.stdout) is not is_advised
        pytest_line = done.stdout.partition("\npytest ")[2].splitlines()[2]
        assert pytest_line.split() == ["configuration:", "none"]
    gone = cli("doctor", cwd=folder, env={"VIRTUAL_ENV": str(folder / "gone"), "CONDA_PREFIX": ""})
    assert f"VIRTUAL_ENV names {folder / 'gone'}, where there is no Python" in gone.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["explain", ""], "there is no code"), (["check", "--watch", "gone.py"], "does not exist")],
)
def test_an_argument_that_names_nothing_is_an_error(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    done = cli(*arguments, cwd=tmp_path)
    assert (done.returncode, message in done.stderr) == (2, True), done


def test_doctor_shows_the_provider_of_rewrites_and_no_key(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": '[tool.python-expert.llm]\neffort = "low"\n'})
    env = {
        "ANTHROPIC_API_KEY": "",
        "ANTHROPIC_AUTH_TOKEN": "the-key-itself",
        "ANTHROPIC_BASE_URL": "http://me:the-password@gate.example:8080/v1",
    }
    done = cli("doctor", "--output-format", "json", cwd=folder, env=env)
    rewrites = json.loads(done.stdout)["rewrites"]
    assert (rewrites["provider"], rewrites["obstacle"]) == ("anthropic", "")
    assert (rewrites["key"], rewrites["effort"]) == ("ANTHROPIC_AUTH_TOKEN", "low")
    assert rewrites["base-url"] == "http://gate.example:8080/v1"
    engines = {engine.name for action in ACTIONS for engine in action.engines}
    assert rewrites["engines"].keys() == engines == {"jedi"}
    text = cli("doctor", cwd=folder, env=env)
    for word in (rewrites["why"], rewrites["model"], "500,000 tokens", "http://gate.example"):
        assert word in text.stdout
    for name, version in rewrites["engines"].items():
        assert f": {name} {version or 'is missing'}" in text.stdout
    for output in (done, text):
        assert "the-key-itself" not in output.stdout + output.stderr
        assert "the-password" not in output.stdout + output.stderr


def test_doctor_shows_why_no_model_is_asked(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": "[tool.python-expert]\nprivacy.network = false\n"})
    text = cli("doctor", cwd=folder, env={"ANTHROPIC_API_KEY": "the-key-itself"}).stdout
    assert "offline (the network is off" in text
    assert "the-key-itself" not in text


def test_doctor_reports_a_tool_that_does_not_run(
    project: ProjectFactory, program: ProgramFactory
) -> None:
    site = f".venv/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    folder = project(
        {
            "pyproject.toml": "",
            ".venv/pyvenv.cfg": "",
            ".venv/bin/python": "",
            f"{site}/ruff-0.17.6.dist-info/METADATA": "",
            f"{site}/mypy-0.900.dist-info/METADATA": "",
        }
    )
    (folder / ".venv/bin/ruff").symlink_to(program("sys.exit('no ruff today')", "ruff"))
    env = {"VIRTUAL_ENV": ""}
    report = json.loads(cli("doctor", "--output-format", "json", cwd=folder, env=env).stdout)
    assert "no ruff today" in report["tools"]["ruff"]["error"]
    assert ".venv" in report["tools"]["ruff"]["why"]
    assert report["tools"]["mypy"]["why"] == "bundled"
    assert "mypy 0.900" in str(report["problems"])
    assert "no ruff today" in cli("doctor", cwd=folder, env=env).stdout


# server


def test_the_server_can_listen_on_a_tcp_port(tmp_path: Path) -> None:
    messages: list[Item] = [
        {"id": 1, "method": "initialize", "params": {"capabilities": {}}},
        {"id": 2, "method": "shutdown"},
        {"method": "exit"},
    ]
    command = [*COMMAND, "server", "--tcp", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as serving:
        try:
            assert serving.stderr is not None
            host, port = serving.stderr.readline().split()[-1].split(":")
            address = (host, int(port))
            with (
                socket.create_connection(address, timeout=DEADLINE) as connection,
                connection.makefile("rwb") as stream,
            ):
                for message in messages:
                    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
                    stream.write(framed(body))
                stream.flush()
                answers = stream.read()
            assert serving.wait(DEADLINE) == 0
        finally:
            serving.kill()
    assert b'"positionEncoding"' in answers
    assert b'"id":2' in answers


def test_a_port_without_tcp_is_an_error(tmp_path: Path) -> None:
    done = cli("server", "--port", "9000", cwd=tmp_path)
    assert done.returncode == 2
    assert "--tcp" in done.stderr


def test_the_log_can_be_written_to_a_file(tmp_path: Path) -> None:
    log = tmp_path / "the.log"
    done = cli("server", "-v", "--log-file", log, cwd=tmp_path, stdin=b"Content-Length: 1\r\n\r\n{")
    assert done.returncode == 1
    assert '"code": -32700' in done.stdout
    assert "not JSON" in log.read_text()


def test_a_file_excluded_by_mypy_has_no_findings_when_imported(
    project: ProjectFactory,
) -> None:
    faulty = 'x: int = ""\n'
    files = {"a.py": f"import vendored.b\n{faulty}", "vendored/b.py": faulty}
    folder = project({"mypy.ini": "[mypy]\nexclude = ^vendored/\n", **files})
    (folder.parent / "link").symlink_to(folder)
    for here in (folder, folder.parent / "link"):
        done = cli("check", ".", "--tools", "mypy", "--output-format", "json", cwd=here)
        assert [(item["path"], item["code"]) for item in findings(done)] == [("a.py", "assignment")]
    done = cli("check", "vendored/b.py", "--tools", "mypy", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "")


def test_unmatched_sections_of_mypy_s_configuration_are_ignored(
    project: ProjectFactory,
) -> None:
    ini = "[mypy]\nwarn_unused_configs = true\n[mypy-other.*]\nignore_errors = true\n"
    folder = project({"mypy.ini": ini, "a.py": 'x: int = ""\n'})
    done = cli("check", "a.py", "--tools", "mypy", "--output-format", "json", cwd=folder)
    assert [item["code"] for item in findings(done)] == ["assignment"]


def test_a_file_that_only_ruff_lint_excludes_is_checked_by_others(
    project: ProjectFactory,
) -> None:
    rules = '[lint]\nselect = ["F"]\nexclude = ["old/*"]\n'
    files = {"a.py": "import os\n", "old/b.py": "import os\n\nexec('1')\n"}
    folder = project({"ruff.toml": rules, "pyproject.toml": NO_MYPY + "[tool.bandit]\n", **files})
    done = cli("check", ".", "--output-format", "json", cwd=folder)
    found = [(item["path"], item["code"]) for item in findings(done)]
    assert found == [("a.py", "F401"), ("old/b.py", "B102")]
    done = cli("check", "old/b.py", "--output-format", "json", cwd=folder)
    assert [item["code"] for item in findings(done)] == ["F401", "B102"]
