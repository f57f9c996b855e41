"""Notebooks in an editor: findings in their cells, fixes and rewrites within a cell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.client import apply_edits, codes, text_edit
from tests.conftest import write
from tests.server.test_cli import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tests.client import Client
    from tests.conftest import ClientFactory

pytestmark = pytest.mark.one_python

CELLS = [
    "%matplotlib inline\nimport os\nimport subprocess",
    "# A title",
    'import re\n\nfrom helper import double\n\nfiles = !ls\nlabel = "😀"; double("x")\n',
    "def add(a, b=1):\n    return a + b\n\n\nadd(1, 2)",
    "%%bash\nls -l $(x)",
    '%%time\nsubprocess.run("ls", shell=True, check=False)\nawait double(1)\ndisplay(1)',
    'size: int = "a"\nsize?\nsize == 1',
]
FILES = {"pyproject.toml": "", "helper.py": "def double(x: int) -> int:\n    return 2 * x\n"}

TITLE = 1
"""The index of the Markdown cell."""


class Notebook:
    """A notebook in an editor.

    Args:
        editor: The editor.
        path: Its path; the file need not exist.
        texts: Its cells; the one with the index `TITLE` is not code.
    """

    def __init__(self, editor: Client, path: Path, texts: list[str]) -> None:
        self.editor = editor
        self.path = path
        self.version = 1
        self.versions = dict.fromkeys(range(len(texts)), 1)
        editor.notify(
            "notebookDocument/didOpen",
            {
                "notebookDocument": {
                    "uri": path.as_uri(),
                    "notebookType": "jupyter-notebook",
                    "version": 1,
                    "cells": [self._cell(number) for number in range(len(texts))],
                },
                "cellTextDocuments": [self._item(*each) for each in enumerate(texts)],
            },
        )

    def cell(self, number: int) -> str:
        """Return the URI of a cell."""
        return f"vscode-notebook-cell:{self.path}#W{number}"

    def change(self, **cells: object) -> None:
        """Report a change of cells."""
        self.version += 1
        document = {"uri": self.path.as_uri(), "version": self.version}
        params = {"notebookDocument": document, "change": {"cells": cells} if cells else {}}
        self.editor.notify("notebookDocument/didChange", params)

    def type(self, number: int, *edits: tuple[tuple[int, int], tuple[int, int], str]) -> None:
        """Edit the text of a cell."""
        self.versions[number] += 1
        document = {"uri": self.cell(number), "version": self.versions[number]}
        changes = [text_edit(*edit, key="text") for edit in edits]
        self.change(textContent=[{"document": document, "changes": changes}])

    def insert(self, place: int, number: int, text: str) -> None:
        """Add a cell with an unused number."""
        self.versions[number] = 1
        array = {"start": place, "deleteCount": 0, "cells": [self._cell(number)]}
        self.change(structure={"array": array, "didOpen": [self._item(number, text)]})

    def delete(self, place: int, number: int) -> None:
        """Remove a cell."""
        array = {"start": place, "deleteCount": 1}
        self.change(structure={"array": array, "didClose": [{"uri": self.cell(number)}]})

    def menu(self, number: int, line: int, column: int = 0) -> list[dict[str, Any]]:
        """Return the code actions at a place in a cell."""
        at = {"line": line, "character": column}
        where = {"range": {"start": at, "end": at}, "context": {"diagnostics": []}}
        document = {"uri": self.cell(number)}
        found: list[dict[str, Any]] = self.editor.request(
            "textDocument/codeAction", {"textDocument": document, **where}
        )
        return found

    def _cell(self, number: int) -> dict[str, Any]:
        return {"kind": 1 if number == TITLE else 2, "document": self.cell(number)}

    def _item(self, number: int, text: str) -> dict[str, Any]:
        language = "markdown" if number == TITLE else "python"
        return {"uri": self.cell(number), "languageId": language, "version": 1, "text": text}


@pytest.fixture
def editor(client: ClientFactory, tmp_path: Path) -> Client:
    """An editor with a project that has one module."""
    editor = client()
    editor.initialize([write(tmp_path, FILES)])
    return editor


def places(editor: Client, document: str) -> list[tuple[str, int, int]]:
    """Return the code and the start of each finding that is shown in a cell."""
    starts = [(each["code"], each["range"]["start"]) for each in editor.diagnostics(document)]
    return sorted((code, start["line"], start["character"]) for code, start in starts)


def has(*expected: str) -> Callable[[Sequence[Mapping[str, Any]]], bool]:
    """Return a condition: the findings include these codes."""
    return lambda found: set(expected) <= set(codes(found))


def edit_of(action: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the document and the edits of a code action that changes one document."""
    [change] = action["edit"]["documentChanges"]
    return change["textDocument"], change["edits"]


def test_findings_are_in_their_cells(editor: Client, tmp_path: Path) -> None:
    notebook = Notebook(editor, tmp_path / "study.ipynb", CELLS)
    editor.wait_diagnostics(notebook.cell(6), has("assignment"))
    editor.wait_diagnostics(notebook.cell(5), has("S602", "S607", "misc"))
    editor.wait_diagnostics(notebook.cell(0), has("F401", "B404"))
    assert places(editor, notebook.cell(0)) == [("B404", 2, 0), ("F401", 1, 7)]
    expected = [("E702", 5, 12), ("F401", 0, 7), ("arg-type", 5, 21)]
    assert places(editor, notebook.cell(2)) == expected
    expected = [("no-untyped-call", 4, 0), ("no-untyped-def", 0, 4)]
    assert places(editor, notebook.cell(3)) == expected
    assert places(editor, notebook.cell(5)) == [("S602", 1, 0), ("S607", 1, 15), ("misc", 2, 0)]
    assert places(editor, notebook.cell(6)) == [("assignment", 0, 12)]
    about = {publish.uri for publish in editor.publishes}
    assert about <= {notebook.cell(number) for number in (0, 2, 3, 5, 6)}


def test_cells_can_be_added_changed_and_removed(editor: Client, tmp_path: Path) -> None:
    notebook = Notebook(editor, tmp_path / "study.ipynb", ["x: int = 1", "", "y = x.real\n"])
    notebook.type(0, ((0, 9), (0, 10), '"é"'))
    editor.wait_diagnostics(notebook.cell(0), has("assignment"), 2)
    notebook.insert(0, 3, "import os\n\n\nlen(1)\n")
    editor.wait_diagnostics(notebook.cell(3), has("F401", "arg-type"))
    notebook.delete(1, 0)  # and the only definition of x with it
    editor.wait_diagnostics(notebook.cell(2), has("F821"))
    assert editor.diagnostics(notebook.cell(0)) == []
    before = len(editor.publishes)
    notebook.change(data=[{"kind": 2, "document": notebook.cell(3)}])  # the cell was run
    notebook.change()
    notebook.type(3, ((3, 4), (3, 5), '"a"'))
    editor.wait_diagnostics(notebook.cell(3), lambda found: "arg-type" not in codes(found), 2)
    assert {publish.uri for publish in editor.publishes[before:]} == {notebook.cell(3)}
    editor.notify("notebookDocument/didSave", {"notebookDocument": {"uri": tmp_path.as_uri()}})
    identifier = {"uri": (tmp_path / "study.ipynb").as_uri()}
    closed = {"notebookDocument": identifier, "cellTextDocuments": []}
    editor.notify("notebookDocument/didClose", closed)
    for number in (2, 3):
        editor.wait_diagnostics(notebook.cell(number), lambda found: not found)


def test_fixes_stay_within_a_cell(editor: Client, tmp_path: Path) -> None:
    notebook = Notebook(editor, tmp_path / "study.ipynb", CELLS)
    editor.wait_diagnostics(notebook.cell(2), has("F401", "E702", "arg-type"))
    actions = notebook.menu(2, 0, 7)
    [fix] = [each for each in actions if each["title"].startswith("Ruff (F401): Remove")]
    document, edits = edit_of(fix)
    assert document == {"uri": notebook.cell(2), "version": 1}
    assert apply_edits(CELLS[2], edits) == CELLS[2].replace("import re\n", "", 1)
    assert [each["range"]["start"] for each in fix["diagnostics"]] == [{"line": 0, "character": 7}]
    actions = notebook.menu(2, 5, 22)
    [ignore] = [each for each in actions if each["title"].startswith("Mypy (arg-type): Disable")]
    document, edits = edit_of(ignore)
    assert document["uri"] == notebook.cell(2)
    assert '; double("x")  # type: ignore[arg-type]\n' in apply_edits(CELLS[2], edits)
    [last] = [each for each in notebook.menu(0, 1, 7) if each["title"].startswith("Ruff (F401): R")]
    assert edit_of(last)[0]["uri"] == notebook.cell(0)
    kinds = {each["kind"] for each in notebook.menu(0, 0)}
    assert not any(kind.startswith(("source.fixAll", "source.organize")) for kind in kinds)


@pytest.mark.parametrize("asks", ["menu", "cell"])
def test_a_rewrite_changes_its_cell(editor: Client, tmp_path: Path, asks: str) -> None:
    notebook = Notebook(editor, tmp_path / "study.ipynb", CELLS)
    editor.wait_diagnostics(notebook.cell(3), has("no-untyped-def"))
    title = "Add type hints to `add` (offline)"
    [command] = [each["command"] for each in notebook.menu(3, 0, 5) if each["title"] == title]
    [arguments] = command["arguments"]
    if asks == "cell":  # a command of the client names the document with the cursor
        at = {"line": 0, "character": 5}
        about = {"uri": notebook.cell(3), "version": 1, "range": {"start": at, "end": at}}
        arguments = arguments | about
    params = {"command": command["command"], "arguments": [arguments | {"wait": True}]}
    answer = editor.request("workspace/executeCommand", params)
    assert answer["result"] == "changed", answer
    [applied] = editor.applied
    [change] = applied["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": notebook.cell(3), "version": 1}
    after = apply_edits(CELLS[3], change["edits"])
    assert after == CELLS[3].replace("(a, b=1)", "(a: int, b: int = 1) -> int")


def test_hover_is_about_the_cell(editor: Client, tmp_path: Path) -> None:
    texts = ["x = 1", "", "y = x  # noqa: ERA001"]
    notebook = Notebook(editor, tmp_path / "study.ipynb", texts)
    params = {"position": {"line": 0, "character": 16}}
    document = {"textDocument": {"uri": notebook.cell(2)}}
    hover = editor.request("textDocument/hover", {**document, **params})
    assert "commented-out-code" in hover["contents"]["value"]
    assert (
        editor.request(
            "textDocument/hover", {"textDocument": {"uri": notebook.cell(TITLE)}, **params}
        )
        is None
    )


def test_a_thousand_cells(editor: Client, tmp_path: Path) -> None:
    texts = [f"x{number}: int = {number}\n" for number in range(1_000)]
    notebook = Notebook(editor, tmp_path / "long.ipynb", texts)
    notebook.type(999, ((0, 12), (0, 15), '"a"'))
    editor.wait_diagnostics(notebook.cell(999), has("assignment"), 2)
    notebook.type(500, ((0, 12), (0, 15), '"b"'))
    editor.wait_diagnostics(notebook.cell(500), has("assignment"), 2)
    assert {publish.uri for publish in editor.publishes} == {
        notebook.cell(500),
        notebook.cell(999),
    }


def saved(path: Path, language: str = "python") -> Path:
    """Save a notebook as Jupyter does."""
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "markdown" if number == TITLE else "code",
            "metadata": {},
            "source": text.splitlines(keepends=True),
            **({} if number == TITLE else {"execution_count": None, "outputs": []}),
        }
        for number, text in enumerate(CELLS)
    ]
    metadata = {"kernelspec": {"name": "x", "display_name": "x", "language": language}}
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content), "utf-8")
    return path


def test_the_shell_checks_a_notebook_that_is_named(tmp_path: Path) -> None:
    write(
        tmp_path, {"pyproject.toml": "", "helper.py": "def double(x: int) -> int:\n    return x\n"}
    )
    before = saved(tmp_path / "study.ipynb").read_bytes()
    (tmp_path / "more").mkdir()
    saved(tmp_path / "more" / "a.ipynb")
    done = cli("check", "more", cwd=tmp_path)
    assert done.stderr.endswith(
        "there are no Python files to check, but 1 notebook; name notebooks to check them\n"
    )
    done = cli("check", "study.ipynb", "--severity", "information", cwd=tmp_path)
    lines = [line.split("[")[0].split(" ", 4)[:5] for line in done.stdout.splitlines()]
    found = {(words[0], words[2], words[3] + words[4].split(":")[0]) for words in lines}
    assert ("study.ipynb:2:8:", "F401", "cell1") in found, done
    assert ("study.ipynb:6:21:", "arg-type", "cell2") in found
    assert ("study.ipynb:2:1:", "S602", "cell5") in found
    assert ("study.ipynb:1:13:", "assignment", "cell6") in found
    assert len(found) == len(lines) == 11
    assert done.returncode == 1
    places = [(int(words[4].split(":")[0]), int(words[0].split(":")[1])) for words in lines]
    assert places == sorted(places)
    done = cli("check", "study.ipynb", "--output-format", "github", cwd=tmp_path)
    assert "::error file=study.ipynb,title=Mypy (arg-type)%2C cell 2::cell 2: " in done.stdout
    done = cli("rewrite", "add-type-hints", "--write", "study.ipynb", cwd=tmp_path)
    assert (done.returncode, "is a notebook" in done.stderr) == (2, True)
    assert (tmp_path / "study.ipynb").read_bytes() == before


def test_a_baseline_lists_the_shown_findings_of_a_notebook(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "", "helper.py": "def double(x: int) -> int: ...\n"})
    saved(tmp_path / "study.ipynb")
    shown = cli("check", "study.ipynb", "--severity", "hint", cwd=tmp_path).stdout.splitlines()
    done = cli("baseline", "write", "study.ipynb", cwd=tmp_path)
    assert f": {len(shown)} findings in 1 file." in done.stderr
    done = cli("check", "study.ipynb", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert f"{len(shown)} known findings hidden" in done.stderr


def test_a_broken_notebook_is_a_finding(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "", "a.ipynb": "no JSON", "b.ipynb": "{}"})
    done = cli("check", "a.ipynb", "b.ipynb", "--output-format", "json", cwd=tmp_path)
    found = json.loads(done.stdout)
    assert [(each["path"], each["source"]) for each in found] == [
        ("a.ipynb", "Ruff"),
        ("b.ipynb", "Ruff"),
    ]
    assert done.returncode == 1
    saved(tmp_path / "c.ipynb", language="R")
    assert cli("check", "c.ipynb", cwd=tmp_path).stdout == ""


def test_invalid_notebook_messages_do_not_affect_others(editor: Client, tmp_path: Path) -> None:
    notebook = Notebook(editor, tmp_path / "study.ipynb", ["x: int = 1", "", "y = x\n"])
    unknown = {"notebookDocument": {"uri": "file:///no.ipynb", "version": 1}, "change": {}}
    editor.notify("notebookDocument/didChange", unknown | {"change": {"cells": {"data": []}}})
    editor.notify("notebookDocument/didClose", unknown)
    document = {"uri": "vscode-notebook-cell:/no#1", "version": 1}
    notebook.change(textContent=[{"document": document, "changes": [{"text": "?"}]}])
    notebook.change(structure={"array": {"start": 9, "deleteCount": 9}})
    notebook.change(structure={"array": {"start": -1, "deleteCount": "all"}})
    notebook.type(0, ((0, 9), (0, 10), '"a"'))
    editor.wait_diagnostics(notebook.cell(0), has("assignment"), 2)
    assert editor.take_faults() == []


def test_fixes_from_the_shell_leave_notebooks_alone(tmp_path: Path) -> None:
    path = tmp_path / "study.ipynb"
    cells = [{"cell_type": "code", "source": text} for text in ("import os, sys", "!ls {sys.path}")]
    text = json.dumps({"metadata": {}, "cells": cells})
    path.write_text(text)
    done = cli("check", "--tools", "ruff", "--fix", path, cwd=tmp_path)
    assert path.read_text() == text
    assert "--fix does not change notebooks" in done.stderr
    assert ("`os` imported but unused" in done.stdout, "sys" in done.stdout) == (True, False)
