"""PE002: a resource that a ``finally`` clause closes, where ``with`` would."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final, NamedTuple

from python_expert.tools.antipatterns.rules.base import AntiPattern
from python_expert.tools.antipatterns.syntax import dotted, nodes_of, stored, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.tools.antipatterns.syntax import Syntax

_CLOSED: Final = dict.fromkeys(
    (
        "builtins.open", "bz2.open", "codecs.open", "gzip.open", "io.open", "lzma.open",
        "mmap.mmap", "os.fdopen", "os.scandir", "selectors.DefaultSelector", "shelve.open",
        "socket.create_connection", "socket.create_server", "socket.socket",
        "tempfile.NamedTemporaryFile", "tempfile.SpooledTemporaryFile", "tempfile.TemporaryFile",
        "urllib.request.urlopen", "zipfile.ZipFile",
    ),
    "close",
) | dict.fromkeys(
    ("concurrent.futures.ProcessPoolExecutor", "concurrent.futures.ThreadPoolExecutor"),
    "shutdown",
)  # fmt: skip
"""Constructors and the method that closes their object. For these, ``with`` binds the object
itself, and only calls this method at the end, with or without an exception. The context managers of
sqlite3, tarfile and temporary folders, for example, do something else."""

_LOCKS: Final = {
    f"{module}.{name}"
    for module in ("asyncio", "multiprocessing", "threading")
    for name in ("BoundedSemaphore", "Condition", "Lock", "RLock", "Semaphore")
}


class ClosedInFinally(NamedTuple):
    """A resource that a ``finally`` clause closes.

    Attributes:
        resource: The name of the resource, dotted or not.
        opening: The statement that creates it, or acquires the lock.
        attempt: The statement after it.
        is_async: Whether ``async with`` replaces it.
    """

    resource: str
    opening: ast.Assign | ast.AnnAssign | ast.Expr
    attempt: ast.Try
    is_async: bool = False


def find(syntax: Syntax) -> Iterator[AntiPattern]:
    """Yield resources for which a ``finally`` clause only closes the resource."""
    for each in closed_in_finally(syntax):
        word = "async with" if each.is_async else "with"
        if isinstance(each.opening, ast.Expr):
            message = (
                f"`{each.resource}` is released in a `finally` clause. "
                f"`{word} {each.resource}:` does the same in fewer lines."
            )
        else:
            message = (
                f"`{each.resource}` is closed in a `finally` clause. "
                f"`{word} ... as {each.resource}:` does the same in fewer lines."
            )
        yield AntiPattern(each.opening, message)


def closed_in_finally(syntax: Syntax) -> Iterator[ClosedInFinally]:
    """Yield the resources of a text that a ``finally`` clause closes."""
    for attempt in syntax.statements:
        match attempt:
            case ast.Try(handlers=[], orelse=[], finalbody=[ast.Expr(value=closing)]):
                before = syntax.before(attempt)
                if before and (found := _found(syntax, before[-1], attempt, closing)):
                    yield found


def _found(
    syntax: Syntax, opening: ast.stmt, attempt: ast.Try, closing: ast.expr
) -> ClosedInFinally | None:
    match closing:
        case ast.Call(func=ast.Attribute(value=receiver, attr=method), args=[], keywords=[]):
            resource = dotted(receiver)
        case _:
            return None
    match opening:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call() as call)
        ) if name == resource and _CLOSED.get(syntax.origin(call.func)) == method:
            bound = stored(nodes_of(attempt.body), name)
            return None if bound else ClosedInFinally(name, opening, attempt)
        case ast.Expr(value=ast.Await(value=ast.Call() as call) | (ast.Call() as call)):
            is_async = isinstance(opening.value, ast.Await)
            acquires = dotted(call.func) == f"{resource}.acquire"
            if acquires and method == "release" and not call.args and not call.keywords:
                kinds = _kinds(syntax, resource)
                known = kinds and kinds <= _LOCKS
                if known and all(is_async is kind.startswith("asyncio.") for kind in kinds):
                    return ClosedInFinally(resource, opening, attempt, is_async)
    return None


def _kinds(syntax: Syntax, resource: str) -> set[str]:
    """Return the functions whose results are assigned to a name, dotted or not, in the text.

    "" is among them if something else may be bound to it.
    """
    if "." not in resource:
        found = values(nodes_of([syntax.tree]), resource)
    else:
        found = []
        for statement in syntax.statements:
            match statement:
                case (
                    ast.Assign(targets=[ast.Attribute() as target], value=value)
                    | ast.AnnAssign(target=ast.Attribute() as target, value=ast.expr() as value)
                ) if dotted(target) == resource:
                    found.append(value)
    if found is None:
        return {""}
    return {syntax.origin(each.func) if isinstance(each, ast.Call) else "" for each in found}
