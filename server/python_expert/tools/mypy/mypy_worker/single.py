"""Checks an edit within one function's body, without parsing the rest of the module.

The new body replaces the old one in the tree. The line numbers of the code below may then be wrong
there, so the whole module is checked when there is time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mypy.errors import CompileError
from mypy.nodes import ClassDef, Decorator, FuncDef
from mypy.parse import parse
from mypy.version import __version__

from .bodies import A_LINE
from .effects import effects_of, wrapped
from .memory import span
from .recheck import FunctionEdit, check_again, inner

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy.build import State
    from mypy.nodes import MypyFile

    from .memory import Memory
    from .program import MypyProgram

AVAILABLE: Final = tuple(map(int, __version__.split(".")[:2])) >= (2, 2)
"""Whether mypy's parser supports a text that is not in a file."""


def check_single(
    program: MypyProgram, memory: Memory, lines: list[str]
) -> Callable[[], None] | None:
    """Check an edited module; its errors are then stored in mypy.

    Returns:
        The work that remains for later; None if the edit is not in one body, or has effects outside
        of it.
    """
    state = memory.state
    if state is None or state.tree is None or not AVAILABLE:
        return None
    tree = state.tree
    edit = _locate(memory, lines)
    # Positions differ between the parsers.
    native = program.options.clone_for_module(state.id).native_parser
    if edit is None or state.options.native_parser != native:
        return None
    function = edit.function
    func = inner(function)
    inward = isinstance(func, FuncDef) and _is_inward(memory, edit, func, lines)
    read = _parse(state, tree, lines, edit) if inward else None
    new = _only_function(read, func)
    if read is None or new is None:
        return None
    _move_comments(tree, read, edit)
    func.body = new.body
    func.end_line = function.node.end_line = new.end_line
    func.end_column = function.node.end_column = new.end_column
    more = check_again(program, memory, edit, lines)

    def finish() -> None:
        assert more  # noqa: S101  # nosec B101 - for the type checker
        more()
        state.free_state()

    return finish if more else None


def _locate(memory: Memory, lines: list[str]) -> FunctionEdit | None:
    """Find the function that contains the whole of an edit."""
    old = memory.lines
    least = min(len(old), len(lines))
    start = next((i for i in range(least) if old[i] != lines[i]), least)
    rest = least - start
    same = next((i for i in range(rest) if old[-1 - i] != lines[-1 - i]), rest)
    above = [each for each in memory.functions if each.first <= start]
    if not above or old == lines or not memory.bodies:
        return None
    function = max(above, key=lambda each: each.first)
    end = max(function.last, len(old) - same)
    if any(line.strip() for line in old[function.last : max(end, start)]):
        return None  # it is neither in the function nor in the empty lines below
    return FunctionEdit(function, end, len(lines) - len(old))


def _is_inward(memory: Memory, edit: FunctionEdit, func: FuncDef, lines: list[str]) -> bool:
    """Return whether an edit has no effects outside of a function's body."""
    function, old = edit.function, memory.lines
    statement = func.body.body[0]
    header = range(function.first, statement.line)
    if (
        function.name not in memory.bodies
        or span(function.node)[0] != function.first  # an edit above has moved it
        or sum(each.name == function.name for each in memory.functions) != 1
        or not header
        or old[statement.line - 1][: statement.column].strip()
        or old[function.first - 1 : statement.line - 1]
        != lines[function.first - 1 : statement.line - 1]
        or any(line in memory.ignored for line in header)
        or _has_other_findings(memory, edit)
        or (
            edit.by
            and any(
                A_LINE.search(info.message) for info in memory.infos if info.target != function.name
            )
        )
    ):
        return False
    before = effects_of(old[function.first - 1 : edit.end])
    after = effects_of(lines[function.first - 1 : edit.end + edit.by])
    return before is not None and after is not None and after.follows(before)


def _has_other_findings(memory: Memory, edit: FunctionEdit) -> bool:
    """Return whether a function has findings on imports, which a check of its body omits."""
    function = edit.function
    own = {id(info) for info in memory.bodies[function.name].infos}
    return any(
        function.first <= info.line <= edit.end
        and info.target != function.name
        and id(info) not in own
        for info in memory.infos
    )


def _parse(state: State, tree: MypyFile, lines: list[str], edit: FunctionEdit) -> MypyFile | None:
    """Parse the lines of an edited function, with their line numbers."""
    first = edit.function.first
    source = wrapped(lines[first - 1 : edit.end + edit.by])
    above = first - 1 - (len(source) - (edit.end + edit.by - first + 1))
    if above < 0:
        return None
    errors = state.manager.errors
    errors.reset()
    text = "\n" * above + "\n".join(source)
    read = parse(text, state.xpath, state.id, errors, state.options, eager=True)
    if errors.is_blockers():
        return None
    try:
        state.tree = read
        state.semantic_analysis_pass1()
    except CompileError:
        return None
    finally:
        state.tree = tree
    return read


def _only_function(read: MypyFile | None, func: FuncDef) -> FuncDef | None:
    """Return the function that was parsed, if there is nothing else."""
    found: list[Any] = read.defs if read else []
    if len(found) == 1 and isinstance(found[0], ClassDef):
        found = found[0].defs.body
    if len(found) != 1:
        return None
    node = found[0].func if isinstance(found[0], Decorator) else found[0]
    return node if isinstance(node, FuncDef) and node.name == func.name else None


def _move_comments(tree: MypyFile, read: MypyFile, edit: FunctionEdit) -> None:
    """Update a tree's `type: ignore` comments after a function was parsed again."""
    inside = range(edit.function.first, edit.end + 1)

    def moved(line: int) -> int:
        return line + edit.by if line > edit.end else line

    kept = {moved(n): codes for n, codes in tree.ignored_lines.items() if n not in inside}
    tree.ignored_lines = kept | read.ignored_lines
    tree.skipped_lines = {moved(n) for n in tree.skipped_lines if n not in inside}
    tree.skipped_lines |= read.skipped_lines
