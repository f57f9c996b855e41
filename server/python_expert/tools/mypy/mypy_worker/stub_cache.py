"""The cache of mypy's own stubs, which all projects share: a build then only reads the rest.

Two thirds of a first build of rich or Django are about the standard library. A build that finds its
stubs in the cache treats them like mypy's incremental mode treats modules that have not changed.
"""

from __future__ import annotations

import contextlib
import json
import sys
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import mypy.build
from mypy.errors import CompileError
from mypy.version import __version__

from python_expert.processes.cache_folders import CacheError

from .cache_index import FORMAT, FileRecord
from .cache_store import CacheStore, log
from .cache_writer import AVAILABLE, packages, write
from .options import using_cache
from .phases import HAS_PHASES
from .shared_stubs import expect_usable, shareable
from .stub_options import as_in_project, effects, stubs_alike

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from mypy.build import BuildResult, State
    from mypy.options import Options

    from python_expert.processes.wire import Json

    from .overlay import Overlay
    from .program import MypyProgram

KIND: Final = "mypy-stubs"


class CachedStubs(NamedTuple):
    """Stubs that a build can use.

    Attributes:
        folder: The folder of mypy's database.
        files: The records of their files, by module.
        options: The project's options.
        note_use: Records that the data was good for a build.
    """

    folder: Path
    files: dict[str, FileRecord]
    options: Options
    note_use: Callable[[], None]

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Make mypy take modules from the cache while it loads a program."""
        with (
            stubs_alike(self.options, self.files),
            using_cache(self.options, self.folder, is_whole=False),
        ):
            yield

    def adopt(self, result: BuildResult) -> set[str]:
        """Prepare a program whose modules are loaded for updates; return the cached modules.

        Raises:
            CacheError: A cached module is not up to date in this project.
        """
        from mypy.fixup import NodeFixer  # noqa: PLC0415 - as of mypy 2.4
        from mypy.modules_state import modules_state  # noqa: PLC0415

        manager, graph = result.manager, result.graph
        known = graph.keys() & self.files.keys()
        for module in known:
            state, path = graph[module], self.files[module].path
            same = state.is_fresh() and state.xpath == path and not state.needs_parse
            if not (same and known.issuperset(state.dependencies)):
                raise CacheError(f"{module}, or what it imports, is another module here")
        as_in_project(self.options, map(graph.get, known))
        found = mypy.build.read_deps_cache(manager, graph)
        if found is None:
            raise ValueError("the dependencies cannot be read")
        manager.fg_deps_meta = found
        manager.cache_enabled = False
        modules_state.node_fixer = NodeFixer(manager.modules, True)  # noqa: FBT003 - mypy's
        return known


class StubCache:
    """The cache of mypy's own stubs.

    Only stubs that a build has read from their files are shared: later edits of a program may
    replace what a stub imports.

    Args:
        options: The project's options.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._store: CacheStore | None = None
        self._built: dict[str, State] = {}
        # A plugin may change what mypy makes of any module.
        of_its_own = (
            options.plugins,
            options.custom_typeshed_dir,
            options.no_silence_site_packages,
        )
        if AVAILABLE and HAS_PHASES and not any(of_its_own):
            with contextlib.suppress(CacheError):
                self._store = CacheStore(_key(options), KIND)

    def build(
        self, program: MypyProgram, build: Callable[[CachedStubs | None], BuildResult]
    ) -> tuple[BuildResult, dict[str, FileRecord]]:
        """Build a program with stubs from the cache if possible, and otherwise without.

        Args:
            program: The program.
            build: Builds it.

        Returns:
            The build, and the records of the files of cached stubs, also of unused ones.

        Raises:
            CompileError: A file blocks the build.
        """
        self._built = {}
        stubs = self._read(program)
        result, broken = None, None
        if stubs:
            try:
                result = build(stubs)
            except CompileError:
                stubs.note_use()
                raise
            except CacheError as error:
                self._reject(stubs, error)
            except Exception as error:  # noqa: BLE001 - the data may be the cause
                broken = error
        if result is None:
            stubs, result = None, build(None)
        if broken:  # and without the data there was no error
            self.drop(broken)
        if self._store:
            self._built = shareable(self._options, result.graph, program.overlay.texts)
        return result, stubs.files if stubs else {}

    def write(
        self,
        program: MypyProgram,
        stamps: Mapping[str, object],
        interrupted: Callable[[], bool],
    ) -> None:
        """Write the stubs that the build has read, if some are not in the cache.

        Args:
            program: A program in which each module is up to date with all others.
            stamps: The state of files on disk when they were read.
            interrupted: Whether other work is waiting; nothing is kept then.
        """
        graph, built = program.fg.graph, self._built
        within = built.keys() | program.cached.keys()
        if (
            self._store is None
            or built.keys() <= program.cached.keys()
            or any(graph.get(module) is not state for module, state in built.items())
            or packages(built) & packages(graph.keys() - within)
        ):
            return
        parts = partial(write, program, stamps, within=within)
        try:
            if self._store.replace(parts, interrupted):
                self._built = {}
        except Exception as error:  # noqa: BLE001 - the data comes from mypy
            log(f"mypy's stubs cannot be cached: {error!r}")
            self._store = None

    def drop(self, error: BaseException | str) -> None:
        """Delete the cache, and log the reason."""
        if self._store:
            log(f"the cache of mypy's stubs is deleted: {error!r}")
            self._store.drop()

    def _read(self, program: MypyProgram) -> CachedStubs | None:
        if self._store is None:
            return None
        try:
            found = self._store.read()
        except CacheError as error:
            self.drop(error)
            return None
        if found is None:
            return None
        folder, index = found
        records = {module: FileRecord(*each) for module, each in index["files"].items()}
        stubs = CachedStubs(folder, records, self._options, self._store.note_use)
        if _has_changed(program.overlay, records.values()):
            self.drop("mypy's files have changed")
            return None
        try:
            expect_usable(program, records)
        except CacheError as error:
            self._reject(stubs, error)
            return None
        return stubs

    def _reject(self, stubs: CachedStubs, error: CacheError) -> None:
        """Do not use the cache in this process, because of something in the project."""
        log(f"the cache of mypy's stubs is not used: {error}")
        stubs.note_use()
        self._store = None


def _has_changed(overlay: Overlay, records: Iterable[FileRecord]) -> bool:
    """Return whether a file that is not open differs from its record."""
    return any(
        overlay.stamp(each.path) != tuple(each.stamp or ())
        for each in records
        if each.path not in overlay.texts
    )


def _key(options: Options) -> Json:
    """Everything that mypy's view of its stubs depends on."""
    key = {
        "format": FORMAT,
        "mypy": [__version__, mypy.build.__file__],
        "python": [sys.version, sys.platform],
        "options": effects(options),
    }
    known: Json = json.loads(json.dumps(key, default=repr))
    return known
