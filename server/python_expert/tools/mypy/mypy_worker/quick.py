"""Variant d2: checks only what an edit may affect, the edited module first.

The edited module is parsed and analyzed as a whole, which is fast, and its top level is checked. Of
the functions, whose bodies take most of the time, only these are checked: those whose text has
changed; if something visible to other functions has changed, those that use it according to mypy's
own dependencies or that name it; and those that had findings. The findings of the others are kept.

Changes that concern other modules are kept until there is time for them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from mypy.build import load_graph
from mypy.errors import CompileError
from mypy.modulefinder import BuildSource
from mypy.nodes import TypeInfo, set_info
from mypy.semanal_main import semantic_analysis_for_scc
from mypy.server.astdiff import snapshot_symbol_table
from mypy.server.trigger import make_trigger
from mypy.server.update import (
    calculate_active_triggers,
    ensure_trees_loaded,
    replace_modules_with_new_variants,
)
from mypy.typestate import type_state

from .bodies import check_bodies, unaffected
from .dependencies import forget_stubs_of_protocols, load_module, lookup, note_all
from .found import lines_of
from .memory import Memory, changed_attributes, classes_of, functions_of
from .propagation import never, propagate
from .single import check_single
from .unchanged import check_unchanged, signatures

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from mypy.build import State
    from mypy.nodes import MypyFile

    from .program import MypyProgram
    from .propagation import Interrupted


class Quick:
    """Checks edited modules of a program.

    Attributes:
        missed: Changes that `settle` has applied to only some modules.
        imported: The modules, by path, that the last check found imported for the first time.
    """

    def __init__(self, program: MypyProgram) -> None:
        self._program = program
        self.imported: dict[str, str] = {}
        self._memories: dict[str, Memory] = {}
        self._pending: dict[str, set[str]] = {}
        self._triggers: dict[str, set[str]] = defaultdict(set)
        self._signatures: set[str] = set()  # changes that are only of functions' signatures
        self.missed: dict[str, set[str]] = {}
        self._unfinished: Callable[[], None] | None = None

    @property
    def pending(self) -> set[str]:
        """The modules whose changes have not taken effect on others yet; "" for several at once."""
        return set(self._pending)

    def start_anew(self) -> None:
        """Forget everything, because the program is built again."""
        self._memories.clear()
        self._pending.clear()
        self._triggers.clear()
        self._signatures.clear()
        self.missed.clear()
        self._unfinished = None

    def forget(self, module: str) -> None:
        """Forget the findings of a module."""
        self._memories.pop(module, None)

    def remembers(self, module: str) -> bool:
        """Return whether the findings of a module can be used for its next check."""
        memory = self._memories.get(module)
        return memory is not None and memory.state is self._program.fg.graph.get(module)

    def go_over(self, module: str) -> None:
        """Make the next check of a module a check of the whole module."""
        if memory := self._memories.get(module):
            memory.lines = []

    def is_ready(self, module: str) -> bool:
        """Return whether the next edit of a module can be checked at full speed."""
        return self.remembers(module) and self._memories[module].whole

    def check(self, path: str, module: str, text: str) -> bool:
        """Check an edited module; its errors are then stored in mypy.

        Returns:
            False, without any change, if this check is impossible: other modules must be read
            first, mypy cannot parse the file, or it is not part of the program yet.
        """
        self.finish()
        program, fg = self._program, self._program.fg
        manager, graph = fg.manager, fg.graph
        if not load_module(fg, module):
            return False
        memory = self._memories[module] if self.remembers(module) else Memory()
        lines = lines_of(text)
        self._unfinished = self._check_functions(module, memory, lines)
        if self._unfinished:
            return True
        old_tree, old_state = manager.modules[module], graph[module]
        before = snapshot_symbol_table(module, old_tree.names)
        if not self._analyze(path, module, old_tree, old_state):
            return False
        state, tree = graph[module], manager.modules[module]
        classes = classes_of(tree, lines)
        # For a class, mypy compares what matters most to its users, but not, for example, its
        # slots.
        altered: set[str] = set()
        for name, known in memory.classes.items():
            now = classes.get(name, known)
            if now != known:
                info = lookup(fg, module, name)
                names = changed_attributes(info, known, now, manager.plugin)
                parts = [name] if names is None else [f"{name}.{each}" for each in names]
                altered.update(map(make_trigger, parts))
        type_state.reset_all_subtype_caches()  # a protocol of a stub may have been compared
        state.type_check_first_pass(recurse_into_functions=False)
        while state.type_check_second_pass(recurse_into_functions=False):
            pass
        changed = calculate_active_triggers(manager, {module: before}, {module: tree}) | altered
        changed.discard(make_trigger(f"{module}.__builtins__"))  # no cache has that
        self._note_signatures(module, before, changed)
        self._note_changes(module, changed)
        functions = list(functions_of(tree, lines))
        ignores = path in manager.errors.ignored_files
        unreachable = bool(state.type_checker().globals_unreachable)
        setting = (state.options.snapshot(), ignores, tree.future_import_flags)
        if memory.setting != setting or unreachable:
            memory = Memory()
        triggers = self._triggers.pop(module, set())
        kept = unaffected(fg, module, functions, memory, changed | triggers)
        bodies = check_bodies(state, functions, kept)
        memory = Memory(state, setting, lines, functions, {} if unreachable else bodies)
        memory.classes = classes
        memory.infos = manager.errors.error_info_map[path].copy()
        memory.ignored = dict(manager.errors.used_ignored_lines[path])
        self._memories[module] = memory
        state.generate_unused_ignore_notes()
        state.generate_ignore_without_code_notes()
        program.buffers.known = fg.previous_modules
        self._unfinished = lambda: note_all(fg, state, tree)
        return True

    def _check_functions(
        self, module: str, memory: Memory, lines: list[str]
    ) -> Callable[[], None] | None:
        """Check only some functions, if that is enough; return the work that remains for later."""
        triggers = self._triggers.get(module, set())
        if lines != memory.lines or not triggers or not triggers <= self._signatures:
            return check_single(self._program, memory, lines)
        more = check_unchanged(self._program, memory, triggers)
        if more:
            del self._triggers[module]
        return more

    def fresh(self, module: str) -> State | None:
        """Return a module that was just checked as a whole, with all types of expressions."""
        memory = self._memories.get(module)
        return memory.state if self._unfinished and memory and memory.whole else None

    def finish(self) -> None:
        """Do work that is needed after a check but need not be waited for."""
        if finish := self._unfinished:
            self._unfinished = None
            finish()

    def forget_changes(self) -> None:
        """Drop the changes for other modules, because they have been reverted."""
        self._pending.clear()

    def tell_others(self) -> None:
        """Make the next `settle` apply changes that some modules have missed."""
        for module, changed in self.missed.items():
            self._note_changes(module, changed)
        self.missed.clear()

    def _note_changes(self, module: str, changed: set[str]) -> None:
        if changed:
            self._pending.setdefault(module, set()).update(changed)

    def _note_signatures(self, module: str, before: Mapping[str, object], new: set[str]) -> None:
        """Note which of the new changes are only of signatures, if the earlier ones are, too."""
        sets = (*self._pending.values(), *self._triggers.values(), *self.missed.values())
        earlier = set().union(*sets) - self._signatures
        self._signatures -= new
        self._signatures |= signatures(self._program.fg, module, before, new - earlier)

    def settle(
        self,
        within: Collection[str] | None = None,
        interrupted: Interrupted = never,
    ) -> set[str]:
        """Apply changes to other modules; return the modules that must be checked.

        Args:
            within: The modules to consider, if not all; others may miss the changes.
            interrupted: Whether other work is waiting; the rest then stays pending.
        """
        self.finish()
        self._program.forget_stubs()
        pending, self._pending = self._pending, {}
        fg = self._program.fg
        found: set[str] = set()
        for module, changed in pending.items():
            fg.manager.errors.reset()
            type_state.reset_all_subtype_caches()  # including those of the stubs' protocols
            others = set() if within is None else fg.graph.keys() - within
            if others:
                self.missed.setdefault(module, set()).update(changed)
            mine = {source.module for source in self._program.buffers.sources()}
            news = propagate(fg, changed, {module, *others}, mine, interrupted)
            forget_stubs_of_protocols(fg)
            found |= self._program.modules(news.targets) | news.left | news.unread
            for each in news.left:
                self._triggers[each] |= news.followed
            if news.again:
                self._note_changes(module, changed)
            self._note_changes("", news.triggered)  # each module may depend on these
        return found

    def _analyze(self, path: str, module: str, old_tree: MypyFile, old_state: State) -> bool:
        """Parse and analyze the new text, and replace the old tree by the new one."""
        fg = self._program.fg
        manager, graph = fg.manager, fg.graph
        fg.flush_cache()
        self._program.begin_reading()
        manager.find_module_cache.clear()
        manager.errors.reset()
        missing = manager.missing_modules.copy()
        new: list[State] = []
        self.imported = {}
        del graph[module]
        try:
            followed = self._program.buffers.is_followed(path)
            source = BuildSource(path, module, followed=followed)
            load_graph([source], manager, graph, new)
            if len(new) == 1:
                state = graph[module]
                state.fine_grained_deps_loaded = old_state.fine_grained_deps_loaded
                manager.import_map[module] = {*state.dependencies, *state.suppressed}
                ensure_trees_loaded(manager, graph, state.dependencies)
                state.parse_file()
                semantic_analysis_for_scc(graph, [module], manager.errors)
                replace_modules_with_new_variants(
                    manager, graph, {module: old_tree}, {module: state.tree}
                )
                _mend(manager.modules[module])
                return True
            self.imported = {each.xpath: each.id for each in new if each.id != module}
        except CompileError:
            pass
        for each in new:
            graph.pop(each.id, None)
            manager.modules.pop(each.id, None)
        graph[module], manager.modules[module] = old_state, old_tree
        manager.missing_modules.clear()
        manager.missing_modules.update(missing)
        return False


def _mend(tree: MypyFile) -> None:
    """Restore the link from the members of classes to their class.

    In a tree that replaces an old one, names in a class body that were defined before belong to a
    class that is discarded (as of mypy 2.4); using one as a constructor then fails.
    """
    for _, symbol, owner in tree.local_definitions():
        if owner and symbol.node and not isinstance(symbol.node, TypeInfo):
            set_info(symbol.node, owner)
