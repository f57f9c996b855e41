"""The real bandit: the places of its findings, and its error messages."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_expert.diagnostics.finding import Report, Severity
from python_expert.processes.child import Child
from python_expert.processes.command import ToolError, worker_command
from python_expert.text.decoding import decode
from python_expert.text.document import Document, Position
from python_expert.text.paths import to_uri
from python_expert.tools.bandit.launch import BanditLaunch
from python_expert.tools.bandit.tool import WORKER, Bandit

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence

PYTHON = Path(sys.executable)
ROOT = Path("/project")
BIDI = "\u202e"


class Check:
    """Checks texts with one worker for all tests."""

    def __init__(self, run: Callable[[Coroutine[Any, Any, Any]], Any], bandit: Bandit) -> None:
        self._run = run
        self._bandit = bandit

    def report(self, text: str, path: Path = ROOT / "a.py") -> Report:
        (report,) = self._run(self._bandit.check([Document.of(to_uri(path), 7, text)]))
        assert isinstance(report, Report)
        return report

    def places(self, text: str, code: str) -> list[str]:
        """Return the pieces of a text in which one of bandit's tests has a finding."""
        document = Document.of("", 0, text)
        found = self.report(text).findings
        return [document.slice(finding.range) for finding in found if finding.code == code]


@pytest.fixture(scope="module")
def check() -> Iterator[Check]:
    with asyncio.Runner() as runner:
        bandit = Bandit(BanditLaunch(PYTHON, Path.cwd()))
        yield Check(runner.run, bandit)
        runner.run(bandit.stop())


def once(
    launch: BanditLaunch, text: str = "assert x\nexec(x)\n", path: Path | None = None
) -> list[str]:
    """Return the codes that a new bandit process finds in a text."""

    async def work() -> list[str]:
        bandit = Bandit(launch)
        try:
            uri = to_uri(path or launch.root / "a.py")
            (report,) = await bandit.check([Document.of(uri, 0, text)])
        finally:
            await bandit.stop()
        return [finding.code for finding in report.findings]

    return asyncio.run(work())


def files(launch: BanditLaunch, paths: Sequence[Path]) -> tuple[dict[str, list[str]], str]:
    """Return the code at each finding, by file name, and the final error or an empty string."""

    async def work() -> tuple[dict[str, list[str]], str]:
        found: dict[str, list[str]] = {}
        bandit = Bandit(launch)
        try:
            async for (report,) in bandit.check_files(paths):
                path = next(path for path in paths if to_uri(path) == report.uri)
                document = Document.of("", 0, decode(path.read_bytes()))
                found[path.name] = [document.slice(item.range) for item in report.findings]
        except ToolError as error:
            return found, str(error)
        finally:
            await bandit.stop()
        return found, ""

    return asyncio.run(work())


def test_a_finding_has_all_that_an_editor_shows(check: Check) -> None:
    report = check.report("import hashlib\nhashlib.md5(x)\nexec(x)\nassert x\n")
    found = {finding.code: finding for finding in report.findings}
    assert (report.version, report.parsed, report.silenced) == (7, True, ())
    assert {code: finding.severity for code, finding in found.items()} == {
        "B324": Severity.ERROR,
        "B102": Severity.WARNING,
        "B101": Severity.INFORMATION,
    }
    assert found["B102"].message == "Use of exec detected."
    assert found["B102"].url.startswith("https://bandit.readthedocs.io/")
    assert found["B102"].url.endswith("/plugins/b102_exec_used.html")


@pytest.mark.parametrize(
    ("code", "marked"),
    [
        ("B602", "import subprocess\n<subprocess.Popen(\n    'é😀', x,\n    shell=True,\n)> + 1\n"),
        ("B106", "<login(\n    'é',\n    password='x',\n)>\n"),
        ("B105", "password = '''a\nb''' + x\npassword = <'''a\nb'''>\n"),
        ("B110", "try:\n    x()\n<except Exception:\n    pass>\n"),
        ("B107", "@x\n<def f(\n    password='x',\n):>\n    # why\n\n    return 1\n"),
        ("B107", "<def f(password='x'): return 1>\n"),
        ("B613", f"x = 1\n<y = '{BIDI}'>\n"),
    ],
)
def test_the_range_of_a_finding_covers_the_faulty_code(
    check: Check, code: str, marked: str
) -> None:
    before, fault, after = re.split("[<>]", marked)
    assert check.places(before + fault + after, code) == [fault]


PIECES = ["é", "😀", "\f", "\x0b", "\x1c", "\x85", "\u2028", "\ufeff", "\t", " ", "a", "# nosex"]
pieces = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
ends = st.sampled_from(["\n", "\r\n", "\r"])
kinds = st.sampled_from(["# {}", "x = '{}'", "", "\f", "\t", "'''{}|{}'''", "x = (|1)"])
lines = st.builds(
    lambda kind, piece, end: kind.replace("{}", piece).replace("|", end) + end, kinds, pieces, ends
)
texts = st.builds(str.__add__, st.sampled_from(["", "\ufeff"]), st.lists(lines).map("".join))


@settings(max_examples=200)
@given(texts, pieces, ends)
def test_positions_are_right_in_hard_text(check: Check, text: str, piece: str, end: str) -> None:
    call = f"eval({end} '{piece}')"
    text += f"y = '{piece}'; {call} # {piece}{end}assert '{piece}'"
    assert check.places(text, "B307") == [call]
    assert check.places(text, "B101") == [f"assert '{piece}'"]


@settings(max_examples=100)
@given(texts, pieces, ends)
def test_lines_are_right_for_tests_that_read_the_file_by_themselves(
    check: Check, text: str, piece: str, end: str
) -> None:
    line = f"# {piece}{BIDI}"
    assert check.places(f"{text}{line}{end}x = 1", "B613") == [line]


@pytest.mark.parametrize("cookie", ["latin-1", "utf-16", "no-such-encoding", "ascii"])
def test_a_coding_cookie_is_ignored_in_decoded_text(check: Check, cookie: str) -> None:
    text = f"#!/bin/python\n# -*- coding: {cookie} -*-\nx = 'é'; eval('é')  # {BIDI}\n"
    assert check.places(text, "B307") == ["eval('é')"]
    assert check.places(text, "B613") == [text.splitlines()[2]]


@pytest.mark.parametrize("text", ["def f(", "x = \0", "  x\n y\n", "'''", "assert x\n)"])
def test_a_text_that_is_not_python_has_no_findings(check: Check, text: str) -> None:
    report = check.report(text)
    assert (report.parsed, report.findings, report.silenced) == (False, (), ())


def test_a_lone_surrogate_is_accepted(check: Check) -> None:
    text = "x = '\ud800'; eval('\udfff')\n"
    assert check.places(text, "B307") == ["eval('\udfff')"]
    (finding,) = check.report("password = '\\ud800'\n").findings
    assert finding.code == "B105"


@pytest.mark.parametrize(
    ("comment", "codes", "silenced"),
    [
        ("# nosec", [], ["B607", "B602"]),
        ("# nosec B602", ["B607"], ["B602"]),
        ("# nosec: B602, B607 why", [], ["B607", "B602"]),
        ("# nosec subprocess_popen_with_shell_equals_true", ["B607"], ["B602"]),
        ("# nosec B101", ["B607", "B602"], []),
        ("# no security", ["B607", "B602"], []),
    ],
)
def test_findings_that_a_nosec_suppresses_are_listed_as_suppressed(
    check: Check, comment: str, codes: list[str], silenced: list[str]
) -> None:
    text = f"import subprocess  # nosec\n\fsubprocess.run(\n  'x y',\n  shell=True)  {comment}\n"
    report = check.report(text)
    assert [finding.code for finding in report.findings] == codes
    assert [finding.code for finding in report.silenced] == ["B404", *silenced]
    assert report.silenced[0].range.end == Position(0, len("import subprocess"))


def test_a_nosec_in_a_string_suppresses_nothing(check: Check) -> None:
    report = check.report("exec('# nosec')\n")
    assert ([finding.code for finding in report.findings], report.silenced) == (["B102"], ())


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "+".join(["1"] * 100_000),
        "x = " + "-" * 300_000 + "1",
        "x = " + "a." * 50_000 + "b",
    ],
    ids=["sum", "signs", "attributes"],
)
def test_code_nested_too_deeply_is_an_error_and_the_worker_continues(
    check: Check, text: str
) -> None:
    with pytest.raises(ToolError, match=r"bandit cannot check .*a\.py: .*nested too deeply"):
        check.report(text)
    assert check.places("exec(x)\n", "B102") == ["exec(x)"]


def test_deep_code_is_checked(check: Check) -> None:
    assert check.places("x = " + "1+" * 2500 + "eval(y)\n", "B307") == ["eval(y)"]


def test_documents_that_were_never_saved_are_checked(check: Check) -> None:
    async def work() -> Report:
        bandit = Bandit(BanditLaunch(PYTHON, Path.cwd()))
        (report,) = await bandit.check([Document.of("untitled:Untitled-1", 0, "exec(x)\n")])
        await bandit.stop()
        assert bandit.version.startswith("1.")
        return report

    report = asyncio.run(work())
    assert (report.uri, [item.code for item in report.findings]) == (
        "untitled:Untitled-1",
        ["B102"],
    )
    assert check.report("").findings == ()


@pytest.mark.parametrize(
    ("name", "config", "codes"),
    [
        ("pyproject.toml", "[tool.bandit]\nskips = ['B101']\n", ["B102"]),
        ("pyproject.toml", "[tool.other]\n", ["B101", "B102"]),
        ("bandit.yaml", "tests: [B101]\n", ["B101"]),
        (".bandit", "[bandit]\nskips: B999, B101\n", ["B102"]),
        (".bandit", "tests: [B102]\n", ["B102"]),
        ("bandit.yml", "exclude_dirs: [src]\n", []),
        ("bandit.yml", "exclude_dirs: ['./src/*']\n", []),
        ("bandit.yml", "exclude_dirs: [a.py]\nassert_used: {skips: ['*/a.py']}\n", []),
        ("bandit.yml", "assert_used: {skips: ['*/a.py']}\n", ["B102"]),
        (".bandit", "[bandit]\nexclude = /src,/other\n", []),
    ],
)
def test_a_configuration_is_applied(
    tmp_path: Path, name: str, config: str, codes: list[str]
) -> None:
    root = tmp_path / "tests"  # patterns apply to paths below it
    (root / "src").mkdir(parents=True)
    (root / name).write_text(config)
    launch = BanditLaunch(PYTHON, root / "src", root / name)
    assert once(launch, path=root / "src" / "a.py") == codes


def test_a_configuration_that_an_ini_file_names_is_applied(tmp_path: Path) -> None:
    (tmp_path / ".bandit").write_text("[bandit]\nconfigfile = own.yaml\nskips = B102\n")
    (tmp_path / "own.yaml").write_text("tests: [B101]\n")
    launch = BanditLaunch(PYTHON, tmp_path, tmp_path / ".bandit")
    assert once(launch, path=tmp_path / "a.py") == ["B101"]


def test_absolute_patterns_exclude(tmp_path: Path) -> None:
    config = tmp_path / "bandit.yaml"
    config.write_text(f"exclude_dirs: ['{tmp_path}/src/*']\n")
    launch = BanditLaunch(PYTHON, tmp_path, config)
    assert once(launch, path=tmp_path / "src" / "a.py") == []
    assert once(launch, path=tmp_path / "a.py") == ["B101", "B102"]


@pytest.mark.parametrize(
    ("args", "codes"),
    [
        (("-ll",), ["B102"]),
        (("-l", "-iii"), ["B101", "B102"]),
        (("--severity-level", "high"), []),
        (("-t", "B101,B102", "--confidence-level=low"), ["B101", "B102"]),
        (("--skip=B101",), ["B102"]),
        (("-x", "a.py"), []),
    ],
)
def test_arguments_are_applied(tmp_path: Path, args: tuple[str, ...], codes: list[str]) -> None:
    assert once(BanditLaunch(PYTHON, tmp_path, args=args)) == codes


@pytest.mark.parametrize(
    ("config", "fault"),
    [
        ("[tool.bandit\n", "Expected ']' at the end of a table declaration"),
        ("[tool.bandit]\nskips = 'B101'\n", "skips must be a list of strings, not 'B101'"),
        ("[tool.bandit]\nexclude_dirs = [1]\n", "exclude_dirs must be a list of strings"),
        ("[tool.bandit]\ntests = ['B999']\n", "no test is left to run"),
        ("[tool]\nbandit = 1\n", "it does not contain settings"),
        (None, "No such file"),
    ],
)
def test_a_broken_configuration_is_named(tmp_path: Path, config: str | None, fault: str) -> None:
    path = tmp_path / "pyproject.toml"
    if config is not None:
        path.write_text(config)
    with pytest.raises(ToolError) as caught:
        once(BanditLaunch(PYTHON, tmp_path, path))
    assert str(caught.value).startswith(path.name)
    assert fault in str(caught.value)


def test_a_broken_configuration_fails_each_check_with_one_process(tmp_path: Path) -> None:
    async def work() -> None:
        bandit = Bandit(BanditLaunch(PYTHON, tmp_path, tmp_path / "none.yaml"))
        for _ in range(3):
            with pytest.raises(ToolError, match=r"none\.yaml"):
                await bandit.check([Document.of("untitled:a", 0, "")])
        assert bandit._child.generation == 1
        await bandit.stop()

    asyncio.run(work())


@pytest.mark.parametrize("args", [("-r",), ("--format", "json"), ("-t",), ("--help",)])
def test_arguments_without_a_meaning_here_are_refused(
    tmp_path: Path, args: tuple[str, ...]
) -> None:
    with pytest.raises(ToolError, match="bandit's arguments are not understood: "):
        once(BanditLaunch(PYTHON, tmp_path, args=args))


@pytest.mark.skipif(os.name == "nt", reason="needs a shell script")
def test_a_python_without_bandit_is_named(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n')
    python.chmod(0o755)
    with pytest.raises(ToolError, match=r"bandit cannot be imported by .*No module named 'bandit'"):
        once(BanditLaunch(python, tmp_path))


def test_the_expert_profile_lets_tests_assert(tmp_path: Path) -> None:
    root = tmp_path / "tests"
    expert = BanditLaunch(PYTHON, root, expert=True)
    root.mkdir()
    assert once(expert, path=root / "src" / "a.py") == ["B101", "B102"]
    for name in ("tests/a.py", "src/test_a.py", "a_test.py", "deep/test/x/a.py", "conftest.py"):
        assert once(expert, path=root / name) == ["B102"], name
    assert once(BanditLaunch(PYTHON, root), path=root / "test_a.py") == ["B101", "B102"]


def test_files_are_decoded_as_python_does(tmp_path: Path) -> None:
    contents = {
        "utf8.py": "x = 'é'; eval('é')\n".encode(),
        "bom.py": "\ufeffx = 'é'; eval('é')\n".encode(),
        "latin.py": "# coding: latin-1\nx = 'é'; eval('é')\n".encode("latin-1"),
        "crlf.py": "x = 'é'\r\rx = 1; eval('é')\r\n".encode(),
        "broken.py": b"def f(",
    }
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    found, error = files(BanditLaunch(PYTHON, tmp_path), [tmp_path / name for name in contents])
    assert error == ""
    assert found == {**{name: ["eval('é')"] for name in contents}, "broken.py": []}


def test_files_that_cannot_be_checked_do_not_stop_the_others(tmp_path: Path) -> None:
    names = ["gone.py", "bytes.py", "cookie.py", "hex.py", "deep.py", "good.py"]
    (tmp_path / "bytes.py").write_bytes(b"x = '\xff'\n")
    (tmp_path / "cookie.py").write_bytes(b"# coding: nope\n")
    (tmp_path / "hex.py").write_bytes(b"# coding: hex\n")
    (tmp_path / "deep.py").write_text("x = " + "-" * 300_000 + "1")
    (tmp_path / "good.py").write_text("exec(x)\n")
    found, error = files(BanditLaunch(PYTHON, tmp_path), [tmp_path / name for name in names])
    assert found == {"good.py": ["exec(x)"]}
    lines = error.splitlines()
    assert len(lines) == 5
    assert lines[0] == f"{tmp_path / 'gone.py'} cannot be read: No such file or directory"
    assert all("cannot be decoded: " in line for line in lines[1:4])
    assert "deep.py: the code is nested too deeply" in lines[4]


def test_a_plugin_cannot_corrupt_the_protocol(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, plugins = tmp_path / "project", tmp_path / "plugins"
    project.mkdir()
    plugins.mkdir()
    (plugins / "noisy.py").write_text(
        "import bandit, os, sys\n"
        "from bandit.core import test_properties as test\n"
        "print('Content-Length: 3')\n"
        "@test.checks('Call')\n"
        "@test.test_id('B900')\n"
        "def noisy(context):\n"
        "    print('hello', flush=True)\n"
        "    os.write(1, b'hello')\n"
        "    sys.stdin.read()\n"
        "    if context.call_args: raise SystemExit(1)\n"
        "    return bandit.Issue('LOW', text='noise')\n"
    )
    info = plugins / "noisy-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: noisy\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[bandit.plugins]\nnoisy = noisy:noisy\n")
    monkeypatch.setenv("PYTHONPATH", str(plugins))
    launch = BanditLaunch(PYTHON, project)
    assert once(launch, "f()\n") == ["B900"]
    with pytest.raises(ToolError, match="an error in bandit: SystemExit"):
        once(launch, "f(1)\n")


def test_many_documents_opened_at_once_do_not_time_out_in_bandit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent, most = 0, 0

    async def start(_child: Child) -> None:
        pass

    async def request(_child: Child, _method: str, _params: object) -> dict[str, Any]:
        nonlocal sent, most
        sent += 1
        most = max(most, sent)
        await asyncio.sleep(0)
        sent -= 1
        return {"findings": [], "silenced": [], "parsed": True}

    monkeypatch.setattr(Child, "start", start)
    monkeypatch.setattr(Child, "request", request)
    documents = [Document.of(to_uri(ROOT / f"{number}.py"), 0, "") for number in range(90)]

    async def run() -> list[list[Report]]:
        bandit = Bandit(BanditLaunch(PYTHON, Path.cwd()))
        return await asyncio.gather(*(bandit.check([each]) for each in documents))

    assert len(asyncio.run(run())) == len(documents)
    assert most == 1


def test_the_worker_ends_with_its_input() -> None:
    argv = worker_command(PYTHON, WORKER)
    worker = subprocess.run(argv, input=b"Content-Length: 9\r\n\r\n{}", check=False)
    assert worker.returncode == 0


@pytest.mark.parametrize(
    ("config", "args"),
    [
        ("[tool.bandit]\nskips = ['B102']\n", ()),
        ("[tool.bandit]\ntests = ['B101']\nexclude_dirs = ['a.py']\n", ()),
        ("", ("--severity-level=high",)),
    ],
)
def test_no_configuration_hides_more_than_a_low_risk_from_the_gate(
    tmp_path: Path, config: str, args: tuple[str, ...]
) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(config)
    bandit = Bandit(BanditLaunch(PYTHON, tmp_path, path if config else None, args))

    document = Document.of(to_uri(tmp_path / "a.py"), 0, "")

    async def work() -> Report:
        try:
            return await bandit.floor(document, "import pickle\nassert x\nexec(x)\n", None)
        finally:
            await bandit.stop()

    assert bandit.is_lowered(document, "")
    assert [each.code for each in asyncio.run(work()).findings] == ["B102"]


def test_without_a_configuration_the_gate_checks_with_bandit_only_once() -> None:
    document = Document.of(to_uri(ROOT / "a.py"), 0, "")
    assert not Bandit(BanditLaunch(PYTHON, ROOT)).is_lowered(document, "")


PROGRESS_BAR = """\
import sys
from python_expert.tools.bandit.bandit_worker.serve import ConfiguredBandit
assert [each["code"] for each in ConfiguredBandit(None, []).check("a.py", "exec(x)")["findings"]]
print("rich.console" in sys.modules)
from rich.progress import Progress
print(Progress().finished, "rich.console" in sys.modules)
"""


def test_bandit_starts_without_its_progress_bar_which_still_works() -> None:
    """A server shows no progress bar, and importing it would delay each start."""
    words = [sys.executable, "-c", PROGRESS_BAR]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == "False\nTrue True\n"
