"""What new examples may contain and do.

The user has not reviewed a new example yet, so two mechanisms limit it. First, `forbidden` allows
calls of the module's definitions and little else, so that the effect does not depend on the place
of the run. Second, an audit hook (`Guard`) prevents the module and the examples from starting a
program, opening a connection or writing a file. This is not a sandbox for the module itself,
because the user trusts the module's folder.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import os
import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MEMORY = 1 << 30
"""Bytes of memory that examples may use in addition to the module's memory, on Linux only."""

_SYNTAX = (
    *(ast.Interactive, ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr),
    *(ast.Delete, ast.For, ast.If, ast.With, ast.withitem, ast.FunctionDef, ast.Return),
    *(ast.Lambda, ast.arguments, ast.arg, ast.Call, ast.keyword, ast.Starred, ast.Constant),
    *(ast.JoinedStr, ast.FormattedValue, ast.Subscript, ast.Slice, ast.List, ast.Tuple, ast.Dict),
    *(ast.Set, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension),
    *(ast.IfExp, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare),
    *(ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context),
)
"""Syntax nodes that examples may contain.

The checks of names, attributes and imports determine what the examples can reach.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BUILTINS = _words(
    "abs all any bool bytes chr complex dict divmod enumerate filter float format frozenset hex "
    "int isinstance issubclass iter len list map max min next oct ord pow print range repr "
    "reversed round set slice sorted str sum tuple type zip"
) | {name for name in vars(builtins) if name.endswith(("Error", "Exception"))}
"""Built-in names that have no effect beyond their result."""

_PURE = ("collections", "datetime", "decimal", "itertools", "math", "operator")
"""Modules that provide arguments.

They have no effects and give access to no other modules.
"""

_INSIDE = re.compile(r"_|(gi|cr|ag|f|tb|co|func)_|(attrgetter|methodcaller|sys)$")
"""Attributes that lead from an object to the interpreter's internals, or to any attribute.

Before Python 3.12, `datetime` has ``sys``.
"""

_HARMLESS = _words(
    "array.__new__ builtins.id code.__new__ compile exec function.__new__ glob.glob glob.glob/2 "
    "import marshal.loads object.__getattr__ object.__setattr__ os.listdir os.scandir os.walk "
    "pathlib.Path.glob pathlib.Path.rglob sys._getframe sys._getframemodulename sys.settrace "
    "time.sleep"
)
"""Audit events of operations without effects outside the process; all others are refused."""

_SETTING_UP = frozenset({"os.putenv", "os.unsetenv", "socket.gethostname"})
"""Audit events that are also harmless while modules are imported, in addition to ctypes' events."""

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Guard:
    """An audit hook that refuses operations with effects outside the process.

    Attributes:
        state: The current phase: ``importing``, ``running``, or empty if everything is allowed.
        refused: The first event that was refused, or empty.
    """

    def __init__(self) -> None:
        self.state = ""
        self.refused = ""
        sys.addaudithook(self)

    @contextlib.contextmanager
    def during(self, state: str) -> Iterator[None]:
        """Refuse events during a phase, and allow everything at its end."""
        self.state, self.refused = state, ""
        try:
            yield
        finally:
            self.state = ""

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        """Refuse an event that is not harmless."""
        if not self.state or event in _HARMLESS:
            return
        if event == "open" and not (isinstance(args[2], int) and args[2] & _WRITING):
            return
        if self.state == "importing" and (event in _SETTING_UP or event.startswith("ctypes.")):
            return
        self.refused = self.refused or event
        raise PermissionError(f"{event} is not allowed while an edit is checked")

    @property
    def why(self) -> str:
        """Why the run has no result, or empty."""
        effect = f"running them has effects outside the process ({self.refused})"
        return effect if self.refused else ""


def limit_memory() -> None:
    """Limit the memory of examples such as ``"x" * 10**11``; on Linux only."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - does not exist on Windows

        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - examples may have replaced pathlib
            size = int(file.read().split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, hard))


def defined_in(tree: ast.Module) -> set[str]:
    """Return the functions and classes at a module's top level, and its imports from `_PURE`."""
    found = set()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= _pure(node)
    return found


def _pure(node: ast.Import | ast.ImportFrom) -> set[str]:
    """Return the names that an import binds to something of `_PURE`."""
    if isinstance(node, ast.Import):
        return {each.asname or each.name for each in node.names if each.name in _PURE}
    if node.module not in _PURE or node.level:
        return set()
    return {each.asname or each.name for each in node.names if not _INSIDE.match(each.name)}


def forbidden(sources: Iterable[str], name: str, defined: set[str]) -> str:
    """Describe what examples contain other than calls of a module's definitions; empty if nothing.

    Args:
        sources: The code of the examples, in their order.
        name: The module's name.
        defined: The module's definitions.
    """
    known = {*defined, *_BUILTINS}
    for source in sources:
        try:
            nodes = list(ast.walk(ast.parse(source, mode="single")))
        except SyntaxError:
            return "an example does not parse"
        for node in nodes:
            known |= _bound(node)
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                bound = {each.asname or each.name for each in node.names}
                if not bound <= _pure(node) | _own(node, name, defined):
                    return f"an example imports {', '.join(sorted(bound))}"
                known |= bound
        for node in nodes:
            if said := _beyond(node, known):
                return f"an example has {said}"
    return ""


def _bound(node: ast.AST) -> set[str]:
    """Return the names that a node binds; see `forbidden` for imports."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return {node.id}
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return {node.name}
    return {node.arg} if isinstance(node, ast.arg) else set()


def _own(node: ast.Import | ast.ImportFrom, name: str, defined: set[str]) -> set[str]:
    """Return the names that an import takes from the module, or from a package that contains it."""
    if isinstance(node, ast.Import) or node.level or not node.module:
        return set()
    if not f"{name}.".startswith(f"{node.module}."):
        return set()
    return {each.asname or each.name for each in node.names if each.name in defined}


def _beyond(node: ast.AST, known: set[str]) -> str:
    """Return the description of a node that examples must not contain; empty for others."""
    if isinstance(node, ast.Name):
        return "" if node.id in known else f"the name {node.id}, which the module does not define"
    if isinstance(node, ast.Attribute):
        if not isinstance(node.ctx, ast.Load):
            return f"an assignment to the attribute {node.attr}"
        return f"the attribute {node.attr}" if _INSIDE.match(node.attr) else ""
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.alias, *_SYNTAX)):
        return ""
    return f"code that is not checked ({type(node).__name__})"
