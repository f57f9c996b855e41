"""For any edits, the server shows the tools' findings in the current text.

``pytest -m long`` runs fifty times as many examples, different ones in each run.
"""

from __future__ import annotations

import ast
import itertools
import json
import os
import re
import subprocess
import sys
import sysconfig
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.client import Client, ResponseError, WaitError, apply_changes
from tests.conftest import RUFF_ONLY, SERVER, write
from tests.scale import LONG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.client import Change

Shown = set[tuple[str, int, int, int, int, str]]
"""Code, start, end and message of diagnostics, in the client's units."""

RUFF = Path(sysconfig.get_path("scripts"), "ruff")
pytestmark = [pytest.mark.long, pytest.mark.one_python]
PATIENCE_S = 20.0

# Findings of bandit's rules in ruff intentionally stay after a syntax error, and a text does not
# show whether its file is executable.
RUFF_RULES = """
[lint]
select = ["ALL"]
ignore = ["S", "EXE"]
"""
PLAIN = "[tool.python-expert.tools]\nruff.enabled = false\nbandit.enabled = false\n"


def profile(examples: int) -> Callable[[Any], Any]:
    """Return the settings for a test: the same examples in each run, except for long runs.

    Examples are not shrunk, because the server keeps its state between them.
    """
    return settings(
        max_examples=examples * (50 if LONG else 1),
        derandomize=not LONG,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )


# Texts

# LSP's line ends differ from those of str.splitlines: form feeds and U+2028 do not end a line.
CHARACTERS = ["\r", "\n", "\r\n", "\f", "\x85", "\u2028", "é", "\U0001f600", "\ufeff", "\t", " "]
ENDS = ["\n", "\r\n", "\r"]
LINES = [
    "import os",
    "import sys, re",
    "from os import path as p # \u2028 noqa",
    "x = 'é\U0001f600' ; y = undefined",
    "def f( a, b ):",
    "    return a+b \f",
    "\fclass C: pass",
    "    '''doc \x85 string",
    "'''",
    "x: int = f'{x!r}' # \U0001f469\u200d\U0001f4bb TODO",
    "if x == None: print( '\u2028', x )",
    "lambda: (yield)",
    "\tx = [1,",
    "  ]",
    "except:",
    "try:",
    "print(\"\ufb01\", '\u0430')  # noqa: F821",
    "value = 1 +",
    "\\",
    "",
]

pieces = st.sampled_from(CHARACTERS) | st.sampled_from(LINES)
texts = st.builds(
    lambda mark, lines, last: mark + "".join(line + end for line, end in lines) + last,
    st.sampled_from(["", "", "", "\ufeff"]),
    st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(ENDS)), max_size=12),
    pieces,
)
places = st.tuples(st.integers(0, 14), st.integers(0, 40))
"""Some positions are after the end of a line, after the last line, or inside a character."""

edits = st.builds(
    lambda ends, new: (*sorted(ends), "".join(new)),
    st.tuples(places, places),
    st.lists(pieces, max_size=3),
)
steps = st.lists(st.lists(edits, min_size=1, max_size=3) | texts, max_size=6)
"""Each is one ``didChange``: edits, or the whole text."""


def units(text: str, encoding: str) -> int:
    codec, width = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[
        encoding
    ]
    return len(text.encode(codec)) // width


def lines_of(text: str) -> list[str]:
    return re.split("\r\n|\r|\n", text)


# Ruff


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {"pyproject.toml": RUFF_ONLY, "ruff.toml": RUFF_RULES}
    return write(tmp_path_factory.mktemp("ruled"), files)


@pytest.fixture(scope="module", params=["utf-8", "utf-16", "utf-32"])
def editor(request: pytest.FixtureRequest, ruled: Path) -> Iterator[Client]:
    with Client(SERVER) as client:
        client.initialize([ruled], encodings=[request.param])
        assert client.encoding == request.param
        yield client


def ruff_says(path: Path, text: str, encoding: str) -> Shown:
    """Return the findings of ``ruff check``; it counts code points, without a byte order mark.

    It cannot distinguish places before and after the mark, so both are the line's start here.
    """
    done = subprocess.run(
        [RUFF, "check", "-", "--stdin-filename", path, "--output-format", "json", "--no-cache"],
        input=text.encode(),
        capture_output=True,
        check=False,
        cwd=path.parent,
    )
    lines = lines_of(text.removeprefix("\ufeff"))

    def place(location: dict[str, int]) -> tuple[int, int]:
        line, column = location["row"] - 1, location["column"] - 1
        return line, units(lines[line][:column], encoding)

    return {
        (
            item["code"] or "invalid-syntax",
            *place(item["location"]),
            *place(item["end_location"]),
            item["message"],
        )
        for item in json.loads(done.stdout)
    }


def shown(items: list[dict[str, Any]], mark: int = 0) -> Shown:
    """Return the diagnostics that a client shows, without the units of a byte order mark."""

    def place(position: dict[str, int]) -> tuple[int, int]:
        line, column = position["line"], position["character"]
        return line, max(0, column - mark) if line == 0 else column

    return {
        (
            item["code"],
            *place(item["range"]["start"]),
            *place(item["range"]["end"]),
            item["message"],
        )
        for item in items
    }


def expect(found: Callable[[], Shown | None], expected: Shown, editor: Client, text: str) -> None:
    """Wait until the findings are as expected; otherwise fail with the difference."""
    try:
        editor.wait(lambda: found() == expected, deadline=PATIENCE_S)
    except WaitError:
        last = found() or set()
        raise AssertionError(
            f"{text!r}:\nmissing: {sorted(expected - last)}\nwrong: {sorted(last - expected)}"
        ) from None


numbers = itertools.count()


@profile(150)
@given(text=texts, changes=steps)
def test_after_any_edits_ruffs_findings_are_those_for_the_text(
    editor: Client, ruled: Path, text: str, changes: list[list[Change] | str]
) -> None:
    path = ruled / f"module_{next(numbers)}.py"
    document = editor.open(path, text)
    version = 1
    for change in changes:
        version += 1
        editor.change(document, version, change)
        text = apply_changes(text, change, editor.encoding)
    mark = units(text[: text.startswith("\ufeff")], editor.encoding)

    def last() -> Shown | None:
        publish = editor.publishes[-1] if editor.publishes else None
        if publish is None or (publish.uri, publish.version) != (document, version):
            return None
        return shown(publish.diagnostics, mark)

    expect(last, ruff_says(path, text, editor.encoding), editor, text)
    editor.close(document)
    editor.publishes.clear()


SHORT = ["import os\n", "x = undefined\r\n", "\U0001f600 = (\n", "print('é') ; y\n", "\n"]
operations = st.lists(
    st.tuples(
        st.sampled_from(["type", "type", "type", "toggle", "save", "fix", "hover", "configure"]),
        st.integers(0, 2),
        st.sampled_from(SHORT),
        st.integers(0, 3),
    ),
    max_size=30,
)
"""The operation, the index of one of three documents, the text and the line."""


class Workplace:
    """A user who works on some documents.

    Attributes:
        open: The version and text of each open document.
        pending: The requests that were not awaited.
    """

    def __init__(self, editor: Client) -> None:
        self._editor = editor
        self.open: dict[Path, tuple[int, str]] = {}
        self.pending: list[int] = []

    def do(self, operation: str, path: Path, text: str, line: int) -> None:
        if path not in self.open:
            self.open[path] = (line, text)
            self._editor.open(path, text, version=line)
        elif operation == "toggle":
            del self.open[path]
            self._editor.close(path)
        elif operation == "type":
            version, before = self.open[path]
            change: list[Change] = [((line, 0), (line, line), text)]
            self.open[path] = (version + 1, apply_changes(before, change, self._editor.encoding))
            self._editor.change(path, version + 1, change)
        else:
            self._ask(operation, path, {"line": line, "character": 1})

    def _ask(self, operation: str, path: Path, position: dict[str, int]) -> None:
        about: dict[str, Any] = {"textDocument": {"uri": path.as_uri()}}
        if operation == "save":
            self._editor.save(path)
        elif operation == "configure":
            self._editor.notify("workspace/didChangeConfiguration", {"settings": None})
        elif operation == "fix":
            where = {"start": position, "end": position}
            params = {**about, "range": where, "context": {"diagnostics": []}}
            self.pending.append(self._editor.send_request("textDocument/codeAction", params))
        else:
            params = {**about, "position": position}
            self.pending.append(self._editor.send_request("textDocument/hover", params))
            self._editor.cancel(self.pending[-1])


@profile(60)
@given(sequence=operations)
def test_after_concurrent_changes_each_document_has_its_own_findings(
    editor: Client, ruled: Path, sequence: list[tuple[str, int, str, int]]
) -> None:
    first = next(numbers)
    paths = [ruled / f"busy_{first}_{number}.py" for number in range(3)]
    workplace = Workplace(editor)
    for operation, which, text, line in sequence:
        workplace.do(operation, paths[which], text, line)
    for number in workplace.pending:
        with suppress(ResponseError):  # cancelled, or the text has changed meanwhile
            editor.result_of(number)

    def last(path: Path) -> Shown | None:
        about = [each for each in editor.publishes if each.uri == path.as_uri()]
        if path not in workplace.open:
            return shown(about[-1].diagnostics) if about else set()
        current = about and about[-1].version == workplace.open[path][0]
        return shown(about[-1].diagnostics) if current else None

    for path in paths:
        _, text = workplace.open.get(path, (0, ""))
        expected = ruff_says(path, text, editor.encoding) if path in workplace.open else set()
        expect(partial(last, path), expected, editor, text)
    for path in workplace.open:
        editor.close(path)
    editor.publishes.clear()
    assert not editor.take_faults()


# Mypy

STATEMENTS = [
    "import os",
    "x: int = 'é\U0001f600'",
    "'\U0001f600'; y: str = 1",
    "z = 'é' + 1; z.missing",
    "def f(a, b): return a + b",
    "def g(a: int) -> str: return a  # \u2028 é",
    "class C:\n    def m(self) -> int:\n        '''doc \x85'''\n        return 'é'",
    "print(f(1, 2), undefined)",
    "w: list[int] = ['é', 2, '\U0001f600']",
    "if True:\n    v: bytes = 'é'\n\f",
    "x: float = 2",
    "C().m().nothing()",
    "\fos.path.nowhere('é')",
]

programs = st.builds(
    lambda mark, parts: mark + "".join(part + end for part, end in parts),
    st.sampled_from(["", "", "\ufeff"]),
    st.lists(st.tuples(st.sampled_from(STATEMENTS), st.sampled_from(ENDS)), min_size=1, max_size=8),
)
line_edits = st.tuples(
    st.integers(0, 9), st.sampled_from([0, 0, 1, 2]), st.sampled_from([*STATEMENTS, ""])
)
"""Edits: a line, the number of lines to remove, and the statement to insert."""


@st.composite
def edit_histories(draw: st.DrawFn) -> list[str | list[Change]]:
    """Draw a text and edits of it, most of which keep statements complete."""
    found: list[str | list[Change]] = [draw(programs)]
    for line, removed, new in draw(st.lists(line_edits, max_size=5)):
        found.append([((line, 0), (line + removed, 0), new + "\n" if new else "")])
    return found


def is_program(text: str) -> bool:
    try:
        ast.parse(text.removeprefix("\ufeff"))
    except SyntaxError:
        return False
    return True


def mypy_says(folder: Path, texts: dict[str, str]) -> dict[str, Shown]:
    """Return the findings of a fresh mypy run; its columns are UTF-8 bytes without the mark."""
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode())
    options = ["--config-file=", "--strict", "--local-partial-types", "--no-native-parser"]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", *options, f"--cache-dir={os.devnull}"),
            *("-O", "json", "--no-error-summary", "--", *texts),
        ],
        capture_output=True,
        check=False,
        cwd=folder,
    )
    assert done.returncode in (0, 1), done.stderr.decode()
    found: dict[str, Shown] = {name: set() for name in texts}
    for item in map(json.loads, done.stdout.splitlines()):
        if item["severity"] != "error":
            continue
        text = texts[item["file"]]
        line = lines_of(text.removeprefix("\ufeff"))[item["line"] - 1]
        column = len(line.encode()[: item["column"]].decode())
        if text.startswith("\ufeff") and item["line"] == 1:
            line, column = "\ufeff" + line, column + 1
        start = (item["line"] - 1, units(line[:column], "utf-16"))
        found[item["file"]].add((item["code"], *start, 0, 0, item["message"]))
    return found


@pytest.fixture(scope="module")
def live_editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Path]]:
    folder = write(tmp_path_factory.mktemp("live"), {"pyproject.toml": PLAIN})
    with Client(SERVER) as client:
        client.initialize([folder])
        yield client, folder


def _starts(found: Shown) -> Shown:
    """Return findings without ends; for missing hints also without columns, which mypy lacks."""
    return {
        (code, line, 0 if code == "no-untyped-def" else column, 0, 0, words)
        for code, line, column, _, _, words in found
    }


@profile(2)
@given(histories=st.lists(edit_histories(), min_size=12, max_size=12))
def test_after_edits_mypy_s_findings_equal_a_fresh_run(
    live_editor: tuple[Client, Path],
    tmp_path_factory: pytest.TempPathFactory,
    histories: list[list[str | list[Change]]],
) -> None:
    editor, folder = live_editor
    fresh_folder = tmp_path_factory.mktemp("cold")
    texts: dict[str, str] = {}
    for history in histories:
        name = f"module_{next(numbers)}.py"
        text = ""
        for version, change in enumerate(history, start=1):
            if version == 1:
                editor.open(folder / name, str(change))
            else:
                editor.change(folder / name, version, change)
            text = apply_changes(text, change)
        if is_program(text):
            texts[name] = text
    assert texts
    # Neither the fresh nor the live run may use a module that does not parse.
    expected = mypy_says(fresh_folder, texts)
    for name, text in texts.items():

        def starts(name: str = name) -> Shown:
            return _starts(shown(editor.diagnostics(folder / name)))

        expect(starts, _starts(expected[name]), editor, text)
    for document in tuple(editor.opened):
        editor.close(document)
    editor.publishes.clear()
