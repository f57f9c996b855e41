"""Whether an annotation can be evaluated where a function is defined, without an error."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING, Final

from python_expert.rewrites.type_hints import tables
from python_expert.rewrites.type_hints.grammar import NotATypeError, dotted, is_literal, root
from python_expert.rewrites.type_hints.names import When
from python_expert.rewrites.type_hints.spelling import is_generic_class
from python_expert.rewrites.type_hints.words import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.rewrites.source import Source
    from python_expert.rewrites.type_hints.names import Binding, Names, Scope

_ONE: Final = words(
    """
    AbstractSet AsyncContextManager AsyncIterable AsyncIterator Awaitable Collection Container
    ContextManager Counter Deque FrozenSet Iterable Iterator KeysView List Match MutableSequence
    MutableSet Optional Pattern Reversible Sequence Set Type TypeGuard TypeIs ValuesView
    """
)
_TWO: Final = words(
    """
    Callable ChainMap DefaultDict Dict ItemsView Mapping MutableMapping OrderedDict
    """
)


class Evaluation:
    """Evaluates annotations in thought.

    Args:
        before: The text without the added hints; what it evaluates already is no news.
        names: The names of the text with them.
        python: The oldest Python that counts.
    """

    def __init__(self, before: Source, names: Names, python: tuple[int, int]) -> None:
        self._names = names
        self._python = python
        self._before = before

    @cached_property
    def _attributes(self) -> set[str]:
        """Names with dots that the text has already."""
        nodes = ast.walk(self._before.tree)
        return {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}

    @cached_property
    def _subscripts(self) -> set[str]:
        """What the text subscripts already."""
        return {
            ast.unparse(node.value)
            for node in ast.walk(self._before.tree)
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load)
        }

    def check(self, node: ast.expr, at: ast.stmt, parents: Sequence[Scope]) -> None:
        """Make sure that evaluating a type at a statement works.

        Raises:
            NotATypeError: It may not.
        """
        match node:
            case ast.Name() | ast.Attribute():
                self._name(node, at, parents)
            case ast.BinOp():
                self._union(node, at, parents)
            case ast.Subscript(value=value, slice=inner):
                self._name(value, at, parents)
                self._generic(node, at, parents)
                if not is_literal(node):
                    self.check(inner, at, parents)
                else:
                    for each in inner.elts if isinstance(inner, ast.Tuple) else [inner]:
                        if isinstance(each, ast.Attribute):
                            self._name(each, at, parents)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for element in elements:
                    self.check(element, at, parents)

    def _name(self, node: ast.expr, at: ast.stmt, parents: Sequence[Scope]) -> Binding:
        name = root(node)
        found = self._names.lookup(name, at, parents)
        if found is None or found.when in {When.LATER, When.CHECKING}:
            raise NotATypeError(f"{name} may not be bound yet when this is evaluated; quote it")
        if isinstance(node, ast.Attribute):
            full = found.origin + dotted(node)[len(name) :]
            known = tables.exists(*full.rpartition(".")[::2], self._python)
            if not known and dotted(node) not in self._attributes:
                raise NotATypeError(f"nobody can see here that {dotted(node)} exists; quote it")
        return found

    def _generic(self, node: ast.Subscript, at: ast.stmt, parents: Sequence[Scope]) -> None:
        name = dotted(node.value)
        found = self._name(node.value, at, parents)
        if isinstance(found.node, ast.ClassDef):
            generic = is_generic_class(found.node)
        else:
            full = (found.origin or name) + name[len(root(node.value)) :]
            generic = tables.is_generic(full, self._python)
            module, _, last = full.rpartition(".")
            if generic and module in {"typing", "typing_extensions"}:
                self._count(last, node.slice)
            if last == "Callable":
                _callable(node.slice)
        if not generic and name not in self._subscripts:
            raise NotATypeError(f"{name} may not allow [...] when the program runs; quote it")

    @staticmethod
    def _count(name: str, inner: ast.expr) -> None:
        count = len(inner.elts) if isinstance(inner, ast.Tuple) else 1
        if (name in _ONE and count != 1) or (name in _TWO and count != 2):  # noqa: PLR2004
            raise NotATypeError(f"{name}[...] takes another number of types")
        if name == "Union" and not count:
            raise NotATypeError("Union[...] takes at least one type")

    def _union(self, node: ast.BinOp, at: ast.stmt, parents: Sequence[Scope]) -> None:
        if self._python < (3, 10):
            raise NotATypeError("Python before 3.10 cannot evaluate X | Y")
        operands: list[ast.expr] = []
        rest: list[ast.expr] = [node]
        while rest:
            each = rest.pop()
            if isinstance(each, ast.BinOp):
                rest += [each.left, each.right]
            else:
                operands.append(each)
        if all(isinstance(each, ast.Constant) for each in operands):
            raise NotATypeError("None | None cannot be evaluated")
        for each in operands:
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                raise NotATypeError("a quoted type cannot be evaluated with |; quote all of it")
            self.check(each, at, parents)
            if isinstance(each, ast.Name):
                found = self._name(each, at, parents)
                if found.ambiguous or not _is_type(found):
                    raise NotATypeError(f"{each.id} may not allow | when the program runs")


def _is_type(found: Binding) -> bool:
    """Whether what a name stands for is a class or another thing that allows ``|``."""
    match found.node:
        case ast.Assign(value=value):
            return isinstance(value, ast.Subscript | ast.BinOp | ast.Call)
        case None | ast.ClassDef() | ast.Import() | ast.ImportFrom() | ast.AnnAssign():
            return True
        case _:
            return found.origin != ""


def _callable(inner: ast.expr) -> None:
    parts = inner.elts if isinstance(inner, ast.Tuple) else []
    if len(parts) != 2:  # noqa: PLR2004 - parameters and result
        raise NotATypeError("Callable[...] takes parameters and a result")
    first = parts[0]
    if isinstance(first, ast.Constant) and first.value is not ...:
        raise NotATypeError("the parameters of Callable are a list or ...")
