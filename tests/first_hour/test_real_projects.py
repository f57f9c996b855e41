"""Test the first hour with four real projects from the package index.

They are a library, a client, a uv workspace whose members share one environment, and a folder of
untyped scripts. Only ``pytest -m long`` runs it: it needs the package index and takes minutes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e import emacs
from tests.e2e.emacs import Emacs
from tests.e2e.neovim import ROOT, Neovim, snippets
from tests.first_hour.projects import PROJECTS, SCRIPTS, Project, fetch
from tests.scale import LONG

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pytestmark = [
    pytest.mark.long,
    pytest.mark.one_python,
    pytest.mark.skipif(not LONG, reason="fetches projects; `-m long` runs it"),
    pytest.mark.skipif(sys.platform != "linux", reason="runs editors"),
]

DEADLINE_S = 600.0
CLIENT = ROOT / "client-vscode"

NEWER = re.compile(
    r"bandit could not check all files: \S+ this server runs on Python 3\.\d+ and cannot read "
)
"""The message about a file that only a newer Python can parse."""

WRONG = [
    "",
    "import tempfile",
    "import time",
    "from typing import Optional",
    "",
    "",
    "def first_hour(count: Optional[int]) -> str:",
    "    return count",
    "",
    "",
    "def first_rest() -> None:",
    "    time.sleep(1.5)",
    "",
]
"""Code with findings of ruff and mypy, and a function that can be converted to async."""

FOUND = """
(seq-some (lambda (each) (string-match-p "%s" (flymake-diagnostic-text each)))
          (flymake-diagnostics))
"""
UNKNOWN = 'Cannot find implementation or library stub for module named \\"[^s]'
"""mypy's messages about an import that it does not find; only ``serial`` is not installed."""


@pytest.fixture(scope="module", params=PROJECTS)
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Project, Path]:
    """A project and its folder, which has its environment."""
    project = PROJECTS[request.param]
    return project, fetch(project, tmp_path_factory.mktemp("real"))


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, and check that it has no internal error."""
    variables = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    done = subprocess.run(
        [SCRIPTS / "python-expert", *words], cwd=folder, env=variables, capture_output=True,
        text=True, check=False, timeout=DEADLINE_S,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr
    return done


def found(folder: Path) -> list[dict[str, Any]]:
    """Return the findings of ``check``, for which all tools must run."""
    done = run(folder, "check", "--output-format", "json")
    failures = [line for line in done.stderr.splitlines() if not NEWER.search(line)]
    assert failures == []
    findings: list[dict[str, Any]] = json.loads(done.stdout)
    return findings


def too_new(folder: Path, oldest: str) -> set[str]:
    """Return the files that the oldest Python cannot parse."""
    words = ("--isolated", "--select", "E9", "--target-version", oldest, "--output-format", "json")
    done = subprocess.run(
        [SCRIPTS / "ruff", "check", "--exit-zero", *words],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {each["filename"] for each in json.loads(done.stdout)}


def check_fixed(text: str, project: Project) -> None:
    """Check the result of Fix All in a file with ``WRONG``."""
    words = ("--isolated", "--select", "E9", "--target-version", project.oldest)
    done = subprocess.run(
        [SCRIPTS / "ruff", "check", *words, "-"],
        input=text, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "import tempfile" not in text
    if project.oldest == "py38" and "from __future__ import annotations" not in text:
        assert "Optional[int]) -> str:" in text, "`int | None` fails with Python 3.8"


def test_doctor_finds_no_problem_and_the_right_environment(
    project: tuple[Project, Path],
) -> None:
    real, folder = project
    done = run(folder, "doctor", real.file, "--output-format", "json")
    assert done.returncode == 0, done.stderr
    interpreter = json.loads(done.stdout)["interpreter"]
    if real.install:
        assert interpreter["path"] == str(folder / ".venv/bin/python")


def test_check_reports_few_errors(project: tuple[Project, Path]) -> None:
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
    """Return the errors of the current buffer."""
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
        editor.wait_shown(("Mypy", "return-value", lines - 5))
        editor.wait_shown(("Ruff", "F401", lines - 11, "tempfile"))
        errors = shown_errors(editor)
        assert len(errors) <= 1 + lines / real.lines_per_error + 5, errors
        editor.command("PythonExpert fix")
        editor.wait("the fix", "return vim.fn.search('^import tempfile$', 'nw') == 0")
        check_fixed(editor.text, real)
        assert "Error" not in editor.messages()


def test_emacs_shows_what_is_typed_and_a_conversion_and_fixes_it(
    project: tuple[Project, Path], tmp_path: Path
) -> None:
    if why := emacs.missing():
        pytest.skip(why)
    real, folder = project
    home = tmp_path / "home"
    home.mkdir()
    set_up = "\n".join(snippets("Emacs (eglot)", "elisp")[::2])
    with Emacs(home, folder, f"{set_up}\n(setq eglot-sync-connect nil)") as editor:
        editor.lisp(f'(find-file "{folder / real.file}")')
        editor.wait("the server", "(and (eglot-current-server) (eglot-managed-p))")
        added = json.dumps("\n".join(WRONG))
        editor.lisp(f"(progn (goto-char (point-max)) (insert {added}))")
        for words in ("Incompatible return value", "tempfile"):
            editor.wait(words, FOUND % words)
        assert editor.lisp(FOUND % UNKNOWN) == "nil", "what is installed is found"

        editor.lisp('(search-backward "time.sleep(1.5)")')
        editor.command("eglot-code-actions")
        editor.wait("the menu", "(minibufferp)")
        editor.type("Convert `first_rest` to async (offline)\r")
        shown = '(get-buffer-window "*python-expert-diff*")'
        editor.wait("the question", f"(and {shown} (minibufferp))")
        diff = editor.lisp('(with-current-buffer "*python-expert-diff*" (buffer-string))')
        assert "+    await asyncio.sleep(1.5)\n" in diff
        editor.type("n")
        editor.wait("the end", f"(not {shown})")

        editor.command("python-expert-tidy")
        editor.wait("the fix", '(not (string-match-p "^import tempfile$" (buffer-string)))')
        check_fixed(editor.text, real)


@pytest.fixture(scope="module")
def client() -> Path:
    """The packed VS Code extension with its tests."""
    if not (CLIENT / "node_modules").is_dir():
        pytest.skip("needs the VS Code client's packages: npm --prefix client-vscode ci")
    for words in (["npm", "run", "package"], ["node", "esbuild.mjs", "--tests"]):
        subprocess.run(words, cwd=CLIENT, check=True, capture_output=True)
    return CLIENT


def test_vs_code_shows_what_is_typed_and_a_conversion_and_fixes_it(
    project: tuple[Project, Path], client: Path
) -> None:
    real, folder = project
    wanted = {"folder": str(folder), "file": real.file, "added": "\n".join(WRONG)}
    done = subprocess.run(
        ["node", "out/test/harness/main.js", "real"],
        cwd=client,
        env={
            # The editor is in the user's cache.
            **{name: value for name, value in os.environ.items() if name != "XDG_CACHE_HOME"},
            "PYTHON_EXPERT_PYTHON": sys.executable,
            "PYTHON_EXPERT_REAL_PROJECT": json.dumps(wanted),
        },
        capture_output=True, text=True, check=False, timeout=DEADLINE_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    check_fixed((folder / real.file).read_text(encoding="utf-8"), real)
    subprocess.run(["git", "checkout", "-q", "."], cwd=folder, check=True)


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
