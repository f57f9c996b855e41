"""How a change affects other modules: mypy's own algorithm, made interruptible."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from mypy.server.update import find_targets_recursive, reprocess_nodes
from mypy.typestate import type_state

if TYPE_CHECKING:
    from collections.abc import Collection

    from mypy.server.update import FineGrainedBuildManager

Interrupted: TypeAlias = Callable[[], bool]
"""Whether something else is to be done first."""

ROUNDS: Final = 1_000
"""The number of rounds after which mypy assumes an endless loop."""


def never() -> bool:
    """Nothing else is to be done."""
    return False


class Propagated(NamedTuple):
    """What a change has had an effect on.

    Attributes:
        targets: The parts of modules that were checked again.
        left: The modules that are to be checked by others.
        unread: The modules that have to be read for that.
        followed: What has changed, with what that has triggered.
        triggered: What has changed by that and was not followed yet.
        done: Whether all was followed.
    """

    targets: list[str]
    left: set[str]
    unread: set[str]
    followed: set[str]
    triggered: set[str]
    done: bool


def propagate(
    fg: FineGrainedBuildManager,
    triggered: set[str],
    up_to_date: Collection[str],
    others: Collection[str],
    interrupted: Interrupted,
) -> Propagated:
    """Check again what depends on a change, and what depends on that.

    Between two modules that depend on the change itself it may be interrupted; then all of the
    change has to be followed once more, beside what it has triggered.

    Args:
        fg: mypy's engine.
        triggered: What has changed.
        up_to_date: The modules that have seen it.
        others: The modules that the caller checks itself.
        interrupted: Whether something else is to be done first.

    Raises:
        RuntimeError: It would go on forever.
    """
    manager, graph, deps = fg.manager, fg.graph, fg.deps
    targets: list[str] = []
    left: set[str] = set()
    unread: set[str] = set()
    followed: set[str] = set()
    skipped = set(up_to_date)
    for turn in range(ROUNDS):
        if not triggered:
            return Propagated(targets, left, unread, followed, set(), done=True)
        todo, unloaded, protocols = find_targets_recursive(manager, graph, triggered, deps, skipped)
        unread |= unloaded
        followed |= triggered
        triggered = set()
        for info in protocols:
            type_state.reset_subtype_caches_for(info)
        for module, nodes in sorted(todo.items(), key=lambda each: each[0]):
            if not turn and interrupted():
                return Propagated(targets, left, unread, followed, triggered, done=False)
            if module in others:
                left.add(module)
            else:
                triggered |= reprocess_nodes(manager, graph, module, nodes, deps, targets)
        skipped = set()  # a change elsewhere may come back to where it began
    raise RuntimeError("changes trigger one another without end")
