"""The baseline of old code in an editor: hidden, shown and new findings, and the status."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.baseline.file import NAME
from tests.client import codes, shows, uri
from tests.conftest import RUFF_ONLY
from tests.server.test_cli import cli

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.client import Client
    from tests.conftest import ClientFactory, ProjectFactory

pytestmark = pytest.mark.one_python

OLD = """\
import os


def f():
    try:
        pass
    except:
        x = 1
"""
NEW = "import json\n"
STATUS = {"experimental": {"pythonExpertStatus": True}}
PULLS = {
    "textDocument": {"publishDiagnostics": None, "diagnostic": {"dataSupport": True}},
    "workspace": {"diagnostics": {"refreshSupport": True}},
}


@pytest.fixture
def legacy(project: ProjectFactory) -> Path:
    """A project with old findings, which are all in its baseline."""
    folder = project({"pyproject.toml": RUFF_ONLY, "old.py": OLD, "other.py": "import re\n"})
    assert cli("baseline", "write", cwd=folder).returncode == 0
    return folder


def start(client: ClientFactory, folder: Path, capabilities: Mapping[str, Any] = STATUS) -> Client:
    editor = client()
    editor.initialize([folder], capabilities=capabilities)
    return editor


def baseline_status(editor: Client) -> list[dict[str, Any]]:
    """Return the baselines in the last status."""
    statuses = [params for method, params in editor.notifications if method.endswith("/status")]
    return statuses[-1]["known"] if statuses else []


def show(editor: Client, **given: bool) -> dict[str, Any]:
    params = {"command": "pythonExpert.showKnown", "arguments": [given]}
    answer: dict[str, Any] = editor.request("workspace/executeCommand", params)
    return answer


def quick_fixes(editor: Client, document: str, line: int) -> list[str]:
    return actions(editor, document, line, "quickfix")


def fix_all(editor: Client, document: str) -> list[str]:
    return actions(editor, document, 0, "source.fixAll.pythonExpert")


def actions(editor: Client, document: str, line: int, kind: str) -> list[str]:
    place = {"line": line, "character": 7}
    params = {
        "textDocument": {"uri": document},
        "range": {"start": place, "end": place},
        "context": {"diagnostics": [], "only": [kind]},
    }
    return [each["title"] for each in editor.request("textDocument/codeAction", params)]


def test_new_findings_are_shown_and_known_ones_on_request(
    client: ClientFactory, legacy: Path
) -> None:
    editor = start(client, legacy)
    document = editor.open(legacy / "old.py", NEW + OLD)
    items = editor.wait_diagnostics(document, shows("F401"))
    assert [each["message"] for each in items if "json" in each["message"]]
    known_count = len(json.loads((legacy / NAME).read_text())["findings"]) - 1
    path = str(legacy / NAME)
    expected = [{"path": path, "findings": known_count, "shown": False}]
    editor.wait(lambda: baseline_status(editor) == expected, "the status")
    assert show(editor) == {
        "shown": True,
        "findings": known_count,
        "message": f"{known_count} known findings shown",
    }
    editor.wait_diagnostics(document, lambda items: "E722" in codes(items))
    assert codes(editor.diagnostics(document)).count("F401") == 2
    editor.wait(lambda: baseline_status(editor) == [{**expected[0], "shown": True}], "the status")
    assert show(editor, show=False)["message"] == f"{known_count} known findings hidden"
    editor.wait_diagnostics(document, shows("F401"))


def test_an_edited_line_is_new_immediately_and_a_moved_one_is_not(
    client: ClientFactory, legacy: Path
) -> None:
    editor = start(client, legacy)
    document = editor.open(legacy / "old.py", OLD)
    version = 2
    editor.change(document, version, NEW + "\n\n# moved\n" + OLD)
    editor.wait_diagnostics(document, lambda items: "F401" in codes(items), version=version)
    assert codes(editor.diagnostics(document)).count("F401") == 1
    edited = OLD.replace("import os", "import os as o").replace("except:", "except:  # any")
    editor.change(document, version + 1, edited)
    items = editor.wait_diagnostics(
        document, lambda items: "E722" in codes(items), version=version + 1
    )
    assert {"F401", "E722"} <= {*codes(items)}


def test_hidden_findings_have_no_quick_fixes(client: ClientFactory, legacy: Path) -> None:
    editor = start(client, legacy)
    document = editor.open(legacy / "old.py", NEW + OLD)
    editor.wait_diagnostics(document, shows("F401"))
    assert any("json" in title for title in quick_fixes(editor, document, 0))
    assert quick_fixes(editor, document, 1) == []
    show(editor, show=True)
    assert any("os" in title for title in quick_fixes(editor, document, 1))


def test_fix_all_reports_that_it_fixes_hidden_findings(client: ClientFactory, legacy: Path) -> None:
    editor = start(client, legacy)
    document = editor.open(legacy / "old.py", NEW + OLD)
    editor.wait_diagnostics(document, shows("F401"))
    assert fix_all(editor, document) == ["Ruff: Fix all auto-fixable problems, hidden ones too"]
    show(editor, show=True)
    assert fix_all(editor, document) == ["Ruff: Fix all auto-fixable problems"]


def test_a_change_of_the_file_takes_effect_immediately(client: ClientFactory, legacy: Path) -> None:
    editor = start(client, legacy)
    document = editor.open(legacy / "old.py", NEW + OLD)
    editor.wait_diagnostics(document, shows("F401"))
    text = (legacy / NAME).read_text()

    def changed() -> None:
        changes = [{"uri": uri(legacy / NAME), "type": 2}]
        editor.notify("workspace/didChangeWatchedFiles", {"changes": changes})

    (legacy / NAME).unlink()
    changed()
    editor.wait_diagnostics(document, lambda items: "E722" in codes(items))
    (legacy / NAME).write_text(text)
    changed()
    editor.wait_diagnostics(document, shows("F401"))
    (legacy / NAME).write_text(text.replace("null", "=======\nnull"))
    changed()
    editor.wait_diagnostics(document, lambda items: "E722" in codes(items))
    line = text.splitlines().index("null") + 1
    broken = f"{legacy / NAME}:{line}: the file has conflict markers; resolve the conflict."

    def messages() -> list[str]:
        return [each["message"] for each in editor.messages]

    editor.wait(lambda: any(broken in each for each in messages()), "the message")
    assert sum(broken in each for each in messages()) == 1


def test_the_baseline_is_read_before_findings_are_shown(
    client: ClientFactory, legacy: Path
) -> None:
    lines = (legacy / NAME).read_text().splitlines()
    more = [f'["gone{n}.py", "ruff", "F401", "f", "{n:016x}"],' for n in range(50_000)]
    (legacy / NAME).write_text("\n".join([*lines[:3], *more, *lines[3:], ""]))
    editor = start(client, legacy)
    document = editor.open(legacy / "old.py", NEW + OLD)
    editor.wait_diagnostics(document, shows("F401"))
    published = [codes(each.diagnostics) for each in editor.publishes if each.uri == document]
    assert all("E722" not in each for each in published)


def test_a_client_that_pulls_gets_the_same_findings(client: ClientFactory, legacy: Path) -> None:
    editor = start(client, legacy, {**PULLS, **STATUS})
    document = editor.open(legacy / "old.py", NEW + OLD)
    params = {"textDocument": {"uri": document}}
    assert codes(editor.request("textDocument/diagnostic", params)["items"]) == ["F401"]
    show(editor, show=True)
    assert "E722" in codes(editor.request("textDocument/diagnostic", params)["items"])


def test_new_findings_are_shown_in_a_file_with_thousands(
    client: ClientFactory, project: ProjectFactory
) -> None:
    old = "".join(f"import a{n}\n" for n in range(1200))
    folder = project({"pyproject.toml": RUFF_ONLY, "old.py": old})
    assert cli("baseline", "write", cwd=folder).returncode == 0
    editor = start(client, folder)
    document = editor.open(folder / "old.py", old + "\nprint(undefined)\nimport z\n")
    items = editor.wait_diagnostics(document, lambda items: "F821" in codes(items))
    assert {each["message"] for each in items if each["code"] == "F401"} == {
        "`z` imported but unused"
    }
    show(editor, show=True)
    editor.wait_diagnostics(document, lambda items: len(items) > 1000)
    assert any(
        "more findings in this file" in each["message"] for each in editor.diagnostics(document)
    )


def test_the_workspace_check_also_hides_known_findings(client: ClientFactory, legacy: Path) -> None:
    (legacy / "closed.py").write_text(NEW)
    editor = start(client, legacy)
    params = {"command": "pythonExpert.checkWorkspace", "arguments": [{"wait": True}]}
    answer = editor.request("workspace/executeCommand", params)
    known_count = len(json.loads((legacy / NAME).read_text())["findings"]) - 1
    assert answer["message"] == f"3 files checked, 1 finding, {known_count} known hidden"
    assert codes(editor.diagnostics(legacy / "closed.py")) == ["F401"]
    assert editor.diagnostics(legacy / "other.py") == []


def test_the_gate_judges_as_without_a_baseline(project: ProjectFactory) -> None:
    """This holds even if the new finding equals a known one."""
    before = "def f(a):\n    return a\n"
    after = before.replace("(a)", "(a: int) -> str")
    # The finding is known in each of the gate's files.
    folder = project({"pyproject.toml": "", "before.py": after, "after.py": after})
    assert cli("baseline", "write", cwd=folder).returncode == 0
    assert cli("check", cwd=folder).returncode == 0
    (folder / "before.py").write_text(before)
    words = ("gate", "--action", "add-type-hints", "before.py", "after.py")

    def judged() -> dict[str, Any]:
        (row,) = json.loads(cli(*words, "--output-format", "json", cwd=folder).stdout)
        return {**row}

    found = judged()
    assert found["status"] == "refused"
    assert "return-value" in {each["code"] for each in found["findings"]}
    (folder / NAME).unlink()
    assert judged() == found
