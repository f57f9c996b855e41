"""Bandit's visitor, driven statement by statement."""

# ruff: noqa: ANN401 - bandit is not typed
from __future__ import annotations

import ast
import contextlib
import importlib
import io
import tokenize
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Raw = tuple[Any, Any]
"""An issue of bandit, and its node."""

Comments = dict[int, Any]
"""The tests that ``# nosec`` comments suppress, by 1-based line."""


class Visitor:
    """Bandit's visitor of one text.

    Args:
        name: The file name given to bandit.
        file: The file content for tests that read the file themselves.
        tests: Bandit's set of tests.
    """

    def __init__(self, name: str, file: io.BytesIO, tests: Any) -> None:
        make = importlib.import_module("bandit.core.node_visitor").BanditNodeVisitor
        metrics = importlib.import_module("bandit.core.metrics").Metrics()
        metrics.begin(name)
        self._inner = inner = make(
            name, file, metaast=None, testset=tests, debug=False, nosec_lines={}, metrics=metrics
        )
        self._found: list[Raw] = []
        self._entered: list[tuple[ast.stmt, str]] = []
        run, results = inner.tester.run_tests, inner.tester.results

        def run_tests(context: dict[str, Any], kind: str) -> None:
            if kind in tests.tests:
                run(context, kind)
                self._found.extend((issue, context.get("node")) for issue in results)
                results.clear()

        inner.tester.run_tests = run_tests
        inner.update_scores = lambda _: None  # bandit ranks files by them; we only rank findings

    @property
    def imports(self) -> set[str]:
        """The modules imported so far."""
        imports: set[str] = self._inner.imports
        return imports

    @property
    def aliases(self) -> dict[str, str]:
        """The names bound to imports so far."""
        aliases: dict[str, str] = self._inner.import_aliases
        return aliases

    @property
    def namespace(self) -> str:
        """The module, with the classes around."""
        return str(self._inner.namespace)

    def visit(self, nodes: Sequence[ast.stmt], comments: Comments) -> list[Raw]:
        """Return the findings in statements; does what bandit's ``generic_visit`` does."""
        for node in nodes:
            self._visit(node, comments)
            self._inner.post_visit(node)
        return self._take()

    def enter(self, nodes: Sequence[ast.stmt], comments: Comments) -> list[Raw]:
        """Return the findings in the header of a class; its body is visited next.

        A class may be entered twice, with and without comments.
        """
        for node in nodes:
            if not self._entered or self._entered[-1][0] is not node:
                self._entered.append((node, self._inner.namespace))
            self._inner.namespace = self._entered[-1][1]
            self._visit(node, comments)
        return self._take()

    def enter_known(self, node: ast.ClassDef) -> None:
        """Enter a class whose header need not be visited."""
        self._entered.append((node, self._inner.namespace))
        self._inner.pre_visit(node)
        self._inner.namespace = f"{self._inner.namespace}.{node.name}"

    def leave(self, node: ast.ClassDef) -> None:
        """Leave a class."""
        self._inner.post_visit(node)
        self._entered.pop()

    def visit_file(self, comments: Comments) -> list[Raw]:
        """Return the findings of tests that check the whole file."""
        self._inner.tester.nosec_lines = comments
        self._inner.fdata.seek(0)
        self._inner.process(ast.Module([], []))
        return self._take()

    def _visit(self, node: ast.stmt, comments: Comments) -> None:
        self._inner.tester.nosec_lines = comments
        self._inner.pre_visit(node)
        self._inner.visit(node)
        self._inner.generic_visit(node)

    def _take(self) -> list[Raw]:
        found = list(self._found)
        self._found.clear()
        return found


def comments_of(source: str) -> Comments:
    """Return the ``# nosec`` comments by 1-based line, as bandit reads them."""
    if "nosec" not in source:
        return {}
    read = importlib.import_module("bandit.core.manager")._parse_nosec_comment  # noqa: SLF001 - bandit has no public function
    found: Comments = {}
    with contextlib.suppress(tokenize.TokenError, SyntaxError):  # as bandit does
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                found[token.start[0]] = read(token.string)
    return found
