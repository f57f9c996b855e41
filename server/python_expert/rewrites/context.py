"""What a rewrite needs to know of the project, read off its files; nothing is run."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from typing import TYPE_CHECKING, Any

from python_expert.environment import SCRIPTS
from python_expert.findings import ToolName
from python_expert.paths import ancestors, to_path
from python_expert.rewrites.base import Options, Style
from python_expert.snapshot import readable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from python_expert.project import Project
    from python_expert.snapshot import Snapshot

USED_PACKAGES = ("httpx", "aiofiles", "anyio")
"""Packages that rewrites use where the project has them."""

NEIGHBOURS = 10
"""Files beside a document that are looked at for its project's docstring style."""

LONGEST_NEIGHBOUR = 200_000

_LOWEST = re.compile(r"(?:>=|~=|==|>)\s*3\.(\d+)")
_TARGET = re.compile(r"py3(\d+)")
_STYLES = {
    Style.GOOGLE: re.compile(r"^\s*(Args|Returns|Raises|Yields|Attributes):\s*$", re.MULTILINE),
    Style.NUMPY: re.compile(
        r"^\s*(Parameters|Returns|Raises|Yields|Attributes)\s*\n\s*-{4,}\s*$", re.MULTILINE
    ),
    Style.SPHINX: re.compile(r"^\s*:(param|returns?|raises|rtype|type)\b[^:\n]*:", re.MULTILINE),
}


def options_for(project: Project, snapshot: Snapshot, *, complete: bool = False) -> Options:
    """What is known of a document's project. Reads files: not for the loop."""
    path = to_path(snapshot.uri)
    interpreter = project.environment.interpreter
    return Options(
        path=str(path) if path else "",
        root=str(project.root),
        python=_python(project, path),
        interpreter=str(interpreter.path) if interpreter else "",
        packages=_packages(interpreter.path) if interpreter else (),
        style=_style(project, path, snapshot.text),
        complete=complete,
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
    return (interpreter and _version(interpreter.path)) or sys.version_info[:2]


def _version(interpreter: Path) -> tuple[int, int] | None:
    """The version of a virtual environment's interpreter, read off its own file."""
    try:
        text = (interpreter.parent.parent / "pyvenv.cfg").read_text("utf-8", "replace")
    except OSError:
        return None
    match = re.search(r"^version(?:_info)?\s*=\s*3\.(\d+)", text, re.MULTILINE)
    return (3, int(match[1])) if match else None


def _packages(interpreter: Path) -> tuple[str, ...]:
    """Those of the packages of interest that an interpreter has."""
    prefix = interpreter.parent.parent
    folders = [prefix / "Lib" / "site-packages"]
    if SCRIPTS == "bin":
        folders = [*prefix.glob("lib/python3*/site-packages")]
    return tuple(
        name for name in USED_PACKAGES if any(_is_typed(folder, name) for folder in folders)
    )


def _is_typed(folder: Path, name: str) -> bool:
    """Whether a package is there with its types, without which mypy complains of its import."""
    typed = (folder / name / "py.typed").is_file() or (folder / f"{name}-stubs").is_dir()
    return typed and (folder / name / "__init__.py").is_file()


def _style(project: Project, path: Path | None, text: str) -> Style:
    """The setting, else the convention of ruff's configuration, else what is most in use."""
    wished = project.settings.docstring_style
    if wished is not Style.AUTO:
        return wished
    config = project.config(ToolName.RUFF, path)
    table = _read(config) if config else {}
    lint = _table(_table(table, "tool"), "ruff") if config and _is_pyproject(config) else table
    convention = _table(_table(lint, "lint"), "pydocstyle").get("convention")
    if convention in (Style.GOOGLE, Style.NUMPY):
        return Style(convention)
    return _most_used([text]) or _most_used(_neighbours(path)) or Style.GOOGLE


def _most_used(texts: Iterator[str] | list[str]) -> Style | None:
    counts = dict.fromkeys(_STYLES, 0)
    for text in texts:
        for docstring in _docstrings(text):
            for style, pattern in _STYLES.items():
                counts[style] += bool(pattern.search(docstring))
    best = max(counts, key=lambda style: counts[style])
    return best if counts[best] else None


def _docstrings(text: str) -> Iterator[str]:
    """The docstrings of a text; one that does not parse has none."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and (
            docstring := ast.get_docstring(node)
        ):
            yield docstring


def _neighbours(path: Path | None) -> Iterator[str]:
    """The texts of some files beside a document."""
    if path is None:
        return
    for neighbour in sorted(path.parent.glob("*.py"))[:NEIGHBOURS]:
        try:
            if neighbour != path and neighbour.stat().st_size <= LONGEST_NEIGHBOUR:
                yield readable(neighbour.read_bytes())
        except OSError:
            continue


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
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _table(table: dict[str, Any], name: str) -> dict[str, Any]:
    value = table.get(name)
    return value if isinstance(value, dict) else {}
