"""Tests as findings: run on unsaved text in the project's Python, shown where they fail."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest

from python_expert.text.document import Document
from python_expert.tools.pytest.launch import PytestLaunch
from python_expert.tools.pytest.pytest_worker.captured import LEFT_OUT
from python_expert.tools.pytest.tool import Pytest
from python_expert.tools.tests import WhenToRun
from tests.conftest import patched, write
from tests.scale import LONG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from python_expert.tools.tests import TestSummary
    from tests.client import Client
    from tests.conftest import ClientFactory, ProjectFactory

SETTINGS = """\
[tool.python-expert.tools]
ruff.enabled = false
mypy.enabled = false
bandit.enabled = false
"""

CODE = """\
def total(prices):
    return sum(prices)


def check(price):
    raise ValueError(price)
"""

TESTS = """\
import pytest
import shop


def test_total():
    assert shop.total([1, 2]) == 3


@pytest.mark.parametrize("price", [1, 2])
def test_wrong(price):
    print("said by the test")
    assert shop.total([price]) == 0


class TestCheck:
    def test_raises(self):
        shop.check(7)

    def test_no_fixture(self, missing):
        pass
"""


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the environment of the tests as the projects' environment."""
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)


@pytest.fixture
def folder(project: ProjectFactory) -> Path:
    return project({"pyproject.toml": SETTINGS, "shop.py": CODE, "tests/test_shop.py": TESTS})


def run(client: Client, **given: object) -> dict[str, Any]:
    """Run tests with the command, and return the result."""
    params = {"command": "pythonExpert.runTests", "arguments": [{**given, "wait": True}]}
    answer: dict[str, Any] = client.request("workspace/executeCommand", params)
    return answer


def shown(client: Client, path: Path) -> list[tuple[int, str, str]]:
    """Return the line, the code and the first message line of pytest's findings."""
    return sorted(
        (each["range"]["start"]["line"], each["code"], each["message"].splitlines()[0])
        for each in client.diagnostics(path)
        if each["source"] == "Pytest"
    )


def lenses(client: Client, path: Path) -> dict[int, str]:
    """Return the titles of code lenses by line."""
    params = {"textDocument": {"uri": path.as_uri()}}
    found = client.request("textDocument/codeLens", params)
    return {each["range"]["start"]["line"]: each["command"]["title"] for each in found}


def check(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run ``check --tools pytest``."""
    argv = [sys.executable, "-m", "python_expert", "check", *args, "--tools", "pytest"]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)


def test_failures_are_shown_at_their_place_until_the_tests_pass(
    client: ClientFactory, folder: Path
) -> None:
    editor = client()
    editor.initialize([folder])
    tests, code = folder / "tests/test_shop.py", folder / "shop.py"
    editor.open(tests, TESTS)
    editor.open(code, CODE)
    answer = run(editor, uri=tests.as_uri())
    assert answer["message"].startswith("5 tests: 1 could not run, 3 failed, 1 passed")
    assert shown(editor, tests) == [
        (11, "failed", "test_wrong[1]: assert 1 == 0"),
        (11, "failed", "test_wrong[2]: assert 2 == 0"),
        (16, "failed", "test_raises: ValueError: 7"),
        (18, "error", "test_no_fixture: fixture 'missing' not found"),
    ]
    (raised,) = [each for each in editor.diagnostics(tests) if "ValueError" in each["message"]]
    (note,) = raised["relatedInformation"]
    assert (note["location"]["uri"], note["location"]["range"]["start"]["line"]) == (
        code.as_uri(),
        5,
    )
    # The editor's unsaved text runs, of the test and of the code under test.
    mended = TESTS.replace("== 0", "== price").replace("missing", "tmp_path")
    editor.change(tests, 2, mended)
    editor.change(code, 2, CODE.replace("raise ValueError(price)", "return price"))
    answer = run(editor, uri=tests.as_uri())
    assert answer["message"].startswith("5 tests: 5 passed")
    assert shown(editor, tests) == []


def test_lenses_run_a_test_and_show_its_result(client: ClientFactory, folder: Path) -> None:
    editor = client()
    editor.initialize([folder])
    tests = folder / "tests/test_shop.py"
    editor.open(tests, TESTS)
    assert lenses(editor, tests) == {
        4: "Run test",
        9: "Run test",
        14: "Run tests",
        15: "Run test",
        18: "Run test",
    }
    answer = run(editor, uri=tests.as_uri(), test="TestCheck")
    assert answer["message"].startswith("2 tests: 1 could not run, 1 failed")
    titles = lenses(editor, tests)
    assert titles[4] == "Run test"
    assert titles[14] == "Run tests (1 could not run, 1 failed)"
    assert titles[15].startswith("Run test (failed, ")


def test_a_lens_over_a_function_shows_the_tests_that_ran_it(
    client: ClientFactory, folder: Path
) -> None:
    editor = client()
    editor.initialize([folder])
    tests, code = folder / "tests/test_shop.py", folder / "shop.py"
    editor.open(tests, TESTS)
    editor.open(code, CODE)
    assert lenses(editor, code) == {}
    run(editor, uri=tests.as_uri())
    assert lenses(editor, code) == {0: "2 tests, 1 failing", 4: "1 test, 1 failing"}
    editor.change(code, 2, "\n" + CODE.replace("sum(prices)", "0"))
    titles = lenses(editor, code)
    assert titles[1] == "2 tests, 1 failing (the code has changed since)"
    assert lenses(editor, tests)[15].endswith("; the code has changed since)")
    editor.change(code, 3, "\n" + CODE.replace("sum(prices)", "0") + "def (\n")
    assert lenses(editor, code) == titles
    editor.change(code, 4, "\n" + CODE.replace("sum(prices)", "0"))
    answer = run(editor, uri=code.as_uri(), function="total")
    assert answer["message"].startswith("3 tests: 1 failed, 2 passed")
    assert lenses(editor, code)[1] == "2 tests, 1 failing"


def test_the_output_and_the_failure_of_a_test_are_available(
    client: ClientFactory, folder: Path
) -> None:
    editor = client()
    shows = {
        "window": {"showDocument": {"support": True}},
        "experimental": {"pythonExpertDebugTests": True},
    }
    editor.initialize([folder], capabilities=shows)
    tests = folder / "tests/test_shop.py"
    editor.open(tests, TESTS)

    def offered() -> list[tuple[int, str, dict[str, Any]]]:
        params = {"textDocument": {"uri": tests.as_uri()}}
        found = editor.request("textDocument/codeLens", params)
        commands = [(each["range"]["start"]["line"], each["command"]) for each in found]
        return [(line, each["command"], each["arguments"][0]) for line, each in commands]

    at_first = [command for line, command, _ in offered() if line == 9]
    assert at_first == ["pythonExpert.runTests", "python-expert.debugTest"]
    run(editor, uri=tests.as_uri())
    (argument,) = [
        argument
        for line, command, argument in offered()
        if (line, command) == (9, "pythonExpert.testOutput")
    ]
    params = {"command": "pythonExpert.testOutput", "arguments": [argument]}
    text = editor.request("workspace/executeCommand", params)
    assert text.startswith("test_shop.py::test_wrong[1] (failed)\n\nprice = 1\n")
    assert "assert shop.total([price]) == 0" in text
    assert "Captured stdout call:\nsaid by the test" in text
    ((_, shown_file),) = [each for each in editor.requests if each[0] == "window/showDocument"]
    assert Path(url2pathname(urlsplit(shown_file["uri"]).path)).read_text() == text


def test_an_edit_makes_results_stale_until_the_next_run(
    client: ClientFactory, folder: Path
) -> None:
    editor = client()
    editor.initialize([folder])
    tests, code = folder / "tests/test_shop.py", folder / "shop.py"
    editor.open(tests, TESTS)
    editor.open(code, CODE)
    run(editor, uri=tests.as_uri(), test="TestCheck::test_raises")
    assert shown(editor, tests) == [(16, "failed", "test_raises: ValueError: 7")]
    editor.change(code, 2, CODE + "\n")
    editor.wait_diagnostics(tests, lambda found: "(the code has changed since)" in str(found))
    editor.change(tests, 2, "\n" + TESTS)
    run(editor, uri=tests.as_uri(), test="TestCheck::test_raises")
    assert shown(editor, tests) == [(17, "failed", "test_raises: ValueError: 7")]


def test_a_run_of_one_test_does_not_change_the_results_of_others(
    client: ClientFactory, folder: Path
) -> None:
    editor = client()
    editor.initialize([folder])
    tests, code = folder / "tests/test_shop.py", folder / "shop.py"
    editor.open(tests, TESTS)
    editor.open(code, CODE)
    run(editor, uri=tests.as_uri())
    editor.change(code, 2, CODE.replace("sum(prices)", "0"))
    editor.change(tests, 2, "# moved\n" + TESTS)
    run(editor, uri=tests.as_uri(), test="test_wrong")
    assert shown(editor, tests) == [
        (17, "failed", "test_raises (the code has changed since): ValueError: 7"),
        (
            19,
            "error",
            "test_no_fixture (the code has changed since): fixture 'missing' not found",
        ),
    ]


def test_a_save_runs_the_tests_if_the_settings_say_so(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": SETTINGS, "shop.py": CODE, "test_shop.py": TESTS})
    editor = client()
    editor.initialize([folder], options={"tools": {"pytest": {"run": "save"}}})
    tests, code = folder / "test_shop.py", folder / "shop.py"
    editor.open(tests, TESTS)
    editor.open(code, CODE)
    editor.save(code)
    editor.wait_diagnostics(tests, lambda found: len(found) == 4)


def test_a_repository_cannot_run_its_tests_when_it_is_opened(
    client: ClientFactory, folder: Path
) -> None:
    (folder / "pyproject.toml").write_text(SETTINGS + 'pytest.run = "live"\n')
    editor = client()
    editor.initialize([folder])
    editor.open(folder / "tests/test_shop.py", TESTS)
    editor.wait(lambda: editor.messages)
    assert "'tools.pytest.run' is ignored" in editor.messages[0]["message"]


def test_nothing_runs_in_a_folder_that_is_not_trusted(client: ClientFactory, folder: Path) -> None:
    (folder / "conftest.py").write_text("open('ran', 'w').close()\n")
    editor = client()
    editor.initialize([folder], options={"trusted": False})
    tests = folder / "tests/test_shop.py"
    editor.open(tests, TESTS)
    editor.save(tests)
    answer = run(editor, uri=tests.as_uri())
    assert (answer["result"], "not trusted" in answer["message"]) == ("failed", True)
    assert lenses(editor, tests) == {}
    assert not (folder / "ran").exists()


BAD = {
    "a conftest that fails": (
        {"conftest.py": "raise ValueError('no')\n"},
        "tests cannot be run: ImportError while loading conftest",
    ),
    "an unknown option": (
        {"pytest.ini": "[pytest]\naddopts = --nonsense\n"},
        "tests cannot be run: unrecognized arguments: --nonsense",
    ),
    "a file that cannot be imported": (
        {"tests/test_shop.py": "import missing_module\n"},
        "0 tests; test_shop.py cannot be collected",
    ),
    "a test that ends its process": (
        {"tests/test_shop.py": "import os\n\n\ndef test_end():\n    os._exit(3)\n"},
        "1 test: 1 could not run; the run was aborted: ",
    ),
    "nothing to run": ({"tests/test_shop.py": "x = 1\n"}, "there are no tests to run"),
}


@pytest.mark.parametrize(("files", "message_start"), BAD.values(), ids=BAD)
def test_the_reason_why_tests_cannot_run_is_reported(
    client: ClientFactory, project: ProjectFactory, files: dict[str, str], message_start: str
) -> None:
    folder = project({"pyproject.toml": SETTINGS, "shop.py": CODE, "tests/test_shop.py": TESTS})
    for name, text in files.items():
        (folder / name).write_text(text)
    editor = client()
    editor.initialize([folder])
    tests = folder / "tests/test_shop.py"
    editor.open(tests, tests.read_text())
    assert run(editor, uri=tests.as_uri())["message"].startswith(message_start)
    # The next run is not affected.
    for name in files:
        (folder / name).unlink()
    editor.change(tests, 2, "def test_one():\n    assert True\n")
    tests.write_text("")
    assert run(editor, uri=tests.as_uri())["message"].startswith("1 test: 1 passed")


def test_a_test_that_hangs_is_killed_and_named(client: ClientFactory, folder: Path) -> None:
    shorter = "from python_expert.tools.pytest import process; process.IDLE_S = 8.0"
    editor = client(patched(shorter), cwd=folder)
    editor.initialize([folder])
    tests = folder / "tests/test_shop.py"
    editor.open(tests, "import time\n\n\ndef test_hangs():\n    time.sleep(1000)\n")
    answer = run(editor, uri=tests.as_uri())
    assert answer["message"].startswith("1 test: 1 could not run; the run was aborted: no test")
    ((line, code, message),) = shown(editor, tests)
    assert (line, code) == (3, "error")
    assert message.startswith("test_hangs: no test has ended for 8 s")


HARD = """\
import os
import pathlib
import sys


def test_forks():
    child = os.fork()
    if child:
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1


def test_leaves_a_process_behind():
    if not os.fork():
        import time
        time.sleep(1000)


def test_writes_much():
    for _ in range(10):
        os.write(1, b"\\xff\\0" * 500_000)
    sys.stderr.write("the end")
    assert False


def test_changes_folder(tmp_path):
    os.chdir(tmp_path)
    sys.stdout = None


def test_edits_its_file():
    pathlib.Path(__file__).write_text("def broken(:")


def test_closes_output():
    os.close(1)
    os.close(0)
    sys.stdout = sys.__stdout__
"""


def test_tests_that_harm_their_process_do_not_affect_others(project: ProjectFactory) -> None:
    folder = project({"pyproject.toml": SETTINGS, "test_hard.py": HARD, "test_other.py": SOUND})
    other = "def test_other():\n    assert True\n"
    path = folder / "test_hard.py"
    documents = [
        Document.of(path.as_uri(), 1, HARD),
        Document.of((folder / "test_other.py").as_uri(), 1, other),
    ]

    async def session() -> list[TestSummary]:
        tools = [Pytest(PytestLaunch(Path(sys.executable), folder)) for _ in range(2)]
        runs = [tool.run_tests(documents, [str(folder)]) for tool in tools]
        summaries = await asyncio.gather(*runs)
        await asyncio.gather(*(tool.stop() for tool in tools))
        return summaries

    # Two servers can run the tests of a project at the same time.
    for summary in asyncio.run(session()):
        results = {each.id: each for each in summary.results}
        assert len(summary.results) == len(results) == 7, summary
        failed = [name for name, each in results.items() if each.outcome != "passed"]
        assert (failed, summary.message) == (["test_writes_much"], "")
        output = results["test_writes_much"].output
        assert len(output) <= 20_100
        assert output.endswith("the end")
    assert path.read_text() == "def broken(:"


MUCH = """\
import os
import sys


def test_much():
    for _ in range({mega}):
        os.write(1, b"x" * 1_000_000)
        print("y" * 1_000_000, file=sys.stderr)
    print("the end")
    assert False


def test_memory():
    with open("/proc/self/status") as status:
        (peak,) = [line.split()[1] for line in status if line.startswith("VmHWM")]
    assert int(peak) < 150_000
"""


@pytest.mark.long
@pytest.mark.parametrize("capture", ["fd", "no"])
def test_only_the_end_of_a_gigabyte_of_test_output_is_kept(
    project: ProjectFactory, capture: str
) -> None:
    text = MUCH.format(mega=500 if LONG else 100)
    folder = project({"pyproject.toml": SETTINGS, "test_much.py": text})

    async def session() -> TestSummary:
        tool = Pytest(PytestLaunch(Path(sys.executable), folder, (f"--capture={capture}",)))
        try:
            return await tool.run_tests([], [str(folder)])
        finally:
            await tool.stop()

    summary = asyncio.run(session())
    much, memory = summary.results
    assert (much.outcome, memory.outcome, summary.message) == ("failed", "passed", "")
    assert len(much.output) <= 20_100
    if capture == "fd":
        assert "assert False" in much.output
        shown = much.output.partition("Captured stdout call")[2]
        assert shown.startswith(f":\n{LEFT_OUT}\nxxx")
        assert "xxxthe end" in shown


def test_missing_pytest_is_reported(client: ClientFactory, folder: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    python = str(tmp_path / "env/bin/python")
    editor = client()
    editor.initialize([folder], options={"interpreter": python})
    answer = run(editor, uri=(folder / "tests/test_shop.py").as_uri())
    assert answer["message"].startswith("tests cannot be run: pytest cannot be imported by")
    assert "install it there, or activate the environment that has it" in answer["message"]


def test_plugins_that_split_or_measure_runs_do_not_interfere(
    client: ClientFactory, folder: Path
) -> None:
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -n 2 -q --tb=no -p no:cacheprovider\n")
    editor = client()
    editor.initialize([folder])
    tests = folder / "tests/test_shop.py"
    editor.open(tests, TESTS.replace("== 0", "== price"))
    answer = run(editor, uri=tests.as_uri())
    assert answer["message"].startswith("5 tests: 1 could not run, 1 failed, 3 passed")
    assert shown(editor, tests)[0] == (16, "failed", "test_raises: ValueError: 7")


def test_check_runs_tests_only_if_they_are_named(folder: Path) -> None:
    done = check(folder, ".")
    assert done.returncode == 1
    assert "tests/test_shop.py:17:9: error: failed test_raises: ValueError: 7" in done.stdout
    assert "    shop.py:6:1: note: in check\n" in done.stdout
    argv = [sys.executable, "-m", "python_expert", "check", "."]
    plain = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    assert (plain.returncode, plain.stdout) == (0, ""), plain.stderr


def test_nothing_is_written_into_the_project(folder: Path) -> None:
    check(folder, ".")
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*")) == [
        "pyproject.toml",
        "shop.py",
        "tests",
        "tests/test_shop.py",
    ]


# Live runs of the tests that an edit affects


LIVE = {"tools": {"pytest": {"run": "live"}}}

TWO_TESTS = """\
import pathlib
import shop

RUNS = pathlib.Path(__file__).with_name("runs")


def test_total():
    assert shop.total([1, 2]) == 3


def test_check():
    with RUNS.open("a") as file:
        file.write("x")
    assert shop.check(1) == 1
"""

SOUND = CODE.replace("raise ValueError(price)", "return price")
WRONG = SOUND.replace("sum(prices)", "sum(prices) + 1")


def runs_ended(editor: Client) -> int:
    """Return how many runs have ended, by the requests to refresh the results."""
    return sum(method == "workspace/codeLens/refresh" for method, _ in editor.requests)


def open_live(client: ClientFactory, project: ProjectFactory) -> tuple[Client, Path, Path]:
    """Start an editor with two open files, and wait for the first run of their tests."""
    folder = project({"pyproject.toml": SETTINGS, "shop.py": SOUND, "test_shop.py": TWO_TESTS})
    editor = client()
    lenses = {"workspace": {"codeLens": {"refreshSupport": True}}}
    editor.initialize([folder], capabilities=lenses, options=LIVE)
    tests, code = folder / "test_shop.py", folder / "shop.py"
    editor.open(code, WRONG)
    editor.open(tests, TWO_TESTS)
    editor.wait(lambda: runs_ended(editor) == 1)
    assert shown(editor, tests) == [(7, "failed", "test_total: assert 4 == 3")]
    return editor, tests, code


def test_an_edit_runs_the_tests_that_it_affects_on_unsaved_text(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor, tests, code = open_live(client, project)
    runs = tests.with_name("runs")
    assert runs.read_text() == "x"
    editor.change(code, 2, SOUND)
    editor.wait(lambda: runs_ended(editor) == 2)
    assert shown(editor, tests) == []
    # While the text does not parse, nothing runs.
    editor.change(code, 3, SOUND + "def (\n")
    editor.change(code, 4, WRONG)
    editor.wait(lambda: runs_ended(editor) == 3)
    assert shown(editor, tests) == [(7, "failed", "test_total: assert 4 == 3")]
    # A new test runs, too, and it alone.
    editor.change(tests, 2, TWO_TESTS + "\n\ndef test_new():\n    assert shop.check(2) == 3\n")
    editor.wait(lambda: runs_ended(editor) == 4)
    assert [message for _, _, message in shown(editor, tests)] == [
        "test_total: assert 4 == 3",
        "test_new: assert 2 == 3",
    ]
    assert runs.read_text() == "x"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces such a limit")
def test_a_live_run_cannot_take_all_memory(project: ProjectFactory) -> None:
    text = """\
import resource


def test_limit():
    assert resource.getrlimit(resource.RLIMIT_DATA)[0] > 0
"""
    folder = project({"pyproject.toml": SETTINGS, "test_a.py": text})
    tool = Pytest(PytestLaunch(Path(sys.executable), folder, when=WhenToRun.LIVE))

    async def run() -> None:
        async for _ in tool.check_files([folder / "test_a.py"]):
            pass
        await tool.stop()

    asyncio.run(run())
    assert [str(each.outcome) for each in tool.ran] == ["passed"]


def test_after_an_edit_that_affects_no_test_results_are_not_stale(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor, tests, code = open_live(client, project)
    editor.change(code, 2, WRONG + "# a comment\n")
    editor.wait_diagnostics(tests, lambda found: "has changed since" in str(found))
    editor.wait(lambda: runs_ended(editor) == 2)
    assert shown(editor, tests) == [(7, "failed", "test_total: assert 4 == 3")]


def test_live_tests_continue_after_a_temporary_import_error(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor, tests, code = open_live(client, project)
    editor.change(code, 2, f"import missing_module\n{SOUND}")
    editor.wait(lambda: runs_ended(editor) == 2)
    (message,) = [each[2] for each in shown(editor, tests)]
    assert message.startswith("the file cannot be collected: ModuleNotFoundError")
    editor.change(code, 3, SOUND)
    editor.wait(lambda: runs_ended(editor) == 3)
    assert shown(editor, tests) == []
    editor.change(code, 4, WRONG)
    editor.wait(lambda: runs_ended(editor) == 4)
    assert shown(editor, tests) == [(7, "failed", "test_total: assert 4 == 3")]


def test_results_of_a_cancelled_run_are_found_again_after_the_edit_is_undone(
    project: ProjectFactory,
) -> None:
    slow = TWO_TESTS + "\n\ndef test_waits():\n    import time; time.sleep(1000)\n"
    folder = project({"pyproject.toml": SETTINGS, "shop.py": SOUND, "test_shop.py": slow})
    sound, wrong, tests = (
        Document.of((folder / name).as_uri(), 1, text)
        for name, text in (("shop.py", SOUND), ("shop.py", WRONG), ("test_shop.py", slow))
    )
    total = f"{folder / 'test_shop.py'}::test_total"

    async def session() -> list[str] | None:
        tool = Pytest(PytestLaunch(Path(sys.executable), folder))
        await tool.run_tests([sound, tests], [total])
        reported = asyncio.Event()
        whole = [str(folder / "test_shop.py")]
        running = tool.run_tests([wrong, tests], whole, lambda _result: reported.set())
        run = asyncio.create_task(running)
        await reported.wait()
        run.cancel()
        await asyncio.wait([run])
        affected = tool.affected_tests([sound, tests])
        await tool.stop()
        return affected

    assert total in (asyncio.run(session()) or [])


def test_a_project_without_tests_among_others_is_not_an_error(folder: Path) -> None:
    write(folder / "member", {"pyproject.toml": "", "b.py": CODE})
    beside = check(folder)
    assert (beside.returncode, "pytest could not run" in beside.stderr) == (1, False), beside.stderr
    alone = check(folder, "member")
    assert alone.returncode == 2
    assert "pytest could not run: there are no tests here" in alone.stderr


# Failures in files that are not open


def open_only_code(
    client: ClientFactory, project: ProjectFactory, text: str
) -> tuple[Client, Path, Path]:
    """Start an editor with live tests and only the code under test open."""
    folder = project({"pyproject.toml": SETTINGS, "shop.py": SOUND, "test_shop.py": TWO_TESTS})
    editor = client()
    lenses = {"workspace": {"codeLens": {"refreshSupport": True}}}
    editor.initialize([folder], capabilities=lenses, options=LIVE)
    tests, code = folder / "test_shop.py", folder / "shop.py"
    editor.open(code, text)
    editor.wait(lambda: runs_ended(editor) == 1)
    return editor, tests, code


def test_a_failure_is_shown_in_a_test_file_that_is_not_open(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor, tests, code = open_only_code(client, project, WRONG)
    failed = [(7, "failed", "test_total: assert 4 == 3")]
    assert shown(editor, tests) == failed
    assert shown(editor, code) == []
    editor.change(code, 2, SOUND)
    editor.wait_diagnostics(tests, lambda found: not found)
    raising = SOUND.replace("return sum(prices)", "raise ValueError(prices)")
    editor.change(code, 3, raising)
    (found,) = editor.wait_diagnostics(tests, lambda found: "ValueError" in str(found))
    (note,) = found["relatedInformation"]
    assert note["location"]["uri"] == code.as_uri()
    # While the file is open, the finding belongs to the document; it stays after closing.
    editor.open(tests, "\n" + TWO_TESTS)
    editor.wait_diagnostics(tests, lambda found: lines_of(found) == [8], version=1)
    editor.close(tests)
    editor.wait_diagnostics(tests, lambda found: lines_of(found) == [7])
    editor.configuration["pythonExpert"] = {"tools": {"pytest": {"enabled": False}}}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    editor.wait_diagnostics(tests, lambda found: not found)


def lines_of(found: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the lines of diagnostics."""
    return [each["range"]["start"]["line"] for each in found]


@pytest.mark.parametrize(
    "fault",
    ["X = 1 / 0\n", "X = 1\nfrom __future__ import annotations\n"],
    ids=["runs", "compiles"],
)
def test_a_closed_test_file_that_cannot_be_collected_is_shown_until_it_can_be(
    client: ClientFactory, project: ProjectFactory, fault: str
) -> None:
    editor, tests, code = open_only_code(client, project, fault + SOUND)
    ((_, code_, message),) = shown(editor, tests)
    assert (code_, message.split(":")[0]) == ("error", "the file cannot be collected")
    editor.change(code, 2, SOUND)
    editor.wait_diagnostics(tests, lambda found: not found)


def test_a_failed_test_lists_its_failed_subtests(project: ProjectFactory) -> None:
    text = (
        "import unittest\n\n\nclass TestAll(unittest.TestCase):\n"
        "    def test_skips(self):\n        for i in range(2):\n"
        "            with self.subTest(i=i):\n                self.skipTest('no')\n\n"
        "    def test_fails(self):\n        for i in range(3):\n"
        "            with self.subTest('case', i=i):\n                self.assertEqual(i, 1)\n"
    )
    folder = project({"tests/test_all.py": text})
    assert "1 failed, 1 passed" in (done := check(folder)).stderr + done.stdout, done
    [finding] = json.loads(check(folder, "--output-format", "json").stdout)
    for message in ("(case, i=0) AssertionError: 0 != 1", "(case, i=2) AssertionError: 2 != 1"):
        assert message in finding["message"]
