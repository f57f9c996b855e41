"""The requests about a run of tests."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import platform
import re
import sys
import traceback
from typing import TYPE_CHECKING, Any

from python_expert.processes import wire
from python_expert.processes.wire import RequestError

from .captured import EndOnly
from .measuring import Measuring
from .project_coverage import CoverageOptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OURS = "python_expert"
"""Our top package; in this process, an empty package has its name."""

AHEAD = ("coverage", "asyncio", "unittest")
"""What most runs import, and no project has a part of: coverage.py, and what plugins need."""

LONGEST = 10_000
"""The number of characters that are sent of pytest's message if it could not run."""


class TestRun:
    """The run that this process is for.

    Args:
        connection: The connection with the server.
    """

    __test__ = False  # pytest would collect it

    def __init__(self, connection: wire.Connection) -> None:
        self._connection = connection
        self._root = os.getcwd()  # noqa: PTH109 - paths on sys.path are strings; tests may change it

    def start(self, *, limited: bool) -> dict[str, str]:
        """Import pytest, which takes longer than the rest of a short run.

        Args:
            limited: Whether the run may take half of the machine's memory at most.

        Raises:
            RequestError: There is no pytest.
        """
        if limited:
            _limit_memory()
        # Tests are run as `pytest` runs them; those that count on `python -m pytest` find the
        # folder too, but nothing in it hides what is installed.
        sys.path.append(self._root)
        try:
            pytest = importlib.import_module("pytest")
            self._plugin = importlib.import_module(f"{__package__}.plugin").Plugin
            self._rewritten = importlib.import_module(f"{__package__}.rewritten").RewrittenModules
        except ImportError as error:
            raise RequestError(
                f"pytest cannot be imported by {sys.executable}: {error}; install it there, "
                "or activate the environment that has it (in an editor, you can also set "
                "pythonExpert.interpreter)"
            ) from error
        for name in AHEAD:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        return {"pytest": str(pytest.__version__), "python": platform.python_version()}

    def run(
        self,
        paths: Sequence[str],
        texts: Mapping[str, str],
        cache: str,
        measured: str,
        *,
        covered: bool = False,
    ) -> dict[str, Any]:
        """Run tests, and report each when it ends."""
        pytest = importlib.import_module("pytest")
        arguments = ["-o", f"cache_dir={cache}", "--tb=auto", "--continue-on-collection-errors"]
        if importlib.util.find_spec("pytest_cov"):
            # A report of the coverage of a few tests would replace that of all.
            arguments.append("--no-cov")
        sys.dont_write_bytecode = True
        measuring = Measuring(self._root)
        plugin = self._plugin(self._connection.notify, texts, measuring)
        # What the terminal would show is reported test by test. What tests write is captured.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        self._rewritten(cache).install()
        _make_way()
        noted = CoverageOptions()
        measuring.start(measured, covered=covered)
        with contextlib.redirect_stderr(EndOnly()) as printed:
            status = int(pytest.main([*arguments, *paths], plugins=[plugin, noted]))
        files = (_file(module, self._root) for module in [*sys.modules.values()])
        loaded = sorted({os.path.realpath(file) for file in files if file})
        lines = measuring.stop()
        if lines:  # coverage.py sees what examples call, not themselves
            for test, (file, line) in plugin.examples.items():
                lines.setdefault(test, {}).setdefault(file, []).append(line)
        self._connection.notify("ran", {"lines": lines, "loaded": loaded})
        if covered:
            os.chdir(self._root)
            self._connection.notify("covered", measuring.covered(noted))
        return {"status": status, "message": plugin.fault or _reason(printed.getvalue())}


def _file(module: object, root: str) -> str | None:
    """The file of a module in a folder; of what stands for modules there is none."""
    file: object = getattr(module, "__file__", None)
    if isinstance(file, str) and file.startswith(root + os.sep):
        return None if "site-packages" in file else file
    return None


def _reason(printed: str) -> str:
    """Pytest's message if it could not run, without the usage, files and warnings before it."""
    reason = re.split(r"\berror: ", printed[-LONGEST:], flags=re.IGNORECASE)[-1]
    return re.sub(r"^\s+(inifile|rootdir): .*$", "", reason, flags=re.MULTILINE).strip()


def _limit_memory() -> None:
    """Have an allocation fail, in the test, before the machine's memory ends; on Linux only.

    Address space that is only reserved, or shared with a file, does not count.
    """
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - does not exist on Windows

        half = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        with contextlib.suppress(OSError, ValueError):  # a lower limit is there already
            resource.setrlimit(resource.RLIMIT_DATA, (half, hard))


def _make_way() -> None:
    """Take our own packages, which are empty here, out of the way of the project's imports."""
    for name in [each for each in sys.modules if each.split(".")[0] == OURS]:
        del sys.modules[name]


def main() -> None:
    """Serve until the input ends."""
    connection = wire.Connection()
    run = TestRun(connection)
    wire.serve(connection, {"start": run.start, "run": run.run}, _explain)


def _explain(error: BaseException) -> RequestError:
    traceback.print_exception(type(error), error, error.__traceback__)
    return RequestError(f"pytest failed: {error!r}", code=wire.INTERNAL_ERROR)
