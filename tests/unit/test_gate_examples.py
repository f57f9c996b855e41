"""When the gate runs new examples in docstrings, and how it uses the results."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from python_expert.gate import examples
from python_expert.gate.examples import Evidence, run_examples
from python_expert.gate.verdict import Reason, Status, Verdict
from python_expert.processes.command import ToolCrashError, ToolError
from python_expert.text.document import Document
from tests.conftest import write

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.processes.command import Command
    from python_expert.project.project import Project

BEFORE = "def double(n):\n    return 2 * n\n"
EXAMPLE = Reason("it has examples", 1, "double#1", examples=True)
OTHER = Reason("something else", 5, "other")


def row(passed: int = 1, failed: tuple[tuple[int, str], ...] = (), why: str = "") -> dict[str, Any]:
    """Return the process's result for the docstring on the second line."""
    rows = [{"line": line, "message": message} for line, message in failed]
    return {"line": 2, "passed": passed, "failed": rows, "why": why}


class Case:
    """A project in which a stand-in process runs examples.

    Args:
        folder: The project's folder.
        monkeypatch: Replaces the process.
        answer: The answer of the process, or the exception that it raises.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, answer: object) -> None:
        self.folder, self.trusted, self.interpreter = folder, True, SimpleNamespace(path="python")
        self.requests: list[dict[str, Any]] = []
        self.commands: list[Command] = []

        async def run(command: Command, *, stdin: bytes, deadline_s: float) -> Any:  # noqa: ANN401 - as `run`
            assert deadline_s > 0
            self.commands.append(command)
            self.requests.append(json.loads(stdin))
            if isinstance(answer, Exception):
                raise answer
            return 0, json.dumps(answer).encode(), b""

        monkeypatch.setattr(examples, "run", run)

    def judged(
        self,
        *reasons: Reason,
        refused: bool = False,
        name: str = "pkg/mod.py",
        before: str = BEFORE,
    ) -> tuple[Verdict, tuple[Evidence, ...]]:
        """The verdict after the run, and the evidence."""
        chosen_reasons = [*reasons] or [EXAMPLE]
        verdict = Verdict.of(chosen_reasons if refused else [], [] if refused else chosen_reasons)
        project = SimpleNamespace(
            root=self.folder,
            settings=SimpleNamespace(trusted=self.trusted),
            environment=SimpleNamespace(interpreter=self.interpreter),
        )
        document = Document.of((self.folder / name).as_uri(), 1, BEFORE)
        return asyncio.run(
            run_examples(cast("Project", project), document, before, "after", verdict)
        )


def messages(verdict: Verdict) -> list[str]:
    """Return the reasons of a verdict, each with its 1-based line."""
    return [f"{each.line + 1}: {each.message}" for each in verdict.reasons]


def test_examples_that_pass_are_proven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(tmp_path, monkeypatch, {"ran": [row(passed=3)]})
    verdict, evidence = case.judged()
    assert (verdict, evidence) == (Verdict(Status.ACCEPTED), (Evidence("doctest", 3, 0),))
    assert evidence[0].message == "3 of 3 new examples in docstrings pass"
    verdict, _ = case.judged(EXAMPLE, OTHER)
    assert (verdict.status, verdict.reasons) == (Status.CONFIRM, (OTHER,))


def test_an_example_that_fails_refuses_its_docstring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = ((4, "expected 4, got 5"), (6, "expected 6, got 7"))
    case = Case(tmp_path, monkeypatch, {"ran": [row(1, failed)]})
    verdict, evidence = case.judged()
    assert verdict.status is Status.REFUSED
    assert messages(verdict) == [
        "4: the example in `double` fails: expected 4, got 5",
        "6: the example in `double` fails: expected 6, got 7",
    ]
    assert {each.key for each in verdict.reasons} == {"double#1"}
    assert evidence[0].message == "1 of 3 new examples in docstrings pass"


def test_an_example_that_sphinx_prepares_may_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conf = "extensions = ['sphinx.ext.doctest']\ndoctest_global_setup = 'import pkg'\n"
    write(tmp_path, {"docs/conf.py": conf})
    case = Case(tmp_path, monkeypatch, {"ran": [row(0, ((4, "NameError"),))]})
    verdict, evidence = case.judged(EXAMPLE, OTHER)
    assert verdict.status is Status.CONFIRM
    assert messages(verdict) == ["6: something else", "4: the example in `double` fails: NameError"]
    assert evidence == (Evidence("doctest", 0, 1),)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"ran": [row(why="it waits for input")]}, "it waits for input"),
        ({"ran": []}, "they are in a function's body"),
        ({"why": "the module cannot be imported"}, "the module cannot be imported"),
        (ToolError("no memory"), "no memory"),
        (ToolCrashError("it died"), "they did not end within 15 s"),
        ([1], "the process that runs them sent an invalid response"),
    ],
    ids=["one", "none", "module", "error", "crash", "nonsense"],
)
def test_examples_that_cannot_be_run_need_confirmation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: object, why: str
) -> None:
    verdict, evidence = Case(tmp_path, monkeypatch, answer).judged()
    assert (verdict.status, evidence) == (Status.CONFIRM, ())
    assert messages(verdict) == [f"2: it has examples; they were not run: {why}"]


def test_nothing_is_run_where_that_is_unsafe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(tmp_path, monkeypatch, {"ran": [row()]})
    tests = "tests cannot import this file"
    expected = {"pkg/__main__.py": tests, "conftest.py": tests, "setup.py": tests, "a.pyi": tests}
    for name, why in expected.items():
        assert messages(case.judged(name=name)[0])[0].endswith(f"not run: {why}")
    reasons_given = messages(case.judged(before="x = 1\n")[0])
    assert reasons_given == [
        "2: it has examples; they were not run: a part of the file does not parse"
    ]
    case.interpreter = None  # type: ignore[assignment]  # as where none was found
    assert messages(case.judged()[0])[0].endswith("not run: no Python was found for the project")
    case.trusted = False
    assert messages(case.judged()[0])[0].endswith("not run: the folder is not trusted")
    assert case.requests == []


def test_nothing_is_run_if_the_verdict_does_not_depend_on_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(tmp_path, monkeypatch, {"ran": [row()]})
    assert case.judged(OTHER) == (Verdict(Status.CONFIRM, (OTHER,)), ())
    assert case.judged(EXAMPLE, refused=True) == (Verdict(Status.REFUSED, (EXAMPLE,)), ())
    assert case.requests == []


@pytest.mark.parametrize(
    ("name", "module", "folder"),
    [
        ("pkg/mod.py", "pkg.mod", ""),
        ("pkg/__init__.py", "pkg", ""),
        ("alone/mod.py", "mod", "alone"),
    ],
)
def test_the_process_gets_the_module_and_the_options_of_the_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, module: str, folder: str
) -> None:
    ini = "[pytest]\ndoctest_optionflags = ELLIPSIS\n    NORMALIZE_WHITESPACE\n"
    write(tmp_path, {"pkg/__init__.py": "", f"{name.partition('/')[0]}/pytest.ini": ini})
    case = Case(tmp_path, monkeypatch, {"ran": [row()]})
    case.judged(EXAMPLE, EXAMPLE._replace(line=7), name=name)
    assert case.requests == [
        {
            "path": str(tmp_path / name),
            "name": module,
            "folders": [str(tmp_path / folder)] + ([str(tmp_path)] if folder else []),
            "flags": ["ELLIPSIS", "NORMALIZE_WHITESPACE"],
            "before": BEFORE,
            "after": "after",
            "lines": [2, 8],
        }
    ]
    (command,) = case.commands
    assert command.env == {"PYTHONDONTWRITEBYTECODE": "1"}
