"""What ``python-expert gate`` says of edits: the proof first, then the tools for what is left."""

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
    """What the gate says of an edit.

    Attributes:
        edit: The edit.
        status: The answer.
        reasons: Why it is not simply accepted.
    """

    edit: Edit
    status: Status
    reasons: tuple[str, ...] = ()

    @property
    def names_a_reader(self) -> bool:
        """Whether it is left to the user for what the proof names, and not for a silent tool."""
        return (
            self.status is Status.CONFIRM
            and bool(self.reasons)
            and not any("could not check it" in each for each in self.reasons)
        )

    @property
    def passes(self) -> bool:
        """Whether an edit gets through that should not, known holes and claims apart."""
        return (
            self.status is not Status.REFUSED
            and not self.names_a_reader
            and not self.edit.is_claim
            and self.edit.name not in KNOWN
        )


def proof(edit: Edit) -> Answer:
    """What the proof alone says of an edit."""
    try:
        before, after = Source.of(edit.before), Source.of(edit.after)
    except BrokenError as error:
        return Answer(edit, Status.REFUSED, (str(error),))
    verdict = edit.action.prove(before, after, edit.options)
    return Answer(edit, verdict.status, tuple(each.message for each in verdict.reasons))


async def judge(
    edits: Iterable[Edit], folder: Path, warn: Callable[[str], None]
) -> AsyncIterator[Answer]:
    """The gate's answers, one after the other, with the tools of one project kept running.

    Args:
        edits: The edits.
        folder: Where the project is made.
        warn: Called with what the user should know.
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
            gate.action = edit.action  # the tools are the same, and start slowly
            async for judged in gate.judge(old, new):
                reasons = tuple(each.message for each in judged.reasons)
                yield Answer(edit, judged.status, reasons)
    finally:
        if gate is not None:
            await gate.stop()
