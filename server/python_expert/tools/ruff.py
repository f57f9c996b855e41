"""Ruff, driven as a child `ruff server` and asked by pull, so that one check has one answer."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from python_expert.findings import Finding, Note, Report, Severity, Tag, ToolName
from python_expert.paths import to_path, to_uri
from python_expert.processes.child import Child, Command, ToolError, run
from python_expert.settings import Profile
from python_expert.snapshot import Encoding, Position, Range
from python_expert.tools.base import Tool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from python_expert.processes.jsonrpc import JsonRpc
    from python_expert.snapshot import Snapshot

log = logging.getLogger(__name__)

EXPERT_RULES = (
    "E", "W", "F", "I", "B", "C4", "UP", "ARG", "SIM", "TC", "PTH", "RUF", "S", "ASYNC", "BLE",
    "PLR2004", "PERF",
)  # fmt: skip
"""The expert profile: what applies to a file for which the project configures no ruff."""

TEST_FILES = ("**/tests/**", "**/test/**", "**/test_*.py", "**/*_test.py", "**/conftest.py")
"""Where the expert profile lets ``assert`` pass (S101, and bandit's B101)."""

EXPERT_LINT = {
    "select": list(EXPERT_RULES),
    "per-file-ignores": {pattern: ["S101"] for pattern in TEST_FILES},
}

DEADLINE_S = 20.0
BATCH_DEADLINE_S = 600.0
FILES_PER_RUN = 400

_CHECK = ("--output-format", "json", "--exit-zero", "--no-cache", "--quiet")

_ERRORS = frozenset({"F821", "E902", "invalid-syntax"})
_SEVERITIES = {int(severity): severity for severity in Severity}
_SYNTAX = "invalid-syntax"
_NAME = re.compile(r"(?!invalid-syntax$)[a-z]")


@dataclass(frozen=True)
class RuffSpec:
    """What a project's ruff is started with.

    Attributes:
        executable: The ruff to run.
        root: The project's folder.
        args: Further arguments for ``ruff check``; of these, the rule selections, the line
            length and ``--preview`` hold in the editor too.
        encoding: The position encoding spoken with the editor, and so with ruff.
        trusted: False where no program of the project may be run (ruff can format through uv).
        changes: How often its configuration files have changed; each time it starts anew.
        profile: Whose rules apply; if others do, what was started for the former is ended.
    """

    executable: Path
    root: Path
    args: tuple[str, ...] = ()
    encoding: Encoding = Encoding.UTF32
    trusted: bool = True
    changes: int = 0
    profile: Profile = Profile.AUTO


class Ruff(Tool):
    """Ruff at work for one project.

    Editor settings given to ``ruff server`` are merged into a project's own configuration, so
    files under the expert profile and files under the project's rules have separate children.

    Args:
        spec: What to start.
        is_expert: Whether the expert profile applies to a file.
        on_message: Called with what ruff has to say to the user (of a broken configuration).
    """

    name = ToolName.RUFF
    spec: RuffSpec

    def __init__(
        self,
        spec: RuffSpec,
        is_expert: Callable[[Path | None], bool],
        on_message: Callable[[str], None] = lambda _message: None,
    ) -> None:
        self.spec = spec
        self.on_message = on_message
        self._is_expert = is_expert
        self._servers: dict[bool, _Server] = {}
        self._codes: Mapping[str, str] = {}

    async def check(self, snapshots: Sequence[Snapshot]) -> list[Report]:
        """Check one document; see `Tool.check`."""
        (snapshot,) = snapshots
        server = self._server(snapshot)
        items = await server.diagnostics(snapshot)
        if items is None:
            return []
        with server.child.reading():
            return [report(snapshot, items, self.spec.encoding, await self._rule_codes(items))]

    async def ask(self, snapshot: Snapshot, method: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON is untyped
        """Put an LSP request about a document to ruff, as the document stands in the snapshot."""
        return await self._server(snapshot).ask(snapshot, method, params)

    async def code_actions(
        self, snapshot: Snapshot, where: Range, only: Sequence[str]
    ) -> list[dict[str, Any]]:
        """Ruff's code actions for a range of the document as it stands in the snapshot.

        The fixes are those of ruff's own diagnostics for this very text, never those of a
        diagnostic that an editor hands back.

        Args:
            snapshot: The document.
            where: The range at hand; a diagnostic that touches it counts.
            only: Ruff's kinds of code actions, for example ``source.fixAll.ruff``.

        Returns:
            LSP code actions as ruff wrote them.
        """
        server = self._server(snapshot)
        wanted = [kind for kind in only if not kind.startswith("quickfix")]
        items: list[dict[str, Any]] = []
        if len(wanted) < len(only):
            items = [
                item
                for item in await server.diagnostics(snapshot) or []
                if _touches(snapshot, item, where, self.spec.encoding)
            ]
            if items:
                wanted.append("quickfix")
        if not wanted:
            return []
        params = {
            "range": snapshot.wire_range(where, self.spec.encoding),
            "context": {"diagnostics": items, "only": wanted},
        }
        actions = await server.ask(snapshot, "textDocument/codeAction", params)
        return [action for action in actions or [] if "edit" in action]

    async def what_if(
        self,
        snapshots: Sequence[Snapshot],
        snapshot: Snapshot,
        text: str,
        rules: Sequence[str] = (),
    ) -> list[Report]:
        """Check a text in a document's place with ``ruff check -``; see `Tool.what_if`.

        Args:
            snapshots: Not needed.
            snapshot: The document.
            text: The text in its place.
            rules: Rules that are to hold beside those that the project selects.
        """
        del snapshots
        more = ("--extend-select", ",".join(rules)) if rules else ()
        out = await self._filter("check", snapshot, text, *self.spec.args, *_CHECK, *more)
        items = orjson.loads(out)
        parsed = not any(item["code"] in (None, _SYNTAX) for item in items)
        findings = tuple(map(_from_cli, items))
        return [Report(self.name, snapshot.uri, snapshot.version, findings, parsed=parsed)]

    async def formatted(self, snapshot: Snapshot, text: str) -> str:
        """A text as the project formats it, in a document's place.

        Raises:
            ToolError: The text does not parse, or ruff cannot do its work.
        """
        return (await self._filter("format", snapshot, text, "--quiet")).decode()

    async def check_files(self, paths: Sequence[Path]) -> AsyncIterator[list[Report]]:
        """Check files on disk with ``ruff check``; see `Tool.check_files`."""
        for expert in (False, True):
            chosen = [path for path in paths if self._is_expert(path) is expert]
            for start in range(0, len(chosen), FILES_PER_RUN):
                yield await self._batch(chosen[start : start + FILES_PER_RUN], expert=expert)

    def forget(self, uri: str) -> None:
        """Close a document."""
        for server in self._servers.values():
            server.close(uri)

    async def stop(self) -> None:
        """End the children."""
        await asyncio.gather(*(server.child.stop() for server in self._servers.values()))

    async def _rule_codes(self, items: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
        """The codes of rules by name, if there are names: in preview mode ruff tells those."""
        found = {item.get("code") or "" for item in items}
        if not self._codes and any(map(_NAME.match, found)):
            argv = (str(self.spec.executable), "rule", "--all", "--output-format", "json")
            _, out, _ = await run(Command(argv, self.spec.root), deadline_s=DEADLINE_S)
            self._codes = {rule["name"]: rule["code"] for rule in orjson.loads(out)}
        return self._codes

    def _server(self, snapshot: Snapshot) -> _Server:
        expert = self._is_expert(to_path(snapshot.uri))
        if expert not in self._servers:
            self._servers[expert] = _Server(self, expert=expert)
        return self._servers[expert]

    async def _filter(self, command: str, snapshot: Snapshot, text: str, *options: str) -> bytes:
        """What one of ruff's commands writes of a text on its standard input."""
        path = to_path(snapshot.uri)
        argv = (
            *(str(self.spec.executable), command),
            *_profile(expert=self._is_expert(path)),
            *options,
            *(("--stdin-filename", str(path)) if path else ()),
            "-",
        )
        data = text.encode("utf-8", "replace")
        status, out, err = await run(
            Command(argv, self.spec.root), stdin=data, deadline_s=DEADLINE_S
        )
        if status != 0:
            words = err.decode("utf-8", "replace").strip()
            raise ToolError(f"ruff {command} failed: {words}")
        return out

    async def _batch(self, paths: Sequence[Path], *, expert: bool) -> list[Report]:
        argv = (
            *(str(self.spec.executable), "check", *_CHECK),
            *_profile(expert=expert),
            *self.spec.args,
            "--",
            *map(str, paths),
        )
        status, out, err = await run(Command(argv, self.spec.root), deadline_s=BATCH_DEADLINE_S)
        if status != 0:
            raise ToolError(f"ruff check failed: {err.decode('utf-8', 'replace').strip()}")
        found: dict[str, list[Finding]] = {to_uri(path): [] for path in paths}
        for item in orjson.loads(out):
            found.setdefault(to_uri(Path(item["filename"])), []).append(_from_cli(item))
        return [Report(ToolName.RUFF, uri, 0, tuple(every)) for uri, every in found.items()]


class _Server:
    """One child `ruff server` and what it has been told."""

    def __init__(self, ruff: Ruff, *, expert: bool) -> None:
        self._ruff = ruff
        self._settings = _server_settings(ruff.spec.args, expert=expert)
        self._generation = 0
        self._versions: dict[str, int] = {}
        self._diagnostics: dict[str, tuple[int, list[dict[str, Any]]]] = {}
        trust = () if ruff.spec.trusted else ("--untrusted-workspace",)
        argv = (str(ruff.spec.executable), "server", *trust)
        self.child = Child(
            "ruff",
            Command(argv, ruff.spec.root),
            self._greet,
            deadline_s=DEADLINE_S,
            on_notification=self._notified,
        )

    async def diagnostics(self, snapshot: Snapshot) -> list[dict[str, Any]] | None:
        """Ruff's diagnostics for a snapshot, or None if ruff was told of a later one meanwhile."""
        version, items = self._diagnostics.get(snapshot.uri, (None, []))
        if version != snapshot.version or self._generation != self.child.generation:
            answer = await self.ask(snapshot, "textDocument/diagnostic", {})
            with self.child.reading():
                items = answer["items"] if answer else []
            if self._versions.get(snapshot.uri) != snapshot.version:
                return None
            self._diagnostics[snapshot.uri] = (snapshot.version, items)
        return items

    async def ask(self, snapshot: Snapshot, method: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON is untyped
        """Tell ruff how the document stands, then put a request about it."""
        await self.child.start()
        self._sync(snapshot)
        document = {"uri": snapshot.uri}
        return await self.child.request(method, {"textDocument": document, **params})

    def close(self, uri: str) -> None:
        """Forget a document."""
        self._diagnostics.pop(uri, None)
        if self._versions.pop(uri, None) is not None:
            self.child.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def _sync(self, snapshot: Snapshot) -> None:
        if self._generation != self.child.generation:  # a new child knows nothing yet
            self._generation = self.child.generation
            self._versions.clear()
            self._diagnostics.clear()
        known = self._versions.get(snapshot.uri)
        if known is not None and known >= snapshot.version:
            return
        self._versions[snapshot.uri] = snapshot.version
        document: dict[str, Any] = {"uri": snapshot.uri, "version": snapshot.version}
        if known is None:
            document |= {"languageId": "python", "text": snapshot.text}
            self.child.notify("textDocument/didOpen", {"textDocument": document})
            return
        steps = snapshot.steps_since(known)
        changes = (
            [{"text": snapshot.text}]
            if steps is None
            else [change for step in steps for change in step.changes]
        )
        self.child.notify(
            "textDocument/didChange", {"textDocument": document, "contentChanges": changes}
        )

    def _notified(self, method: str, params: Any) -> None:  # noqa: ANN401 - JSON is untyped
        if method == "window/showMessage":
            self._ruff.on_message(str(params.get("message", "")))

    async def _greet(self, rpc: JsonRpc) -> None:
        root = self._ruff.spec.root
        answer = await rpc.request(
            "initialize",
            {
                "processId": None,
                "rootUri": None,
                "workspaceFolders": [{"uri": to_uri(root), "name": root.name}],
                "initializationOptions": {"settings": self._settings},
                "capabilities": {
                    "general": {"positionEncodings": [self._ruff.spec.encoding]},
                    "workspace": {"workspaceEdit": {"documentChanges": True}},
                    "textDocument": {
                        "diagnostic": {},
                        "publishDiagnostics": {"relatedInformation": True},
                        "codeAction": {
                            "dataSupport": True,
                            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}},
                        },
                    },
                },
            },
        )
        self._ruff.version = answer.get("serverInfo", {}).get("version", "")
        rpc.notify("initialized", {})


def _profile(*, expert: bool) -> list[str]:
    """The command line's arguments for the expert profile, where it applies."""
    options = [f"lint.{key}={_toml(value)}" for key, value in EXPERT_LINT.items()]
    return [part for option in options if expert for part in ("--config", option)]


def report(
    snapshot: Snapshot,
    items: Sequence[dict[str, Any]],
    encoding: Encoding,
    codes: Mapping[str, str],
) -> Report:
    """Turn ruff's LSP diagnostics into a report.

    Args:
        snapshot: The document.
        items: Ruff's diagnostics for it.
        encoding: The unit of their columns.
        codes: Codes of rules that are named there instead.
    """
    findings = tuple(_from_lsp(snapshot, item, encoding, codes) for item in items)
    # Rules that need the tree are silent when there is none; where one speaks, a syntax error
    # is only one of those that ruff finds in a tree (a `return` outside a function, say).
    found = {finding.code for finding in findings}
    parsed = _SYNTAX not in found or any(code.startswith(("F", "S", "B")) for code in found)
    return Report(ToolName.RUFF, snapshot.uri, snapshot.version, findings, parsed=parsed)


def _from_lsp(
    snapshot: Snapshot, item: dict[str, Any], encoding: Encoding, codes: Mapping[str, str]
) -> Finding:
    code = item.get("code") or ""
    page = item.get("codeDescription")
    tags, notes = item.get("tags"), item.get("relatedInformation")
    return Finding(
        ToolName.RUFF,
        snapshot.inner_range(item["range"], encoding),
        codes.get(code, code),
        # Ruff repeats the fix's title, which the quick fix shows anyway.
        item["message"].partition("\n\nhelp: ")[0],
        _SEVERITIES[item.get("severity") or Severity.WARNING],
        page["href"] if page else "",
        tuple(map(Tag, tags)) if tags else (),
        tuple(
            Note(
                note["location"]["uri"],
                snapshot.inner_range(note["location"]["range"], encoding),
                note["message"],
            )
            for note in notes
        )
        if notes
        else (),
    )


def _from_cli(item: dict[str, Any]) -> Finding:
    """Read a finding of ``ruff check --output-format json``: 1-based lines and code points."""
    start, end = item["location"], item["end_location"]
    code = item["code"] or _SYNTAX
    return Finding(
        ToolName.RUFF,
        Range(
            Position(start["row"] - 1, start["column"] - 1),
            Position(end["row"] - 1, end["column"] - 1),
        ),
        code,
        item["message"],
        Severity.ERROR if code in _ERRORS else Severity.WARNING,
        item.get("url") or "",
    )


def _touches(snapshot: Snapshot, item: Mapping[str, Any], where: Range, encoding: Encoding) -> bool:
    found = snapshot.range(item["range"], encoding)
    return found.start <= where.end and where.start <= found.end


def _server_settings(args: Sequence[str], *, expert: bool) -> dict[str, Any]:
    """Ruff's own settings, from the expert profile and the user's arguments."""
    lint: dict[str, Any] = {}
    settings: dict[str, Any] = {"logLevel": "warn", "lint": lint}
    if expert:
        settings["configuration"] = {"lint": EXPERT_LINT}
    rest = iter(args)
    for arg in rest:
        name, equals, value = arg.partition("=")
        if name == "--preview":
            lint["preview"] = True
        elif name in ("--select", "--ignore", "--extend-select", "--line-length"):
            value = value if equals else next(rest, "")
            if name == "--line-length":
                settings["lineLength"] = int(value) if value.isdigit() else None
            else:
                key = "extendSelect" if name == "--extend-select" else name[2:]
                lint[key] = [*lint.get(key, []), *value.split(",")]
        else:
            log.warning("tools.ruff.args: %s has no meaning in the editor", arg)
    return settings


def _toml(value: object) -> str:
    """Write a list or table of strings as inline TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    return json.dumps(value)
