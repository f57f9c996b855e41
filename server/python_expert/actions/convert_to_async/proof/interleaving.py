"""State that a function uses before and after a wait, so that other tasks may change it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from python_expert.analysis.call_graph import How
from python_expert.analysis.function_bodies import own_nodes
from python_expert.analysis.library import EAGER
from python_expert.analysis.nodes import ASSIGNMENTS, COMPREHENSIONS, FORS, known
from python_expert.analysis.scopes import FUNCTIONS, Function
from python_expert.analysis.shared_state import shared_state
from python_expert.analysis.threads import uses_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.actions.convert_to_async.proof.report import ProofReport
    from python_expert.analysis.names import Names
    from python_expert.analysis.shared_state import Access

_ORDERED = (
    *(ast.BinOp, ast.Compare, ast.Call, ast.Tuple, ast.List, ast.Dict, ast.JoinedStr),
    *known("TemplateStr"),
)
_LOOPS = (*FORS, ast.While, *COMPREHENSIONS)
_READS = frozenset(
    {"read_text", "read_bytes", "exists", "lexists", "is_file", "is_dir", "isfile", "isdir"}
    | {"listdir", "scandir", "stat", "lstat", "getsize", "getmtime", "access", "glob", "load"}
    | {"read", "readline", "readlines", "walk", "iterdir", "rglob", "readlink", "samefile"}
    | {"is_symlink", "islink", "ismount", "is_mount"}
)
_WRITES = frozenset(
    {"write_text", "write_bytes", "mkdir", "makedirs", "rmdir", "unlink", "remove", "rename"}
    | {"replace", "touch", "truncate", "symlink", "symlink_to", "dump", "write", "writelines"}
    | {"copy", "copy2", "copyfile", "copytree", "move", "rmtree", "link", "hardlink_to"}
    | {"removedirs", "renames"}
)
_DISKS = frozenset(
    {"os", "os.path", "pathlib.Path", "builtins.open", "json", "pickle", "glob", "shutil"}
)

_Place: TypeAlias = tuple[int, int, int]
"""A line, a column, and the order of several events at one place."""


class _Used(NamedTuple):
    """A function's use of shared state, directly or through functions that it calls.

    Attributes:
        access: The access to the state.
        node: The node in the function's code.
        start: The place of the first use.
        end: The place of the last use.
        waits: Whether the function awaits the function that uses the state.
    """

    access: Access
    node: ast.AST
    start: _Place
    end: _Place
    waits: bool = False


class _Wait(NamedTuple):
    """A place where a function waits.

    Attributes:
        node: The node that waits.
        place: The place of the node.
    """

    node: ast.AST
    place: _Place


def changed_meanwhile(report: ProofReport, owner: Function) -> list[str]:
    """Return state that a function uses on both sides of a wait and other tasks may change."""
    names, state, waits = report.program.names, shared_state(report.program), _waits(report, owner)
    found = [each for each in _used(report, owner) if state.is_changed(each.access)]
    found.sort(key=lambda each: (not each.access.bound, each.start))
    together = dict[object, str]()
    for one in found:
        if any(
            _spans(one, other, wait) or _is_repeated(names, one, wait)
            for other in found
            if other.access.key == one.access.key
            for wait in waits
        ):
            together.setdefault(one.access.key, one.access.text)
    return [*dict.fromkeys(together.values()), *_files(report, owner)]


def helpers(report: ProofReport, owner: Function) -> list[Function]:
    """Return a function and the functions of the text that it runs without awaiting them."""
    found = [owner]
    for one in found:
        for callee in report.program.callees(one):
            if callee not in found and callee not in report.coroutines:
                found.append(callee)
    return found


def _spans(one: _Used, other: _Used, wait: _Wait) -> bool:
    """Return whether state is used before a wait and after it."""
    if one.node is other.node and one.waits:
        return False
    return one.start < wait.place < other.end


def _is_repeated(names: Names, used: _Used, wait: _Wait) -> bool:
    """Return whether a loop contains both a use and a wait."""
    return not used.waits and not {*_loops(names, used.node)}.isdisjoint(_loops(names, wait.node))


def _loops(names: Names, node: ast.AST) -> Iterator[ast.AST]:
    """Yield the loops that run a node again, and the node itself if it is a loop."""
    inner = node
    for outer in names.around(node):
        if isinstance(outer, FUNCTIONS):
            return
        once = isinstance(outer, (*FORS, ast.comprehension)) and outer.iter is inner
        if once and isinstance(inner, ast.Call) and names.dotted(inner.func) in EAGER:
            return  # outer nodes run only once too, or count in the same way for the wait
        if isinstance(outer, _LOOPS):
            yield outer
        inner = outer
    if isinstance(node, _LOOPS):
        yield node


def _waits(report: ProofReport, owner: Function) -> list[_Wait]:
    """Return the places where a function now waits."""
    names = report.program.names
    found = []
    for each in report.waits:
        if names.function_of(each) is owner:
            ends: list[ast.AST] = [each]
            if isinstance(each, ast.withitem):
                ends = [each.context_expr, names.parents[each]]
            elif isinstance(each, (*FORS, ast.comprehension)):
                ends = [each.iter]
            found += [_Wait(each, _end(one)) for one in ends]
    return found


def _used(report: ProofReport, owner: Function) -> Iterator[_Used]:
    """Yield the uses of shared state in a function, with their places."""
    program, names = report.program, report.program.names
    state, waits = shared_state(program), report.waits
    for access in state.own(owner):
        yield _Used(access, access.node, *_when(names, access.node, waits))
    for node in own_nodes(owner):
        for use in uses_at(program, node) if isinstance(node, ast.expr) else ():
            call = names.parents[node] if use.how is How.CALL else node
            item = names.parents[call]
            for access in state.used_by(use.function) if use.sure else ():
                end = _end(call)
                if isinstance(item, ast.withitem):
                    left = _at(_end(names.parents[item]), 1)
                    yield _Used(access, call, end, left, waits=item in waits)
                else:
                    yield _Used(access, call, _at(end, -1), _at(end, 1), waits=call in waits)


def _when(names: Names, node: ast.AST, waits: set[ast.AST]) -> tuple[_Place, _Place]:
    """Return the places where a node's value is first and last used."""
    start, end, inner = _start(node), _end(node), node
    for outer in names.around(node):
        if outer in waits and isinstance(outer, ast.With | ast.AsyncWith):
            return _at(_end(outer), -1), _at(_end(outer), -1)
        if isinstance(outer, ASSIGNMENTS) and inner is not outer.value:
            stored = _at(_end(outer), 1)
            return (start, stored) if isinstance(outer, ast.AugAssign) else (stored, stored)
        receiver = isinstance(outer, ast.Call) and outer.func is inner
        if isinstance(outer, _ORDERED) and outer not in waits and not receiver:
            later = [e for e in ast.walk(outer) if e in waits and hasattr(e, "lineno")]
            ends = [_end(each) for each in later if _start(each) > end]
            end = max([end, *(_at(each, 1) for each in ends)])
        inner = outer
    return start, end


def _start(node: ast.AST) -> _Place:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0), 0


def _end(node: ast.AST) -> _Place:
    if isinstance(node, (*FORS, ast.comprehension)):
        node = node.iter
    return getattr(node, "end_lineno", None) or 0, getattr(node, "end_col_offset", None) or 0, 0


def _at(place: _Place, order: int) -> _Place:
    return (*place[:2], order)


def _files(report: ProofReport, owner: Function) -> Iterator[str]:
    """Yield the files, if a function both reads and writes them."""
    program, names = report.program, report.program.names
    done = set[str]()
    for function in helpers(report, owner):
        for call in program.calls.get(function, ()):
            full = program.typed.movable.get(call) or names.dotted(call.func) or ""
            disk, _, name = full.rpartition(".")
            done |= {name} if disk in _DISKS else set()
    if done & _READS and done & _WRITES:
        yield "the files that it reads and writes"
