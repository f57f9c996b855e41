"""mypy's dependencies between parts of a program, without those of its own stubs.

A class of the project affects the protocols of the library that it was compared with, so mypy
analyzes their modules again when the class changes. In import cycles of stubs this fails (as of
mypy 2.4): after a change of a subclass of `io.BytesIO` the classes of `_io` had no consistent
order of bases. Nothing in a stub can become invalid through a change in the project, unless
a module of the project replaces one of the standard library.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from mypy.server.deps import get_dependencies, merge_dependencies
from mypy.server.target import trigger_to_target
from mypy.server.trigger import make_trigger
from mypy.server.update import ensure_deps_loaded, ensure_trees_loaded
from mypy.types import AnyType, TypeOfAny
from mypy.typestate import type_state
from mypy.util import is_typeshed_file, module_prefix

if TYPE_CHECKING:
    from mypy.build import State
    from mypy.nodes import Expression, MypyFile
    from mypy.server.update import FineGrainedBuildManager
    from mypy.types import Type

    from .overlay import Overlay

Dependencies = dict[str, set[str]]


class Unknown(dict["Expression", "Type"]):
    """The types of expressions; those that were not visited are Any."""

    def __missing__(self, key: Expression) -> Type:
        return AnyType(TypeOfAny.special_form)


def note(fg: FineGrainedBuildManager, found: Dependencies) -> None:
    """Add new dependencies, and those on protocols that mypy has compared since the last call."""
    type_state.update_protocol_deps(found)
    forget_stubs(fg, found)
    merge_dependencies(found, fg.deps)


def note_all(fg: FineGrainedBuildManager, state: State, tree: MypyFile) -> None:
    """Add a module's dependencies, and free the data that they were found with.

    Args:
        fg: mypy's engine.
        state: The module, just checked except for functions whose dependencies are known from
            before.
        tree: Its tree.
    """
    ensure_deps_loaded(state.id, fg.deps, fg.graph)  # so that no later edit waits for it
    types, version = Unknown(state.type_map()), state.options.python_version
    note(fg, get_dependencies(tree, types, version, fg.manager.options))
    state.free_state()


def load_module(fg: FineGrainedBuildManager, module: str) -> bool:
    """Load a module's interface from the cache; False if it is not a part of the program."""
    state = fg.graph.get(module)
    if state is None:
        return False
    if state.meta and module not in fg.manager.modules:
        ensure_trees_loaded(fg.manager, fg.graph, [module])
    return module in fg.manager.modules


def importers_of_new(fg: FineGrainedBuildManager, overlay: Overlay, module: str) -> set[str]:
    """Return the modules that import from a package a name that has only now become a module.

    Args:
        fg: mypy's engine.
        overlay: mypy's view of the file system.
        module: The package; for other modules the result is empty.
    """
    path = fg.graph[module].xpath
    if os.path.basename(path) not in {"__init__.py", "__init__.pyi"}:  # noqa: PTH119 - hot
        return set()
    importers: set[str] = set()
    ensure_deps_loaded(module, fg.deps, fg.graph)
    for entry in overlay.listdir(os.path.dirname(path)):  # noqa: PTH120 - as mypy spells it
        name, _, suffix = entry.partition(".")
        if suffix in {"py", "pyi"} and f"{module}.{name}" not in fg.graph:
            targets = fg.deps.get(make_trigger(f"{module}.{name}"), ())
            found = {module_prefix(fg.graph, each) for each in targets if each[:1] != "<"}
            importers |= {each for each in found if each}
    return importers


def reached(fg: FineGrainedBuildManager, changed: set[str]) -> set[str]:
    """Return the targets that depend, directly or not, on changes."""
    return spread(fg, changed)[1]


def spread(fg: FineGrainedBuildManager, changed: set[str]) -> tuple[set[str], set[str]]:
    """Return the triggers, and the targets, that depend, directly or not, on changes."""
    seen: set[str] = set()
    targets: set[str] = set()
    rest = set(changed)
    while rest:
        seen |= rest
        for trigger in rest:  # a cache holds the dependents of a module until they are needed
            if module := module_prefix(fg.graph, trigger_to_target(trigger)):
                ensure_deps_loaded(module, fg.deps, fg.graph)
        found = set().union(*(fg.deps.get(each, ()) for each in rest))
        targets |= {each for each in found if not each.startswith("<")}
        rest = {each for each in found if each.startswith("<")} - seen
    return seen, targets


def forget_stubs_of_protocols(fg: FineGrainedBuildManager) -> None:
    """Remove the parts of mypy's stubs from the dependents of protocols compared since then."""
    forget_stubs(fg, {each: fg.deps.get(each, set()) for each in type_state.proto_deps or ()})


def forget_stubs(fg: FineGrainedBuildManager, deps: Dependencies) -> None:
    """Remove the parts of mypy's own stubs from all dependents."""
    typeshed, graph = fg.manager.options.abs_custom_typeshed_dir, fg.graph
    parts = {part for targets in deps.values() for part in targets if part[:1] != "<"}
    packages = {part.partition(".")[0] for part in parts}
    if all(each in graph and not is_stub(typeshed, graph[each].path or "") for each in packages):
        return
    stubs: set[str] = set()
    own: set[str] = set()
    for module, state in graph.items():
        group = stubs if is_stub(typeshed, state.path or "") else own
        group.add(module.partition(".")[0])
    stubs -= own
    for targets in deps.values():
        stale = [each for each in targets if each[:1] != "<" and each.partition(".")[0] in stubs]
        targets.difference_update(stale)


def forget_new_stubs(fg: FineGrainedBuildManager, counts: dict[str, int]) -> None:
    """Remove the parts of mypy's stubs from the dependents of triggers with new dependents.

    Args:
        fg: mypy's engine.
        counts: The number of dependents of each trigger after the last call, which is updated. Only
            this module removes dependents.
    """
    new = {each: found for each, found in fg.deps.items() if counts.get(each) != len(found)}
    forget_stubs(fg, new)
    counts.update((each, len(found)) for each, found in new.items())


def lookup(fg: FineGrainedBuildManager, module: str, name: str) -> object:
    """Return the definition with a full name in a module, or None."""
    node: Any = fg.manager.modules[module]
    if not name.startswith(module + "."):
        return None
    for part in name[len(module) + 1 :].split("."):
        symbol = node.names.get(part) if hasattr(node, "names") else None
        node = symbol and symbol.node
        if node is None:
            return None
    return node


@cache
def is_stub(typeshed: str | None, path: str) -> bool:
    """Return whether a file is one of mypy's own stubs."""
    return is_typeshed_file(typeshed, path)
