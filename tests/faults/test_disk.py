"""Full disks, files that are replaced or unreadable, and clocks that jump."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from tests.client import Client, shows, uri
from tests.conftest import SERVER, patched, write
from tests.faults.conftest import selected
from tests.faults.siege import MARK, pids_with_mark, wait_until
from tests.scale import LONG

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.faults.conftest import Tally

pytestmark = pytest.mark.one_python

TEXT = "import subprocess\n\nx: int = ''\n"
CODES = ["B404", "F401", "assignment"]
LONGER_TEXT = TEXT + "y = undefined\n"
LONGER_CODES = [*CODES, "F821"]

AS_ORDINARY_USER = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
"""A command prefix that makes file permissions apply to root."""

SERVER_WITH_JUMPING_CLOCK = patched(
    "import itertools, time\n"
    "real, jumps = time.time, itertools.cycle((0, 1e7, -1e7, 3600, -86400))\n"
    "time.time = lambda: real() + next(jumps)\n"
    "from python_expert.processes import child\n"
    "child.FIRST_BACK_OFF_S = 0.05"
)
"""A server whose wall clock jumps at each reading."""


@contextmanager
def at_work(
    folder: Path, argv: Sequence[str] = SERVER, env: Mapping[str, str] | None = None
) -> Iterator[Client]:
    """An editor with a server. The server must exit with status 0 and leave no process behind."""
    mark = str(folder)
    with Client(argv, env={MARK: mark, **(env or {})}) as editor:
        editor.initialize([folder])
        yield editor
        assert editor.shutdown() == 0
    wait_until(lambda: not pids_with_mark(mark), lambda: f"{pids_with_mark(mark)} live on")


@contextmanager
def small_disk(place: Path, options: str = "size=64k") -> Iterator[Path]:
    """A separate file system. The test is skipped on platforms without one."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "none", str(place)]
    if (
        sys.platform != "linux"
        or os.geteuid() != 0
        or subprocess.run(command, check=False).returncode
    ):
        pytest.skip("a file system of its own can be had by root on Linux only")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place: Path) -> None:
    """Fill a disk completely."""
    with suppress(OSError), (place / "filler").open("wb", buffering=0) as file:
        while file.write(b"x" * 1024):
            pass


def permissions_prefix() -> list[str]:
    """Return the command prefix that makes file permissions apply to a program."""
    if os.name == "nt":
        pytest.skip("permissions are others on Windows")
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("root may read everything, and there is no setpriv to give that up")
    return AS_ORDINARY_USER


def check_findings(editor: Client, path: Path) -> None:
    """Check the findings of a document before and after an edit."""
    document = editor.open(path, TEXT)
    editor.wait_diagnostics(document, shows(*CODES), version=1)
    editor.change(document, 2, LONGER_TEXT)
    editor.wait_diagnostics(document, shows(*LONGER_CODES), version=2)


def test_findings_are_right_while_no_temporary_file_can_be_written(
    tmp_path: Path, tally: Tally
) -> None:
    folder = write(tmp_path / "project", {"pyproject.toml": "", "x.py": TEXT})
    with small_disk(tmp_path / "disk") as disk:
        env = {"TMPDIR": str(disk), "XDG_CACHE_HOME": str(disk)}
        with tally.survives("a full disk for temporary files"), at_work(folder, env=env) as editor:
            check_findings(editor, folder / "x.py")
            # One second after a save, the server compares mypy's live findings with those of a run.
            editor.save(folder / "x.py")
            wait_until(lambda: any(disk.glob("python-expert-*")), lambda: "there was no run")
            fill(disk)
            editor.change(folder / "x.py", 3, TEXT)
            editor.wait_diagnostics(folder / "x.py", shows(*CODES), version=3)
            editor.save(folder / "x.py")
            editor.wait_stderr("could not be compared")
            editor.change(folder / "x.py", 4, LONGER_TEXT)
            editor.wait_diagnostics(folder / "x.py", shows(*LONGER_CODES), version=4)
            assert editor.messages == []
            assert "Traceback" not in editor.stderr
    tally.right("a full disk for temporary files", 4)


def test_an_unsaved_buffer_is_checked_while_the_disk_is_full(tmp_path: Path, tally: Tally) -> None:
    with small_disk(tmp_path / "disk") as disk:
        fill(disk)
        with (
            tally.survives("a full disk, and no folder"),
            Client(SERVER, env={"TMPDIR": str(disk)}) as editor,
        ):
            editor.initialize()
            document = editor.open("untitled:Untitled-1", TEXT)
            editor.wait_diagnostics(document, shows(*CODES))
            assert editor.shutdown() == 0
    tally.right("a full disk, and no folder")


@pytest.mark.parametrize("kind", ["full", "read-only"])
def test_findings_are_right_on_a_disk_that_cannot_be_written(
    tmp_path: Path, tally: Tally, kind: str
) -> None:
    with small_disk(tmp_path / "disk") as disk:
        folder = write(disk / "project", {"pyproject.toml": "", "x.py": TEXT})
        if kind == "full":
            fill(disk)
        else:
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with tally.survives(f"a project on a {kind} disk"), at_work(folder) as editor:
            check_findings(editor, folder / "x.py")
            assert editor.messages == []
    tally.right(f"a project on a {kind} disk", 2)


def test_findings_are_right_in_a_folder_that_must_not_be_written(
    tmp_path: Path, tally: Tally
) -> None:
    folder = write(tmp_path / "project", {"pyproject.toml": "", "x.py": TEXT})
    folder.chmod(0o555)
    with (
        tally.survives("a read-only folder"),
        at_work(folder, [*permissions_prefix(), *SERVER]) as editor,
    ):
        check_findings(editor, folder / "x.py")
        assert editor.messages == []
    folder.chmod(0o755)
    tally.right("a read-only folder", 2)


@pytest.mark.parametrize("what", [".", "sub", "sub/x.py", "pyproject.toml", "mypy.ini"])
def test_unreadable_files_do_not_stop_checks_of_an_open_buffer(
    tmp_path: Path, tally: Tally, what: str
) -> None:
    files = {"pyproject.toml": "", "sub/x.py": TEXT, "sub/y.py": TEXT}
    folder = write(
        tmp_path / "project", files | ({"mypy.ini": "[mypy]\n"} if "mypy" in what else {})
    )
    (folder / what).chmod(0)
    try:
        with (
            tally.survives(f"{what} without permission"),
            at_work(folder, [*permissions_prefix(), *SERVER]) as editor,
        ):
            document = editor.open(folder / "sub/x.py", TEXT)
            editor.wait_diagnostics(document, lambda items: len(items) >= 2)
            other = editor.open(folder / "z.py", TEXT)
            editor.wait_diagnostics(other, lambda items: len(items) >= 2)
            assert len({each["message"] for each in editor.messages}) == len(editor.messages)
            assert "Traceback" not in editor.stderr
    finally:
        (folder / what).chmod(0o755)
    tally.right(f"{what} without permission", 2)


CHANGES = (
    "deleted",
    "renamed",
    "replaced by a folder",
    "replaced by a loop",
    "replaced by a pipe",
    "in the future",
    "before all time",
    "its configuration deleted",
    "its configuration replaced by a folder",
    "its configuration replaced by a loop",
    "its configuration in the future",
    "its configuration before all time",
    "loops of folders beside it",
    "its folder deleted",
    "its folder replaced by a file",
)


def change_on_disk(folder: Path, disk_change: str) -> None:
    """Change a file, its project's configuration, or its folder."""
    path = folder / ("pyproject.toml" if "configuration" in disk_change else "x.py")
    match disk_change.removeprefix("its configuration "):
        case "deleted":
            path.unlink()
        case "renamed":
            path.rename(folder / "moved.py")
        case "replaced by a folder":
            path.unlink()
            path.mkdir()
        case "replaced by a loop":
            path.unlink()
            path.symlink_to(path.name)
        case "replaced by a pipe":
            path.unlink()
            os.mkfifo(path)
        case "in the future":
            os.utime(path, (4e9, 4e9))
        case "before all time":
            os.utime(path, (-1e9, -1e9))
        case "loops of folders beside it":
            (folder / "loop").symlink_to(".")
            (folder / "one").symlink_to("two")
            (folder / "two").symlink_to("one")
        case _:
            shutil.rmtree(folder)
            if "file" in disk_change:
                folder.touch()


@pytest.fixture(scope="module")
def server() -> Iterator[Client]:
    """One server without a workspace folder for all changes of files. It must exit cleanly."""
    with Client(SERVER) as editor:
        editor.initialize()
        yield editor
        assert editor.shutdown() == 0
        assert "Traceback" not in editor.stderr


@pytest.mark.parametrize("disk_change", selected(CHANGES, ["deleted", "its folder deleted"], 4))
def test_an_open_buffer_keeps_its_findings_when_its_file_changes(
    server: Client, tmp_path: Path, tally: Tally, disk_change: str
) -> None:
    server.messages.clear()
    folder = write(tmp_path / "project", {"pyproject.toml": "", "x.py": TEXT})
    document = server.open(folder / "x.py", TEXT)
    server.wait_diagnostics(document, shows(*CODES))
    with tally.survives(f"a file: {disk_change}"):
        change_on_disk(folder, disk_change)
        changes = [{"uri": uri(folder / name), "type": 2} for name in ("x.py", "pyproject.toml")]
        server.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        server.save(document)
        server.change(document, 2, LONGER_TEXT)
        server.wait_diagnostics(document, shows(*LONGER_CODES), version=2)
        other = server.open(folder / "other.py", TEXT)
        server.wait_diagnostics(other, shows(*CODES))
        assert len({each["message"] for each in server.messages}) == len(server.messages)
    server.close(document)
    server.close(other)
    tally.right(f"a file: {disk_change}", 2)


def test_the_folder_for_buffers_without_a_name_may_vanish(tmp_path: Path, tally: Tally) -> None:
    with (
        tally.survives("the folder for unnamed buffers deleted"),
        Client(SERVER, env={"TMPDIR": str(tmp_path)}) as editor,
    ):
        editor.initialize()
        document = editor.open("untitled:Untitled-1", TEXT)
        editor.wait_diagnostics(document, shows(*CODES))
        for folder in tmp_path.glob("python-expert-*"):
            shutil.rmtree(folder)
        editor.change(document, 2, LONGER_TEXT)
        editor.wait_diagnostics(document, shows(*LONGER_CODES), version=2)
        assert editor.shutdown() == 0
    tally.right("the folder for unnamed buffers deleted", 2)


def test_a_clock_that_jumps_disturbs_nothing(tmp_path: Path, tally: Tally) -> None:
    folder = write(tmp_path / "project", {"pyproject.toml": "", "x.py": TEXT})
    edits = 200 if LONG else 20
    with tally.survives("a clock that jumps"), at_work(folder, SERVER_WITH_JUMPING_CLOCK) as editor:
        check_findings(editor, folder / "x.py")
        for number in range(3, 3 + edits):
            editor.change(folder / "x.py", number, f"{LONGER_TEXT}# {number}\n")
        editor.wait_diagnostics(folder / "x.py", shows(*LONGER_CODES), version=2 + edits)
        editor.request("workspace/executeCommand", {"command": "pythonExpert.restartTools"})
        editor.change(folder / "x.py", 3 + edits, TEXT)
        editor.wait_diagnostics(folder / "x.py", shows(*CODES), version=3 + edits)
        assert editor.messages == []
    tally.right("a clock that jumps", 3)
