"""Test that the commands in docs/first-hour.md print what the page shows."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.first_hour.pictures import PICTURES, expected_lines, lines_in
from tests.first_hour.session import PAGE, prepare, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.one_python


@pytest.mark.skipif(sys.platform == "win32", reason="the page shows a POSIX shell")
def test_the_commands_of_the_first_hour_print_what_the_page_says(tmp_path: Path) -> None:
    home = tmp_path.resolve()
    prepare(home)
    for _, steps in run(PAGE.read_text(encoding="utf-8"), home):
        for step in steps:
            assert step.printed == step.expected, f"$ {step.command}"


@pytest.mark.parametrize("action", PICTURES)
def test_the_pictures_of_rewrites_show_what_is_printed(action: str) -> None:
    words = lines_in(PICTURES[action].read_text(encoding="utf-8"))
    expected = filter(None, ("".join(line.split()) for line in expected_lines(action)))
    assert [each for each in expected if each not in words] == []
