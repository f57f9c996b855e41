"""Files that are judged each beside what was accepted of those before, by several teams."""

from __future__ import annotations

import asyncio
import random
import shutil
from typing import TYPE_CHECKING

import pytest

from python_expert.actions.registry import action_of
from python_expert.cli.compared_files import documents_of, pairs_of, work_of
from python_expert.cli.gate_files import FileGate
from python_expert.cli.gate_parts import judge_in_parts, parts_of
from python_expert.cli.judged import Judged, refused
from python_expert.gate.verdict import Status
from python_expert.processes import pool
from python_expert.processes.command import ToolError
from python_expert.text.document import Document

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.cli.compared_files import Pair
    from python_expert.cli.gate_parts import Texts
    from tests.conftest import ProjectFactory

FILES = 12


class _Judges:
    """What it answers depends on every text that it sees.

    Args:
        seed: For its answers.
        likely: How likely it accepts.
    """

    def __init__(self, seed: int, likely: float) -> None:
        self._seed, self._likely = seed, likely
        self.count = 0

    async def judge(self, texts: Texts, pair: Pair) -> Judged:
        self.count += 1
        name, path, after = pair
        chance = random.Random(f"{self._seed}{name}")  # noqa: S311 - not used for secrets
        for _ in range(chance.randrange(4)):
            await asyncio.sleep(0)
        seen = repr([each.document.text for each in texts.values()])
        if not after.exists():
            raise ToolError(f"{name} has gone")
        chance.seed(f"{self._seed}{name}{seen}")
        if chance.random() >= self._likely:
            return refused(name, "by chance")
        if path in texts:
            document = Document.of(texts[path].document.uri, 1, after.read_text())
            texts[path] = texts[path]._replace(document=document)
        return Judged(name, Status.ACCEPTED)

    def run(self, pairs: list[Pair], teams: int) -> list[Judged]:
        async def run() -> list[Judged]:
            work = [work_of(pair) for pair in pairs]
            judges = [self.judge] * teams
            answers = judge_in_parts(pairs, work, documents_of(pairs), judges, least=1)
            return [each async for each in answers]

        self.count = 0
        return asyncio.run(run())


@pytest.fixture
def pairs(tmp_path: Path) -> list[Pair]:
    """Python files that were changed, with one that was not, and one of another kind."""
    for folder in ("before", "after"):
        (tmp_path / folder).mkdir()
        for number in range(FILES):
            (tmp_path / folder / f"m{number:02}.py").write_text(f"x = '{folder}'\n" * number)
        (tmp_path / folder / "m04.txt").write_text(folder)
    return pairs_of(tmp_path / "before", tmp_path / "after")


@pytest.mark.parametrize("likely", [0.0, 0.5, 0.9, 1.0])
def test_answers_are_those_of_one_team(pairs: list[Pair], likely: float) -> None:
    for seed in range(20):
        judges = _Judges(seed, likely)
        alone = judges.run(pairs, 1)
        assert judges.run(pairs, 2) == alone
        assert judges.run(pairs, 5) == alone


def test_what_is_accepted_is_judged_once(pairs: list[Pair]) -> None:
    judges = _Judges(0, 1.0)
    judges.run(pairs, 4)
    assert judges.count == len(pairs)


def test_what_fails_is_raised(pairs: list[Pair]) -> None:
    pairs[-1][2].unlink()
    with pytest.raises(ToolError, match="m11"):
        _Judges(0, 0.9).run(pairs, 3)


def test_parts_are_in_order_and_of_about_the_same_work() -> None:
    assert parts_of([1, 1, 0, 1, 1], 2) == [[0, 1], [2, 3, 4]]
    assert parts_of([9, 1, 1, 1], 2) == [[0], [1, 2, 3]]
    assert parts_of([0, 0], 2) == [[0, 1], []]


def test_hints_are_judged_with_edits_of_other_processes(
    project: ProjectFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use = "from a import a\n\n\ndef y():\n    return a(1)\n"
    before = project({"pyproject.toml": "", "a.py": "def a(x):\n    return x\n", "y.py": use})
    after = tmp_path / "after"
    shutil.copytree(before, after)
    # What is claimed of `a` is wrong, and only that would show what is wrong with `y`.
    (after / "a.py").write_text("def a(x: int) -> bytes:\n    return x\n")
    (after / "y.py").write_text(use.replace("y()", "y() -> str"))

    def judged(teams: int) -> list[Judged]:
        monkeypatch.setattr(pool, "size", lambda *_args, **_options: teams)
        monkeypatch.setattr("python_expert.cli.gate_files.FILES_EACH", 1)

        async def run() -> list[Judged]:
            gate = FileGate(action_of("add-type-hints"), lambda _message: None)
            try:
                return [each async for each in gate.judge(before, after)]
            finally:
                await gate.stop()

        return asyncio.run(run())

    alone, together = judged(1), judged(2)
    assert together == alone
    assert [str(each.path) for each in alone] == ["a.py", "y.py"]
    assert alone[0].status is Status.REFUSED
    assert alone[1].status is not Status.REFUSED
