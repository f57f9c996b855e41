"""Handles the requests for a test run."""

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
"""Our top-level package; in this process, an empty package has its name."""

AHEAD = ("coverage", "asyncio", "unittest")
"""Modules that most runs import and no project replaces: coverage.py, and imports of plugins."""

LONGEST = 10_000
"""The maximum number of characters of pytest's message that are sent if it could not run."""


class TestRun:
    """The test run of this process.

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
            limited: Whether the run may take at most half of the machine's memory.

        Raises:
            RequestError: There is no pytest.
        """
        if limited:
            _limit_memory()
        # Tests are run like by `pytest`. Tests that need `python -m pytest` find the folder as
        # well, but no file in it hides an installed module.
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
        """Run tests, and report each test when it ends."""
        pytest = importlib.import_module("pytest")
        arguments = ["-o", f"cache_dir={cache}", "--tb=auto", "--continue-on-collection-errors"]
        if importlib.util.find_spec("pytest_cov"):
            # pytest-cov's report on a few tests would replace the project's report on all tests.
            arguments.append("--no-cov")
        sys.dont_write_bytecode = True
        measuring = Measuring(self._root)
        plugin = self._plugin(self._connection.notify, texts, measuring)
        # Each test is reported separately in place of pytest's terminal output. The output of tests
        # is captured.
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
        if lines:  # coverage.py measures the code that examples call, not the examples
            for test, (file, line) in plugin.examples.items():
                lines.setdefault(test, {}).setdefault(file, []).append(line)
        self._connection.notify("ran", {"lines": lines, "loaded": loaded})
        if covered:
            os.chdir(self._root)
            self._connection.notify("covered", measuring.covered(noted))
        return {"status": status, "message": plugin.fault or _reason(printed.getvalue())}


def _file(module: object, root: str) -> str | None:
    """Return the file of a module if it is in a folder; None for other objects in `sys.modules`."""
    file: object = getattr(module, "__file__", None)
    if isinstance(file, str) and file.startswith(root + os.sep):
        return None if "site-packages" in file else file
    return None


def _reason(printed: str) -> str:
    """Return pytest's message if it could not run, without the usage and warnings before it."""
    reason = re.split(r"\berror: ", printed[-LONGEST:], flags=re.IGNORECASE)[-1]
    return re.sub(r"^\s+(inifile|rootdir): .*$", "", reason, flags=re.MULTILINE).strip()


def _limit_memory() -> None:
    """Make an allocation in a test fail before the machine's memory is exhausted; only on Linux.

    Address space that is only reserved, or shared with a file, does not count.
    """
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - does not exist on Windows

        half = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        with contextlib.suppress(OSError, ValueError):  # a lower limit is already set
            resource.setrlimit(resource.RLIMIT_DATA, (half, hard))


def _make_way() -> None:
    """Remove our own packages, which are empty here, so that they do not hide the project's."""
    for name in [each for each in sys.modules if each.split(".")[0] == OURS]:
        del sys.modules[name]


def main() -> None:
    """Serve requests until the input ends."""
    connection = wire.Connection()
    run = TestRun(connection)
    wire.serve(connection, {"start": run.start, "run": run.run}, _explain)


def _explain(error: BaseException) -> RequestError:
    traceback.print_exception(type(error), error, error.__traceback__)
    return RequestError(f"pytest failed: {error!r}", code=wire.INTERNAL_ERROR)
