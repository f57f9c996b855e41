"""The baseline on the command line: writing, updating, checking and merging it."""

from __future__ import annotations

import json
import os
import subprocess
from subprocess import PIPE
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET  # nosec B405 - of what we have written

import pytest

from python_expert.baseline.file import NAME
from python_expert.cli.checking import MANY
from tests.conftest import RUFF_ONLY
from tests.server.test_cli import COMMAND, cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import ProjectFactory

pytestmark = pytest.mark.one_python

OLD = "import os\nimport sys\n\n\ndef f():\n    try:\n        pass\n    except:\n        x = 1\n"
NEW = "import json\n"
FILES = {"pyproject.toml": RUFF_ONLY, "old.py": OLD, "pkg/more.py": "import re\n"}


@pytest.fixture
def legacy(project: ProjectFactory) -> Path:
    """A project with old findings, which are all in its baseline."""
    folder = project(FILES)
    done = cli("baseline", "write", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"{NAME}: {len(entries(folder))} findings in 2 files.\n"
    return folder


def entries(folder: Path) -> list[list[str]]:
    return [each for each in json.loads((folder / NAME).read_text())["findings"] if each]


def add(path: Path, text: str) -> None:
    path.write_text(text + path.read_text())


def test_only_new_findings_are_shown(legacy: Path) -> None:
    hidden = f"{len(entries(legacy))} known findings hidden ({NAME}).\n"
    done = cli("check", cwd=legacy)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", f"No new findings.\n{hidden}")
    add(legacy / "old.py", NEW)
    done = cli("check", cwd=legacy)
    assert (done.returncode, done.stdout.count("\n")) == (1, 1)
    assert "old.py:1:8: warning: F401 `json`" in done.stdout
    found = "Found 1 finding (1 fixable with --fix) in 1 file: ruff 1."
    assert done.stderr == f"{found}\n{hidden}"
    done = cli("check", "--no-baseline", cwd=legacy)
    assert done.stdout.count("\n") == len(entries(legacy)) + 1
    assert "hidden" not in done.stderr


def test_the_baseline_is_named_where_there_are_many_findings(legacy: Path) -> None:
    (legacy / NAME).unlink()
    assert "baseline" not in cli("check", cwd=legacy).stderr
    (legacy / "many.py").write_text("import re\n" * MANY)
    assert cli("check", cwd=legacy).stderr.endswith("run `python-expert baseline write`.\n")


def test_known_findings_stay_known_despite_a_new_syntax_error(legacy: Path) -> None:
    before = (legacy / NAME).read_text()
    (legacy / "pkg/more.py").write_text("import re\ndef x(:\n")
    done = cli("check", cwd=legacy)
    assert (done.returncode, "gone" in done.stderr) == (1, False)
    for command in ("update", "check"):
        done = cli("baseline", command, cwd=legacy)
        assert (done.returncode, "more.py has a syntax error" in done.stderr) == (2, True)
    assert (legacy / NAME).read_text() == before


def test_all_formats_agree(legacy: Path) -> None:
    add(legacy / "old.py", NEW)

    def out(*arguments: str) -> str:
        done = cli("check", *arguments, cwd=legacy)
        assert done.returncode == 1
        return done.stdout

    formats: dict[str, Callable[[str], int]] = {
        "json": lambda text: len(json.loads(text)),
        "sarif": lambda text: sum(len(run["results"]) for run in json.loads(text)["runs"]),
        "github": lambda text: text.count("::warning"),
        "gitlab": lambda text: len(json.loads(text)),
        "junit": lambda text: len(ET.fromstring(text).findall(".//failure")),  # noqa: S314
    }
    for name, number in formats.items():
        assert number(out("--output-format", name)) == 1, name
    assert out("--statistics") == "1  F401  [Ruff]\n"
    done = cli("check", "-", "--stdin-filename", "old.py", cwd=legacy, stdin=NEW + OLD)
    assert done.stdout.count("\n") == 1
    done = cli("check", "-", cwd=legacy, stdin=OLD)
    assert done.stdout.count("\n") == len(entries(legacy)) - 1


def test_fixed_findings_are_reported_and_update_only_removes_entries(legacy: Path) -> None:
    (legacy / "old.py").write_text(NEW + OLD.replace("import sys\n", ""))
    number = len(entries(legacy))
    done = cli("check", "--exit-zero", cwd=legacy)
    fixed_message = "1 known finding is gone; run `python-expert baseline update`."
    assert fixed_message in done.stderr.splitlines()
    for arguments in (("--tools", "ruff"), ("old.py",)):  # which do not look for all findings
        assert "gone" not in cli("check", *arguments, cwd=legacy).stderr
    done = cli("baseline", "check", cwd=legacy)
    assert done.returncode == 1
    assert done.stdout.startswith("old.py: gone: F401\nold.py:1:8: warning: F401 `json`")
    assert fixed_message in done.stderr
    done = cli("baseline", "update", cwd=legacy)
    assert done.stderr == (
        f"{NAME}: 1 removed, 1 new not added (--add adds them), {number - 1} known findings left.\n"
    )
    assert cli("baseline", "check", cwd=legacy).returncode == 1
    done = cli("baseline", "update", "--add", cwd=legacy)
    assert done.stderr == f"{NAME}: 0 removed, 1 added, {number} known findings left.\n"
    before = (legacy / NAME).read_bytes()
    done = cli("baseline", "check", cwd=legacy)
    assert (done.returncode, done.stdout) == (0, "")
    assert cli("baseline", "update", cwd=legacy).returncode == 0
    assert (legacy / NAME).read_bytes() == before


def test_findings_that_check_only_counts_are_not_new_for_any_command(
    project: ProjectFactory,
) -> None:
    folder = project({"pyproject.toml": "", "a.py": "x = 1\n"})
    assert cli("baseline", "write", cwd=folder).returncode == 0
    (folder / "a.py").write_text("x = 1\n\n\ndef f(y):\n    return y\n")
    assert cli("baseline", "check", cwd=folder).returncode == 0
    output = cli("baseline", "update", cwd=folder).stderr
    assert "0 removed" in output
    assert "not added" not in output
    assert "1 added" in cli("baseline", "update", "--add", cwd=folder).stderr


def test_equal_lines_about_fixed_findings_are_counted(legacy: Path) -> None:
    (legacy / "old.py").write_text("")
    done = cli("baseline", "check", cwd=legacy)
    assert "old.py: gone: F401 (2 times)\n" in done.stdout


def test_watching_hides_known_findings_and_rereads_a_changed_file(legacy: Path) -> None:
    known_count = len(entries(legacy))
    with subprocess.Popen(
        [*COMMAND, "check", "--watch"], cwd=legacy, stdout=PIPE, stderr=PIPE, text=True
    ) as watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        try:
            assert [watching.stderr.readline() for _ in range(3)][:2] == [
                "No new findings.\n",
                f"{known_count} known findings hidden ({NAME}).\n",
            ]
            (legacy / NAME).unlink()
            output = [watching.stderr.readline() for _ in range(2)]
            assert output[0].startswith(f"Found {known_count} findings"), output
        finally:
            watching.terminate()


def test_the_entries_of_a_deleted_file_are_removed(legacy: Path) -> None:
    (legacy / "pkg" / "more.py").unlink()
    assert "known finding is gone" in cli("check", cwd=legacy).stderr
    cli("baseline", "update", cwd=legacy)
    assert {each[0] for each in entries(legacy)} == {"old.py"}


def test_write_replaces_a_file_only_with_an_option(legacy: Path) -> None:
    before = (legacy / NAME).read_bytes()
    add(legacy / "old.py", NEW)
    done = cli("baseline", "write", cwd=legacy)
    assert done.returncode == 2
    assert f"{NAME} exists; `python-expert baseline update` removes what is gone" in done.stderr
    assert (legacy / NAME).read_bytes() == before
    done = cli("baseline", "write", "--force", "old.py", cwd=legacy)
    number = len(before.splitlines()) - 6
    assert done.stderr == f"{NAME}: {number + 1} findings in 2 files; there were {number}.\n"


def test_fix_also_fixes_known_findings(legacy: Path) -> None:
    done = cli("check", "--fix", cwd=legacy)
    assert done.returncode == 0
    assert "Fixed 3 findings. No new findings." in done.stderr
    assert "3 known findings are gone" in done.stderr


def test_a_broken_file_is_reported_once_and_all_findings_are_shown(legacy: Path) -> None:
    number = len(entries(legacy))
    text = (legacy / NAME).read_text()
    (legacy / NAME).write_text(text.replace("null", "<<<<<<< HEAD\nnull"))
    done = cli("check", cwd=legacy)
    assert done.stdout.count("\n") == number
    message = f"{legacy / NAME}:{number + 4}: the file has conflict markers; resolve the conflict."
    assert done.stderr.startswith(f"python-expert: {message} All findings are shown.\n")
    assert done.stderr.count(NAME) == 1
    for command in (["update"], ["check"], ["write", "--force", "old.py"]):
        done = cli("baseline", *command, cwd=legacy)
        assert (done.returncode, "shown" in done.stderr, message in done.stderr) == (2, False, True)
    assert "entries of other files would be lost" in done.stderr
    assert "<<<<" in (legacy / NAME).read_text()
    assert cli("baseline", "write", "--force", cwd=legacy).returncode == 0
    assert (legacy / NAME).read_text() == text


def test_without_a_file_update_and_check_say_how_to_write_it(project: ProjectFactory) -> None:
    folder = project(FILES)
    for command in ("update", "check"):
        done = cli("baseline", command, cwd=folder)
        assert done.returncode == 2
        assert f"there is no {NAME}; `python-expert baseline write` creates it" in done.stderr


def test_nothing_is_written_if_a_tool_cannot_run(project: ProjectFactory) -> None:
    folder = project({**FILES, "pyproject.toml": '[tool.ruff]\nselekt = ["F"]\n'})
    done = cli("baseline", "write", cwd=folder)
    assert done.returncode == 2
    assert "ruff could not run" in done.stderr
    assert not (folder / NAME).exists()


def test_git_merges_two_branches_that_fix_and_add(legacy: Path) -> None:
    """Each branch changes the baseline; their merge equals the baseline of the merged code."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        subprocess.run(
            ["git", *identity, *arguments],
            cwd=legacy,
            env=environment,
            check=True,
            capture_output=True,
        )

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "old")
    git("switch", "-qc", "other")
    (legacy / "pkg" / "more.py").write_text("")  # fixes the first entries of the file
    (legacy / "pkg" / "zip.py").write_text(NEW)  # and adds the last entries
    cli("baseline", "update", "--add", cwd=legacy)
    git("add", ".")
    git("commit", "-qm", "other")
    git("switch", "-q", "main")
    (legacy / "old.py").write_text(OLD.replace("import os\n", ""))
    cli("baseline", "update", cwd=legacy)
    git("commit", "-qam", "main")
    git("merge", "-q", "other")
    merged = (legacy / NAME).read_text()
    assert cli("baseline", "check", cwd=legacy).returncode == 0
    cli("baseline", "write", "--force", cwd=legacy)
    assert (legacy / NAME).read_text() == merged
