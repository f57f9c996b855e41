"""Mutants of right edits: of the code that an edit must keep, and of what it adds."""

from __future__ import annotations

import ast
import difflib
import random
import re
import warnings
from itertools import pairwise
from typing import TYPE_CHECKING

from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.nodes import arguments
from python_expert.analysis.source import all_nodes
from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC
from tests.gate.wrong_edits.code import Code, Mutant, docstring_nodes, mutants

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.gate.wrong_edits.edits import Edit

TYPES = (
    "int", "str", "bytes", "bool", "float", "None", "list[int]", "list[str]", "dict[str, int]",
    "tuple[int, ...]", "set[str]", "type[int]", "complex",
)  # fmt: skip
"""Types that replace a right one, if a use contradicts them."""

OTHERS = 4
"""How many of `TYPES` are tried in one place."""


def changed_code(edit: Edit) -> list[Mutant]:
    """Return mutants that change what an edit must keep, or add what it must not add.

    Args:
        edit: A right edit.
    """
    try:
        before, code = Code(edit.before), Code(edit.after)
    except BrokenError:
        return []
    if code.source.masked:
        return []
    found = list(mutants(code, _added(edit, before, code)))
    if edit.action is ADD_DOCSTRINGS:
        found += _docstrings(code)
    elif edit.action is CONVERT_TO_ASYNC:
        found += _conversions(edit, code)
    return found


def changed_hints(edit: Edit, seed: int) -> list[Mutant]:
    """Return mutants of the hints that an edit adds. A type checker must decide which are wrong."""
    try:
        before, code = Code(edit.before), Code(edit.after)
    except BrokenError:
        return []
    if edit.action is not ADD_TYPE_HINTS or code.source.masked:
        return []
    hints = [each for each in _added(edit, before, code) if isinstance(each, ast.expr)]
    hints.sort(key=code.span)
    chosen = random.Random(f"{seed} {edit.name}")  # noqa: S311 - the same sample each time
    found = [*_other_types(code, hints, chosen), *_swapped_hints(code, hints)]
    found += _dropped_imports(before, code)
    return found


def is_another(text: str, right: str) -> bool:
    """Return whether a text parses and differs from another in its tree or its comments."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<mutant>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    one, other = Code(text), Code(right)
    same_tree = ast.dump(one.source.tree) == ast.dump(other.source.tree)
    return not (same_tree and one.comments == other.comments)


def _added(edit: Edit, before: Code, code: Code) -> set[ast.AST]:
    """Return the nodes that an edit may add, which mutations of the code must not change."""
    if edit.action is ADD_DOCSTRINGS:
        known = {ast.dump(each) for each in docstring_nodes(before.source.tree)}
        return {each for each in docstring_nodes(code.source.tree) if ast.dump(each) not in known}
    if edit.action is ADD_TYPE_HINTS:
        return {*_hints(before, code), *_imports(before, code)}
    return {*_imports(before, code)}


def _hints(before: Code, code: Code) -> Iterator[ast.expr]:
    known = {(at, ast.dump(hint)) for at, hint in _annotations(before.source.tree)}
    for at, hint in _annotations(code.source.tree):
        if (at, ast.dump(hint)) not in known:
            yield hint


def _annotations(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in all_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for arg in arguments(node):
                if arg.annotation is not None:
                    yield f"{node.name} {arg.arg}", arg.annotation
            if node.returns is not None:
                yield f"{node.name} return", node.returns
        elif isinstance(node, ast.AnnAssign):
            yield ast.unparse(node.target), node.annotation


def _imports(before: Code, code: Code) -> Iterator[ast.stmt]:
    """Yield new imports, and new blocks of imports for type checkers."""
    known = {ast.dump(each) for each in all_nodes(before.source.tree)}
    for node in all_nodes(code.source.tree):
        is_block = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if isinstance(node, ast.Import | ast.ImportFrom | ast.If) and (
            (is_block or not isinstance(node, ast.If)) and ast.dump(node) not in known
        ):
            yield node


def _other_types(code: Code, hints: Iterable[ast.expr], chosen: random.Random) -> Iterator[Mutant]:
    for hint in hints:
        start, end = code.span(hint)
        for other in chosen.sample(TYPES, OTHERS):
            yield code.put(f"{other} for {code.slice(hint)}", start, end, other)
        leaves = [each for each in ast.walk(hint) if isinstance(each, ast.Name)]
        for leaf in leaves if len(leaves) > 1 else ():
            start, end = code.span(leaf)
            other = chosen.choice(TYPES)
            yield code.put(f"{other} for {leaf.id} in {code.slice(hint)}", start, end, other)
        if isinstance(hint, ast.BinOp):
            start, end = code.span(hint)
            yield code.put("half a union", start, end, code.slice(hint.left))
            yield code.put("the other half", start, end, code.slice(hint.right))


def _swapped_hints(code: Code, hints: Iterable[ast.expr]) -> Iterator[Mutant]:
    known = set(hints)
    text = code.source.text
    for node in all_nodes(code.source.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        own = [each.annotation for each in arguments(node)] + [node.returns]
        added = [each for each in own if each in known and each is not None]
        added.sort(key=code.span)
        for one, other in pairwise(added):
            (start, first), (second, end) = code.span(one), code.span(other)
            swapped = code.slice(other) + text[first:second] + code.slice(one)
            yield code.put("swapped hints", start, end, swapped)


def _dropped_imports(before: Code, code: Code) -> Iterator[Mutant]:
    for node in _imports(before, code):
        where = code.lines(node)
        if where:
            yield code.put("a dropped import", *where, "")
        for alias in getattr(node, "names", ()):
            start, end = code.at(*code.source.range(alias).start), 0
            end = start + len(alias.name)
            yield code.put(f"{alias.name} is not imported", start, end, f"{alias.name}_")


def _docstrings(code: Code) -> Iterator[Mutant]:
    """Yield mutants with docstrings that are not docstrings, or that contain or hide code."""
    text = code.source.text
    for node in sorted(docstring_nodes(code.source.tree), key=code.span):  # type: ignore[arg-type]
        assert isinstance(node, ast.Expr)
        start, end = code.span(node)
        literal = text[start:end]
        where = code.lines(node)
        if where is None or not literal.startswith('"""'):
            continue
        line = text[where[0] : where[1]]
        indent = text[where[0] : start]
        yield code.put("a formatted docstring", start, start, "f")
        yield code.put("a docstring of bytes", start, start, "b")
        yield code.put("a docstring that is formatted", end, end, " % ()")
        yield code.put("a docstring with a method", end, end, ".strip()")
        yield code.put("a docstring in a list", start, end, f"[{literal}]")
        yield code.put("a docstring assigned", start, start, "__doc__ = ")
        yield code.put("a statement behind a docstring", end, end, "; print()")
        yield code.put("a pass before a docstring", start, start, f"pass\n{indent}")
        yield code.put("two docstrings", where[1], where[1], line)
        yield code.put("a docstring joined", end, end, ' "More."')
        yield code.put("a docstring and a comment", end, end, "  # noqa")
        middle = start + len(literal) // 2
        yield code.put("quotes that end early", middle, middle, '"""; print(); """')
        yield code.put("a concealed call", middle, middle, '""" + str(print()) + """')
        yield code.put("a hidden letter", middle, middle, "\u202e")
        yield code.put("a null", middle, middle, "\\0")
        yield code.put("a directive for mypy", end - 3, end - 3, "\n# mypy: ignore-errors\n")
        yield from _moved(code, node, line, where)


def _moved(code: Code, node: ast.Expr, line: str, where: tuple[int, int]) -> Iterator[Mutant]:
    for owner in all_nodes(code.source.tree):
        body = getattr(owner, "body", None)
        if isinstance(body, list) and body[:1] == [node] and len(body) > 1:
            below = code.lines(body[1])
            if below:
                rest = code.source.text[where[1] : below[1]]
                yield code.put("a docstring after a statement", where[0], below[1], rest + line)


_AWAITED = ("asyncio.create_task({0})", "await asyncio.create_task({0})", "await (await {0})",
            "asyncio.ensure_future({0})", "await asyncio.gather({0})", "await asyncio.shield({0})",
            "await asyncio.wait_for({0}, 5)", "[{0}]", "await asyncio.to_thread(lambda: {0})",
            "asyncio.run({0})", "{0}")  # fmt: skip
"""Replacements for ``await {0}``."""

_WORDS = re.compile(r"\b(?:async|await) ")


def _conversions(edit: Edit, code: Code) -> Iterator[Mutant]:
    text = code.source.text
    for found in _WORDS.finditer(text):
        yield code.put(f"without {found[0].strip()}", *found.span(), "")
    for node in all_nodes(code.source.tree):
        if isinstance(node, ast.Await):
            start, end = code.span(node)
            for form in _AWAITED:
                inner = code.slice(node.value)
                yield code.put(f"{form[:24]} for await", start, end, form.format(inner))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "asyncio.run" and node.args:
            start, end = code.span(node)
            inner = code.slice(node.args[0])
            for form in ("{0}", "asyncio.run(asyncio.wait_for({0}, 9))", "[{0}]"):
                yield code.put(f"{form[:24]} for asyncio.run", start, end, form.format(inner))
        if isinstance(node, ast.AsyncFunctionDef):
            start, _ = code.span(node)
            yield code.put("a cached coroutine", start, start, "@functools.cache\n")
    yield from _undone(edit, code)


def _undone(edit: Edit, code: Code) -> Iterator[Mutant]:
    """Yield mutants that undo one group of changed lines, so that one call still blocks."""
    old, new = edit.before.splitlines(keepends=True), edit.after.splitlines(keepends=True)
    for tag, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if tag == "replace" and j - i == m - k:
            for row in range(j - i):
                yield _line_undone(code, k + row, old[i + row])
        start, end = code.at(k, 0), code.at(m, 0)
        yield code.put("lines undone", start, end, "".join(old[i:j]))


def _line_undone(code: Code, row: int, line: str) -> Mutant:
    return code.put("a line undone", code.at(row, 0), code.at(row + 1, 0), line)
