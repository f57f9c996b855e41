"""Invalid answers of tools are reported clearly, and the other tools' findings still arrive."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.processes.command import ToolError
from python_expert.text.document import Document, Position, Range
from python_expert.text.paths import to_uri
from python_expert.tools.bandit.launch import BanditLaunch
from python_expert.tools.bandit.tool import Bandit
from python_expert.tools.mypy.batch import Batch
from python_expert.tools.mypy.launch import MypyLaunch
from python_expert.tools.ruff.invocation import RuffLaunch
from python_expert.tools.ruff.profile import EXPERT
from python_expert.tools.ruff.tool import Ruff
from tests.client import codes
from tests.conftest import write
from tests.server.test_cli import cli, found_codes
from tests.server.test_rewrites_cli import shell
from tests.server.test_ruff import RUFF

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from python_expert.diagnostics.finding import Report
    from tests.conftest import ClientFactory, ProgramFactory, ProjectFactory

pytestmark = pytest.mark.one_python


TEXT = "import subprocess\n"
"""Ruff and bandit have one finding each."""

NO_MYPY = "[tool.python-expert.tools]\nmypy.enabled = false\n"

_FINDING = {
    "code": "F401",
    "message": "unused",
    "filename": "x.py",
    "location": {"row": 1, "column": 1},
    "end_location": {"row": 1, "column": 2},
}
ANSWERS: dict[str, bytes] = {
    "words": b"Hello!\n",
    "nothing": b"",
    "another shape": b'{"findings": 1}',
    "a number": b"1",
    "null": b"null",
    "items of another shape": b"[[]]",
    "items without fields": b"[{}]",
    "fields of another type": json.dumps([_FINDING | {"message": 1}]).encode(),
    "places of another type": json.dumps([_FINDING | {"location": {"row": "1"}}]).encode(),
    "a code of another type": json.dumps([_FINDING | {"code": {"a": 1}}]).encode(),
    "the half": json.dumps([_FINDING]).encode()[:-20],
    "no UTF-8": b'[{"code": "\xff\xfe"}]',
    "much": b"nonsense " * 1_000_000,
    "deep": b"[" * 200_000,
}


def program_printing(answer: bytes, command: str = "") -> str:
    """Return the code of a program that prints this answer if it is run with a command."""
    return (
        f"if {command!r} in ('', *sys.argv):\n"
        f"    sys.stdout.buffer.write({answer[:9] * (len(answer) // 9)!r})\n"
        if len(answer) > 100_000
        else f"if {command!r} in ('', *sys.argv):\n    sys.stdout.buffer.write({answer!r})\n"
    ) + f"else:\n    os.execv({str(RUFF)!r}, sys.argv)\n"


def failure(ask: Callable[[], Awaitable[object]]) -> str:
    """Return the message of the ToolError that a call raises."""

    async def go() -> object:
        return await ask()

    with pytest.raises(ToolError) as error:
        asyncio.run(go())
    return str(error.value)


async def every(batches: AsyncIterator[list[Report]]) -> list[list[Report]]:
    return [batch async for batch in batches]


@pytest.mark.parametrize("answer", ANSWERS)
def test_any_output_of_ruff_is_handled(
    program: ProgramFactory, tmp_path: Path, answer: str
) -> None:
    path = write(tmp_path / "project", {"x.py": TEXT}) / "x.py"
    fake = program(program_printing(ANSWERS[answer]), "ruff")
    ruff = Ruff(RuffLaunch(fake, path.parent), lambda _path: EXPERT)
    document = Document.of(to_uri(path), 1, TEXT)
    for ask in (
        lambda: ruff.what_if([document], document, TEXT),
        lambda: every(ruff.check_files([path])),
    ):
        assert failure(ask).startswith("ruff check sent an invalid response: its output ")


def _batch_fails(python: Path, path: Path) -> str:
    async def ask() -> object:
        batch = Batch(MypyLaunch(python, path.parent))
        try:
            return await batch.check({str(path): Document.of(to_uri(path), 1, TEXT)}, {})
        finally:
            await batch.stop()

    return failure(ask)


@pytest.mark.parametrize("answer", ["words", "nothing", "items without fields", "much"])
def test_any_output_of_mypy_is_handled(
    program: ProgramFactory, tmp_path: Path, answer: str
) -> None:
    path = write(tmp_path / "project", {"x.py": TEXT}) / "x.py"
    end = b'\n{"status": 0, "exact": true}\n'
    for data in (ANSWERS[answer], ANSWERS[answer] + end):
        if data == end:
            continue  # what mypy prints for a clean file
        failure_text = _batch_fails(program(program_printing(data), "python"), path)
        assert failure_text.startswith("mypy sent an invalid response: its output ")


@pytest.mark.parametrize("status", [0, 1, 2, 3])
def test_a_file_is_not_clean_if_mypy_ends_too_early(
    program: ProgramFactory, tmp_path: Path, status: int
) -> None:
    path = write(tmp_path / "project", {"x.py": TEXT}) / "x.py"
    fake = program(f"sys.stderr.write('out of luck')\nsys.exit({status})", "python")
    assert "out of luck" in _batch_fails(fake, path)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        1,
        "words",
        [],
        {},
        {"parsed": True, "findings": 1, "silenced": []},
        {"parsed": True, "findings": [{"code": "B1"}], "silenced": []},
        {"parsed": False, "findings": [], "silenced": []},
        {"parsed": False, "findings": [], "silenced": [], "line": "1", "message": "no"},
        {"parsed": False, "findings": [], "silenced": [], "line": 1, "message": 2},
    ],
)
def test_any_answer_of_bandits_worker_is_handled(
    program: ProgramFactory, tmp_path: Path, answer: object
) -> None:
    fake = program(
        "start = {'bandit': '1', 'python': '3.11.0', 'warnings': []}\n"
        f"while message := hear():\n"
        f"    answer = start if message['method'] == 'start' else {answer!r}\n"
        "    say(id=message.get('id'), result=answer)",
        "python",
    )

    async def ask() -> object:
        bandit = Bandit(BanditLaunch(fake, tmp_path))
        try:
            return await bandit.check([Document.of(to_uri(tmp_path / "x.py"), 1, TEXT)])
        finally:
            await bandit.stop()

    assert "it sent an invalid response" in failure(ask)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {"items": 1},
        {"items": [1]},
        {"items": [{"range": {"start": {"line": "0"}}, "message": "no"}]},
        {
            "items": [
                {
                    "range": {
                        "start": {"line": "0", "character": 0},
                        "end": {"line": 0, "character": 0},
                    },
                    "message": "no",
                }
            ]
        },
    ],
)
def test_any_answer_of_ruffs_server_is_handled(
    client: ClientFactory, project: ProjectFactory, program: ProgramFactory, answer: object
) -> None:
    fake = program(
        "while message := hear():\n"
        "    method = message['method']\n"
        f"    answer = {{}} if method == 'initialize' else {answer!r}\n"
        "    if 'id' in message: say(id=message['id'], result=answer)",
        "ruff",
    )
    editor = client()
    editor.initialize(options={"tools": {"ruff": {"path": str(fake)}}})
    document = editor.open(project({"pyproject.toml": NO_MYPY}) / "x.py", TEXT)
    editor.wait_diagnostics(document, lambda items: codes(items) == ["B404"])
    (message,) = editor.wait(lambda: editor.messages, "a message")
    assert "ruff: it sent an invalid response" in message["message"]


@pytest.mark.parametrize(
    "actions", [1, [1], [{"edit": {}}], [{"edit": 1, "title": "Fix", "kind": "quickfix"}]]
)
def test_any_code_action_of_ruff_is_handled(
    program: ProgramFactory, tmp_path: Path, actions: object
) -> None:
    fake = program(
        "while message := hear():\n"
        "    method = message['method']\n"
        f"    answer = {{}} if method == 'initialize' else {actions!r}\n"
        "    if 'id' in message: say(id=message['id'], result=answer)",
        "ruff",
    )
    document = Document.of(to_uri(tmp_path / "x.py"), 1, TEXT)

    async def ask() -> list[dict[str, Any]]:
        ruff = Ruff(RuffLaunch(fake, tmp_path), lambda _path: EXPERT)
        try:
            everywhere = Range(Position(0, 0), document.end)
            return await ruff.code_actions(document, everywhere, ["source.fixAll"])
        finally:
            await ruff.stop()

    assert "it sent an invalid response" in failure(ask)


# The command line


@pytest.fixture
def with_ruff(
    project: ProjectFactory, program: ProgramFactory
) -> Callable[[bytes, str], tuple[Path, Path]]:
    """A factory of projects whose own ruff prints an answer if it is run with a command."""

    def make(answer: bytes, command: str) -> tuple[Path, Path]:
        folder = project(
            {"pyproject.toml": NO_MYPY, "x.py": TEXT + "\n\ndef load_page(a):\n    return a or 1\n"}
        )
        scripts = folder / ".venv" / "bin"
        scripts.mkdir(parents=True)
        (scripts / "python").symlink_to(sys.executable)
        (scripts / "ruff").symlink_to(program(program_printing(answer, command), "ruff"))
        packages = ".venv/lib/python3/site-packages/ruff-0.17.0.dist-info/METADATA"
        return write(folder, {".venv/pyvenv.cfg": "version = 3.11\n", packages: ""}), scripts

    return make


@pytest.mark.parametrize("answer", ["words", "nothing", "places of another type", "no UTF-8"])
def test_check_reports_ruff_s_error_and_shows_bandit_s_findings(
    with_ruff: Callable[[bytes, str], tuple[Path, Path]], answer: str
) -> None:
    folder, _ = with_ruff(ANSWERS[answer], "--no-fix")
    done = cli("check", "x.py", "--output-format", "json", cwd=folder)
    assert done.returncode == 2
    assert found_codes(done) == ["B404"]
    assert done.stderr.startswith("python-expert: ruff could not run: ruff check sent an invalid")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("answer", ["words", "a number", "no UTF-8", "much"])
def test_a_folder_that_ruff_cannot_list_is_reported(
    with_ruff: Callable[[bytes, str], tuple[Path, Path]], answer: str
) -> None:
    folder, _ = with_ruff(ANSWERS[answer], "--show-files")
    done = cli("check", ".", cwd=folder)
    assert done.returncode == 2
    assert done.stderr.startswith("python-expert: ruff check --show-files sent an invalid response")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("answer", ["words", "nothing", "places of another type", "no UTF-8"])
def test_a_rewrite_and_the_gate_report_that_ruff_could_not_check(
    with_ruff: Callable[[bytes, str], tuple[Path, Path]], answer: str
) -> None:
    folder, _ = with_ruff(ANSWERS[answer], "--no-fix")
    text = (folder / "x.py").read_text()
    _, _, err = shell("rewrite", "add-docstrings", "x.py", "--provider", "offline", cwd=folder)
    assert "ruff could not check it: ruff check sent an invalid response" in err
    assert "Traceback" not in err
    after = text.replace("    return", '    """Tell one."""\n    return')
    write(folder / "after", {"x.py": after})
    words = ("gate", "--action", "add-docstrings", "x.py", "after/x.py")
    status, out, err = shell(*words, cwd=folder)
    assert status == 1
    assert "confirm: ruff could not check it: ruff check sent an invalid" in out
    assert "Traceback" not in err


@pytest.mark.parametrize("answer", ["words", "nothing", "no UTF-8", "much"])
def test_a_ruff_that_cannot_format_does_not_stop_a_rewrite(
    with_ruff: Callable[[bytes, str], tuple[Path, Path]], answer: str
) -> None:
    folder, _ = with_ruff(ANSWERS[answer], "format")
    status, out, err = shell(
        "rewrite", "add-docstrings", "x.py", "--provider", "offline", cwd=folder
    )
    assert status == 0, err
    assert '+    """' in out


@pytest.mark.parametrize("answer", ["words", "nothing", "no UTF-8", "much"])
def test_the_doctor_names_a_tool_without_a_version(
    with_ruff: Callable[[bytes, str], tuple[Path, Path]], answer: str
) -> None:
    folder, scripts = with_ruff(ANSWERS[answer], "--version")
    done = cli("doctor", "--output-format", "json", cwd=folder)
    assert done.returncode == 1
    tools = json.loads(done.stdout)["tools"]
    ruff = f"{scripts / 'ruff'} --version sent an invalid response: its output "
    assert tools["ruff"]["error"].startswith(ruff)
    assert tools["bandit"]["version"]
    assert not tools["bandit"]["error"]


def test_missing_names_of_rules_are_an_error_of_ruff(
    with_ruff: Callable[[bytes, str], tuple[Path, Path]],
) -> None:
    folder, _ = with_ruff(b'[{"name": 1}]', "rule")
    write(folder, {"ruff.toml": 'preview = true\nlint.extend-select = ["F", "S"]\n'})
    text = (folder / "x.py").read_text()
    done = cli("check", "-", "--stdin-filename", "x.py", cwd=folder, stdin=text)
    assert done.returncode == 2
    assert "ruff could not run: ruff rule sent an invalid response" in done.stderr
    assert "B404" in done.stdout
