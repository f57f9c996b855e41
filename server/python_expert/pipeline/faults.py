"""What stops a rewrite: refusals, and new findings as they are given to actions and models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.actions.attribution import Fault
from python_expert.gate.comparison import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from python_expert.gate.comparison import Found
    from python_expert.text.document import Document


PART = "a part is left out, because "
"""Begins the reason where the rest of a definition's proposal is written."""


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


def as_faults(findings: Iterable[Found], uri: str, others: Sequence[Document]) -> Iterator[Fault]:
    """Findings in the form that actions use.

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


def dependent(contradicted: Iterable[tuple[str, str]]) -> str:
    """Why a part is left out that was inferred from what the tools have contradicted.

    Args:
        contradicted: What that is, each as a definition's key and a part of it.
    """
    wrong = ", ".join(f"`{name}` of {key}" for key, name in contradicted)
    return f"{PART}it depends on the proposal for {wrong}, which a tool contradicts"


def harmless(fault: Fault) -> str:
    """Faults without the content of other files, so that a model may see them."""
    if fault.range is None:
        return f"{fault.tool} would find something new in another file [{fault.code}]"
    return sentence(fault.tool, fault.code, fault.message)
