"""The tests in a text, found by its syntax: nothing is imported."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from python_expert.analysis.error_recovery import BrokenError, mask
from python_expert.text.columns import Encoding, units_to_column
from python_expert.text.document import Position, Range
from python_expert.tools.pytest.doctests import PROMPT, examples
from python_expert.tools.pytest.findings import file_of
from python_expert.tools.tests import Test, TestKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from python_expert.analysis.source import DefinitionNode
    from python_expert.text.document import Document
    from python_expert.tools.pytest.conventions import Conventions

_FIRST_LINE = Range(Position(0, 0), Position(0, 0))

_UNITTEST = re.compile(r"\w*TestCase$")
"""The names of base classes that conventionally mark unittest's test classes."""


def tests_in(document: Document, conventions: Conventions) -> tuple[Test, ...]:
    """Return a document's tests, test classes and docstrings with examples that pytest runs.

    If part of the text does not parse, the tests in the rest are found.
    """
    path = file_of(document)
    is_test_file = path is not None and conventions.is_test_file(path)
    has_examples = conventions.doctest_modules and PROMPT in document.text
    if path is None or not (is_test_file or has_examples):
        return ()
    try:
        _, _, tree = mask(document.text)
    except BrokenError:
        return ()
    found: list[Test] = []
    if is_test_file:
        for name, node in _tests(tree.body, "", conventions, is_unittest=False):
            kind = TestKind.CLASS if isinstance(node, ast.ClassDef) else TestKind.TEST
            found.append(Test(name, _name_range(document, node), kind))
    if has_examples:
        for name, defined in examples(tree, conventions.module_of(path)):
            where = _name_range(document, defined) if defined else _FIRST_LINE
            found.append(Test(name, where, TestKind.EXAMPLES))
    return tuple(found)


def runnable(path: Path, tests: Iterable[Test]) -> list[str]:
    """Return a file's tests that pytest runs one by one, in the form of `RunsTests.run_tests`."""
    return [f"{path}::{each.id}" for each in tests if each.kind is not TestKind.CLASS]


def ids_in(tree: ast.Module, conventions: Conventions) -> list[str]:
    """Return the ids of a text's tests, without those of classes."""
    found = _tests(tree.body, "", conventions, is_unittest=False)
    return [name for name, node in found if not isinstance(node, ast.ClassDef)]


def _tests(
    body: list[ast.stmt], outer: str, conventions: Conventions, *, is_unittest: bool
) -> Iterator[tuple[str, DefinitionNode]]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                named = ("test",) if is_unittest else conventions.functions
                if conventions._replace(functions=named).is_test_function(node.name):
                    yield outer + node.name, node
            case ast.ClassDef():
                is_case = any(_UNITTEST.match(_last_name(base)) for base in node.bases)
                if is_case or conventions.is_test_class(node.name):
                    inner = f"{outer}{node.name}::"
                    tests = [*_tests(node.body, inner, conventions, is_unittest=is_case)]
                    if tests:
                        yield outer + node.name, node
                        yield from tests
            case ast.If() | ast.Try() | ast.TryStar() | ast.With() | ast.AsyncWith():
                yield from _tests(node.body, outer, conventions, is_unittest=is_unittest)
                if not isinstance(node, ast.With | ast.AsyncWith):
                    yield from _tests(node.orelse, outer, conventions, is_unittest=is_unittest)


def _last_name(base: ast.expr) -> str:
    match base:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _name_range(document: Document, node: DefinitionNode) -> Range:
    """Return the range of a definition's name."""
    line = document.lines[node.lineno - 1]
    start = line.find(node.name, units_to_column(line, node.col_offset, Encoding.UTF8))
    column = max(start, 0)
    return Range(
        Position(node.lineno - 1, column), Position(node.lineno - 1, column + len(node.name))
    )
