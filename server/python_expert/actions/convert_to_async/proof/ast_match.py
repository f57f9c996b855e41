"""Matches the old and the new tree, and allows only the differences that a conversion makes."""

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
from python_expert.actions.convert_to_async.replacements import (
    ASYNC_COUNTERPARTS,
    ASYNC_NAMES,
    Swap,
)
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
        line: The 0-based line in the new text.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class Pairs:
    """The old tree matched with the new one, and the conversions found between both.

    All nodes kept here are nodes of the old tree unless stated otherwise.

    Attributes:
        program: The old text.
        counterpart: The counterpart in the new tree of each node of the old one.
        functions: The functions that became async.
        renamed: The special methods that got their asynchronous name.
        awaited: The calls that only got an ``await``.
        ran: The calls that got an ``asyncio.run``.
        replaced: The calls that were replaced, each with the id of its replacement in the table.
        threaded: The replaced calls of functions outside the table, which a thread now makes.
        listed: The replaced calls whose result a thread turns into a list.
        blocks: The ``with`` statements that run in a thread now, each with its new form.
        split: The cached functions whose name a coroutine now has, with their new name.
        cache_names: The expressions that name a cached function by its new name now.
        makers: The calls that create a different object now.
        items: The ``with`` items that are entered asynchronously now.
        loops: The loops and comprehensions that are asynchronous now.
        consumed: The generators in ``list(...)`` and ``yield from`` that became loops.
        readers: The loops over files that read line by line now.
        skipped: The ranges of the old text that the conversion replaced.
        written: The ranges of the new text that the conversion wrote.
        added: The modules whose import was added.
        names_gone: The names that are no longer imported, with their lines.
        imports_gone: The last lines, 0-based, of the removed imports.
    """

    def __init__(self, program: Program, after: Source) -> None:
        before = program.source
        self.before, self.after = before, after
        self.program = program
        self.old, self.new = program.names, Names(after.tree)
        self.counterpart: dict[ast.AST, ast.AST] = {}
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
        """Report a difference at a node of the new text."""
        raise DifferenceError(message, getattr(node, "lineno", 1) - 1)

    def differ(self, old: ast.AST, new: ast.AST) -> NoReturn:
        """Report that a node was changed."""

        def text(node: ast.AST) -> str:
            lines = ast.unparse(node).splitlines() if node._fields else [type(node).__name__]
            return (lines or [""])[0][:60]

        one, other = text(old), text(new)
        self.fail(new, f"`{other}` does not do what `{one}` did" if one != other else "it differs")

    # Statements

    def statements(self, old: Sequence[ast.stmt], new: Sequence[ast.stmt]) -> None:
        """Match two blocks of statements; imports may differ."""
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
                self.counterpart[statement] = other
            else:
                self.pair(statement, other)
            at += 1
        for extra in new[at:]:
            self.fail(extra, f"`{first_line(extra)}` is added")

    def later(self, old: ast.AST) -> ast.AST:
        """Return the counterpart of a node, also within statements that did not change."""
        if old not in self.counterpart:
            same = next((each for each in self.old.around(old) if each in self.counterpart), None)
            if same is None:
                return old
            self.counterpart.update(
                zip(ast.walk(same), ast.walk(self.counterpart[same]), strict=False)
            )
        return self.counterpart.get(old, old)

    def _is_same(self, old: ast.stmt, new: ast.stmt) -> bool:
        """Return whether two statements have the same source, so that nothing was converted."""
        return type(old) is type(new) and self.before.slice(
            self.before.range(old)
        ) == self.after.slice(self.after.range(new))

    def pair(self, old: ast.AST, new: ast.AST) -> None:
        """Match a node of the old tree with one of the new tree.

        Raises:
            DifferenceError: The nodes differ in a way that no conversion explains.
        """
        self.counterpart[old] = new
        if isinstance(new, ast.Await) and not isinstance(old, ast.Await):
            call_patterns.awaited(self, old, new)
            return
        for kind, others, match in _FORMS:
            if isinstance(old, kind) and isinstance(new, others):
                match(self, old, new)
                return
        self.fields(old, new)

    def match_function(self, old: ast.FunctionDef, new: Function) -> None:
        """Match a function that may now be async and may have its asynchronous name."""
        is_async = isinstance(new, ast.AsyncFunctionDef)
        if new.name != old.name:
            plain = old.name == "__iter__" and not is_generator(old)
            if ASYNC_COUNTERPARTS.get(old.name) != new.name or is_async == plain:
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
                # An asynchronous generator has no return type.
                *kept, last = old.slice.elts
                self.each(kept, new.slice.elts, old, new)
                self.skipped.append(self.before.range(last))
            else:
                self.pair(old.slice, new.slice)
        else:
            self._renamed(old, new, changed=changed)

    def _renamed(self, old: ast.expr, new: ast.expr, *, changed: bool) -> bool:
        """Return whether a decorator or annotation was replaced by its asynchronous form."""
        full = self.old.dotted(old)
        if changed and full in ASYNC_NAMES and self.new.dotted(new) == ASYNC_NAMES[full]:
            self.rewrote(old, new)
            return True
        self.pair(old, new)
        return False

    def rewrote(self, old: ast.expr, new: ast.expr) -> None:
        """Note that one expression replaces another."""
        self.skipped.append(self.before.range(old))
        self.written.append(self.after.range(new))

    def moved(self, old: ast.AST, inner: ast.expr, new: ast.AST, kept: ast.expr) -> None:
        """Match a part of two nodes; everything around the part counts as rewritten."""
        for source, node, part, spans in (
            (self.before, old, inner, self.skipped),
            (self.after, new, kept, self.written),
        ):
            assert isinstance(node, ast.stmt | ast.expr)  # noqa: S101  # nosec B101 - checked by the caller
            start, end = source.range(node)
            first, last = source.range(part)
            spans += [(start, first), (last, end)]
        self.pair(inner, kept)

    def fields(self, old: ast.AST, new: ast.AST, *but: str) -> None:
        """Match the fields of two nodes, except those in `but`."""
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
        """Match two lists element by element."""
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
"""The types of the old and the new node, and the function that matches such a pair."""
