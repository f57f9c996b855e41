"""Causes that stop a rewrite: refusals, and new findings in the form for actions and models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.actions.attribution import Fault
from python_expert.gate.comparison import sentence
from python_expert.text.paths import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from python_expert.gate.comparison import Found
    from python_expert.gate.judgement import Judgement
    from python_expert.text.document import Document


class RefusalError(Exception):
    """Nothing can be written; the message gives the reason.

    Attributes:
        key: The definition concerned, or empty.
        repairable: Whether another proposal could succeed.
    """

    def __init__(self, reason: str, key: str = "", *, repairable: bool = False) -> None:
        super().__init__(reason)
        self.key = key
        self.repairable = repairable


def require_tools(judgement: Judgement) -> None:
    """Check that no tool fails on a candidate that it could check before.

    Raises:
        RefusalError: A tool fails.
    """
    for name, why in judgement.failed_tools.items():
        if name in judgement.before:
            raise RefusalError(f"{name} cannot check the result: {why}")


def as_faults(findings: Iterable[Found], uri: str, others: Sequence[Document]) -> Iterator[Fault]:
    """Yield findings in the form that actions use.

    Args:
        findings: The findings.
        uri: The document that is rewritten.
        others: The other open documents.
    """
    documents = {each.uri: each for each in others}
    for found in findings:
        finding, other = found.finding, documents.get(found.uri)
        said = (finding.tool, finding.code, finding.message)
        if found.uri == uri:
            yield Fault(*said, finding.range)
        else:
            yield Fault(*said, None, other.text if other else "", finding.range)


def message(found: Found, uri: str, advice: str) -> str:
    """Return the message of a finding, with advice if it is in another document."""
    finding = found.finding
    said = finding.tool, finding.code, finding.message
    if found.uri == uri:
        return sentence(*said)
    where = f" in {name_of(found.uri)}:{finding.range.start.line + 1}"
    return f"{sentence(*said, where)}{advice and f'; {advice}'}"


def harmless(fault: Fault) -> str:
    """Return faults as text without the content of other files, so that a model may see them."""
    if fault.range is None:
        return f"{fault.tool} would find something new in another file [{fault.code}]"
    return sentence(fault.tool, fault.code, fault.message)
