"""The command ``doctor``: describes the tools, interpreter and settings in use, and why."""

from __future__ import annotations

import asyncio
import os
import platform
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_expert import __version__
from python_expert.actions.registry import ACTIONS
from python_expert.config import environments, sources
from python_expert.config.config_faults import is_outdated
from python_expert.config.layers import TABLE
from python_expert.config.settings import schema
from python_expert.config.toml_files import nearest_pyproject, table
from python_expert.llm.choice import choose, key_variable
from python_expert.processes.command import ToolError, run
from python_expert.project.events import Events
from python_expert.project.project import Project
from python_expert.text.document import Document
from python_expert.tools import answers, registry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from python_expert.config.environments import FoundPython
    from python_expert.config.interpreters import FoundProgram
    from python_expert.config.settings import Settings
    from python_expert.diagnostics.finding import ToolName

DEADLINE_S = 60.0

NO_ENVIRONMENT = (
    "no virtual environment was found: create one in the project (.venv), or activate one"
)

OWN_ENVIRONMENT = (
    "this is Python Expert's own environment, in which your project's packages are not found: "
    "create one in the project (.venv), or activate the project's"
)

_PROFILED = {kind.spec.name for kind in registry.TOOLS if kind.spec.bundled}
"""The tools that the expert profile configures; others are the project's own."""

_VERSION = re.compile(r"\b\d+\.\d\S*")


async def examine(root: Path, own_python: FoundPython | None = None) -> dict[str, Any]:
    """Describe the project of a folder, or of a script with an environment, as JSON-like data.

    The keys are ``python-expert``, ``python``, ``platform``, ``root``, ``interpreter`` (path,
    version, why, advice; version and advice may be empty), ``tools`` (by name: path, version, why,
    config, profile, enabled, variant, error), ``rewrites`` (provider, why, obstacle, key: the
    variable that holds one, model, base-url, effort, session-token-budget, engines: by name the
    version, or null), ``settings`` (all values in force) and ``problems`` (sentences).
    """
    kinds = registry.TOOLS
    settings, problems = sources.load(root, [], schema(tuple(kind.spec for kind in kinds)))
    events = Events(lambda _reports: None, lambda problem: problems.append(problem.message))
    project = Project(root, settings, events, kinds, own_python=own_python)
    interpreter = project.environment.interpreter
    tools = await asyncio.gather(*(_tool(project, name) for name in project.kinds))
    await project.stop()
    found = dict(zip(project.kinds, tools, strict=True))
    problems += _missed(root, found)
    _name_once(found, problems)
    return {
        "python-expert": __version__,
        "python": f"{platform.python_version()} ({sys.executable})",
        "platform": platform.platform(),
        "root": str(root),
        "interpreter": {
            "path": str(interpreter.path),
            "version": ".".join(map(str, environments.version(interpreter.path) or ())),
            "why": interpreter.why,
            "advice": _advice(root, interpreter),
        }
        if interpreter
        else None,
        "tools": found,
        "rewrites": await _rewrites(root, settings, problems),
        "settings": _shown(settings),
        "problems": problems,
    }


def _advice(root: Path, interpreter: FoundProgram) -> str:
    """Return advice if the interpreter is probably not the project's."""
    if gone := environments.missing():
        return f"{gone}; activate the project's environment again"
    if interpreter.why == environments.ON_PATH:
        return NO_ENVIRONMENT
    own = Path(sys.prefix).resolve()
    is_own = interpreter.path.parent.parent.resolve() == own
    return OWN_ENVIRONMENT if is_own and not own.is_relative_to(root.resolve()) else ""


def _name_once(tools: Mapping[str, dict[str, Any]], problems: Sequence[str]) -> None:
    """Shorten a tool's error to its place if the error is among the problems."""
    places = [problem.partition(" ")[0] for problem in problems]
    for tool in tools.values():
        place = tool["error"].partition(" ")[0]
        if place.endswith(":") and any(each.endswith(place) for each in places):
            tool["error"] = f"cannot run: see the problem in {place.removesuffix(':')}"


def _missed(root: Path, tools: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return errors of the project's own tools that its pyproject.toml enables explicitly."""
    said = table(nearest_pyproject(root), "tool", TABLE, "tools")
    return [
        f"pyproject.toml switches {name} on, which cannot run: {tools[name]['error']}"
        for name in (kind.spec.name for kind in registry.TOOLS if not kind.spec.bundled)
        if table(said, name).get("enabled") is True and tools[name]["error"]
    ]


async def version_of(project: Project, name: ToolName) -> str:
    """Ask a tool for its version.

    Raises:
        ToolError: It cannot be run.
    """
    command = project.kinds[name].version_command(project.place.program(name), project.root)
    status, out, err = await run(command, deadline_s=DEADLINE_S)
    if status != 0:
        words = err.decode("utf-8", "replace").strip()
        if words.endswith(f": No module named {name}"):
            advice = f"run `pip install {name}` there, or activate the environment that has it"
            raise ToolError(f"not installed in {command.argv[0]}; {advice}")
        raise ToolError(f"{' '.join(command.argv)} failed: {words}")
    with answers.reading(" ".join(command.argv), out, err):
        match = _VERSION.search(out.decode())
        if match is None:
            raise ValueError("it reports no version")
        return match[0]


def _shown(settings: Settings) -> dict[str, Any]:
    """Return all settings, without the passwords in URLs."""
    shown = asdict(settings)
    if settings.llm.base_url:
        shown["llm"]["base_url"] = sources.without_userinfo(settings.llm.base_url)
    return shown


async def _rewrites(root: Path, settings: Settings, problems: Sequence[str]) -> dict[str, Any]:
    """Describe the provider for this folder and its options; of a key, only its location."""
    choice = await asyncio.to_thread(choose, settings, None, root)
    if any(sources.NOTHING_SENT in problem for problem in problems):
        # The settings in force differ from all configured ones.
        choice = choice._replace(reason="nothing is sent until the settings are corrected")
    llm = settings.llm
    address = llm.base_url or os.environ.get("ANTHROPIC_BASE_URL") or ""
    return {
        "provider": choice.provider,
        "why": choice.reason,
        "obstacle": choice.obstacle,
        "key": key_variable() or None,
        "model": llm.model,
        "base-url": sources.without_userinfo(address) or None,
        "effort": llm.effort,
        "session-token-budget": llm.session_token_budget,
        "engines": await _engines(),
    }


async def _engines() -> dict[str, str | None]:
    """Return the versions of the actions' engines; None for a missing one."""
    engines = [engine for action in ACTIONS for engine in action.engines]
    versions = await asyncio.gather(*(asyncio.to_thread(engine.version) for engine in engines))
    return {engine.name: found for engine, found in zip(engines, versions, strict=True)}


async def _tool(project: Project, name: ToolName) -> dict[str, Any]:
    found = project.environment.tools[name]
    expert = project.is_expert(name, None)
    found_config = project.config(name, None)
    result: dict[str, Any] = {
        "enabled": project.settings.tools.of(name).enabled,
        "path": str(found.path),
        "version": "",
        "why": found.why,
        "config": str(found_config) if found_config else None,
        "profile": "expert" if expert else "project",
        "variant": "",
        "error": "",
    }
    try:
        result["version"] = await version_of(project, name)
        if tool := project.tools.get(name):
            await tool.check([Document.of("untitled:doctor", 0, "")])
            result["variant"] = tool.variant
    except ToolError as error:
        result["error"] = str(error)
    return result


def is_well(report: dict[str, Any]) -> bool:
    """Return whether all bundled tools work and no file or setting is wrong."""
    needed = {kind.spec.name for kind in registry.TOOLS if kind.spec.bundled}
    return all(map(is_outdated, report["problems"])) and not any(
        tool["error"]
        for name, tool in report["tools"].items()
        if tool["enabled"] and name in needed
    )


def describe(report: dict[str, Any]) -> str:
    """Return the description as text for the user."""
    lines = [
        f"python-expert {report['python-expert']} on Python {report['python']}",
        f"platform      {report['platform']}",
        f"project       {report['root']}",
    ]
    interpreter = report["interpreter"]
    where = "none found"
    if interpreter:
        version = f", Python {interpreter['version']}" if interpreter["version"] else ""
        where = f"{interpreter['path']} ({interpreter['why']}){version}"
    lines.append(f"interpreter   {where}")
    if advice := interpreter["advice"] if interpreter else NO_ENVIRONMENT:
        lines.append(f"              {advice}")
    for name, tool in report["tools"].items():
        state = tool["error"] or tool["version"]
        off = "" if tool["enabled"] else ", switched off"
        profile = f"{tool['profile']} profile; " if name in _PROFILED else ""
        lines += [
            f"{name:<13} {state}{off}",
            f"              {tool['path']} ({tool['why']})",
            f"              {profile}configuration: {tool['config'] or 'none'}",
        ]
        if tool["variant"]:
            what = next(each.variants for each in registry.TOOLS if each.spec.name == name)
            lines.append(f"              {what[tool['variant']]} ({tool['variant']})")
    lines += _describe_rewrites(report["rewrites"])
    lines += [f"problem       {problem}" for problem in report["problems"]]
    return "\n".join(lines)


def _describe_rewrites(rewrites: dict[str, Any]) -> list[str]:
    at = f" at {rewrites['base-url']}" if rewrites["base-url"] else ""
    limit = f"at most {rewrites['session-token-budget']:,} tokens a session"
    lines = [
        f"rewrites      {rewrites['provider']} ({rewrites['why']})",
        f"              model: {rewrites['model']}{at}, effort {rewrites['effort']}, {limit}",
        f"              key: {rewrites['key'] or 'none in the environment'}",
    ]
    if rewrites["obstacle"]:
        lines.insert(1, f"              nothing will be sent: {rewrites['obstacle']}")
    for action in ACTIONS:
        for name, _, advice in action.engines:
            state = rewrites["engines"][name] or f"is missing: {advice}"
            lines.append(f"              {action.title.lower()}: {name} {state}")
    return lines
