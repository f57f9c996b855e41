"""The context of a rewrite, read from the project's files without running code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from python_expert.actions.base import Options
from python_expert.config.conventions import style_guide
from python_expert.config.docstring_demands import of_pydoclint
from python_expert.config.environments import prefix_of, site_packages, version
from python_expert.config.python_versions import RequiredPython, tool_table, tool_tables
from python_expert.config.settings import Style
from python_expert.config.toml_files import table
from python_expert.text.paths import to_path

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.project.project import Project
    from python_expert.text.document import Document

USED_PACKAGES = ("httpx", "aiofiles", "anyio")
"""Packages that rewrites use where the project has them."""


def options_for(
    project: Project,
    document: Document,
    *,
    complete: bool = False,
    confirmed: bool = False,
    callers: bool = False,
) -> Options:
    """Return the context of a rewrite.

    Reads files, so do not call it on the event loop.
    """
    path = to_path(document.uri)
    interpreter = project.environment.interpreter
    python = _python(project, path)
    return Options(
        path=str(path) if path else "",
        root=str(project.root),
        python=python.version,
        python_source=python.source,
        interpreter=str(interpreter.path) if interpreter else "",
        packages=_packages(interpreter.path) if interpreter else (),
        style=_style(project, path),
        line_length=_line_length(project, path),
        complete=complete,
        callers=callers,
        demanded=_demanded(project, path),
        confirmed=confirmed,
        ignore=tuple(project.settings.privacy.ignore),
        redact=project.settings.privacy.redact,
    )


def _python(project: Project, path: Path | None) -> RequiredPython:
    """Return the oldest Python version that a document must run on.

    The default is the interpreter's version.
    """
    if found := project.required_python(path):
        return found
    interpreter = project.environment.interpreter
    if interpreter and (known := version(interpreter.path)):
        return RequiredPython(known, "the project's interpreter")
    return RequiredPython(sys.version_info[:2], "the Python of python-expert")


def _packages(interpreter: Path) -> tuple[str, ...]:
    """Return the installed packages that rewrites may use."""
    folders = site_packages(prefix_of(interpreter) or interpreter.parent.parent)
    return tuple(
        name for name in USED_PACKAGES if any(_is_typed(folder, name) for folder in folders)
    )


def _is_typed(folder: Path, name: str) -> bool:
    """Return whether a package is installed with type information.

    mypy needs type information for the package's import.
    """
    typed = (folder / name / "py.typed").is_file() or (folder / f"{name}-stubs").is_dir()
    return typed and (folder / name / "__init__.py").is_file()


def _line_length(project: Project, path: Path | None) -> int:
    """Return the line length that a tool is configured for, or 0.

    flake8 and pycodestyle count too.
    """
    for name, kind in project.kinds.items():
        if key := kind.spec.length_key:
            for _, values in tool_tables(name, project.config(name, path)):
                if type(length := values.get(key)) is int and length > 0:
                    return length
    return style_guide(path.parent if path else project.root).line_length


def _style(project: Project, path: Path | None) -> Style:
    """Return the docstring style from the settings or a tool's configuration.

    Without either, the texts decide.
    """
    wished = project.settings.docstring_style
    if wished is not Style.AUTO:
        return wished
    for name, kind in project.kinds.items():
        config = project.config(name, path) if kind.spec.docstring_key else None
        if config is None:
            continue
        *tables, key = kind.spec.docstring_key
        value = table(tool_table(name, config), *tables).get(key)
        if value in (Style.GOOGLE, Style.NUMPY):
            return Style(str(value))
    return Style.AUTO


def _demanded(project: Project, path: Path | None) -> tuple[str, ...]:
    """Return what the project's linters require of docstrings.

    The expert profile requires nothing.
    """
    if path is None:
        return ()
    found = set(of_pydoclint(path.parent))
    for name, kind in project.kinds.items():
        config = project.config(name, path)
        if kind.docstring_demands and config and not project.is_expert(name, path):
            found |= kind.docstring_demands(config, path)
    return tuple(sorted(found))
