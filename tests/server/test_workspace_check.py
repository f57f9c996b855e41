"""Checking the workspace: the findings that an editor shows in files that are not open."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest

from python_expert.lsp.feature_context import FeatureContext
from python_expert.lsp.features.workspace_diagnostics import WorkspaceCheck
from tests.client import DEADLINE, codes, shows, uri
from tests.conftest import GATE, RUFF_ONLY, children, wait_gone, workers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.client import Client
    from tests.conftest import ClientFactory, ProgramFactory, ProjectFactory

pytestmark = pytest.mark.one_python

FAULTY = 'import subprocess\n\ncount: int = "many"\nsubprocess.run("ls", shell=True, check=True)\n'
PULL_ONLY = {
    "textDocument": {"publishDiagnostics": None, "diagnostic": {"relatedDocumentSupport": False}},
}
linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are watched through /proc")


def start_editor(
    client: ClientFactory,
    folders: Sequence[Path],
    settings: dict[str, Any] | None = None,
    capabilities: dict[str, Any] | None = None,
) -> Client:
    editor = client()
    editor.initialize(
        folders, configuration={"pythonExpert": settings or {}}, capabilities=capabilities
    )
    return editor


def begin(editor: Client) -> int:
    params = {"command": "pythonExpert.checkWorkspace", "arguments": [{"wait": True}]}
    return editor.send_request("workspace/executeCommand", params)


def check(editor: Client) -> dict[str, Any]:
    answer: dict[str, Any] = editor.result_of(begin(editor))
    return answer


def changed(editor: Client, path: Path, kind: int = 2) -> None:
    """Notify the server that a file has changed on disk (2) or was deleted (3)."""
    changes = [{"uri": uri(path), "type": kind}]
    editor.notify("workspace/didChangeWatchedFiles", {"changes": changes})


def test_findings_of_all_tools_are_shown_in_files_that_are_not_open(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project(
        {
            "pyproject.toml": "",
            "faulty.py": FAULTY,
            "pkg/umlaut.py": '"😀"; undefined\n',
            "clean.py": "",
            "notes.txt": "import os",
            ".venv/lib.py": "import os",
        }
    )
    editor = start_editor(client, [folder])
    answer = check(editor)
    items = editor.diagnostics(folder / "faulty.py")
    assert codes(items, "Ruff") == ["S602", "S607"]
    assert codes(items, "Mypy") == ["assignment"]
    assert codes(items, "Bandit") == ["B404"]
    (undefined,) = [
        each for each in editor.diagnostics(folder / "pkg" / "umlaut.py") if each["code"] == "F821"
    ]
    assert undefined["range"]["start"] == {"line": 0, "character": 6}
    shown = {publish.uri: publish for publish in editor.publishes}
    assert shown.keys() == {uri(folder / "faulty.py"), uri(folder / "pkg" / "umlaut.py")}
    assert {publish.version for publish in editor.publishes} == {None}
    found = sum(len(publish.diagnostics) for publish in shown.values())
    assert answer == {
        "result": "done",
        "files": 3,
        "findings": found,
        "message": f"3 files checked, {found} findings",
    }


def test_the_settings_of_the_editor_and_of_each_project_apply(
    client: ClientFactory, project: ProjectFactory
) -> None:
    own = RUFF_ONLY + '[tool.ruff]\nlint.select = ["E711"]\n'
    text = "x = len == None\n"
    folder = project(
        {"pyproject.toml": RUFF_ONLY, "a.py": text, "sub/pyproject.toml": own, "sub/b.py": text}
    )
    other = project({"pyproject.toml": RUFF_ONLY, "c.py": text}, "other")
    editor = start_editor(
        client, [folder, other], {"tools": {"ruff": {"severity": {"E711": "hint"}}}}
    )
    editor.scoped[uri(other)] = {"pythonExpert": {"tools": {"ruff": {"enabled": False}}}}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    check(editor)
    assert codes(editor.diagnostics(folder / "a.py")) == ["E711"]
    (item,) = editor.diagnostics(folder / "sub" / "b.py")
    assert (item["code"], item["severity"]) == ("E711", 4)
    assert editor.diagnostics(other / "c.py") == []


def test_an_untrusted_folder_is_checked_without_running_its_code(
    client: ClientFactory, project: ProjectFactory, tmp_path: Path
) -> None:
    ran = f"open({str(tmp_path / 'ran')!r}, 'w')\n"
    folder = project(
        {
            "pyproject.toml": "[tool.mypy]\nplugins = ['plugin.py']\n",
            "plugin.py": ran + "def plugin(version): ...\n",
            "x.py": 'count: int = "many"\nother: str = 1\n',
            "y.py": "import x\nx.other + 1\n",
        }
    )
    editor = start_editor(client, [folder], {"trusted": False})
    assert check(editor)["result"] == "done"
    assert codes(editor.diagnostics(folder / "x.py"), "Mypy") == ["assignment", "assignment"]
    assert codes(editor.diagnostics(folder / "y.py"), "Mypy") == ["operator"]
    assert not (tmp_path / "ran").exists()


def test_open_documents_keep_their_live_findings(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY, "a.py": "import os\n", "b.py": "import os\n"})
    editor = start_editor(client, [folder])
    document = editor.open(folder / "a.py", "import os\nimport re\n")
    editor.wait_diagnostics(document, shows("F401", "F401"), version=1)
    assert check(editor)["findings"] == 2
    assert codes(editor.diagnostics(folder / "b.py")) == ["F401"]
    assert {each.version for each in editor.publishes if each.uri == document} == {1}


def test_an_opened_file_has_live_findings_until_it_is_closed(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY, "a.py": "import os\n"})
    editor = start_editor(client, [folder])
    check(editor)
    start = len(editor.publishes)
    document = editor.open(folder / "a.py", "import os\nimport re\n")
    editor.wait_diagnostics(document, shows("F401", "F401"), version=1)
    assert editor.publishes[start].diagnostics == []
    editor.close(document)
    editor.wait_diagnostics(document, shows())
    check(editor)
    assert codes(editor.diagnostics(document)) == ["F401"]


@pytest.mark.parametrize("kind", [2, 3])
def test_findings_of_a_file_that_changed_on_disk_are_removed(
    client: ClientFactory, project: ProjectFactory, kind: int
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY, "a.py": "import os\n", "b.py": "import os\n"})
    editor = start_editor(client, [folder])
    check(editor)
    changed(editor, folder / "a.py", kind)
    editor.wait_diagnostics(folder / "a.py", shows())
    assert codes(editor.diagnostics(folder / "b.py")) == ["F401"]


def test_a_second_check_replaces_the_findings_of_the_first(
    client: ClientFactory, project: ProjectFactory
) -> None:
    files = {"a.py": "import os\n", "b.py": "import os\n", "c.py": ""}
    folder = project({"pyproject.toml": RUFF_ONLY, **files})
    editor = start_editor(client, [folder])
    check(editor)
    (folder / "a.py").write_text("")
    (folder / "b.py").unlink()
    (folder / "c.py").write_text("import re\n")
    answer = check(editor)
    assert (answer["files"], answer["findings"]) == (2, 1)
    shown = {name: codes(editor.diagnostics(folder / name)) for name in files}
    assert shown == {"a.py": [], "b.py": [], "c.py": ["F401"]}


def test_findings_of_a_removed_workspace_folder_are_removed(
    client: ClientFactory, project: ProjectFactory
) -> None:
    files = {"pyproject.toml": RUFF_ONLY, "a.py": "import os\n"}
    folder, other = project(files), project(files, "other")
    editor = start_editor(client, [folder, other])
    check(editor)
    assert codes(editor.diagnostics(other / "a.py")) == ["F401"]
    event = {"added": [], "removed": [{"uri": uri(other), "name": "other"}]}
    editor.notify("workspace/didChangeWorkspaceFolders", {"event": event})
    editor.wait_diagnostics(other / "a.py", shows())
    assert codes(editor.diagnostics(folder / "a.py")) == ["F401"]


# While it runs


class Waiting:
    """A project whose mypy waits until a test releases it."""

    def __init__(self, events: socket.socket, folder: Path) -> None:
        self._events = events
        self.folder = folder

    def mypy(self) -> socket.socket:
        """Return the connection of the next waiting mypy; closing it releases the process."""
        return self._events.accept()[0]


@pytest.fixture
def waiting(project: ProjectFactory) -> Iterator[Waiting]:
    with socket.create_server(("127.0.0.1", 0)) as events:
        events.settimeout(DEADLINE)
        files = {
            "pyproject.toml": "[tool.python-expert]\ntools.bandit.enabled = false\n",
            "gate.py": GATE.format(port=events.getsockname()[1]),
            "mypy.ini": "[mypy]\nplugins = gate.py\n",
            "ruff.toml": "extend-exclude = ['gate.py']\n",
            "a.py": "import os\n\ncount: int = 'many'\n",
            "b.py": "import os\n",
        }
        yield Waiting(events, project(files))


def progress_of(editor: Client) -> list[tuple[str, int]]:
    """Return the messages of the progress so far, with their percentages."""
    values = [each["value"] for each in editor.progress]
    return [(each.get("message", ""), each.get("percentage", -1)) for each in values]


def wait_ruff(editor: Client, folder: Path) -> None:
    """Wait until all findings of ruff have arrived."""
    for name in ("a.py", "b.py"):
        editor.wait_diagnostics(folder / name, shows("F401"))


def test_findings_and_progress_come_while_a_slow_tool_still_works(
    client: ClientFactory, waiting: Waiting
) -> None:
    editor = start_editor(client, [waiting.folder])
    request = begin(editor)
    with waiting.mypy():
        wait_ruff(editor, waiting.folder)
        editor.wait(lambda: ("1 of 2 files", 50) in progress_of(editor), "progress")
        assert progress_of(editor)[:2] == [("", 0), ("looking for Python files", 0)]
    assert editor.result_of(request)["result"] == "done"
    assert codes(editor.diagnostics(waiting.folder / "a.py")) == ["F401", "assignment"]
    editor.wait(lambda: editor.progress[-1]["value"]["kind"] == "end", "the end")


def test_edits_are_checked_during_a_workspace_check(
    client: ClientFactory, waiting: Waiting, project: ProjectFactory
) -> None:
    other = project({"pyproject.toml": RUFF_ONLY}, "other")
    editor = start_editor(client, [waiting.folder, other])
    request = begin(editor)
    with waiting.mypy():
        document = editor.open(other / "x.py", "import os\n")
        editor.wait_diagnostics(document, shows("F401"), version=1)
        editor.change(document, 2, "import os\nimport re\n")
        editor.wait_diagnostics(document, shows("F401", "F401"), version=2)
    assert editor.result_of(request)["result"] == "done"


@linux
@pytest.mark.parametrize("way", ["progress", "request", "shutdown", "second check"])
def test_a_check_can_be_cancelled_together_with_its_tools(
    client: ClientFactory, waiting: Waiting, way: str
) -> None:
    editor = start_editor(client, [waiting.folder])
    request = begin(editor)
    with waiting.mypy() as mypy:
        wait_ruff(editor, waiting.folder)
        worker = workers(editor.pid, "workspace_worker")
        assert worker
        match way:
            case "progress":
                token = editor.progress[0]["token"]
                editor.notify("window/workDoneProgress/cancel", {"token": token})
            case "request":
                editor.cancel(request)
            case "shutdown":
                assert editor.shutdown() == 0
            case _:
                second = begin(editor)
        assert mypy.recv(1) == b""
        wait_gone(worker)
    if way in {"progress", "second check"}:
        answer = editor.result_of(request)
        assert (answer["result"], answer["files"]) == ("cancelled", 1)
    if way == "second check":
        waiting.mypy().close()
        assert editor.result_of(second)["result"] == "done"
    assert "Traceback" not in editor.stderr


@pytest.mark.parametrize("event", ["opened and closed", "changed"])
def test_findings_from_before_an_edit_are_not_shown_later(
    client: ClientFactory, waiting: Waiting, event: str
) -> None:
    editor = start_editor(client, [waiting.folder], {"tools": {"mypy": {"enabled": True}}})
    request, document = begin(editor), waiting.folder / "a.py"
    with waiting.mypy():
        wait_ruff(editor, waiting.folder)
        if event == "changed":
            changed(editor, document)
        else:
            editor.open(document, "")
            editor.close(document)
        editor.wait_diagnostics(document, shows())
    assert editor.result_of(request)["result"] == "done"
    assert editor.diagnostics(document) == []


# Errors


def failed(editor: Client, words: str) -> dict[str, Any]:
    """Run the check, and assert that it fails with these words."""
    answer = check(editor)
    assert answer["result"] == "failed"
    assert words in answer["message"]
    return answer


def test_without_a_folder_the_message_says_what_to_do(client: ClientFactory) -> None:
    editor = start_editor(client, [])
    editor.open("untitled:Untitled-1", "import os\n")
    answer = failed(editor, "there is no workspace folder to check; open a folder first")
    assert (answer["files"], answer["findings"]) == (0, 0)


def test_a_client_without_pushed_diagnostics_gets_a_message(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = start_editor(client, [project({"a.py": "import os\n"})], capabilities=PULL_ONLY)
    failed(editor, "run `python-expert check .` in a shell")
    assert editor.publishes == []


@linux
def test_a_file_name_that_no_editor_can_show_does_not_stop_the_others(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": "", "größe 😀 #%41.py": FAULTY})
    (folder / os.fsdecode(b"not\xffutf8.py")).write_text(FAULTY)
    editor = start_editor(client, [folder])
    assert check(editor)["files"] == 2
    assert "S602" in codes(editor.diagnostics(folder / "größe 😀 #%41.py"))


def test_a_folder_without_python_files_is_finished_immediately(
    client: ClientFactory, project: ProjectFactory
) -> None:
    answer = check(start_editor(client, [project({"pyproject.toml": RUFF_ONLY})]))
    assert answer == {
        "result": "done",
        "files": 0,
        "findings": 0,
        "message": "there are no Python files to check",
    }


def test_a_tool_that_cannot_run_is_reported_and_the_others_continue(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project(
        {"pyproject.toml": "", "mypy.ini": "[mypy]\nplugins = no.py\n", "a.py": FAULTY}
    )
    editor = start_editor(client, [folder])
    answer = failed(editor, "mypy could not run: ")
    assert answer["findings"] == 3
    assert codes(editor.diagnostics(folder / "a.py")) == ["B404", "S602", "S607"]


def test_a_folder_that_cannot_be_searched_is_reported(
    client: ClientFactory, project: ProjectFactory, program: ProgramFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY})
    ruff = program("sys.exit('out of order')")
    editor = start_editor(client, [folder], {"tools": {"ruff": {"path": str(ruff)}}})
    failed(editor, f"{folder} cannot be searched: out of order")
    shutil.rmtree(folder)
    failed(editor, f"{folder} does not exist")


def test_a_folder_is_checked_even_if_ruff_refuses_its_configuration(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": "", "ruff.toml": "line-length = 'long'\n", "a.py": FAULTY})
    editor = start_editor(client, [folder])
    failed(editor, "ruff could not run: ")
    assert codes(editor.diagnostics(folder / "a.py")) == ["B404", "B602", "B607", "assignment"]


@linux
def test_a_check_whose_process_dies_is_reported_and_the_next_one_works(
    client: ClientFactory, waiting: Waiting
) -> None:
    editor = start_editor(client, [waiting.folder])
    request = begin(editor)
    with waiting.mypy():
        wait_ruff(editor, waiting.folder)
        for worker in children(editor.pid):
            os.kill(worker, signal.SIGKILL)
        answer = editor.result_of(request)
    assert answer["result"] == "failed"
    assert answer["message"].startswith("the workspace cannot be checked: it ")
    request = begin(editor)
    waiting.mypy().close()
    assert editor.result_of(request)["result"] == "done"


def test_of_two_checks_requested_before_the_settings_are_known_the_later_one_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def checked(*_given: object) -> dict[str, Any]:
        return {"result": "done"}

    async def ask_twice() -> dict[str, Any]:
        ready = asyncio.Event()
        client = Mock(pull=False, progress=False)
        context = FeatureContext(Mock(), Mock(), Mock(folders={"": ""}), client, ready)
        check = WorkspaceCheck(context, Mock(), Mock(), Mock())
        await check.begin()
        await asyncio.sleep(0)  # the first check now waits for the settings
        ready.set()  # the first continues after the second, which need not wait
        return await check.run()

    monkeypatch.setattr(WorkspaceCheck, "_check", checked)
    assert asyncio.run(ask_twice()) == {"result": "done"}
