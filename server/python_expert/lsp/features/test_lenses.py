"""The lenses over tests, and over the functions that tests ran."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from python_expert.isolation import ToolBarriers
from python_expert.lsp.commands import DEBUG_TEST, RUN_TESTS, TEST_OUTPUT
from python_expert.text.paths import to_path
from python_expert.tools.tests import STALE, TestOutcome, in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from python_expert.lsp.client import Client
    from python_expert.text.document import Document
    from python_expert.tools.tests import DebugLaunch, RunsTests, Test, TestedFunction, TestResult

_LENSES = ToolBarriers("finding tests with {}")

_FAILING = (TestOutcome.ERROR, TestOutcome.FAILED)


async def lenses_of(document: Document, runner: RunsTests, client: Client) -> list[dict[str, Any]]:
    """Return lenses that run a document's tests or those of its functions, with their results."""
    barrier = _LENSES[runner.name]
    tests = await asyncio.to_thread(barrier.call, (), runner.tests_in, document)
    tested = await asyncio.to_thread(barrier.call, (), runner.tested_functions, document)
    found = [_function_lens(document, each) for each in tested]
    if tests:
        results = await asyncio.to_thread(barrier.call, (), runner.last_results, document)
        known = _by_test(results)
        debug = None
        if client.debugs_tests:
            debug = await asyncio.to_thread(barrier.call, None, runner.debug_launch)
        found += [
            lens
            for test in tests
            for lens in _test_lenses(document, test, known[test.id], client, debug)
        ]
    return found


def _by_test(results: Iterable[TestResult]) -> Mapping[str, list[TestResult]]:
    """Return the results by test and by class of tests."""
    found: defaultdict[str, list[TestResult]] = defaultdict(list)
    for result in results:
        parts = result.id.partition("[")[0].split("::")
        for length in range(1, len(parts) + 1):
            found["::".join(parts[:length])].append(result)
    return found


def _test_lenses(
    document: Document,
    test: Test,
    results: Sequence[TestResult],
    client: Client,
    debug: DebugLaunch | None,
) -> Iterator[dict[str, Any]]:
    """Yield the lens that runs a test, and lenses for its output and for debugging.

    Args:
        document: The document.
        test: The test, or a class of tests.
        results: Its last results.
        client: The capabilities of the client.
        debug: The command for a debugger, if the client has one.
    """
    where = document.wire_range(test.range, client.encoding)
    argument = {"uri": document.uri, "test": test.id}

    def lens(title: str, command: str, **more: object) -> dict[str, Any]:
        arguments = [{**argument, **more}]
        return {
            "range": where,
            "command": {"title": title, "command": command, "arguments": arguments},
        }

    yield lens(f"Run {test.kind}{_last(results)}", RUN_TESTS)
    if debug is not None and (path := to_path(document.uri)):
        launch = {
            "python": str(debug.python),
            "cwd": str(debug.cwd),
            "module": debug.module,
            "args": [*debug.args, f"{path}::{test.id}"],
        }
        yield lens("Debug", DEBUG_TEST, launch=launch)
    if client.documents_shown and any(each.output for each in results):
        yield lens("Output", TEST_OUTPUT, show=True)


def _function_lens(document: Document, function: TestedFunction) -> dict[str, Any]:
    """Return the lens that runs the tests of a function, with their last results."""
    count = len(function.tests)
    failing = len(
        {
            (each.file, each.id.partition("[")[0])
            for each in function.results
            if each.outcome in _FAILING
        }
    )
    title = f"{count:,} {'test' if count == 1 else 'tests'}"
    title += f", {failing:,} failing" if failing else ""
    command = {
        "title": title + (f" ({STALE})" if any(each.stale for each in function.results) else ""),
        "command": RUN_TESTS,
        "arguments": [{"uri": document.uri, "function": function.name}],
    }
    place = {"line": function.line, "character": 0}
    return {"range": {"start": place, "end": place}, "command": command}


def _last(results: Sequence[TestResult]) -> str:
    """Describe the last results of tests, as the end of a lens's title."""
    if not results:
        return ""
    words = in_words(Counter(each.outcome for each in results))
    if len(results) == 1:
        words = f"{results[0].outcome}, {results[0].seconds * 1000:,.0f} ms"
    return f" ({words}; {STALE})" if any(each.stale for each in results) else f" ({words})"
