"""The real mypy as a tool: when it reports what, and what happens if it fails."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.processes.command import ToolCrashError, ToolError
from python_expert.text.document import Document
from python_expert.text.paths import to_uri
from python_expert.tools.mypy import tool as module
from python_expert.tools.mypy.batch import Batch
from python_expert.tools.mypy.launch import MypyLaunch
from python_expert.tools.mypy.tool import Mypy
from tests.conftest import write

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from python_expert.diagnostics.finding import Report
    from tests.conftest import ProjectFactory

DEADLINE_S = 60.0

PLUGIN = """
import sys
from mypy.plugin import Plugin

def hook(context):
    frames, frame = set(), sys._getframe()
    while frame:
        frames.add(frame.f_code.co_filename.replace("\\\\", "/").rpartition("/")[2])
        frame = frame.f_back
    live = "serve.py" in frames
    {action}
    return context.default_return_type

class It(Plugin):
    def get_function_hook(self, fullname):
        return hook if fullname.endswith(".strange") else None

def plugin(version):
    return It
"""

STRANGE = "def strange() -> int: raise OSError\n\n\ndef f() -> int:\n    strange()\n    return {}\n"


class Session:
    """A mypy, its open documents, and the reports that it sends by itself."""

    def __init__(self, root: Path, args: Sequence[str] = ("--strict",)) -> None:
        self.unasked: asyncio.Queue[list[Report]] = asyncio.Queue()
        self.log: list[str] = []
        self.checked = False
        self.root = root
        self.open: dict[str, Document] = {}
        self.mypy = Mypy(
            MypyLaunch(Path(sys.executable), root, tuple(args)),
            lambda reports: self.unasked.put_nowait(list(reports)),
            on_message=self.log.append,
        )

    def show(self, name: str, text: str) -> Document:
        earlier = self.open.get(name)
        version = earlier.version + 1 if earlier else 1
        self.open[name] = Document.of(to_uri(self.root / name), version, text)
        return self.open[name]

    async def check(self) -> dict[str, list[str]]:
        reports = await self.mypy.check(list(self.open.values()))
        if not self.checked:  # during the build mypy reports open files before it answers
            _all(self.unasked)
        self.checked = True
        return _codes(reports)

    async def insist(self) -> dict[str, list[str]]:
        """Check, and repeat the check if mypy has crashed, as the server does."""
        for _ in range(8):
            try:
                return await self.check()
            except ToolCrashError:
                continue
        raise AssertionError("it crashes for ever")

    async def next_unasked(self) -> dict[str, list[str]]:
        async with asyncio.timeout(DEADLINE_S):
            return _codes(await self.unasked.get())


def _codes(reports: Sequence[Report]) -> dict[str, list[str]]:
    """Return the findings by file name: `line:code`."""
    return {
        report.uri.rpartition("/")[2]: [
            f"{finding.range.start.line}:{finding.code}" for finding in report.findings
        ]
        for report in reports
    }


def in_session(root: Path, work: Callable[[Session], Coroutine[Any, Any, None]]) -> None:
    """Run a coroutine with a new session, and stop its mypy."""

    async def scene() -> None:
        session = Session(root)
        try:
            await work(session)
        finally:
            await session.mypy.stop()

    asyncio.run(scene())


def _strange(project: ProjectFactory, action: str) -> Path:
    """Return a project with a plugin that runs some code whenever `strange` is called."""
    ini = "[mypy]\nplugins = plugin.py\n"
    return project({"mypy.ini": ini, "plugin.py": PLUGIN.replace("{action}", action)})


def test_the_edited_file_is_reported_first_and_its_users_after_a_pause(
    project: ProjectFactory,
) -> None:
    async def work(session: Session) -> None:
        session.show("a.py", "def f(x: int) -> int: return x\n")
        session.show("b.py", "import a\na.f(1)\n")
        assert await session.check() == {"a.py": [], "b.py": []}
        session.show("a.py", "def f(x: str) -> int: return x\n")
        assert (await session.check())["a.py"] == ["0:return-value"]
        assert await session.next_unasked() == {"b.py": ["1:arg-type"]}
        assert session.mypy.variant == "d2"

    in_session(project(), work)


def test_what_if_reports_on_all_documents_and_changes_none(project: ProjectFactory) -> None:
    async def work(session: Session) -> None:
        a = session.show("a.py", "def f(x: int) -> int: return x\n")
        b = session.show("b.py", "import a\na.f(1)\n")
        before = await session.check()
        imagined = "import os\ndef f(x: str) -> int: return len(é)\n"
        reports = await session.mypy.what_if([a, b], a, imagined)
        assert _codes(reports) == {"a.py": ["1:name-defined"], "b.py": ["1:arg-type"]}
        (finding,) = reports[0].findings
        assert Document.of("", 0, imagined).slice(finding.range) == "é"
        assert await session.check() == before
        assert session.unasked.empty()

    in_session(project(), work)


def test_columns_refer_to_the_reopened_text_even_with_its_old_version(
    project: ProjectFactory,
) -> None:
    async def work(session: Session) -> None:
        found = []
        for text in (
            '"ab"; x: int = ""\n',
            '"é"; x: int = ""\n',
        ):  # both have the same length in UTF-8
            session.open["m.py"] = Document.of(to_uri(session.root / "m.py"), 1, text)
            (report,) = await session.mypy.check([session.open["m.py"]])
            found += [finding.range.start.column for finding in report.findings]
        assert found == [15, 14]

    in_session(project({"pyproject.toml": ""}), work)


def test_what_if_is_repeated_after_the_document_changes(
    project: ProjectFactory,
) -> None:
    async def work(session: Session) -> None:
        lib = "def f(x: int) -> int: return x\n"
        a = session.show("a.py", lib)
        b = session.show("b.py", "import a\na.f('')\n")
        first = await session.mypy.what_if([a, b], a, lib + "y = 1\n")
        second = await session.mypy.what_if([a, b], a, lib + "y = 2\n")
        assert _codes(first) == {"a.py": [], "b.py": ["1:arg-type"]}
        assert first[1] is second[1]
        assert _codes(await session.mypy.what_if([a, b], a, lib.replace("x: int", "x: str"))) == {
            "a.py": ["0:return-value"],
            "b.py": [],
        }
        assert _codes(await session.mypy.what_if([a, b], a, lib)) == await session.check()
        moved = session.show("b.py", "import a\n\na.f('')\n")
        assert _codes(await session.mypy.what_if([a, moved], a, lib)) == {
            "a.py": [],
            "b.py": ["2:arg-type"],
        }

    in_session(project(), work)


@pytest.mark.parametrize("variant", ["d1", "batch"])
def test_a_variant_that_fails_twice_is_replaced_by_the_next(
    project: ProjectFactory, caplog: pytest.LogCaptureFixture, variant: str
) -> None:
    fails_in = '{"quick.py", "single.py"} & frames' if variant == "d1" else "live"

    async def work(session: Session) -> None:
        session.show("a.py", "x = 1\n")
        assert await session.check() == {"a.py": []}
        for text in ("''", "1", "''"):
            session.show("a.py", STRANGE.format(text))
            found = await session.insist()
            assert found == {"a.py": ["5:return-value"] * (text == "''")}
            session.show("a.py", STRANGE.format(text).replace("return", "y = 1\n    return"))
            found = await session.insist()
            assert found == {"a.py": ["6:return-value"] * (text == "''")}
        assert session.mypy.variant == variant
        a = session.open["a.py"]
        reports = await session.mypy.what_if([a], a, "x: int = ''\n")
        assert _codes(reports) == {"a.py": ["0:assignment"]}

    in_session(_strange(project, f"if {fails_in}: raise RuntimeError('too strange')"), work)
    assert "too strange" in caplog.text
    assert ("a run of its own" in caplog.text) == (variant == "batch")


def test_a_run_of_the_command_after_a_save_corrects_the_live_check(
    project: ProjectFactory, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "SAVED_PAUSE_S", 0.0)

    async def work(session: Session) -> None:
        session.show("a.py", STRANGE.format(1))
        session.show("b.py", "y: int = ''\n")
        assert await session.check() == {"a.py": ["4:misc"], "b.py": ["0:assignment"]}
        session.mypy.saved()
        assert await session.next_unasked() == {"a.py": []}, "b.py was right"
        assert await session.check() == {"a.py": [], "b.py": ["0:assignment"]}

    action = "if live: context.api.fail('only live', context.context)"
    in_session(_strange(project, action), work)
    assert "only live" in caplog.text


def test_findings_on_which_the_live_check_and_a_run_agree_are_not_repeated(
    project: ProjectFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SAVED_PAUSE_S", 0.0)
    done = asyncio.Event()

    async def work(session: Session) -> None:
        session.show("a.py", "import os\nx: int = ''\n\ndef f(): pass\n")
        await session.check()
        compare = session.mypy._compare

        async def compare_and_tell() -> None:
            await compare()
            done.set()

        monkeypatch.setattr(session.mypy, "_compare", compare_and_tell)
        session.mypy.saved()
        async with asyncio.timeout(DEADLINE_S):
            await done.wait()
        assert all(not reports for reports in _all(session.unasked))

    in_session(project(), work)


def test_no_comparison_run_starts_while_mypy_reads_the_project(
    project: ProjectFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[list[str]] = []

    async def work(session: Session) -> None:
        async def compare() -> None:
            compared.append([Path(path).name for path in session.mypy._live.reports])

        monkeypatch.setattr(session.mypy, "_compare", compare)
        session.show("a.py", "x: int = ''\n")
        checking = asyncio.create_task(session.check())
        while not session.mypy._live.documents:  # noqa: ASYNC110 - no event reports it
            await asyncio.sleep(0)
        session.mypy._start_comparing()  # the pause has ended
        await checking
        assert compared == []
        session.mypy._start_comparing()
        await asyncio.sleep(0)

    in_session(project(), work)
    assert compared == [["a.py"]]


def _all(queue: asyncio.Queue[list[Report]]) -> list[list[Report]]:
    found = []
    while not queue.empty():
        found.append(queue.get_nowait())
    return found


def test_a_configuration_that_mypy_rejects_is_reported_with_mypy_s_message(
    project: ProjectFactory,
) -> None:
    async def work(session: Session) -> None:
        session.show("a.py", "")
        with pytest.raises(ToolError, match="missing_plugin"):
            await session.check()

    in_session(project({"mypy.ini": "[mypy]\nplugins = missing_plugin.py\n"}), work)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals there")
def test_a_killed_run_counts_as_a_crash_and_is_repeated(tmp_path: Path) -> None:
    write(tmp_path, {"python": "#!/bin/sh\nkill -9 $$\n"})
    (tmp_path / "python").chmod(0o755)

    async def check() -> None:
        batch = Batch(MypyLaunch(tmp_path / "python", tmp_path))
        with pytest.raises(ToolCrashError, match="signal 9"):
            await batch.check(documents(tmp_path), {})
        await batch.stop()

    asyncio.run(check())


def test_a_prepared_run_does_not_start_if_mypy_is_stopped(tmp_path: Path) -> None:
    async def stop_meanwhile() -> None:
        batch = Batch(MypyLaunch(Path(sys.executable), tmp_path))
        await batch.check(documents(tmp_path), {})
        checking = asyncio.create_task(batch.check(documents(tmp_path), {}))
        await asyncio.sleep(0)
        await batch.stop()
        with pytest.raises(ToolError, match="was stopped"):
            await checking

    asyncio.run(stop_meanwhile())


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8"])
def test_a_run_reads_an_unsaved_text_regardless_of_its_coding_cookie(
    tmp_path: Path, encoding: str
) -> None:
    text = f"# -*- coding: {encoding} -*-\nx: int = '“é”'\ny: int = '“é”'\n"
    path = write(tmp_path, {"x.py": ""}) / "x.py"

    async def check() -> list[tuple[str, int]]:
        batch = Batch(MypyLaunch(Path(sys.executable), tmp_path))
        document = Document.of(to_uri(path), 1, text)
        reports = await batch.check({str(path): document}, {str(path): text})
        await batch.stop()
        return [(each.code, each.range.start.line) for each in reports[str(path)].findings]

    assert asyncio.run(check()) == [("assignment", 1), ("assignment", 2)]


def documents(folder: Path) -> dict[str, Document]:
    """An open file without errors."""
    path = write(folder, {"x.py": "x = 1\n"}) / "x.py"
    return {str(path): Document.of(to_uri(path), 1, "x = 1\n")}
