"""For each name that the async proof knows, one edit needs a confirmation because of it."""

from __future__ import annotations

import pytest

from python_expert.analysis.source import Source
from python_expert.gate.verdict import Status
from tests.actions import CONVERT_TO_ASYNC
from tests.gate.to_async_case import OPTIONS

_IMPORTS = "import asyncio, anyio, glob, json, os, pickle, shutil, trio\nfrom pathlib import Path\n"
_TASKS = "async def job(): f('x')\nasync def main(): await asyncio.gather(job(), job())\n"


def reasons_for(body: str, tail: str) -> list[str]:
    """Return the gate's reasons about a function that waits.

    Args:
        body: The function's body, where ``wait`` marks the wait.
        tail: The code below the function.
    """
    text = f"{_IMPORTS}{{}}def f(x):\n    {{}}\n{{}}"
    before = text.format("", body.replace("wait", "time.sleep(1)"), tail)
    calls = tail.replace(" f('x')", " await f('x')")
    after = text.format("async ", body.replace("wait", "await asyncio.sleep(1)"), calls)
    verdict = CONVERT_TO_ASYNC.prove(Source.of(f"import time\n{before}"), Source.of(after), OPTIONS)
    assert verdict.status is Status.CONFIRM
    return [each.message for each in verdict.reasons]


@pytest.mark.parametrize(
    "makes",
    [
        *("loop.create_task", "asyncio.ensure_future", "group.start_soon", "loop.call_soon"),
        *("asyncio.run_coroutine_threadsafe", "loop.call_soon_threadsafe", "loop.call_later"),
        *("loop.call_at", "asyncio.start_server", "asyncio.start_unix_server"),
        *("loop.create_server", "loop.create_unix_server", "asyncio.wait_for", "asyncio.timeout"),
        *("asyncio.timeout_at", "anyio.fail_after", "anyio.move_on_after", "asyncio.gather"),
        *("asyncio.wait", "asyncio.as_completed", "asyncio.TaskGroup", "task.cancel"),
        *("anyio.create_task_group", "trio.open_nursery"),
    ],
)
def test_functions_that_start_or_cancel_tasks(makes: str) -> None:
    reasons = reasons_for("wait", f"def start(loop, group, task): {makes}(task)\n")
    assert reasons == [
        "a task that is cancelled, or that nothing waits for, may end where f waits now"
    ]


@pytest.mark.parametrize(
    "reads",
    [
        *("p.read_text()", "p.read_bytes()", "p.exists()", "os.path.lexists(x)", "p.is_file()"),
        *("p.is_dir()", "os.path.isfile(x)", "os.path.isdir(x)", "os.listdir(x)", "p.iterdir()"),
        *("os.scandir(x)", "os.stat(x)", "os.lstat(x)", "os.path.getsize(x)", "os.walk(x)"),
        *("os.path.getmtime(x)", "os.access(x, 1)", "glob.glob(x)", "p.glob(x)", "p.rglob(x)"),
        *("json.load(open(x))", "pickle.load(open(x))", "open(x).read()", "open(x).readline()"),
        *("open(x).readlines()", "os.readlink(x)", "os.path.samefile(x, x)", "p.is_symlink()"),
        *("os.path.islink(x)", "os.path.ismount(x)", "p.is_mount()"),
    ],
)
def test_functions_that_read_the_disk(reads: str) -> None:
    reasons = reasons_for(f"p = Path(x); {reads}; wait; os.remove(x)", _TASKS)
    assert "while f waits, other tasks may change the files that it reads and writes" in reasons


@pytest.mark.parametrize(
    "writes",
    [
        *("p.write_text(x)", "p.write_bytes(x)", "p.mkdir()", "os.makedirs(x)", "os.rmdir(x)"),
        *("p.unlink()", "os.remove(x)", "os.rename(x, x)", "os.replace(x, x)", "p.touch()"),
        *("os.truncate(x, 1)", "os.symlink(x, x)", "p.symlink_to(x)", "json.dump(x, open(x))"),
        *("pickle.dump(x, open(x))", "open(x).write(x)", "open(x).writelines(x)"),
        *("shutil.copy(x, x)", "shutil.copy2(x, x)", "shutil.copyfile(x, x)", "os.link(x, x)"),
        *("shutil.copytree(x, x)", "shutil.move(x, x)", "shutil.rmtree(x)", "p.hardlink_to(x)"),
        *("os.removedirs(x)", "os.renames(x, x)"),
    ],
)
def test_functions_that_write_to_the_disk(writes: str) -> None:
    reasons = reasons_for(f"p = Path(x); os.stat(x); wait; {writes}", _TASKS)
    assert "while f waits, other tasks may change the files that it reads and writes" in reasons


def threaded(body: str) -> list[str]:
    """Return the gate's reasons about a function that a coroutine runs in a thread."""
    head = "import asyncio, concurrent.futures, socket\nfrom lib import settimeout\n"
    text = f"{head}def load(n):\n    {body}\nasync def job(): {{}}\n"
    verdict = CONVERT_TO_ASYNC.prove(
        Source.of(text.format("load('x')")),
        Source.of(text.format("await asyncio.to_thread(load, 'x')")),
        OPTIONS,
    )
    assert verdict.status is Status.CONFIRM
    return [each.message for each in verdict.reasons]


@pytest.mark.parametrize(
    "error",
    [
        *("TimeoutError", "TimeoutError('x')", "socket.timeout", "concurrent.futures.TimeoutError"),
        *("concurrent.futures.CancelledError", "concurrent.futures.InvalidStateError"),
    ],
)
def test_errors_that_leave_a_thread_as_others(error: str) -> None:
    reasons = threaded(f"open(n); raise {error}")
    assert any(f"raise {error} leaves a thread as another error" in each for each in reasons)


@pytest.mark.parametrize(
    ("handler", "catches"),
    [
        *(("except ValueError: pass", False), ("except (KeyError, OSError): pass", False)),
        *(("except KeyboardInterrupt: pass", True), ("except: pass", True)),
        *(
            ("except BaseException: pass", True),
            ("except (OSError, KeyboardInterrupt): pass", True),
        ),
    ],
)
def test_only_handlers_that_catch_ctrl_c_lose_it_in_a_thread(
    handler: str, *, catches: bool
) -> None:
    reasons = threaded(f"try: open(n)\n    {handler}")
    assert reasons == [
        *["Ctrl-C does not reach threads: load catches it"] * catches,
        "load runs in another thread: other tasks must not change what it uses meanwhile",
    ]


@pytest.mark.parametrize(
    "handler",
    [
        *("except Exception: raise", "except BaseException: raise", "except OSError: raise"),
        *("except: raise", "except (KeyError, OSError): raise", "except Exception as e: raise e"),
    ],
)
def test_errors_that_may_leave_a_thread_as_others(handler: str) -> None:
    reasons = threaded(f"try: open(n)\n    {handler}")
    assert any("may leave a thread as another error" in each for each in reasons)


def test_errors_that_leave_a_thread_unchanged() -> None:
    reasons = threaded("try: open(n)\n    except KeyError: raise")
    assert not any("as another error" in each for each in reasons)
