"""What a rewrite needs to know of the project, read off its files; nothing is run."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from python_expert.actions.base import Options
from python_expert.config.interpreters import site_packages, version
from python_expert.config.settings import Style
from python_expert.config.toml_files import read_toml
from python_expert.diagnostics.finding import ToolName
from python_expert.text.paths import ancestors, to_path

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.project.project import Project
    from python_expert.text.document import Document

USED_PACKAGES = ("httpx", "aiofiles", "anyio")
"""Packages that rewrites use where the project has them."""

_LOWEST = re.compile(r"(?:>=|~=|==|>)\s*3\.(\d+)")
_TARGET = re.compile(r"py3(\d+)")


def options_for(
    project: Project, document: Document, *, complete: bool = False, confirmed: bool = False
) -> Options:
    """What is known of a document's project. Reads files: not for the loop."""
    path = to_path(document.uri)
    interpreter = project.environment.interpreter
    return Options(
        path=str(path) if path else "",
        root=str(project.root),
        python=_python(project, path),
        interpreter=str(interpreter.path) if interpreter else "",
        packages=_packages(interpreter.path) if interpreter else (),
        style=_style(project, path),
        complete=complete,
        confirmed=confirmed,
        ignore=tuple(project.settings.privacy.ignore),
        redact=project.settings.privacy.redact,
    )


def _python(project: Project, path: Path | None) -> tuple[int, int]:
    """The oldest Python that a document must run on.

    ``requires-python`` says so, else ruff's ``target-version``, else mypy's ``python_version``,
    else it is the project's interpreter's.
    """
    table = _pyproject(path.parent if path else project.root)
    tools = _table(table, "tool")
    spoken = (
        (_LOWEST, _table(table, "project").get("requires-python")),
        (_TARGET, _table(tools, "ruff").get("target-version")),
        (_LOWEST, f"=={_table(tools, 'mypy').get('python_version')}"),
    )
    for pattern, value in spoken:
        if isinstance(value, str) and (match := pattern.search(value)):
            return (3, int(match[1]))
    interpreter = project.environment.interpreter
    return (interpreter and version(interpreter.path)) or sys.version_info[:2]


def _packages(interpreter: Path) -> tuple[str, ...]:
    """Those of the packages of interest that an interpreter has."""
    folders = site_packages(interpreter.parent.parent)
    return tuple(
        name for name in USED_PACKAGES if any(_is_typed(folder, name) for folder in folders)
    )


def _is_typed(folder: Path, name: str) -> bool:
    """Whether a package is there with its types, without which mypy complains of its import."""
    typed = (folder / name / "py.typed").is_file() or (folder / f"{name}-stubs").is_dir()
    return typed and (folder / name / "__init__.py").is_file()


def _style(project: Project, path: Path | None) -> Style:
    """The setting, else the convention that ruff is configured for; the texts decide the rest."""
    wished = project.settings.docstring_style
    if wished is not Style.AUTO:
        return wished
    config = project.config(ToolName.RUFF, path)
    table = _read(config) if config else {}
    lint = _table(_table(table, "tool"), "ruff") if config and _is_pyproject(config) else table
    convention = _table(_table(lint, "lint"), "pydocstyle").get("convention")
    return Style(convention) if convention in (Style.GOOGLE, Style.NUMPY) else Style.AUTO


def _pyproject(folder: Path) -> dict[str, Any]:
    for above in ancestors(folder):
        if (above / "pyproject.toml").is_file():
            return _read(above / "pyproject.toml")
    return {}


def _is_pyproject(path: Path) -> bool:
    return path.name == "pyproject.toml"


def _read(path: Path) -> dict[str, Any]:
    """A TOML file; one that cannot be read says nothing."""
    try:
        return read_toml(path)
    except (OSError, ValueError):
        return {}


def _table(table: dict[str, Any], name: str) -> dict[str, Any]:
    value = table.get(name)
    return value if isinstance(value, dict) else {}
