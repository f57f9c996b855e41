"""Calls that read folders lazily, and whether a list of all entries is equivalent."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from python_expert.analysis.library import ANY_OBJECT, EAGER, LAZY, STAYS
from python_expert.analysis.nodes import COMPREHENSIONS, FORS
from python_expert.analysis.threads import uses_at

if TYPE_CHECKING:
    from python_expert.analysis.call_graph import Program

_AT_ONCE: Final = "pathlib.Path.iterdir"
"""A function that reads all names before it yields the first one, in each version of Python."""

_WALKS: Final = frozenset({"os.walk", "os.fwalk", "pathlib.Path.walk"})
"""Functions whose callers may change the yielded lists to control the rest of the walk."""

_READS: Final = ANY_OBJECT | {
    *("exists", "is_file", "is_dir", "is_symlink", "stat", "lstat", "read_text", "read_bytes"),
    *("resolve", "absolute", "expanduser", "relative_to", "is_relative_to", "as_posix"),
    *("with_name", "with_suffix", "with_stem", "joinpath", "match", "group"),
}
"""Methods that never change a folder, on any object."""

_FUNCTIONS: Final = (
    EAGER
    | {
        f"builtins.{name}"
        for name in (
            "bool",
            "enumerate",
            "float",
            "int",
            "isinstance",
            "len",
            "print",
            "range",
            "repr",
        )
    }
    | {"builtins.str", "builtins.zip"}
)
_PATH: Final = "pathlib.Path"
_PATH_READS: Final = _READS - {"replace"}
_LETS_RUN: Final = (ast.Yield, ast.YieldFrom, ast.Await, ast.With, ast.AsyncWith, FORS[1])
_MODULES: Final = frozenset({"os.path", "re", "fnmatch", "pathlib"})


def lazy_name(program: Program, call: ast.Call) -> str | None:
    """Return the name in our tables of a call that reads a folder lazily."""
    full = program.names.dotted(call.func) or ""
    return full if full in LAZY else program.typed.lazy.get(call)


def only_listed(program: Program, call: ast.Call) -> ast.Call | None:
    """Return the ``list`` call that turns the entries from a lazy call into a list, or None."""
    holder = program.names.parents[call]
    if isinstance(holder, ast.Call) and program.names.dotted(holder.func) == "builtins.list":
        return holder if holder.args == [call] and not holder.keywords else None
    return None


def unlistable(program: Program, call: ast.Call) -> str | None:
    """Return why a complete list may differ from what a lazy call yields, or None.

    The folders, and what determines how they are read, must not change until all is read.
    """
    name, holder = lazy_name(program, call) or "", program.names.parents[call]
    if isinstance(holder, ast.Call) and program.names.dotted(holder.func) in EAGER:
        known = holder.args[:1] == [call] and _only_reads(program, holder)
        return None if known else STAYS[name]
    if isinstance(holder, ast.comprehension) and holder.iter is call:
        return None if _is_whole(program, holder, name) else STAYS[name]
    if isinstance(holder, FORS) and holder.iter is call:
        if name == _AT_ONCE or (_leaves(holder, name) and _only_reads(program, *holder.body)):
            return None
        return "the loop may change what it reads"
    return STAYS[name]


def is_loop(program: Program, call: ast.Call) -> bool:
    """Return whether statements run between the entries that a lazy call yields."""
    loop = isinstance(program.names.parents[call], FORS)
    return loop and lazy_name(program, call) != _AT_ONCE


def _is_whole(program: Program, part: ast.comprehension, name: str) -> bool:
    """Return whether a comprehension reads everything immediately, and changes nothing."""
    around = program.names.parents[part]
    if not isinstance(around, COMPREHENSIONS) or around.generators[0] is not part:
        return False
    consumer = program.names.parents[around]
    later = isinstance(around, ast.GeneratorExp) and not (
        isinstance(consumer, ast.Call)
        and consumer.args == [around]
        and program.names.dotted(consumer.func) in EAGER
    )
    plain = isinstance(part.target, ast.Name) or name not in _WALKS
    return not later and plain and (name == _AT_ONCE or _only_reads(program, around))


def _leaves(loop: ast.For | ast.AsyncFor, name: str) -> bool:
    """Return whether a loop leaves the lists unchanged that control how folders are walked."""
    if name not in _WALKS:
        return True
    target = loop.target
    if not isinstance(target, ast.Tuple) or not all(isinstance(e, ast.Name) for e in target.elts):
        return False
    lists = {getattr(each, "id", "") for each in target.elts[1:2]}
    nodes = (node for statement in loop.body for node in ast.walk(statement))
    return not any(isinstance(node, ast.Name) and node.id in lists for node in nodes)


def _only_reads(program: Program, *nodes: ast.AST) -> bool:
    """Return whether code only makes calls that change no folder and run no unknown code."""
    for node in (each for one in nodes for each in ast.walk(one)):
        if isinstance(node, _LETS_RUN) or (
            isinstance(node, ast.Call) and not _reads(program, node)
        ):
            return False
    return True


def _reads(program: Program, call: ast.Call) -> bool:
    """Return whether a call changes no folder and runs no code that may change one."""
    full = program.names.dotted(call.func) or ""
    for value in (each.value for each in call.keywords):
        known = _is_known(program.names.dotted(value) or "")
        if not known and not isinstance(value, ast.Constant | ast.Lambda):
            return False
    if uses_at(program, call.func):
        return False
    if full:
        return lazy_name(program, call) is not None or _is_known(full)
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return method in _READS and (method != "replace" or len(call.args) > 1)


def _is_known(full: str) -> bool:
    """Return whether a full name is of a function that changes no folder and runs no other code."""
    owner, _, name = full.rpartition(".")
    if owner.startswith("builtins."):
        return name in ANY_OBJECT
    return full in _FUNCTIONS or owner in _MODULES or (owner == _PATH and name in _PATH_READS)
