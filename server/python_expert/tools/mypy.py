"""Mypy: one worker process a project checks the unsaved text of all open documents together."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import orjson

from python_expert.findings import Finding, Note, Report, Severity, ToolName
from python_expert.paths import to_path, to_uri
from python_expert.processes.child import Child, Command, ToolCrashError, ToolError, run
from python_expert.processes.jsonrpc import RpcError
from python_expert.snapshot import Encoding, Position, Range, Snapshot, readable, units_to_column
from python_expert.tools.base import Tool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from python_expert.processes.jsonrpc import JsonRpc

log = logging.getLogger(__name__)

WORKER = Path(__file__).parent.parent / "processes" / "mypy_worker.py"
DEADLINE_S = 300.0
"""Seconds for one check: the first of a large project reads all that it imports."""

PAGES = "https://mypy.readthedocs.io/en/stable/_refs.html#code-"

MASK = "def __getattr__(name): ...\n"
"""Stands in for a file that does not parse: whatever is imported from it is Any."""

_BLOCK = re.compile(r"@|(async\s+)?def\b|class\b")
"""How a statement begins whose range is its whole body."""

_SEVERITIES = {
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "note": Severity.INFORMATION,
}


@dataclass(frozen=True)
class MypySpec:
    """What a project's mypy is started with.

    Attributes:
        python: The interpreter that has mypy.
        root: The project's folder, where mypy runs.
        args: mypy's command-line arguments.
        plugins: False where the plugins that the configuration names must not be imported.
        changes: How often its configuration files have changed; each time it starts anew.
    """

    python: Path
    root: Path
    args: tuple[str, ...] = ()
    plugins: bool = True
    changes: int = 0


class Mypy(Tool):
    """Mypy at work for one project.

    The worker drives mypy's own fine-grained engine. Where that cannot be done with this mypy,
    each check is a run of the command with the open documents' text in place of the files'.

    Args:
        spec: What to start.
        on_progress: Called with a sentence while mypy first reads the project.
        on_message: Called with what mypy has to say of its configuration.
    """

    name = ToolName.MYPY
    whole_project = True
    spec: MypySpec

    def __init__(
        self,
        spec: MypySpec,
        on_progress: Callable[[str], None] = lambda _message: None,
        on_message: Callable[[str], None] = lambda _message: None,
    ) -> None:
        self._on_message = on_message
        self.spec = spec
        self.variant = "live"
        self._on_progress = on_progress
        self._generation = 0
        self._told: dict[str, Snapshot] = {}
        self._unit = Encoding.UTF8
        self._child = Child(
            "mypy",
            Command((str(spec.python), str(WORKER)), spec.root, _variables(spec.root)),
            self._greet,
            deadline_s=DEADLINE_S,
            on_notification=self._notified,
        )

    async def check(self, snapshots: Sequence[Snapshot]) -> list[Report]:
        """Check all open documents of the project together; see `Tool.check`."""
        documents = {_path(snapshot.uri, self.spec.root): snapshot for snapshot in snapshots}
        if self.variant == "live":
            try:
                await self._child.start()
            except RpcError as error:
                self._understand(error)
        if self.variant != "live":
            return await self._batch(documents, _texts(documents))
        self._sync(documents)
        try:
            answer = await self._child.request("check", {})
        except RpcError as error:
            self._understand(error)
            return await self._batch(documents, _texts(documents))
        return [
            self._report(documents[path], result)
            for path, result in answer["files"].items()
            if path in documents
        ]

    async def check_files(self, paths: Sequence[Path]) -> AsyncIterator[list[Report]]:
        """Check files on disk with an ordinary run of mypy; see `Tool.check_files`."""
        documents = {}
        for path in paths:
            text = await asyncio.to_thread(_read, path)
            documents[str(path)] = Snapshot.of(to_uri(path), 0, text)
        yield await self._batch(documents, {})

    def disk_changed(self) -> None:
        """Tell mypy that files changed on disk."""
        self._child.notify("disk", {})

    async def stop(self) -> None:
        """End the worker."""
        await self._child.stop()

    async def _greet(self, rpc: JsonRpc) -> None:
        answer = await rpc.request(
            "start",
            {
                "root": str(self.spec.root),
                "args": list(self.spec.args),
                "plugins": self.spec.plugins,
            },
        )
        self.version = answer["mypy"]
        if warnings := answer.get("warnings"):
            self._on_message(warnings)
        self._unit = Encoding.UTF32 if answer.get("column_unit") == "codepoint" else Encoding.UTF8

    def _notified(self, method: str, params: Any) -> None:  # noqa: ANN401 - JSON is untyped
        if method == "progress":
            self._on_progress(str(params.get("message", "")))

    def _understand(self, error: RpcError) -> None:
        """Decide what an error of the worker's means for the checks to come.

        Raises:
            ToolCrashError: mypy failed within; a new worker may do.
            ToolError: The configuration is at fault.
        """
        kind = error.data.get("kind") if isinstance(error.data, dict) else None
        if kind == "internal":
            self._child.note_failure()
            raise ToolCrashError(f"an internal error of mypy: {error}") from error
        if kind == "config":
            raise ToolError(f"mypy cannot work with its configuration: {error}") from error
        self.variant = "batch"
        log.warning("mypy cannot be driven live (%s); each check is a run of its own", error)

    def _sync(self, documents: Mapping[str, Snapshot]) -> None:
        """Tell the worker what has changed since it was last told."""
        if self._generation != self._child.generation:  # a new worker knows nothing yet
            self._generation = self._child.generation
            self._told.clear()
        for path in self._told.keys() - documents.keys():
            del self._told[path]
            self._child.notify("close", {"path": path})
        for path, snapshot in documents.items():
            known = self._told.get(path)
            if known is snapshot:
                continue
            self._told[path] = snapshot
            self._child.notify(
                "change" if known else "open",
                {"path": path, "text": snapshot.text, "version": snapshot.version},
            )

    def _report(self, snapshot: Snapshot, result: Mapping[str, Any]) -> Report:
        findings = tuple(self._finding(snapshot, item) for item in result["findings"])
        return Report(
            ToolName.MYPY, snapshot.uri, snapshot.version, findings, parsed=result["parsed"]
        )

    def _finding(self, snapshot: Snapshot, item: Mapping[str, Any]) -> Finding:
        where = self._range(snapshot, item)
        code = item["code"] or ""
        return Finding(
            ToolName.MYPY,
            where,
            code,
            item["message"],
            _SEVERITIES[item["severity"]],
            PAGES + code if code else "",
            notes=tuple(
                Note(snapshot.uri, self._range(snapshot, note), note["message"])
                for note in item.get("notes", ())
            ),
        )

    def _range(self, snapshot: Snapshot, item: Mapping[str, Any]) -> Range:
        """Read a place.

        What mypy says of a whole function or class is shown on its first line, as is that whose
        end it does not know.
        """
        start = self._position(snapshot, item["line"], item["column"])
        end = self._position(snapshot, item.get("end_line", -1), item.get("end_column", -1))
        line = snapshot.lines[start.line]
        if end <= start or (end.line > start.line and _BLOCK.match(line, start.column)):
            end = Position(start.line, len(line.rstrip()))
        return Range(start, max(start, end))

    def _position(self, snapshot: Snapshot, line: int, column: int) -> Position:
        line = max(0, min(line, len(snapshot.lines) - 1))
        return Position(line, units_to_column(snapshot.lines[line], max(0, column), self._unit))

    async def _batch(
        self, documents: Mapping[str, Snapshot], texts: Mapping[str, str]
    ) -> list[Report]:
        """Check by running the command, with texts in place of those of some files.

        A syntax error is all that mypy then tells, of any file; so that file is masked, and the
        others are checked again.

        Raises:
            ToolError: mypy fails, or may not be run this way.
        """
        if not self.spec.plugins:
            raise ToolError(
                "this mypy cannot be driven live, and run as a command it would import the "
                "plugins of a folder that is not trusted"
            )
        rest, texts, reports = dict(documents), dict(texts), []
        while rest:
            found = await self._run(list(rest), texts)
            broken = {path for path, items in found.items() if _is_broken(items)}
            for path in broken or found:
                result = {"findings": found[path], "parsed": path not in broken}
                reports.append(self._report(rest.pop(path), result))
                texts[path] = MASK
        return reports

    async def _run(
        self, paths: Sequence[str], texts: Mapping[str, str]
    ) -> dict[str, list[dict[str, Any]]]:
        """Run mypy once; returns what it finds in each path, with 0-based lines."""
        with TemporaryDirectory(prefix="python-expert-") as folder:
            argv = (
                *(str(self.spec.python), "-m", "mypy", *self.spec.args),
                *("--no-native-parser", "-O", "json", "--no-error-summary"),
                *("--cache-dir", os.devnull),
                *await asyncio.to_thread(_write_shadows, Path(folder), texts),
                "--",
                *paths,
            )
            command = Command(argv, self.spec.root, _variables(self.spec.root))
            status, out, err = await run(command, deadline_s=DEADLINE_S)
        found: dict[str, list[dict[str, Any]]] = {path: [] for path in paths}
        for line in out.splitlines():
            try:
                item = orjson.loads(line)
                path = str(self.spec.root / item["file"])
                item |= {key: item[key] - 1 for key in ("line", "end_line")}
            except (ValueError, TypeError, KeyError):
                continue  # a plugin may print what it likes
            if path in found:
                found[path].append(item)
        if status not in (0, 1) and not any(map(_is_broken, found.values())):
            words = (err or out).decode("utf-8", "replace").strip()
            raise ToolError(f"mypy failed with status {status}: {words[-1000:]}")
        return found


def _variables(root: Path) -> dict[str, str]:
    """The environment for mypy.

    What lies on PYTHONPATH mypy takes for installed, and is silent about; so the project's own
    files must not be found there.
    """
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    kept = [entry for entry in entries if entry and not root.is_relative_to(root / entry)]
    return {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(kept)}


def _path(uri: str, root: Path) -> str:
    """The path mypy knows a document by; one that was never saved gets a made-up one."""
    path = to_path(uri)
    if path is not None:
        return str(path)
    return str(root / f"untitled_{hashlib.sha256(uri.encode()).hexdigest()[:12]}.py")


def _read(path: Path) -> str:
    """A file's text for finding columns in; what cannot be read mypy complains of itself."""
    try:
        return readable(path.read_bytes())
    except OSError:
        return ""


def _texts(documents: Mapping[str, Snapshot]) -> dict[str, str]:
    return {path: snapshot.text for path, snapshot in documents.items()}


def _is_broken(items: Sequence[Mapping[str, Any]]) -> bool:
    return any(item["code"] == "syntax" for item in items)


def _write_shadows(folder: Path, texts: Mapping[str, str]) -> list[str]:
    """Write texts that stand in for files' own; returns mypy's arguments for it."""
    arguments: list[str] = []
    for number, (path, text) in enumerate(texts.items()):
        shadow = folder / f"{number}.py"
        shadow.write_bytes(text.encode("utf-8", "surrogatepass"))
        arguments += ["--shadow-file", path, str(shadow)]
    return arguments
