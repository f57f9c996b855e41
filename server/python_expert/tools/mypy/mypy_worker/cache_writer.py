"""Writes mypy's data on a program's modules, which mypy itself does not write between updates."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import mypy.build
from mypy.build import PRI_INDIRECT
from mypy.cache import CacheMetaEx
from mypy.metastore import SqliteMetadataStore
from mypy.util import hash_digest
from mypy.version import __version__

from python_expert.processes.cache_folders import CacheError

from .buffers import PROBE
from .cache_index import FileRecord, folder_stamp, is_installed
from .options import using_cache
from .program import MASK
from .stub_options import stubs_alike, stubs_in

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from mypy.build import BuildManager, State
    from mypy.cache import CacheMeta
    from mypy.metastore import MetadataStore

    from python_expert.processes.wire import Json

    from .program import MypyProgram

AVAILABLE: Final = tuple(map(int, __version__.split(".")[:2])) == (2, 4)
"""Whether the internal format of this mypy's cache is known."""

Dependencies = dict[str, dict[str, set[str]]]
"""For each module, the targets that depend on its triggers."""

Written = dict[str, tuple["CacheMeta", str]]
"""For each module, mypy's record and the name under which it is stored."""

PIECE: Final = 20
"""The number of records or lists of dependencies written between two checks for a message."""


def write(
    program: MypyProgram,
    stamps: Mapping[str, object],
    folder: Path,
    index: Json,
    *,
    within: AbstractSet[str] | None = None,
) -> Generator[None]:
    """Write modules of a program, in pieces of some milliseconds.

    Modules that were loaded from a cache and not read since are copied from there.

    The program must not change between the pieces; if it does, the rest must not be written.

    Args:
        program: A program in which each module is up to date with all others.
        stamps: The state of files on disk when they were read.
        folder: The folder to write to; `index` finally describes its content.
        index: Receives the files and the modules that were open.
        within: The modules to write, if not all; they import no others. They may include modules
            of the cache that the program was loaded from and does not use.

    Raises:
        CacheError: A module cannot be written.
    """
    manager, graph, options = program.fg.manager, program.fg.graph, program.options
    chosen = (graph.keys() if within is None else within) - {PROBE}
    stubs = stubs_in(options, {module: state.xpath for module, state in graph.items()})
    base = folder / "{}.{}".format(*options.python_version)
    before, store = manager.metastore, SqliteMetadataStore(str(base))
    found = mypy.build.generate_deps_for_cache(manager, graph)
    manager.metastore = store
    try:
        with using_cache(options, folder), stubs_alike(options, stubs):
            copied = _copy(program, chosen, before)
            yield
            yield from _write(program, stamps, chosen - copied, index)
            yield from _write_dependencies(program, chosen, found, before)
        index["files"] |= {module: program.cached[module] for module in copied}
        manager.commit()
        for database in store.dbs:
            # The spelling that mypy will use; otherwise it would change the file when it opens it.
            database.execute("PRAGMA journal_mode=WAL")
    finally:
        manager.metastore = before
        store.close()


def _copy(program: MypyProgram, chosen: AbstractSet[str], before: MetadataStore) -> set[str]:
    """Copy the modules that were not read since they were loaded; return them."""
    manager, graph = program.fg.manager, program.fg.graph
    copied = {
        module
        for module in chosen & program.cached.keys()
        if (state := graph.get(module)) is None
        or (state.meta and (state.tree is None or state.tree.is_cache_skeleton))
    }
    for module in copied:
        path = program.cached[module].path
        names = mypy.build.get_cache_names(module, path, program.options)
        for name in (*names[:2], mypy.build.get_meta_ex_name(names[0])):
            _put(manager, name, before.read(name), before.getmtime(name))
    return copied


def _write(
    program: MypyProgram, stamps: Mapping[str, object], modules: AbstractSet[str], index: Json
) -> Generator[None]:
    fg, buffers = program.fg, program.buffers
    manager, graph = fg.manager, fg.graph
    written: Written = {}
    for state in graph.values():
        if state.id in modules:
            with buffers.parsed_as_usual(state.id):
                written[state.id] = _write_module(manager, state)
            yield
    for number, (module, (meta, name)) in enumerate(written.items()):
        direct, indirect = _split(graph[module], graph[module].dependencies)
        _, absent = _split(graph[module], graph[module].suppressed)
        meta.dep_hashes = [b""] * len(direct)  # loading for updates does not compare them
        mypy.build.write_cache_meta(meta, manager, name)
        more = CacheMetaEx(indirect, absent, [b""] * len(indirect), [])
        mypy.build.write_cache_meta_ex(name, more, manager)
        if number % PIECE == 0:
            yield
    mypy.build.write_plugins_snapshot(manager)
    index["files"] = {
        module: _record(program, graph[module], meta, stamps)
        for module, (meta, _) in written.items()
    }
    sources = [source for source in buffers.sources()[1:] if source.module in modules]
    index["open"] = [[source.path, source.module, source.base_dir] for source in sources]


def _write_module(manager: BuildManager, state: State) -> tuple[CacheMeta, str]:
    tree = state.tree
    if tree is None or tree.is_cache_skeleton or state.path is None or state.source_hash is None:
        raise CacheError(f"{state.id} was not read from its file")
    direct, _ = _split(state, state.dependencies)
    absent, _ = _split(state, state.suppressed)
    _, pair = mypy.build.write_cache(
        state.id,
        state.path,
        tree,
        direct,
        absent,
        b"",  # missing modules are searched again
        state.imports_ignored,
        state.dependency_priorities(),
        state.dependency_lines(),
        b"",
        b"",
        state.source_hash,
        state.ignore_all,
        True,  # noqa: FBT003 - mypy's: local partial types
        False,  # noqa: FBT003 - mypy's: no processes besides
        manager,
    )
    if pair is None:
        raise CacheError(f"{state.id} could not be written")
    return pair


def _split(state: State, modules: list[str]) -> tuple[list[str], list[str]]:
    """Return the modules that a module imports directly, and those that it uses indirectly."""
    direct = [each for each in modules if state.priorities.get(each) != PRI_INDIRECT]
    return direct, [each for each in modules if state.priorities.get(each) == PRI_INDIRECT]


def _write_dependencies(
    program: MypyProgram, chosen: AbstractSet[str], found: Dependencies, before: MetadataStore
) -> Generator[None]:
    """Like `mypy.build.write_deps_cache`, in pieces.

    Args:
        program: The program.
        chosen: The modules to write, which use no others.
        found: The dependents of each module that has been loaded.
        before: The database with the dependents of the other modules.
    """
    manager, graph = program.fg.manager, program.fg.graph
    others = packages(graph.keys() - chosen - {PROBE})
    metas: Json = {}
    for number, (module, dependencies) in enumerate(found.items()):
        name = mypy.build.DEPS_ROOT_FILE
        if module in chosen:
            name = mypy.build.get_cache_names(module, graph[module].xpath, program.options)[2] or ""
        elif module != mypy.build.FAKE_ROOT_MODULE or others:
            continue
        _put(manager, name, mypy.build.deps_to_json(_without(dependencies, others)))
        metas[module] = {"path": name, "mtime": manager.getmtime(name)}
        if number % PIECE == 0:
            yield
    for module in chosen & manager.fg_deps_meta.keys() - metas.keys():
        name = manager.fg_deps_meta[module]["path"]
        _put(manager, name, before.read(name), before.getmtime(name))
        metas[module] = manager.fg_deps_meta[module]
    meta = {"snapshot": {}, "deps_meta": metas}  # the checksum of the whole is compared instead
    _put(manager, mypy.build.DEPS_META_FILE, json.dumps(meta).encode())


def packages(modules: Iterable[str]) -> set[str]:
    """Return the packages at the top of modules."""
    return {module.partition(".")[0] for module in modules}


_END: Final = re.compile(r"[.\[>]")
"""What ends a package's name in a dependent."""


def _without(dependencies: dict[str, set[str]], others: AbstractSet[str]) -> dict[str, set[str]]:
    """Return dependencies without the dependents in some packages."""
    if not others:
        return dependencies
    kept = {
        trigger: {each for each in targets if _END.split(each.lstrip("<"), 1)[0] not in others}
        for trigger, targets in dependencies.items()
    }
    return {trigger: targets for trigger, targets in kept.items() if targets}


def _put(manager: BuildManager, name: str, content: bytes, mtime: float | None = None) -> None:
    if not manager.metastore.write(name, content, mtime):
        raise CacheError(f"{name} could not be written")


def _record(
    program: MypyProgram, state: State, meta: CacheMeta, stamps: Mapping[str, object]
) -> FileRecord:
    """Return the state of a module's file when mypy checked it."""
    path, digest = state.xpath, state.source_hash or ""
    text = program.overlay.texts.get(path)
    if text is MASK:
        raise CacheError(f"{path} could not be read")
    stamp = stamps.get(path) if is_installed(path, program.options) and text is None else None
    if text is not None:
        buffer = program.buffers.open.get(path)
        readable = buffer.readable if buffer and buffer.source else None
        readable = "" if readable is None else readable
        digest = hash_digest(readable.removeprefix("\ufeff").encode(errors="replace"))
    return FileRecord(
        path,
        digest,
        meta.mtime,
        meta.size,
        list(stamp) if isinstance(stamp, tuple) else None,
        folder_stamp(path),
    )
