"""The run-time properties of types: which can be subscripted, and which support ``|``."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from python_expert.analysis.types import tables
from python_expert.analysis.types.grammar import NotATypeError
from python_expert.analysis.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.bindings import Binding, Bindings

FORMS: Final = words(
    """
    Annotated ClassVar Concatenate Final Generic Literal NotRequired Optional Protocol ReadOnly
    Required TypeGuard TypeIs Union Unpack
    """
)
"""Names of ``typing`` that are not types without arguments."""

_FACTORIES: Final = words(
    """
    TypeVar ParamSpec NewType namedtuple new_class type declarative_base
    """
)
"""Calls that return a class or another object that supports ``|``."""

_KEEPING: Final = words(
    """
    dataclass total_ordering final runtime_checkable unique verify dataclass_transform deprecated
    attrs attributes define frozen mutable s
    """
)
"""Decorators of the standard library and of attrs that return a class, by their last names."""

_FUNCTIONS: Final = words(
    """
    threading.Lock threading.RLock codecs.EncodedFile doctest.DocFileSuite doctest.DocTestSuite
    tempfile.NamedTemporaryFile tempfile.TemporaryFile xml.etree.ElementTree.Comment
    xml.etree.ElementTree.ProcessingInstruction xml.etree.ElementTree.SubElement tkinter.Tcl
    decimal.BasicContext decimal.DefaultContext decimal.ExtendedContext gettext.Catalog
    multiprocessing.Array multiprocessing.Barrier multiprocessing.BoundedSemaphore
    multiprocessing.Condition multiprocessing.Event multiprocessing.JoinableQueue
    multiprocessing.Lock multiprocessing.Manager multiprocessing.Pipe multiprocessing.Pool
    multiprocessing.Queue multiprocessing.RLock multiprocessing.RawArray
    multiprocessing.RawValue multiprocessing.Semaphore multiprocessing.SimpleQueue
    multiprocessing.Value typing.NamedTuple typing.TYPE_CHECKING typing.TypedDict typing.cast
    typing.final typing.overload typing.override typing.runtime_checkable
    """
)
"""Names that are spelled like classes but refer to functions or similar objects."""

_CLASS_NAME: Final = re.compile(r"_*[A-Z]([A-Za-z0-9]*[a-z][A-Za-z0-9]*)?")
"""The conventional spelling of class names, unlike those of constants and functions."""


_COUNTS: Final = {
    1: words(
        """
    AbstractSet AsyncContextManager AsyncIterable AsyncIterator Awaitable Collection Container
    ContextManager Counter Deque FrozenSet IO Iterable Iterator KeysView List Match
    MutableSequence MutableSet NotRequired Optional Pattern ReadOnly Required Reversible Sequence
    Set SupportsAbs SupportsRound Type TypeGuard TypeIs Unpack ValuesView
    """
    ),
    2: words(
        """
    AsyncGenerator Callable ChainMap DefaultDict Dict ItemsView Mapping MutableMapping
    OrderedDict
    """
    ),
    3: words(
        """
    Coroutine Generator
    """
    ),
}
_NUMBER: Final = {name: number for number, names in _COUNTS.items() for name in names}


def at_import(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Yield the nodes that are certainly evaluated when a block runs.

    Function bodies and branches are left out.
    """
    for statement in body:
        match statement:
            case ast.ClassDef():
                for each in (*statement.bases, *statement.decorator_list):
                    yield from ast.walk(each)
                yield from at_import(statement.body)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                evaluated = (*statement.decorator_list, statement.args, statement.returns)
                for part in evaluated:
                    if part is not None:
                        yield from ast.walk(part)
            case ast.Expr() | ast.Assign() | ast.AugAssign() | ast.AnnAssign():
                yield from _outside_lambdas(statement)


def _outside_lambdas(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.Lambda | ast.IfExp | ast.BoolOp | ast.GeneratorExp):
            yield from _outside_lambdas(child)


def allows_union(found: Binding, full: str, python: tuple[int, int]) -> bool:
    """Return whether ``X | None`` can be evaluated for a name.

    Args:
        found: The binding of the name's first part.
        full: The full name, resolved through the imports.
        python: The oldest supported Python.
    """
    value = getattr(found.node, "value", None)
    match found.node, value:
        case None, _:
            allowed = tables.is_builtin_class(full, python)
        case ast.ClassDef() as node, _:
            allowed = stays_a_class(node)
        case declared, _ if type(declared).__name__ in {"TypeVar", "TypeAlias"}:
            allowed = True
        case ((ast.Import() | ast.ImportFrom()), _):
            module = isinstance(found.node, ast.Import) and full == found.origin
            allowed = not module and _is_class(full, python)
        case ast.Assign(), ast.Call(func=called):
            allowed = ast.unparse(called).rpartition(".")[2] in _FACTORIES
        case ast.Assign(), ast.Subscript(value=outer):
            last = ast.unparse(outer).rpartition(".")[2]
            allowed = tables.home(last) is not None or tables.is_generic(last, python)
        case _:
            allowed = isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr)
    return allowed and not found.ambiguous


def _is_class(full: str, python: tuple[int, int]) -> bool:
    full = full.replace("typing_extensions.", "typing.")
    module, _, last = full.rpartition(".")
    if full in _FUNCTIONS or (module == "typing" and last in FORMS):
        return False
    return tables.exists(module, last, python) if not _CLASS_NAME.fullmatch(last) else True


def stays_a_class(node: ast.ClassDef) -> bool:
    """Return whether a class statement binds a class, which decorators may prevent."""
    decorators = (each.func if isinstance(each, ast.Call) else each for each in node.decorator_list)
    return all(ast.unparse(each).rpartition(".")[2] in _KEEPING for each in decorators)


def parameters(node: ast.ClassDef, names: Bindings) -> int | None:
    """Return the number of types that a class of the text accepts in brackets at run time.

    Returns:
        None if it accepts none, or if the number is unknown.
    """
    if not stays_a_class(node):
        return None
    if declared := getattr(node, "type_params", ()):
        plain = all(type(each).__name__ == "TypeVar" for each in declared)
        return len(declared) if plain else None
    for base in node.bases:
        if isinstance(base, ast.Subscript):
            inner = base.slice.elts if isinstance(base.slice, ast.Tuple) else [base.slice]
            if ast.unparse(base.value).rpartition(".")[2] in {"Generic", "Protocol"}:
                return len(inner) if all(_is_variable(each, names) for each in inner) else None
    variables = {
        each.id
        for base in node.bases
        if isinstance(base, ast.Subscript)
        for each in ast.walk(base.slice)
        if isinstance(each, ast.Name) and _is_variable(each, names)
    }
    return len(variables) or None


def _is_variable(node: ast.expr, names: Bindings) -> bool:
    if not isinstance(node, ast.Name):
        return False
    found = names.at_top(node.id)
    if found is None:
        return False
    if found.origin.rpartition(".")[2] == "AnyStr":
        return True
    return _is_made_by(found.node, "TypeVar")


def _is_made_by(node: ast.AST | None, maker: str) -> bool:
    match node:
        case ast.Assign(value=ast.Call(func=called)):
            return ast.unparse(called).rpartition(".")[2] == maker
        case _:
            return False


def is_parameters(node: ast.AST | None) -> bool:
    """Return whether a statement creates a ``ParamSpec``."""
    return _is_made_by(node, "ParamSpec")


def takes(node: ast.ClassDef, names: Bindings, given: list[ast.expr], here: Bindings) -> bool:
    """Return whether a class can be subscripted with some types at run time.

    Args:
        node: The class.
        names: The bindings at the class's definition.
        given: The type arguments.
        here: The bindings at the type arguments.
    """
    if parameters(node, names) == len(given):
        return True
    if not stays_a_class(node):
        return False
    for base in node.bases:
        if isinstance(base, ast.Subscript) and len(given) > 1:
            inner = elements(base.slice)
            if ast.unparse(base.value).rpartition(".")[2] in {"Generic", "Protocol"}:
                return len(inner) == len(given) and all(
                    _is_variable(each, names)
                    or (_is_parameters(each, names) and _is_parameters(one, here))
                    for each, one in zip(inner, given, strict=True)
                )
    return False


def _is_parameters(node: ast.expr, names: Bindings) -> bool:
    found = names.at_top(node.id) if isinstance(node, ast.Name) else None
    return found is not None and is_parameters(found.node)


def elements(inner: ast.expr) -> list[ast.expr]:
    """Return the elements between the brackets of a type."""
    return inner.elts if isinstance(inner, ast.Tuple) else [inner]


def check_arguments(full: str, inner: ast.expr) -> None:
    """Check that a type can be evaluated with some type arguments.

    Args:
        full: The type's full name.
        inner: The expression between the brackets.

    Raises:
        NotATypeError: It cannot be evaluated, or probably has another meaning than intended.
    """
    module, _, last = full.replace("typing_extensions.", "typing.").rpartition(".")
    parts = elements(inner)
    for index, each in enumerate(parts):
        dots = isinstance(each, ast.Constant) and each.value is ...
        more = dots and last in {"tuple", "Tuple"} and index == 1 and len(parts) == 2  # noqa: PLR2004 - tuple[X, ...]
        if (dots or isinstance(each, ast.List)) and not (
            more or (last == "Callable" and index == 0)
        ):
            raise NotATypeError(f"{last}[...] takes only types")
    if last == "Callable":
        _check_callable(parts)
    if module == "typing":
        if len(parts) != _NUMBER.get(last, len(parts)) or (last == "Union" and not parts):
            raise NotATypeError(f"{last}[...] takes a different number of types")
        if last in {"Annotated", "Concatenate", "Generic", "Protocol"}:
            raise NotATypeError(f"{last}[...] is not allowed there, or must be quoted")


def _check_callable(parts: list[ast.expr]) -> None:
    if len(parts) != 2:  # noqa: PLR2004 - parameters and result
        raise NotATypeError("Callable[...] takes parameters and a result")
    if isinstance(parts[0], ast.Constant) and parts[0].value is not ...:
        raise NotATypeError("the parameters of Callable are a list or ...")


def is_lazy(tree: ast.Module, python: tuple[int, int]) -> bool:
    """Return whether annotations are not evaluated when a function is defined."""
    return python >= (3, 14) or any(
        isinstance(node, ast.ImportFrom)
        and (node.module, node.level) == ("__future__", 0)
        and any(alias.name == "annotations" for alias in node.names)
        for node in tree.body
    )
