"""The question to a model about the hints of one definition."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeGuard

from python_expert.actions.add_type_hints.action import needs_type
from python_expert.actions.add_type_hints.slots import SlotError, slots_of
from python_expert.actions.questions.code import (
    code_of,
    header,
    is_constructor,
    outline_of,
    signature,
)
from python_expert.actions.questions.parts import Part, QuestionParts, UnaskableError
from python_expert.analysis.scopes import Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.actions.base import Options
    from python_expert.actions.questions.signatures import Signatures
    from python_expert.analysis.source import Definition, Source

CALLS_SHOWN: Final = 3
LONGEST_LINE: Final = 120
_USES_SHOWN: Final = 3

_MAKERS: Final = {"NamedTuple", "NewType", "ParamSpec", "TypeVar", "TypeVarTuple", "TypedDict"}
_ALIASES: Final = (ast.Subscript, ast.BinOp, ast.Name, ast.Attribute)


def about_file(source: Source) -> tuple[Part, ...]:
    """Return the parts of a file that matter for all its hints: the types that it defines."""
    types, classes = [], []
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef):
            is_protocol = any("Protocol" in ast.unparse(base) for base in node.bases)
            classes.append(header(node))
            types += [signature(node)] if is_protocol else []
        elif _defines_type(node):
            types.append(source.slice(source.range(node)))
    return (Part("Types that it defines", tuple(types)), Part("Its classes", tuple(classes)))


def wanted(
    source: Source, definition: Definition, options: Options, signatures: Signatures
) -> QuestionParts:
    """Build the question for one definition.

    Args:
        source: The text.
        definition: The definition.
        options: The context of the rewrite.
        signatures: Finds the signatures of what the definition uses.

    Raises:
        UnaskableError: No hint is missing, or the places of hints cannot be found.
    """
    del options
    node = definition.node
    try:
        slots = slots_of(source, definition)
    except SlotError as error:
        raise UnaskableError(str(error)) from error
    is_class = isinstance(node, ast.ClassDef)
    names = [name for name, slot in slots.items() if not is_class or needs_type(slot)]
    if not names:
        raise UnaskableError("it has all its type hints")
    asked = Part("Types needed for", (", ".join(names),), is_code=False)
    used = Part("Signatures of what it uses", signatures.used_by(definition))
    if isinstance(node, ast.ClassDef):
        uses = Part("Where these attributes are used", tuple(_uses(source, node, names)))
        return QuestionParts(outline_of(source, definition, _is_shown), asked, (uses, used))
    calls = Part("Calls to it in this file", tuple(_calls_of(source, node)))
    own = Part("Attributes that it uses", tuple(_attributes(source, definition, node)))
    return QuestionParts(code_of(source, definition), asked, (calls, used, own))


def _defines_type(node: ast.stmt) -> bool:
    """Return whether a statement defines a type alias or a type variable, judged by its syntax."""
    match node:
        case ast.AnnAssign(annotation=annotation):
            return ast.unparse(annotation).endswith("TypeAlias")
        case ast.Assign(targets=[ast.Name()], value=ast.Call(func=func)):
            return ast.unparse(func).rpartition(".")[2] in _MAKERS
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            camel = name.lstrip("_")[:1].isupper() and not name.isupper()
            return camel and isinstance(value, _ALIASES)
        case _:
            return type(node).__name__ == "TypeAlias"  # not in Python 3.11


def _is_shown(statement: ast.stmt) -> bool:
    """Return whether a statement of a class's body helps to find the types of attributes."""
    return isinstance(statement, ast.Assign | ast.AnnAssign) or is_constructor(statement)


@lru_cache(maxsize=2)
def _calls(source: Source) -> dict[str, list[ast.Call]]:
    """Return the calls in a text by the last name of the called expression."""
    found: dict[str, list[ast.Call]] = {}
    for node in source.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            found.setdefault(name, []).append(node)
    return found


def _calls_of(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Return calls of a function from outside, which show the types of its arguments."""
    inside = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    found: dict[str, None] = {}
    for call in sorted(_calls(source).get(node.name, ()), key=lambda each: each.lineno):
        text = ast.unparse(call)
        if call.lineno not in inside and (call.args or call.keywords) and len(text) <= LONGEST_LINE:
            found[text] = None
        if len(found) == CALLS_SHOWN:
            break
    return list(found)


def _attributes(
    source: Source, definition: Definition, node: ast.FunctionDef | ast.AsyncFunctionDef
) -> Iterator[str]:
    """Yield assignments elsewhere in the class to attributes of ``self`` that a method reads."""
    if not definition.is_method:
        return
    owner = definition.parents[-1]
    assert isinstance(owner, ast.ClassDef)  # noqa: S101  # nosec B101 - methods are in classes
    names = {each.attr for each in ast.walk(node) if _is_of_self(each)}
    for statement in owner.body:
        if isinstance(statement, ast.AnnAssign):
            if ast.unparse(statement.target) in names:
                yield from _shown(source.slice(source.range(statement)))
        elif statement is not node and is_constructor(statement):
            for inner in ast.walk(statement):
                yield from _shown(source.slice(source.range(inner))) if _sets(inner, names) else ()


def _uses(source: Source, node: ast.ClassDef, names: list[str]) -> Iterator[str]:
    """Yield lines of a class's methods that use its attributes."""
    counts = dict.fromkeys(names, 0)
    for method in node.body:
        if isinstance(method, Function) and not is_constructor(method):
            for inner in ast.walk(method):
                if _is_of_self(inner) and counts.get(inner.attr, _USES_SHOWN) < _USES_SHOWN:
                    counts[inner.attr] += 1
                    yield from _shown(source.lines[inner.lineno - 1])


def _is_of_self(node: ast.AST) -> TypeGuard[ast.Attribute]:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )


def _sets(node: ast.AST, names: set[str]) -> TypeGuard[ast.Assign | ast.AnnAssign]:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return isinstance(node, ast.Assign | ast.AnnAssign) and any(
        _is_of_self(each) and each.attr in names for each in targets if each is not None
    )


def _shown(code: str) -> Iterator[str]:
    """Yield code on one line, unless it is too long."""
    text = " ".join(code.split())
    if len(text) <= LONGEST_LINE:
        yield text
