"""The gate's verdict on a file, and the places of its findings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.gate.comparison import sentence
from python_expert.gate.verdict import Meaning, Reason, Status
from python_expert.text.paths import to_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.diagnostics.finding import Finding
    from python_expert.gate.comparison import Found
    from python_expert.gate.examples import Evidence
    from python_expert.text.document import Document
    from python_expert.tools.newer_syntax import Unreadable


class Judged(NamedTuple):
    """The gate's answer for one file.

    Attributes:
        path: The file, relative to the compared folders; its name if two files are compared.
        status: The answer.
        reasons: The reasons why it is not accepted.
        meaning: The result of the proof.
        findings: The new findings, each with its file.
        evidence: The checks that were run.
    """

    path: Path
    status: Status
    reasons: tuple[Reason, ...] = ()
    meaning: Meaning = Meaning.CHANGED
    findings: tuple[tuple[Path, Finding], ...] = ()
    evidence: tuple[Evidence, ...] = ()


def located(added: Iterable[Found], shown: Path, document: Document) -> list[tuple[Path, Finding]]:
    """Return findings with their files; in the judged file, the path to show is used."""
    folder = str(to_path(document.uri)).removesuffix(str(shown))
    return [
        (
            shown if uri == document.uri else Path(str(to_path(uri) or uri).removeprefix(folder)),
            finding,
        )
        for uri, finding in added
    ]


def reason_of(found: tuple[Path, Finding], shown: Path) -> Reason:
    """Return the reason of a refusal: a new finding in the file, or in another named file."""
    path, finding = found
    line = finding.range.start.line
    where = "" if path == shown else f" in {path}:{line + 1}"
    message = sentence(finding.tool, finding.code, finding.message, where)
    return Reason(message, 0 if where else line)


def refused(path: Path, reason: str) -> Judged:
    """Return the result for a file whose edit is refused for a reason."""
    return Judged(path, Status.REFUSED, (Reason(reason),))


def unreadable(path: Path, fault: Unreadable) -> Judged:
    """Return the result for a file whose edit is refused because it does not parse."""
    return Judged(path, Status.REFUSED, (Reason(fault.reason, fault.line),))
