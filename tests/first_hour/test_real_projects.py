"""The first hour on four real projects that are fetched for the test.

They are a library, a client, a uv workspace whose members share one environment, and a folder of
untyped scripts. Only ``pytest -m long`` runs it: it needs the package index and takes minutes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.e2e.neovim import Neovim, snippets
from tests.scale import LONG

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = [
    pytest.mark.long,
    pytest.mark.one_python,
    pytest.mark.skipif(not LONG, reason="fetches projects; `-m long` runs it"),
    pytest.mark.skipif(sys.platform != "linux", reason="runs Neovim"),
]

DEADLINE_S = 600.0
SCRIPTS = Path(sysconfig.get_path("scripts"))

NEWER = re.compile(r"bandit could not run: \S+ this server runs on Python 3\.\d+ and cannot read ")
"""What is said of a file that only a newer Python can read."""

WRONG = [
    "",
    "import tempfile",
    "",
    "",
    "def first_hour(count: int) -> str:",
    "    return count",
    "",
]
"""Lines in which ruff and mypy find something."""


DEVELOPMENT = ("pytest>=8.3", "trio>=0.26", "typer>=0.12.4")
"""What the workspace's tests and its command line import."""


class Project(NamedTuple):
    """A project to try.

    Attributes:
        source: Its source distribution.
        folder: The folder that a user opens, in it.
        install: What goes into its environment; empty without one.
        file: A file to open.
        oldest: The oldest Python that it supports, as ruff calls it.
        lines_per_error: There may be one error in so many lines.
        imports: What can still be imported after Fix All.
    """

    source: str
    folder: str
    install: tuple[str, ...]
    file: str
    oldest: str
    lines_per_error: int
    imports: str = ""


PROJECTS = {
    "a library": Project(
        "rich==14.0.0", "", ("-e", "."), "rich/table.py", "py38", 2000, "import rich.table"
    ),
    "a client": Project("httpx==0.28.1", "", ("-e", "."), "httpx/_urls.py", "py38", 200),
    "a workspace": Project(
        "mcp==1.9.0",
        "",
        ("-e", ".", "-e", "examples/servers/simple-tool", *DEVELOPMENT),
        "examples/servers/simple-tool/mcp_simple_tool/server.py",
        "py310",
        100,
        "import mcp_simple_tool.server",
    ),
    "scripts": Project("pyserial==3.5", "examples", (), "tcp_serial_redirect.py", "py38", 30),
}


@pytest.fixture(scope="module", params=PROJECTS)
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Project, Path]:
    """A project, and the folder where it is, with its environment."""
    project = PROJECTS[request.param]
    home = tmp_path_factory.mktemp("real")
    source = ["--no-deps", "--no-binary", ":all:", project.source]
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", *source, "-d", home], check=True)
    (archive,) = home.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(home, filter="data")
    folder = home / archive.name.removesuffix(".tar.gz") / project.folder
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    (folder / ".gitignore").write_text(".venv/\n", encoding="utf-8")
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *words], cwd=folder, check=True)
    if project.install:
        uv, environment = SCRIPTS / "uv", {**os.environ, "VIRTUAL_ENV": str(folder / ".venv")}
        subprocess.run([uv, "venv", "-q", "-p", sys.executable, ".venv"], cwd=folder, check=True)
        install = ("pip", "install", "-q", *project.install)
        subprocess.run([uv, *install], cwd=folder, env=environment, check=True)
    return project, folder


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder; it must not fail within."""
    variables = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    done = subprocess.run(
        [SCRIPTS / "python-expert", *words], cwd=folder, env=variables, capture_output=True,
        text=True, check=False, timeout=DEADLINE_S,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr
    return done


def found(folder: Path) -> list[dict[str, Any]]:
    """What ``check`` finds; all tools have to run."""
    done = run(folder, "check", "--output-format", "json")
    failures = [line for line in done.stderr.splitlines() if not NEWER.search(line)]
    assert failures == []
    findings: list[dict[str, Any]] = json.loads(done.stdout)
    return findings


def too_new(folder: Path, oldest: str) -> set[str]:
    """The files that the oldest Python cannot parse."""
    words = ("--isolated", "--select", "E9", "--target-version", oldest, "--output-format", "json")
    done = subprocess.run(
        [SCRIPTS / "ruff", "check", "--exit-zero", *words],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {each["filename"] for each in json.loads(done.stdout)}


def test_doctor_finds_nothing_wrong_and_the_right_environment(
    project: tuple[Project, Path],
) -> None:
    real, folder = project
    done = run(folder, "doctor", real.file, "--output-format", "json")
    assert done.returncode == 0, done.stderr
    interpreter = json.loads(done.stdout)["interpreter"]
    if real.install:
        assert interpreter["path"] == str(folder / ".venv/bin/python")


def test_check_is_no_sea_of_red(project: tuple[Project, Path]) -> None:
    real, folder = project
    findings = found(folder)
    errors = [each for each in findings if each["severity"] == "error"]
    files = [path for path in folder.rglob("*.py") if ".venv" not in path.parts]
    lines = sum(len(path.read_bytes().splitlines()) for path in files)
    assert len(errors) <= lines / real.lines_per_error
    own = [each for each in findings if each["path"] == real.file and each["source"] == "Mypy"]
    missing = [each["message"] for each in own if each["code"] == "import-not-found"]
    assert all("serial" in each for each in missing), "what is installed is found"


def test_a_rewrite_prints_a_diff_or_says_why_not(project: tuple[Project, Path]) -> None:
    real, folder = project
    for action in ("add-type-hints", "add-docstrings", "convert-to-async"):
        done = run(folder, "rewrite", action, real.file, "--provider", "offline")
        assert done.returncode in (0, 1), done.stderr
        assert done.stdout.startswith(f"--- a/{real.file}\n") or done.stderr.strip()


def shown_errors(editor: Neovim) -> Sequence[Any]:
    """The errors of the current buffer."""
    return [each for each in editor.shown() if each[4] == "ERROR"]


def test_an_editor_shows_what_is_typed_and_fixes_it(
    project: tuple[Project, Path], tmp_path: Path
) -> None:
    real, folder = project
    home = tmp_path / "home"
    home.mkdir()
    with Neovim(home, folder, snippets()[0]) as editor:
        editor.command(f"edit {real.file}")
        editor.wait("a client", "return #vim.lsp.get_clients({bufnr = 0}) > 0")
        editor.lua("vim.api.nvim_buf_set_lines(0, -1, -1, true, ...)", WRONG)
        lines = editor.lua("return vim.api.nvim_buf_line_count(0)")
        editor.wait_shown(("Mypy", "return-value", lines - 1))
        editor.wait_shown(("Ruff", "F401", lines - 5, "tempfile"))
        errors = shown_errors(editor)
        assert len(errors) <= 1 + lines / real.lines_per_error + 5, errors
        editor.command("PythonExpert fix")
        editor.wait(
            "the fix", "return not vim.fn.getline(vim.fn.line('$') - 5):find('import tempfile')"
        )
        compile(editor.text, real.file, "exec", dont_inherit=True)
        assert "Error" not in editor.messages()


def test_fix_all_breaks_no_python_that_the_project_supports(
    project: tuple[Project, Path],
) -> None:
    real, folder = project
    before = too_new(folder, real.oldest)
    done = run(folder, "check", "--fix", "--exit-zero", "--tools", "ruff")
    assert done.returncode == 0, done.stderr
    assert too_new(folder, real.oldest) <= before
    if real.imports:
        subprocess.run([folder / ".venv/bin/python", "-c", real.imports], cwd=folder, check=True)
