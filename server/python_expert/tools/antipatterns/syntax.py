"""The syntax tree of a text, in the form that the rules use.

Most nodes of a tree are expressions, and most rules are about statements, so only statements are
walked; the expressions are visited on lines that may be relevant.
"""

from __future__ import annotations

import ast
import builtins
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Final, TypeAlias

from python_expert.analysis.nodes import children
from python_expert.text.document import split_lines

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Mapping

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Loop: TypeAlias = ast.For | ast.AsyncFor | ast.While

FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
LOOPS: Final = (ast.For, ast.AsyncFor, ast.While)
BLOCKS: Final = ("body", "handlers", "orelse", "finalbody", "cases")
"""The fields that hold statements, or nodes that contain statements."""

_BUILTIN: Final = "builtins."

_BINDING: Final = ("args", "guard", "items", "pattern", "target", "targets", "type")
"""The fields of statements, handlers and match cases in which names are bound."""

_SCOPES: Final = (":=", "lambda", "for")
"""The text of constructs that bind names within expressions."""


@dataclass(frozen=True, eq=False)
class Syntax:
    """One parsed text.

    Attributes:
        tree: Its tree.
        statements: All statements, outer ones first.
        parents: The node around each statement, handler and match case.
        lines: The text's lines.
    """

    tree: ast.Module
    statements: tuple[ast.stmt, ...]
    parents: Mapping[ast.AST, ast.AST]
    lines: tuple[str, ...]

    @classmethod
    def of(cls, tree: ast.Module, text: str) -> Syntax:
        """Walk the statements of a tree."""
        found: list[ast.stmt] = []
        parents: dict[ast.AST, ast.AST] = {}
        pending: list[ast.AST] = [tree]
        for node in pending:
            if isinstance(node, ast.stmt):
                found.append(node)
            for block in BLOCKS:
                below = getattr(node, block, None)
                if isinstance(below, list):  # the body of a lambda is an expression
                    pending += below
                    parents.update(dict.fromkeys(below, node))
        return cls(tree, tuple(found), parents, tuple(split_lines(text)))

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes around a statement up to its function, the innermost first."""
        while (node := self.parents.get(node, self.tree)) is not self.tree:
            yield node
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                return

    def function(self, node: ast.AST) -> Function | None:
        """Return the function that a statement belongs to."""
        last = next((each for each in self.around(node) if isinstance(each, FUNCTIONS)), None)
        inside_class = any(isinstance(each, ast.ClassDef) for each in self.around(node))
        return None if inside_class else last

    def block(self, statement: ast.stmt) -> list[ast.stmt]:
        """Return the block that contains a statement."""
        parent = self.parents[statement]
        blocks: list[list[ast.stmt]] = [getattr(parent, name, []) for name in BLOCKS]
        return next(each for each in blocks if statement in each)

    def before(self, statement: ast.stmt) -> list[ast.stmt]:
        """Return the statements before a statement in its block."""
        block = self.block(statement)
        return block[: block.index(statement)]

    def expressions(
        self, words: tuple[str, ...], others: re.Pattern[str] | None = None
    ) -> Iterator[tuple[ast.stmt, ast.expr]]:
        """Yield the expressions on lines that contain certain words, each with its statement.

        Args:
            words: Words in lower case; one of the lines must contain one of them.
            others: A pattern that one of the lines must match as well.
        """
        lines = sorted({line for word in words for line in self._lines_with(word)})
        found = (pair for line in lines for pair in self._parts.get(line, ()))
        for statement, part in dict.fromkeys(found):
            its_lines = self.lines[part.lineno - 1 : part.end_lineno]
            if others is None or any(map(others.search, its_lines)):
                for node in walk(part):
                    if isinstance(node, ast.expr):
                        yield statement, node

    def origin(self, node: ast.expr) -> str:
        """Return the full name of the object that a dotted name refers to, or "" if uncertain.

        A name counts only if a single import binds it, or nothing binds it and it may be a builtin.
        """
        path = dotted(node)
        if not path:
            return ""
        name, _, rest = path.partition(".")
        if name not in self._imported:
            is_builtin = hasattr(builtins, name) and not self._has_star
            return _BUILTIN + path if is_builtin and name not in self._bound else ""
        if len(self._imported[name]) > 1 or name in self._bound:
            return ""
        (origin,) = self._imported[name]
        return f"{origin}.{rest}".rstrip(".") if origin else ""

    def is_builtin(self, node: ast.expr, *names: str) -> bool:
        """Return whether a node is the name of one of some builtins."""
        return (
            isinstance(node, ast.Name)
            and node.id in names
            and self.origin(node) == _BUILTIN + node.id
        )

    def imports(self, name: str, origin: str, before: ast.expr) -> bool:
        """Return whether only an import at the top level before a node binds a name."""
        is_top = any(
            each.lineno < before.lineno and (name, origin) in _imports(each)
            for each in self.tree.body
        )
        return is_top and self._imported[name] == {origin} and name not in self._bound

    @cached_property
    def lowered(self) -> str:
        """The text in lower case, in which searching a word is much faster than with a pattern."""
        return "".join(self.lines).lower()

    def _lines_with(self, word: str) -> Iterator[int]:
        """Yield the 1-based numbers of the lines that contain a word."""
        at = self.lowered.find(word)
        while at >= 0:
            line = bisect_right(self._starts, at)
            yield line
            at = self.lowered.find(word, self._starts[line])

    @cached_property
    def _starts(self) -> list[int]:
        """The offsets in the lower-case text at which lines start, and the text's length."""
        return [0, *accumulate(len(line.lower()) for line in self.lines)]

    @cached_property
    def _parts(self) -> dict[int, list[tuple[ast.stmt, ast.expr | ast.keyword]]]:
        """The statements' expressions on each line, by 1-based line."""
        found: dict[int, list[tuple[ast.stmt, ast.expr | ast.keyword]]] = {}
        for statement in self.statements:
            for part in parts(statement):
                for line in range(part.lineno, (part.end_lineno or part.lineno) + 1):
                    found.setdefault(line, []).append((statement, part))
        return found

    @cached_property
    def _has_star(self) -> bool:
        return any(
            isinstance(each, ast.ImportFrom) and each.names[0].name == "*"
            for each in self.statements
        )

    @cached_property
    def _imported(self) -> dict[str, set[str]]:
        """The origins of each name that an import binds anywhere; "" for a relative import."""
        found: dict[str, set[str]] = {}
        for statement in self.statements:
            for name, origin in _imports(statement):
                found.setdefault(name, set()).add(origin)
        return found

    @cached_property
    def _bound(self) -> frozenset[str]:
        """The names that statements and expressions other than imports bind anywhere."""
        return frozenset(name for node in self._binders() if (name := _bound_by(node)))

    def _binders(self) -> Iterator[ast.AST]:
        """Yield the nodes that may bind a name. Most expressions cannot, and are not walked."""
        for node in self.parents:
            yield node
            for field in _BINDING:
                value = getattr(node, field, None) or ()
                yield from nodes_of([value] if isinstance(value, ast.AST) else value)
        for _, node in self.expressions(_SCOPES):
            yield node
            if isinstance(node, ast.Lambda):
                yield from walk(node.args)


def parts(statement: ast.stmt) -> list[ast.expr | ast.keyword]:
    """Return the expressions and keywords of a statement itself, without nested statements."""
    found: list[ast.expr | ast.keyword] = [
        each for each in children(statement) if isinstance(each, (ast.expr, ast.keyword))
    ]
    return found + [item.context_expr for item in getattr(statement, "items", ())]


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all nodes below it, outer ones first."""
    pending = [node]
    for each in pending:
        pending += children(each)
    return iter(pending)


def nodes_of(statements: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield statements and all nodes below them."""
    return (node for each in statements for node in walk(each))


def names(nodes: Iterable[ast.AST], name: str) -> list[ast.Name | ast.Attribute]:
    """Return the nodes that are a given name, dotted or not."""
    return [
        each
        for each in nodes
        if isinstance(each, (ast.Name, ast.Attribute)) and dotted(each) == name
    ]


def stored(nodes: Iterable[ast.AST], name: str) -> list[ast.Name | ast.Attribute]:
    """Return the nodes that bind or delete a name, dotted or not."""
    return [each for each in names(nodes, name) if not isinstance(each.ctx, ast.Load)]


def values(nodes: Iterable[ast.AST], name: str) -> list[ast.expr] | None:
    """Return the values that are assigned to a name, or None if it is also bound in another way."""
    found, binders = list[ast.expr](), 0
    for node in nodes:
        binders += _bound_by(node) == name
        match node:
            case ast.Import() | ast.ImportFrom():
                binders += any(bound == name for bound, _ in _imports(node))
            case ast.Global() | ast.Nonlocal():
                binders += name in node.names
            case (
                ast.Assign(targets=[ast.Name(id=bound)], value=value)
                | ast.AnnAssign(target=ast.Name(id=bound), value=ast.expr() as value)
                | ast.NamedExpr(target=ast.Name(id=bound), value=value)
            ) if bound == name:
                found.append(value)
    return found if len(found) == binders else None


def dotted(node: ast.expr) -> str:
    """Return a name with its attributes (``os.path.join``), or "" if the node is anything else."""
    path: list[str] = []
    while isinstance(node, ast.Attribute):
        path.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(path)]) if isinstance(node, ast.Name) else ""


def _imports(node: ast.stmt) -> Iterator[tuple[str, str]]:
    """Yield the names that an import binds, with their origins."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (top, top)
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            origin = f"{node.module}.{alias.name}" if node.module and not node.level else ""
            yield alias.asname or alias.name, origin


def _bound_by(node: ast.AST) -> str:
    """Return the name that a node binds, or ""."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
            return name
        case (
            ast.FunctionDef(name=name)
            | ast.AsyncFunctionDef(name=name)
            | ast.ClassDef(name=name)
            | ast.ExceptHandler(name=str(name))
            | ast.MatchAs(name=str(name))
            | ast.MatchStar(name=str(name))
            | ast.MatchMapping(rest=str(name))
        ):
            return name
    return ""
