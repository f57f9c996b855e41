"""The profile auto respects a project's configuration: formatters, rules, the oldest Python."""

from __future__ import annotations

import asyncio
import email
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from python_expert.config.conventions import formatters
from python_expert.config.security_rules import SHARED, unwanted_by_bandit, unwanted_by_ruff
from python_expert.tools.ruff.profile import BREAKS_OLDER, EXPERT_RULES
from python_expert.tools.ruff.spec import SPEC
from tests.conftest import write
from tests.server.test_cli import cli

if TYPE_CHECKING:
    from tests.conftest import ProjectFactory

pytestmark = pytest.mark.one_python


OLD = """\
from typing import List, Optional


def longest(rows: List[str], other: Optional[str], name: str) -> Optional[str]:
    assert rows
    for row, _ in zip(rows, [other]):
        return row
    return name  # a line that is longer than what ruff allows where a project says nothing of it
"""
"""Code for Python 3.8 with findings of ruff and bandit about style, age and security."""

MODERN = {"UP006", "UP007", "UP035", "UP045", "B905"}
NOT_BREAKING = {"ASYNC109", "F841", "I001", "SIM105", "TC001", "TC002", "TC003"}
"""Rules with more findings for a newer Python, although their fixes run on any Python."""

POETRY = '[tool.poetry.dependencies]\npython = ">=3.8"\n'


def found(folder: Path, *options: str) -> set[str]:
    done = cli(
        "check", "x.py", "--tools", "ruff,bandit", "--output-format", "json", *options, cwd=folder
    )
    assert done.returncode in (0, 1), done.stderr
    return {each["code"] for each in json.loads(done.stdout)}


@pytest.mark.parametrize(
    ("files", "modern"),
    [
        ({"pyproject.toml": ""}, False),
        ({"pyproject.toml": POETRY}, False),
        ({"pyproject.toml": "", "setup.cfg": "[options]\npython_requires = >=3.8\n"}, False),
        ({"pyproject.toml": "", "setup.py": "setup(python_requires='>=3.8')\n"}, False),
        ({"pyproject.toml": '[project]\nrequires-python = ">=3.8"\n'}, False),
        ({"pyproject.toml": '[project]\nrequires-python = ">=3.12"\n'}, True),
        ({"pyproject.toml": POETRY.replace("3.8", "3.12")}, True),
    ],
)
def test_no_finding_requires_syntax_newer_than_the_oldest_python(
    project: ProjectFactory, files: dict[str, str], *, modern: bool
) -> None:
    folder = project({**files, "x.py": OLD})
    assert MODERN & found(folder) == ({"UP006", "UP035", "UP045", "B905"} if modern else set())
    done = cli("check", "x.py", "--fix", "--tools", "ruff", "--quiet", cwd=folder)
    assert done.returncode == 1
    assert ("Optional" in (folder / "x.py").read_text("utf-8")) is not modern


@pytest.mark.parametrize(
    ("oldest", "reported"),
    [("3.7", {"UP021", "UP022", "B904", "UP032"}), ("3.6", {"B904", "UP032"}), ("2.7", set())],
)
def test_no_finding_requires_syntax_newer_than_a_python_older_than_ruffs_oldest(
    project: ProjectFactory, oldest: str, reported: set[str]
) -> None:
    text = """\
import subprocess

try:
    subprocess.run("x", stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
except OSError as error:
    raise ValueError("it is {}".format(error))
"""
    setup = f"setup(classifiers=['Programming Language :: Python :: {oldest}'])\n"
    folder = project({"setup.py": setup, "x.py": text})
    assert {"UP021", "UP022", "B904", "UP032"} & found(folder) == reported


@pytest.mark.parametrize(
    ("files", "reported"),
    [
        ({"pyproject.toml": ""}, {"E501", "E722", "E731"}),
        ({"setup.cfg": "[flake8]\nmax-line-length = 100\n"}, {"E722", "E731"}),
        ({"tox.ini": "[flake8]\nextend_ignore = W503,\n  E5\n  E731 E999\n"}, {"E722"}),
        ({".flake8": "[flake8]\nmax-line-length = 9999\nignore = X\n"}, {"E722", "E731"}),
        ({"setup.cfg": "[pycodestyle]\nignore = E7\nmax_line_length = x\n"}, {"E501"}),
        ({"../setup.cfg": "[flake8]\nignore = E\n", "setup.cfg": ""}, {"E501", "E722", "E731"}),
    ],
)
def test_a_project_s_configuration_of_flake8_applies(
    project: ProjectFactory, files: dict[str, str], reported: set[str]
) -> None:
    text = f"try:\n    f = lambda: {'a' * 75!r}\n    f()\nexcept:\n    print()\n"
    folder = project({**files, "x.py": text})
    assert {"E501", "E722", "E731"} & found(folder, "--tools", "ruff") == reported


def test_rules_that_require_a_newer_python_are_listed() -> None:
    ruff = (sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache")
    options = ("--select", ",".join(EXPERT_RULES), "--output-format", "json")
    sources = [Path(str(each.__file__)).parent for each in (asyncio, email, json)]
    older, newer = (
        subprocess.run(
            [*ruff, *options, "--target-version", target, *sources],
            capture_output=True,
            check=False,
        ).stdout
        for target in ("py37", "py313")
    )
    more = Counter(_codes(newer))
    more.subtract(_codes(older))
    assert {code for code in more if more[code] > 0} - NOT_BREAKING <= {*BREAKS_OLDER}


def test_the_oldest_accepted_ruff_knows_the_profile(
    project: ProjectFactory, tmp_path: Path
) -> None:
    low = ".".join(map(str, SPEC.versions[0] if SPEC.versions else ()))
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"),
            *("--target", tmp_path / "old", f"ruff=={low}.0"),
        ],
        check=True,
    )
    old = tmp_path / "old" / "bin" / "ruff"
    files = {"pyproject.toml": "[tool.python-expert.tools]\n", "x.py": "import os\n"}
    for more in ("", "[project]\nrequires-python = '>=3.9'\n", "[tool.black]\n"):
        files["pyproject.toml"] = f"{more}[tool.python-expert.tools.ruff]\npath = '{old}'\n"
        assert found(project(files), "--tools", "ruff") == {"F401"}


def _codes(output: bytes) -> list[str]:
    return [each["code"] for each in json.loads(output)]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, set()),
        ({"pyproject.toml": "[tool.black]\n"}, {"black"}),
        ({"pyproject.toml": '[tool.isort]\nprofile = "black"\n'}, {"isort"}),
        ({"setup.cfg": "[tool:isort]\n[yapf]\n[mypy]\n"}, {"isort", "yapf"}),
        ({".isort.cfg": "[settings]\n"}, {"isort"}),
        ({".pre-commit-config.yaml": "repos:\n- hooks:\n  - id: black\n  - id: mypy\n"}, {"black"}),
        ({"pyproject.toml": "[tool.ruff.lint.isort]\n"}, set()),
        ({"../setup.cfg": "[isort]\n", "pyproject.toml": ""}, set()),
    ],
)
def test_a_projects_files_name_its_formatters(
    tmp_path: Path, files: dict[str, str], expected: set[str]
) -> None:
    root = tmp_path / "root"
    write(root, {"package/a.py": "", ".git/HEAD": "", **files})
    assert formatters(root / "package") == expected


def test_a_black_project_gets_no_style_findings(
    project: ProjectFactory,
) -> None:
    folder = project({"pyproject.toml": "[tool.black]\n", "x.py": OLD})
    assert found(folder) == {"S101"}
    write(folder, {"pyproject.toml": "[tool.black]\n[tool.python-expert]\nprofile = 'expert'\n"})
    assert {"E501", "S101"} <= found(folder)


@pytest.mark.parametrize(
    ("ruff", "expected"),
    [
        ('lint.select = ["E", "F"]\n', set()),
        ('lint.select = ["E", "F", "S"]\n', {"S101"}),
        ('lint.select = ["F"]\nlint.ignore = ["S101"]\n', set()),
        ('lint.extend-select = ["S"]\nlint.per-file-ignores = { "x.py" = ["S101"] }\n', set()),
        ("line-length = 200\n", {"B101"}),
        ('lint.extend-select = ["I"]\n', set()),
        ('lint.ignore = ["S101"]\n', set()),
        ('lint.ignore = ["S110"]\n', {"B101"}),
        ("lint.extend-select = []\n", {"B101"}),
    ],
)
def test_a_selection_of_ruffs_rules_also_applies_to_bandit(
    project: ProjectFactory, ruff: str, expected: set[str]
) -> None:
    folder = project({"pyproject.toml": "", "ruff.toml": ruff, "x.py": OLD})
    assert {"S101", "B101"} & found(folder) == expected


@pytest.mark.parametrize("broken", ["selekt = 1", 'required-version = ">=99"'])
def test_a_configuration_that_ruff_rejects_does_not_apply_to_bandit(
    project: ProjectFactory, broken: str
) -> None:
    configuration = f'{broken}\nlint.select = ["F"]\n'
    folder = project({"pyproject.toml": "", "ruff.toml": configuration, "x.py": OLD})
    words = ("check", "x.py", "--tools", "ruff,bandit", "--output-format", "json")
    done = cli(*words, cwd=folder)
    assert "ruff could not run" in done.stderr
    assert "B101" in {each["code"] for each in json.loads(done.stdout)}
    write(folder, {"ruff.toml": 'lint.select = ["F"]\n'})
    assert "B101" not in found(folder)


def test_the_nearest_configuration_of_ruff_applies_to_bandit(
    project: ProjectFactory,
) -> None:
    files = {"pyproject.toml": '[tool.ruff]\nlint.select = ["F"]\n', "x.py": "assert 1\n"}
    inner = {"inner/ruff.toml": 'lint.select = ["S"]\n', "inner/y.py": "assert 1\n"}
    words = ("check", ".", "--tools", "bandit", "--output-format", "json")
    done = cli(*words, cwd=project({**files, **inner}))
    assert [(each["path"], each["code"]) for each in json.loads(done.stdout)] == [
        ("inner/y.py", "B101")
    ]
    inner["inner/ruff.toml"] = 'lint.select = ["F"]\n'
    done = cli(*words, cwd=project({"pyproject.toml": "", "x.py": "assert 1\n", **inner}))
    assert [each["path"] for each in json.loads(done.stdout)] == ["x.py"]


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": '[tool.bandit]\nskips = ["B101"]\n'},
        {"pyproject.toml": '[tool.bandit]\ntests = ["B105"]\n'},
        {"pyproject.toml": "", "bandit.yaml": "skips:\n- B101\n"},
        {"pyproject.toml": "", ".bandit": "[bandit]\nskips = B102,B101\n"},
    ],
)
def test_a_configuration_of_bandit_also_applies_to_ruffs_rules(
    project: ProjectFactory, files: dict[str, str]
) -> None:
    folder = project({**files, "x.py": OLD})
    assert not {"S101", "B101"} & found(folder)
    assert "E501" in found(folder)


def test_the_rules_that_either_tool_omits_are_read_from_its_files(tmp_path: Path) -> None:
    write(
        tmp_path, {"a.yaml": "skips: ['B101', 'B601']\ntests:\n  - B101\n  - B105\nother: B102\n"}
    )
    everything = {f"S{number}" for number in SHARED}
    assert unwanted_by_bandit(tmp_path / "a.yaml") == everything - {"S105"}
    write(tmp_path, {"base.toml": 'lint.select = ["S"]\n', "ruff.toml": 'extend = "base.toml"\n'})
    assert not unwanted_by_ruff(tmp_path / "ruff.toml", tmp_path / "x.py")
