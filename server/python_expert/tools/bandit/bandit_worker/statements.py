"""Runs bandit's tests statement by statement; unchanged statements are not visited again."""

# ruff: noqa: ANN401 - bandit is not typed
from __future__ import annotations

import ast
import copy
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from .findings import CheckedPiece, PieceKey, StatementFindings
from .pieces import first_line, parse_between, pieces_of, same_around, starts_line
from .visitor import Visitor, comments_of

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterator, Sequence

    from .findings import Aliases, Json
    from .pieces import Piece
    from .visitor import Comments, Raw

FILES = 20
"""The number of files whose results are kept."""

STATES = 10_000
"""The number of different sets of imports after which all results are dropped."""

_SEES_THE_MODULE = "django.utils.safestring"
"""If this is imported, bandit also reads assignments elsewhere in the module."""


class UnparsableError(Exception):
    """A text cannot be parsed.

    Args:
        line: Where, 0-based.
        message: Why.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(line, message)
        self.line, self.message = line, message


@dataclass
class _TextCheck:
    """One check of a text.

    Attributes:
        lines: The text's lines.
        visitor: Bandit's visitor.
        before: The results of the previous check.
        kept: The results in the current piece of the top level.
        state: Identifies all imports so far.
        done: The pieces of the top level so far.
    """

    lines: list[str]
    visitor: Visitor
    before: dict[PieceKey, StatementFindings]
    kept: dict[PieceKey, StatementFindings] = field(default_factory=dict)
    state: int = 0
    done: list[CheckedPiece] = field(default_factory=list)

    def add_imports(self, found: StatementFindings) -> None:
        """Record the imports of a part, which affect the statements below it."""
        self.visitor.imports.update(found.imports)
        self.visitor.aliases.update(found.aliases)

    def take(self, piece: CheckedPiece) -> None:
        """Add a piece if neither it nor the relevant imports above it have changed."""
        for _, found in piece.parts:
            self.add_imports(found)
        self.state = piece.after
        self.done.append(piece)


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
        self._known: dict[str, list[CheckedPiece]] = {}
        self._states: dict[tuple[int, frozenset[str], Aliases], int] = {}

    def check(self, name: str, source: str, file: io.BytesIO) -> tuple[list[Json], list[Json]]:
        """Return the findings in a text, and those that are suppressed.

        Args:
            name: The file name given to bandit.
            source: The text, its lines ended by line feeds.
            file: The file content for tests that read the file themselves.

        Raises:
            UnparsableError: The text cannot be parsed.
        """
        if len(self._states) > STATES:
            self._states.clear()
            self._known.clear()
        lines = source.split("\n")
        before = self._known.get(name, [])
        visitor = Visitor(name, file, self._tests)
        run = self._edited(lines, before, visitor)
        if run is None:
            tree = _parsed(source)
            visitor = Visitor(name, file, self._tests)
            run = _TextCheck(lines, visitor, _kept(before))
            self._top_level(run, tree, 0, len(lines))
        findings: list[Json] = []
        silenced: list[Json] = []
        comments: Comments = {}
        above = 0
        for piece in run.done:
            for below, found in piece.parts:
                line = above + below
                findings += (_moved(each, line) for each in found.findings)
                silenced += (_moved(each, line) for each in found.silenced)
                comments |= {number + line: each for number, each in found.comments.items()}
            above += len(piece.lines)
        heard, quiet = self._heard(lines, comments, visitor.visit_file)
        self._known.pop(name, None)
        if self._keeps and not any(_SEES_THE_MODULE in each for each in visitor.imports):
            self._known[name] = run.done
            while len(self._known) > FILES:
                del self._known[next(iter(self._known))]
        return findings + heard, silenced + quiet

    def _edited(
        self, lines: list[str], before: list[CheckedPiece], visitor: Visitor
    ) -> _TextCheck | None:
        """Check a text, but only parse the pieces of its top level that have changed.

        Python's parser takes most of the time of a check. Lines that are complete statements have
        the same meaning between other statements.

        Returns:
            None if the whole text must be parsed.
        """
        head, start, tail, end = same_around([each.lines for each in before], lines)
        tree = parse_between(lines, start, end) if tail < len(before) else None
        if tree is None:
            return None
        changed = before[head : len(before) - tail]
        run = _TextCheck(lines, visitor, _kept(changed))
        for each in before[:head]:
            run.take(each)
        self._top_level(run, tree, start, end)
        for each in before[len(before) - tail :]:
            if each.state != run.state:
                return None
            run.take(each)
        return run

    def _top_level(self, run: _TextCheck, tree: ast.Module, start: int, end: int) -> None:
        """Check the statements of a module between two lines, and the lines above them."""
        first = first_line(tree.body[0]) if tree.body else end
        if first > start:
            run.done.append(CheckedPiece(run.lines[start:first], run.state, run.state, [], {}))
        for piece in pieces_of(run.lines, tree, end):
            if piece.line >= end:
                break
            state, run.kept = run.state, {}
            parts = [(line - piece.line, found) for line, found in self._piece(run, piece)]
            lines = run.lines[piece.line : piece.end]
            run.done.append(CheckedPiece(lines, state, run.state, parts, run.kept))
        tree.body.clear()  # a reference cycle would have to wait for the garbage collector

    def _piece(self, run: _TextCheck, piece: Piece) -> Iterator[tuple[int, StatementFindings]]:
        """Yield the findings in a piece and in the parts of a class, each with its first line."""
        node = piece.statements[0]
        first = first_line(node.body[0]) if isinstance(node, ast.ClassDef) else 0
        if (
            isinstance(node, ast.ClassDef)
            and self._keeps
            and len(piece.statements) == 1
            and starts_line(run.lines, node.body[0])
            and first > piece.line
        ):
            head = copy.copy(node)
            head.body = []
            yield piece.line, self._known_or_visited(run, piece._replace(end=first), head)
            for each in pieces_of(run.lines, node, piece.end):
                yield from self._piece(run, each)
            node.body.clear()
            run.visitor.leave(head)
        else:
            yield piece.line, self._known_or_visited(run, piece)

    def _known_or_visited(
        self, run: _TextCheck, piece: Piece, head: ast.ClassDef | None = None
    ) -> StatementFindings:
        """Return the findings in a piece, or in the head of a class, which is then entered."""
        text = "\n".join(run.lines[piece.line : piece.end])
        key = PieceKey(text, run.state, run.visitor.namespace, piece.is_last)
        found = run.before.get(key) or run.kept.get(key)
        if found and head:
            run.visitor.enter_known(head)
        elif found is None:
            nodes = [head] if head else piece.statements
            visit = run.visitor.enter if head else run.visitor.visit
            found = self._visited(run, piece.line, piece.end, nodes, visit)
        run.kept[key] = found
        run.add_imports(found)
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
        """Return the findings with some ``# nosec`` comments, and those that they suppress."""
        findings = self._render(visit(comments), lines)
        if not comments:
            return findings, []
        known = {tuple(each.values()) for each in findings}
        every = self._render(visit({}), lines)
        return findings, [each for each in every if tuple(each.values()) not in known]


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:  # the latter for null bytes
        line = max((getattr(error, "lineno", None) or 1) - 1, 0)
        raise UnparsableError(line, getattr(error, "msg", None) or str(error)) from error


def _kept(pieces: Sequence[CheckedPiece]) -> dict[PieceKey, StatementFindings]:
    return {key: found for each in pieces for key, found in each.kept.items()}


def _moved(finding: Json, lines: int) -> Json:
    """Return a finding, moved down by some lines."""
    return {**finding, "line": finding["line"] + lines, "end_line": finding["end_line"] + lines}
