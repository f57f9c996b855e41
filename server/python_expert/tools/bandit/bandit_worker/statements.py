"""Runs bandit's tests statement by statement; unchanged statements are not visited again."""

# ruff: noqa: ANN401 - bandit is not typed
from __future__ import annotations

import ast
import copy
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from .visitor import Visitor, comments_of

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterator, Sequence

    Json = dict[str, Any]
    Aliases = tuple[tuple[str, str], ...]

    from .visitor import Comments, Raw

FILES = 20
"""The number of files whose results are kept."""

STATES = 10_000
"""The number of different sets of imports after which all results are dropped."""

_SEES_THE_MODULE = "django.utils.safestring"
"""If this is imported, bandit also reads assignments elsewhere in the module."""


class StatementFindings(NamedTuple):
    """Bandit's findings in a part of a text.

    Attributes:
        findings: The findings; their lines count from the part's first line.
        silenced: Findings that a ``# nosec`` suppresses.
        comments: These comments; their lines count in the same way.
        imports: The modules that the part imports.
        aliases: The names that it binds to imports.
    """

    findings: tuple[Json, ...]
    silenced: tuple[Json, ...]
    comments: Comments
    imports: frozenset[str]
    aliases: Aliases


class _Piece(NamedTuple):
    """The lines from a statement to the next one in its block that starts on another line.

    Attributes:
        line: The 0-based number of the first line.
        end: The 0-based number of the line after it.
        statements: The statements.
        is_last: Whether no more follow in the block.
    """

    line: int
    end: int
    statements: list[ast.stmt]
    is_last: bool


class _PieceKey(NamedTuple):
    """Everything that affects bandit's findings in a piece."""

    text: str
    state: int
    namespace: str
    is_last: bool


@dataclass
class _TextCheck:
    """One check of a text.

    Attributes:
        lines: The text's lines.
        visitor: Bandit's visitor.
        before: The results of the previous check.
        kept: The results so far.
        state: Identifies all imports so far.
    """

    lines: list[str]
    visitor: Visitor
    before: dict[_PieceKey, StatementFindings]
    kept: dict[_PieceKey, StatementFindings] = field(default_factory=dict)
    state: int = 0


class Statements:
    """Visits the statements of texts, at the top level and in classes.

    The findings in a statement depend on its text, the imports above, the classes around it, and
    the start of the next statement. Tests of plugins may depend on anything, so with such tests
    nothing is cached.

    Args:
        tests: Bandit's set of tests.
        render: Converts bandit's results in a text, given its lines, to findings.

    Attributes:
        only_builtin: Whether all tests are bandit's own.
    """

    def __init__(
        self, tests: Any, render: Callable[[Sequence[Raw], list[str]], list[Json]]
    ) -> None:
        self._tests, self._render = tests, render
        every = (each for kind in tests.tests.values() for each in kind)
        self.only_builtin = all(each.__module__.startswith("bandit.") for each in every)
        self._keeps = self.only_builtin and "ClassDef" not in tests.tests
        self._known: dict[str, dict[_PieceKey, StatementFindings]] = {}
        self._states: dict[tuple[int, frozenset[str], Aliases], int] = {}

    def check(
        self, name: str, source: str, tree: ast.Module, file: io.BytesIO
    ) -> tuple[list[Json], list[Json]]:
        """The findings in a text, and those that are suppressed.

        Args:
            name: The file name given to bandit.
            source: The text, its lines ended by line feeds.
            tree: Its tree.
            file: The file content for tests that read the file themselves.
        """
        if len(self._states) > STATES:
            self._states.clear()
            self._known.clear()
        lines = source.split("\n")
        visitor = Visitor(name, file, self._tests)
        run = _TextCheck(lines, visitor, self._known.pop(name, {}))
        findings: list[Json] = []
        silenced: list[Json] = []
        comments: Comments = {}
        for line, found in self._block(run, tree, len(lines)):
            findings += (_moved(each, line) for each in found.findings)
            silenced += (_moved(each, line) for each in found.silenced)
            comments |= {number + line: each for number, each in found.comments.items()}
        heard, quiet = self._heard(lines, comments, visitor.visit_file)
        if self._keeps and not any(_SEES_THE_MODULE in each for each in visitor.imports):
            self._known[name] = run.kept
            while len(self._known) > FILES:
                del self._known[next(iter(self._known))]
        return findings + heard, silenced + quiet

    def _block(
        self, run: _TextCheck, parent: ast.Module | ast.ClassDef, end: int
    ) -> Iterator[tuple[int, StatementFindings]]:
        """The findings in the statements of a module or class, each with its first line.

        Args:
            run: The check.
            parent: The module or class.
            end: The 0-based number of the line after it.
        """
        for piece in _pieces(run.lines, parent, end):
            node = piece.statements[0]
            first = _first_line(node.body[0]) if isinstance(node, ast.ClassDef) else 0
            if (
                isinstance(node, ast.ClassDef)
                and self._keeps
                and len(piece.statements) == 1
                and _starts_line(run.lines, node.body[0])
                and first > piece.line
            ):
                head = copy.copy(node)
                head.body = []
                yield piece.line, self._known_or_visited(run, piece._replace(end=first), head)
                yield from self._block(run, node, piece.end)
                run.visitor.leave(head)
            else:
                yield piece.line, self._known_or_visited(run, piece)
        parent.body.clear()  # its nodes know it: a cycle that would be left to the collector

    def _known_or_visited(
        self, run: _TextCheck, piece: _Piece, head: ast.ClassDef | None = None
    ) -> StatementFindings:
        """The findings in a piece, or in the head of a class, which is then entered."""
        text = "\n".join(run.lines[piece.line : piece.end])
        key = _PieceKey(text, run.state, run.visitor.namespace, piece.is_last)
        found = run.before.get(key) or run.kept.get(key)
        if found and head:
            run.visitor.enter_known(head)
        elif found is None:
            nodes = [head] if head else piece.statements
            visit = run.visitor.enter if head else run.visitor.visit
            found = self._visited(run, piece.line, piece.end, nodes, visit)
        run.kept[key] = found
        run.visitor.imports.update(found.imports)
        run.visitor.aliases.update(found.aliases)
        if found.imports or found.aliases:
            effect = (run.state, found.imports, found.aliases)
            run.state = self._states.setdefault(effect, len(self._states) + 1)
        return found

    def _visited(
        self,
        run: _TextCheck,
        line: int,
        end: int,
        nodes: Sequence[ast.stmt],
        visit: Callable[[Sequence[ast.stmt], Comments], list[Raw]],
    ) -> StatementFindings:
        imports, aliases = set(run.visitor.imports), dict(run.visitor.aliases)
        comments = comments_of("\n".join(run.lines[line:end]))
        here = {number + line: each for number, each in comments.items()}
        findings, silenced = self._heard(run.lines, here, partial(visit, nodes))
        return StatementFindings(
            tuple(_moved(each, -line) for each in findings),
            tuple(_moved(each, -line) for each in silenced),
            comments,
            frozenset(run.visitor.imports - imports),
            tuple(each for each in run.visitor.aliases.items() if aliases.get(each[0]) != each[1]),
        )

    def _heard(
        self, lines: list[str], comments: Comments, visit: Callable[[Comments], list[Raw]]
    ) -> tuple[list[Json], list[Json]]:
        """The findings with some ``# nosec`` comments, and those that exist only without them."""
        findings = self._render(visit(comments), lines)
        if not comments:
            return findings, []
        known = {tuple(each.values()) for each in findings}
        every = self._render(visit({}), lines)
        return findings, [each for each in every if tuple(each.values()) not in known]


def _pieces(lines: list[str], parent: Any, end: int) -> Iterator[_Piece]:
    """The pieces of a block; sets the attributes on its nodes that bandit's visitor sets."""
    body: list[Any] = parent.body
    if not body:
        return
    starts: list[tuple[int, int]] = []
    for number, node in enumerate(body):
        node._bandit_parent = parent  # noqa: SLF001 - bandit's own attribute
        node._bandit_sibling = body[number + 1] if number + 1 < len(body) else None  # noqa: SLF001 - bandit's own attribute
        line = _first_line(node)
        if not starts or (_starts_line(lines, node) and line > starts[-1][0]):
            starts.append((line, number))
    ends = [*starts[1:], (end, len(body))]
    for (line, first), (until, last) in zip(starts, ends, strict=True):
        yield _Piece(line, until, body[first:last], last == len(body))


def _first_line(node: ast.stmt) -> int:
    """The 0-based number of a statement's first line."""
    line, decorators = node.lineno, getattr(node, "decorator_list", None)
    return (min(line, *(each.lineno for each in decorators)) if decorators else line) - 1


def _starts_line(lines: list[str], node: ast.stmt) -> bool:
    """Whether a statement is the first on its line, which continues no other line."""
    line = _first_line(node)
    if line > 0 and lines[line - 1].endswith("\\"):
        return False
    if getattr(node, "decorator_list", ()):
        return lines[line].lstrip().startswith("@")
    return not lines[line][: node.col_offset].strip()


def _moved(finding: Json, lines: int) -> Json:
    """A finding, moved down by some lines."""
    return {**finding, "line": finding["line"] + lines, "end_line": finding["end_line"] + lines}
