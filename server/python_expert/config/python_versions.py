"""Finds the oldest Python that a project must run on, in its files."""

from __future__ import annotations

import ast
import re
from configparser import Error as IniError
from configparser import RawConfigParser
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.config.toml_files import nearest_pyproject, read_table, table
from python_expert.text.parsing import syntax_tree
from python_expert.text.paths import ancestors, home, is_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_MINORS = ((2, 6), (2, 7), *((3, minor) for minor in range(50)))
_PATCHES = range(50)
"""The patch versions that are tested: for Python 2, those in use when packages named versions; for
Python 3, more than there will be."""

_LONGEST = 200
"""The maximum length of a specifier that is read; a longer one would delay a rewrite."""

_LOWER_BOUNDS = {">=", ">", "~=", "==", "==="}
_PLAIN = re.compile(r">=\s*3\.(\d{1,2})(?:\.\d{1,2})?(?:\s*,\s*<\s*4(?:\.0)?)?")
"""The form of nearly all specifiers."""

_INI = {".ini", ".cfg"}
_TARGET = re.compile(r"(?:py3|3\.)(\d+)(?:\.\d+)?")
_CARET_OR_TILDE = re.compile(r"\^|~(?!=)")
_CLASSIFIER = re.compile(
    r"^\s*Programming Language :: Python :: (?:(\d)\.(\d+)|2)\s*$", re.MULTILINE
)
"""A classifier that names a version; ``:: 3`` names none, ``:: 2`` means 2.7."""


class ToolTarget(NamedTuple):
    """The place of the target Python version in a tool's configuration.

    Attributes:
        tool: The tool's name.
        key: The setting, such as ``target-version``.
        config: The configuration file that the tool uses, if there is one.
    """

    tool: str
    key: str
    config: Path | None


class RequiredPython(NamedTuple):
    """The oldest Python that code must run on.

    Attributes:
        version: Its version.
        source: Where it is configured, for the user.
    """

    version: tuple[int, int]
    source: str


def required_python(folder: Path, targets: Iterable[ToolTarget]) -> RequiredPython | None:
    """Return the oldest Python that files in a folder must run on; None if it is not configured.

    ``requires-python`` (or Poetry's ``python``) in the nearest pyproject.toml comes first, then
    ``python_requires`` in the nearest setup.cfg or setup.py, then the oldest version among the
    trove classifiers of these files, then the tools' target versions.

    Args:
        folder: The folder of the files.
        targets: The tools' settings, in their order (ruff's ``target-version``, mypy's
            ``python_version``).
    """
    pyproject = nearest_pyproject(folder)
    if found := oldest(table(pyproject, "project").get("requires-python")):
        return RequiredPython(found, "requires-python in pyproject.toml")
    poetry = table(pyproject, "tool", "poetry")
    if found := _oldest_for_poetry(table(poetry, "dependencies").get("python")):
        return RequiredPython(found, "Poetry's python in pyproject.toml")
    setup = _setuptools(folder)
    for each in setup:
        if found := oldest(each.requires):
            return RequiredPython(found, f"python_requires in {each.file}")
    lists = [table(pyproject, "project").get("classifiers"), poetry.get("classifiers")]
    declared = [("pyproject.toml", each) for each in lists] + [
        (each.file, each.classifiers) for each in setup
    ]
    for file, classifiers in declared:
        if found := _oldest_classified(classifiers):
            return RequiredPython(found, f"the classifiers in {file}")
    return next(filter(None, map(_target, targets)), None)


def oldest(requires: object) -> tuple[int, int] | None:
    """Return the oldest Python that version specifiers allow; None without a lower bound."""
    if isinstance(requires, str) and (plain := _PLAIN.fullmatch(requires.strip())):
        return (3, int(plain[1]))
    # Imported late, because it is not needed when the server starts.
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415 - slow to import, and rarely needed

    if not isinstance(requires, str) or len(requires) > _LONGEST:
        return None
    try:
        allowed = SpecifierSet(requires)
    except InvalidSpecifier:
        return None
    if not any(each.operator in _LOWER_BOUNDS for each in allowed):
        return None
    for major, minor in _MINORS:
        if any(allowed.contains(f"{major}.{minor}.{patch}") for patch in _PATCHES):
            return (major, minor)
    return None


def _oldest_for_poetry(requires: object) -> tuple[int, int] | None:
    """Return the oldest version in Poetry's notation: ``^3.9``, ``~3.9`` start like ``~=3.9``."""
    if not isinstance(requires, str):
        return None
    choices = _CARET_OR_TILDE.sub("~=", requires).split("||")
    return min(filter(None, map(oldest, choices)), default=None)


def _oldest_classified(classifiers: object) -> tuple[int, int] | None:
    """Return the oldest version that trove classifiers name, as a list or as lines."""
    lines = classifiers if isinstance(classifiers, list) else [classifiers]
    named = _CLASSIFIER.findall("\n".join(each for each in lines if isinstance(each, str)))
    return min(((int(major or 2), int(minor or 7)) for major, minor in named), default=None)


class _Setup(NamedTuple):
    """The version requirements in a file of setuptools.

    Attributes:
        file: Its name.
        requires: ``python_requires``.
        classifiers: The trove classifiers, and for setup.py other strings, too.
    """

    file: str
    requires: object
    classifiers: object


def _setuptools(folder: Path) -> list[_Setup]:
    """Return the files of setuptools in the nearest folder that has a project's files."""
    for each in ancestors(folder):
        if any(is_file(each / name) for name in ("setup.py", "pyproject.toml", "setup.cfg")):
            config = each / "setup.cfg"
            requires = tool_table("options", config).get("python_requires")
            classifiers = tool_table("metadata", config).get("classifiers")
            return [_Setup("setup.cfg", requires, classifiers), _setup_script(each / "setup.py")]
    return []


def _setup_script(path: Path) -> _Setup:
    """Return the constants in setup.py, which is not run: ``python_requires``, and all strings."""
    requires, strings = None, []
    parsing = suppress(OSError, SyntaxError, ValueError, RecursionError, MemoryError)
    with parsing:
        for node in ast.walk(syntax_tree(path.read_bytes())):
            if isinstance(node, ast.keyword) and node.arg == "python_requires":
                requires = getattr(node.value, "value", None)
            elif isinstance(node, ast.Constant):
                strings.append(node.value)
    return _Setup(path.name, requires, strings)


def tool_table(tool: str, config: Path) -> Mapping[str, Any]:
    """Return a tool's own settings in one of its files; empty if the file cannot be read."""
    if config.suffix in _INI:
        parser = RawConfigParser(strict=False)
        with suppress(IniError, OSError, ValueError):
            parser.read(config, encoding="utf-8")
        return dict(parser[tool]) if parser.has_section(tool) else {}
    values = read_table(config)
    return table(values, "tool", tool) if config.name == "pyproject.toml" else values


def tool_tables(tool: str, config: Path | None) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield a tool's settings in its file and in the files that it extends, in ruff's order."""
    seen: set[Path] = set()
    while config and config not in seen and is_file(config):
        seen.add(config)
        values = tool_table(tool, config)
        yield config, values
        extended = values.get("extend")
        config = config.parent / home(extended) if isinstance(extended, str) else None


def _target(target: ToolTarget) -> RequiredPython | None:
    """Return the target Python in a configuration file."""
    for config, values in tool_tables(target.tool, target.config):
        if match := _TARGET.fullmatch(str(values.get(target.key))):
            return RequiredPython((3, int(match[1])), f"{target.key} in {config.name}")
    return None
