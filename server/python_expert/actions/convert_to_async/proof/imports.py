"""Checks the imports that a conversion may add and remove."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.replacements import ASYNC_NAMES, MODULES, REMOVABLE
from python_expert.analysis.scopes import FUNCTIONS
from python_expert.analysis.source import all_nodes, words
from python_expert.analysis.text_uses import example_users, in_examples, is_docstring
from python_expert.gate.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.actions.convert_to_async.proof.ast_match import Pairs
    from python_expert.actions.convert_to_async.proof.report import ProofReport


def is_added(pairs: Pairs, old: Sequence[ast.stmt], new: Sequence[ast.stmt], at: int) -> bool:
    """Return whether a statement is an import that a conversion adds."""
    node = new[at]
    if not isinstance(node, ast.Import):
        return False
    if any(_same_origin(each, node) for each in old if isinstance(each, ast.Import)):
        return False
    [alias, *more] = node.names
    if more or alias.asname or alias.name not in MODULES or new is not pairs.after.tree.body:
        return False
    if at == 0 and ast.get_docstring(pairs.before.tree) is not None:
        return False
    for each in new[:at]:
        if not isinstance(each, ast.Import | ast.ImportFrom) and not _is_text(each):
            return False
    _check_new_name(pairs, node, alias.name)
    pairs.written.append(pairs.after.range(node))
    pairs.added.add(alias.name)
    return True


def _check_new_name(pairs: Pairs, node: ast.stmt, name: str) -> None:
    if any(name in scope.bound for scope in {*pairs.old.scopes.values()}):
        pairs.fail(node, f"the name {name} is already used")


def pair_import(pairs: Pairs, old: ast.Import | ast.ImportFrom, other: ast.stmt | None) -> bool:
    """Match an import with the next statement; return whether that is the same import."""
    new = _same_origin(old, other)
    _compare(pairs, old, new)
    return new is not None


def _compare(
    pairs: Pairs, old: ast.Import | ast.ImportFrom, new: ast.Import | ast.ImportFrom | None
) -> None:
    module = old.module if isinstance(old, ast.ImportFrom) else ""
    before = {(each.name, each.asname) for each in old.names}
    after = {(each.name, each.asname) for each in new.names} if new else set()
    if new is not None and ast.dump(old) == ast.dump(new):
        return
    for name, alias in before - after:
        if (module or name) not in REMOVABLE or old not in pairs.before.tree.body:
            pairs.fail(new or old, f"the import of {name} was removed")
        if alias == name:
            pairs.fail(
                new or old, f"the import of {name} was removed, and others may import it here"
            )
        pairs.names_gone[alias or name.partition(".")[0]] = old.lineno
    for name, alias in after - before:
        if f"{module}.{name}" not in ASYNC_NAMES.values() or alias or new is None:
            pairs.fail(new or old, f"{name} is imported")
        _check_new_name(pairs, new, name)
    kept = [each for each in map(_alias, old.names) if each in after]
    if new is not None and kept != [e for e in map(_alias, new.names) if e in before]:
        pairs.fail(new, "the imports are in another order")
    pairs.skipped.append(pairs.before.range(old))
    if new is not None:
        pairs.written.append(pairs.after.range(new))
    else:
        pairs.imports_gone.add(pairs.before.range(old).end.line)


def check_gone(pairs: Pairs) -> None:
    """Check that no removed import is still used.

    Strings, examples and broken lines also count.
    """
    for line, text in pairs.after.masked_lines:
        for word in sorted(pairs.names_gone.keys() & words(text)):
            pairs.fail(ast.Pass(lineno=line + 1), f"{word} is no longer imported")
    for node in all_nodes(pairs.after.tree):
        name = node.id if isinstance(node, ast.Name) else None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            own, found = is_docstring(node, pairs.new.parents), in_examples(node.value)
            found |= set() if own else {*re.findall(r"\b(\w+)\.\w", node.value)}
            name = min(found & pairs.names_gone.keys(), default=None if own else node.value)
        if name in pairs.names_gone:
            pairs.fail(node, f"{name} is no longer imported")


def unused(report: ProofReport) -> None:
    """List the imports that only examples or broken lines use: tools report these as unused."""
    before, after = report.program.names, report.pairs.new
    used = {each.id for each in all_nodes(after.tree) if isinstance(each, ast.Name)}
    gone = {each.id for each in all_nodes(before.tree) if isinstance(each, ast.Name)} - used
    kept = [each for each in after.tree.body if isinstance(each, ast.Import | ast.ImportFrom)]
    broken = {word for _, text in report.pairs.after.masked_lines for word in words(text)}
    for alias in (alias for node in kept for alias in node.names):
        name = alias.asname or alias.name.partition(".")[0]
        if name not in gone:
            continue
        if example_users(all_nodes(after.tree), after.parents, name):
            users = "examples (>>>)"
        elif name in broken:
            users = "lines that do not parse"
        else:
            continue
        where = report.pairs.after.position(alias.lineno, alias.col_offset)
        text = f"only {users} still use the import of {name}"
        report.confirm.append(Reason(text, where.line, listed_at=where.column))


def check_origins(pairs: Pairs) -> None:
    """Check that the written names refer to imports that have certainly run before."""
    places = [((start.line, start.column), (end.line, end.column)) for start, end in pairs.written]
    for node in all_nodes(pairs.after.tree):
        if not isinstance(node, ast.Name):
            continue
        where = pairs.after.range(node).start
        if any(start <= (where.line, where.column) < end for start, end in places):
            for origin in pairs.new.bindings(node):
                if isinstance(origin, ast.Import | ast.ImportFrom):
                    block = pairs.new.parents[origin]
                    found = pairs.new.scopes[node].find(node.id)
                    # With ``global``, an import in a function binds a name of the module.
                    sure = isinstance(block, (ast.Module, *FUNCTIONS))
                    sure = sure and found is not None and found.node is block
                    if not sure or origin.lineno > node.lineno:
                        pairs.fail(node, f"{node.id} may not be imported here")


def _same_origin(
    old: ast.Import | ast.ImportFrom, new: ast.stmt | None
) -> ast.Import | ast.ImportFrom | None:
    """Return the new statement if it imports from the same module or shares a name, or None."""
    if isinstance(old, ast.ImportFrom) and isinstance(new, ast.ImportFrom):
        return new if (old.module, old.level) == (new.module, new.level) else None
    if isinstance(old, ast.Import) and isinstance(new, ast.Import):
        shared = {*map(_alias, old.names)} & {*map(_alias, new.names)}
        return new if shared else None
    return None


def _alias(node: ast.alias) -> tuple[str, str | None]:
    return node.name, node.asname


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
