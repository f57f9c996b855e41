"""Modules of the standard library that import one another and that an edit newly imports.

mypy's own update loads modules one by one, and those of the standard library only if they import
no other new ones (as of mypy 2.4). So `import sqlite3` was not resolved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mypy.build import PRI_ALL, load_graph, sorted_components_inner
from mypy.errors import CompileError
from mypy.modulefinder import BuildSource
from mypy.semanal_main import semantic_analysis_for_scc
from mypy.server.update import ensure_trees_loaded
from mypy.util import is_stdlib_file

if TYPE_CHECKING:
    from mypy.build import State

    from .program import MypyProgram


def take_in(program: MypyProgram, path: str, module: str) -> None:
    """Load the modules of the standard library that a file imports and that are missing.

    Args:
        program: The program.
        path: The file.
        module: Its module.
    """
    manager, graph = program.fg.manager, program.fg.graph
    known, trees, absent = graph.copy(), manager.modules.copy(), manager.missing_modules.copy()
    new: list[State] = []
    program.fg.flush_cache()
    program.begin_reading()
    manager.find_module_cache.clear()
    manager.errors.reset()
    graph.pop(module, None)
    followed = program.buffers.is_followed(path)
    try:
        load_graph([BuildSource(path, module, followed=followed)], manager, graph, new)
    except CompileError:
        new.clear()
    typeshed = manager.options.abs_custom_typeshed_dir
    missing = {each.id: each for each in new if is_stdlib_file(typeshed, each.xpath)}
    trees |= {name: tree for name, tree in manager.modules.items() if name in missing}
    _set(graph, known | missing)
    _set(manager.modules, trees)
    _set(manager.missing_modules, absent)
    for component in sorted_components_inner(graph, missing.keys(), PRI_ALL):
        _take_in(program, [missing[name] for name in sorted(component)])
    manager.errors.reset()


def _set(names: dict[str, Any], to: dict[str, Any]) -> None:
    names.clear()
    names.update(to)


def _take_in(program: MypyProgram, states: list[State]) -> None:
    """Analyze modules that import one another; their findings are not reported."""
    manager, graph = program.fg.manager, program.fg.graph
    for state in states:
        # Needed for names in a package, such as `email.message.Message`.
        manager.import_map[state.id] = {*state.dependencies, *state.suppressed}
        ensure_trees_loaded(manager, graph, state.dependencies)
        # Names such as `email.message.Message` are looked up by it.
        manager.import_map[state.id] = {*state.dependencies, *state.suppressed}
    semantic_analysis_for_scc(graph, [state.id for state in states], manager.errors)
    for state in states:
        state.type_check_first_pass()
    for state in states:
        while state.type_check_second_pass():
            pass
        state.finish_passes()
