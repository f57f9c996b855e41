"""The project's naming conventions for tests."""

from __future__ import annotations

import os
import re
from configparser import ConfigParser
from configparser import Error as IniError
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from python_expert.config.toml_files import read_toml
from python_expert.config.tool_files import ini_section
from python_expert.text.paths import module_name, package_root

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_IMPORTLIB = re.compile(r"--import-mode[= ]importlib\b")


class Conventions(NamedTuple):
    """Patterns for names, in the form of pytest's options ``python_files`` and so on.

    A pattern matches the name of a class or function if the name starts with it, or matches it as a
    glob.

    Attributes:
        files: Patterns for files.
        classes: Patterns for classes.
        functions: Patterns for functions and methods.
        doctest_modules: Whether the options make pytest also run examples in docstrings.
        doctest_files: Whether the options make pytest also run examples in text files.
        importlib_root: The folder to which names of modules outside of packages are relative, if
            the options make pytest import by ``importlib``.
    """

    files: tuple[str, ...] = ("test_*.py", "*_test.py")
    classes: tuple[str, ...] = ("Test",)
    functions: tuple[str, ...] = ("test",)
    doctest_modules: bool = False
    doctest_files: bool = False
    importlib_root: Path | None = None

    @property
    def doctests(self) -> bool:
        """Whether pytest also runs examples in docstrings or in text files."""
        return self.doctest_modules or self.doctest_files

    def module_of(self, path: Path) -> str:
        """Return the name that a file's module has when pytest imports it."""
        package = package_root(path)
        if package == path.parent and self.importlib_root is not None:
            return module_name(path, self.importlib_root) or path.stem
        return module_name(path, package)

    def is_test_file(self, path: Path) -> bool:
        """Return whether pytest collects a file that is not named explicitly."""
        return any(
            fnmatchcase(path.as_posix() if "/" in pattern else path.name, pattern)
            for pattern in self.files
        )

    def is_test_class(self, name: str) -> bool:
        """Return whether pytest collects tests from a class without a base class from unittest."""
        return _matches(name, self.classes)

    def is_test_function(self, name: str) -> bool:
        """Return whether pytest collects a function as a test."""
        return _matches(name, self.functions)


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(
        name.startswith(pattern)
        or (any(sign in pattern for sign in "*?[") and fnmatchcase(name, pattern))
        for pattern in patterns
    )


def read(config: Path | None, args: Sequence[str] = ()) -> Conventions:
    """Read a project's conventions from pytest's configuration file; pytest reports errors in it.

    Args:
        config: The file, if there is one.
        args: Further arguments of pytest.
    """
    try:
        options = _options(config) if config else {}
    except (OSError, ValueError, IniError):
        options = {}
    default = Conventions()
    given = (*_words(options.get("addopts"), ()), os.environ.get("PYTEST_ADDOPTS", ""), *args)
    return Conventions(
        _words(options.get("python_files"), default.files),
        _words(options.get("python_classes"), default.classes),
        _words(options.get("python_functions"), default.functions),
        any("--doctest-modules" in each for each in given),
        any("--doctest-glob" in each for each in given),
        config.parent if config and _IMPORTLIB.search(" ".join(given)) else None,
    )


def _options(config: Path) -> Mapping[str, object]:
    if config.suffix == ".toml":
        values: object = read_toml(config)
        for key in ("tool", "pytest") if config.name == "pyproject.toml" else ("pytest",):
            values = values.get(key, {}) if isinstance(values, dict) else {}
        if isinstance(values, dict):
            old = values.get("ini_options")
            return old if isinstance(old, dict) else values
        return {}
    parser = ConfigParser(interpolation=None, strict=False)
    parser.read_string(config.read_text(encoding="utf-8"))
    section = ini_section("pytest", config)
    return dict(parser.items(section)) if parser.has_section(section) else {}


def _words(value: object, default: tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.split())
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    return default
