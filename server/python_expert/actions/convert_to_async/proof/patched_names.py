"""Code that may replace a function that the old or the new text calls."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from python_expert.actions.convert_to_async.replacements import THREAD
from python_expert.analysis.library import BLOCKING
from python_expert.analysis.nodes import last_name
from python_expert.analysis.source import all_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from python_expert.actions.convert_to_async.proof.report import ProofReport
    from python_expert.analysis.names import Names

PATH: Final = re.compile(r"[\w.]+")
"""Matches a string that may be a path for patching."""
_WRITTEN = frozenset({"asyncio.sleep", "asyncio.to_thread", "asyncio.run"})
"""Functions whose calls a conversion adds."""
_SETS = frozenset({"setattr", "delattr", "object"})
_ASKS = frozenset({"getattr", "hasattr"})
_HARMLESS = frozenset({"__name__", "__file__", "__version__", "__doc__", "__path__"})
_BY_PATH = re.compile("patch|import|module|setattr")
_SPACES = frozenset({"builtins.globals", "builtins.vars", "builtins.locals", "sys.modules"})


def check(report: ProofReport) -> None:
    """Check that no code replaces a function that the old or the new text calls."""
    pairs, names = report.pairs, report.program.names
    calls = (*pairs.replaced, *pairs.makers)
    movable = report.program.typed.movable
    called = {movable.get(each) or names.dotted(each.func) or "" for each in calls} - {""}
    known = {each.func.id for each in calls if isinstance(each.func, ast.Name)}
    called |= {*pairs.replaced.values()} | ({THREAD} if pairs.blocks else set())
    inside = {names.dotted(each.func) or "" for block in pairs.blocks for each in _calls(block)}
    called |= {each for each in inside if "." in each and not each.startswith("builtins.")}
    full = called | _WRITTEN if called or pairs.functions or pairs.ran else called
    modules = {each.rpartition(".")[0] for each in full}
    modules = {each for each in modules if not _is_class(each)}
    for node in all_nodes(names.tree) if full else ():
        if isinstance(node, ast.Name | ast.Attribute):
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                _stored(report, node, full)
            elif names.dotted(node) in modules and not _is_plain(names, node, full):
                text = f"{ast.unparse(node)} is used as a value"
                report.refuse(node, f"{text}: its attributes may be assigned other values")
        elif isinstance(node, ast.Call):
            _set(report, node, full)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            _path(report, node, full, known)
            _module(report, node, modules)


def _calls(block: ast.AST) -> Iterator[ast.Call]:
    return (each for each in ast.walk(block) if isinstance(each, ast.Call))


def _is_class(full: str) -> bool:
    """Return whether a full name is the name of a class or factory, and not of a module."""
    last = full.rpartition(".")[2]
    return last[:1].isupper() or full in BLOCKING or full == "socket.socket"


def _stored(report: ProofReport, node: ast.Attribute, full: AbstractSet[str]) -> None:
    """Check an assignment to an attribute, or its deletion."""
    names, value = report.program.names, node.value
    if names.dotted(node) in full:
        report.refuse(node, f"{ast.unparse(node)} is assigned another value")
    elif names.dotted(value) is None and names.kind(value) is None:
        same = [each for each in full if each.rpartition(".")[2] == node.attr]
        same = [each for each in same if not _is_class(each.rpartition(".")[0])]
        if same:
            report.ask(
                node, f"{ast.unparse(node)} may be {min(same)}, which is assigned another value"
            )


def _is_plain(names: Names, node: ast.expr, full: AbstractSet[str]) -> bool:
    """Return whether a module is only used to access one attribute without setting it."""
    parent = names.parents[node]
    if isinstance(parent, ast.Attribute):
        return not parent.attr.startswith("__") or parent.attr in _HARMLESS
    if not isinstance(parent, ast.Call) or parent.args[:1] != [node] or len(parent.args) == 1:
        return False
    key, how = parent.args[1], last_name(parent.func)
    if not isinstance(key, ast.Constant) or how not in _ASKS | _SETS:
        return False
    return how in _ASKS or f"{names.dotted(node)}.{key.value!s}" not in full


def _set(report: ProofReport, call: ast.Call, full: AbstractSet[str]) -> None:
    """Check a call such as ``setattr(Path, "open", f)``."""
    if last_name(call.func) not in _SETS or len(call.args) == 1:
        return
    names = report.program.names
    owner = names.dotted(call.args[0]) if call.args else None
    key = call.args[1] if owner else None
    found = {each for each in full if each.rpartition(".")[0] == owner}
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        found &= {f"{owner}.{key.value}"}
    if found:
        report.refuse(call, f"{min(found)} may be assigned another value")


def _around(names: Names, node: ast.AST) -> ast.AST | None:
    """Return the node around an argument; for a keyword argument, the call."""
    parent = names.parents.get(node)
    return names.parents.get(parent) if isinstance(parent, ast.keyword) else parent


def _path(
    report: ProofReport, node: ast.Constant, full: AbstractSet[str], known: AbstractSet[str]
) -> None:
    """Check a string that may be a path for patching."""
    text, call = str(node.value), _around(report.program.names, node)
    if "." not in text or not PATH.fullmatch(text) or isinstance(call, ast.Expr):
        return
    if any(f".{text}".endswith(f".{each}") for each in full):
        if isinstance(call, ast.Call):
            report.refuse(node, f"{text} is replaced by name, and not called as it was")
        else:
            report.ask(node, f"{text} may be replaced by name, and not called as it was")
    elif (
        isinstance(call, ast.Call)
        and text.rpartition(".")[2] in known
        and _BY_PATH.search(ast.unparse(call.func))
    ):
        report.refuse(node, f"{text} is replaced by name, and not called as it was")


def _module(report: ProofReport, node: ast.Constant, modules: AbstractSet[str]) -> None:
    """Check a string that may be the name of a module."""
    names, text, space = report.program.names, str(node.value), None
    around = _around(names, node)
    if isinstance(around, ast.Subscript):
        space = around.value
    elif isinstance(around, ast.Call):
        by_path = _BY_PATH.search(ast.unparse(around.func))
        if by_path and text.removesuffix(".__dict__") in modules:
            report.refuse(node, f"what {text} holds may be assigned another value")
        space = around.func.value if isinstance(around.func, ast.Attribute) else None
    space = space.func if isinstance(space, ast.Call) else space
    by_name = space is not None and names.dotted(space) in _SPACES
    if by_name and _is_module(names, text, modules):
        report.refuse(node, f"{text} is looked up by its name, and may be assigned another value")


def _is_module(names: Names, text: str, modules: AbstractSet[str]) -> bool:
    """Return whether a text is the name of a module, or of a variable that refers to one."""
    bound = names.module.bound.get(text, [])
    imported = any(isinstance(each, ast.Import | ast.ImportFrom) for each in bound)
    return text in modules or (imported and bool(modules))
