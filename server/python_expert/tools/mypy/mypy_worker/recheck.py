"""Checks one function of a module's tree again, and keeps the findings in the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mypy.checker import DeferredNode, FineGrainedDeferredNode
from mypy.errors import CompileError
from mypy.messages import MessageBuilder
from mypy.nodes import Decorator, Var
from mypy.partially_defined import PossiblyUndefinedVariableVisitor
from mypy.semanal import apply_semantic_analyzer_patches
from mypy.semanal_main import check_type_arguments_in_targets, process_top_level_function
from mypy.server.aststrip import strip_target
from mypy.server.deps import get_dependencies_of_target

from .bodies import is_followed, is_movable, missing_in
from .dependencies import note
from .memory import Body, move

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy.build import State
    from mypy.nodes import FuncDef, MypyFile, TypeInfo

    from .memory import Function, Memory
    from .program import MypyProgram


class FunctionEdit(NamedTuple):
    """A function that contains the whole of an edit.

    Attributes:
        function: The function, before the edit.
        end: The 1-based number of the last line, before the edit, that may have changed.
        by: The number of lines by which the following code has moved.
    """

    function: Function
    end: int
    by: int


def inner(function: Function) -> Any:  # noqa: ANN401 - mypy's types are not for us to name
    """Return the node of a function without its decorators."""
    return function.node.func if isinstance(function.node, Decorator) else function.node


def begin(state: State, tree: MypyFile) -> None:
    """Prepare mypy's errors for new findings of a module."""
    errors = state.manager.errors
    errors.reset()
    ignores = state.ignore_all or state.options.ignore_errors
    errors.set_file_ignored_lines(state.xpath, tree.ignored_lines, ignores)
    errors.set_skipped_lines(state.xpath, tree.skipped_lines)


def tell(state: State, memory: Memory) -> None:
    """Store a module's findings in mypy's errors."""
    errors = state.manager.errors
    errors.error_info_map[state.xpath] = memory.infos.copy()
    errors.used_ignored_lines[state.xpath].update(memory.ignored)
    state.generate_unused_ignore_notes()
    state.generate_ignore_without_code_notes()


def check_again(
    program: MypyProgram, memory: Memory, edit: FunctionEdit, lines: list[str]
) -> Callable[[], None] | None:
    """Check the function that is now in the tree, and store the module's errors in mypy.

    Returns:
        The work that remains for later, before mypy's state is freed; None if the module must be
        checked as a whole.
    """
    state, function = memory.state, edit.function
    assert state  # noqa: S101  # nosec B101 - for the type checker
    tree, errors, path = state.tree, state.manager.errors, state.xpath
    assert tree  # noqa: S101  # nosec B101
    func = inner(function)
    last = func.end_line or function.last
    memory.lines = []  # until the end, this memory must not be used
    begin(state, tree)
    strip_target(func)
    try:
        _analyze(state, func, function.owner)
    except CompileError:
        return None
    more = state.type_check_second_pass(
        [DeferredNode(function.node, function.owner)], impl_only=True
    )
    while more:
        more = state.type_check_second_pass(impl_only=True)
    _find_undefined(state, tree, func)
    found = errors.error_info_map.setdefault(path, [])
    found[:] = dict.fromkeys(found)  # mypy may add an error twice; it must be moved once
    if not all(is_movable(info, range(function.first, last + 1)) for info in found):
        return None
    _remember(memory, edit, lines, last)
    tell(state, memory)

    def note_dependencies() -> None:
        types, version = state.type_map(), state.options.python_version
        note(program.fg, get_dependencies_of_target(state.id, tree, func, types, version))

    return note_dependencies


def _analyze(state: State, func: FuncDef, owner: TypeInfo | None) -> None:
    """Analyze a function like mypy's update, but without running plugins on its class again."""
    if owner and func.name == "__init__":  # mypy would find that it sets final attributes twice
        for symbol in owner.names.values():
            if isinstance(symbol.node, Var):
                symbol.node.final_set_in_init = False
    patches: list[tuple[int, Callable[[], None]]] = []
    analyzer = state.manager.semantic_analyzer
    process_top_level_function(analyzer, state, state.id, func.fullname, func, owner, patches)
    apply_semantic_analyzer_patches(patches)
    target = FineGrainedDeferredNode(func, owner)
    check_type_arguments_in_targets([target], state, state.manager.errors)


def _find_undefined(state: State, tree: MypyFile, func: FuncDef) -> None:
    """Like `State.detect_possibly_undefined_vars`, for one function."""
    errors = state.manager.errors
    errors.set_file(state.xpath, tree.fullname, options=state.options)
    if not tree.is_stub:
        messages = MessageBuilder(errors, state.manager.modules)
        types = state.type_map()
        func.accept(PossiblyUndefinedVariableVisitor(messages, types, state.options, tree.names))


def _remember(memory: Memory, edit: FunctionEdit, lines: list[str], last: int) -> None:
    """Replace the remembered findings of an edited function."""
    assert memory.state is not None  # noqa: S101  # nosec B101 - for the type checker
    function, errors = edit.function, memory.state.manager.errors
    path = memory.state.xpath
    found = errors.error_info_map[path].copy()
    body = Body("\n".join(lines[function.first - 1 : last]), function.first, found)
    body.ignored = dict(errors.used_ignored_lines[path])
    gone = {id(info) for info in memory.bodies[function.name].infos}
    others = []
    for info in memory.infos:
        if info.target != function.name and id(info) not in gone:
            others.append(info)
            if info.line > edit.end:
                move(info, edit.by)
            elif info.end_line >= function.last:
                info.end_line += edit.by
    loose = (each for each in (*others, *found) if not is_followed(each))
    body.missing = missing_in(loose, range(function.first, last + 1))
    for other in memory.functions:
        if other.first > edit.end:
            other.first += edit.by
            other.last += edit.by
            below = memory.bodies[other.name]
            below.first += edit.by
            below.ignored = {line + edit.by: codes for line, codes in below.ignored.items()}
    ignored = {
        line + edit.by if line > edit.end else line: codes
        for line, codes in memory.ignored.items()
        if not function.first <= line <= edit.end
    }
    function.last, function.text = last, body.text
    memory.bodies[function.name] = body
    memory.lines, memory.whole = lines, False
    memory.infos, memory.ignored = others + found, ignored | body.ignored
