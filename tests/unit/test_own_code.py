"""Our own code passes its checks, and the documentation agrees with the code."""

from __future__ import annotations

import json
import re
import runpy
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.config.settings import ToolSettings
from python_expert.config.sources import EDITOR_ONLY, spell
from python_expert.tools.antipatterns.spec import ANTIPATTERNS
from python_expert.tools.ruff.profile import EXPERT_RULES
from tests.tools import ALL_NAMES, NAMES, SCHEMA, SPECS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


def _page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


README = _page("README.md")
FINDINGS = _page("docs/findings.md")
ARCHITECTURE = _page("docs/architecture.md")


def test_ci_runs_the_command_of_the_readme() -> None:
    command = (
        "python3 -m venv .venv && .venv/bin/pip install --quiet -e '.[dev]' && .venv/bin/pytest"
        " &&\n  npm --prefix client-vscode ci && npm --prefix client-vscode test"
    )
    assert f"\n{command}\n" in README
    assert f"\n{command}\n" in (ROOT / ".ci" / "readme").read_text(encoding="utf-8")
    assert "\nbash .ci/readme\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_folder_of_tests_is_run() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    listed = [ROOT / each for each in options["ini_options"]["testpaths"]]
    assert [each for each in folders if not any(map(each.is_relative_to, listed))] == []


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


def _default(default: object) -> str:
    """Return a setting's default as docs/settings.md writes it."""
    value = json.dumps(default).strip('"').removesuffix(".0")
    return "" if value in ("null", "{}") else f"`{value}`"


def _settings() -> Iterator[tuple[str, str]]:
    """Return each setting's name, starred if only editors may set it, and its default."""
    defaults = asdict(SCHEMA())
    tools: dict[str, dict[str, object]] = defaults.pop("tools")
    for key, usual in asdict(ToolSettings()).items():
        special = {name: tools[name][key] for name in NAMES if tools[name][key] != usual}
        text = ", ".join(f"{_default(value)} for {name}" for name, value in special.items())
        text += ", else " * bool(special)
        shown = f"<{', '.join(NAMES)}>" if key == "enabled" else "…"
        yield _starred(f"tools.*.{key}").replace("*", shown, 1), text + _default(usual)
    for name in ALL_NAMES:
        for key in tools[name].keys() - asdict(ToolSettings()).keys():
            star = " *" * (f"tools.*.{key}" in EDITOR_ONLY)
            yield f"tools.{name}.{spell(key)}{star}", _default(tools[name][key])
    for key, value in defaults.items():
        for part, default in value.items() if isinstance(value, dict) else [("", value)]:
            yield _starred(f"{key}.{part}".strip(".")), _default(default)


def _starred(name: str) -> str:
    return spell(name) + " *" * (name in EDITOR_ONLY)


def test_the_documentation_lists_every_setting_with_its_default() -> None:
    section = _page("docs/settings.md").partition("\n## ")[0]
    rows = re.findall(r"^\| `(.+?)`( \*)? \| (?:(.+?) )?\| .+ \|$", section, re.MULTILINE)
    assert {name + star: default for name, star, default in rows} == dict(_settings())


def test_the_documentation_names_the_tools_and_their_versions() -> None:
    summary = README.partition("\n## ")[0]
    streams = summary.partition("streams what")[2].partition("find")[0]
    assert tuple(re.findall(r"\*\*([\w-]+)", streams)) == NAMES[:-1]
    assert NAMES[-1] == ANTIPATTERNS
    assert "rules of its own" in streams
    assert f"quality tool ({', '.join(ALL_NAMES)})" in ARCHITECTURE
    for spec in SPECS:
        if spec.versions:
            lowest = ".".join(map(str, spec.versions[0])).removesuffix(".0")
            assert re.search(rf"[(,]\s*{spec.name} {lowest}\b", FINDINGS)


def test_the_documentation_names_the_expert_profile() -> None:
    assert f"`{' '.join(EXPERT_RULES)}`" in FINDINGS


def test_the_architecture_names_every_module() -> None:
    package = ROOT / "server" / "python_expert"
    names = {path.name + "/" * path.is_dir() for path in package.iterdir()}
    names -= {"__init__.py", "__main__.py", "__pycache__/", "py.typed"}
    assert [name for name in sorted(names) if f"`{name}`" not in ARCHITECTURE] == []
