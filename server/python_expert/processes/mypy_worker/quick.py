"""Variant d2: checks only what an edit can have an effect on, the edited module first.

The edited module is parsed and analyzed whole, which is fast, and its top level is checked. Of
the functions, in whose bodies checking takes its time, only some are: those whose text has
changed, and, where something changed that can be seen from other functions, those that use it
as far as mypy's own dependencies tell or that so much as name it, and those that had findings.
What the others had is taken over.

What changed for other modules is kept until there is time for it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from mypy.build import load_graph
from mypy.checker import DeferredNode
from mypy.errors import CompileError
from mypy.modulefinder import BuildSource
from mypy.nodes import Decorator, OverloadedFuncDef, TypeInfo, set_info
from mypy.semanal_main import semantic_analysis_for_scc
from mypy.server.astdiff import snapshot_symbol_table
from mypy.server.deps import get_dependencies, merge_dependencies
from mypy.server.update import (
    calculate_active_triggers,
    ensure_trees_loaded,
    propagate_changes_using_dependencies,
    replace_modules_with_new_variants,
)
from mypy.types import AnyType, TypeOfAny
from mypy.typestate import type_state

from .found import LINE_BREAK
from .program import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy.build import State
    from mypy.errors import ErrorInfo
    from mypy.nodes import Expression, MypyFile
    from mypy.server.update import FineGrainedBuildManager
    from mypy.types import Type

    from .program import Program

AVAILABLE: Final = VERSION >= (2, 4)
"""Whether this mypy can check the bodies of functions apart from the rest of their module."""

NAME: Final = re.compile(r"[^\W\d]\w*")
A_LINE: Final = re.compile(r"\bline \d")


class Unknown(dict["Expression", "Type"]):
    """The types of expressions, of which some were not looked at."""

    def __missing__(self, key: Expression) -> Type:
        return AnyType(TypeOfAny.special_form)


@dataclass
class Body:
    """A function's body as it was last checked.

    Attributes:
        text: The function's lines.
        first: The number of its first line, from 1.
        infos: What was found in it.
        ignored: The codes that `type: ignore` comments in it were used for, by line.
        moves: Whether what was found stays true when the function moves as a whole.
        clean: Whether nothing at all was found in its lines.
    """

    text: str
    first: int
    infos: list[ErrorInfo] = field(default_factory=list)
    ignored: dict[int, list[str]] = field(default_factory=dict)
    moves: bool = True
    clean: bool = True

    def move(self, first: int) -> None:
        """Follow the function to another line."""
        by = first - self.first
        if by:
            self.first = first
            self.ignored = {line + by: codes for line, codes in self.ignored.items()}
            for info in self.infos:
                info.line += by
                info.end_line += by
                info.origin_span = [line + by for line in info.origin_span]


@dataclass
class Function:
    """A function or method of a module's new tree, with all its overloads.

    Attributes:
        name: Its full name.
        node: What mypy has for it.
        owner: The class that it is a method of.
        first: The number of its first line, from 1, decorators included.
        last: The number of its last line.
        text: Its lines.
    """

    name: str
    node: Any
    owner: TypeInfo | None
    first: int
    last: int
    text: str


@dataclass
class Memory:
    """What is known of a module from its last check.

    Attributes:
        state: What mypy has kept since; after any other check of the module it is another.
        setting: What all that was found depends on.
        bodies: The bodies of its functions by full name.
    """

    state: State | None = None
    setting: object = None
    bodies: dict[str, Body] = field(default_factory=dict)


class Quick:
    """Checks edited modules of a program.

    Args:
        program: The program.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._memories: dict[str, Memory] = {}
        self._pending: dict[str, set[str]] = {}
        self._unfinished: State | None = None

    @property
    def pending(self) -> set[str]:
        """The modules of which changes wait to take effect on others."""
        return set(self._pending)

    def start_anew(self) -> None:
        """Forget everything: the program has been built again."""
        self._memories.clear()
        self._pending.clear()
        self._unfinished = None

    def forget(self, module: str) -> None:
        """Forget what was found in a module."""
        self._memories.pop(module, None)

    def remembers(self, module: str) -> bool:
        """Whether what was found in a module can be used for its next check."""
        memory = self._memories.get(module)
        return memory is not None and memory.state is self._program.fg.graph.get(module)

    def check(self, path: str, module: str, text: str) -> bool:
        """Check an edited module; its errors are then where mypy keeps them.

        Returns:
            False, and all is as it was, if it cannot be done this way: other modules are to be
            read for it, mypy does not get past the file, or it is not part of the program yet.
        """
        self.finish()
        program, fg = self._program, self._program.fg
        manager, graph = fg.manager, fg.graph
        if module not in graph or module not in manager.modules:
            return False
        memory = self._memories[module] if self.remembers(module) else Memory()
        old_tree, old_state = manager.modules[module], graph[module]
        before = snapshot_symbol_table(module, old_tree.names)
        if not self._analyze(path, module, old_tree, old_state):
            return False
        state = graph[module]
        state.type_check_first_pass(recurse_into_functions=False)
        while state.type_check_second_pass(recurse_into_functions=False):
            pass
        tree = state.tree
        assert tree is not None  # noqa: S101  # nosec B101 - for the type checker
        changed = calculate_active_triggers(manager, {module: before}, {module: tree})
        if changed:
            self._pending.setdefault(module, set()).update(changed)
        functions = list(_functions(tree, LINE_BREAK.split(text)))
        ignores = path in manager.errors.ignored_files
        unreachable = frozenset(state.type_checker().globals_unreachable)
        setting = (state.options.snapshot(), ignores, tree.future_import_flags)
        if memory.setting != setting or unreachable:
            memory = Memory()
        kept = self._unaffected(module, functions, memory, changed)
        bodies = _check_bodies(state, functions, kept)
        self._memories[module] = Memory(state, setting, {} if unreachable else bodies)
        state.generate_unused_ignore_notes()
        state.generate_ignore_without_code_notes()
        self._unfinished = state
        program.buffers.known = fg.previous_modules
        return True

    def finish(self) -> None:
        """Do what is needed after a check, but need not be waited for."""
        state, self._unfinished = self._unfinished, None
        if state is None or state.tree is None:
            return
        deps = self._program.fg.deps
        types = Unknown(state.type_map())
        version, options = state.options.python_version, self._program.options
        merge_dependencies(get_dependencies(state.tree, types, version, options), deps)
        type_state.update_protocol_deps(deps)
        state.free_state()

    def settle(self) -> set[str]:
        """Let changes take effect on other modules; returns those that have to be checked."""
        self.finish()
        pending, self._pending = self._pending, {}
        fg = self._program.fg
        found: set[str] = set()
        for module, changed in pending.items():
            targets: list[str] = []
            fg.manager.errors.reset()
            unread = propagate_changes_using_dependencies(
                fg.manager, fg.graph, fg.deps, changed, {module}, set(), targets
            )
            found |= self._program.modules(targets) | {module for module, _ in unread}
        return found

    def _analyze(self, path: str, module: str, old_tree: MypyFile, old_state: State) -> bool:
        """Parse and analyze the new text, and put its tree into the place of the old one."""
        fg = self._program.fg
        manager, graph = fg.manager, fg.graph
        fg.flush_cache()
        manager.find_module_cache.clear()
        manager.errors.reset()
        missing = manager.missing_modules.copy()
        new: list[State] = []
        del graph[module]
        try:
            load_graph([BuildSource(path, module)], manager, graph, new)
            if len(new) == 1:
                state = graph[module]
                manager.import_map[module] = {*state.dependencies, *state.suppressed}
                ensure_trees_loaded(manager, graph, state.dependencies)
                state.parse_file()
                semantic_analysis_for_scc(graph, [module], manager.errors)
                replace_modules_with_new_variants(
                    manager, graph, {module: old_tree}, {module: state.tree}
                )
                _mend(manager.modules[module])
                return True
        except CompileError:
            pass
        for each in new:
            graph.pop(each.id, None)
            manager.modules.pop(each.id, None)
        graph[module], manager.modules[module] = old_state, old_tree
        manager.missing_modules.clear()
        manager.missing_modules.update(missing)
        return False

    def _unaffected(
        self, module: str, functions: list[Function], memory: Memory, changed: set[str]
    ) -> dict[str, Body]:
        """The functions whose bodies need no check: what an edit changed has no effect on them."""
        fg = self._program.fg
        names = {trigger.strip("<>").rpartition(".")[2] for trigger in changed}
        for trigger in changed:
            node = _lookup(fg, module, trigger.strip("<>"))
            if isinstance(node, TypeInfo):  # its bases, or something else that all of it inherits
                return {}
        if any(name.startswith("__") for name in names):  # used where it is not named
            return {}
        targets = _reached(fg.deps, changed)
        counts = Counter(function.name for function in functions)
        kept = {}
        for function in functions:
            body = memory.bodies.get(function.name)
            if (
                body
                and body.moves
                and body.text == function.text
                and counts[function.name] == 1
                and function.name not in targets
                and (body.clean or not changed)
                and (not changed or names.isdisjoint(NAME.findall(function.text)))
            ):
                kept[function.name] = body
        return kept


def _check_bodies(
    state: State, functions: list[Function], kept: Mapping[str, Body]
) -> dict[str, Body]:
    """Check the bodies of functions, but for those that are kept; returns them all."""
    errors = state.manager.errors
    infos = errors.error_info_map.setdefault(state.xpath, [])
    ignored = errors.used_ignored_lines[state.xpath]
    top, top_ignored = len(infos), {line: list(codes) for line, codes in ignored.items()}
    checker = state.type_checker()
    checker.pass_num = -1  # as in mypy's own two phases: the top level was one pass
    checker.deferred_nodes.clear()
    todo = [DeferredNode(each.node, each.owner) for each in functions if each.name not in kept]
    more = bool(todo) and state.type_check_second_pass(todo, impl_only=True)
    while more:
        more = state.type_check_second_pass(impl_only=True)
    checked = len(infos)
    state.detect_possibly_undefined_vars()
    # That went over all functions, and knew no types in those that were not checked.
    skipped = {
        line for each in functions if each.name in kept for line in range(each.first, each.last + 1)
    }
    infos[checked:] = [info for info in infos[checked:] if info.line not in skipped]
    for line in skipped & ignored.keys():
        if line in top_ignored:
            ignored[line] = top_ignored[line]
        else:
            del ignored[line]
    owners = defaultdict(list)
    for info in infos[top:checked]:
        owners[info.target].append(info)
    dirty = {info.line for info in infos} | ignored.keys()
    bodies = {}
    lost = not owners.keys() <= {each.name for each in functions}
    for each in functions:
        if body := kept.get(each.name):
            body.move(each.first)
            infos += body.infos
            for line, codes in body.ignored.items():
                ignored[line] += codes
        else:
            lines = range(each.first, each.last + 1)
            late = [info for info in infos[checked:] if info.line in lines]
            body = Body(each.text, each.first, owners[each.name] + late)
            body.ignored = {
                line: ignored[line][len(top_ignored.get(line, ())) :]
                for line in lines
                if line in ignored
            }
            body.moves = all(_moves(info, lines) for info in body.infos)
            body.clean = dirty.isdisjoint(lines)
        bodies[each.name] = body
    return {} if lost else bodies  # what was found in none of them could not be taken over


def _moves(info: ErrorInfo, lines: range) -> bool:
    """Whether an error of a function moves with it."""
    inside = info.line in lines and info.end_line in lines
    return inside and not info.only_once and not A_LINE.search(info.message)


def _functions(tree: MypyFile, lines: list[str]) -> Iterator[Function]:
    for name, symbol, owner in tree.local_definitions(impl_only=True):
        first, last = _span(symbol.node)
        yield Function(name, symbol.node, owner, first, last, "\n".join(lines[first - 1 : last]))


def _span(node: Any) -> tuple[int, int]:  # noqa: ANN401 - mypy's types are not for us to name
    """The first and the last line of a function, decorators and overloads included."""
    if isinstance(node, OverloadedFuncDef):
        parts = [*node.items, node.impl] if node.impl else node.items
        spans = [_span(part) for part in parts]
        return min(first for first, _ in spans), max(last for _, last in spans)
    if isinstance(node, Decorator):
        starts = [decorator.line for decorator in node.decorators if decorator.line > 0]
        return min([*starts, node.func.line]), node.func.end_line or node.func.line
    return node.line, node.end_line or node.line


def _mend(tree: MypyFile) -> None:
    """Have the members of classes belong to them again.

    In a tree that takes an old one's place, what a class body names after it was defined belongs
    to a class that is thrown away (as of mypy 2.4); using it as a constructor then fails.
    """
    for _, symbol, owner in tree.local_definitions():
        if owner and symbol.node and not isinstance(symbol.node, TypeInfo):
            set_info(symbol.node, owner)


def _lookup(fg: FineGrainedBuildManager, module: str, name: str) -> object:
    """The definition in a module that a full name is of, if there is one."""
    node: Any = fg.manager.modules[module]
    if not name.startswith(module + "."):
        return None
    for part in name[len(module) + 1 :].split("."):
        symbol = node.names.get(part) if hasattr(node, "names") else None
        node = symbol and symbol.node
        if node is None:
            return None
    return node


def _reached(deps: Mapping[str, set[str]], changed: set[str]) -> set[str]:
    """The targets that depend, however indirectly, on what has changed."""
    seen: set[str] = set()
    targets: set[str] = set()
    rest = set(changed)
    while rest:
        seen |= rest
        found = set().union(*(deps.get(each, ()) for each in rest))
        targets |= {each for each in found if not each.startswith("<")}
        rest = {each for each in found if each.startswith("<")} - seen
    return targets
