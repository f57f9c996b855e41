"""A broken configuration stops only the tool that it belongs to."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from python_expert.config.config_faults import config_fault, is_outdated
from python_expert.tools.mypy.config_errors import config_error
from python_expert.tools.mypy.launch import MypyLaunch
from tests.client import codes
from tests.conftest import write
from tests.server.test_cli import cli, found_codes

if TYPE_CHECKING:
    from tests.conftest import ClientFactory, ProjectFactory

pytestmark = pytest.mark.one_python


CODE = 'import subprocess\n\n\ndef load_row(a: int) -> int:\n    x: int = ""\n    return a or 1\n'
FOUND = {"ruff": "F401", "mypy": "assignment", "bandit": "B404"}
"""A file with a finding of each tool."""

PLUGIN = "[mypy]\nplugins = ./plug.py\n"
NO_MYPY = "[tool.python-expert.tools]\nmypy.enabled = false\n"

BROKEN: dict[str, tuple[str, dict[str, str]]] = {
    "no TOML": ("ruff", {"ruff.toml": "[lint\n"}),
    "an unknown rule": ("ruff", {"ruff.toml": 'lint.extend-select = ["NOPE1"]\n'}),
    "an unknown setting": ("ruff", {"ruff.toml": "nope = 1\n"}),
    "another version required": ("ruff", {"ruff.toml": 'required-version = ">=99"\n'}),
    "no INI": ("mypy", {"mypy.ini": "[mypy\nstrict\n"}),
    "an old Python": ("mypy", {"mypy.ini": "[mypy]\npython_version = 2.7\n"}),
    "a table that is a number": ("mypy", {"pyproject.toml": "[tool]\nmypy = 1\n"}),
    "a plugin that is not there": ("mypy", {"mypy.ini": PLUGIN}),
    "a plugin that raises": ("mypy", {"mypy.ini": PLUGIN, "plug.py": "raise RuntimeError('no')\n"}),
    "a plugin that exits": ("mypy", {"mypy.ini": PLUGIN, "plug.py": "raise SystemExit(0)\n"}),
    "an INI of nothing": ("bandit", {".bandit": "[bandit\n"}),
    "no YAML": ("bandit", {"bandit.yaml": "a: [\n"}),
    "YAML of another shape": ("bandit", {"bandit.yaml": "- a\n"}),
    "skips that are a number": ("bandit", {"pyproject.toml": "[tool.bandit]\nskips = 3\n"}),
}


@pytest.mark.parametrize("stdin", [False, True])
@pytest.mark.parametrize("fault", BROKEN)
def test_check_names_the_tool_and_shows_the_findings_of_the_others(
    project: ProjectFactory, fault: str, *, stdin: bool
) -> None:
    tool, files = BROKEN[fault]
    folder = project({"pyproject.toml": "", "x.py": CODE, **files})
    other = "bandit" if tool == "mypy" else "mypy" if tool == "ruff" else "ruff"
    what = ["-", "--stdin-filename", "x.py"] if stdin else ["x.py"]
    options = ["--tools", f"{tool},{other}", "--output-format", "json"]
    done = cli("check", *what, *options, cwd=folder, stdin=CODE)
    assert done.returncode == 2, done.stderr
    assert FOUND[other] in found_codes(done)
    assert FOUND[tool] not in found_codes(done)
    assert done.stderr.count(f"python-expert: {tool} could not run: ") == 1, "in one line"
    assert f"{other} could not run" not in done.stderr
    assert "Traceback" not in done.stderr
    assert "Python Expert itself" not in done.stderr


def test_mypy_checks_scripts_of_the_same_name_and_a_script_imported_by_another_name(
    project: ProjectFactory,
) -> None:
    wrong = 'x: int = ""\n'
    folder = project(
        {
            "pyproject.toml": "",
            **{f"{name}/setup.py": wrong for name in "abc"},
            "tools/echo.py": wrong,
            "d/use.py": f"import tools.echo\n{wrong}",
        }
    )
    done = cli("check", ".", "--tools", "mypy", "--output-format", "json", cwd=folder)
    assert done.stderr == ""
    found = sorted(each["path"] for each in json.loads(done.stdout) if each["code"] == "assignment")
    assert found == ["a/setup.py", "b/setup.py", "c/setup.py", "d/use.py", "tools/echo.py"]


@pytest.mark.parametrize("fault", ["no TOML", "a plugin that raises", "no YAML"])
def test_a_rewrite_and_the_gate_name_the_tool_that_cannot_check(
    project: ProjectFactory, fault: str
) -> None:
    tool, files = BROKEN[fault]
    folder = project({"pyproject.toml": "", "x.py": CODE, **files})
    done = cli("rewrite", "add-docstrings", "x.py", "--provider", "offline", cwd=folder)
    assert '+    """' in done.stdout
    assert f"to confirm: {tool} could not check it: " in done.stderr
    write(folder / "after", {"x.py": CODE.replace("    x:", '    """Do it."""\n    x:')})
    done = cli("gate", "--action", "add-docstrings", "x.py", "after/x.py", cwd=folder)
    assert done.returncode == 1
    assert done.stdout.startswith(f"x.py:1: confirm: {tool} could not check it: ")
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize("fault", ["no TOML", "an unknown rule"])
def test_ruff_s_default_rules_do_not_replace_a_broken_configuration(
    client: ClientFactory, project: ProjectFactory, fault: str
) -> None:
    folder = project({"pyproject.toml": NO_MYPY, **BROKEN[fault][1]})
    editor = client()
    editor.initialize([folder])
    document = editor.open(folder / "x.py", CODE)
    (message,) = editor.wait(lambda: editor.messages, "a message")
    assert "ruff.toml" in message["message"]
    for version in (2, 3):
        editor.change(document, version, "\n" * version + CODE)
        editor.wait_diagnostics(document, lambda items: codes(items) == ["B404"], version=version)
    assert len(editor.messages) == 1


@pytest.mark.parametrize("stdin", [False, True])
def test_mypy_s_warnings_about_its_configuration_are_reported(
    project: ProjectFactory, *, stdin: bool
) -> None:
    wrong = "[mypy]\nnope = 1\nstrict = maybe\n"
    folder = project({"pyproject.toml": "", "mypy.ini": wrong, "x.py": CODE})
    what = ["-", "--stdin-filename", "x.py"] if stdin else ["x.py"]
    done = cli("check", *what, "--tools", "mypy", cwd=folder, stdin=CODE)
    assert done.returncode == 2
    assert "assignment" in done.stdout
    assert "python-expert: mypy.ini:2: [mypy] has no option `nope`\n" in done.stderr
    assert "python-expert: mypy.ini:3: strict: Not a boolean: maybe\n" in done.stderr


@pytest.mark.parametrize(
    ("name", "text", "says", "line"),
    [
        (
            "pyproject.toml",
            '{}[tool.ruff]\nselekt = ["E"]\n',
            "[tool.ruff] has no field `selekt`",
            3,
        ),
        (
            "ruff.toml",
            'lint.selekt = ["E"]\n',
            "has no field `selekt`; did you mean `select`?",
            0,
        ),
        ("ruff.toml", "line-length = 'a'\n", 'line-length: invalid type: string "a", expected', 0),
        (
            "pyproject.toml",
            "{}[project]\nname = 'x'\nversion = '1'\nrequires-python = '>=abc'\n",
            "requires-python: Failed to parse version: expected version to start with a number",
            5,
        ),
    ],
)
def test_a_configuration_error_links_to_its_place(
    client: ClientFactory, project: ProjectFactory, name: str, text: str, says: str, line: int
) -> None:
    folder = project({"pyproject.toml": NO_MYPY, name: text.format(NO_MYPY)})
    editor = client()
    editor.choice = f"Open {name}"
    editor.initialize([folder], capabilities={"window": {"showDocument": {"support": True}}})
    document = editor.open(folder / "x.py", CODE)
    (message,) = editor.wait(lambda: editor.messages, "a message")
    assert message["message"].startswith(f"Python Expert: ruff: {name}:{line + 1}: {says}")
    assert "\n" not in message["message"]
    shown = editor.wait(
        lambda: [given for method, given in editor.requests if method == "window/showDocument"],
        "a document to show",
    )
    assert shown[0]["uri"] == (folder / name).as_uri()
    assert shown[0]["selection"]["start"] == {"line": line, "character": 0}
    # Only ruff has stopped.
    editor.wait_diagnostics(document, lambda items: codes(items) == ["B404"])


@pytest.mark.parametrize("fault", ["an unknown setting", "a plugin that is not there", "no YAML"])
def test_the_doctor_reports_a_configuration_error_and_exits_with_status_1(
    project: ProjectFactory, fault: str
) -> None:
    tool, files = BROKEN[fault]
    off = "" if tool == "mypy" else NO_MYPY
    folder = project({"pyproject.toml": off, "src/x.py": CODE})
    assert cli("doctor", "src", cwd=folder).returncode == 0
    write(folder, files)
    done = cli("doctor", "src", cwd=folder)
    assert done.returncode == 1
    (file,) = files
    assert file in next(line for line in done.stdout.splitlines() if line.startswith(tool))
    assert "SIGKILL" not in done.stderr
    done = cli("doctor", "nowhere", cwd=folder)
    assert done.returncode == 2
    assert "nowhere does not exist" in done.stderr


def test_an_unreadable_pyproject_toml_is_reported_once(project: ProjectFactory) -> None:
    text = "[project]\nname =\n[tool.ruff]\n[tool.bandit]\n[tool.mypy]\n"
    done = cli("check", cwd=project({"pyproject.toml": text, "x.py": CODE}))
    assert done.returncode == 2
    *before, last = done.stderr.splitlines()
    (expected,) = before
    assert expected.startswith(
        "python-expert: pyproject.toml:2: name: Invalid value; nothing is sent"
    )
    assert last.endswith(" could not run because of pyproject.toml:2")
    assert all(tool in last for tool in FOUND)


def test_a_python_too_old_for_mypy_is_reported_and_not_an_error(
    project: ProjectFactory,
) -> None:
    folder = project({"mypy.ini": "[mypy]\npython_version = 3.8\n", "x.py": ""})
    done = cli("check", "--tools", "mypy", cwd=folder)
    assert done.returncode == 0
    told = (
        "mypy.ini:2: python_version: Python 3.8 is not supported by mypy; it checks for Python 3."
    )
    assert told in done.stderr


def test_a_version_without_quotes_is_an_error_with_mypys_advice(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": "[tool.mypy]\npython_version = 3.10\n", "x.py": ""})
    for command in (["check", "--tools", "mypy"], ["doctor"]):
        done = cli(*command, cwd=folder)
        assert done.returncode != 0
        assert "quotes around your Python version" in done.stdout + done.stderr


def test_a_project_with_a_python_too_old_for_mypy_is_well(project: ProjectFactory) -> None:
    folder = project({"mypy.ini": "[mypy]\npython_version = 3.8\n", "pyproject.toml": ""})
    done = cli("doctor", cwd=folder)
    assert done.returncode == 0, done.stdout
    assert "problem       mypy.ini:2: python_version: Python 3.8 is not supported" in done.stdout


def test_an_old_version_on_mypys_command_line_is_not_blamed_on_its_file(tmp_path: Path) -> None:
    path = tmp_path / "mypy.ini"
    path.write_text("[mypy]\n")
    launch = MypyLaunch(Path(sys.executable), tmp_path, ("--config-file", str(path)))
    why = "argument --python-version: Python 3.8 is not supported (must be 3.10 or higher)"
    message = str(config_error(f"usage: mypy [-h]\nmypy: error: {why}\n", launch))
    assert message.endswith("(must be 3.10 or higher); correct --select or tools.mypy.args")
    assert "mypy.ini" not in message
    assert not is_outdated(message)


def test_files_of_several_projects_are_distinguished(project: ProjectFactory) -> None:
    folder = project({f"{each}/ruff.toml": "nope = 1\n" for each in "ab"})
    for name in ("pyproject.toml", "x.py"):
        write(folder, {f"{each}/{name}": "" for each in "ab"})
    done = cli("check", "--tools", "ruff", cwd=folder)
    assert done.returncode == 2
    assert sorted(done.stderr.splitlines()) == [
        f"python-expert: ruff could not run: {each}/ruff.toml:1: has no field `nope`"
        for each in "ab"
    ]


def test_an_invalid_setting_is_reported_with_its_line(project: ProjectFactory) -> None:
    text = """\
[tool.python-expert]
profil = "auto"
tools.ruff = { enabled = "yes" }

[tool.python-expert.tools.mypy]
severity = "bad"
"""
    done = cli("doctor", cwd=project({"pyproject.toml": text}))
    assert done.returncode == 1
    assert "pyproject.toml:2: [tool.python-expert] unknown setting 'profil' is ign" in done.stdout
    assert "pyproject.toml:3: [tool.python-expert] 'tools.ruff.enabled' is ignored" in done.stdout
    assert "pyproject.toml:6: [tool.python-expert] 'tools.mypy.severity' is igno" in done.stdout


def test_the_doctor_reports_each_error_in_a_pyproject_toml_once(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": '[project]\nname = "x"\n[tool.ruff\n', "x.py": CODE})
    done = cli("doctor", cwd=folder)
    assert done.returncode == 1
    (problem,) = (line for line in done.stdout.splitlines() if line.startswith("problem"))
    assert f"{folder / 'pyproject.toml'}:3: Expected ']'" in problem
    assert done.stdout.count("Expected") == 1
    assert "unclosed" not in done.stdout, "ruff's words for the same fault"
    assert "ruff          cannot run: see the problem in pyproject.toml:3\n" in done.stdout
    assert "privacy.network" not in done.stdout
    assert "rewrites      offline (nothing is sent until the settings are corrected)" in done.stdout


YAML_WORDS = """bandit's configuration {path} is broken: while parsing a flow sequence
  in "{path}", line 1, column 1
expected ',' or ']'
  in "{path}", line 2, column 1"""


@pytest.mark.parametrize(
    ("name", "text", "words", "expected"),
    [
        (
            "mypy.ini",
            "[mypy]\n\nstrikt = true\n",
            "{path}: [mypy]: Unrecognized option: strikt = true",
            "mypy.ini:3: [mypy] has no option `strikt`",
        ),
        (
            "pyproject.toml",
            "[tool.mypy]\nstrikt = true\n",
            "{path}: [mypy]: Unrecognized option: strikt = true",
            "pyproject.toml:2: [tool.mypy] has no option `strikt`",
        ),
        (
            "setup.cfg",
            "[mypy]\nwarn_return_any = maybe\n",
            "{path}: [mypy]: warn_return_any: Not a boolean: maybe",
            "setup.cfg:2: warn_return_any: Not a boolean: maybe",
        ),
        (
            "mypy.ini",
            "[mypy\nstrict\n",
            "{path}: File contains no section headers.\nfile: '{path}', line: 1\n'[mypy\\n'",
            "mypy.ini:1: File contains no section headers.",
        ),
        (
            "mypy.ini",
            "[mypy]\nenable_error_code = nope\n",
            "usage: mypy [-h]\n  [-m MODULE]\nmypy: error: Invalid error code(s): nope",
            "mypy.ini:2: Invalid error code(s): nope",
        ),
        (
            ".bandit",
            "[bandit\n",
            YAML_WORDS,
            ".bandit:1: expected ',' or ']'",
        ),
        (
            "pyproject.toml",
            "[tool.bandit]\nskips = 3\n",
            "bandit's configuration {path} is broken: skips must be a list of strings, not 3",
            "pyproject.toml:2: skips must be a list of strings, not 3",
        ),
        (
            "pyproject.toml",
            "[[tool.mypy.overrides]]\nmodule = 'a'\nstrikt = true\n",
            '{path}: [module = "a"]:Unrecognized option: strikt = True',
            'pyproject.toml:3: [tool.mypy.overrides, module = "a"] has no option `strikt`',
        ),
        (
            "mypy.ini",
            "[mypy]\n[mypy-a.*b]\n",
            "{path}: [mypy-a.*b]: Patterns must be fully-qualified module names",
            "mypy.ini:2: [mypy-a.*b] Patterns must be fully-qualified module names",
        ),
        (
            "mypy.ini",
            "[mypy]\nexclude = [\n",
            "error: The exclude [ is an invalid regular expression, because\nFor more information ",
            "mypy.ini:2: The exclude [ is an invalid regular expression, because",
        ),
        (
            "mypy.ini",
            "[mypy]\nplugins = no\n",
            "{path}:2: error: Error importing plugin \"no\": No module named 'no'  [misc]",
            "mypy.ini:2: Error importing plugin \"no\": No module named 'no'",
        ),
        ("mypy.ini", "", "", "mypy.ini: "),
    ],
)
def test_a_configuration_error_is_a_single_line_with_its_place(
    tmp_path: Path, name: str, text: str, words: str, expected: str
) -> None:
    path = write(tmp_path, {name: text}) / name
    fault = config_fault(words.replace("{path}", str(path)), path, tmp_path)
    assert fault.message == expected
    assert fault.error.place == (path, fault.line or 0)
