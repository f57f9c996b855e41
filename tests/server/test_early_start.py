"""Mypy's worker starts while the server is still being imported."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from tests.client import shows
from tests.conftest import RUFF_ONLY, patched, wait_gone, workers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.client import Client, Json
    from tests.conftest import ClientFactory, ProgramFactory, ProjectFactory

SETTINGS = "workspace/configuration"

HASTY = patched("from python_expert.processes import early_start\nearly_start.KEPT_S = 0.0")
"""A server that ends the early worker if no document needs it at once."""


def running(editor: Client) -> list[int]:
    """Return the processes of mypy's workers."""
    return workers(editor.pid, "mypy_worker")


def started(editor: Client, folder: Path, options: Json = None) -> int:
    """Initialize a server, whose request for the settings waits; return mypy's early worker."""
    editor.silent.add(SETTINGS)
    editor.initialize([folder], options=options)
    (early,) = editor.wait(lambda: running(editor), "mypy's worker")
    return early


def send_settings(editor: Client) -> None:
    """Answer the server's request for the settings, which are all at their defaults."""
    for request in editor.wait(lambda: editor.unanswered or None, "the request for the settings"):
        editor.send_body(b'{"jsonrpc": "2.0", "id": "%s", "result": [null]}' % request.encode())


def test_it_starts_before_the_settings_are_known_and_checks_the_file(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor, folder = client(), project()
    early = started(editor, folder)
    send_settings(editor)

    document = editor.open(folder / "x.py", 'x: int = ""\n')
    editor.wait_diagnostics(document, shows("assignment"))

    assert running(editor) == [early]
    editor.shutdown()
    wait_gone([early])


def test_it_ends_if_mypy_is_not_used(client: ClientFactory, project: ProjectFactory) -> None:
    editor = client()
    folder = project({"pyproject.toml": RUFF_ONLY})
    editor.initialize([folder])
    early = editor.wait(lambda: running(editor), "mypy's worker")
    document = editor.open(folder / "x.py", "import os\n")
    editor.wait_diagnostics(document, shows("F401"))

    wait_gone(early)


def test_it_ends_if_no_document_is_opened(client: ClientFactory, project: ProjectFactory) -> None:
    editor = client(HASTY)
    folder = project()
    editor.initialize([folder])

    editor.wait(lambda: not running(editor), "the end of mypy's worker")
    document = editor.open(folder / "x.py", 'x: int = ""\n')
    assert editor.wait_diagnostics(document, shows("assignment"))


def test_it_ends_if_the_project_has_a_mypy_of_its_own(
    client: ClientFactory, project: ProjectFactory, program: ProgramFactory
) -> None:
    python = sys.executable
    own = program(f"import os, sys\nos.execv({python!r}, [{python!r}, *sys.argv[1:]])")
    editor, folder = client(), project()
    early = started(editor, folder, {"tools": {"mypy": {"path": str(own)}}})
    send_settings(editor)
    document = editor.open(folder / "x.py", 'x: int = ""\n')
    editor.wait_diagnostics(document, shows("assignment"))

    wait_gone([early])
    assert len(running(editor)) == 1


def test_it_ends_with_the_server(client: ClientFactory, project: ProjectFactory) -> None:
    editor = client()
    editor.initialize([project()])
    early = editor.wait(lambda: running(editor), "mypy's worker")

    assert editor.shutdown() == 0
    wait_gone(early)


def test_a_worker_that_has_crashed_early_is_started_again(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor, folder = client(), project()
    early = started(editor, folder)
    os.kill(early, signal.SIGKILL)
    wait_gone([early])
    send_settings(editor)
    document = editor.open(folder / "x.py", 'x: int = ""\n')

    assert editor.wait_diagnostics(document, shows("assignment"))
