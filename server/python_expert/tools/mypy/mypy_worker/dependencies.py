"""mypy's dependencies between parts of a program, without those of its own stubs.

A class of the project concerns the protocols of the library that it was compared with, so mypy
analyzes their modules again when the class changes. In import cycles of stubs that goes wrong (as
of mypy 2.4): after a change of a subclass of `io.BytesIO` the classes of `_io` had no consistent
order of bases. Nothing in a stub can become wrong by a change of the project.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from mypy.server.deps import merge_dependencies
from mypy.typestate import type_state
from mypy.util import is_typeshed_file

if TYPE_CHECKING:
    from mypy.server.update import FineGrainedBuildManager

Dependencies = dict[str, set[str]]


def note(fg: FineGrainedBuildManager, found: Dependencies) -> None:
    """Add what was found to depend on others, and the protocols that were looked at meanwhile."""
    type_state.update_protocol_deps(found)
    forget_stubs(fg, found)
    merge_dependencies(found, fg.deps)


def forget_stubs_of_protocols(fg: FineGrainedBuildManager) -> None:
    """The same for protocols that mypy has looked at meanwhile, and for nothing else."""
    forget_stubs(fg, {each: fg.deps.get(each, set()) for each in type_state.proto_deps or ()})


def forget_stubs(fg: FineGrainedBuildManager, deps: Dependencies) -> None:
    """Take the parts of mypy's own stubs out of what depends on something."""
    stubs: set[str] = set()
    own: set[str] = set()
    for module, state in fg.graph.items():
        is_stub = _is_stub(fg.manager.options.abs_custom_typeshed_dir, state.path or "")
        (stubs if is_stub else own).add(module.partition(".")[0])
    stubs -= own
    for targets in deps.values():
        stale = [each for each in targets if each[:1] != "<" and each.partition(".")[0] in stubs]
        targets.difference_update(stale)


@cache
def _is_stub(typeshed: str | None, path: str) -> bool:
    return is_typeshed_file(typeshed, path)
