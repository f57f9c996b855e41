"""Git decides which files are ignored, and nothing of these is sent."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from python_expert.privacy import git
from python_expert.privacy.files import withheld, withheld_among
from tests.conftest import write

if TYPE_CHECKING:
    from pathlib import Path

IGNORED = "it is ignored by git"

UNKNOWN = "git could not say whether it is ignored"


@pytest.fixture(autouse=True)
def _no_configuration_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository that ignores ``private.py``, ``build/`` and ``link``."""
    folder = write(
        tmp_path / "repository",
        {
            ".gitignore": "private.py\nbuild/\n/link\n",
            "a.py": "",
            "private.py": "",
            "build/lib/x.py": "",
            "tracked/private.py": "",
        },
    )
    run("init", "--quiet", cwd=folder)
    run("add", "--force", "tracked/private.py", cwd=folder)
    return folder


def run(*arguments: str, cwd: Path) -> None:
    subprocess.run(["git", *arguments], cwd=cwd, check=True, capture_output=True)


def fake_git(folder: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Put a stand-in program in the place of git."""
    program = folder / "bin" / "git"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nimport os, sys, time\n{code}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))


def test_nothing_is_sent_of_ignored_files(repository: Path) -> None:
    assert withheld(repository / "private.py", repository, ()) == IGNORED
    assert withheld(repository / "build/lib/x.py", repository, ()) == IGNORED
    assert withheld(repository / "build/lib/new.py", repository / "build", ()) == IGNORED
    assert withheld(repository / "a.py", repository, ()) == ""
    assert withheld(repository / "not/there/yet.py", repository, ()) == ""


def test_a_tracked_file_is_not_ignored(repository: Path) -> None:
    assert withheld(repository / "tracked/private.py", repository, ()) == ""


def test_the_user_s_global_gitignore_applies(repository: Path, tmp_path: Path) -> None:
    write(tmp_path / "home", {"git/ignore": "a.py\n"})
    assert withheld(repository / "a.py", repository, ()) == IGNORED


def test_links_to_ignored_files_are_ignored(repository: Path) -> None:
    (repository / "harmless.py").symlink_to("private.py")
    (repository / "public").symlink_to("build/lib", target_is_directory=True)
    (repository / "link").symlink_to("tracked", target_is_directory=True)
    assert withheld(repository / "harmless.py", repository, ()) == IGNORED
    assert withheld(repository / "public/x.py", repository, ()) == IGNORED
    assert withheld(repository / "link/private.py", repository, ()) == IGNORED


def test_a_link_to_an_ignored_file_in_another_folder_is_ignored(
    repository: Path, tmp_path: Path
) -> None:
    link = tmp_path / "elsewhere.py"
    link.symlink_to(repository / "private.py")
    assert withheld(link, tmp_path, ()) == IGNORED
    link.unlink()
    link.symlink_to(link)
    assert withheld(link, tmp_path, ()) == ""


def test_a_repository_opened_through_a_link_has_the_same_ignored_files(
    repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").symlink_to(repository, target_is_directory=True)
    assert withheld(tmp_path / "other/private.py", tmp_path / "other", ()) == IGNORED
    assert withheld(tmp_path / "other/a.py", tmp_path / "other", ()) == ""
    assert "'/a.py'" in withheld(tmp_path / "other/a.py", tmp_path / "other", ["/a.py"])


@pytest.mark.parametrize("link", ["", "gitdir: /nowhere/worktrees/x"])
def test_nothing_is_sent_from_a_tree_without_its_repository(tmp_path: Path, link: str) -> None:
    if link:
        (tmp_path / ".git").write_text(link)
    else:
        (tmp_path / ".git").mkdir()
    assert withheld(tmp_path / "a.py", tmp_path, ()).startswith(UNKNOWN)


def test_nothing_is_sent_from_a_repository_if_git_is_not_installed(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert withheld(repository / "private.py", repository, ()) == UNKNOWN


def test_a_repository_cannot_run_programs(repository: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    evil = tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch '{mark}'\n")
    evil.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "core.editor", "core.sshCommand"):
        run("config", name, str(evil), cwd=repository)
    run("config", "core.hooksPath", str(tmp_path), cwd=repository)
    assert withheld(repository / "private.py", repository, ()) == IGNORED
    assert not mark.exists()


def test_git_is_asked_about_the_files_own_repository(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = write(tmp_path / "other", {"private.py": ""})
    run("init", "--quiet", cwd=other)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(repository))
    paths = [repository / "private.py", other / "private.py", repository / "a.py"]
    assert withheld_among(paths, tmp_path, ()) == {paths[0]: IGNORED}


def test_git_is_asked_once_for_each_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        (folder / ".git").mkdir(parents=True)
    log = tmp_path / "log"
    code = f"open({str(log)!r}, 'a').write('x')\nsys.stdout.write(sys.stdin.read() + chr(0))"
    fake_git(tmp_path, monkeypatch, code)
    paths = [folder / f"{number}.py" for folder in folders for number in range(20)]
    assert withheld_among(paths, tmp_path, ()) == dict.fromkeys(paths, IGNORED)
    assert log.read_text() == "xx"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("time.sleep(99)", "did not answer within 0.2 s"),
        ("os.fork()\ntime.sleep(99)", "did not answer"),
        ("os.write(2, b'fatal: detected dubious ownership')\nsys.exit(128)", "dubious ownership"),
        ("sys.exit(3)", "status 3"),
    ],
)
def test_nothing_is_sent_if_git_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, words: str
) -> None:
    (tmp_path / ".git").mkdir()
    fake_git(tmp_path, monkeypatch, code)
    if "sleep" in code:
        monkeypatch.setattr(git, "DEADLINE_S", 0.2)
    reason = withheld(tmp_path / "a.py", tmp_path, ())
    assert reason.startswith("git could not say")
    assert words in reason


def test_slow_modules_are_imported_when_they_are_needed() -> None:
    code = (
        "import sys, python_expert.privacy, python_expert.llm.choice\n"
        "slow = {'detect_secrets', 'pathspec', 'requests', 'anthropic'} & sys.modules.keys()\n"
        "sys.exit(str(slow) if slow else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
