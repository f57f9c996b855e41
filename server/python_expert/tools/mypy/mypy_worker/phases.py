"""A build that checks the open files before the function bodies of all other modules.

From version 2.4 on, mypy checks the interfaces of the modules in an import cycle before their
function bodies, and importing a module only needs its interface. So the bodies of closed modules
can wait. They take a third of a build of rich, and over two thirds of one of sympy.
"""

from __future__ import annotations

import contextlib
import gc
import io
import sys
from typing import TYPE_CHECKING

import mypy.build
from mypy.typestate import type_state

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from collections.abc import Set as AbstractSet

    from mypy.build import BuildManager, BuildResult, Graph
    from mypy.fscache import FileSystemCache
    from mypy.modulefinder import BuildSource
    from mypy.options import Options
    from mypy.plugin import Plugin

    from .stub_cache import CachedStubs

HAS_PHASES = hasattr(mypy.build, "process_stale_scc_full")
"""Whether this mypy checks in phases itself; the function belongs to the old algorithm."""


def build(
    sources: list[BuildSource],
    options: Options,
    files: FileSystemCache,
    plugin: Plugin,
    *,
    opened: Callable[[BuildManager], None],
    stubs: CachedStubs | None,
) -> BuildResult:
    """Build a program.

    Args:
        sources: The sources to build, the open files first.
        options: mypy's options.
        files: The file system for mypy.
        plugin: Our plugin.
        opened: Called as soon as the sources are checked, with the state of the build.
        stubs: Stubs that need not be read, if there are any.

    Raises:
        CacheError: The stubs cannot be used for this program.
        CompileError: A file blocks the build.
    """
    if not HAS_PHASES:
        return run(sources, options, files, plugin)
    options.dump_graph = True  # mypy then stops when it has loaded the modules
    try:
        with stubs.in_use() if stubs else contextlib.nullcontext():
            result = run(sources, options, files, plugin)
    finally:
        options.dump_graph = False
    known = stubs.adopt(result) if stubs else set()
    gc.disable()  # almost nothing that is created now is garbage
    manager, graph = result.manager, result.graph
    rest = _check_interfaces(graph, manager, known)
    if stubs:
        stubs.note_use()
    first = [source.module for source in sources if source.module in rest]
    _check_bodies(first, graph, manager)
    opened(manager)
    _check_bodies([module for module in rest if module not in first], graph, manager)
    type_state.add_all_protocol_deps(manager.fg_deps)
    return result


def run(
    sources: list[BuildSource], options: Options, files: FileSystemCache, plugin: Plugin
) -> BuildResult:
    """Build with mypy's own algorithm, or load a program from mypy's cache.

    Raises:
        CompileError: A file blocks the build.
    """
    return mypy.build.build(
        sources,
        options,
        fscache=files,
        stdout=io.StringIO() if options.dump_graph else sys.stderr,
        stderr=sys.stderr,
        extra_plugins=[plugin],
    )


def _check_interfaces(graph: Graph, manager: BuildManager, known: AbstractSet[str]) -> list[str]:
    """Check modules that are not known, except function bodies; return those with the latter."""
    cycles = mypy.build.sorted_components(graph)
    manager.scc_by_id = {cycle.id: cycle for cycle in cycles}
    manager.scc_by_mod_id = {module: cycle for cycle in cycles for module in cycle.mod_ids}
    manager.top_order = [cycle.id for cycle in cycles]
    rest: list[str] = []
    for cycle in cycles:
        if cycle.mod_ids <= known:  # mypy loads them when other modules need them
            continue
        states = [graph[module] for module in cycle.mod_ids]
        for state in states:
            state.mark_as_rechecked()
        if not all(state.options.local_partial_types for state in states):
            mypy.build.process_stale_scc(graph, cycle, manager)  # a comment in a file asks for it
            continue
        manager.parse_all(states, post_parse=False)
        done = mypy.build.process_stale_scc_interface(graph, cycle, manager, from_cache=set())
        results = {module: result for module, result, _ in done}
        mypy.build.process_results(results, graph, manager)
        rest += results
    return rest


def _check_bodies(modules: Collection[str], graph: Graph, manager: BuildManager) -> None:
    """Check the function bodies of modules whose interfaces are checked."""
    for module in modules:
        results = mypy.build.process_stale_scc_implementation(graph, [module], manager, [None])
        mypy.build.process_results(results, graph, manager)
