"""Two trees side by side, and the few ways in which the later one may differ."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NoReturn

from python_expert.rewrites.to_async.names import FUNCTIONS, Function, Names
from python_expert.rewrites.to_async.program import Program, is_generator
from python_expert.rewrites.to_async.table import (
    ASYNC_NAMES,
    CLIENT_ARGUMENTS,
    DISPENSABLE,
    MODULES,
    OFFERS,
    SLEEP,
    SWAPS,
    THREAD,
    TWINS,
    Swap,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.rewrites.source import Source
    from python_expert.snapshot import Position

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
        twin: For each node of the earlier tree its counterpart in the later one.
        functions: Those that became async.
        renamed: The special methods that got their asynchronous name.
        awaited: The calls that only got an ``await``.
        ran: The calls that got an ``asyncio.run``.
        replaced: The calls whose replacement the table offers, with its id.
        makers: The calls that make another object now.
        items: The ``with`` items now entered asynchronously.
        loops: The loops and comprehensions that are asynchronous now.
        consumed: The generators' calls in ``list(...)`` and ``yield from`` that are loops now.
        readers: The loops over files that now read line by line.
        skipped: The places of the earlier text that the conversion replaced.
        written: The places of the later text that it wrote.
        imports_gone: The last lines, 0-based, of the imports that are no longer there.
    """

    def __init__(self, program: Program, after: Source) -> None:
        before = program.source
        self.before, self.after = before, after
        self.old, self.new = program.names, Names(after.tree)
        self.twin: dict[ast.AST, ast.AST] = {}
        self.functions: list[Function] = []
        self.renamed: list[Function] = []
        self.awaited: list[ast.Call] = []
        self.ran: list[ast.Call] = []
        self.replaced: dict[ast.Call, str] = {}
        self.makers: dict[ast.Call, Swap] = {}
        self.items: list[ast.withitem] = []
        self.loops: list[ast.For | ast.comprehension] = []
        self.consumed: list[ast.expr] = []
        self.readers: list[ast.For] = []
        self.skipped: list[Span] = []
        self.written: list[Span] = []
        self.imports_gone: set[int] = set()
        self._gone: dict[str, int] = {}
        self._statements(before.tree.body, after.tree.body)
        self._check_gone()

    def _fail(self, node: ast.AST, message: str) -> NoReturn:
        raise DifferenceError(message, getattr(node, "lineno", 1) - 1)

    def _differ(self, old: ast.AST, new: ast.AST) -> NoReturn:
        def text(node: ast.AST) -> str:
            lines = ast.unparse(node).splitlines() if node._fields else [type(node).__name__]
            return (lines or [""])[0][:60]

        one, other = text(old), text(new)
        self._fail(new, f"`{other}` does not do what `{one}` did" if one != other else "it differs")

    # Statements

    def _statements(self, old: Sequence[ast.stmt], new: Sequence[ast.stmt]) -> None:
        at = 0
        for statement in old:
            while at < len(new) and self._is_added(old, new, at):
                at += 1
            other = new[at] if at < len(new) else None
            if isinstance(statement, ast.Import | ast.ImportFrom):
                same = _same_origin(statement, other)
                self._import(statement, other if same else None)
                at += same
                continue
            if other is None:
                self._fail(new[-1] if new else statement, f"`{_head(statement)}` is gone")
            if self._is_same(statement, other):
                self.twin[statement] = other
            else:
                self.pair(statement, other)
            at += 1
        for extra in new[at:]:
            self._fail(extra, f"`{_head(extra)}` is added")

    def _is_same(self, old: ast.stmt, new: ast.stmt) -> bool:
        """Whether two statements are spelt the same, so that nothing in them was converted."""
        return type(old) is type(new) and self.before.slice(
            self.before.range(old)
        ) == self.after.slice(self.after.range(new))

    def _is_added(self, old: Sequence[ast.stmt], new: Sequence[ast.stmt], at: int) -> bool:
        """Whether a statement is an import that a conversion adds."""
        node = new[at]
        if not isinstance(node, ast.Import) or any(
            ast.dump(node) == ast.dump(each) for each in old if isinstance(each, ast.Import)
        ):
            return False
        [alias, *more] = node.names
        if more or alias.asname or alias.name not in MODULES or new is not self.after.tree.body:
            return False
        for each in new[:at]:
            if not isinstance(each, ast.Import | ast.ImportFrom) and not _is_text(each):
                return False
        self._check_new_name(node, alias.name)
        self.written.append(self.after.range(node))
        return True

    def _check_new_name(self, node: ast.stmt, name: str) -> None:
        if any(name in scope.bound for scope in {*self.old.scopes.values()}):
            self._fail(node, f"the name {name} already stands for something")

    def _import(
        self, old: ast.Import | ast.ImportFrom, new: ast.Import | ast.ImportFrom | None
    ) -> None:
        module = old.module if isinstance(old, ast.ImportFrom) else ""
        before = {(each.name, each.asname) for each in old.names}
        after = {(each.name, each.asname) for each in new.names} if new else set()
        if new is not None and ast.dump(old) == ast.dump(new):
            return
        for name, alias in before - after:
            if (module or name) not in DISPENSABLE:
                self._fail(new or old, f"the import of {name} is gone")
            self._gone[alias or name] = old.lineno
        for name, alias in after - before:
            if f"{module}.{name}" not in ASYNC_NAMES.values() or alias or new is None:
                self._fail(new or old, f"{name} is imported")
            self._check_new_name(new, name)
        kept = [each for each in map(_alias, old.names) if each in after]
        if new is not None and kept != [e for e in map(_alias, new.names) if e in before]:
            self._fail(new, "the imports stand in another order")
        self.skipped.append(self.before.range(old))
        if new is not None:
            self.written.append(self.after.range(new))
        else:
            self.imports_gone.add(self.before.range(old).end.line)

    def _check_gone(self) -> None:
        """No name whose import is gone is used any more."""
        for node in ast.walk(self.after.tree):
            name = node.id if isinstance(node, ast.Name) else None
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                name = node.value
            if name in self._gone:
                self._fail(node, f"{name} is no longer imported")

    def pair(self, old: ast.AST, new: ast.AST) -> None:
        """Match a node of the earlier tree with one of the later.

        Raises:
            DifferenceError: They differ in a way that no conversion explains.
        """
        self.twin[old] = new
        if isinstance(old, ast.FunctionDef) and isinstance(new, FUNCTIONS):
            self._function(old, new)
        elif isinstance(old, ast.With) and isinstance(new, ast.AsyncWith):
            self.items += old.items
            self._fields(old, new)
        elif isinstance(old, ast.For) and isinstance(new, ast.AsyncFor):
            self.loops.append(old)
            self._fields(old, new)
        elif isinstance(old, ast.For) and isinstance(new, ast.While):
            self._reader(old, new)
        elif isinstance(old, ast.Expr) and isinstance(new, ast.For | ast.AsyncFor):
            self._delegation(old, new)
        elif isinstance(old, ast.AnnAssign) and isinstance(new, ast.AnnAssign):
            self._annotated(old, new)
        elif isinstance(old, ast.Raise) and isinstance(new, ast.Raise):
            self._raise(old, new)
        elif isinstance(old, ast.comprehension) and isinstance(new, ast.comprehension):
            if new.is_async and not old.is_async:
                self.loops.append(old)
            elif old.is_async != new.is_async:
                self._differ(old.iter, new.iter)
            self._fields(old, new, "is_async")
        elif isinstance(old, ast.JoinedStr) and isinstance(new, ast.JoinedStr):
            self._joined(old, new)
        elif isinstance(new, ast.Await) and not isinstance(old, ast.Await):
            self._await(old, new)
        elif isinstance(old, ast.Call):
            self._call(old, new)
        else:
            self._fields(old, new)

    def _function(self, old: ast.FunctionDef, new: Function) -> None:
        is_async = isinstance(new, ast.AsyncFunctionDef)
        if new.name != old.name:
            plain = old.name == "__iter__" and not is_generator(old)
            if TWINS.get(old.name) != new.name or is_async == plain:
                self._fail(new, f"{old.name} is called {new.name} now")
            self.renamed.append(old)
            self._skip_word(old, new)
        if is_async:
            self.functions.append(old)
        changed = is_async or new.name != old.name
        if len(old.decorator_list) != len(new.decorator_list) or (
            (old.returns is None) != (new.returns is None)
        ):
            self._fail(new, f"the decorators or the result of {old.name} differ")
        for one, other in zip(old.decorator_list, new.decorator_list, strict=True):
            self._renamed(one, other, changed=changed)
        if old.returns is not None and new.returns is not None:
            self._returns(old.returns, new.returns, changed=changed)
        self._fields(old, new, "name", "decorator_list", "returns", "body")
        self._statements(old.body, new.body)

    def _skip_word(self, old: Function, new: Function) -> None:
        for source, node, spans in (
            (self.before, old, self.skipped),
            (self.after, new, self.written),
        ):
            start = source.position(node.lineno, node.col_offset)
            end = source.range(node.body[0]).start
            words = (
                (token.start, token.end)
                for token in source.tokens
                if token.string == node.name and (token.start[0] - 1, token.start[1]) >= start
            )
            _, last = next(words)
            spans.append((start, end._replace(line=last[0] - 1, column=last[1])))

    def _returns(self, old: ast.expr, new: ast.expr, *, changed: bool) -> None:
        if isinstance(old, ast.Subscript) and isinstance(new, ast.Subscript):
            if self._renamed(old.value, new.value, changed=changed):
                if isinstance(old.slice, ast.Tuple) and isinstance(new.slice, ast.Tuple):
                    *kept, last = old.slice.elts
                    if len(kept) == len(new.slice.elts):
                        for one, other in zip(kept, new.slice.elts, strict=True):
                            self.pair(one, other)
                        self.skipped.append(self.before.range(last))
                        return
            self.pair(old.slice, new.slice)
        else:
            self._renamed(old, new, changed=changed)

    def _renamed(self, old: ast.expr, new: ast.expr, *, changed: bool) -> bool:
        """Whether a decorator or annotation is the asynchronous form of what it was."""
        full = self.old.dotted(old)
        if changed and full in ASYNC_NAMES and self.new.dotted(new) == ASYNC_NAMES[full]:
            self._rewrote(old, new)
            return True
        self.pair(old, new)
        return False

    def _rewrote(self, old: ast.expr, new: ast.expr) -> None:
        self.skipped.append(self.before.range(old))
        self.written.append(self.after.range(new))

    def _annotated(self, old: ast.AnnAssign, new: ast.AnnAssign) -> None:
        """An annotation follows the object that was exchanged."""
        self._fields(old, new, "annotation")
        one, other = old.annotation, new.annotation
        if isinstance(one, ast.Subscript) and isinstance(other, ast.Subscript):
            self.pair(one.slice, other.slice)
            one, other = one.value, other.value
        swap = self.makers.get(old.value) if isinstance(old.value, ast.Call) else None
        if swap and isinstance(old.value, ast.Call):
            made = self.old.dotted(old.value.func)
            if self.old.dotted(one) == made and self.new.dotted(other) == swap.constructor:
                self._rewrote(one, other)
                return
        self.pair(one, other)

    def _raise(self, old: ast.Raise, new: ast.Raise) -> None:
        one = old.exc.func if isinstance(old.exc, ast.Call) else old.exc
        other = new.exc.func if isinstance(new.exc, ast.Call) else new.exc
        function = self.old.function_of(old)
        if (
            one is not None
            and other is not None
            and type(old.exc) is type(new.exc)
            and function in self.renamed
            and function is not None
            and function.name == "__next__"
            and self.old.dotted(one) == "builtins.StopIteration"
            and self.new.dotted(other) == "builtins.StopAsyncIteration"
        ):
            self._rewrote(one, other)
            if isinstance(old.exc, ast.Call) and isinstance(new.exc, ast.Call):
                self._fields(old.exc, new.exc, "func")
            self._fields(old, new, "exc")
        else:
            self._fields(old, new)

    def _delegation(self, old: ast.Expr, new: ast.For | ast.AsyncFor) -> None:
        """``yield from x`` as ``for item in x: yield item``."""
        value = (
            new.body[0].value if len(new.body) == 1 and isinstance(new.body[0], ast.Expr) else None
        )
        if not (
            isinstance(old.value, ast.YieldFrom)
            and isinstance(new.target, ast.Name)
            and new.target.id not in self.before.words
            and isinstance(value, ast.Yield)
            and isinstance(value.value, ast.Name)
            and value.value.id == new.target.id
            and not new.orelse
        ):
            self._differ(old, new)
        if isinstance(new, ast.AsyncFor):
            self.consumed.append(old.value.value)
        self.twin[old.value] = new
        self._moved(old, old.value.value, new, new.iter)

    def _moved(self, old: ast.AST, inner: ast.expr, new: ast.AST, kept: ast.expr) -> None:
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

    def _reader(self, old: ast.For, new: ast.While) -> None:
        """``for line in file`` as ``while line := await to_thread(file.readline)``."""
        test = new.test
        call = (
            test.value.value
            if isinstance(test, ast.NamedExpr) and isinstance(test.value, ast.Await)
            else None
        )
        if not (
            isinstance(test, ast.NamedExpr)
            and isinstance(call, ast.Call)
            and isinstance(old.target, ast.Name)
            and test.target.id == old.target.id
            and self.new.dotted(call.func) == THREAD
            and len(call.args) == 1
            and not call.keywords
            and isinstance(call.args[0], ast.Attribute)
            and call.args[0].attr == "readline"
            and isinstance(old.iter, ast.Name)
        ):
            self._differ(old, new)
        self.readers.append(old)
        for source, node, spans in (
            (self.before, old, self.skipped),
            (self.after, new, self.written),
        ):
            head = source.range(old.iter if node is old else call)
            spans.append((source.range(node).start, head.end))
        self.pair(old.iter, call.args[0].value)
        self._statements(old.body, new.body)
        self._statements(old.orelse, new.orelse)

    # Expressions

    def _fields(self, old: ast.AST, new: ast.AST, *but: str) -> None:
        loose = isinstance(old, (*FUNCTIONS, ast.With, ast.For))
        if type(old) is not type(new) and not (loose and old._fields == new._fields):
            self._differ(old, new)
        for name in old._fields:
            if name in but:
                continue
            one, other = getattr(old, name, None), getattr(new, name, None)
            if isinstance(one, ast.AST) and isinstance(other, ast.AST):
                self.pair(one, other)
            elif isinstance(one, list) and isinstance(other, list):
                if one and isinstance(one[0], ast.stmt):
                    self._statements(one, other)
                elif len(one) != len(other):
                    self._differ(old, new)
                else:
                    self._each(one, other, old, new)
            elif (type(one), repr(one)) != (type(other), repr(other)):
                self._differ(old, new)

    def _each(self, old: list[object], new: list[object], around: ast.AST, other: ast.AST) -> None:
        for one, two in zip(old, new, strict=True):
            if isinstance(one, ast.AST) and isinstance(two, ast.AST):
                self.pair(one, two)
            elif one != two:
                self._differ(around, other)

    def _joined(self, old: ast.JoinedStr, new: ast.JoinedStr) -> None:
        """An f-string is one token before Python 3.12: where it was changed it counts as rewritten."""
        counts = len(self.skipped), len(self.written)
        known = len(self.awaited) + len(self.ran) + len(self.replaced) + len(self.makers)
        self._fields(old, new)
        if known != len(self.awaited) + len(self.ran) + len(self.replaced) + len(self.makers):
            del self.skipped[counts[0] :], self.written[counts[1] :]
            self._rewrote(old, new)

    def _await(self, old: ast.AST, new: ast.Await) -> None:
        value = new.value
        if not isinstance(old, ast.Call) or not isinstance(value, ast.Call):
            self._fail(new, f"`{_head(new)}`: an await is added to what needs none")
        self.twin[old] = new
        was, now = self.old.dotted(old.func) or "", self.new.dotted(value.func)
        if now == THREAD and was != THREAD:
            if THREAD not in OFFERS.get(was, ()) or not value.args:
                self._fail(new, f"the table has no thread for `{_head(old)}`")
            self.replaced[old] = THREAD
            self.written.append(self.after.range(value.func))
            self.pair(old.func, value.args[0])
            if len(old.args) != len(value.args) - 1 or len(old.keywords) != len(value.keywords):
                self._differ(old, new)
            for one, other in zip(old.args, value.args[1:], strict=True):
                self.pair(one, other)
            for given, taken in zip(old.keywords, value.keywords, strict=True):
                self.pair(given, taken)
        elif now == SLEEP and was != SLEEP:
            plain = (
                len(old.args) == 1 and not old.keywords and not isinstance(old.args[0], ast.Starred)
            )
            if SLEEP not in OFFERS.get(was, ()) or not plain:
                self._fail(new, f"the table has no {SLEEP} for `{_head(old)}`")
            self.replaced[old] = SLEEP
            self._rewrote(old.func, value.func)
            self._fields(old, value, "func")
        elif not self._maker(old, value, awaited=True):
            self.awaited.append(old)
            self._fields(old, value)

    def _call(self, old: ast.Call, new: ast.AST) -> None:
        if isinstance(new, ast.ListComp) and self.old.dotted(old.func) == "builtins.list":
            self._list(old, new)
            return
        if isinstance(new, ast.Call):
            if self.new.dotted(new.func) == "asyncio.run" != self.old.dotted(old.func):
                if len(new.args) != 1 or new.keywords or not isinstance(new.args[0], ast.Call):
                    self._fail(new, "asyncio.run is given something else than the call")
                self.ran.append(old)
                self.written.append(self.after.range(new.func))
                self._fields(old, new.args[0])
                return
            if self._maker(old, new, awaited=False):
                return
        self._fields(old, new)

    def _list(self, old: ast.Call, new: ast.ListComp) -> None:
        """``list(x)`` as ``[item async for item in x]``."""
        loop = new.generators[0]
        if not (
            len(old.args) == 1
            and not old.keywords
            and len(new.generators) == 1
            and loop.is_async
            and not loop.ifs
            and isinstance(loop.target, ast.Name)
            and isinstance(new.elt, ast.Name)
            and new.elt.id == loop.target.id
            and loop.target.id not in self.before.words
        ):
            self._differ(old, new)
        self.consumed.append(old.args[0])
        self._moved(old, old.args[0], new, loop.iter)

    def _maker(self, old: ast.Call, new: ast.Call, *, awaited: bool) -> bool:
        """Whether a call makes the table's counterpart of what it made."""
        was, now = self.old.dotted(old.func) or "", self.new.dotted(new.func)
        swap = next((each for each in SWAPS.get(was, ()) if each.constructor == now), None)
        if swap is None or swap.awaits != awaited:
            return False
        self.makers[old] = swap
        self._rewrote(old.func, new.func)
        if was == "subprocess.Popen":
            command = old.args[0] if len(old.args) == 1 else None
            if not isinstance(command, ast.List) or len(command.elts) != len(new.args):
                self._differ(old, new)
            for one, other in zip(command.elts, new.args, strict=True):
                self.pair(one, other)
            (start, _), (_, end) = self.before.range(command), self.before.range(command)
            self.skipped += [
                (start, start._replace(column=start.column + 1)),
                (end._replace(column=end.column - 1), end),
            ]
            self._fields(old, new, "func", "args")
        elif was == "requests.Session":
            given = [(each.arg, getattr(each.value, "value", "")) for each in new.keywords]
            if old.args or old.keywords or new.args or given != list(CLIENT_ARGUMENTS):
                self._differ(old, new)
            self.written += [self.after.range(each) for each in new.keywords]
        else:
            self._fields(old, new, "func")
        return True


def _same_origin(old: ast.Import | ast.ImportFrom, new: ast.AST | None) -> bool:
    """Whether two imports are the same one, with other names at most."""
    if isinstance(old, ast.ImportFrom):
        return isinstance(new, ast.ImportFrom) and (old.module, old.level) == (
            new.module,
            new.level,
        )
    return isinstance(new, ast.Import) and not {*map(_alias, old.names)}.isdisjoint(
        map(_alias, new.names)
    )


def _alias(node: ast.alias) -> tuple[str, str | None]:
    return node.name, node.asname


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _head(node: ast.AST) -> str:
    return ast.unparse(node).splitlines()[0][:60]
