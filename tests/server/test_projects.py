"""The projects within a workspace folder, and how long the tools of each run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.client import shows
from tests.conftest import RUFF_ONLY, children, patched, wait_gone, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import ClientFactory

pytestmark = pytest.mark.one_python

TEXT = "import os\n"

HASTY = """
from python_expert.lsp import projects, session
projects.IDLE_S, session.POLL_S = {idle}, 0.05
"""


def monorepo(folder: Path) -> Path:
    """A workspace folder with a project in it."""
    files = {"pyproject.toml": RUFF_ONLY, "part/pyproject.toml": RUFF_ONLY}
    return write(folder / "w", {**files, "x.py": TEXT, "part/x.py": TEXT})


def test_a_project_s_tools_end_after_its_last_document_closes(
    client: ClientFactory, tmp_path: Path
) -> None:
    editor, folder = client(patched(HASTY.format(idle=0.2))), monorepo(tmp_path)
    editor.initialize([folder])
    for path in (folder / "x.py", folder / "part/x.py"):
        editor.wait_diagnostics(editor.open(path, TEXT), shows("F401"))
        if path.parent == folder:
            root_tools = children(editor.pid)
    ended = set(children(editor.pid)) - set(root_tools)
    assert ended
    for path in (folder / "x.py", folder / "part/x.py"):
        editor.close(path)
    wait_gone(ended)
    assert set(root_tools) & set(
        children(editor.pid)
    )  # the process that asked for a version has ended
    editor.wait_diagnostics(editor.open(folder / "part/x.py", TEXT, 2), shows("F401"))


def test_tools_still_run_for_a_document_that_is_soon_reopened(
    client: ClientFactory, tmp_path: Path
) -> None:
    editor, folder = client(patched(HASTY.format(idle=300))), monorepo(tmp_path)
    editor.initialize([folder])
    document = editor.open(folder / "part/x.py", TEXT)
    editor.wait_diagnostics(document, shows("F401"))
    at_work = children(editor.pid)
    editor.close(document)
    editor.wait_diagnostics(document, shows())
    editor.open(folder / "part/x.py", TEXT, 2)
    editor.wait_diagnostics(document, shows("F401"))
    assert at_work
    assert {*at_work} <= {*children(editor.pid)}  # a process that asks for a version may run, too
