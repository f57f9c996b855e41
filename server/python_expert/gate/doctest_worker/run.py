"""Running the examples of docstrings, and counting those that are new."""
# ruff: noqa: ANN401 - values of a module of any kind

from __future__ import annotations

import ast
import doctest
import traceback
from collections import Counter
from typing import TYPE_CHECKING, Any

from python_expert.gate.doctest_worker.limits import Guard, defined_in, forbidden, limit_memory
from python_expert.gate.doctest_worker.loading import error_line, imported, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_SILENCING = doctest.FAIL_FAST | doctest.REPORT_ONLY_FIRST_FAILURE
"""Option flags that skip examples, or that hide failures after the first one."""


class Runner(doctest.DocTestRunner):
    """Runs a docstring's examples in their order, and counts the new ones.

    Args:
        new: The examples that count.
        flags: doctest's option flags.
        guard: Guards each example, but not doctest itself.
    """

    def __init__(self, new: Iterable[doctest.Example], flags: int, guard: Guard) -> None:
        super().__init__(verbose=False, optionflags=flags)
        self.passed = 0
        self.failed: list[dict[str, Any]] = []
        self._new = set(map(id, new))
        self._guard = guard

    def report_start(self, out: Any, test: doctest.DocTest, example: doctest.Example) -> None:
        """Note that an example is about to run."""
        del out, test, example
        self._guard.state = "running"

    def report_success(
        self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str
    ) -> None:
        """Count an example that passes."""
        del out, test, got
        self._guard.state = ""
        self.passed += id(example) in self._new

    def report_failure(
        self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str
    ) -> None:
        """Note an example that fails."""
        del out
        self._guard.state = ""
        if id(example) in self._new:
            line = (test.lineno or 0) + example.lineno + 1
            wanted = example.exc_msg or example.want
            self.failed.append(
                {"line": line, "message": f"expected {_shown(wanted)}, got {_shown(got)}"}
            )

    def report_unexpected_exception(
        self, out: Any, test: doctest.DocTest, example: doctest.Example, exc_info: Any
    ) -> None:
        """Note an example that raises."""
        self._guard.state = ""
        got = traceback.format_exception_only(*exc_info[:2])[-1]
        self.report_failure(out, test, example, got)


def answer_to(request: dict[str, Any]) -> dict[str, Any]:
    """Run the examples of a request and return the answer; see the package."""
    tree = ast.parse(request["after"])
    defined = defined_in(tree)
    flags = _flags(request["flags"])
    answer: list[dict[str, Any]] = []
    tests = []
    for line, old, new in _docstrings(ast.parse(request["before"]), tree, request["lines"]):
        row = {"line": line, "passed": 0, "failed": [], "why": ""}
        answer.append(row)
        try:
            test, added = _added(old, new, line, request)
        except ValueError as error:  # doctest cannot parse it, so a test run would stop
            row["failed"] = [{"line": line, "message": error_line(error)}]
            continue
        sources = [each.source for each in added]
        row["why"] = forbidden(sources, request["name"], defined)
        if not added:
            row["why"] = "doctest does not find them"
        if not row["why"]:
            tests.append((row, test, added))
    if tests:
        guard = Guard()
        names = vars(imported(request, guard))
        limit_memory()
        for row, test, added in tests:
            test.globs = dict(names)
            _run(row, test, added, flags, guard)
    return {"ran": answer}


def _run(
    row: dict[str, Any],
    test: doctest.DocTest,
    added: list[doctest.Example],
    flags: int,
    guard: Guard,
) -> None:
    """Run a docstring's examples and note the results of the added ones."""
    due = [each for each in added if not each.options.get(doctest.SKIP, flags & doctest.SKIP)]
    runner = Runner(due, flags, guard)
    with guard.during(""):
        runner.run(test, out=lambda _text: None, clear_globs=False)
    row.update(passed=runner.passed, failed=runner.failed, why=guard.why)
    if not row["why"] and runner.passed + len(runner.failed) < len(due):
        row["why"] = "not all of them were run"


def _flags(names: Iterable[str]) -> int:
    """Return the option flags with some names.

    Raises:
        ValueError: Only pytest knows one of the flags.
    """
    flags = 0
    for name in names:
        if name not in doctest.OPTIONFLAGS_BY_NAME:
            raise ValueError(f"doctest does not know the option flag {name}")
        flags |= doctest.OPTIONFLAGS_BY_NAME[name]
    return flags & ~_SILENCING


def _docstrings(
    before: ast.Module, after: ast.Module, lines: Iterable[int]
) -> Iterator[tuple[int, str, str]]:
    """Yield the docstrings at some lines: the line, the docstring before, and the docstring after.

    Both texts must have the same definitions. Definitions within functions are left out.
    """
    wanted = set(lines)
    for earlier, later in zip(_definitions(before), _definitions(after)):  # noqa: B905 - 3.9
        text = ast.get_docstring(later, clean=False)
        if text is not None and later.body[0].lineno in wanted:
            yield later.body[0].lineno, ast.get_docstring(earlier, clean=False) or "", text


def _definitions(node: ast.AST) -> Iterator[Any]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield child
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from _definitions(child)


def _added(
    old: str, new: str, line: int, request: dict[str, Any]
) -> tuple[doctest.DocTest, list[doctest.Example]]:
    """Return a docstring's examples, and those that are new."""
    parser = doctest.DocTestParser()
    known = Counter((each.source, each.want) for each in _examples(parser, old))
    test = parser.get_doctest(new, {}, request["name"], request["path"], line - 1)
    added = []
    for each in test.examples:
        each.options = {flag: on for flag, on in each.options.items() if not flag & _SILENCING}
        if known[each.source, each.want]:
            known[each.source, each.want] -= 1
        else:
            added.append(each)
    return test, added


def _examples(parser: doctest.DocTestParser, text: str) -> list[doctest.Example]:
    """Return a docstring's examples; none if they cannot be parsed."""
    try:
        return parser.get_examples(text)
    except ValueError:
        return []


def _shown(output: str) -> str:
    return repr(shortened(output)) if output else "nothing"
