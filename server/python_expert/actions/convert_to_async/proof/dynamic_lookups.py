"""Where a program finds at run time, by name, what was converted."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.objects import maker_target
from python_expert.actions.convert_to_async.proof import patched_names
from python_expert.analysis.scopes import FUNCTIONS
from python_expert.analysis.source import all_nodes
from python_expert.gate.verdict import Reason
from python_expert.text.document import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from python_expert.actions.convert_to_async.proof.report import ProofReport

_BY_NAME = frozenset({"getattr", "hasattr", "setattr", "methodcaller", "attrgetter", "delattr"})
_NAMESPACES = frozenset(
    f"builtins.{name}" for name in ("globals", "locals", "vars", "dir", "eval", "exec")
) | {"inspect.getmembers", "timeit.timeit", "timeit.repeat", "timeit.Timer", "sys.modules"}
_HARMLESS_DECORATORS = frozenset(
    {"dataclasses.dataclass", "functools.total_ordering", "enum.unique"}
    | {f"{module}.{name}" for module in ("typing", "typing_extensions") for name in ("final",)}
    | {"typing.runtime_checkable", "typing_extensions.runtime_checkable"}
)
_CLASS_PARTS = 3


def words(report: ProofReport) -> None:
    """Functions may be looked up by their names, and names given other values."""
    patched_names.check(report)
    known = {each.name for each in report.coroutines} | _attributes(report)
    names = report.program.names
    for line in report.pairs.before.masked:
        text = split_lines(report.pairs.before.text)[line]
        for name in sorted(known & set(re.findall(r"\w+", text))):
            report.confirm.append(Reason(f"{name} stands in what does not parse", line))
    for node in all_nodes(names.tree) if known else ():
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            _stored(report, node, known)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            _text(report, node, known)
        else:
            _lookup(report, node, known)


def itself(report: ProofReport, module: str) -> None:
    """Ask about functions that a text imports from itself.

    Args:
        report: Where to ask.
        module: The name of the text's own module, or empty.
    """
    tree, known = report.program.names.tree, {each.name for each in report.coroutines}
    for node in ast.walk(tree) if known else ():
        modules = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            modules = [node.module or "", *(f".{each.name}" for each in node.names if node.level)]
        if any(each.rpartition(".")[2] in {module or "__main__", "__main__"} for each in modules):
            report.ask(node, f"{min(known)} may be called under another name, and not awaited")


def classes(report: ProofReport) -> None:
    """Whatever is done to all methods of a class may not know of coroutines."""
    names = report.program.names
    for function in report.coroutines:
        owner = names.class_of(function)
        if not isinstance(owner, ast.ClassDef):
            continue
        name = report.program.name(function)
        takers = [
            each.func if isinstance(each, ast.Call) else each for each in owner.decorator_list
        ]
        takers = [each for each in takers if names.dotted(each) not in _HARMLESS_DECORATORS]
        takers += [
            each.value
            for one in names.lineage(owner)
            for each in one.keywords
            if each.arg != "metaclass" or names.dotted(each.value) != "abc.ABCMeta"
        ]
        for each in takers:
            report.ask(owner, f"{ast.unparse(each)} may use {name} and not await it")
        _registered(report, owner, name)
        if names.method(owner, "__init_subclass__"):
            report.ask(owner, f"__init_subclass__ may use {name} and not await it")
        for other in report.program.relatives(owner):
            for bound in names.inner[other].bound.get(function.name, []):
                if not isinstance(bound, FUNCTIONS):
                    report.refuse(bound, f"{name} is async, but not where it is bound again")


def _registered(report: ProofReport, owner: ast.ClassDef, name: str) -> None:
    """Ask where a class is made known to others."""
    names = report.program.names
    for node in all_nodes(names.tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "register":
            given = {names.class_named(each) for each in node.args}
            if given & {*report.program.relatives(owner)}:
                report.ask(node, f"what calls {name} by this class may not await it")


def _attributes(report: ProofReport) -> set[str]:
    """The names of the variables whose objects were exchanged."""
    targets = [maker_target(report.program.names, each) for each in report.pairs.makers]
    return {
        each.attr if isinstance(each, ast.Attribute) else each.id
        for each in targets
        if isinstance(each, ast.Attribute | ast.Name)
    }


def _stored(report: ProofReport, node: ast.Attribute, known: set[str]) -> None:
    names = report.program.names
    made = any(node is maker_target(names, each) for each in report.pairs.makers)
    functions = {each.name for each in report.coroutines}
    if node.attr in known & functions and not made and not isinstance(names.kind(node.value), str):
        report.refuse(node, f"{ast.unparse(node)} gets another value")


def _text(report: ProofReport, node: ast.Constant, known: set[str]) -> None:
    """A string may be a path for patching, or hold a doctest."""
    parent, text = report.program.names.parents.get(node), str(node.value)
    path = isinstance(parent, ast.Call) and "." in text and patched_names.PATH.fullmatch(text)
    if path and text.rpartition(".")[2] in known:
        report.ask(node, f"{text} may be looked up by its name, and not awaited")
    for line in text.splitlines() if ">>>" in text else ():
        for name in sorted(known & set(re.findall(r"\w+", line))):
            if line.lstrip().startswith((">>>", "...")):
                report.ask(node, f"a doctest uses {name} and does not await it")


def _lookup(report: ProofReport, node: ast.AST, known: set[str]) -> None:
    names = report.program.names
    if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
        report.ask(node, f"any name may come from {node.module}")
    if isinstance(node, ast.MatchClass):
        for each in sorted(known & {*node.kwd_attrs}):
            report.refuse(node, f"{each} is taken by a pattern, and not awaited")
    _by_key(report, node, known)
    if isinstance(node, ast.Name | ast.Attribute) and (
        names.dotted(node) in _NAMESPACES
        or (isinstance(node, ast.Attribute) and node.attr == "__dict__")
    ):
        text = f"{ast.unparse(node)} may find {min(known)} by its name, and not await it"
        report.ask(node, text)
    if (
        isinstance(node, ast.Call)
        and names.dotted(node.func) == "builtins.type"
        and len(node.args) == _CLASS_PARTS
    ):
        report.ask(node, f"a class made here may define {min(known)} again, and not as async")


def _by_key(report: ProofReport, node: ast.AST, known: set[str]) -> None:
    """What may be looked up by a name that is a value."""
    for key in _keys(report, node):
        if isinstance(key, ast.Constant):
            if key.value in known:
                report.refuse(node, f"{key.value} is looked up by its name, not awaited")
            continue
        found = sorted(each for each in known if _may_be(key, each))
        if found and _start(key):
            report.refuse(node, f"{', '.join(found)} may be looked up by name, not awaited")
        elif found:
            report.ask(node, f"{ast.unparse(key)} may be the name of {found[0]}: nobody awaits it")


def _keys(report: ProofReport, node: ast.AST) -> Iterator[ast.expr]:
    """The expressions by whose value a node looks something up."""
    if isinstance(node, ast.Call):
        func = node.func
        called = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        patched = called == "object" and "patch" in ast.unparse(func)
        if called in {"methodcaller", "attrgetter"}:
            yield from node.args[:1] if called == "methodcaller" else node.args
        elif called in _BY_NAME or patched:
            yield from node.args[1:2]
        elif called in {"get", "pop"} and isinstance(func, ast.Attribute):
            yield from _constants(node.args if isinstance(func.value, ast.Call) else [])
    elif isinstance(node, ast.Subscript):
        names, value = report.program.names, node.value
        namespace = isinstance(value, ast.Call) and names.dotted(value.func) in _NAMESPACES
        if namespace or (isinstance(value, ast.Attribute) and value.attr == "__dict__"):
            yield from _constants([node.slice])


def _constants(nodes: Iterable[ast.expr]) -> Iterator[ast.expr]:
    return (each for each in nodes if isinstance(each, ast.Constant))


def _start(key: ast.expr) -> str:
    """What a text that is put together starts with, as far as it is known."""
    if isinstance(key, ast.JoinedStr) and key.values:
        key = key.values[0]
    while isinstance(key, ast.BinOp):
        key = key.left
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""


def _may_be(key: ast.expr, name: str) -> bool:
    start = _start(key).partition("%")[0].partition("{")[0]
    return name.startswith(start)
