"""Variant d1: mypy updates changed modules and, in the same step, everything dependent on them.

mypy's own daemon ends an update by checking every target again that has an error anywhere. The
findings of each buffer are kept here, so only what a change affects is checked.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from mypy.server.update import refresh_suppressed_submodules

from .dependencies import importers_of_new
from .library import take_in
from .program import MASK

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .program import MypyProgram

Work = dict[str, str]
"""The files to check again: modules by path."""

ROUNDS: Final = 3
"""The number of times that one check reads the same file, if files keep affecting each other."""


class Updates:
    """Brings a program up to date.

    Args:
        program: The program.
    """

    def __init__(self, program: MypyProgram) -> None:
        self._program = program
        self._buffers, self._overlay = program.buffers, program.overlay
        self.stamps: dict[str, object] = {}

    def start_anew(self) -> None:
        """Forget the state of files, because the program has been built again."""
        self.stamps.clear()

    def changes(self, dirty: Iterable[str], *, disk: bool) -> Work:
        """Return the modules that have changed.

        Args:
            dirty: Paths of buffers that were opened, changed or closed.
            disk: Whether files may have changed on disk.
        """
        fg = self._program.fg
        manager = fg.manager
        paths = self._program.search_paths()
        manager.search_paths = manager.find_module_cache.search_paths = paths
        changes = self._changes_on_disk() if disk else {}
        named = ((path, self._buffers.module_of(path)) for path in dirty)
        return changes | {path: module for path, module in named if module}

    def adopt(self, path: str) -> None:
        """Give a file that is new to mypy the module name by which other files import it."""
        buffer = self._buffers.open.get(path)
        if not self._program.live or buffer is None or buffer.source is None:
            return
        graph = self._program.fg.graph
        if buffer.source.module in graph:
            return
        missing = {module for state in graph.values() for module in state.suppressed}
        finder = self._program.find()
        for module in sorted(missing - graph.keys()):
            if module.rpartition(".")[2] in path and finder.find_module(module) == path:
                buffer.source.module = module

    def apply(self, work: Work) -> None:
        """Check modules again, and then the open modules that this affected."""
        rounds: Counter[str] = Counter()
        while work:
            path = next(iter(work))
            module = work.pop(path)
            rounds[path] += 1
            if rounds[path] <= ROUNDS:
                work |= self._recheck(path, module)
        for state in self._program.fg.graph.values():
            if state.xpath not in self.stamps and state.xpath not in self._overlay.texts:
                self.stamps[state.xpath] = self._overlay.stamp(state.xpath)

    def open_ones(self, modules: set[str]) -> Work:
        """Return the modules that are open."""
        sources = [source for source in self._buffers.sources() if source.module in modules]
        return {source.path: source.module for source in sources if source.path}

    def _changes_on_disk(self) -> Work:
        fg = self._program.fg
        graph, finder = fg.graph, fg.manager.find_module_cache
        self._overlay.flush()
        finder.clear()
        changes: Work = {}
        for module, state in [*graph.items()]:
            path, text = state.xpath, self._overlay.texts.get(state.xpath)
            stale = text is None and self.stamps.get(path) != self._overlay.stamp(path)
            if stale or text is MASK:
                changes[path] = module
            if self._program.is_cached:
                for importer in importers_of_new(fg, self._overlay, module):
                    changes[graph[importer].xpath] = importer
            else:
                refresh_suppressed_submodules(
                    module, state.path, fg.deps, graph, self._overlay, lambda *_: []
                )
        return changes | self.appeared()

    def appeared(self) -> Work:
        """Return the imported modules that were missing and can be found now."""
        fg = self._program.fg
        graph, finder = fg.graph, fg.manager.find_module_cache
        imported = {
            module for state in graph.values() for module in state.dependencies + state.suppressed
        }
        appeared: Work = {}
        for module in sorted(imported - graph.keys()):
            found = finder.find_module(module, fast_path=True)
            if isinstance(found, str) and not self.is_skipped(found, module):
                appeared[found] = module
        return appeared

    def is_skipped(self, path: str, module: str) -> bool:
        """Return whether imports of a file that is not open are not followed."""
        options = self._program.options.clone_for_module(module)
        skips = options.follow_imports in {"skip", "error"}
        return not self._overlay.isfile(path) or (skips and not path.endswith(".pyi"))

    def _recheck(self, path: str, module: str) -> Work:
        """Check one module again; return the modules to check next."""
        fg = self._program.fg
        self.stamps.pop(path, None)
        if self._overlay.texts.get(path) is MASK:
            self._buffers.show(path)
        gone = path not in self._buffers.open and self.is_skipped(path, module)
        if gone and module not in fg.graph:
            return {}
        self._buffers.choose_parser(path, module)
        if not gone:
            take_in(self._program, path, module)
        touched = self._run(path, module, gone=gone)
        if fg.blocking_error:
            return touched | self._unblock(path, module, fg.blocking_error[0])
        if path in self._buffers.open and fg.updated_modules != [module]:
            # It imported new modules, and some of its errors were lost when those were checked.
            touched.pop(path, None)
            touched |= self._run(path, module)
        if not self._program.harvest(path):
            touched |= self._run(path, module)
            self._program.harvest(path)
        return touched

    def _unblock(self, path: str, module: str, blocked: str) -> Work:
        """Unblock the program from a file that mypy could not parse; return what to check next.

        A file that mypy has parsed before keeps its old text; another one is replaced by `MASK`.

        Args:
            path: The file to check.
            module: Its module.
            blocked: The module that blocked mypy.

        Raises:
            RuntimeError: mypy names a file that does not exist.
        """
        fg, renamed = self._program.fg, self._program.renamed
        fg.blocking_error, fg.stale = None, []
        where = path if blocked == module else fg.manager.find_module_cache.find_module(blocked)
        if not isinstance(where, str):
            raise RuntimeError(f"{path} is blocked by {blocked}: {where}")  # noqa: TRY004 - a fault within
        owner = self._buffers.module_of(where) or blocked
        if owner != blocked and (where, blocked) not in renamed:
            # One file has two names, as in a build.
            renamed.add((where, blocked))
            touched = self._run(where, owner, gone=True)
            if (buffer := self._buffers.open.get(where)) and buffer.source:
                touched[where] = buffer.source.module = blocked
            return {path: module} | touched
        if not self._program.harvest(path, of=where, parsed=False):
            return {path: module}
        if owner != blocked or blocked in fg.graph:
            return {}
        self._overlay.set(where, MASK)
        if where == path:
            return self._run(path, module)
        return {path: module}

    def _run(self, path: str, module: str, *, gone: bool = False) -> Work:
        """Update one module with mypy; return the open modules that it partly checked again."""
        followed = self._buffers.is_followed(path)
        return self.open_ones(self._program.update(path, module, gone=gone, followed=followed))
