"""Runs mypy as a command on the text of open documents."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
from codecs import BOM_UTF8
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import orjson

from python_expert.processes.command import Command, ToolCrashError, ToolError, run, worker_command
from python_expert.text.paths import is_file, package_root
from python_expert.tools import answers
from python_expert.tools.base import environment
from python_expert.tools.mypy.config_errors import (
    config_error,
    config_warnings,
    is_about_options,
)
from python_expert.tools.mypy.reports import report
from python_expert.tools.mypy.worker import WORKER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from python_expert.diagnostics.finding import Report
    from python_expert.text.document import Document
    from python_expert.tools.mypy.launch import MypyLaunch

DEADLINE_S = 300.0
"""The deadline of one check in seconds: the first in a large project reads all imports."""

FLOOR = "--floor"
"""The worker's first argument if no option may reduce what mypy finds by default."""

SYNTAX = "syntax"
"""The code of syntax errors, which prevent a file from being parsed."""

_DUPLICATE_MODULE = re.compile(
    r"Duplicate module named|Source file found twice under different module names"
)
"""mypy's message about two files with one module name in a run, or a file with two names."""

PLACEHOLDER = "def __getattr__(name): ...\n"
"""The text that replaces a file which does not parse: every name imported from it is ``Any``."""


class _DuplicateModuleError(Exception):
    """Two files of a run have the same module name, or one file has two.

    Attributes:
        path: The file that mypy names.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class Batch:
    """Runs the command for one project, with a cache that is kept between runs.

    Args:
        launch: How mypy is started.
        on_message: Called with mypy's message about its configuration.
    """

    def __init__(
        self, launch: MypyLaunch, on_message: Callable[[str], None] = lambda _message: None
    ) -> None:
        self._launch = launch
        self._on_message = on_message
        self._cache: TemporaryDirectory[str] | None = None
        self._stopped = False

    async def check(
        self,
        documents: Mapping[str, Document],
        texts: Mapping[str, str],
        *,
        floor: bool = False,
        waited_for: bool = False,
    ) -> dict[str, Report]:
        """Check files, some of them with another text than on disk.

        If a file has a syntax error, or another for which mypy stops (``yield from`` in an
        ``async def``), mypy reports nothing else, in any other file. Such a file is replaced by
        `PLACEHOLDER`, and the others are checked again. Files that cannot be in one run because
        their module names are the same are checked in further runs.

        Args:
            documents: The documents to report on, by path.
            texts: The texts that replace those of files, by path.
            floor: Whether no option may reduce what mypy finds by default.
            waited_for: Whether the user waits for this check, so that it runs at normal priority.

        Returns:
            The reports, by path.

        Raises:
            ToolError: mypy fails, or must not be run as a command here.
        """
        if not self._launch.plugins:
            raise ToolError(
                "this mypy cannot check live, and run as a command it would import the "
                "plugins of a folder that is not trusted"
            )
        rest, texts, reports = dict(documents), dict(texts), {}
        apart: dict[str, Document] = {}
        while rest or apart:
            if not rest:
                rest, apart = apart, {}
            try:
                found = await self._run(rest, texts, floor=floor, waited_for=waited_for)
            except _DuplicateModuleError as duplicate:
                for path in _second_ones(rest) or [duplicate.path]:
                    apart[path] = rest.pop(path)
                continue
            except OSError as error:
                why = error.strerror or error
                raise ToolError(f"mypy cannot be given the unsaved text: {why}") from error
            broken = {path for path, each in found.items() if not each.parsed}
            for path in broken or found:
                reports[path] = found[path]
                del rest[path]
                texts[path] = PLACEHOLDER
        return reports

    async def stop(self) -> None:
        """Start no more runs, and delete the cache."""
        self._stopped = True  # also for a run that is being prepared right now
        if self._cache:
            await asyncio.to_thread(self._cache.cleanup)

    async def _run(
        self,
        documents: Mapping[str, Document],
        texts: Mapping[str, str],
        *,
        floor: bool,
        waited_for: bool,
    ) -> dict[str, Report]:
        """Run mypy once; return its findings in each document, by path."""
        root = self._launch.root
        if self._cache is None:
            self._cache = await asyncio.to_thread(TemporaryDirectory, prefix="python-expert-")
        with TemporaryDirectory(prefix="python-expert-") as folder:
            shadows, stand_ins = await asyncio.to_thread(_write, Path(folder), texts)
            if self._stopped:
                raise ToolError("mypy was stopped")
            # A lower priority, so that it does not slow down answers to keystrokes.
            nice = None if waited_for else shutil.which("nice")
            argv = (
                *((nice, "-n", "10") if nice else ()),
                *worker_command(
                    self._launch.python, f"{WORKER}.command", *([FLOOR] if floor else ())
                ),
                *self._launch.args,
                *("--no-native-parser", "-O", "json", "--no-pretty", "--no-error-summary"),
                *("--cache-dir", self._cache.name, "--local-partial-types"),
                *shadows,
                "--",
                # mypy reads the stub next to a module instead of the module, and rejects a
                # duplicate module.
                *(stand_ins.get(path, path) for path in documents if f"{path}i" not in documents),
            )
            status, out, err = await run(
                Command(argv, root, environment(root, trusted=self._launch.plugins)),
                deadline_s=DEADLINE_S,
            )
        if self._stopped:  # the run may have created the folder again
            await asyncio.to_thread(self._cache.cleanup)
        if status < 0:
            raise ToolCrashError(f"mypy was ended by signal {-status}")
        originals = {stand_in: path for path, stand_in in stand_ins.items()}
        lines: list[Any] = []
        with contextlib.suppress(ValueError):
            lines += map(orjson.loads, out.splitlines())
        end = lines.pop() if lines and isinstance(lines[-1], dict) else {}
        done = end.get("status") == status
        with answers.reading("mypy", out, err):
            if status == 0 and not done:
                raise ValueError("it did not report that it had finished")
            found: dict[str, list[dict[str, Any]]] = {path: [] for path in documents}
            for item in lines if done else ():
                path = str(root / item["file"])
                found.setdefault(originals.get(path, path), []).append(item)
            broken = any(_blocks(item) for path in documents for item in found[path])
            if (
                (duplicate := _duplicate_module(found))
                and duplicate in documents
                and len(documents) > 1
            ):
                raise _DuplicateModuleError(duplicate)
            if not done or (status not in (0, 1) and not broken):
                raise self._failure(status, lines, out, err)
            reports = {
                path: self._report(document, found[path], exact=end.get("exact") is True)
                for path, document in documents.items()
            }
        for warning in config_warnings(str(end.get("warnings") or ""), self._launch):
            self._on_message(warning)
        return reports

    def _failure(self, status: int, lines: Sequence[Any], out: bytes, err: bytes) -> ToolError:
        """Return the error of a run that could not check anything."""
        # mypy reads its options twice, and writes each error twice.
        messages = dict.fromkeys(err.decode("utf-8", "replace").strip().splitlines())
        words = "\n".join(messages) or _words(lines) or out.decode("utf-8", "replace").strip()
        if is_about_options(words, self._launch):
            return config_error(words, self._launch)
        return ToolError(f"mypy failed with status {status}: {words[-1000:]}")

    def _report(
        self, document: Document, items: Sequence[Mapping[str, Any]], *, exact: bool
    ) -> Report:
        broken = any(map(_blocks, items))
        findings = [_placed(item, document, exact=exact) for item in items]
        result = {"findings": findings, "parsed": not broken}
        return report(document, result, self._launch)


def _blocks(item: Mapping[str, Any]) -> bool:
    """Return whether mypy stops at an error; such errors without a code are not syntax errors."""
    code = item["code"]
    return code == SYNTAX or (code is None and not _DUPLICATE_MODULE.match(item["message"]))


def _words(lines: Sequence[Any]) -> str:
    """Return mypy's messages in a failed run; only the fatal ones, if there are any."""
    errors = [each for each in lines if isinstance(each, dict) and "message" in each]
    fatal = [each for each in errors if each.get("code") is None] or errors
    return "; ".join(f"{each.get('file')}: {each['message']}" for each in fatal)


def _duplicate_module(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> str | None:
    """Return the file whose module name stopped the run, or None."""
    for path, items in found.items():
        if any(item["code"] is None and _DUPLICATE_MODULE.match(item["message"]) for item in items):
            return path
    return None


def _second_ones(paths: Iterable[str]) -> list[str]:
    """Return the files whose module name an earlier file has, as mypy usually names modules."""
    names, second = set(), []
    for path in paths:
        module = Path(path).relative_to(package_root(Path(path))).with_suffix("")
        if module in names:
            second.append(path)
        names.add(module)
    return second


def _placed(item: Mapping[str, Any], document: Document, *, exact: bool) -> dict[str, Any]:
    """Return an error with 0-based lines; not every version of mypy reports where it ends."""
    lines = {key: item[key] - 1 for key in ("line", "end_line") if key in item}
    texts = (document.lines[line] for line in lines.values() if line < len(document.lines))
    if not exact and not all(map(str.isascii, texts)):
        lines |= dict.fromkeys(("column", "end_column"), -1)
    elif item["code"] == SYNTAX:  # only the columns of syntax errors are 1-based
        lines["column"] = item["column"] - 1
    return {**item, **lines}


def _write(folder: Path, texts: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Write the texts that replace those of files.

    Returns:
        mypy's arguments for files that exist, and the new paths of the others, by path.
    """
    arguments: list[str] = []
    stand_ins: dict[str, str] = {}
    for number, (path, text) in enumerate(texts.items()):
        shadow = folder / str(number) / Path(path).name
        shadow.parent.mkdir()
        # The byte order mark makes mypy read UTF-8, whatever encoding the text declares.
        unmarked = text.removeprefix("\ufeff")
        shadow.write_bytes(BOM_UTF8 + unmarked.encode("utf-8", "surrogatepass"))
        if is_file(Path(path)):
            arguments += ["--shadow-file", path, str(shadow)]
        else:
            stand_ins[path] = str(shadow)
    return arguments, stand_ins
