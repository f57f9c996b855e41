"""A candidate as received from the rewrites' process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.actions.base import Skipped
from python_expert.gate.verdict import Reason, Status, Verdict
from python_expert.pipeline.serialization import read_edits, read_range
from python_expert.text.changes import NewDocument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from python_expert.text.document import Edit, Range


class Written(NamedTuple):
    """A candidate, with all data that is needed to judge it.

    Attributes:
        edits: Disjoint edits of the document's text, ascending.
        code: The document's text, with parts that do not parse blanked.
        after: `code` with the edits applied.
        steps: The edits from `code` to `after`, each applied to the result of the one before.
        verdict: The gate's verdict on the structure.
        changed: The keys of the changed definitions.
        places: The ranges of the changed definitions.
        left: What was left out, with the reasons.
        confirm: What the user must agree to before the edits are applied.
        whole: Whether all edits must be applied together.
        created: New documents.
    """

    edits: tuple[Edit, ...]
    code: str
    after: str
    steps: tuple[Edit, ...]
    verdict: Verdict
    changed: tuple[str, ...] = ()
    places: tuple[Range, ...] = ()
    left: tuple[Skipped, ...] = ()
    confirm: tuple[str, ...] = ()
    whole: bool = False
    created: tuple[NewDocument, ...] = ()


def read_written(answer: Mapping[str, Any]) -> Written:
    """Read a candidate from JSON values."""
    status, reasons = answer["verdict"]
    return Written(
        edits=read_edits(answer["edits"]),
        code=answer["code"],
        after=answer["after"],
        steps=read_edits(answer["steps"]),
        verdict=Verdict(Status(status), tuple(Reason(*each) for each in reasons)),
        changed=tuple(answer.get("changed", ())),
        places=tuple(map(read_range, answer.get("places", ()))),
        left=tuple(Skipped(*each) for each in answer.get("left", ())),
        confirm=tuple(answer.get("confirm", ())),
        whole=answer.get("whole", False),
        created=tuple(NewDocument(*each) for each in answer.get("created", ())),
    )
