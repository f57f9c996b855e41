"""Writes a plan: each place gets the smallest possible edit."""

from __future__ import annotations

import ast
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.edits import Editor
from python_expert.actions.convert_to_async.imports import Imports
from python_expert.actions.convert_to_async.objects import RefusedError
from python_expert.actions.convert_to_async.replacements import (
    ASYNC_COUNTERPARTS,
    CLIENT_TIMEOUT,
    THREAD,
)
from python_expert.actions.convert_to_async.write_blocks import write_block
from python_expert.actions.convert_to_async.write_splits import write_split
from python_expert.analysis.function_bodies import is_generator, own_nodes
from python_expert.analysis.lazy_reads import lazy_name, only_listed
from python_expert.text.document import Position, Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.actions.convert_to_async.replacements import Swap
    from python_expert.actions.convert_to_async.uses import Plan
    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.scopes import Function
    from python_expert.text.document import Edit


@contextmanager
def _about(node: ast.AST) -> Iterator[None]:
    """Add the unwritable node to an error."""
    try:
        yield
    except RefusedError as error:
        error.node = node
        raise


class Writer:
    """Converts a plan to edits.

    Attributes:
        program: The text.
        plan: The plan.
    """

    def __init__(self, program: Program, plan: Plan) -> None:
        self.program = program
        self.plan = plan
        self.editor = Editor(program.source)
        self.imports = Imports(program.names, self.editor)

    def write(self) -> tuple[Edit, ...]:
        """Build all edits.

        Raises:
            RefusedError: A place cannot be edited safely.
        """
        for call in self.plan.awaits:
            self._await(call)
        for call in self.plan.runs:
            run = self.imports.name_for("asyncio.run")
            self.editor.wrap(self._range(call), f"{run}(", ")")
        for call, replacement in self.plan.replaced.items():
            with _about(call):
                self._replace(call, replacement)
        for found in self.plan.exchanges:
            for maker in found.makers:
                with _about(maker):
                    self._exchange(maker, found.swap)
            for annotation in found.annotations:
                self._rename(annotation, found.swap.constructor)
        self._write_statements()
        for block in self.plan.blocks:
            with _about(block.node):
                write_block(self.program, block, self.editor, self.imports)
        for function in self.plan.functions:
            if isinstance(function, ast.FunctionDef):
                with _about(function.body[0]):
                    self._define(function)
        self._split()
        self.imports.write()
        return self.editor.edits()

    def _split(self) -> None:
        for function in self.plan.splits:
            with _about(function):
                write_split(self.program, function, self.editor, self.imports)

    def _write_statements(self) -> None:
        for statement in {self.program.names.parents[each] for each in self.plan.items}:
            assert isinstance(statement, ast.With)  # noqa: S101  # nosec B101 - an item is always in a with statement
            self._insert(statement)
        for loop in self.plan.loops:
            if isinstance(loop, ast.For):
                self._insert(loop)
            else:
                word = self.editor.token_before("for", self._range(loop.target).start)
                self.editor.wrap(word, "async ")
        for call in self.plan.lists:
            with _about(call):
                self._list(call)
        for statement in self.plan.delegations:
            with _about(statement):
                self._delegate(statement)
        for reader in self.plan.readers:
            with _about(reader):
                self._read_lines(reader)

    def _range(self, node: ast.expr | ast.stmt) -> Range:
        where = self.program.source.range(node)
        if isinstance(node, ast.stmt):
            start = self.program.source.position(node.lineno, node.col_offset)
            return Range(start, where.end)
        return where

    def _insert(self, node: ast.stmt) -> None:
        start = self._range(node).start
        self.editor.wrap(Range(start, start), "async ")

    def _await(self, call: ast.Call, prefix: str = "") -> None:
        """Put ``await`` before a call, in parentheses if something follows it."""
        parent = self.program.names.parents[call]
        bound = isinstance(parent, ast.Await) or (
            isinstance(parent, ast.Attribute | ast.Subscript) and parent.value is call
        )
        if bound or (isinstance(parent, ast.Call) and parent.func is call):
            self.editor.wrap(self._range(call), f"(await {prefix}", ")")
        else:
            self.editor.wrap(self._range(call), f"await {prefix}")

    def _rename(self, func: ast.expr, full: str) -> None:
        self.editor.replace(self._range(func), self.imports.name_for(full))
        self.imports.drop(func)

    def _replace(self, call: ast.Call, replacement: str) -> None:
        if replacement == THREAD:
            thread = f"{self.imports.name_for(THREAD)}("
            if lazy_name(self.program, call):
                self._list_all(call, thread)
            self._await(call, thread)
            self.editor.unwrap_call(call)
        else:
            self._await(call)
            self._rename(call.func, replacement)

    def _list_all(self, call: ast.Call, thread: str) -> None:
        """Write a thread's ``list`` call around a lazy directory listing."""
        holder = only_listed(self.program, call)
        if holder is None:
            self.editor.wrap(self._range(call), f"await {thread}list, ", ")")
            return
        self._await(holder, thread)
        self.editor.unwrap_call(holder)

    def _exchange(self, maker: ast.Call, swap: Swap) -> None:
        if swap.awaits:
            self._await(maker)
        self._rename(maker.func, swap.constructor)
        if swap.constructor == "asyncio.create_subprocess_exec":
            [command] = maker.args
            start, end = self._range(command)
            inner = self.editor.source.slice(Range(start, end))
            if inner[1:-1].rstrip().endswith(","):
                raise RefusedError(f"line {maker.lineno}: the command's list ends with a comma")
            self.editor.delete(Range(start, Position(start.line, start.column + 1)))
            self.editor.delete(Range(Position(end.line, end.column - 1), end))
        if swap.constructor == "httpx.AsyncClient":
            end = self._range(maker).end
            place = Position(end.line, end.column - 1)
            timeout = f"{self.imports.name_for(CLIENT_TIMEOUT)}(None)"
            self.editor.wrap(Range(place, place), f"follow_redirects=True, timeout={timeout}")

    def _list(self, call: ast.Call) -> None:
        [inner] = call.args
        where, given = self._range(call), self._range(inner)
        name = self._fresh("item")
        self.editor.replace(Range(where.start, given.start), f"[{name} async for {name} in ")
        self.editor.replace(Range(given.end, where.end), "]")

    def _fresh(self, name: str) -> str:
        """Return a name that the text does not use."""
        while name in self.program.source.words:
            name += "_"
        return name

    def _delegate(self, statement: ast.Expr) -> None:
        source, where = self.program.source, self._range(statement)
        line = source.lines[where.start.line]
        indent = line[: where.start.column]
        after = source.lines[where.end.line][where.end.column :].lstrip()
        if indent.strip() or after.startswith(";"):
            raise RefusedError(f"line {statement.lineno}: yield from is not alone on its line")
        assert isinstance(statement.value, ast.YieldFrom)  # noqa: S101  # nosec B101 - the plan has one
        word = "async for" if statement.value.value in self.plan.delegated else "for"
        name = self._fresh("item")
        until = self.editor.token("from", where.start).end
        self.editor.replace(Range(where.start, until), f"{word} {name} in")
        step = "\t" if "\t" in indent else "    "
        self.editor.wrap(
            Range(where.end, where.end), "", f":{source.newline}{indent}{step}yield {name}"
        )

    def _read_lines(self, node: ast.For) -> None:
        head = Range(self._range(node).start, self._range(node.iter).start)
        assert isinstance(node.target, ast.Name)  # noqa: S101  # nosec B101 - the plan has one
        if re.fullmatch(rf"for\s+{node.target.id}\s+in\s+", self.program.source.slice(head)):
            call = f"await {self.imports.name_for(THREAD)}("
            self.editor.replace(head, f"while {node.target.id} := {call}")
            end = self._range(node.iter).end
            self.editor.wrap(Range(end, end), "", ".readline)")

    def _define(self, function: Function) -> None:
        counterpart = ASYNC_COUNTERPARTS.get(function.name)
        yields = is_generator(function)
        start = self._range(function).start
        if function.name != "__iter__" or yields:
            self.editor.wrap(Range(start, start), "async ")
        if counterpart:
            self.editor.replace(self.editor.token(function.name, start), counterpart)
        if function.name == "__next__":
            self._stop(function)
        for decorator in function.decorator_list:
            self.imports.rename(decorator)
        if function.returns and (yields or function.name == "__iter__"):
            self._annotate(function.returns)

    def _stop(self, function: Function) -> None:
        for node in own_nodes(function):
            raised = node.exc if isinstance(node, ast.Raise) else None
            name = raised.func if isinstance(raised, ast.Call) else raised
            if name is not None and self.program.names.dotted(name) == "builtins.StopIteration":
                self.editor.replace(self._range(name), "StopAsyncIteration")
            if (
                isinstance(node, ast.Call)
                and self.program.names.dotted(node.func) == "builtins.next"
                and len(node.args) == 1
            ):
                raise RefusedError(f"line {node.lineno}: next() may end {function.name} too")

    def _annotate(self, node: ast.expr) -> None:
        if isinstance(node, ast.Subscript):
            full = self.program.names.dotted(node.value) or ""
            if full.endswith(".Generator") and isinstance(node.slice, ast.Tuple):
                *_, sent, returned = node.slice.elts
                last = Range(self._range(sent).end, self._range(returned).end)
                self.editor.replace(last, "")
            node = node.value
        self.imports.rename(node)
