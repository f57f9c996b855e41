"""Infers types from a function's body: its results, yields and uses of parameters."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from python_expert.actions.add_type_hints.offline.expressions import ExpressionReader, union
from python_expert.actions.add_type_hints.offline.flow import (
    always_raises,
    ends,
    is_abstract,
    raises_not_implemented,
)
from python_expert.analysis.function_bodies import own_nodes
from python_expert.analysis.nodes import arguments, is_none

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from python_expert.analysis.scopes import Function
    from python_expert.analysis.source import Definition, Source


_DEEPEST: Final = 4


class Bodies:
    """Reads the bodies of one text's functions."""

    def __init__(self, source: Source) -> None:
        self._definitions = source.definitions
        self._annotated: dict[ast.ClassDef, dict[str, str]] = {}
        self._returned: dict[tuple[str, int], str | None] = {}
        self._classes = {
            each.node.name: each.node
            for each in source.definitions
            if isinstance(each.node, ast.ClassDef)
        }
        self._top = {
            each.node.name: each
            for each in source.definitions
            if not each.parents and not isinstance(each.node, ast.ClassDef)
        }

    def called_returns(self, definition: Definition, depth: int) -> str | None:
        """Return the return type of a function that another one calls; see `returns`."""
        known = (definition.key, depth)
        if known not in self._returned:
            self._returned[known] = self.returns(definition, {}, depth)
        return self._returned[known]

    def returns(
        self, definition: Definition, parameters: Mapping[str, str], depth: int = 0
    ) -> str | None:
        """Infer the return type of a function from its body; None if the body does not show it.

        Args:
            definition: The function.
            parameters: The known types of the function's parameters.
            depth: The number of calls that led to this function.
        """
        node = definition.node
        if isinstance(node, ast.ClassDef) or is_abstract(node) or depth > _DEEPEST:
            return None
        inner = list(own_nodes(node))
        reader = ExpressionReader(self, definition, inner, parameters, depth)
        yields = [each for each in inner if isinstance(each, ast.Yield | ast.YieldFrom)]
        if yields:
            return self._yielded(node, yields, reader)
        returned = [each for each in inner if isinstance(each, ast.Return)]
        values = [each.value for each in returned if each.value is not None]
        if not values:
            if not returned and always_raises(node.body):
                is_hook = definition.is_method or raises_not_implemented(node)
                return None if is_hook else "NoReturn"
            return "None"
        types = [reader.type_of(value) for value in values]
        # An explicit `return None` suggests that other values are expected.
        if any(each is None for each in types) or all(map(is_none, values)):
            return None
        if len(values) < len(returned) or not ends(node.body):
            types.append("None")
        return union(each for each in types if each)

    def attribute(self, class_: ast.ClassDef, name: str) -> str | None:
        """Return the annotated type of a class's attribute, in its body or for ``self``."""
        if class_ not in self._annotated:
            self._annotated[class_] = dict(_annotated(class_))
        return self._annotated[class_].get(name)

    def stored(self, definition: Definition) -> Iterator[tuple[str, str]]:
        """Yield the parameters that are stored in an annotated attribute, with its type."""
        if not definition.is_method or isinstance(definition.node, ast.ClassDef):
            return
        class_ = definition.parents[-1]
        assert isinstance(class_, ast.ClassDef)  # noqa: S101  # nosec B101 - it is a method
        names = {arg.arg for arg in arguments(definition.node)}
        names -= {
            each.id
            for each in own_nodes(definition.node)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        }
        for each in own_nodes(definition.node):
            match each:
                case ast.Assign(
                    targets=[ast.Attribute(value=ast.Name(id="self"), attr=attribute)],
                    value=ast.Name(id=name),
                ) if name in names:
                    type_ = self.attribute(class_, attribute)
                    if type_:
                        yield name, type_
                case ast.AnnAssign(
                    target=ast.Attribute(value=ast.Name(id="self")),
                    annotation=annotation,
                    value=ast.Name(id=name),
                ) if name in names:
                    yield name, ast.unparse(annotation)

    def called(self, name: str) -> Definition | None:
        """Return the top-level function with a name, or None."""
        return self._top.get(name)

    def method(self, definition: Definition, name: str) -> Definition | None:
        """Return the method of that name in the class of another method, or None."""
        for each in self._definitions:
            if each.is_method and each.parents == definition.parents and each.node.name == name:
                return each
        return None

    def is_class(self, name: str) -> bool:
        """Return whether the text defines a class with that name."""
        return name in self._classes

    def _yielded(
        self, node: Function, yields: Iterable[ast.Yield | ast.YieldFrom], reader: ExpressionReader
    ) -> str | None:
        types: list[str] = []
        plain = {each.value for each in own_nodes(node) if isinstance(each, ast.Expr)}
        for each in yields:
            if each not in plain:  # the type of sent values is unknown
                return None
            if isinstance(each, ast.YieldFrom):
                return None
            type_ = reader.type_of(each.value) if each.value else "None"
            if type_ is None:
                return None
            types.append(type_)
        kind = "AsyncIterator" if isinstance(node, ast.AsyncFunctionDef) else "Iterator"
        return f"{kind}[{union(types)}]"


def _annotated(class_: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Yield the annotated attributes of a class; only the first annotation of a name counts."""
    found: dict[str, str] = {}
    for node in ast.walk(class_):
        match node:
            case ast.AnnAssign(target=ast.Name(id=name)) if node in class_.body:
                found.setdefault(name, ast.unparse(node.annotation))
            case ast.AnnAssign(target=ast.Attribute(value=ast.Name(id="self"), attr=name)):
                found.setdefault(name, ast.unparse(node.annotation))
    for name, text in found.items():
        if "ClassVar" not in text and "Final" not in text:
            yield name, text
