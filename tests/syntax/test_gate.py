"""The gate accepts right edits and refuses wrong ones in the syntax of every Python."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from python_expert.actions.base import Action, Options
from python_expert.actions.registry import ACTIONS
from python_expert.cli.gate_files import FileGate
from python_expert.gate.verdict import Status, Verdict
from python_expert.pipeline.client import Worker
from python_expert.text.decoding import encoding_of
from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC
from tests.syntax.corpus import PROGRAMS, Program, each_program, lay_out
from tests.syntax.edits import MISTAKES, mistakes, with_docstrings, with_hint, without_await

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from python_expert.cli.judged import Judged

OPTIONS = Options(python=sys.version_info[:2])
PASSED = {Status.ACCEPTED, Status.CONFIRM}


class Gate:
    """The process that makes and judges edits, without the tools."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._worker = Worker()
        self._converted: dict[str, str] = {}

    def stop(self) -> None:
        """End the process."""
        self._runner.run(self._worker.stop())

    def judge(self, action: Action, before: str, after: str) -> Verdict:
        """Return the gate's verdict on an edit."""
        return self._runner.run(self._worker.prove(action, before, after, OPTIONS)).verdict

    def right(self, action: Action, program: Program) -> str:
        """Return a right edit of a program, or the unchanged text if there is none."""
        if action is ADD_DOCSTRINGS:
            return with_docstrings(program.text)
        if action is ADD_TYPE_HINTS:
            return with_hint(program.text, "str")
        if program.name not in self._converted:
            self._converted[program.name] = self._runner.run(self._convert(program.text))
        return self._converted[program.name]

    async def _convert(self, text: str) -> str:
        """Return a program after the offline conversion to async, if the gate accepts it."""
        action, worker = CONVERT_TO_ASYNC, self._worker
        targets, _ = await worker.targets(action, text, None, OPTIONS)
        keys = [each.key for each in targets]
        facts = {key: each async for key, each in worker.propose(action, text, keys, OPTIONS)}
        written = await worker.apply(action, text, facts, OPTIONS)
        return written.after if written.verdict.status in PASSED else text


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    """One process for all tests."""
    with asyncio.Runner() as runner:
        gate = Gate(runner)
        yield gate
        gate.stop()


@each_program
@pytest.mark.parametrize("action", ACTIONS, ids=str)
def test_a_program_that_was_not_changed_is_accepted(
    gate: Gate, action: Action, program: Program
) -> None:
    assert gate.judge(action, program.text, program.text) == Verdict(Status.ACCEPTED)


@each_program
@pytest.mark.parametrize("action", [ADD_DOCSTRINGS, ADD_TYPE_HINTS])
def test_a_right_edit_passes(gate: Gate, action: Action, program: Program) -> None:
    after = gate.right(action, program)
    assert after != program.text or program.name.endswith("one_line.py")
    verdict = gate.judge(action, program.text, after)
    assert verdict.status in PASSED, verdict.reasons


def test_many_programs_are_converted(gate: Gate) -> None:
    done = [each for each in PROGRAMS if gate.right(CONVERT_TO_ASYNC, each) != each.text]
    assert len(done) >= len(PROGRAMS) / 2


@each_program
@pytest.mark.parametrize("action", ACTIONS, ids=str)
def test_a_slip_beside_a_right_edit_is_refused(
    gate: Gate, action: Action, program: Program
) -> None:
    for name, after in mistakes(gate.right(action, program)):
        verdict = gate.judge(action, program.text, after)
        assert verdict.status is Status.REFUSED, (name, after)
        assert all(each.message for each in verdict.reasons)


@each_program
def test_a_lost_await_is_refused(gate: Gate, program: Program) -> None:
    after = gate.right(CONVERT_TO_ASYNC, program)
    for wrong in without_await(after, program.text):
        assert gate.judge(CONVERT_TO_ASYNC, program.text, wrong).status is Status.REFUSED, wrong


def test_slips_are_many(gate: Gate) -> None:
    counts = Counter(
        name for program in PROGRAMS for name, _ in mistakes(gate.right(ADD_DOCSTRINGS, program))
    )
    assert counts.keys() == MISTAKES.keys()
    assert min(counts.values()) >= len(PROGRAMS) / 2, counts


# With the tools


def lay_out_with(folder: Path, hint: str) -> list[Path]:
    """Write the programs with a return type of ``describe`` into a folder."""
    return lay_out(
        folder,
        [
            each._replace(data=with_hint(each.text, hint).encode(encoding_of(each.data)))
            for each in PROGRAMS
        ],
    )


@pytest.fixture(scope="module")
def hinted(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, dict[str, Judged]]:
    """The gate's verdict on each program for two return types of ``describe``."""
    folder = tmp_path_factory.mktemp("hinted")
    before = lay_out(folder / "before")
    after = {hint: lay_out_with(folder / hint, hint) for hint in ("str", "int")}

    async def judge() -> dict[str, dict[str, Judged]]:
        warnings: list[str] = []
        gate = FileGate(ADD_TYPE_HINTS, warnings.append)
        found: dict[str, dict[str, Judged]] = {hint: {} for hint in after}
        try:
            for hint, paths in after.items():
                for old, new in zip(before, paths, strict=True):
                    async for each in gate.judge(old, new):
                        found[hint][new.name] = each
        finally:
            await gate.stop()
        assert warnings == []
        return found

    return asyncio.run(judge())


def test_a_right_hint_passes_all_tools(hinted: Mapping[str, dict[str, Judged]]) -> None:
    assert [each for each in hinted["str"].values() if each.status not in PASSED] == []


def test_a_hint_that_mypy_refutes_is_refused(hinted: Mapping[str, dict[str, Judged]]) -> None:
    assert [each for each in hinted["int"].values() if each.status is not Status.REFUSED] == []
