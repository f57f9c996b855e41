"""Prints the results of ``rewrite`` on standard error."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from python_expert.cli import output
from python_expert.gate.comparison import sentence
from python_expert.pipeline.result import Result
from python_expert.pipeline.summary import SHOWN, Counts, grouped, revealed, shortened
from python_expert.text.differences import blocks
from python_expert.text.document import split_lines
from python_expert.text.paths import to_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from python_expert.actions.base import Action, Skipped
    from python_expert.cli.rewritten import Rewritten
    from python_expert.pipeline.result import Outcome


class Results:
    """Prints the results: a line for each file with a change or a problem, and a total.

    Args:
        errors: The terminal or stream for the output.
        action: The rewrite.
        is_written: Whether the files are written; otherwise a diff is printed.
        verbose: Whether each definition is listed.
    """

    def __init__(self, errors: Console, action: Action, *, is_written: bool, verbose: bool) -> None:
        self._errors = errors
        self._action = action
        self._is_written = is_written
        self._verbose = verbose
        self._lines = 0

    def tell(self, rewritten: Rewritten, *, alone: bool) -> None:
        """Print the result of one file.

        Args:
            rewritten: The result.
            alone: Whether it is the only file, whose line is the summary as well.
        """
        outcome, path = rewritten.outcome, output.shown(rewritten.path)
        for notice in outcome.notices:
            output.warn(self._errors, f"{path}: {notice}")
        is_new = self._is_written and outcome.result is Result.CHANGED
        for reason in outcome.unproven:
            line = reason.line if is_new else _line_in_file(rewritten, reason.line)
            at = f"{path}:{line + 1}"
            output.warn(self._errors, f"{at}: to confirm: {reason.message}")
        for each in outcome.allowed:
            found = sentence(each.tool, each.code, each.message)
            output.warn(self._errors, f"{path}:{each.range.start.line + 1}: allowed: {found}")
        for left in outcome.left if self._verbose else self._told(rewritten, alone=alone):
            if self._verbose or not left.key:
                output.warn(self._errors, f"{path}: {left.text}")
                self._lines += 1
        if self._verbose:
            for key in _unexplained(outcome):
                output.tell(self._errors, f"{path}: {key}: nothing was proposed")
            for key in outcome.changed:
                output.tell(self._errors, f"{path}: {key}: changed")
        counts = outcome.counts
        if not alone and (counts.changed or counts.partly or counts.skipped):
            output.tell(self._errors, f"{path}: {counts.line(self._action)}")

    def conclude(self, done: Sequence[Rewritten], advice: str = "") -> None:
        """Print the summary of all files, with the most frequent reasons.

        Args:
            done: The result for each file.
            advice: Advice on getting more proposals.
        """
        alone = len(done) == 1
        groups = grouped(
            (left.key if alone else f"{output.shown(each.path)}:{left.key}", left.reason)
            for each in done
            for left in self._told(each, alone=alone)
            if left.key and not self._verbose
        )
        changed = sum(each.outcome.result is Result.CHANGED for each in done)
        where = "" if alone else f" in {changed} of {len(done)} files"
        notes = []
        if changed and not self._is_written:
            unproven = sum(bool(each.outcome.unproven) for each in done)
            files = "1 file" if unproven == 1 else f"{unproven} files"
            more = f", with --yes also what is to be confirmed in {files}" if unproven else ""
            notes.append(f"in the diff; --write writes it{more}")
        if self._is_written and any(left.agree for each in done for left in each.outcome.left):
            notes.append("--yes also writes what is to be confirmed")
        if any(_is_stopped_by_findings(each.outcome) for each in done):
            notes.append("--allow-findings also writes what only findings stop")
        whole = sum(len(each.outcome.left) + len(_unexplained(each.outcome)) for each in done)
        if not self._verbose and whole > self._lines + len(groups[:SHOWN]):
            notes.append("--verbose lists all")
        line = Counts.total(each.outcome.counts for each in done).line(self._action, where)
        output.tell(self._errors, f"{line} ({'; '.join(notes)})" if notes else line)
        found = [
            one
            for each in done
            if each.outcome.result is Result.CHANGED
            for one in each.outcome.revealed
        ]
        if found:
            more = ":" if self._verbose else " (--verbose lists them)"
            output.tell(self._errors, f"  {revealed(found)}{more}")
        for uri, each in found if self._verbose else ():
            path = to_path(uri)
            place = f"{output.shown(path) if path else uri}:{each.range.start.line + 1}"
            output.tell(self._errors, f"  {place}: {each.message} [{each.code}]")
        for text in shortened(groups):
            output.tell(self._errors, f"  {text}")
        if not self._verbose and (why := _why_unanswered(done)) and why not in "".join(groups):
            more = f" ({advice})" if advice else ""
            output.tell(self._errors, f"  no proposal: {why}{more}")

    def _told(self, rewritten: Rewritten, *, alone: bool) -> list[Skipped]:
        """Return the results with a line each: refused or notable ones, or why nothing was done."""
        outcome = rewritten.outcome
        is_asked_for = alone and outcome.result is not Result.CHANGED
        notable = [each for each in outcome.left if each.notable]
        return [*outcome.lacking, *notable] or (outcome.left if is_asked_for else [])


def _is_stopped_by_findings(outcome: Outcome) -> bool:
    """Return whether nothing was written only because of new findings."""
    return outcome.result is Result.REFUSED and bool(outcome.withheld)


def _unexplained(outcome: Outcome) -> list[str]:
    """Return the definitions without a proposal and without a reason."""
    listed = {each.key for each in outcome.left}
    return [key for key in outcome.unanswered if key not in listed]


def _why_unanswered(done: Sequence[Rewritten]) -> str:
    """Return the most frequent reason for a missing proposal, or an empty string."""
    reasons = Counter(
        left.reason
        for each in done
        for left in each.outcome.left
        if left.key in each.outcome.unanswered
    )
    return next((reason for reason, _ in reasons.most_common(1)), "")


def _line_in_file(rewritten: Rewritten, line: int) -> int:
    """Return the 0-based line of the file that a line of the edited text stands for."""
    before, after = (split_lines(text) for text in (rewritten.before, rewritten.after))
    moved = 0
    for (first, end), (start, stop) in blocks(before, after):
        if line < start:
            break
        if line < stop:
            return min(first + line - start, max(first, end - 1))
        moved = end - stop
    return line + moved
