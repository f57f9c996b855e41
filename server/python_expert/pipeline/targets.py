"""The definitions that a rewrite could change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.actions.base import Skipped
from python_expert.pipeline.faults import RefusalError
from python_expert.pipeline.result import Result

if TYPE_CHECKING:
    from python_expert.actions.base import Options
    from python_expert.pipeline.client import Worker
    from python_expert.pipeline.request import Request
    from python_expert.pipeline.result import Outcome
    from python_expert.pipeline.written import Written
    from python_expert.text.document import Document


async def find_targets(
    worker: Worker, request: Request, outcome: Outcome, asked: Document, options: Options
) -> bool:
    """Record the definitions that can be changed, and those that cannot, with the reason.

    Args:
        worker: The process that reads texts.
        request: The rewrite.
        outcome: Receives the result.
        asked: The document.
        options: The context of the rewrite.

    Returns:
        True if anything can be changed.

    Raises:
        RefusalError: The request names a definition that does not exist.
    """
    names = [request.key] if request.key else list(request.proposed or ())
    targets, left = await worker.targets(request.action, asked.text, request.where, options, names)
    near: list[str] = []
    if request.key and not targets and not left:
        near = await worker.like(asked.text, request.key)
        if len(near) == 1 and near[0].endswith(f".{request.key}"):
            targets, left = await worker.targets(request.action, asked.text, None, options, near)
    outcome.asked = tuple(each.key for each in targets)
    whole = request.where is None and not names
    if whole or not (targets or any(each.key for each in left)):
        fault = await worker.fault(asked.text)
        if fault:
            outcome.left += [each for each in left if each.key]
            outcome.leave(Skipped("", str(fault)))
            outcome.result = Result.UNCHANGED if targets else Result.REFUSED
            return bool(targets)
    outcome.left += left
    if targets or left:
        return bool(targets)
    if names:
        meant = f"; did you mean {' or '.join(near)}?" if near else ""
        raise RefusalError(f"there is no {', '.join(names)} in this file{meant}")
    where = "in this file" if request.where is None else "at this place"
    outcome.left.append(Skipped("", f"there is no function or class {where} to change"))
    return False


async def still_targets(
    worker: Worker, request: Request, written: Written, options: Options
) -> tuple[str, ...]:
    """Return the keys of the changed definitions that are not complete.

    Args:
        worker: The process that reads texts.
        request: The rewrite.
        written: The candidate.
        options: The context of the rewrite.
    """
    action = request.action
    if action.whole:  # a whole rewrite is always complete
        return ()
    names = list(written.changed)
    found, _ = await worker.targets(action, written.after, None, options, names)
    left = {each.key for each in found}
    return tuple(key for key in written.changed if key in left)
