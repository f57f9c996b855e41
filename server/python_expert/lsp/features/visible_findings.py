"""The findings of open documents that are shown: those that are not in a baseline."""

from __future__ import annotations

import asyncio
import itertools
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from python_expert.baseline.file import BaselineError
from python_expert.baseline.match import Matcher
from python_expert.config.tool_files import stamp
from python_expert.diagnostics.store import MOST, shortened
from python_expert.isolation import FaultBarrier
from python_expert.project.baseline_files import find, load
from python_expert.project.events import Problem
from python_expert.project.known_findings import are_known, broken, name_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from python_expert.baseline.file import StoredEntries
    from python_expert.diagnostics.deduplication import MergeRules
    from python_expert.diagnostics.finding import Finding
    from python_expert.diagnostics.store import DiagnosticStore
    from python_expert.lsp.projects import Projects
    from python_expert.text.columns import Encoding
    from python_expert.text.document import Document

log = logging.getLogger(__name__)

NOTHING = "there are no known findings; `python-expert baseline write` makes a baseline"

_READ = FaultBarrier("reading a baseline")
_SPLIT = FaultBarrier("hiding known findings")


@dataclass
class _Baseline:
    """A baseline, as of its last reading.

    Attributes:
        stamp: The state of the file that was read, or is being read; None if there is no file.
        entries: The entries; None if there is no file, or it is broken.
        total: The number of known findings.
        reading: The task that reads it; None if that is done.
        fresh: Whether it has not been read yet, so that it is unknown which findings are known.
    """

    stamp: object = None
    entries: StoredEntries | None = None
    total: int = 0
    reading: asyncio.Task[None] | None = None
    fresh: bool = False


class VisibleFindings:
    """Separates the findings of open documents into new and known ones.

    Nothing is shown before the baseline is read, as known findings would come and go.

    Args:
        store: All findings.
        projects: The projects, with each document's root.
        rules: How each tool's findings are merged with the others'.
        changed: Called when other findings are shown than before.
        show_message: Reports a broken baseline.

    Attributes:
        shows_known: Whether the user wants to see the known findings for now.
    """

    def __init__(
        self,
        store: DiagnosticStore,
        projects: Projects,
        rules: Mapping[str, MergeRules],
        changed: Callable[[], None],
        show_message: Callable[[Problem], None],
    ) -> None:
        self.shows_known = False
        self._store = store
        self._projects = projects
        self._rules = rules
        self._changed = changed
        self._show_message = show_message
        self._paths: dict[Path, Path] = {}
        self._baselines: dict[Path, _Baseline] = {}

    def of(self, document: Document) -> list[Finding]:
        """Return the findings that are shown in a document, at their places in this version."""
        if not self.is_read(document.uri):
            return []
        findings = self._store.findings(document)
        shown, _ = _SPLIT.call((findings, []), self._split, document, findings)
        if self.shows_known:
            shown = findings
        by_tool: dict[str, list[Finding]] = {}
        for finding in shown:
            by_tool.setdefault(finding.tool, []).append(finding)
        return [*itertools.chain(*(shortened(each, MOST) for each in by_tool.values()))]

    def hides(
        self, document: Document, tool: str, action: Mapping[str, Any], encoding: Encoding
    ) -> bool:
        """Return whether a tool's code action is only for findings that are not shown."""
        fixed = action.get("diagnostics") or []
        if self.shows_known or not fixed or not self.has_known(document.uri):
            return False
        _, known = self._split(document, self._store.findings(document))
        hidden = [
            (finding.code, document.wire_range(finding.range, encoding))
            for finding in known
            if finding.tool == tool
        ]
        return all((str(each.get("code", "")), each["range"]) in hidden for each in fixed)

    def is_read(self, uri: str) -> bool:
        """Return whether the baseline for a document is read, so that its findings can be shown."""
        return not self._baseline(uri)[1].fresh

    def has_known(self, uri: str) -> bool:
        """Return whether a document has known findings; True if that is not decided yet."""
        path, baseline = self._baseline(uri)
        if not baseline.entries:
            return baseline.fresh
        return baseline.fresh or name_in(path.parent, uri) in baseline.entries

    async def read(self, uri: str) -> None:
        """Wait until the baseline for a document is read."""
        if (reading := self._baseline(uri)[1].reading) is not None:
            await asyncio.shield(reading)

    def poll(self) -> None:
        """Read the baselines that have changed on disk."""
        for root, old in tuple(self._paths.items()):
            path = self._paths[root] = find(root)
            if path != old and path not in self._baselines:
                self._begin(path)
        for path, baseline in self._baselines.items():
            if path in self._paths.values() and stamp(path) != baseline.stamp:
                self._reread(path, baseline)
        for path in self._baselines.keys() - self._paths.values():
            del self._baselines[path]
            self._changed()

    async def show(self, given: object) -> dict[str, Any]:
        """Answer ``pythonExpert.showKnown`` {show}: show or hide the known findings.

        Without an argument, toggle between the two.

        Returns:
            {shown, findings, message}. The client shows the message to the user.
        """
        show = given.get("show") if isinstance(given, dict) else None
        self.shows_known = show if isinstance(show, bool) else not self.shows_known
        findings = sum(each.total for each in self._baselines.values())
        self._changed()
        what = f"{findings:,} known finding{'' if findings == 1 else 's'}"
        message = f"{what} {'shown' if self.shows_known else 'hidden'}" if findings else NOTHING
        return {"shown": self.shows_known, "findings": findings, "message": message}

    def describe(self) -> list[dict[str, Any]]:
        """Describe each baseline for ``pythonExpert/status``."""
        return [
            {"path": str(path), "findings": baseline.total, "shown": self.shows_known}
            for path, baseline in self._baselines.items()
            if baseline.entries is not None
        ]

    def stop(self) -> None:
        """Stop reading baselines."""
        for baseline in self._baselines.values():
            if baseline.reading is not None:
                baseline.reading.cancel()

    def _split(
        self, document: Document, findings: list[Finding]
    ) -> tuple[list[Finding], list[Finding]]:
        """Split the findings of a document into new and known ones."""
        path, baseline = self._baseline(document.uri)
        name = name_in(path.parent, document.uri) if baseline.entries else None
        entries = baseline.entries.get(name) if baseline.entries and name else None
        if name is None or entries is None:
            return findings, []
        known = are_known(Matcher(entries), findings, document, name, self._rules)
        pairs = [*zip(findings, known, strict=True)]
        return [each for each, k in pairs if not k], [each for each, k in pairs if k]

    def _baseline(self, uri: str) -> tuple[Path, _Baseline]:
        root = self._projects.of(uri).root
        if root not in self._paths:
            self._paths[root] = find(root)
        path = self._paths[root]
        if path not in self._baselines:
            self._begin(path)
        return path, self._baselines[path]

    def _begin(self, path: Path) -> None:
        """Read a baseline for the first time."""
        state = stamp(path)
        baseline = self._baselines[path] = _Baseline(state, fresh=state is not None)
        if baseline.fresh:
            baseline.reading = asyncio.create_task(self._update(path, baseline))

    def _reread(self, path: Path, baseline: _Baseline) -> None:
        """Read a baseline again; its old entries apply until then."""
        if baseline.reading is None:
            baseline.reading = asyncio.create_task(self._update(path, baseline))

    async def _update(self, path: Path, baseline: _Baseline) -> None:
        """Read a baseline and show the new findings; if that fails, show all of them."""
        await _READ.ask(None, self._read, path, baseline)
        baseline.reading, baseline.fresh = None, False
        self._changed()

    async def _read(self, path: Path, baseline: _Baseline) -> None:
        while True:  # repeat if the file was changed meanwhile
            baseline.stamp = stamp(path)
            entries, error = await asyncio.to_thread(_load, path)
            if stamp(path) == baseline.stamp:
                break
        baseline.entries = entries
        baseline.total = await asyncio.to_thread(lambda: entries.total if entries else 0)
        if error is not None:
            # The problem has no place to open: an editor may ask with a prompt while the user
            # types.
            self._show_message(Problem(None, broken(path, error)))
        log.info("%s: %d known findings", path, baseline.total)


def _load(path: Path) -> tuple[StoredEntries | None, BaselineError | None]:
    try:
        return load(path), None
    except BaselineError as error:
        return None, error
