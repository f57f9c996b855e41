"""Where ruff places the imports for hints in modern syntax."""

from __future__ import annotations

import json
import subprocess
import sysconfig
from pathlib import Path

import pytest

from python_expert.actions.base import Options
from python_expert.gate.verdict import Status
from tests.unit.rewritten import (
    hinted,
)

RUFF = Path(sysconfig.get_path("scripts"), "ruff")

LAZY = [
    ("from __future__ import annotations\n\n\ndef f(x):\n    return x\n", (3, 11)),
    ("def f(x):\n    return x\n", (3, 14)),
    ("class A:\n    def f(self):\n        self.x = None\n", (3, 11)),
    ("def f(x):\n    return x\n\n\nclass Late: ...\n", (3, 11)),
]


@pytest.mark.parametrize(("before", "python"), LAZY, ids=["future", "3.14", "attribute", "quoted"])
def test_imports_not_needed_at_run_time_are_under_type_checking(
    before: str, python: tuple[int, int]
) -> None:
    type_ = "Callable[[Any], Late]" if "Late" in before else "Callable[[Any], int]"
    facts = (
        {"A": {"attributes": {"x": type_}}}
        if "class A" in before
        else {"f": {"params": {"x": type_}}}
    )
    after, verdict = hinted(before, facts, Options(python=python))
    assert "from typing import TYPE_CHECKING, Any" in after
    assert "if TYPE_CHECKING:\n    from collections.abc import Callable\n" in after
    assert verdict.status is Status.ACCEPTED
    target = f"py3{python[1]}"
    done = subprocess.run(
        [RUFF, "check", "-", "--isolated", "--select", "TC,I", "--target-version", target,
         "--output-format", "json", "--no-cache", "--preview"],
        input=after, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert [each["code"] for each in json.loads(done.stdout)] == []
