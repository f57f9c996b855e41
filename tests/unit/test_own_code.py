"""What Python Expert preaches it does itself, and its README is true."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.config.settings import LlmSettings, PrivacySettings, Settings, ToolSettings
from python_expert.config.sources import spell
from python_expert.tools.ruff.invocation import EXPERT_RULES

if TYPE_CHECKING:
    from pydantic import BaseModel

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _run(*argv: str) -> subprocess.CompletedProcess[str]:
    # The packages are those of the environment that runs the tests.
    environment = {**os.environ, "VIRTUAL_ENV": sys.prefix}
    command = [sys.executable, "-m", *argv]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_its_own_code_has_no_findings() -> None:
    result = _run("python_expert", "check", "server")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    result = _run("python_expert", "check", "tests", "--tools", "ruff,mypy")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_its_own_code_is_formatted() -> None:
    result = _run("ruff", "format", "--check", ".")
    assert result.returncode == 0, result.stdout


def test_ci_runs_the_command_of_the_readme() -> None:
    command = (
        "python3 -m venv .venv && .venv/bin/pip install --quiet -e '.[dev]' && .venv/bin/pytest"
        " &&\n  npm --prefix client-vscode ci && npm --prefix client-vscode test"
    )
    assert f"\n{command}\n" in README
    assert f"\n{command}\n" in (ROOT / ".ci" / "readme").read_text(encoding="utf-8")
    assert "\nbash .ci/readme\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_supported_python_is_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    prefix = "Programming Language :: Python :: 3."
    supported = [each[len(prefix) - 2 :] for each in project["classifiers"] if prefix in each]
    assert supported == ["3.11", "3.12", "3.13", "3.14"]
    matrix = runpy.run_path(str(ROOT / ".ci" / "matrix"))
    assert list(matrix["SUITES"]) == supported
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert f"python: {json.dumps(supported)}" in workflow
    assert ", ".join(supported[:-1]) + f" and {supported[-1]}" in README


def test_the_readme_names_every_setting() -> None:
    table = "\n".join(line for line in README.splitlines() if line.startswith("| `"))
    groups: dict[str, type[BaseModel]] = {
        "tools": ToolSettings,
        "llm": LlmSettings,
        "privacy": PrivacySettings,
    }
    names = [f"`{name}`" for name in Settings.model_fields if name not in groups]
    for group, model in groups.items():
        start = "." if group == "tools" else f"`{group}."
        names += [f"{start}{name}`" for name in model.model_fields]
    missing = [name for name in map(spell, names) if name not in table]
    assert missing == []


def test_the_readme_names_the_expert_profile() -> None:
    assert f"`{' '.join(EXPERT_RULES)}`" in README.replace("\n  ", " ")


def test_the_readme_names_every_module() -> None:
    package = ROOT / "server" / "python_expert"
    names = {path.name + "/" * path.is_dir() for path in package.iterdir()}
    names -= {"__init__.py", "__main__.py", "__pycache__/", "py.typed"}
    tree = README.partition("## How it works")[2]
    assert [name for name in sorted(names) if not re.search(rf"\b{re.escape(name)}", tree)] == []
