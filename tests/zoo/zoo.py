"""Projects that are made of real configurations and our own modules, and what the tools say there.

What is expected is asked of the tools' own commands, run as a developer of the project would run
them. Of Python Expert's only two decisions are taken, which have tests of their own: the profile
where ruff is not configured, and which of bandit's tests a configuration of ruff's leaves out.
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
"""With it all tools, ours too, use the interpreter of the tests, and none imports the project."""


class Place(NamedTuple):
    """Where a tool finds what.

    Attributes:
        file: The file, from the project's folder.
        line: The line, from 1.
        rule: The rule, or empty.
    """

    file: str
    line: int
    rule: str


class Answer(NamedTuple):
    """What a tool's own command says.

    Attributes:
        found: What it finds.
        error: Why it cannot work, or empty.
    """

    found: frozenset[Place]
    error: str = ""


@dataclass(frozen=True)
class Project:
    """An entry of ``projects.toml``, which says what they mean."""

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
        """Write the configuration and the modules; returns the names of the modules."""
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
    """The projects, by name."""
    entries = tomllib.loads((HERE / "projects.toml").read_text("utf-8"))
    return {name: Project(name, **entry) for name, entry in entries.items()}


def ask(project: Project, folder: Path, files: Sequence[str]) -> dict[str, Answer]:
    """What each tool's own command says of a project's files."""
    asked = {
        tool: [name for name in files if tool not in project.excluded.get(name, ())]
        for tool in TOOLS
    }
    ruff = _ask_ruff(project, folder, asked["ruff"])
    return {
        "ruff": ruff,
        "mypy": _ask_mypy(project, folder, asked["mypy"]),
        # A configuration that ruff refuses leaves nothing out.
        "bandit": _ask_bandit(project, folder, asked["bandit"], ruff_decides=not ruff.error),
    }


def _context(folder: Path) -> ToolContext:
    return FileChecker(registry.TOOLS, (), lambda _message: None).project(folder).place


def _ask_ruff(project: Project, folder: Path, files: Sequence[str]) -> Answer:
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


def _ask_mypy(project: Project, folder: Path, files: Sequence[str]) -> Answer:
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
        if item["line"] > 0:  # else it says only which function the next ones are in
            found.add(Place(_relative(item["file"], folder), item["line"], item["code"] or ""))
    return Answer(frozenset(found), err or out if status not in (0, 1) else "")


def _ask_bandit(
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
    if "bandit" not in project.configured:  # then tests may use assert
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
    """Whether a configuration of ruff's leaves out the rule that is one of bandit's tests."""
    path = folder / place.file
    config = context.config("ruff", path)  # the closest decides about bandit, too
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
