"""mypy's first build: open files are reported before the bodies in all imports are checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.mypy_client import Worker, codes, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.one_python

WAITING = """
import os, time
from mypy.plugin import Plugin

def hook(context):
    while not os.path.exists("go"):
        time.sleep(0.01)
    return context.default_return_type

class Waiting(Plugin):
    def get_function_hook(self, fullname):
        return hook if fullname == "b.slow" else None

def plugin(version):
    return Waiting
"""
CLOSED = "def slow() -> int:\n    return 1\n\n\ndef f() -> int:\n    slow()\n    return ''\n"
OPEN = "import b\n\nx: str = b.f()\n\n\ndef g() -> str:\n    return b.f()  # type: ignore[misc]\n"
FOUND = ["2:assignment", "6:unused-ignore", "6:return-value"]


@pytest.fixture(autouse=True)
def _phases() -> None:
    build = pytest.importorskip("mypy.build")
    if not hasattr(build, "process_stale_scc_full"):
        pytest.skip("mypy before 2.4 has no phases")


def test_an_open_file_is_reported_before_the_bodies_in_its_imports_are_checked(
    worker: Worker, tmp_path: Path
) -> None:
    ini = "[mypy]\nplugins = plug.py\n"
    write(tmp_path, {"plug.py": WAITING, "mypy.ini": ini, "b.py": CLOSED})
    worker.start(tmp_path, "--strict")
    worker.show(tmp_path / "a.py", OPEN)
    worker.send("check", {}, id=99)
    while (message := worker.receive()).get("method") != "first":
        assert message["method"] == "progress"
    first_files = message["params"]["files"]
    assert codes(first_files) == {"a.py": FOUND}
    # Only from now on can the body in b.py be checked.
    (tmp_path / "go").touch()
    while (message := worker.receive()).get("id") != 99:
        pass
    assert message["result"]["files"] == {}, "nothing is told twice"
    # The rest of the build is complete: an edit affects a file that was opened now.
    worker.show(tmp_path / "b.py", CLOSED)
    assert worker.codes()["b.py"] == ["6:return-value"]
    worker.show(tmp_path / "b.py", CLOSED.replace("f() -> int", "f() -> str"), 2)
    assert worker.codes()["a.py"] == ["6:unused-ignore"]


def test_findings_in_a_hypothetical_text_are_not_reported(worker: Worker, tmp_path: Path) -> None:
    worker.start(tmp_path)
    worker.show(tmp_path / "a.py", "x: int = 1\n")
    answer = worker.what_if(tmp_path / "a.py", "x: int = ''\n")
    assert codes(answer) == {"a.py": ["0:assignment"]}
    assert worker.first == {}
    assert worker.codes() == {"a.py": []}


def test_a_file_that_mypy_checks_in_one_pass_has_the_same_findings(
    worker: Worker, tmp_path: Path
) -> None:
    comment = "# mypy: no-local-partial-types\n"
    write(tmp_path, {"b.py": comment + "import a\n" + CLOSED})
    worker.start(tmp_path, "--strict")
    worker.show(tmp_path / "a.py", comment + OPEN)
    assert worker.codes() == {"a.py": ["3:assignment", "7:unused-ignore", "7:return-value"]}


def test_a_finding_whose_columns_need_another_parser_is_not_reported_early(
    worker: Worker, tmp_path: Path
) -> None:
    worker.start(tmp_path)
    worker.show(tmp_path / "a.py", "s = 'é'; x: int = ''\n")
    worker.show(tmp_path / "b.py", "x: int = ''\n")
    worker.news()
    assert codes(worker.first) == {"b.py": ["0:assignment"]}
    (finding,) = worker.files[str(tmp_path / "a.py")]["findings"]
    assert finding["column"] == len("s = 'é'; x: int = ".encode())
