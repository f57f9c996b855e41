"""PE005: a call whose only effect is its result, which is ignored."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from python_expert.tools.antipatterns.rules.base import AntiPattern
from python_expert.tools.antipatterns.strings import is_string
from python_expert.tools.antipatterns.syntax import FUNCTIONS, nodes_of, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.tools.antipatterns.syntax import Syntax

_IMMUTABLE: Final = frozenset(
    ("casefold", "removeprefix", "removesuffix", "swapcase", "with_stem", "with_suffix", "zfill")
)
"""Methods of strings and paths; no well-known class has a method with such a name and an effect."""

_STRING: Final = _IMMUTABLE | frozenset(
    (
        "capitalize", "center", "count", "encode", "endswith", "expandtabs", "find", "format",
        "isalnum", "isalpha", "isdecimal", "isdigit", "islower", "isnumeric", "isspace", "istitle",
        "isupper", "join", "ljust", "lower", "lstrip", "partition", "replace", "rjust",
        "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "title",
        "translate", "upper",
    )
)  # fmt: skip
"""Methods of strings; some other classes have methods with these names and an effect."""

_PURE: Final = frozenset(
    (
        "builtins.abs", "builtins.chr", "builtins.enumerate", "builtins.filter",
        "builtins.isinstance", "builtins.issubclass", "builtins.map", "builtins.max",
        "builtins.min", "builtins.range", "builtins.reversed", "builtins.round",
        "builtins.sorted", "builtins.zip", "copy.copy", "functools.partial", "html.escape",
        "itertools.chain", "os.path.basename", "os.path.dirname", "os.path.join", "shlex.quote",
        "textwrap.dedent", "textwrap.indent", "urllib.parse.quote", "urllib.parse.urlencode",
        "urllib.parse.urljoin",
    )
)  # fmt: skip
"""Functions without an effect."""

_LAZY: Final = frozenset(("builtins.filter", "builtins.map", "builtins.zip", "itertools.chain"))

_THREADSAFE: Final = "asyncio.run_coroutine_threadsafe"
_NAMES: Final = frozenset(each.rpartition(".")[2] for each in (*_PURE, _THREADSAFE))
"""The last parts of these names, for a fast first comparison."""

_EXECUTORS: Final = frozenset(
    ("concurrent.futures.ProcessPoolExecutor", "concurrent.futures.ThreadPoolExecutor")
)


def find(syntax: Syntax) -> Iterator[AntiPattern]:
    """Find calls whose result is needed and ignored."""
    for statement in syntax.statements:
        match statement:
            case ast.Expr(value=ast.Call() as call):
                message = _message(syntax, statement, call)
                if message and not _is_tried(syntax, statement):
                    yield AntiPattern(call, message)


def _message(syntax: Syntax, statement: ast.stmt, call: ast.Call) -> str:
    """Return the message for a call whose result is ignored, or "" if the call is correct."""
    function = call.func
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    origin = syntax.origin(function) if name in _NAMES else ""
    if origin in _LAZY:
        return f"`{name}` does nothing until its result is used. Write a `for` loop."
    if origin in _PURE:
        extra = " To sort a list in place, write `.sort()`." * (origin == "builtins.sorted")
        return f"`{name}` has no effect but its result, which is ignored. Use the result.{extra}"
    if origin == _THREADSAFE:
        return _future(name)
    if isinstance(function, ast.Attribute):
        if name in _IMMUTABLE or (
            name in _STRING
            and not (name == "encode" and isinstance(function.value, ast.Constant))  # loads a codec
            and _is_text(syntax, statement, function.value)
        ):
            return (
                f"`{name}` returns a new object and does not change the old one. "
                f"Assign the result, or remove the call."
            )
        if name == "submit" and _is_executor(syntax, statement, function.value):
            return _future(name)
    return ""


def _future(name: str) -> str:
    return (
        f"The future that `{name}` returns is dropped, and with it the exception if there is one. "
        f"Keep it and call `result()`, or add a callback that reads the exception."
    )


def _is_tried(syntax: Syntax, statement: ast.stmt) -> bool:
    """Return whether a call is made for its exception: in ``try`` or ``with``."""
    return any(
        (isinstance(each, (ast.Try, ast.TryStar)) and each.handlers)
        or (isinstance(each, (ast.With, ast.AsyncWith)) and not _is_plain(syntax, each))
        for each in syntax.around(statement)
    )


def _is_plain(syntax: Syntax, node: ast.With | ast.AsyncWith) -> bool:
    """Return whether a ``with`` only opens files or starts executors."""
    return all(
        isinstance(item.context_expr, ast.Call)
        and (syntax.origin(item.context_expr.func) in {"builtins.open", *_EXECUTORS})
        for item in node.items
    )


def _is_text(syntax: Syntax, statement: ast.stmt, node: ast.expr) -> bool:
    """Return whether a node is certainly a string, or a parameter with the hint ``str``."""
    function = syntax.function(statement)
    if is_string(syntax, function, node):
        return True
    if not isinstance(node, ast.Name) or function is None:
        return False
    nodes = list(nodes_of([function]))
    given = [each.annotation for each in nodes if isinstance(each, ast.arg) and each.arg == node.id]
    assigned = values((each for each in nodes if not isinstance(each, ast.arg)), node.id)
    return (
        bool(given)
        and all(isinstance(each, ast.Name) and each.id == "str" for each in given)
        and assigned is not None
        and all(is_string(syntax, function, each, frozenset({node.id})) for each in assigned)
    )


def _is_executor(syntax: Syntax, statement: ast.stmt, node: ast.expr) -> bool:
    """Return whether a name is bound to an executor: ``with ThreadPoolExecutor() as name``."""
    if not isinstance(node, ast.Name):
        return False
    for each in syntax.around(statement):
        if isinstance(each, (ast.With, ast.AsyncWith, *FUNCTIONS)):
            for item in getattr(each, "items", ()):
                target, made = item.optional_vars, item.context_expr
                if isinstance(target, ast.Name) and target.id == node.id:
                    return isinstance(made, ast.Call) and syntax.origin(made.func) in _EXECUTORS
    return False
