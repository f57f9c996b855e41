"""The pytest plugin that reports events of the run, and avoids writing files into the project."""

from __future__ import annotations

import os
import re
import sys
import traceback
from typing import TYPE_CHECKING, Any

import pytest

from .buffers import BufferFinder
from .captured import cut_captured, end_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from .measuring import Measuring

LONGEST = 10_000
"""The maximum number of characters of a message or of captured output that are sent."""

LONGEST_OF_OTHERS = 2_000
"""The maximum number of characters of output that are sent for a test that has not failed."""

MOST_FRAMES = 50
"""The maximum number of frames of a failure that are sent, counted from the innermost one."""

_WORST = ("passed", "skipped", "failed", "error")
"""Outcomes of a test's phases; a later one takes precedence over an earlier one."""

_RAISED = "_python_expert_raised"
"""The attribute of a report that holds the error."""

Failure = dict[str, Any]


class Plugin:
    """Reports each test when it ends.

    Args:
        notify: Sends a notification.
        texts: The texts that replace files, by their real paths.
        measuring: Measures the lines that each test runs.

    Attributes:
        fault: The error with which pytest, or a plugin of the project, has failed.
        examples: The tests that are examples in docstrings, with the file and the 0-based line.
    """

    def __init__(
        self, notify: Callable[[str, Any], None], texts: Mapping[str, str], measuring: Measuring
    ) -> None:
        self._notify = notify
        self._measuring = measuring
        self._texts = texts
        self._process = os.getpid()
        self._results: dict[str, dict[str, Any]] = {}
        self._counts = {"ran": 0, "deselected": 0}
        self.fault = ""
        self.examples: dict[str, tuple[str, int]] = {}

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: Any) -> Iterator[None]:  # noqa: ANN401 - pytest's classes are not all public
        """Install the import of the editor's texts before the first conftest is imported."""
        if self._texts:
            BufferFinder(self._texts, early_config).install()
        yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_cmdline_main(self, config: Any) -> Iterator[None]:  # noqa: ANN401
        """Run all tests in this process, which has the texts, even if xdist is configured."""
        if hasattr(config.option, "numprocesses"):
            config.option.numprocesses, config.option.tx, config.option.dist = 0, [], "no"
        yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:  # noqa: ANN401
        """Report the start and the end of a test."""
        result = self._results[item.nodeid] = _blank(item)
        self._notify("started", result)
        name = f"{result['file']}::{result['id']}"
        if hasattr(item, "dtest"):
            self.examples[name] = (result["file"], result["line"])
        self._measuring.test(name)
        yield
        if os.getpid() != self._process:  # the child of a test that forked has returned here
            os._exit(1)
        self._measuring.test("")
        self._notify("finished", self._results.pop(item.nodeid, result))

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_setup(self, item: Any) -> Iterator[None]:  # noqa: ANN401
        """Truncate the captured output at the end of each phase, before pytest reads it."""
        yield
        cut_captured(item.config)

    pytest_runtest_call = pytest_runtest_teardown = pytest_runtest_setup

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, call: Any) -> Iterator[None]:  # noqa: ANN401
        """Store the error of a phase until its report is logged."""
        outcome: Any = yield
        setattr(outcome.get_result(), _RAISED, call.excinfo)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: Any) -> None:  # noqa: ANN401
        """Record the outcome of a test's phase (setup, call, teardown), or of a subtest."""
        excinfo = report.__dict__.pop(_RAISED, None)  # pytest keeps reports until the end
        if (known := self._results.get(report.nodeid)) is None:
            return
        context = getattr(report, "context", None)
        if hasattr(context, "kwargs"):  # it is a subtest's report
            if report.failed:
                _add_subtest(known, context, _failure(report, excinfo), _output(report))
            return
        known["seconds"] += report.duration
        is_skipped = report.outcome == "skipped" and not hasattr(report, "wasxfail")
        self._counts["ran"] += report.failed or (report.when == "call" and not is_skipped)
        if report.outcome not in _WORST:
            return
        ended = report.outcome
        if ended == "failed" and report.when != "call":
            ended = "error"
        if _WORST.index(ended) > _WORST.index(known["outcome"]):
            known["outcome"] = ended
            if ended in ("failed", "error"):
                known |= _failure(report, excinfo)
                known["output"] = _output(report)
        if report.when == "teardown" and not known["output"]:
            known["output"] = _captured(report, LONGEST_OF_OTHERS)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_make_collect_report(self, collector: Any) -> Iterator[None]:  # noqa: ANN401
        """Report a file that could not be collected."""
        outcome: Any = yield
        report = outcome.get_result()
        if report.failed:
            call = getattr(report, "call", None)
            failure = _failure(report, getattr(call, "excinfo", None))
            file = os.path.realpath(getattr(collector, "path", None) or collector.fspath)
            self._notify("unreadable", {"file": file, "line": 0, **failure})

    def pytest_deselected(self, items: Sequence[object]) -> None:
        """Count tests that the options or a plugin deselect."""
        self._counts["deselected"] += len(items)

    def pytest_sessionfinish(self) -> None:
        """Report the number of tests at the end of the run."""
        self._notify("counted", self._counts)

    def pytest_internalerror(self, excrepr: object) -> None:
        """Record an internal error of pytest or of a plugin."""
        self.fault = str(excrepr)[-LONGEST:]


def _within(nodeid: str) -> str:
    """Return a test's id without its file."""
    return nodeid.partition("::")[2]


def _blank(item: Any) -> dict[str, Any]:  # noqa: ANN401
    _, line, _ = item.location
    file = os.path.realpath(getattr(item, "path", None) or item.fspath)
    return {
        "id": _within(item.nodeid),
        "file": file,
        "line": line or 0,
        "outcome": "passed",
        "seconds": 0.0,
        "message": "",
        "frames": [],
        "output": "",
    }


def _failure(report: Any, excinfo: Any) -> Failure:  # noqa: ANN401
    """Return the message and the frames of a failure."""
    error = excinfo.value if excinfo is not None else None
    # For a file that cannot be imported, pytest raises its own error.
    cause = getattr(error, "__cause__", None) if _is_collect_error(error) else None
    shown = cause or error
    crash = getattr(report.longrepr, "reprcrash", None)
    message = str(crash.message) if crash is not None else _errors(str(report.longrepr))
    if cause is not None:
        said = getattr(cause, "msg", None) if isinstance(cause, SyntaxError) else cause
        message = f"{type(cause).__name__}: {said}"
    frames = [] if shown is None else _frames(shown)
    if (example := _example(error)) is not None:
        message, place = example
        frames.append(place)
    return {"message": message[:LONGEST], "frames": frames}


def _add_subtest(known: Failure, context: Any, failure: Failure, output: str) -> None:  # noqa: ANN401
    """Add a failed subtest to its test; the first one determines the place of the failure."""
    given = [f"{name}={value}" for name, value in context.kwargs.items()]
    name = ", ".join([*([str(context.msg)] if context.msg else []), *given]) or "subtest"
    failure = failure | {"message": f"({name}) {failure['message']}", "output": output}
    if known["outcome"] == "failed":
        both = {each: f"{known[each]}\n{failure[each]}"[:LONGEST] for each in ("message", "output")}
        failure = both | {"frames": known["frames"]}
    known |= failure | {"outcome": "failed"}


def _example(error: Any) -> tuple[str, list[Any]] | None:  # noqa: ANN401
    """Return the output and the place of a failed example in a docstring or a text file."""
    if type(error).__name__ == "MultipleDoctestFailures":  # with an option of pytest's
        error = next(iter(error.failures), None)
    doctest = sys.modules.get("doctest")
    if doctest is None or not isinstance(
        error, (doctest.DocTestFailure, doctest.UnexpectedException)
    ):
        return None
    example, test = error.example, error.test
    raised = getattr(error, "exc_info", None)
    got = f"{raised[0].__name__}: {raised[1]}" if raised else error.got
    words = f"{_short(example.source)} gives {_short(got)}, and should give {_short(example.want)}"
    return words, [os.path.realpath(test.filename), (test.lineno or 0) + example.lineno, ""]


def _short(text: str) -> str:
    """Return the first line of an example's source or output."""
    first, *others = text.strip().splitlines() or ["nothing"]
    return f"{first} …" if others else first


def _errors(shown: str) -> str:
    """Return the lines with the error from pytest's representation of a failure."""
    marked = [line[1:].strip() for line in shown.splitlines() if re.match(r"E\s", line)]
    return "\n".join(marked) or shown


def _is_collect_error(error: object) -> bool:
    return isinstance(error, pytest.Collector.CollectError)


def _frames(error: BaseException) -> list[list[Any]]:
    """Return the frames of an error, outermost first, and the place of a syntax error."""
    frames: list[list[Any]] = [
        [os.path.realpath(frame.f_code.co_filename), line - 1, frame.f_code.co_name]
        for frame, line in traceback.walk_tb(error.__traceback__)
        if line and not frame.f_code.co_filename.startswith("<")
    ][-MOST_FRAMES:]
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        frames.append([os.path.realpath(error.filename), error.lineno - 1, ""])
    return frames


def _output(report: Any) -> str:  # noqa: ANN401
    """Return pytest's representation of a failure."""
    return f"{str(report.longrepr)[:LONGEST]}\n\n{_captured(report, LONGEST)}".rstrip()


def _captured(report: Any, longest: int) -> str:  # noqa: ANN401
    share = longest // max(1, len(report.sections))
    return "\n".join(f"{title}:\n{end_of(text, share)}" for title, text in report.sections)
