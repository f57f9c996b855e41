"""Shows the output and the failures of tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_expert.lsp.features.showing import Showing
from python_expert.text.paths import to_path
from python_expert.tools.tests import covers, runner_among

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.lsp.feature_context import FeatureContext
    from python_expert.tools.tests import TestResult

FILE = "test output.txt"
"""The name of the file that the editor opens."""


class TestOutput:
    """The output of the last run of each test.

    Args:
        context: The shared context of the session's features.
    """

    __test__ = False

    def __init__(self, context: FeatureContext) -> None:
        self._documents = context.documents
        self._projects = context.projects
        self._showing = Showing(context.protocol, context.client)
        self._ready = context.ready

    async def execute(self, argument: Any) -> str:  # noqa: ANN401 - JSON is untyped
        """Carry out the command ``pythonExpert.testOutput``.

        Args:
            argument: {uri, test, show}: an open file, the id of a test or a class in it, and
                whether the editor opens the text.

        Returns:
            The output of these tests in their last run, as text, or an empty string.
        """
        words = argument if isinstance(argument, dict) else {}
        await self._ready.wait()
        uri, test = (words.get(key) for key in ("uri", "test"))
        document = self._documents.get(uri) if isinstance(uri, str) else None
        if document is None:
            return ""
        runner = runner_among(self._projects.of(document.uri).tools.values())
        if runner is None:
            return ""
        within = test if isinstance(test, str) else ""
        known = runner.last_results(document)
        name = (to_path(document.uri) or Path()).name
        text = in_text(name, (each for each in known if covers(within, each.id)))
        if text and words.get("show") is True:
            await self._showing.show(FILE, text, focus=True)
        return text

    def stop(self) -> None:
        """Delete the files that were shown."""
        self._showing.stop()


def in_text(file: str, results: Iterable[TestResult]) -> str:
    """Return the output of a file's tests, under a heading for each test with output."""
    parts = [
        f"{file}::{each.id} ({each.outcome})\n\n{each.output.rstrip()}\n"
        for each in results
        if each.output
    ]
    return "\n\n".join(parts)
