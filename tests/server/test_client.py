"""The test client: its reference edits, and its behaviour with ``ruff server``."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.client import (
    Client,
    ResponseError,
    WaitError,
    apply_changes,
    apply_edits,
    text_edit,
    uri,
)

if TYPE_CHECKING:
    from tests.client import Change
    from tests.conftest import ClientFactory, ProjectFactory

pytestmark = pytest.mark.one_python

RUFF = [str(Path(sysconfig.get_path("scripts"), "ruff")), "server"]

TALKER = """
import sys
def say(text):
    body = text.encode()
    sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n%s" % (len(body), body))
    sys.stdout.buffer.flush()
"""
"""The start of a server that sends the messages of a test."""


@pytest.mark.parametrize(
    ("text", "change", "encoding", "expected"),
    [
        ("a\nb\n", ((1, 0), (1, 1), "c"), "utf-16", "a\nc\n"),
        ("a\nb\n", ((0, 1), (1, 0), ""), "utf-16", "ab\n"),
        ("a\r\nb\rc", ((1, 1), (2, 0), "+"), "utf-16", "a\r\nb+c"),
        ("\U0001f4a5é=", ((0, 3), (0, 4), "!"), "utf-16", "\U0001f4a5é!"),
        ("\U0001f4a5é=", ((0, 6), (0, 7), "!"), "utf-8", "\U0001f4a5é!"),
        ("\U0001f4a5é=", ((0, 2), (0, 3), "!"), "utf-32", "\U0001f4a5é!"),
        ("\U0001f4a5", ((0, 1), (0, 2), "!"), "utf-16", "!"),
        ("a\fb\u2028c\x85d", ((0, 6), (0, 7), "!"), "utf-16", "a\fb\u2028c\x85!"),
        ("a\nb", ((0, 99), (0, 99), "!"), "utf-16", "a!\nb"),
        ("a\n", ((99, 0), (99, 0), "!"), "utf-16", "a\n!"),
        ("", ((0, 0), (0, 0), "a"), "utf-16", "a"),
    ],
)
def test_one_edit(text: str, change: Change, encoding: str, expected: str) -> None:
    assert apply_edits(text, [text_edit(*change)], encoding) == expected


@pytest.fixture(autouse=True)
def _without_conformance_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip the conformance checks: these servers are not ours, or made up."""
    monkeypatch.setattr(Client, "inspectors", [])


def test_all_edits_refer_to_the_original_text() -> None:
    edits = [
        text_edit((1, 0), (2, 0), ""),
        text_edit((0, 0), (0, 0), "1"),
        text_edit((0, 0), (0, 0), "2"),
        text_edit((0, 1), (0, 1), "3"),
    ]
    assert apply_edits("a\nb\nc\n", edits) == "12a3\nc\n"
    assert apply_edits("a\nb\nc\n", {"changes": {"file:///x": edits}}) == "12a3\nc\n"
    versioned = {"textDocument": {"uri": "file:///x", "version": 1}, "edits": edits}
    assert apply_edits("a\nb\nc\n", {"documentChanges": [versioned]}) == "12a3\nc\n"


def test_overlapping_edits_are_refused() -> None:
    edits = [text_edit((0, 0), (0, 2), "x"), text_edit((0, 1), (0, 3), "y")]
    with pytest.raises(ValueError, match="overlap"):
        apply_edits("abc", edits)


def test_edits_of_two_documents_are_refused() -> None:
    with pytest.raises(ValueError, match="not an edit of one document"):
        apply_edits("", {"changes": {"file:///a": [], "file:///b": []}})


def test_changes_are_applied_in_order() -> None:
    changes = [((0, 0), (0, 0), "ab"), ((0, 1), (0, 2), "c")]
    assert apply_changes("", changes) == "ac"
    assert apply_changes("old", "new") == "new"


def test_a_uri_is_not_changed() -> None:
    assert uri("untitled:Untitled-1") == "untitled:Untitled-1"
    assert uri(Path("/a b/ü.py")) == "file:///a%20b/%C3%BC.py"


def test_diagnostics_follow_edits(client: ClientFactory, project: ProjectFactory) -> None:
    folder = project({"x.py": "import os\n"})
    ruff = client(RUFF, cwd=folder)
    ruff.initialize([folder])
    assert ruff.encoding == "utf-16"
    document = ruff.open(folder / "x.py", "import os\n")
    (unused,) = ruff.wait_diagnostics(document, bool, version=1)
    assert unused["code"] == "F401"
    ruff.change(document, 2, [((0, 7), (0, 9), "re"), ((1, 0), (1, 0), "print(re)\n")])
    found = ruff.wait_diagnostics(document, version=2)
    assert "F401" not in [item["code"] for item in found]
    ruff.change(document, 3, "print('\U0001f4a5', b)\n")
    found = ruff.wait_diagnostics(document, version=3)
    (undefined,) = [item for item in found if item["code"] == "F821"]
    assert undefined["range"]["start"] == {"line": 0, "character": 12}
    versions = [publish.version for publish in ruff.publishes]
    assert versions == [1, 2, 3]
    assert ruff.shutdown() == 0


def test_pull_and_server_requests(client: ClientFactory, project: ProjectFactory) -> None:
    folder = project()
    ruff = client(RUFF, cwd=folder)
    ruff.initialize(
        [folder], encodings=("utf-8",), capabilities={"textDocument": {"diagnostic": {}}}
    )
    assert ruff.encoding == "utf-8"
    document = ruff.open("untitled:new", "'ü'; x\n")
    answer = ruff.request("textDocument/diagnostic", {"textDocument": {"uri": document}})
    columns = [item["range"]["start"]["character"] for item in answer["items"]]
    assert 6 in columns
    ruff.wait(lambda: ruff.requests, "dynamic registration")
    assert [method for method, _ in ruff.requests] == ["client/registerCapability"]


def test_errors_become_exceptions(client: ClientFactory) -> None:
    ruff = client(RUFF)
    ruff.initialize()
    with pytest.raises(ResponseError, match="Unknown request") as caught:
        ruff.request("no/such/method")
    assert caught.value.code == -32601


def test_the_server_is_answered() -> None:
    echo = """
say('{"jsonrpc":"2.0","id":7,"method":"workspace/configuration",'
    '"params":{"items":[{"section":"a.b"},{"section":"a"},{"section":"z"}]}}')
header = sys.stdin.buffer.readline()
sys.stdin.buffer.readline()
answer = sys.stdin.buffer.read(int(header.split()[1])).decode()
say('{"jsonrpc":"2.0","method":"window/logMessage","params":%s}' % answer)
"""
    talker = Client([sys.executable, "-c", TALKER + echo])
    talker.configuration = {"a": {"b": 1}}  # before it starts, as it sends the request immediately
    with talker:
        talker.wait(lambda: talker.logs, "the answer's echo")
    assert talker.logs == [{"jsonrpc": "2.0", "id": 7, "result": [1, {"b": 1}, None]}]


def test_a_server_that_ends_is_reported_immediately(client: ClientFactory) -> None:
    dying = client([sys.executable, "-c", "import sys; sys.exit('alas')"])
    with pytest.raises(WaitError, match=r"exit status 1(?s:.*)alas"):
        dying.initialize()


def test_a_violation_of_lsp_is_a_fault(client: ClientFactory) -> None:
    noisy = client([sys.executable, "-c", "print('Starting...')"])
    noisy.wait(lambda: noisy.faults, "a fault")
    assert "not LSP" in noisy.faults.pop()
    twice = client(
        [sys.executable, "-c", TALKER + """say('{"jsonrpc":"2.0","id":1,"result":null}')"""]
    )
    twice.wait(lambda: twice.faults, "a fault")
    assert "an answer to nothing" in twice.faults.pop()
