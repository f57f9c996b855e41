"""Which classes of syntax tree nodes are siblings, and which of them our functions distinguish.

If a function handles ``try`` and omits ``try`` with ``except*``, no test of the old syntax finds
the error. So this module analyses our own code. It reports each function that names one class of a
family and not another. The function must name the other class as well, or a test must show with a
sample that it need not. Such a test is marked with `allows`, and its name is the reason.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import python_expert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PACKAGE: Final = Path(python_expert.__file__).parent
Test = TypeVar("Test")
NOT_AST: Final = PACKAGE / "tools" / "mypy" / "mypy_worker"
"""The folder of code for mypy's own trees, in which each construct has only one class."""

FAMILIES: Final = {
    "function": ("FunctionDef", "AsyncFunctionDef"),
    "for": ("For", "AsyncFor"),
    "with": ("With", "AsyncWith"),
    "try": ("Try", "TryStar"),
    "import": ("Import", "ImportFrom"),
    "binding": ("Assign", "AnnAssign", "AugAssign", "NamedExpr", "TypeAlias"),
    "comprehension": ("ListComp", "SetComp", "DictComp", "GeneratorExp"),
    "formatted": ("JoinedStr", "TemplateStr"),
    "field": ("FormattedValue", "Interpolation"),
    "yield": ("Yield", "YieldFrom"),
    "capture": ("MatchAs", "MatchStar", "MatchMapping"),
    "elsewhere": ("Global", "Nonlocal"),
    "type parameter": ("TypeVar", "ParamSpec", "TypeVarTuple"),
}
"""Classes for variants of one construct; Python 3.14 has all members of each family."""

_MEMBERS: Final = frozenset(each for members in FAMILIES.values() for each in members)

ALONE: Final = frozenset(
    """
    Assert Break ClassDef Continue Delete Expr If Match Pass Raise Return While
    Attribute Await BinOp BoolOp Call Compare Constant Dict IfExp Lambda List Name Set Slice Starred
    Subscript Tuple UnaryOp ExceptHandler MatchClass MatchOr MatchSequence MatchSingleton MatchValue
    """.split()  # noqa: SIM905 - a list of quoted names would be longer than this
)
"""Classes without siblings."""

KINDS: Final = ("stmt", "expr", "excepthandler", "pattern", "type_param")
"""The base classes to which a newer Python may add classes."""


def classes() -> set[str]:
    """Return the names of the running Python's node classes that occur in programs."""
    bases = tuple(getattr(ast, kind) for kind in KINDS if hasattr(ast, kind))
    old = ("Num", "Str", "Bytes", "NameConstant", "Ellipsis", "Index", "ExtSlice", "Suite")
    return {
        each.__name__
        for base in bases
        for each in base.__subclasses__()
        if each.__module__ in {"ast", "_ast"} and each.__name__ not in old
    }


class Omission(NamedTuple):
    """A class that a piece of our code does not name, although it names a sibling of it.

    Attributes:
        place: The code's module and name: ``analysis.scopes:Scopes``.
        missing: The class.
    """

    place: str
    missing: str


allowed: set[Omission] = set()
"""The omissions that samples show to be correct."""


def allows(missing: str, places: str) -> Callable[[Test], Test]:
    """Mark a test whose sample shows that some classes need not be named in some places.

    Args:
        missing: The classes.
        places: The places, as in `Omission`.
    """
    for place in places.split():
        allowed.update(Omission(place, each) for each in missing.split())
    return lambda test: test


@cache
def omissions() -> set[Omission]:
    """Return all classes that our code does not name although it names siblings of them."""
    trees = {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts): ast.parse(path.read_bytes())
        for path in sorted(PACKAGE.rglob("*.py"))
        if NOT_AST not in path.parents
    }
    constants = {module: dict(_constants(tree)) for module, tree in trees.items()}
    found = set()
    for module, tree in trees.items():
        known = {**constants[module], **dict(_imported(tree, constants))}
        for name, piece in _pieces(tree.body, ""):
            found |= {Omission(f"{module}:{name}", each) for each in missing_in(piece, known)}
    return found


def missing_in(piece: ast.AST, constants: dict[str, set[str]]) -> set[str]:
    """Return the classes that a piece of code does not name although it names a sibling."""
    named = _classes_in(piece, constants)
    found = {each for members in FAMILIES.values() if named & {*members} for each in members}
    if found == named:
        return set()
    # The code may refer to a class that the oldest Python lacks by a string.
    strings = {str(each.value) for each in ast.walk(piece) if isinstance(each, ast.Constant)}
    return found - named - strings


def _constants(tree: ast.Module) -> Iterator[tuple[str, set[str]]]:
    """Yield the constants of a module that contain node classes, such as ``FUNCTIONS``."""
    known: dict[str, set[str]] = {}
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and (found := _classes_in(node, known)):
            known[target.id] = found
            yield target.id, found


def _imported(
    tree: ast.Module, constants: dict[str, dict[str, set[str]]]
) -> Iterator[tuple[str, set[str]]]:
    """Yield the constants that a module imports from other modules of the package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            module = node.module.removeprefix("python_expert.")
            values = constants.get(module) or constants.get(f"{module}.__init__", {})
            for alias in node.names:
                if alias.name in values:
                    yield alias.asname or alias.name, values[alias.name]


def _pieces(body: list[ast.stmt], outer: str) -> Iterator[tuple[str, ast.AST]]:
    """Yield the functions and the other statements of a block, with their names."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _pieces(node.body, f"{outer}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{outer}{node.name}", node
        else:
            target = (
                node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", node)
            )
            yield f"{outer}{ast.unparse(target).splitlines()[0]}", node


def _classes_in(node: ast.AST, constants: dict[str, set[str]]) -> set[str]:
    """Return the node classes that code names, directly or by constants, but not in annotations."""
    found: set[str] = set()
    waiting: list[object] = [node]
    while waiting:
        match waiting.pop():
            case ast.Attribute(value=ast.Name(id="ast"), attr=name):
                found.add(name)
            case ast.Name(id=name):
                found |= constants.get(name, set())
            case ast.Call(func=ast.Name(id="known"), args=names):  # by name, see `nodes.known`
                found |= {str(each.value) for each in names if isinstance(each, ast.Constant)}
            case ast.FunctionDef(name=name) as inner:
                found |= {name.removeprefix("visit_")} if name.startswith("visit_") else set()
                waiting += [*inner.args.defaults, *inner.body]
            case ast.AST() as inner:
                # Only the fields: other attributes of a node, such as those that bandit sets on the
                # contexts that all trees share, may refer to any object.
                waiting += [
                    part
                    for field in inner._fields
                    if field not in {"annotation", "returns"}
                    and isinstance(part := getattr(inner, field, None), ast.AST | list)
                ]
            case list() as parts:
                waiting += parts
    return found & _MEMBERS
