"""Code of the text that a library may run in a thread although no call passes it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.replacements import THREAD
from python_expert.analysis.nodes import root
from python_expert.analysis.scopes import FUNCTIONS
from python_expert.analysis.source import all_nodes
from python_expert.analysis.thread_calls import anywhere, by_name, is_standard
from python_expert.analysis.threads import IMMUTABLE, reached, used_in, uses_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.actions.convert_to_async.proof.report import ProofReport
    from python_expert.analysis.names import Kind, Names

_HOOKED = ("requests", "urllib", "pickle")
"""Packages that call registered functions, or functions that are named in their data."""
_REGISTERS = frozenset(
    {"sys.addaudithook", "codecs.register", "codecs.register_error"}
    | {"urllib.request.install_opener"}
)
_PLAIN = IMMUTABLE | {"subprocess.Popen", "http.client.HTTPConnection"}
_LOGGED = frozenset({"threadName", "taskName", "(thread)"})

_METHODS = {
    "sqlite3": "execute executemany executescript commit rollback cursor fetchone fetchmany"
    " fetchall backup iterdump create_function",
    "asyncio": "set_result set_exception call_soon call_later call_at create_task create_future"
    " put_nowait get_nowait cancel add_done_callback",
}
"""Methods of objects that belong to the thread that created them, by module."""
_ANY_ATTRIBUTE = frozenset({"types.SimpleNamespace", "argparse.Namespace"})


def check(report: ProofReport) -> None:
    """Ask about code that a thread may run although it belongs to another thread."""
    pairs, names = report.pairs, report.program.names
    calls = [each for each, how in pairs.replaced.items() if how == THREAD]
    why = anywhere(report.program, duck_typed=True) if calls or pairs.blocks else None
    if why:
        everywhere = any(_registers(names, each) for each in all_nodes(names.tree))
        given: dict[ast.AST, list[ast.expr | None]] = {}
        given |= {each: [*_given(names, each)] for each in calls}
        given |= {each: [None] for each in pairs.threaded}
        given |= {each: [*_used(names, each)] for each in pairs.blocks}
        for node, values in given.items():
            if everywhere or not all(_is_plain(names, each) for each in values):
                report.ask(node, f"this runs in another thread: {why}")
                break
    _methods(report)
    for call in pairs.threaded:
        found = by_name(
            report.program, [use.function for use in uses_at(report.program, call.func)]
        )
        if found:
            report.ask(call, f"{ast.unparse(call.func)} runs in another thread: {found}")
    for node in all_nodes(names.tree) if pairs.threaded or pairs.blocks else ():
        text = str(getattr(node, "value" if isinstance(node, ast.Constant) else "attr", ""))
        for word in sorted(_LOGGED):
            if word in text:
                report.ask(node, f"{word} has another value if a thread writes the log record")


def _methods(report: ProofReport) -> None:
    """Ask about methods of unknown objects that may belong to another thread."""
    program, names = report.program, report.program.names
    nodes = {each for block in report.pairs.blocks for each in ast.walk(block)}
    used = [use.function for call in report.pairs.threaded for use in uses_at(program, call.func)]
    nodes |= {
        each for one in reached(program, used + used_in(program, nodes)) for each in ast.walk(one)
    }
    imported = {
        name.partition(".")[0]
        for node in all_nodes(names.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None) or "", *(each.name for each in node.names)]
    }
    for node in nodes:
        if isinstance(node, ast.Attribute) and not any(e.sure for e in uses_at(program, node)):
            for module in imported & _METHODS.keys():
                if node.attr in _METHODS[module].split() and _is_unknown(names, node.value):
                    text = f"{ast.unparse(node)} may be of {module}"
                    report.ask(node, f"{text}, whose objects belong to the thread that made them")


def _is_unknown(names: Names, node: ast.expr) -> bool:
    """Return whether an object's class is unknown."""
    kind = names.kind(node)
    if kind is None and isinstance(node, ast.Attribute):
        kind = names.kind(node.value)
        return not isinstance(kind, str) or kind in _ANY_ATTRIBUTE
    return kind is None


def _registers(names: Names, node: ast.AST) -> bool:
    """Return whether a node registers a function with a library, or patches the library."""
    if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
        return names.dotted(node) is not None
    return isinstance(node, ast.Name | ast.Attribute) and names.dotted(node) in _REGISTERS


def _given(names: Names, call: ast.Call) -> Iterator[ast.expr | None]:
    """Yield the objects that a call uses; None if it may use any object."""
    full = names.dotted(call.func) or ""
    if full.startswith(_HOOKED) or any(each.arg is None for each in call.keywords):
        yield None
    yield from call.args
    yield from (each.value for each in call.keywords)
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    if owner is None or (is_standard(full) and _is_imported(names, owner)):
        return
    if names.kind(owner) is not None or not is_standard(full):
        yield owner


def _is_imported(names: Names, node: ast.expr) -> bool:
    """Return whether an expression names a module, or something imported from one."""
    first = root(node, (ast.Attribute,))
    bindings = names.bindings(first) if isinstance(first, ast.Name) else []
    return bool(bindings) and all(isinstance(e, ast.Import | ast.ImportFrom) for e in bindings)


def _used(names: Names, block: ast.With) -> Iterator[ast.expr]:
    """Yield the variables from outside that a block uses."""
    inside = {*ast.walk(block)}
    for node in inside:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            known = (*FUNCTIONS, ast.ClassDef, ast.Import, ast.ImportFrom)
            bindings = names.bindings(node)
            if not all(each in inside or isinstance(each, known) for each in bindings):
                yield node


def _is_plain(names: Names, node: ast.expr | None) -> bool:
    """Return whether an object's class runs no code of the text."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return all(_is_plain(names, each) for each in node.elts)
    if isinstance(node, ast.Dict):
        return all(_is_plain(names, each) for each in node.values)
    kind = names.kind(node) if node is not None else None
    return isinstance(kind, str) and kind in _PLAIN and not _has_subclasses(names, kind)


def _has_subclasses(names: Names, kind: str) -> bool:
    """Return whether a class of the text may inherit from a given external class."""
    classes = [each for each in names.inner if isinstance(each, ast.ClassDef)]
    bases: set[Kind] = {base for each in classes for base in names.bases(each)}
    last = kind.rpartition(".")[2]
    return any(
        base is None or (isinstance(base, str) and base.rpartition(".")[2] == last)
        for base in bases
    )
