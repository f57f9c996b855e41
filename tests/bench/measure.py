"""A document that is open in a server, and the time from an edit to its findings."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from copy import copy
from typing import TYPE_CHECKING

from tests.bench import system
from tests.bench.peers import ENVIRONMENT, SCRIPTS
from tests.bench.workload import RULES
from tests.client import Json, Publish, apply_changes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import ExitStack
    from pathlib import Path

    from tests.bench.peers import Peer
    from tests.client import Change

Diagnostics = list[dict[str, Json]]
Predicate = Callable[[Diagnostics], bool]

TYPING_S = 0.15
"""Seconds between two keystrokes of a fast typist."""


class Desk:
    """A document that is open in its own server.

    Args:
        stack: The exit stack that ends the server.
        peer: The server.
        folder: The workspace's folder.
        document: The file.
        text: The file's text.
        pull: Whether the client pulls diagnostics instead of waiting for them.
    """

    def __init__(
        self,
        stack: ExitStack,
        peer: Peer,
        folder: Path,
        document: Path,
        text: str,
        *,
        pull: bool = False,
    ) -> None:
        self.peer = peer
        self.pull = pull
        self.client = peer.spawn(stack, folder)
        peer.greet(self.client, folder, pull=pull)
        self.document = document
        self.text = text
        self.version = 1
        self.sent = time.monotonic()
        self.uri = self.client.open(document, text)
        if not pull:
            self.shown(lambda _: True)
        self.rest()

    def beside(self, document: Path, text: str) -> Desk:
        """Open another document in the same server."""
        other = copy(self)
        other.document, other.text, other.version = document, text, 1
        other.uri = self.client.open(document, text)
        other.rest()
        return other

    @property
    def name(self) -> str:
        """The name of the server and of the way to get diagnostics."""
        return f"{self.peer.name} (pull)" if self.pull else self.peer.name

    def edit(self, changes: Sequence[Change]) -> None:
        """Send an edit, and start the clock."""
        self.client.publishes.clear()
        self.version += 1
        self.sent = time.monotonic()
        self.client.change(self.uri, self.version, changes)

    def apply(self, changes: Sequence[Change]) -> None:
        """Apply edits to the known text, outside of the measured time."""
        self.text = apply_changes(self.text, changes)

    def shown(self, predicate: Predicate) -> float:
        """Wait until this version's diagnostics match the predicate; return the milliseconds."""
        if self.pull:
            return self._pulled(predicate)

        def matches(publish: Publish) -> bool:
            return (
                publish.uri == self.uri
                and publish.version in {self.version, None}
                and predicate(publish.diagnostics)
            )

        what = f"{self.name}'s diagnostics for version {self.version}"
        return (self.client.wait_publish(matches, what=what).at - self.sent) * 1000

    def rest(self) -> None:
        """Wait until the server has finished all work after an edit."""
        system.wait_idle(self.client.pid, self.peer.starts_within_s)

    def probed(self, line: int, text: str, predicate: Predicate) -> float:
        """Insert lines, wait for a finding, and remove the lines; return the milliseconds.

        Args:
            line: The line before which to insert them.
            text: The lines, which end with a line break.
            predicate: Holds for the findings with these lines, and not without them.
        """
        self.edit([((line, 0), (line, 0), text)])
        took = self.shown(predicate)
        self.rest()
        self.edit([((line, 0), (line + text.count("\n"), 0), "")])
        self.shown(none([predicate]))
        self.rest()
        return took

    def _pulled(self, predicate: Predicate) -> float:
        params = {"textDocument": {"uri": self.uri}}
        number = self.client.send_request("textDocument/diagnostic", params)
        answer = self.client.result_of(number)
        if not predicate(answer.get("items", [])):
            raise AssertionError(f"{self.name} answered without the finding: {answer}")
        return (self.client.answered[number] - self.sent) * 1000


def by(tool: str, sign: str) -> Predicate:
    """Return a predicate: a tool has a finding with a code or with a word in its message."""
    return lambda diagnostics: any(
        diagnostic.get("source", "").lower() == tool
        and (diagnostic.get("code") == sign or sign in diagnostic["message"])
        for diagnostic in diagnostics
    )


def every(predicates: Sequence[Predicate]) -> Predicate:
    """Return a predicate: all given predicates hold."""
    return lambda diagnostics: all(predicate(diagnostics) for predicate in predicates)


def none(predicates: Sequence[Predicate]) -> Predicate:
    """Return a predicate: none of the given predicates holds."""
    return lambda diagnostics: not any(predicate(diagnostics) for predicate in predicates)


def p95(samples: Sequence[float]) -> float:
    """Return the 95th percentile."""
    if len(samples) < 2:  # fewer samples have none
        return samples[0]
    return statistics.quantiles(samples, n=20, method="inclusive")[-1]


Findings = Counter[tuple[str, int, int, int, int]]


def ruff_shown(diagnostics: Diagnostics) -> Findings:
    """Return the codes and ranges of ruff's findings that a server shows."""
    found: Findings = Counter()
    for diagnostic in diagnostics:
        if diagnostic.get("source", "").lower() == "ruff":
            start, end = diagnostic["range"]["start"], diagnostic["range"]["end"]
            place = (start["line"], start["character"], end["line"], end["character"])
            found[(diagnostic["code"], *place)] += 1
    return found


def ruff_check(text: str, path: Path) -> Findings:
    """Return the expected findings from ruff's command line (for ASCII text)."""
    argv = [str(SCRIPTS / "ruff"), "check", "--isolated", "--no-cache", "--exit-zero", "-q"]
    argv += ["--select", ",".join(RULES), "--output-format", "json"]
    argv += ["--stdin-filename", str(path), "-"]
    done = subprocess.run(
        argv, input=text, capture_output=True, text=True, check=True, env=dict(ENVIRONMENT)
    )
    found: Findings = Counter()
    for item in json.loads(done.stdout):
        start, end = item["location"], item["end_location"]
        place = (start["row"] - 1, start["column"] - 1, end["row"] - 1, end["column"] - 1)
        found[(item["code"], *place)] += 1
    return found
