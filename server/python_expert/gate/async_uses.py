"""What a conversion has to do everywhere once it does it somewhere.

Every call of a function that became async is awaited or stands in a form that awaits it;
nothing else is awaited; an object that was exchanged is used as the new one asks.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from python_expert.gate.verdict import Reason
from python_expert.rewrites.to_async.names import Function
from python_expert.rewrites.to_async.objects import RefusedError, exchange
from python_expert.rewrites.to_async.program import (
    How,
    Program,
    Use,
    is_generator,
    obstacle,
    own_nodes,
)
from python_expert.rewrites.to_async.table import (
    BOUND,
    DECORATORS,
    PAIRS,
    REPLACEMENTS,
    TWINS,
)
from python_expert.snapshot import split_lines

if TYPE_CHECKING:
    from python_expert.gate.async_pairs import Pairs
    from python_expert.rewrites.base import Options

_WAITING = (ast.Await, ast.AsyncFor, ast.AsyncWith)
_BY_NAME = frozenset({"getattr", "hasattr", "setattr", "methodcaller", "attrgetter", "delattr"})


class Uses:
    """The check of one pair of texts.

    Attributes:
        pairs: The two trees.
        program: The earlier text.
        options: What is known beside the texts.
        refused: What is wrong.
        confirm: What cannot be proven.
    """

    def __init__(self, program: Program, pairs: Pairs, options: Options) -> None:
        self.program = program
        self.pairs = pairs
        self.options = options
        self.refused: list[Reason] = []
        self.confirm: list[Reason] = []
        self.coroutines = self._coroutines()
        self.allowed: set[ast.AST] = set()

    def check(self) -> None:
        """Find all that is wrong or cannot be proven."""
        for found in self._exchanges():
            self.allowed |= {*found}
        for function in self.pairs.functions:
            self._check_function(function)
        for function in self.pairs.renamed:
            if function not in self.pairs.functions:
                self._check_special(function)
        for function in self.coroutines:
            for use in self.program.uses[function]:
                self._check_use(use)
        self._check_unasked()
        self._check_runs()
        self._check_locks()
        self._check_words()
        self._check_readers()
        used = {*self.pairs.replaced.values()}
        used |= {swap.replacement for swap in self.pairs.makers.values()}
        for name in sorted(used):
            known = REPLACEMENTS[name]
            if known.package and known.package not in self.options.packages:
                self._refuse(None, f"{known.package} is not installed")
            if known.caveat:
                self._ask(None, known.caveat)

    def _reason(self, node: ast.AST | None, message: str) -> Reason:
        other = self.pairs.twin.get(node) if node is not None else None
        line = getattr(other or node, "lineno", 1) - 1
        return Reason(message, line)

    def _refuse(self, node: ast.AST | None, message: str) -> None:
        reason = self._reason(node, message)
        if reason not in self.refused:
            self.refused.append(reason)

    def _ask(self, node: ast.AST | None, message: str) -> None:
        reason = self._reason(node, message)
        if reason not in self.confirm:
            self.confirm.append(reason)

    def _coroutines(self) -> list[Function]:
        """The functions whose calls are to be awaited: async now, or only passing one on."""
        found = list(self.pairs.functions) + [
            each for each in self.pairs.renamed if each not in self.pairs.functions
        ]
        for one in found:
            for use in self.program.uses[one]:
                call = self.program.names.parents[use.node]
                statement = self.program.names.parents.get(call)
                owner = self.program.names.function_of(use.node)
                if (
                    use.how is How.CALL
                    and use.sure
                    and isinstance(statement, ast.Return)
                    and owner is not None
                    and owner not in found
                    and self.program.uses[owner]
                    and call not in self.pairs.awaited
                    and call not in self.pairs.ran
                    and _only_returns(owner)
                ):
                    found.append(owner)
        return found

    def _is_context(self, function: Function) -> bool:
        names = self.program.names
        return any(
            names.dotted(each) == "contextlib.contextmanager" for each in function.decorator_list
        )

    def _exchanges(self) -> list[list[ast.AST]]:
        """What each exchanged object asks for, checked."""
        found = []
        for maker, swap in self.pairs.makers.items():
            name = ast.unparse(maker.func)
            try:
                wanted = exchange(self.program, maker, swap)
            except RefusedError as error:
                self._refuse(maker, f"{name} cannot be exchanged: {error}")
                continue
            for each in wanted.makers:
                if self.pairs.makers.get(each) is not swap:
                    self._refuse(each, f"{name} is exchanged in one place only")
            for call in wanted.awaits:
                if call not in self.pairs.awaited:
                    self._refuse(call, f"`{ast.unparse(call)}` is not awaited")
            for item in wanted.items:
                if item not in self.pairs.items:
                    self._refuse(item.context_expr, f"{name} is not entered with `async with`")
            for loop in wanted.loops:
                if loop not in self.pairs.loops:
                    self._refuse(loop.iter, f"{name} is not read with `async for`")
            found.append([*wanted.awaits, *wanted.items, *wanted.loops])
            shared = isinstance(self.program.names.scopes[maker].node, ast.Module)
            if shared and len(self.pairs.ran) > 1:
                self._ask(maker, f"several event loops share the object made by {name}")
        return found

    def _check_function(self, function: Function) -> None:
        names, name = self.program.names, self.program.name(function)
        for decorator in function.decorator_list:
            if names.dotted(decorator) not in DECORATORS:
                text = ast.unparse(decorator)
                self._refuse(function, f"{name}: {text} takes a plain function")
        if self._is_context(function):
            other = self.pairs.twin[function]
            texts = [ast.unparse(each) for each in getattr(other, "decorator_list", [])]
            if not any("asynccontextmanager" in text for text in texts):
                self._refuse(function, f"{name} is still decorated with contextmanager")
        base = self.program.foreign_base(function)
        if base:
            self._refuse(function, f"{name} may be a method that {base} does not await")
        for each in self.program.family(function):
            if isinstance(each, ast.FunctionDef) and each not in self.coroutines:
                self._refuse(each, f"{name} is async, but not where it is defined again")
        if function.name.startswith("__") and function.name.endswith("__"):
            self._check_special(function)
        if function.name.startswith("test_"):
            self._refuse(function, f"{name} is called by a test runner, which does not await it")
        for node in own_nodes(function):
            kind = names.kind(node) if isinstance(node, ast.Name | ast.Attribute) else None
            full = names.dotted(node) if isinstance(node, ast.Name | ast.Attribute) else None
            why = BOUND.get(full or "") or (BOUND.get(kind) if isinstance(kind, str) else None)
            if why:
                self._refuse(node, f"{name}: {why}")
            sent = isinstance(node, ast.Yield) and not isinstance(names.parents[node], ast.Expr)
            if sent and not self._is_context(function):
                self._refuse(node, f"{name} uses what is sent to it")
        if is_generator(function):
            self._check_leaving(function)

    def _check_special(self, function: Function) -> None:
        names, name = self.program.names, self.program.name(function)
        owner = names.class_of(function)
        if function.name not in TWINS or function not in self.pairs.renamed or owner is None:
            self._refuse(function, f"{name} is called by Python itself, which does not await it")
            return
        if function.name == "__iter__":
            self._check_loops(function)
        other = names.method(owner, PAIRS[function.name])
        if other is not None and other not in self.pairs.renamed:
            self._refuse(other, f"{name} is converted without {PAIRS[function.name]}")

    def _check_loops(self, function: Function) -> None:
        """Ask about loops over what may be an object that no longer can be looped over."""
        names = self.program.names
        for node in ast.walk(names.tree):
            if isinstance(node, ast.For | ast.comprehension) and node not in self.pairs.loops:
                plain = isinstance(node.iter, ast.Name | ast.Attribute)
                if plain and names.kind(node.iter) is None:
                    text = ast.unparse(node.iter)
                    self._ask(node.iter, f"{text} may have {self.program.name(function)}")

    def _check_leaving(self, function: Function) -> None:
        """Ask where a loop may leave a generator that has to clean up."""
        names = self.program.names
        guarded = any(
            isinstance(node, ast.Yield | ast.YieldFrom)
            and any(isinstance(each, ast.Try | ast.With) for each in names.around(node))
            for node in own_nodes(function)
        )
        if not guarded or self._is_context(function):
            return
        for use in self.program.uses[function]:
            loop = names.parents[names.parents[use.node]]
            if isinstance(loop, ast.For) and any(
                isinstance(each, ast.Break | ast.Return) for each in ast.walk(loop)
            ):
                text = f"a loop over {self.program.name(function)} may end early; what the"
                self._ask(loop, f"{text} generator does at its end may then happen later")

    def _check_use(self, use: Use) -> None:
        names, pairs, name = self.program.names, self.pairs, self.program.name(use.function)
        text = ast.unparse(use.node)
        holder = names.parents[use.node]
        if use.how is How.VALUE:
            self._refuse(use.node, f"{text} is passed on as a value: nobody awaits {name}")
            return
        if use.how is How.CALL:
            right = self._is_waited(use.function, holder)
        elif use.how is How.WITH:
            right = holder in pairs.items
        else:
            right = holder in pairs.loops
        if right and isinstance(holder, ast.withitem | ast.For | ast.comprehension | ast.Call):
            self.allowed.add(holder)
            around = names.parents[holder]
            if isinstance(around, ast.withitem | ast.For | ast.comprehension):
                self.allowed.add(around)
        if not right:
            self._refuse(use.node, f"`{text}` is used here, but nothing awaits {name}")
        elif not use.sure:
            self._ask(use.node, f"`{text}` is taken to be {name}")

    def _is_waited(self, function: Function, call: ast.AST) -> bool:
        """Whether a call stands where its result is waited for in the right way."""
        names, pairs = self.program.names, self.pairs
        around = names.parents[call]
        if self._is_context(function):
            return around in pairs.items
        if is_generator(function):
            return around in pairs.loops or call in pairs.consumed
        if call in pairs.awaited or call in pairs.ran:
            return True
        owner = names.function_of(call)
        return (
            isinstance(around, ast.Return)
            and owner in self.coroutines
            and (owner is not None and _only_returns(owner) and owner not in pairs.functions)
        )

    def _check_unasked(self) -> None:
        """Refuse what became asynchronous though nothing asks for it."""
        pairs = self.pairs
        for node in (*pairs.awaited, *pairs.ran, *pairs.items, *pairs.loops):
            if node not in self.allowed:
                inner = getattr(node, "context_expr", getattr(node, "iter", node))
                text = ast.unparse(inner)[:60]
                self._refuse(inner, f"`{text}` is awaited, but was not converted")
        for inner in pairs.consumed:
            if inner not in self.allowed:
                self._refuse(inner, f"`{ast.unparse(inner)[:60]}` is no asynchronous generator")

    def _check_runs(self) -> None:
        """``asyncio.run`` stands only where no event loop can be running."""
        names = self.program.names
        for call in self.pairs.ran:
            owner, why = names.function_of(call), obstacle(names, call)
            if why:
                self._refuse(call, f"asyncio.run stands in {why}")
            if owner is None:
                continue
            callers, name = [owner], self.program.name(owner)
            for one in callers:
                if one in self.coroutines or isinstance(one, ast.AsyncFunctionDef):
                    self._refuse(call, f"{name} calls asyncio.run, but may run in an event loop")
                    break
                for use in self.program.uses[one]:
                    caller = names.function_of(use.node)
                    if caller is not None and caller not in callers:
                        callers.append(caller)
            else:
                self._ask(call, f"{name} starts an event loop of its own")

    def _check_locks(self) -> None:
        """No thread waits for a lock that is held while a task waits."""
        names, pairs = self.program.names, self.pairs
        new = {*pairs.awaited, *pairs.replaced, *pairs.items, *pairs.loops}
        for node in ast.walk(names.tree):
            if isinstance(node, ast.With):
                inside = {each for part in node.body for each in ast.walk(part)}
                if not new & inside:
                    continue
                for item in node.items:
                    if item in pairs.items:
                        continue
                    kind, text = names.kind(item.context_expr), ast.unparse(item.context_expr)
                    if isinstance(kind, str) and kind.startswith("threading."):
                        self._refuse(item.context_expr, f"{text} is held while a task waits")
                    elif kind is None and "lock" in text.lower():
                        self._ask(item.context_expr, f"{text} may be a lock of threads")
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                full = names.dotted(node.func) or ""
                owner = names.function_of(node)
                held = full.startswith("threading.") and full.endswith(".acquire")
                waits = any(names.function_of(each) is owner for each in new)
                if held and owner in self.coroutines and waits and node not in pairs.awaited:
                    self._refuse(node, f"{ast.unparse(node)}: a lock of threads is held")

    def _check_words(self) -> None:
        """Functions may be looked up by their names, and names bound anew."""
        names = self.program.names
        known = {each.name for each in self.coroutines}
        for line in self.pairs.before.masked:
            text = split_lines(self.pairs.before.text)[line]
            for word in sorted(known & set(re.findall(r"\w+", text))):
                self.confirm.append(Reason(f"{word} stands in what does not parse", line))
        for node in ast.walk(names.tree):
            if isinstance(node, ast.ImportFrom) and known and node.names[0].name == "*":
                self._ask(node, f"any name may come from {node.module}")
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                kind = names.kind(node.value)
                if node.attr in known and not isinstance(kind, str):
                    self._refuse(node, f"{ast.unparse(node)} is bound anew")
            words: list[ast.expr] = []
            if isinstance(node, ast.Call):
                func = node.func
                called = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
                if called in _BY_NAME:
                    words = node.args
            elif isinstance(node, ast.Subscript):
                words = [node.slice] if isinstance(node.value, ast.Call) else []
            for word in words:
                if isinstance(word, ast.Constant) and word.value in known:
                    self._refuse(node, f"{word.value} is looked up by its name, not awaited")

    def _check_readers(self) -> None:
        names = self.program.names
        for loop in self.pairs.readers:
            target, owner = loop.target, names.function_of(loop)
            inside = {each for part in loop.body for each in ast.walk(part)} | {target}
            if names.kind(loop.iter) != "builtins.open" or owner is None:
                self._refuse(loop, f"{ast.unparse(loop.iter)} cannot be shown to be a file")
            elif any(
                isinstance(each, ast.Name)
                and each.id == getattr(target, "id", "")
                and each not in inside
                for each in ast.walk(owner)
            ):
                self._refuse(loop, f"{ast.unparse(target)} is used after the loop")


def _only_returns(function: Function) -> bool:
    """Whether a plain function does nothing but return one call."""
    body = [each for each in function.body if not isinstance(each, ast.Expr)]
    texts = [each for each in function.body if isinstance(each, ast.Expr)]
    return (
        isinstance(function, ast.FunctionDef)
        and not function.decorator_list
        and len(body) == 1
        and isinstance(body[0], ast.Return)
        and all(isinstance(each.value, ast.Constant) for each in texts)
    )
