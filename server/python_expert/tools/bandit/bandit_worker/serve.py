"""Bandit with one configuration, and the requests that it answers."""

# ruff: noqa: ANN401, PTH100, PTH109, PTH120, PTH123
# Bandit is not typed, and paths here are strings.
from __future__ import annotations

import argparse
import ast
import configparser
import contextlib
import gc
import importlib
import io
import json
import logging
import os
import platform
import re
import sys
import traceback
import warnings
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any, NoReturn

from python_expert.processes import wire
from python_expert.processes.wire import RequestError

from .deferred import PROGRESS, defer
from .statements import Statements, UnparsableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .visitor import Raw

_LEVELS = {
    0: "UNDEFINED", 1: "LOW", 2: "MEDIUM",
    "all": "UNDEFINED", "low": "LOW", "medium": "MEDIUM",
}  # fmt: skip
NICE = 10
"""The niceness of bandit: ruff and the editor have priority if there are too few cores."""

IDLE_S = 1.0
"""Seconds without a request after which garbage is collected."""

UNCOLLECTED = 200_000
"""The number of new objects after which garbage is collected without a pause; a tree has so many.
"""

_INI_OPTIONS = ("configfile", "tests", "skips", "exclude")
"""The options of an INI file that are used; others (format, …) only affect bandit's output."""

_PLACE = ("line", "column", "end_line", "end_column")
_NO_LINE_ENDS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def _core(name: str) -> Any:
    """Return a module of bandit's core; imported late, so that output of plugins goes to stderr."""
    return importlib.import_module("bandit.core." + name)


class ConfiguredBandit:
    """Bandit, set up by one configuration.

    Args:
        config: Path of a configuration file; None for bandit's defaults.
        args: Bandit's command-line arguments.

    Raises:
        RequestError: Bandit cannot be imported, or the configuration or an argument is wrong.
    """

    def __init__(self, config: str | None, args: Sequence[str]) -> None:
        with contextlib.suppress(ImportError):  # bandit itself reports what is missing
            defer(PROGRESS)
        try:
            self.version = str(importlib.import_module("bandit").__version__)
            _core("node_visitor")
        except ImportError as error:
            raise RequestError(f"bandit cannot be imported by {sys.executable}: {error}") from error
        options = _read_arguments(args)
        # The patterns of a configuration are relative to its folder.
        self._here = os.path.dirname(os.path.abspath(config)) if config else os.getcwd()
        os.chdir(self._here)
        try:
            self._set_up(config, options)
        except Exception as error:
            # bandit only logs the details of a parser's error.
            why = error if isinstance(error, RequestError) else error.__context__ or error
            if isinstance(error, (AttributeError, TypeError)):
                why = RequestError("it does not contain settings that bandit knows")
            where = f"configuration {config}" if config else "configuration"
            raise RequestError(f"bandit's {where} is broken: {why}") from error
        try:
            self.check("", "x = 1  # nosec B101")
        except Exception as error:
            raise RequestError(f"bandit {self.version} cannot check live: {error!r}") from error
        self.key = self._key() if self._statements.only_builtin else None
        """Everything that affects the findings in a file; None if a plugin may read anything."""

    def _set_up(self, config: str | None, options: argparse.Namespace) -> None:
        found = _read_ini(config)
        ini = found or {}
        settings = _core("config").BanditConfig(config if found is None else ini.get("configfile"))
        include = {*_strings(settings, "tests"), *_split(options.tests or ini.get("tests"))}
        exclude = {*_strings(settings, "skips"), *_split(options.skips or ini.get("skips"))}
        if both := include & exclude:
            raise RequestError(f"{', '.join(sorted(both))} cannot be both in tests and in skips")
        known = _core("extension_loader").MANAGER.check_id
        unknown = sorted(test for test in include | exclude if not known(test))
        self.warnings = [f"bandit has no test {test}; look for it in {config}" for test in unknown]
        testset = _core("test_set").BanditTestSet(
            settings, {"include": include, "exclude": exclude}
        )
        if not testset.tests:
            raise RequestError("no test is left to run; look at its tests and skips")
        self._statements = Statements(testset, self._render)
        self._settings = [repr(settings.config), sorted(map(_described, testset.tests.items()))]
        self._least = [_LEVELS.get(n, "HIGH") for n in (options.severity, options.confidence)]
        patterns = _split(options.exclude or ini.get("exclude")) or _core("constants").EXCLUDE
        self._excluded = [
            each.replace(self._here + os.sep, "").replace(os.sep, "/")
            for each in (*_strings(settings, "exclude_dirs"), *patterns)
        ]

    def _key(self) -> str:
        """Return the cache key: everything but the file itself that affects its findings."""
        programs = (__name__.rpartition(".")[0], "bandit")
        files = {
            file: (status.st_mtime_ns, status.st_size)
            for name, module in sys.modules.copy().items()
            if name.startswith(programs) and (file := getattr(module, "__file__", None))
            for status in (os.stat(file),)  # noqa: PTH116 - pathlib is too slow here
        }
        options = [self._here, self._least, self._excluded, self._settings]
        return json.dumps([self.version, sys.version, sorted(files.items()), options])

    def check(self, path: str, text: str) -> dict[str, Any]:
        """Check a text as the content of a file."""
        with contextlib.suppress(ValueError):  # the path is on another drive
            path = os.path.relpath(path or "-", self._here)
        # `bandit -r .` spells paths like this, and patterns are written for it.
        name = "./" + path.replace(os.sep, "/")
        answer: dict[str, Any] = {"parsed": True, "findings": [], "silenced": []}
        answer["excluded"] = any(
            each in name or fnmatch(name, each) or fnmatch(name[2:], each)
            for each in self._excluded
        )
        if answer["excluded"]:
            return answer
        source = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        lines = source.split("\n")
        file = _whole_file(lines, all_of_it=not self._statements.only_builtin)
        try:
            findings, silenced = self._statements.check(name, source, file)
        except UnparsableError as error:
            return {**answer, "parsed": False, "line": error.line, "message": error.message}
        if text.startswith("\ufeff"):
            for finding in findings + silenced:
                finding["column"] += 0 if finding["line"] else 3
                finding["end_column"] += 0 if finding["end_line"] else 3
        return {**answer, "findings": findings, "silenced": silenced}

    def _render(self, found: Sequence[Raw], lines: list[str]) -> list[dict[str, Any]]:
        return [
            {
                **dict(zip(_PLACE, _place(node, issue.lineno, lines), strict=True)),
                "code": issue.test_id,
                "message": issue.text,
                "severity": issue.severity,
                "confidence": issue.confidence,
                "url": _core("docs_utils").get_url(issue.test_id),
            }
            for issue, node in found
            if issue.filter(*self._least)
        ]


def _described(tests: tuple[str, Sequence[Any]]) -> str:
    kind, found = tests
    described = [(each.__module__, each.__name__, getattr(each, "_config", None)) for each in found]
    return f"{kind}: {described!r}"


def _place(node: Any, line: int, lines: list[str]) -> tuple[int, int, int, int]:
    """Return the place of a finding: its node or, for a finding about a whole file, a line."""
    if getattr(node, "end_lineno", None) is None:
        line = max(1, min(line, len(lines)))
        return line - 1, 0, line - 1, _bytes(lines[line - 1])
    body = getattr(node, "body", None)
    if isinstance(body, list) and not isinstance(node, ast.ExceptHandler):
        # Underline only the header of a function or a block, as all of it would be too much.
        line = max(node.lineno, body[0].lineno - 1)
        while line > node.lineno and lines[line - 1].lstrip()[:1] in ("", "#"):
            line -= 1
        return node.lineno - 1, node.col_offset, line - 1, _bytes(lines[line - 1])
    return node.lineno - 1, node.col_offset, node.end_lineno - 1, node.end_col_offset


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _whole_file(lines: list[str], *, all_of_it: bool) -> io.BytesIO:
    """Return the file content for tests that read the file themselves.

    They decode it by its coding comment and split it like Python strings, so that comment and other
    line ends are removed.

    Args:
        lines: The text's lines.
        all_of_it: Whether all lines are needed. Bandit's own test looks for characters beyond
            ASCII, which takes a third of the time of a check if they are looked for everywhere.
    """
    if not all_of_it:
        last = max((n for n, line in enumerate(lines, 1) if not line.isascii()), default=0)
        lines = lines[:last]
    head = (re.sub("coding[:=]", "coding ", line) for line in lines[:2])
    text = _NO_LINE_ENDS.sub(" ", "\n".join((*head, *lines[2:])))
    return io.BytesIO(text.encode("utf-8", "surrogatepass"))


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise RequestError(
            f"bandit's arguments are not understood: {message}; possible are --tests, --skip, "
            "--exclude, -l, --severity-level, -i and --confidence-level"
        )


def _read_arguments(args: Sequence[str]) -> argparse.Namespace:
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("-t", "--tests")
    parser.add_argument("-s", "--skip", dest="skips")
    parser.add_argument("-x", "--exclude")
    levels = ("all", "low", "medium", "high")
    for short, name in (("-l", "severity"), ("-i", "confidence")):
        parser.add_argument(short, dest=name, action="count", default=0)
        parser.add_argument(f"--{name}-level", dest=name, choices=levels)
    return parser.parse_args(args)


def _read_ini(path: str | None) -> dict[str, str] | None:
    """Return the options in an INI file (``.bandit``); None if the file is of another kind."""
    if path is None or path.endswith((".toml", ".yaml", ".yml")):
        return None
    with open(path, encoding="utf-8") as file:
        text = file.read()
    parser = configparser.RawConfigParser()
    if not re.search(r"^\[bandit\]", text, re.MULTILINE):
        return None
    parser.read_string(text, path)
    return {name: value for name, value in parser["bandit"].items() if name in _INI_OPTIONS}


def _strings(settings: Any, key: str) -> list[str]:
    value = settings.get_option(key) or []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise RequestError(f"{key} must be a list of strings, not {value!r}")
    return value


def _split(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def main() -> None:
    """Serve until the input ends."""
    connection = wire.Connection()
    warnings.simplefilter("ignore")  # Python's parser has some about the text
    logging.getLogger("bandit").setLevel(logging.ERROR)
    wire.lower_priority(NICE)
    handlers: dict[str, Callable[..., object]] = {}

    def start(config: str | None, args: Sequence[str]) -> dict[str, Any]:
        bandit = ConfiguredBandit(config, args)
        handlers["check"] = bandit.check
        gc.freeze()
        versions = {"bandit": bandit.version, "python": platform.python_version()}
        return {**versions, "warnings": bandit.warnings, "key": bandit.key}

    handlers["start"] = start
    gc.set_threshold(UNCOLLECTED)
    pauses = ((IDLE_S, gc.collect),)
    wire.on_deep_stack(lambda: wire.serve(connection, handlers, _explain, pauses=pauses))


def _explain(error: BaseException) -> RequestError:
    if isinstance(error, (RecursionError, MemoryError)):
        return RequestError("the code is nested too deeply")
    traceback.print_exception(error)
    return RequestError(f"an error in bandit: {error!r}", code=wire.INTERNAL_ERROR)
