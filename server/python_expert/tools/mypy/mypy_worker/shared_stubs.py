"""The conditions under which mypy's stubs are the same in all projects."""
# ruff: noqa: PTH118 - paths are spelled as mypy does

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import mypy.build

from python_expert.processes.cache_folders import CacheError

from .stub_options import effects

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from mypy.build import Graph, State
    from mypy.options import Options

    from .cache_index import FileRecord
    from .overlay import Overlay
    from .program import MypyProgram


def shareable(options: Options, graph: Graph, texts: Container[str]) -> dict[str, State]:
    """Return the stubs of a new program that are the same in other programs.

    Args:
        options: The project's options.
        graph: The program's modules.
        texts: The paths of files whose text is replaced.
    """
    home = os.path.join(mypy.build.default_data_dir(), "typeshed", "stdlib")
    stubs = {
        module: state
        for module, state in graph.items()
        if state.xpath in _places(home, module)
        and state.xpath not in texts
        and not _has_section(options, module)
    }
    while others := {  # until no stub imports another module
        module
        for module, state in stubs.items()
        if not stubs.keys() >= {*state.dependencies, *state.suppressed}
    }:
        stubs = {module: stubs[module] for module in stubs.keys() - others}
    return stubs


def expect_usable(program: MypyProgram, records: Mapping[str, FileRecord]) -> None:
    """Check that cached stubs can be used for a program.

    Raises:
        CacheError: They cannot.
    """
    overlay = program.overlay
    for module, record in records.items():
        if record.path in overlay.texts:
            raise CacheError(f"{module} is open")
    # mypy must not try to load another module: it would change a cache that has the same text.
    paths, finder = program.search_paths(), program.find()
    for folder in (*paths.python_path, *paths.mypy_path):
        names = {name.partition(".")[0] for name in _entries(overlay, folder)}
        for name in sorted(names & records.keys()):
            if finder.find_module(name) != records[name].path:
                raise CacheError(f"{name} is another module here")


def _places(home: str, module: str) -> tuple[str, str]:
    """Return the paths at which typeshed may have a module."""
    path = os.path.join(home, *module.split("."))
    return f"{path}.pyi", os.path.join(path, "__init__.pyi")


def _has_section(options: Options, module: str) -> bool:
    """Return whether the configuration has options for a stub that have an effect on it."""
    own = options.clone_for_module(module)
    return own is not options and effects(own) != effects(options)


def _entries(overlay: Overlay, folder: str) -> list[str]:
    try:
        return overlay.listdir(folder)
    except OSError:
        return []
