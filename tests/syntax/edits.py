"""Simulated edits of programs: right ones, and small mistakes beside them."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING, TypeAlias

from python_expert.analysis.source import Source, apply_edits
from python_expert.text.document import Edit, Position, Range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_DESCRIBE = re.compile(r"^(def describe\(.*\))(:)", re.MULTILINE)


def with_docstrings(text: str) -> str:
    """Add a docstring to each definition without one whose body starts on its own line."""
    source = Source.of(text)
    edits = []
    for node in ast.walk(source.tree):
        if not isinstance(node, Definition) or ast.get_docstring(node) is not None:
            continue
        start = source.range(node.body[0]).start
        indent = source.lines[start.line][: start.column]
        above = source.lines[start.line - 1].rstrip("\r\n")
        if indent.strip(" \t") or above.endswith("\\"):
            continue
        end = source.lines[start.line - 1][len(above) :]
        at = Position(start.line, 0)
        words = (
            f'{indent}"""Say something.{end}{end}{indent}It is {node.name}.{end}{indent}"""{end}'
        )
        edits.append(Edit(Range(at, at), words))
    return apply_edits(text, edits)


def with_hint(text: str, hint: str) -> str:
    """Add a return type to ``describe``."""
    return _DESCRIBE.sub(rf"\1 -> {hint}\2", text, count=1)


def without_await(text: str, before: str) -> Iterator[str]:
    """Yield the text without each ``await`` that the edit added, one at a time."""
    source = Source.of(text)
    awaited_before = {
        ast.unparse(node) for node in ast.walk(Source.of(before).tree) if _is_await(node)
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Await) and ast.unparse(node) not in awaited_before:
            where = source.range(node)
            inner = source.slice(where).removeprefix("await").lstrip()
            yield apply_edits(text, [Edit(where, inner)])


def _is_await(node: ast.AST) -> bool:
    return isinstance(node, ast.Await)


def mistakes(text: str) -> Iterator[tuple[str, str]]:
    """Yield texts with one change in the code, each with the name of the change."""
    source = Source.of(text)
    original = ast.dump(source.tree)
    for name, edit_of in MISTAKES.items():
        for edit in _places(source, edit_of):
            after = apply_edits(text, [edit])
            # Some places do not allow the change: parts of f-strings, patterns, `global` names.
            if _dump(after) not in (None, original):
                yield name, after
                break


def _places(source: Source, edit_of: Callable[[Source, ast.AST], Edit | None]) -> Iterator[Edit]:
    """Yield the possible edits of a kind, first those within functions."""
    inside = [each for node in source.definitions for each in ast.walk(node.node)]
    for node in (*inside, *ast.walk(source.tree)):
        try:
            edit = edit_of(source, node)
        except (AssertionError, IndexError):  # Python 3.11 has wrong positions in f-strings
            continue
        if edit is not None:
            yield edit


def _dump(text: str) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.dump(ast.parse(text))
        except (SyntaxError, ValueError):
            return None


def _constant(source: Source, node: ast.AST) -> Edit | None:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return Edit(source.range(node), "41")
    return None


def _dropped(source: Source, node: ast.AST) -> Edit | None:
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Return | ast.Raise):
        return Edit(source.range(node), "pass")
    return None


def _default(source: Source, node: ast.AST) -> Edit | None:
    if isinstance(node, ast.arguments) and (node.defaults or any(node.kw_defaults)):
        defaults = [*node.defaults, *filter(None, node.kw_defaults)]
        return Edit(source.range(defaults[0]), "...")
    return None


def _operator(source: Source, node: ast.AST) -> Edit | None:
    if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Sub):
        left, right = source.slice(source.range(node.left)), source.slice(source.range(node.right))
        return Edit(source.range(node), f"{left} - {right}")
    if isinstance(node, ast.Compare):
        where = source.range(node)
        return Edit(where, f"not ({source.slice(where)})")
    return None


def _renamed(source: Source, node: ast.AST) -> Edit | None:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        return Edit(source.range(node), f"{node.id}_other")
    return None


def _behind_docstring(source: Source, node: ast.AST) -> Edit | None:
    if isinstance(node, Definition) and ast.get_docstring(node) is not None:
        end = source.range(node.body[0]).end
        return Edit(Range(end, end), "; print()")
    return None


def _formatted_docstring(source: Source, node: ast.AST) -> Edit | None:
    if isinstance(node, Definition) and ast.get_docstring(node) is not None:
        start = source.range(node.body[0]).start
        return Edit(Range(start, start), "f")
    return None


MISTAKES: dict[str, Callable[[Source, ast.AST], Edit | None]] = {
    "a changed constant": _constant,
    "a dropped statement": _dropped,
    "a changed default": _default,
    "a swapped operator": _operator,
    "a renamed variable": _renamed,
    "code behind a docstring": _behind_docstring,
    "a docstring that is formatted": _formatted_docstring,
}
