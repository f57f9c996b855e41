"""The tools' findings about a candidate, with their safe fixes applied."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from python_expert.gate.judgement import Baseline, Judge, Judgement
from python_expert.pipeline.creation import unproven

if TYPE_CHECKING:
    from python_expert.actions.base import Action, Options
    from python_expert.pipeline.client import Worker
    from python_expert.pipeline.normalisation import Normaliser
    from python_expert.pipeline.written import Written


class Candidates:
    """Judges candidates for one document with the tools.

    Args:
        worker: The process that judges texts.
        action: The rewrite.
        judge: The tools.
        normaliser: Adapts candidates to the project's style.
    """

    def __init__(
        self, worker: Worker, action: Action, judge: Judge, normaliser: Normaliser
    ) -> None:
        self._worker = worker
        self._action = action
        self._judge = judge
        self._normaliser = normaliser

    async def judged(self, written: Written, options: Options) -> tuple[Written, Judgement]:
        """Return the tools' judgement of a candidate, and the candidate with their safe fixes."""
        judgement = await judge_written(self._judge, self._worker, self._action, written)
        if judgement.blocking or not judgement.noted:
            return written, judgement
        fixed = await self._normaliser.fixed(written, judgement.noted, options)
        if fixed.after == written.after:
            return written, judgement
        again = await judge_written(self._judge, self._worker, self._action, fixed)
        if again.blocking or len(again.noted) >= len(judgement.noted):
            return written, judgement
        return fixed, again


async def judge_written(
    judge: Judge, worker: Worker, action: Action, written: Written
) -> Judgement:
    """Return the tools' judgement of an unmodified candidate."""
    return await judge.judge(
        written.after,
        Baseline(written.code, written.steps),
        partial(worker.baseline, action, written),
        written.verdict.reasons,
    )


def with_unchecked(written: Written, judgement: Judgement) -> Written:
    """Return a candidate whose verdict lists the tools that could not check it as unproven."""
    reasons = (*written.verdict.reasons, *unproven(written.created), *judgement.unchecked)
    return written._replace(verdict=written.verdict._replace(reasons=reasons))
