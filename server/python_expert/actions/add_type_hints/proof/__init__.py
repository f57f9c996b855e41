"""Proves that an edit only added type hints, and that these hints are safe."""

from __future__ import annotations

import ast
import tokenize
from typing import TYPE_CHECKING, Final

from python_expert.actions.add_type_hints.proof.added_hints import (
    AddedHint,
    AddedImport,
    Comparison,
    DifferentError,
    Import,
    Kind,
    compared,
)
from python_expert.actions.add_type_hints.proof.evaluation import Evaluation
from python_expert.actions.add_type_hints.proof.readers import (
    Fields,
    Risks,
    reads_anything,
)
from python_expert.actions.add_type_hints.proof.returned import contradiction
from python_expert.actions.add_type_hints.proof.source_invariants import (
    compiles,
    is_never_run,
    is_shadowed,
    is_usual,
    surface_fault,
    too_old,
)
from python_expert.actions.add_type_hints.proof.views import views_names
from python_expert.analysis.bindings import When, bindings_of, is_no_type
from python_expert.analysis.nodes import is_star_import
from python_expert.analysis.source import all_nodes
from python_expert.analysis.types import tables
from python_expert.analysis.types.grammar import NotATypeError, check, dotted, leaves, root
from python_expert.analysis.types.runtime import is_lazy
from python_expert.gate.names import doubts
from python_expert.gate.verdict import Reason, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.source import Source
    from python_expert.gate.verdict import Circumstances


def prove(before: Source, after: Source, options: Circumstances) -> Verdict:
    """Judge whether an edit added type hints and changed nothing else.

    Args:
        before: The text without the hints.
        after: The text with the hints, from any author.
        options: The Python version that the text must support, and whether it is a stub.

    Returns:
        Refused if anything else differs, or if an added hint or import may change or break the
        program; to be confirmed if the program may read annotations; else accepted.
    """
    try:
        if [text for _, text in before.masked_lines] != [text for _, text in after.masked_lines]:
            return _refused("a part that does not parse is changed", 0)
        if fault := surface_fault(before, after):
            return _refused(fault, 0)
        if not compiles(after.code) and compiles(before.code):
            return _refused("the result cannot be compiled", 0)
        added = compared(before, after)
        return _Judge(before, after, options).verdict(added)
    except DifferentError as error:
        return _refused(str(error), error.line)
    except (RecursionError, SyntaxError, tokenize.TokenError):
        return _refused("it is nested too deeply, or cannot be tokenized", 0)


def _refused(message: str, line: int) -> Verdict:
    return Verdict.of([Reason(message, line)], [])


def _key(hint: AddedHint) -> str:
    """Return the key of the definition that a hint belongs to."""
    return ".".join(
        each.name for each in (*hint.parents, hint.at) if isinstance(each, _DEFINITIONS)
    )


def _uses(hint: AddedHint, name: str) -> bool:
    """Return whether a hint needs a name."""
    try:
        return any(root(leaf) == name for leaf in leaves(hint.annotation))
    except NotATypeError:
        return False


_FALSE: Final = "`if TYPE_CHECKING:` is at a place where that name is not typing's"


class _Judge:
    """Judges what was added to one text."""

    def __init__(self, before: Source, after: Source, options: Circumstances) -> None:
        self._before = before
        self._after = after
        self._options = options
        self._old = bindings_of(before)
        self._names = bindings_of(after)
        self._risks = Risks(after, self._names)
        self._lazy = options.is_stub or is_lazy(after.tree, options.python)
        self._stars = [ast.unparse(each) for each in before.tree.body if is_star_import(each)]
        self._evaluation = Evaluation(before, self._names, options, starred=bool(self._stars))
        self._refused: list[Reason] = []
        self._confirm: list[Reason] = []

    def verdict(self, added: Comparison) -> Verdict:
        """Judge everything that was added."""
        bound: set[str] = set()
        for each in added.imports:
            name = (each.alias.asname or each.alias.name).partition(".")[0]
            reason = self._import(each, name)
            if reason is None and name in bound:
                reason = f"{name} is imported twice"
            bound.add(name)
            if reason:
                users = dict.fromkeys(_key(hint) for hint in added.hints if _uses(hint, name))
                line = each.node.lineno - 1
                self._refused += [Reason(reason, line, key) for key in users or [""]]
        for hint in added.hints:
            self._hint(hint)
        nodes = [each.annotation for each in added.hints] + [each.node for each in added.imports]
        if nodes and not self._refused:
            self._confirm += doubts(
                self._names, self._after.code, {each.lineno - 1 for each in nodes}
            )
        return Verdict.of(self._refused, self._confirm)

    def _import(self, each: AddedImport, name: str) -> str | None:
        """Return why an added import is refused, or None."""
        node, alias = each.node, each.alias
        module = alias.name
        if isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            if alias.name == "*":
                return "an import of * binds names that are not visible here"
        if module == "__future__":
            return self._future(alias)
        return self._misnamed(alias, name) or self._effect(each, module)

    def _misnamed(self, alias: ast.alias, name: str) -> str | None:
        """Return why an added import must not bind a name, or None."""
        if name in self._old.in_use or tables.is_builtin(name):
            return f"{name} is already in use"
        if name.startswith("__") or not is_usual(alias):
            return f"{name} is not the usual name for this import"
        return None

    def _effect(self, each: AddedImport, module: str) -> str | None:
        """Return why an added import may have effects at run time, or None."""
        if each.block is not None:
            return None if is_never_run(each.block, self._before, self._names) else _FALSE
        if self._options.is_stub:
            return None
        name = "" if isinstance(each.node, ast.Import) else each.alias.name
        allowed = self._harmless(each.node, module, name)
        if allowed and views_names(self._before):
            text = "this file inspects its own names when it runs; an import adds one"
            self._confirm.append(Reason(text, each.node.lineno - 1))
        return None if allowed else f"importing {module} may have effects when the program runs"

    def _future(self, alias: ast.alias) -> str | None:
        if alias.name != "annotations" or alias.asname:
            return "this import from __future__ changes the program"
        if self._options.python < (3, 7):
            return f"Python {self._options.named_python} does not have this import from __future__"
        if reads_anything(self._before, self._old):
            return "annotations are read when this program runs; they must not become strings"
        if any(isinstance(each, ast.Call | ast.NamedExpr) for each in self._annotations()):
            return "annotations with calls would no longer be evaluated"
        if any(
            isinstance(each, ast.Name) and each.id in {"exec", "compile"}
            for each in self._before.nodes
        ):
            return "code that this program compiles would have strings for annotations as well"
        for definition in self._before.definitions:
            if isinstance(node := definition.node, ast.ClassDef) and (
                any(isinstance(each, ast.AnnAssign) for each in node.body)
                and (risk := self._risks.of_attribute(node)[1])
            ):
                self._confirm.append(Reason(risk, node.lineno - 1, definition.key))
        return None

    def _annotations(self) -> Iterator[ast.AST]:
        for node in all_nodes(self._before.tree):
            for field in ("annotation", "returns"):
                if (hint := getattr(node, field, None)) is not None:
                    yield from ast.walk(hint)

    def _harmless(self, node: Import, module: str, name: str) -> bool:
        """Return whether an import has no effect that the program did not have before."""
        python = self._options.python
        if not self._is_imported_by(node, module) and (
            module not in tables.TYPING_MODULES - {"typing_extensions"}
            or is_shadowed(module, self._options)
        ):
            return False
        if module in tables.TYPING_MODULES and not name:
            return True
        return bool(name) and tables.exists(module, name, python)

    def _is_imported_by(self, node: Import, module: str) -> bool:
        """Return whether a module was certainly imported before a statement runs."""
        names = self._old.imported
        if any(alias.asname or alias.name in names for alias in node.names) and any(
            isinstance(old, ast.ImportFrom)
            and (old.module, old.level) == (module, 0)
            and ast.dump(old.names[0]) in map(ast.dump, node.names)
            for old in self._before.tree.body
        ):
            return True
        return any(
            (full == module or full.startswith(f"{module}."))
            and (bound := self._names.at_top(each, node))
            and bound.when is When.BOUND
            for each, full in names.items()
        )

    def _hint(self, hint: AddedHint) -> None:
        line, key = hint.annotation.lineno - 1, _key(hint)
        is_variable = hint.kind is not Kind.HEADER
        if reason := too_old(self._options, variable=is_variable) or self._wrong(hint):
            self._refused.append(Reason(reason, line, key))
            return
        owner = hint.parents[-1] if hint.parents else None
        if self._options.is_stub:
            return
        if isinstance(hint.at, ast.FunctionDef | ast.AsyncFunctionDef):
            if risk := self._risks.of_function(hint.at):
                self._confirm.append(Reason(risk, line, key))
        elif hint.kind is Kind.MODULE and self._risks.itself:
            self._confirm.append(Reason(self._risks.itself, line, key))
        elif hint.kind is Kind.CLASS and isinstance(owner, ast.ClassDef):
            fields, risk = self._risks.of_attribute(owner)
            if fields is Fields.YES and not self._options.confirmed:
                self._refused.append(Reason(risk, line, key))
            elif fields is not Fields.NO:
                self._confirm.append(Reason(risk, line, key))

    def _wrong(self, hint: AddedHint) -> str | None:
        """Return why an added hint is not a valid type at its place, or None."""
        try:
            check(hint.annotation)
            for leaf in leaves(hint.annotation):
                self._leaf(leaf, hint)
            if not self._lazy and hint.kind in {Kind.HEADER, Kind.CLASS, Kind.MODULE}:
                self._evaluation.check(hint.annotation, hint.at)
                self._confirm += self._starred(hint)
        except NotATypeError as error:
            return f"`{ast.unparse(hint.annotation)}`: {error}"
        return contradiction(hint.at, hint.annotation)

    def _starred(self, hint: AddedHint) -> Iterator[Reason]:
        """Ask about names that are evaluated and may only come from an import of ``*``."""
        names = {each.id for each in ast.walk(hint.annotation) if isinstance(each, ast.Name)}
        for name in sorted(names):
            if self._names.lookup(name, hint.at) is None:
                text = f"{name} may come from `{self._stars[-1]}`"
                yield Reason(text, hint.annotation.lineno - 1, _key(hint))

    def _leaf(self, leaf: ast.Name | ast.Attribute, hint: AddedHint) -> None:
        """Refuse a name that is not a type, quoted or not."""
        name = root(leaf)
        found = self._names.lookup(name, hint.at)
        if found is None and not self._stars:
            raise NotATypeError(f"{name} is not defined")
        if found is None:  # mypy reports names that no module has
            if dotted(leaf).rpartition(".")[2] in _MORE_THAN_TYPES:
                raise NotATypeError(f"{dotted(leaf)} may contain more than a type")
            return
        if is_no_type(found):
            raise NotATypeError(f"{name} is a function, a parameter or a value here, not a type")
        if found.when is When.BUILTIN and not tables.is_builtin_class(name, self._options.python):
            raise NotATypeError(f"{name} is not a type")
        module, _, last = (found.origin + dotted(leaf)[len(name) :]).rpartition(".")
        is_other = module not in tables.TYPING_MODULES and tables.exists(
            module, last, self._options.python
        )
        if last in _MORE_THAN_TYPES and not is_other:  # another module may re-export it
            raise NotATypeError(f"{dotted(leaf)} contains more than a type")


_MORE_THAN_TYPES: Final = frozenset(
    {"Annotated", "ClassVar", "Final", "Generic", "InitVar", "Protocol"}
)
_DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
