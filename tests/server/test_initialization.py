"""The answer to ``initialize``, and what the server has not imported by then."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.client import shows
from tests.conftest import RUFF_ONLY, patched

if TYPE_CHECKING:
    from tests.conftest import ClientFactory, ProjectFactory
    from tests.unit.test_initialization import Json

pytestmark = pytest.mark.one_python


def test_every_request_that_is_announced_is_answered(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    editor.initialize()
    document = editor.open(project() / "x.py", "import os\n")
    start = {"line": 0, "character": 0}
    params: Json = {
        "textDocument": {"uri": document},
        "position": start,
        "range": {"start": start, "end": start},
        "context": {"diagnostics": []},
        "options": {"tabSize": 4, "insertSpaces": True},
        "title": "x",
        "command": "pythonExpert.lastReport",
    }
    methods = {
        "hoverProvider": ["textDocument/hover"],
        "codeLensProvider": ["textDocument/codeLens"],
        "codeActionProvider": ["textDocument/codeAction", "codeAction/resolve"],
        "documentFormattingProvider": ["textDocument/formatting"],
        "documentRangeFormattingProvider": ["textDocument/rangeFormatting"],
        "executeCommandProvider": ["workspace/executeCommand"],
    }
    offered = editor.server["capabilities"].keys()
    assert offered - methods.keys() == {
        "notebookDocumentSync",
        "positionEncoding",
        "textDocumentSync",
        "workspace",
    }
    for method in (method for each in methods.values() for method in each):
        # An unknown action is returned unchanged.
        editor.request(method, {"title": "x"} if method == "codeAction/resolve" else params)


def test_answering_initialize_imports_no_slow_modules() -> None:
    code = "import sys, python_expert.cli.server; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()

    assert not {"asyncio", "pydantic", "orjson", "typer"} & {*loaded}


def test_the_first_findings_do_not_wait_for_imports_of_rewrites() -> None:
    code = "import sys, python_expert.lsp.server; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()

    late = ("python_expert.pipeline", "python_expert.actions", "python_expert.llm.anthropic")
    assert not [name for name in loaded if name.startswith(late)]


def test_a_client_with_unreadable_capabilities_is_served(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    strange = {
        "textDocument": {"codeAction": 5, "publishDiagnostics": []},
        "general": {"positionEncodings": ["utf-8"]},
        "workspace": "all",
        "window": [1],
    }
    answered = editor.request("initialize", {"processId": None, "capabilities": strange})
    editor.notify("initialized", {})
    document = editor.open(project() / "x.py", "import os\n")

    assert answered["capabilities"]["positionEncoding"] == "utf-8"
    assert editor.wait_diagnostics(document, shows("F401"))


HELD_UP = """
import os, sys
class Gate:
    def find_spec(self, name, path=None, target=None):
        if name == "python_expert.pipeline.run":
            open(os.environ["GATE"]).close()
sys.meta_path.insert(0, Gate())
"""
"""The import of the rewrites' modules waits until a named pipe is opened."""


def test_code_actions_wait_for_the_import_of_rewrites(
    client: ClientFactory, project: ProjectFactory, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    editor = client(patched(HELD_UP), env={"GATE": str(gate)})
    editor.initialize()
    text = "import os\n\n\ndef f(a):\n    return a\n"
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", text)
    where = {"start": {"line": 3, "character": 4}, "end": {"line": 3, "character": 4}}
    params: Json = {"textDocument": {"uri": document}, "range": where}
    params["context"] = {"diagnostics": []}
    request_id = editor.send_request("textDocument/codeAction", params)
    editor.wait_diagnostics(document, shows("F401"))
    other = editor.open(tmp_path / "other.py", "import re\n")
    editor.wait_diagnostics(other, shows("F401"))
    assert request_id not in editor.answered
    gate.open("w").close()

    assert any("docstring" in each["title"] for each in editor.result_of(request_id))


def test_a_server_answers_where_warnings_are_errors(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY})
    editor = client(env={"PYTHONWARNINGS": "error"})
    editor.initialize([folder])
    document = editor.open(folder / "x.py", "import os\n")
    editor.wait_diagnostics(document, shows("F401"))
    where = {"start": {"line": 0, "character": 7}, "end": {"line": 0, "character": 9}}
    params: Json = {"textDocument": {"uri": document}, "range": where}
    assert editor.request("textDocument/codeAction", params | {"context": {"diagnostics": []}})
    assert editor.request("workspace/executeCommand", {"command": "pythonExpert.lastReport"}) == ""
    assert editor.shutdown() == 0


_ONLY = """
import sys
from importlib.machinery import PathFinder

class Finder(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        found = PathFinder.find_spec(name, path, target)
        known = name.partition(".")[0] in {{*{packages}, "python_expert"}}
        if found and not known and "site-packages" in str(found.origin):
            raise ModuleNotFoundError(f"No module named {{name!r}}")
        return found

sys.meta_path = [each for each in sys.meta_path if each is not PathFinder] + [Finder]
from python_expert.__main__ import main
main()
"""


def test_the_server_reports_findings_with_the_packages_that_vs_code_installs_first(
    client: ClientFactory, project: ProjectFactory
) -> None:
    """VS Code starts it when ruff, the server and these packages exist; the rest comes later."""
    source = Path(__file__).parents[2] / "client-vscode/src/launch/install.ts"
    (first,) = re.findall(r"FIRST = (\[.*\])", source.read_text(encoding="utf-8"))
    editor = client([sys.executable, "-c", _ONLY.format(packages=first), "server"])
    off = {"enabled": False}
    editor.configuration["pythonExpert"] = {"tools": {"mypy": off, "bandit": off}}
    editor.initialize()
    files = {"pyproject.toml": '[project]\nrequires-python = ">=3.9"\n'}
    document = editor.open(project(files) / "x.py", "import os\n")
    editor.wait(lambda: editor.diagnostics(document), "ruff's finding")
    found = editor.diagnostics(document)
    menu = {"textDocument": {"uri": document}, "context": {"diagnostics": found}}
    answer = editor.request("textDocument/codeAction", {**menu, "range": found[0]["range"]})
    titles = [each["title"] for each in answer]
    assert any("Remove unused import" in each for each in titles), titles
    assert editor.messages == []
