"""The two interfaces of ruff, its server and its command, give the same findings."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from python_expert.processes.child import Child
from python_expert.processes.command import ToolError
from python_expert.text.columns import Encoding
from python_expert.text.document import Document, Position, Range
from python_expert.text.paths import to_uri
from python_expert.tools.ruff import server
from python_expert.tools.ruff.invocation import RuffLaunch
from python_expert.tools.ruff.profile import EXPERT
from python_expert.tools.ruff.tool import Ruff
from tests.conftest import write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.diagnostics.finding import Finding, Report

CODE = """\
import os
import subprocess


def f(names: list[str]) -> None:
    é = "😀"; subprocess.run("ls", shell=True); print(undefined)
    assert names
    return 1 == len(names)
"""

OPTIONS = {"options": {"tabSize": 4, "insertSpaces": True}}

RUFF = Path(shutil.which("ruff", path=str(Path(sys.executable).parent)) or "ruff")


def _both(
    folder: Path, *, expert: bool, name: str = "a.py", encoding: Encoding = Encoding.UTF16
) -> tuple[Sequence[Finding], Sequence[Finding]]:
    """Return ruff's findings in the editor, and those on disk."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(CODE, encoding="utf-8")

    async def scenario() -> tuple[Report, Report]:
        ruff = Ruff(
            RuffLaunch(RUFF, folder, encoding=encoding), lambda _path: EXPERT if expert else None
        )
        (live,) = await ruff.check([Document.of(to_uri(path), 1, CODE)])
        batches = [batch async for batch in ruff.check_files([path])]
        await ruff.stop()
        ((on_disk,),) = [batch for batch in batches if batch]
        return live, on_disk

    live, on_disk = asyncio.run(scenario())
    plain = [finding._replace(tags=(), notes=()) for finding in live.findings]
    # In the editor, fixes are requested only when they are needed.
    return sorted(plain), sorted(each._replace(fixable=False) for each in on_disk.findings)


@pytest.mark.parametrize("encoding", Encoding)
def test_the_editor_and_the_command_line_have_the_same_findings(
    tmp_path: Path, encoding: Encoding
) -> None:
    live, on_disk = _both(tmp_path, expert=True, encoding=encoding)
    assert live == on_disk
    found = {finding.code: finding.range for finding in live}
    assert found["F821"] == Range(Position(5, 53), Position(5, 62))
    assert {"F401", "S602", "S101", "E702"} <= set(found)


def test_the_expert_profile_allows_asserts_in_tests(tmp_path: Path) -> None:
    for name in ("tests/a.py", "test_a.py"):
        live, on_disk = _both(tmp_path, expert=True, name=name)
        assert live == on_disk
        assert "S101" not in {finding.code for finding in live}


def test_the_projects_own_rules_apply_without_the_expert_profile(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text('lint.select = ["F401"]\n')
    live, on_disk = _both(tmp_path, expert=False)
    assert live == on_disk
    assert [finding.code for finding in live] == ["F401"]


@pytest.mark.parametrize("rules", ["E9", "F401"])
def test_a_file_in_another_encoding_than_utf_8_is_checked_as_well(
    tmp_path: Path, rules: str
) -> None:
    (tmp_path / "ruff.toml").write_text(f'lint.select = ["F401", "{rules}"]\n')
    latin, none = tmp_path / "latin.py", tmp_path / "none.py"
    latin.write_bytes("# -*- coding: latin-1 -*-\nimport os\nCAFÉ = 'é'\n".encode("latin-1"))
    none.write_bytes(b"import os\nCAF = '\xe9'\n")

    async def scenario() -> dict[str, list[str]]:
        ruff = Ruff(RuffLaunch(RUFF, tmp_path), lambda _path: None)
        batches = [batch async for batch in ruff.check_files([latin, none])]
        await ruff.stop()
        reports = [report for batch in batches for report in batch]
        return {each.uri: [finding.code for finding in each.findings] for each in reports}

    # The second has no valid encoding, which Python refuses, too.
    assert asyncio.run(scenario()) == {to_uri(latin): ["F401"], to_uri(none): ["E902"]}


def test_rules_also_have_codes_in_preview_mode(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text('preview = true\nlint.select = ["S6", "F"]\n')
    live, on_disk = _both(tmp_path, expert=False)
    assert [finding.code for finding in live] == [finding.code for finding in on_disk]
    assert {"S602", "F821"} <= {finding.code for finding in live}


def test_many_documents_opened_at_once_do_not_time_out_in_ruff(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, most = 0, 0

    async def start(_child: Child) -> None:
        pass

    async def request(_child: Child, _method: str, _params: object) -> dict[str, list[object]]:
        nonlocal sent, most
        sent += 1
        most = max(most, sent)
        await asyncio.sleep(0)
        sent -= 1
        return {"items": []}

    monkeypatch.setattr(Child, "start", start)
    monkeypatch.setattr(Child, "request", request)
    documents = [Document.of(to_uri(tmp_path / f"{number}.py"), 0, "") for number in range(90)]

    async def run() -> list[list[Report]]:
        ruff = Ruff(RuffLaunch(RUFF, tmp_path), lambda _path: EXPERT)
        return await asyncio.gather(*(ruff.check([each]) for each in documents))

    assert len(asyncio.run(run())) == len(documents)
    assert most == server.AT_ONCE


@pytest.mark.parametrize("version", [1, 3, 5])
@pytest.mark.parametrize("late", [False, True], ids=["in time", "late"])
def test_a_request_from_before_a_document_was_reopened_changes_nothing(
    tmp_path: Path, version: int, *, late: bool
) -> None:
    uri = to_uri(tmp_path / "a.py")
    old = Document.of(uri, 3, "import os\n")
    new = Document.of(uri, version, "print(undefined)\n")

    async def scenario() -> None:
        ruff = Ruff(RuffLaunch(RUFF, tmp_path), lambda _path: None)
        asking = ruff.code_actions(old, Range(Position(0, 0), Position(0, 9)), ["quickfix"])
        if not late:
            task = asyncio.create_task(asking)
            await asyncio.sleep(0)  # it waits for ruff to start
            asking = asyncio.wait_for(task, None)
        ruff.forget(uri)
        reports, _ = await asyncio.gather(ruff.check([new]), asking)
        again = await ruff.check([new])
        await ruff.stop()
        for (report,) in (reports, again):
            assert [each.code for each in report.findings] == ["F821"]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ('lint.select = ["S320"]', "Rule `S320` was removed"),
        ('required-version = "==0.1.0"', "Required version `==0.1.0`"),
        ("lint = [", "unclosed array"),
        ('extend = "nowhere.toml"', "Failed to read"),
    ],
)
def test_a_refused_ruff_configuration_does_not_mean_defaults(
    tmp_path: Path, config: str, reason: str
) -> None:
    write(tmp_path, {"ruff.toml": f"{config}\n", "a.py": CODE})
    document = Document.of(to_uri(tmp_path / "a.py"), 1, CODE)

    async def scenario() -> None:
        ruff = Ruff(RuffLaunch(RUFF, tmp_path), lambda _path: None)
        for _ in range(2):
            with pytest.raises(ToolError, match=reason):
                await ruff.check([document])
        with pytest.raises(ToolError, match=reason):
            await ruff.ask(document, "textDocument/formatting", OPTIONS)
        await ruff.stop()

    asyncio.run(scenario())


def test_a_refused_ruff_configuration_affects_its_folder_only(tmp_path: Path) -> None:
    files = {
        "ruff.toml": 'lint.select = ["F401"]\n',
        "old/ruff.toml": 'lint.select = ["S320"]\n',
    }
    write(tmp_path, files)
    log: list[str] = []

    async def scenario() -> None:
        ruff = Ruff(RuffLaunch(RUFF, tmp_path), lambda _path: None, log.append)
        (report,) = await ruff.check([Document.of(to_uri(tmp_path / "a.py"), 1, CODE)])
        assert [finding.code for finding in report.findings] == ["F401"]
        with pytest.raises(ToolError, match="S320"):
            await ruff.check([Document.of(to_uri(tmp_path / "old/b.py"), 1, CODE)])
        await ruff.stop()

    asyncio.run(scenario())
    assert len(log) == 1


@pytest.mark.parametrize(
    ("expert", "args", "text", "lowered"),
    [
        (True, (), "x = 1\n", False),
        (True, (), "x = y  # NOQA: F821\n", True),
        (True, (), "x = y  #ruff : ignore[F821]\n", True),
        (True, ("--ignore=F821",), "x = 1\n", True),
        (False, (), "x = 1\n", True),
    ],
    ids=["expert profile", "noqa", "ruff: ignore", "arguments", "the project's rules"],
)
def test_the_gates_own_rules_are_checked_separately_if_the_project_may_find_less(
    tmp_path: Path, args: tuple[str, ...], text: str, *, expert: bool, lowered: bool
) -> None:
    ruff = Ruff(RuffLaunch(RUFF, tmp_path, args=args), lambda _path: EXPERT if expert else None)
    document = Document.of(to_uri(tmp_path / "a.py"), 0, "")
    assert ruff.is_lowered(document, text) is lowered
