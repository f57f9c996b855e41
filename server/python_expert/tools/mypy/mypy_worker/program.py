"""mypy's build of the open files and their imports."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Final

import mypy.build
from mypy.errors import CompileError
from mypy.modulefinder import BuildSource, FindModuleCache, compute_search_paths
from mypy.server.update import FineGrainedBuildManager
from mypy.typestate import type_state
from mypy.util import module_prefix

from python_expert.processes.cache_folders import CacheError
from python_expert.processes.wire import RequestError

from . import phases
from .dependencies import forget_new_stubs
from .finisher import Finisher
from .found import findings
from .options import using_cache
from .reader import NEW_MODULES
from .stub_options import as_in_project, stubs_alike, stubs_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mypy.build import BuildManager, BuildResult
    from mypy.errors import ErrorInfo
    from mypy.modulefinder import SearchPaths
    from mypy.options import Options

    from .buffers import Buffer, Buffers
    from .cache_index import FileRecord
    from .overlay import Overlay
    from .reader import Reader
    from .stub_cache import StubCache

MASK: Final = b"def __getattr__(name): ...\n"
"""The text that replaces a file that mypy could never parse: every name imported from it is Any."""


class MypyProgram:
    """mypy's build.

    Args:
        options: mypy's options.
        overlay: mypy's view of the file system.
        reader: Counts the files that are read.
        buffers: The open files.

    Attributes:
        fg: mypy's engine; only valid if `live`.
        live: Whether there is a build that can be updated.
        is_cached: Whether it was loaded from a cache, so that modules only have an interface.
        cached: The records of files whose modules were loaded from a cache, by module.
        renamed: Files that were found to be imported under another name, since the last check.
    """

    fg: FineGrainedBuildManager

    def __init__(
        self, options: Options, overlay: Overlay, reader: Reader, buffers: Buffers
    ) -> None:
        self.options, self.overlay, self.buffers = options, overlay, buffers
        self.cached: dict[str, FileRecord] = {}
        self.live = self.is_cached = False
        self.renamed: set[tuple[str, str]] = set()
        self._reader = reader
        self._finisher = Finisher(options)
        self._dependents: dict[str, int] = {}
        self._has_new_dependents = False

    def build(
        self, probe: str, opened: Callable[[list[str]], None], stubs: StubCache
    ) -> list[BuildSource]:
        """Build from scratch; return the sources that the build contains.

        Args:
            probe: The probe's text.
            opened: Called with the paths of open files whose findings are known while the rest of
                their imports is still to be checked.
            stubs: The cache of mypy's own stubs.

        Raises:
            RequestError: Not even the probe can be built.
        """
        self._prepare(probe)
        gc.enable()
        self.overlay.flush()
        sources = self.buffers.sources()
        self._reader.building = True
        self._reader.begin()
        try:
            while not self.live:
                sources = self._attempt(sources, opened, stubs)
        finally:
            self._reader.building = False
        return sources

    def load(
        self, folder: Path, more: list[BuildSource], files: Mapping[str, FileRecord], probe: str
    ) -> None:
        """Load a program from mypy's cache.

        Args:
            folder: The cache.
            more: Sources to load in addition to the open files.
            files: The record of each module's file.
            probe: The probe's text.

        Raises:
            CacheError: mypy does not accept the cache.
        """
        self._prepare(probe)
        self.is_cached = True
        self.cached = dict(files)
        status = {each.path: each.status() for each in files.values()}
        self.overlay.stat_or_none_cache.update(status)
        stubs = stubs_in(self.options, {name: each.path for name, each in files.items()})
        sources = self.buffers.sources()
        names = {source.module for source in sources}
        sources += [source for source in more if source.module not in names]
        with using_cache(self.options, folder), stubs_alike(self.options, stubs):
            result = phases.run(sources, self.options, self.overlay, self._finisher)
        gc.disable()  # almost nothing that is loaded is garbage
        if not result.used_cache:
            raise CacheError("mypy does not take it")
        self._adopt(result)
        as_in_project(self.options, map(self.fg.graph.get, stubs))
        self.overlay.flush()
        self._reader.limited = True

    def begin_reading(self) -> None:
        """Reset the count of new files: each check may read as many as an update allows."""
        trees = self.fg.manager.modules
        known = (
            state.xpath
            for module, state in self.fg.graph.items()
            if module in trees and not trees[module].is_cache_skeleton
        )
        self._reader.begin(known, max(NEW_MODULES, len(self.fg.graph)))

    def built(self) -> None:
        """Prepare for fast updates: no garbage collection, and a limit for reading."""
        gc.freeze()
        gc.disable()
        self._reader.limited = True

    def update(
        self, path: str, module: str, *, gone: bool = False, followed: bool = True
    ) -> set[str]:
        """Update one module with mypy; return the modules that were checked again in part."""
        fg = self.fg
        self.forget_stubs()
        fg.flush_cache()
        fg.previous_targets_with_errors = set()
        fg.manager.errors.reset()  # otherwise the removal of a library module fails an assertion
        self.begin_reading()
        change = [(module, path)]
        type_state.reset_all_subtype_caches()
        fg.update([] if gone else change, change if gone else [], followed=followed)
        self._has_new_dependents = True
        self.buffers.known = fg.previous_modules
        # The first target is the module itself. If an import cycle leads back to it, its errors are
        # doubled or stale.
        return self.modules(fg.processed_targets[1:])

    def forget_stubs(self) -> None:
        """Remove the parts of stubs from the dependents that `update` has added.

        It must be called before the next propagation, and is so late that no answer waits for it.
        """
        if self._has_new_dependents:
            self._has_new_dependents = False
            forget_new_stubs(self.fg, self._dependents)

    def modules(self, targets: list[str]) -> set[str]:
        """Return the modules of targets."""
        prefixes = (module_prefix(self.fg.graph, target) for target in targets)
        return {prefix for prefix in prefixes if prefix}

    def find(self) -> FindModuleCache:
        """Return a finder for the current modules."""
        return FindModuleCache(self.search_paths(), self.overlay, self.options)

    def search_paths(self) -> SearchPaths:
        """Return the search paths of mypy, which depend on the open files."""
        data = mypy.build.default_data_dir()
        return compute_search_paths(self.buffers.sources(), self.options, data)

    def harvest(self, path: str, *, of: str = "", parsed: bool = True) -> bool:
        """Keep mypy's latest findings in `path`, or in `of`, as the findings of a buffer.

        Returns:
            False if the file must be checked again because the parser was changed to get exact
            columns.
        """
        buffer = self.buffers.open.get(path)
        if buffer and buffer.source:
            infos = _infos(self.fg.manager, of or path)
            if not self.buffers.is_exact(buffer, infos):
                self.buffers.choose_parser(path, buffer.source.module)
                return False
            self._keep(path, buffer, infos, parsed=parsed)
        return True

    def _keep(
        self, path: str, buffer: Buffer, infos: list[ErrorInfo], *, parsed: bool = True
    ) -> None:
        found = findings(infos, buffer.text, exact=not self.buffers.native(buffer))
        buffer.result = {"parsed": parsed, "findings": found}
        if parsed and self.overlay.texts.get(path) is not MASK:
            buffer.readable = buffer.text

    def _keep_first(self, manager: BuildManager, sources: list[BuildSource]) -> list[str]:
        """Keep the findings of an unfinished build; return the paths of finished buffers."""
        done = []
        for path, buffer in self.buffers.open.items():
            infos = _infos(manager, path)
            if buffer.source in sources and not self.buffers.is_odd(buffer, infos):
                self._keep(path, buffer, infos)
                done.append(path)
        return done

    def _prepare(self, probe: str) -> None:
        """Prepare for a new program."""
        self.live = self.is_cached = self._reader.limited = False
        self.cached = {}
        if self._finisher.fg:
            self._finisher.fg = None
            gc.unfreeze()
            gc.collect()
        for path in [path for path, text in self.overlay.texts.items() if text is MASK]:
            self.buffers.show(path)
        self.overlay.set(self.buffers.probe, probe.encode())
        # A build parses in threads, which only the native parser supports.
        for source in self.buffers.sources()[1:]:
            self.buffers.use_parser(source.module, native=True)

    def _adopt(self, result: BuildResult) -> None:
        """Adopt mypy's build."""
        self.fg = self._finisher.fg = FineGrainedBuildManager(result)
        self._dependents.clear()
        self._has_new_dependents = True
        self.forget_stubs()
        self.buffers.known = self.fg.previous_modules
        self.live = True

    def _attempt(
        self,
        sources: list[BuildSource],
        opened: Callable[[list[str]], None],
        stubs: StubCache,
    ) -> list[BuildSource]:
        """Build once; return what was built or, if a file blocks the build, what to try next."""

        def first(manager: BuildManager) -> None:
            opened(self._keep_first(manager, sources))

        common = sources, self.options, self.overlay, self._finisher
        try:
            result, self.cached = stubs.build(
                self, lambda cached: phases.build(*common, opened=first, stubs=cached)
            )
        except CompileError as error:
            if self._unblock(error):
                return sources
            if len(sources) == 1:
                raise RequestError("\n".join(error.messages), kind="config") from error
            return sources[:1]  # the rest is then added one by one
        self._adopt(result)
        return sources

    def _unblock(self, error: CompileError) -> bool:
        """Make another build possible after a file has blocked one; False if that is impossible."""
        module = error.module_with_blocker or ""
        sources = {source.module: source.path for source in self.buffers.sources()}
        path = sources.get(module) or self.find().find_module(module)
        if not isinstance(path, str) or self.overlay.texts.get(path) is MASK:
            return False
        buffer = self.buffers.open.get(path)
        if buffer and buffer.source and buffer.source.module != module:
            # One file has two names; the name under which it is imported is right.
            if (path, module) in self.renamed:
                return False
            self.renamed.add((path, module))
            buffer.source.module = module
        else:
            self.overlay.set(path, MASK)
        return True


def _infos(manager: BuildManager, path: str) -> list[ErrorInfo]:
    """Return the findings of mypy in a file, in its order."""
    errors = manager.errors
    infos = [info for info in errors.error_info_map.get(path, []) if not info.hidden]
    return errors.remove_duplicates(errors.sort_messages(infos))
