"""Code that reads annotations or names at run time, so that an added hint may change it."""

from __future__ import annotations

import ast
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from python_expert.actions.add_type_hints.proof.views import viewed
from python_expert.analysis.source import all_nodes
from python_expert.analysis.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.analysis.bindings import Bindings
    from python_expert.analysis.source import Source

_DECORATORS: Final = words(
    """
    get post put delete patch head options trace route websocket websocket_route api_route
    command callback group register singledispatch singledispatchmethod validator
    field_validator model_validator root_validator validate_call validate_arguments
    validate_types field_serializer model_serializer computed_field serializer beartype
    typechecked runtime_validation inject field mutation subscription strawberry type_validator
    tool resource prompt task flow activity workflow asset op job component given dispatch
    overloaded converter structure_hook on_event exception_handler app_command hybrid_command
    slash_command agent call
    """
)
"""Last names of decorators that are known to read the annotations of the decorated object."""

_PACKAGES: Final = words(
    """
    fastapi typer pydantic pydantic_settings pydantic_ai strawberry litestar starlite beartype
    typeguard cattrs attrs cyclopts discord nextcord disnake mcp fastmcp dagster prefect
    flytekit injector dependency_injector lagom punq dishka ninja faststream taskiq aiogram plum
    hypothesis langchain langchain_core apischema msgspec sqlmodel hug fire tyro simple_parsing
    jsonargparse defopt blacksheep esmerald robyn svcs wireup magicgui traits
    """
)
"""Packages that read the annotations of functions and classes passed to them."""

_HARMLESS: Final = words(
    """
    abc atexit contextlib functools pytest typing unittest
    """
)
"""Packages whose decorators do not read annotations."""

_LOOKUPS: Final = words(
    """
    get_type_hints get_annotations getfullargspec __annotations__ __signature__ annotationlib
    from_callable
    """
)
"""Names by which a program reads annotations itself, other than ``inspect.signature``."""

_COLLECTING_BASES: Final = words(
    """
    NamedTuple TypedDict BaseModel BaseSettings RootModel GenericModel SQLModel Struct
    DeclarativeBase MappedAsDataclass Schema ModelSchema JSONWizard DataClassJsonMixin Document
    EmbeddedDocument Base Model Serializer Event Input Config Settings
    """
)
_COLLECTING_DECORATORS: Final = words(
    """
    dataclass dataclass_json s attrs attributes define frozen mutable attrib dataclass_transform
    input interface configclass config_dataclass struct model as_dataclass mapped_as_dataclass
    autodoc final_dataclass serde deserialize serialize
    """
)
_PLAIN_BASES: Final = words(
    """
    object ABC Exception Generic dict list tuple
    """
)


class Fields(Enum):
    """Whether a class turns the annotations in its body into fields."""

    NO = auto()
    PERHAPS = auto()
    YES = auto()


def own_reader(source: Source, names: Bindings) -> str:
    """Return the name by which a text reads annotations itself, or empty."""
    if not source.words & {*_LOOKUPS, "signature"}:
        return ""
    for node in all_nodes(source.tree):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.alias(name=name):
                if name in _LOOKUPS:
                    return name
            case ast.Constant(value="__annotations__" as name):
                return name
    reads = any(
        isinstance(node, ast.Attribute | ast.Name) and _full(node, names) == "inspect.signature"
        for node in source.nodes
    ) or any(
        isinstance(node, ast.ImportFrom) and node.module == "inspect" and node.names[0].name == "*"
        for node in source.nodes
    )
    return "inspect.signature" if reads else ""


def decorator_that_reads(node: ast.stmt, names: Bindings) -> str | None:
    """Return the source of a function's decorator that reads its annotations, or None."""
    for decorator in getattr(node, "decorator_list", ()):
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        full = _full(called, names)
        package, last = full.partition(".")[0], full.rpartition(".")[2]
        if package in _HARMLESS and last not in {"singledispatch", "singledispatchmethod"}:
            continue
        if last in _DECORATORS or package in _PACKAGES:
            return ast.unparse(decorator)
    return None


def handed_over(source: Source, names: Bindings) -> frozenset[str]:
    """Return the functions passed as arguments, if a package that reads annotations is used."""
    packages = {origin.partition(".")[0] for origin in names.imported.values()}
    if not packages & _PACKAGES:
        return frozenset()
    found = set()
    for node in all_nodes(source.tree):
        if isinstance(node, ast.Call):
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                if isinstance(argument, ast.Name):
                    found.add(argument.id)
                if isinstance(argument, ast.Attribute):
                    found.add(argument.attr)
    return frozenset(found)


def collects_fields(
    node: ast.ClassDef, names: Bindings, classes: Iterable[ast.ClassDef], depth: int = 0
) -> Fields:
    """Return whether a class turns annotations in its body into fields.

    Args:
        node: The class.
        names: The names of the class's text.
        classes: All classes of the text, to search for bases.
        depth: The number of classes visited so far, because bases may form a cycle.
    """
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if _full(called, names).rpartition(".")[2] in _COLLECTING_DECORATORS:
            return Fields.YES
    answer = Fields.PERHAPS if node.decorator_list or node.keywords else Fields.NO
    classes = list(classes)
    for base in node.bases:
        plain = base.value if isinstance(base, ast.Subscript) else base
        full = _full(plain, names)
        last = full.rpartition(".")[2]
        own = [each for each in classes if each.name == full and each is not node]
        if last in _COLLECTING_BASES and not own:
            return Fields.YES
        if own and depth < len(classes):
            found = collects_fields(own[-1], names, classes, depth + 1)
            if any(getattr(each, "name", "") == "__init_subclass__" for each in own[-1].body):
                answer = Fields.PERHAPS
            if found is Fields.YES:
                return found
            answer = found if found is Fields.PERHAPS else answer
        elif last not in _PLAIN_BASES:
            answer = Fields.PERHAPS
    return answer


class Risks:
    """What added annotations may change in one text.

    Args:
        source: The text.
        names: The text's names.

    Attributes:
        itself: The reason if the text reads annotations itself, else empty.
    """

    def __init__(self, source: Source, names: Bindings) -> None:
        self._names = names
        reader = own_reader(source, names)
        self.itself = f"this file reads annotations when it runs ({reader})" if reader else ""
        self._handed = handed_over(source, names)
        self._given = _given_to_collectors(source, names)
        self._viewed = viewed(source)
        self._classes = [
            each.node for each in source.definitions if isinstance(each.node, ast.ClassDef)
        ]

    def _subclasses(self, node: ast.ClassDef) -> list[ast.ClassDef]:
        """Return a class and the classes of the text that inherit from it."""
        found = [node]
        for each in self._classes:
            bases = {base.id for base in each.bases if isinstance(base, ast.Name)}
            if each is not node and any(heir.name in bases for heir in found):
                found.append(each)
        return found

    def of_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
        """Return why hints in a function's header may change the program, or None."""
        if decorator := decorator_that_reads(node, self._names):
            return f"@{decorator} reads the annotations of {node.name} when the program runs"
        if node.name in self._handed:
            return f"{node.name} is passed to a library that reads annotations"
        return self.itself or None

    def of_attribute(self, node: ast.ClassDef) -> tuple[Fields, str]:
        """Return whether a hint in a class's body would create a field, and the reason."""
        subclasses = self._subclasses(node)
        found = [collects_fields(each, self._names, self._classes) for each in subclasses]
        fields = found[0]
        if Fields.YES in found:  # pydantic turns annotations in mixins into fields as well
            fields = Fields.YES if fields is Fields.YES else Fields.PERHAPS
        if node.name in self._given:
            fields = Fields.YES
        if fields is Fields.YES:
            return fields, f"{node.name} makes a field of every annotation in its body"
        if fields is Fields.PERHAPS:
            return fields, f"{node.name} may make fields of the annotations in its body"
        if self.itself:
            return Fields.PERHAPS, self.itself
        if self._viewed & {
            "cls",
            "type(self)",
            "self.__class__",
            *(each.name for each in subclasses),
        }:
            text = f"this file iterates over the names of {node.name}, and __annotations__ is one"
            return Fields.PERHAPS, text
        return fields, ""


def _given_to_collectors(source: Source, names: Bindings) -> set[str]:
    """Return classes that are passed to ``dataclass(...)`` or a similar call."""
    return {
        each.id
        for node in source.nodes
        if isinstance(node, ast.Call)
        and _full(node.func, names).rpartition(".")[2] in _COLLECTING_DECORATORS
        for each in node.args
        if isinstance(each, ast.Name)
    }


def reads_anything(source: Source, names: Bindings) -> bool:
    """Return whether a text has code that is known or likely to read annotations."""
    classes = [each.node for each in source.definitions if isinstance(each.node, ast.ClassDef)]
    packages = {origin.partition(".")[0] for origin in names.imported.values()}
    return (
        bool(packages & (_PACKAGES | {"attr"}))
        or bool(own_reader(source, names))
        or any(decorator_that_reads(each.node, names) for each in source.definitions)
        or any(collects_fields(node, names, classes) is Fields.YES for node in classes)
    )


def _full(node: ast.expr, names: Bindings) -> str:
    """Return the full name of a decorator or base, resolved through the imports."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Call):
            node = node.func
            continue
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(names.imported.get(node.id, node.id))
    return ".".join(reversed(parts)).lstrip(".")
