"""Code that looks up converted functions by name."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.objects import maker_target
from python_expert.actions.convert_to_async.proof import class_rules, patched_names
from python_expert.analysis.aliases import second_names
from python_expert.analysis.namespaces import shows_data
from python_expert.analysis.nodes import last_name
from python_expert.analysis.source import all_nodes
from python_expert.analysis.text_uses import may_be_run
from python_expert.gate.verdict import Reason
from python_expert.text.parsing import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from python_expert.actions.convert_to_async.proof.report import ProofReport
    from python_expert.analysis.names import Names

_BY_NAME = frozenset({"getattr", "hasattr", "setattr", "methodcaller", "attrgetter", "delattr"})
_SPECIAL = {"__getattribute__": -1, "__getattr__": -1, "__delattr__": -1, "__setattr__": -2}
"""Methods that look up an attribute by name, with the index of the argument that is the name."""
_NAMESPACES = frozenset(
    f"builtins.{name}" for name in ("globals", "locals", "vars", "dir", "eval", "exec")
) | frozenset(
    {"inspect.getmembers", "timeit.timeit", "timeit.repeat", "timeit.Timer", "sys.modules"}
    | {"runpy.run_path", "runpy.run_module"}
)
_DICTIONARIES = frozenset({"__dict__", "__globals__", "f_globals", "f_locals"})
_MODULES = frozenset({"importlib.import_module", "importlib.reload", "builtins.__import__"})
_LOOKS = frozenset(
    {"builtins.getattr", "builtins.setattr", "operator.attrgetter", "operator.methodcaller"}
)


def words(report: ProofReport) -> None:
    """Check lookups of the converted functions by name, and assignments to their names."""
    patched_names.check(report)
    class_rules.check(report)
    known = {each.name for each in report.coroutines} | _attributes(report)
    for each in report.coroutines:
        known |= {name.id for name in second_names(report.program, each)}
    _private(report, known)
    names = report.program.names
    for line, text in report.pairs.before.masked_lines:
        for name in sorted(known & set(re.findall(r"\w+", text))):
            report.confirm.append(Reason(f"{name} is in a part that does not parse", line))
    for node in all_nodes(names.tree) if known else ():
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            _stored(report, node, known)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            _text(report, node, known)
        else:
            _lookup(report, node, known)


def _private(report: ProofReport, known: set[str]) -> None:
    """Refuse a private name that is mangled elsewhere: ``_C__name`` for ``__name``."""
    for name in sorted(known):
        if name.startswith("__") and not name.endswith("__"):
            for word in report.pairs.before.words:
                if word.endswith(name) and word.strip("_") != name.strip("_"):
                    report.refuse(None, f"{word} may be {name}, and is not changed")


def itself(report: ProofReport, module: str) -> None:
    """Ask about functions that a text imports from its own module.

    Args:
        report: The findings.
        module: The name of the text's own module, or empty.
    """
    names, known = report.program.names, {each.name for each in report.coroutines}
    own = {module or "__main__", "__main__"}
    for node in ast.walk(names.tree) if known else ():
        if isinstance(node, ast.Import):
            found = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            found = [f".{each.name}" for each in node.names if node.level]
            found += [node.module or ""] if _may_be_own(names, node) else []
        else:
            continue
        if any(each.rpartition(".")[2] in own for each in found):
            report.ask(node, f"{min(known)} may be called under another name, and not awaited")


def _may_be_own(names: Names, node: ast.ImportFrom) -> bool:
    """Return whether an import may take a name from the text itself.

    This is the case if the name has other bindings.
    """
    bound = names.module.bound
    if "__getattr__" in bound:
        return True
    return any(
        each.name == "*" or any(one is not node for one in bound.get(each.name, []))
        for each in node.names
    )


def _attributes(report: ProofReport) -> set[str]:
    """Return the names of the variables and attributes whose objects were exchanged."""
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
        report.refuse(node, f"{ast.unparse(node)} is assigned another value")
    if node.attr in {"__class__", "__bases__"}:
        report.ask(node, f"the class set here may define {min(known)}, and not as async")


def _text(report: ProofReport, node: ast.Constant, known: set[str]) -> None:
    """Check a string that may be a path for patching, contain code, or contain a doctest."""
    parent, text = report.program.names.parents.get(node), str(node.value)
    path = isinstance(parent, ast.Call) and "." in text and patched_names.PATH.fullmatch(text)
    if path and text.rpartition(".")[2] in known:
        report.ask(node, f"{text} may be looked up by its name, and not awaited")
    if text == "__class__":
        report.ask(node, f"the class set here may define {min(known)}, and not as async")
    if isinstance(parent, ast.Call):
        given = (report.program.names.kind(each) for each in parent.args)
        if text in known and any(isinstance(each, ast.ClassDef) for each in given):
            report.ask(node, f"{text} may be looked up by its name, and not awaited")
        for name in sorted(known & _called_in(text)):
            report.ask(node, f"{name} is called by a string, and not awaited")
    if ">>>" not in text or not may_be_run(node, report.program.source, report.program.names):
        return
    for line in text.splitlines():
        for name in sorted(known & set(re.findall(r"\w+", line))):
            if line.lstrip().startswith((">>>", "...")):
                report.ask(node, f"a doctest uses {name} and does not await it")


def _called_in(text: str) -> set[str]:
    """Return the names that are called in a string that contains code."""
    if "(" not in text:
        return set()
    try:
        tree = syntax_tree(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {last_name(each.func) for each in ast.walk(tree) if isinstance(each, ast.Call)}


def _lookup(report: ProofReport, node: ast.AST, known: set[str]) -> None:
    names = report.program.names
    if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
        module = "." * node.level + (node.module or "")
        report.ask(node, f"`from {module} import *` may bring any name")
    if isinstance(node, ast.MatchClass):
        for each in sorted(known & {*node.kwd_attrs}):
            report.refuse(node, f"{each} is captured by a pattern, and not awaited")
    _by_key(report, node, known)
    if isinstance(node, ast.Name | ast.Attribute) and _finds_any(names, node):
        owner = names.kind(node.value) if isinstance(node, ast.Attribute) else None
        own = names.inner[owner].bound if isinstance(owner, ast.ClassDef) else {}
        text = f"may find {min(known & own.keys() or known)} by its name, and not await it"
        report.ask(node, f"{ast.unparse(node)} {text}")
    if isinstance(node, ast.Call) and _makes_class(names, node):
        report.ask(node, f"a class created here may define {min(known)} again, and not as async")


def _finds_any(names: Names, node: ast.Name | ast.Attribute) -> bool:
    """Return whether a name or attribute gives access to arbitrary objects by name."""
    full, parent = names.dotted(node), names.parents[node]
    call = parent if isinstance(parent, ast.Call) and parent.func is node else None
    if full in _MODULES:
        return not call or not all(isinstance(each, ast.Constant) for each in call.args[:1])
    if full in _LOOKS:
        return not call
    if full == "builtins":
        return not isinstance(parent, ast.Attribute)
    if shows_data(names, node):
        return False
    return full in _NAMESPACES or getattr(node, "attr", "") in _DICTIONARIES


def _makes_class(names: Names, call: ast.Call) -> bool:
    """Return whether a call creates a class, with several arguments or with bases from the text."""
    full = names.dotted(call.func)
    if full in {"builtins.type", "types.new_class"}:
        return len(call.args) > 1
    bases = call.args[1].elts if len(call.args) > 1 and isinstance(call.args[1], ast.Tuple) else []
    tests = full in {"builtins.isinstance", "builtins.issubclass"}
    return not tests and any(names.class_named(each) for each in bases)


def _by_key(report: ProofReport, node: ast.AST, known: set[str]) -> None:
    """Check lookups whose key may be the name of a converted function."""
    for key in _keys(report, node):
        if isinstance(key, ast.Constant):
            if key.value in known:
                report.refuse(node, f"{key.value} is looked up by its name, not awaited")
            continue
        found = sorted(each for each in known if _may_be(key, each))
        if found and _start(key):
            report.refuse(node, f"{', '.join(found)} may be looked up by name, not awaited")
        elif found:
            text = f"{ast.unparse(key)} may hold the name of {found[0]}"
            report.ask(node, f"{text}, and what is looked up by it is not awaited")


def _keys(report: ProofReport, node: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions that a node uses as names in a lookup."""
    if isinstance(node, ast.Call):
        func = node.func
        full = (report.program.names.dotted(func) or "").rpartition(".")[2]
        called = full if full in _BY_NAME else last_name(func)
        patched = called == "object" and "patch" in ast.unparse(func)
        if called in {"methodcaller", "attrgetter"}:
            yield from node.args[:1] if called == "methodcaller" else node.args
        elif called in _BY_NAME or patched:
            yield from node.args[1:2]
        elif called in _SPECIAL and len(node.args) >= -_SPECIAL[called]:
            yield node.args[_SPECIAL[called]]
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
    """Return the known beginning of a string that is built from parts."""
    if isinstance(key, ast.JoinedStr) and key.values:
        key = key.values[0]
    while isinstance(key, ast.BinOp):
        key = key.left
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""


def _may_be(key: ast.expr, name: str) -> bool:
    start = _start(key).partition("%")[0].partition("{")[0]
    return name.startswith(start)
