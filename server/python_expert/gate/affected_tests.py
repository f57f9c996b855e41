"""Test runs on the candidate, for actions that require them.

Tests run only in a folder that the user trusts, after the proof and the tools. Python imports the
candidate in place of the document's file. The candidate is never written to disk.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from python_expert.gate.examples import Evidence, run_examples
from python_expert.gate.verdict import Reason, Status, Verdict
from python_expert.processes.command import ToolError
from python_expert.tools.tests import TestOutcome, TriesTests

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from python_expert.project.project import Project
    from python_expert.text.document import Document
    from python_expert.tools.tests import TestSummary, TestTrials

MOST_NAMED = 5
"""The most broken tests that a message names."""

FAILURES = (TestOutcome.FAILED, TestOutcome.ERROR)


async def collect(
    project: Project,
    documents: Sequence[Document],
    before: str,
    after: str,
    verdict: Verdict,
    *,
    tests: bool,
) -> tuple[Verdict, tuple[Evidence, ...]]:
    """Run the examples that an edit adds and the affected tests, if the verdict depends on them.

    Args:
        project: The document's project.
        documents: The document, and the project's other open documents.
        before: The document's text, with parts that do not parse blanked.
        after: The file or folder after the edit.
        verdict: The proof's verdict.
        tests: Whether the action asks for tests.

    Returns:
        The new verdict, and the results of the runs.
    """
    verdict, evidence = await run_examples(project, documents[0], before, after, verdict)
    if not tests or verdict.status is Status.REFUSED:
        return verdict, evidence
    verdict, ran = await run_tests(project, documents, after, verdict)
    return verdict, (*evidence, *ran)


async def run_tests(
    project: Project, documents: Sequence[Document], after: str, verdict: Verdict
) -> tuple[Verdict, tuple[Evidence, ...]]:
    """Run the tests that an edit affects.

    Args:
        project: The document's project.
        documents: The document, and the project's other open documents.
        after: The file after the edit.
        verdict: The verdict so far.

    Returns:
        The new verdict, and the results. The verdict is refused, with the test's name, if a test
        fails that passes before the edit. It is unproven if no test could be run. A test that also
        fails before the edit does not count.
    """
    tools = project.tools.values()
    trials = next((tool.trials for tool in tools if isinstance(tool, TriesTests)), None)
    passed = 0
    broken: list[str] = []
    why = "no passing test runs the changed code"
    if not project.settings.trusted:
        why = "tests were not run: the folder is not trusted"
    elif trials is None:
        why = "tests were not run: 'tools.pytest.enabled' is false"
    else:
        try:
            passed, broken = await _compare(trials, documents, after)
        except ToolError as error:
            why = f"tests were not run: {error}"
    evidence = (Evidence("tests", passed, len(broken)),) if passed or broken else ()
    if broken:
        reasons = [Reason(f"{name} fails after it and passes before") for name in broken]
        more = len(reasons) - MOST_NAMED
        if more > 0:
            reasons[MOST_NAMED:] = [Reason(f"so do {more} more tests")]
        return Verdict.of(reasons, []), evidence
    if passed:
        return verdict, evidence
    return Verdict.of([], [*verdict.reasons, Reason(why)]), ()


async def _compare(
    trials: TestTrials, documents: Sequence[Document], after: str
) -> tuple[int, list[str]]:
    """Return how many tests pass after an edit, and the names of tests that the edit breaks.

    Raises:
        ToolError: The tests cannot be run.
    """
    document = documents[0]
    wanted = await trials.affected(document, after)
    summary = await trials.run(documents, document, after, wanted)
    failing = [_name(each.file, each.id) for each in summary.results if each.outcome in FAILURES]
    failing += [str(path) for path in summary.unreadable]
    passed = Counter(each.outcome for each in summary.results)[TestOutcome.PASSED]
    broken: list[str] = []
    if failing:
        again = list(dict.fromkeys(map(_without_parameters, failing)))
        then = await trials.run(documents, document, document.text, again)
        broken = [*_broken(failing, then)]
    if summary.message and not broken:
        raise ToolError(summary.message)
    return passed, broken


def _broken(failing: Iterable[str], before: TestSummary) -> Iterable[str]:
    """Yield the names of failing tests that passed before the edit."""
    sound = {
        _name(each.file, each.id) for each in before.results if each.outcome is TestOutcome.PASSED
    }
    for each in failing:
        file, _, test = each.partition("::")
        name = file.replace("\\", "/").rpartition("/")[2]
        if test and each in sound:
            yield f"the test `{test}` in {name}"
        elif not test and any(other.startswith(f"{each}::") for other in sound):
            yield f"importing {name}"


def _name(file: object, test: str) -> str:
    return f"{file}::{test}"


def _without_parameters(name: str) -> str:
    file, mark, test = name.partition("::")
    return file + mark + test.partition("[")[0]
