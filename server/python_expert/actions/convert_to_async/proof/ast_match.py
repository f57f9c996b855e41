"""Two trees side by side, and the few ways in which the later one may differ."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NoReturn

from python_expert.actions.convert_to_async.proof import (
    call_patterns,
    split_functions,
    statement_patterns,
    thread_blocks,
)
from python_expert.actions.convert_to_async.proof.imports import (
    check_gone,
    check_origins,
    is_added,
    pair_import,
)
from python_expert.actions.convert_to_async.replacements import ASYNC_NAMES, TWINS, Swap
from python_expert.analysis.function_bodies import is_generator
from python_expert.analysis.names import Names
from python_expert.analysis.nodes import first_line
from python_expert.analysis.scopes import FUNCTIONS, Function

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from python_expert.actions.convert_to_async.proof.block_names import Block
    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.source import Source
    from python_expert.text.document import Position

Span = tuple["Position", "Position"]


class DifferenceError(Exception):
    """The texts differ in a way that no conversion explains.

    Attributes:
        line: Where in the later text, 0-based.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class Pairs:
    """The later tree as the earlier one with some places converted.

    All nodes kept here are of the earlier tree, unless said otherwise.

    Attributes:
        program: The earlier text.
        twin: For each node of the earlier tree its counterpart in the later one.
        functions: Those that became async.
        renamed: The special methods that got their asynchronous name.
        awaited: The calls that only got an ``await``.
        ran: The calls that got an ``asyncio.run``.
        replaced: The calls whose replacement the table offers, with its id.
        threaded: Of these the calls of what is not in the table, made by a thread now.
        listed: Of these the calls of which a thread makes a list now.
        blocks: The ``with`` statements that a thread runs now, each with what it became.
        split: The cached functions whose name a coroutine has now, with their other name.
        cache_names: The places that name a function for its cache by another name now.
        makers: The calls that make another object now.
        items: The ``with`` items now entered asynchronously.
        loops: The loops and comprehensions that are asynchronous now.
        consumed: The generators' calls in ``list(...)`` and ``yield from`` that are loops now.
        readers: The loops over files that now read line by line.
        skipped: The places of the earlier text that the conversion replaced.
        written: The places of the later text that it wrote.
        added: The modules whose import was added.
        names_gone: The names that were imported and no longer are, and their lines.
        imports_gone: The last lines, 0-based, of the imports that are no longer there.
    """

    def __init__(self, program: Program, after: Source) -> None:
        before = program.source
        self.before, self.after = before, after
        self.program = program
        self.old, self.new = program.names, Names(after.tree)
        self.twin: dict[ast.AST, ast.AST] = {}
        self.functions: list[Function] = []
        self.renamed: list[Function] = []
        self.awaited: list[ast.Call] = []
        self.ran: list[ast.Call] = []
        self.replaced: dict[ast.Call, str] = {}
        self.threaded: list[ast.Call] = []
        self.listed: list[ast.Call] = []
        self.blocks: dict[ast.With, Block] = {}
        self.split: dict[ast.FunctionDef, str] = {}
        self.cache_names: dict[ast.expr, str] = {}
        self.makers: dict[ast.Call, Swap] = {}
        self.items: list[ast.withitem] = []
        self.loops: list[ast.For | ast.comprehension] = []
        self.consumed: list[ast.expr] = []
        self.readers: list[ast.For] = []
        self.skipped: list[Span] = []
        self.written: list[Span] = []
        self.imports_gone: set[int] = set()
        self.names_gone: dict[str, int] = {}
        self.added: set[str] = set()
        self.statements(before.tree.body, after.tree.body)
        check_gone(self)
        check_origins(self)

    def fail(self, node: ast.AST, message: str) -> NoReturn:
        """Say what differs, at a node of the later text."""
        raise DifferenceError(message, getattr(node, "lineno", 1) - 1)

    def differ(self, old: ast.AST, new: ast.AST) -> NoReturn:
        """Say that a node is not what it was."""

        def text(node: ast.AST) -> str:
            lines = ast.unparse(node).splitlines() if node._fields else [type(node).__name__]
            return (lines or [""])[0][:60]

        one, other = text(old), text(new)
        self.fail(new, f"`{other}` does not do what `{one}` did" if one != other else "it differs")

    # Statements

    def statements(self, old: Sequence[ast.stmt], new: Sequence[ast.stmt]) -> None:
        """Match two blocks, but for imports."""
        at = 0
        for statement in old:
            while at < len(new) and is_added(self, old, new, at):
                at += 1
            other = new[at] if at < len(new) else None
            if isinstance(statement, ast.Import | ast.ImportFrom):
                at += pair_import(self, statement, other)
                continue
            if isinstance(statement, ast.With) and isinstance(other, ast.FunctionDef):
                thread_blocks.match(self, statement, new, at)
                at += 2
                continue
            if other is not None and split_functions.is_split(statement, new, at):
                split_functions.match(self, statement, other, new[at + 1])
                at += 2
                continue
            if other is None:
                self.fail(new[-1] if new else statement, f"`{first_line(statement)}` is gone")
            if self._is_same(statement, other):
                self.twin[statement] = other
            else:
                self.pair(statement, other)
            at += 1
        for extra in new[at:]:
            self.fail(extra, f"`{first_line(extra)}` is added")

    def later(self, old: ast.AST) -> ast.AST:
        """The counterpart of a node that is still there, also in statements written the same."""
        if old not in self.twin:
            same = next((each for each in self.old.around(old) if each in self.twin), None)
            if same is None:
                return old
            self.twin.update(zip(ast.walk(same), ast.walk(self.twin[same]), strict=False))
        return self.twin.get(old, old)

    def _is_same(self, old: ast.stmt, new: ast.stmt) -> bool:
        """Whether two statements are written the same, so that nothing in them was converted."""
        return type(old) is type(new) and self.before.slice(
            self.before.range(old)
        ) == self.after.slice(self.after.range(new))

    def pair(self, old: ast.AST, new: ast.AST) -> None:
        """Match a node of the earlier tree with one of the later.

        Raises:
            DifferenceError: They differ in a way that no conversion explains.
        """
        self.twin[old] = new
        if isinstance(new, ast.Await) and not isinstance(old, ast.Await):
            call_patterns.awaited(self, old, new)
            return
        for kind, others, match in _FORMS:
            if isinstance(old, kind) and isinstance(new, others):
                match(self, old, new)
                return
        self.fields(old, new)

    def match_function(self, old: ast.FunctionDef, new: Function) -> None:
        """A function that may have become async, with the name of its async counterpart."""
        is_async = isinstance(new, ast.AsyncFunctionDef)
        if new.name != old.name:
            plain = old.name == "__iter__" and not is_generator(old)
            if TWINS.get(old.name) != new.name or is_async == plain:
                self.fail(new, f"{old.name} was renamed to {new.name}")
            self.renamed.append(old)
            statement_patterns.skip_name(self, old, new)
        if is_async:
            self.functions.append(old)
        changed = is_async or new.name != old.name
        if len(old.decorator_list) != len(new.decorator_list) or (
            (old.returns is None) != (new.returns is None)
        ):
            self.fail(new, f"the decorators or the result of {old.name} differ")
        for one, other in zip(old.decorator_list, new.decorator_list, strict=True):
            self._renamed(one, other, changed=changed)
        if old.returns is not None and new.returns is not None:
            self._returns(old.returns, new.returns, changed=changed)
        self.fields(old, new, "name", "decorator_list", "returns", "body")
        self.statements(old.body, new.body)

    def _returns(self, old: ast.expr, new: ast.expr, *, changed: bool) -> None:
        if isinstance(old, ast.Subscript) and isinstance(new, ast.Subscript):
            renamed = self._renamed(old.value, new.value, changed=changed)
            if renamed and isinstance(old.slice, ast.Tuple) and isinstance(new.slice, ast.Tuple):
                # An asynchronous generator has no result.
                *kept, last = old.slice.elts
                self.each(kept, new.slice.elts, old, new)
                self.skipped.append(self.before.range(last))
            else:
                self.pair(old.slice, new.slice)
        else:
            self._renamed(old, new, changed=changed)

    def _renamed(self, old: ast.expr, new: ast.expr, *, changed: bool) -> bool:
        """Whether a decorator or annotation is the asynchronous form of what it was."""
        full = self.old.dotted(old)
        if changed and full in ASYNC_NAMES and self.new.dotted(new) == ASYNC_NAMES[full]:
            self.rewrote(old, new)
            return True
        self.pair(old, new)
        return False

    def rewrote(self, old: ast.expr, new: ast.expr) -> None:
        """Note that one expression stands in place of another."""
        self.skipped.append(self.before.range(old))
        self.written.append(self.after.range(new))

    def moved(self, old: ast.AST, inner: ast.expr, new: ast.AST, kept: ast.expr) -> None:
        """Match a part, all around it being rewritten."""
        for source, node, part, spans in (
            (self.before, old, inner, self.skipped),
            (self.after, new, kept, self.written),
        ):
            assert isinstance(node, ast.stmt | ast.expr)  # noqa: S101  # nosec B101 - as called
            start, end = source.range(node)
            first, last = source.range(part)
            spans += [(start, first), (last, end)]
        self.pair(inner, kept)

    def fields(self, old: ast.AST, new: ast.AST, *but: str) -> None:
        """Match what two nodes consist of, apart from some of it."""
        loose = isinstance(old, ast.FunctionDef | ast.With | ast.For)
        if type(old) is not type(new) and not (loose and old._fields == new._fields):
            self.differ(old, new)
        for name in old._fields:
            if name in but:
                continue
            one, other = getattr(old, name, None), getattr(new, name, None)
            if isinstance(one, ast.AST) and isinstance(other, ast.AST):
                self.pair(one, other)
            elif isinstance(one, list) and isinstance(other, list):
                if one and isinstance(one[0], ast.stmt):
                    self.statements(one, other)
                else:
                    self.each(one, other, old, new)
            elif (type(one), repr(one)) != (type(other), repr(other)):
                self.differ(old, new)

    def each(
        self, old: Sequence[object], new: Sequence[object], around: ast.AST, other: ast.AST
    ) -> None:
        """Match two lists, node by node."""
        if len(old) != len(new):
            self.differ(around, other)
        for one, two in zip(old, new, strict=True):
            if isinstance(one, ast.AST) and isinstance(two, ast.AST):
                self.pair(one, two)
            elif one != two:
                self.differ(around, other)


_FORMS: tuple[tuple[type[ast.AST], tuple[type[ast.AST], ...], Callable[..., None]], ...] = (
    (ast.FunctionDef, FUNCTIONS, Pairs.match_function),
    (ast.With, (ast.AsyncWith,), statement_patterns.block),
    (ast.For, (ast.AsyncFor,), statement_patterns.loop),
    (ast.For, (ast.While,), statement_patterns.reader),
    (ast.Expr, (ast.For, ast.AsyncFor), statement_patterns.delegation),
    (ast.AnnAssign, (ast.AnnAssign,), statement_patterns.annotation),
    (ast.Raise, (ast.Raise,), statement_patterns.raising),
    (ast.comprehension, (ast.comprehension,), statement_patterns.comprehension),
    (ast.JoinedStr, (ast.JoinedStr,), statement_patterns.f_string),
    (ast.Call, (ast.AST,), call_patterns.called),
    (ast.Attribute, (ast.Attribute,), split_functions.named),
)
"""By what a node was and what it is now: what matches them."""
