"""Projects from real configurations and our own modules, and the tools' own findings in them.

The expected findings come from the tools' own commands, run as a developer of the project would run
them. Only two decisions come from Python Expert, and both have their own tests: the profile where
ruff is not configured, and the bandit tests that a ruff configuration leaves out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.config.security_rules import unwanted_by_ruff
from python_expert.project.files import FileChecker
from python_expert.tools import registry
from python_expert.tools.bandit.spec import DUPLICATES
from python_expert.tools.ruff.profile import expert_profile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from python_expert.tools.context import ToolContext

HERE = Path(__file__).parent
SCRIPTS = Path(sysconfig.get_path("scripts"))
TOOLS = ("ruff", "mypy", "bandit")

ENVIRONMENT = {"VIRTUAL_ENV": sys.prefix, "PYTHONPATH": "", "PYTHONSAFEPATH": "1"}
"""With this environment all tools use the tests' interpreter, and none imports the project."""


class Place(NamedTuple):
    """The place and rule of a finding.

    Attributes:
        file: The file, relative to the project's folder.
        line: The 1-based line.
        rule: The rule, or empty.
    """

    file: str
    line: int
    rule: str


class Answer(NamedTuple):
    """The result of a tool's own command.

    Attributes:
        found: The findings.
        error: Why the tool cannot work, or empty.
    """

    found: frozenset[Place]
    error: str = ""


@dataclass(frozen=True)
class Project:
    """An entry of ``projects.toml``, which explains the fields."""

    name: str
    origin: str
    license: str
    shows: str
    package: str
    configured: Sequence[str]
    excluded: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tests: str = "tests"
    crashing: Sequence[str] = ()

    def write(self, folder: Path) -> list[str]:
        """Write the configuration and the modules; return the names of the modules."""
        configurations = HERE / "configurations" / self.name
        for source in configurations.rglob("*.txt"):
            _copy(source, folder / source.relative_to(configurations).with_suffix(""))
        names = {
            f"{self.package}/__init__.py": "__init__.py",
            f"{self.package}/report.py": "report.py",
            f"{self.package}/legacy.py": "legacy.py",
            f"{self.package}/fast.pyi": "fast.pyi",
            f"{self.tests}/test_report.py": "test_report.py",
        }
        names |= {name: "report.py" for name in self.excluded if name not in names}
        module = self.package.rpartition("/")[2]
        for name, sample in names.items():
            _copy(HERE / "samples" / f"{sample}.txt", folder / name, module)
        return sorted(names)


def _copy(source: Path, target: Path, package: str = "") -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(source.read_text("utf-8").replace("PACKAGE", package), "utf-8")


@cache
def projects() -> dict[str, Project]:
    """Return the projects by name."""
    entries = tomllib.loads((HERE / "projects.toml").read_text("utf-8"))
    return {name: Project(name, **entry) for name, entry in entries.items()}


def run_tools(project: Project, folder: Path, files: Sequence[str]) -> dict[str, Answer]:
    """Return the result of each tool's own command for a project's files."""
    files_by_tool = {
        tool: [name for name in files if tool not in project.excluded.get(name, ())]
        for tool in TOOLS
    }
    ruff = _run_ruff(project, folder, files_by_tool["ruff"])
    return {
        "ruff": ruff,
        "mypy": _run_mypy(project, folder, files_by_tool["mypy"]),
        # If ruff rejects its configuration, no bandit test is left out.
        "bandit": _run_bandit(
            project, folder, files_by_tool["bandit"], ruff_decides=not ruff.error
        ),
    }


def _context(folder: Path) -> ToolContext:
    return FileChecker(registry.TOOLS, (), lambda _message: None).project(folder).place


def _run_ruff(project: Project, folder: Path, files: Sequence[str]) -> Answer:
    argv: list[str] = ["check", "--output-format", "json", "--no-fix", "--no-cache"]
    if "ruff" not in project.configured:
        profile = expert_profile(_context(folder), folder / "x.py")
        assert profile is not None
        argv += ["--config", f"lint = {_toml(profile.lint)}"]
        if profile.target:
            argv += ["--target-version", profile.target]
        if profile.line_length:
            argv += ["--line-length", str(profile.line_length)]
    status, out, err = _run("ruff", [*argv, *files], folder)
    if status not in (0, 1):
        return Answer(frozenset(), err)
    found = (
        Place(_relative(item["filename"], folder), item["location"]["row"], item["code"] or "")
        for item in json.loads(out)
    )
    return Answer(frozenset(found))


def _run_mypy(project: Project, folder: Path, files: Sequence[str]) -> Answer:
    argv = ["--output", "json", "--cache-dir", os.devnull, "--no-pretty"]
    if "mypy" not in project.configured:
        argv.append("--strict")
    status, out, err = _run("mypy", [*argv, *files], folder)
    found = set()
    for line in out.splitlines():
        try:
            item = json.loads(line)
        except ValueError:
            continue
        if item["line"] > 0:  # line 0 only names the function of the following errors
            found.add(Place(_relative(item["file"], folder), item["line"], item["code"] or ""))
    return Answer(frozenset(found), err or out if status not in (0, 1) else "")


def _run_bandit(
    project: Project, folder: Path, files: Sequence[str], *, ruff_decides: bool
) -> Answer:
    config = next(
        (
            name
            for name in ("bandit.yaml", "bandit.yml", "pyproject.toml")
            if (folder / name).exists()
        ),
        None,
    )
    argv = ["-f", "json", "-q", "-r", "."]
    if config and "bandit" in project.configured:
        argv += ["-c", config]
    status, out, err = _run("bandit", argv, folder)
    if status not in (0, 1) or not out:
        return Answer(frozenset(), err)
    found = {
        Place(_relative(item["filename"], folder), item["line_number"], item["test_id"])
        for item in json.loads(out)["results"]
    }
    found = {place for place in found if place.file in files}
    if "bandit" not in project.configured:  # then bandit allows assert in tests
        found = {
            place
            for place in found
            if place.rule != "B101" or not place.file.startswith(f"{project.tests}/")
        }
        context = _context(folder)
        if ruff_decides:
            found = {place for place in found if not _is_left_out(context, folder, place)}
    return Answer(frozenset(found))


def _is_left_out(context: ToolContext, folder: Path, place: Place) -> bool:
    """Return whether a ruff configuration leaves out the rule of a bandit test."""
    path = folder / place.file
    config = context.config("ruff", path)  # the closest one also decides for bandit
    return config is not None and DUPLICATES.get(place.rule) in unwanted_by_ruff(config, path)


def _run(tool: str, argv: Sequence[str], folder: Path) -> tuple[int, str, str]:
    done = subprocess.run(
        [SCRIPTS / tool, *argv],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **ENVIRONMENT},
    )
    return done.returncode, done.stdout, done.stderr


def _relative(path: str, folder: Path) -> str:
    return Path(os.path.relpath(folder / path, folder)).as_posix()


def _toml(value: Any) -> str:  # noqa: ANN401 - any value in a profile
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    return json.dumps(value)
