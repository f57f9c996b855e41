"""Test the corpora with the command ``python-expert gate``.

``pytest -m long`` judges all cases, other runs a sample. The other tests judge each case.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Protocol

import pytest

from python_expert.actions.base import Action, Options
from python_expert.actions.registry import ACTIONS
from python_expert.gate.verdict import Status
from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC
from tests.conftest import write
from tests.gate import docstrings, to_async, to_async_case, type_hints
from tests.scale import LONG

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pytestmark = pytest.mark.one_python

PYPROJECT = """\
[tool.ruff.lint]
select = ["E9", "F", "ASYNC"]

[tool.mypy]
strict = true
"""


class Case(Protocol):
    """An edit of one text."""

    @property
    def name(self) -> str:
        """The edit's name."""

    @property
    def before(self) -> str:
        """The text before."""

    @property
    def after(self) -> str:
        """The text after."""


def judged(folder: Path, action: Action, cases: Sequence[Case]) -> list[str]:
    """Return the command's verdicts on edits, in one run over two folders."""
    for name in ("before", "after"):
        write(folder / name, {"pyproject.toml": PYPROJECT})
        for number, case in enumerate(cases):
            text: str = getattr(case, name)
            path = folder / name / f"case_{number:04}.py"
            path.write_bytes(text.encode("utf-8", "surrogatepass"))
    words = [sys.executable, "-m", "python_expert", "gate", "--action", action.name]
    words += [str(folder / "before"), str(folder / "after"), "--output-format", "json"]
    # The tests' environment has the packages that conversions use.
    env = {**os.environ, "VIRTUAL_ENV": sys.prefix}
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=env)
    assert done.stdout, done.stderr
    rows = {row["path"]: row for row in json.loads(done.stdout)}
    return [
        f"{row['status']}: {case.name}: {row['reasons']}"
        for case, (_, row) in zip(cases, sorted(rows.items()), strict=True)
    ]


def _plain(
    cases: Sequence[type_hints.Case | to_async_case.Case], options: Options
) -> list[type_hints.Case | to_async_case.Case]:
    """Return the cases without their own options, because the command takes the project's."""
    return [each for each in cases if each.options == options]


_DOCSTRINGS = docstrings.cases()
WRONG: dict[Action, Sequence[Case]] = {
    ADD_DOCSTRINGS: [each for each in _DOCSTRINGS if each.expected is Status.REFUSED],
    ADD_TYPE_HINTS: _plain(type_hints.wrong(), Options()),
    CONVERT_TO_ASYNC: _plain(to_async.wrong(), to_async_case.OPTIONS),
}
RIGHT: dict[Action, Sequence[Case]] = {
    ADD_DOCSTRINGS: [each for each in _DOCSTRINGS if each.expected is not Status.REFUSED],
    ADD_TYPE_HINTS: _plain(type_hints.RIGHT, Options()),
    CONVERT_TO_ASYNC: _plain(to_async.right(), to_async_case.OPTIONS),
}


SHARE = 1 if LONG else 8


@pytest.mark.long
@pytest.mark.parametrize("action", ACTIONS, ids=str)
def test_the_command_accepts_no_wrong_edit(tmp_path: Path, action: Action) -> None:
    cases = WRONG[action][::SHARE]
    answers = judged(tmp_path, action, cases)
    assert len(answers) == len(cases) > 0
    assert [each for each in answers if each.startswith("accepted")] == []


@pytest.mark.long
@pytest.mark.parametrize("action", ACTIONS, ids=str)
def test_the_command_refuses_no_right_edit(tmp_path: Path, action: Action) -> None:
    cases = RIGHT[action][::SHARE]
    answers = judged(tmp_path, action, cases)
    assert len(answers) == len(cases) > 0
    assert [each for each in answers if each.startswith("refused")] == []
