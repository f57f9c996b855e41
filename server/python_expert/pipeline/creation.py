"""Whether a rewrite may create a document, and the findings in it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.gate.judgement import Baseline, Judge
from python_expert.gate.verdict import Reason
from python_expert.pipeline.faults import RefusalError, as_faults, harmless
from python_expert.text.document import Document
from python_expert.text.paths import to_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.gate.judgement import Judgement
    from python_expert.pipeline.written import Written
    from python_expert.project.project import Project
    from python_expert.text.changes import NewDocument

_NOTHING = Baseline("", ())


def obstacle(created: Sequence[NewDocument], root: Path, others: Sequence[Document]) -> str:
    """Return why new documents cannot be created, or an empty string.

    Reads the disk, so do not call it on the event loop.

    Args:
        created: The documents.
        root: The project's folder.
        others: The open documents.
    """
    known = {each.uri for each in others}
    for new in created:
        path = to_path(new.uri)
        if path is None or not path.resolve().is_relative_to(root.resolve()):
            return f"{new.uri} is not in the project's folder"
        if new.uri in known or path.exists() or path.is_symlink():
            return f"{path.name} exists already"
        known.add(new.uri)
    return ""


async def check_created(
    project: Project, document: Document, written: Written, others: Sequence[Document]
) -> None:
    """Check that new documents can be created and that the tools have no findings in them.

    Raises:
        RefusalError: The documents cannot be created, or there are findings.
    """
    if why := await asyncio.to_thread(obstacle, written.created, project.root, others):
        raise RefusalError(why)
    judgements = await judge_new(project, document, written, others)
    for new, judgement in zip(written.created, judgements, strict=True):
        for fault in as_faults(judgement.blocking, new.uri, others):
            raise RefusalError(f"in the new file, {harmless(fault)}", repairable=True)
        for name, why in judgement.failed_tools.items():
            raise RefusalError(f"{name} cannot check the new file: {why}")


async def judge_new(
    project: Project, document: Document, written: Written, others: Sequence[Document]
) -> list[Judgement]:
    """Return findings in each new document, checked together with the other documents."""
    edited = document.with_text(written.after)
    new = [Document.of(each.uri, 0, each.text) for each in written.created]
    found = []
    for each in new:
        beside = [*(other for other in others if other.uri != edited.uri), edited, *new]
        judge = Judge(project, Document.of(each.uri, 0, ""), beside)
        found.append(await judge.judge(each.text, _NOTHING, _nothing))
    return found


def unproven(created: Sequence[NewDocument]) -> tuple[Reason, ...]:
    """Return the gate's verdict on new documents: unproven, as no proof covers them."""
    return tuple(
        Reason(
            f"{Path(to_path(each.uri) or each.uri).name} is a new file; only the tools checked it"
        )
        for each in created
    )


async def _nothing() -> Baseline:
    return _NOTHING
