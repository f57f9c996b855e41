"""Judge edits like ``python-expert gate``: first with the proof, then with the tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.source import Source
from python_expert.cli.gate_files import FileGate
from python_expert.gate.verdict import Status
from tests.conftest import write
from tests.gate.wrong_edits.known import KNOWN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from pathlib import Path

    from tests.gate.wrong_edits.edits import Edit

PYPROJECT = """\
[project]
name = "case"
version = "0"
requires-python = ">=3.11"

[tool.ruff.lint]
select = ["E9", "F", "ASYNC"]

[tool.mypy]
strict = true
"""


class Answer(NamedTuple):
    """The gate's verdict on an edit.

    Attributes:
        edit: The edit.
        status: The gate's status.
        reasons: Why the edit is not simply accepted.
    """

    edit: Edit
    status: Status
    reasons: tuple[str, ...] = ()

    @property
    def names_a_reader(self) -> bool:
        """Whether it is left to the user for a reason of the proof, not because a tool failed."""
        return (
            self.status is Status.CONFIRM
            and bool(self.reasons)
            and not any("could not check it" in each for each in self.reasons)
        )

    @property
    def passes(self) -> bool:
        """Whether the wrong edit passes, apart from known gaps and claims in docstrings."""
        return (
            self.status is not Status.REFUSED
            and not self.names_a_reader
            and not self.edit.is_claim
            and self.edit.name not in KNOWN
        )


def proof(edit: Edit) -> Answer:
    """Return the verdict of the proof alone."""
    try:
        before, after = Source.of(edit.before), Source.of(edit.after)
    except BrokenError as error:
        return Answer(edit, Status.REFUSED, (str(error),))
    verdict = edit.action.prove(before, after, edit.options)
    return Answer(edit, verdict.status, tuple(each.message for each in verdict.reasons))


async def judge(
    edits: Iterable[Edit], folder: Path, warn: Callable[[str], None]
) -> AsyncIterator[Answer]:
    """Yield the gate's verdicts one after another, and keep the tools of one project running.

    Args:
        edits: The edits.
        folder: The project's folder.
        warn: Called with messages for the user.
    """
    write(folder, {"pyproject.toml": PYPROJECT})
    old, new = folder / "case.py", folder / "after" / "case.py"
    new.parent.mkdir()
    gate: FileGate | None = None
    try:
        for edit in edits:
            answer = proof(edit)
            if answer.status is Status.REFUSED:
                yield answer
                continue
            old.write_bytes(edit.before.encode())
            new.write_bytes(edit.after.encode())
            gate = gate or FileGate(edit.action, warn)
            gate.action = edit.action  # keeps the same tools, which start slowly
            async for judged in gate.judge(old, new):
                reasons = tuple(each.message for each in judged.reasons)
                yield Answer(edit, judged.status, reasons)
    finally:
        if gate is not None:
            await gate.stop()
