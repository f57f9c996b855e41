"""A notebook's cells as one program: IPython's own syntax, and the cell of each line."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_expert.diagnostics.finding import Finding, Note, Severity, ToolName
from python_expert.diagnostics.notebook_findings import in_cell
from python_expert.lsp.notebooks.registry import CODE, OpenNotebook
from python_expert.text.columns import Encoding
from python_expert.text.document import Document, Position, Range
from python_expert.text.ipython import masked
from python_expert.text.notebook import Notebook

MAGICS = [
    ("%matplotlib inline", ["pass"]),
    ("x = 1\n!ls $x", ["x = 1", "((x),)"]),
    ("!echo {sys.argv} {a b} $HOME-$y {x['k']}", ["((sys.argv), (HOME), (y), (x['k']),)"]),
    ("if x:\n    %time f()\nelse:\n    pass", ["if x:", "    f()", "else:", "    pass"]),
    ("%time y = 3", ["y = 3"]),
    ("%timeit -n 10 -r3 f(y)", ["f(y)"]),
    ("%time f(", ["pass"]),
    ("files = !ls\nfiles.sort()", ['files = globals()[""]', "files.sort()"]),
    ("files = !ls {folder}", ["files = globals()[((folder),)]"]),
    ("t = %timeit -o f()", ["t = globals()[f()]"]),
    ("f?", ["f"]),
    ("?f.g", ["f.g"]),
    ("f.*?", ["pass"]),
    ("a.b[0]??", ["pass"]),
    ("%%time\nf()", ["", "f()"]),
    ("%%capture out\nf()", ['out = globals()[""]', "f()"]),
    ("%%capture\nf()", ["", "f()"]),
    ("%%bash\nls -l $(x)\n", ["", "", ""]),
    ("\n%%html\n<b>", ["", "", ""]),
]

PYTHON = [
    "x = (a\n%b)",
    's = """\n%matplotlib\n!ls\nwhat?\n"""',
    "s = '%s' \\\n%b",
    "x = a != b",
    "x = '!' # what?",
    "assert x == 1  # really?",
    "def f(x: int = 3) -> None:\n    print('''a\n!b''')",
    "x = {\n  'a': '!',  # [\n}\ny = [1,\n%b]",
    "s = 'it''s'\nt = \"\\\"\"\nu = (1\n%b)",
    "",
    "\r\n\r\n",
]


@pytest.mark.parametrize(("text", "lines"), MAGICS, ids=[text for text, _ in MAGICS])
def test_magics_are_hidden_from_the_tools(text: str, lines: list[str]) -> None:
    found, replaced = masked(text)
    assert found == lines
    ast.parse("\n".join(found))
    assert replaced == {
        number
        for number, (line, before) in enumerate(zip(lines, text.split("\n"), strict=True))
        if line != before or text.lstrip().startswith(("%%bash", "%%html"))
    }


@pytest.mark.parametrize("text", PYTHON)
def test_python_code_that_looks_like_magics_is_unchanged(text: str) -> None:
    lines, replaced = masked(text)
    assert "\n".join(lines) == text.replace("\r", "")
    assert not replaced


def cell(uri: str, text: str) -> Document:
    return Document.of(uri, 1, text)


TEXTS = st.lists(st.text("ab%!?\n\r\"'(é😀 =", max_size=20), max_size=6)


@given(TEXTS)
def test_each_line_of_a_cell_is_a_line_of_the_program(texts: list[str]) -> None:
    cells = tuple(cell(f"c{number}", text) for number, text in enumerate(texts))
    notebook = Notebook("n", 1, cells)
    program = Document.of("n", 1, notebook.text)
    assert len(program.lines) == notebook.starts[-1] + 1
    for each in cells:
        start = notebook.start(each.uri)
        assert start is not None
        for line, text in enumerate(each.lines):
            place = Position(start + line, 0)
            assert notebook.to_cell(Range(place, place)) == (
                each,
                Range(Position(line, 0), Position(line, 0)),
            )
            if notebook.is_python(each, Range(Position(line, 0), Position(line, 0))):
                assert program.lines[start + line].rstrip("\n") == text.rstrip("\r\n")


def test_a_range_is_in_one_cell_or_in_none() -> None:
    notebook = Notebook("n", 1, (cell("a", "x = 1\ny = 2"), cell("b", "z = 3")))
    whole_line = Range(Position(1, 0), Position(2, 0))  # as fixes delete a line
    assert notebook.to_cell(whole_line) == (
        notebook.cells[0],
        Range(Position(1, 0), Position(1, 5)),
    )
    assert notebook.to_cell(Range(Position(1, 0), Position(2, 1))) is None
    assert notebook.to_cell(Range(Position(2, 0), Position(3, 0))) is not None
    assert notebook.to_cell(Range(Position(3, 0), Position(3, 0))) is None
    assert Notebook("n", 1, ()).to_cell(whole_line) is None


def test_a_finding_and_its_notes_name_their_cells() -> None:
    notebook = Notebook("n", 1, (cell("a", "def f(): ...\n"), cell("b", "\ndef f(): ...")))
    first, second = Range(Position(0, 4), Position(0, 5)), Range(Position(3, 4), Position(3, 5))
    notes = (Note("n", first, "first defined here"), Note("other", first, "elsewhere"))
    message = 'Name "f" already defined on line 1'
    finding = Finding(
        ToolName("mypy", "Mypy"), second, "no-redef", message, Severity.ERROR, notes=notes
    )
    found = in_cell(notebook, finding)
    assert found is not None
    assert found.message == 'cell 2: Name "f" already defined on line 1 of cell 1'
    assert found.range == Range(Position(1, 4), Position(1, 5))
    assert found.notes == (Note("n", first, "cell 1: first defined here"), notes[1])
    assert in_cell(notebook, finding._replace(code="E402")) is None


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), st.integers(0, 9), st.sampled_from(["python", "markdown"])),
        st.tuples(st.just("delete"), st.integers(0, 9), st.integers(0, 3)),
        st.tuples(st.just("type"), st.integers(0, 9), st.text("ab\n", max_size=3)),
        st.tuples(st.just("kind"), st.integers(0, 9), st.sampled_from([1, CODE])),
    ),
    max_size=12,
)


@given(CHANGES)
def test_changes_of_cells_are_applied(changes: list[tuple[str, int, Any]]) -> None:
    model: list[tuple[str, int, str, str]] = []  # URI, kind, language, text
    notebook = OpenNotebook([], {}, Notebook("n", 0, ()), {})
    for number, (what, where, more) in enumerate(changes):
        place = min(where, len(model))
        if what == "insert":
            uri, kind = f"c{number}", CODE if more == "python" else 1
            model.insert(place, (uri, kind, more, "x"))
            array = {"start": place, "deleteCount": 0, "cells": [{"document": uri, "kind": kind}]}
            item = {"uri": uri, "languageId": more, "version": 1, "text": "x"}
            change: dict[str, Any] = {"structure": {"array": array, "didOpen": [item]}}
        elif what == "delete":
            deleted = model[place : place + more]
            del model[place : place + more]
            array = {"start": place, "deleteCount": len(deleted)}
            closed = [{"uri": each[0]} for each in deleted]
            change = {"structure": {"array": array, "didClose": closed}}
        elif place == len(model):
            continue
        elif what == "kind":
            uri, _, language, text = model[place]
            model[place] = (uri, more, language, text)
            change = {"data": [{"document": uri, "kind": more}]}
        else:
            uri, kind, language, text = model[place]
            model[place] = (uri, kind, language, more + text)
            start = {"line": 0, "character": 0}
            edit = {"range": {"start": start, "end": start}, "text": more}
            document = {"uri": uri, "version": number + 2}
            change = {"textContent": [{"document": document, "changes": [edit]}]}
        notebook.change(change, Encoding.UTF16)
        before = notebook.now
        assert notebook.next() == (before.text != notebook.now.text)
        assert (notebook.now.version > before.version) == (before.text != notebook.now.text)
        assert [(each.uri, each.text) for each in notebook.now.cells] == [
            (uri, text)
            for uri, kind, language, text in model
            if (kind, language) == (CODE, "python")
        ]
