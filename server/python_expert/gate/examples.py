"""Test runs of new docstring examples, as the project's own tests would run them.

Examples run only in a folder that the user trusts, after the proof. The imported module therefore
differs from the user's module only in docstrings. `doctest_worker` limits what examples may do.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.gate.doctests import is_prepared_by_sphinx, option_flags
from python_expert.gate.verdict import Circumstances, Reason, Status, Verdict
from python_expert.processes.command import (
    INVALID_ANSWER,
    Command,
    ToolCrashError,
    ToolError,
    run,
    worker_command,
)
from python_expert.text.paths import package_root, to_path

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.project.project import Project
    from python_expert.text.document import Document

DEADLINE_S = 15.0
"""Seconds for importing the module and running its new examples.

The process takes 0.1 s, and a large package 1 to 2 s. On a busy machine, this takes ten times as
long.
"""

WORKER = "python_expert.gate.doctest_worker"

NOT_COLLECTED = ("__main__.py", "conftest.py", "setup.py")
"""Files whose import has effects."""


_KINDS = {"doctest": "new examples in docstrings", "tests": "tests of what it changes"}


class Evidence(NamedTuple):
    """The result of running examples.

    Attributes:
        kind: ``doctest`` or ``tests``.
        passed: The number of examples or tests that passed.
        failed: The number that failed. Tests count only if they passed before the edit.
    """

    kind: str
    passed: int
    failed: int

    @property
    def message(self) -> str:
        """The result as text for the user."""
        total = self.passed + self.failed
        return f"{self.passed} of {total} {_KINDS[self.kind]} pass"


async def run_examples(
    project: Project, document: Document, before: str, after: str, verdict: Verdict
) -> tuple[Verdict, tuple[Evidence, ...]]:
    """Run the examples that an edit adds, if the verdict depends on them.

    Args:
        project: The document's project.
        document: The document.
        before: The document's text, with parts that do not parse blanked.
        after: The text after the edit.
        verdict: The proof's verdict.

    Returns:
        The new verdict, and the results of the runs. Examples that pass are proven. A failing
        example refuses its docstring. An example that cannot be run stays unproven, with the
        reason. If Sphinx prepares examples, a failing example also stays unproven.
    """
    asked = [each for each in verdict.reasons if each.examples]
    if verdict.status is not Status.CONFIRM or not asked:
        return verdict, ()
    rows: dict[int, dict[str, Any]] = {}
    try:
        why = _obstacle(project, document, before)
        if not why:
            rows = await _run(project, document, before, after, asked)
    except ToolCrashError:
        why = f"they did not end within {DEADLINE_S:g} s"
    except ToolError as error:
        why = str(error)
    except INVALID_ANSWER:
        why = "the process that runs them sent an invalid response"
    refused: list[Reason] = []
    unproven = [each for each in verdict.reasons if not each.examples]
    passed = 0
    for reason in asked:
        row = rows.get(reason.line + 1)
        if row is None or row["why"]:
            cause = row["why"] if row else why or "they are in a function's body"
            message = f"{reason.message}; they were not run: {cause}"
            unproven.append(reason._replace(message=message))
            continue
        passed += row["passed"]
        where = f"`{reason.key.partition('#')[0]}`"
        refused += [
            Reason(f"the example in {where} fails: {message}", line - 1, reason.key, examples=True)
            for line, message in row["failed"]
        ]
    ran = passed + len(refused)
    evidence = (Evidence("doctest", passed, len(refused)),) if ran else ()
    if refused:
        circumstances = _circumstances(project, document)
        if await asyncio.to_thread(is_prepared_by_sphinx, circumstances):
            refused, unproven = [], [*unproven, *refused]
    return Verdict.of(refused, unproven), evidence


def _obstacle(project: Project, document: Document, before: str) -> str:
    """Return why no example can be run, or an empty string."""
    path = to_path(document.uri)
    if not project.settings.trusted:
        return "the folder is not trusted"
    if project.environment.interpreter is None:
        return "no Python was found for the project"
    if path is None or path.suffix != ".py" or path.name in NOT_COLLECTED:
        return "tests cannot import this file"
    if before != document.text:
        return "a part of the file does not parse"
    return ""


async def _run(
    project: Project, document: Document, before: str, after: str, asked: list[Reason]
) -> dict[int, dict[str, Any]]:
    """Run the examples and return the result for each docstring, by the docstring's line.

    Raises:
        ToolError: Nothing could be run.
    """
    path, interpreter = to_path(document.uri), project.environment.interpreter
    assert path is not None  # noqa: S101  # nosec B101 - see `_obstacle`
    assert interpreter is not None  # noqa: S101  # nosec B101 - checked by `_obstacle`
    request = {
        **await asyncio.to_thread(_about, path, _circumstances(project, document)),
        "before": before,
        "after": after,
        "lines": [each.line + 1 for each in asked],
    }
    argv = worker_command(interpreter.path, WORKER)
    command = Command(argv, project.root, {"PYTHONDONTWRITEBYTECODE": "1"})
    _, out, _ = await run(command, stdin=json.dumps(request).encode(), deadline_s=DEADLINE_S)
    answer = json.loads(out)
    if "why" in answer:
        raise ToolError(answer["why"])
    return {
        row["line"]: {**row, "failed": [(each["line"], each["message"]) for each in row["failed"]]}
        for row in answer["ran"]
    }


def _circumstances(project: Project, document: Document) -> Circumstances:
    return Circumstances(path=str(to_path(document.uri) or ""), root=str(project.root))


def _about(path: Path, circumstances: Circumstances) -> dict[str, Any]:
    """Return the part of the request that describes the module. Reads files."""
    folder = package_root(path)
    parts = path.relative_to(folder).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return {
        "path": str(path),
        "name": name,
        "folders": list(dict.fromkeys((str(folder), circumstances.root))),
        "flags": option_flags(circumstances),
    }
