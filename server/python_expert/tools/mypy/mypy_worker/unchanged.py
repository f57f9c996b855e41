"""Checks a module whose text has not changed, after a change of signatures elsewhere.

A signature affects the bodies of functions, and expressions at the top level of modules. It cannot
affect the meaning of names, or the exports of a module, so only some functions are checked.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from mypy.nodes import ClassDef, Decorator, FuncDef, SymbolTable, TypeInfo
from mypy.server.astdiff import snapshot_symbol_table
from mypy.traverser import NameAndMemberCollector
from mypy.util import module_prefix

from .bodies import mentions
from .dependencies import spread
from .effects import effects_of
from .recheck import FunctionEdit, begin, check_again, inner, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mypy.nodes import MemberExpr, MypyFile, NameExpr, Statement
    from mypy.server.update import FineGrainedBuildManager

    from .memory import Function, Memory
    from .program import MypyProgram

SIGNATURE: Final = 6
"""The index of the signature in mypy's description of a function."""

TEXTS: Final = 1_000
"""The number of functions' texts for which it is cached whether they have effects elsewhere."""


def signatures(
    fg: FineGrainedBuildManager, module: str, before: Mapping[str, Any], changed: Iterable[str]
) -> set[str]:
    """Return the changes that are only of the signatures of functions.

    Args:
        fg: mypy's engine.
        module: The changed module.
        before: mypy's description of its names before the change.
        changed: The triggers of all changes.
    """
    return {each for each in changed if _is_of_signature(fg, module, before, each.strip("<>"))}


def _is_of_signature(
    fg: FineGrainedBuildManager, module: str, before: Mapping[str, Any], name: str
) -> bool:
    if not name.startswith(module + "."):
        return name == f"{module}[wildcard]"
    *owners, last = name[len(module) + 1 :].split(".")
    table = fg.manager.modules[module].names
    for owner in owners:
        old, info = before.get(owner, ("",)), owner in table and table[owner].node
        if old[0] != "TypeInfo" or not isinstance(info, TypeInfo):
            return False
        before, table = old[-1], info.names
    old = before.get(last, ("",))
    if old[0] != "Func" or last not in table or not isinstance(table[last].node, FuncDef):
        return False
    one = SymbolTable()
    one[last] = table[last]
    new: Any = snapshot_symbol_table(name.rpartition(".")[0], one)[last]
    return bool(old[:SIGNATURE] == new[:SIGNATURE] and old[SIGNATURE + 1 :] == new[SIGNATURE + 1 :])


def check_unchanged(
    program: MypyProgram, memory: Memory, changed: set[str]
) -> Callable[[], None] | None:
    """Check a module after changes of signatures elsewhere; its errors are then stored in mypy.

    Args:
        program: The program.
        memory: The results of the module's last check, as a whole and with the same text.
        changed: The triggers of the changes.

    Returns:
        The work that remains for later; None if functions cannot be checked by themselves.
    """
    state = memory.state
    if state is None or state.tree is None or not (memory.whole and memory.bodies):
        return None
    native = program.options.clone_for_module(state.id).native_parser
    reached = _reached(program.fg, memory, state.id, state.tree, changed)
    if reached is None or state.options.native_parser != native:
        return None
    if not reached:
        begin(state, state.tree)
        tell(state, memory)
    lines = memory.lines
    rest: list[Callable[[], None]] = []
    for function in reached:
        more = check_again(program, memory, FunctionEdit(function, function.last, 0), lines)
        if more is None:
            return None
        rest.append(more)
    memory.whole = True

    def finish() -> None:
        for more in rest:
            more()
        state.free_state()

    return finish


def _reached(
    fg: FineGrainedBuildManager, memory: Memory, module: str, tree: MypyFile, changed: set[str]
) -> list[Function] | None:
    """Return the functions that changes of signatures reach; None if other code may be reached."""
    names = {each.strip("<>") for each in changed}
    last = {name.rpartition(".")[2] for name in names}
    if any(each.startswith("__") for each in last):  # special methods are used without being named
        return None
    triggers, targets = spread(fg, changed)
    top = {each for each in triggers if module in fg.deps.get(each, ())}
    if not top <= changed or _is_used_at_top(memory, tree, names | last):
        return None
    owners = {name.rpartition(".")[0] for name in names} - fg.graph.keys() - {""}
    if owners and _is_inherited(tree, owners):
        return None
    own = {
        each
        for each in targets
        if each.startswith(module + ".") and module_prefix(fg.graph, each) == module
    }
    found = [
        each
        for each in memory.functions
        if each.name in own
        or memory.bodies[each.name].depends_on(last)
        or mentions(memory.bodies[each.name].text, last)
    ]
    known = {each.name for each in memory.functions}
    plain = all(memory.bodies[each.name].moves and _is_confined(each) for each in found)
    return found if plain and own <= known and len(known) == len(memory.functions) else None


def _is_confined(function: Function) -> bool:
    """Return whether checking a function again has no effects outside of it."""
    return isinstance(inner(function), FuncDef) and _has_no_effects(function.text)


@lru_cache(TEXTS)
def _has_no_effects(text: str) -> bool:
    effects = effects_of(text.split("\n"))
    return effects is not None and not (effects.defines or effects.reaches)


def _is_inherited(tree: MypyFile, owners: set[str]) -> bool:
    """Return whether a class of a module inherits from an owner; bases must agree on methods."""
    return any(
        not owners.isdisjoint(base.fullname for base in symbol.node.mro)
        for _, symbol, _ in tree.local_definitions()
        if isinstance(symbol.node, TypeInfo)
    )


def _is_used_at_top(memory: Memory, tree: MypyFile, names: set[str]) -> bool:
    """Return whether the top level of a module uses one of these names, other than in imports."""
    if memory.used is None:
        collector = NameAndMemberCollector()
        inners = map(inner, memory.functions)
        _collect(tree.defs, {id(each) for each in inners if isinstance(each, FuncDef)}, collector)
        used: list[NameExpr | MemberExpr] = [*collector.name_exprs, *collector.member_exprs]
        memory.used = {name for each in used for name in (each.name, each.fullname)}
    return not memory.used.isdisjoint(names)


def _collect(
    statements: Iterable[Statement], functions: set[int], collector: NameAndMemberCollector
) -> None:
    """Collect expressions, without those in the bodies of functions with these identities."""
    for statement in statements:
        if isinstance(statement, ClassDef):
            _collect(statement.defs.body, functions, collector)
            statement.defs.body, body = [], statement.defs.body
            statement.accept(collector)
            statement.defs.body = body
        elif isinstance(statement, Decorator):
            _collect([statement.func], functions, collector)
            for decorator in statement.decorators:
                decorator.accept(collector)
        elif id(statement) not in functions:
            statement.accept(collector)
        elif isinstance(statement, FuncDef):  # defaults are checked with the top level
            for argument in statement.arguments:
                if argument.initializer:
                    argument.initializer.accept(collector)
