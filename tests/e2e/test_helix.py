"""Test editing Python in Helix with the set-up of docs/editors.md."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import write
from tests.e2e import helix
from tests.e2e.helix import Helix
from tests.e2e.neovim import snippets

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are watched through /proc"),
]

TEXT = """\
import json


def wait(seconds: int) -> str:
    return seconds
"""


def test_findings_show_and_a_quick_fix_is_made(tmp_path: Path) -> None:
    if isinstance(why := helix.command(), str):
        pytest.skip(why)
    home = tmp_path / "home"
    home.mkdir()
    folder = write(tmp_path / "shop", {"pyproject.toml": "", "wait.py": TEXT})
    with Helix(home, folder / "wait.py", snippets("Helix", "toml")[0]) as editor:
        editor.wait("wait.py", "1 sel")
        editor.type("7l")  # to the imported name
        editor.wait("(F401)")
        editor.type("5G11l")  # to the returned value
        editor.wait("(return-value)")
        editor.type("1G7l")
        editor.wait("(F401)")
        editor.type(" a")
        editor.wait("Ruff (F401): Remove unused import: `json`")
        editor.type("\r")
        editor.wait("[+]")
        editor.type(":w\r")
        editor.wait_written(TEXT.removeprefix("import json\n\n\n"))
