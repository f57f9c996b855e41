"""The server over the wire, as an editor uses it."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.client import (
    DEADLINE,
    Client,
    ResponseError,
    apply_changes,
    apply_edits,
    codes,
    shows,
    uri,
)
from tests.conftest import GATE, RUFF_ONLY, SERVER, children, patched, wait_gone
from tests.tools import ALL_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import ClientFactory, ProgramFactory, ProjectFactory

pytestmark = [pytest.mark.fast, pytest.mark.one_python]

Item = dict[str, Any]

FAULTY = """\
import subprocess

count: int = "many"
subprocess.run("ls", shell=True)
print(undefined)
"""
"""Findings of each tool, and of each pair of tools with duplicates."""

PULL_ONLY = {
    "textDocument": {"publishDiagnostics": None, "diagnostic": {"relatedDocumentSupport": False}},
}


def found_by_all(items: list[Item]) -> bool:
    return {"Ruff", "Mypy", "Bandit"} == {item["source"] for item in items}


def one(items: list[Item], code: str) -> Item:
    (found,) = [item for item in items if item.get("code") == code]
    return found


def place(item: Item) -> tuple[int, int, int, int]:
    start, end = item["range"]["start"], item["range"]["end"]
    return start["line"], start["character"], end["line"], end["character"]


def span(line: int, start: int, end: int) -> dict[str, dict[str, int]]:
    return {
        "start": {"line": line, "character": start},
        "end": {"line": line, "character": end},
    }


def actions(
    editor: Client,
    document: str,
    where: dict[str, dict[str, int]],
    *,
    only: list[str] | None = None,
    diagnostics: list[Item] | None = None,
) -> list[Item]:
    context: Item = {"diagnostics": diagnostics or []}
    if only is not None:
        context["only"] = only
    params = {"textDocument": {"uri": document}, "range": where, "context": context}
    found: list[Item] = editor.request("textDocument/codeAction", params)
    return found


def titled(found: list[Item], words: str) -> Item:
    (action,) = [each for each in found if words in each["title"]]
    return action


# Beginning and end


def test_initialize_returns_exactly_the_server_s_capabilities(client: ClientFactory) -> None:
    answer = client().initialize()
    assert answer["serverInfo"]["name"] == "python-expert"
    assert answer["capabilities"] == {
        "positionEncoding": "utf-16",
        "textDocumentSync": {"openClose": True, "change": 2, "save": True},
        "notebookDocumentSync": {
            "notebookSelector": [
                {"notebook": "jupyter-notebook", "cells": [{"language": "python"}]}
            ],
            "save": True,
        },
        "hoverProvider": True,
        "codeActionProvider": {
            "codeActionKinds": [
                "quickfix",
                "source.fixAll.pythonExpert",
                "source.organizeImports.pythonExpert",
                "refactor.rewrite.pythonExpert.addDocstrings",
                "refactor.rewrite.pythonExpert.addTypeHints",
                "refactor.rewrite.pythonExpert.convertToAsync",
                "source.addDocstrings.pythonExpert",
                "source.addTypeHints.pythonExpert",
            ],
            "resolveProvider": True,
        },
        "codeLensProvider": {"resolveProvider": False},
        "documentFormattingProvider": True,
        "documentRangeFormattingProvider": True,
        "executeCommandProvider": {
            "commands": [
                "pythonExpert.restartTools",
                "pythonExpert.rewrite",
                "pythonExpert.showPayload",
                "pythonExpert.lastReport",
                "pythonExpert.cancel",
                "pythonExpert.models",
                "pythonExpert.checkWorkspace",
                "pythonExpert.showKnown",
                "pythonExpert.runTests",
                "pythonExpert.testOutput",
            ]
        },
        "workspace": {
            "workspaceFolders": {"supported": True, "changeNotifications": True},
            "fileOperations": {},
        },
    }


@pytest.mark.parametrize(
    ("offered", "chosen", "column"),
    [
        (["utf-8", "utf-16"], "utf-8", 10),
        (["utf-7", "utf-32", "utf-8"], "utf-32", 6),
        (["utf-16", "utf-8"], "utf-16", 7),
        ([], "utf-16", 7),
        (None, "utf-16", 7),
    ],
)
def test_positions_have_the_encoding_that_the_client_prefers(
    client: ClientFactory,
    project: ProjectFactory,
    offered: list[str] | None,
    chosen: str,
    column: int,
) -> None:
    editor = client()
    answer = editor.initialize(encodings=offered)
    assert answer["capabilities"]["positionEncoding"] == chosen
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", "'\U0001f600é'; y\n")
    assert place(one(editor.wait_diagnostics(document, bool), "F821"))[:2] == (0, column)


def test_shutdown_then_exit_ends_with_status_0(client: ClientFactory) -> None:
    editor = client()
    editor.initialize()
    assert editor.request("shutdown") is None
    editor.notify("exit")
    assert editor.wait_exit() == 0


def test_exit_without_shutdown_ends_with_status_1(client: ClientFactory) -> None:
    editor = client()
    editor.initialize()
    editor.notify("exit")
    assert editor.wait_exit() == 1


def test_exit_before_initialize_ends_with_status_1(client: ClientFactory) -> None:
    editor = client()
    editor.notify("exit")
    assert editor.wait_exit() == 1


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="processes are watched as Linux can")
@pytest.mark.parametrize("death", ["end of input", "kill"])
def test_no_process_outlives_the_editor_or_the_server(
    client: ClientFactory, project: ProjectFactory, death: str
) -> None:
    editor = client()
    editor.initialize()
    document = editor.open(project({"pyproject.toml": ""}) / "x.py", FAULTY)
    editor.wait_diagnostics(document, found_by_all)
    started = children(editor.pid)
    assert len(started) >= 3
    if death == "kill":
        os.kill(editor.pid, signal.SIGKILL)
    else:
        editor.hang_up()
    assert editor.wait_exit() in (1, -signal.SIGKILL)
    wait_gone(started)


@pytest.mark.parametrize("process", [2**22 + 1, 2**40])  # process ids on Linux are at most 2**22
def test_an_editor_whose_process_is_not_visible_is_served(
    client: ClientFactory, project: ProjectFactory, monkeypatch: pytest.MonkeyPatch, process: int
) -> None:
    often = "from python_expert.lsp import server; server.PARENT_POLL_S = 0.01"
    run = "from python_expert.cli.server import main; raise SystemExit(main([]))"
    editor = client([sys.executable, "-c", f"{often}\n{run}"])
    with monkeypatch.context() as abroad:
        abroad.setattr(os, "getpid", lambda: process)
        editor.initialize()
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", "import os\n")
    editor.wait_diagnostics(document, shows("F401"))
    assert editor.shutdown() == 0


# What is published


def test_findings_of_each_tool_are_shown_and_no_problem_twice(editor: Client, typed: Path) -> None:
    document = editor.open(typed / "twins.py", FAULTY)
    items = editor.wait_diagnostics(document, found_by_all)
    assert codes(items, "Ruff") == ["F821", "PLW1510", "S602", "S607"]
    assert codes(items, "Mypy") == ["assignment"]
    assert codes(items, "Bandit") == ["B404"]


def test_every_publish_carries_the_version_of_the_text_it_is_about(
    editor: Client, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY})
    document = editor.open(folder / "x.py", "import os\n", version=5)
    editor.wait_diagnostics(document, bool, version=5)
    editor.change(document, 8, [((0, 0), (0, 0), "\n")])
    items = editor.wait_diagnostics(document, bool, version=8)
    assert place(one(items, "F401")) == (1, 7, 1, 9)
    about = [publish.version for publish in editor.publishes if publish.uri == document]
    assert about == sorted(about, key=lambda version: version or 0)
    assert set(about) <= {5, 8}


@pytest.fixture
def gate() -> Iterator[socket.socket]:
    """A socket to which a mypy connects and waits, in a project with the files of `gated`."""
    with socket.create_server(("127.0.0.1", 0)) as events:
        events.settimeout(DEADLINE)
        yield events


def gated(gate: socket.socket) -> dict[str, str]:
    code = GATE.format(port=gate.getsockname()[1])
    return {
        "pyproject.toml": "",
        "gate.py": code,
        "mypy.ini": "[mypy]\nplugins = gate.py\nstrict = true\n",
    }


def test_fast_tools_do_not_wait_for_slow_ones(
    editor: Client, project: ProjectFactory, gate: socket.socket
) -> None:
    document = editor.open(project(gated(gate)) / "x.py", FAULTY)
    mypy, _ = gate.accept()
    with mypy:
        editor.wait_diagnostics(document, lambda items: "S602" in codes(items))
        items = editor.wait_diagnostics(document, lambda items: "B404" in codes(items))
        assert codes(items, "Mypy") == []
    editor.wait_diagnostics(document, found_by_all)
    first = next(e for e in editor.publishes if e.uri == document and e.diagnostics)
    assert len({item["source"] for item in first.diagnostics}) == 1


def test_findings_of_a_closed_document_do_not_reach_the_next(
    editor: Client, project: ProjectFactory, gate: socket.socket
) -> None:
    folder = project(gated(gate))
    editor.open(folder / "other.py", "")
    document = editor.open(folder / "x.py", 'old: int = "old"\n', version=7)
    mypy, _ = gate.accept()
    with mypy:
        editor.close(document)
        start = len(editor.publishes)
        editor.open(document, "new: str = 1\n", version=1)
        gate.close()  # another mypy that starts need not wait
    items = editor.wait_diagnostics(document, lambda items: "assignment" in codes(items))
    assert place(one(items, "assignment")) == (0, 11, 0, 12)
    for publish in editor.publishes[start:]:
        assert 'variable has type "int"' not in str(publish.diagnostics)


def test_diagnostics_say_all_that_the_client_can_show(editor: Client, typed: Path) -> None:
    document = editor.open(typed / "says.py", "import os\n" + FAULTY)
    items = editor.wait_diagnostics(document, found_by_all)
    unused = one(items, "F401")
    assert unused == {
        "range": span(0, 7, 9),
        "severity": 2,
        "source": "Ruff",
        "message": "`os` imported but unused",
        "code": "F401",
        "codeDescription": {"href": "https://docs.astral.sh/ruff/rules/unused-import"},
        "tags": [1],
        "data": {
            "tool": "ruff",
            "rule": "F401",
            "file": document,
            "scope": "",
            "code": unused["data"]["code"],
        },
    }
    wrong = one(items, "assignment")
    assert wrong["range"] == span(3, 13, 19)
    assert wrong["severity"] == 1
    assert wrong["codeDescription"]["href"].startswith("https://mypy.readthedocs.io/")
    assert wrong["codeDescription"]["href"].endswith("#code-assignment")
    assert "tags" not in wrong
    imported = one(items, "B404")
    assert imported["range"]["start"] == {"line": 1, "character": 0}
    assert imported["severity"] in (2, 3, 4)
    assert imported["codeDescription"]["href"].startswith("https://bandit.readthedocs.io/")
    assert one(items, "F821")["severity"] == 1


OVERLOADED = """\
from typing import overload


@overload
def twice(x: int) -> int: ...
@overload
def twice(x: str) -> str: ...
def twice(x: int | str) -> int | str:
    return x * 2


twice(b"")
"""


def test_mypys_notes_are_related_information(editor: Client, typed: Path) -> None:
    document = editor.open(typed / "notes.py", OVERLOADED)
    items = editor.wait_diagnostics(document, lambda items: "call-overload" in codes(items))
    wrong = one(items, "call-overload")
    notes = [note["message"] for note in wrong["relatedInformation"]]
    assert "Possible overload variants:" in notes
    assert {note["location"]["uri"] for note in wrong["relatedInformation"]} == {document}
    assert "Possible" not in wrong["message"]


@pytest.fixture(scope="module")
def plain_server() -> Iterator[Client]:
    """A server whose client has only the capabilities of the first LSP version."""
    capabilities = {
        "workspace": None,
        "textDocument": {
            "publishDiagnostics": {
                "relatedInformation": None,
                "codeDescriptionSupport": None,
                "dataSupport": None,
                "tagSupport": None,
            },
            "codeAction": {"resolveSupport": None, "dataSupport": None},
        },
        "window": {"workDoneProgress": None},
    }
    with Client(SERVER) as client:
        client.initialize(capabilities=capabilities)
        yield client


@pytest.fixture
def plain_editor(plain_server: Client) -> Iterator[Client]:
    yield plain_server
    for document in tuple(plain_server.opened):
        plain_server.close(document)
    assert not plain_server.take_faults()


def test_an_old_client_gets_notes_in_the_message(
    plain_editor: Client, project: ProjectFactory
) -> None:
    document = plain_editor.open(
        project({"pyproject.toml": ""}) / "x.py", "import os\n" + OVERLOADED
    )
    items = plain_editor.wait_diagnostics(document, lambda items: "call-overload" in codes(items))
    for item in items:
        assert item.keys() <= {"range", "severity", "source", "message", "code"}
    assert "\nnote: Possible overload variants:" in one(items, "call-overload")["message"]
    assert not plain_editor.progress
    assert not [method for method, _ in plain_editor.requests]


def test_a_syntax_error_is_shown_once(editor: Client, typed: Path) -> None:
    document = editor.open(typed / "syntax.py", "import subprocess\nx = (\n")
    # The other tools have no other findings, so the test waits for a second document.
    other = editor.open(typed / "syntax_other.py", FAULTY)
    editor.wait_diagnostics(other, found_by_all)
    items = editor.wait_diagnostics(document, bool)
    assert [item["source"] for item in items] == ["Ruff"]
    editor.change(document, 2, "import subprocess\ny: int = ''\n")
    # Regardless of the order, mypy's finding is shown and ruff's of the text before is not.
    editor.wait_diagnostics(
        document,
        lambda items: "assignment" in codes(items) and "invalid-syntax" not in codes(items),
    )


@pytest.mark.parametrize("comment", ["# noqa: S602", "# nosec B602", "# noqa", "# nosec"])
def test_a_comment_that_silences_one_tool_silences_its_duplicate(
    editor: Client, typed: Path, comment: str
) -> None:
    name = comment.strip("# ").replace(": ", "_").replace(" ", "_").lower()
    text = (
        'import subprocess\n\nx: int = ""\n'
        f'subprocess.run("/bin/ls", shell=True)  {comment}\n'
        'subprocess.run("/bin/ls", shell=True)\n'
    )
    document = editor.open(typed / f"silent_{name}.py", text)
    items = editor.wait_diagnostics(document, found_by_all)
    assert [(item["code"], place(item)[0]) for item in items if "60" in item["code"]] == [
        ("S602", 4)
    ]


def test_type_and_security_findings_stay_while_text_is_broken(editor: Client, typed: Path) -> None:
    document = editor.open(typed / "broken.py", "import os\n" + FAULTY)
    editor.wait_diagnostics(document, found_by_all)
    editor.change(document, 2, [((0, 0), (0, 0), "\n"), ((7, 0), (7, 0), "x = 1 +\n")])
    items = editor.wait_diagnostics(document, lambda items: "invalid-syntax" in codes(items))
    assert sorted((item["code"], place(item)[0]) for item in items) == [
        ("B404", 2),
        ("S602", 5),
        ("S607", 5),
        ("assignment", 4),
        ("invalid-syntax", 7),
        ("name-defined", 6),  # ruff's F821, its duplicate, is gone
    ]
    # The slower tools have now checked the broken text, too: the findings must be unchanged.
    editor.change(document, 3, [((7, 0), (8, 0), ""), ((7, 0), (7, 0), "# é\n")])
    items = editor.wait_diagnostics(
        document, lambda items: found_by_all(items) and "F401" in codes(items), version=3
    )
    assert place(one(items, "assignment")) == (4, 13, 4, 19)


def test_style_findings_are_removed_with_their_text(
    editor: Client, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY})
    text = "import os\n\ntry:\n    os.remove('x')\nexcept OSError:\n    pass\n"
    document = editor.open(folder / "x.py", text)
    items = editor.wait_diagnostics(document, bool)
    assert {"SIM105", "S110"} & set(codes(items)) == {"SIM105"}
    editor.change(document, 2, [((6, 0), (6, 0), "x = 1 +\n")])
    items = editor.wait_diagnostics(document, lambda items: "invalid-syntax" in codes(items))
    assert codes(items) == ["invalid-syntax"]


def test_findings_follow_the_text_while_a_slow_tool_has_not_seen_it(
    editor: Client, typed: Path
) -> None:
    document = editor.open(typed / "follow.py", FAULTY)
    editor.wait_diagnostics(document, found_by_all)
    start = len(editor.publishes)
    editor.change(document, 2, [((0, 0), (0, 0), "import os\n\n")])
    editor.wait_diagnostics(document, lambda items: "F401" in codes(items), version=2)
    for publish in editor.publishes[start:]:
        if publish.uri == document:
            assert publish.version == 2
            assert place(one(publish.diagnostics, "assignment")) == (4, 13, 4, 19)
            assert place(one(publish.diagnostics, "B404"))[0] == 2


def text_at(text: str, item: Item) -> str:
    line, start, _, end = place(item)
    return text.splitlines()[line][start:end]


def test_findings_have_the_right_place_while_you_type_fast(editor: Client, typed: Path) -> None:
    texts = {1: FAULTY}
    document = editor.open(typed / "fast.py", FAULTY)
    editor.wait_diagnostics(document, found_by_all)
    start = len(editor.publishes)
    for version in range(2, 102):
        line = version % 5
        edit = (
            ((line, 0), (line + 1, 0), "")
            if texts[version - 1].splitlines()[line] == "# typed"
            else ((line, 0), (line, 0), "# typed\n")
        )
        texts[version] = apply_changes(texts[version - 1], [edit])
        editor.change(document, version, [edit])
    texts[102] = "\n" + FAULTY
    editor.change(document, 102, texts[102])
    items = editor.wait_diagnostics(
        document, lambda items: found_by_all(items) and place(one(items, "F821"))[0] == 5, 102
    )
    assert codes(items) == ["B404", "F821", "PLW1510", "S602", "S607", "assignment"]
    about = {"F821": "undefined", "assignment": '"many"', "S607": '"ls"'}
    for publish in editor.publishes[start:]:
        for item in publish.diagnostics if publish.uri == document else ():
            if (word := about.get(item["code"])) is not None:
                assert text_at(texts[publish.version or 0], item) == word


def test_a_finding_whose_text_was_replaced_is_dropped(editor: Client, typed: Path) -> None:
    document = editor.open(typed / "dropped.py", FAULTY)
    editor.wait_diagnostics(document, found_by_all)
    start = len(editor.publishes)
    editor.change(document, 2, [((2, 0), (2, 19), "import os")])
    editor.wait_diagnostics(document, lambda items: "F401" in codes(items), version=2)
    for publish in editor.publishes[start:]:
        assert publish.uri != document or "assignment" not in codes(publish.diagnostics)


def test_closing_a_document_removes_its_findings(editor: Client, typed: Path) -> None:
    document = editor.open(typed / "closed.py", FAULTY)
    editor.wait_diagnostics(document, found_by_all)
    editor.close(document)
    assert editor.wait_diagnostics(document, lambda items: not items) == []
    start = len(editor.publishes)
    editor.open(document, "x: str = 1\n", version=1)
    editor.wait_diagnostics(document, shows("assignment"))
    assert all(
        "S602" not in codes(publish.diagnostics)
        for publish in editor.publishes[start:]
        if publish.uri == document
    )


def test_importers_use_the_text_on_disk_of_a_closed_document(editor: Client, typed: Path) -> None:
    (typed / "disk_a.py").write_text("VALUE = 1\n")
    using = editor.open(typed / "disk_b.py", "from disk_a import VALUE\n\nx: str = VALUE\n")
    editor.wait_diagnostics(using, lambda items: "assignment" in codes(items))
    other = editor.open(typed / "disk_a.py", 'VALUE = "unsaved"\n')
    editor.wait_diagnostics(using, lambda items: "assignment" not in codes(items))
    editor.close(other)
    editor.wait_diagnostics(using, lambda items: "assignment" in codes(items))


def test_a_document_never_saved_is_checked_by_all_tools(client: ClientFactory) -> None:
    editor = client()
    editor.initialize()
    document = editor.open("untitled:Untitled-1", FAULTY)
    items = editor.wait_diagnostics(document, found_by_all)
    assert codes(items) == ["B404", "F821", "PLW1510", "S602", "S607", "assignment"]
    plain = editor.open("untitled:notes", FAULTY, language="plaintext")
    editor.change(document, 2, "import os\n")
    editor.wait_diagnostics(document, shows("F401"))
    assert plain not in {publish.uri for publish in editor.publishes}


def test_a_file_outside_every_folder_is_checked(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    inside = project({"pyproject.toml": RUFF_ONLY}, "inside")
    editor.initialize([inside])
    outside = project({"pyproject.toml": RUFF_ONLY}, "inside_not")
    alone = project(name="alone")
    for folder in (inside, outside, alone):
        document = editor.open(folder / "x.py", "import os\n")
        editor.wait_diagnostics(document, lambda items: "F401" in codes(items))


@pytest.mark.parametrize(
    "document",
    [
        Path(sysconfig.get_path("stdlib"), "bisect.py"),
        Path(sysconfig.get_path("purelib"), "some_package", "module.py"),
        "git:/project/x.py?%7B%22ref%22%3A%22HEAD%22%7D",
        "vscode-notebook-cell:/project/x.ipynb#W0sZmlsZQ%3D%3D",
        "vscode-notebook-cell:///project/x.ipynb#W0sZmlsZQ%3D%3D",
        "file:///project/x.ipynb",
    ],
)
def test_documents_outside_the_project_s_own_code_get_no_findings(
    editor: Client, project: ProjectFactory, document: str | Path
) -> None:
    language = "json" if str(document).endswith(".ipynb") else "python"
    strange = editor.open(document, FAULTY, language=language)
    editor.change(strange, 2, [((0, 0), (0, 0), "import os\n")])
    editor.save(strange)
    actions(editor, strange, span(0, 0, 9))
    control = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", "import os\n")
    editor.wait_diagnostics(control, bool)
    editor.close(strange)
    assert strange not in {publish.uri for publish in editor.publishes}


def test_a_cell_without_its_notebook_is_ignored(editor: Client, project: ProjectFactory) -> None:
    cell = "vscode-notebook-cell:/project/y.ipynb#cell"
    item = {"uri": cell, "languageId": "python", "version": 1, "text": "import os\n"}
    editor.notify("textDocument/didOpen", {"textDocument": item})
    control = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", "import os\n")
    editor.wait_diagnostics(control, bool)
    assert cell not in {publish.uri for publish in editor.publishes}
    editor.notify("textDocument/didClose", {"textDocument": {"uri": cell}})


def test_a_document_keeps_the_uri_that_the_client_gave_it(
    editor: Client, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY}, "a b")
    spelt = f"file://{folder.parent}/a%20b/%c3%bc%2B(1).py"
    editor.open(spelt, IMPORTS)
    editor.wait_diagnostics(spelt, bool)
    fix = titled(actions(editor, spelt, span(1, 7, 9)), "Remove unused import")
    assert fix["edit"]["documentChanges"][0]["textDocument"]["uri"] == spelt


def test_an_excluded_file_gets_no_findings_from_any_tool(
    editor: Client, project: ProjectFactory
) -> None:
    folder = project(
        {
            "pyproject.toml": '[tool.ruff]\nextend-exclude = ["generated"]\n',
            "generated/x.py": FAULTY,
            "x.py": FAULTY,
        }
    )
    excluded = editor.open(folder / "generated/x.py", FAULTY)
    control = editor.open(folder / "x.py", FAULTY)
    editor.wait_diagnostics(control, found_by_all)
    assert [publish.diagnostics for publish in editor.publishes if publish.uri == excluded] in (
        [],
        [[]],
    )


def test_the_findings_of_a_renamed_file_move_to_its_new_name(editor: Client, typed: Path) -> None:
    old = editor.open(typed / "old_name.py", "import os\n")
    editor.wait_diagnostics(old, bool)
    editor.close(old)
    new = editor.open(typed / "new_name.py", "import os\n")
    assert codes(editor.wait_diagnostics(new, bool)) == ["F401"]
    assert editor.wait_diagnostics(old, lambda items: not items) == []


def test_a_late_response_of_the_client_is_ignored(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client(
        patched("from python_expert.lsp import configuration; configuration.DEADLINE_S = 0.01")
    )
    editor.silent = {"workspace/configuration"}
    editor.initialize()
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", "import os\n")
    editor.wait_diagnostics(document, bool)
    (late,) = editor.unanswered
    for number in (late, "never asked"):
        answer = {"jsonrpc": "2.0", "id": number, "result": [None]}
        editor.send_body(json.dumps(answer).encode())
    actions(editor, document, span(0, 0, 0))
    assert editor.take_faults() == []


@pytest.mark.skipif(sys.platform == "win32", reason="the folder's tool is a script")
def test_before_the_settings_are_known_nothing_runs_or_is_sent(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY})
    program = folder / "ruff"
    program.write_text(f"#!/bin/sh\ntouch '{folder}/it-ran'\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    server = "from python_expert.lsp import configuration; configuration.DEADLINE_S = 0.01"
    editor = client(patched(server), env={"ANTHROPIC_API_KEY": "k"})
    editor.silent = {"workspace/configuration"}
    tools = {"ruff": {"path": str(program)}}
    editor.initialize([folder], options={"trusted": True, "tools": tools})
    document = editor.open(folder / "x.py", "import os\n\n\ndef f(a):\n    return a\n")
    editor.wait_diagnostics(document, lambda items: codes(items)[:1] == ["F401"])

    def payload() -> str:
        action = {"action": "add-docstrings", "uri": document, "version": 1, "range": None}
        command = {"command": "pythonExpert.showPayload", "arguments": [action]}
        text: str = editor.request("workspace/executeCommand", command)
        return text

    assert "return a" not in payload()
    assert not (folder / "it-ran").exists()
    (question,) = editor.unanswered
    answer = {"jsonrpc": "2.0", "id": question, "result": [{}, {}]}
    editor.send_body(json.dumps(answer).encode())
    editor.wait((folder / "it-ran").exists, "the folder's own tool")
    assert "return a" in payload()


# Folders


def test_each_folder_has_its_own_configuration_and_folders_can_be_added_and_removed(
    client: ClientFactory, project: ProjectFactory
) -> None:
    text = "import os\n\nx = eval('1')\n"
    names = ("unused", "expert", "later")
    unused, expert, later = (
        project({"pyproject.toml": RUFF_ONLY, "sub/x.py": text}, name) for name in names
    )
    (unused / "pyproject.toml").write_text(RUFF_ONLY + '[tool.ruff.lint]\nselect = ["F401"]\n')
    (later / "ruff.toml").write_text('lint.select = ["S307"]\n')
    editor = client()
    for folder, level in ((unused, "hint"), (later, "information")):
        settings = {"tools": {"ruff": {"severity": level}}}
        editor.scoped[uri(folder)] = {"pythonExpert": settings}
    editor.initialize([unused, expert])
    first, second, third = (
        editor.open(folder / "sub/x.py", text) for folder in (unused, expert, later)
    )

    def shown(document: str) -> set[tuple[str, int]]:
        return {(item["code"], item["severity"]) for item in editor.diagnostics(document)}

    editor.wait(lambda: shown(first) == {("F401", 4)}, "the first folder's")
    editor.wait(lambda: shown(second) == {("F401", 2), ("S307", 2)}, "the second folder's")
    editor.wait(lambda: shown(third) == {("S307", 2)}, "those outside")

    def change(added: list[Path], removed: list[Path]) -> None:
        event = {
            "added": [{"uri": uri(folder), "name": folder.name} for folder in added],
            "removed": [{"uri": uri(folder), "name": folder.name} for folder in removed],
        }
        editor.notify("workspace/didChangeWorkspaceFolders", {"event": event})

    change([later], [])
    editor.wait(lambda: shown(third) == {("S307", 3)}, "the added folder's")
    change([], [unused])
    editor.wait(lambda: shown(first) == {("F401", 2)}, "those outside again")
    assert shown(second) == {("F401", 2), ("S307", 2)}


def test_new_folders_take_effect_while_a_library_file_is_open(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"a/pyproject.toml": RUFF_ONLY})
    editor = client()
    editor.scoped[uri(folder)] = {"pythonExpert": {"tools": {"ruff": {"severity": "hint"}}}}
    editor.initialize()
    editor.open(folder / "lib/python3.11/site-packages/x.py", "import os\n")
    document = editor.open(folder / "a/x.py", "import os\n")
    editor.wait_diagnostics(document, lambda items: items and items[0]["severity"] == 2)
    event = {"added": [{"uri": uri(folder), "name": "later"}], "removed": []}
    editor.notify("workspace/didChangeWorkspaceFolders", {"event": event})
    editor.wait_diagnostics(document, lambda items: items and items[0]["severity"] == 4)


# Requests


SLOW_RUFF = """
if sys.argv[1] != "server":
    sys.exit()
while True:
    message = hear()
    method = message.get("method")
    if method == "initialize":
        say(id=message["id"], result={"capabilities": {}, "serverInfo": {"version": "0.99"}})
    elif method == "textDocument/diagnostic":
        say(id=message["id"], result={"kind": "full", "items": []})
    elif method == "$/cancelRequest":
        open(sys.argv[0] + ".cancelled", "w").close()
        say(id=message["params"]["id"], error={"code": -32800, "message": "cancelled"})
"""
"""A server that never answers a request to format."""


def test_a_cancelled_request_is_answered_as_cancelled_and_stopped(
    client: ClientFactory, project: ProjectFactory, program: ProgramFactory
) -> None:
    ruff = program(SLOW_RUFF)
    editor = client()
    editor.initialize(options={"tools": {"ruff": {"path": str(ruff)}}})
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", "import os\n")
    editor.wait_diagnostics(document)
    options = {"tabSize": 4, "insertSpaces": True}
    params = {"textDocument": {"uri": document}, "options": options}
    number = editor.send_request("textDocument/formatting", params)
    editor.cancel(number)
    with pytest.raises(ResponseError) as caught:
        editor.result_of(number)
    assert caught.value.code == -32800
    # The server continues, and accepts the same request again.
    again = editor.send_request("textDocument/formatting", params)
    editor.cancel(again)
    with pytest.raises(ResponseError):
        editor.result_of(again)


def test_progress_is_shown_while_mypy_first_reads_a_project(
    editor: Client, project: ProjectFactory
) -> None:
    reports_before, requests_before = len(editor.progress), len(editor.requests)
    document = editor.open(project({"pyproject.toml": ""}) / "x.py", FAULTY)
    editor.wait_diagnostics(document, found_by_all)

    def ended() -> list[Item]:
        reports = editor.progress[reports_before:]
        return reports if reports and reports[-1]["value"]["kind"] == "end" else []

    reports = editor.wait(ended, "the progress to end")
    (token,) = {report["token"] for report in reports}
    kinds = [report["value"]["kind"] for report in reports]
    assert kinds[0] == "begin"
    assert set(kinds[1:-1]) <= {"report"}
    assert "mypy" in reports[0]["value"]["title"]
    assert ("window/workDoneProgress/create", {"token": token}) in editor.requests[requests_before:]


def test_an_editor_that_supports_the_status_gets_the_state_of_the_tools(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": ""})
    editor = client()
    editor.initialize([folder], capabilities={"experimental": {"pythonExpertStatus": True}})
    document = editor.open(folder / "x.py", FAULTY)
    editor.wait_diagnostics(document, found_by_all)

    def ready() -> dict[str, Item] | None:
        statuses = [params for method, params in editor.notifications if method == STATUS]
        tools = {tool["name"]: tool for tool in statuses[-1]["tools"]} if statuses else {}
        return tools if {tool["state"] for tool in tools.values()} == {"ready"} else None

    tools = editor.wait(ready, "all tools to be ready")
    assert tools.keys() == {*ALL_NAMES}
    assert (tools["mypy"]["variant"], tools["mypy"]["root"]) == ("d2", str(folder))
    assert tools["mypy"]["version"].startswith("2.")
    assert tools["mypy"]["lastMs"] > 0


@pytest.mark.parametrize(
    ("settings", "provider", "reason", "words"),
    [
        ({}, "offline", "noKey", "there is no key"),
        ({"llm": {"provider": "offline"}}, "offline", "chosen", "it is what you chose"),
        ({"privacy": {"network": False}}, "offline", "network", "the network is off"),
        ({"trusted": False}, "offline", "untrusted", "the folder is not trusted"),
        (
            {"llm": {"provider": "anthropic"}, "privacy": {"network": False}},
            "anthropic",
            "network",
            "the network is off",
        ),
        ({"llm": {"provider": "anthropic"}}, "anthropic", None, ""),
    ],
)
def test_the_status_says_why_no_model_is_asked(
    client: ClientFactory,
    project: ProjectFactory,
    settings: Item,
    provider: str,
    reason: str | None,
    words: str,
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY})
    editor = client()
    editor.initialize(
        [folder],
        capabilities={"experimental": {"pythonExpertStatus": True}},
        configuration={"pythonExpert": settings},
    )
    editor.open(folder / "x.py", "")

    def published_statuses() -> Item | None:
        statuses = [params for method, params in editor.notifications if method == STATUS]
        return statuses[-1] if statuses else None

    status = editor.wait(published_statuses, "the status")
    assert (status["provider"], status["reason"]) == (provider, reason)
    assert (status["model"] is None) == (provider == "offline")
    assert words in status["message"] if words else status["message"] == ""


def test_the_status_is_sent_only_to_editors_that_support_it(editor: Client) -> None:
    assert STATUS not in [method for method, _ in editor.notifications]


STATUS = "pythonExpert/status"

ORGANIZE = "source.organizeImports.pythonExpert"

IMPORTS = """\
import sys
import os
import re

print(sys.argv, re)
"""


@pytest.fixture
def ruffs(project: ProjectFactory) -> Path:
    """A project in which only ruff runs."""
    return project({"pyproject.toml": RUFF_ONLY})


def test_a_quick_fix_has_the_version_of_the_shown_text(editor: Client, ruffs: Path) -> None:
    document = editor.open(ruffs / "x.py", IMPORTS, version=3)
    items = editor.wait_diagnostics(document, bool)
    found = actions(editor, document, span(1, 7, 9), diagnostics=[one(items, "F401")])
    fix = titled(found, "Remove unused import")
    assert fix["kind"] == "quickfix"
    assert fix["isPreferred"] is True
    assert fix["diagnostics"] == [one(items, "F401")]
    (change,) = fix["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": document, "version": 3}
    assert apply_edits(IMPORTS, fix["edit"]) == IMPORTS.replace("import os\n", "")


def test_an_old_diagnostic_does_not_make_a_fix_delete_the_wrong_line(
    editor: Client, ruffs: Path
) -> None:
    document = editor.open(ruffs / "x.py", IMPORTS)
    stale = one(editor.wait_diagnostics(document, bool), "F401")
    insert = [((0, 0), (0, 0), "import ast\nprint(ast)\n")]
    editor.change(document, 2, insert)
    now = apply_changes(IMPORTS, insert)
    found = actions(editor, document, span(3, 7, 9), diagnostics=[stale])
    fix = titled(found, "Remove unused import")
    assert fix["edit"]["documentChanges"][0]["textDocument"]["version"] == 2
    assert apply_edits(now, fix["edit"]) == now.replace("import os\n", "")
    for action in actions(editor, document, stale["range"], diagnostics=[stale]):
        assert "unused" not in action["title"]


def test_fixes_are_offered_only_for_findings_at_the_cursor(editor: Client, ruffs: Path) -> None:
    document = editor.open(ruffs / "x.py", IMPORTS)
    assert actions(editor, document, span(4, 0, 0), only=["quickfix"]) == []
    assert actions(editor, document, span(1, 0, 0), only=["refactor"]) == []
    kinds = {each["kind"] for each in actions(editor, document, span(1, 7, 7), only=["quickfix"])}
    assert kinds == {"quickfix"}


def test_a_finding_can_be_silenced_with_noqa(editor: Client, ruffs: Path) -> None:
    document = editor.open(ruffs / "x.py", IMPORTS)
    found = actions(editor, document, span(1, 7, 9), only=["quickfix"])
    silence = titled([each for each in found if "F401" in each["title"]], "Disable for this line")
    assert "import os  # noqa: F401\n" in apply_edits(IMPORTS, silence["edit"])


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        (["source.fixAll"], ["source.fixAll.pythonExpert"]),
        (["source.fixAll.pythonExpert"], ["source.fixAll.pythonExpert"]),
        (["source.organizeImports"], ["source.organizeImports.pythonExpert"]),
        (["source"], ["source.fixAll.pythonExpert", "source.organizeImports.pythonExpert"]),
        (["source.fixAll.ruff"], []),
        (["source.fix"], []),
    ],
)
def test_on_save_actions_come_with_their_edits(
    editor: Client, ruffs: Path, only: list[str], kinds: list[str]
) -> None:
    document = editor.open(ruffs / "x.py", IMPORTS, version=4)
    found = actions(editor, document, span(0, 0, 0), only=only)
    assert sorted(each["kind"] for each in found) == kinds
    results = {
        "source.fixAll.pythonExpert": "import re\nimport sys\n\nprint(sys.argv, re)\n",
        "source.organizeImports.pythonExpert": (
            "import os\nimport re\nimport sys\n\nprint(sys.argv, re)\n"
        ),
    }
    for action in found:
        assert action["edit"]["documentChanges"][0]["textDocument"]["version"] == 4
        result = apply_edits(IMPORTS, action["edit"])
        assert "".join(sorted(result)) == "".join(sorted(results[action["kind"]]))


def test_the_light_bulb_offers_no_whole_file_actions(editor: Client, ruffs: Path) -> None:
    document = editor.open(ruffs / "x.py", IMPORTS, version=4)
    found = actions(editor, document, span(1, 7, 9))
    assert {each["kind"] for each in found} == {"quickfix"}


def test_a_menu_has_quick_fixes_then_rewrites_and_nothing_twice(
    editor: Client, ruffs: Path
) -> None:
    text = "def fetch(x, l):\n    import os, sys\n"
    document = editor.open(ruffs / "x.py", text)
    found = actions(editor, document, span(1, 11, 18))
    kinds = [each["kind"].partition(".")[0] for each in found]
    assert kinds == sorted(kinds)
    assert set(kinds) == {"quickfix", "refactor"}
    assert len({json.dumps([each["title"], each.get("edit")]) for each in found}) == len(found)
    assert (
        len([each for each in found if "F401" in each["title"] and "Disable" in each["title"]]) == 1
    )
    (hints,) = [each for each in found if each["kind"].endswith("addTypeHints")]
    assert hints["title"] == "Add type hints to `fetch` (offline)"


def test_a_source_action_that_would_change_nothing_is_not_offered(
    editor: Client, ruffs: Path
) -> None:
    document = editor.open(ruffs / "x.py", "print()\n")
    assert actions(editor, document, span(0, 0, 0), only=["source"]) == []


def test_an_old_client_gets_plain_changes_without_resolving(
    plain_editor: Client, ruffs: Path
) -> None:
    document = plain_editor.open(ruffs / "x.py", IMPORTS)
    found = actions(plain_editor, document, span(1, 7, 9))
    kinds = [each["kind"] for each in found]
    found += actions(plain_editor, document, span(1, 7, 9), only=["source"])
    assert {"quickfix"} == set(kinds)
    assert {"source.fixAll.pythonExpert", ORGANIZE} < {each["kind"] for each in found}
    for edit in (each["edit"] for each in found):
        assert edit.keys() == {"changes"}
        assert edit["changes"].keys() == {document}
        assert apply_edits(IMPORTS, edit) != IMPORTS


UGLY = "x = {  'a':1 }\ny = {  'b':2 }\n"
PRETTY = 'x = {"a": 1}\ny = {"b": 2}\n'


def test_a_document_is_formatted(editor: Client, ruffs: Path) -> None:
    document = editor.open(ruffs / "x.py", UGLY)
    params = {
        "textDocument": {"uri": document},
        "options": {"tabSize": 4, "insertSpaces": True},
    }
    assert apply_edits(UGLY, editor.request("textDocument/formatting", params)) == PRETTY
    params["range"] = span(1, 0, 14)
    edits = editor.request("textDocument/rangeFormatting", params)
    ugly, pretty = UGLY.splitlines(keepends=True), PRETTY.splitlines(keepends=True)
    assert apply_edits(UGLY, edits) == ugly[0] + pretty[1]
    # The current text is formatted.
    editor.change(document, 2, [((0, 0), (0, 0), "z =  3\n")])
    del params["range"]
    edits = editor.request("textDocument/formatting", params)
    assert apply_edits("z =  3\n" + UGLY, edits) == "z = 3\n" + PRETTY


def test_a_hover_over_a_noqa_code_explains_the_rule(editor: Client, ruffs: Path) -> None:
    document = editor.open(ruffs / "x.py", "import os  # noqa: F401\n")
    params = {"textDocument": {"uri": document}, "position": {"line": 0, "character": 21}}
    answer = editor.request("textDocument/hover", params)
    assert "unused-import" in json.dumps(answer)
    params["position"] = {"line": 0, "character": 2}
    assert editor.request("textDocument/hover", params) is None


def test_requests_about_a_closed_document_have_empty_answers(
    editor: Client,
) -> None:
    document = "file:///nowhere/x.py"
    params = {"textDocument": {"uri": document}, "position": {"line": 0, "character": 0}}
    assert editor.request("textDocument/hover", params) is None
    assert actions(editor, document, span(0, 0, 0)) == []


def test_the_tools_can_be_restarted(editor: Client, ruffs: Path) -> None:
    document = editor.open(ruffs / "x.py", "import os\n")
    editor.wait_diagnostics(document, bool)
    before = set(children(editor.pid)) if sys.platform == "linux" else set()
    editor.request("workspace/executeCommand", {"command": "pythonExpert.restartTools"})
    assert not before or before != set(children(editor.pid))
    editor.change(document, 2, "import re\n")
    items = editor.wait_diagnostics(document, bool, version=2)
    assert "`re` imported but unused" in [item["message"] for item in items]


# Clients that pull


def pull(editor: Client, document: str, previous: str | None = None) -> Item:
    params: Item = {"textDocument": {"uri": document}}
    if previous:
        params["previousResultId"] = previous
    answer: Item = editor.request("textDocument/diagnostic", params)
    return answer


def refreshes(editor: Client) -> int:
    return sum(method == "workspace/diagnostic/refresh" for method, _ in editor.requests)


def wait_refresh(editor: Client, before: int) -> None:
    editor.wait(lambda: refreshes(editor) > before, "a refresh")


def test_a_client_that_supports_pushes_is_not_offered_pulling(client: ClientFactory) -> None:
    both = {"textDocument": {"diagnostic": {"dynamicRegistration": True}}}
    answer = client().initialize(capabilities=both)
    assert "diagnosticProvider" not in answer["capabilities"]


def test_a_pulling_client_is_notified_about_new_findings(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    answer = editor.initialize(capabilities=PULL_ONLY)
    assert answer["capabilities"]["diagnosticProvider"] == {
        "identifier": "python-expert",
        "interFileDependencies": True,
        "workspaceDiagnostics": False,
    }
    document = editor.open(project({"pyproject.toml": ""}) / "x.py", FAULTY)
    report = pull(editor, document)
    while not found_by_all(report["items"]):
        published_statuses = refreshes(editor)
        report = pull(editor, document)
        if not found_by_all(report["items"]):
            wait_refresh(editor, published_statuses)
    assert report["kind"] == "full"
    assert codes(report["items"]) == ["B404", "F821", "PLW1510", "S602", "S607", "assignment"]
    again = pull(editor, document, report["resultId"])
    assert again == {"kind": "unchanged", "resultId": report["resultId"]}
    editor.change(document, 2, [((0, 0), (0, 0), "import os\n")])
    report = pull(editor, document, report["resultId"])
    assert report["kind"] == "full"
    assert "F401" in codes(report["items"])
    assert place(one(report["items"], "assignment"))[0] == 3
    editor.close(document)
    assert pull(editor, document)["items"] == []
    assert editor.publishes == []


def test_a_pulling_client_without_refresh_gets_all_findings_in_one_answer(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    no_refresh = {**PULL_ONLY, "workspace": {"diagnostics": None}}
    editor.initialize(capabilities=no_refresh)
    folder = project({"pyproject.toml": "[tool.python-expert.tools.mypy]\nenabled = false\n"})
    document = editor.open(folder / "x.py", "import subprocess\n")
    assert codes(pull(editor, document)["items"]) == ["B404", "F401"]
    assert not refreshes(editor)


def test_the_log_of_a_normal_session_has_no_warnings(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    folder = project({"pyproject.toml": ""})
    editor.initialize([folder])
    document = editor.open(folder / "x.py", "import os\nlen(1)\n")
    editor.wait_diagnostics(document, lambda items: {"F401", "arg-type"} <= set(codes(items)))
    # Tools end both while idle and while busy.
    for version in (2, 3):
        editor.request("workspace/executeCommand", {"command": "pythonExpert.restartTools"})
        editor.change(document, version, f"import os\nlen({version})\n")
    editor.shutdown()
    alarms = ("WARN", "ERROR", "failed", "status -", "SIG")
    assert not [line for line in editor.stderr.splitlines() if any(word in line for word in alarms)]
