"""Several teams judge files, each together with the earlier accepted files."""

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

pytestmark = pytest.mark.one_python

FILES = 12


class _RandomJudge:
    """A judge whose answers depend on every text that it gets.

    Args:
        seed: The seed of its answers.
        likely: The probability that it accepts.
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
        contents = repr([each.document.text for each in texts.values()])
        if not after.exists():
            raise ToolError(f"{name} has gone")
        chance.seed(f"{self._seed}{name}{contents}")
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
    """Pairs of changed Python files, with an unchanged file and a file of another type."""
    for folder in ("before", "after"):
        (tmp_path / folder).mkdir()
        for number in range(FILES):
            (tmp_path / folder / f"m{number:02}.py").write_text(f"x = '{folder}'\n" * number)
        (tmp_path / folder / "m04.txt").write_text(folder)
    return pairs_of(tmp_path / "before", tmp_path / "after")


@pytest.mark.parametrize("likely", [0.0, 0.5, 0.9, 1.0])
def test_several_teams_give_the_same_answers_as_one(pairs: list[Pair], likely: float) -> None:
    for seed in range(20):
        judges = _RandomJudge(seed, likely)
        alone = judges.run(pairs, 1)
        assert judges.run(pairs, 2) == alone
        assert judges.run(pairs, 5) == alone


def test_accepted_files_are_judged_once(pairs: list[Pair]) -> None:
    judges = _RandomJudge(0, 1.0)
    judges.run(pairs, 4)
    assert judges.count == len(pairs)


def test_an_error_of_a_judge_is_raised(pairs: list[Pair]) -> None:
    pairs[-1][2].unlink()
    with pytest.raises(ToolError, match="m11"):
        _RandomJudge(0, 0.9).run(pairs, 3)


def test_parts_are_in_order_and_of_similar_size() -> None:
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
    # The hint in `a` is wrong, and only this hint would show that `y` is wrong.
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
