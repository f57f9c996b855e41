"""Checks whether an annotation can be evaluated without an error when its function is defined."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING

from python_expert.actions.add_type_hints.proof.project_modules import ProjectModules
from python_expert.analysis.bindings import Binding, When
from python_expert.analysis.scopes import FUNCTIONS
from python_expert.analysis.types import tables
from python_expert.analysis.types.grammar import NotATypeError, dotted, is_literal, root
from python_expert.analysis.types.runtime import (
    FORMS,
    allows_union,
    at_import,
    check_arguments,
    elements,
    is_lazy,
    is_parameters,
    stays_a_class,
    takes,
)

if TYPE_CHECKING:
    from python_expert.analysis.bindings import Bindings
    from python_expert.analysis.source import Source
    from python_expert.gate.verdict import Circumstances


class Evaluation:
    """Checks the evaluation of annotations without running them.

    Args:
        before: The text without the added hints. Names that this text already evaluates are safe.
        names: The names of the new text.
        options: The oldest Python version, and the path of the file.
        starred: Whether a name without a binding is assumed to come from an import of ``*``.
    """

    def __init__(
        self, before: Source, names: Bindings, options: Circumstances, *, starred: bool
    ) -> None:
        self._names = names
        self._python = options.python
        self._project = ProjectModules(options.path)
        self._before = before
        self._starred = starred

    @cached_property
    def _evaluated(self) -> tuple[set[str], set[tuple[str, int]]]:
        """The dotted and the subscripted names that the text evaluates when it is imported."""
        nodes = (
            [] if is_lazy(self._before.tree, (3, 0)) else list(at_import(self._before.tree.body))
        )
        dots = {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}
        brackets = (node for node in nodes if isinstance(node, ast.Subscript))
        return dots, {(ast.unparse(node.value), len(elements(node.slice))) for node in brackets}

    def _modules(self, at: ast.stmt) -> set[str]:
        """Return the modules that are imported by full name at the top level above a statement."""
        nodes = (node for node in self._names.tree.body if isinstance(node, ast.Import))
        return {alias.name for node in nodes if node.lineno < at.lineno for alias in node.names}

    def check(self, node: ast.expr, at: ast.stmt) -> None:
        """Check that a type can be evaluated at a statement.

        Raises:
            NotATypeError: The evaluation may fail.
        """
        match node:
            case ast.Name() | ast.Attribute():
                self._name(node, at)
                if self._form(node, at):
                    raise NotATypeError(f"{dotted(node)} alone is not a type")
            case ast.Constant(value=str(text)) if text != text.strip():
                raise NotATypeError("a quoted type begins or ends with a space")
            case ast.BinOp():
                self._union(node, at)
            case ast.Subscript(value=value, slice=inner):
                self._name(value, at)
                self._generic(node, at)
                for each in elements(inner):
                    if not is_literal(node) or isinstance(each, ast.Attribute):
                        self.check(each, at)
            case ast.Tuple() | ast.List():
                for each in node.elts:
                    self.check(each, at)

    def _name(self, node: ast.expr, at: ast.stmt) -> Binding:
        name = root(node)
        found = self._names.lookup(name, at)
        if found is None and self._starred:
            found = Binding(None, "", When.BOUND)
        if found is None or found.when is When.UNSURE:
            raise NotATypeError(f"{name} may not be bound yet when this is evaluated; quote it")
        around = [*self._names.around(at)]
        if any(isinstance(each, FUNCTIONS) for each in around):
            end = self._names.at_top(name)  # functions run after the whole text has run
            if end is not None and end.when is When.UNSURE:
                raise NotATypeError(f"{name} may no longer be bound when this runs; quote it")
        if name.startswith("__") and any(isinstance(each, ast.ClassDef) for each in around):
            raise NotATypeError(f"{name} means something else within a class")
        if (
            isinstance(node, ast.Attribute)
            and dotted(node) not in self._evaluated[0]
            and not self._exists(self._full(node, found), found, at)
        ):
            raise NotATypeError(f"{dotted(node)} may not exist when this is evaluated; quote it")
        return found

    def _exists(self, full: str, found: Binding, at: ast.stmt) -> bool:
        """Return whether the standard library or the project certainly has a dotted name."""
        module, _, last = full.rpartition(".")
        if last in {"args", "kwargs"} and is_parameters(found.node):
            return not found.ambiguous and "." not in module
        if module in {found.origin, "collections.abc", *self._modules(at)} and tables.exists(
            module, last, self._python
        ):
            return True
        place = _place(found, full)
        return place is not None and self._project.has(*place)

    @staticmethod
    def _full(node: ast.expr, found: Binding) -> str:
        """Return the full name of the object that a name refers to."""
        name = dotted(node)
        return (found.origin or root(node)) + name[len(root(node)) :]

    def _form(self, node: ast.expr, at: ast.stmt) -> bool:
        """Return whether a name is a form of ``typing`` that needs arguments."""
        module, _, last = self._full(node, self._name(node, at)).rpartition(".")
        return module in {"typing", "typing_extensions"} and last in FORMS

    def _generic(self, node: ast.Subscript, at: ast.stmt) -> None:
        name = dotted(node.value)
        found = self._name(node.value, at)
        full = self._full(node.value, found)
        check_arguments(full, node.slice)
        defined = self._class(found, full)
        if defined is not None:
            generic = takes(*defined, elements(node.slice), self._names)
        else:
            generic = tables.is_generic(full, self._python)
        if not generic and (name, len(elements(node.slice))) not in self._evaluated[1]:
            raise NotATypeError(f"{name} may not allow this [...] when the program runs; quote it")

    def _class(self, found: Binding, full: str) -> tuple[ast.ClassDef, Bindings] | None:
        """Return the class that a name refers to, with the names around the class.

        The class is in the text or its package.
        """
        if isinstance(found.node, ast.ClassDef):
            return (found.node, self._names) if "." not in full else None
        place = _place(found, full)
        if place is None or (full != found.origin and not self._project.has(*place)):
            return None
        defined = self._project.definition(*place)
        if defined is None or not isinstance(defined.node, ast.ClassDef):
            return None
        return (defined.node, defined.names) if stays_a_class(defined.node) else None

    def _union(self, node: ast.BinOp, at: ast.stmt) -> None:
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
            self.check(each, at)
            if isinstance(each, ast.Name | ast.Attribute):
                found = self._name(each, at)
                full = self._full(each, found)
                is_imported = not isinstance(found.node, ast.ClassDef)
                is_class = is_imported and self._class(found, full) is not None
                if not (is_class or allows_union(found, full, self._python)):
                    raise NotATypeError(f"{dotted(each)} may not allow | when the program runs")


def _place(found: Binding, full: str) -> tuple[str, str] | None:
    """Return the imported module and the name in it that a full name refers to, or None."""
    if found.ambiguous or not isinstance(found.node, ast.Import | ast.ImportFrom):
        return None
    name = full.rpartition(".")[2]
    module = full.removesuffix(name)
    module = module.removesuffix(".") if module.strip(".") else module
    if module == found.origin or (isinstance(found.node, ast.ImportFrom) and full == found.origin):
        return module, name
    return None
