"""Loads a program from a cache, and finds the changes since it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.modulefinder import BuildSource

from python_expert.processes.cache_folders import CacheError

from .buffers import PROBE
from .cache_index import FileRecord, folder_stamp
from .dependencies import importers_of_new

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from python_expert.processes.wire import Json

    from .program import MypyProgram
    from .updates import Updates


def load(program: MypyProgram, updates: Updates, folder: Path, index: Json, probe: str) -> set[str]:
    """Make mypy load a program from a cache.

    Args:
        program: The program to load into.
        updates: Finds modules that can be imported now.
        folder: The folder of mypy's database.
        index: The index that `cache_writer.write` made.
        probe: The text of the probe.

    Returns:
        The modules that are not open and whose files have changed.

    Raises:
        CacheError: The changes are not limited to the text of some files, the cache has another
            module for an open file, or it has no module that is open.
    """
    records = {module: FileRecord(*each) for module, each in index["files"].items()}
    _expect_names(program, records)
    # The files that were open then are loaded too, as they may be opened next. But not if this
    # would make more modules importable: mypy's search path depends on the open files.
    folders = {source.base_dir for source in program.buffers.sources()}
    opened = [
        BuildSource(path, module, followed=True)
        for path, module, base in index["open"]
        if base in folders and not updates.is_skipped(path, module)
    ]
    changed = _changed(program, updates, records)
    program.load(folder, opened, records, probe)
    graph = program.fg.graph
    for module, state in graph.items():
        record = records[module]
        if state.xpath != record.path or not state.is_fresh():
            raise CacheError(f"what {module} is, or what it imports, has changed")
    if appeared := updates.appeared():
        raise CacheError(f"{next(iter(appeared))} can be imported now")
    for module in graph:
        record = records[module]
        if record.parent is not None and folder_stamp(record.path) != record.parent:
            for importer in importers_of_new(program.fg, program.overlay, module):
                raise CacheError(f"what {importer} imports is a module now")
    return changed & graph.keys()


def _expect_names(program: MypyProgram, records: Mapping[str, FileRecord]) -> None:
    names = {record.path: module for module, record in records.items()}
    sources = [source for source in program.buffers.sources() if source.module != PROBE]
    for source in sources:
        known, other = names.get(source.path or ""), records.get(source.module)
        if known not in {None, source.module} or (other and other.path != source.path):
            raise CacheError(f"{source.path} is not the module that it was")
    if sources and not any(source.module in records for source in sources):
        raise CacheError("none of what is open is in it")


def _changed(program: MypyProgram, updates: Updates, records: Mapping[str, FileRecord]) -> set[str]:
    """Return the modules whose files are not open and have other contents.

    Raises:
        CacheError: A file was deleted.
    """
    overlay = program.overlay
    closed = {name: each for name, each in records.items() if each.path not in overlay.texts}
    for record in closed.values():  # before it is read, so that no later change is missed
        updates.stamps[record.path] = overlay.stamp(record.path)
    try:
        return {name for name, record in closed.items() if not record.is_unchanged(overlay)}
    except OSError as error:
        raise CacheError(str(error)) from error
